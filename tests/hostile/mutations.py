"""Byte mutations of good files: each is read with every row accounted for, or refused in words.

A mutation is made from its number alone, so that every find can be repeated. Workbooks are read in this
process, not in the child, so that a crash is seen. `many` runs them by the thousand.
"""

from __future__ import annotations

import gzip
import io
import random
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from unittest import mock

import duckdb
import pyarrow.parquet as pq

import earned
from earned.books import manifest
from earned.books.child import __main__ as child
from earned.books.readers import Loaded, load_sources
from earned.engine import Engine
from earned.faults import InputError
from tests.mistakes.small import BOOKS, as_csv
from tests.mistakes.small import workbook as written

ROWS = [("contract_id", "effective_date", "amount", "description")] + [
    (
        f"K{i:03d}",
        f"2021-{i % 12 + 1:02d}-{i % 28 + 1:02d}",
        f"{i * 37 % 900 - 100}.{i % 100:02d}",
        f"line {i}",
    )
    for i in range(1, 41)
]
QUOTED = as_csv(ROWS).replace("line 7", '"line, ""7"""').replace("line 9", '"line\n9"')
YAML = """company: {name: 'SIM', currency: USD, timezone: Asia/Shanghai}
window: {from: 2021-01-01, to: 2021-12-31}
sources:
  ledger: {path: entries.csv, null_values: ['-']}
tables:
  entries:
    source: ledger
    date: ['%Y-%m-%d', '%d.%m.%Y']
    columns:
      contract_id: contract_id
      effective_date: effective_date
      amount: amount
      description: '{contract_id}-{description}'
    without: {description: ['Total*']}
policy: {tolerance: {ppm: 5000}}
"""
Find = str | None


@cache
def seeds() -> dict[str, tuple[str, bytes]]:
    """The good files by name: what each is called among the books, and its bytes."""
    with tempfile.TemporaryDirectory() as place:
        book = written(Path(place) / "b.xlsx", {"entries": ROWS}).read_bytes()
        with duckdb.connect(str(Path(place) / "e.duckdb")) as file:
            file.execute(
                "CREATE TABLE entries (contract_id VARCHAR, effective_date DATE, amount DECIMAL(18, 2))"
            )
            file.executemany("INSERT INTO entries VALUES (?, ?, ?)", [row[:3] for row in ROWS[1:]])
        base = (Path(place) / "e.duckdb").read_bytes()
        with duckdb.connect() as file:
            file.execute("CREATE TABLE t (contract_id VARCHAR, effective_date DATE, amount DECIMAL(18, 2))")
            file.executemany("INSERT INTO t VALUES (?, ?, ?)", [row[:3] for row in ROWS[1:]])
            buffer = io.BytesIO()
            pq.write_table(file.execute("FROM t").to_arrow_table(), buffer)
    plain = as_csv(ROWS)
    return {
        "csv": ("entries.csv", plain.encode()),
        "quoted csv": ("entries.csv", QUOTED.encode()),
        "gb18030 csv": ("entries.csv", plain.replace("line", "合同").encode("gb18030")),
        "utf-16 csv": ("entries.csv", plain.encode("utf-16")),
        "gzip": ("entries.csv.gz", gzip.compress(plain.encode(), mtime=0)),
        "xlsx": ("entries.xlsx", book),
        "parquet": ("entries.parquet", buffer.getvalue()),
        "duckdb": ("entries.duckdb", base),
        "yaml": ("books.yaml", YAML.encode()),
    }


