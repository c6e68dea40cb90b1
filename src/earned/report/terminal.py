"""How wide a result may be where it is shown, lines that fit, and colours: never colour alone."""

from __future__ import annotations

import os
import shutil
import textwrap
from collections.abc import Callable, Mapping
from typing import TextIO

from earned.report.numbers import cut, wide

#: What a file, a pipe and a narrow terminal get, and the longest line that is still read with ease.
WIDTH, LEAST, MOST = 80, 60, 120

#: A tone and a text -> the text, in that tone where it is shown in colours.
Paint = Callable[[str, str], str]

#: Exception red, judgement amber, agreed green, not tested grey; `strong` for what a line is about.
_TONES = {"exception": "31", "judgement": "33", "agreed": "32", "untested": "2", "strong": "1"}


def bare(tone: str, text: str) -> str:
    """A text without any tone."""
    return text


def coloured(tone: str, text: str) -> str:
    """A text in its tone; blanks around it and empty texts stay as they are."""
    inner = text.strip()
    return text.replace(inner, f"\x1b[{_TONES[tone]}m{inner}\x1b[0m", 1) if inner else text


def paint_for(stream: TextIO, environment: Mapping[str, str] = os.environ) -> Paint:
    """Colours at a terminal that has them. NO_COLOR forbids them; FORCE_COLOR wants them anywhere."""
    if environment.get("NO_COLOR"):
        return bare
    if environment.get("FORCE_COLOR", "0") != "0":
        return coloured
    return coloured if stream.isatty() and environment.get("TERM", "dumb") != "dumb" else bare


def width_for(stream: TextIO) -> int:
    """Columns for a result: those of the terminal within LEAST and MOST; WIDTH where there is none."""
    if not stream.isatty():
        return WIDTH
    return min(max(shutil.get_terminal_size((WIDTH, 24)).columns, LEAST), MOST)


def wrapped(text: str, width: int) -> list[str]:
    """A text of ours over as many lines as it needs."""
    if wide(text) <= width:
        return [text]
    return textwrap.wrap(text, width, initial_indent=" " * text.startswith(" "), subsequent_indent="   ")


def folded(text: str, deep: int, indent: str, width: int) -> list[str]:
    """A text over one or two lines, the last one cut."""
    if deep == 1 or wide(text) <= width:
        return [cut(text, width)]
    fits = len(cut(text, width + 1)) - 1
    blank = text.rfind(" ", len(indent), fits + 1)
    at = blank if blank > 0 else fits
    return [text[:at], cut(indent + text[at:].strip(), width)]
