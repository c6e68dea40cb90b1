"""Blocks of a written document, as Markdown or as one self-contained page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Heading:
    """A heading of a level, 1 the title."""

    level: int
    text: str


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    text: str


@dataclass(frozen=True)
class Lines:
    """A table: its heads, its rows, the places of the columns that hold amounts, and of those whose cells
    stand on one line."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    amounts: Sequence[int] = ()
    whole: Sequence[int] = ()


Block = Heading | Text | Lines

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #1d2733;
  max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.6rem } h2 { font-size: 1.2rem; margin-top: 2.2rem; border-bottom: 1px solid #c9d2dc }
h3 { font-size: 1rem; margin-top: 1.4rem }
.wide { overflow-x: auto } table { border-collapse: collapse; margin: .6rem 0 }
th, td { text-align: left; vertical-align: top; padding: .25rem .9rem .25rem 0;
  border-bottom: 1px solid #e4e9ee }
td.amount, th.amount { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
td.whole { white-space: nowrap }
@media print { body { margin: 0; max-width: none } }
"""


def markdown(blocks: Sequence[Block]) -> str:
    """The blocks as Markdown; what comes from the file cannot begin a cell, a link or a tag."""
    return "\n\n".join(_as_markdown(block) for block in blocks) + "\n"


def _as_markdown(block: Block) -> str:
    if isinstance(block, Heading):
        return f"{'#' * block.level} {_plain(block.text)}"
    if isinstance(block, Text):
        return _plain(block.text)
    rule = ["---:" if i in block.amounts else "---" for i, _ in enumerate(block.heads)]
    rows = [[_plain(head) for head in block.heads], rule, *([_plain(c) for c in row] for row in block.rows)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _plain(text: str) -> str:
    one_line = " ".join(text.split())
    for sign in ("\\", "|", "`", "<", "[", "]", "*"):
        one_line = one_line.replace(sign, f"\\{sign}")
    return one_line


def html(blocks: Sequence[Block]) -> str:
    """The blocks as one page without anything fetched; every text is escaped."""
    title = next((escape(b.text) for b in blocks if isinstance(b, Heading)), "")
    body = "\n".join(_as_html(block) for block in blocks)
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width">\n<title>{title}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _as_html(block: Block) -> str:
    if isinstance(block, Heading):
        return f"<h{block.level}>{escape(block.text)}</h{block.level}>"
    if isinstance(block, Text):
        return f"<p>{escape(block.text)}</p>"
    heads = "".join(_cell("th", head, _kind(block, i)) for i, head in enumerate(block.heads))
    rows = "".join(
        f"<tr>{''.join(_cell('td', cell, _kind(block, i)) for i, cell in enumerate(row))}</tr>\n"
        for row in block.rows
    )
    return f'<div class="wide"><table>\n<tr>{heads}</tr>\n{rows}</table></div>'


def _kind(block: Lines, column: int) -> str:
    return "amount" if column in block.amounts else "whole" if column in block.whole else ""


def _cell(tag: str, text: str, kind: str) -> str:
    of = f' class="{kind}"' if kind else ""
    scope = ' scope="col"' if tag == "th" else ""
    return f"<{tag}{scope}{of}>{escape(text)}</{tag}>"
