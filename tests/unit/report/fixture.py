"""A made-up run in the shape of the case: Q2 2021 4.24 % and Q3 2021 6.45 % of what was announced."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

from earned.report.view import View, build

PERIODS = [
    ("2021Q1", date(2021, 1, 1), date(2021, 3, 31)),
    ("2021Q2", date(2021, 4, 1), date(2021, 6, 30)),
    ("2021Q3", date(2021, 7, 1), date(2021, 9, 30)),
    ("2021Q4", date(2021, 10, 1), date(2021, 12, 31)),
]
BOOKED = [204_500_000_00, 273_900_000_00, 276_100_000_00, 301_250_000_00]
ANNOUNCED: list[int | None] = [204_500_000_00, 273_900_000_00, 276_100_000_00, None]

#: unit, period booked, price, share earned then (ppm), part, period resolved, how, owner, department,
#: customer
UNITS: list[tuple[str, int, int, int, str, int | None, str, str, str, str]] = [
    ("KA-2021-014", 1, 2_400_000_00, 0, "evidence_refused", None, "open", "E07", "KA", "C-118"),
    ("KA-2021-017", 1, 3_100_000_00, 0, "not_started", 3, "performed", "E07", "KA", "C-042"),
    ("KA-2021-022", 1, 1_850_000_00, 200_000, "unfinished", 3, "performed", "E09", "KA", "C-077"),
    ("KA-2021-023", 1, 2_620_000_00, 0, "not_started", 3, "reversed", "E07", "KA", "C-118"),
    ("SC-2021-003", 1, 2_000_000_00, 0, "not_bound", None, "open", "E12", "SC", "C-201"),
    ("KA-2021-031", 2, 4_200_000_00, 0, "not_started", 3, "reversed", "E09", "KA", "C-150"),
    ("KA-2021-032", 2, 3_950_000_00, 0, "not_started", None, "open", "E07", "KA", "C-151"),
    ("KA-2021-035", 2, 5_000_000_00, 250_000, "unfinished", None, "open", "E09", "KA", "C-042"),
    ("SC-2021-011", 2, 2_700_000_00, 0, "evidence_refused", None, "open", "E12", "SC", "C-205"),
    ("SC-2021-012", 2, 3_550_000_00, 0, "not_started", 3, "performed", "E12", "SC", "C-207"),
    ("GN-2021-044", 2, 350_000_00, 0, "over_price", None, "open", "E20", "GN", "C-311"),
]
LATE = ("GN-2021-050", "E21", "GN", "C-322", 700_000_00)


def run() -> dict[str, pa.Table]:
    """Every table of the made-up run and the books' rows behind its findings."""
    made = [_unit(*u) for u in UNITS] + [_late()]
    lists: dict[str, list[dict[str, Any]]] = {}
    for one in made:
        for name, rows in one.items():
            lists.setdefault(name, []).extend(rows)
    lists["misstatements"] = list(_misstatements(lists["positions"]))
    lists["evidence_range"] = list(_range(lists["misstatements"]))
    lists["on_papers"] = list(_on_papers(lists["misstatements"]))
    lists["reconciliation"] = list(_reconciliation(lists["misstatements"]))
    lists["rejected"] = _rejected()
    lists["quality"] = _quality()
    lists["unlinked"] = [
        {"entry_id": f"J-9{i}-1", "period_id": "2021Q2", "amount_minor": 41_250_00, "reason": "no_contract"}
        for i in range(3)
    ]
    lists["guidance"] = [
        {"guidance_id": "G-2021Q4", "period_id": "2021Q4", "low_minor": 315_000_000_00}
        | {"high_minor": 325_000_000_00, "forecast_minor": 318_400_000_00, "open_finding_minor": 9_300_000_00}
        | {"booked_early_minor": 4_200_000_00, "effect_minor": 13_500_000_00}
    ]
    return {name: pa.Table.from_pylist(rows, schema=_schema(rows)) for name, rows in lists.items()}


def view(tables: dict[str, pa.Table] | None = None, **changed: Any) -> View:
    """The view of the made-up run."""
    return build(tables or run(), meta() | changed)


