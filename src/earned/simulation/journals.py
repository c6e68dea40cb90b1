"""The general ledger: journals that balance, their numbers, and the balances of the accounts."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from earned.simulation.book import Book
from earned.simulation.calendar import WINDOW
from earned.simulation.figures import LINES

REVENUE = {line: f"6001{n:02d}" for n, line in enumerate(LINES, 1)}
CASH, RECEIVABLE, ASSET, LIABILITY, TAX = "100201", "112201", "112301", "220301", "222101"
COST, PAYABLE, EARNINGS = "640101", "220201", "410401"
TITLES = {
    CASH: ("银行存款", "cash"),
    RECEIVABLE: ("应收账款", "receivable"),
    ASSET: ("合同资产", "contract_asset"),
    LIABILITY: ("合同负债", "contract_liability"),
    TAX: ("应交税费-增值税", "tax"),
    COST: ("营业成本", "cost"),
    PAYABLE: ("应付账款", "other"),
    EARNINGS: ("未分配利润", "other"),
}
LINE_TITLES = {
    "text": "短信", "voice": "语音", "cpaas_other": "物联与联合平台", "cc_sub": "联络中心订阅",
    "cc_project": "联络中心项目", "ucc_project": "统一通信项目", "other": "其他服务",
}  # fmt: skip


@dataclass
class Journal:
    """A journal: lines of (account, amount, text), debit positive; its entries of revenue by line."""

    effective: date
    keyed: datetime
    preparer: str
    source: str
    lines: list[tuple[str, int, str]] = field(default_factory=list)
    entries: dict[int, dict[str, Any]] = field(default_factory=dict)


@dataclass
class Balances:
    """Movements of the accounts by day; what lies before the window is the opening."""

    moved: dict[tuple[str, date], int] = field(default_factory=lambda: defaultdict(int))

    def post(self, account: str, day: date, amount: int) -> None:
        """Add a movement, debit positive."""
        self.moved[account, day] += amount

    def at(self, account: str, day: date) -> int:
        """The balance at the end of a day; results begin each year at nothing."""
        begins = date(day.year, 1, 1) if account.startswith("6") else date.min
        own = sum(v for (a, d), v in self.moved.items() if a == account and begins <= d <= day)
        if account != EARNINGS:
            return own
        return own + sum(
            v for (a, d), v in self.moved.items() if a.startswith("6") and d < date(day.year, 1, 1)
        )


def write(book: Book, journals: list[Journal], balances: Balances) -> None:
    """Number the journals as they were keyed; rows of ledger and entries, movements of the accounts."""
    journals.sort(key=lambda j: (j.keyed, j.effective, j.lines))
    counters: dict[str, int] = defaultdict(int)
    for journal in journals:
        assert sum(amount for _, amount, _ in journal.lines) == 0, journal
        for account, amount, _ in journal.lines:
            balances.post(account, journal.effective, amount)
        if not WINDOW[0] <= journal.effective <= WINDOW[1]:
            continue
        month = f"{journal.keyed:%y%m}"
        counters[month] += 1
        _rows(book, journal, f"JV{month}-{counters[month]:05d}")


def _rows(book: Book, journal: Journal, journal_id: str) -> None:
    currency = book.spec.currency
    for n, (account, amount, text) in enumerate(journal.lines, 1):
        book.add(
            "ledger", journal_id=journal_id, line_number=f"{n:03d}", account=account, amount=amount,
            effective_date=journal.effective, currency=currency, created_at=journal.keyed,
            preparer=journal.preparer, source=journal.source, description=text,
        )  # fmt: skip
        if n - 1 in journal.entries:
            row = {"kind": "recognition" if amount < 0 else "credit"} | journal.entries[n - 1]
            book.add(
                "entries", entry_id=f"{journal_id}-{n:03d}", journal_id=journal_id, line_number=f"{n:03d}",
                effective_date=journal.effective, amount=-amount, currency=currency, account=account,
                posted_at=journal.keyed, created_at=journal.keyed, preparer=journal.preparer,
                source=journal.source, description=text, **row,
            )  # fmt: skip


def accounts(book: Book) -> None:
    """The chart: one account of revenue a line."""
    for line, account in REVENUE.items():
        book.add(
            "accounts", account=account, name=f"主营业务收入-{LINE_TITLES[line]}", role="revenue",
            type="损益", caption="Revenues",
        )  # fmt: skip
    for account, (name, role) in TITLES.items():
        book.add("accounts", account=account, name=name, role=role)


def trial_balance(book: Book, balances: Balances) -> None:
    """Opening and closing of every account in every quarter, debit positive."""
    for quarter in book.spec.quarters:
        for account in (*REVENUE.values(), *TITLES):
            opening = balances.at(account, date.fromordinal(quarter.first.toordinal() - 1))
            if account.startswith("6") and quarter.first.month == 1:
                opening = 0
            if account == EARNINGS and quarter.first.month == 1:
                opening = balances.at(account, quarter.last)
            book.add(
                "trial_balance", account=account, period_id=quarter.name, opening=opening,
                closing=balances.at(account, quarter.last), currency=book.spec.currency,
            )  # fmt: skip
