"""What the company made public and what stood behind it; pay and sales of officers; controls."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

from earned.simulation import figures
from earned.simulation.apportion import largest_remainder
from earned.simulation.book import Book
from earned.simulation.people import CHIEF, CONTROLLERS, FINANCE_CHIEF, LATER_FINANCE_CHIEF, REVIEWERS

GUIDANCE = "G-2021Q4"
#: the forecast behind the guidance of 18 November 2021, thousands (cloopen.md 9.6)
LOW, HIGH = 322_000, 336_000
RECURRING, GENUINE, LEANING = 205_700, 94_900, 28_400
#: of the leaning list what slipped, because customers would not sign
SLIPPED = 3_000

_CONTROLS = (
    ("K1", "收入入账前核对终验报告与合同约定的验收阶段", "preventive", "E4001"),
    ("K2", "新签客户信用审查", "preventive", CONTROLLERS[0]),
    ("K3", "超过审批限额的收入分录由财务主管复核", "preventive", REVIEWERS[0]),
    ("K4", "季度末合同资产账龄复核", "detective", CONTROLLERS[1]),
    ("K5", "话单装载批次与计费金额核对", "detective", REVIEWERS[2]),
)


def publish(book: Book) -> None:
    """Rows of entities, periods, rates, announced, awards, trades and controls."""
    _entities(book)
    for quarter in book.spec.quarters:
        shown = figures.ANNOUNCED.get(quarter.name)
        day = date.fromisoformat(shown[2]) if shown else None
        book.add(
            "periods", period_id=quarter.name, first_date=quarter.first, last_date=quarter.last,
            fiscal_year=2021, closed_at=quarter.closed_at, published_date=day,
        )  # fmt: skip
        if shown and day:
            _announce(book, quarter.name, shown[0], shown[1], day)
    _pay(book)
    for control, said, kind, owner in _CONTROLS:
        book.add(
            "controls", control_id=control, description=said, owner_id=owner, kind=kind,
            valid_from=date(2020, 1, 1),
        )  # fmt: skip


def _entities(book: Book) -> None:
    group, currency = "SIM-CN", book.spec.currency
    book.add("entities", entity_id=group, name="SIM 云汀通信", currency=currency, consolidated=True)
    book.add(
        "entities", entity_id="SIM-JP", name="SIM 云汀日本", parent_id=group, currency=currency,
        consolidated=True,
    )  # fmt: skip


def _announce(book: Book, quarter: str, thousands: int, dollars: int, day: date) -> None:
    spec = book.spec
    book.add(
        "announced", announced_id=f"A-{quarter}", period_id=quarter, figure="revenue",
        amount=spec.minor(thousands), rounded_to=spec.minor(100), currency=spec.currency,
        translated_amount=dollars * 1000 * 100, translated_currency="USD", published_date=day,
        status="unaudited", document_id=f"DOC-RELEASE-{quarter}",
    )  # fmt: skip
    rate = (Decimal(thousands) / dollars).quantize(Decimal("0.0001"))
    book.add(
        "rates", from_currency="USD", to_currency=spec.currency, kind="convenience", rate=rate,
        rate_date=next(q.last for q in spec.quarters if q.name == quarter),
    )  # fmt: skip


def _pay(book: Book) -> None:
    """Bonus and share pay of the officers, and what they sold, in the months after each release."""
    stream = book.spec.stream("pay")
    officers = (CHIEF, FINANCE_CHIEF, LATER_FINANCE_CHIEF)
    for officer in officers:
        for n, (kind, measure, day, attained) in enumerate((
            ("salary", None, date(2021, 12, 31), None),
            ("bonus", "booked revenue", date(2021, 9, 15), date(2021, 6, 30)),
            ("bonus", "booked revenue", date(2022, 2, 15), date(2021, 12, 31)),
            ("restricted_share", None, date(2022, 3, 1), None),
        )):  # fmt: skip
            if officer == LATER_FINANCE_CHIEF and day < date(2022, 1, 1):
                continue
            book.add(
                "awards", award_id=f"P-{officer}-{n}", employee_id=officer, kind=kind, measure=measure,
                received_date=day, attained_date=attained, amount=book.spec.minor(stream.between(100, 400)),
                shares=stream.between(1_000, 9_000) if kind == "restricted_share" else None,
            )  # fmt: skip
        if officer != LATER_FINANCE_CHIEF:
            _sale(book, officer, stream.between(2_000, 8_000), stream.between(60, 120))


def _sale(book: Book, officer: str, shares: int, price: int) -> None:
    book.add(
        "trades", trade_id=f"S-{officer}", employee_id=officer, trade_date=date(2021, 8, 25), side="sale",
        shares=shares, price=price * book.spec.major, cost=(price - 40) * book.spec.major,
    )  # fmt: skip


def guide(book: Book) -> None:
    """Guidance for the fourth quarter and the forecast by contract; it leans on planted contracts."""
    spec = book.spec
    book.add(
        "guidance", guidance_id=GUIDANCE, period_id="2021Q4", figure="revenue", low=spec.minor(LOW),
        high=spec.minor(HIGH), currency=spec.currency, published_date=date(2021, 11, 18),
        document_id="DOC-RELEASE-2021Q3",
    )  # fmt: skip
    booked: dict[str, int] = defaultdict(int)
    planted = {p.contract_id for p in book.planted if p.quarter == "2021Q4"}
    for revenue in book.revenue:
        in_quarter = revenue.effective >= date(2021, 10, 1)
        project = revenue.contract.line in figures.PROJECT_LINES
        expected = revenue.amount > 0 and revenue.contract.contract_id not in planted
        if in_quarter and project and expected:
            booked[revenue.contract.contract_id] += revenue.amount
    genuine = dict(zip(booked, largest_remainder(spec.minor(GENUINE), list(booked.values()))))
    leaning = _leaning(book)
    lines = [*genuine.items(), *leaning.items()]
    rest = spec.minor(RECURRING + GENUINE + LEANING) - sum(a for _, a in lines)
    for n, (contract, amount) in enumerate([*sorted(lines), (None, rest)], 1):
        book.add(
            "forecast", guidance_id=GUIDANCE, forecast_id=f"F{n:04d}", contract_id=contract, amount=amount
        )


def _leaning(book: Book) -> dict[str, int]:
    """What the forecast expected of contracts of the scheme: booked in the draft, and what slipped (9.6)."""
    found: dict[str, int] = defaultdict(int)
    for p in book.planted:
        if p.quarter == "2021Q4" and p.kind != "rebate":
            found[p.contract_id] += p.over
    waiting = sorted(
        p.contract_id
        for p in book.planted
        if p.quarter == "2021Q3" and p.kind in "AC" and p.later[0][0] == "never"
    )
    if waiting:
        for contract, amount in zip(waiting, largest_remainder(book.spec.minor(SLIPPED), [1] * len(waiting))):
            found[contract] += amount
    return found
