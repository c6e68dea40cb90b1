"""What is written is safe to open: texts of the books are texts on page, workbook and screen."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pytest

from earned import cli
from tests.mistakes.small import USD

TEXTS = (
    "=1+1",
    "+cmd|' /C calc'!A0",
    "@SUM(A1:A9)",
    '=HYPERLINK("https://example.org/?"&A1)',
    "https://example.org/click",
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(2)</script>",
    '" onmouseover=alert(3) x="',
    "javascript:alert(4)",
    "{{7*7}}{%raw%}${7*7}",
    "[bold red]x[/nothing]",
    "\x1b[31mred\x1b]0;title\x07",
    "\u202egnp.exe\u2066",
    "'; DROP TABLE entries; --",
    "\u200b\ufeffhidden",
    "a\u0007b\u0085c",
)
#: signs that steer a terminal or turn the reading direction
STEERING = set("\x1b\x07\x85\u202e\u2066\ufeff")


def _csv(rows: list[tuple[str, ...]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run over contracts, people and customers of such names; half of each contract has no paper."""
    place = tmp_path_factory.mktemp("shown")
    books = place / "books"
    books.mkdir()
    (books / "books.yaml").write_text(USD.replace("{", "{name: '<b>=1+1</b>', "), encoding="utf-8")
    tables = {
        "contracts": [("contract_id", "price", "customer_id", "owner_id", "bound_date")]
        + [(t, "1000.00", t, t, "2021-01-02") for t in TEXTS],
        "entries": [("contract_id", "effective_date", "amount", "description", "preparer")]
        + [(t, "2021-06-30", "900.00", t, t) for t in TEXTS]
        + [(t + "?", "2021-06-30", "not " + t, t, t) for t in TEXTS],
        "evidence": [("contract_id", "kind", "event_date")]
        + [(t, "acceptance", "2021-09-29") for t in TEXTS[::2]],
        "customers": [("customer_id", "name")] + [(t, t) for t in TEXTS],
        "employees": [("employee_id", "name")] + [(t, t) for t in TEXTS],
    }
    for name, rows in tables.items():
        (books / f"{name}.csv").write_text(_csv(rows), encoding="utf-8")
    with pytest.raises(SystemExit) as left:
        cli.main(["examine", str(books), "--out", str(place / "run")])
    assert left.value.code == 1
    return place / "run"


class _Page(HTMLParser):
    """The tags and attributes of a page, and the texts of its scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.texts: list[str] = []
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.inside = tag

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside == "script":
            self.scripts.append(data)
        elif self.inside != "style":
            self.texts.append(data)


def test_the_page_has_no_tag_script_or_address_of_the_books(run: Path) -> None:
    text = (run / "report.html").read_text(encoding="utf-8")
    page = _Page()
    page.feed(text)
    assert "onerror=alert" in text and "<img src=x" not in text
    assert not [t for t, _ in page.tags if t in ("img", "iframe", "object", "embed", "base", "link")]
    attributes = [(n, v or "") for _, found in page.tags for n, v in found.items()]
    assert not [n for n, _ in attributes if n.startswith("on")]
    addresses = [v for n, v in attributes if n in ("href", "src", "action")]
    assert not [v for v in addresses if v.split(":")[0].lower() in ("javascript", "http", "https")]
    assert not [s for s in page.scripts if s.strip().startswith("alert")]
    assert "{{7*7}}{%raw%}${7*7}" in page.texts
    policy = [
        f.get("content") or "" for t, f in page.tags if f.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy and "default-src 'none'" in policy[0]


def test_no_cell_of_the_workbook_is_a_formula_or_link_of_the_books(run: Path) -> None:
    book = openpyxl.load_workbook(run / "workpaper.xlsx")
    seen = set()
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    formula = str(cell.value)
                    assert not [t for t in ("cmd", "SUM(A1:A9)", "1+1", "example.org") if t in formula]
                elif isinstance(cell.value, str):
                    seen.add(cell.value)
                assert cell.hyperlink is None or not cell.hyperlink.target, cell.hyperlink
    assert {"=1+1", "@SUM(A1:A9)", "https://example.org/click"} <= seen


def _steering(text: str) -> set[str]:
    return STEERING & set(text)


def test_nothing_steers_the_terminal_or_turns_the_line(
    run: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with pytest.raises(SystemExit):
        cli.main(["examine", str(run.parent / "books"), "--out", str(tmp_path / "run"), "--no-report"])
    said = capsys.readouterr()
    assert _steering(said.out) == set() and _steering(said.err) == set()
    assert _steering((run / "summary.txt").read_text(encoding="utf-8")) == set()
    page = _Page()
    page.feed((run / "report.html").read_text(encoding="utf-8"))
    assert _steering("".join(page.texts)) == set()


def test_a_refusal_does_not_steer_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "books.yaml").write_text('company: {"\\e[31m\\u202E": 1}\n', encoding="utf-8")
    with pytest.raises(SystemExit) as left:
        cli.main(["examine", str(tmp_path)])
    assert left.value.code == 2
    assert _steering(capsys.readouterr().err) == set()


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    yield
