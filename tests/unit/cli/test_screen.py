"""The result on one screen: at most 24 lines of 80 columns, whatever the books hold."""

from __future__ import annotations

import re
from io import StringIO
from typing import Any

import pytest

from earned.report.numbers import cut, wide
from earned.report.screen import Look, screen
from earned.report.terminal import bare, coloured, paint_for, width_for
from tests.unit.cli.fake_run import FINDING, figures, period


def shown(given: dict[str, Any], findings: int = 1, not_tested: int = 0, **options: Any) -> list[str]:
    rows = [FINDING | {"text": FINDING["text"] + " and much more is said about it" * 4}] * findings
    gaps = [f"cash receipts {i} (needs table receipts)" for i in range(not_tested)]
    return screen(
        given, rows, gaps, ["runs/x/report.html", "runs/x/workpaper.xlsx"], "CNY", **options
    ).splitlines()


def test_what_it_says() -> None:
    text = screen(
        figures(), [FINDING], ["cash (needs receipts)"], ["run/report.html"], "CNY", company="SIM Cloud"
    )
    assert text == (
        "SIM Cloud\n"
        "CNY   2 periods to 2021Q2   2,114 rows, 2 set aside\n"
        "\n"
        "               booked      supported net misstated    gap at end of announced\n"
        "2021Q1 204,500,000.00 204,500,000.00             –             –       0.00 %\n"
        "2021Q2 273,900,000.00 262,300,000.00 11,600,000.00 11,600,000.00       4.24 %\n"
        "\n"
        " 1 finding:\n"
        " F-0123456789  C-1: 1,200,000.00 booked 29 Jun 2021; first hours 14 Sep 2021\n"
        "\n"
        " Not tested   cash (needs receipts)\n"
        "\n"
        " run/report.html\n"
        " Next: earned explain RUN 2021Q2\n"
    )


@pytest.mark.parametrize("periods", [0, 1, 9, 40])
@pytest.mark.parametrize("findings", [0, 7])
@pytest.mark.parametrize("not_tested", [0, 60])
@pytest.mark.parametrize("scale", [1, 10**9, 10**15])
@pytest.mark.parametrize("width", [60, 80, 120])
def test_it_fits(periods: int, findings: int, not_tested: int, scale: int, width: int) -> None:
    rows = [period(f"2021P{i:02}", 7 * scale + i, 5 * scale, 2 * scale, 9 * scale) for i in range(periods)]
    given = figures(
        periods=[p | {"unlinked_minor": scale} for p in rows],
        findings=findings * 100,
        exceptions=12,
        procedures={"run": 3, "run_partly": 4, "not_run": 25, "off": 1},
        reconciliation={"internal_ok": True, "external_untied": 3},
    )
    look = Look(width, run="runs/2021 Q4")
    lines = shown(given, findings, not_tested, company="北京容联易通信息技术有限公司" * 4, look=look)
    assert len(lines) <= 24
    assert max(map(wide, lines)) <= width


def test_on_a_narrow_terminal_heads_are_over_two_lines() -> None:
    lines = shown(figures(), look=Look(60))
    assert [line.split() for line in lines[3:5]] == [
        ["net", "gap", "at", "of"],
        ["booked", "supported", "misstated", "end", "announced"],
    ]
    assert "(amounts in thousands)" in lines
    assert any(
        line.split() == ["2021Q2", "273,900", "262,300", "11,600", "11,600", "4.24", "%"] for line in lines
    )


def test_the_next_command_opens_the_period_with_the_most_misstated() -> None:
    rows = [period("2021Q1", 100, 90, 10), period("2021Q2", 100, 300, -190), period("2021Q3", 1, 1, 0)]
    lines = shown(figures(periods=rows), look=Look(run="runs/a b"))
    assert lines[-1] == " Next: earned explain 'runs/a b' 2021Q1"
    assert shown(figures(periods=rows[1:]))[-1] == " Next: earned explain RUN 2021Q2"
    assert not any("Next" in line for line in shown(figures(periods=[])))


