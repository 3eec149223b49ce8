"""Takes the picture of the page: `python docs/pictures/shoot.py` needs Playwright and Chromium.

It shows the page of the published quickstart, and goes into this folder, or into the one that is named as an
argument.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "results" / "published" / "quickstart" / "leaderboard.html"
SIZE = {"width": 1280, "height": 1090}


def shoot(browser: Browser, folder: Path) -> None:
    """Take the picture of the first screen of the page into a folder."""
    view = browser.new_page(viewport=SIZE)
    view.goto(PAGE.as_uri())
    view.wait_for_selector("table[role=grid]")
    view.screenshot(path=folder / "page.png")
    view.close()


if __name__ == "__main__":
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--headless", "--disable-gpu"]
        )
        shoot(chromium, Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
