"""Cells: amounts, dates, ids that are meant to overflow, to sort wrongly or to be taken for commands."""

from __future__ import annotations

from tests.hostile.case import ENTRIES, GOOD, Case, entries, text


def _one(name: str, cell: str, column: str = "amount", reason: str = "number") -> tuple[str, str, str, str]:
    """A row with one cell that cannot be used: what it is, its cell, the column, and the reason."""
    return name, cell, column, reason


def _row(cell: str, column: str) -> str:
    row = {"contract_id": "C2", "effective_date": "2021-06-30", "amount": "5"} | {column: cell}
    return ",".join(row.values()) + "\n"


def _together(rows: list[tuple[str, str, str, str]]) -> Case:
    """All of them in one file above two good rows: each is set aside, and takes no other with it."""
    return Case(
        "cells that cannot be used",
        entries("".join(_row(cell, column) for _, cell, column, _ in rows) + GOOD),
        rejected=tuple(("entries.csv", at, column, why) for at, (_, _, column, why) in enumerate(rows, 2)),
    )


EDGE = "92233720368547758.07"
ONES = [
    _one("NaN", "NaN"),
    _one("infinity", "-inf"),
    _one("1e308", "1e308"),
    _one("1e-400", "1e-400"),
    _one("hexadecimal", "0x10"),
    _one("a million digits", "9" * 1_000_000, reason="range"),
    _one("thirty digits", "1" + "0" * 30, reason="range"),
    _one("digits of other scripts", "１２٣"),
    _one("a sign of another currency", "€5", reason="currency"),
    _one("a sign of other currencies", "¥5", reason="currency"),
    _one("a prefixed sign of another currency", "HK$5", reason="currency"),
    _one("a part of a currency", "¢5", reason="currency"),
    _one("more decimals than the currency", "5.005", reason="decimals"),
    _one("SQL in an amount", "1); DROP TABLE source_1; --"),
    _one("a day that is none", "2021-02-30", "effective_date", "date"),
    _one("a day that ends with a letter", "2021-06-3O", "effective_date", "date"),
    _one("a day with a blank in it", "2021-06- 3", "effective_date", "date"),
    _one("an hour after midnight of the same day", "2021-06-30 24:00:00", "effective_date", "date"),
    _one("a time with a letter", "2021-06-30 12:00:0x", "effective_date", "date"),
    _one("a zone of no place", "2021-06-30T12:00:00+25:00", "effective_date", "date"),
    _one("the year 0000", "0000-00-00", "effective_date", "date"),
    _one("a day of six digits", "999999-12-31", "effective_date", "date"),
    _one("a day in words", "yesterday", "effective_date", "date"),
    _one("the year 9999", "9999-12-31", "effective_date", "date"),
]
CASES = [
    _together(ONES),
    Case(
        "signs of the currency",
        entries("C2,2021-06-30,$5\nC2,2021-06-30,-US$ 2\nC2,2021-06-30,(3 USD)\n" + GOOD),
    ),
    Case("negative zero", entries("C2,2021-06-30,-0.00\n" + GOOD)),
    Case(
        "a total beyond 64 bits",
        entries(f"C2,2021-06-29,{EDGE}\nC2,2021-06-30,{EDGE}\n"),
        ("a total of entries.amount", "18,446,744,073,709,551,614"),
    ),
    Case(
        "an id of a hundred thousand signs",
        entries(f"{'x' * 100_000},2021-06-30,5\n" + GOOD),
        booked={"100000000001": 100_000, "C2": 20_000, "x" * 100_000: 500},
    ),
    Case(
        "SQL in an id",
        entries('"\'; DROP TABLE entries; --",2021-06-30,5\n' + GOOD),
        booked={"100000000001": 100_000, "C2": 20_000, "'; DROP TABLE entries; --": 500},
    ),
    Case(
        "an id in scientific notation",
        entries("1.23E+11,2021-06-30,5\n" + GOOD),
        rejected=(("entries.csv", 2, "contract_id", "number"),),
    ),
    Case(
        "ids that differ in what cannot be seen",
        entries("C2\u200b,2021-06-30,5\n\u202eC2,2021-06-30,7\n" + GOOD),
        booked={"100000000001": 100_000, "C2": 20_500, "\u202eC2": 700},
    ),
    Case(
        "an entry twice, contradicting itself",
        text(
            "entry_id,"
            + ENTRIES
            + "E1,C2,2021-06-30,200.00\nE1,C2,2021-06-30,300.00\nE2,100000000001,2021-06-30,1000\n"
        ),
        booked={"100000000001": 100_000},
        rejected=(
            ("entries.csv", 2, "entry_id", "key_conflict"),
            ("entries.csv", 3, "entry_id", "key_conflict"),
        ),
    ),
    Case(
        "SQL in a header",
        text(
            'contract_id,effective_date,amount,"x"" FROM y; DROP TABLE z; --"\n' + GOOD.replace("\n", ",1\n")
        ),
    ),
    Case(
        "headers that are keywords",
        text(
            'contract_id,effective_date,amount,select,"",*,rowid,source_row\n'
            + GOOD.replace("\n", ",1,2,3,4,5\n")
        ),
    ),
]
