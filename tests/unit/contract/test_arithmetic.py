"""Formulas are computed again before they are printed; schema and layout follow what they are made of."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from earned.books import schema
from earned.contract.arithmetic import Money, inside, minus, number, plus, rounded, times
from earned.contract.compared import differences
from earned.contract.document import KEYS, TABLES
from earned.contract.json_schema import contract_schema
from earned.contract.judgements import JUDGED, POLICIES
from earned.contract.layout import Heading, Lines, Text, html, markdown
from earned.contract.paragraphs import named, paragraphs
from earned.contract.words import amount, judged, name_of
from tests.gates.sources import ROOT

USD = Money("USD")


def test_a_formula_is_the_one_that_gives_the_figure() -> None:
    # ASC 606 Example 8: 1,350,000 x 420,000 / 820,000
    share = times(USD.term(135_000_000), USD.term(42_000_000), USD.term(82_000_000))
    wanted = "1,350,000.00 x 420,000.00 / 820,000.00 = 691,463.41"
    assert USD.formula(69_146_341, share) == wanted
    assert USD.formula(69_146_342, share) == "691,463.42"
    assert USD.formula(69_146_342, None, share, USD.term(69_146_342)) == "691,463.42"
    assert USD.formula(69_146_342, share, nearly=True).endswith(
        "= 691,463.42, the odd unit by largest remainder"
    )
    assert times(USD.term(1), USD.term(1), USD.term(0)) is None


def test_terms_are_put_together_as_they_are_written() -> None:
    assert USD.sum([100, -50, 25]).text == "1.00 - 0.50 + 0.25"
    assert (USD.sum([-100]).text, USD.sum([]).text) == ("-1.00", "0.00")
    assert number(Decimal("1234567.500")).text == "1,234,567.5" and number(0).text == "0"
    both = minus(plus(USD.term(1), USD.term(2)), inside(USD.term(4)))
    assert (both.text, both.value) == ("0.01 + 0.02 - (0.04)", Fraction(-1))
    assert [rounded(Fraction(n, 2)) for n in (1, -1, 3, -3)] == [1, -1, 2, -2]  # halves away from zero
    assert Money("JPY").plain(1234) == "1234"


def test_what_differs_is_named_by_its_path() -> None:
    ours = {"revenue": {"Q1": "1.00", "Q2": "2.00"}, "rates": {}}
    theirs = {"revenue": {"Q1": "1.00", "Q2": "3.00", "Q3": "4.00"}}
    assert differences({"us_gaap": ours, "ifrs": theirs}) == {
        "revenue.Q2": {"us_gaap": "2.00", "ifrs": "3.00"},
        "revenue.Q3": {"us_gaap": None, "ifrs": "4.00"},
    }


def test_every_judgement_and_policy_has_a_paragraph_in_both_standards() -> None:
    for subject in (*(j.subject for j in JUDGED), *POLICIES.values()):
        assert subject in named()
    us_gaap, ifrs = (paragraphs(f, "constraint") for f in ("us_gaap", "ifrs"))
    assert us_gaap == ["ASC 606-10-32-11", "IFRS 15.56"] and ifrs == us_gaap[::-1]
    assert all(j.column in schema.tables()[j.table].names for j in JUDGED)


def _fits(value: Any, of: Mapping[str, Any], path: str) -> list[str]:
    """What does not fit a schema of our own making: its keys, what is required, and its closed words."""
    if "properties" in of:
        wrong = [f"{path}.{k}" for k in value if k not in of["properties"]]
        wrong += [f"{path} lacks {k}" for k in of.get("required", ()) if k not in value]
        inner = ((k, v) for k, v in value.items() if k in of["properties"])
        return wrong + [w for k, v in inner for w in _fits(v, of["properties"][k], f"{path}.{k}")]
    if "items" in of:
        return [w for i, v in enumerate(value) for w in _fits(v, of["items"], f"{path}[{i}]")]
    return [f"{path}: {value}"] if "enum" in of and value not in of["enum"] else []


def test_the_schema_has_every_key_and_the_examples_fit_it() -> None:
    from ruamel.yaml import YAML

    made = contract_schema()
    assert set(made["properties"]) == set(KEYS) and not made["additionalProperties"]
    for table in TABLES:
        row = made["properties"][table]["items"]
        assert set(row["properties"]) == set(schema.tables()[table].names) - {"contract_id"}
    examples = sorted((ROOT / "examples" / "contracts").glob("*.yaml"))
    assert len(examples) >= 3
    for place in examples:
        assert _fits(YAML(typ="safe").load(place.read_text()), made, place.stem) == []
    assert _fits({"contract": {"prize": 1}}, made, "x") == [
        "x.contract.prize", "x.contract lacks contract_id", "x.contract lacks price",
    ]  # fmt: skip
    assert json.loads(json.dumps(made)) == made


def test_what_a_file_says_cannot_become_markup() -> None:
    blocks = [Heading(1, "<b>"), Text("a *b* [c](d)"), Lines(("x", "n"), [("a|b <i>", "1")], amounts=(1,))]
    text = markdown(blocks)
    assert text.splitlines()[0] == "# \\<b>" and "| a\\|b \\<i> | 1 |" in text and "| --- | ---: |" in text
    page = html(blocks)
    assert "<b>" not in page and "&lt;b&gt;" in page and '<td class="amount">1</td>' in page
    assert "http" not in page and "<script" not in page


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("revenue_by_obligation.2021M03.building", "2021M03 revenue building"),
        ("transaction_price.inception", "inception price"),
        ("balances.2021Q1.contract_asset", "2021Q1 contract asset"),
    ],
)
def test_paths_have_names(path: str, name: str) -> None:
    assert name_of(path) == name


def test_judgements_have_names_and_amounts_thousands() -> None:
    assert judged({"field": "modifications[1].treatment", "of": None}) == "treatment, modifications 1"
    assert judged({"field": "estimates[2].method", "of": "bonus"}) == "method, bonus"
    assert judged({"field": "contract.compounding", "of": None}) == "compounding, contract"
    assert [amount(t) for t in ("1350000.00", "-1234.5", "12", "0.1")] == [
        "1,350,000.00",
        "-1,234.5",
        "12",
        "0.1",
    ]
