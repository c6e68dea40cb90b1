"""Numbers as people write them, read exactly (R3, P3).

A number becomes a HUGEINT of billionths ("nano"), so that nothing passes through a float: money,
quantities, rates and counts are all taken from it, and what does not fit exactly is not read.
"""

from __future__ import annotations

import re
from fractions import Fraction

from earned.books import sql

NANO = 10**9
#: Whole digits that are read; beyond them the reason is `range`.
_WHOLE = 24
_WIDE_BLANKS = "\u00a0\u202f\u2009\u2007\u3000\t"
#: Which currencies a sign may mean; XXX is the currency of books that name none (R7).
_DOLLAR = (
    "USD AUD CAD HKD SGD TWD NZD BBD BMD BND BSD BZD FJD GYD JMD KYD LRD NAD SBD SRD TTD XCD "
    "ARS CLP COP CUP DOP MXN UYU XXX"
)
_SIGNS = {
    "$": _DOLLAR,
    "¥": "CNY JPY XXX",
    "元": "CNY JPY TWD HKD XXX",
    "圆": "CNY JPY TWD HKD XXX",
    "€": "EUR XXX",
    "£": "GBP EGP FKP GIP LBP SDG SHP SSP SYP XXX",
    "₩": "KRW KPW XXX",
    "₹": "INR XXX",
    "₽": "RUB XXX",
    "₺": "TRY XXX",
    "₫": "VND XXX",
    "₪": "ILS XXX",
    "₴": "UAH XXX",
    "₱": "PHP XXX",
    "₦": "NGN XXX",
    "₸": "KZT XXX",
    "฿": "THB XXX",
    "₡": "CRC XXX",
    "₲": "PYG XXX",
    "₾": "GEL XXX",
    "₼": "AZN XXX",
}
_PREFIXED = {"US$": "USD", "HK$": "HKD", "A$": "AUD", "AU$": "AUD", "C$": "CAD NIO", "CA$": "CAD"}
_PREFIXED |= {"NT$": "TWD", "S$": "SGD", "NZ$": "NZD", "R$": "BRL", "CN¥": "CNY", "JP¥": "JPY", "RMB¥": "CNY"}
_CURRENCY = r"[A-Z]{0,3}\p{Sc}|[A-Z]{3}|元|圆"


def normal(cell: str) -> str:
    """The cell with one kind of blank and minus, and without a currency sign or code around it."""
    one_blank = f"translate({cell}, {sql.text(_WIDE_BLANKS + chr(0x2212))}, '{' ' * len(_WIDE_BLANKS)}-')"
    before = f"regexp_replace({one_blank}, '^([-(]?) *(?:{_CURRENCY}) *', '\\1')"
    both = f"regexp_replace({before}, ' *(?:{_CURRENCY}) *([-)]?)$', '\\1')"
    return f"CASE WHEN regexp_full_match({cell}, '[-]?[0-9.]+') THEN {cell} ELSE trim({both}) END"


def stated_code(cell: str) -> str:
    """The currencies that a code or a sign in the cell itself may mean, with blanks between; else NULL."""
    code = f"nullif(regexp_extract({cell}, '(?:^|[^A-Z])([A-Z]{{3}})(?:[^A-Z$]|$)', 1), '')"
    code = f"replace({code}, 'RMB', 'CNY')"
    sign = f"translate(regexp_extract({cell}, '[A-Z]{{0,3}}\\p{{Sc}}|元|圆'), '￥￡＄￦', '¥£$₩')"
    prefixed = " ".join(f"WHEN {sql.text(s)} THEN {sql.text(codes)}" for s, codes in _PREFIXED.items())
    plain = " ".join(f"WHEN {sql.text(s)} THEN {sql.text(codes)}" for s, codes in _SIGNS.items())
    meant = f"CASE {sign} WHEN '' THEN NULL {prefixed} ELSE CASE right({sign}, 1) {plain} ELSE 'none' END END"
    return f"CASE WHEN NOT regexp_full_match({cell}, '[-0-9.,]+') THEN coalesce({code}, {meant}) END"


def marks(decimal: str | None, thousands: str | None) -> tuple[str, str]:
    """The decimal mark and the thousands mark: the declared ones, else '.' and ','."""
    point = decimal or ("," if thousands == "." else ".")
    return point, thousands or ("." if point == "," else ",")