@pytest.mark.parametrize("findings", [0, 1, 7])
def test_colours_add_nothing_and_take_nothing(findings: int) -> None:
    given = figures(findings=findings, exceptions=3, procedures={"not_run": 4})
    toned = "\n".join(shown(given, findings, 9, look=Look(70, coloured)))
    assert re.sub(r"\x1b\[\d+m", "", toned).splitlines() == shown(given, findings, 9, look=Look(70))


def test_colours_are_never_the_only_sign() -> None:
    text = "\n".join(shown(figures(), look=Look(paint=coloured)))
    assert "\x1b[31m11,600,000.00\x1b[0m" in text
    assert "\x1b[31m1 finding:\x1b[0m" in text
    assert "\x1b" not in "\n".join(shown(figures()))


class Stream(StringIO):
    def __init__(self, terminal: bool) -> None:
        super().__init__()
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


@pytest.mark.parametrize(
    ("terminal", "environment", "colours"),
    [
        (True, {"TERM": "xterm"}, True),
        (False, {"TERM": "xterm"}, False),
        (True, {"TERM": "dumb"}, False),
        (True, {}, False),
        (True, {"TERM": "xterm", "NO_COLOR": "1"}, False),
        (True, {"TERM": "xterm", "NO_COLOR": ""}, True),
        (False, {"FORCE_COLOR": "1"}, True),
        (False, {"FORCE_COLOR": "0"}, False),
        (False, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_colours_only_where_they_are_wanted(
    terminal: bool, environment: dict[str, str], colours: bool
) -> None:
    assert paint_for(Stream(terminal), environment) is (coloured if colours else bare)


@pytest.mark.parametrize(
    ("terminal", "columns", "width"), [(False, 200, 80), (True, 40, 60), (True, 99, 99), (True, 300, 120)]
)
def test_the_width_is_that_of_the_terminal(
    terminal: bool, columns: int, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    assert width_for(Stream(terminal)) == width


def test_many_periods_show_the_largest_and_add_up() -> None:
    rows = [period(f"2021P{i:02}", 100 * i, 0, 0) for i in range(1, 13)]
    lines = shown(figures(periods=rows))
    assert [line[:7] for line in lines if line.startswith("2021P")] == [f"2021P{i:02}" for i in range(5, 13)]
    assert any(line.startswith("4 more") and "10.00" in line for line in lines)


def test_amounts_too_wide_are_in_whole_units_and_say_so() -> None:
    lines = shown(figures(periods=[period("2021Q2", 10**15 + 50, 10**15, 10**15)]))
    assert "(amounts in whole units)" in lines
    assert any("10,000,000,000,001" in line for line in lines)
    lines = shown(figures(periods=[period("2021Q2", 9 * 10**18, 8 * 10**18, 10**18, 10**18)]))
    assert "(amounts in millions)" in lines


def test_nothing_recomputed_is_not_no_findings() -> None:
    ledger = [period("2021Q2", 0, 0, 0) | {"unlinked_minor": 4711}]
    lines = shown(figures(findings=0, periods=ledger), findings=0)
    assert any(line.split() == ["2021Q2", "47.11"] for line in lines)
    assert any("Nothing was recomputed" in line for line in lines)
    assert not any("No findings" in line for line in lines)
    assert any("No findings in what was tested" in line for line in shown(figures(findings=0), findings=0))


def test_what_was_not_tested_is_counted_when_it_does_not_fit() -> None:
    text = "\n".join(shown(figures(), not_tested=60))
    assert "more: see the report" in text


def test_control_characters_are_shown_not_sent() -> None:
    row = FINDING | {"unit_id": "C\x1b[31m1", "text": "a\nb"}
    assert "\x1b" not in screen(figures(), [row], ["x\x07"], [], "CNY", company="S\x1b]0;x")


def test_chinese_counts_two_columns() -> None:
    assert wide("验收 a") == 6
    assert cut("验收证书", 5) == "验收…"
    assert cut("short", 5) == "short"
