"""Print the pages of docs/ from the code, and the result screen of README.md from the last `make demo`.

`--check` only compares the pages.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from earned.books.schema import Column, Table, tables

DOCS = Path(__file__).resolve().parents[1] / "docs"
NOTE = "<!-- Printed by `make docs`; change the code, not this page. -->\n\n"
BEGIN = "<!-- result screen: begin (printed by `make demo docs`) -->"
END = "<!-- result screen: end -->"


def pages() -> dict[str, str]:
    """File name -> text of every printed page."""
    return {"tables.md": NOTE + tables_page(), "commands.md": NOTE + commands_page()}


def tables_page() -> str:
    head = (
        "# The tables of the books\n\n"
        "*required*: the row cannot be used without it. *core*: optional, but the answer is much weaker "
        "without it. *optional*: switches on what names it. *one of G*: at least one column of group G must "
        "be filled in each row. "
        "Money is decimal text or a number in the file and is kept as integer minor units in `<name>_minor`. "
        "Every table also carries `source_file` and `source_row`, added by the reader.\n"
    )
    return head + "".join(_table(table) for table in tables().values())


def _table(table: Table) -> str:
    rows = "".join(_row(column) for column in table.columns)
    key = ", ".join(f"`{name}`" for name in table.key)
    return (
        f"\n## {table.name}\n\nA row is {table.row}. Key: {key}.\n\n"
        f"| column | type | need | meaning |\n|---|---|---|---|\n{rows}"
    )


def _row(column: Column) -> str:
    kind = f"{column.type}: {', '.join(column.values)}" if column.values else column.type
    need = f"one of {column.group}" if column.group else column.need
    notes = [column.meaning]
    if column.unit:
        notes.append(f"unit: {column.unit}")
    if column.otherwise:
        notes.append(f"when empty: {', '.join(column.otherwise)}")
    if column.ads:
        notes.append(f"in the AICPA Audit Data Standards: {column.ads}")
    return (
        "| " + " | ".join(_cell(text) for text in (f"`{column.name}`", kind, need, "; ".join(notes))) + " |\n"
    )


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def commands_page() -> str:
    parts = ["# The commands\n"]
    for command in ([], ["examine"]):
        said = _help(command)
        parts.append(f"\n## {' '.join(['earned', *command])}\n\n```\n{said}```\n")
    return "".join(parts)


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
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8")
    readme, screen = DOCS.parent / "README.md", DOCS.parent / "demo-run" / "summary.txt"
    if screen.exists():
        text = with_screen(readme.read_text(encoding="utf-8"), screen.read_text(encoding="utf-8"))
        readme.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
