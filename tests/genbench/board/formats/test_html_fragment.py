"""Boards as HTML tables."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

from genbench.board.formats.html_fragment import board_html
from genbench.board.leaderboard import build_board
from genbench.board.view import view_board

TABLE = {
    "vae": {"fid[pixels]": [1.0, 1.1, 1.2]},
    "gan": {"fid[pixels]": [3.0, 3.1, 3.3]},
    "noise": {"fid[pixels]": [9.0, 9.0, 9.0]},
}


def parsed(run):
    return ET.fromstring(f"<body>{board_html(view_board(build_board(*run)))}</body>")  # noqa: S314 - genbench made it


def test_a_table_has_a_caption_heads_and_a_row_for_each_generator(run_of):
    table = parsed(run_of(TABLE)).find("table")
    assert table.find("caption").text == "digits, seeds 0 1 2, n 599"
    assert [head.text for head in table.findall("thead/tr/th")] == ["rank", "generator", "fid ↓ (pixels)"]
    rows = [["".join(cell.itertext()) for cell in row] for row in table.findall("tbody/tr")]
    assert rows == [
        ["1", "vae", "1.100 ± 0.25"], ["2", "gan", "3.133 ± 0.38"], ["", "noise", "9.000 ± 0"],
    ]  # fmt: skip
    assert [strong.text for strong in table.iter("strong")] == ["1.100 ± 0.25"]
    assert [row.get("class") for row in table.findall("tbody/tr")] == [None, None, "control"]


def test_no_text_becomes_an_element(run_of):
    plan, records = run_of(TABLE)
    cells = tuple(replace(cell, generator=f"<script>{cell.generator}&") for cell in plan.cells)
    body = parsed((replace(plan, cells=cells), records))
    assert list(body.iter("script")) == []
    assert "<script>vae&" in "".join(body.itertext())


def test_a_row_of_a_csv_file_has_a_class_and_no_rank(run_of, without_records):
    rows = parsed(without_records(run_of(TABLE), "vae")).findall("table/tbody/tr")
    assert [row.get("class") for row in rows] == [None, "unverified", "control"]
    assert ["".join(cell.itertext()) for cell in rows[1]] == ["", "vae (unverified)", "1.100 ± 0.25"]
    assert list(rows[1].iter("strong")) == []
