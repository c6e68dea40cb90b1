"""Changes of contracts as the parties wrote them: modifications, estimates of variable amounts, their papers.

What they do to revenue is worked out where the contract is made (`projects`, `services`), never here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from earned.simulation.book import Book, Change, Contract, with_tax
from earned.simulation.calendar import at, month_start
from earned.simulation.disputes import LAST_DAY
from earned.simulation.people import CONTROLLERS
from earned.simulation.streams import Stream
from earned.simulation.terms import LAG

#: deals of a variable amount and their weights: a bonus that is reached, in time, later, or not at all; a
#: penalty that falls away, or is due
_VARIABLE = (("bonus", 3), ("late_bonus", 2), ("missed", 2), ("lifted", 2), ("penalty", 1))
#: what such a deal is worth, in parts per thousand of the price
_WORTH = {"scope": (80, 250), "unapproved": (50, 200)}
_VARIABLE_WORTH = (20, 60)
#: invoices that may be disputed of a project, or of a subscription and quarter those of short ones included:
#: one in a thousand credited means so many of these in a thousand
INVOICES = 3


@dataclass(frozen=True)
class Deal:
    """What is agreed beside the first price of a project, or of one of its modules; `part` without tax.

    scope: more work for more money; separate: a further module at its own price; bonus: included when
    reached; late_bonus: reached after acceptance; missed: a bonus never reached; lifted: a penalty not due in
    the end; penalty: one that is due; unapproved: never signed by the customer.
    """

    kind: str = ""
    part: int = 0

    @property
    def added(self) -> int:
        """What of the last price was not in the fixed price at inception; a penalty that is due below 0."""
        return {"scope": self.part, "bonus": self.part, "penalty": -self.part}.get(self.kind, 0)

    @property
    def held(self) -> int:
        """What of the last price was not included in the price before the change."""
        return self.part if self.kind in ("scope", "bonus", "lifted") else 0


@dataclass(frozen=True)
class Later:
    """A change of price after acceptance: `amount` is revenue of a day in quarter n (4: next year)."""

    n: int
    day: date
    amount: int


def deal(book: Book, stream: Stream, net: int) -> Deal:
    """What is agreed of a price of `net`, as often as the shares of the company say; mostly nothing."""
    shares = book.spec.changes
    place = stream.between(1, 1000)
    if place <= shares.scope:
        kind = "scope"
    elif place <= shares.scope + shares.variable:
        kind = stream.weighted(_VARIABLE)
    elif place <= shares.scope + shares.variable + shares.unapproved:
        kind = "unapproved"
    else:
        return Deal()
    per_mille = stream.between(*_WORTH.get(kind, _VARIABLE_WORTH))
    part = net * per_mille // 1000 // book.spec.step * book.spec.step
    return Deal(kind, part) if part else Deal()


def modify(
    book: Book, contract: Contract, day: date, net: int, treatment: str, unit: str | None = None,
    *, approved: bool = True,
) -> int:  # fmt: skip
    """A modification in force from a day, with its paper; its version is returned."""
    known = (r for r in book.rows["modifications"] if r["contract_id"] == contract.contract_id)
    version, price = 1 + sum(1 for _ in known), with_tax(net, contract.tax)
    book.add(
        "modifications", contract_id=contract.contract_id, version=version, effective_date=day,
        approved_date=day if approved else None, treatment=treatment, price_change=price,
        obligation_id=unit, decided_by=CONTROLLERS[0], recorded_at=at(day, 10),
    )  # fmt: skip
    number = f"{contract.contract_id}-V{version}"
    text = (
        f"变更单 {number}\n合同编号 {contract.contract_id}\n生效日期 {day}\n"
        f"价款变更（含税） {Decimal(price).scaleb(-book.spec.exponent):f}\n"
        f"客户签署 {day if approved else '未签署'}\n"
    )
    path = f"changes/{number}.txt"
    book.paper(f"DOC-{number}", path, text, at(day, 11), "SIM 商务部", "合同变更")
    return version


def listed(book: Book, contract: Contract, version: int, unit: str, **more: object) -> None:
    """What a modification does to an obligation."""
    book.add(
        "modified_obligations", contract_id=contract.contract_id, version=version, obligation_id=unit, **more
    )


def _estimate(
    book: Book, contract: Contract, unit: str, nature: str, day: date, net: int, included: int
) -> None:
    """A version of a variable amount of an obligation, and what of it may be included (606-10-32-11)."""
    book.add(
        "estimates", obligation_id=unit, kind="variable_price", item=nature, nature=nature, known_at=day,
        amount=with_tax(net, contract.tax), constrained_amount=with_tax(included, contract.tax),
        method="most_likely", made_by=CONTROLLERS[0],
    )  # fmt: skip


def agreed(book: Book, contract: Contract, unit: str, deal: Deal, changed: date, final: date) -> int | None:
    """The rows of a deal: `changed` is the day of a change of scope, `final` when an amount is certain.

    The version of the modification is returned where there is one.
    """
    part = deal.part
    if deal.kind in ("scope", "separate", "unapproved"):
        treatment, approved = "separate" if deal.kind == "separate" else "catch_up", deal.kind != "unapproved"
        version = modify(book, contract, changed, part, treatment, unit, approved=approved)
        if approved:
            book.changes[contract.contract_id].append(Change(changed, part))
        return version
    if deal.kind in ("bonus", "late_bonus", "missed"):
        reached = 0 if deal.kind == "missed" else part
        _estimate(book, contract, unit, "bonus", contract.signed, part, 0)
        _estimate(book, contract, unit, "bonus", final, reached, reached)
        if reached:
            book.changes[contract.contract_id].append(Change(final, part))
    if deal.kind in ("lifted", "penalty"):
        due = part if deal.kind == "penalty" else 0
        _estimate(book, contract, unit, "penalty", contract.signed, -part, -part)
        _estimate(book, contract, unit, "penalty", final, -due, -due)
        if due:
            book.changes[contract.contract_id].append(Change(final, -part))
    return None


def reached(book: Book, stream: Stream, n: int) -> date:
    """The day after the close of quarter n on which a bonus for months of faultless running is certain."""
    first, closed = month_start(2021, 3 * n + 4), book.spec.quarters[n].closed_at.date()
    return max(first + timedelta(stream.between(45, 75)), closed + timedelta(1))


def conceded(book: Book, contract: Contract, net: int, final: date, n: int) -> Later | None:
    """A part of the price given up after a dispute, a quarter or two after the invoice (cloopen.md 9.7).

    It lowers the transaction price from that day on (606-10-32-42 to 32-44); None where nobody disputed.
    """
    stream = book.spec.stream("noise", "concession", contract.contract_id)
    if not stream.chance(INVOICES * book.spec.noise.credit_notes):
        return None
    in_time = final + timedelta(LAG[1]) <= book.spec.quarters[n].last
    m = n + (1 + stream.between(0, 1) if in_time else 2)
    day = month_start(2021, 3 * m + 1) + timedelta(stream.between(26, 60))
    amount = net * stream.between(30, 120) // 1000 // book.spec.step * book.spec.step
    return Later(min(m, 4), day, -amount) if amount and day <= LAST_DAY else None


def concede(book: Book, contract: Contract, unit: str, later: Later) -> None:
    """The rows of a concession: a new estimate of the price, and what is credited."""
    modify(book, contract, later.day, later.amount, "price_estimate", unit)
    book.changes[contract.contract_id].append(Change(later.day, later.amount, credited=True))
