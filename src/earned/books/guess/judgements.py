"""The company's currency, and the policies that move figures and that no file states: mostly questions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from earned.books.guess import settle, words
from earned.books.guess.answer import Answer, Note, ask
from earned.books.guess.recognise import Draft, by_table
from earned.books.guess.survey import Found
from earned.money import currencies

_CJK = re.compile(r"[\u4e00-\u9fff]")
#: Currencies whose contract prices often contain tax: there P5 asks.
_TAX_INSIDE = ("CNY", "EUR", "GBP")
#: Rates of VAT in force in 2021, where a currency has one country or few.
_RATES = {
    "CNY": ("60000", "90000", "130000"), "EUR": ("190000", "200000", "210000", "230000"),
    "GBP": ("200000",), "JPY": ("100000",), "INR": ("180000",), "NOK": ("250000",), "SEK": ("250000",),
    "DKK": ("250000",), "PLN": ("230000",), "CHF": ("77000",), "TWD": ("50000",),
}  # fmt: skip


def company(drafts: Sequence[Draft], found: Sequence[Found]) -> dict[str, Any]:
    """The currency, by what the rows name, else what the headers say; and the time zone of Chinese books."""
    currency = _currency(drafts, found)
    keys: dict[str, Any] = {"currency": currency}
    if name := _name(found):
        keys = {"name": Answer(name, "the first line of a file says so")} | keys
    if currency.value == "CNY":
        keys["timezone"] = Answer("Asia/Shanghai", "assumed for CNY; instants without a zone are read in it")
    return keys


def _name(found: Sequence[Found]) -> str | None:
    for text in (t for one in found for t in one.above[:1]):
        match = re.match(r"(.*?公司)", text)
        if match:
            return match[1]
        if re.search(r"\b(Inc|Ltd|LLC|GmbH|AG|SA|SAS|Co|Corp|plc)\b\.?", text) and len(text) <= 80:
            return text
    return None


def _currency(drafts: Sequence[Draft], found: Sequence[Found]) -> Answer:
    if any(f.export and f.export.format == "fec" for f in found):
        return Answer("EUR", "a FEC is kept in euro")
    named: Counter[str] = Counter()
    for one in drafts:
        column = one.header("currency") if one.table in ("contracts", "entries") else None
        codes = (
            (v.upper() if v.upper() in currencies() else words.currency_in(v) for v in column.values)
            if column
            else ()
        )
        named.update(c for c in codes if c)
    if len(named) == 1:
        return Answer(next(iter(named)), "the only currency of the rows")
    if named:
        return ask("the rows name several; which one are the accounts kept in?", sorted(named))
    texts = [
        t for one in found for t in (*one.above, *(p for c in one.columns for p in words.brackets(c.header)))
    ]
    cells = [v for d in drafts for n in ("price", "amount") if (c := d.header(n)) for v in c.values[:20]]
    said = next((code for t in (*texts, *cells) if (code := words.currency_in(t))), None)
    if said:
        return Answer(said, "the headers or amounts say so")
    if any(_CJK.search(c.header) for one in found for c in one.columns):
        return Answer("CNY", "assumed: the headers are Chinese")
    return ask("which currency are the books kept in?", ("USD", "EUR", "CNY", "GBP"))


def policies(drafts: Sequence[Draft], currency: Answer) -> dict[str, Any]:
    """The judgements that move figures and that the files do not make."""
    contracts, obligations = by_table(drafts, "contracts"), by_table(drafts, "obligations")
    keys: dict[str, Any] = {}
    if contracts:
        keys |= _tax(contracts, currency)
    if obligations and not any("pattern" in d.columns for d in (*contracts, *obligations)):
        why = "is control of what was promised passed at a point in time or over time?"
        keys["pattern"] = ask(why, ("point_in_time", "over_time"))
    said = {s for d in by_table(drafts, "evidence") for s in settle.stages(d).values()}
    said |= {d.columns["stage"].spec[1:] for d in by_table(drafts, "evidence") if "stage" in d.columns}
    stages = [s for s in ("go_live", "initial", "final") if s in said]
    if len(stages) > 1 and not any("binding_stage" in d.columns for d in (*contracts, *obligations)):
        keys["binding_stage"] = ask("which acceptance do the contracts make binding?", stages)
    return keys


def _rates(currency: Answer) -> tuple[str, ...]:
    """Usual rates of VAT in parts per million, the most usual for services first."""
    return _RATES.get(str(currency.value), ("200000", "190000", "230000"))


def _tax(contracts: Sequence[Draft], currency: Answer) -> dict[str, Any]:
    inside = [d.columns.get("price_includes_tax") for d in contracts]
    rated = all("tax_rate" in d.columns for d in contracts)
    if all(c and c.spec == "=false" for c in inside):
        return {}
    if (currency.open or currency.value in _TAX_INSIDE) and not all(inside):
        keys: dict[str, Any] = {
            "price_includes_tax": ask("do contract prices contain VAT?", ("true", "false"))
        }
        return (
            keys
            if rated
            else keys
            | {"#tax": Note(f"tax_rate: {_rates(currency)[0]}   (ppm; needed where prices contain VAT)")}
        )
    if any(c and c.spec == "=true" for c in inside) and not rated:
        return {"tax_rate": ask("the VAT rate inside prices, in parts per million", _rates(currency))}
    return {}
