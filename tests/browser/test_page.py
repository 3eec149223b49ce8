"""Pages of runs in a browser: what their script adds, what works without it, and that no other text runs."""

from __future__ import annotations

import base64
import io
import json
import re
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from PIL import Image

from genbench.board.view import view_results
from genbench.catalog.modalities import find_modality, list_modalities
from genbench.cli.main import main
from genbench.core.samples import Samples, content_hash
from genbench.report.charts.drawing import draw_chart
from genbench.report.charts.scatter import plot_trade_off
from genbench.report.charts.theme import ACCENT, DARK, PAPER
from genbench.report.page.document import make_page
from genbench.results.folder import RunFolder
from genbench.results.galleries import keep_gallery, make_gallery
from genbench.results.records import write_plan, write_record, write_trace
from genbench.results.results import Results, read_results

pytestmark = pytest.mark.browser

PUBLISHED = Path(__file__).parents[2] / "results" / "published"
PHONE = {"width": 360, "height": 740}
POINTS = "svg .mark-symbol.role-mark"  # a layer of points; those of arrows come before that of means
RAN = "window.ran = (window.ran ?? 0) + 1"
HOSTILE = (
    f"<script>{RAN}</script>",
    f"</script><script>{RAN}</script>",
    f"<img src=x onerror='{RAN}'>",
    f"\"><svg onload='{RAN}'>",
    f"javascript:{RAN}",
    f"{{{{constructor.constructor('{RAN}')()}}}}",
    "\u202egnp.exe",
    "\x1b[2J",
)


@pytest.fixture
def page(opened, page_file):
    with opened(page_file) as page:
        yield page


def names(page, dataset=0):
    """Return the generators in the visible rows of a dataset's table, from top to bottom."""
    rows = page.locator(f"#board section[data-dataset='{dataset}'] tbody tr:visible th")
    return [text.split()[0] for text in rows.all_inner_texts()]


def metrics(page):
    heads = page.locator("#board thead th:visible").all_inner_texts()
    return [head.split()[0] for head in heads if head.split()[0] not in ("generator", "rank")]


def head(page, name):
    return page.locator("#board section[data-dataset='0'] thead th", has_text=name).locator("button")


def unfold(page):
    """Open the filters, which are folded at first."""
    page.locator("#filters").evaluate("filters => { filters.open = true; }")


def fill(page, box, text):
    unfold(page)
    page.fill(box, text)


def cell(page, generator, column):
    row = page.locator("#board section[data-dataset='0'] tbody tr", has_text=generator)
    return row.locator("th, td").nth(column)


def test_a_click_on_a_head_sorts_the_best_first_then_the_worst_then_as_before(page):
    before = names(page)
    assert before == ["flow", "vae", "gan", "noise"]
    head(page, "fid").click()
    assert names(page) == ["vae", "flow", "gan", "noise"]
    assert head(page, "fid").locator("..").get_attribute("aria-sort") == "ascending"
    head(page, "fid").click()
    assert names(page) == ["noise", "gan", "flow", "vae"]
    head(page, "fid").click()
    assert (names(page), head(page, "fid").locator("..").get_attribute("aria-sort")) == (before, None)


def test_of_a_metric_of_which_more_is_better_the_most_comes_first_and_a_status_last(page):
    head(page, "recall").click()
    assert names(page) == ["flow", "vae", "noise", "gan"]
    head(page, "recall").click()
    assert names(page) == ["noise", "vae", "flow", "gan"]


def test_rows_with_equal_numbers_stay_in_the_order_of_ranks(opened, run_of, catalog, tmp_path):
    plan, records = run_of({"b": {"fid": [1.0], "kid": [1.0]}, "a": {"fid": [2.0], "kid": [1.0]}})
    file = tmp_path / "leaderboard.html"
    file.write_bytes(make_page(Results(name="", plan=plan, records=records), catalog=catalog))
    with opened(file) as page:
        for _ in range(2):
            head(page, "kid").click()
            assert names(page) == ["b", "a"]


def test_ranks_in_an_aspect_sort_and_its_head_is_as_wide_as_its_visible_columns(
    opened, run_of, catalog, tmp_path
):
    aspects = {"fid": "fidelity", "kid": "fidelity", "recall": "diversity", "age": "privacy"}
    table = {name: {m: [value] for m in aspects} for name, value in (("b", 1.0), ("a", 2.0))}
    plan, records = run_of(table | {"a": table["a"] | {"recall": [0.5]}}, aspects=aspects)
    file = tmp_path / "leaderboard.html"
    file.write_bytes(make_page(Results(name="", plan=plan, records=records), catalog=catalog))
    with opened(file) as page:
        groups = page.locator(".aspects th:visible")
        head(page, "rank in diversity").click()
        assert names(page) == ["a", "b"]
        fill(page, "#columns", "fid")
        assert groups.evaluate_all("all => all.map(e => [e.textContent, e.colSpan])") == [
            ["fidelity", 2], ["diversity", 1],
        ]  # fmt: skip
        fill(page, "#columns", "")
        assert groups.evaluate_all("all => all.map(e => e.colSpan)") == [3, 2, 1]


def test_names_are_sorted_as_texts(page):
    head(page, "generator").click()
    assert names(page) == ["flow", "gan", "noise", "vae"]


def test_rows_and_columns_are_filtered_by_words(page):
    fill(page, "#rows", "VA gan")
    fill(page, "#columns", "recall")
    assert (sorted(names(page)), metrics(page)) == (["gan", "vae"], ["recall"])
    assert page.inner_text("#shown") == "2 of 4 rows, 1 of 3 metrics"
    fill(page, "#rows", "")
    fill(page, "#columns", "")
    assert (len(names(page)), len(metrics(page))) == (4, 3)


def test_a_name_in_quotes_is_matched_exactly(opened, run_of, catalog, tmp_path):
    numbers = {"fid[pixels]": [1.0], "fid": [2.0], "fid-x": [3.0]}
    plan, records = run_of({"gan": numbers, "wgan": numbers, "gan@run": numbers, "noise": numbers})
    file = tmp_path / "leaderboard.html"
    file.write_bytes(make_page(Results(name="", plan=plan, records=records), catalog=catalog))
    with opened(file) as page:
        for text, rows in {
            "gan": ["gan", "gan@run", "wgan"],
            '"gan"': ["gan", "gan@run"],
            '"GAN@run", noise': ["gan@run", "noise"],
            '"ga"': [],
            '"ga': ["gan", "gan@run", "wgan"],  # before the second quote is typed
        }.items():
            fill(page, "#rows", text)
            assert sorted(names(page)) == rows
        for text, count in {"fid": 3, '"fid"': 2, '"fid[pixels]"': 1}.items():
            fill(page, "#columns", text)
            assert page.inner_text("#shown").endswith(f"{count} of 3 metrics")


