"""The company's accounting policy as books.yaml states it: dated, typed, with defaults.

Names are those of `books_yaml.policy`; nested ones are dotted (`late_paper.days`). A policy that
changes is a list of `{from, value, decided_by, note}`; what holds before its first day is the default.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir

from earned.books.given import Given

PATTERNS = ("point_in_time", "over_time")
MEASURES = ("days", "months", "units", "milestones", "hours", "cost", "as_used", "given")
CONVENTIONS = (
    "daily_inclusive",
    "daily_end_exclusive",
    "equal_months",
    "calendar_months",
    "half_month",
    "month_fractions",
    "daily_ends",
    "even_months",
    "per_second",
)
STAGES = ("arrival", "go_live", "initial", "final")
GRADES = ("A", "B", "C", "D")


@dataclass(frozen=True)
class Name:
    """A policy: how it is read, the type it has in a table, and its default."""

    read: Callable[[Given], Any]
    type: str
    default: Any = None


def _one_of(*values: str, default: str | None = None) -> Name:
    return Name(lambda given: given.choice(values), "string", default)


def _number(default: int | None = None) -> Name:
    return Name(lambda given: given.integer(), "int64", default)


def _flag(default: bool | None = None) -> Name:
    return Name(lambda given: given.boolean(), "boolean", default)


def _needs(given: Given) -> tuple[str, ...]:
    wanted = {item.choice(("signature", "seal")) for item in given.items()}
    return tuple(sorted(w for w in wanted if w))


NAMES: Mapping[str, Name] = {
    "pattern": _one_of(*PATTERNS),
    "measure": _one_of(*MEASURES),
    "convention": _one_of(*CONVENTIONS),
    "odd_cent": _one_of("cumulative", "last", "first", default="cumulative"),
    "compounding": _one_of("annual", "monthly"),
    "ssp_outside_range": _one_of("nearest_bound", "midpoint", "low", "high", "observable"),
    "binding_stage": _one_of(*STAGES),
    "contract_binds_on": _one_of("signed_both", "sealed_both", "first_performance"),
    "acceptance_needs": Name(_needs, "string", ()),
    "price_includes_tax": _flag(),
    "tax_rate": _number(),
    "least_grade": _one_of(*GRADES, default="C"),
    "close_days": _number(15),
    "late_paper.days": _number(30),
    "late_paper.corroborated": _flag(True),
    "unknown_recorded_at": _one_of("counts", "not_admitted", default="counts"),
    "conditional_acceptance": _one_of("not_until_closed", "counts", default="not_until_closed"),
    "tolerance.minor": _number(100),
    "tolerance.ppm_of_price": _number(0),
}


@dataclass(frozen=True)
class Step:
    """A value of a policy and the first day it holds from; None is always."""

    first: date | None
    value: Any
    decided_by: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Policy:
    """Every policy by name; only what was written is kept, the rest is the default."""

    written: Mapping[str, tuple[Step, ...]] = field(default_factory=dict)

    def given(self, name: str) -> bool:
        """Whether books.yaml (or `--set`) states it."""
        return bool(self.written.get(name))

    def steps(self, name: str) -> tuple[tuple[date | None, Any], ...]:
        """(first day, value) oldest first; the first step has no day and holds before the others."""
        default = NAMES[name].default
        steps = tuple((s.first, s.value) for s in self.written.get(name, ()))
        return steps if steps and steps[0][0] is None else ((None, default), *steps)

    def value(self, name: str, on: date | None = None) -> Any:
        """The value in force on a day; without a day the latest one. None where none was stated."""
        steps = self.steps(name)
        return [v for first, v in steps if on is None or first is None or first <= on][-1]

    def at(self, name: str, column: ir.Value) -> ir.Value:
        """The value in force on the day in a column; a list is its words joined by commas."""
        kind = NAMES[name].type
        steps = [(f, ",".join(v) if isinstance(v, tuple) else v) for f, v in self.steps(name)]
        values = [(f, ibis.literal(v, type=kind)) for f, v in steps]
        result = values[0][1]
        for first, value in values[1:]:
            result = ibis.ifelse(column >= ibis.literal(first, type="date"), value, result)
        return result


def read(given: Given) -> Policy:
    """The policies of books.yaml; what is wrong is collected in `given.faults`."""
    written: dict[str, tuple[Step, ...]] = {}
    for entry in given.entries(dict.fromkeys(n.partition(".")[0] for n in NAMES), "policy"):
        name = entry.key
        if name in NAMES:
            written[name] = _steps(entry, {name: ""})[name]
        else:
            parts = {n: n.removeprefix(f"{name}.") for n in NAMES if n.startswith(f"{name}.")}
            written |= _group(entry, parts)
    return Policy({name: steps for name, steps in written.items() if steps})


def _group(entry: Given, parts: Mapping[str, str]) -> dict[str, tuple[Step, ...]]:
    """A policy of several values: dated as a whole, or each of its values on its own."""
    if isinstance(entry.value, list):
        return _steps(entry, parts)
    found: dict[str, tuple[Step, ...]] = {}
    names = {part: name for name, part in parts.items()}
    for inner in entry.entries(names):
        name = names[inner.key]
        found |= _steps(inner, {name: ""})
    return found


def _steps(entry: Given, parts: Mapping[str, str]) -> dict[str, tuple[Step, ...]]:
    """name -> its steps; `parts` maps each name to its key inside a value ('' = the value itself)."""
    dated = isinstance(entry.value, list) and any(isinstance(v, dict) for v in entry.value)
    found: dict[str, list[Step]] = {name: [] for name in parts}
    for item in entry.items() if dated else [entry]:
        keys = {k.key: k for k in item.entries(_STEP)} if dated else {"value": item}
        value = keys.get("value", item.at("value"))
        if dated and value.missing:
            item.fault("a step with `value`", "write {from: 2021-01-01, value: ...}")
        first = item.at("from").day() if dated else None
        who, why = (item.at(k).text() if dated else None for k in ("decided_by", "note"))
        inside = set() if "" in parts.values() else {k.key for k in value.entries(parts.values())}
        for name, part in parts.items():
            if part and part not in inside:
                continue
            read_value = NAMES[name].read(value.at(part) if part else value)
            if read_value is not None:
                found[name].append(Step(first, read_value, who, why))
    return {name: _ordered(entry, steps) for name, steps in found.items()}


_STEP = ("from", "value", "decided_by", "note")


def _ordered(entry: Given, steps: list[Step]) -> tuple[Step, ...]:
    days = [s.first for s in steps]
    if len(set(days)) < len(days):
        entry.fault("one value a day", "give each step of the policy its own `from`")
    return tuple(sorted(steps, key=lambda s: s.first or date.min))


def as_written(policy: Policy) -> dict[str, Any]:
    """The policy with its defaults, as books.yaml would state it; what has no value is left out."""
    document: dict[str, Any] = {}
    for name in NAMES:
        steps = policy.written.get(name) or (Step(None, NAMES[name].default),)
        if steps[0].value is None:
            continue
        outer, _, inner = name.partition(".")
        place, key = (document.setdefault(outer, {}), inner) if inner else (document, outer)
        place[key] = _as_written(steps)
    return document


def _as_written(steps: tuple[Step, ...]) -> Any:
    plain = [list(s.value) if isinstance(s.value, tuple) else s.value for s in steps]
    if len(steps) == 1 and steps[0] == Step(None, steps[0].value):
        return plain[0]
    return [
        {
            key: value
            for key, value in (
                ("from", s.first.isoformat() if s.first else None),
                ("value", v),
                ("decided_by", s.decided_by),
                ("note", s.note),
            )
            if value is not None
        }
        for s, v in zip(steps, plain, strict=True)
    ]
