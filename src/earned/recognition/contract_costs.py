"""Costs of obtaining and fulfilling contracts: what is an asset, how it is amortised, what is impaired.

ASC 340-40-25-1 to 25-8, 35-1 to 35-6; IFRS 15.91-104. A cost under another standard is no asset here and no
expense. The expedient of one year (340-40-25-4) is not taken: whoever takes it says `recoverable` false.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.books import Books
from earned.engine import Keep, muldiv
from earned.recognition.allocation import largest_remainder
from earned.recognition.of_contract import at_points
from earned.recognition.recognise import Recognition
from earned.recognition.straight_line import fraction

OBTAIN, FULFIL = "obtain", "fulfil"
_FOREVER = "9999-12-31"
#: what is known of a cost that does not change
_COST = (
    "cost_id", "contract_id", "kind", "incurred_date", "start_date", "end_date", "capitalised_minor",
    "expensed_minor",
)  # fmt: skip


def contract_costs(books: Books, rec: Recognition, keep: Keep) -> ir.Table | None:
    """The run's table contract_costs with `period_index` and `kind`: each cost from the period of its day on.

    Cumulative amounts in minor units of the contract's currency: capitalised, expensed at once, amortised,
    impaired net of reversals, and what is carried at the end: capitalised - amortised - impaired. The point
    before the first period is in it. None where the books have no costs.
    """
    if not books.filled.get("costs"):
        return None
    costs = keep("costs_placed", _placed(books, rec))
    transfer = keep("costs_transfer", _transfer(rec, costs))
    tests = keep("costs_tests", _tests(books, rec, costs))
    most = tests.number.max().to_pyarrow().as_py() or 0
    states = [keep("costs_tested_0", _at_first(costs))]
    reverses = books.manifest.company.framework == "ifrs"
    for number in range(1, most + 1):
        test = tests.filter(tests.number == number)
        after = _tested(states[-1], test, transfer, reverses=reverses)
        states.append(keep(f"costs_tested_{number}", after))
    return _at_points(rec, ibis.union(*states) if most else states[0], transfer)


def _placed(books: Books, rec: Recognition) -> ir.Table:
    """Each cost with the part that is an asset, and the first and last day of what it serves.

    Of obtaining: what is incremental and recoverable (25-1); of fulfilling: what is recoverable (25-5).
    By default it serves from the start of service, or from its own day where that is later, to its end.
    """
    terms = rec.terms
    service = terms.group_by("contract_id").agg(begins=terms.start_date.min(), ends=terms.end_date.max())
    rows = books.tables["costs"].left_join(service, "contract_id")
    recovered = rows.recoverable.fill_null(True)
    asset = ibis.cases(
        (rows.kind == OBTAIN, recovered & rows.incremental.fill_null(True)),
        (rows.kind == FULFIL, recovered),
        else_=False,
    )
    ours = rows.kind.isin((OBTAIN, FULFIL))
    begins = ibis.greatest(rows.incurred_date, ibis.coalesce(rows.begins, rows.incurred_date))
    start = ibis.coalesce(rows.start_date, begins)
    end = ibis.coalesce(rows.end_date, rows.ends)
    return rows.select(
        "cost_id", "contract_id", "kind", "incurred_date",
        start_date=start,
        # One that ends before it starts serves for a day; one without an end as long as revenue is earned.
        end_date=ibis.ifelse(end < start, start, end),
        capitalised_minor=ibis.ifelse(asset, rows.amount_minor, 0),
        expensed_minor=ibis.ifelse(ours & ~asset, rows.amount_minor, 0),
    )  # fmt: skip


def _transfer(rec: Recognition, costs: ir.Table) -> ir.Table:
    """transfer_of, transfer_from, transfer_to (exclusive), `earned_minor` of `price_minor` of a contract."""
    rows = at_points(rec, costs)
    price = ibis.greatest(rows.price_minor, 0)
    following = rows.last_date.lead().over(group_by=rows.contract_id, order_by=rows.last_date)
    return rows.select(
        transfer_of="contract_id",
        transfer_from="last_date",
        transfer_to=following.fill_null(ibis.literal(_FOREVER, "date")),
        price_minor=price,
        earned_minor=ibis.greatest(ibis.least(rows.earned_minor, price), 0),
    )


def _tests(books: Books, rec: Recognition, costs: ir.Table) -> ir.Table:
    """contract_id, tested_date, recoverable_minor, `number`: tests of the carrying amount in their order.

    A contract that is terminated gives nothing more: what is recoverable on its last day is 0.
    """
    given = books.tables["impairments"].select("contract_id", "tested_date", "recoverable_minor")
    contracts = books.tables["contracts"]
    ended = contracts.filter(contracts.terminated_date.notnull()).select(
        "contract_id", tested_date="terminated_date", recoverable_minor=ibis.literal(0, "int64")
    )
    rows = given.union(ended).semi_join(costs, "contract_id")
    last = rec.marks.agg(last_day=rec.marks.last_date.max())
    rows = rows.cross_join(last).filter(lambda t: t.tested_date <= t.last_day).drop("last_day")
    order = [rows.tested_date, ibis.desc(rows.recoverable_minor)]
    number = ibis.row_number().over(group_by=rows.contract_id, order_by=order)
    return rows.mutate(
        number=(number + 1).cast("int64"), recoverable_minor=ibis.greatest(rows.recoverable_minor, 0)
    )


def _at_first(costs: ir.Table) -> ir.Table:
    """The costs in their first state, from `from_day` on: `left_minor` to be amortised over the term of which
    `gone` is over, and what was amortised and impaired until then."""
    none = ibis.literal(0, "int64")
    return costs.select(
        *_COST,
        step=none,
        from_day="incurred_date",
        left_minor="capitalised_minor",
        gone=none,
        amortised_minor=none,
        impaired_minor=none,
    )


def _tested(state: ir.Table, test: ir.Table, transfer: ir.Table, *, reverses: bool) -> ir.Table:
    """The costs of tested contracts after the test of that number (340-40-35-3; IFRS 15.101).

    What the costs incurred by then are carried at above the recoverable amount is written down, shared by
    carrying amount. Under IFRS a higher one brings back what was impaired, up to what would be carried had
    nothing been impaired (IFRS 15.104); under US GAAP nothing comes back (340-40-35-6).
    """
    rows = _amortised(
        state.join(test.drop("number"), "contract_id").mutate(day=lambda t: t.tested_date), transfer
    )
    inside = rows.incurred_date <= rows.day
    unimpaired = rows.capitalised_minor - muldiv(rows.capitalised_minor, rows.served, rows["of"])
    lost = ibis.least(unimpaired - rows.carrying_minor, rows.impaired_minor)
    rows = rows.mutate(
        carried=ibis.ifelse(inside, rows.carrying_minor, 0),
        lost=ibis.ifelse(inside, ibis.greatest(lost, 0), 0) if reverses else ibis.literal(0, "int64"),
    )
    rows = rows.mutate(
        all_carried=rows.carried.sum().over(group_by=rows.contract_id).cast("int64"),
        all_lost=rows.lost.sum().over(group_by=rows.contract_id).cast("int64"),
    )
    room = rows.recoverable_minor - rows.all_carried
    rows = rows.mutate(
        change_minor=ibis.ifelse(room < 0, room, ibis.least(room, rows.all_lost)),
        by=ibis.ifelse(room < 0, rows.carried, rows.lost),
    )
    return _after(largest_remainder(rows, "contract_id", "cost_id", "change_minor", "by"))


def _after(rows: ir.Table) -> ir.Table:
    """The state from the test on; a cost that the test left alone goes on as before."""
    change = rows.share_minor.fill_null(0)
    moved = change != 0
    return rows.select(
        *_COST,
        step=rows.step + 1,
        from_day=ibis.greatest(rows.from_day, rows.day),
        left_minor=ibis.ifelse(moved, rows.carrying_minor + change, rows.left_minor),
        gone=ibis.ifelse(moved, rows.served, rows.gone),
        amortised_minor=ibis.ifelse(
            moved, rows.amortised_minor + rows.left_minor - rows.carrying_minor, rows.amortised_minor
        ),
        impaired_minor=rows.impaired_minor - change,
    )


def _amortised(rows: ir.Table, transfer: ir.Table) -> ir.Table:
    """Adds `served` of `of` by `day`, and `carrying_minor`: what is left, less its part of the term since.

    Equal parts a month; without an end of service as the contract's price is earned (340-40-35-1). Where
    there is no price either, as by use, nothing is amortised until an end is given.
    """
    rows = rows.left_join(
        transfer,
        [
            rows.contract_id == transfer.transfer_of,
            rows.day >= transfer.transfer_from,
            rows.day < transfer.transfer_to,
        ],
    )
    rows = rows.mutate(cut=ibis.least(rows.day, rows.end_date.fill_null(rows.day)))
    months, term = fraction(rows, "equal_months")
    by_price = rows.end_date.isnull()
    price = rows.price_minor.fill_null(0)
    rows = rows.mutate(
        served=ibis.ifelse(by_price, rows.earned_minor.fill_null(0), months).cast("int64"),
        of=ibis.ifelse(by_price, ibis.greatest(price, 1), term).cast("int64"),
    )
    since, rest = ibis.greatest(rows.served - rows.gone, 0), rows["of"] - rows.gone
    share = muldiv(rows.left_minor, since, ibis.greatest(rest, 1))
    spent = ibis.ifelse(rest > 0, share, rows.left_minor)
    return rows.mutate(carrying_minor=rows.left_minor - spent)


def _at_points(rec: Recognition, states: ir.Table, transfer: ir.Table) -> ir.Table:
    following = states.from_day.lead().over(group_by=states.cost_id, order_by=states.step)
    states = states.mutate(until=following.fill_null(ibis.literal(_FOREVER, "date")))
    marks = rec.marks.select("period_index", day="last_date")
    rows = _amortised(states.join(marks, [marks.day >= states.from_day, marks.day < states.until]), transfer)
    since = rows.left_minor - rows.carrying_minor
    return rows.select(
        "cost_id", "contract_id", "kind", "period_index", "capitalised_minor", "expensed_minor",
        "impaired_minor", "carrying_minor", amortised_minor=rows.amortised_minor + since,
    )  # fmt: skip
