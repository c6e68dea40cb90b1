"""Addresses of figures: `table/key[/key…][/column]`, and short forms that name one thing."""

from __future__ import annotations

from earned.engine import Engine
from earned.faults import Fault, InputError
from earned.report import figures
from earned.report.explain.cells import rows
from earned.report.explain.node import address, parts

#: what a short form may name: table and column of its id, in the order in which they are listed
_IDS = (
    ("findings", "finding_id"),
    ("exceptions", "exception_id"),
    ("units", "unit_id"),
    ("books.entries", "entry_id"),
    ("books.evidence", "evidence_id"),
)
#: what it names when it names nothing else
_LAST = (("books.evidence_unknown", "evidence_id"), ("books.contracts", "contract_id"))
_PERIOD = ("misstatements", ("total", "total"), "net_minor")
_NEAR = 5

Place = tuple[str, tuple[str, ...], str | None]


def resolve(engine: Engine, text: str) -> Place:
    """The table, key and column of an address or a short form.

    Raises InputError for one that names nothing, with the nearest, or several things, with all of them.
    """
    table, *rest = parts(text)
    if table in figures.tables() and rest:
        return _full(engine, table, rest, text)
    found = _short(engine, text)
    if len(found) == 1:
        return found[0]
    if found:
        raise _fault(
            f"one of {', '.join(address(*place) for place in found)}", text, "Write one of them out."
        )
    raise _fault(
        "an address, a period, or the number of a finding, unit, entry or paper", text, _near(engine, text)
    )


def _full(engine: Engine, table: str, rest: list[str], text: str) -> Place:
    key, columns = figures.key(table), figures.columns(table)
    if len(rest) not in (len(key), len(key) + 1):
        form = "/".join([table, *(f"<{c}>" for c in key), "[<column>]"])
        raise _fault(form, text, "Give every part of the key; write / inside one as %2F.")
    column = rest[len(key)] if len(rest) > len(key) else None
    if column and column not in columns:
        raise _fault(f"one of the columns {', '.join(columns)}", text, "Name one of them, or none.")
    own = tuple(rest[: len(key)])
    if not _exists(engine, table, own):
        raise _fault(f"a row of {table}", text, _nearest(engine, table, own))
    return table, own, column


def _exists(engine: Engine, table: str, key: tuple[str, ...]) -> bool:
    same = " AND ".join(f"coalesce(CAST(\"{c}\" AS VARCHAR), '') = ?" for c in figures.key(table))
    query = f"SELECT 1 FROM {figures.relation(table)} WHERE {same} LIMIT 1"
    return bool(rows(engine, query, key))


def _short(engine: Engine, text: str) -> list[Place]:
    """What a short form names, ids as they stand and percent-encoded."""
    forms = list(dict.fromkeys((text, "/".join(parts(text)))))
    table, key, column = _PERIOD
    found: list[Place] = [(table, (*key, f), column) for f in forms if _exists(engine, table, (*key, f))]
    found += [(t, (f,), None) for t, _ in _IDS for f in forms if _exists(engine, t, (f,))]
    last: list[Place] = [(t, (f,), None) for t, _ in _LAST for f in forms if _exists(engine, t, (f,))]
    return found or last[:1]


def _near(engine: Engine, text: str) -> str:
    ids = " UNION ALL ".join(f"SELECT {c} AS id FROM {figures.relation(t)}" for t, c in _IDS)
    periods = "SELECT period_id FROM misstatements WHERE dimension = 'total'"
    return _told(engine, f"{ids} UNION ALL {periods}", text)


def _nearest(engine: Engine, table: str, key: tuple[str, ...]) -> str:
    columns = ", ".join(f"coalesce(CAST(\"{c}\" AS VARCHAR), '')" for c in figures.key(table))
    query = f"SELECT concat_ws('/', {columns}) AS id FROM {figures.relation(table)}"
    return _told(engine, query, "/".join(key))


def _told(engine: Engine, ids: str, text: str) -> str:
    query = (
        f"SELECT id FROM (SELECT DISTINCT id FROM ({ids})) "
        f"ORDER BY jaro_winkler_similarity(lower(id), lower(?)) DESC, id LIMIT {_NEAR}"
    )
    near = [row[0] for row in rows(engine, query, [text])]
    return f"Near it: {', '.join(near)}." if near else "The run has none."


def _fault(expected: str, text: str, do: str) -> InputError:
    return InputError([Fault(expected, do, column="ADDRESS", value=text, reason="address")])
