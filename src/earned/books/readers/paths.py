"""From the path of a source to files: inside the books, regular, and expanded by us, never by the engine."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path, PurePosixPath

from earned.books import limits
from earned.books.file import File
from earned.faults import Fault, InputError


def hidden(name: str) -> bool:
    """Lock files of a spreadsheet (`~$…`) and hidden files are no books."""
    return name.startswith(("~$", "."))


def listing(folder: Path) -> tuple[str, ...]:
    """Every file under the books by its name with forward slashes, sorted; hidden ones left out.

    Raises InputError where there are too many, or folders too deep inside each other.
    """
    found = tuple(sorted(islice(_walk(folder, "", 0), limits.most("books_files") + 1)))
    if len(found) > limits.most("books_files"):
        raise limits.beyond("books_files", folder.name, "name the folder that holds the books only")
    return found


def _walk(folder: Path, base: str, depth: int) -> Iterator[str]:
    if depth > limits.most("books_depth"):
        raise limits.beyond("books_depth", base.rstrip("/")[:100], "put the files further up")
    for entry in folder.iterdir():
        if hidden(entry.name):
            continue
        name = f"{base}{entry.name}"
        if (shown := _text(name)) != name:
            do = "rename the file, or take it out of the books"
            raise _refused(shown, "a file name that is text in UTF-8", do, reason="encoding")
        if entry.is_dir() and not entry.is_symlink():
            yield from _walk(entry, f"{name}/", depth + 1)
        else:
            yield name


def _text(name: str) -> str:
    """A name whose bytes are no text, with signs that say so in their place."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def inside(folder: Path, name: str) -> File:
    """The regular file of that name inside the books, links resolved. Raises InputError otherwise."""
    path = folder / name
    try:
        real = path.resolve()
    except (RuntimeError, OSError):
        raise _refused(
            name, "a file; its link leads to itself", "copy the file itself there", reason="path_not_regular"
        ) from None
    if not real.is_relative_to(folder.resolve()):
        raise _refused(
            name,
            "a file inside the books; this link leads out",
            "copy the file itself there",
            reason="path_outside",
        )
    if not path.exists():
        raise _refused(
            name,
            "a file that exists",
            "its link leads nowhere: copy the file itself there",
            reason="path_missing",
        )
    if not real.is_file():
        raise _refused(
            name,
            "a regular file",
            "a folder, a pipe or a device cannot be read as one",
            reason="path_not_regular",
        )
    return File(path, name)


def named(folder: Path, text: str, names: tuple[str, ...]) -> tuple[File, ...]:
    """The file of an exact path, else the files that match it as a pattern (`*`, `?`), sorted.

    Raises InputError for a path that is absolute, leaves the books, is a URL, or finds nothing.
    """
    _stay_inside(text)
    plain = PurePosixPath(text).as_posix()
    if "\0" not in plain and ((folder / plain).exists() or (folder / plain).is_symlink()):
        return (inside(folder, plain),)
    matching = [n for n in names if pattern(plain) and _matcher(plain).fullmatch(n)]
    if not matching:
        near = difflib.get_close_matches(plain, names, n=3, cutoff=0.5)
        do = f"the nearest are {', '.join(near)}" if near else "correct `path` in books.yaml"
        raise _refused(text, "a file of the books (the name is matched exactly)", do, reason="path_pattern")
    return tuple(inside(folder, n) for n in matching)


def exact(folder: Path, text: str) -> bool:
    """Whether a path is a name and no pattern: there is such a file, or no wildcard in it."""
    return not pattern(text) or (len(text) < 256 and (folder / text).exists())


def pattern(text: str) -> bool:
    """Whether a path holds a wildcard."""
    return "*" in text or "?" in text


def _matcher(text: str) -> re.Pattern[str]:
    """`*` and `?` stay inside one folder. Each piece between two stars is taken where it first fits, for
    good: of many stars no combination is tried twice."""
    first, *rest = ("".join("[^/]" if c == "?" else re.escape(c) for c in p) for p in text.split("*"))
    middle = "".join(f"(?>[^/]*?{piece})" for piece in rest[:-1] if piece)
    return re.compile(first + middle + "".join(f"[^/]*{piece}" for piece in rest[-1:]))


def _stay_inside(text: str) -> None:
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]+:", text):
        raise _refused(
            text, "a file inside the books, no address", "download it into the books", reason="path_outside"
        )
    if text.startswith(("/", "\\", "~")) or re.match(r"[A-Za-z]:", text):
        raise _refused(
            text,
            "a path inside the books",
            "copy the file there and write its name only",
            reason="path_outside",
        )
    if ".." in re.split(r"[/\\]", text):
        raise _refused(
            text, "a path inside the books, without ..", "copy the file there", reason="path_outside"
        )
    if (
        "\0" in text
        or not text.strip()
        or max(map(len, text.encode("utf-8", "replace").split(b"/"))) > 255
        or len(text) > 4_000
    ):
        raise _refused(text, "the name of a file", "correct `path` in books.yaml", reason="path_pattern")


def _refused(name: str, expected: str, do: str, *, reason: str) -> InputError:
    return InputError([Fault(expected, do, name, reason=reason)])
