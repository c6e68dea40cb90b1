"""Cells of a worksheet that the library below would hand over as something else, found in the XML itself.

Errors and formulas without a value (it gives blank), and numbers that lose digits: it shows nine decimals
of a binary fraction, so that 1234567890.12 becomes 1234567890.119999886, and rounds whole numbers beyond
2^53.
"""

from __future__ import annotations

import re
from decimal import Decimal

#: The column and row that a cell names, wherever they stand among its attributes.
PLACE = rb"""\s(?=(?:[^<>]*?\s)?r\s*=\s*["']([A-Za-z]{1,9})(\d{1,30})["'])"""
_CELL = rb"<(?:\w+:)?c" + PLACE
_TYPED = rb"""(?=(?:[^<>]*?\s)?t\s*=\s*["']%s["'])"""
_FORMULA = rb"\s*(?:<(?:\w+:)?f(?:\s[^<>]*)?/>|<(?:\w+:)?f(?:\s[^<>]*)?>([^<]*)</(?:\w+:)?f\s*>)"
_VALUE = rb"\s*<(?:\w+:)?v(?:\s[^<>]*)?>\s*"
_ERROR = re.compile(_CELL + _TYPED % b"e" + rb"[^<>]*>(?:" + _FORMULA + rb")?" + _VALUE + rb"([^<]*?)\s*</")
#: The value of a formula that gives a text may be the text without characters.
_NO_VALUE = re.compile(
    rb"<(?:\w+:)?c(?=[^<>]*>\s*<(?:\w+:)?f)"
    + PLACE
    + rb"("
    + _TYPED % b"str"
    + rb")?+[^<>]*>"
    + _FORMULA
    + rb"(?(3)|(?:\s*<(?:\w+:)?v(?:\s[^<>]*)?/>|"
    + _VALUE
    + rb"</(?:\w+:)?v\s*>)?)\s*</(?:\w+:)?c\s*>"
)
_LONG = rb"-?(?:\d{7,}\.\d+|\d{16,}|\d+(?:\.\d+)?[eE]\+?\d+)"
_SOME_LONG = re.compile(rb">\s*" + _LONG + rb"\s*<")
_NUMBER = re.compile(
    rb"<(?:\w+:)?c(?=[^<>]*>(?:"
    + _FORMULA
    + rb")?"
    + _VALUE
    + _LONG
    + rb")"
    + PLACE
    + rb"(?!"
    + _TYPED % rb"(?!n[\"'])\w*"
    + rb")[^<>]*>(?:"
    + _FORMULA
    + rb")?"
    + _VALUE
    + rb"("
    + _LONG
    + rb")\s*</"
)
#: Digits that tell two doubles apart; a file with more of them was not written from a double.
_DIGITS = 17
#: From here on a double is no exact number of units: what a spreadsheet shows is kept, as 1.23E+17.
_EXACT = 2**53

#: The text of a cell by its column and row, as they stand in the file.
Texts = list[tuple[bytes, bytes, str]]


def without_value(block: bytes) -> Texts:
    """Errors as their text, formulas without a value with = before them; whole rows of XML are given."""
    found: Texts = []
    if b"#" in block:
        found += [(c, r, _text(v)) for c, r, _, v in _ERROR.findall(block)]
    if b"<f" in block or b":f" in block:
        found += [(c, r, _text(b"=" + f)) for c, r, _, f in _NO_VALUE.findall(block)]
    return found


def long_numbers(block: bytes) -> Texts:
    """Numbers of many digits as the shortest decimal (R8)."""
    if not _SOME_LONG.search(block):
        return []
    return [(c, r, shortest(v.decode())) for _, c, r, _, v in _NUMBER.findall(block)]


def shortest(written: str) -> str:
    """The decimal that a number in a file of doubles stands for: 1234567890.1199999 is 1234567890.12.

    What has more digits than a double can tell apart was written from a decimal and stays as it is.
    """
    mantissa, *exponent = re.split("[eE]", written)
    digits = len(mantissa.lstrip("-0").replace(".", ""))
    if digits > _DIGITS or (not exponent and "." not in mantissa):
        return written
    value = float(written)
    if abs(value) > _EXACT:
        return format(Decimal(written), "E")
    short = format(Decimal(repr(value)), "f")
    short = short.rstrip("0").rstrip(".") if "." in short else short
    return short if exponent or len(short) < len(written) else written


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")
