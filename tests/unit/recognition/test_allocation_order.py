"""The price at inception in the standard's order: bundle, residual, relative (ASC 606-10-32-28 to 32-41)."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from earned.engine import Engine
from earned.recognition.allocation import largest_remainder
from tests.unit.recognition.priced import Found, allocations, amounts, write


def obligations(contract: str, **ssp: Any) -> list[dict[str, Any]]:
    """Rows of a contract by the name of each obligation: its ssp, or a mapping of columns."""
    return [
        {"obligation_id": f"{contract}:{name}", "contract_id": contract, "pattern": "point_in_time"}
        | (cells if isinstance(cells, dict) else {"ssp": cells})
        for name, cells in ssp.items()
    ]


def named(contract: str, found: Found) -> dict[str, str]:
    """Allocated amounts by the name of each obligation within its contract."""
    return {key.partition(":")[2]: text for key, text in amounts(found[contract]).items()}


def methods(contract: str, found: Found) -> dict[str, str]:
    return {key.partition(":")[2]: row["method"] for key, row in found[contract].items()}


#: contract -> price, obligations, expected shares: published examples of relative allocation
RELATIVE: dict[str, tuple[str, dict[str, Any], dict[str, str]]] = {
    # IFRS 15 Example 33, IE164-IE166 (ASC 606-10-55-256); printed 33 / 17 / 50
    "three_methods": ("100", {"A": 50, "B": 25, "C": 75}, {"A": "33.33", "B": "16.67", "C": "50.00"}),
    # EY International GAAP 2019, Example 28.53; printed 68,807 / 12,844 / 18,349
    "machine": (
        "100000",
        {"machine": 75000, "installation": 14000, "warranty": 20000},
        {"machine": "68807.34", "installation": "12844.04", "warranty": "18348.62"},
    ),
    # jkjiwani, IFRS 15 course, question 20
    "two_licences": ("450", {"A": 1200, "B": 1500}, {"A": "200.00", "B": "250.00"}),
    # exam question Locke
    "package": (
        "100",
        {"goods": 75, "installation": 30, "service": 45},
        {"goods": "50.00", "installation": "20.00", "service": "30.00"},
    ),
    # 116,000 x 85/130, exactly; the page that asks prints 75,780
    "perpetual": (
        "116000",
        {"licence": 85000, "support": 45000},
        {"licence": "75846.15", "support": "40153.85"},
    ),
    # erev-cloud, accounting policies, exercise of a material right, at inception
    "renewal": ("1000", {"P1": 900, "P2": 200, "MR": 100}, {"P1": "750.00", "P2": "166.67", "MR": "83.33"}),
}
#: IFRS 15 Example 34: B and C are regularly sold together for 60, each of the three alone
A, B, C = 40, {"ssp": 55, "bundle_id": "BC"}, {"ssp": 45, "bundle_id": "BC"}
D = {"ssp_method": "residual", "ssp_low": 15, "ssp_high": 45}
USAGE = {"pattern": "over_time", "measure": "as_used", "unit_price": 1}
TAXED = {"ssp_method": "residual", "ssp_low": 50, "ssp_high": 70, "tax_rate": 190000}
OF_BUNDLES: dict[str, tuple[str, dict[str, Any]]] = {
    "case_a": ("100", {"A": A, "B": B, "C": C}),
    "case_b": ("130", {"A": A, "B": B, "C": C, "D": D}),
    "case_c": ("105", {"A": A, "B": B, "C": C, "D": D}),
    "case_c_ssp": ("105", {"A": A, "B": B, "C": C, "D": D | {"ssp": 30}}),
    "not_sold": ("100", {"A": A, "B": B, "C": C}),
    "more": ("90", {"A": A, "B": B, "C": C}),
    "premium": ("180", {"A": A, "B": B, "C": C}),
    "whole_bundle": ("60", {"B": B, "C": C}),
    "given_beside": ("107", {"A": A, "B": B, "C": C, "G": {"allocated_price": 7}}),
    "part_unpriced": ("100", {"A": A, "B": B, "C": {"allocated_price": 20, "bundle_id": "BC"}}),
    "two_bundles": (
        "140",
        {"A": A, "B": B, "C": C, "E": {"ssp": 50, "bundle_id": "EF"}, "F": {"ssp": 10, "bundle_id": "EF"}},
    ),
    "gross": ("113", {"A": "45.20", "B": B | {"ssp": "62.15"}, "C": C | {"ssp": "50.85"}}),
    "no_range": ("130", {"A": A, "D": {"ssp_method": "residual", "ssp": 90}}),
    "two_residuals": ("130", {"A": A, "D": D, "E": D}),
    "low_bound": ("55", {"A": A, "D": D}),
    "below_bound": ("54.99", {"A": A, "D": D | {"ssp": 20}}),
    "high_bound": ("85", {"A": A, "D": D}),
    "above_bound": ("85.01", {"A": A, "D": D | {"ssp": 20}}),
    "alone": ("33", {"D": {"ssp_method": "residual", "allocated_price": 1}}),
    "franchise": ("150000", {"equipment": 150000, "licence": USAGE}),
    "grown": ("100", {"A": 30, "B": 60, "later": 50}),
    "royalty": ("800", {"X": 800, "Y": 1000}),
    "all_own": ("90", {"X": 10, "Y": 20}),
    "rates": ("119", {"A": TAXED, "B": "35.70", "C": {"ssp": "23.80", "tax_rate": 0}}),
}
TAX = {
    "gross": {"price_includes_tax": "true", "tax_rate": 130000},
    "rates": {"price_includes_tax": "true", "tax_rate": 190000},
}
BUNDLE = {"bundle_id": "BC", "price": 60, "regularly_sold": "true"}
OTHER_BUNDLE: dict[str, dict[str, Any]] = {
    "not_sold": {"regularly_sold": ""},
    "gross": {"price": "67.80"},
    # 15 below B alone, as the contract is below A and B
    "part_unpriced": {"price": 40},
}


@pytest.fixture(scope="module")
def relative(tmp_path_factory: pytest.TempPathFactory) -> Found:
    """Books that have neither bundles nor residuals nor variable amounts."""
    contracts = [{"contract_id": c, "price": price} for c, (price, _, _) in RELATIVE.items()]
    rows = [row for c, (_, ssp, _) in RELATIVE.items() for row in obligations(c, **ssp)]
    folder = tmp_path_factory.mktemp("relative")
    return allocations(write(folder, contracts=contracts, obligations=rows))


@pytest.fixture(scope="module")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> Found:
    """Books that have all of it."""
    contracts = [{"contract_id": c, "price": price} | TAX.get(c, {}) for c, (price, _) in OF_BUNDLES.items()]
    rows = [row for c, (_, ssp) in OF_BUNDLES.items() for row in obligations(c, **ssp)]
    bundles = [{"contract_id": c} | BUNDLE | OTHER_BUNDLE.get(c, {}) for c in OF_BUNDLES]
    bundles.append({"contract_id": "two_bundles", "bundle_id": "EF", "price": 40, "regularly_sold": "true"})
    royalty = {"kind": "variable_price", "nature": "royalty", "known_at": "2020-01-01", "amount": 1000}
    folder = write(
        tmp_path_factory.mktemp("bundled"),
        contracts=contracts,
        obligations=rows,
        bundles=bundles,
        estimates=[{"obligation_id": "royalty:Y"} | royalty],
    )
    own = {"royalty:Y": 100000, "all_own:X": 1000, "all_own:Y": 5000}
    return allocations(folder, added=["grown:later"], targeted=own)


@pytest.mark.parametrize("contract", RELATIVE)
def test_relative_prices(contract: str, relative: Found) -> None:
    assert named(contract, relative) == RELATIVE[contract][2]
    assert set(methods(contract, relative).values()) == {"ssp"}
    assert all(r["weight"] == r["ssp_minor"] for r in relative[contract].values())


def test_a_discount_that_is_the_bundles_own(bundled: Found) -> None:
    # IFRS 15 Example 34 Case A, IE167-IE172
    assert named("case_a", bundled) == {"A": "40.00", "B": "33.00", "C": "27.00"}
    assert methods("case_a", bundled) == {"A": "ssp", "B": "bundle", "C": "bundle"}


def test_a_later_change_is_shared_as_the_price_was(bundled: Found) -> None:
    # 606-10-32-43: on the same basis as at inception, 40 : 33 : 27
    weights = {key[-1]: row["weight"] for key, row in bundled["case_a"].items()}
    assert weights == {"A": 4000, "B": 3300, "C": 2700}


def test_the_residual_comes_after_the_bundle(bundled: Found) -> None:
    # IFRS 15 Example 34 Case B, IE173-IE175: 130 less 40 less 60 is within 15 to 45
    assert named("case_b", bundled) == {"A": "40.00", "B": "33.00", "C": "27.00", "D": "30.00"}
    assert methods("case_b", bundled) == {"A": "ssp", "B": "bundle", "C": "bundle", "D": "residual"}
    d = bundled["case_b"]["case_b:D"]
    assert (d["residual_minor"], d["residual_accepted"], d["ssp_minor"]) == (3000, True, 3000)
    assert bundled["case_b"]["case_b:A"]["residual_accepted"] is None


def test_a_residual_beyond_what_was_observed_is_refused(bundled: Found) -> None:
    # IFRS 15 Example 34 Case C, IE176-IE177: 105 leaves 5, which is not within 15 to 45
    d = bundled["case_c"]["case_c:D"]
    assert (d["residual_minor"], d["residual_accepted"]) == (500, False)
    assert {r["untestable"] for r in bundled["case_c"].values()} == {
        "the residual is not within ssp_low and ssp_high and above 0, and ssp is missing"
    }


def test_then_all_prices_are_relative(bundled: Found) -> None:
    # the same with 30 as the price of D (erev-cloud, policies, CHK-032): 105 over 170
    assert named("case_c_ssp", bundled) == {"A": "24.71", "B": "33.97", "C": "27.79", "D": "18.53"}
    assert set(methods("case_c_ssp", bundled).values()) == {"ssp"}
    assert bundled["case_c_ssp"]["case_c_ssp:D"]["residual_minor"] == 500


def test_a_discount_without_evidence_is_everybodys(bundled: Found) -> None:
    # 100 x 40, 55, 45 / 140: nothing says that the bundle is regularly sold
    assert named("not_sold", bundled) == {"A": "28.57", "B": "39.29", "C": "32.14"}
    # 90 x ...: the contract's discount of 50 is not the bundle's 40
    assert named("more", bundled) == {"A": "25.71", "B": "35.36", "C": "28.93"}
    # 180 x ...: there is no discount
    assert named("premium", bundled) == {"A": "51.43", "B": "70.71", "C": "57.86"}
    for contract in ("not_sold", "more", "premium"):
        assert set(methods(contract, bundled).values()) == {"ssp"}


def test_a_bundle_of_all_is_no_part_of_the_contract(bundled: Found) -> None:
    # 606-10-32-37: "one or more, but not all"
    assert named("whole_bundle", bundled) == {"B": "33.00", "C": "27.00"}
    assert set(methods("whole_bundle", bundled).values()) == {"ssp"}


def test_a_share_that_the_company_gave_stands_outside(bundled: Found) -> None:
    assert named("given_beside", bundled) == {"A": "40.00", "B": "33.00", "C": "27.00", "G": "7.00"}
    assert methods("given_beside", bundled)["G"] == "given"


def test_a_bundle_with_a_part_without_price_shows_no_discount(bundled: Found) -> None:
    # 100 less the company's 20 for C, over 40 and 55
    assert named("part_unpriced", bundled) == {"A": "33.68", "B": "46.32", "C": "20.00"}


def test_bundles_whose_discounts_are_together_the_contracts(bundled: Found) -> None:
    # 60 over 55 and 45, 40 over 50 and 10: the discounts of 40 and 20 are the contract's 60
    assert named("two_bundles", bundled) == {
        "A": "40.00",
        "B": "33.00",
        "C": "27.00",
        "E": "33.33",
        "F": "6.67",
    }


def test_prices_with_tax_are_compared_without_it(bundled: Found) -> None:
    # Case A with 13 % on everything
    assert named("gross", bundled) == {"A": "40.00", "B": "33.00", "C": "27.00"}
    assert methods("gross", bundled)["B"] == "bundle"


def test_a_residual_without_a_range_is_not_used(bundled: Found) -> None:
    assert {r["untestable"] for r in bundled["no_range"].values()} == {
        "a residual without a range: ssp_low or ssp_high of the obligation is missing"
    }


def test_the_residual_of_several_cannot_be_told_apart(bundled: Found) -> None:
    assert {r["untestable"] for r in bundled["two_residuals"].values()} == {
        "the residual is of several obligations, and ssp is missing"
    }


def test_the_range_holds_its_ends(bundled: Found) -> None:
    assert named("low_bound", bundled) == {"A": "40.00", "D": "15.00"}
    assert named("high_bound", bundled) == {"A": "40.00", "D": "45.00"}
    # 54.99 and 85.01 over 40 and 20
    assert named("below_bound", bundled) == {"A": "36.66", "D": "18.33"}
    assert named("above_bound", bundled) == {"A": "56.67", "D": "28.34"}


def test_the_only_obligation_takes_the_whole(bundled: Found) -> None:
    assert named("alone", bundled) == {"D": "33.00"}
    assert methods("alone", bundled) == {"D": "whole"}
    assert bundled["alone"]["alone:D"]["untestable"] is None


def test_usage_takes_no_part(bundled: Found) -> None:
    # IFRS 15 Example 57, IE289-IE296: equipment for 150,000, beside it a licence against a royalty only
    licence = bundled["franchise"]["franchise:licence"]
    assert (licence["allocated_minor"], licence["method"], licence["weight"]) == (None, "as_used", 0)
    equipment = bundled["franchise"]["franchise:equipment"]
    assert (equipment["allocated_minor"], equipment["method"]) == (15000000, "whole")


def test_what_is_added_later_takes_no_part(bundled: Found) -> None:
    # 100 over the 30 and 60 of inception; 606-10-25-12, 25-13: its price comes with its modification
    assert named("grown", bundled) == {"A": "33.33", "B": "66.67", "later": "0.00"}
    assert methods("grown", bundled) == {"A": "ssp", "B": "ssp", "later": "added"}
    assert bundled["grown"]["grown:later"]["weight"] == 0


def test_a_variable_amount_of_its_own_lessens_the_share(bundled: Found) -> None:
    # IFRS 15 Example 35 Case A, IE179-IE182: the royalty of 1,000 is all Y's, the fixed 800 all X's
    assert named("royalty", bundled) == {"X": "800.00", "Y": "0.00"}
    # nothing is left of either price: the prices themselves weigh
    assert named("all_own", bundled) == {"X": "30.00", "Y": "60.00"}


def test_own_tax_rates_are_netted_from_shares_of_the_gross_price(bundled: Found) -> None:
    # P5: of 119 with tax, B has 35.70 and C 23.80 with theirs (19 % and none); 59.50 is the residual of A
    assert named("rates", bundled) == {"A": "50.00", "B": "30.00", "C": "23.80"}
    assert methods("rates", bundled)["A"] == "residual"


def test_a_concession_over_equal_obligations() -> None:
    # erev-cloud, answer keys, CHK-003c: -100 over three; the odd cent goes to the smaller key
    engine = Engine(threads=1)
    try:
        columns = {"c": ["x"] * 3, "key": ["P1", "P2", "P3"], "amount": [-10000] * 3, "weight": [1] * 3}
        rows = largest_remainder(engine.small("t", pa.table(columns)), "c", "key", "amount", "weight")
        found = {row["key"]: row["share_minor"] for row in engine.rows(rows)}
    finally:
        engine.close()
    assert found == {"P1": -3334, "P2": -3333, "P3": -3333}
