"""Where a figure comes from: a run folder's figures with their children, for many rows at once.

    with open_run(folder) as run:
        nodes(run, "misstatements", ["net_minor"], keys, limit=20)   # a node a row and column, one level
        tree(run, "2021Q2", depth=3, limit=20)                       # one figure, three levels

Everything is read from the run folder alone, by joins that `register/*.yaml` states; no other file can be
reached while it is open. Children are listed largest first, at most `limit` of each name.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow as pa

from earned.engine import Engine
from earned.faults import Fault, InputError
from earned.report import figures
from earned.report.explain import cells, views
from earned.report.explain.addresses import resolve
from earned.report.explain.cells import Cell, Evaluated
from earned.report.explain.node import SEPARATOR, Node, address, exact, parts, shown
from earned.report.figures import Case, Child, Figure

FORMAT = "earned.run/"


@dataclass(frozen=True)
class RunFolder:
    """A finished run, open for reading: its tables and the books kept with it are views of `engine`."""

    path: Path
    engine: Engine
    document: dict[str, Any]
    timezone: str


@contextmanager
def open_run(folder: Path) -> Iterator[RunFolder]:
    """A run folder for `nodes` and `tree`. Raises InputError where it is none, or keeps no books."""
    document = _document(folder)
    engine = Engine()
    try:
        manifest = views.make(engine, folder, document)
        yield RunFolder(folder, engine, document, manifest.company.timezone)
    finally:
        engine.close()


def nodes(
    run: RunFolder, table: str, columns: Sequence[str], keys: pa.Table | None, limit: int
) -> list[Node]:
    """A node for each row and column, rows in the order of `keys` (None: every row, in key order).

    `keys` has the table's key columns as text; keys that are not in the table are left out. Each node has its
    formula and its children one level deep; a child's own formula and children are not filled in.
    """
    cells.choose(run.engine, table, keys)
    made = [_nodes(run, figures.tables()[table].figures[column], limit) for column in columns]
    return [node for of_row in zip(*made) for node in of_row]


def tree(run: RunFolder, text: str, depth: int, limit: int) -> Node:
    """The node of an address or a short form, with `depth` levels of children below it.

    A row (an address without column) has its figures as children, then rows that belong to it. Raises
    InputError for an address that names nothing (with near ones) or several things (with all of them).
    """
    table, key, column = resolve(run.engine, text)
    keys = keys_of(table, [key])
    root = nodes(run, table, [column], keys, limit)[0] if column else _row(run, table, keys, limit)
    for node in [root] if not depth else root.children if depth == 1 and not column else []:
        node.children, node.more = [], 0
    level, seen = root.children, {root.address}
    for _ in range(depth - 1):
        first = {n.address: n for n in reversed(level) if n.address not in seen and not n.is_leaf}
        open_ones = [node for node in level if first.get(node.address) is node]
        seen |= set(first)
        _fill(run, [node for node in open_ones if node.formula is None], limit)
        level = [child for node in open_ones for child in node.children]
    return root


def is_row(run: RunFolder, text: str) -> bool:
    """Whether an address or a short form names a row and not a cell. Raises InputError as `tree`."""
    return resolve(run.engine, text)[2] is None


def beginnings(run: RunFolder, most: int = 4) -> list[tuple[str, Node]]:
    """Short forms to begin with and their nodes: the net of every period, the largest findings."""
    periods = cells.rows(
        run.engine,
        "SELECT period_id FROM misstatements JOIN books_calendar USING (period_id) "
        "WHERE dimension = 'total' ORDER BY period_index",
    )
    largest = cells.rows(
        run.engine,
        "SELECT finding_id FROM findings "
        f"ORDER BY abs(peak_gap_minor) DESC NULLS LAST, finding_id LIMIT {most}",
    )
    net = keys_of("misstatements", [("total", "total", period) for (period,) in periods])
    found = nodes(run, "misstatements", ["net_minor"], net, 1)
    peaks = nodes(run, "findings", ["peak_gap_minor"], keys_of("findings", largest), 1)
    ids = [row[0] for row in (*periods, *largest)]
    return [(quote(short, safe=""), node) for short, node in zip(ids, [*found, *peaks])]


def keys_of(table: str, keys: Iterable[Sequence[str]]) -> pa.Table:
    """Keys as `nodes` takes them, each once."""
    names = figures.key(table)
    columns = list(zip(*dict.fromkeys(tuple(k) for k in keys))) or [()] * len(names)
    return pa.table({n: pa.array(c, pa.string()) for n, c in zip(names, columns)})


def _document(folder: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        known = str(found["format"]).startswith(FORMAT)
    except (OSError, ValueError, KeyError, TypeError):
        known = False
    if not known:
        do = "Name the folder that `earned examine BOOKS --out RUN` wrote."
        raise InputError([Fault("a run folder with its run.json", do, str(folder), reason="run_folder")])
    if "books" not in found:
        do = "Examine the books again with this version."
        raise InputError(
            [Fault("the run keeps no rows of its books", do, str(folder), fact=True, reason="run_folder")]
        )
    return found


def _row(run: RunFolder, table: str, keys: pa.Table, limit: int) -> Node:
    """The node of one row: its figures, each with its formula, then the cells of rows that belong to it."""
    of = figures.tables()[table]
    own = nodes(run, table, list(of.figures), keys, limit)
    beside = [n for child in of.related for n in _children(run, child, "parents", limit).get(1, ([], 0))[0]]
    place, _, _ = own[0].address.rpartition("/")
    label = own[0].label.partition(SEPARATOR)[2]
    return Node(place, label, None, "row", source=own[0].source, children=[*own, *beside])


def _fill(run: RunFolder, shallow: Sequence[Node], limit: int) -> None:
    """Give nodes that were only listed their formula and children, all of one column at once."""
    same: dict[tuple[str, str], list[Node]] = {}
    for node in shallow:
        table, *_, column = parts(node.address)
        same.setdefault((table, column), []).append(node)
    for (table, column), of_column in same.items():
        keys = keys_of(table, [parts(n.address)[1:-1] for n in of_column])
        made = {n.address: n for n in nodes(run, table, [column], keys, limit)}
        for node in of_column:
            if node.address in made:
                node.__dict__.update(made[node.address].__dict__)


def _nodes(run: RunFolder, figure: Figure, limit: int) -> list[Node]:
    """The nodes of a figure for the rows of `parents`, in their order."""
    made: dict[int, Node] = {}
    for case, scope in cells.scopes(run.engine, figure):
        found = {c.name: _children(run, c, scope, limit) for c in case.children if c.table}
        for row in cells.evaluated(run.engine, figure, case, scope):
            made[row.cell.of] = _node(run, figure, case, row, found)
    return [made[pk] for pk in sorted(made)]


Found = dict[int, tuple[list[Node], int]]


def _children(run: RunFolder, child: Child, scope: str, limit: int) -> Found:
    """Number of the parent -> the child's listed nodes and how many more there are."""
    assert child.table
    figure = figures.tables()[child.table].figures[child.column]
    found: Found = {}
    for cell in cells.listed(run.engine, child, scope, limit):
        listed, _ = found.setdefault(cell.of, ([], 0))
        listed.append(_shallow(run, figure, cell))
        found[cell.of] = (listed, cell.count - len(listed))
    return found


