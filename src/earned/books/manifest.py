"""books.yaml: what the company's books are, where each table comes from and what its policy is.

Every key is closed: an unknown one is an error that names the nearest allowed. Nothing is
executed and no file is opened but books.yaml itself (R1, R2, R7, R12).
"""

from __future__ import annotations

from collections.abc import Mapping as Dict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from earned import money
from earned.books import limits, mapping, policy
from earned.books.file import opened
from earned.books.given import NAME, Given, override, parse
from earned.books.mapping import Mapping, Source
from earned.books.policy import Policy
from earned.books.questions import unanswered
from earned.faults import Fault, InputError

KINDS = ("months", "quarters", "4-4-5", "4-5-4", "5-4-4", "table")
FRAMEWORKS = ("us_gaap", "ifrs")
ROOT = ("company", "window", "as_of", "calendar", "sources", "tables", "policy", "procedures", "documents")


@dataclass(frozen=True)
class Company:
    """The reporting company, with the defaults of R7."""

    name: str = ""
    entity_id: str = ""
    currency: str = money.UNKNOWN
    timezone: str = "UTC"
    fiscal_year_end: str = "12-31"
    framework: str = "us_gaap"


@dataclass(frozen=True)
class Window:
    """What the export covers; either day may be open."""

    first: date | None = None
    last: date | None = None


@dataclass(frozen=True)
class Calendar:
    """How periods are made (P1, P2)."""

    kind: str | None = None
    first_day: date | None = None
    adjustment_periods: Dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Manifest:
    """books.yaml, typed. `given`: one existed. `currency_guessed`: nobody named a currency (R7). `strict`: a
    cell that cannot be read rejects its row whatever its column, as in a file that a person writes."""

    company: Company = Company()
    window: Window = Window()
    as_of: date | None = None
    calendar: Calendar = Calendar()
    sources: Dict[str, Source] = field(default_factory=dict)
    tables: Dict[str, tuple[Mapping, ...]] = field(default_factory=dict)
    policy: Policy = field(default_factory=Policy)
    procedures_off: Dict[str, str] = field(default_factory=dict)
    procedure_parameters: Dict[str, Dict[str, Any]] = field(default_factory=dict)
    documents: str | None = None
    given: bool = False
    currency_guessed: bool = True
    strict: bool = False


def load(folder: Path | None, overrides: Sequence[tuple[str, str]] = ()) -> Manifest:
    """The manifest of a books folder (None: books that are one file), `--set` values put over it.

    Raises InputError with every fault found: unknown or repeated keys, values out of type, questions of
    `earned init` without an answer, and an empty books.yaml. No books.yaml at all is fine (R12).
    """
    path = folder / NAME if folder else None
    # A link that leads nowhere is a books.yaml that cannot be read, not one that nobody wrote.
    exists = path is not None and (path.exists() or path.is_symlink())
    text = _bytes(path) if path and exists else b""
    given = parse(text) if exists else Given(None)
    if exists and given.missing:
        raise InputError(
            [
                Fault(
                    "the key company",
                    "write `company: {currency: CNY}` in it",
                    NAME,
                    reason="manifest_missing",
                )
            ]
        )
    for key, value in overrides:
        override(given, key, value)
    if open_ := unanswered(given, text.decode("utf-8-sig")):
        raise InputError(open_)
    manifest = _manifest(given, exists)
    if given.faults:
        raise InputError(given.faults)
    return manifest


def _bytes(path: Path) -> bytes:
    if not path.is_file() or (path.is_symlink() and path.resolve().parent != path.parent.resolve()):
        raise InputError(
            [
                Fault(
                    "a file inside the books",
                    "put the file itself there, no link",
                    NAME,
                    reason="path_not_regular",
                )
            ]
        )
    with opened(path) as file:
        return file.read(limits.most("manifest_bytes") + 1)


def _manifest(given: Given, exists: bool) -> Manifest:
    list(given.entries(ROOT, NAME))
    if exists and given.at("company").missing:
        given.fault("the key company", "write `company: {currency: CNY}`", reason="manifest_missing")
    sources = mapping.sources(given.at("sources"))
    procedures = given.at("procedures")
    list(procedures.entries(("off", "parameters")))
    return Manifest(
        company=_company(given.at("company")),
        window=_window(given.at("window")),
        as_of=given.at("as_of").day(),
        calendar=_calendar(given.at("calendar")),
        sources=sources,
        tables=mapping.tables(given.at("tables"), sources),
        policy=policy.read(given.at("policy")),
        procedures_off={k.key: k.text() or "" for k in procedures.at("off").entries()},
        procedure_parameters={
            p.key: {k.key: k.plain() for k in p.entries()} for p in procedures.at("parameters").entries()
        },
        documents=given.at("documents").text(),
        given=exists,
        currency_guessed=given.at("company").at("currency").missing,
    )


def _company(given: Given) -> Company:
    list(given.entries(Company.__dataclass_fields__))
    none = Company()
    return Company(
        name=given.at("name").text() or none.name,
        entity_id=given.at("entity_id").text() or none.entity_id,
        currency=given.at("currency").typed(
            "an ISO 4217 currency code, as CNY",
            lambda t: t if money.exponent(t) is not None else None,
            "write the three capital letters",
        )
        or none.currency,
        timezone=given.at("timezone").typed("an IANA time zone, as Asia/Shanghai", _timezone)
        or none.timezone,
        fiscal_year_end=given.at("fiscal_year_end").typed("a day of the year as 12-31", _month_day)
        or none.fiscal_year_end,
        framework=given.at("framework").choice(FRAMEWORKS) or none.framework,
    )


def _timezone(text: str) -> str | None:
    from zoneinfo import available_timezones

    # localtime is wherever this machine stands: the same books would not give the same days.
    return text if text in available_timezones() - {"localtime"} else None


def _month_day(text: str) -> str | None:
    try:
        return text if date.fromisoformat(f"2000-{text}") and len(text) == 5 else None
    except ValueError:
        return None


def _window(given: Given) -> Window:
    list(given.entries(("from", "to")))
    window = Window(given.at("from").day(), given.at("to").day())
    if window.first and window.last and window.last < window.first:
        given.fault("`from` on or before `to`", "exchange the two days")
    return window


def _calendar(given: Given) -> Calendar:
    list(given.entries(Calendar.__dataclass_fields__))
    periods = given.at("adjustment_periods")
    calendar = Calendar(
        given.at("kind").choice(KINDS),
        given.at("first_day").day(),
        {k.key: text for k in periods.entries() if (text := k.text())},
    )
    if calendar.kind in ("4-4-5", "4-5-4", "5-4-4") and not calendar.first_day:
        given.fault("`first_day` beside a calendar of weeks", "give the first day of any fiscal year")
    return calendar
