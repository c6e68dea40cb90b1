"""The small parts: streams, shares, and companies of another size."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from pathlib import Path

import pytest

from earned.faults import InputError
from earned.simulation import journals, simulate
from earned.simulation.apportion import capped, half_away, largest_remainder, prices_for
from earned.simulation.book import PROJECT_TAX, Changes, Contract, Noise, Spec, with_tax
from earned.simulation.build import book_of
from earned.simulation.figures import LINE_TOTALS, LINES, QUARTERS
from earned.simulation.services import Service, Version
from earned.simulation.streams import Stream
from tests.gates.sources import ROOT
from tests.simulation.made import Made
from tests.simulation.test_books import QUARTER

#: drawn once; a machine that draws anything else writes other books
PINNED, PINNED_WEIGHT = [611, 760, 573, 866, 260], 1043243


def _bytes(folder: Path) -> dict[str, str]:
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_a_stream_is_the_same_on_every_machine() -> None:
    stream = Stream(1, "pinned")
    assert [stream.between(1, 1000) for _ in range(5)] == PINNED
    assert stream.lognormal(80) == PINNED_WEIGHT


def test_streams_do_not_disturb_each_other() -> None:
    alone = [Stream(5, "hours").between(0, 10**9) for _ in range(3)]
    Stream(5, "new").between(0, 9)
    assert alone == [Stream(5, "hours").between(0, 10**9) for _ in range(3)]
    assert Stream(5, "hours").between(0, 10**9) != Stream(6, "hours").between(0, 10**9)


def test_shares_add_up_and_stay_multiples() -> None:
    stream = Stream(2, "shares")
    for _ in range(200):
        total = stream.between(0, 10**10)
        weights = [stream.lognormal(80) for _ in range(stream.between(1, 30))]
        shares = largest_remainder(total, weights, 10_000)
        assert sum(shares) == total
        assert all(s % 10_000 == 0 for s in shares[1:])
    assert max(capped(30_000, [10**6, 10**6, 98 * 10**6], 12_000)) <= 12_001


def test_prices_meet_every_sum_exactly() -> None:
    plans, first = [1500, 1700, 1400], [97_500_000, 110_500_000, 91_000_000]
    done = [[570, 700, 640], [1100, 1300, 1290]]
    pairs = [list(zip(row, plans)) for row in done]
    wanted = [sum(f * a // b for f, (a, b) in zip(first, row)) + n for n, row in enumerate(pairs, 1)]
    prices = prices_for(first, sum(first), pairs, wanted)
    assert prices and sum(prices) == sum(first)
    for row, total in zip(pairs, wanted):
        assert sum(half_away(p * a, b) for p, (a, b) in zip(prices, row)) == total


def test_a_price_with_tax_gives_the_net_price_back() -> None:
    stream = Stream(3, "tax")
    for _ in range(1000):
        net = stream.between(1, 10**9)
        gross = with_tax(net, PROJECT_TAX)
        assert half_away(gross * 10**6, 10**6 + PROJECT_TAX) == net


def test_a_service_goes_on_from_a_lower_price_and_a_longer_term() -> None:
    """606-10-55-125 to 55-128 (Example 7): three years at 100,000; the third then costs 80,000, and three
    more cost 200,000: 280,000 for four years, 70,000 each."""
    day = date(2021, 1, 1)
    contract = Contract("C", "cc_sub", "FIN", "K", "E", 300_000, 0, day, day, date(2023, 12, 31))
    service = Service(contract, "C-1")
    assert [service.served(12 * y) for y in (-1, 0, 1, 2, 3, 4)] == [0, 0, 100_000, 200_000, 300_000, 300_000]
    service.versions.append(Version(24, 24, 200_000, 480_000, 72))
    assert [service.served(12 * y) for y in (1, 2, 3, 4, 5, 6)] == [
        100_000, 200_000, 270_000, 340_000, 410_000, 480_000,
    ]  # fmt: skip


def test_a_lower_estimate_of_the_price_is_caught_up() -> None:
    """606-10-32-43: what falls on the months served lowers revenue at once; 12 of 120,000, 6 less after 4."""
    day = date(2021, 1, 1)
    contract = Contract("C", "cc_sub", "FIN", "K", "E", 120_000, 0, day, day, date(2021, 12, 31))
    service = Service(contract, "C-1")
    service.versions.append(Version(4, 0, 0, 114_000, 12))
    assert [service.served(m) for m in (4, 5, 12)] == [40_000, 47_500, 114_000]


def test_without_changes_no_contract_is_modified() -> None:
    none = Changes(scope=0, variable=0, unapproved=0, subscriptions=0)
    book, _ = book_of(Spec(2, noise=Noise(credit_notes=0), changes=none))
    assert not book.rows["modifications"] and not book.changes
    assert {r["kind"] for r in book.rows["estimates"]} == {"total_hours"}


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        simulate("cloopen", tmp_path / name, seed=4)
    assert _bytes(tmp_path / "a") == _bytes(tmp_path / "b")


@pytest.mark.parametrize("spec", [Spec(2, scale=3), Spec(2, full=True)], ids=["scale", "full"])
def test_any_size_foots_to_the_same_totals(spec: Spec, tmp_path: Path) -> None:
    made = Made(spec, tmp_path / "out")
    found = made.rows(f"SELECT account, {QUARTER}, CAST(sum(amount) AS BIGINT) FROM entries GROUP BY ALL")
    lines = {account: line for line, account in journals.REVENUE.items()}
    sums = {(lines[a], q): s for a, q, s in found}
    assert sums == {(k, q): made.k(LINE_TOTALS[k][n]) for k in LINES for n, q in enumerate(QUARTERS)}
    assert made.rows("SELECT count(*) FROM entries")[0][0] > 40_000
    assert not made.rows("SELECT journal_id FROM ledger GROUP BY 1 HAVING sum(amount) <> 0")
    assert not made.rows("SELECT entry_id FROM entries GROUP BY 1 HAVING count(*) > 1")


def test_what_cannot_be_simulated_is_said(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").write_text("x")
    for kind, out, scale in (("other", "a", 1), ("cloopen", "b", 0), ("cloopen", "full", 1)):
        with pytest.raises(InputError):
            simulate(kind, tmp_path / out, seed=1, scale=scale)


def test_the_example_of_the_documentation_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (ROOT / "docs" / "simulation.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    found: dict[str, object] = {}
    exec(example, found)  # noqa: S102
    assert (tmp_path / "honest" / "books" / "books.yaml").exists()
    assert found["book"].planted == []
