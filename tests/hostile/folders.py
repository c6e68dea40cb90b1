"""The folder itself, and its books.yaml: links, pipes, names, YAML, paths and SELECTs that reach out."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

from tests.hostile.case import Case, changed, manifest
from tests.mistakes.small import USD

COLUMNS = "columns: {contract_id: contract_id, effective_date: effective_date, amount: amount}"


def _instead(change: Callable[[Path], object]) -> Callable[[Path], Path]:
    """Good books whose entries.csv is something else."""

    def swap(books: Path) -> None:
        (books / "entries.csv").unlink()
        change(books / "entries.csv")

    return changed(swap)


def _outside(path: Path) -> None:
    outside = path.parent.parent / "outside.csv"
    outside.write_text("contract_id,effective_date,amount\nC2,2021-06-30,1\n")
    path.symlink_to(outside)


def _socket(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # the name of a socket is short
    try:
        socket.socket(socket.AF_UNIX).bind(path.name)
    finally:
        os.chdir(here)


def _deep(books: Path) -> None:
    place = books
    for _ in range(30):
        place = place / "d"
    place.mkdir(parents=True)


def _many(books: Path) -> None:
    for i in range(120):
        (books / f"{i}.pdf").touch()


def _path(path: str) -> Callable[[Path], Path]:
    return manifest(
        f"{USD}sources: {{e: {{path: '{path}'}}}}\ntables: {{entries: {{source: e, {COLUMNS}}}}}\n"
    )


def _id(mapped: str) -> Callable[[Path], Path]:
    """The contract of an entry mapped so."""
    columns = f"{{contract_id: {mapped}, effective_date: effective_date, amount: amount}}"
    return manifest(f"{USD}tables: {{entries: {{source: entries, columns: {columns}}}}}\n")


def _select(query: str) -> Callable[[Path], Path]:
    return manifest(f"{USD}tables:\n  entries:\n    select: |\n      {query}\n")


def _reach(name: str, query: str, *says: str) -> Case:
    return Case(f"SELECT: {name}", _select(query), ("books.yaml", "tables.entries", *says))


FIVE = "'C2' AS contract_id, '2021-06-30' AS effective_date, '1' AS amount"
FOLDERS = [
    Case("a link out of the books", _instead(_outside), ("entries.csv", "leads out")),
    Case(
        "a link to nothing", _instead(lambda p: p.symlink_to("nothing.csv")), ("entries.csv", "leads nowhere")
    ),
    Case("a link to itself", _instead(lambda p: p.symlink_to("entries.csv")), ("entries.csv",)),
    Case("a link to a device", _instead(lambda p: p.symlink_to("/dev/zero")), ("entries.csv", "leads out")),
    Case("a folder linked to the root", changed(lambda b: (b / "all").symlink_to("/"))),
    Case("a folder linked to itself", changed(lambda b: (b / "all").symlink_to("."))),
    Case("a pipe", _instead(os.mkfifo), ("entries.csv", "a pipe or a device"), measured=True),
    Case("a socket", _instead(_socket), ("entries.csv", "regular file")),
    Case("a folder called entries.csv", _instead(Path.mkdir), ("entries.csv", "this is a folder")),
    Case("folders without end", changed(_deep), ("at most 20 levels", "--limit books_depth")),
    Case(
        "too many files",
        changed(_many),
        ("at most 100 files", "--limit books_files=200"),
        limits={"books_files": 100},
    ),
    Case(
        "a name that is no text",
        changed(lambda b: Path(os.fsdecode(os.fsencode(b) + b"/\xff.csv")).touch()),
        ("file name that is text",),
    ),
    Case(
        "names that are commands",
        changed(
            lambda b: [
                (b / n).touch()
                for n in ("'; DROP TABLE x; --.csv", "a\nb.csv", "\x1b[31m.csv", "<b>.csv", "-rf")
            ]
        ),
    ),
    Case(
        "a books.yaml that is a folder",
        changed(lambda b: ((b / "books.yaml").unlink(), (b / "books.yaml").mkdir())),
        ("books.yaml",),
    ),
    Case(
        "a books.yaml that leads out",
        changed(lambda b: ((b / "books.yaml").unlink(), (b / "books.yaml").symlink_to("/etc/hostname"))),
        ("books.yaml", "inside the books"),
    ),
    Case(
        "a books.yaml that leads nowhere",
        changed(lambda b: ((b / "books.yaml").unlink(), (b / "books.yaml").symlink_to("nowhere"))),
        ("books.yaml",),
    ),
    Case(
        "a books.yaml that is a pipe",
        changed(lambda b: ((b / "books.yaml").unlink(), os.mkfifo(b / "books.yaml"))),
        ("books.yaml",),
    ),
    Case("books that are a device", lambda _: Path("/dev/zero"), ("zero",)),
    Case("books that are not there", lambda p: p / "none", ("none",)),
]

BOMB = (
    "a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: [*b, *b, *b, *b, *b]\n"
)
MANIFESTS = [
    Case("billion laughs in YAML", manifest(USD + BOMB), ("books.yaml, row 2", "anchors")),
    Case("an anchor", manifest("company: &c {currency: USD}\n"), ("books.yaml, row 1", "anchors")),
    Case("an alias", manifest("company: {currency: *c}\n"), ("books.yaml", "aliases")),
    Case(
        "a tag that calls Python",
        manifest("company: !!python/object/apply:os.system ['true']\n"),
        ("books.yaml, row 1", "tags"),
    ),
    Case("a merge key", manifest("company: {<<: {currency: USD}}\n"), ("books.yaml, row 1", "merge")),
    Case(
        "a key twice",
        manifest("company: {currency: USD, currency: CNY}\n"),
        ("books.yaml, row 1", "each key once"),
    ),
    Case("a key that is a list", manifest("company: {? [a, b] : USD}\n"), ("books.yaml",)),
    Case(
        "five thousand levels",
        manifest("company: " + "[" * 5_000 + "]" * 5_000),
        ("books.yaml", "at most 20 levels"),
    ),
    Case(
        "two documents",
        manifest("company: {currency: USD}\n---\ncompany: {currency: CNY}\n"),
        ("books.yaml", "one document"),
    ),
    Case(
        "two mebibytes",
        manifest("company: {currency: USD}\n#" + "x" * (2 << 20)),
        ("books.yaml", "at most 1 MiB", "--limit manifest_bytes"),
    ),
    Case("bytes that are no text", manifest(b"company: {name: \xff\xfe}\n"), ("books.yaml, row 1", "UTF-8")),
    Case("control signs", manifest(b"company: {name: \0\x1b}\n"), ("books.yaml",)),
    Case(
        "a NUL by its number",
        manifest('company: {currency: USD, name: "a\\0b"}\n'),
        ("books.yaml, row 1", "NUL"),
    ),
    Case(
        "half a character",
        manifest(USD + 'sources: {e: {path: "\\ud800.csv"}}\n'),
        ("books.yaml, row 2", "halves"),
    ),
    Case(
        "the time zone of the machine",
        manifest("company: {currency: USD, timezone: localtime}\n"),
        ("books.yaml, row 1", "IANA time zone"),
    ),
    Case(
        "a template of two thousand parts",
        _id("'" + "{contract_id}" * 2_000 + "'"),
        ("books.yaml", "fewer parts"),
    ),
    Case("tabs", manifest("company:\n\tcurrency: USD\n"), ("books.yaml, row 2",)),
    Case(
        "a number too long", manifest("policy: {materiality: " + "9" * 10_000 + "}\n" + USD), ("books.yaml",)
    ),
    Case("a word of Norway", manifest("company: {currency: NO}\n"), ("books.yaml, row 1", "currency")),
    Case(
        "an unknown key",
        manifest("company: {curency: USD}\n"),
        ("books.yaml, row 1", "Did you mean currency"),
    ),
    Case("an empty books.yaml", manifest(""), ("books.yaml", "company")),
    Case(
        "a pattern that never ends",
        _id("{from: contract_id, match: '(C|C)*[0-9]+$'}"),
    ),
    Case("a path upwards", _path("../outside.csv"), ("../outside.csv", "inside the books")),
    Case("a path upwards in the middle", _path("x/../../outside.csv"), ("without ..",)),
    Case("an absolute path", _path("/etc/passwd"), ("/etc/passwd", "inside the books")),
    Case("a path of Windows", _path("C:\\\\x.csv"), ("inside the books",)),
    Case("an address", _path("https://example.org/x.csv"), ("no address",)),
    Case("a store in the cloud", _path("s3://bucket/x.parquet"), ("no address",)),
    Case("a pattern upwards", _path("../*.csv"), ("inside the books",)),
    Case("a pattern for everything", _path("*/../*"), ("without ..",)),
    Case("a name of three hundred letters", _path("b" * 300), ("the name of a file",)),
    Case("a pattern of many stars", _path("*" * 200 + "x"), ("a file of the books",)),
    Case("a pattern of many pieces", _path("*n*t*r*e*.c*s*v*" * 12 + "x"), ("a file of the books",)),
    Case("a NUL in a path", manifest(USD + 'sources: {e: {path: "a\\0.csv"}}\n'), ("books.yaml",)),
    Case(
        "SQL as a name of a source",
        manifest(
            f"{USD}sources: {{'x\"; DROP TABLE source_1; --': {{path: entries.csv}}}}\n"
            f"tables: {{entries: {{source: 'x\"; DROP TABLE source_1; --', {COLUMNS}}}}}\n"
        ),
    ),
    Case(
        "SQL as a header",
        _id("'contract_id\" FROM x; --'"),
        ("contract_id",),
    ),
    Case(
        "SQL as an expression",
        _id("'=read_text(\"/etc/passwd\")'"),
        booked={'read_text("/etc/passwd")': 120_000},
    ),
]

SELECTS = [
    _reach("read_csv", f"SELECT {FIVE} FROM read_csv('/etc/passwd')"),
    _reach(
        "read_text",
        "SELECT content AS contract_id, '2021-06-30' AS effective_date, '1' AS amount "
        "FROM read_text('/etc/hostname')",
    ),
    _reach("read_blob", f"SELECT {FIVE} FROM read_blob('/etc/passwd')"),
    _reach("read_parquet", f"SELECT {FIVE} FROM read_parquet('/etc/*.parquet')"),
    _reach("a file as a table", f"SELECT {FIVE} FROM '/etc/passwd'"),
    _reach("a file of the books as a table", f"SELECT {FIVE} FROM 'contracts.csv'"),
    _reach("glob", f"SELECT {FIVE} FROM glob('/etc/*')"),
    _reach("httpfs", f"SELECT {FIVE} FROM 'https://example.org/x.csv'"),
    _reach("INSTALL", "INSTALL httpfs", "exactly one SELECT"),
    _reach("LOAD", "LOAD httpfs", "exactly one SELECT"),
    _reach("ATTACH", "ATTACH '/etc/x.db'", "exactly one SELECT"),
    _reach("COPY", "COPY entries TO '/etc/leak.csv'", "exactly one SELECT"),
    _reach("EXPORT", "EXPORT DATABASE '/etc/leak'", "exactly one SELECT"),
    _reach("SET", "SET enable_external_access = true", "exactly one SELECT"),
    _reach("PRAGMA", "PRAGMA database_list"),
    _reach(
        "a setting of the engine",
        "SELECT current_setting('temp_directory') AS contract_id, '2021-06-30' AS effective_date, "
        "'1' AS amount",
        "current_setting",
    ),
    _reach(
        "four hundred levels",
        "SELECT * FROM " + "(SELECT * FROM " * 400 + "entries" + ")" * 400,
        "fewer levels",
    ),
    _reach("a switch of the engine", f"SELECT {FIVE} FROM enable_logging()", "enable_logging"),
    _reach("two statements", "SELECT * FROM entries; DROP TABLE entries", "exactly one SELECT"),
    _reach(
        "the environment",
        "SELECT getenv('HOME') AS contract_id, '2021-06-30' AS effective_date, '1' AS amount",
    ),
    _reach("the engine's own tables", f"SELECT {FIVE} FROM duckdb_settings()", "duckdb_settings"),
    _reach(
        "another engine table", f"SELECT {FIVE} FROM source_1 JOIN duckdb_tables() ON true", "duckdb_tables"
    ),
    _reach("query from text", f"SELECT {FIVE} FROM query('SELECT 1')"),
    _reach("query_table", f"SELECT {FIVE} FROM query_table('/etc/passwd')"),
    _reach(
        "without an end",
        "SELECT e.* FROM entries e, range(100000000) a, range(100000000) b",
        "--limit select_time",
    ),
    _reach(
        "the clock", "SELECT contract_id, current_date AS effective_date, amount FROM entries", "current_date"
    ),
    _reach("chance", "SELECT contract_id, effective_date, random() AS amount FROM entries", "random"),
]
CASES = FOLDERS + MANIFESTS + SELECTS
