"""Rows of contracts and obligations of the project, subscription and other lines."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from earned.simulation.book import PROJECT_TAX, SERVICE_TAX, Book, Contract, with_tax
from earned.simulation.figures import LARGE
from earned.simulation.people import SALES
from earned.simulation.streams import Stream

TITLES = {
    "cc_sub": "云联络中心订阅",
    "cc_project": "联络中心项目",
    "ucc_project": "统一通信项目",
    "other": "其他服务",
}
_MODULES = ("平台软件", "坐席与终端", "集成与布线", "培训与迁移")


def new(
    book: Book, stream: Stream, line: str, department: str, net: int, signed: date, **more: date
) -> Contract:
    """A contract with a number of its own, a customer and an owner of the department; not yet a row."""
    projects = line in ("cc_project", "ucc_project")
    customers = book.customers[department]
    if LARGE[department] and stream.chance(480):  # large customers have 72.1 % of revenue
        customers = customers[: LARGE[department]]
    contract_id = f"SIM{signed:%y}-{stream.between(10000, 99999)}"
    while contract_id in book.taken:
        contract_id = f"SIM{signed:%y}-{stream.between(10000, 99999)}"
    book.taken.add(contract_id)
    return Contract(
        contract_id, line, department, stream.pick(customers), stream.pick(SALES[department]), net,
        PROJECT_TAX if projects else SERVICE_TAX, signed, more.get("start"), more.get("end"),
    )  # fmt: skip


def register(book: Book, contract: Contract) -> None:
    """The row of a contract: signed by us a day or two before the customer, who makes it binding."""
    book.contracts.append(contract)
    projects = contract.line in ("cc_project", "ucc_project")
    book.add(
        "project_contracts" if projects else "contracts",
        contract_id=contract.contract_id, price=contract.gross, currency=book.spec.currency,
        price_includes_tax=True, tax_rate=contract.tax, customer_id=contract.customer_id,
        entity_id="SIM-JP" if contract.department == "JPN" else "SIM-CN", status="active",
        bound_date=contract.signed, signed_company_date=contract.signed - timedelta(1),
        signed_customer_date=contract.signed, start_date=contract.start, end_date=contract.end,
        owner_id=contract.owner_id, department_id=contract.department, payment_terms_days=60,
        document_id=f"DOC-{contract.contract_id}" if projects else None,
    )  # fmt: skip


def modules(book: Book, contract: Contract, nets: list[int], added: int | None = None) -> list[str]:
    """Obligations at a point in time that share the price exactly: ssp is the share with tax (U2, P5).

    The one of number `added` is not of the first contract: its first modification adds it at its own price.
    """
    ids = [f"{contract.contract_id}-M{n}" for n in range(1, len(nets) + 1)]
    for n, (obligation_id, net) in enumerate(zip(ids, nets)):
        book.add(
            "obligations", obligation_id=obligation_id, contract_id=contract.contract_id,
            pattern="point_in_time", ssp=with_tax(net, contract.tax), binding_stage="final",
            trial_run_days=30, booked_before=0, added_in_version=1 if n == added else None,
            description=f"{TITLES[contract.line]}：{_MODULES[n % 4]}",
        )  # fmt: skip
    return ids


def by_hours(book: Book, contract: Contract, plan: int, actual: int, seen: date, before: int = 0) -> str:
    """The only obligation of a contract measured by hours; the estimate is made anew on `seen`."""
    obligation_id = f"{contract.contract_id}-M1"
    book.add(
        "obligations", obligation_id=obligation_id, contract_id=contract.contract_id, pattern="over_time",
        measure="hours", ssp=contract.gross, total_quantity=Decimal(plan).scaleb(-1), booked_before=before,
        description=f"{TITLES[contract.line]}：整体实施（按工时）",
    )  # fmt: skip
    book.add(
        "estimates", obligation_id=obligation_id, kind="total_hours", known_at=contract.signed,
        quantity=Decimal(plan).scaleb(-1), method="given", made_by="E3001",
    )  # fmt: skip
    if actual != plan:
        book.add(
            "estimates", obligation_id=obligation_id, kind="total_hours", known_at=seen,
            quantity=Decimal(actual).scaleb(-1), method="given", made_by="E3001",
        )  # fmt: skip
    return obligation_id


def more_hours(book: Book, contract: Contract, unit: str, version: int, actual: int, day: date) -> None:
    """A modification makes the hours of an obligation more: `actual` in all, tenths of an hour."""
    book.add(
        "modified_obligations", contract_id=contract.contract_id, version=version, obligation_id=unit,
        total_quantity=Decimal(actual).scaleb(-1),
    )  # fmt: skip
    book.add(
        "estimates", obligation_id=unit, kind="total_hours", known_at=day,
        quantity=Decimal(actual).scaleb(-1), method="given", made_by="E3001",
    )  # fmt: skip


def straight_line(book: Book, contract: Contract, before: int) -> str:
    """The only obligation of a subscription: equal service months."""
    obligation_id = f"{contract.contract_id}-S1"
    book.add(
        "obligations", obligation_id=obligation_id, contract_id=contract.contract_id, pattern="over_time",
        measure="months", ssp=contract.gross, start_date=contract.start, end_date=contract.end,
        booked_before=before, description=TITLES["cc_sub"],
    )  # fmt: skip
    return obligation_id
