"""The address of a database in books.yaml, and the password that never stands there.

books.yaml comes from the people under investigation and is handed on with a run: an address may name a
server and an account, nothing that is secret and nothing of this machine. No server is asked before a
person has given the password, in the environment or at the terminal.
"""

from __future__ import annotations

import getpass
import os
import re
import sys
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from earned.faults import Fault, InputError

#: What a query part of an address may say; all else (passwords, files, server options) is refused.
_ALLOWED = ("host", "port", "sslmode", "charset", "service_name")
_EXAMPLE = "write it as postgresql://user@host/database"


@dataclass(frozen=True)
class Dialect:
    """How one kind of database is reached and kept from writing: driver, what installs it, the statements
    before the first SELECT, the name under which its driver takes seconds to connect, and other options.
    `only_selects` where a transaction that reads only does not stop every statement: see `selects`."""

    driver: str
    install: str
    before: tuple[str, ...]
    patience: str | None = None
    options: tuple[tuple[str, str], ...] = ()
    only_selects: bool = False


#: The session too: a statement that changes a table ends the transaction before it runs.
_READ_ONLY = ("SET SESSION TRANSACTION READ ONLY", "START TRANSACTION READ ONLY")
_MYSQL = "run: pip install sqlalchemy pymysql"
#: Kinds of databases that can be kept from writing; the first two are tried in the tests.
DIALECTS = {
    "postgresql": Dialect(
        "postgresql+psycopg",
        "run: pip install 'earned[postgres]'",
        (
            "SET TRANSACTION READ ONLY",
            "SET LOCAL statement_timeout = '{seconds}s'",
            "SET LOCAL TimeZone = 'UTC'",
            "SET LOCAL DateStyle = 'ISO'",
        ),
        "connect_timeout",
        (("passfile", os.devnull),),  # ~/.pgpass would be a password from a file
    ),
    "sqlite": Dialect(
        "sqlite", "run: pip install sqlalchemy", ("PRAGMA query_only = ON",), only_selects=True
    ),
    "mysql": Dialect(
        "mysql+pymysql",
        _MYSQL,
        ("SET SESSION max_execution_time = {seconds}000", *_READ_ONLY),
        "connect_timeout",
        only_selects=True,
    ),
    "mariadb": Dialect(
        "mariadb+pymysql",
        _MYSQL,
        ("SET SESSION max_statement_time = {seconds}", *_READ_ONLY),
        "connect_timeout",
        only_selects=True,
    ),
    "oracle": Dialect(
        "oracle+oracledb",
        "run: pip install sqlalchemy oracledb",
        ("SET TRANSACTION READ ONLY",),
        "tcp_connect_timeout",
        only_selects=True,
    ),
}
#: Kinds that no statement keeps from writing, and what to do instead.
_CANNOT = ("mssql", "sqlserver", "db2", "snowflake", "redshift", "databricks", "bigquery")
_INSTEAD = "export the table to Parquet or CSV and name the file, or copy it into PostgreSQL or SQLite"


def parts(url: str) -> SplitResult:
    """The parts of an address that `wrong` lets pass."""
    return urlsplit(url)


def kind(url: str) -> str:
    """Which of DIALECTS an address names."""
    named = urlsplit(url).scheme
    return "postgresql" if named == "postgres" else named


def wrong(url: str, source: str) -> tuple[str, str] | None:
    """(expected, do) where an address cannot be used; None where it can. Neither repeats the address:
    it may hold a password."""
    try:
        found = urlsplit(url)
        secret, _ = found.password, found.port
        said = [key.casefold() for key, _ in parse_qsl(found.query, keep_blank_values=True)]
    except ValueError:
        return "the address of a database", f"{_EXAMPLE}; a password does not stand in it"
    if secret is not None or "@" in unquote(found.path) or {"password", "passwd", "pwd"} & set(said):
        do = f"take it out and change it: it stood in a file; give the new one as {variable(source)}"
        return "an address without a password", do
    if kind(url).partition("+")[0] in _CANNOT:
        named = kind(url).partition("+")[0]
        return f"a database whose session can be kept from writing; {named} has no such session", _INSTEAD
    if kind(url) not in DIALECTS:
        return f"the address of a database of one of these kinds: {', '.join(DIALECTS)}", _EXAMPLE
    if strange := [key for key in said if key not in _ALLOWED]:
        return f"an address with nothing after ? but {', '.join(_ALLOWED)}", f"take out {strange[0]}"
    if found.fragment or not found.path.strip("/"):
        return "an address that ends with the name of the database", _EXAMPLE
    return None


def selects(query: str) -> bool:
    """Whether a statement begins as a SELECT and writes no file. DROP and its like end the transaction of
    MySQL and Oracle before they run; INTO OUTFILE and SQLite's VACUUM INTO only read the database."""
    bare = re.sub(r"\s+", " ", re.sub(r"--[^\n]*\n|/\*[^!].*?\*/", " ", query, flags=re.DOTALL)).strip(" (")
    begins = re.match(r"(select|with)\b", bare, re.IGNORECASE)
    return bool(begins) and not re.search(r"\b(outfile|dumpfile)\b", query, re.IGNORECASE)


def file_of(url: str | None) -> str | None:
    """The file of the books that the address of a SQLite database names; None for every other."""
    return unquote(parts(url).path.removeprefix("/")) if url and kind(url) == "sqlite" else None


def shown(url: str) -> str:
    """Who asks whom, for a person: reader@db.example.com/sales."""
    found = parts(url)
    return f"{found.netloc or 'this machine'}/{found.path.lstrip('/')}"


def variable(source: str) -> str:
    """The environment variable that holds the password of a source: EARNED_PASSWORD_ERP."""
    return f"EARNED_PASSWORD_{re.sub(r'[^0-9A-Za-z]', '_', source).upper()}"


def password(url: str, source: str) -> str:
    """The password of a source, empty for none: from its own variable, PGPASSWORD for PostgreSQL, or a
    question at the terminal. Raises InputError where nobody can be asked: no server is asked then."""
    names = [variable(source), *(["PGPASSWORD"] if kind(url) == "postgresql" else [])]
    for name in names:
        if name in os.environ:
            return os.environ[name]
    if sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty():
        return getpass.getpass(f"Password for {shown(url)} (source {source}; Enter for none): ")
    do = f"Set {' or '.join(names)} in the environment (empty where the server asks for none)"
    fault = Fault(
        f"the password for {shown(url)}", do, "books.yaml", column=f"sources.{source}.url", reason="password"
    )
    raise InputError([fault])
