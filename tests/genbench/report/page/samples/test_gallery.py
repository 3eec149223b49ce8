"""The gallery of a board."""

from __future__ import annotations

import functools
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from genbench.board.merge import merge
from genbench.catalog.catalog import load_catalog
from genbench.catalog.modalities import find_modality, list_modalities
from genbench.core.samples import Samples, content_hash
from genbench.core.splits import split
from genbench.files.sample_files import write_samples
from genbench.report.page.document import make_page
from genbench.report.page.samples import gallery as module
from genbench.report.page.samples.gallery import collect_gallery
from genbench.results.folder import RunFolder
from genbench.results.galleries import Slot, keep_gallery, make_gallery
from genbench.results.records import Plan
from genbench.results.results import Results, read_results, write_results
from genbench.suite.file import parse_suite
from genbench.suite.resolve import resolve_suite
from genbench.trial.datasets import hash_splits, load_data

PLUGIN = Path(__file__).parents[4] / "toy_plugins" / "kinds_plugin.py"
RNG = np.random.Generator(np.random.PCG64(2))


@pytest.fixture(scope="module")
def catalog():
    return load_catalog([PLUGIN])


@pytest.fixture(scope="module")
def data(suite_text, catalog):
    """Return a function to the text of a suite on a dataset of the plugin, and the splits of it."""

    @functools.cache
    def of(name):
        text = suite_text(datasets=[name], generators=["resampler"], metrics=["size-gap"])
        part = resolve_suite(parse_suite(text, file="s", folder=Path()), catalog).datasets[0]
        return text, split(load_data(part, list_modalities(catalog)), part.spec.parts)

    return of


@pytest.fixture
def board(tmp_path, run_of, data):
    """Return a function that writes a run with the galleries of these samples, by generator and seed."""

    def write(draws, dataset="clouds", name="out", modality=None):
        text, splits = data(dataset)
        seeds = max(map(len, draws.values()))
        plan, records = run_of({generator: {"fid": [1.0] * seeds} for generator in draws}, dataset=dataset)
        folder = RunFolder(tmp_path / name).create().path
        made = {}
        for key, record in records.items():
            samples = draws[record.cell.generator][record.cell.seed]
            made[key] = replace(record, samples="" if samples is None else content_hash(samples))
            if samples is not None:
                keep_gallery(folder, make_gallery(samples, made[key].samples, modality=modality))
        described = {dataset: {"hash": hash_splits(splits), "space": splits["train"].space.to_json()}}
        provenance = {"name": name, "suite": text, "datasets": described}
        plan = Plan(cells=plan.cells, traces=(), provenance=provenance)
        write_results(folder, Results(name=name, plan=plan, records=made))
        return folder

    return write


def clouds(n=30, labels=True):
    made = [RNG.normal(size=(4, 3)).astype(np.float32) for _ in range(n)]
    return Samples.of("points", made, np.arange(n) % 3 if labels else None)


@pytest.fixture
def shown(catalog):
    """Return a function to the gallery of the one dataset of runs."""

    def show(*folders, **options):
        runs = [read_results(folder, read_only=True) for folder in folders]
        results = runs[0] if len(runs) == 1 else merge(runs)
        (found,) = collect_gallery(folders, results, catalog, **options).datasets
        return found

    return show


def test_each_generator_and_seed_fills_the_same_slots(board, shown):
    folder = board({"vae": [clouds(), clouds()], "noise": [clouds(), clouds()]})
    found = shown(folder)
    assert (found.dataset, found.modality, found.reason, found.distance) == ("clouds", "points", "", "")
    assert found.slots == tuple(Slot(label, number) for label in range(3) for number in range(4))
    rows = [(row.generator, row.seed, row.control) for row in found.rows]
    assert rows == [("noise", 0, "floor"), ("noise", 1, "floor"), ("vae", 0, None), ("vae", 1, None)]
    for row in found.rows:
        assert set(row.exhibits) == set(found.slots)
        assert {each.rendering.media_type for each in row.exhibits.values()} == {"image/svg+xml"}
        assert (row.reason, dict(row.nearest)) == ("", {})
    assert found.rows[0].exhibits[Slot(1, 2)].number == 7
    assert found.real == {}


