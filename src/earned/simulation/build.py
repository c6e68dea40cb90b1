"""The parts put together: a company's books, and the truth beside them."""

from __future__ import annotations

from pathlib import Path

from earned.simulation import (
    billing,
    costs,
    customers,
    disclosure,
    journals,
    manifest,
    metered,
    noise,
    others,
    papers,
    people,
    projects,
    scheme,
    subscriptions,
    terms,
    truth,
    usage_files,
    writing,
)
from earned.simulation.book import Book, Spec
from earned.simulation.journals import Balances


def book_of(spec: Spec) -> tuple[Book, dict[tuple[str, str, str], int]]:
    """Everything but the usage that is written in chunks; and what of its cells is already booked."""
    book = Book(spec)
    people.hire(book)
    customers.open_accounts(book)
    projects.build(book)
    if spec.scheme:
        scheme.build(book)
    terms.agree(book)
    subscriptions.build(book)
    others.build(book)
    taken = metered.build(book)
    noise.disturb(book)
    return book, taken


def company(spec: Spec, out: Path) -> Book:
    """Write `out`/books and `out`/truth; the book is returned."""
    books, beside = out / "books", out / "truth"
    books.mkdir(parents=True)
    beside.mkdir()
    book, taken = book_of(spec)
    balances = Balances()
    files = usage_files.Files(books, balances)
    usage_files.write(book, taken, files)
    posted = billing.bill(book) + costs.journals(book)
    journals.write(book, posted, balances)
    journals.accounts(book)
    journals.trial_balance(book, balances)
    disclosure.publish(book)
    disclosure.guide(book)
    papers.write(book)
    writing.write(book, books, book.papers)
    manifest.write(spec, books, files.columns)
    truth.write(book, beside)
    if spec.scheme:
        truth.write_case(beside)
    return book
