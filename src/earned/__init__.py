"""Was the revenue earned? Recompute it from the contracts and the evidence of the work.

    books = earned.open_books("books/")
    run = earned.examine(books)
    run.tables["findings"].df()

Two names, loaded on first use: `import earned` alone loads no engine.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from earned import version as _version

if TYPE_CHECKING:
    from earned.books import open_books
    from earned.examine import examine

__version__ = _version.VERSION
__all__ = ["__version__", "examine", "open_books"]


class _Package(ModuleType):
    """The package itself: `earned.examine` is the function, also once the module of that name is loaded."""

    @property
    def open_books(self) -> Any:
        from earned.books import open_books

        return open_books

    @property
    def examine(self) -> Any:
        from earned.examine import examine

        return examine

    @examine.setter
    def examine(self, module: ModuleType) -> None:
        """Python sets a loaded submodule on its package; here the public function keeps the name."""


sys.modules[__name__].__class__ = _Package
