"""report.html: says what the tables say, asks nothing of a network, shows data as data."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

import pyarrow as pa

from earned.report.page import LARGEST, render, write_page
from tests.unit.report import fixture, grown

VERDICTS = (
    r"\b(fraud\w*|fake\w*|forge[dr]\w*|fabricat\w*|guilt\w*|culprit\w*"
    r"|sham|bogus|cheat\w*|crim\w*|suspicious)\b"
)


def words(page: str) -> str:
    """What a reader sees of a page."""
    bare = re.sub(r"<(style|script)\b.*?</\1>", "", page, flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", bare))


def test_the_first_screen_has_the_difference_and_its_share() -> None:
    said = words(render(fixture.view()))
    assert "11,600,000.00 for 2021Q2 (4.24 %)" in said
    assert "17,800,000.00 for 2021Q3 (6.45 %)" in said
    assert "258,300,000.00" in said
    assert "(14,250,000.00)" in said


def test_what_was_not_tested_says_what_to_supply() -> None:
    page = render(fixture.view())
    assert "To test it, supply a table <code>receipts</code> with customer, date and amount." in page
    assert "No test was left out" in words(render(fixture.view(not_tested=[])))


def test_a_paper_stands_with_both_dates_its_reason_and_its_cell() -> None:
    page = render(fixture.view())
    rows = [words(r) for r in re.findall(r"<tr>.*?</tr>", page, flags=re.S) if "YS-014-1" in r]
    assert len(rows) == 1
    for said in ("✗ does not", "2021-06-28", "2022-02-14", "231", "grade is below", "evidence/2021.csv:"):
        assert said in rows[0]


def test_the_same_run_gives_the_same_bytes(tmp_path: Path) -> None:
    write_page(fixture.view(), tmp_path / "a.html")
    write_page(fixture.view(), tmp_path / "b.html")
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_nothing_is_asked_of_a_network_and_only_our_script_runs() -> None:
    page = render(fixture.view())
    assert not re.search(r"""(?:src|href)=["'](?!#)""", page)
    assert not re.search(r"@import|url\(|https?://", page)
    assert not re.search(r"<[^>]+\s(?:style|on\w+)=", page)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy and policy[1].replace("&#39;", "'").startswith("default-src 'none'")
    for tag in ("style", "script"):
        content = re.search(rf"<{tag}>(.*?)</{tag}>", page, flags=re.S)
        assert content
        digest = base64.b64encode(hashlib.sha256(content[1].encode()).digest()).decode()
        assert f"{tag}-src &#39;sha256-{digest}&#39;" in page or f"{tag}-src 'sha256-{digest}'" in page


def test_data_is_never_markup() -> None:
    tables = fixture.run()
    bad = '<script>alert(1)</script>" onload="x'
    rows = [r | {"text": bad, "department_id": bad} for r in tables["findings"].to_pylist()]
    tables["findings"] = pa.Table.from_pylist(rows, schema=tables["findings"].schema)
    page = render(fixture.view(tables, company=bad))
    assert "<script>alert" not in page
    assert page.count("<script>") == 1


def test_no_word_of_a_verdict() -> None:
    assert not re.search(VERDICTS, words(render(fixture.view())), flags=re.I)


def test_a_run_without_rows_is_a_page() -> None:
    said = words(render(fixture.view({"misstatements": fixture.run()["misstatements"].slice(0, 0)})))
    assert "The evidence supports the revenue booked in every period." in said
    assert "No unit has a difference above tolerance." in said


def test_a_large_run_stays_small(tmp_path: Path) -> None:
    tables = fixture.run()
    rows = tables["rejected"].to_pylist()[:1]
    tables["rejected"] = pa.Table.from_pylist([rows[0] | {"value": "x" * 9_000}] * 5_000)
    write_page(fixture.view(tables), tmp_path / "report.html")
    assert (tmp_path / "report.html").stat().st_size < LARGEST
    assert "The first 1,000 of 5,000 rows" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_a_share_above_the_whole_says_of_what_and_ranges_name_their_currency() -> None:
    tables = fixture.run()
    rows = tables["misstatements"].to_pylist()
    # 25,555.00 of 35,555.00 announced: 10,000.00 are left, and 25,555 / 10,000 = 255.55 %
    wrong = {"net_minor": 2_555_500, "announced_minor": 3_555_500, "net_ppm_of_corrected": 2_555_500}
    large = [r | (wrong if r["dimension"] == "total" else {}) for r in rows]
    page = render(fixture.view(tables | {"misstatements": pa.Table.from_pylist(large)}))
    assert re.search(r'title="Of [0-9,.]+ CNY, what is left[^"]*">255.55 %', page)
    assert "what is left of the figure" not in render(fixture.view())
    panel = page.partition('id="range"')[2].partition("</thead>")[0]
    assert panel.count('<span class="u">CNY</span>') == panel.count('scope="colgroup"') == 2


def test_each_period_says_which_papers_its_revenue_rests_on() -> None:
    """The third quarter: 258,300,000 supported, 30,000,000 of it without graded papers; of the difference
    of 17,800,000, papers of grade D recorded too late carry 2,700,000, and 700,000 was booked later."""
    table = render(fixture.view()).partition('id="rests"')[2].partition("</table>")[0]
    heads = [words(h).strip() for h in re.findall(r"<th scope=\"col\".*?</th>", table)]
    third = next(r for r in re.findall(r"<tr>.*?</tr>", table) if "2021Q3" in r)
    cells = dict(zip(heads, [words(c).strip() for c in re.findall(r"<t[hd].*?</t[hd]>", third)]))
    assert cells["No graded paper needed"] == "30,000,000.00"
    assert cells["Grade A"] == "228,300,000.00"
    assert cells["Together"] == "258,300,000.00"
    assert cells["Late paper, grade D"] == "2,700,000.00"
    assert cells["No such paper"] == "15,800,000.00"
    assert cells["Booked later, rounding"] == "(700,000.00)"
    assert cells["Difference"] == "17,800,000.00"


def test_twenty_thousand_findings_stay_under_five_megabytes(tmp_path: Path) -> None:
    """12 x 1,667 findings: the largest with their papers, a line for each of the others."""
    write_page(grown.view(1_667), tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert (tmp_path / "report.html").stat().st_size < LARGEST
    carried = re.search(r'id="carried">(.*?)</script>', page, flags=re.S)
    assert carried
    others = json.loads(carried[1])["others"]
    assert page.count('<details class="finding"') + len(others) == 20_004


def test_marks_that_turn_the_direction_of_text_are_escaped_everywhere() -> None:
    tables = fixture.run()
    for name, table in tables.items():
        for column in {"unit_id", "owner_id", "department_id", "member", "text", "signer"} & {
            *table.column_names
        }:
            turned = [v + "\u202e" if isinstance(v, str) else v for v in table[column].to_pylist()]
            place = table.column_names.index(column)
            table = table.set_column(place, column, pa.array(turned, table[column].type))
        tables[name] = table
    page = render(fixture.view(tables))
    assert "\\u202e" in page or "U+202E" in page
    assert "\u202e" not in page
