"""What could not be tested is said, the gravest first, with what one would have to supply."""

from __future__ import annotations

from pathlib import Path

import earned
from earned.runfolder import summary

CONTRACTS = "contract_id,price,currency\nC1,100.00,USD\n"
ENTRIES = "contract_id,effective_date,amount\nC1,2021-03-01,100.00\n"
EVIDENCE = "contract_id,kind,event_date\nC1,acceptance,2021-03-05\n"


def not_tested(folder: Path, **tables: str) -> list[str]:
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    books = earned.open_books(folder)
    try:
        return [gap["needs"] for gap in earned.examine(books).not_tested]
    finally:
        books.engine.close()


def test_absent_evidence_comes_first(tmp_path: Path) -> None:
    needs = not_tested(tmp_path, contracts=CONTRACTS, entries=ENTRIES)
    assert needs[0] == "`evidence`"
    assert "`announced`" in needs


def test_evidence_that_is_there_is_not_asked_for(tmp_path: Path) -> None:
    needs = not_tested(tmp_path, contracts=CONTRACTS, entries=ENTRIES, evidence=EVIDENCE)
    assert "`evidence`" not in needs
    assert "`evidence.recorded_at`" in needs


def test_without_contracts_recognition_did_not_run(tmp_path: Path) -> None:
    assert not_tested(tmp_path, entries=ENTRIES)[0] == "`contracts` and `evidence`"


def test_an_entry_in_another_currency_is_no_clean_result(tmp_path: Path) -> None:
    """What was not tested is never called supported, and the remedy is one that helps (P4)."""
    rows = "contract_id,effective_date,amount,currency\nC1,2021-03-05,100.00,EUR\n"
    for name, text in (("contracts", CONTRACTS), ("entries", rows), ("evidence", EVIDENCE)):
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    books = earned.open_books(tmp_path)
    try:
        run = earned.examine(books)
        assert run.figures()["units_not_tested"] == 1
        assert run.not_tested[0]["needs"].startswith("`entries.amount` and `entries.currency`")
        assert "what is booked is what the evidence supports" not in summary(run, [])
    finally:
        books.engine.close()
