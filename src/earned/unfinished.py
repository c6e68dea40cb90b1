"""Folders and files that appear whole or not at all, and temporary files that nobody has to clear away.

Whoever works in a folder holds a lock on it, which the system takes back when the process ends in
whatever way: a folder whose lock is free is left over, and the next one to come removes it.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from earned.faults import Fault, InputError

_BESIDE = re.compile(r"\.(?P<name>.+)\.(?P<kind>unfinished|replaced)-(?P<pid>\d+)", re.DOTALL)
#: In a folder for temporary files: it is ours, whatever else a folder of that name may be.
_MARK = ".earned-scratch"


@contextmanager
def unfinished(place: Path, replace: Callable[[Path], Path | None]) -> Iterator[Path]:
    """An empty folder beside `place` that becomes `place` when the block ends, and goes when it fails.

    What stands at `place` already goes where `replace(place)` says, or is removed where it says None.
    Raises InputError that names the process that writes there already, OSError where nothing can be written.
    """
    with held(place) as folder:
        yield folder
        _settle(folder)
        with _alone(place.parent):
            away = _swap(folder, place, replace)
        _stands(place)
        if away:
            shutil.rmtree(away, ignore_errors=True)


def write_whole(place: Path, content: bytes) -> None:
    """Write a file that appears whole or not at all, over one that stands there.

    Raises InputError that names the process that writes it already, OSError where it cannot be written.
    """
    with held(place) as folder:
        file = folder / place.name
        file.write_bytes(content)
        _sync(file)
        file.replace(place)
        _stands(place)


@contextmanager
def held(place: Path) -> Iterator[Path]:
    """Inside the block no other process writes to `place`; the folder beside it, in which it is prepared.

    Inside a block of the same process it is the same folder. Tidies what a killed process left here.
    Raises InputError that names the process that writes there already, or where nothing may be written.
    """
    made = [p for p in place.parents if not p.exists()]
    folder = _beside(place, "unfinished")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with _alone(place.parent):
            tidy(place.parent)
            lock = None if folder.exists() else _claimed(place, folder)
    except OSError as wrong:
        _unmade(made)
        raise _refused(wrong, place) from None
    if lock is None:
        yield folder
        return
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        _unmade(made)
        os.close(lock)


def _refused(wrong: OSError, place: Path) -> Exception:
    """InputError where the system does not let this user write, else the error itself."""
    if wrong.errno not in (errno.EACCES, errno.EPERM, errno.EROFS):
        return wrong
    do = "name another place, or ask for the right to write there"
    return InputError([Fault("a place that may be written to", do, str(place), reason="out_taken")])


def _unmade(folders: Iterable[Path]) -> None:
    """Take folders away again, the innermost first, that nothing came to stand in."""
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()


def _claimed(place: Path, mine: Path) -> int:
    """The lock on a new folder of this process for a place that no other process has one for."""
    for folder in place.parent.glob(".*.unfinished-*"):
        found = _BESIDE.fullmatch(folder.name)
        if found and found["name"] == place.name:
            expected = f"a place that no other process writes; process {found['pid']} writes it now"
            do = "wait until it is done, or name another place"
            raise InputError([Fault(expected, do, str(place), reason="out_taken")])
    mine.mkdir()
    try:
        return _lock(mine)
    except OSError:
        mine.rmdir()
        raise


def refuse_unfinished(folder: Path) -> None:
    """Raise InputError for a folder in which a run is being written, or was when its process was killed."""
    found = _BESIDE.fullmatch(folder.absolute().name)
    if found and found["kind"] == "unfinished" and folder.is_dir():
        who = "writes it now" if _in_use(folder) else "was stopped before it was whole"
        do = "wait until it is done, or examine the books again"
        expected = f"a run that is finished; process {found['pid']} {who}"
        raise InputError([Fault(expected, do, str(folder), reason="run_folder")])


def tidy(parent: Path) -> None:
    """Remove what processes that no longer run left half-written; put back what they had moved away."""
    for folder in parent.glob(".*-*"):
        found = _BESIDE.fullmatch(folder.name)
        if not found or not folder.is_dir() or _in_use(folder):
            continue
        if found["kind"] == "replaced" and not (parent / found["name"]).exists():
            folder.rename(parent / found["name"])
        else:
            shutil.rmtree(folder, ignore_errors=True)


def scratch(prefix: str) -> tuple[Path, Callable[[], None]]:
    """A folder for temporary files, and what removes it; those of killed processes are removed first.

    Raises InputError where there is no place for it that can be written.
    """
    base = _temporary()
    for left in base.glob(f"{prefix}*"):
        with suppress(OSError):
            if not left.is_symlink() and (left / _MARK).exists() and not _in_use(left):
                _clear(left)
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=base))
    try:
        lock = _lock(folder)
        # Only now: a folder with the mark and without a lock is left over.
        (folder / _MARK).touch()
    except BaseException:
        _clear(folder)
        raise

    def leave() -> None:
        _clear(folder)
        os.close(lock)

    return folder, leave


def _temporary() -> Path:
    """The system's folder for temporary files. Raises InputError where it cannot be written."""
    named = os.environ.get("TMPDIR")
    try:
        found = tempfile.gettempdir()
    except FileNotFoundError:
        found = None
    if found is None or (named and not os.access(named, os.W_OK | os.X_OK)):
        do = "name another one in the environment variable TMPDIR"
        expected = "a folder for temporary files that may be written to"
        raise InputError([Fault(expected, do, named, reason="access")])
    return Path(found)


def _clear(folder: Path) -> None:
    """Remove a folder for temporary files, its mark last: until then the next one to come knows it."""
    with suppress(OSError):
        for path in folder.iterdir():
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            elif path.name != _MARK:
                path.unlink()
    shutil.rmtree(folder, ignore_errors=True)


def _lock(folder: Path) -> int:
    """The lock on a folder, held until the descriptor is closed or the process ends."""
    descriptor = os.open(folder, os.O_RDONLY)
    with suppress(OSError):  # some network drives know no locks
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return descriptor


def _in_use(folder: Path) -> bool:
    """Whether a process holds the lock on a folder."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:  # gone meanwhile
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


@contextmanager
def _alone(parent: Path) -> Iterator[None]:
    """Inside the block no other process looks for, makes or renames folders of runs here."""
    descriptor = os.open(parent, os.O_RDONLY)
    try:
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _swap(folder: Path, place: Path, replace: Callable[[Path], Path | None]) -> Path | None:
    """Rename the folder into its place; what stood there is put back if that fails, else to be removed."""
    if not place.exists():
        folder.rename(place)
        return None
    kept = replace(place)
    away = kept or _beside(place, "replaced")
    place.rename(away)
    try:
        folder.rename(place)
    except BaseException:
        away.rename(place)
        raise
    return None if kept else away


def _settle(folder: Path) -> None:
    """Wait until every file and folder is on the disk: a rename must not outlive its content."""
    for root, _, files in os.walk(folder):
        for path in (*files, ""):
            _sync(Path(root, path))


def _stands(place: Path) -> None:
    """Have a new name written to the disk; it stands already, whole, should the disk refuse."""
    with suppress(OSError):
        _sync(place.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _beside(place: Path, kind: str) -> Path:
    return place.with_name(f".{place.name}.{kind}-{os.getpid()}")
