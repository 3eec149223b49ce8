"""The gallery of a page."""

from __future__ import annotations

import base64

import pytest

from genbench.core.rendering import Rendering
from genbench.page import sample_tables as module
from genbench.page.exhibits import Exhibit
from genbench.page.gallery import DatasetGallery, Gallery, GalleryRow, NearestExhibit
from genbench.page.sample_tables import sample_tables
from genbench.results.slots import Slot

SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>window.ran = 1</script></svg>"
FIRST, SECOND, OF_A_CLASS = Slot(None, 0), Slot(None, 1), Slot(3, 0)


def picture(number=7):
    return Exhibit(number=number, rendering=Rendering("image/svg+xml", SVG))


def row(generator="vae", seed=0, exhibits=None, **fields):
    exhibits = {FIRST: picture()} if exhibits is None else exhibits
    return GalleryRow(**({"generator": generator, "seed": seed, "control": None, "exhibits": exhibits,
                          "nearest": {}} | fields))  # fmt: skip


def shown(*rows, dataset="digits", slots=(FIRST,), datasets=("digits",), order=None, **fields):
    made = {"dataset": dataset, "modality": "image", "slots": slots, "classes": {}, "rows": rows, "real": {}}
    orders = dict.fromkeys(datasets, order or sorted({row.generator for row in rows}))
    found = sample_tables(Gallery(datasets=(DatasetGallery(**(made | fields)),)), orders)
    return found[0] if found else None


def test_an_image_is_a_data_url_even_if_it_is_an_svg():
    (table,) = shown(row()).tables
    (sample,) = table.rows[0].samples
    kind, _, content = sample.content.partition(";base64,")
    assert (sample.kind, kind, base64.b64decode(content)) == ("image", "data:image/svg+xml", SVG)
    assert sample.name == "sample 7 of vae, seed 0"


def test_a_text_stays_a_text_and_a_sound_can_be_played():
    exhibits = {
        FIRST: Exhibit(number=0, rendering=Rendering("text/plain", b"a\n<b>"), note="the first 4"),
        SECOND: Exhibit(number=1, rendering=Rendering("audio/wav", b"RIFF")),
    }
    (table,) = shown(row(exhibits=exhibits), slots=(FIRST, SECOND)).tables
    text, sound = table.rows[0].samples
    assert (text.kind, text.content, text.note) == ("text", "a\n<b>", "the first 4")
    assert (sound.kind, sound.content) == ("audio", "data:audio/wav;base64,UklGRg==")
    assert table.heads == ("1", "2")


def test_a_sample_that_cannot_be_rendered_has_its_reason():
    (table,) = shown(row(exhibits={FIRST: Exhibit(number=0, reason="too large")})).tables
    assert (table.rows[0].samples[0].kind, table.rows[0].samples[0].content) == ("reason", "too large")


def test_rows_fill_the_same_slots_and_leave_others_empty():
    rows = (
        row("vae", exhibits={FIRST: picture(), SECOND: picture()}),
        row("gan", exhibits={SECOND: picture()}),
    )
    (table,) = shown(*rows, slots=(FIRST, SECOND)).tables
    assert [(r.name, [sample.kind for sample in r.samples]) for r in table.rows] == [
        ("gan", ["", "image"]), ("vae", ["image", "image"]),
    ]  # fmt: skip


def test_generators_are_in_the_order_of_the_board_and_controls_last():
    rows = row("a"), row("b", seed=1), row("b"), row("noise", control="floor")
    (table,) = shown(*rows, order=["noise", "b", "a"]).tables
    assert [(r.name, r.seed) for r in table.rows] == [("b", "0"), ("b", "1"), ("a", "0"), ("noise", "0")]


def test_samples_with_classes_have_a_table_of_their_own_with_the_names_of_the_classes():
    rows = row("noise", exhibits={OF_A_CLASS: picture()}, control="floor"), row("vae")
    ordered, by_class = shown(*rows, slots=(OF_A_CLASS, FIRST), classes={3: "cat"}).tables
    assert [r.name for r in ordered.rows] == ["vae"]
    assert (by_class.heads, [r.kind for r in by_class.rows]) == (("cat",), ["control"])


def test_a_row_without_samples_has_its_reason_in_the_last_table():
    ordered, empty = shown(row("a", exhibits={}, reason="no samples"), row("b")).tables
    assert ([r.name for r in ordered.rows], empty.heads) == (["b"], ())
    assert (empty.rows[0].name, empty.rows[0].reason) == ("a", "no samples")


def test_a_dataset_without_any_sample_is_left_out():
    assert shown(row(exhibits={}, reason="no samples")) is None


def test_samples_or_data_that_cannot_be_read_are_no_reason_to_say_nothing():
    (lost,) = shown(row(exhibits={}, reason="x.json is damaged", is_lost=True)).tables
    assert lost.rows[0].reason == "x.json is damaged"
    assert shown(row(exhibits={}), reason="the data cannot be loaded").notes == ("the data cannot be loaded",)


def test_the_nearest_training_sample_is_below_with_its_distance_and_a_copy_is_called_one():
    near = {
        FIRST: NearestExhibit(exhibit=picture(1), distance=0.12345, is_copy=False),
        SECOND: NearestExhibit(exhibit=picture(2), distance=0.0, is_copy=True),
    }
    exhibits = {FIRST: picture(), SECOND: picture()}
    found = shown(row(exhibits=exhibits, nearest=near), slots=(FIRST, SECOND), distance="some distance")
    first, second = found.tables[0].rows[0].samples
    assert (first.near.note, second.near.note) == ("0.123", "a copy")
    assert first.near.name == "sample 1 of training data"
    assert found.notes == (
        "Below each sample: the nearest training sample, with its distance (some distance).",
    )


def test_real_samples_are_the_first_row():
    (table,) = shown(row(), real={FIRST: picture(4)}).tables
    assert [r.name for r in table.rows] == ["real data", "vae"]
    assert table.rows[0].samples[0].name == "sample 4 of real data"


def test_controls_come_after_generators_and_seeds_are_in_order():
    rows = row("a", 1, control="floor"), row("vae", 1), row("vae", 0)
    (table,) = shown(*rows).tables
    assert [(r.name, r.seed) for r in table.rows] == [("vae", "0"), ("vae", "1"), ("a", "1")]


@pytest.mark.parametrize(("size", "samples"), [(3 * len(SVG), 100), (10**6, 3)])
def test_rows_that_would_make_the_page_too_large_are_left_out_the_higher_seeds_first(
    size, samples, monkeypatch
):
    monkeypatch.setattr(module, "_MOST_BYTES", size)
    monkeypatch.setattr(module, "_MOST_SAMPLES", samples)
    found = shown(*(row(name, seed) for name in ("a", "b") for seed in (0, 1)))
    assert [(r.name, r.seed) for r in found.tables[0].rows] == [("a", "0"), ("a", "1"), ("b", "0")]
    assert found.notes == ("1 of 4 rows are left out, since this page would become too large.",)


def test_the_number_of_a_dataset_is_that_on_the_board():
    assert shown(row(), dataset="faces", datasets=("digits", "faces")).number == 1
