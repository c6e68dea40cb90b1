"""SEC company facts (`CIK##########.json`): what a company made public, into `announced`.

A fact of a period may stand in several filings: the first is what was announced; a later one with another
value is the figure restated; a later one with the same value is a comparative and is counted, not taken.
`fy`, `fp` and `frame` are not used: they say which filing a fact stands in, not which period it is of.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from earned import money
from earned.imports import cells, files, json_file
from earned.imports.common import Collected
from earned.imports.files import Source

TITLE = "SEC company facts"
#: Our figure -> the concepts of us-gaap and ifrs-full that state it, the first that a period has is taken.
FIGURES = {
    "revenue": (
        "RevenueFromContractWithCustomerExcludingAssessedTax", "Revenues", "SalesRevenueNet",
        "RevenueFromContractWithCustomerIncludingAssessedTax", "SalesRevenueGoodsNet",
        "SalesRevenueServicesNet", "Revenue", "RevenueFromContractsWithCustomers",
    ),
    "gross_profit": ("GrossProfit",),
    "operating_income": ("OperatingIncomeLoss", "ProfitLossFromOperatingActivities"),
    "net_income": ("NetIncomeLoss", "ProfitLoss"),
}  # fmt: skip
#: A part of revenue, or revenue with tax: taken only where nothing else states the period.
_LESSER = (
    "RevenueFromContractWithCustomerIncludingAssessedTax", "SalesRevenueGoodsNet",
    "SalesRevenueServicesNet",
)  # fmt: skip
_TAXONOMIES = ("us-gaap", "ifrs-full")
_AUDITED, _REVIEWED = ("10-K", "20-F", "40-F"), ("10-Q",)
_ROW = {"end", "val", "accn", "form", "filed"}
_QUARTER = range(80, 101)


@dataclass(frozen=True)
class Fact:
    """A figure of a period in a filing."""

    figure: str
    first: date
    last: date
    currency: str
    value: Decimal
    filing: str
    form: str
    filed: date
    rank: int
    number: int
    lesser: bool


def read(path: Path, found: Collected) -> None:
    """Read company facts into `announced`: quarters, by name; longer spans are no period of the books.

    Raises InputError where the file is not laid out as company facts.
    """
    sources = files.sources(path)
    if len(sources) != 1:
        do = "Name the file CIK##########.json"
        raise Source(path.name, path).fault(
            f"one file; there are {len(sources)}", do, reason="import_content"
        )
    source = sources[0]
    content = json_file.load(source)
    facts = content.get("facts") if isinstance(content, dict) else None
    if not isinstance(facts, dict) or not any(t in facts for t in _TAXONOMIES):
        keys = ", ".join(content)[:200] if isinstance(content, dict) else "a list"
        expected = f"cik, entityName and facts of {' or '.join(_TAXONOMIES)}"
        raise source.fault(
            expected, "Take the file companyfacts/CIK##########.json", value=keys, reason="import_format"
        )
    found.version = f"companyfacts of {' and '.join(t for t in _TAXONOMIES if t in facts)}"
    found.company.name = json_file.cell(content.get("entityName"))
    found.company.entity_id = json_file.cell(content.get("cik")).zfill(10)
    every = list(_facts(source, facts, found))
    quarters = [f for f in every if (f.last - f.first).days + 1 in _QUARTER]
    found.leave("figures of longer or shorter spans than a quarter", len(every) - len(quarters))
    _fiscal_year_end(every, found)
    _announced(_one_concept(quarters, found), source, found)
    found.settle()


def _facts(source: Source, taxonomies: dict[str, Any], found: Collected) -> Iterator[Fact]:
    """Every fact of the concepts that we take; the number of a fact counts them in the order of the file."""
    wanted = {c: (figure, rank) for figure, names in FIGURES.items() for rank, c in enumerate(names)}
    number = 0
    for taxonomy, concepts in taxonomies.items():
        for concept, body in (concepts if isinstance(concepts, dict) else {}).items():
            units = body.get("units") if isinstance(body, dict) else None
            if taxonomy not in _TAXONOMIES or concept not in wanted:
                found.leave("concepts that are no figure of ours")
                continue
            for unit, rows in (units if isinstance(units, dict) else {}).items():
                for row in rows if isinstance(rows, list) else [rows]:
                    number += 1
                    fact = _fact(row, *wanted[concept], unit, number, source, found)
                    if fact:
                        yield fact


def _fact(
    row: Any, figure: str, rank: int, unit: str, number: int, source: Source, found: Collected
) -> Fact | None:
    shown = {k: json_file.cell(v) for k, v in row.items()} if isinstance(row, dict) else {}
    days = {c: _day(shown.get(c, "")) for c in ("start", "end", "filed")}
    first, last, filed = days["start"], days["end"], days["filed"]
    value = row.get("val") if isinstance(row, dict) else None
    bad = next((c for c in sorted(_ROW) if not shown.get(c)), None)
    bad = bad or next((c for c in ("end", "filed") if days[c] is None), None)
    if not bad and not isinstance(value, Decimal):
        bad = "val"
    if not bad and money.exponent(unit) is None:
        bad, shown["unit"] = "unit", unit
    if bad:
        wanted = "an ISO 4217 currency" if bad == "unit" else f"a fact with {', '.join(sorted(_ROW))}"
        found.reject(source.name, number, bad, shown.get(bad, ""), wanted)
        return None
    if first is None:
        found.leave("figures of a day, not of a period")
        return None
    assert last and filed and isinstance(value, Decimal)
    lesser = FIGURES[figure][rank] in _LESSER
    return Fact(figure, first, last, unit, value, shown["accn"], shown["form"], filed, rank, number, lesser)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if cells.day(text) == text and text else None


def _one_concept(facts: Iterable[Fact], found: Collected) -> list[Fact]:
    """Of several concepts for one figure, period and currency in one filing the first of our list; those
    that are only a part, or hold tax, where no filing states the whole. A filing may use another concept
    than an earlier one: which was published first decides, not its concept."""
    best: dict[tuple[Any, ...], int] = {}
    every = list(facts)
    whole = {_period_of(f) for f in every if not f.lesser}
    every_one = [f for f in every if not f.lesser or _period_of(f) not in whole]
    for f in every_one:
        key = (*_period_of(f), f.filing)
        best[key] = min(best.get(key, f.rank), f.rank)
    kept = [f for f in every_one if best[(*_period_of(f), f.filing)] == f.rank]
    found.leave("figures of a second concept for the same period", len(every) - len(kept))
    return sorted(kept, key=lambda f: (f.figure, f.first, f.last, f.currency, f.filed, f.number))


def _period_of(f: Fact) -> tuple[Any, ...]:
    return (f.figure, f.first, f.last, f.currency)


def _announced(facts: list[Fact], source: Source, found: Collected) -> None:
    names = _periods(facts, found)
    said: dict[tuple[Any, ...], Decimal] = {}
    for f in facts:
        key = _period_of(f)
        if (f.first, f.last) not in names:
            found.leave("figures of periods that overlap another")
            continue
        if said.get(key) == f.value:
            found.leave("figures repeated in a later filing")
            continue
        row = {
            "announced_id": f"{f.filing}-{f.figure}-{f.last}-{f.currency}",
            "period_id": names[(f.first, f.last)],
            "figure": f.figure,
            "amount": cells.written(f.value),
            "currency": f.currency,
            "published_date": f.filed.isoformat(),
            "status": "restated" if key in said else _status(f.form),
            "document_id": f.filing,
        }
        said[key] = f.value
        found.add("announced", row, source.name, f.number)
    found.notes.append("amounts are in major units; `document_id` is the accession number of the filing.")


def _status(form: str) -> str:
    """Annual reports are audited, quarterly ones reviewed; what comes on other forms is neither."""
    base = form.removesuffix("/A")
    return "audited" if base in _AUDITED else "reviewed" if base in _REVIEWED else "unaudited"


def _periods(facts: list[Fact], found: Collected) -> dict[tuple[date, date], str]:
    """The quarters by their days, named by fiscal year and quarter; of two that overlap the more frequent."""
    counts = Counter((f.first, f.last) for f in facts)
    spans: list[tuple[date, date]] = []
    for span in sorted(counts, key=lambda s: (-counts[s], s)):
        if all(span[1] < other[0] or span[0] > other[1] for other in spans):
            spans.append(span)
    end = found.company.fiscal_year_end or "12-31"
    return {span: _name(span, end) for span in spans}


def _name(span: tuple[date, date], fiscal_year_end: str) -> str:
    """The quarter of the fiscal year that ends in its year, by the middle of the span."""
    middle = span[0] + timedelta(days=(span[1] - span[0]).days // 2)
    ends = int(re.sub("-.*", "", fiscal_year_end))
    months = (middle.month - ends - 1) % 12
    return f"{middle.year + (middle.month > ends)}Q{months // 3 + 1}"


def _fiscal_year_end(facts: list[Fact], found: Collected) -> None:
    """The last month of the most frequent whole years of annual reports."""
    years = [f for f in facts if 350 <= (f.last - f.first).days <= 380 and f.form.startswith(_AUDITED)]
    months = Counter(f.last.month for f in years)
    if months:
        month = months.most_common(1)[0][0]
        last = (date(2021, month, 28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        found.company.fiscal_year_end = f"{last:%m-%d}"
