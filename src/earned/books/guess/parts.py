"""Columns of a file that are read together: debit and credit, a document and the position in it."""

from __future__ import annotations

from earned.books import sql
from earned.books.guess import words
from earned.books.guess.seen import Column
from earned.books.guess.survey import Found


def position(found: Found, contract: str | None = None) -> Column | None:
    """The column that numbers the obligations inside their contract (POSNR), if there is one.

    A document that names the order it came from has the order's position beside it (VGBEL, VGPOS), and
    its own position (POSNR) is none of the contract.
    """
    places = [c for c in found.columns if words.one_of("position_headers", c.header) and c.filled]
    own = words.position_of(contract) if contract else None
    if own or contract is None:
        return next((c for c in places if own is None or c.header == own), None)
    return next((c for c in places if c.header not in words.positions_of_others()), None)


def cell(header: str) -> str:
    """SQL of a cell of a found table as text, blanks around it left out; never NULL."""
    return f"coalesce({sql.trimmed(f'CAST({sql.name(header)} AS VARCHAR)')}, '')"


def two_sides(found: Found) -> dict[str, str] | None:
    """The headers of a debit and a credit column; None where the file has not both."""
    by_word = {words.fold(c.header): c.header for c in found.columns}
    pair = next((p for p in words.side_headers() if p[0] in by_word and p[1] in by_word), None)
    return {"debit": by_word[pair[0]], "credit": by_word[pair[1]]} if pair else None
