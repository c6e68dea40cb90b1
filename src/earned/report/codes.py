"""Words for the closed lists of codes in the tables: parts, reasons, resolutions, scenarios, makers."""

from __future__ import annotations

from collections.abc import Mapping

PARTS: Mapping[str, str] = {
    "not_bound": "contract not yet binding",
    "over_price": "booked above the price",
    "evidence_refused": "papers exist, not admitted",
    "not_started": "no work dated by then",
    "unfinished": "work unfinished",
    "above_usage": "booked above usage",
    "late_recognition": "booked later than earned",
    "rounding": "within tolerance",
    "convention": "another straight-line convention",
}

#: What a part is: an exception, or a matter of judgement.
PART_TONES: Mapping[str, str] = {"late_recognition": "amber", "convention": "amber", "rounding": "grey"}

#: Why a paper that would support revenue does not count by a period's end.
STANDINGS: Mapping[str, str] = {
    "late": "Late paper",
    "grade": "Paper below the policy",
    "contradicted": "Contradicted paper",
    "unknown_recorded_at": "Recording unknown",
    "accepted_by_person": "Accepted from a later day",
    "refused_by_person": "Refused by a person",
}

#: Why an entry stands beside the difference.
UNLINKED: Mapping[str, str] = {
    "no_contract": "names no contract",
    "contract_not_in_books": "its contract is not in the books",
    "explained": "explained by a person",
}

#: What changed the price of a unit.
CHANGES: Mapping[str, str] = {
    "separate": "modified: a contract of its own",
    "prospective": "modified: what is left shared anew",
    "catch_up": "modified: caught up",
    "mixed": "modified, each obligation in its own way",
    "price_estimate": "price estimated anew",
    "lapse": "right to buy back lapsed",
    "progress": "progress estimated anew",
}

#: Papers that nobody asks for here: they neither support nor contradict.
NOT_ASKED = ("kind", "duplicate")

RESOLUTIONS: Mapping[str, str] = {
    "open": "open",
    "performed": "work done in {period}",
    "reversed": "reversed in {period}",
    "credited": "credited in {period}",
    "written_off": "written off in {period}",
}

SCENARIOS: Mapping[str, str] = {
    "A": "customers, third parties",
    "B": "+ systems",
    "C": "+ the company",
    "D": "+ people measured on it",
    "all": "+ late ones from their own day",
    "without_flagged": "policy, less those flagged",
}

MAKERS: Mapping[str, str] = {
    "customer": "customer",
    "third_party": "third party",
    "system": "system",
    "company": "company",
}

REJECTED: Mapping[str, str] = {
    "shape": "shape of the line",
    "too_long": "a cell that is too long",
    "bytes": "unreadable bytes",
    "after_as_of": "recorded after the day of this run",
    "orphan": "names something not in the books",
}


def word(words: Mapping[str, str], key: str | None) -> str:
    """The words for a code; a code without words is shown with blanks for its underscores."""
    return words.get(key, key.replace("_", " ")) if key else ""
