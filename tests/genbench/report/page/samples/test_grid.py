"""The grid of samples."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image

from genbench.core.rendering import Rendering
from genbench.report.charts.drawing import FORMATS, draw_chart
from genbench.report.page.samples.exhibits import Exhibit
from genbench.report.page.samples.gallery import DatasetGallery, GalleryRow
from genbench.report.page.samples.grid import make_sample_grid
from genbench.results.galleries import Slot

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"><rect width="4" height="4"/></svg>'


def png(side):
    file = io.BytesIO()
    Image.new("L", (side, side)).save(file, "png")
    return file.getvalue()


SMALL, LARGE = png(8), png(128)


def exhibit(number, media_type="image/png", content=SMALL, pixels=64):
    return Exhibit(number=number, rendering=Rendering(media_type, content), pixels=pixels)


def row(generator, slots, seed=0, control=None):
    shown = {slot: exhibit(number) for number, slot in enumerate(slots)}
    return GalleryRow(generator=generator, seed=seed, control=control, exhibits=shown, nearest={})


def grid(*rows, real=(), classes=()):
    shown = {slot: exhibit(number) for number, slot in enumerate(real)}
    slots = tuple(dict.fromkeys(slot for each in rows for slot in each.exhibits))
    found = DatasetGallery(
        dataset="d", modality="image", slots=slots, classes=dict(classes), rows=rows, real=shown
    )
    return make_sample_grid(found, ["vae", "gan", "noise", *(each.generator for each in rows)])


def cells(chart):
    return [(cell["row"], cell["column"]) for cell in chart["data"]["values"]]


FIRST = [Slot(None, number) for number in range(3)]


def test_rows_are_real_samples_then_generators_then_controls():
    chart = grid(row("noise", FIRST[:1], control="floor"), row("vae", FIRST[:1]), real=FIRST[:1])
    assert cells(chart) == [("real", 0), ("vae", 0), ("noise (control)", 0)]
    assert chart["encoding"]["y"]["sort"] == ["real", "vae", "noise (control)"]


def test_all_rows_have_as_many_pictures():
    chart = grid(row("vae", FIRST[:2]), row("lost", []), row("noise", FIRST, control="floor"))
    assert cells(chart) == [("vae", 0), ("vae", 1), ("noise (control)", 0), ("noise (control)", 1)]


def test_it_says_whether_samples_have_classes():
    plain, labelled = grid(row("vae", FIRST)), grid(row("vae", [Slot(3, 0)]), real=[Slot(3, 0)])
    assert plain["title"]["subtitle"] == ["the first ones"]
    assert labelled["title"]["subtitle"] == ["the first ones, by class"]


def heads(chart):
    """Return the texts of a drawn grid in the order of the file, up to the title of its heads."""
    shown = re.findall(r">([^<>]+)</t(?:ext|span)>", draw_chart(chart, "svg").decode())
    return shown[: shown.index("class")]


def test_a_column_has_the_name_of_its_class_or_its_label_above_the_first_sample_of_it():
    slots = [Slot(label, number) for number in range(2) for label in (3, 1)]
    assert heads(grid(row("vae", slots), real=slots)) == ["1", "3"]
    upright = grid(row("vae", slots), classes=[(1, "cat"), (3, 'an "8" \\ it\'s')])
    assert heads(upright) == ["cat", 'an "8" \\ it\'s']
    assert [upright["encoding"]["x"]["axis"]["labelAngle"], heads(grid(row("vae", slots)))] == [
        -90,
        ["1", "3"],
    ]


def test_a_head_holds_for_all_rows_below_it():
    chart = grid(
        row("vae", [Slot(2, 0), Slot(0, 0), Slot(1, 0)]), row("gan", [Slot(2, 0), Slot(1, 0), Slot(1, 1)])
    )
    assert cells(chart) == [("vae", 0), ("vae", 1), ("gan", 0), ("gan", 1)]
    assert heads(chart) == ["1", "2"]
    apart = grid(row("vae", [Slot(0, 0)]), row("gan", [Slot(1, 0)]))
    assert cells(apart) == [("vae", 0), ("gan", 1)]
    assert heads(apart) == ["0", "1"]


def test_rows_without_labels_are_apart_from_the_heads():
    chart = grid(row("vae", FIRST), row("noise", [Slot(0, 0), Slot(1, 0), Slot(2, 0)], control="floor"))
    plain, labelled = chart["vconcat"]
    assert (plain["encoding"]["x"]["axis"], {name for name, _ in cells(plain)}) == (None, {"vae"})
    assert {name for name, _ in cells(labelled)} == {"noise (control)"}
    assert heads(chart) == ["vae", "without labels, in the order drawn", "0", "1", "2"]


def test_blocks_with_and_without_labels_have_titles_and_keep_the_order_of_rows():
    labelled = [Slot(0, 0), Slot(1, 0), Slot(2, 0)]
    chart = grid(
        row("noise", labelled, control="floor"), row("gan", FIRST), row("vae", FIRST), real=labelled,
        classes=[(number, str(number)) for number in range(3)],
    )  # fmt: skip
    assert chart["title"]["subtitle"] == ["the first ones"]
    blocks = [(block["title"]["text"], block["encoding"]["y"]["sort"]) for block in chart["vconcat"]]
    assert blocks == [
        ("by class", ["real"]),
        ("without labels, in the order drawn", ["vae", "gan"]),
        ("by class", ["noise (control)"]),
    ]


def test_it_says_if_not_all_classes_are_shown():
    slots = [Slot(label, 0) for label in range(12)]
    assert grid(row("vae", slots))["title"]["subtitle"] == ["the first ones, by class, 10 of 12 classes"]
    named = grid(row("vae", slots[:2]), classes=[(number, str(number)) for number in range(3)])
    assert named["title"]["subtitle"] == ["the first ones, by class, 2 of 3 classes"]


def test_rows_are_in_the_order_of_the_board():
    chart = grid(row("gan", FIRST[:1]), row("vae", FIRST[:1]))
    assert chart["encoding"]["y"]["sort"] == ["vae", "gan"]


def test_a_generator_with_several_seeds_has_them_in_its_names():
    chart = grid(row("vae", FIRST[:1]), row("vae", FIRST[:1], seed=1), row("gan", FIRST[:1]))
    assert cells(chart) == [("vae, seed 0", 0), ("vae, seed 1", 0), ("gan", 0)]


def test_of_many_classes_the_first_of_each_are_shown_in_their_order():
    slots = [Slot(label, number) for number in range(2) for label in (3, 1, 0, 2)]
    chart = grid(row("vae", [*slots, *(Slot(label, 0) for label in range(4, 20))]))
    assert len(cells(chart)) == 10
    few = grid(row("vae", slots))
    assert len(cells(few)) == 8


@pytest.mark.parametrize("picture", [("image/png", LARGE, 128**2), ("image/svg+xml", SVG, 0)])
def test_larger_pictures_and_drawings_have_more_room_and_fewer_columns(picture):
    shown = {Slot(None, number): exhibit(number, *picture) for number in range(8)}
    large = grid(GalleryRow(generator="vae", seed=0, control=None, exhibits=shown, nearest={}))
    small = grid(row("vae", [Slot(None, number) for number in range(8)]))
    assert (len(cells(large)), len(cells(small))) == (5, 8)
    widths = [chart["mark"]["width"] for chart in (large, small)]
    assert widths[0] > 2 * widths[1]


@pytest.mark.parametrize("form", FORMATS)
def test_a_grid_is_drawn_in_every_format_with_the_same_bytes(form):
    chart = grid(row("vae", FIRST))
    assert draw_chart(chart, form) == draw_chart(chart, form)


def test_samples_that_are_no_pictures_give_no_grid():
    text = GalleryRow(
        generator="lm",
        seed=0,
        control=None,
        exhibits={FIRST[0]: exhibit(0, "text/plain", b"word")},
        nearest={},
    )
    none = GalleryRow(generator="x", seed=0, control=None, exhibits={FIRST[0]: Exhibit(number=0)}, nearest={})
    assert grid(text, none) is None
