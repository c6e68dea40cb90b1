"""The report of the published figures of the case: shares, trends, translation, later figures, the year."""

from __future__ import annotations

import re

import pytest

from earned import examine, open_books
from earned.report.of_run import view_of
from earned.report.page import render
from tests.gates.sources import ROOT
from tests.golden.cases import read_case, write_books

CASE = ROOT / "tests" / "golden" / "situations" / "41_published_figures.yaml"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page as text without tags."""
    books = open_books(write_books(read_case(CASE), tmp_path_factory.mktemp("published")))
    try:
        return re.sub(r"<style>.*?</style>|<[^>]+>", " ", render(view_of(examine(books))), flags=re.DOTALL)
    finally:
        books.engine.close()


def _section(page: str, title: str, after: str) -> str:
    found = re.search(rf"{title}\s+CNY(.*?){after}", page, re.DOTALL)
    assert found
    return " ".join(found[1].split())


def test_c1_c2_shares_and_their_labels(page: str) -> None:
    words = " ".join(page.split())
    assert "% of announced % of corrected" in words
    assert "11,600,000.00 4.24 % 4.42 %" in words
    assert "17,800,000.00 6.45 % 6.89 %" in words


def test_c1_c3_c5_what_was_published(page: str) -> None:
    """C1: 1.80 and 2.77 million dollars. C3: +0.80 % becomes -1.52 %. C5: the estimate stands beside."""
    shown = _section(page, "What was published", "Growth is against")
    assert "258,300,000.00 +0.80 % −1.52 % sign changes USD 2,765,737.05" in shown
    assert "262,300,000.00 +33.94 % +28.26 % USD 1,795,691.86" in shown
    assert shown.count("sign changes") == 1
    assert re.search(r"2021Q2 2022-05-11 preliminary 246,510,000.00 published later", shown)
    assert re.search(r"2021Q2 2022-05-11 preliminary 260,205,000.00 published later", shown)


def test_c4_quarters_that_do_not_add_up_to_the_year(page: str) -> None:
    words = " ".join(page.split())
    assert re.search(r"announced periods against announced year.{0,80}754,500,000.00 752,688,000.00", words)
    assert re.search(r"corrected periods against announced year.{0,120}\(27,588,000.00\)", words)
    assert re.search(r"2 of \d+ totals disagree|do not agree", words)


def test_c9_the_company_is_named_as_made_up(page: str) -> None:
    assert "SIM Published Co" in page and "cloopen" not in page.lower()
