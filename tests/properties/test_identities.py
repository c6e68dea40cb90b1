"""What holds in every run, whatever the books: sums, signs, and totals counted again from the files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from tests.oracle.model import Row
from tests.properties.ran import Ran, sums

WHOLE = ("entity", "department", "owner", "customer", "contract")
PARTS = ("arising_minor", "reversed_by_work_minor", "reversed_by_entry_minor")
UNDER = ("under_arising_minor", "under_reversed_minor")
OF_PERIOD = ("booked_minor", "earned_minor", *PARTS, *UNDER, "net_minor", "gap_minor")


def test_parts_add_up_to_every_gap(ran: Ran) -> None:
    gaps = {key: row["gap_minor"] for key, row in ran.of("positions", "unit_id", "period_id").items()}
    parts = ran.tables["gap_parts"]
    assert parts
    found = sums(((p["unit_id"], p["period_id"]), p["amount_minor"]) for p in parts)
    assert found == {key: gap for key, gap in gaps.items() if gap}
    for part in parts:
        gap = gaps[part["unit_id"], part["period_id"]]
        assert part["amount_minor"] * gap > 0, part
        assert abs(part["amount_minor"]) <= abs(gap), part
        assert (part["part"] == "late_recognition") <= (gap < 0), part


def test_a_gap_is_booked_less_earned_and_a_finding_is_a_unit_with_one(ran: Ran) -> None:
    listed: dict[str, list[Row]] = defaultdict(list)
    for part in ran.tables["gap_parts"]:
        if part["part"] not in ("rounding", "convention"):
            listed[part["unit_id"]].append(part)
    gaps: dict[str, list[int]] = defaultdict(list)
    for row in sorted(ran.tables["positions"], key=lambda r: r["period_id"]):
        if row["gap_minor"] is not None:
            assert row["gap_minor"] == row["booked_minor"] - row["earned_minor"], row
            both = (ran.worth(row["unit_id"], row[f"{figure}_minor"]) for figure in ("booked", "earned"))
            booked, earned = both
            gaps[row["unit_id"]].append(booked - earned)
        assert (row["resolution"] is None) == (not row["gap_minor"] or row["gap_minor"] < 0), row
    found = ran.of("findings", "unit_id")
    assert set(found) == set(listed)
    for unit, finding in found.items():
        assert finding["first_period_id"] == min(p["period_id"] for p in listed[unit])
        if unit in ran.rates:
            assert finding["peak_gap_minor"] == max(gaps[unit], key=abs), unit
            assert finding["open_gap_minor"] == gaps[unit][-1], unit


def test_the_roll_forward_closes_and_none_of_its_parts_is_negative(ran: Ran) -> None:
    rows = [r for r in ran.tables["misstatements"] if r["dimension"] in ("total", *WHOLE)]
    was: dict[tuple[str, str], int] = {}
    opened = any(u["opening"] == "given" for u in ran.tables["units"])
    for row in sorted(rows, key=lambda r: r["period_id"]):
        over, by_work, by_entry, under, under_back = (row[name] for name in (*PARTS, *UNDER))
        assert min(over, by_work, by_entry, under, under_back) >= 0, row
        assert row["net_minor"] == over - by_work - by_entry - under + under_back, row
        assert row["net_minor"] == row["booked_minor"] - row["earned_minor"], row
        member = row["dimension"], row["member"]
        before = was.get(member, 0)
        if member in was or not opened:
            assert row["gap_minor"] - before == row["net_minor"], row
        was[member] = row["gap_minor"]


def test_the_gap_moves_from_period_to_period_without_a_hole(ran: Ran) -> None:
    """A member of a dimension that has once a row has one in every later period."""
    of: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in ran.tables["misstatements"]:
        of[row["dimension"], row["member"]].append(row["period_id"])
    for member, periods in of.items():
        assert sorted(periods) == ran.periods[-len(periods) :], member
    assert len(of["total", "total"]) == len(ran.periods) > 2


def test_unsupported_entries_add_up_to_the_gap_or_to_all_there_is(ran: Ran) -> None:
    """min(max(gap, 0), the positive entries of the unit up to then); the rest is opening gap."""
    support = ran.tables["entry_support"]
    assert support
    found = sums(((s["unit_id"], s["period_id"]), s["unsupported_minor"]) for s in support)
    positive: dict[str, list[Row]] = defaultdict(list)
    for entry in ran.entries:
        if entry["place"] == "linked" and not entry["opening"] and entry["minor"] > 0:
            positive[entry["unit_id"]].append(entry)
    expected = {}
    for row in ran.tables["positions"]:
        if (row["gap_minor"] or 0) > 0:
            mine = [e["minor"] for e in positive[row["unit_id"]] if e["period_id"] <= row["period_id"]]
            expected[row["unit_id"], row["period_id"]] = min(row["gap_minor"], sum(mine))
    assert found == {key: amount for key, amount in expected.items() if amount}


def test_entries_are_supported_oldest_first(ran: Ran) -> None:
    """Of a unit at a period's end, whatever is wholly unsupported is newer than what is partly supported."""
    entries = {e["entry_id"]: e for e in ran.entries}
    of: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in ran.tables["entry_support"]:
        entry = entries[row["entry_id"]]
        assert 0 < row["unsupported_minor"] <= row["amount_minor"] == entry["minor"], row
        assert (row["preparer"] or "", row["approver"] or "") == (entry["preparer"], entry["approver"]), row
        of[row["unit_id"], row["period_id"]].append(row | {"day": entry["effective_date"]})
    for rows in of.values():
        partly = [r for r in rows if r["unsupported_minor"] < r["amount_minor"]]
        assert len(partly) <= 1, rows
        assert all(p["day"] <= r["day"] for p in partly for r in rows), rows


