"""The price each obligation enters the allocation with: options, ranges, and judgements that are missing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from earned.books import open_books
from earned.recognition.selling_price import OUTSIDE_RANGE, missing_judgements
from tests.unit.recognition.priced import Found, allocations, amounts, terms, write


def row(contract: str, name: str, **cells: Any) -> dict[str, Any]:
    return {"obligation_id": name, "contract_id": contract, "pattern": "point_in_time"} | cells


@pytest.fixture(scope="module")
def options(tmp_path_factory: pytest.TempPathFactory) -> Found:
    """Material rights as published, each beside the goods that come with it."""
    contracts = [
        {"contract_id": "voucher", "price": 100},
        {"contract_id": "second", "price": 1000},
        {"contract_id": "grocer", "price": 220},
        {"contract_id": "renewal", "price": 1000000},
        {"contract_id": "anybody", "price": 50},
        {"contract_id": "own", "price": 300},
        {"contract_id": "thirds", "price": 50},
    ]
    obligations = [
        row("voucher", "A", ssp=100),
        row("voucher", "V", ssp_method="option"),
        row("second", "X", ssp=1000),
        row("second", "Y", ssp_method="option"),
        row("grocer", "groceries", ssp=220),
        row("grocer", "coupon", ssp_method="option"),
        row("renewal", "main", ssp=950000),
        row("renewal", "renew", ssp_method="option"),
        row("anybody", "goods", ssp=50),
        row("anybody", "nothing", ssp_method="option"),
        row("own", "thing", ssp=200),
        row("own", "right", ssp=100),
        row("thirds", "good", ssp=50),
        row("thirds", "third", ssp_method="option"),
    ]
    bought = {"discount": 400000, "discount_anyway": 100000}
    rows = [
        {"obligation_id": "V", "purchase": 50, "likelihood": 800000} | bought,
        {"obligation_id": "Y", "worth": 200, "worth_anyway": 50, "likelihood": 800000},
        {"obligation_id": "coupon", "purchase": 60, "likelihood": 750000} | bought,
        {"obligation_id": "renew", "worth": 100000, "likelihood": 800000},
        {"obligation_id": "nothing", "worth": 5, "worth_anyway": 10, "likelihood": 500000},
        {"obligation_id": "right", "worth": 999, "likelihood": 1000000},
        {"obligation_id": "third", "purchase": "0.10", "discount": 333333, "likelihood": 450000},
    ]
    folder = tmp_path_factory.mktemp("options")
    return allocations(write(folder, contracts=contracts, obligations=obligations, options=rows))


@pytest.mark.parametrize(
    ("contract", "prices", "shares"),
    [
        # IFRS 15 Example 49, IE250-IE253 (ASC 606-10-55-336): 50 x 30 % x 80 %; printed 89 / 11
        ("voucher", {"A": "100.00", "V": "12.00"}, {"A": "89.29", "V": "10.71"}),
        # IFRS Community, customer options: (200 - 50) x 80 %
        ("second", {"X": "1000.00", "Y": "120.00"}, {"X": "892.86", "Y": "107.14"}),
        # Taxmann, Ind AS 115, discount voucher: 60 x 30 % x 75 %
        ("grocer", {"coupon": "13.50", "groceries": "220.00"}, {"coupon": "12.72", "groceries": "207.28"}),
        # lumatic2/kifrs-rag, scenario_01: 100,000 x 80 %
        (
            "renewal",
            {"main": "950000.00", "renew": "80000.00"},
            {"main": "922330.10", "renew": "77669.90"},
        ),
        # 606-10-55-42: what anybody gets is no right
        ("anybody", {"goods": "50.00", "nothing": "0.00"}, {"goods": "50.00", "nothing": "0.00"}),
        # an observed price stands
        ("own", {"right": "100.00", "thing": "200.00"}, {"right": "100.00", "thing": "200.00"}),
        # 0.10 x 33.3333 % x 45 % = 0.01499985, rounded once: 0.01 (0.03 x 45 % rounded twice were 0.01 too,
        # 0.10 x 15 % = 0.015 were 0.02)
        ("thirds", {"good": "50.00", "third": "0.01"}, {"good": "49.99", "third": "0.01"}),
    ],
)
def test_what_an_option_is_worth(
    contract: str, prices: dict[str, str], shares: dict[str, str], options: Found
) -> None:
    assert amounts(options[contract], "ssp_minor") == prices
    assert amounts(options[contract]) == shares


#: erev-cloud, accounting policies, CHK-030: list 200 less 20 %, within 15 % (136 to 184), stated at 120
OUTSIDE = {
    "nearest_bound": {"licence": "131.01", "service": "288.99"},
    "midpoint": {"licence": "146.09", "service": "273.91"},
    "low": {"licence": "131.01", "service": "288.99"},
    "high": {"licence": "159.67", "service": "260.33"},
    "observable": {"licence": "140.00", "service": "280.00"},
}


#: the policy changes every month, so that one set of books has each answer
BOUND = {rule: f"2021-0{month}-01" for month, rule in enumerate(OUTSIDE, 1)}
RANGE = {"ssp": 150, "ssp_low": 136, "ssp_high": 184, "stated_price": 120}
#: contract -> its bound date and the columns of the licence that differ
OTHERS: dict[str, tuple[str, dict[str, Any]]] = {
    "above": (BOUND["nearest_bound"], {"stated_price": 200}),
    "at_low": (BOUND["observable"], {"stated_price": 136}),
    "inside": (BOUND["observable"], {"stated_price": 160}),
    "at_high": (BOUND["observable"], {"stated_price": 184}),
    "unstated": (BOUND["low"], {"stated_price": ""}),
    "unobserved": (BOUND["low"], {"ssp_low": "", "ssp_high": ""}),
    "one_sided": (BOUND["nearest_bound"], {"ssp_high": ""}),
    "eve": ("2021-01-31", {}),
}


def sales(contract: str, **cells: Any) -> list[dict[str, Any]]:
    """A licence with a range beside a service; ids are contract:licence and contract:service."""
    licence = row(contract, f"{contract}:licence", **RANGE | cells)
    return [licence, row(contract, f"{contract}:service", ssp=300, stated_price=300)]


@pytest.fixture(scope="module")
def ranged(tmp_path_factory: pytest.TempPathFactory) -> Found:
    every = {rule: (day, {}) for rule, day in BOUND.items()} | OTHERS
    steps = ", ".join(f"{{from: {day}, value: {rule}}}" for rule, day in BOUND.items())
    folder = write(
        tmp_path_factory.mktemp("ranged"),
        policy=f"{{ssp_outside_range: [{steps}]}}",
        contracts=[{"contract_id": c, "price": 420, "bound_date": day} for c, (day, _) in every.items()],
        obligations=[one for c, (_, cells) in every.items() for one in sales(c, **cells)],
    )
    return allocations(folder)


def named(contract: str, found: Found, column: str = "allocated_minor") -> dict[str, str]:
    return {key.partition(":")[2]: text for key, text in amounts(found[contract], column).items()}


@pytest.mark.parametrize("rule", OUTSIDE)
def test_a_stated_price_outside_the_range(rule: str, ranged: Found) -> None:
    assert named(rule, ranged) == OUTSIDE[rule]


def test_every_answer_of_the_policy_is_tried() -> None:
    assert tuple(OUTSIDE) == OUTSIDE_RANGE


def test_above_the_range_the_nearest_bound_is_the_high_one(ranged: Found) -> None:
    assert named("above", ranged) == OUTSIDE["high"]


def test_below_a_range_with_one_end(ranged: Found) -> None:
    assert named("one_sided", ranged) == OUTSIDE["nearest_bound"]


def test_a_stated_price_inside_the_range_stands(ranged: Found) -> None:
    prices = {c: named(c, ranged, "ssp_minor")["licence"] for c in ("at_low", "inside", "at_high")}
    assert prices == {"at_low": "136.00", "inside": "160.00", "at_high": "184.00"}


def test_without_a_stated_price_or_a_range_the_observed_one_stands(ranged: Found) -> None:
    assert named("unstated", ranged, "ssp_minor") == {"licence": "150.00", "service": "300.00"}
    assert named("unobserved", ranged, "ssp_minor") == {"licence": "150.00", "service": "300.00"}


def test_the_policy_of_the_day_the_contract_was_bound(ranged: Found) -> None:
    # the last day of the first month, the policy of which holds to that day
    assert named("eve", ranged) == OUTSIDE["nearest_bound"]


@pytest.fixture(scope="module")
def silent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Books without the policy."""
    obligations = [
        *sales("outside"),
        *sales("within", stated_price=140),
        *sales("grown"),
        *sales("early"),
        row("open", "open:A", ssp=10),
        row("open", "open:R", ssp_method="residual", ssp=10),
        row("closed", "closed:A", ssp=10),
        row("closed", "closed:R", ssp_method="residual", ssp_low=1),
        row("one", "one:R", ssp_method="residual"),
    ]
    contracts = [
        {"contract_id": c, "price": 20}
        for c in ("outside", "within", "grown", "early", "open", "closed", "one")
    ]
    return write(tmp_path_factory.mktemp("silent"), contracts=contracts, obligations=obligations)