def meta() -> dict[str, Any]:
    """What is known of the made-up run beside its tables."""
    names = {"owner": {"E07": "SIM Zhao", "E09": "SIM Qian", "E12": "SIM Sun", "E20": "SIM Li"}}
    names["department"] = {"KA": "Key accounts", "SC": "Strategic customers", "GN": "General"}
    names["customer"] = {"C-118": "测试网络科技有限公司", "C-042": "Sample Logistics"}
    return {
        "company": "SIM Cloud (made up)",
        "currency": "CNY",
        "timezone": "Asia/Shanghai",
        "exponents": {"CNY": 2},
        "as_of": "2022-02-28",
        "version": "0.1.0",
        "run_id": "3f9a1c07b2de",
        "inputs": [
            {"path": f, "bytes": n, "sha256": hashlib.sha256(f.encode()).hexdigest()}
            for f, n in (
                ("contracts.csv", 48_211),
                ("entries.xlsx", 1_204_882),
                ("evidence/2021.csv", 733_004),
            )
        ],
        "parameters": {
            "policy.least_grade": "C",
            "policy.close_days": 15,
            "policy.late_paper.days": 30,
            "policy.tolerance.minor": 100,
            "policy.price_includes_tax": True,
        },
        "not_tested": [
            {"what": "Cash received", "needs": "a table `receipts` with customer, date and amount"},
            {"what": "Who directed the entries", "needs": "a table `employees` with user_id and manager_id"},
            {"what": "Contracts in USD", "needs": "`rates` for 2021-08", "amount_minor": 1_204_000_00},
        ],
        "rows": {"in": 21_446, "used": 21_429, "rejected": 17},
        "calendar": [{"period_id": p, "first_date": a, "last_date": b} for p, a, b in PERIODS],
        "names": names,
    }


def finding_id(unit: str) -> str:
    """The id of a unit's finding, as INTERFACE.md says."""
    return "F-" + hashlib.sha256(unit.encode()).hexdigest()[:10]


def _unit(
    unit: str,
    at: int,
    price: int,
    ppm: int,
    part: str,
    solved: int | None,
    how: str,
    owner: str,
    dept: str,
    cust: str,
) -> dict[str, list[dict[str, Any]]]:
    early, full = price * ppm // 1_000_000, price if part != "over_price" else 0
    positions, parts, support = [], [], []
    for i in range(at, len(PERIODS)):
        done = solved is not None and i >= solved
        booked = 0 if done and how == "reversed" else price
        earned = full if done and how == "performed" else min(early, booked)
        gap, everything = booked - earned, price if part == "evidence_refused" else earned
        positions.append(
            {
                "unit_id": unit,
                "period_id": PERIODS[i][0],
                "booked_minor": booked,
                "allocated_minor": full or 9_000_00,
            }
            | {"earned_minor": earned, "earned_at_close_minor": earned, "earned_all_minor": everything}
            | {
                "gap_minor": gap,
                "progress_ppm": earned * 1_000_000 // price,
                "resolution": how if gap else None,
            }
            | {"resolved_period_id": PERIODS[solved][0] if gap and solved else None}
        )
        if gap:
            parts.append({"unit_id": unit, "period_id": PERIODS[i][0], "part": part, "amount_minor": gap})
        support.append(
            {"entry_id": f"J-{unit}-1", "period_id": PERIODS[i][0], "unit_id": unit, "amount_minor": price}
            | {"unsupported_minor": gap, "preparer": "u.chen", "approver": "u.wu"}
        )
    entries = [_entry(unit, 1, price, date(2021, 3 * at + 3, 29))]
    if how == "reversed" and solved:
        entries.append(_entry(unit, 2, -price, date(2021, 3 * solved + 3, 20)))
        last = support[-1] | {"entry_id": f"J-{unit}-2", "amount_minor": -price, "unsupported_minor": 0}
        support.append(last)
    papers, used = _papers(unit, at, part, how, early)
    return {
        "units": [_master(unit, cust, dept, owner)],
        "positions": positions,
        "gap_parts": parts,
        "entry_support": support,
        "entries": entries,
        "evidence": papers,
        "evidence_used": used,
        "findings": [_finding(unit, at, part, price - early, positions[-1]["gap_minor"], owner, dept)],
    }


