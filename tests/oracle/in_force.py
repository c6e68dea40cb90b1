"""The allocated price of each obligation in force day by day, and the lines that boundaries begin.

A boundary (prospective, mixed) closes the account of what was earned by its eve and shares what is left
anew (606-10-25-13(a), (c)); every other step adds to the price in force (25-13(b), 32-42 to 32-45).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Protocol

from .allocation import allocate, net_of
from .model import DAY, Book, Row, rounded
from .steps import BOUNDARIES, Step, listed, steps_of


@dataclass(frozen=True)
class Base:
    """What was earned by an eve, and how much was done by then."""

    eve: date
    minor: int
    done: Fraction


@dataclass(frozen=True)
class Version:
    """The price of an obligation from a day on (None: from inception), earned along a line from its base."""

    day: date | None
    allocated: int
    base: Base | None = None


@dataclass(frozen=True)
class Boundary:
    """The last prospective or mixed modification."""

    version: int
    weights: Mapping[str, int]  # of the obligations it reached
    progress: Mapping[str, Fraction]


class Measure(Protocol):
    """What the history of a contract asks of the papers: by an eve, with the estimates made by then."""

    def value(self, obligation: Row, version: Version, eve: date) -> Fraction: ...

    def progress_by(self, obligation: Row, eve: date) -> Fraction: ...

    def done_by(self, obligation: Row, eve: date) -> Fraction: ...


@dataclass
class Prices:
    """The price of one contract in force, and its share of each obligation: built step by step."""

    book: Book
    contract: Row
    measure: Measure
    versions: dict[str, list[Version]] = field(default_factory=dict)
    prices: list[tuple[date, int]] = field(default_factory=list)
    touched: list[dict[str, int]] = field(default_factory=list)  # by step: allocated of those it changes
    boundary: Boundary | None = None
    ended: set[str] = field(default_factory=set)
    added: set[str] = field(default_factory=set)
    versions_taken: list[int] = field(default_factory=list)  # in the order in which they took effect

    def __post_init__(self) -> None:
        self.fixed = {
            o["obligation_id"]: o for o in self.contract["obligations"] if o["measure"] != "as_used"
        }
        self.versions = {key: [Version(None, o["allocated"])] for key, o in self.fixed.items()}
        self.price: int = self.contract["net_price"]
        for step in steps_of(self.book, self.contract) if self.fixed else []:
            self._take(step)

    def at(self, obligation: Row, day: date) -> Version:
        """The version in force on a day."""
        known = [v for v in self.versions[obligation["obligation_id"]] if v.day is None or v.day <= day]
        return known[-1]

    def _take(self, step: Step) -> None:
        step = replace(step, amount=net_of(self.contract, step.amount))
        before = {key: len(versions) for key, versions in self.versions.items()}
        if step.version:
            self.versions_taken.append(step.version)
        if step.treatment in BOUNDARIES:
            self._close(step)
        else:
            self._add(step)
        self.added |= self._added_by(step)
        self.price += step.amount
        self.prices.append((step.day, self.price))
        changed = [key for key, versions in self.versions.items() if len(versions) > before[key]]
        self.touched.append({key: self._now(key).allocated for key in changed})

    def _now(self, key: str) -> Version:
        return self.versions[key][-1]

    def _added_by(self, step: Step) -> set[str]:
        if not step.version:
            return set()
        found = {key for key, o in self.fixed.items() if o["version"] == step.version}
        if step.treatment == "separate" and step.obligation in self.fixed:
            found.add(str(step.obligation))
        return found

    def _promised(self, more: set[str]) -> list[str]:
        """Obligations in force, and some more."""
        of = self.added | more
        return [k for k, o in self.fixed.items() if (o["from_start"] or k in of) and k not in self.ended]

    def _unfinished(self, eve: date, keys: list[str]) -> list[str]:
        return [key for key in keys if self.measure.progress_by(self.fixed[key], eve) < 1]

    # a step that is no boundary

    def _add(self, step: Step) -> None:
        at_once: dict[str, int] = {}
        if step.obligation in self.fixed:
            shares, at_once = self._since_then(step, {str(step.obligation): step.amount})
        elif step.treatment == "separate":
            shares = self._by_ssp(step.amount, sorted(self._added_by(step)), {})
        else:
            shares, at_once = self._routed(step)
        for key in shares.keys() | at_once.keys():
            now = self._now(key)
            once = at_once.get(key, 0)
            base = replace(now.base, minor=now.base.minor + once) if now.base else None
            self.versions[key].append(Version(step.day, now.allocated + shares.get(key, 0) + once, base))

    def _routed(self, step: Step) -> tuple[dict[str, int], dict[str, int]]:
        rows = listed(self.book, self.contract, step.version) if step.version else {}
        keys = sorted({key for key in rows if key in self.fixed} | self._added_by(step))
        if rows and step.treatment == "price_estimate":
            if self.boundary and not self._earlier(step, self.boundary):
                return self._split(step.amount, {key: self._last_weight(key) for key in keys}), {}
            weights = {key: self.fixed[key]["weight"] for key in keys}  # 32-43: by the prices of inception
            return self._since_then(step, self._split(step.amount, weights))
        if rows:
            return self._by_ssp(step.amount, keys, rows), {}
        if step.treatment == "catch_up":
            promised = self._promised(self._added_by(step))
            keys = self._unfinished(step.day - DAY, promised) or promised
            return self._by_ssp(step.amount, keys, {}), {}
        if self.boundary and not self._earlier(step, self.boundary):
            return allocate(step.amount, self.boundary.weights), {}
        weights = {key: o["weight"] for key, o in self.fixed.items() if o["from_start"]}
        return self._since_then(step, allocate(step.amount, weights))

    def _since_then(self, step: Step, shares: dict[str, int]) -> tuple[dict[str, int], dict[str, int]]:
        """The shares as they are, or routed through a boundary that came after their promise."""
        estimate = step.treatment in (None, "price_estimate")
        if self.boundary and estimate and self._earlier(step, self.boundary):
            return self._promised_earlier(shares, self.boundary)
        return shares, {}

    def _earlier(self, step: Step, boundary: Boundary) -> bool:
        """Whether a step was promised before a boundary: at inception, or by what took effect before it."""
        order = [0, *self.versions_taken]
        return order.index(step.promised) < order.index(boundary.version)

    @staticmethod
    def _promised_earlier(
        shares: dict[str, int], boundary: Boundary
    ) -> tuple[dict[str, int], dict[str, int]]:
        """606-10-32-45(a): the part of what was done at the boundary at once, the rest over what was left."""
        reached = {key: share for key, share in shares.items() if key in boundary.weights}
        at_once = {key: rounded(share * boundary.progress[key]) for key, share in reached.items()}
        pooled = allocate(sum(reached.values()) - sum(at_once.values()), boundary.weights)
        rest = {key: share for key, share in pooled.items() if share}
        return {key: share for key, share in shares.items() if key not in reached} | rest, at_once

    def _by_ssp(self, amount: int, keys: list[str], rows: Mapping[str, Row]) -> dict[str, int]:
        if len(keys) == 1:
            return {keys[0]: amount}
        return allocate(amount, {key: self._listed_ssp(rows, key) or self._ssp(key) for key in keys})

    @staticmethod
    def _split(amount: int, weights: Mapping[str, int]) -> dict[str, int]:
        """By weight, in equal parts where none of them has any: what is named takes it."""
        return allocate(amount, weights if any(weights.values()) else dict.fromkeys(weights, 1))

    def _last_weight(self, key: str) -> int:
        """What an obligation weighed in the last allocation it took part in (32-44); an ended one nothing."""
        if key in self.ended:
            return 0
        in_boundary = self.boundary.weights.get(key) if self.boundary else None
        return int(in_boundary or self.fixed[key]["weight"] or self._ssp(key))

    def _listed_ssp(self, rows: Mapping[str, Row], key: str) -> int | None:
        return self.book.minor(rows.get(key, {}).get("ssp"), self.contract["currency"])

    def _ssp(self, key: str) -> int:
        o = self.fixed[key]
        return int(o["weight"] if o["ssp_minor"] is None else o["ssp_minor"])

    # a boundary

    def _close(self, step: Step) -> None:
        rows, eve = listed(self.book, self.contract, step.version), step.day - DAY
        listed_here = {key for key in rows if key in self.fixed}
        if not rows and step.obligation in self.fixed:
            reached = {str(step.obligation)}
        else:
            added = self._added_by(step)
            promised = self._promised(added)
            reached = (listed_here or set(self._unfinished(eve, promised))) | added or set(promised)
        mine = {key: self.fixed[key] for key in sorted(reached)}
        earned = {key: rounded(self.measure.value(o, self._now(key), eve)) for key, o in mine.items()}
        credit = self._credit(step, earned)
        pool = sum(self._now(key).allocated - earned[key] for key in mine)
        pool += step.amount - sum(credit.values())
        ended = {key for key in mine if rows.get(key, {}).get("ended")}
        weights = {k: self._weight(k, step, rows, eve, earned[k]) for k in mine if k not in ended}
        if not any(weights.values()):
            weights = dict.fromkeys(weights, 1)
        shares = allocate(pool, weights) if weights else {}
        for key, o in mine.items():
            minor = earned[key] + credit.get(key, 0)
            base = Base(eve, minor, self.measure.done_by(o, eve))
            whole = step.treatment == "mixed" and rows.get(key, {}).get("treatment") == "catch_up"
            allocated = minor + shares.get(key, 0)
            self.versions[key].append(Version(step.day, allocated, None if whole else base))
        progress = {key: self.measure.progress_by(o, eve) for key, o in mine.items()}
        self.boundary = Boundary(step.version, weights | dict.fromkeys(ended, 0), progress)
        self.ended |= ended

    def _credit(self, step: Step, earned: Mapping[str, int]) -> dict[str, int]:
        """606-10-55-115: a credit for work already done, by what was earned."""
        amount = self.book.minor((step.modification or {}).get("past_credit"), self.contract["currency"])
        if not amount or not any(earned.values()):
            return {}
        return allocate(net_of(self.contract, amount), earned)

    def _weight(self, key: str, step: Step, rows: Mapping[str, Row], eve: date, earned: int) -> int:
        o, given = self.fixed[key], self._listed_ssp(rows, key)
        if given is not None:
            return given
        if o["ssp_minor"] is None:
            return max(self._now(key).allocated - earned, 0)  # less than nothing is no weight
        return rounded(o["ssp_minor"] * (1 - self.measure.progress_by(o, eve)))
