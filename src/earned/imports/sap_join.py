"""Documents of BKPF and their lines of BSEG made one journal, and what has no other half."""

from __future__ import annotations

from earned.imports.common import HEADERS, JOURNAL, LINES, Collected, columns_of


def joined(found: Collected) -> None:
    """Lines with their headers become the journal; what has no other half is a total that does not tie.
    A document all of whose lines were rejected has lines."""
    for missing in (t for t in (HEADERS, LINES) if not found.rows[t]):
        columns = ", ".join(f"{c} VARCHAR" for c in (*columns_of(missing), "from_file", "from_row"))
        found.engine.sql(f"CREATE TABLE {missing} ({columns})")
    own = {"description": "coalesce(l.description, h.description)"}
    own |= {c: f"l.{c}" for c in columns_of(LINES) if c not in own}
    own |= {c: f"h.{c}" for c in columns_of(HEADERS) if c not in own}
    cells_of = ", ".join(f"{own.get(c, 'CAST(NULL AS VARCHAR)')} AS {c}" for c in columns_of(JOURNAL))
    found.engine.sql(
        f"CREATE TABLE {JOURNAL} AS SELECT {cells_of}, l.from_file, l.from_row "
        f"FROM {LINES} l JOIN (SELECT DISTINCT ON (journal_id) * FROM {HEADERS} ORDER BY rowid) h "
        "USING (journal_id) ORDER BY l.rowid"
    )
    counted = found.engine.sql(f"SELECT count(*) FROM {JOURNAL}")[0][0]
    orphans = found.engine.sql(
        f"SELECT journal_id, from_file, CAST(from_row AS BIGINT) FROM {LINES} "
        f"WHERE journal_id NOT IN (SELECT journal_id FROM {HEADERS}) ORDER BY 2, 3"
    )
    for document, file, number in orphans:
        found.reject(file, number, "BELNR", document, "a document with its header in BKPF")
    bare = found.engine.sql(
        f"SELECT journal_id, from_file, CAST(from_row AS BIGINT) FROM {HEADERS} "
        f"WHERE journal_id NOT IN (SELECT journal_id FROM {LINES}) ORDER BY 2, 3"
    )
    empty = [one for one in bare if one[0] not in found.torn]
    for document, file, number in empty:
        found.defect(file, number, f"Document {document}", "is in BKPF without a line in BSEG")
    headers = found.rows[HEADERS]
    found.total("documents of BKPF with lines in BSEG", headers, headers - len(empty))
    _twice(found)
    found.total("lines of BSEG with a header in BKPF", found.rows[LINES], found.rows[LINES] - len(orphans))
    found.rows[JOURNAL] = counted
    found.used[JOURNAL] = found.used.get(HEADERS, set()) | found.used.get(LINES, set())


def _twice(found: Collected) -> None:
    """Say which documents and lines the extract holds more than once. The first header of a document is
    taken, and every line."""
    for table, key in ((HEADERS, "journal_id"), (LINES, "journal_id || ' line ' || line_number")):
        repeated = found.engine.sql(
            f"SELECT {key}, min(from_file), max(CAST(from_row AS BIGINT)), count(*) FROM {table} "
            f"GROUP BY 1 HAVING count(*) > 1 ORDER BY 1"
        )
        for name, file, number, count in repeated:
            found.defect(file, number, f"Document {name}", f"stands {count} times in the extract")
