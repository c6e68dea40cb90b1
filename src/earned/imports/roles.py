"""What an account is, by the standard chart it belongs to or by the type that the export gives it.

The roles are those of the table `accounts`. A standard chart gives the same number to the same thing in
every company; without one, and without a type, the role is not known and no function here guesses it.
"""

from __future__ import annotations

#: Plan comptable général (France): the longest prefix decides.
PCG = {
    "70": "revenue", "71": "other", "72": "other", "7": "other_income",
    "411": "receivable", "413": "receivable", "416": "receivable", "418": "contract_asset",
    "4191": "contract_liability", "487": "contract_liability", "445": "tax",
    "51": "cash", "53": "cash", "6": "cost",
}  # fmt: skip
#: Sistema de Normalização Contabilística (Portugal).
SNC = {
    "71": "revenue", "72": "revenue", "73": "other", "74": "other", "7": "other_income",
    "21": "receivable", "218": "contract_liability", "2721": "contract_asset",
    "282": "contract_liability", "24": "tax", "11": "cash", "12": "cash", "13": "cash", "6": "cost",
}  # fmt: skip
#: Norsk Standard 4102, of two or four digits; the income statement codes of RF-1167 follow it.
NS4102 = {
    "30": "revenue", "31": "revenue", "32": "revenue", "35": "revenue", "37": "revenue",
    "34": "other_income", "36": "other_income", "38": "other_income", "39": "other_income",
    "80": "other_income", "15": "receivable", "153": "contract_asset", "27": "tax", "19": "cash",
    "290": "contract_liability", "297": "contract_liability", "4": "cost",
}  # fmt: skip

_REVENUE = ("revenue", "sales", "umsatz", "erlös", "ertrag", "erträge", "produits", "income", "turnover")
_OTHER_INCOME = ("other income", "interest", "gain", "zins", "sonstige", "financial", "dividend")
_BALANCE = (
    ("receivable", ("receivable", "forderung", "debitor")),
    ("contract_asset", ("contract asset", "unbilled", "accrued revenue")),
    ("contract_liability", ("contract liabilit", "deferred revenue", "unearned", "anzahlung")),
    ("tax", ("tax", "steuer", "vat")),
    ("cash", ("cash", "bank", "kasse")),
)
_COST = ("expense", "cost", "aufwand", "aufwendung", "charge")
_NO_INCOME = ("asset", "liabilit", "equity", "aktiv", "passiv", "kapital", "balance", "bilanz", "expense")


def by_number(account: str, chart: dict[str, str]) -> str:
    """The role of an account by the longest prefix of its number that the chart names; else `other`."""
    prefixes = (account[:length] for length in range(len(account), 0, -1))
    return next((chart[p] for p in prefixes if p in chart), "other")


def by_type(kind: str, subtype: str = "") -> str:
    """The role of an account by the words of its type, then of its subtype; else `other`.

    Income is revenue unless its subtype says interest, gains or other income: only revenue from customers
    is in scope.
    """
    first, second = kind.casefold(), subtype.casefold()
    if not any(word in first for word in _NO_INCOME) and any(word in first for word in _REVENUE):
        minor = any(word in f"{first} {second}" for word in _OTHER_INCOME)
        return "other_income" if minor else "revenue"
    if any(word in first for word in _COST):
        return "cost"
    both = f"{second} {first}"
    return next((role for role, words in _BALANCE if any(w in both for w in words)), "other")
