"""What is assumed because neither the files nor books.yaml say it, and what that would move."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from earned.books import Books, sql
from earned.books.template import EXAMPLE
from earned.money import UNKNOWN

_CONVENTION = "daily_inclusive by days, equal_months by months"


def guesses(books: Books) -> list[dict[str, str | None]]:
    """what, value (None: nobody knows, and `examine` asks) and why, the gravest first."""
    found = (
        *_tax(books),
        *_currency(books),
        *_example(books),
        *_openings(books),
        *_obligations(books),
        *_time(books),
        *_rows(books),
    )
    return [{"what": what, "value": value, "why": why} for what, value, why in found]


Guessed = Iterator[tuple[str, str | None, str]]


def _tax(books: Books) -> Guessed:
    """Whether prices contain tax, where neither contract nor policy says (P5)."""
    if not books.filled.get("contracts") or books.manifest.policy.given("price_includes_tax"):
        return
    silent = "FROM books_contracts WHERE price_includes_tax IS NULL"
    asks = f"SELECT count(*) {silent} AND currency IN ('CNY', 'EUR', 'GBP')"
    rest, asked = _number(books, f"SELECT count(*) {silent}"), _number(books, asks)
    if asked:
        why = f"{asked:,} contracts in CNY, EUR or GBP do not say it; set policy.price_includes_tax"
        yield "tax inside prices", None, why
    elif rest:
        yield "tax inside prices", "false", f"{rest:,} contracts do not say it, and are in other currencies"


def _currency(books: Books) -> Guessed:
    if books.manifest.currency_guessed:
        code = books.manifest.company.currency
        why = "no row names one" if code == UNKNOWN else "the most frequent one of the rows"
        yield "currency of the company", code, f"{why}; set company.currency"


def _example(books: Books) -> Guessed:
    """The example row of `earned template` among others."""
    row = sql.text(str(EXAMPLE["contracts"]["contract_id"]))
    query = f"SELECT count(*) FROM books_contracts HAVING count(*) > 1 AND bool_or(contract_id = {row})"
    if books.filled.get("contracts") and books.engine.sql(query):
        why = "delete the example row of `earned template` in all three sheets"
        yield "example row", "counted as yours", why


def _openings(books: Books) -> Guessed:
    """Contracts begun before the window without an opening (U6)."""
    query = 'SELECT sum("rows") FROM quality WHERE "check" = \'opening_missing\''
    if missing := _number(books, query):
        why = f"{missing:,} contracts began before the window and have none; give obligations.booked_before"
        yield "openings", "booked = earned at the start", why
    elif not books.manifest.window.first and books.filled.get("contracts"):
        yield "openings", "none", "without window.from every contract is taken to begin inside the books"


def _obligations(books: Books) -> Guessed:
    filled, policy = books.filled, books.manifest.policy
    if filled.get("contracts") and not filled.get("obligations"):
        yield "obligations", "one a contract", "the books have no table obligations"
        if "pattern" not in filled["contracts"] and not policy.given("pattern"):
            yield "pattern", "by the kinds of evidence", "no contract says when revenue is earned"
    over_time = (
        any("over_time" in (row[0] or "") for row in _patterns(books))
        or policy.value("pattern") == "over_time"
    )
    if over_time and not policy.given("convention"):
        yield "straight-line convention", _CONVENTION, "policy.convention is not given"
    stages = (
        "SELECT count(DISTINCT stage) FROM books_evidence WHERE kind = 'acceptance' AND stage IS NOT NULL"
    )
    named = policy.given("binding_stage") or any(
        "binding_stage" in filled.get(t, frozenset()) for t in ("contracts", "obligations")
    )
    if not named and _number(books, stages) > 1:
        yield "binding acceptance", "any stage", "papers of several stages, and nobody says which one binds"


def _patterns(books: Books) -> list[tuple[Any, ...]]:
    return books.engine.sql("SELECT pattern FROM books_contracts UNION SELECT pattern FROM books_obligations")


def _time(books: Books) -> Guessed:
    manifest, filled = books.manifest, books.filled
    if manifest.as_of is None:
        yield "as of", books.as_of.date().isoformat(), "the latest instant that the books hold; set as_of"
    if "closed_at" not in filled.get("periods", frozenset()) and not manifest.policy.given("close_days"):
        days = manifest.policy.value("close_days")
        yield (
            "close of the books",
            f"{days} days after the period",
            "neither periods.closed_at nor policy.close_days",
        )
    instants = {"posted_at", "created_at", "recorded_at"}
    if manifest.company.timezone == "UTC" and instants & (
        filled.get("entries", frozenset()) | filled.get("evidence", frozenset())
    ):
        yield "time zone", "UTC", "company.timezone is not given; times without a zone are read in it"
    if not filled.get("periods") and manifest.calendar.kind is None:
        end = manifest.company.fiscal_year_end
        yield "periods", f"quarters, year end {end}", "neither a table periods nor calendar.kind"


def _rows(books: Books) -> Guessed:
    """Cells that another column stood in for."""
    rows = books.engine.sql(
        'SELECT table_name, column_name, "check", "rows" FROM quality '
        "WHERE action = 'else_used' AND column_name NOT IN ('entry_id', 'evidence_id', 'obligation_id') "
        'AND "check" NOT LIKE \'%source_file%\' ORDER BY "rows" DESC, 1, 2 LIMIT 20'
    )
    for table, column, check, number in rows:
        yield f"{table}.{column}", str(check).removeprefix("else:"), f"the cell is empty in {number:,} rows"


def _number(books: Books, query: str) -> int:
    return int(books.engine.sql(query)[0][0] or 0)
