"""Amounts that are too small for the entries of the same contracts: a unit that no header states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from earned.books import sql
from earned.books.cells import normalised
from earned.books.guess.recognise import Draft, by_table
from earned.engine import Engine

#: What lies between a price and the revenue booked on it: unit -> least and most times.
_TIMES = {"thousand": (200, 2_000), "ten_thousand": (3_000, 30_000), "1000000": (300_000, 3_000_000)}


def hidden_unit(drafts: Sequence[Draft], ids: Mapping[str, Any], engine: Engine) -> str | None:
    """The unit in which prices would fit the entries, by the middle contract; None where they fit.

    Only suggests a question: amounts are read exactly by the typed layer.
    """
    contracts, entries = by_table(drafts, "contracts"), by_table(drafts, "entries")
    if not contracts or not entries:
        return None
    prices, booked = _sums(contracts[0], "price", ids), _sums(entries[0], "amount", ids)
    if not prices or not booked:
        return None
    times = engine.sql(
        f"SELECT quantile_disc(b.v // p.v, 0.5) FROM ({prices}) p JOIN ({booked}) b USING (k) WHERE p.v > 0"
    )[0][0]
    return next(
        (u for u, (least, most) in _TIMES.items() if times is not None and least <= times <= most), None
    )


def _sums(one: Draft, column: str, ids: Mapping[str, Any]) -> str | None:
    """SQL of k, v: the sum of amounts of each contract, whole numbers without their decimals."""
    key, amount = one.header("contract_id"), one.header(column)
    if not key or not amount or one.match or not amount.is_number:
        return None
    k = normalised(f"nullif(trim(CAST({sql.name(key.header)} AS VARCHAR)), '')", ids)
    mark = "," if amount.marks == {","} else r"\."
    digits = f"regexp_replace(CAST({sql.name(amount.header)} AS VARCHAR), '{mark}[0-9]*$', '')"
    whole = f"TRY_CAST(regexp_replace({digits}, '[^0-9]', '', 'g') AS BIGINT)"
    return f"SELECT {k} AS k, sum({whole}) AS v FROM {sql.name(one.found.table.relation)} GROUP BY 1"