def _shallow(run: RunFolder, figure: Figure, cell: Cell) -> Node:
    currency = cell.currency if figure.unit == "minor" else None
    return Node(
        address=address(figure.table, cell.key, figure.column),
        label=f"{figure.label}{SEPARATOR}{cell.row}",
        value=exact(cell.value),
        unit=figure.unit,
        currency=currency,
        text=shown(cell.value, figure.unit, currency, run.timezone),
        source=cell.source,
    )


def _node(run: RunFolder, figure: Figure, case: Case, row: Evaluated, found: dict[str, Found]) -> Node:
    node = _shallow(run, figure, row.cell)
    texts = {}
    for child in case.children:
        listed, more = found[child.name].get(row.cell.of, ([], 0)) if child.table else ([], 0)
        if not child.table:
            own = figures.tables()[figure.table].figures[child.column]
            value = row.totals[child.name]
            listed = [
                _shallow(
                    run, own, Cell(0, row.cell.key, value, row.cell.currency, row.cell.row, row.cell.source)
                )
            ]
        node.children += listed
        node.more += more
        texts[child.name] = _told(child, row, listed)
    node.formula = case.says.format_map(texts)
    node.standard = case.standard or None
    node.agrees = row.agrees
    return node


def _told(child: Child, row: Evaluated, listed: Sequence[Node]) -> str:
    """What a formula in words shows of a child: the cell itself, or what all of them come to."""
    if not child.table or (child.take == "one" and listed):
        return listed[0].text
    unit = figures.tables()[child.table].figures[child.column].unit
    unit = "count" if child.take == "count" else unit
    return shown(row.totals[child.name], unit, row.cell.currency)
