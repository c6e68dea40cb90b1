"""The tables of the Audit Data Standards: how each is known, and its rows under our names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from earned.imports import cells, result, roles
from earned.imports.common import JOURNAL, LOG, Account, Collected

#: Kind -> what it is, the columns it is known by, and those it does not have; charts come before journals.
KNOWN: dict[str, tuple[str, frozenset[str], frozenset[str]]] = {
    kind: (said, frozenset(needs.split()), frozenset(without.split()))
    for kind, said, needs, without in (
        ("balance", "trial balance", "glaccountnumber amountbeginning amountending", ""),
        ("chart", "chart of accounts", "glaccountnumber glaccountname", "amount journalid"),
        ("journal", "general ledger detail", "journalid glaccountnumber amount", ""),
        ("log", "totals of the journals", "journalid amountcreditdebitindicator total", ""),
        ("cash", "cash received", "transactionid receiptamount", ""),
        ("invoice", "invoices", "invoiceid invoicedate", "journalid"),
        ("customer", "customers", "customeraccountid customeraccountname", ""),
    )
}
#: D and C of the standard, S and H as SAP fills the column.
_SIDES = {"d": 1, "s": 1, "debit": 1, "c": -1, "h": -1, "credit": -1}
_NET = "Are the invoice amounts net of tax? The standard does not say; they are taken as net."

_CREDITS = (
    "Invoices whose type says credit stand with positive amounts: they are taken as credit notes, negative. "
    "Is that right?"
)
_MONTH_ENDS = "Balances without a period are of the month that ends on their day (balanceAsOfDate)."

Row = dict[str, str]


def _journal(row: Row, file: str, number: int, found: Collected) -> None:
    """A line of the general ledger; the sign stands in the indicator, where there is one."""
    side = row.get("amountcreditdebitindicator")
    sign = 1 if side is None else _SIDES.get(side.casefold())
    if sign is None:
        found.reject(file, number, "Amount_Credit_Debit_Indicator", side or "", "D or C, or S or H")
        return
    amount = _amount(row, "amount", file, number, found)
    effective = _day(row, "effectivedate", file, number, found)
    if amount is None or effective is None:
        return
    moneys = {"functional_amount": "localamount", "reporting_amount": "reportingamount"}
    other = {ours: cells.amount(row.get(theirs, "")) for ours, theirs in moneys.items()}
    period = _period(row)
    if period[5:] > "12":
        found.adjustments.add(period)
    found.line(
        {
            "journal_id": row["journalid"],
            "line_number": row.get("journalidlinenumber") or str(number),
            "account": row["glaccountnumber"],
            "effective_date": effective,
            "period_id": period,
            "document_date": cells.moment(row.get("documentdate", "")),
            "created_at": cells.moment(row.get("entereddate", ""), row.get("enteredtime", "")),
            "approved_at": cells.moment(row.get("approveddate", "")),
            "currency": row.get("amountcurrency", ""),
            "entity_id": row.get("businessunitcode") or row.get("entityidentifier", ""),
            "preparer": row.get("enteredby", ""),
            "approver": row.get("approvedby", ""),
            "source": row.get("source", ""),
            "reversal_of": row.get("reversaljournalid", ""),
            "description": row.get("jelinedescription") or row.get("jeheaderdescription", ""),
            **{ours: cells.written(sign * value) for ours, value in other.items() if value is not None},
        },
        sign * amount,
        file,
        number,
    )


def _chart(row: Row, file: str, number: int, found: Collected) -> None:
    kind, subtype = row.get("accounttype", ""), row.get("accountsubtype", "")
    caption = row.get("fscaption", "")
    role = roles.by_type(kind, f"{subtype} {caption}")
    if row["glaccountnumber"]:
        found.has_chart = True
        name = row["glaccountname"]
        found.accounts[row["glaccountnumber"]] = Account(name, role, kind, subtype or caption, (file, number))
    else:
        found.reject(file, number, "GL_Account_Number", "", "the number of the account")


def _balance(row: Row, file: str, number: int, found: Collected) -> None:
    opening = _amount(row, "amountbeginning", file, number, found)
    closing = _amount(row, "amountending", file, number, found)
    period = _period(row) or _month_end(row.get("balanceasofdate", ""), found)
    if opening is None or closing is None:
        return
    if not period:
        text = f"{row.get('fiscalyear', '')} {row.get('period', '')}".strip()
        found.reject(file, number, "Period", text, "a fiscal year and a period from 1 to 16")
        return
    if period[5:] > "12":
        found.adjustments.add(period)
    ours = {
        "account": row["glaccountnumber"],
        "entity_id": row.get("businessunitcode") or row.get("entityidentifier", ""),
        "period_id": period,
        "opening": cells.written(opening),
        "closing": cells.written(closing),
        "currency": row.get("amountcurrency", ""),
    }
    found.add("trial_balance", ours, file, number)


def _customer(row: Row, file: str, number: int, found: Collected) -> None:
    names = {"customer_id": "customeraccountid", "name": "customeraccountname", "tax_id": "tin"}
    ours = {c: row.get(theirs, "") for c, theirs in names.items()}
    found.add("customers", ours, file, number)


def _invoice(row: Row, file: str, number: int, found: Collected) -> None:
    amount = _amount(row, "invoiceamount", file, number, found)
    credit = "credit" in row.get("invoicetypename", "").casefold()
    sold = _day(row, "invoicedate", file, number, found, needed=True)
    if amount is None or sold is None:
        return
    tax = cells.amount(row.get("tax1transactionamount", ""))
    if credit and amount > 0:
        amount, tax = -amount, -tax if tax is not None else None
        if _CREDITS not in found.questions:
            found.questions.append(_CREDITS)
    ours = {
        "invoice_id": row["invoiceid"],
        "kind": "credit_note" if credit or amount < 0 else "invoice",
        "customer_id": row.get("customeraccountid", ""),
        "invoice_date": sold,
        "due_date": cells.moment(row.get("invoiceduedate", "")),
        "amount": cells.written(amount),
        "tax": cells.written(tax) if tax is not None else "",
        "currency": row.get("invoiceamountcurrency", ""),
        "recorded_at": cells.moment(row.get("entereddate", ""), row.get("enteredtime", "")),
    }
    found.add("invoices", ours, file, number)
    if _NET not in found.questions:
        found.questions.append(_NET)


def _cash(row: Row, file: str, number: int, found: Collected) -> None:
    amount = _amount(row, "receiptamount", file, number, found)
    paid = _day(row, "transactiondate", file, number, found, needed=True)
    if amount is None or paid is None:
        return
    ours = {
        "receipt_id": row["transactionid"],
        "kind": "cash",
        "customer_id": row.get("customeraccountid", ""),
        "invoice_id": row.get("referencenumber", ""),
        "receipt_date": paid,
        "amount": cells.written(amount),
        "currency": row.get("currency") or row.get("receiptamountcurrency", ""),
    }
    found.add("receipts", ours, file, number)


def _log(row: Row, file: str, number: int, found: Collected) -> None:
    total = _amount(row, "total", file, number, found)
    sign = _SIDES.get(row["amountcreditdebitindicator"].casefold())
    if total is not None and sign is not None:
        stated = {"journal_id": row["journalid"], "side": str(sign), "total": cells.written(total)}
        found.add(LOG, stated, file, number)


TAKERS: dict[str, Callable[[Row, str, int, Collected], None]] = {
    "journal": _journal, "chart": _chart, "balance": _balance, "customer": _customer,
    "invoice": _invoice, "cash": _cash, "log": _log,
}  # fmt: skip
#: The columns that are taken, by kind; every other filled one is listed as not taken.
TAKEN: dict[str, frozenset[str]] = {
    "journal": frozenset((
        "journalid", "journalidlinenumber", "glaccountnumber", "amount", "amountcreditdebitindicator",
        "amountcurrency", "effectivedate", "documentdate", "entereddate", "enteredtime", "approveddate",
        "businessunitcode", "entityidentifier", "enteredby", "approvedby", "source", "fiscalyear", "period",
        "reversaljournalid", "jelinedescription", "jeheaderdescription", "localamount", "reportingamount",
    )),
    "chart": frozenset(("glaccountnumber", "glaccountname", "accounttype", "accountsubtype", "fscaption")),
    "balance": frozenset((
        "glaccountnumber", "businessunitcode", "entityidentifier", "fiscalyear", "period",
        "amountbeginning", "amountending", "amountcurrency", "balanceasofdate",
    )),
    "customer": frozenset(("customeraccountid", "customeraccountname", "tin")),
    "invoice": frozenset((
        "invoiceid", "customeraccountid", "invoicedate", "invoiceduedate", "invoiceamount",
        "tax1transactionamount", "invoiceamountcurrency", "entereddate", "enteredtime", "invoicetypename",
    )),
    "cash": frozenset((
        "transactionid", "customeraccountid", "referencenumber", "transactiondate", "receiptamount",
        "currency", "receiptamountcurrency",
    )),
    "log": frozenset(("journalid", "amountcreditdebitindicator", "total", "entereddate", "enteredtime")),
}  # fmt: skip


def against_log(found: Collected) -> None:
    """Each journal and side of the log against the lines: one total for all, one for each that differs."""
    if not found.rows[LOG] or not found.rows[JOURNAL]:
        return
    amount = "CAST(amount AS DECIMAL(38, 9))"
    rows = found.engine.sql(
        f"""
        WITH lines AS (
            SELECT journal_id, CASE WHEN {amount} < 0 THEN '-1' ELSE '1' END AS side,
                abs(sum({amount})) AS found FROM {JOURNAL} GROUP BY ALL),
        stated AS (
            SELECT journal_id, side, sum(CAST(total AS DECIMAL(38, 9))) AS stated FROM {LOG} GROUP BY ALL)
        SELECT journal_id, side, coalesce(stated, 0), coalesce(found, 0)
        FROM stated FULL JOIN lines USING (journal_id, side) ORDER BY journal_id, side"""
    )
    untied = [row for row in rows if row[2] != row[3]]
    found.total("journals and sides as the log has them", len(rows), len(rows) - len(untied))
    for journal, side, stated, reached in untied[: result.LISTED]:
        said = "debit" if side == "1" else "credit"
        found.total(f"{said} of journal {journal} in the log", stated.normalize(), reached.normalize())


def against_balances(found: Collected) -> None:
    """What each account moved in each period by the trial balance, against the lines of the ledger."""
    if not found.rows["trial_balance"] or not found.rows[JOURNAL]:
        return
    rows = found.engine.sql(
        "WITH moved AS (SELECT account, coalesce(entity_id, '') AS entity, period_id, "
        f"sum(CAST(amount AS DECIMAL(38, 9))) AS lines FROM {JOURNAL} GROUP BY ALL), "
        "stated AS (SELECT account, coalesce(entity_id, '') AS entity, period_id, "
        "sum(CAST(closing AS DECIMAL(38, 9)) - CAST(opening AS DECIMAL(38, 9))) AS change "
        "FROM trial_balance GROUP BY ALL) "
        "SELECT account, period_id, change, coalesce(lines, 0) FROM stated "
        f"LEFT JOIN moved USING (account, entity, period_id) "
        f"WHERE period_id IN (SELECT period_id FROM {JOURNAL}) ORDER BY 1, 2"
    )
    untied = [row for row in rows if row[2] != row[3]]
    found.total("movements of accounts as the trial balance has them", len(rows), len(rows) - len(untied))
    for account, period, change, lines in untied[: result.LISTED]:
        found.total(f"movement of account {account} in {period}", change.normalize(), lines.normalize())


def _amount(row: Row, column: str, file: str, number: int, found: Collected) -> Decimal | None:
    text = row.get(column, "")
    value = cells.amount(text)
    if value is None:
        found.reject(file, number, column, text, "an amount such as 1234.56")
    return value


def _day(
    row: Row, column: str, file: str, number: int, found: Collected, *, needed: bool = False
) -> str | None:
    """A day; empty for none or a sentinel unless it is needed; None, rejected, where it cannot be read."""
    filled = cells.filled_day(row.get(column, ""))
    found_day = cells.day(filled) if filled else None if needed else ""
    if found_day is None:
        found.reject(file, number, column, row.get(column, ""), "a day as YYYYMMDD or YYYY-MM-DD")
    return found_day


def _period(row: Row) -> str:
    """Fiscal year and period as 2007M01; `M13` and `13` are one; empty where they are none."""
    year, number = row.get("fiscalyear", ""), row.get("period", "").upper().removeprefix("M")
    good = year.isdecimal() and len(year) == 4 and number.isdecimal() and 1 <= int(number) <= 16
    return f"{year}M{int(number):02}" if good else ""


def _month_end(text: str, found: Collected) -> str:
    """The month of a day that is its last, as 2021M03; empty for every other."""
    day = cells.day(text)
    if not day or (date.fromisoformat(day) + timedelta(days=1)).day != 1:
        return ""
    if _MONTH_ENDS not in found.notes:
        found.notes.append(_MONTH_ENDS)
    return f"{day[:4]}M{day[5:7]}"