def test_a_filter_that_matches_nothing_says_so(page):
    fill(page, "#rows", "nope")
    assert page.inner_text("#shown") == "no row matches, 3 of 3 metrics"
    fill(page, "#columns", "nope")
    assert page.inner_text("#shown") == "no row matches, no metric matches"
    fill(page, "#rows", "")
    assert page.inner_text("#shown") == "4 of 4 rows, no metric matches"


def test_a_note_on_metrics_is_as_quiet_as_a_caption_and_goes_with_them(opened, run_of, catalog, tmp_path):
    equal, other = [1.0, 2.0, 3.0], [3.0, 4.0, 5.0]
    table = {"vae": {"fid": equal, "kid": equal}, "gan": {"fid": equal, "kid": other, "late": [None] * 3}}
    plan, records = run_of(table)
    file = tmp_path / "leaderboard.html"
    file.write_bytes(make_page(Results(name="", plan=plan, records=records), catalog=catalog))
    look = "part => [getComputedStyle(part).fontSize, getComputedStyle(part).color]"
    with opened(file) as page:
        notes = page.locator("#board .note:visible")
        assert [text.split(":")[0] for text in notes.all_inner_texts()] == [
            "Without a record at every seed, so not ranked in late",
            "Rank is over fid and kid, the ranked metrics that all generators have.",
            "1 column is hidden, since no row has a value",
            "No difference between generators in fid",
        ]  # fmt: skip
        assert notes.first.evaluate(look) == page.locator("#board caption").evaluate(look)
        fill(page, "#columns", "kid, late")
        assert [text.split()[0] for text in notes.all_inner_texts()] == ["Without", "Rank", "1"]
        fill(page, "#columns", "fid")
        assert [text.split()[0] for text in notes.all_inner_texts()] == ["Rank", "No"]


def test_controls_can_be_hidden(page):
    unfold(page)
    page.uncheck("#controls")
    assert "noise" not in names(page)


def test_another_dataset_replaces_the_tables_and_the_pictures(page):
    assert page.locator("section.dataset:visible h3").all_inner_texts() == ["digits", "digits"]
    page.select_option("#dataset", label="faces")
    assert page.locator("section.dataset:visible h3").all_inner_texts() == ["faces", "faces"]
    assert (names(page, 1), metrics(page)) == (["vae", "gan"], ["fid", "kid"])
    assert page.inner_text("#shown") == "2 of 2 rows, 2 of 2 metrics"


def test_hover_shows_what_is_behind_a_number(page):
    cell(page, "vae", 2).hover()
    text = page.inner_text("#detail")
    for words in (
        "vae: fid", "lower is better", "seed 0: 3", "seed 2: 1", "n 599", "seeds 0 1 2", "signature ",
    ):  # fmt: skip
        assert words in text
    page.mouse.move(0, 0)
    page.wait_for_selector("#detail", state="hidden")


def test_numbers_have_one_power_of_ten_and_their_points_line_up(opened, run_of, catalog, tmp_path):
    table = {"vae": {"kid": [1e-5, 2e-5, 3e-5]}, "gan": {"kid": [2e-4, 2.01e-4, 2.02e-4]},
             "flow": {"kid": [-3e-5, -3e-5, -3e-5]}}  # fmt: skip
    plan, records = run_of(table)
    file = tmp_path / "leaderboard.html"
    file.write_bytes(make_page(Results(name="", plan=plan, records=records), catalog=catalog))
    points = """cells => cells.map((cell) => {
        const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
        const values = [];
        while (texts.nextNode()) {
            const { textContent, parentElement } = texts.currentNode;
            const range = document.createRange();
            const point = textContent.indexOf(".");
            if (point < 0 || parentElement.closest("small")) { continue; }
            range.setStart(texts.currentNode, point);
            range.setEnd(texts.currentNode, point + 1);
            values.push(range.getBoundingClientRect().left);
        }
        return values;
    })"""
    with opened(file) as page:
        cells = page.locator("#board tbody td:nth-child(3)")
        assert [text.split()[-3:] for text in cells.all_inner_texts()] == [
            ["−3.000", "±", "0"], ["2.0", "±", "2.5"], ["20.10", "±", "0.25"],
        ]  # fmt: skip
        assert [len(found) for found in cells.evaluate_all(points)] == [1, 1, 1]
        (first,), *others = cells.evaluate_all(points)
        assert others == [[pytest.approx(first, abs=0.1)]] * 2
        assert page.locator("thead .unit").inner_text() == "in 10⁻⁵"
        cell(page, "gan", 2).hover()
        lines = page.inner_text("#detail").split("\n")
        assert "20.10 ± 0.25 in 10⁻⁵, rank 3 (lower is better)" in lines
        assert "seed 0: 20.0000, seed 1: 20.1000, seed 2: 20.2000 in 10⁻⁵" in lines
        head(page, "kid").click()
        assert names(page) == ["flow", "vae", "gan"]


def test_the_details_of_a_head_are_those_of_its_metric(page):
    head(page, "fid").focus()
    text = page.inner_text("#detail")
    assert text.startswith("fid (lower is better)\n")
    assert "seeds 0 1 2, signature " in text
    assert "undefined" not in text
    head(page, "fid").click()
    assert page.is_hidden("#detail")  # it would cover the rows that were sorted


def test_the_details_of_a_rank_are_the_mean_win_rate_that_decides_it(page, opened, page_file):
    cell(page, "vae", 1).hover()
    assert page.locator("#detail p").all_inner_texts() == ["vae: rank 1 (1–2)", "mean win rate 0.750"]
    cell(page, "noise", 1).hover()
    page.wait_for_selector("#detail", state="hidden")
    with opened(page_file, java_script_enabled=False) as still:
        assert cell(still, "vae", 1).get_attribute("title") == "mean win rate 0.750"