def digits(normal: str, decimal: str | None, thousands: str | None) -> str:
    """The normal text as digits with '.' and a leading '-'; NULL where it is no number (R3).

    Thousands stand in groups of three, by the mark or a blank; `(1.00)` and `1.00-` are negative.
    """
    point, group = marks(decimal, thousands)
    whole = rf"(?:[0-9]+|[0-9]{{1,3}}(?:[{re.escape(group)} ][0-9]{{2,3}})*[{re.escape(group)} ][0-9]{{3}})"
    number = rf"(?:{whole}(?:{re.escape(point)}[0-9]*)?|{re.escape(point)}[0-9]+)"
    grammar = sql.text(rf"- ?{number}|{number} ?-?|\( ?{number} ?\)")
    sign = f"CASE WHEN contains({normal}, '-') OR starts_with({normal}, '(') THEN '-' ELSE '' END"
    kept = f"regexp_replace({normal}, {sql.text(f'[^0-9{re.escape(point)}]')}, '', 'g')"
    read = f"concat({sign}, replace({kept}, {sql.text(point)}, '.'))"
    usual = f"regexp_full_match({normal}, '-?[0-9]+(\\.[0-9]+)?')" if point == "." else "false"
    return f"CASE WHEN {usual} THEN {normal} WHEN regexp_full_match({normal}, {grammar}) THEN {read} END"


def nano(digits: str, factor: Fraction = Fraction(1)) -> str:
    """The digits times a factor as a HUGEINT of billionths; NULL where that is not exact or too large."""
    point = f"strpos({digits}, '.')"
    places = f"CASE WHEN {point} = 0 THEN 0 ELSE length({digits}) - {point} END"
    powers = " ".join(f"WHEN {n} THEN {10 ** (9 - n)}" for n in range(10))
    short = f"length({digits}) <= 18 AND length({digits}) - {point} <= 9 + 18 * CAST({point} = 0 AS INTEGER)"
    quick = f"CAST(CAST(replace({digits}, '.', '') AS BIGINT) AS HUGEINT) * CASE {places} {powers} END"
    sign = f"CASE WHEN starts_with({digits}, '-') THEN '-' ELSE '' END"
    joined = f"concat({sign}, {_whole(digits)}, rpad({_fraction(digits)}, 9, '0'))"
    fits = f"length({_whole(digits)}) <= {_WHOLE} AND length({_fraction(digits)}) <= 9"
    read = f"CASE WHEN {short} THEN {quick} WHEN {fits} THEN CAST({joined} AS HUGEINT) END"
    return read if factor == 1 else _times(read, digits, factor)


def _times(nano: str, digits: str, factor: Fraction) -> str:
    """The nano times a factor where that is exact and not too large, else NULL."""
    small = f"length({_whole(digits)}) <= {_WHOLE + 4 - len(str(abs(factor.numerator)))}"
    product = f"({nano}) * {factor.numerator}::HUGEINT"
    if factor.denominator == 1:
        return f"CASE WHEN {small} THEN {product} END"
    divided = f"({product}) // {factor.denominator}::HUGEINT"
    return f"CASE WHEN {small} AND ({product}) % {factor.denominator}::HUGEINT = 0 THEN {divided} END"


def reason(digits: str) -> str:
    """Why the digits gave no number: `number` (no number at all), `range` or `decimals`."""
    return (
        f"CASE WHEN {digits} IS NULL THEN 'number' "
        f"WHEN length({_whole(digits)}) > {_WHOLE - 4} THEN 'range' ELSE 'decimals' END"
    )


def whole(nano: str) -> str:
    """A nano as an int64 where it is a whole number that fits, else NULL."""
    return f"CASE WHEN {nano} % {NANO} = 0 THEN TRY_CAST({nano} // {NANO} AS BIGINT) END"


def decimal(nano: str) -> str:
    """A nano as decimal(38,9), exactly; NULL where it is too large."""
    parts = f"abs({nano}) // {NANO}, '.', lpad(CAST(abs({nano}) % {NANO} AS VARCHAR), 9, '0')"
    signed = f"concat(CASE WHEN {nano} < 0 THEN '-' ELSE '' END, {parts})"
    return f"CASE WHEN {nano} IS NOT NULL THEN TRY_CAST({signed} AS DECIMAL(38, 9)) END"


def minor(nano: str, step: str, floating: str) -> str:
    """Minor units of `step` billionths each (HUGEINT); NULL where the nano is not a whole number of them.

    A figure that passed through a float (`floating`) may lie a millionth of a minor unit off (P3).
    """
    short = f"TRY_CAST({nano} AS BIGINT)"
    rounded = f"sign({nano})::HUGEINT * ((2 * abs({nano}) + {step}) // (2 * {step}))"
    near = f"abs({nano} - {rounded} * {step}) <= {step} // 1000000"
    return (
        f"CASE WHEN {floating} THEN CASE WHEN {near} THEN {rounded} END "
        f"WHEN {short} % {step} = 0 THEN CAST({short} // {step} AS HUGEINT) "
        f"WHEN {short} IS NULL AND {nano} % {step} = 0 THEN {nano} // {step} END"
    )


def _whole(digits: str) -> str:
    return f"ltrim(split_part(ltrim({digits}, '-'), '.', 1), '0')"


def _fraction(digits: str) -> str:
    return f"rtrim(split_part({digits}, '.', 2), '0')"