def _late() -> dict[str, list[dict[str, Any]]]:
    unit, owner, dept, cust, price = LATE
    positions = [
        {"unit_id": unit, "period_id": p, "booked_minor": b, "allocated_minor": price, "earned_minor": price}
        | {"earned_at_close_minor": price, "earned_all_minor": price, "gap_minor": b - price}
        | {"progress_ppm": 1_000_000, "resolution": None, "resolved_period_id": None}
        for p, b in (("2021Q3", 0), ("2021Q4", price))
    ]
    parts = [{"unit_id": unit, "period_id": "2021Q3", "part": "late_recognition", "amount_minor": -price}]
    return {
        "units": [_master(unit, cust, dept, owner)],
        "positions": positions,
        "gap_parts": parts,
        "entry_support": [
            {"entry_id": f"J-{unit}-1", "period_id": "2021Q4", "unit_id": unit, "amount_minor": price}
            | {"unsupported_minor": 0, "preparer": "u.han", "approver": "u.wu"}
        ],
        "entries": [_entry(unit, 1, price, date(2021, 10, 12))],
        "evidence": [
            _paper(unit, 1, "acceptance", date(2021, 9, 27), datetime(2021, 9, 28, 3, tzinfo=UTC), "customer")
        ],
        "evidence_used": [_use(unit, 1, date(2021, 9, 27), "A", True, "admitted")],
        "findings": [_finding(unit, 2, "late_recognition", -price, 0, owner, dept)],
    }


def _master(unit: str, customer: str, department: str, owner: str) -> dict[str, Any]:
    return (
        {"unit_id": unit, "unit_level": "obligation", "contract_id": unit, "customer_id": customer}
        | {"entity_id": "SIM-BJ", "department_id": department, "owner_id": owner, "currency": "CNY"}
        | {"pattern": "point_in_time", "measure": None, "bound_date": date(2021, 4, 6), "opening": "none"}
    )


def _entry(unit: str, line: int, amount: int, effective: date) -> dict[str, Any]:
    text = f"Revenue {unit} 项目验收" if amount > 0 else f"Reversal {unit}"
    posted = datetime(effective.year, effective.month, effective.day, 10, 5, tzinfo=UTC)
    return (
        {
            "entry_id": f"J-{unit}-{line}",
            "contract_id": unit,
            "obligation_id": None,
            "effective_date": effective,
        }
        | {
            "posted_at": posted,
            "amount_minor": amount,
            "preparer": "u.chen",
            "approver": "u.wu",
            "kind": "recognition",
        }
        | {"description": text, "source_file": "entries.xlsx", "source_row": 100 + sum(map(ord, unit)) + line}
    )


