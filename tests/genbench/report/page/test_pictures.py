"""The pictures of a page."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from genbench.board.view import view_results
from genbench.report.page.pictures import page_pictures
from genbench.results.results import read_results

HIGHER = {"precision": "higher", "recall": "higher", "vendi": "none"}
ROW = {
    "precision": [0.5, 0.6, 0.7],
    "vendi": [3.0, 4.0, 5.0],
    "recall": [0.5, 0.4, 0.3],
    "fid": [1.0, 2.0, 3.0],
}


@pytest.fixture(scope="module")
def results(results_of, trace_of):
    table = {"vae": ROW, "gan": {name: [value * 2 for value in values] for name, values in ROW.items()}}
    history = ({"step": 1, "total": 2, "loss": 0.5}, {"step": 2, "total": 2, "loss": 0.25})
    traces = [trace_of(name, 0, history=history, seconds={"fit": 2.0, "sample": 1.0}) for name in table]
    found = results_of(table, directions=HIGHER, traces=traces)
    order = {"precision": 0, "recall": 1}  # the suite's
    cells = sorted(found.plan.cells, key=lambda cell: order.get(cell.metric, 2))
    return replace(found, plan=replace(found.plan, cells=tuple(cells)))


def drawn_of(results, catalog, **options):
    return page_pictures(view_results(results), results, catalog, **options)


@pytest.fixture(scope="module")
def dataset(results, catalog):
    (found,) = drawn_of(results, catalog)
    return found


def test_each_kind_of_picture_is_there_the_first_metric_of_the_suite_first(dataset):
    kinds = [picture.kind for picture in dataset.pictures]
    assert kinds == [
        "ranks", "seeds", "trade-off", "wins", "cost", "seeds", "seeds", "seeds", "training", "training",
    ]  # fmt: skip
    assert dataset.pictures[1].alt.startswith("Chart: precision;")
    assert dataset.pictures[4].alt.startswith("Chart: precision and cost")
    assert dataset.pictures[-3].alt == "Chart: vendi"
    assert dataset.pictures[-2].alt.startswith("Chart: gan: loss; a line for each seed")
    assert dataset.notes == ()
    assert dataset.pair is not None


def test_cost_is_shown_with_a_metric_that_most_generators_have(results_of, trace_of, catalog):
    table = {"vae": {"fid": [1.0], "kid": [1.0]}, "gan": {"fid": ["error"], "kid": [2.0]}}
    traces = [trace_of(name, 0, seconds={"fit": 2.0, "sample": 1.0}) for name in table]
    (found,) = drawn_of(results_of(table, traces=traces), catalog)
    (cost,) = [picture for picture in found.pictures if picture.kind == "cost"]
    assert cost.alt == "Chart: kid and cost"


def test_pictures_are_grouped_by_kind_with_training_last(dataset):
    groups = [(group.title, [picture.kind for picture in group.pictures]) for group in dataset.groups]
    assert groups == [
        ("Ranks, wins and cost", ["ranks", "wins", "cost"]),
        ("Pairs of metrics", ["trade-off"]),
        ("Each metric", ["seeds"] * 4),
        ("Training", ["training"] * 2),
    ]
    assert [group.pair for group in dataset.groups] == [None, dataset.pair, None, None]
    assert [bool(group.key) for group in dataset.groups] == [False, False, True, False]
    assert dataset.groups[2].key.startswith("diamond: mean; line: 95 % interval; dots: seeds")


def test_a_picture_that_is_wider_than_a_column_has_a_line_by_itself(results_of, catalog):
    table = {f"g{number:02}": {"fid": [float(number)] * 2} for number in range(30)}
    (found,) = drawn_of(results_of(table), catalog)
    assert {picture.kind: picture.is_wide for picture in found.pictures} == {
        "ranks": False, "wins": True, "seeds": False,
    }  # fmt: skip


def test_two_outputs_of_one_component_with_equal_options_are_shown_side_by_side(results, catalog, dataset):
    titles = [picture.alt for picture in dataset.pictures if picture.kind == "trade-off"]
    assert titles == ["Chart: precision and recall; lines: 95 % intervals"]
    cells = [
        replace(
            cell, signature=dict(cell.signature) | {"options": {"k": 3 if cell.metric == "recall" else 5}}
        )
        for cell in results.plan.cells
    ]
    records = {cell.key: replace(results.records[cell.key], cell=cell) for cell in cells}
    found = replace(results, plan=replace(results.plan, cells=tuple(cells)), records=records)
    (others,) = drawn_of(found, catalog)
    assert [picture for picture in others.pictures if picture.kind == "trade-off"] == []


def test_a_picture_is_an_image_with_its_size_and_the_chart_behind_it(dataset):
    for picture in dataset.pictures:
        kind, _, content = picture.url.partition(";base64,")
        image = base64.b64decode(content).decode()
        assert kind == "data:image/svg+xml"
        size = re.search(r'width="([0-9.]+)" height="([0-9.]+)"', image)
        assert [picture.width / float(size[1]), picture.height / float(size[2])] == pytest.approx(
            [1.2] * 2, abs=0.01
        )
        assert "prefers-color-scheme:dark" in image
        assert 'aria-roledescription="point"' not in image  # no reader can reach it within an image
        assert "data" in str(picture.chart)
        assert "$schema" not in json.loads(picture.chart)


def test_equal_results_give_equal_pictures_in_one_process(results, catalog, dataset):
    assert drawn_of(results, catalog) == [dataset]


def test_what_would_make_the_page_too_large_is_left_out_and_named(results, catalog):
    (found,) = drawn_of(
        results, catalog, most_marks=15
    )  # 2 ranks, 10 of seeds, 2 and 2 of plots of generators
    assert [picture.kind for picture in found.pictures] == ["ranks", "seeds", "trade-off"]
    left_out = "wins, cost and precision, seeds of recall, seeds of fid, seeds of vendi and 2 more"
    assert found.notes == (
        f"Left out, since this page would become too large: {left_out}. `genbench plot` draws them.",
    )


def test_a_board_without_numbers_has_no_pictures(results_of, catalog):
    assert drawn_of(results_of({"vae": {"fid": ["error"]}}), catalog) == []


def test_rows_of_data_that_layers_share_are_written_once(dataset):
    chart = json.loads(str(next(each.chart for each in dataset.pictures if each.kind == "seeds")))
    assert len(chart["datasets"]) == 1
    ((name, rows),) = chart["datasets"].items()
    assert {row["generator"] for row in rows} == {"vae", "gan"}
    text = json.dumps(chart)
    assert text.count(f'{{"name": "{name}"}}') >= 2
    assert text.count('"values": [{') <= 1


def test_datasets_have_equal_shares_of_the_marks(results_of, catalog):
    table = {"vae": ROW, "gan": ROW}
    results = [results_of(table, directions=HIGHER, dataset=name) for name in ("a", "b")]
    plan = replace(results[0].plan, cells=(*results[0].plan.cells, *results[1].plan.cells))
    both = replace(results[0], plan=plan, records={**results[0].records, **results[1].records})
    first, second = drawn_of(both, catalog, most_marks=40)
    assert len(first.pictures) == len(second.pictures) > 0
    assert first.notes
    assert second.notes


@pytest.mark.slow
def test_the_board_of_tables_shows_how_columns_depend_on_one_another(catalog):
    folder = Path(__file__).parents[4] / "results" / "published" / "tables"
    for pictures in drawn_of(read_results(folder, read_only=True), catalog):
        assert [picture.kind for picture in pictures.pictures].count("dependence") == 1
