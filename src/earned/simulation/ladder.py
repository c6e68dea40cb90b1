"""The ladder of a project: sign, arrival, initial acceptance, trial run, final acceptance (9.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from earned.simulation import hours
from earned.simulation.book import Book, Contract
from earned.simulation.calendar import at
from earned.simulation.people import ASSISTANTS, PROJECT_MANAGERS
from earned.simulation.streams import Stream


@dataclass(frozen=True)
class Rungs:
    """The days of a ladder."""

    signed: date
    arrival: date
    initial: date
    trial_days: int
    final: date


def back_from(stream: Stream, final: date, early: bool = False) -> Rungs:
    """A ladder that ends on a day; an early delivery has compressed every rung."""
    trial = 30 if early else stream.weighted(((30, 5), (60, 3), (90, 2)))
    initial = final - timedelta(trial + stream.between(5, 8 if early else 20))
    arrival = initial - timedelta(stream.between(25, 35 if early else 60))
    signed = arrival - timedelta(stream.between(20, 25 if early else 45))
    return Rungs(signed, arrival, initial, trial, final)


def work(book: Book, stream: Stream, contract: Contract, module: str, rungs: Rungs, net: int) -> None:
    """Arrival, initial acceptance, trial-run log and hours of a module that reaches the end."""
    if not stream.chance(40):  # a written waiver skips the arrival
        arrival(book, stream, contract, module, rungs.arrival)
    accepted(book, stream, contract, module, rungs.initial, "initial")
    ended = rungs.initial + timedelta(rungs.trial_days)
    book.evidence(
        "logs", contract.contract_id, module, kind="other", event_date=ended, recorded_at=at(ended, 23, 50),
        maker="system", number=f"LOG-{ended:%y%m%d}-{stream.between(100, 999)}",
    )  # fmt: skip
    plan = hours.planned(net, book.spec.major)
    first = rungs.signed + timedelta(7)
    actual = plan * stream.between(920, 1080) // 1000
    hours.sheets(book, stream, contract, module, first, rungs.final, actual)


def arrival(book: Book, stream: Stream, contract: Contract, module: str, day: date) -> None:
    """到货验收: goods counted at the customer's."""
    signer = stream.pick(book.contacts[contract.customer_id])
    book.evidence(
        "acceptances", contract.contract_id, module, kind="delivery", event_date=day,
        recorded_at=at(day + timedelta(stream.between(0, 3)), 16, stream.between(0, 59)), stage="arrival",
        result="accepted", signed_customer_date=day, maker="customer",
        made_by=stream.pick(PROJECT_MANAGERS), signer=signer, signer_customer_id=contract.customer_id,
        number=f"DH-{day:%y%m}-{stream.between(1000, 9999)}",
    )  # fmt: skip


def accepted(
    book: Book, stream: Stream, contract: Contract, module: str, day: date, stage: str, **given: object
) -> str:
    """An acceptance signed and sealed by the customer, recorded within three days; its evidence id."""
    signer = stream.pick(book.contacts[contract.customer_id])
    recorded = at(day + timedelta(stream.between(0, 3)), 17, stream.between(0, 59))
    prefix = {"initial": "CY", "final": "ZY"}[stage]
    row: dict[str, object] = {
        "kind": "acceptance", "event_date": day, "recorded_at": recorded, "stage": stage,
        "result": "accepted", "signed_customer_date": day, "sealed_customer_date": day, "maker": "customer",
        "made_by": stream.pick(PROJECT_MANAGERS), "signer": signer,
        "signer_customer_id": contract.customer_id,
        "number": f"{prefix}-{day:%y%m}-{stream.between(1000, 9999)}",
    }  # fmt: skip
    return book.evidence("acceptances", contract.contract_id, module, **row | given)


def late_final(book: Book, stream: Stream, contract: Contract, module: str, day: date) -> None:
    """A final acceptance filed 3 to 30 days late by our own assistant, and the customer's mail of the day."""
    filed = at(day + timedelta(stream.between(3, 30)), 15, stream.between(0, 59))
    helper = stream.pick(ASSISTANTS)
    paper = {"recorded_at": filed, "maker": "company", "made_by": helper}
    accepted(book, stream, contract, module, day, "final", **paper)
    book.evidence(
        "mails", contract.contract_id, module, kind="other", event_date=day, stage="final",
        recorded_at=at(day, 18, stream.between(0, 59)), maker="customer",
        signer=stream.pick(book.contacts[contract.customer_id]), signer_customer_id=contract.customer_id,
    )  # fmt: skip


def final(book: Book, stream: Stream, noise: Stream, contract: Contract, module: str, day: date) -> None:
    """A genuine final acceptance: now and then filed late, now and then keyed with day and month swapped."""
    if noise.chance(book.spec.noise.late_papers):
        late_final(book, noise, contract, module, day)
        return
    accepted(book, stream, contract, module, day, "final")
    if day.day <= 12 and day.day != day.month and noise.chance(book.spec.noise.entry_mistakes * 2):
        swapped = date(day.year, day.day, day.month)
        clerk = noise.pick(ASSISTANTS)
        keyed = at(day + timedelta(3), 19)
        row = {"maker": "company", "made_by": clerk, "recorded_at": keyed, "sealed_customer_date": None}
        accepted(book, noise, contract, module, swapped, "final", **row, signed_customer_date=None)
