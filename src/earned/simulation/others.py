"""Other services: small deliveries confirmed by the customer (cloopen.md 9.1)."""

from __future__ import annotations

from datetime import timedelta

from earned.simulation import contracts, figures
from earned.simulation.apportion import largest_remainder
from earned.simulation.book import Book
from earned.simulation.booking import recognise
from earned.simulation.calendar import at
from earned.simulation.projects import final_day

LINE = "other"


def build(book: Book) -> None:
    """Twelve contracts a quarter, each earned at its delivery."""
    for n, quarter in enumerate(book.spec.quarters):
        cells = [book.spec.cell(quarter.name, LINE, d) for d in figures.DEPARTMENTS]
        at_least = [1 if c else 0 for c in cells]
        counts = largest_remainder(figures.CONTRACTS[LINE][n] - sum(at_least), cells)
        for department, total, some, more in zip(figures.DEPARTMENTS, cells, at_least, counts):
            stream = book.spec.stream("others", department, quarter.name)
            weights = [stream.lognormal(40) for _ in range(some + more)]
            for net in largest_remainder(total, weights) if weights else []:
                day = final_day(stream, quarter)
                signed = day - timedelta(stream.between(10, 40))
                contract = contracts.new(book, stream, LINE, department, net, signed)
                contracts.register(book, contract)
                unit = f"{contract.contract_id}-D1"
                book.add(
                    "obligations", obligation_id=unit, contract_id=contract.contract_id,
                    pattern="point_in_time", ssp=contract.gross, booked_before=0,
                    description=contracts.TITLES[LINE],
                )  # fmt: skip
                book.evidence(
                    "logs", contract.contract_id, unit, kind="delivery", event_date=day,
                    recorded_at=at(day + timedelta(1), 11), maker="customer",
                    signer=stream.pick(book.contacts[contract.customer_id]),
                    signer_customer_id=contract.customer_id,
                )  # fmt: skip
                recognise(book, stream, contract, unit, quarter, day, net)
                book.milestones[contract.contract_id] = [(day, 100)]
