"""What a shell offers after a Tab: the addresses of a run folder that `earned explain` understands."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

#: How many ids of a kind are offered.
_MOST = 50
#: A shell evaluates what it is offered, and ids come from the books: only plain names are.
_PLAIN = re.compile(r"[\w./+@-]+")


def addresses(run: Path, start: str) -> list[str]:
    """Periods, findings and, once something was typed, units of a run that begin with `start`.

    Nothing where `run` is no run folder. Loads no engine.
    """
    tables = run / "tables"
    found = [
        *_column(tables / "misstatements.parquet", "period_id", start),
        *_column(tables / "findings.parquet", "finding_id", start),
        *(_column(tables / "units.parquet", "unit_id", start) if start else []),
    ]
    return [text for text in found if _PLAIN.fullmatch(text)]


def complete_address(context: Any, incomplete: str) -> list[str]:
    """The `autocompletion` of the argument ADDRESS of a command whose argument RUN is called `run`."""
    run = context.params.get("run")
    return addresses(Path(run), incomplete) if run else []


def _column(path: Path, column: str, start: str) -> list[str]:
    """The first different values of a column that begin so, sorted; read group by group, one column."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    found: set[str] = set()
    try:
        file = pq.ParquetFile(path)
        for group in range(file.num_row_groups):
            values = file.read_row_group(group, columns=[column])[column].drop_null()
            found |= set(pc.unique(values.filter(pc.starts_with(values, start))).to_pylist())
            if len(found) >= 20 * _MOST:
                break
    except (OSError, pa.ArrowException, KeyError):
        return []
    return sorted(found)[:_MOST]
