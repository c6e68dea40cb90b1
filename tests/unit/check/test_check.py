"""`earned check`: rows, keys, money, assumptions and what would add most, counted by hand on small books."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.gates.sources import ROOT
from tests.gates.verdict_words import verdicts
from tests.unit.guess.run import as_json, earned, put

#: Five contracts' worth of trouble: a price that is none, an entry on C9, one on nothing, a paper on C9.
CONTRACTS = "contract_id,price,currency,note\nC1,100.00,USD,a\nC2,200.00,USD,b\nC3,ten,USD,c\n"
ENTRIES = (
    "contract_id,effective_date,amount\n"
    "C1,2021-03-31,100.00\nC2,2021-06-30,250.00\nC2,2021-07-31,-50.00\nC9,2021-06-30,60.00\n,2021-06-30,40.00\n"
)
PAPERS = (
    "contract_id,kind,event_date\n"
    "C1,acceptance,2021-03-20\nC9,acceptance,2021-06-20\nC2,handshake,2021-06-21\n"
)


def small(tmp_path: Path, **files: str) -> Path:
    tables = {"contracts": CONTRACTS, "entries": ENTRIES, "evidence": PAPERS} | files
    return put(tmp_path / "in", **tables)


def test_rows_and_the_first_cell_of_each_cause(tmp_path: Path) -> None:
    code, said = as_json("check", small(tmp_path))
    tables = {t["name"]: t for t in said["tables"]}
    counts = {n: (t["rows_in"], t["used"], t["rejected"]) for n, t in tables.items()}
    assert code == 0 and said["format"] == "earned.check/1"
    assert counts == {"contracts": (3, 2, 1), "entries": (5, 5, 0), "evidence": (3, 1, 2)}
    assert said["rows"] == {"in": 11, "used": 8, "rejected": 3}
    (cause,) = tables["contracts"]["rejected_by"]
    assert (cause["column"], cause["rows"]) == ("price", 1)
    assert (cause["first"]["file"], cause["first"]["row"], cause["first"]["value"]) == (
        "contracts.csv",
        4,
        "ten",
    )
    assert tables["contracts"]["not_read"] == ["note"]
    assert {c["column"] for c in tables["evidence"]["rejected_by"]} == {"contract_id", "kind"}


def test_keys_in_count_and_money(tmp_path: Path) -> None:
    _, said = as_json("check", small(tmp_path))
    joins = {j["from"]: j for j in said["joins"]}
    entries, papers = joins["entries.contract_id"], joins["evidence.contract_id"]
    assert (entries["rows"], entries["matched"], entries["empty"], entries["not_matched"]) == (5, 3, 1, 1)
    assert entries["example"] == "C9"
    # absolute amounts: 100 + 250 + 50 of 100 + 250 + 50 + 60 + 40
    assert entries["amounts"] == [{"currency": "USD", "amount_minor": 50_000, "matched_minor": 40_000}]
    # of the papers one is used, one names a contract that is not there; the handshake is no paper of a kind
    assert (papers["rows"], papers["matched"], papers["not_matched"], papers["example"]) == (2, 1, 1, "C9")
    # C1 alone has a paper
    assert said["covered"] == [{"currency": "USD", "amount_minor": 50_000, "matched_minor": 10_000}]


def test_what_is_assumed(tmp_path: Path) -> None:
    _, said = as_json("check", small(tmp_path))
    guessed = {g["what"]: g["value"] for g in said["guesses"]}
    assert guessed["tax inside prices"] == "false"
    assert guessed["currency of the company"] == "USD"
    assert guessed["obligations"] == "one a contract"
    assert guessed["periods"] == "quarters, year end 12-31"
    assert guessed["as of"] == "2021-07-31"


def test_what_is_stated_is_no_guess(tmp_path: Path) -> None:
    books = ROOT / "examples" / "pencil"
    _, said = as_json("check", books)
    guessed = {g["what"] for g in said["guesses"]}
    assert not guessed & {
        "tax inside prices",
        "currency of the company",
        "as of",
        "time zone",
        "periods",
        "openings",
    }
    assert said["rows"]["rejected"] == 0 and not said["stops"]
    # README.md of the example: one entry of 8,000 names no contract
    (join,) = [j for j in said["joins"] if j["from"] == "entries.contract_id"]
    assert join["empty"] == 1
    assert join["amounts"][0]["amount_minor"] - join["amounts"][0]["matched_minor"] == 800_000


def test_prices_that_do_not_say_their_tax_stop_examine(tmp_path: Path) -> None:
    books = small(tmp_path, contracts=CONTRACTS.replace("USD", "EUR"))
    code, said = as_json("check", books)
    (stop,) = said["stops"]
    assert code == 1 and "price_includes_tax" in stop["column"]
    assert [g["value"] for g in said["guesses"] if g["what"] == "tax inside prices"] == [None]
    assert as_json("examine", books, "--out", tmp_path / "run")[0] == 2
    code, said = as_json("check", books, "--set", "policy.price_includes_tax=false")
    assert code == 0 and not said["stops"]


@pytest.mark.parametrize(
    ("files", "needs"),
    [
        # 100 of 500 in absolute amounts name no contract: more than a twentieth
        ({}, "`entries.contract_id` and the `contracts` that it names"),
        # all linked, but 300 of 400 are on C2, which has no paper
        ({"entries": "\n".join(ENTRIES.splitlines()[:4]) + "\n"}, "`evidence` of those contracts"),
        # linked and covered: then what is missing weighs by itself
        ({"entries": "contract_id,effective_date,amount\nC1,2021-03-31,100.00\n"}, "`evidence.recorded_at`"),
    ],
)
def test_the_one_thing_that_would_add_most(tmp_path: Path, files: dict[str, str], needs: str) -> None:
    _, said = as_json("check", small(tmp_path, **files))
    assert said["would_add_most"]["needs"] == needs


def test_without_papers_and_without_contracts(tmp_path: Path) -> None:
    books = small(tmp_path)
    (books / "evidence.csv").unlink()
    assert as_json("check", books)[1]["would_add_most"]["needs"] == "`evidence`"
    (books / "contracts.csv").unlink()
    _, said = as_json("check", books)
    assert said["would_add_most"]["needs"] == "`contracts`"
    assert said["not_tested"][0]["needs"] == "`contracts` and `evidence`"


def test_nothing_is_computed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import earned.recognition.recognise as recognition

    def never(*_: Any, **__: Any) -> None:
        raise AssertionError("check computes nothing")

    monkeypatch.setattr(recognition, "recognise", never)
    books = small(tmp_path)
    before = sorted(p.name for p in books.iterdir())
    assert as_json("check", books)[0] == 0
    assert sorted(p.name for p in books.iterdir()) == before


def test_the_screen_ends_with_the_next_command(tmp_path: Path) -> None:
    books = small(tmp_path)
    (books / "notes.md").write_text("x", encoding="utf-8")
    code, out, _ = earned("check", books)
    assert code == 0 and out.splitlines()[-1] == f"Next: earned examine {books} --out run"
    assert "B211  1 row of contracts: a number that cannot be read\n      contracts.csv, row 4" in out
    assert "400.00 of 500.00 USD (80.00 %)" in out
    assert "Not read: notes.md" in out
    assert not verdicts(out)


def test_cells_do_not_reach_the_terminal_as_they_are(tmp_path: Path) -> None:
    books = small(tmp_path, contracts=CONTRACTS.replace("ten", "\x1b[31mten"))
    code, out, _ = earned("check", books)
    assert code == 0 and "\x1b" not in out


def test_books_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    assert as_json("check", tmp_path / "nowhere")[1]["errors"][0]["do"]
    code, said = as_json("check", small(tmp_path, entries="contract_id,amount\nC1,1.00\n"))
    assert code == 2 and said["errors"][0]["column"] == "effective_date"
