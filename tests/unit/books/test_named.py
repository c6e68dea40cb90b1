"""What a row names must be in the books (R6), and what cannot be below 0 is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.books.reading import read

#: C1 has two obligations, C2 none: it is its own (U1). Version 1 of C1 is the only modification.
NAMED = {
    "contracts": "contract_id,price\nC1,1000\nC2,500\n",
    "obligations": "obligation_id,contract_id,pattern,ssp\nO1,C1,point_in_time,10\nO2,C1,point_in_time,10\n",
    "modifications": (
        "contract_id,version,effective_date,treatment,price_change\nC1,1,2021-01-01,catch_up,-5\n"
    ),
}


@pytest.mark.parametrize(
    ("table", "header", "good", "bad", "column"),
    [
        ("criteria", "contract_id,obligation_id,gate,criterion", "C1,O1,other,x", "C1,O7,other,x", 1),
        ("criteria", "contract_id,obligation_id,gate,criterion", "C1,,other,x", "C7,,other,x", 0),
        # An obligation of another contract is none of this one.
        ("criteria", "contract_id,obligation_id,gate,criterion", "C2,C2,other,x", "C2,O1,other,x", 1),
        ("modified_obligations", "contract_id,version,obligation_id", "C1,1,O2", "C1,7,O2", 1),
        ("modified_obligations", "contract_id,version,obligation_id", "C1,1,O1", "C1,1,O7", 2),
        ("estimates", "obligation_id,kind,known_at,amount", "O1,total_cost,2021-1-1,5", "O7,,,5", 0),
        ("estimates", "contract_id,kind,known_at,amount", "C2,total_cost,2021-1-1,5", "C7,total_cost,,5", 0),
        ("outcomes", "obligation_id,known_at,amount,probability", "O1,2021-1-1,5,1000000", "O7,,5,1", 0),
        ("bundles", "contract_id,bundle_id,price", "C1,b,5", "C7,b,5", 0),
        ("options", "obligation_id,likelihood,worth", "O2,500000,5", "O7,500000,5", 0),
        ("repurchases", "obligation_id,kind,price,until_date", "C2,call,5,2021-2-1", "O7,call,5,", 0),
        ("instalments", "contract_id,due_date,amount", "C1,2021-1-1,5", "C7,2021-1-1,5", 0),
        ("costs", "cost_id,contract_id,kind,amount,incurred_date", "k,C1,fulfil,5,2021-1-1", "l,C7,,5,", 1),
        ("impairments", "contract_id,tested_date,recoverable", "C1,2021-2-1,5", "C7,2021-2-1,5", 0),
    ],
)  # fmt: skip
def test_a_row_that_names_what_the_books_do_not_have_is_an_orphan(
    tmp_path: Path, table: str, header: str, good: str, bad: str, column: int
) -> None:
    books = read(tmp_path, **NAMED, **{table: f"{header}\n{good}\n{bad}\n"})
    name, value = header.split(",")[column], bad.split(",")[column]
    assert books.rejected(table) == [(3, name, value, "orphan")]
    assert books.column(table, "source_row") == [2]


def test_a_modification_of_an_unknown_contract_or_obligation_is_an_orphan(tmp_path: Path) -> None:
    header = "contract_id,version,effective_date,treatment,price_change,obligation_id\n"
    rows = ("C1,1,2021-01-01,catch_up,5,O1", "C7,1,2021-01-01,catch_up,5,", "C2,1,2021-01-01,catch_up,5,O7")
    books = read(tmp_path, **NAMED | {"modifications": header + "\n".join(rows) + "\n"})
    assert books.rejected("modifications") == [
        (3, "contract_id", "C7", "orphan"),
        (4, "obligation_id", "O7", "orphan"),
    ]


def test_what_hangs_on_a_rejected_row_is_an_orphan_too(tmp_path: Path) -> None:
    # Version 3 comes after a gap (M1), and O9 names no contract of the books: neither is used.
    changes = NAMED["modifications"] + "C1,3,2021-02-01,catch_up,5\n"
    obligations = NAMED["obligations"] + "O9,C9,point_in_time,10\n"
    books = read(
        tmp_path,
        **NAMED | {"modifications": changes, "obligations": obligations},
        modified_obligations="contract_id,version,obligation_id\nC1,1,O1\nC1,3,O1\n",
        options="obligation_id,likelihood\nO1,500000\nO9,500000\n",
    )
    assert books.rejected("modifications") == [(3, "version", "3", "version_gap")]
    assert books.rejected("modified_obligations") == [(3, "version", "3", "orphan")]
    assert books.rejected("options") == [(3, "obligation_id", "O9", "orphan")]


def test_the_currency_of_a_row_that_names_the_obligation_is_its_contracts(tmp_path: Path) -> None:
    # JPY has no decimals: 5 is 5 minor units, in CNY it would be 500.
    books = read(
        tmp_path,
        contracts="contract_id,price,currency\nC1,1000,JPY\nC2,1000,\n",
        repurchases="obligation_id,kind,price,until_date\nC1,call,5,2021-12-31\nC2,call,5,2021-12-31\n",
    )
    assert books.column("repurchases", "price_minor") == [5, 500]


@pytest.mark.parametrize(
    ("table", "header", "good", "bad", "column", "value"),
    [
        (
            "estimates", "contract_id,kind,known_at,amount", "C1,variable_price,2021-1-1,-5",
            "C1,total_cost,2021-1-1,-5", "amount", "-5",
        ),
        (
            "estimates", "contract_id,kind,known_at,quantity", "C1,total_hours,2021-1-1,0",
            "C2,total_hours,2021-1-1,-0.5", "quantity", "-0.5",
        ),
        ("bundles", "contract_id,bundle_id,price", "C1,b,0", 'C1,c,"(5)"', "price", "(5)"),
        ("instalments", "contract_id,due_date,amount", "C1,2021-1-1,0", "C1,2021-2-1,-1", "amount", "-1"),
        (
            "costs", "cost_id,contract_id,kind,amount,incurred_date", "k,C1,obtain,5,2021-1-1",
            "l,C1,obtain,-5,2021-1-1", "amount", "-5",
        ),
        ("repurchases", "obligation_id,kind,price,until_date", "O1,call,0,2021-2-1", "O2,call,-1,2021-2-1",
         "price", "-1"),
        ("options", "obligation_id,likelihood,worth", "O1,0,5", "O2,-1,5", "likelihood", "-1"),
    ],
)  # fmt: skip
def test_what_cannot_be_below_0_sets_its_row_aside(
    tmp_path: Path, table: str, header: str, good: str, bad: str, column: str, value: str
) -> None:
    books = read(tmp_path, **NAMED, **{table: f"{header}\n{good}\n{bad}\n"})
    assert books.rejected(table) == [(3, column, value, "negative")]
    assert books.column(table, "source_row") == [2]
    assert books.expected(table).startswith("0 or more")


def test_what_has_a_sign_by_its_meaning_may_be_below_0(tmp_path: Path) -> None:
    # A contract of credit notes (U2), a change of price, a penalty, and what a loss-making contract gives.
    books = read(
        tmp_path,
        **NAMED | {"contracts": "contract_id,price\nC1,-1000\nC2,500\n"},
        outcomes="contract_id,known_at,amount,probability\nC1,2021-01-01,-5,1000000\n",
        impairments="contract_id,tested_date,recoverable\nC1,2021-12-31,-5\n",
    )
    assert books.column("contracts", "price_minor") == [-100_000, 50_000]
    assert books.column("modifications", "price_change_minor") == [-500]
    assert (
        books.column("outcomes", "amount_minor") == books.column("impairments", "recoverable_minor") == [-500]
    )
