"""The paragraphs that a figure rests on, in both standards: ASC 606, 340-40 and 830, IFRS 15 and IAS 21."""

from __future__ import annotations

import re

US_GAAP, IFRS = "us_gaap", "ifrs"
FRAMEWORKS = {US_GAAP: "US GAAP (ASC 606)", IFRS: "IFRS (IFRS 15)"}

#: what is decided or computed -> its paragraph under US GAAP and under IFRS
_BOTH = {
    "contract": ("ASC 606-10-25-1", "IFRS 15.9"),
    "no_contract": ("ASC 606-10-25-7", "IFRS 15.15"),
    "combined": ("ASC 606-10-25-9", "IFRS 15.17"),
    "modification": ("ASC 606-10-25-10", "IFRS 15.18"),
    "unsettled": ("ASC 606-10-25-11", "IFRS 15.19"),
    "separate": ("ASC 606-10-25-12", "IFRS 15.20"),
    "prospective": ("ASC 606-10-25-13(a)", "IFRS 15.21(a)"),
    "catch_up": ("ASC 606-10-25-13(b)", "IFRS 15.21(b)"),
    "mixed": ("ASC 606-10-25-13(c)", "IFRS 15.21(c)"),
    "obligations": ("ASC 606-10-25-14", "IFRS 15.22"),
    "satisfied": ("ASC 606-10-25-23", "IFRS 15.31"),
    "over_time": ("ASC 606-10-25-27", "IFRS 15.35"),
    "point": ("ASC 606-10-25-30", "IFRS 15.38"),
    "progress": ("ASC 606-10-25-31", "IFRS 15.39"),
    "reestimated": ("ASC 606-10-25-35", "IFRS 15.43"),
    "output": ("ASC 606-10-55-17", "IFRS 15.B15"),
    "invoice": ("ASC 606-10-55-18", "IFRS 15.B16"),
    "input": ("ASC 606-10-55-20", "IFRS 15.B18"),
    "uninstalled": ("ASC 606-10-55-21", "IFRS 15.B19"),
    "returns": ("ASC 606-10-55-22", "IFRS 15.B20"),
    "return_asset": ("ASC 606-10-55-27", "IFRS 15.B25"),
    "principal": ("ASC 606-10-55-36", "IFRS 15.B34"),
    "option": ("ASC 606-10-55-42", "IFRS 15.B40"),
    "royalty": ("ASC 606-10-55-65", "IFRS 15.B63"),
    "repurchase": ("ASC 606-10-55-66", "IFRS 15.B64"),
    "put": ("ASC 606-10-55-72", "IFRS 15.B70"),
    "consignment": ("ASC 606-10-55-79", "IFRS 15.B77"),
    "bill_and_hold": ("ASC 606-10-55-83", "IFRS 15.B81"),
    "acceptance": ("ASC 606-10-55-85", "IFRS 15.B83"),
    "price": ("ASC 606-10-32-2", "IFRS 15.47"),
    "variable": ("ASC 606-10-32-8", "IFRS 15.53"),
    "constraint": ("ASC 606-10-32-11", "IFRS 15.56"),
    "reassessed": ("ASC 606-10-32-14", "IFRS 15.59"),
    "refund": ("ASC 606-10-32-10", "IFRS 15.55"),
    "financing": ("ASC 606-10-32-15", "IFRS 15.60"),
    "rate": ("ASC 606-10-32-19", "IFRS 15.64"),
    "payable": ("ASC 606-10-32-25", "IFRS 15.70"),
    "allocation": ("ASC 606-10-32-28", "IFRS 15.73"),
    "relative": ("ASC 606-10-32-31", "IFRS 15.76"),
    "ssp": ("ASC 606-10-32-33", "IFRS 15.78"),
    "residual": ("ASC 606-10-32-34(c)", "IFRS 15.79(c)"),
    "discount": ("ASC 606-10-32-37", "IFRS 15.82"),
    "own_amount": ("ASC 606-10-32-40", "IFRS 15.85"),
    "change": ("ASC 606-10-32-43", "IFRS 15.88"),
    "earlier_promise": ("ASC 606-10-32-45", "IFRS 15.90"),
    "balances": ("ASC 606-10-45-1", "IFRS 15.105"),
    "receivable": ("ASC 606-10-45-4", "IFRS 15.108"),
    "remaining": ("ASC 606-10-50-13", "IFRS 15.120"),
    "obtain": ("ASC 340-40-25-1", "IFRS 15.91"),
    "fulfil": ("ASC 340-40-25-5", "IFRS 15.95"),
    "spent": ("ASC 340-40-25-8", "IFRS 15.98"),
    "amortisation": ("ASC 340-40-35-1", "IFRS 15.99"),
    "impairment": ("ASC 340-40-35-3", "IFRS 15.101"),
    "loss": ("ASC 605-35-25-45", "IAS 37.66"),
    "translated": ("ASC 830-20-30-1", "IAS 21.21"),
    "average_rate": ("ASC 830-10-55-10", "IAS 21.22"),
    "advance": ("ASC 830-10-45-18", "IFRIC 22.8"),
    "remeasured": ("ASC 830-20-35-2", "IAS 21.23"),
    "exchange": ("ASC 830-20-35-1", "IAS 21.28"),
}
#: section of ASC 606-10 -> what stands before the number of its counterpart in IFRS 15, and how far it is
_SECTIONS = {"25": ("", 8), "32": ("", 45), "55": ("B", -2)}


def paragraphs(framework: str, *subjects: str) -> list[str]:
    """The paragraphs of subjects: first those of the framework, then those of the other standard."""
    first = int(framework == IFRS)
    return list(dict.fromkeys(_BOTH[s][side] for side in (first, 1 - first) for s in subjects))


def of_gate(framework: str, paragraph: str) -> str:
    """A paragraph of ASC 606-10 as the framework has it: 55-72 is ASC 606-10-55-72, and IFRS 15.B70.

    The standards were written together: their numbers run in parallel within a section.
    """
    bare = paragraph.removeprefix("ASC ").removeprefix("606-10-")
    if framework == IFRS:
        return "IFRS 15." + re.sub(r"(25|32|55)-(\d+)", _counterpart, bare)
    return f"ASC 606-10-{bare}" if bare[:2] in _SECTIONS else f"ASC {bare}"


def _counterpart(found: re.Match[str]) -> str:
    before, apart = _SECTIONS[found[1]]
    return f"{before}{int(found[2]) + apart}"


def named() -> frozenset[str]:
    """Every subject that has a paragraph."""
    return frozenset(_BOTH)
