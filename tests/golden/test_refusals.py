"""Books that are refused in words before anything is computed."""

from __future__ import annotations

from pathlib import Path

import pytest

import earned
from earned.faults import InputError
from tests.golden.cases import Case, write_books


def test_an_obligation_numbered_as_another_contract_is_refused(tmp_path: Path) -> None:
    """Its unit and the contract's own would be one (U1)."""
    case = Case(
        title="",
        source="",
        expect={},
        books_yaml="company: {name: SIM Numbers Co, currency: USD}\n",
        tables={
            "contracts": "contract_id,price\nC1,1000.00\nC2,500.00\n",
            "obligations": "obligation_id,contract_id,pattern,ssp\nC2,C1,point_in_time,1000.00\n",
            "entries": "contract_id,effective_date,amount\nC1,2021-06-20,1000.00\nC2,2021-06-20,500.00\n",
            "evidence": "contract_id,kind,event_date\nC1,acceptance,2021-06-25\n",
        },
    )
    books = earned.open_books(write_books(case, tmp_path / "books"))
    with pytest.raises(InputError) as refused:
        earned.examine(books)
    fault = refused.value.faults[0]
    assert (fault.file, fault.row, fault.column, fault.value) == ("obligations.csv", 2, "obligation_id", "C2")
    assert "another contract" in fault.expected
