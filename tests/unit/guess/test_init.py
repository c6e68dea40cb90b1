"""`earned init`: what it writes, what it never writes over, what hostile names and cells do: nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml

from earned.books.guess import guess
from tests.gates.verdict_words import verdicts
from tests.unit.guess.run import as_json, earned, init, put
from tests.unit.guess.test_values import CONTRACTS, ENTRIES, PAPERS, books


def test_our_own_tables_need_no_answer(tmp_path: Path) -> None:
    folder = put(
        tmp_path / "in",
        contracts="contract_id,price,currency\nC1,10.00,USD\n",
        entries="contract_id,effective_date,amount\nC1,2021-06-30,10.00\n",
        evidence="contract_id,kind,event_date\nC1,acceptance,2021-06-20\n",
    )
    said, _ = init(folder)
    assert not said["questions"]
    assert {c["confidence"] for s in said["sources"] for c in s["columns"]} == {99}
    code, out, err = earned("examine", folder, "--out", tmp_path / "run", "--no-report")
    assert code == 0, out + err


def test_it_never_writes_over_a_books_yaml(tmp_path: Path) -> None:
    folder = books(tmp_path)
    (folder / "books.yaml").write_text("company: {currency: EUR}\n", encoding="utf-8")
    said, _ = init(folder)
    assert Path(said["written"]).name == "books.yaml.new"
    assert (folder / "books.yaml").read_text(encoding="utf-8") == "company: {currency: EUR}\n"


def test_it_does_not_follow_a_link_in_the_place_of_books_yaml(tmp_path: Path) -> None:
    folder = books(tmp_path)
    outside = tmp_path / "outside.yaml"
    (folder / "books.yaml").symlink_to(outside)
    said, _ = init(folder)
    assert Path(said["written"]).name == "books.yaml.new" and not outside.exists()


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = books(tmp_path)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    code, _, err = earned("init", folder)
    assert code == 4 and "disk is full" in err
    assert sorted(p.name for p in folder.iterdir()) == ["acceptances.csv", "ledger.csv", "register.csv"]


def test_the_same_files_give_the_same_bytes(tmp_path: Path) -> None:
    folder = books(tmp_path)
    assert guess(folder).text == guess(folder).text


def test_every_mapping_has_its_confidence_and_three_values(tmp_path: Path) -> None:
    said, _ = init(books(tmp_path))
    text = (tmp_path / "in" / "books.yaml").read_text(encoding="utf-8")
    assert " %   C-001 | C-002" in text
    (found,) = [s for s in said["sources"] if s["table"] == "contracts"]
    number = found["columns"][0]
    assert (number["column"], number["from"], number["samples"]) == (
        "contract_id",
        "Contract No",
        ["C-001", "C-002"],
    )
    assert 90 <= number["confidence"] < 99


HOSTILE = (
    'Contract No,Contract Value,Currency,"x: {a: !!python/object:os.system}\n# injected: true",=cmd()\n'
    'C-001,1000.00,USD,"a\nb: c",=1+1\nC-002,2000.00,USD,"\x1b[31mred",@SUM(A1)\n'
)


def test_headers_and_cells_cannot_become_keys(tmp_path: Path) -> None:
    folder = books(tmp_path, register=HOSTILE)
    (folder / "x': {evil: 1}.csv").write_text(ENTRIES, encoding="utf-8")
    said, written = init(folder)
    assert set(written) == {"company", "sources", "tables"}
    assert written["tables"]["entries"]["source"] in written["sources"]
    text = Path(said["written"]).read_text(encoding="utf-8")
    assert "\x1b" not in text
    assert yaml.safe_load(text) == written
    code, out, err = earned("init", folder)
    assert code == 0 and "\x1b" not in out + err


def test_files_that_cannot_be_read_are_listed(tmp_path: Path) -> None:
    folder = books(tmp_path)
    (folder / "scan.pdf").write_bytes(b"%PDF-1.7 ...")
    (folder / "broken.xlsx").write_bytes(b"PK\x03\x04 and nothing else")
    (folder / "way-out.csv").symlink_to("/etc/hostname")
    os.mkfifo(folder / "pipe.csv")
    said, _ = init(folder)
    reasons = {n["path"]: n["why"] for n in said["not_read"]}
    assert set(reasons) == {"scan.pdf", "broken.xlsx", "way-out.csv", "pipe.csv"}
    assert "PDF" in reasons["scan.pdf"] and "leads out" in reasons["way-out.csv"]


def test_a_run_in_the_folder_is_no_book(tmp_path: Path) -> None:
    folder = books(tmp_path)
    put(folder / "run", entries=ENTRIES)
    (folder / "run" / "run.json").write_text("{}", encoding="utf-8")
    said, _ = init(folder)
    assert sorted(p for s in said["sources"] for p in s["path"]) == [
        "acceptances.csv",
        "ledger.csv",
        "register.csv",
    ]


FEC = (
    "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\n"
    "VE\tVentes\t1\t20210331\t706000\tx\n"
)


@pytest.mark.parametrize(
    ("files", "command"),
    [
        ({"123456789FEC20211231.txt": FEC}, "import fec {}/123456789FEC20211231.txt --out"),
        ({"s.xml": '<?xml version="1.0"?><AuditFile xmlns="urn:x">'}, "import saft {}/s.xml --out"),
        ({"index.xml": "<DataSet><Version>1</Version>", "a.txt": "1;2"}, "import gobd {} --out"),
        ({"BKPF.csv": "BUKRS,BELNR\n1,2\n", "BSEG.csv": "BUKRS,BELNR\n1,2\n"}, "import sap {} --out"),
        ({"CIK1.json": '{"cik": 1804583, "entityName": "x", "facts": {}}'}, "import sec {}/CIK1.json --out"),
        (
            {"g.xml": "<xbrli:xbrl xmlns:gl='http://www.xbrl.org/int/gl/cor/2015-03-25'>"},
            "import xbrl-gl {}/g.xml",
        ),
        (
            {"GL.csv": "Journal_ID,GL_Account_Number,Effective_Date,Amount\n1,2,20210101,3\n"},
            "import ads {}/GL.csv",
        ),
    ],
)
def test_known_audit_formats_name_their_command(tmp_path: Path, files: dict[str, str], command: str) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    said, _ = init(folder)
    (found,) = said["imports"]
    assert found["command"].startswith(f"earned {command.format(folder)}")
    assert said["written"] is None and not (folder / "books.yaml").exists()
    _, out, _ = earned("init", folder)
    assert found["command"] in out


def test_a_bare_revenue_ledger_asks_for_no_contract(tmp_path: Path) -> None:
    folder = put(tmp_path / "in", revenue=ENTRIES.replace("Contract No", "Note").replace("C-00", "note "))
    said, written = init(folder)
    assert [q["key"] for q in said["questions"]] == ["company.currency"]
    assert list(written["tables"]) == ["entries"]


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    code, said = as_json("init", tmp_path / "nowhere")
    assert code == 2 and said["format"] == "earned.error/1"
    assert as_json("init", put(tmp_path / "in", a=CONTRACTS) / "a.csv")[0] == 2


def test_an_empty_folder_writes_nothing(tmp_path: Path) -> None:
    said, _ = init(put(tmp_path / "in"))
    assert said["written"] is None and not said["sources"]


def test_it_says_facts_only(tmp_path: Path) -> None:
    folder = books(tmp_path, acceptances=PAPERS)
    _, out, _ = earned("init", folder)
    assert not verdicts(out + (folder / "books.yaml").read_text(encoding="utf-8"))
