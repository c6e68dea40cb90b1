"""A PostgreSQL server of its own for these tests, started as a user without rights and thrown away."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

OWNER, READER = ("owner", "secret of the owner"), ("reader", "secret of the reader")
MISSING = "PostgreSQL is not installed (apt-get install postgresql): reading a real server was NOT tested"


@dataclass(frozen=True)
class Server:
    """A running server: where it is, and SQL run on it as its owner."""

    port: int

    @property
    def url(self) -> str:
        """The address as the account that may read, without its password."""
        return f"postgresql://{READER[0]}@127.0.0.1:{self.port}/postgres"

    def run(self, *statements: str) -> None:
        """Run statements as the owner."""
        for statement in statements:
            self.ask(statement)

    def ask(self, statement: str) -> Any:
        """The first value that a statement gives, if any."""
        user, password = OWNER
        with psycopg.connect(
            host="127.0.0.1", port=self.port, user=user, password=password, dbname="postgres", autocommit=True
        ) as connection:
            cursor = connection.execute(statement)  # type: ignore[call-overload]
            return cursor.fetchone()[0] if cursor.description else None


def program(name: str) -> str | None:
    """A program of PostgreSQL: where Debian keeps the newest, else on the path."""
    kept = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda p: int(p.parts[-3]))
    return str(kept[-1]) if kept else shutil.which(name)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    initdb, postgres = program("initdb"), program("postgres")
    if not initdb or not postgres:
        pytest.skip(MISSING)
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    (folder / "password").write_text(OWNER[1])
    user = "nobody" if os.geteuid() == 0 else None
    if user:
        for path in (folder, folder / "password"):
            shutil.chown(path, user)
    data = folder / "data"
    options = ["--username", OWNER[0], "--pwfile", str(folder / "password"), "--auth=scram-sha-256"]
    created = [initdb, "--pgdata", str(data), "--encoding=UTF8", "--locale=C", "--no-sync", *options]
    subprocess.run(created, user=user, check=True, capture_output=True, cwd=folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off"}
    started = [postgres, "-D", str(data), "-p", str(port)]
    started += [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(started, user=user, cwd=folder, stdout=log, stderr=log)
    try:
        found = Server(port)
        wait_for(found, process, folder / "log")
        found.run(f"CREATE ROLE {READER[0]} LOGIN PASSWORD '{READER[1]}'")
        yield found
    finally:
        process.terminate()
        process.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def wait_for(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return once the server answers."""
    import time

    for _ in range(150):
        assert process.poll() is None, log.read_text()
        try:
            server.ask("SELECT 1")
        except psycopg.OperationalError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError(log.read_text())


@pytest.fixture(autouse=True)
def no_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """No password of the machine's own reaches a test."""
    for name in [n for n in os.environ if n.startswith(("PG", "EARNED_PASSWORD"))]:
        monkeypatch.delenv(name)
