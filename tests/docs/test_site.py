"""The documentation is built strictly, names every page, and asks no host for anything."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from tests.docs.site import build, built, fetched
from tests.gates.sources import ROOT


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory)


def test_every_page_is_in_the_navigation(site: Path) -> None:
    pages = {p.relative_to(ROOT / "docs").with_suffix(".html") for p in (ROOT / "docs").rglob("*.md")}
    assert {p.relative_to(site) for p in site.rglob("*.html")} == pages | {Path("404.html")}
    named = re.findall(r"[\w/-]+\.md", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    assert sorted(named) == sorted(p.with_suffix(".md").as_posix() for p in pages)


def test_a_built_page_fetches_nothing_from_a_host(site: Path) -> None:
    assert fetched(site) == []


@pytest.mark.parametrize(
    "text",
    [
        '<script async src="https://cdn.example.com/x.js"></script>',
        '<link rel="stylesheet" href="//fonts.example.com/css?family=Roboto">',
        "<img alt=x src=http://example.com/x.png>",
        "<style>@font-face{src:url(https://example.com/f.woff2)}</style>",
    ],
)
def test_a_page_that_fetches_is_found(text: str, tmp_path: Path) -> None:
    (tmp_path / "good.html").write_text(
        '<a href="https://example.com">a link</a><script src="a.js"></script>'
    )
    assert fetched(tmp_path) == []
    (tmp_path / "bad.html").write_text(text)
    assert [line.partition(":")[0] for line in fetched(tmp_path)] == ["bad.html"]


def test_a_link_to_nowhere_and_a_page_of_no_kind_fail_the_build(tmp_path: Path) -> None:
    config = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    config |= {"docs_dir": str(tmp_path / "docs"), "nav": [{"Home": "index.md"}], "extra_css": []}
    (tmp_path / "mkdocs.yml").write_text(yaml.safe_dump(config))
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text("# Home\n\n[nowhere](nowhere.md) [no part](#none)\n")
    (tmp_path / "docs" / "alone.md").write_text("# Alone\n")
    done = build(tmp_path / "mkdocs.yml", tmp_path / "out")
    assert done.returncode != 0
    for name in ("nowhere.md", "#none", "alone.md"):
        assert name in done.stderr
