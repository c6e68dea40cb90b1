"""How much of the books is read at most: one table (limits.yaml), and the values put in its place.

Books come from people who may not wish to be understood: every size that a file can choose has a
limit, every refusal names it, and the person who runs `earned` can raise it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from earned.faults import Fault, InputError

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30
_SIZES = (("GiB", GIB), ("MiB", MIB), ("KiB", KIB))


@dataclass(frozen=True)
class Limit:
    """A limit: its name, value and unit (bytes, seconds, or what is counted), what it bounds, and why."""

    name: str
    value: int
    unit: str
    what: str
    why: str

    def shown(self, value: int | None = None) -> str:
        """A value of this limit as it is written on the command line and in a sentence."""
        number = self.value if value is None else value
        if self.unit == "bytes":
            return _size(number)
        return f"{number:,} {self.unit}"


_raised: ContextVar[Mapping[str, int]] = ContextVar("limits that were put in the place of the usual ones")


@cache
def table() -> Mapping[str, Limit]:
    """Every limit by its name, with its usual value."""
    import yaml

    text = files("earned.books").joinpath("limits.yaml").read_text(encoding="utf-8")
    return {
        name: Limit(name, _number(str(row["value"])) or 0, row["unit"], row["what"], row["why"])
        for name, row in yaml.safe_load(text).items()
    }


def most(name: str) -> int:
    """The value in force of a limit, in bytes, seconds or a count."""
    return raised().get(name) or table()[name].value


def raised() -> Mapping[str, int]:
    """The limits in force that are not the usual ones."""
    return _raised.get({})


@contextmanager
def in_force(given: Mapping[str, int]) -> Iterator[None]:
    """Inside the block the given limits hold in the place of the usual ones."""
    token = _raised.set({n: v for n, v in given.items() if v != table()[n].value})
    try:
        yield
    finally:
        _raised.reset(token)


def read(pairs: Iterable[tuple[str, str | int]]) -> dict[str, int]:
    """Limits as they are given: 512MiB, 20000000. Raises InputError for an unknown name or no such value."""
    found: dict[str, int] = {}
    faults = []
    for name, text in pairs:
        number = _number(str(text))
        if name not in table():
            near = difflib.get_close_matches(name, table(), n=1, cutoff=0.5)
            do = f"did you mean {near[0]}?" if near else "docs/limits.md lists them"
            faults.append(
                Fault(f"one of {', '.join(table())}", do, column="--limit", value=name, reason="option_value")
            )
        elif not number:
            example = f"--limit {name}={_plain(name, table()[name].value * 2)}"
            expected = f"a whole number of {table()[name].unit} above 0"
            faults.append(
                Fault(expected, f"write {example}", column="--limit", value=str(text), reason="option_value")
            )
        else:
            found[name] = number
    if faults:
        raise InputError(faults)
    return found


def beyond(
    name: str,
    file: str,
    do: str,
    found: int | None = None,
    *,
    of: str = "",
    row: int | None = None,
    column: str | None = None,
) -> InputError:
    """The refusal of something larger than a limit: the limit, what was found, and how to raise it.

    `of` says which thing it is where the file has several (a sheet). `found` None: it was not measured.
    """
    limit, value = table()[name], most(name)
    said = f"; found {limit.shown(found)}" if found is not None else ""
    expected = f"{limit.what}{of}: at most {limit.shown(value)}{said}"
    wanted = value * 2
    while found is not None and wanted < found:
        wanted *= 2
    remedy = f"{do}; or raise the limit with --limit {name}={_plain(name, wanted)}"
    return InputError([Fault(expected, remedy, file, row, column, reason="too_large")])


def _plain(name: str, value: int) -> str:
    return _size(value).replace(" ", "") if table()[name].unit == "bytes" else str(value)


def _size(value: int) -> str:
    """Bytes in the largest unit that is not below one: whole, or with one decimal and never too small."""
    for unit, size in _SIZES:
        if value >= size:
            tenths = -(-value * 10 // size)
            return f"{tenths // 10} {unit}" if tenths % 10 == 0 else f"{tenths // 10}.{tenths % 10} {unit}"
    return f"{value:,} bytes"


def _number(text: str) -> int | None:
    """A whole number above 0, with KiB, MiB or GiB behind it; None for anything else."""
    found = re.fullmatch(r"([0-9][0-9_]{0,17})(?: ?(KiB|MiB|GiB))?", text.strip(), re.ASCII)
    if not found:
        return None
    return int(found[1].replace("_", "")) * dict(_SIZES).get(found[2], 1) or None


_CONFINED = """
## The process that reads a workbook

A workbook is read by a process of its own, so that a hostile file takes down that process and not the run.
On Linux the kernel holds it, without any privileges and whatever takes the process over:

- no network, no other program, no look into other processes (seccomp; on x86-64 and ARM64);
- no file written, moved or removed but the one that takes the sheet that was asked for (Landlock, from
  Linux 5.13; cutting a file short from 6.2);
- memory, processor time, size of that file and open files are bounded, and two clocks stop it.

On other systems the clocks hold, the bounds that the system knows, and what Python code asks for is refused;
native code is not. Nowhere is reading bounded: a process that was taken over could read what the person who
runs `earned` can read, and put it where the text of the sheet would stand, in that person's own run.
"""


def limits_page() -> str:
    """docs/limits.md: the table of limits."""
    lines = [
        "# What is read at most\n",
        "Books come from people who may not wish to be understood. Every size that a file can choose has a",
        "limit; a refusal names the limit, and `earned examine BOOKS --limit NAME=VALUE` raises it, as",
        "`open_books(..., limits={...})` does in Python. Sizes are written with `KiB`, `MiB` or `GiB`. A run",
        "whose limits were raised says so in the parameters of `run.json`.\n",
        "| limit | at most | of | why |",
        "|---|---|---|---|",
    ]
    lines += [f"| `{v.name}` | {v.shown()} | {v.what} | {v.why} |" for v in table().values()]
    return "\n".join([*lines, _CONFINED])