def mutated(data: bytes, chance: random.Random) -> bytes:
    """One to four changes: a byte flipped, put in or taken out; a piece cut, repeated, moved or wiped."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        if not changed:
            break
        at = chance.randrange(len(changed))
        end = min(len(changed), at + chance.choice((1, 2, 8, 64, 512)))
        kind = chance.randrange(8)
        if kind == 0:
            changed[at] ^= 1 << chance.randrange(8)
        elif kind == 1:
            changed[at] = chance.choice(b'\0\xff"\n\r,;-=\x1a\x80')
        elif kind == 2:
            changed[at:at] = chance.choice((b"\0", b"\xff", b'"', b"\n", b"\r", b",", b"&", b"\xed\xa0\x80"))
        elif kind == 3:
            del changed[at:end]
        elif kind == 4:
            changed[at:at] = changed[at:end]
        elif kind == 5:
            piece, to = changed[at:end], chance.randrange(len(changed))
            del changed[at:end]
            changed[to:to] = piece
        elif kind == 6:
            changed[at:end] = bytes(end - at)
        else:
            del changed[at:]
    return bytes(changed)


def books(number: int, place: Path) -> tuple[str, Path]:
    """The name of the seed and a folder of books with its mutation of that number."""
    names = list(seeds())
    name = names[number % len(names)]
    file, data = seeds()[name]
    chance = random.Random(number)
    if file == "books.yaml":
        (place / "entries.csv").write_text(as_csv(ROWS), encoding="utf-8")
        (place / "contracts.csv").write_text(as_csv(BOOKS["contracts"]), encoding="utf-8")
    (place / file).write_bytes(mutated(data, chance))
    return name, place


def read(folder: Path, engine: Engine) -> Find:
    """What is wrong with how the books are loaded; None where nothing is. "refused" is right."""
    try:
        # One engine reads them all, which it may not once it is confined to one folder.
        with mock.patch.object(Engine, "confine"):
            loaded = load_sources(folder, manifest.load(folder), engine)
    except InputError as refused:
        return _spoken(refused)
    for table in loaded.tables:
        kept = engine.sql(f"SELECT count(*) FROM {table.relation}")[0][0]
        aside = engine.sql(f"SELECT count(*) FROM {table.refused}")[0][0]
        if table.rows != kept + aside:
            return f"{table.name}: {table.rows} rows, {kept} kept, {aside} refused"
    return _counted(folder, loaded)


def _spoken(refused: InputError) -> Find:
    faults = refused.faults
    if not faults or not all(f.expected and f.do for f in faults):
        return f"refused without words: {refused}"
    return None if "Traceback" not in str(refused) else str(refused)[:300]


def _counted(folder: Path, loaded: Loaded) -> Find:
    """Rows counted by hand, where that is simple: a text without quotes whose first line is the header."""
    path = folder / "entries.csv"
    data = path.read_bytes() if path.exists() else b'"'
    if b'"' in data or b"\0" in data or not data.startswith(b"contract_id,"):
        return None
    lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")[1:]
    rows = sum(1 for line in lines if line.replace(b",", b"").strip(b" "))
    if any(t.columns[:1] != ("contract_id",) for t in loaded.tables):
        return None  # another row was taken for the header: the lines above it are no rows
    found = sum(t.rows for t in loaded.tables if t.place == "entries.csv")
    return None if found in (0, rows) else f"{rows} rows counted by hand, {found} read"


def whole(folder: Path) -> Find:
    """What is wrong with the books once every cell is typed."""
    try:
        opened = earned.open_books(folder)
    except InputError as refused:
        return _spoken(refused)
    opened.engine.close()
    counts = opened.counts
    lost = counts["in"] - counts["used"] - counts["rejected"]
    return f"{lost} rows neither used nor rejected" if lost else None


def tried(number: int, deep: bool, engine: Engine) -> tuple[str, Find]:
    """The seed of a mutation, and what was found wrong with how it is read."""
    with tempfile.TemporaryDirectory() as place:
        name, folder = books(number, Path(place))
        try:
            found = read(folder, engine) or (whole(folder) if deep else None)
        except Exception as wrong:
            found = f"{type(wrong).__name__}: {str(wrong)[:300]}"
        _clear(engine)
    return name, found


def _clear(engine: Engine) -> None:
    for (name,) in engine.sql("SELECT table_name FROM duckdb_tables() WHERE NOT internal"):
        quoted = name.replace('"', '""')
        engine.sql(f'DROP TABLE "{quoted}"')


def in_process() -> mock._patch[Callable[..., object]]:
    """Workbooks read here and not in the child."""
    return mock.patch(
        "earned.books.child.parent.ask",
        lambda task, file, **arguments: child._done(task, file, arguments),
    )
