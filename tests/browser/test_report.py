"""report.html in a browser, opened from disk: figures open, findings filter; by keyboard and in print."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser.conftest import Opens

PANEL, OPEN = "dialog[open]", "details.finding[open]"


def open_everything(page: Page) -> None:
    page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")


def test_from_the_share_to_an_acceptance_in_four_clicks(case: Path, opened: Opens) -> None:
    page = opened(case / "report.html")
    page.get_by_role("link", name="4.24 %").first.click()
    panel = page.locator(PANEL)
    expect(panel).to_contain_text("11,600,000.00")
    expect(panel).to_contain_text("273,900,000.00")
    panel.locator("tbody a", has_text="net misstatement").click()
    panel.locator("#panel-rows a").first.click()
    panel.locator("#panel-finding").click()
    finding = page.locator(OPEN)
    expect(finding).to_have_count(1)
    row = finding.locator("tr", has_text="acceptance").first
    number, _, event, recorded = (row.locator("td").nth(i).inner_text() for i in (1, 2, 3, 4))
    assert re.fullmatch(r"\w{2}-\d{4}-\d{4}", number)
    assert all(re.fullmatch(r"\d{4}-\d{2}-\d{2}", day) for day in (event, recorded))
    assert re.fullmatch(r"\S+\.(csv|xlsx):\d+", row.locator("td").last.inner_text())


def test_a_figure_leads_down_to_a_cell_of_the_books_and_back(pencil: Path, opened: Opens) -> None:
    """C12 of examples/pencil: 20,000 booked 29 June, nothing earned; entries.csv holds 20000.00."""
    page = opened(pencil / "report.html", "#=positions/C12/2021Q2/gap_minor")
    panel = page.locator(PANEL)
    expect(panel.locator("#panel-value")).to_have_text("20,000.00")
    panel.locator("#panel-rows a", has_text="booked").click()
    source = panel.locator("#panel-rows .src").filter(has_text="entries.csv").first
    file, _, line = source.inner_text().partition(":")
    books = Path(__file__).parents[2] / "examples" / "pencil" / file
    assert "20000" in books.read_text(encoding="utf-8").splitlines()[int(line) - 1]
    assert panel.locator("#trail li").count() == 1
    page.go_back()
    expect(panel.locator("#trail li")).to_have_count(0)
    page.go_forward()
    panel.locator("#trail a").click()
    expect(panel.locator("#trail li")).to_have_count(0)
    expect(panel.locator("#panel-label")).to_contain_text("gap")


def test_what_revenue_rests_on_and_a_finding_s_gap_open(pencil: Path, opened: Opens) -> None:
    """By hand: C13's acceptance, 6,000, came late; C12 was booked 20,000 in June and nothing was done."""
    page = opened(pencil / "report.html")
    panel = page.locator(PANEL)
    page.locator("#rests").get_by_role("link", name="6,000.00", exact=True).first.click()
    panel.locator("#panel-rows a").first.click()
    expect(panel.locator("#panel-rows")).to_contain_text("C13")
    page.keyboard.press("Escape")
    finding = page.locator("details.finding", has_text="C12").first
    finding.locator("summary").click()
    finding.locator(".facts").get_by_role("link", name="20,000.00").click()
    expect(panel.locator("#panel-label")).to_contain_text("largest gap")
    page.keyboard.press("Escape")
    page.locator("#totals").get_by_role("link", name="8,000.00").click()
    expect(panel).to_contain_text("MISC-Q3")


def test_a_paper_opens_with_its_dates_and_its_number(pencil: Path, opened: Opens) -> None:
    """README of examples/pencil: C13's acceptance of 28 June was recorded on 14 February 2022."""
    page = opened(pencil / "report.html", "#=evidence_used/E13-1/C13/reason")
    panel = page.locator(PANEL)
    expect(panel.locator("#panel-value")).to_have_text("late")
    expect(panel.locator("#panel-formula")).to_contain_text("event 2021-06-28, recorded 2022-02-14")
    for words in ("number", "SIM-", "evidence.csv:"):
        expect(panel.locator("#panel-rows")).to_contain_text(words)


def test_every_link_of_a_figure_opens(pencil: Path, opened: Opens) -> None:
    page = opened(pencil / "report.html")
    carried = "[...document.querySelectorAll('a.figure')].map(a => a.hash.slice(2))"
    missing = page.evaluate(f"{carried}.filter(a => !carried().at.has(a))")
    assert missing == []
    assert page.evaluate(f"{carried}.length") > 100


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_keeps_a_reader_out(pencil: Path, opened: Opens, scheme: str) -> None:
    page = opened(pencil / "report.html", color_scheme=scheme, bypass_csp=True)
    open_everything(page)
    for place in ("", "#=misstatements/total/total/2021Q2/net_minor"):
        page.evaluate("place => { location.hash = place }", place)
        found = Axe().run(page).response["violations"]
        serious = [f"{v['id']}: {v['nodes'][0]['html']}" for v in found if v["impact"] in BAD]
        assert serious == []


