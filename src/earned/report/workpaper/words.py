"""Every word of the workpaper, in one place, so that another language can follow. Facts only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from earned.report.text import PAGE, TITLE

if TYPE_CHECKING:
    from earned.report.view import View

#: Sheets in their order, and what each holds.
SHEETS: Mapping[str, str] = {
    "Index": "This list",
    "Lead": "Announced, booked, supported, gap by part and corrected, a row a period; tie-outs",
    "Findings": "A row a finding, linked to its periods, entries and papers",
    "Findings by period": "Booked, earned and gap of every unit with a finding, at each period end",
    "Roll-forward": "How the gap arose and was reversed, period by period",
    "Periods": "The difference by company, part, department, owner, customer, contract and by hand",
    "Entries unsupported": "The entries that make up each gap, at each period end",
    "Evidence": "Papers used and not used, with the reason",
    "No contract": "Revenue entries that name no contract of the books: beside the difference, not inside it",
    "Range": "The difference under other grades of evidence",
    "Guidance": "What open gaps did to announced forecasts",
    "Not tested": "What could not be tested, and what it would need",
    "Rejected": "Rows of the books that were set aside, with what was expected",
    "Quality": "What was emptied, assumed or noticed while reading",
    "Reconciliation": "Totals that must agree, and whether they do",
    "Sources": "Files read, with their SHA-256",
    "Parameters": "Policies and parameters in force",
    "Legend": "The marks used in this workbook",
}

#: Sheets that are there only where the run has rows of them, and before which sheet they stand.
MORE: Mapping[str, str] = {
    "Changes": "Prices and estimates that changed in a period, and what that did to work done before",
    "Policies": "Policies that changed between the periods",
    "Balances": "Receivables, contract assets and liabilities at each period end, over all contracts",
    "Movements": "How each of them came from its opening to its closing balance: invoiced, received, earned",
    "Remaining": "What is still to be transferred at each period end, by year",
}
BEFORE = "Not tested"

BOOK: Mapping[str, str] = {
    "title": TITLE,
    "about": "Amounts in {currency} unless the row names another; (x) is negative, – is nil. "
    "As known on {as_of}. Run {run}, earned {version}.",
    "prepared": "Prepared by, on",
    "reviewed": "Reviewed by, on",
    "who_title": "Name or initials",
    "who": "Of the person who signs; at most 60 characters.",
    "when_title": "Day of signing",
    "when": "A date from 2000 on.",
    "cut": "{here} of {all} rows stand here, the largest findings first; the rest is summed in the last "
    "lines, and every row is in the run's tables.",
    "index": "Rows and control totals are live; a sheet that was changed shows here.",
    "sheet": "Sheet",
    "purpose": "What it holds",
    "rows": "Rows here",
    "rows_all": "Rows in the run",
    "control": "Control total",
    "control_of": "Of what",
    "net_of_contracts": "difference of contracts, all periods",
    "differences": "differences",
    "at": "{what} at {period}",
    "conclusion": "Conclusion",
    "conclude": "figures stand,figures change as listed,see note,open",
    "conclude_finding": "stands,explained,judgement,see note,open",
    "figures": "What was announced, booked and supported, in each period",
    "by_part": "What the gap at each period end is made of",
    "ties": "Tie-outs: each must be nil",
    "lead": "Booked, supported and gap are sums over sheet Periods, contract by contract; the tie-outs "
    "compare them with the sheets behind.",
    "corrected": "Corrected",
    "of_parts": "Sum of parts",
    "tie_booked": "Booked by contract = in all",
    "tie_supported": "Supported by contract = in all",
    "tie_contracts": "Gap of contracts = in all",
    "tie_parts": "Gap = its parts",
    "tie_findings": "Gap = findings + not listed",
    "tie_entries": "Gaps above nil = entries",
    "tie_moved": "Gap = roll-forward",
    "tie_announced": "Announced = reconciliation",
    "tie_lead": "= Lead",
    "bridge": "From the entries as read to what was booked on contracts, and to what was announced",
    "bridge_read": "Entries as read",
    "bridge_none": "Name no contract",
    "bridge_untested": "Not tested, out of scope",
    "bridge_booked": "Booked on contracts",
    "bridge_announced": "Announced less entries as read",
    "not_given": "not given",
    "currencies": "several currencies",
    "not_listed": "not listed here",
    "no_difference": "no difference",
    "no_entry": "carried by no entry",
    "rows_of": "{n} rows",
    "contracts_of": "{n} contracts",
    "opening_of": "openings and the like",
    "unsupported": "One line for each entry and period end at which part of it was unsupported, oldest "
    "supported first.",
    "evidence": "Every paper of a unit with a finding, whether it counts and why.",
    "unlinked": "Each entry stands here as it was read.",
    "periods_note": "The whole company and its parts in every period; others where they have a difference; "
    "the contracts without one are summed.",
    "by_period": "Amounts are cumulative at the period's end. Shown at close and by all papers: empty where "
    "they are the same as earned.",
    "scope": "A finding is a unit whose gap is neither within tolerance nor a convention.",
    "range_note": PAGE["range_note"],
    "entries_of": "{n} lines",
    "papers_of": "{n} papers",
    "periods": "Periods",
    "periods_of": "{n} periods",
    "mark": "Mark",
    "meaning": "Meaning",
    "used_in": "Used in",
    "listed": "Gap listed",
    "conclusion_of": "Reviewer's conclusion",
    "needs": "To test it, supply",
    "what": "What",
    "state": "State",
    "dimension": "By",
    "member": "Which",
    "name": "Name",
    "scenario": "Papers accepted",
    "currency": "Currency",
    "number": "No.",
    "stage": "Stage",
    "result": "Result",
    "person": "Person",
    "signer": "Signer",
    "part_of": "Amounts",
}

GREEN, RED, AMBER, GREY = "#1F6640", "#A3262A", "#855400", "#5A6372"

#: Marks: colour and words. The first character is the mark that the legend explains.
MARKS: Mapping[str, tuple[str, str]] = {
    "agreed": (GREEN, "✓ agreed"),
    "counts": (GREEN, "✓ counts"),
    "later": (AMBER, "J counts later"),
    "not": (RED, "✗ does not count"),
    "exception": (RED, "✗ not supported"),
    "differs": (RED, "✗ differs"),
    "untested": (GREY, "▢ not tested"),
}

LEGEND: Mapping[str, str] = {
    "✓": "agreed: to the evidence, or a tie-out that is nil",
    "✗": "exception: not supported by admitted evidence, or a total or tie-out that differs",
    "J": "judgement: counts from a later day than it names, or by a person's decision",
    "▢": "not tested: the books lack what it needs",
    "Σ": "footed: a live sum of the rows below that the filter shows",
    "↔": "traced both ways: leads to the rows behind, and from them back to the finding",
}

#: Headings of columns that are shown as they stand in a table.
HEADS: Mapping[str, str] = {
    "guidance_id": PAGE["guidance"],
    "period_id": PAGE["period"],
    "low_minor": PAGE["low"],
    "high_minor": PAGE["high"],
    "forecast_minor": PAGE["forecast"],
    "open_finding_minor": PAGE["open_finding"],
    "booked_early_minor": PAGE["booked_early"],
    "effect_minor": PAGE["effect"],
    "table_name": PAGE["table"],
    "column_name": PAGE["column"],
    "check": PAGE["check"],
    "rows": PAGE["rows"],
    "example": PAGE["example"],
    "action": PAGE["action"],
    "value": PAGE["value"],
    "reason": PAGE["reason"],
    "expected": PAGE["expected"],
    "path": PAGE["file"],
    "bytes": PAGE["bytes"],
    "sha256": "SHA-256",
    "parameter": PAGE["parameter"],
    "mark": BOOK["mark"],
    "meaning": BOOK["meaning"],
}


def purposes(view: View) -> dict[str, str]:
    """The sheets of a run's workpaper in their order, and what each holds."""
    held = {
        "Changes": view.tables["changes"].num_rows,
        "Policies": len(view.policy_changes),
        "Balances": view.tables["balances"].num_rows,
        "Movements": view.tables["balance_movements"].num_rows,
        "Remaining": view.tables["remaining"].num_rows,
    }
    more = {name: words for name, words in MORE.items() if held[name]}
    found: dict[str, str] = {}
    for name, words in SHEETS.items():
        found |= (more if name == BEFORE else {}) | {name: words}
    return found