def test_a_generator_without_labels_has_slots_of_its_own(board, shown):
    found = shown(board({"vae": [clouds(labels=False)], "gan": [clouds()]}))
    assert found.slots[12:] == tuple(Slot(None, number) for number in range(8))
    gan, vae = found.rows
    assert set(gan.exhibits) == set(found.slots[:12])
    assert set(vae.exhibits) == set(found.slots[12:])


def test_equal_folders_give_equal_galleries_wherever_they_are(board, tmp_path, shown):
    folder = board({"vae": [clouds()], "gan": [None]})
    shutil.copytree(folder, tmp_path / "elsewhere")
    (RunFolder(folder).galleries / "x.tmp").touch()
    assert shown(folder, show_real=True) == shown(tmp_path / "elsewhere", show_real=True)


def test_what_is_missing_has_a_reason(board, shown):
    folder = board({"vae": [clouds()] * 2, "gan": [clouds()] * 2, "lost": [None] * 2, "gone": [clouds()] * 2})
    for record in read_results(folder).records.values():
        if record.cell.generator == "gan":
            (RunFolder(folder).gallery_folder(record.samples) / "gallery.json").write_text("{")
        if record.cell.generator == "gone":
            shutil.rmtree(RunFolder(folder).gallery_folder(record.samples), ignore_errors=True)
    reasons = {row.generator: (bool(row.exhibits), row.reason) for row in shown(folder).rows}
    assert reasons["vae"] == (True, "")
    assert reasons["lost"] == (False, "it has no samples: see the reasons of its scores")
    assert reasons["gone"] == (False, "no samples of it were kept")
    assert "cannot be read (it is not JSON at line 1, column 2); restore it from" in reasons["gan"][1]
    assert [row.generator for row in shown(folder).rows if row.is_lost] == ["gan"] * 2


def test_a_gallery_of_another_draw_is_never_shown_beside_the_scores_of_this_one(board, catalog):
    folder = board({"vae": [clouds()]})
    results = read_results(folder)
    (key, record), *_ = results.records.items()
    other = replace(results, records={key: replace(record, samples="f" * 64)})
    (found,) = collect_gallery([folder], other, catalog).datasets
    assert found.rows[0].reason == "no samples of it were kept"
    cell = replace(record.cell, key="e" * 64, metric="kid")
    both = replace(results, records={key: record, cell.key: replace(record, cell=cell, samples="f" * 64)})
    (found,) = collect_gallery([folder], both, catalog).datasets
    assert found.rows[0].reason == "its scores are of several draws of samples, so none of them is shown"


def test_whole_kept_samples_are_shown_without_a_gallery(board, shown):
    samples = clouds()
    folder = board({"vae": [samples]})
    expected = shown(folder)
    shutil.rmtree(RunFolder(folder).galleries)
    write_samples(RunFolder(folder).samples_folder("clouds", "vae", 0, "0a1b"), samples)
    assert shown(folder) == expected


def test_the_lowest_seeds_are_shown_if_there_is_room_for_few(board, shown):
    folder = board({"vae": [clouds(), clouds(), clouds()]})
    assert [row.seed for row in shown(folder, most_seeds=2).rows] == [0, 1]


def test_merged_runs_show_the_samples_of_each(board, shown):
    one = board({"vae": [clouds()], "gan": [clouds()]}, name="one")
    two = board({"vae": [clouds()]}, name="two")
    found = shown(one, two)
    assert [row.generator for row in found.rows] == ["gan", "vae@one", "vae@two"]
    assert [row.reason for row in found.rows] == ["", "", ""]
    assert found.rows[1].exhibits != found.rows[2].exhibits


def test_a_modality_that_is_not_installed_is_a_reason(board, shown):
    folder = board({"vae": [Samples.of("tick", [np.arange(3)])]}, dataset="ticks")
    (found,) = collect_gallery([folder], read_results(folder), load_catalog([], only=["genbench"])).datasets
    assert found.rows[0].reason.startswith("no installed plugin declares the modality 'tick'")
    with_plugin = shown(folder).rows[0].exhibits[Slot(None, 0)]
    assert with_plugin.reason == "modality 'tick' of kinds-plugin has no render"