BAD = ("serious", "critical")


def test_axe_would_find_a_violation(pencil: Path, opened: Opens) -> None:
    page = opened(pencil / "report.html", bypass_csp=True)
    page.evaluate(
        "document.querySelector('h1').style.color = '#eee'; document.getElementById('shut').ariaLabel = ''"
    )
    found = Axe().run(page).response["violations"]
    assert "color-contrast" in {v["id"] for v in found if v["impact"] in BAD}


@pytest.mark.parametrize("width", [390, 768, 1440])
def test_the_page_is_never_wider_than_its_window(pencil: Path, opened: Opens, width: int) -> None:
    page = opened(pencil / "report.html", viewport={"width": width, "height": 800})
    open_everything(page)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.evaluate("location.hash = '#=misstatements/total/total/2021Q2/net_minor'")
    box = page.locator(PANEL).bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= width


CUT_OFF = """[...document.querySelectorAll('h1, h2, h2 *, h3, p, nav a, dt, dd, .mark')]
    .filter(e => !e.closest('.scroll') && e.getClientRects().length)
    .filter(e => e.getBoundingClientRect().right > innerWidth + 1)
    .map(e => e.textContent.trim())"""


def test_nothing_is_cut_off_on_a_phone(case: Path, opened: Opens) -> None:
    page = opened(case / "report.html", viewport={"width": 390, "height": 844})
    assert page.evaluate(CUT_OFF) == []
    page.evaluate("document.querySelector('.headline').style.whiteSpace = 'nowrap'")
    assert page.evaluate(CUT_OFF), "a headline that does not turn is not found"


def test_by_keyboard(pencil: Path, opened: Opens) -> None:
    page = opened(pencil / "report.html")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the findings")
    share = page.get_by_role("link", name="4.00 %").first
    for _ in range(60):
        page.keyboard.press("Tab")
        if share.evaluate("e => e === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("#panel-label")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(PANEL)).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator(PANEL)).to_have_count(0)
    assert "#" not in page.url


def test_after_escape_the_focus_is_where_it_was(pencil: Path, opened: Opens) -> None:
    page = opened(pencil / "report.html")
    share = page.get_by_role("link", name="4.00 %").first
    share.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#panel-label")).to_be_focused()
    page.keyboard.press("Escape")
    expect(share).to_be_focused()


def test_findings_are_filtered_and_put_in_order(pencil: Path, opened: Opens) -> None:
    """By hand (examples/pencil/README.md): C08 to C14 and their like; the largest gap is C08's, of 28,000."""
    page = opened(pencil / "report.html")
    shown = page.locator("details.finding:visible")
    every = shown.count()
    expect(shown.first).to_contain_text("C08")
    page.get_by_label("Find", exact=True).fill("C12")
    expect(shown).to_have_count(1)
    expect(page.locator("#shown")).to_have_text("1")
    page.get_by_role("button", name="Clear").click()
    expect(shown).to_have_count(every)
    page.locator("select[name=order]").select_option("contract")
    contracts = [f.inner_text().split()[0] for f in shown.locator(".id").all()]
    assert contracts == sorted(contracts)
    page.locator("select[name=part]").select_option("late_recognition")
    expect(shown).to_have_count(1)
    expect(shown.first).to_contain_text("C11")


def test_a_finding_shows_its_entries_and_papers(pencil: Path, opened: Opens) -> None:
    page = opened(pencil / "report.html")
    finding = page.locator("details.finding", has_text="C13").first
    finding.locator("summary").press("Enter")
    paper = finding.locator("tr", has_text="acceptance").first
    expect(paper).to_contain_text("2021-06-28")
    expect(paper).to_contain_text("2022-02-14")
    expect(paper).to_contain_text("evidence.csv:")
    expect(finding.get_by_role("img", name=re.compile("Time line of C13"))).to_be_visible()


def test_in_print_the_headline_stands_and_the_controls_do_not(case: Path, opened: Opens) -> None:
    page = opened(case / "report.html")
    page.emulate_media(media="print")
    expect(page.locator("nav").first).to_be_hidden()
    expect(page.locator("#filters")).to_be_hidden()
    printed = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    first = printed.pages[0]
    said = " ".join(first.extract_text().split())
    assert "11,600,000.00 for 2021Q2 (4.24 %)" in said
    assert "17,800,000.00 for 2021Q3 (6.45 %)" in said
    assert {round(float(first.mediabox.width)), round(float(first.mediabox.height))} == {842, 595}


def test_without_scripts_figures_and_findings_can_be_read(case: Path, opened: Opens) -> None:
    page = opened(case / "report.html", java_script_enabled=False)
    expect(page.get_by_role("heading", name=re.compile("11,600,000.00 for 2021Q2"))).to_be_visible()
    expect(page.get_by_role("cell", name="4.24 %").first).to_be_visible()
    expect(page.locator("#filters")).to_be_hidden()
    finding = page.locator("details.finding").first
    finding.locator("summary").click()
    expect(finding.get_by_text("Entries").first).to_be_visible()
