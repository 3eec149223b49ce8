"""What a page shows of comparisons: wins, facts, raters and contested pairs of samples."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from genbench.board.view import view_results
from genbench.core.samples import Samples
from genbench.report.page.comparisons import describe_comparisons
from genbench.report.page.document import make_page
from genbench.results.found_galleries import name_pairs_gallery
from genbench.results.galleries import keep_gallery, make_gallery

EXTRAS = {
    "vae": {
        "wins": {"gan": [3, 1, 1], "real": [1, 4, 0], "lost": [5, 0, 0]},
        "facts": [["votes", 12345], ["agreement", 0.54321], ["task", "abc"]],
        "raters": [["rater", "votes", "first chosen"], ["anna", 1234, "3 of 6"], ["ben", None, "6 of 6"]],
        "pairs": [
            {"first": ["vae", 2], "second": ["gan", 5], "counts": [2, 1, 1]},
            {"first": ["vae", 7], "second": ["real", 0], "counts": [1, 1, 0]},
            {"first": ["gan", 5], "second": ["vae", 99], "counts": [1, 1, 0]},
            {"first": ["real", 5], "second": ["real", 6], "counts": [1, 1, 0]},
        ],
    },
    "gan": {"wins": {"vae": [1, 3, 1]}},
    "real": {"wins": {"vae": [4, 1, 0]}},
    "lost": None,
}
TEXTS = tuple(f"text {number}" for number in range(10))


@pytest.fixture
def compared(results_of):
    """Return a function that gives results of a comparison with these extras; None: skipped."""

    def make(extras=EXTRAS, metric="taste"):
        table = {name: {metric: [1.0 if extra is not None else "skipped"]} for name, extra in extras.items()}
        results = results_of(table, controls={"real": "ceiling"})
        cells, records = [], {}
        for cell in results.plan.cells:
            signature = dict(cell.signature) | {"participants": {}, "runs": [0]}
            cells.append(replace(cell, seed=None, signature=signature))
            record = replace(results.records[cell.key], cell=cells[-1], samples=cell.generator.ljust(64, "0"))
            records[cell.key] = replace(record, extra=extras[cell.generator] or {})
        return replace(results, plan=replace(results.plan, cells=tuple(cells)), records=records)

    return make


@pytest.fixture
def folder(compared, tmp_path):
    """Return a folder with the samples of the pairs."""
    for record in compared().records.values():
        numbers = {"vae": [2, 7], "gan": [5], "real": [0]}.get(record.cell.generator)
        if numbers:
            samples = Samples.of("text", TEXTS)
            keep_gallery(tmp_path, make_gallery(samples, name_pairs_gallery(record), numbers=numbers))
    return tmp_path


def shown(results, folders, catalog):
    board = view_results(results)
    orders = {name: [row.generator for row in board.list_rows("digits")] for name in board.datasets}
    return describe_comparisons(board, folders, catalog, orders)


def one(results, folders, catalog):
    ((comparison,),) = [dataset.comparisons for dataset in shown(results, folders, catalog)]
    return comparison


def test_the_table_of_wins_has_all_who_met_another_and_reads_either_side(compared, catalog):
    rows = {row.name: row for row in one(compared(), [], catalog).wins}
    names = list(rows)
    assert set(names) == {"vae", "gan", "real", "lost"}
    cells = {
        (name, rival): cell for name in names for rival, cell in zip(names, rows[name].cells, strict=True)
    }
    assert (cells["vae", "gan"].text, cells["vae", "gan"].share) == ("3 of 5", "60 %")
    assert cells["gan", "vae"].text == "1 of 5"  # ties are of neither
    assert cells["lost", "vae"].text == "0 of 5"  # it has no number, and its rival has the votes
    assert cells["vae", "lost"].shade > cells["vae", "gan"].shade > cells["vae", "real"].shade
    assert not cells["gan", "real"].text
    assert not cells["vae", "vae"].text
    assert [name for name in names if rows[name].is_control] == ["real"]


def test_facts_and_raters_are_texts(compared, catalog):
    found = one(compared(), [], catalog)
    assert found.facts == (("votes", "12,345"), ("agreement", "0.543"), ("task", "abc"))
    assert found.columns == (("rater", False), ("votes", True), ("first chosen", False))
    assert found.raters == (("anna", "1,234", "3 of 6"), ("ben", "", "6 of 6"))


def test_contested_pairs_are_beside_each_other_and_never_real(compared, catalog, folder):
    pairs = one(compared(), [folder], catalog).pairs
    assert [pair.names for pair in pairs] == [("vae", "gan"), ("vae", "real"), ("gan", "vae")]
    first, second = pairs[0].samples
    assert (first.content, second.content) == ("text 2", "text 5")
    assert (pairs[0].counts, pairs[0].neither) == (("chosen 2 times", "chosen 1 time"), "neither: 1")
    assert pairs[1].samples[1].content == "a real sample, which a folder does not keep"
    assert pairs[2].samples[1].content == "its samples are not in the folder"


def test_pairs_without_a_single_sample_are_left_out(compared, catalog, tmp_path):
    assert one(compared(), [tmp_path], catalog).pairs == ()


def test_pairs_beyond_the_room_of_a_page_are_left_out(compared, catalog, folder, monkeypatch):
    monkeypatch.setattr("genbench.report.page.comparisons._MOST_BYTES", len("text 2" + "text 5"))
    assert len(one(compared(), [folder], catalog).pairs) == 1


def test_rows_of_frames_are_lines_of_a_text(compared, catalog, tmp_path):
    import pandas as pd

    frame = pd.DataFrame({"age": np.arange(10.0), "city": ["Rome"] * 10})
    for record in compared().records.values():
        if record.cell.generator in ("vae", "gan"):
            space = Samples.of("table", frame)
            keep_gallery(tmp_path, make_gallery(space, name_pairs_gallery(record), numbers=[2, 5]))
    first, second = one(compared(), [tmp_path], catalog).pairs[0].samples
    assert (first.kind, first.content, second.content) == ("text", "age: 2\ncity: Rome", "age: 5\ncity: Rome")


def test_a_comparison_that_says_nothing_is_not_on_the_page(compared, catalog):
    assert shown(compared({name: {"spread": 1.0} for name in EXTRAS}), [], catalog) == []


def test_the_page_has_a_section_of_it_and_its_texts_never_run(compared, catalog, markup, hostile, folder):
    rows = [[text, 1, text] for text in hostile]
    extras = EXTRAS | {
        "vae": EXTRAS["vae"]
        | {"facts": [[text, text] for text in hostile], "raters": [["a", "b", "c"], *rows]}
    }
    results = compared(extras)
    text = make_page(results, [folder], catalog=catalog).decode()
    page = markup(text)
    assert [link["href"] for link in page.all("a")][:4] == ["#board", "#board", "#pictures", "#comparisons"]
    assert "<script>window" not in text
    assert "<svg onload" not in text
    section = next(element for element in page.all("section") if element.get("id") == "comparisons")
    assert "60 % 3 of 5" in " ".join(section["text"].split())
    assert hostile[0] in section["text"]