def test_every_dimension_adds_up_to_the_total(ran: Ran) -> None:
    rows = ran.tables["misstatements"]
    totals = {r["period_id"]: r for r in rows if r["dimension"] == "total"}
    for dimension in WHOLE:
        mine = [r for r in rows if r["dimension"] == dimension]
        for figure in OF_PERIOD:
            found = sums((r["period_id"], r[figure]) for r in mine)
            assert found == {p: t[figure] for p, t in totals.items() if t[figure]}, (dimension, figure)
    parts = [r for r in rows if r["dimension"] == "part"]
    for figure in ("gap_minor", "net_minor"):
        found = sums((r["period_id"], r[figure]) for r in parts)
        whole = {p: t[figure] for p, t in totals.items() if t[figure]}
        if figure == "net_minor" and any(u["opening"] == "given" for u in ran.tables["units"]):
            found.pop(ran.periods[0], None), whole.pop(ran.periods[0], None)
        assert found == whole, figure


def test_what_preparers_and_approvers_booked_and_what_of_it_is_not_supported(ran: Ran) -> None:
    """G4; of each person and unit the cumulative amount is translated and rounded once (P3, P4)."""
    tested = {p["unit_id"] for p in ran.tables["positions"] if p["gap_minor"] is not None}
    entries = [e for e in ran.entries if e["unit_id"] in tested and not e["opening"]]
    for hand in ("preparer", "approver"):
        rows = [r for r in ran.tables["misstatements"] if r["dimension"] == hand]
        booked = sums(((r["member"], r["period_id"]), r["booked_minor"]) for r in rows)
        assert booked == sums(translated_moves(ran, entries, hand))
        gap = sums(((r["member"], r["period_id"]), r["gap_minor"]) for r in rows)
        support = ran.tables["entry_support"]
        unsupported = sums(
            ((s[hand] or "(none)", s["period_id"], s["unit_id"]), s["unsupported_minor"]) for s in support
        )
        assert gap == sums((key[:2], ran.worth(key[2], minor)) for key, minor in unsupported.items())


def translated_moves(ran: Ran, entries: list[Row], hand: str) -> Iterator[tuple[tuple[str, str], int]]:
    """(member, period), amount in company currency, unit by unit."""
    through: dict[tuple[str, str], int] = defaultdict(int)
    for entry in sorted(entries, key=lambda e: e["period_id"]):
        member, unit = entry[hand] or "(none)", entry["unit_id"]
        before = ran.worth(unit, through[member, unit])
        through[member, unit] += entry["minor"]
        yield (member, entry["period_id"]), ran.worth(unit, through[member, unit]) - before


