from __future__ import annotations

import base64
import hashlib
from html.parser import HTMLParser

import pytest

from genbench.report.charts.drawing import draw_for_page
from genbench.report.charts.theme import frame
from genbench.results.results import Results

TABLE = {
    "vae": {"fid": [1.0, 2.0, 3.0], "recall": [0.25, 0.5, 0.75]},
    "gan": {"fid": [7.0, 8.0, 9.0], "recall": [0.5, "error", 0.5]},
    "noise": {"fid": [90.0, 91.0, 92.0], "recall": [0.0, 0.0, 0.25]},
}

#: Texts of strangers that would run, end an element, change the direction of a text or colour a terminal.
HOSTILE = (
    "<script>window.ran = 1</script>",
    "</script><img src=x onerror=window.ran=1>",
    "javascript:window.ran=1",
    "\"><svg onload='window.ran=1'>",
    "\u202egnp.exe\u2066",
    "\x1b[2J\x07",
    "{{ 7 * 7 }}",
    "<!-- \u2028 ]]>",
)


@pytest.fixture(scope="session", autouse=True)
def renderer():
    """Start the engine of vl-convert, which takes over a second of the first test that draws."""
    draw_for_page(frame({"data": {"values": [{}]}, "mark": "point"}, "title"))


class Markup(HTMLParser):
    """The elements of a page: each a tag, its attributes and the text inside it."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self._open = [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        element = {"tag": tag, "text": "", **dict(attributes)}
        self.elements.append(element)
        if tag not in ("meta", "img", "input", "br", "wbr"):
            self._open.append(element)

    def handle_endtag(self, tag):
        while self._open and self._open.pop()["tag"] != tag:
            pass

    def handle_data(self, data):
        for element in self._open:
            element["text"] += data

    def all(self, tag, **attributes):
        """Return the elements of a tag with these attributes."""
        wanted = {"tag": tag, **attributes}.items()
        return [element for element in self.elements if wanted <= element.items()]


def digest_of(text):
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@pytest.fixture(scope="session")
def results_of(run_of):
    """Return a function that makes results of a table, as `run_of` does."""

    def make(table=None, *, provenance=None, traces=(), **fields):
        plan, records = run_of(TABLE if table is None else table, **fields)
        plan = type(plan)(
            cells=plan.cells, traces=plan.traces, provenance=dict(plan.provenance) | (provenance or {})
        )
        return Results(name="out", plan=plan, records=records, traces=tuple(traces))

    return make


@pytest.fixture(scope="session")
def markup():
    """Return the function that parses a page."""
    return Markup


@pytest.fixture(scope="session")
def hostile():
    """Return texts that must be shown, and never run."""
    return HOSTILE


@pytest.fixture(scope="session")
def source_of():
    """Return the function to the source expression that allows an inline element of a text."""
    return digest_of
