"""What reading the books gives, before anything is computed: `earned check`.

Rows in, used and set aside with the first cell of each cause; which keys find their partner, in rows and
in money; and what is assumed because nobody said it.
"""

from __future__ import annotations

from typing import Any

from earned.books import Books
from earned.books.check.guesses import guesses
from earned.books.check.joins import covered, joins
from earned.books.check.tables import emptied, not_used, tables

__all__ = ["checked"]


def checked(books: Books) -> dict[str, Any]:
    """rows, tables, emptied, joins, covered, guesses, files_not_used of the books as they were read.

    Amounts are sums of absolute amounts in minor units of each currency: a reversal hides nothing.
    """
    return {
        "rows": dict(books.counts),
        "tables": tables(books),
        "emptied": emptied(books),
        "joins": joins(books),
        "covered": covered(books),
        "guesses": guesses(books),
        "files_not_used": not_used(books),
    }
