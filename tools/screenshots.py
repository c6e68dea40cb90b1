"""Make docs/pictures/*.png from the demo run (`make screenshots`), with Chromium and LibreOffice."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
WIDTH, HEIGHT, LARGEST = 1440, 900, 200_000
#: Part of the lead sheet's page that is shown, from the top.
SHEET = 0.55


def main(run: Path) -> int:
    """Write the pictures of a finished run; returns the exit code."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        print("No Chromium or Chrome is installed here; no picture was made.", file=sys.stderr)
        return 2
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        for scheme in ("light", "dark"):
            page = opened(browser, run, scheme)
            keep(page, Path(folder), "report" if scheme == "light" else "report-dark")
        finding(opened(browser, run, "light"), Path(folder))
        derivation(opened(browser, run, "light"), Path(folder))
        browser.close()
        sheet(run, Path(folder))
    return 0


def opened(browser: Browser, run: Path, scheme: str) -> Page:
    """The report's first screen."""
    page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme=scheme)
    page.goto((run / "report.html").resolve().as_uri())
    return page


def finding(page: Page, folder: Path) -> None:
    """The first finding whose papers include an acceptance, opened."""
    one = page.locator("details.finding", has_text="acceptance").first
    one.locator("summary").click()
    one.evaluate("e => scrollTo(0, e.getBoundingClientRect().top + scrollY - 60)")
    keep(page, folder, "finding")


def derivation(page: Page, folder: Path) -> None:
    """What the largest share of an announced figure is made from, one step down."""
    page.locator("td.big a.figure").first.click()
    page.locator("#panel-rows a").first.click()
    keep(page, folder, "derivation")


def keep(page: Page, folder: Path, name: str) -> None:
    """Take what the window shows."""
    taken = folder / f"{name}.png"
    page.screenshot(path=taken)
    reduce(taken, name)


def sheet(run: Path, folder: Path) -> None:
    """The lead sheet of the workpaper; without LibreOffice and pdftoppm there is no picture of it."""
    if not (shutil.which("soffice") and shutil.which("pdftoppm")):
        print("LibreOffice or pdftoppm is not here; the workpaper's picture stays as it is.", file=sys.stderr)
        return
    convert = ["soffice", "--headless", "--convert-to", "pdf", "--outdir", str(folder)]
    subprocess.run([*convert, str(run / "workpaper.xlsx")], check=True, capture_output=True)
    pages = ["pdftoppm", "-png", "-r", "110", "-f", "2", "-l", "2", "-singlefile"]
    subprocess.run([*pages, str(folder / "workpaper.pdf"), str(folder / "lead")], check=True)
    with Image.open(folder / "lead.png") as image:
        image.crop((0, 0, image.width, int(image.height * SHEET))).save(folder / "lead.png")
    reduce(folder / "lead.png", "workpaper")


def reduce(taken: Path, name: str) -> None:
    """Keep a picture in as few colours as it takes to stay small."""
    for colours in (256, 128, 64, 32):
        with Image.open(taken) as image:
            image.convert("RGB").quantize(colours).save(PICTURES / f"{name}.png", optimize=True)
        if (PICTURES / f"{name}.png").stat().st_size < LARGEST:
            return


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
