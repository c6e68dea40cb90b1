"""books.yaml: closed keys, text that is typed by its key, dated policies, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from earned import money
from earned.books import manifest, written
from earned.faults import Fault, InputError

FULL = """
company: {name: no, currency: CNY, timezone: Asia/Shanghai, fiscal_year_end: 03-31, framework: ifrs}
window: {from: 2021-01-01, to: 2021-12-31}
as_of: 2022-03-31
calendar: {kind: quarters, adjustment_periods: {2021M13: 2021M12}}
sources:
  led: {path: [a.csv, 'b*.csv'], null_values: ['19000101', 0000-00-00], encoding: GBK, delimiter: tab}
  book: {path: b.xlsx, sheet: 收入, header_row: [2, 3], fill_down: [Date], until: TOTAL}
tables:
  entries:
    source: led
    columns: {contract_id: VTR, amount: {debit: Soll, credit: Haben}, entry_id: '{A}-{B}', currency: =CNY}
    date: ['%Y%m%d', excel]
    decimal: ','
    thousands: '.'
    unit: {amount: ten_thousand}
    scale: {amount: 0.01}
    values: {kind: {no: invoice, 007: credit}}
    without: {摘要: [本期合计, 'Total*'], VOID: filled}
    ids: {contract_id: {strip_zeros: true, fold: [width, case], drop: '-'}}
  evidence:
  - {select: SELECT 1}
  - {source: led, sign: indicator, indicator: {column: SHKZG, C: [H], D: [S]}}
policy:
  least_grade: [{from: 2021-04-01, value: A, decided_by: CFO}, {from: 2020-01-01, value: B}]
  late_paper: {days: 10}
  acceptance_needs: [signature, seal]