def test_samples_of_a_forged_gallery_that_their_modality_refuses_are_not_shown(board, shown):
    folder = board({"vae": [clouds()]})
    (record,) = read_results(folder).records.values()
    shutil.rmtree(RunFolder(folder).gallery_folder(record.samples))
    bad = Samples.of("points", [np.full((4, 3), np.inf, np.float32)] * 3)
    keep_gallery(folder, make_gallery(bad, record.samples))
    exhibits = shown(folder, show_real=True).rows[0].exhibits.values()
    assert {each.rendering for each in exhibits} == {None}
    assert "values are not finite" in next(iter(exhibits)).reason


# Real samples.


def test_controls_of_real_samples_are_shown_on_request_alone(board, shown, fresh_store):
    samples = clouds()
    folder = board(
        {"held-out": [samples, clouds()], "train-copies": [samples, samples], "noise": [samples] * 2}
    )
    reasons = {row.generator: (bool(row.exhibits), row.reason) for row in shown(folder).rows}
    hidden = (False, "its samples are real ones, which a page shows only with --show-real")
    assert reasons == {"held-out": hidden, "train-copies": hidden, "noise": (True, "")}
    write_samples(RunFolder(folder).samples_folder("clouds", "held-out", 0, "0a1b"), samples)
    shutil.rmtree(RunFolder(folder).galleries)
    first, second, *_ = shown(folder, show_real=True).rows
    assert (first.seed, first.reason, len(first.exhibits)) == (0, "", 12)
    assert second.reason == "its samples are real ones, which a run keeps only with --keep-samples"


@pytest.mark.slow
def test_the_seeds_of_rows_without_samples_have_headings_of_their_own(board, catalog):
    folder = board({"held-out": [clouds(), clouds()], "noise": [clouds(), clouds()]})
    text = make_page(read_results(folder, read_only=True), [folder], catalog=catalog).decode()
    assert re.findall("<summary>(Seed.*)</summary>", text) == ["Seed 1", "Seed 1, without samples"]
    captions = re.findall("<caption.*>(Without samples.*)</caption>", text)
    assert captions == ["Without samples on clouds", "Without samples on clouds, seed 1"]


@pytest.mark.parametrize("dataset", ["stereo", "clouds", "clips", "people", "chains"])
def test_copies_of_train_are_recognised_in_each_modality(dataset, board, data, fresh_store, shown):
    splits = data(dataset)[1]
    folder = board({"copies": [splits["train"]], "vae": [splits["held_out"]]}, dataset=dataset)
    found = shown(folder, show_real=True)
    copies, others = found.rows
    assert found.reason == ""
    assert "smaller" not in found.distance
    assert {(each.is_copy, each.distance) for each in copies.nearest.values()} == {(True, 0.0)}
    for slot, near in copies.nearest.items():
        shown_as = [
            (each.columns, each.cells, each.rendering) for each in (near.exhibit, copies.exhibits[slot])
        ]
        assert shown_as[0] == shown_as[1]
    if dataset != "chains":  # of which there are few, so that all splits share them
        assert not any(each.is_copy for each in others.nearest.values())
        assert all(each.distance > 0 for each in others.nearest.values())
    assert set(others.nearest) == set(others.exhibits)


def test_real_samples_are_in_the_slots_of_the_classes(board, data, fresh_store, shown):
    folder = board({"vae": [clouds(labels=False)]})
    found = shown(folder, show_real=True)
    test = data("clouds")[1]["test"]
    expected = make_gallery(test, "")
    assert [each.number for each in found.real.values()] == list(expected.numbers)
    assert set(found.slots) == {*found.real, *found.rows[0].exhibits}
    labels = {slot: int(test.labels[each.number]) for slot, each in found.real.items()}
    assert all(slot.label == label for slot, label in labels.items())


def large_pictures(seed, n=24):
    data = np.random.default_rng(seed).integers(0, 256, (n, 256, 256, 3), dtype=np.uint8)
    return Samples.of("image", data, np.arange(n) % 2, classes=("cat", "dog"))


def shown_beside(draws, splits, catalog, board, monkeypatch):
    """Return the gallery of a run on large pictures, with the splits of its dataset."""
    monkeypatch.setattr(module, "load_real_samples", lambda *arguments: splits)
    folder = board(draws, modality=find_modality(list_modalities(catalog), "image"))
    (found,) = collect_gallery([folder], read_results(folder), catalog, show_real=True).datasets
    return found


