"""The examples of the documentation, run: what a page shows of a terminal is what the terminal says.

Three conventions, plain Markdown all of them:

- A fence `console` is run, line by line, in one folder for the page with the examples beside it. `$ ` begins
  a command, what it prints stands below; `…` is any text, alone on a line any lines. The exit code is 0, or
  what the command's own comment says: `# exit code 1: differences were found`.
- A fence `sh` is not run, because it needs a database, Java or files that only the reader has. Every `earned`
  in it must have options that exist.
- A fence after "Write `name`:", "Add to `name`:" or "Change in `name`:" is a file: written, appended, or each
  of its lines put in the place of the line with that key.

`python -m tools.console PAGE…` prints what differs; with `--write` the page shows what was printed.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from earned import cli
from tools.answers import change

ROOT = Path(__file__).resolve().parents[1]
MADE = ("demo-case", "demo-run")
_FENCE = re.compile(
    r"(?:^(?P<how>Write|Add to|Change in) `(?P<name>[^`\n]+)`:\n\n)?"
    r"^(?P<edge>```+)(?P<kind>\w*)\n(?P<body>.*?)^(?P=edge)$",
    re.MULTILINE | re.DOTALL,
)
_EXIT = re.compile(r"#.*\bexit code (\d)")


@dataclass(frozen=True)
class Fence:
    """A fenced block of a page: its language, its text, and the file that it is, if it is one."""

    kind: str
    body: str
    how: str = ""
    name: str = ""


@dataclass(frozen=True)
class Typed:
    """A command of a console, with what the page says that it prints."""

    line: str
    shown: str

    @property
    def code(self) -> int:
        found = _EXIT.search(self.line)
        return int(found[1]) if found else 0


def fences(page: str) -> list[Fence]:
    """The fenced blocks of a page in order."""
    groups = (f.groupdict(default="") for f in _FENCE.finditer(page))
    return [Fence(g["kind"], g["body"], g["how"], g["name"]) for g in groups]


def typed(body: str) -> list[Typed]:
    """The commands of a console; text before the first one is no console."""
    first, *rest = re.split(r"^\$ ", body, flags=re.MULTILINE)
    if first or not rest:
        raise ValueError(f"a console begins with a command, `$ …`: {body[:60]!r}")
    return [Typed(line, shown) for line, _, shown in (one.partition("\n") for one in rest)]


def matches(shown: str, said: str) -> bool:
    """Whether what a page shows stands for what was said; blanks at line ends and around it do not count."""
    parts = []
    for line in _lines(shown):
        parts.append(r"(?:.*\n)*?" if line == "…" else re.escape(line).replace("…", ".*") + "\n")
    return re.fullmatch("".join(parts), "".join(f"{line}\n" for line in _lines(said))) is not None


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip("\n").splitlines()]


def unknown(line: str) -> str:
    """What `--help` says against a command line of ours that is not run: a name or option that is none."""
    words = shlex.split(line.replace("…", ""), comments=True)[1:]
    first = 1 if words and not words[0].startswith("-") else 0
    code, text = _in_process([*words[:first], "--help", *words[first:]], ROOT)
    return "" if code == 0 else f"{line.strip()}: {text}"


def misspelt(page: str) -> list[str]:
    """Our commands in a page's consoles, `sh` and indented code that `--help` does not know."""
    code = "".join(f.body for f in fences(page) if f.kind in ("console", "sh"))
    code += "".join(re.findall(r"^ {4}.*\n", _FENCE.sub("", page), re.MULTILINE))
    lines = re.findall(r"^\s*(?:\$ )?(earned(?: .*)?)$", code, re.MULTILINE)
    return [wrong for line in lines if (wrong := unknown(line))]


def run(line: str, folder: Path) -> tuple[int, str]:
    """Exit code of a command line in a folder, and what it printed: stdout, then stderr."""
    if line.startswith("earned") and not re.search(r"[|<>;&*]", line.partition("#")[0]):
        return _in_process(shlex.split(line, comments=True)[1:], folder)
    done = subprocess.run(
        ["bash", "-c", line], cwd=folder, env=_environment(), capture_output=True, encoding="utf-8"
    )
    return done.returncode, done.stdout + done.stderr


def _in_process(words: list[str], folder: Path) -> tuple[int, str]:
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.chdir(folder),
        mock.patch.dict(os.environ, _environment(), clear=True),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            cli.main(words)
        except SystemExit as left:
            return int(left.code or 0), out.getvalue() + err.getvalue()
    raise AssertionError("a command leaves with its exit code")


def _environment() -> dict[str, str]:
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    return {"PATH": path, "HOME": os.environ.get("HOME", ""), "COLUMNS": "80", "NO_COLOR": "1"}


def put(fence: Fence, folder: Path) -> None:
    """Make the file that a fence is."""
    place = folder / fence.name
    place.parent.mkdir(parents=True, exist_ok=True)
    if fence.how == "Change in":
        change(place, fence.body)
        return
    with place.open("w" if fence.how == "Write" else "a", encoding="utf-8") as file:
        file.write(fence.body)


def prepare(folder: Path, page: str, made: Path) -> None:
    """Lay out what a page starts from: the examples, and the case of `make demo` where it is spoken of."""
    shutil.copytree(ROOT / "examples", folder / "examples")
    for name in MADE:
        if name in page:
            shutil.copytree(made / name, folder / name)


def said(page: str, folder: Path) -> Iterator[tuple[Typed, int, str]]:
    """Run a page: each command with its exit code and what it printed. `make demo` is what made the case."""
    for fence in fences(page):
        if fence.name:
            put(fence, folder)
        for command in typed(fence.body) if fence.kind == "console" else ():
            if command.line == "make demo":
                yield command, 0, (folder / "demo-run" / "summary.txt").read_text(encoding="utf-8")
            else:
                yield command, *run(command.line, folder)


def differences(page: str, folder: Path) -> list[str]:
    """What a page shows and the terminal does not say, in words."""
    return [
        f"$ {command.line}\nexit code {code} (the page: {command.code})\n{text}"
        for command, code, text in said(page, folder)
        if code != command.code or not matches(command.shown, text)
    ]


def rewritten(page: str, folder: Path) -> str:
    """The page with what was printed where that differs and the exit code is that of the page."""
    for command, code, text in said(page, folder):
        if code == command.code and not matches(command.shown, text):
            new = "".join(f"{line}\n" for line in _lines(text) or [""] if text.strip("\n"))
            page = page.replace(f"$ {command.line}\n{command.shown}", f"$ {command.line}\n{new}", 1)
    return page


def main(words: list[str]) -> int:
    """Check pages against the demo that stands here; returns the exit code."""
    wrong = 0
    for place in (Path(word) for word in words if not word.startswith("-")):
        with tempfile.TemporaryDirectory() as name:
            page, folder = place.read_text(encoding="utf-8"), Path(name)
            prepare(folder, page, ROOT)
            if "--write" in words:
                place.write_text(rewritten(page, folder), encoding="utf-8")
            else:
                found = [*misspelt(page), *differences(page, folder)]
                wrong += len(found)
                print(f"{place}: {len(found)} differences", *found, sep="\n")
    return min(wrong, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