procedures: {off: {p1: because}, parameters: {p2: {n: 5, q: 0.05}}}
documents: papers
"""


def load(folder: Path, text: str, *overrides: tuple[str, str]) -> manifest.Manifest:
    (folder / "books.yaml").write_text(text, encoding="utf-8")
    return manifest.load(folder, overrides)


def faults(folder: Path, text: str, *overrides: tuple[str, str]) -> tuple[Fault, ...]:
    with pytest.raises(InputError) as caught:
        load(folder, text, *overrides)
    return caught.value.faults


def test_every_value_keeps_its_text_until_its_key_types_it(tmp_path: Path) -> None:
    found = load(tmp_path, FULL)
    assert found.company == manifest.Company("no", "", "CNY", "Asia/Shanghai", "03-31", "ifrs")
    assert found.window == manifest.Window(date(2021, 1, 1), date(2021, 12, 31))
    assert found.sources["led"].null_values == ("19000101", "0000-00-00")
    assert (found.sources["led"].delimiter, found.sources["led"].encoding) == ("\t", "gbk")
    assert found.sources["book"].header_row == (2, 3)
    (entries,) = found.tables["entries"]
    assert entries.scale == {"amount": Decimal("0.01")}
    assert entries.values == {"kind": {"no": "invoice", "007": "credit"}}
    assert entries.columns["amount"] == {"debit": "Soll", "credit": "Haben"}
    assert [m.select for m in found.tables["evidence"]] == ["SELECT 1", None]
    assert found.procedure_parameters == {"p2": {"n": 5, "q": Decimal("0.05")}}
    assert found.given and not found.currency_guessed


def test_what_is_written_back_is_read_as_the_same(tmp_path: Path) -> None:
    first = load(tmp_path, FULL)
    text = written.as_used(first)
    again = load(tmp_path, text)
    assert written.as_used(again) == text
    assert replace(again, policy=first.policy) == first
    assert all(again.policy.steps(n) == first.policy.steps(n) for n in ("least_grade", "late_paper.days"))


def test_policy_has_defaults_and_steps(tmp_path: Path) -> None:
    policy = load(tmp_path, FULL).policy
    assert policy.steps("least_grade") == (
        (None, "C"),
        (date(2020, 1, 1), "B"),
        (date(2021, 4, 1), "A"),
    )
    assert policy.value("least_grade", date(2021, 3, 31)) == "B"
    assert policy.value("least_grade") == "A"
    assert policy.value("late_paper.days") == 10 and policy.value("late_paper.corroborated") is True
    assert policy.value("acceptance_needs") == ("seal", "signature")
    assert policy.value("close_days") == 15 and policy.value("tax_rate") is None
    assert policy.given("late_paper.days") and not policy.given("close_days")


def test_policy_in_force_as_a_column() -> None:
    import ibis

    policy = manifest.load(None, [("policy.least_grade", "[{from: 2021-04-01, value: A}]")]).policy
    days = ibis.memtable({"d": [date(2021, 3, 31), date(2021, 4, 1)]})
    shown = days.mutate(grade=policy.at("least_grade", days.d)).order_by("d").to_pyarrow()
    assert shown["grade"].to_pylist() == ["C", "A"]


def test_a_policy_of_two_values_may_be_dated_as_a_whole(tmp_path: Path) -> None:
    text = "company: {currency: CNY}\npolicy: {late_paper: [{from: 2021-01-01, value: {days: 3}}]}"
    policy = load(tmp_path, text).policy
    assert policy.steps("late_paper.days") == ((None, 30), (date(2021, 1, 1), 3))
    assert policy.steps("late_paper.corroborated") == ((None, True),)


def test_set_puts_a_value_over_the_file_and_stands_without_one(tmp_path: Path) -> None:
    text = "company: {currency: CNY}"
    found = load(tmp_path, text, ("policy.least_grade", "A"), ("company.currency", "JPY"))
    assert (found.policy.value("least_grade"), found.company.currency) == ("A", "JPY")
    none = manifest.load(None, [("policy.tolerance.minor", "0")])
    assert none.policy.value("tolerance.minor") == 0 and none.policy.given("tolerance.minor")
    assert (none.given, none.currency_guessed, none.company.currency) == (False, True, "XXX")


def test_an_unknown_key_is_answered_with_the_nearest(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, "company: {currency: CNY}\npolicy: {lest_grade: A}")
    assert (fault.file, fault.row, fault.column) == ("books.yaml", 2, "policy.lest_grade")
    assert fault.expected.startswith("a key of policy: least_grade, ")
    assert fault.do == "did you mean least_grade?"


@pytest.mark.parametrize(
    ("text", "column", "said"),
    [
        ("", None, "the key company"),
        ("---\n", None, "the key company"),
        ("policy: {}", None, "the key company"),
        ("company: {currency: RMB}", "company.currency", "ISO 4217"),
        ("company: {timezone: CST}", "company.timezone", "IANA"),
        ("company: {fiscal_year_end: 02-30}", "company.fiscal_year_end", "12-31"),
        ("company: {name: a}\nas_of: yes", "as_of", "a date"),
        (
            "company: {name: a}\npolicy: {price_includes_tax: yes}",
            "policy.price_includes_tax",
            "true or false",
        ),
        ("company: {name: a}\npolicy: {close_days: -1}", "policy.close_days", "at least 0"),
        ("company: {name: a}\npolicy: {least_grade: E}", "policy.least_grade", "one of A, B, C, D"),
        ("company: {name: a}\ntables: {entires: {}}", "tables.entires", "entries"),
        (
            "company: {name: a}\ntables: {entries: {columns: {amout: B}}}",
            "tables.entries.columns.amout",
            "amount",
        ),
        ("company: {name: a}\ntables: {entries: {source: x}}", "tables.entries.source", "one of"),
        ("company: {name: a}\ntables: {entries: {sign: indicator}}", "tables.entries", "indicator"),
        ("company: {name: a}\nsources: {x: {sheet: a}}", "sources.x.path", "file"),
        ("company: {name: a}\nsources: {x: {path: a, encoding: klingon}}", "sources.x.encoding", "encoding"),
        ("company: {name: a}\nwindow: {from: 2021-02-01, to: 2021-01-01}", "window", "on or before"),
        ("company: {name: a}\ncalendar: {kind: 4-4-5}", "calendar", "first_day"),
        ("company: {name: a}\ncompany: {name: b}", None, "each key once"),
        ("company: &x {name: a}", None, "no anchors"),
        ("company: !!python/object:os.system {name: a}", None, "no tags"),
        ("company: {<<: {name: a}}", None, "no merge key"),
        ("company: {name: a}\n---\na: 1", None, "one document"),
        ("company: " + "[" * 30, None, "20 levels"),
        ("company: [", None, "YAML"),
        ("company: {name: '" + "x" * (1 << 20) + "'}", None, "at most 1 MiB"),
    ],
)
def test_what_cannot_be_used_says_where_and_what_was_expected(
    tmp_path: Path, text: str, column: str | None, said: str
) -> None:
    fault = faults(tmp_path, text)[0]
    assert (fault.file, fault.column) == ("books.yaml", column)
    assert said in fault.expected and fault.do


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    text = "company: {currency: RMB, timezone: X}\npolicy: {least_grade: Z}\nzzz: 1"
    assert len(faults(tmp_path, text)) == 4


def test_amounts_are_printed_in_major_units() -> None:
    assert money.as_text(120_000_000, "CNY") == "1,200,000.00"
    assert money.as_text(-5, "CNY") == "-0.05"
    assert money.as_text(1_234_567, "JPY") == "1,234,567"
    assert money.as_text(-1_234_567, "KWD") == "-1,234.567"
    assert money.exponent("XXX") == 2 and money.exponent("XAU") is None and money.exponent("RMB") is None
    assert money.currencies()["JPY"] == 0
