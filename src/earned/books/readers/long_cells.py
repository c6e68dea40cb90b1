"""Rows with a cell that is too long for any ledger are set aside, whatever file they stand in."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa

from earned.books import limits
from earned.books.readers.part import REFUSED, Part, Wanted, count, literal, quoted
from earned.engine import Engine

_SHOWN = 1_000


def without_long_cells(part: Part, wanted: Wanted, engine: Engine) -> Part:
    """The part without the rows that have a cell beyond the limit; they are refused (`too_long`)."""
    relation, most = quoted(wanted.relation), limits.most("cell_bytes")
    described = engine.sql(f"DESCRIBE {relation}")
    texts = [name for name, kind, *_ in described if kind == "VARCHAR" and name != "source_file"]
    longest = f"greatest({', '.join(f'strlen({quoted(c)})' for c in texts)}, 0)"
    if not texts or (engine.sql(f"SELECT max({longest}) FROM {relation}")[0][0] or 0) <= most:
        return part
    which = "CASE " + " ".join(f"WHEN strlen({quoted(c)}) > {most} THEN {{}}" for c in texts) + " END"
    column = which.format(*map(literal, texts))
    value = which.format(*(f"left({quoted(c)}, {_SHOWN})" for c in texts))
    found = engine.connection.execute(
        f"SELECT source_row, {column} AS column_name, {value} AS value "
        f"FROM {relation} WHERE {longest} > {most} ORDER BY source_row"
    ).to_arrow_table()
    engine.sql(f"DELETE FROM {relation} WHERE {longest} > {most}")
    refused = pa.concat_tables([part.refused, _refused(wanted, found)])
    return replace(part, kept=count(engine, wanted.relation), refused=refused)


def _refused(wanted: Wanted, found: pa.Table) -> pa.Table:
    usual = limits.table()["cell_bytes"]
    expected = f"a cell of at most {usual.shown(limits.most('cell_bytes'))} (limit cell_bytes)"
    rows = found.num_rows
    columns = [
        [wanted.file.name] * rows,
        found.column("source_row"),
        found.column("column_name"),
        found.column("value"),
        ["too_long"] * rows,
        [expected] * rows,
    ]
    return pa.table(columns, schema=REFUSED)
