"""The register of figures as a page of documentation."""

from __future__ import annotations

from earned import run
from earned.report import figures

_INTRO = """# Every figure of a run

What each column of the tables in a run folder is, how it comes about, and the paragraph or rule behind it.
Words in braces are the cells that the figure is made of; `earned explain RUN ADDRESS` fills them in. Where a
line says *exact*, the tests compute the stored value again from those cells. [explain.md](explain.md) says
how to walk through them.
"""


def figures_page() -> str:
    """Markdown: a section a table, a line a column and case."""
    parts = [_INTRO]
    for table in run.names():
        parts.append(f"\n## {table}\n\n| column | is | comes about | rule |\n|---|---|---|---|\n")
        parts += [_line(figure) for figure in figures.tables()[table].figures.values()]
    return "".join(parts)


def _line(figure: figures.Figure) -> str:
    said = "; or: ".join(f"{c.says}{' (*exact*)' if c.formula else ''}" for c in figure.cases)
    rules = "; ".join(dict.fromkeys(case.standard for case in figure.cases if case.standard))
    return f"| `{figure.column}` | {figure.label} | {said.replace('|', '/')} | {rules} |\n"