def test_revenue_in_is_all_accounted_for(ran: Ran) -> None:
    """P6, counted again from the CSV files: tested, not tested, unlinked and out of scope, by currency."""
    given = [e for e in ran.entries if not e["opening"]]
    assert {e["place"] for e in given} >= {"linked", "unlinked"}
    expected = sums(((e["period_id"], e["currency"]), e["minor"]) for e in given)
    currency = {u["unit_id"]: u["currency"] for u in ran.tables["units"]}
    by_entry = {e["entry_id"]: e["currency"] for e in given}
    booked = [((p, currency[unit]), moved) for unit, p, moved in moves(ran)]
    loose = [((u["period_id"], by_entry[u["entry_id"]]), u["amount_minor"]) for u in ran.tables["unlinked"]]
    outside = [((e["period_id"], e["currency"]), e["minor"]) for e in given if e["place"] == "out of scope"]
    assert sums([*booked, *loose, *outside]) == expected
    for row in ran.tables["reconciliation"]:
        if row["total"].startswith("revenue in"):
            key = row["period_id"], row["total"].removeprefix("revenue in").strip(", ") or ran.currency
            assert row["left_minor"] == row["right_minor"] == expected.get(key, 0), row
    assert sum(r["total"].startswith("revenue in") for r in ran.tables["reconciliation"]) >= len(expected)


def moves(ran: Ran) -> Iterator[tuple[str, str, int]]:
    """unit, period, what was booked in it: the change of the cumulative figure, without the opening."""
    opening = sums((e["unit_id"], e["minor"]) for e in ran.entries if e["opening"] and e["unit_id"])
    entries = sums(
        ((e["unit_id"], e["period_id"]), e["minor"])
        for e in ran.entries
        if e["place"] == "linked" and not e["opening"]
    )
    was: dict[str, int] = {}
    for row in sorted(ran.tables["positions"], key=lambda r: r["period_id"]):
        unit = row["unit_id"]
        if unit not in was:
            was[unit] = row["booked_minor"] - entries.get((unit, row["period_id"]), 0)
            assert unit not in opening or was[unit] == opening[unit], row
        yield unit, row["period_id"], row["booked_minor"] - was[unit]
        was[unit] = row["booked_minor"]


def test_the_total_is_booked_and_gap_of_tested_units_in_company_currency(ran: Ran) -> None:
    """P4: each cumulative figure translated at the unit's one rate and rounded once."""
    rows = [r for r in ran.tables["positions"] if r["gap_minor"] is not None]
    gaps = sums(
        (
            r["period_id"],
            ran.worth(r["unit_id"], r["booked_minor"]) - ran.worth(r["unit_id"], r["earned_minor"]),
        )
        for r in rows
    )
    totals = [r for r in ran.tables["misstatements"] if r["dimension"] == "total"]
    assert gaps == sums((r["period_id"], r["gap_minor"]) for r in totals)


def test_internal_totals_tie_and_the_range_holds_the_policy(ran: Ran) -> None:
    internal = [r for r in ran.tables["reconciliation"] if r["kind"] == "internal"]
    assert internal
    for row in internal:
        assert row["ties"], row
        assert row["left_minor"] - row["right_minor"] == row["difference_minor"] == 0, row
    totals = {r["period_id"]: r for r in ran.tables["misstatements"] if r["dimension"] == "total"}
    for row in ran.tables["evidence_range"]:
        if row["scenario"] == "without_flagged":
            assert row["gap_minor"] == totals[row["period_id"]]["gap_minor"], row
            assert row["net_minor"] == totals[row["period_id"]]["net_minor"], row
    assert {r["scenario"] for r in ran.tables["evidence_range"]} == {*"ABCD", "all", "without_flagged"}


def test_prices_are_allocated_whole(ran: Ran) -> None:
    """U2: where the price is shared, the shares of a contract's units add up to it."""
    contract = {u["unit_id"]: u["contract_id"] for u in ran.tables["units"]}
    rows = [r for r in ran.tables["allocations"] if r["method"] in ("ssp", "whole")]
    alone = {contract[r["unit_id"]] for r in ran.tables["allocations"]} - {
        contract[r["unit_id"]]
        for r in ran.tables["allocations"]
        if r["method"] not in ("ssp", "whole", "as_used")
    }
    shares = sums((contract[r["unit_id"]], r["allocated_minor"]) for r in rows)
    prices = {contract[r["unit_id"]]: r["price_minor"] for r in rows}
    assert {c: p for c, p in prices.items() if c in alone} == {c: s for c, s in shares.items() if c in alone}


def test_every_used_paper_is_listed(ran: Ran) -> None:
    """Papers of the files that were not rejected, and those not yet known on the day of the books (E14)."""
    used = {r["evidence_id"] for r in ran.used("evidence")}
    listed = {r["evidence_id"] for r in ran.tables["evidence_used"] if r["reason"] != "after_as_of"}
    assert listed == used
    for row in ran.tables["evidence_used"]:
        assert row["counts"] == (row["reason"] in ("admitted", "accepted_by_person", "late")), row