def _papers(
    unit: str, at: int, part: str, how: str, early: int
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    papers, used = [], []
    if part == "evidence_refused":
        told, made = date(2021, 3 * at + 3, 28), datetime(2022, 2, 14, 2, tzinfo=UTC)
        papers.append(_paper(unit, 1, "acceptance", told, made, "company"))
        used.append(_use(unit, 1, told, "D", False, "grade"))
    if early:
        told = date(2021, 3 * at + 2, 11)
        papers.append(
            _paper(unit, 2, "milestone", told, datetime(2021, told.month, 12, tzinfo=UTC), "system")
        )
        used.append(_use(unit, 2, told, "B", True, "admitted"))
    if how == "performed":
        told = date(2021, 12, 9)
        papers.append(
            _paper(unit, 3, "hours", date(2021, 9, 14) if at == 1 else date(2021, 11, 3), None, "system")
        )
        used.append(_use(unit, 3, None, "B", False, "kind"))
        papers.append(_paper(unit, 4, "acceptance", told, datetime(2021, 12, 10, tzinfo=UTC), "customer"))
        used.append(_use(unit, 4, told, "A", True, "admitted"))
    if part == "not_bound":
        papers.append(
            _paper(unit, 5, "submission", date(2021, 6, 25), datetime(2021, 6, 25, tzinfo=UTC), "company")
        )
        used.append(_use(unit, 5, None, "C", False, "kind"))
    return papers, used


def _paper(unit: str, n: int, kind: str, event: date, made: datetime | None, maker: str) -> dict[str, Any]:
    return (
        {"evidence_id": f"{unit}/P{n}", "kind": kind, "stage": "final" if kind == "acceptance" else None}
        | {"result": "accepted" if kind == "acceptance" else None, "event_date": event, "recorded_at": made}
        | {"maker": maker, "made_by": "E07" if maker == "company" else None, "signer": "王工"}
        | {"number": f"YS-{unit[-3:]}-{n}", "quantity": None, "source_file": "evidence/2021.csv"}
        | {"source_row": 40 + n + sum(map(ord, unit))}
    )


def _use(unit: str, n: int, effective: date | None, grade: str, counts: bool, reason: str) -> dict[str, Any]:
    return {"evidence_id": f"{unit}/P{n}", "unit_id": unit, "effective_date": effective, "grade": grade} | {
        "counts": counts,
        "reason": reason,
    }


def _finding(unit: str, at: int, part: str, peak: int, left: int, owner: str, dept: str) -> dict[str, Any]:
    amount, quarter = f"{abs(peak) // 100:,}.00", PERIODS[at][2]
    text = f"{amount} booked {quarter.replace(day=29)} by u.chen; no acceptance recorded by the close of "
    text += PERIODS[at][0]
    if part == "evidence_refused":
        text += f"; acceptance dated {quarter.replace(day=28)} was recorded 2022-02-14"
    if part == "late_recognition":
        text = f"{amount} accepted 2021-09-27, booked 2021-10-12"
    return (
        {"finding_id": finding_id(unit), "unit_id": unit, "first_period_id": PERIODS[at][0], "part": part}
        | {"peak_gap_minor": peak, "open_gap_minor": left, "first_entry_id": f"J-{unit}-1", "owner_id": owner}
        | {"department_id": dept, "text": text, "status": "unreviewed"}
    )


def _misstatements(positions: list[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    by_unit = {
        u[0]: {"part": u[4], "owner": u[7], "department": u[8], "customer": u[9], "contract": u[0]}
        for u in UNITS
    }
    late = {"part": "late_recognition", "owner": LATE[1], "department": LATE[2], "customer": LATE[3]}
    by_unit[LATE[0]] = late | {"contract": LATE[0]}
    for dimension in ("total", "department", "owner", "customer", "contract", "part"):
        members: dict[str, dict[tuple[str, str], int]] = {}
        for p in positions:
            member = by_unit[p["unit_id"]].get(dimension, "total")
            members.setdefault(member, {})[p["unit_id"], p["period_id"]] = p["gap_minor"]
        for member, gaps in sorted(members.items()):
            yield from _rolled(dimension, member, gaps, positions)


def _rolled(
    dimension: str, member: str, gaps: dict[tuple[str, str], int], positions: list[dict[str, Any]]
) -> Iterable[dict[str, Any]]:
    units, how = {u for u, _ in gaps}, {u[0]: u[6] for u in UNITS}
    before = dict.fromkeys(units, 0)
    for i, (period, _, _) in enumerate(PERIODS):
        now = {u: gaps.get((u, period), before[u]) for u in units}
        over = {u: max(now[u], 0) - max(before[u], 0) for u in units}
        under = {u: max(-now[u], 0) - max(-before[u], 0) for u in units}
        work = sum(-d for u, d in over.items() if d < 0 and how.get(u) == "performed")
        entry = sum(-d for u, d in over.items() if d < 0 and how.get(u) != "performed")
        gap, net = sum(now.values()), sum(now.values()) - sum(before.values())
        booked = BOOKED[i] if dimension == "total" else max(net, 0)
        told = ANNOUNCED[i] if dimension == "total" else None
        only = dimension == "part"
        yield (
            {"dimension": dimension, "member": member, "period_id": period}
            | {"booked_minor": None if only else booked, "earned_minor": None if only else booked - net}
            | {"arising_minor": None if only else sum(d for d in over.values() if d > 0)}
            | {
                "reversed_by_work_minor": None if only else work,
                "reversed_by_entry_minor": None if only else entry,
            }
            | {"under_arising_minor": None if only else sum(d for d in under.values() if d > 0)}
            | {"under_reversed_minor": None if only else sum(-d for d in under.values() if d < 0)}
            | {"net_minor": net, "gap_minor": gap, "announced_minor": told}
            | {
                "net_ppm_of_announced": _ppm(net, told),
                "net_ppm_of_corrected": _ppm(net, (told or booked) - net),
            }
        )
        before = now


def _ppm(part: int, whole: int | None) -> int | None:
    return (2 * part * 1_000_000 + whole) // (2 * whole) if whole else None


def _range(misstatements: list[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    rows = [m for m in misstatements if m["dimension"] == "total"]
    for scenario, tenths in (("A", 13), ("B", 11), ("C", 10), ("D", 8), ("all", 7), ("without_flagged", 10)):
        for m in rows:
            yield (
                {
                    "scenario": scenario,
                    "period_id": m["period_id"],
                    "gap_minor": m["gap_minor"] * tenths // 10,
                }
                | {"net_minor": m["net_minor"] * tenths // 10, "not_gradable_minor": 61_300_000_00}
            )


def _on_papers(misstatements: list[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """Papers made afterwards: 2,400,000 in the second quarter, 2,700,000 in the third; all else grade A."""
    rows = [m for m in misstatements if m["dimension"] == "total"]
    later = {m["period_id"]: m["net_minor"] for m in misstatements if m["member"] == "late_recognition"}
    late = {"2021Q2": 2_400_000_00, "2021Q3": 2_700_000_00}
    for m in rows:
        moved = {"not_asked": 30_000_000_00, "late": late.get(m["period_id"], 0)}
        moved["admitted"] = m["earned_minor"] - moved["not_asked"]
        moved["elsewhere"] = later.get(m["period_id"], 0)
        moved["no_paper"] = m["net_minor"] - moved["late"] - moved["elsewhere"]
        grades = {"admitted": "A", "late": "D"}
        for standing, grade in ((s, grades.get(s, "")) for s in moved):
            yield (
                {"period_id": m["period_id"], "standing": standing, "grade": grade}
                | {"amount_minor": moved[standing], "net_minor": moved[standing]}
            )


def _reconciliation(misstatements: list[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    for m in misstatements:
        if m["dimension"] == "total":
            for total, kind in (
                ("revenue in", "internal"),
                ("parts of the gap", "internal"),
                ("trial balance", "external"),
            ):
                left = m["booked_minor"]
                right = left - (41_250_00 if kind == "external" and m["period_id"] == "2021Q2" else 0)
                yield (
                    {"total": total, "period_id": m["period_id"], "kind": kind, "left_minor": left}
                    | {"right_minor": right, "difference_minor": left - right, "ties": left == right}
                )


def _rejected() -> list[dict[str, Any]]:
    return [
        {
            "source_file": "entries.xlsx",
            "source_row": 900 + i,
            "table_name": "entries",
            "column_name": "amount",
        }
        | {"value": '=HYPERLINK("x")' if i == 0 else f"1.234,5{i}", "reason": "number"}
        | {"expected": "an amount such as 1,234.56 or 1234.56"}
        for i in range(17)
    ]


def _quality() -> list[dict[str, Any]]:
    return [
        {"table_name": "evidence", "column_name": "recorded_at", "check": "empty", "rows": 214}
        | {"example": "evidence/2021.csv:88", "action": "assumed"},
        {"table_name": "contracts", "column_name": "bound_date", "check": "empty", "rows": 6}
        | {"example": "contracts.csv:12", "action": "else_used"},
    ]


def _schema(rows: list[dict[str, Any]]) -> pa.Schema:
    kinds: dict[str, pa.DataType] = {}
    for name in dict.fromkeys(k for r in rows for k in r):
        first = next((r[name] for r in rows if r.get(name) is not None), None)
        kinds[name] = (
            pa.timestamp("us", "UTC") if isinstance(first, datetime) else pa.scalar(first or "").type
        )
        if isinstance(first, (bool, int)):
            kinds[name] = pa.bool_() if isinstance(first, bool) else pa.int64()
    return pa.schema(list(kinds.items()))
