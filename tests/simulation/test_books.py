"""The books by themselves: the control totals of cloopen.md 9 to the minor unit."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import date

from earned.simulation import figures, journals
from earned.simulation.apportion import half_away
from earned.simulation.planted import OTHER_ERRORS, SCHEME
from tests.simulation.made import Made

QUARTER = "'2021Q' || quarter(CAST(effective_date AS DATE))"


def test_the_tables_of_the_specification_foot() -> None:
    for n, quarter in enumerate(figures.QUARTERS):
        cells = figures.CELLS[quarter]
        assert {line: sum(c) for line, c in cells.items()} == {
            k: v[n] for k, v in figures.LINE_TOTALS.items()
        }
        by_department = [sum(c) for c in zip(*cells.values())]
        assert by_department == [t[n] for t in figures.DEPARTMENT_TOTALS.values()]
        assert sum(by_department) == figures.TOTALS[n]
    projects = [sum(figures.SKA_CONTRACTS[k][n] for k in figures.SKA_CONTRACTS) for n in range(4)]
    assert projects == [26, 41, 44, 54]
    ska = [sum(sum(figures.CELLS[q][line][:2]) for line in figures.PROJECT_LINES) for q in figures.QUARTERS]
    assert ska == [19500, 36400, 42600, 60500]


def test_t1_lines_foot_to_the_quarter(made: Made) -> None:
    found = made.rows(f"SELECT account, {QUARTER}, CAST(sum(amount) AS BIGINT) FROM entries GROUP BY ALL")
    lines = {account: line for line, account in journals.REVENUE.items()}
    expected = {
        (line, q): made.k(figures.LINE_TOTALS[line][n])
        for line in figures.LINES
        for n, q in enumerate(figures.QUARTERS)
    }
    assert {(lines[a], q): s for a, q, s in found} == expected


def test_contracts_with_revenue_are_as_many_as_tabled(made: Made) -> None:
    found = made.rows(f"SELECT account, {QUARTER}, count(DISTINCT contract_id) FROM entries GROUP BY ALL")
    counted = {(a, q): n for a, q, n in found}
    for line, numbers in figures.CONTRACTS.items():
        assert [counted[journals.REVENUE[line], q] for q in figures.QUARTERS] == list(numbers), line


def test_t2_and_t3_every_row_of_the_scheme(made: Made) -> None:
    for row in SCHEME:
        units = [
            p
            for p in made.book.planted
            if (p.quarter, p.kind, p.department, p.line) == (row.quarter, row.kind, row.department, row.line)
        ]
        assert len({p.contract_id for p in units}) == row.contracts
        assert sum(p.booked for p in units) == made.k(row.booked)
        assert sum(p.over for p in units) == made.k(row.over)
        assert row.booked == row.earned + sum(amount for _, amount in row.later)
        for bucket, amount in row.later:
            if row.kind != "B" or bucket in figures.QUARTERS:
                later = sum(dict(p.later).get(bucket, 0) for p in units)
                assert later == made.k(amount), (row, bucket)


def test_t6_what_is_not_earned_by_the_end_of_the_year() -> None:
    rows = (*SCHEME, *OTHER_ERRORS)
    left = defaultdict(int)
    for row in rows:
        left[row.quarter] += row.over - sum(a for b, a in row.later if b in figures.QUARTERS)
    assert left == {"2021Q2": 3580, "2021Q3": 11650, "2021Q4": 25400}
    assert sum(left.values()) == 40630


def test_t7_where_and_when_the_scheme_is(made: Made) -> None:
    scheme = {p.unit_id: p for p in made.book.planted if p.scheme == "premature"}
    assert {p.department for p in scheme.values()} == {"SKA-1", "SKA-2"}
    assert len({p.contract_id for p in scheme.values()}) == 16 + 26 + 23
    keyed = sorted(r.keyed.date() for r in made.book.revenue if r.obligation_id in scheme)
    assert keyed[0] == date(2021, 5, 24)
    assert keyed[-1] <= date(2022, 1, 19)


def test_t9_tax_and_receipts(made: Made) -> None:
    rates = {c.contract_id: c for c in made.book.contracts}
    for contract_id, net, tax in made.rows("SELECT contract_id, amount, tax FROM invoices"):
        rate = rates[contract_id].tax if contract_id in rates else 60_000
        assert tax == (half_away(net * rate, 10**6) if net > 0 else -half_away(-net * rate, 10**6))
    over = made.rows(
        "SELECT invoice_id FROM receipts r JOIN invoices i USING (invoice_id) "
        "GROUP BY invoice_id HAVING sum(r.amount) > any_value(i.amount + i.tax)"
    )
    assert over == []
    billed = dict(made.rows("SELECT contract_id, CAST(sum(amount) AS BIGINT) FROM invoices GROUP BY ALL"))
    changes = made.book.changes
    for c in (c for c in made.book.contracts if c.net):
        price = c.net + sum(change.net for change in changes.get(c.contract_id, ()))
        assert billed.get(c.contract_id, 0) <= price, c


def test_t10_balances_move_as_booked_billed_and_received(made: Made) -> None:
    """Opening + booked + VAT billed - receipts = closing of contract assets + receivables - advances."""
    balance = defaultdict(dict)
    for row in made.book.rows["trial_balance"]:
        balance[row["period_id"]][row["account"]] = (row["opening"], row["closing"])
    accounts = (journals.ASSET, journals.RECEIVABLE, journals.LIABILITY)
    for quarter in made.spec.quarters:
        start, end = (sum(balance[quarter.name][a][i] for a in accounts) for i in (0, 1))
        moved = {
            a: int(m)
            for a, m in made.rows(
                "SELECT account, sum(amount) FROM ledger WHERE effective_date BETWEEN "
                f"'{quarter.first}' AND '{quarter.last}' GROUP BY account"
            )
        }
        booked = -sum(m for a, m in moved.items() if a in journals.REVENUE.values())
        assert start + booked - moved[journals.TAX] - moved[journals.CASH] == end


def test_the_ledger_balances_and_carries_every_entry(made: Made) -> None:
    assert not made.rows("SELECT journal_id FROM ledger GROUP BY 1 HAVING sum(amount) <> 0")
    lost = made.rows(
        "SELECT entry_id FROM entries e ANTI JOIN ledger l "
        "ON e.journal_id = l.journal_id AND e.line_number = l.line_number AND e.amount = -l.amount"
    )
    assert lost == []


def test_t11_shares_and_trends_of_the_published_figures() -> None:
    """C1 to C3 of cloopen.md 8, from the figures that the books are made of; C4 and C5 beside them."""
    announced = [figures.ANNOUNCED[q][0] for q in figures.QUARTERS[:3]]
    net = [0, 11600, 17800]
    corrected = [a - n for a, n in zip(announced, net)]
    assert [round(n / a * 100, 2) for n, a in zip(net[1:], announced[1:])] == [4.24, 6.45]
    assert [round(n / c * 100, 2) for n, c in zip(net[1:], corrected[1:])] == [4.42, 6.89]
    assert round((announced[2] / announced[1] - 1) * 100, 2) == 0.80
    assert round((corrected[2] / corrected[1] - 1) * 100, 2) == -1.52
    assert sum(announced) - 752_688 == 1_812
    first_estimate = [a * s / 1000 for a, s in zip((273.9, 273.9, 276.1, 276.1), (50, 100, 150, 200))]
    assert [round(v, 3) for v in first_estimate] == [13.695, 27.39, 41.415, 55.22]


def test_large_customers_bring_721_in_a_thousand(made: Made) -> None:
    large = {c for d, ids in made.book.customers.items() for c in ids[: figures.LARGE[d]]}
    assert len(large) == 219
    sums = made.rows(f"SELECT {QUARTER}, customer_id, CAST(sum(amount) AS BIGINT) FROM entries GROUP BY ALL")
    for quarter, total in zip(figures.QUARTERS, figures.TOTALS):
        assert sum(a for q, c, a in sums if q == quarter and c in large) == made.k(total) * 721 // 1000


def test_45_to_50_percent_of_ucc_revenue_is_unbilled_when_recognised(made: Made) -> None:
    account = journals.REVENUE["ucc_project"]
    found = made.rows(
        f"SELECT quarter(CAST(effective_date AS DATE)), sum(CASE account WHEN '{journals.ASSET}' THEN amount "
        f"END) / -sum(CASE account WHEN '{account}' THEN amount END) FROM ledger WHERE journal_id IN "
        f"(SELECT journal_id FROM ledger WHERE account = '{account}' AND source = 'MANUAL') GROUP BY 1"
    )
    assert len(found) == 4 and all(0.45 <= share <= 0.50 for _, share in found), found


def test_disputes_and_credit_notes_are_as_many_as_stated(made: Made) -> None:
    first = "FROM invoices WHERE kind = 'invoice' AND reason IS NULL"
    ((billed,),) = made.rows(f"SELECT count(*) {first}")
    register = made.book.rows["disputes"]
    assert 0.015 < len(register) / billed < 0.025
    notes = made.rows(
        "SELECT n.reason, -n.amount, i.amount, r.amount, quarter(CAST(n.invoice_date AS DATE)) = "
        "quarter(CAST(r.invoice_date AS DATE)), datediff('quarter', CAST(i.invoice_date AS DATE), "
        "CAST(n.invoice_date AS DATE)) "
        "FROM invoices n JOIN invoices i ON i.invoice_id = n.corrects LEFT JOIN invoices r "
        "ON r.corrects = n.invoice_id AND r.reason = 'rebill' WHERE n.kind = 'credit_note'"
    )
    assert 0.002 < len(notes) / billed < 0.006
    assert len(notes) == sum(1 for r in register if r["credited"])
    assert {later for *_, later in notes} <= {1, 2}
    usage = [row[1:5] for row in notes if row[0] == "error"]
    assert all(note == invoice == again and same for note, invoice, again, same in usage)
    conceded = [row[1:4] for row in notes if row[0] == "dispute"]
    assert len(usage) + len(conceded) == len(notes)
    assert all(0 < note < invoice and again is None for note, invoice, again in conceded)


def test_each_concession_is_a_new_estimate_of_the_price(made: Made) -> None:
    """What is credited after a dispute lowers the price on that day, and revenue in that quarter (9.7)."""
    rows = [r for r in made.book.rows["modifications"] if r["treatment"] == "price_estimate"]
    taxes = {c.contract_id: c.tax for c in made.book.contracts}
    lowered = {
        (
            r["contract_id"],
            str(r["effective_date"]),
            -half_away(-r["price_change"] * 10**6, 10**6 + taxes[r["contract_id"]]),
        )
        for r in rows
    }
    notes = made.rows(
        "SELECT contract_id, CAST(invoice_date AS VARCHAR), amount FROM invoices WHERE reason = 'dispute'"
    )
    assert rows and set(notes) == lowered
    lower = made.rows("SELECT contract_id, amount FROM entries WHERE kind = 'credit'")
    assert {c for c, _ in lower} <= {c for c, _, _ in notes}
    assert all(amount < 0 for _, amount in lower)


def test_contracts_change_in_the_shares_that_the_documentation_states(made: Made) -> None:
    rows = made.book.rows
    kinds = Counter((r["treatment"], r["approved_date"] is not None) for r in rows["modifications"])
    projects = len(made.book.rungs)
    assert 0.03 < (kinds["catch_up", True] + kinds["separate", True]) / projects < 0.10
    assert 0 < kinds["catch_up", False] / projects < 0.04
    assert 15 <= kinds["prospective", True] <= 45
    amounts = [r for r in rows["estimates"] if r["kind"] == "variable_price"]
    assert 0.02 < len({r["obligation_id"] for r in amounts}) / projects < 0.10
    promised = {r["obligation_id"]: r for r in reversed(amounts)}
    assert {(r["nature"], r["constrained_amount"]) for r in promised.values() if r["nature"] == "bonus"} == {
        ("bonus", 0)
    }
    listed = rows["modified_obligations"]
    assert any(r.get("total_quantity") for r in listed) and any(r.get("end_date") for r in listed)


def test_what_is_planted_never_changes(made: Made) -> None:
    changed = {r["contract_id"] for r in made.book.rows["modifications"]}
    assert not changed & {p.contract_id for p in made.book.planted}


def test_a_paper_stands_behind_every_acceptance(made: Made) -> None:
    rows = made.book.rows["acceptances"]
    papers = {r["document_id"]: r for r in made.book.rows["documents"]}
    assert len({r["document_id"] for r in rows}) == len(rows)
    imprints = defaultdict(list)
    for row in rows:
        paper = papers[row["document_id"]]
        text = (made.out / "books" / paper["path"]).read_text(encoding="utf-8")
        assert row["number"] in text and row["contract_id"] in text and str(row["event_date"]) in text
        assert paper["recorded_at"] == row["recorded_at"]
        imprints[re.search(r"印模 (\d+)", text).group(1)].append(row)
    repeated = [row for same in imprints.values() if len(same) > 1 for row in same]
    kinds = {p.unit_id: p.kind for p in made.book.planted}
    assert repeated and {kinds.get(r["obligation_id"]) for r in repeated} == {"C"}


def test_t12_every_name_is_visibly_made_up(made: Made) -> None:
    for feed in ("customers", "contacts", "employees", "departments", "entities"):
        assert all(row["name"].startswith("SIM") for row in made.book.rows[feed]), feed
    files = [p for p in (made.out / "books").rglob("*") if p.suffix in (".csv", ".txt") and p.stem != "工时"]
    texts = [p.read_text(encoding="utf-8") for p in files]
    assert len(texts) > 1000
    assert not any(re.search(r"cloopen|容联|ronglian|KPMG", text, re.IGNORECASE) for text in texts)


def test_nothing_of_the_truth_stands_in_the_books(made: Made) -> None:
    for path in (made.out / "books").glob("*.csv"):
        text = path.read_bytes()
        assert b"premature" not in text and b"other_error" not in text, path
    assert {p.name for p in made.out.iterdir()} >= {"books", "truth"}
