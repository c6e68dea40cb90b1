"""What a SELECT may not contain: what tells of the engine, differs each time, or never ends (R8)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from earned.engine import Engine

#: What the engine tells about itself and its files: tables, views and functions that begin so.
_CATALOGUE = ("duckdb_", "pragma_", "sqlite_", "pg_", "enable_", "disable_")
_CATALOGUES = ("information_schema", "pg_catalog", "system")
#: Functions that run a text as a statement of its own, unseen by what is looked for here; and those that tell
#: of this machine and this engine.
_OF_TEXT = ("query", "query_table", "current_setting", "getvariable", "version", "current_query")
#: Functions that make a value of any size out of a number, or take the square of the time: one call of them
#: is not interrupted. Name -> which arguments say the size; they must be written out, and at most _WIDEST.
_SIZED: Mapping[str, tuple[int, ...]]
_SIZED = {"repeat": (1,), "lpad": (1,), "rpad": (1,), "bitstring": (1,), "bar": (3,), "list_resize": (1,),
          "array_resize": (1,), "range": (0, 1), "generate_series": (0, 1)}  # fmt: skip
_WIDEST = 1_000
_SQUARED = ("levenshtein", "editdist3", "damerau_levenshtein")
#: A width of four digits, one taken from an argument, or one inside another's brackets.
_WIDE_FORM = re.compile(r"\d{4}|\*|\{[^}]*\{")
#: Words without brackets that ask the clock.
_CLOCK = ("current_date", "current_time", "current_timestamp", "localtime", "localtimestamp")


def strange(tree: Any, engine: Engine) -> set[str]:
    """In words, what in a statement's tree reads the engine, differs each time, or has no end."""
    moving = engine.sql("SELECT function_name FROM duckdb_functions() WHERE stability <> 'CONSISTENT'")
    names = {row[0] for row in moving}
    found = set()
    for node in nodes(tree):
        table, function = (str(node.get(k) or "").casefold() for k in ("table_name", "function_name"))
        columns = [str(c).casefold() for c in node.get("column_names") or ()]
        if str(node.get("schema_name")).casefold() in _CATALOGUES or table.startswith(_CATALOGUE):
            found.add(table)
        if function in names or function.startswith(_CATALOGUE):
            found.add(f"{function}()")
        if function == "age" and len(node.get("children") or ()) == 1:
            found.add("age() of one day")
        if len(columns) == 1 and columns[0] in _CLOCK:
            found.add(columns[0])
        if function in _OF_TEXT:
            found.add(f"{function}()")
        if node.get("sample"):
            found.add("a sample")
    return found | _endless(tree)


def _endless(tree: Any) -> set[str]:
    """Calls of which one may take all the time or memory there is; a table of `range` comes in pieces."""
    found, every = set(), list(nodes(tree))
    in_pieces = {id(node["function"]) for node in every if node.get("type") == "TABLE_FUNCTION"}
    for node in every:
        name, given = str(node.get("function_name") or "").casefold(), node.get("children") or ()
        sizes = [_written_out(given[at]) for at in _SIZED.get(name, ()) if at < len(given)]
        if id(node) not in in_pieces and any(not isinstance(s, int) or abs(s) > _WIDEST for s in sizes):
            found.add(f"{name}() with a size that is not written out, up to {_WIDEST:,}")
        inside = [n for n in nodes(list(given)) if str(n.get("function_name")).casefold() in _SIZED]
        if name in _SIZED and inside:
            found.add(f"{name}() around another of its kind")
        if name in ("printf", "format") and given:
            form = _written_out(given[0])
            if not isinstance(form, str) or _WIDE_FORM.search(form):
                found.add(f"{name}() with a form of such width")
        if name in _SQUARED:
            found.add(f"{name}()")
    return found


def _written_out(node: Mapping[str, Any]) -> Any:
    """The value of an argument that is a number or text as it stands; None for anything else."""
    return (node.get("value") or {}).get("value") if node.get("type") == "VALUE_CONSTANT" else None


def nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Every node of a statement's tree."""
    if isinstance(tree, dict):
        yield tree
        tree = list(tree.values())
    if isinstance(tree, list):
        for inner in tree:
            yield from nodes(inner)