def test_the_mark_of_the_best_changes_no_digit_and_a_short_name_is_a_line(opened, run_of, catalog, tmp_path):
    metrics = ("distinct-1", "bits-per-byte-of-text")
    table = {
        name: {metric: [first, first + 0.1, first + 0.2] for metric in metrics}
        for name, first in (("vae", 1.0), ("gan", 5.0))
    }
    plan, records = run_of(table)
    file = tmp_path / "leaderboard.html"
    file.write_bytes(make_page(Results(name="", plan=plan, records=records), catalog=catalog))
    with opened(file, viewport=PHONE) as page:
        best = page.locator("td.best").first
        look = "cell => [getComputedStyle(cell).fontWeight, getComputedStyle(cell).webkitTextStrokeWidth]"
        assert best.evaluate(look) == ["400", "0px"]
        colours = (
            page.locator("tbody tr")
            .first.locator("td")
            .evaluate_all("cells => cells.map(cell => getComputedStyle(cell).backgroundColor)")
        )
        assert len(set(colours)) == 2
        lines = "link => link.getClientRects().length"
        assert page.locator("thead a", has_text="distinct-1").evaluate(lines) == 1


def test_a_head_shows_what_its_metric_measures_and_misranks(opened, run_of, described, catalog, tmp_path):
    values = {"vae": 1.0, "gan": 4.0, "noise": 3.0, "held-out": 2.0}
    table = {name: {"fid": [value]} for name, value in values.items()}
    plan, records = run_of(table, signature={"metric": "genbench:fid"})
    blind = {"unseen_controls": ("ceiling",)}
    plan = replace(plan, cells=tuple(described(cell, **blind) for cell in plan.cells))
    file = tmp_path / "leaderboard.html"
    file.write_bytes(make_page(Results(name="", plan=plan, records=records), catalog=catalog))
    with opened(file) as page:
        head(page, "fid").hover()
        lines = page.inner_text("#detail").split("\n")
        assert "Fréchet distance between the features" in lines[1] + lines[2]
        assert "noise (3.000) is not the worst: gan (4.000) is worse" in lines
        assert "may not see what is wrong with held-out, as its author says: no ⚠ judges it by this" in lines


def test_a_status_shows_its_reason_once(page):
    status = cell(page, "gan", 3)
    status.hover()
    assert "error: error for a reason (seed 1)" in page.inner_text("#detail")
    assert status.get_attribute("title") is None


def test_the_pointer_can_reach_the_details_and_escape_hides_them(page):
    cell(page, "vae", 2).hover()
    page.hover("#detail")
    page.wait_for_timeout(300)
    assert page.is_visible("#detail")
    page.keyboard.press("Escape")
    page.wait_for_timeout(300)  # the browser finds another cell below the pointer
    assert page.is_hidden("#detail")
    page.mouse.move(0, 0)
    cell(page, "gan", 2).hover()
    assert page.is_visible("#detail")


