"""The gallery of a page."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest

from genbench.core.rendering import Rendering
from genbench.report.page.samples import sample_tables as module
from genbench.report.page.samples.exhibits import Exhibit, FrameColumn
from genbench.report.page.samples.gallery import DatasetGallery, Gallery, GalleryRow, NearestExhibit
from genbench.report.page.samples.sample_tables import make_sample_tables
from genbench.results.galleries import Slot

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
    found = make_sample_tables(Gallery(datasets=(DatasetGallery(**(made | fields)),)), orders)
    return found[0] if found else None


def test_an_image_is_a_data_url_even_if_it_is_an_svg():
    (table,) = shown(row()).tables
    (sample,) = table.rows[0].samples
    kind, _, content = sample.content.partition(";base64,")
    assert (sample.kind, kind, base64.b64decode(content)) == ("picture", "data:image/svg+xml", SVG)
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
        ("gan", ["", "picture"]), ("vae", ["picture", "picture"]),
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
def test_rows_that_would_make_the_page_too_large_are_left_out_higher_seeds_first(size, samples, monkeypatch):
    monkeypatch.setattr(module, "_MOST_BYTES", size)
    monkeypatch.setattr(module, "_MOST_SAMPLES", samples)
    found = shown(*(row(name, seed) for name in ("a", "b") for seed in (0, 1)))
    assert [(r.name, r.seed) for r in found.tables[0].rows] == [("a", "0"), ("a", "1"), ("b", "0")]
    (note,) = found.notes
    assert note == (
        "1 of 4 rows are left out, those of higher seeds first, since this page would become too large."
    )


def test_the_first_seed_of_each_generator_is_shown_and_the_others_are_folded_by_seed():
    found = shown(*(row(name, seed) for name, seeds in (("a", (0, 10, 2)), ("b", (2, 3))) for seed in seeds))
    folds = [(seed, [(r.name, r.seed) for r in rows]) for seed, rows in found.tables[0].rows_by_seed]
    assert folds == [
        ("", [("a", "0"), ("b", "2")]), ("2", [("a", "2")]), ("3", [("b", "3")]), ("10", [("a", "10")]),
    ]  # fmt: skip


ALL = {Slot(label, number): picture(10 * number + label) for number in range(2) for label in range(3)}


def columns(found):
    """Return the numbers of the samples in each row."""
    return [[s.name.split()[1] for s in r.samples] for r in found.tables[0].rows]


@pytest.mark.parametrize("limit", ["bytes", "samples"])
def test_each_row_has_fewer_samples_before_a_generator_is_left_out(limit, monkeypatch):
    most = 10 * len(SVG) if limit == "bytes" else 10
    monkeypatch.setattr(module, f"_MOST_{limit.upper()}", most)
    rows = [row(name, seed, dict(ALL)) for name in "abc" for seed in (0, 1)]
    found = shown(*rows, slots=tuple(sorted(ALL)))
    assert [(r.name, r.seed) for r in found.tables[0].rows] == [("a", "0"), ("b", "0"), ("c", "0")]
    assert columns(found) == [["0", "1", "2"]] * 3  # the first of each class
    assert [note.partition(",")[0] for note in found.notes] == [
        "Each row shows 3 of 6 samples", "3 of 6 rows are left out",
    ]  # fmt: skip


def test_generators_at_the_end_are_left_out_if_one_sample_of_each_is_too_many(monkeypatch):
    monkeypatch.setattr(module, "_MOST_SAMPLES", 2)
    found = shown(*(row(name, exhibits=dict(ALL)) for name in "abc"), slots=tuple(sorted(ALL)), order="cab")
    assert [(r.name, len(r.samples)) for r in found.tables[0].rows] == [("c", 1), ("a", 1)]


def test_real_and_nearest_samples_count_as_well(monkeypatch):
    monkeypatch.setattr(module, "_MOST_SAMPLES", 9)
    near = {slot: NearestExhibit(exhibit=each, distance=1.0, is_copy=False) for slot, each in ALL.items()}
    found = shown(row(exhibits=dict(ALL), nearest=near), slots=tuple(sorted(ALL)), real=dict(ALL))
    assert columns(found) == [["0", "1", "2"]] * 2  # 3 real ones, 3 generated ones and their nearest


def test_each_dataset_has_a_part_of_the_room(monkeypatch):
    monkeypatch.setattr(module, "_MOST_SAMPLES", 6)
    made = [
        DatasetGallery(
            dataset=name, modality="image", slots=tuple(sorted(ALL)), classes={}, real={},
            rows=(row(exhibits=dict(ALL)),),
        )
        for name in ("one", "two")
    ]  # fmt: skip
    found = make_sample_tables(Gallery(datasets=tuple(made)), {"one": ["vae"], "two": ["vae"]})
    assert [len(each.tables[0].heads) for each in found] == [3, 3]


PEOPLE = (FrameColumn("age", True), FrameColumn("city", False))


def person(number, *cells, columns=PEOPLE, note=""):
    return Exhibit(number=number, columns=columns, cells=cells, note=note)


def test_rows_of_a_frame_are_in_a_table_with_its_columns():
    near = {FIRST: NearestExhibit(exhibit=person(3, "40", "Oslo"), distance=0.5, is_copy=False)}
    rows = (
        row(exhibits={FIRST: person(0, "41", None), SECOND: person(1, "7", "a\u202eb")}, nearest=near),
        row("gone", exhibits={}, reason="no samples of it were kept"),
    )
    found = shown(*rows, slots=(FIRST, SECOND))
    (table,) = found.row_tables
    assert (found.tables, table.columns, table.heads) == ((), PEOPLE, ("1", "2"))
    gone, vae = sorted(table.rows, key=lambda row: row.name)
    first, second = vae.samples
    assert (first.kind, first.head, first.cells) == ("row", "1", (("41", True), (None, False)))
    assert second.cells == (("7", True), ("a\\u202eb", False))
    assert (first.near.cells, first.near.note, second.near) == ((("40", True), ("Oslo", False)), "0.5", None)
    assert (gone.samples, gone.reason) == ((), "no samples of it were kept")


def test_a_cut_of_columns_is_said_once_and_other_columns_are_in_another_table():
    rows = (
        row(exhibits={FIRST: person(0, "1", "x", note="the first 2 of 9 columns")}),
        row("other", exhibits={FIRST: person(0, "1", columns=PEOPLE[:1])}),
    )
    other, vae = shown(*rows).row_tables
    assert other.columns == PEOPLE[:1]
    assert vae.title == "In the order in which they were drawn, the first 2 of 9 columns"


def test_notes_of_all_samples_are_above_the_tables_and_others_beside_theirs():
    notes = [
        replace(picture(n), rendering=Rendering("image/svg+xml", SVG, note)) for n, note in enumerate("ab")
    ]
    found = shown(row(exhibits=dict(zip((FIRST, SECOND), notes, strict=True))), slots=(FIRST, SECOND),
                  notes=("a",))  # fmt: skip
    assert found.notes == ("A.",)
    assert [sample.note for sample in found.tables[0].rows[0].samples] == ["", "b"]


def test_a_picture_with_a_text_has_it_in_its_name():
    molecule = Exhibit(number=3, rendering=Rendering("image/svg+xml", SVG, text="C[N\u202e]"))
    found = shown(row(exhibits={FIRST: molecule}), slots=(FIRST,))
    (sample,) = found.tables[0].rows[0].samples
    assert (sample.kind, sample.name) == ("picture", "sample 3 of vae, seed 0: C[N\\u202e]")


def test_jpeg_files_and_large_pictures_are_told():
    jpeg = Exhibit(number=0, rendering=Rendering("image/jpeg", b"\xff\xd8\xff"), pixels=10**4)
    small = Exhibit(number=1, rendering=Rendering("image/png", b"\x89PNG"), pixels=64)
    found = shown(row(exhibits={FIRST: jpeg, SECOND: small}), slots=(FIRST, SECOND))
    assert [sample.kind for sample in found.tables[0].rows[0].samples] == ["picture", "image"]
    (note,) = found.notes
    assert note.startswith("Pictures of more than 4,096 pixels, and those made smaller, are JPEG files")


def test_the_number_of_a_dataset_is_that_on_the_board():
    assert shown(row(), dataset="faces", datasets=("digits", "faces")).number == 1
