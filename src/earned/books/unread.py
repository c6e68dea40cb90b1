"""Files of a folder that nobody reads: named as no table, where no books.yaml says how files are read.

A slip of the pen in a name (`obligatons.csv`) would leave a table out in silence; so each such file is a row
of `quality` (check `file_not_read`).
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from earned.books import schema, sql
from earned.books.readers.found import holds_table

if TYPE_CHECKING:
    from earned.books.manifest import Manifest
    from earned.books.readers import Loaded
    from earned.engine import Engine

#: how like a name must be that of a table to be taken for a slip of the pen
_NEAR = 0.75


def say_unread(loaded: Loaded, manifest: Manifest, engine: Engine) -> None:
    """Add the files directly in the folder whose name is nearly that of a table to `quality`.

    Any other file is no input: that it came to lie there changes nothing of a run.

    With a mapping (`sources` or `tables`) whoever wrote it named what is read: nothing is said.
    """
    if manifest.sources or manifest.tables:
        return
    for name, why in loaded.not_read:
        if "/" not in name and holds_table(name):
            near = get_close_matches(name.partition(".")[0].casefold(), schema.tables(), 1, _NEAR)
            if not near:
                continue
            said = sql.text(f"{why}; the nearest is {near[0]}")
            values = f"{sql.text(name)}, '', 'file_not_read', 0, {said}, 'warning'"
            engine.sql(f"INSERT INTO quality VALUES ({values})")