def test_the_table_is_one_stop_of_the_tab_key_and_arrows_move_in_it(page):
    unfold(page)
    page.focus("#controls")
    page.keyboard.press("Tab")
    focused = "document.activeElement.textContent"
    assert page.evaluate(focused) == "generator"
    for key in ("ArrowDown", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    assert page.evaluate(focused).startswith("★best") or "±" in page.evaluate(focused)
    assert page.evaluate("document.activeElement.getAttribute('aria-describedby')") == "detail"
    assert "flow: fid" in page.inner_text("#detail")
    page.keyboard.press("Control+Home")
    page.keyboard.press("End")
    assert page.evaluate("document.activeElement.closest('th').textContent").startswith("size")
    page.keyboard.press("Enter")
    assert names(page) == ["gan", "flow", "noise", "vae"]
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_arrows_skip_hidden_rows_and_columns(page):
    fill(page, "#columns", "size")
    fill(page, "#rows", "gan")
    head(page, "generator").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    assert "gan: size" in page.inner_text("#detail")


def test_the_link_to_the_board_is_the_first_stop(page):
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the board"


def test_a_picture_becomes_a_chart_that_answers_the_pointer(page):
    figure = page.locator("figure.seeds:visible").first
    figure.scroll_into_view_if_needed()
    page.wait_for_selector("figure.seeds.drawn svg")
    assert figure.locator("img").is_hidden()
    box = figure.locator("svg").bounding_box()
    steps = [(x, y) for y in range(int(box["height"] / 2), int(box["height"]), 5)
             for x in range(0, int(box["width"]), 4)]  # fmt: skip
    for x, y in steps:
        page.mouse.move(box["x"] + x, box["y"] + y)
        if "generator: " in page.locator("#detail").text_content():
            break
    assert "generator: " in page.locator("#detail").text_content()


def test_rows_are_in_the_order_of_ranks_again_if_the_sorted_column_is_hidden(page):
    before = names(page)
    head(page, "recall").click()
    assert names(page) != before
    fill(page, "#columns", "fid")
    assert names(page) == before
    assert page.locator("th[aria-sort]").count() == 0


def test_the_legend_is_folded_and_printed_anyway(page):
    line = page.locator("#reading .legend").first
    assert not line.is_visible()
    page.emulate_media(media="print")
    assert line.is_visible()


@pytest.mark.parametrize("size", [{"width": 1280, "height": 900}, PHONE])
def test_the_first_600_pixels_have_the_sentence_and_rows_of_the_table(opened, catalog, tmp_path, size):
    file = tmp_path / "leaderboard.html"
    folder = PUBLISHED / "tables"  # two datasets, three marks, and a sentence of four lines on a phone
    file.write_bytes(make_page(read_results(folder, read_only=True), [folder], catalog=catalog))
    with opened(file, viewport=size) as page:
        boxes = [page.locator(part).first.bounding_box() for part in (".verdict", ".key", "table.board")]
        tops = [box["y"] for box in boxes]
        assert tops == sorted(tops)
        assert tops[-1] < 450  # so that the heads and the first row are above 600, too, on most boards
        assert page.locator("table.board thead").first.bounding_box()["y"] < 600
        marks = page.locator(".key").first.locator("li")
        assert 0 < marks.count() <= 3
        assert {mark.bounding_box()["height"] // 20 for mark in marks.all()} == {1}
        assert not page.locator("#rows").is_visible()
        folded = page.locator("#board details:not([open]) summary").all_inner_texts()
        assert [text.split(":")[0] for text in folded][:2] == ["Filter", "How to read the tables"]


def test_the_name_of_a_head_leads_to_the_card_of_its_metric_and_the_rest_sorts(opened, page, page_file):
    link = page.locator("table.board thead a", has_text="fid").first
    target = link.get_attribute("href")
    assert page.locator(f"{target} h3").inner_text() == "fid"
    before = names(page)
    head(page, "fid").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.textContent") == "fid"
    page.keyboard.press("Enter")
    assert page.url.endswith(target)
    assert names(page) == before
    page.locator("table.board thead th", has_text="fid").first.click(position={"x": 3, "y": 3})
    assert names(page) != before
    with opened(page_file, java_script_enabled=False) as still:
        assert still.locator("table.board thead a", has_text="fid").first.get_attribute("href") == target


def test_the_image_of_a_chart_has_room_for_texts_in_a_wider_font(opened, catalog, tmp_path):
    folder, file = PUBLISHED / "quickstart", tmp_path / "leaderboard.html"
    file.write_bytes(make_page(read_results(folder, read_only=True), [folder], catalog=catalog))
    with opened(file) as page:
        urls = page.locator("#pictures figure img").evaluate_all("images => images.map(({ src }) => src)")
    beyond = """() => {
        const { left, right } = document.documentElement.getBoundingClientRect();
        const texts = [...document.querySelectorAll("text")];
        return texts.filter((text) => {
            const box = text.getBoundingClientRect();
            return box.left < left || box.right > right;
        }).map((text) => text.textContent);
    }"""
    for number, url in enumerate(urls):
        image = tmp_path / f"{number}.svg"
        svg = base64.b64decode(url.partition(",")[2])
        image.write_bytes(svg.replace(b"Liberation Sans, Arial, Helvetica", b"DejaVu Sans"))
        with opened(image) as page:
            assert page.evaluate(beyond) == []


def test_any_two_metrics_are_shown_against_each_other(page):
    form = page.locator("form.pair:visible")
    form.scroll_into_view_if_needed()

    def shows(*texts):
        for text in texts:
            form.locator("svg").get_by_text(text, exact=True).last.wait_for()

    shows("fid, lower is better", "recall, higher is better", "vae", "flow")
    shows("without a value of both: gan")  # it has no recall
    form.locator(".y").select_option(label="size")
    shows("fid, lower is better", "size, not ranked", "gan")
    assert form.locator("svg text", has_text="without").count() == 0
    assert form.locator("svg text", has_text="noise").count() == 0
    form.locator(".with-controls").check()
    shows("fid, lower is better (logarithmic)", "noise")
    shows("intervals that go on beyond the axis: vae")
    *arrows, points = [layer.locator("path").count() for layer in form.locator(POINTS).all()]
    assert (sum(arrows), points) == (1, 4)
    form.locator(".x").select_option(label="recall ↑")
    shows("recall, higher is better", "size, not ranked")


def test_names_of_any_two_metrics_hide_no_point(page):
    form = page.locator("form.pair:visible")
    form.scroll_into_view_if_needed()
    form.locator(".y").select_option(label="size")
    form.locator(".with-controls").check()
    form.locator("svg").get_by_text("noise", exact=True).last.wait_for()
    halos, texts = form.locator("svg .mark-text.role-mark").all()
    names = [name.bounding_box() for name in texts.locator("text").all()]
    assert halos.locator("text[stroke]").count() == len(names)  # what cuts the lines behind them
    points = [point.bounding_box() for point in form.locator(POINTS).last.locator("path").all()]
    assert len(names) == len(points) == 4

    def holds(box, point):
        return all(
            box[start] <= point[start] + point[size] / 2 <= box[start] + box[size]
            for start, size in (("x", "width"), ("y", "height"))
        )

    assert not any(holds(name, point) for name in names for point in points)


def test_any_two_metrics_have_the_type_and_the_width_of_other_charts(page):
    form, figure = page.locator("form.pair:visible"), page.locator("figure.seeds:visible").first
    form.scroll_into_view_if_needed()
    page.wait_for_selector("form.pair .plot[style] svg")
    figure.scroll_into_view_if_needed()
    page.wait_for_selector("figure.seeds.drawn svg")
    label = "svg .mark-text.role-axis-label text"
    heights = [place.locator(label).first.bounding_box()["height"] for place in (form, figure)]
    assert heights[0] == pytest.approx(heights[1], rel=0.02)


def test_names_of_any_two_metrics_are_where_the_chart_of_a_file_has_them(opened, catalog, run_of, tmp_path):
    value = np.random.default_rng(0).uniform
    table = {
        f"a-generator-{number:02}@run": {metric: list(number + value(-1, 1, 3)) for metric in ("fid", "kid")}
        for number in range(12)
    }
    plan, records = run_of(table)
    results = Results(name="many", plan=plan, records=records)
    path = tmp_path / "many.html"
    path.write_bytes(make_page(results, catalog=catalog))
    chart = plot_trade_off(view_results(results), "digits", "fid", "kid")
    named = chart["layer"][-1]["data"]["values"]
    expected = {(row["name"], round(row["left"]), round(row["top"])) for row in named}
    assert len(expected) > 6
    leads = sum("lead x" in row for row in named)
    assert leads > 1
    with opened(path) as page:
        form = page.locator("form.pair:visible")
        form.scroll_into_view_if_needed()
        form.locator("svg").get_by_text("kid, lower is better").wait_for()
        shown = form.locator("svg .mark-text.role-mark").last.locator("text").all()
        labels = [text.get_attribute("aria-label") for text in shown]
        assert form.locator("svg line[stroke-width='0.6']").count() == leads
    places = [
        re.fullmatch(r"left: ([-.\d]+); top: ([-.\d]+); name: (.+)", label).groups() for label in labels
    ]
    assert {(name, round(float(left)), round(float(top))) for left, top, name in places} == expected


def test_intervals_of_any_two_metrics_lie_beside_their_points_as_in_a_file(opened, catalog, run_of, tmp_path):
    table = {
        "one@run": {"fid": [2.0, 3.0, 4.0], "kid": [3.0, 4.0, 5.0]},
        "two@run": {"fid": [3.0, 3.0, 3.0], "kid": [4.0, 6.0, 8.0]},
        "third@run": {"fid": [7.0, 8.0, 9.0], "kid": [1.0, 1.0, 1.0]},
    }
    plan, records = run_of(table)
    results = Results(name="beside", plan=plan, records=records)
    path = tmp_path / "beside.html"
    path.write_bytes(make_page(results, catalog=catalog))
    chart = plot_trade_off(view_results(results), "digits", "fid", "kid")
    line = r'translate\(([-\d.]+), ?([-\d.]+)\)" x2="([-\d.]+)" y2="([-\d.]+)" stroke="#0072B2"'
    expected = re.findall(line, draw_chart(chart, "svg").decode())
    assert len(expected) == 2 * len(table) + 2  # the intervals, and what joins two to their points
    with opened(path) as page:
        form = page.locator("form.pair:visible")
        form.scroll_into_view_if_needed()
        form.locator("svg").get_by_text("kid, lower is better").wait_for()
        shown = re.findall(line, form.locator("svg").evaluate("svg => svg.outerHTML"))
    assert sorted(tuple(round(float(n)) for n in found) for found in shown) == sorted(
        tuple(round(float(n)) for n in found) for found in expected
    )


ATTACK = f"""() => {{
    const blocked = [];
    document.addEventListener("securitypolicyviolation", (event) => blocked.push(event.effectiveDirective));
    const script = document.createElement("script");
    script.textContent = {json.dumps(RAN)};
    const image = document.createElement("img");
    image.src = "missing.png";
    const box = document.createElement("div");
    box.setAttribute("onclick", {json.dumps(RAN)});
    document.body.append(script, image, box);
    box.click();
    fetch("https://example.org/").catch(() => {{}});
    return new Promise((done) => setTimeout(() => {{
        try {{ eval({json.dumps(RAN)}); }} catch (error) {{ blocked.push(error.name); }}
        setTimeout(() => done(blocked.sort()), 200);
    }}));
}}"""


def test_the_policy_blocks_requests_scripts_of_others_and_eval(chromium, page_file):
    context = chromium.new_context()
    page = context.new_page()
    page.goto(page_file.as_uri())
    assert page.evaluate(ATTACK) == [
        "EvalError", "connect-src", "img-src", "script-src", "script-src-attr", "script-src-elem",
    ]  # fmt: skip
    assert page.evaluate("window.ran") is None
    context.close()


def test_without_a_script_all_tables_and_pictures_are_there_and_no_tool(opened, page_file):
    with opened(page_file, java_script_enabled=False) as page:
        assert page.locator("table.board:visible").count() == 2
        assert page.locator("figure img:visible").count() == page.locator("figure").count() > 10
        assert page.locator("#tools:visible, .pair:visible, #detail:visible").count() == 0
        sizes = page.locator("figure img").evaluate_all("images => images.map(image => image.naturalWidth)")
        assert min(sizes) > 100


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [{"width": 1280, "height": 900}, PHONE])
def test_axe_finds_no_violation(opened, page_file, scheme, size):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="`tox -e extras` installs it")
    with opened(page_file, color_scheme=scheme, viewport=size) as page:
        page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true; })")
        for picture in page.locator("figure:visible").all()[:4]:
            picture.scroll_into_view_if_needed()
        page.wait_for_selector("figure.drawn")
        cell(page, "vae", 2).focus()
        found = axe.Axe().run(page)
        wrong = [
            (rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found.response["violations"]
        ]
        assert wrong == []


def test_on_a_phone_a_long_caption_leaves_room_beside_the_names(opened, page_file):
    with opened(page_file, viewport=PHONE) as page:
        box = page.locator("#board .scroll").first
        box.locator("caption").evaluate("caption => { caption.textContent = 'a-long-name-'.repeat(20); }")
        widths = box.evaluate("box => [box.clientWidth, box.querySelector('tbody .name').offsetWidth]")
        assert widths[1] < widths[0] / 2


def test_on_a_phone_only_the_table_scrolls_sideways(opened, page_file):
    with opened(page_file, viewport=PHONE) as page:
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        box = page.locator(".scroll").first
        assert box.evaluate("box => box.scrollWidth > box.clientWidth")
        cell(page, "vae", 2).click()
        assert "vae: fid" in page.inner_text("#detail")
        area = page.locator("#detail").bounding_box()
        assert area["x"] >= 0
        assert area["x"] + area["width"] <= PHONE["width"]


def colours(screenshot):
    """Return the colours of a picture that fill at least 20 pixels, as hexadecimal numbers."""
    with Image.open(io.BytesIO(screenshot)) as image:
        counts = image.convert("RGB").getcolors(2**24)
    return {f"#{red:02x}{green:02x}{blue:02x}" for count, (red, green, blue) in counts if count >= 20}


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_paper_and_charts_have_the_colours_of_the_scheme(opened, page_file, scheme, script):
    light = {PAPER.lower(), ACCENT.lower()}
    dark = {DARK[PAPER].lower(), DARK[ACCENT].lower()}
    with opened(page_file, color_scheme=scheme, java_script_enabled=script) as page:
        figure = page.locator("figure.seeds:visible").first
        figure.scroll_into_view_if_needed()
        if script:
            page.wait_for_selector("figure.seeds.drawn svg")
        seen = colours(figure.screenshot())
    assert (light <= seen, dark <= seen) == (scheme == "light", scheme == "dark")


def pdf_colours(content):
    """Return the colours that a PDF fills with, as hexadecimal numbers."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL)
    pages = [zlib.decompress(stream) for stream in streams if stream.startswith(b"x\x9c")]
    fills = {found for page in pages for found in re.findall(rb"([\d.]+) ([\d.]+) ([\d.]+) rg", page)}
    return {"#" + "".join(f"{round(255 * float(share)):02x}" for share in fill) for fill in fills}


def test_a_page_that_is_printed_in_dark_mode_has_light_charts(opened, page_file):
    with opened(page_file, color_scheme="dark") as page:
        seen = pdf_colours(page.pdf())
    assert ACCENT.lower() in seen
    assert not {colour.lower() for colour in DARK.values()} & seen


def test_the_links_to_sections_stay_and_hide_no_heading(page):
    for link in page.locator("nav a").all():
        link.focus()
        page.keyboard.press("Enter")
        section = page.locator(link.get_attribute("href"))
        bar, title = page.locator("nav").bounding_box(), section.locator("h2").bounding_box()
        assert bar["y"] == 0 or section.get_attribute("id") == "board"
        assert bar["y"] + bar["height"] <= title["y"]


@pytest.mark.parametrize(("size", "stays"), [(PHONE, True), ({"width": 740, "height": 360}, False)])
def test_on_a_phone_the_links_to_sections_stay_in_one_line_if_there_is_room(opened, page_file, size, stays):
    with opened(page_file, viewport=size) as page:
        page.locator("nav a").last.click()
        bar = page.locator("nav").bounding_box()
        assert (bar["y"] == 0) == stays
        assert bar["height"] < 60
        rights = page.locator("nav a").evaluate_all(
            "all => all.map(one => one.getBoundingClientRect().right)"
        )
        assert max(rights) <= size["width"]
        assert page.evaluate("document.documentElement.scrollWidth") == size["width"]


def test_print_has_the_images_and_no_tools(page):
    page.locator("figure:visible").first.scroll_into_view_if_needed()
    page.wait_for_selector("figure.drawn")
    page.emulate_media(media="print")
    assert page.locator("figure.drawn img").first.is_visible()
    assert page.locator("#tools:visible, nav:visible, .plot:visible, .pair:visible").count() == 0
    # Chromium does not paint buttons in a head that it repeats on the next page
    buttons = page.locator("#board thead button")
    assert set(buttons.evaluate_all("all => all.map(one => getComputedStyle(one).display)")) == {"contents"}
    assert len(page.pdf()) > 20_000


def test_a_printed_caption_is_never_apart_from_its_table(page):
    page.emulate_media(media="print")
    # columns break where pages do: these end just below the head of the second table
    caption, row, first = page.evaluate(
        """() => {
            const caption = document.querySelectorAll("#board caption")[1];
            const row = caption.closest("table").tBodies[0].rows[0];
            const main = document.querySelector("main");
            const head = caption.nextElementSibling;
            const height = head.getBoundingClientRect().bottom - main.getBoundingClientRect().top + 8;
            Object.assign(main.style, { height: `${height}px`, columnWidth: "900px", columnFill: "auto" });
            const lefts = [caption, row].map((part) => Math.round(part.getBoundingClientRect().left));
            return [...lefts, Math.round(main.getBoundingClientRect().left)];
        }"""
    )
    assert caption == row > first


def test_a_printed_verdict_stays_with_its_table_and_notes_do_not_hold_the_next_one(page):
    page.emulate_media(media="print")
    read = "all => all.map(one => getComputedStyle(one).breakAfter)"
    assert set(page.locator("#board .verdict").evaluate_all(read)) == {"avoid"}
    section = page.locator("#board section.dataset").first
    section.evaluate(
        """one => one.insertAdjacentHTML("beforeend", "<p class='note'>a</p><p class='note'>b</p>")"""
    )
    assert section.locator(".note").evaluate_all(read)[-2:] == ["avoid", "auto"]


def test_a_printed_picture_leaves_room_for_the_heads_above_it(page):
    page.emulate_media(media="print")
    image = page.locator("#pictures figure:not(.wide) img").first
    tall = "image => { image.style.height = '5000px'; return image.getBoundingClientRect().height; }"
    assert image.evaluate(tall) <= 150 * 96 / 25.4  # 150 mm


def test_a_printed_table_of_many_rows_is_cut_between_rows_none_alone(opened, run_of, catalog, tmp_path):
    plan, records = run_of({f"model-{number}": {"fid": [float(number)]} for number in range(15)})
    file = tmp_path / "leaderboard.html"
    file.write_bytes(make_page(Results(name="", plan=plan, records=records), catalog=catalog))
    with opened(file) as page:
        page.emulate_media(media="print")
        # columns break where pages do: these end in the last row
        lefts = page.evaluate(
            """() => {
                const rows = [...document.querySelector("table.board").tBodies[0].rows];
                const main = document.querySelector("main");
                Object.assign(main.style, { columnFill: "auto", columnWidth: "9in", height: "99in" });
                const { bottom } = rows.at(-1).getBoundingClientRect();
                main.style.height = `${bottom - main.getBoundingClientRect().top - 4}px`;
                return rows.map((row) => Math.round(row.getBoundingClientRect().left));
            }"""
        )
        first, last = lefts[0], lefts[-1]
        assert last > first
        assert lefts == [first] * 13 + [last] * 2


def test_what_is_folded_below_the_board_is_printed(opened, run_of, catalog, tmp_path):
    plan, records = run_of({"vae": {"fid": ["skipped"]}, "gan": {"fid": [1.0]}})
    file = tmp_path / "leaderboard.html"
    file.write_bytes(make_page(Results(name="", plan=plan, records=records), catalog=catalog))
    with opened(file) as page:
        line = page.locator("#failures li")
        signature = page.locator("#metrics details dd").first
        assert not line.is_visible()
        page.emulate_media(media="print")
        assert line.is_visible()
        assert page.locator("#failures summary").is_visible()
        assert not signature.is_visible()


def test_a_board_of_18_metrics_fits_on_paper_and_no_heading_lacks_its_pictures(opened, catalog, tmp_path):
    file = tmp_path / "leaderboard.html"
    folder = PUBLISHED / "bias"
    file.write_bytes(make_page(read_results(folder, read_only=True), [folder], catalog=catalog))
    # the widths of A4 without its margins: a browser makes the whole document smaller if anything is wider
    for width in (1032, 718):
        with opened(file, viewport={"width": width, "height": 700}) as page:
            page.emulate_media(media="print")
            assert page.evaluate("document.documentElement.scrollWidth") == width
            assert page.locator("#board table:visible").count() == 4
            head(page, "classified-kl").evaluate("button => button.click()")
            board, *sheets = page.locator("#board table").all()[:3]
            order = board.locator("tbody th").all_text_contents()
            assert order[0].startswith("held-out")
            assert [sheet.locator("tbody th").all_text_contents() for sheet in sheets] == [order, order]
            assert page.locator(".group:visible:not(:has(figure))").count() == 0
            page.locator("#columns").evaluate(
                "(box) => { box.value = 'kid'; box.dispatchEvent(new Event('input')); }"
            )
            assert page.locator("#board table:visible").count() == 2
    with opened(file, viewport=PHONE) as page:
        commands = page.locator("#origin pre:visible")
        assert commands.count() == 4  # three of the run, and those of its notes
        assert commands.evaluate_all("all => all.every(one => one.scrollWidth <= one.clientWidth)")


def hostile_folder(folder, run_of, trace_of):
    """Write the folder of a stranger whose every free text would run."""
    everything = " ".join(HOSTILE)
    plan, records = run_of({"vae": {"fid": [1.0, "error", 3.0]}, "gan": {"fid": [2.0, 3.0, 4.0]}}, name="x")
    plan = replace(
        plan,
        cells=tuple(
            replace(
                cell,
                plugin=HOSTILE[0],
                signature=dict(cell.signature) | {"options": {everything: HOSTILE[1]}},
            )
            for cell in plan.cells
        ),
        provenance={
            "name": "x",
            "suite": everything,
            "libraries": {everything: everything},
            "plugins": {everything: everything},
            "machine": {"cpu": everything},
            "instead": [{"use": everything, everything: everything}],
        },
        traces=("0" * 64,),
    )
    RunFolder(folder).create()
    write_plan(folder, plan)
    samples = Samples.of("text", HOSTILE[:6])
    draw = content_hash(samples)
    keep_gallery(folder, make_gallery(samples, draw))
    for cell in plan.cells:
        reason = {"reason": everything} if records[cell.key].status != "ok" else {}
        extra = {"note": everything, "warning": everything}
        write_record(folder, replace(records[cell.key], cell=cell, extra=extra, samples=draw, **reason))
    write_trace(folder, trace_of("vae", 0, key="0" * 64, history=({"step": 1, "total": 1, everything: 1.0},)))


def test_texts_of_a_strangers_folder_are_shown_and_never_run(opened, run_of, trace_of, tmp_path):
    hostile_folder(tmp_path / "run", run_of, trace_of)
    done = CliRunner().invoke(main, ["page", str(tmp_path / "run")])
    assert done.exit_code == 0, done.output
    with opened(tmp_path / "run" / "leaderboard.html") as page:
        for part in page.locator("h3:visible").all():
            part.scroll_into_view_if_needed()
        page.wait_for_selector("figure.drawn")
        cell(page, "gan", 2).hover()
        assert HOSTILE[0] in page.inner_text("#detail")
        assert page.evaluate("window.ran") is None
        text = page.inner_text("body")
        assert page.locator(".samples .text", has_text=HOSTILE[1]).count() == 6  # trials
        for shown in (*HOSTILE[:6], "\\u202egnp.exe", "\\x1b[2J"):
            assert shown in text


def test_the_page_of_the_quickstart_opens(opened, catalog, tmp_path):
    file = tmp_path / "leaderboard.html"
    folder = PUBLISHED / "quickstart"
    file.write_bytes(make_page(read_results(folder, read_only=True), [folder], catalog=catalog))
    with opened(file) as page:
        head(page, re.compile(r"\bfid\b")).click()  # and not the rank in fidelity
        assert names(page)[0] == "held-out"
        for figure in page.locator("figure").all():
            figure.scroll_into_view_if_needed()
        page.locator("figure:not(.drawn)").first.wait_for(state="detached")
        samples = page.locator(".samples img")
        assert samples.count() == 3 * (4 * 8 + 20)  # of the generators, and by class those of noise
        shown = page.locator(".samples img:visible")
        assert shown.count() == 4 * 8 + 20  # of the first seed
        page.locator("#gallery summary", has_text="Seed 2").first.click()
        assert shown.count() == 2 * 4 * 8 + 20
        shown.last.scroll_into_view_if_needed()
        assert shown.last.bounding_box()["height"] > 20
        check_formulas(page, beside=True)
        for details in page.locator(".card details:has(caption)").all():
            details.evaluate("details => { details.open = true; }")
        boxes = page.locator(".card .scroll:has(caption)")
        assert (
            boxes.evaluate_all("all => all.map(box => box.scrollWidth - box.clientWidth)")
            == [0] * boxes.count()
        )
        assert boxes.count() > 8
        check_print(page)
        page.set_viewport_size(PHONE)
        check_formulas(page, beside=False)


def check_print(page):
    """Check that printed pictures have one size of type, and that cards, rows and small boards stay whole."""
    page.emulate_media(media="print")
    scales = page.locator(".pictures figure:not(.wide) img").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().width / one.getAttribute('width'))"
    )
    assert max(scales) - min(scales) < 0.01 < min(scales)
    for part in (".card", ".samples tr", "table.board"):
        breaks = page.locator(part).evaluate_all("all => all.map(one => getComputedStyle(one).breakInside)")
        assert set(breaks) == {"avoid"}, part
    page.emulate_media(media="screen")


def check_formulas(page, *, beside):
    """Check that formulas fit, remarks have lines of their own, and names are beside or above their texts."""
    formulas = page.locator("#metrics .formula")
    assert formulas.count() > 8
    assert formulas.evaluate_all("all => all.every(one => one.scrollWidth <= one.clientWidth)")
    box = "part => part.getBoundingClientRect()"
    remark = page.locator(".remark").first
    parent = remark.locator("xpath=..").evaluate(box)
    assert remark.evaluate(box)["top"] > parent["top"]
    name = page.locator(".formula b").first
    text = name.locator("xpath=following-sibling::span").evaluate(box)
    assert (text["left"] > name.evaluate(box)["right"]) == beside
    assert (text["top"] >= name.evaluate(box)["bottom"]) == (not beside)


def test_a_board_of_200_generators_and_50_metrics_takes_less_than_10_mb_and_can_be_sorted(
    opened, run_of, catalog, tmp_path
):
    table = {
        f"generator-{number:03}": {
            f"metric-{m:02}": [number + (7 * m + seed) % 11 for seed in range(3)] for m in range(50)
        }
        for number in range(200)
    }
    plan, records = run_of(table)
    file = tmp_path / "leaderboard.html"
    file.write_bytes(make_page(Results(name="", plan=plan, records=records), catalog=catalog))
    assert file.stat().st_size < 10_000_000
    with opened(file) as page:
        assert "genbench plot" in page.inner_text(".left-out")
        head(page, "metric-07").click()
        head(page, "metric-07").click()
        assert names(page)[0] == "generator-199"


def test_a_run_writes_the_page_that_genbench_page_writes(opened, suite_text, tmp_path):
    metric = 'use = "fid"\nextractor = "pixels"'
    suite = tmp_path / "mine.toml"
    suite.write_text(suite_text(datasets=["digits"], generators=["resampler"], metrics=[metric], n=20))
    plugin = Path(__file__).parents[1] / "toy_plugins" / "kinds_plugin.py"
    arguments = ["run", str(suite), "--page", "-j", "1", "-o", str(tmp_path / "out"), "--plugin", str(plugin)]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    file = tmp_path / "out" / "leaderboard.html"
    before = file.read_bytes()
    assert CliRunner().invoke(main, ["page", str(tmp_path / "out"), "--plugin", str(plugin)]).exit_code == 0
    assert file.read_bytes() == before
    with opened(file) as page:
        assert names(page) == ["resampler", "held-out", "noise", "train-copies"]


@pytest.fixture
def kinds_file(catalog, run_of, tmp_path):
    """Return the page of a run whose datasets are of different kinds, and that has a sample of each."""
    pixels = np.random.default_rng(1).integers(0, 256, (8, 256, 256, 3), dtype=np.uint8)
    tone = np.sin(np.arange(4000) / 3)[:, None].astype(np.float32) / 20
    columns = {f"column {number}": [number / 7, None] for number in range(30)}
    drawn = {
        "images": Samples.of("image", pixels),
        "sounds": Samples.of("audio", [tone, 40 * tone], rate=8000),
        "tables": Samples.of("table", pd.DataFrame({"name": [RAN, HOSTILE[0]], **columns})),
        "texts": Samples.of("text", ("word " * 500, "line\n" * 30, "short")),
        "clouds": Samples.of("points", [np.eye(2, dtype=np.float32)] * 2),
    }
    cells, records = [], {}
    for dataset, samples in drawn.items():
        plan, made = run_of({"vae": {"fid": [1.0, 2.0]}}, dataset=dataset)
        draw, modality = (
            content_hash(samples),
            find_modality(list_modalities(catalog), samples.space.modality),
        )
        keep_gallery(tmp_path, make_gallery(samples, draw, modality=modality))
        cells += plan.cells
        records |= {key: replace(record, samples=draw) for key, record in made.items()}
    results = Results(name="", plan=replace(plan, cells=tuple(cells)), records=records)
    path = tmp_path / "kinds.html"
    path.write_bytes(make_page(results, [tmp_path], catalog=catalog))
    return path


def samples_of(page, dataset):
    return page.locator("#gallery section.dataset", has=page.locator("h3", has_text=dataset))


def test_sounds_play_and_pictures_and_rows_fit_on_a_phone(opened, kinds_file):
    with opened(kinds_file, viewport=PHONE) as page:
        played = page.evaluate(
            """async () => {
                const sound = document.querySelector('audio');
                sound.muted = true;
                await sound.play();
                return [sound.duration, sound.error];
            }"""
        )
        assert played == [0.5, None]
        picture = samples_of(page, "images").locator("img").first
        assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 128
        page.select_option("#dataset", label="tables")
        row = samples_of(page, "tables").locator("tbody tr").first.locator("td")
        assert row.count() == 20
        assert row.nth(1).evaluate("cell => getComputedStyle(cell).textAlign") == "end"
        assert row.nth(0).bounding_box()["height"] < 40
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        assert page.evaluate("window.ran") is None
        cloud = samples_of(page, "clouds").locator("img").first
        assert cloud.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0


def test_a_row_of_8_pictures_fits_on_a_screen(opened, kinds_file):
    with opened(kinds_file, viewport={"width": 1280, "height": 800}) as page:
        page.select_option("#dataset", label="images")
        last = samples_of(page, "images").locator("img").nth(7)
        box = last.bounding_box()
        assert box["width"] >= 96
        assert box["x"] + box["width"] <= 1280 - 16
        table = last.locator("xpath=ancestor::div[contains(@class, 'scroll')]")
        assert table.evaluate("scroll => scroll.scrollWidth <= scroll.clientWidth")


def test_a_table_that_goes_on_beyond_its_box_has_a_shadow_at_this_edge(opened, kinds_file):
    with opened(kinds_file) as page:
        page.select_option("#dataset", label="tables")
        scroll = samples_of(page, "tables").locator(".scroll").first
        scroll.scroll_into_view_if_needed()

        def edge():
            box, row = scroll.bounding_box(), scroll.locator("tbody tr").first.bounding_box()
            clip = {"x": box["x"] + box["width"] - 3, "y": row["y"] + 2, "width": 1, "height": 1}
            return Image.open(io.BytesIO(page.screenshot(clip=clip))).convert("RGB").getpixel((0, 0))

        assert max(edge()) < 235
        scroll.evaluate("scroll => { scroll.scrollLeft = scroll.scrollWidth; }")
        assert edge() == (255, 255, 255)


def test_printed_texts_have_rules_between_columns(opened, kinds_file):
    with opened(kinds_file) as page:
        page.select_option("#dataset", label="texts")
        page.emulate_media(media="print")
        widths = (
            samples_of(page, "texts")
            .locator("tbody td:has(.text)")
            .evaluate_all("all => all.map(one => getComputedStyle(one).borderInlineStartWidth)")
        )
        assert set(widths) == {"1px"}


def test_the_names_of_rows_stay_beside_wide_tables_on_a_screen(opened, kinds_file):
    where = "parts => parts.map(part => Math.round(part.getBoundingClientRect().left))"
    for size, stays in (({"width": 1280, "height": 800}, [True, True]), (PHONE, [True, False])):
        with opened(kinds_file, viewport=size) as page:
            page.select_option("#dataset", label="tables")
            scroll = samples_of(page, "tables").locator(".scroll").first
            heads = scroll.locator("tbody tr").first.locator("th")
            before = heads.evaluate_all(where)
            scroll.evaluate("scroll => { scroll.scrollLeft = 400; }")
            after = heads.evaluate_all(where)
            assert [one == two for one, two in zip(before, after, strict=True)] == stays


@pytest.mark.parametrize("dataset", ["images", "sounds", "tables", "texts", "clouds"])
def test_axe_finds_no_violation_in_samples_of_any_kind(opened, kinds_file, dataset):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="`tox -e extras` installs it")
    with opened(kinds_file, viewport=PHONE) as page:
        page.select_option("#dataset", label=dataset)
        assert samples_of(page, dataset).locator("tbody tr").first.is_visible()
        assert [rule["id"] for rule in axe.Axe().run(page).response["violations"]] == []
