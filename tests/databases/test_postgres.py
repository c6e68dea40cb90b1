"""A table or a SELECT of a real PostgreSQL as a source: exact, read-only, once, and what is said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import earned
from earned import cli
from earned.books import databases
from earned.examine import run_id
from earned.faults import InputError
from earned.runfolder import write_run
from tests.databases.conftest import READER, Server
from tests.unit.books.reading import COMPANY, Read, read
from tests.unit.mapping.page import PAGE, examples

TABLES = """
DROP SCHEMA IF EXISTS sales CASCADE;
CREATE SCHEMA sales;
CREATE TABLE sales.revenue (
    id bigint, contract varchar(20), booked date, posted timestamptz, amount numeric(20, 2),
    roughly double precision, reversal boolean);
INSERT INTO sales.revenue VALUES
    (1, 'C1', '2021-06-30', '2021-06-30 23:30:00+08', 1234567890123456.78, 0.1, false),
    (2, 'C1', '2021-05-31', '2021-06-01 02:00:00+00', -0.10, 0.2, true),
    (3, 'C1', 'infinity', NULL, 5, 0.3, false),
    (4, 'C1', '2021-05-31', NULL, 'NaN', 0.4, false);
CREATE TABLE sales.secrets (id int);
GRANT USAGE ON SCHEMA sales TO reader;
GRANT SELECT ON sales.revenue TO reader;
"""
COLUMNS = (
    "columns: {entry_id: id, contract_id: contract, effective_date: booked, "
    "amount: amount, posted_at: posted}"
)


@pytest.fixture
def db(server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    server.run(*TABLES.split(";\n"))
    monkeypatch.setenv("EARNED_PASSWORD_ERP", READER[1])
    return server


def books_yaml(server: Server, what: str, mapping: str = COLUMNS, url: str | None = None) -> str:
    return (
        f"{COMPANY}sources: {{erp: {{url: '{url or server.url}', {what}}}}}\n"
        f"tables: {{entries: {{source: erp, {mapping}}}}}\n"
    )


def examined(folder: Path, server: Server, what: str, mapping: str = COLUMNS) -> Read:
    return read(folder, books_yaml(server, what, mapping), entries="")


def refused(folder: Path, server: Server, what: str, url: str | None = None, mapping: str = COLUMNS) -> str:
    with pytest.raises(InputError) as caught:
        read(folder, books_yaml(server, what, mapping, url), entries="")
    said = str(caught.value)
    assert READER[1] not in said
    return said


def test_a_table_is_read_exactly(tmp_path: Path, db: Server) -> None:
    books = examined(tmp_path, db, "table: sales.revenue")
    assert books.column("entries", "(entry_id, CAST(effective_date AS VARCHAR), amount_minor)") == [
        ("1", "2021-06-30", 123456789012345678),
        ("2", "2021-05-31", -10),
    ]
    # 23:30 in Shanghai is 15:30 in UTC; the server's own zone plays no part.
    assert books.column("entries", "CAST(posted_at AS VARCHAR)") == [
        "2021-06-30 15:30:00+00", "2021-06-01 02:00:00+00",
    ]  # fmt: skip
    # A day without an end and an amount that is no number are rows set aside, not errors of the driver.
    assert books.rejected("entries") == [
        (3, "effective_date", "infinity", "date"),
        (4, "amount", "NaN", "number"),
    ]
    assert books.engine.sql("SELECT DISTINCT source_file FROM books_entries") == [("database:erp",)]


def test_a_select_is_read_and_its_percent_and_colon_are_its_own(tmp_path: Path, db: Server) -> None:
    signs = "contract LIKE 'C%' AND ':x' <> '%s' AND amount::text <> ''"
    query = f"SELECT * FROM sales.revenue WHERE id < 3 AND {signs}"
    books = examined(tmp_path, db, f'query: "{query}"')
    assert books.column("entries", "entry_id") == ["1", "2"]


def test_the_password_may_be_that_of_postgres(
    tmp_path: Path, db: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EARNED_PASSWORD_ERP")
    monkeypatch.setenv("PGPASSWORD", READER[1])
    assert (
        len(examined(tmp_path, db, "query: SELECT * FROM sales.revenue WHERE id = 1").column("entries", "1"))
        == 1
    )


def test_batches_make_no_difference(tmp_path: Path, db: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(databases, "BATCH", 7)
    query = (
        "SELECT n AS id, 'C1' AS contract, date '2021-01-31' AS booked, n * 0.01 AS amount, NULL AS posted"
    )
    books = examined(tmp_path, db, f'query: "{query} FROM generate_series(1, 100) n"')
    # 1 + 2 + … + 100 cents.
    assert books.engine.sql("SELECT count(*), sum(amount_minor) FROM books_entries") == [(100, 5050)]


# --- what a run keeps -------------------------------------------------------------------------------


def inputs(folder: Path, server: Server, what: str) -> tuple[str, dict[str, str]]:
    (folder / "books.yaml").write_text(books_yaml(server, what), encoding="utf-8")
    (folder / "contracts.csv").write_text("contract_id,price,price_includes_tax\nC1,1000,false\n")
    inputs = earned.open_books(folder).inputs
    return run_id([[i.path, i.sha256] for i in inputs], {}, "1"), {i.path: i.sha256 for i in inputs}


def test_the_run_depends_on_the_rows_and_not_on_their_order(tmp_path: Path, db: Server) -> None:
    what = "query: SELECT * FROM sales.revenue"
    first, before = inputs(tmp_path, db, what)
    assert sorted(before) == ["books.yaml", "contracts.csv", "database:erp (4 rows)", "database:erp (query)"]
    db.run("UPDATE sales.revenue SET reversal = reversal WHERE id = 1")  # the row moves to the end
    assert inputs(tmp_path, db, what) == (first, before)
    db.run("UPDATE sales.revenue SET amount = amount + 0.01 WHERE id = 1")
    second, after = inputs(tmp_path, db, what)
    assert second != first and after["database:erp (query)"] == before["database:erp (query)"]
    assert after["database:erp (4 rows)"] != before["database:erp (4 rows)"]


def test_no_secret_is_kept(tmp_path: Path, db: Server) -> None:
    inputs(tmp_path, db, "table: sales.revenue")
    run = earned.examine(earned.open_books(tmp_path))
    out = write_run(run, tmp_path / "run", report=False)
    texts = [p.read_bytes() for p in out.rglob("*") if p.is_file()]
    assert not any(READER[1].encode() in text for text in texts)
    assert db.url in json.loads((out / "run.json").read_text())["parameters"]["books_yaml"]


# --- nothing is written -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM sales.revenue RETURNING *",
        "WITH gone AS (DELETE FROM sales.revenue RETURNING *) SELECT * FROM gone",
        "SELECT * FROM sales.revenue; DELETE FROM sales.revenue",
        "SELECT 1; COMMIT; DELETE FROM sales.revenue",
        "SELECT sales.empty()",
        "DROP TABLE sales.revenue",
        "COPY sales.revenue TO PROGRAM 'true'",
        "SELECT set_config('transaction_read_only', 'off', false), sales.empty()",
    ],
)
def test_a_query_that_writes_is_refused(tmp_path: Path, db: Server, query: str) -> None:
    db.run(
        "GRANT ALL ON sales.revenue TO reader",
        "CREATE FUNCTION sales.empty() RETURNS int LANGUAGE sql AS 'DELETE FROM sales.revenue; SELECT 1'",
    )
    assert "sources.erp" in refused(tmp_path, db, f'query: "{query}"')
    assert db.ask("SELECT count(*) FROM sales.revenue") == 4


# --- what is said -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("table: sales.revenues", "There are sales.revenue"),
        ("table: sales.secrets", "GRANT SELECT ON … TO reader"),
        ("query: SELECT * FROM nothing", 'relation "nothing" does not exist'),
        ("query: SELEC 1", "syntax error"),
        ("query: 'SELECT 1/0 AS x'", "division by zero"),
    ],
)
def test_errors_speak(tmp_path: Path, db: Server, what: str, said: str) -> None:
    assert said in refused(tmp_path, db, what)


def test_a_wrong_password(tmp_path: Path, db: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EARNED_PASSWORD_ERP", "guess")
    said = refused(tmp_path, db, "table: sales.revenue")
    assert "an account and password that reader@127.0.0.1" in said and "EARNED_PASSWORD_ERP" in said
    assert "guess" not in said


def test_no_password_and_nobody_to_ask(tmp_path: Path, db: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EARNED_PASSWORD_ERP")
    said = refused(tmp_path, db, "table: sales.revenue")
    assert "EARNED_PASSWORD_ERP or PGPASSWORD" in said


def test_no_server_and_no_database(tmp_path: Path, db: Server) -> None:
    nobody = db.url.replace(f":{db.port}/", ":1/")
    assert "a connection to reader@127.0.0.1:1/postgres" in refused(tmp_path, db, "table: x", nobody)
    other = db.url.replace("/postgres", "/ledger")
    assert 'database "ledger" does not exist' in refused(tmp_path, db, "table: x", other)


def test_a_query_that_takes_too_long(tmp_path: Path, db: Server) -> None:
    from earned.books import limits

    with limits.in_force({"database_time": 1}):
        said = refused(tmp_path, db, "query: SELECT pg_sleep(60)")
    assert "at most 1 seconds" in said and "--limit database_time=2" in said


def test_a_query_without_an_end(tmp_path: Path, db: Server) -> None:
    from earned.books import limits

    endless = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT n, md5(n::text) FROM t"
    with limits.in_force({"database_disk": 1 << 20}):
        assert "--limit database_disk=" in refused(tmp_path, db, f'query: "{endless}"')


def test_a_float_is_no_money(tmp_path: Path, db: Server) -> None:
    said = refused(
        tmp_path, db, "table: sales.revenue", mapping=COLUMNS.replace("amount: amount", "amount: roughly")
    )
    assert "exact amounts for entries.amount" in said and "CAST(amount AS numeric(18, 2))" in said


def test_the_example_of_the_page(tmp_path: Path, db: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    page = PAGE.parent / "how-to" / "database.md"
    (example,) = (e for e in examples(page.read_text(encoding="utf-8")) if "://" in e.yaml)
    monkeypatch.setenv("EARNED_PASSWORD_PEOPLE", READER[1])
    db.run(
        "CREATE TABLE sales.people (id text, name text)",
        "INSERT INTO sales.people VALUES ('P1', 'Zhao')",
        "GRANT SELECT ON sales.people TO reader",
    )
    text = example.yaml.replace("postgresql://reader@db.example.com/erp", db.url)
    books = read(tmp_path, COMPANY + text, entries="")
    # Of the four rows those with an amount and a day before 2022.
    assert sorted(books.column("entries", "amount_minor")) == [-10, 123456789012345678]
    assert books.column("employees", "(employee_id, name)") == [("P1", "Zhao")]


# --- verify -----------------------------------------------------------------------------------------


def verified(run: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    with pytest.raises(SystemExit) as left:
        cli.main(["verify", str(run), "--json"])
    assert isinstance(left.value.code, int)
    return left.value.code, json.loads(capsys.readouterr().out)


def test_a_changed_table_of_the_database_is_a_changed_input(
    tmp_path: Path, db: Server, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same rows: the same run. Another amount: another input, and no table is called wrong for it. A
    row fewer: the same. Without the password the files of the run are looked at, and no more."""
    books = tmp_path / "books"
    books.mkdir()
    inputs(books, db, "query: SELECT * FROM sales.revenue")
    run = write_run(earned.examine(earned.open_books(books)), tmp_path / "run", report=False)
    code, found = verified(run, capsys)
    assert (code, found["same"]) == (0, True)
    db.run("UPDATE sales.revenue SET amount = amount + 0.01 WHERE id = 1")
    code, found = verified(run, capsys)
    wrong = [i["path"] for i in found["inputs"] if not i["same"]]
    assert code == 1 and wrong == ["database:erp (4 rows)"]
    assert all(table["same"] for table in found["tables"])
    db.run("DELETE FROM sales.revenue WHERE id = 4")
    code, found = verified(run, capsys)
    assert code == 1
    assert [
        (i["path"], i["expected"] is None, i["found"] is None) for i in found["inputs"] if not i["same"]
    ] == [
        ("database:erp (3 rows)", True, False),
        ("database:erp (4 rows)", False, True),
    ]
    monkeypatch.delenv("EARNED_PASSWORD_ERP")
    code, found = verified(run, capsys)
    assert (code, found["recomputed"]) == (1, False)
    assert "EARNED_PASSWORD_ERP or PGPASSWORD" in found["not_recomputed"]
    assert READER[1] not in json.dumps(found)
