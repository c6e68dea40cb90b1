"""What a database says, in words that name the source and what to do; never with a password."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from earned.books import database_url, limits
from earned.books.given import NAME
from earned.faults import Fault, InputError

if TYPE_CHECKING:
    from earned.books.mapping import Source

#: What MySQL and MariaDB call a statement that took too long.
_TOO_LONG = (3024, 1969)


def too_much(limit: str, source: Source, found: int | None = None) -> InputError:
    """The refusal of a result beyond a limit."""
    do = "Ask for fewer rows or columns in `query`, or export the table to Parquet and name the file"
    return limits.beyond(limit, NAME, do, found, column=f"sources.{source.name}")


@contextmanager
def explained(source: Source, *, connecting: bool = False) -> Iterator[None]:
    """What the database says, in words that name the source and what to do."""
    import sqlalchemy.exc as errors

    try:
        yield
    except errors.SQLAlchemyError as wrong:
        cause = getattr(wrong, "orig", None) or wrong
        said = " ".join(str(cause).split("\n\n")[0].split())
        state = getattr(cause, "sqlstate", None)
        if state == "57014" or _code(cause) in _TOO_LONG:
            raise too_much("database_time", source) from None
        reason = "password" if _not_let_in(state, said) else "database"
        raise fault(source, *_words(source, state, said, connecting), reason=reason) from None


def _code(cause: BaseException) -> object:
    """The number that MySQL and MariaDB give an error."""
    return cause.args[0] if cause.args else None


def _not_let_in(state: str | None, said: str) -> bool:
    said_so = re.search("password authentication failed|no password", said)
    return (state or "").startswith("28") or said_so is not None


def _words(source: Source, state: str | None, said: str, connecting: bool) -> tuple[str, str]:
    url = str(source.url)
    at = database_url.shown(url)
    if state == "25006":
        return f"a SELECT that only reads; {said}", "take out what writes"
    if state == "42501":
        return (
            f"the right to read; {said}",
            f"ask for it: GRANT SELECT ON … TO {database_url.parts(url).username}",
        )
    if _not_let_in(state, said):
        do = f"correct {database_url.variable(source.name)} in the environment, or the account in `url`"
        return f"an account and password that {at} accepts; it said: {said}", do
    if connecting:
        return (
            f"a connection to {at}; it said: {said}",
            "check the host, port and name of the database in `url`",
        )
    return f"a statement that {at} can run; it said: {said}", "correct `query`"


def fault(source: Source, expected: str, do: str, value: str | None = None, *, reason: str) -> InputError:
    """The refusal of a source that is a database."""
    place = f"sources.{source.name}"
    return InputError([Fault(expected, do, NAME, column=place, value=value, reason=reason)])
