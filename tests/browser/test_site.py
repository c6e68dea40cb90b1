"""The documentation in a browser: it opens from disk, asks no host for anything, and fits its window."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.docs.site import built

PAGES = ("index", "tutorial", "tables", "how-to/set-aside")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory)


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_open_from_disk_without_asking_a_host(
    site: Path, width: int, scheme: str, browser: Browser
) -> None:
    hosts: list[str] = []
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    page.on("request", lambda r: hosts.append(r.url) if not r.url.startswith("file:") else None)
    for name in PAGES:
        page.goto((site / f"{name}.html").as_uri())
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    page.evaluate("new Image().src = 'https://example.invalid/x.png'")  # what asks a host is seen
    page.wait_for_timeout(100)
    context.close()
    assert hosts == ["https://example.invalid/x.png"]
