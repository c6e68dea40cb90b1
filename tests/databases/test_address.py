"""What the address of a database may say, and that no server is asked which nobody meant (R1, R12)."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from urllib.parse import quote

import pytest

from earned.books import database_url
from earned.books.manifest import load
from earned.books.readers import load_sources
from earned.books.written import as_used
from earned.engine import Engine
from earned.faults import InputError
from tests.unit.books.reading import COMPANY, read


def refused(folder: Path, source: str) -> str:
    (folder / "books.yaml").write_text(f"{COMPANY}sources: {{erp: {source}}}\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load(folder)
    return str(caught.value)


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://reader:pass-word@db/sales",
        "postgresql://reader:pass-word/x@db/sales",
        "postgresql://reader:12/pass-word@db/sales",
        "postgresql://db/sales?password=pass-word",
        "postgresql://db/sales?user=reader&Password=pass-word",
    ],
)
def test_an_address_with_a_password_is_refused_and_not_repeated(tmp_path: Path, address: str) -> None:
    said = refused(tmp_path, f"{{url: '{address}', table: x}}")
    assert "password" in said and "pass-word" not in said


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{url: 'ftp://db/sales', table: x}", "postgresql, sqlite, mysql, mariadb, oracle"),
        ("{url: 'postgresql://db/sales?passfile=x', table: x}", "take out passfile"),
        ("{url: 'mssql+pyodbc://db/sales', table: x}", "mssql has no such session"),
        ("{url: 'postgresql://db/sales?options=-c%20x', table: x}", "take out options"),
        ("{url: 'postgresql://db', table: x}", "the name of the database"),
        ("{url: 'postgresql://db/sales'}", "either `table` or `query`"),
        ("{url: 'postgresql://db/sales', table: x, query: SELECT 1}", "either `table` or `query`"),
        ("{url: 'postgresql://db/sales', table: x, sheet: y}", "a key of a source in a database"),
        ("{path: x.csv, query: SELECT 1}", "a key of a source"),
    ],
)
def test_keys_and_addresses_are_closed(tmp_path: Path, source: str, said: str) -> None:
    assert said.casefold() in refused(tmp_path, source).casefold()


@pytest.mark.parametrize(
    ("query", "reads"),
    [
        ("SELECT 1", True),
        ("-- a remark\n /* another */ (with x AS (SELECT 1) SELECT * FROM x)", True),
        ("DROP TABLE gl", False),
        ("/* SELECT */ DROP TABLE gl", False),
        ("SELECT * FROM gl INTO/**/OUTFILE 'x'", False),
        ("selected", False),
    ],
)
def test_what_reads_where_a_transaction_does_not_stop_it(query: str, reads: bool) -> None:
    """MySQL, MariaDB and Oracle end a transaction before they drop a table."""
    assert database_url.selects(query) == reads


def test_no_password_of_a_file_is_used() -> None:
    """libpq would look into ~/.pgpass where it is given no password."""
    assert dict(database_url.DIALECTS["postgresql"].options) == {"passfile": os.devnull}


def test_an_address_is_written_back_as_it_was_read(tmp_path: Path) -> None:
    source = "{url: 'postgresql://reader@db/sales?sslmode=verify-full', query: SELECT 1, null_values: ['0']}"
    (tmp_path / "books.yaml").write_text(f"{COMPANY}sources: {{erp: {source}}}\n", encoding="utf-8")
    manifest = load(tmp_path)
    (tmp_path / "books.yaml").write_text(as_used(manifest), encoding="utf-8")
    assert load(tmp_path).sources == manifest.sources


def test_a_missing_driver_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EARNED_PASSWORD_ERP", "")
    monkeypatch.setitem(__import__("sys").modules, "psycopg", None)
    with pytest.raises(InputError, match=r"pip install 'earned\[postgres\]'"):
        read(tmp_path, f"{COMPANY}sources: {{erp: {{url: 'postgresql://db/sales', table: x}}}}\n")


def test_the_password_is_asked_for_at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    for stream in ("stdin", "stderr"):
        monkeypatch.setattr(f"sys.{stream}.isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", lambda prompt: asked.append(prompt) or "typed")
    assert database_url.password("postgresql://reader@db.example/sales", "erp") == "typed"
    assert asked == ["Password for reader@db.example/sales (source erp; Enter for none): "]


# --- SQLite: a database that is a file of the books -------------------------------------------------


def sqlite(folder: Path) -> None:
    with sqlite3.connect(folder / "books.sqlite") as file:
        file.execute("CREATE TABLE gl (contract TEXT, day TEXT, amount DECIMAL(12, 2), cents INTEGER)")
        file.executemany("INSERT INTO gl VALUES (?, ?, ?, ?)", [("C1", "2021-06-30", 12.34, 1234)] * 2)
    file.close()


def entries(what: str, columns: str, more: str = "") -> str:
    mapped = f"columns: {{contract_id: contract, effective_date: day, {columns}}}{more}"
    sources = f"sources: {{gl: {{url: 'sqlite:///books.sqlite', {what}}}}}"
    return f"{COMPANY}{sources}\ntables: {{entries: {{source: gl, {mapped}}}}}\n"


def test_sqlite_through_the_same_path(tmp_path: Path) -> None:
    sqlite(tmp_path)
    books = read(tmp_path, entries("table: gl", "amount: cents", ", unit: minor"), entries="")
    assert books.column("entries", "(amount_minor, source_file, source_row)") == [
        (1234, "database:gl", 1),
        (1234, "database:gl", 2),
    ]
    query = '''query: "SELECT contract, day, printf('%.2f', amount) AS amount FROM gl"'''
    assert read(tmp_path, entries(query, "amount: amount"), entries="").column("entries", "amount_minor") == [
        1234,
        1234,
    ]


def test_a_source_with_the_name_of_a_table_is_that_table(tmp_path: Path) -> None:
    name = "a 100% #1?.sqlite"
    with sqlite3.connect(tmp_path / name) as file:
        file.execute("CREATE TABLE revenue (contract_id TEXT, effective_date TEXT, amount TEXT)")
        file.execute("INSERT INTO revenue VALUES ('C1', '2021-06-30', '5')")
    file.close()
    url = f"sqlite:///{quote(name)}"
    books = read(tmp_path, f"{COMPANY}sources: {{entries: {{url: '{url}', table: revenue}}}}\n", entries="")
    assert books.column("entries", "amount_minor") == [500]
    assert load_sources(tmp_path, load(tmp_path), Engine()).not_read == ()


def test_sqlite_keeps_decimals_as_floats_and_says_so(tmp_path: Path) -> None:
    sqlite(tmp_path)
    with pytest.raises(InputError, match=r"exact amounts for entries\.amount"):
        read(tmp_path, entries("table: gl", "amount: amount"), entries="")


def test_sqlite_stays_inside_the_books_and_is_not_written(tmp_path: Path) -> None:
    sqlite(tmp_path)
    before = (tmp_path / "books.sqlite").read_bytes()
    copied = tmp_path / "copied.sqlite"
    for what in (
        "query: DELETE FROM gl RETURNING *",
        "query: DROP TABLE gl",
        f"query: \"VACUUM INTO '{copied}'\"",
        f"query: \"ATTACH '{copied}' AS other\"",
    ):
        with pytest.raises(InputError, match=r"sources\.gl"):
            read(tmp_path, entries(what, "amount: cents"), entries="")
    assert (tmp_path / "books.sqlite").read_bytes() == before and not copied.exists()
    inside = tmp_path / "inside"
    inside.mkdir()
    for path in ("../books.sqlite", f"/{tmp_path}/books.sqlite"):
        text = entries("table: gl", "amount: cents").replace("books.sqlite", path)
        with pytest.raises(InputError, match="inside the books"):
            read(inside, text, entries="")
