"""Pages in headless Chromium, driven by Playwright."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import replace

import pytest

from genbench.report.page.document import make_page
from genbench.results.results import Results

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = (
    "--disable-background-networking", "--disable-component-update", "--disable-gpu", "--disable-quic",
    "--disable-sync", "--headless", "--no-first-run", "--no-sandbox",
)  # fmt: skip
HISTORY = ({"step": 1, "total": 2, "loss": 0.5}, {"step": 2, "total": 2, "loss": 0.25})
SIGNATURE = {"options": {"k": 3}}
FIRST = {
    "vae": {"fid": [3.0, 2.0, 1.0], "recall": [0.25, 0.5, 0.75], "size": [5.0, 6.0, 7.0]},
    "gan": {"fid": [7.0, 8.0, 9.0], "recall": [0.5, "error", 0.5], "size": [1.0, 1.0, 1.0]},
    "flow": {"fid": [4.0, 5.0, 6.0], "recall": [0.9, 0.9, 0.8], "size": [2.0, 2.0, 2.0]},
    "noise": {"fid": [90.0, 91.0, 92.0], "recall": [0.0, 0.0, 0.25], "size": [3.0, 3.0, 3.0]},
}
SECOND = {
    "vae": {"fid": [1.0, 2.0, 3.0], "kid": [1.0, 1.5, 2.0]},
    "gan": {"fid": [4.0, 5.0, 6.0], "kid": [3.0, 3.5, 4.0]},
}


@pytest.fixture(scope="session")
def chromium():
    """Return a headless Chromium."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="`tox -e extras` installs Playwright")
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.fail("there is no Chromium; install it, on Debian with `apt-get install chromium`")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(OPTIONS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def opened(chromium):
    """Return a function that opens a file, and fails after the test if the page complained or asked for more.

    It takes the options of a context of Playwright, such as `viewport` or `java_script_enabled`.
    """

    @contextmanager
    def open_page(path, **options):
        context = chromium.new_context(**({"viewport": {"width": 1280, "height": 900}} | options))
        page = context.new_page()
        found = []
        page.on("console", lambda message: found.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: found.append(f"error: {error}"))
        page.on("dialog", lambda dialog: found.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: found.append(f"request: {request.url[:80]}"))
        page.goto(path.as_uri())
        yield page
        expected = f"request: {path.as_uri()[:80]}"
        assert [line for line in found if line != expected and not line.startswith("request: data:")] == []
        context.close()

    return open_page


@pytest.fixture(scope="session")
def results(run_of, trace_of):
    """Return the results of a run on two datasets, with a status, controls and training logs."""
    directions = {"recall": "higher", "size": "none"}
    plans = [
        run_of(table, dataset=dataset, directions=directions, signature=SIGNATURE)
        for dataset, table in (("digits", FIRST), ("faces", SECOND))
    ]
    cells = tuple(cell for plan, _ in plans for cell in plan.cells)
    records = {key: record for _, known in plans for key, record in known.items()}
    traces = tuple(
        trace_of(name, seed, history=HISTORY, seconds={"fit": 2.0 + len(name), "sample": 1.0})
        for name in ("vae", "gan")
        for seed in range(3)
    )
    plan = replace(plans[0][0], cells=cells, provenance={"name": "two", "suite": "seeds = [0, 1, 2]\n"})
    return Results(name="two", plan=plan, records=records, traces=traces)


@pytest.fixture(scope="session")
def page_file(results, catalog, tmp_path_factory):
    """Return the file of the page of the run."""
    path = tmp_path_factory.mktemp("page") / "leaderboard.html"
    path.write_bytes(make_page(results, catalog=catalog))
    return path
