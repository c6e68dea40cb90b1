"""A right that nobody used is earned when it expires (606-10-55-42); amounts by hand."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from tests.unit.recognition.contract_file import Recognised, of_file
from tests.unit.recognition.recognised import recognised

#: IFRS Community, customer loyalty programmes (TB-OPT120): X at 1,000 and a right worth 120, for 1,000
X, RIGHT = Decimal("892.86"), Decimal("107.14")


ONCE = "pattern: point_in_time, end_date: 2027-09-30"


def granted(folder: Path, right: str = ONCE, evidence: str = "", more: str = "") -> Recognised:
    """X is delivered in January; the right to a second product expires on 30 September."""
    return of_file(
        folder,
        f"""contract: {{contract_id: K, price: 1000, currency: USD, bound_date: 2027-01-01}}
window: {{from: 2027-01-01, to: 2028-03-31}}
calendar: {{kind: quarters}}
policy: {{close_days: 0}}
obligations:
  - {{obligation_id: X, pattern: point_in_time, ssp: 1000}}
  - {{obligation_id: right, ssp_method: option, {right}}}
  - {{obligation_id: Y, pattern: point_in_time, ssp: 400, added_in_version: 1}}
options:
  - {{obligation_id: right, worth: 200, worth_anyway: 50, likelihood: 800000}}
receipts:
  - {{receipt_id: R, customer_id: C, receipt_date: 2027-01-01, amount: 1000}}
evidence:
  - {{obligation_id: X, kind: delivery, event_date: 2027-01-15}}
{evidence}
{more}
""",
    )


def of_right(found: Recognised) -> dict[str, Decimal]:
    """Revenue of the right by period, where there is any."""
    rows = found.figures["revenue_by_obligation"]
    return {period: Decimal(of["right"]) for period, of in rows.items() if Decimal(of["right"])}


def test_a_right_that_nobody_used_is_earned_on_its_last_day(tmp_path: Path) -> None:
    found = granted(tmp_path)
    assert of_right(found) == {"2027Q3": RIGHT}
    assert found.of("revenue")["2027Q1"] == X
    assert [found.remaining(q) for q in ("2027Q1", "2027Q2", "2027Q3")] == [RIGHT, RIGHT, 0]
    assert found.balances("2027Q2") == {"contract_liability": RIGHT}
    assert found.balances("2027Q3") == found.balances("2028Q1") == {}


def test_without_a_last_day_it_is_never_over(tmp_path: Path) -> None:
    found = granted(tmp_path, "pattern: point_in_time")
    assert of_right(found) == {} and found.remaining("2028Q1") == RIGHT


def test_exercised_in_part_the_rest_is_earned_at_expiry(tmp_path: Path) -> None:
    """The goods of the exercise count as the right's own (55-42): 4 of 10 in May, 3 in August, 3 never.
    107.14 x 4/10 = 42.86 and x 7/10 = 75.00 (74.998); the rest, 32.14, on 30 September."""
    paper = "  - {obligation_id: right, kind: delivery, event_date: %s, quantity: %d, basis: increment}\n"
    evidence = paper % ("2027-05-01", 4) + paper % ("2027-08-01", 3)
    # a delivery after the last day adds nothing to what is all earned
    for papers in (evidence, evidence + paper % ("2027-11-01", 3)):
        found = granted(tmp_path, ONCE + ", total_quantity: 10", papers)
        assert of_right(found) == {"2027Q2": Decimal("42.86"), "2027Q3": RIGHT - Decimal("42.86")}
        assert found.remaining("2027Q2") == RIGHT - Decimal("42.86")


def test_units_of_a_right_that_are_never_used(tmp_path: Path) -> None:
    # 4,500 of 9,000 points used in the second quarter: half of 107.14
    points = "pattern: over_time, measure: units, total_quantity: 9000, end_date: 2027-09-30"
    used = (
        "  - {obligation_id: right, kind: units, event_date: 2027-06-01, quantity: 4500, basis: cumulative}"
    )
    found = granted(tmp_path, points, used)
    assert of_right(found) == {"2027Q2": Decimal("53.57"), "2027Q3": Decimal("53.57")}


EXERCISE = """modifications:
  - {version: 1, effective_date: 2027-04-01, approved_date: 2027-04-01, treatment: prospective,
     price_change: 300, decided_by: controller}
modified_obligations:
  - {version: 1, obligation_id: right, LISTED}
  - {version: 1, obligation_id: Y}
"""


def test_exercised_as_a_continuation_nothing_is_left_to_expire(tmp_path: Path) -> None:
    # as OS-EV-050CONT: the 107.14 of the right and 300 more are the price of Y, delivered in November
    evidence = "  - {obligation_id: Y, kind: delivery, event_date: 2027-11-01}"
    found = granted(tmp_path, ONCE, evidence, EXERCISE.replace("LISTED", "ended: true"))
    assert of_right(found) == {}
    revenue = {period: amount for period, amount in found.of("revenue").items() if amount}
    assert revenue == {"2027Q1": X, "2027Q4": RIGHT + 300}
    assert [found.remaining(q) for q in ("2027Q3", "2027Q4")] == [RIGHT + 300, 0]


def test_exercised_in_part_as_a_continuation_the_rest_expires_when_it_says(tmp_path: Path) -> None:
    """Of 107.14 and 300 a right still worth 100.00 and Y at 400.00 have 81.43 and 325.71 (one to four); the
    right goes on until 15 December."""
    listed = "ssp: 100, end_date: 2027-12-15"
    evidence = "  - {obligation_id: Y, kind: delivery, event_date: 2027-05-01}"
    found = granted(tmp_path, ONCE, evidence, EXERCISE.replace("LISTED", listed))
    assert of_right(found) == {"2027Q4": Decimal("81.43")}
    assert found.of("revenue")["2027Q2"] == Decimal("325.71")


def test_an_expiry_rests_on_no_paper(tmp_path: Path) -> None:
    """Whichever papers are accepted, and by every close; also where the exercise before it came late."""
    books, rec = recognised(
        tmp_path, "2027-01-01", "2027-12-31",
        contracts="""contract_id,price,bound_date
            C,1000.00,2027-01-01""",
        obligations="""obligation_id,contract_id,pattern,ssp,ssp_method,end_date,total_quantity
            X,C,point_in_time,892.86,,,
            V,C,point_in_time,107.14,option,2027-09-30,10""",
        evidence="""evidence_id,contract_id,obligation_id,kind,event_date,recorded_at,quantity,basis,maker
            d,C,X,delivery,2027-01-15,2027-01-15,,,customer
            v,C,V,delivery,2027-02-01,2027-06-30,4,increment,company""",
    )  # fmt: skip
    rows = {(r["obligation_id"], r["period_index"]): r for r in books.engine.rows(rec.earned)}
    figures = ("earned_minor", "earned_at_close_minor", "earned_all_minor", "earned_a_minor")
    # recorded in June it speaks from then; customers' papers alone show nothing of it
    assert [rows["V", 1][f] for f in figures] == [4286, 4286, 4286, 0]
    for period in (2, 3):
        assert [rows["V", period][f] for f in figures] == [10714] * 4
