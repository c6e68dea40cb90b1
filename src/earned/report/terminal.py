"""How wide a result may be where it is shown, and whether in colours: never by colour alone."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from typing import TextIO

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
