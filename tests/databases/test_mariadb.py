"""A table or a SELECT of a real MariaDB: exact, read-only, and what is said."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from earned.books import limits
from earned.faults import InputError
from tests.unit.books.reading import COMPANY, Read, read

MISSING = (
    "MariaDB or its driver is not installed (apt-get install mariadb-server; pip install pymysql): "
    "reading a real MariaDB was NOT tested"
)
OWNER, READER = ("owner", "secret of the owner"), ("reader", "secret of the reader")
COLUMNS = "columns: {entry_id: id, contract_id: contract, effective_date: booked, amount: amount}"


@dataclass(frozen=True)
class Maria:
    """A running server: where it is, and SQL run on it as its owner."""

    port: int

    @property
    def url(self) -> str:
        return f"mariadb://{READER[0]}@127.0.0.1:{self.port}/sales"

    def ask(self, *statements: str) -> Any:
        """The first value that the last statement gives, if any."""
        import pymysql

        connection = pymysql.connect(
            host="127.0.0.1", port=self.port, user=OWNER[0], password=OWNER[1], autocommit=True
        )
        with connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            found = cursor.fetchone()
            return found[0] if found else None


@pytest.fixture(scope="module")
def maria() -> Iterator[Maria]:
    server, install = shutil.which("mariadbd", path="/usr/sbin:/usr/bin"), shutil.which("mariadb-install-db")
    if not server or not install or not importlib.util.find_spec("pymysql"):
        pytest.skip(MISSING)
    folder = Path(tempfile.mkdtemp(prefix="mariadb-"))
    user = "nobody" if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)
    data = folder / "data"
    made = [install, "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal"]
    subprocess.run([*made, "--skip-test-db"], user=user, check=True, capture_output=True, cwd=folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "init.sql").write_text(
        f"CREATE USER '{OWNER[0]}'@'%' IDENTIFIED BY '{OWNER[1]}';\n"
        f"GRANT ALL ON *.* TO '{OWNER[0]}'@'%' WITH GRANT OPTION;\n"
    )
    started = [server, "--no-defaults", f"--datadir={data}", f"--port={port}", "--bind-address=127.0.0.1"]
    started += [f"--socket={folder / 's'}", f"--init-file={folder / 'init.sql'}", "--skip-name-resolve"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(started, user=user, cwd=folder, stdout=log, stderr=log)
    try:
        found = Maria(port)
        wait_for(found, process, folder / "log")
        yield found
    finally:
        process.terminate()
        process.wait(60)
        shutil.rmtree(folder, ignore_errors=True)


def wait_for(server: Maria, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return once the server answers."""
    import pymysql

    for _ in range(150):
        assert process.poll() is None, log.read_text()
        try:
            server.ask("SELECT 1")
        except pymysql.err.OperationalError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError(log.read_text())


@pytest.fixture
def db(maria: Maria, monkeypatch: pytest.MonkeyPatch) -> Maria:
    maria.ask(
        "CREATE OR REPLACE DATABASE sales CHARACTER SET utf8mb4",
        f"CREATE OR REPLACE USER '{READER[0]}'@'%' IDENTIFIED BY '{READER[1]}'",
        f"GRANT ALL ON sales.* TO '{READER[0]}'@'%'",
        "CREATE TABLE sales.revenue (id bigint, contract varchar(20), booked date, amount decimal(20, 2))",
        "INSERT INTO sales.revenue VALUES (1, 'C1', '2021-06-30', 1234567890123456.78), "
        "(2, 'C1', '2021-05-31', -0.10)",
    )
    monkeypatch.setenv("EARNED_PASSWORD_ERP", READER[1])
    return maria


def books(folder: Path, server: Maria, what: str) -> Read:
    sources = f"sources: {{erp: {{url: '{server.url}', {what}}}}}\n"
    return read(folder, f"{COMPANY}{sources}tables: {{entries: {{source: erp, {COLUMNS}}}}}\n", entries="")


def refused(folder: Path, server: Maria, what: str) -> str:
    with pytest.raises(InputError) as caught:
        books(folder, server, what)
    assert READER[1] not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("what", ["table: revenue", "table: sales.revenue", "query: SELECT * FROM revenue"])
def test_a_table_is_read_exactly(what: str, tmp_path: Path, db: Maria) -> None:
    found = books(tmp_path, db, what).column(
        "entries", "(entry_id, CAST(effective_date AS VARCHAR), amount_minor)"
    )
    assert sorted(found) == [("1", "2021-06-30", 123456789012345678), ("2", "2021-05-31", -10)]


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM sales.revenue RETURNING *",
        "UPDATE sales.revenue SET amount = 0",
        "DROP TABLE sales.revenue",
        "SELECT 1; DELETE FROM sales.revenue",
        "SELECT sales.emptied()",
        "SELECT * FROM sales.revenue INTO/**/OUTFILE 'rows.txt'",
        "SET SESSION TRANSACTION READ WRITE",
    ],
)
def test_a_query_that_writes_is_refused(query: str, tmp_path: Path, db: Maria) -> None:
    db.ask(
        "SET GLOBAL log_bin_trust_function_creators = 1",
        "CREATE FUNCTION sales.emptied() RETURNS int MODIFIES SQL DATA "
        "BEGIN DELETE FROM sales.revenue; RETURN 1; END",
    )
    assert "sources.erp" in refused(tmp_path, db, f'query: "{query}"')
    assert db.ask("SELECT count(*) FROM sales.revenue") == 2


def test_what_is_said(tmp_path: Path, db: Maria, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "There are revenue" in refused(tmp_path, db, "table: revenues")
    with limits.in_force({"database_time": 1}):
        assert "at most 1 seconds" in refused(tmp_path, db, "query: SELECT sleep(30) AS id")
    monkeypatch.setenv("EARNED_PASSWORD_ERP", "guess")
    said = refused(tmp_path, db, "table: revenue")
    assert "an account and password that reader@127.0.0.1" in said and "guess" not in said
