"""The sums that the workpaper's formulas give: computed beside them, so that each cell holds its value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import ibis

from earned.report.view import Row, View, totals
from earned.report.workpaper.rows import FIGURES, UNLISTED, Source, of_findings, records, total


@dataclass(frozen=True)
class Sums:
    """Minor units by period. `gap` is cumulative, contract by contract; `foreign`: findings have several
    currencies; `currencies`: the books' entries have."""

    figures: Mapping[tuple[str, str], Row]
    gaps_of_parts: Mapping[tuple[str, str], int]
    gap: Mapping[str, int]
    listed_gaps: Mapping[str, int]
    loose: Mapping[str, int]
    totals: Mapping[tuple[str, str], Row]
    foreign: bool
    currencies: bool
    last: str

    def of(self, dimension: str, period: str) -> Row:
        """The sums of a dimension in a period."""
        return self.figures.get((dimension, period), dict.fromkeys(FIGURES, 0))

    @property
    def parts(self) -> set[str]:
        """The parts that occur."""
        return {part for part, _ in self.gaps_of_parts}

    def part(self, part: str, period: str) -> int:
        """The gap of a part at a period's end."""
        return self.gaps_of_parts.get((part, period), 0)

    def listed(self, period: str) -> int:
        """The gap of findings at a period's end."""
        return self.listed_gaps.get(period, 0)

    def reconciled(self, name: str, period: str) -> Row | None:
        """A total of the reconciliation in a period."""
        return self.totals.get((name, period))


def sums_of(view: View, source: Source) -> Sums:
    """The sums behind Lead and the sheets that are tied to it."""
    rows = source["misstatements"]
    rows = rows.filter(rows.dimension.isin(("total", "contract", "part")))
    part = ibis.ifelse(rows.dimension == "part", rows.member, "")
    rows = rows.mutate(part=part)
    summed = {c: total(rows[c]) for c in FIGURES}
    found = records(rows.group_by("dimension", "part", "period_id").agg(**summed))
    figures = {(r["dimension"], r["period_id"]): r for r in found if not r["part"]}
    reconciled = view.tables["reconciliation"].to_pylist()
    flagged = source["units"].semi_join(source["findings"], "unit_id")
    foreign = flagged.filter(flagged.currency != view.currency).count().to_pyarrow().as_py()
    return Sums(
        figures=figures,
        gaps_of_parts={(r["part"], r["period_id"]): r["gap_minor"] for r in found if r["part"]},
        gap=_cumulative(view, figures),
        listed_gaps=_by_period(source, "gap_parts"),
        loose=_by_period(source, "unlinked"),
        totals={(r["total"], r["period_id"]): r for r in reconciled},
        foreign=bool(foreign),
        last=next((r["period_id"] for r in reversed(totals(view))), ""),
        currencies=any(str(r["total"]).startswith("revenue in, ") for r in reconciled),
    )


def _cumulative(view: View, figures: Mapping[tuple[str, str], Row]) -> dict[str, int]:
    """The gap at each period's end: what was brought in, and every period's difference since."""
    gap: dict[str, int] = {}
    now: int | None = None
    for row in totals(view):
        found = figures.get(("contract", row["period_id"]), dict.fromkeys(FIGURES, 0))
        if now is None:
            now = found["gap_minor"] - found["net_minor"]
        now += found["booked_minor"] - found["earned_minor"]
        gap[row["period_id"]] = now
    return gap


def _by_period(source: Source, table: str) -> dict[str, int]:
    """The amounts of a table by period; of the parts of gaps those that are listed."""
    if table == "gap_parts":
        rows = of_findings(source, table, "period_id", "part", "amount_minor")
        rows = rows.filter(~rows.part.isin(UNLISTED))
    else:
        rows = source[table]
    found = records(rows.group_by("period_id").agg(minor=total(rows.amount_minor)))
    return {r["period_id"]: r["minor"] for r in found}


def not_carried(source: Source) -> tuple[list[Row], dict[str, int]]:
    """Gaps above nil that no entry of the reported periods carries, such as openings, by period and currency;
    and all gaps above nil by period."""
    over = of_findings(source, "positions", "period_id", "gap_minor")
    over = over.filter(over.gap_minor > 0).group_by("period_id", "currency").agg(over=total(over.gap_minor))
    held = of_findings(source, "entry_support", "period_id", "unsupported_minor")
    held = held.group_by("period_id", "currency").agg(held=total(held.unsupported_minor))
    both = over.outer_join(held, ["period_id", "currency"])
    both = both.select(
        period_id=ibis.coalesce(both.period_id, both.period_id_right),
        currency=ibis.coalesce(both.currency, both.currency_right),
        over=both.over.fill_null(0),
        unsupported_minor=both.over.fill_null(0) - both.held.fill_null(0),
    )
    rows = records(both.order_by("period_id", "currency"))
    gaps: dict[str, int] = {}
    for row in rows:
        gaps[row["period_id"]] = gaps.get(row["period_id"], 0) + row["over"]
    return [r for r in rows if r["unsupported_minor"]], gaps