def test_large_pictures_are_compared_as_they_are_shown_and_copies_as_they_were(board, catalog, monkeypatch):
    train, test = large_pictures(1), large_pictures(2)
    near = replace(train, data=train.data.copy())
    near.data[:, 0, 0, 0] ^= 1  # which no mean of 2 x 2 pixels shows
    draws = {"copies": [train], "near": [near], "vae": [large_pictures(3)]}
    found = shown_beside(draws, {"train": train, "test": test}, catalog, board, monkeypatch)
    copies, nearly, vae = found.rows
    assert {(each.is_copy, each.distance) for each in copies.nearest.values()} == {(True, 0.0)}
    assert {each.is_copy for each in nearly.nearest.values()} == {False}
    assert max(each.distance for each in nearly.nearest.values()) < 0.01
    assert all(each.distance > 1 for each in vae.nearest.values())
    for slot, each in nearly.nearest.items():
        assert each.exhibit.number == nearly.exhibits[slot].number
    sizes = {
        each.pixels for exhibits in (found.real, copies.exhibits, vae.exhibits) for each in exhibits.values()
    }
    assert sizes == {128 * 128}
    assert found.distance == (
        "root mean square difference of values, between samples that are made smaller; "
        "“a copy” means that the whole samples are equal"
    )
    assert found.notes == (
        "Samples of 256 x 256 x 3 are shown as 128 x 128 x 3: each value is the mean of a block of 2 x 2.",
    )


def test_pictures_of_another_size_are_not_compared_with_train(board, catalog, monkeypatch):
    small = large_pictures(1, 4).data[:, ::2, ::2]
    splits = {"train": Samples.of("image", small), "test": Samples.of("image", small)}
    (vae,) = shown_beside({"vae": [large_pictures(3)]}, splits, catalog, board, monkeypatch).rows
    assert "it cannot be compared with train: its samples have the shape (256, 256, 3)" in vae.reason
    assert (len(vae.exhibits), len(vae.nearest)) == (8, 0)


def scaled(factor, n=9):
    return Samples.of("points", [np.float32(factor) * part for part in clouds(n).data])


def extents(found):
    """Return the different notes of the pictures, which say the extent of their axes."""
    return {each.rendering.note for row in found.rows for each in row.exhibits.values()}


def test_all_clouds_have_one_scale_that_strays_do_not_set(board, shown):
    usual = {"a": [clouds()], "b": [clouds()], "c": [scaled(0.5)]}
    found = shown(board(usual))
    assert found.notes == tuple(extents(found))
    assert len(extents(found)) == 1
    strayed = shown(board(usual | {"d": [scaled(1000)]}, name="strayed"))
    assert len(extents(strayed)) == 1
    right = float(extents(strayed).pop().split(" to ")[1].split(",")[0])
    assert right < 10  # normal deviates of standard deviation 1


def test_real_samples_set_the_scale_if_they_are_shown(board, data, fresh_store, shown):
    folder = board({"vae": [scaled(1000)]})
    found = shown(folder, show_real=True)
    kept = {each.rendering.note for each in found.real.values()}
    assert extents(found) == kept == set(found.notes)
    low, high = extents(found).pop().split("x from ")[1].split(",")[0].split(" to ")
    assert float(high) - float(low) < 20  # the real clouds are normal around 0, 1 and 2


def test_data_that_cannot_be_loaded_are_a_reason_beside_the_samples(board, monkeypatch, fresh_store, shown):
    folder = board({"vae": [clouds()]})

    def broken(*arguments):
        raise RuntimeError("no such disk")

    monkeypatch.setattr(module, "load_real_samples", broken)
    found = shown(folder, show_real=True)
    assert (found.reason, found.real) == ("RuntimeError: no such disk", {})
    assert len(found.rows[0].exhibits) == 12


def test_samples_of_another_space_are_not_compared_with_train(board, fresh_store, shown):
    flat = Samples.of("points", [RNG.normal(size=(4, 2)).astype(np.float32)] * 9)
    found = shown(board({"vae": [clouds()], "flat": [flat]}), show_real=True)
    flat, vae = found.rows
    assert "it cannot be compared with train: " in flat.reason
    assert (len(flat.exhibits), len(flat.nearest)) == (8, 0)
    assert len(vae.nearest) == 12
