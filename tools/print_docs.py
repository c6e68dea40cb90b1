"""Print the pages of docs/ from the code, and the result screen of README.md from the last `make demo`.

`--check` only compares the pages.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from earned.books.describe import tables_page
from earned.books.limits import limits_page
from earned.cli import app
from earned.cli.order import STAGES
from earned.contract.json_schema import schema_text
from earned.report.figures_page import figures_page
from tools.error_gallery import EXAMPLES, errors_page, examples_text
from tools.rules_page import rules_pages

DOCS = Path(__file__).resolve().parents[1] / "docs"
NOTE = "<!-- Printed by `make docs`; change the code, not this page. -->\n\n"
BEGIN = "<!-- result screen: begin (printed by `make demo docs`) -->"
END = "<!-- result screen: end -->"


def pages() -> dict[str, str]:
    """File name -> text of every printed page."""
    return {
        "tables.md": NOTE + tables_page(),
        "limits.md": NOTE + limits_page(),
        "errors.md": NOTE + errors_page(),
        "figures.md": NOTE + figures_page(),
        **{name: NOTE + text for name, text in rules_pages().items()},
        "commands.md": NOTE + commands_page(),
        "contract.schema.json": schema_text(),
    }


def commands_page() -> str:
    parts = ["# The commands\n"]
    for command in ([], *([name] for name in _in_order())):
        said = _help(command)
        parts.append(f"\n## {' '.join(['earned', *command])}\n\n```\n{said}```\n")
    return "".join(parts)


def _in_order() -> list[str]:
    """The commands in the order of the work, those of no stage last."""
    known = [c.name or c.callback.__name__ for c in app.registered_commands if c.callback]
    staged = [name for stage in STAGES.values() for name in stage]
    return sorted(known, key=lambda name: staged.index(name) if name in staged else len(staged))


def _help(command: list[str]) -> str:
    program = [sys.executable, "-m", "earned", *command, "--help"]
    environment = {"COLUMNS": "100", "PATH": "", "PYTHONPATH": str(DOCS.parent / "src")}
    done = subprocess.run(program, env=environment, capture_output=True, encoding="utf-8", check=True)
    return "\n".join(line.rstrip() for line in done.stdout.splitlines()) + "\n"


def with_screen(readme: str, screen: str) -> str:
    """README.md with a result screen between its two markers."""
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n```\n{screen}```\n{END}{after}"


def stale(docs: Path) -> list[str]:
    """The pages that do not say what the code says."""
    return [
        name
        for name, text in pages().items()
        if not (docs / name).exists() or (docs / name).read_text(encoding="utf-8") != text
    ]


def main() -> None:
    if "--check" in sys.argv:
        sys.exit(f"make docs prints these anew: {', '.join(old)}" if (old := stale(DOCS)) else 0)
    DOCS.mkdir(exist_ok=True)
    EXAMPLES.write_text(examples_text(), encoding="utf-8")
    for name, text in pages().items():
        (DOCS / name).parent.mkdir(exist_ok=True)
        (DOCS / name).write_text(text, encoding="utf-8")
    readme, screen = DOCS.parent / "README.md", DOCS.parent / "demo-run" / "summary.txt"
    if screen.exists():
        text = with_screen(readme.read_text(encoding="utf-8"), screen.read_text(encoding="utf-8"))
        readme.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