#: promised later: the early licence then takes the whole price, whatever it is worth alone; the other one
#: weighs in the modification that adds it
ADDED = ("grown:licence", "early:service")


def test_without_a_judgement_the_contract_is_not_tested(silent: Path) -> None:
    found = allocations(silent, added=ADDED)
    outside = "the stated price lies outside its range: policy.ssp_outside_range is missing"
    assert {c: next(iter(rows.values()))["untestable"] for c, rows in found.items()} == {
        "outside": outside,
        "within": None,
        "grown": outside,
        "early": None,
        "open": "a residual without a range: ssp_low or ssp_high of the obligation is missing",
        "closed": None,
        "one": None,
    }


def test_a_missing_judgement_is_named(silent: Path) -> None:
    books = open_books(silent)
    try:
        found = books.engine.rows(missing_judgements(books, terms(books, ADDED)))
    finally:
        books.engine.close()
    policy = ("policy.ssp_outside_range", ", ".join(OUTSIDE_RANGE), "606-10-32-33")
    assert sorted(tuple(r.values()) for r in found if r["paragraph"] != "606-10-32-34") == [
        ("grown", "grown:licence", *policy),
        ("outside", "outside:licence", *policy),
    ]
    assert [(r["obligation_id"], r["field"]) for r in found if r["paragraph"] == "606-10-32-34"] == [
        ("open:R", "obligations.ssp_low, obligations.ssp_high")
    ]
