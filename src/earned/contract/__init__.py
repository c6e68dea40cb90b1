"""One contract, read from one file and recognised by the same expressions as the books of a company."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any


def recognise(path: str | Path, *, as_of: date | None = None, framework: str | None = None) -> dict[str, Any]:
    """What `earned recognise FILE --json` prints: the figures, steps and judgements of one contract.

    `as_of` and `framework` (us_gaap, ifrs) win over those of the file. Amounts are decimal strings.
    Raises InputError, with line and key, where the file cannot be used or a judgement is missing.
    """
    from earned.contract.recognised import recognised

    return recognised(Path(path), as_of, framework)
