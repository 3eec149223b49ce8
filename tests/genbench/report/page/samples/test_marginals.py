"""Distributions of the samples of generators beside real ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from genbench.catalog.modalities import find_modality, list_modalities
from genbench.core.errors import DataError
from genbench.core.samples import Samples, content_hash
from genbench.core.splits import split
from genbench.files.sample_files import write_samples
from genbench.report.page.document import make_page
from genbench.report.page.samples.marginals import find_marginals
from genbench.results.folder import RunFolder
from genbench.results.galleries import keep_gallery, make_gallery
from genbench.results.records import Plan
from genbench.results.results import Results
from genbench.suite.file import parse_suite
from genbench.suite.resolve import resolve_suite
from genbench.trial.datasets import hash_splits, load_data

WINE = 'use = "table-sklearn"\nname = "wine"\ntable = "wine"'


@pytest.fixture(scope="module")
def wine(suite_text, catalog):
    """Return the text of a suite on wine, and its splits."""
    text = suite_text(datasets=[WINE], generators=["marginals"], metrics=["shapes"])
    part = resolve_suite(parse_suite(text, file="s", folder=Path()), catalog).datasets[0]
    return text, split(load_data(part, list_modalities(catalog)), part.spec.parts)


@pytest.fixture
def run(tmp_path, run_of, wine, catalog, fresh_store):
    """Return a function to the folder and results of a run with samples of generators, whole or a few."""

    def write(draws, *, is_whole=True, content=""):
        text, splits = wine
        plan, records = run_of({name: {"shapes": [1.0]} for name in draws}, dataset="wine")
        folder = RunFolder(tmp_path / "out").create().path
        made = {}
        for key, record in records.items():
            samples = draws[record.cell.generator]
            made[key] = replace(record, samples=content_hash(samples))
            if is_whole:
                path = RunFolder(folder).samples_folder("wine", record.cell.generator, 0, "0a")
                write_samples(path, samples)
            else:
                modality = find_modality(list_modalities(catalog), "table")
                keep_gallery(folder, make_gallery(samples, made[key].samples, modality=modality))
        described = {"hash": content or hash_splits(splits), "space": splits["train"].space.to_json()}
        provenance = {"name": "out", "suite": text, "datasets": {"wine": described}}
        plan = Plan(cells=plan.cells, traces=(), provenance=provenance)
        return folder, Results(name="out", plan=plan, records=made)

    return write


def test_whole_samples_are_compared_with_the_test_split_and_controls_are_not(run, wine, catalog):
    folder, results = run({"vae": wine[1]["test"], "gan": wine[1]["train"], "held-out": wine[1]["held_out"]})
    found, reason = find_marginals([folder], results, catalog, "wine")
    assert (reason, [each.generator for each in found]) == ("", ["vae", "gan"])
    same, other = found
    assert {part.distance(same.side) for part in same.parts} == {0.0}
    assert len(same.parts) == 14
    assert other.parts_worst_first[0].distance(other.side) > 0.05


def test_the_few_samples_of_a_gallery_are_no_distribution(run, wine, catalog):
    folder, results = run({"vae": wine[1]["train"], "gan": wine[1]["test"]}, is_whole=False)
    found, reason = find_marginals([folder], results, catalog, "wine")
    assert found == []
    assert reason.startswith("of vae and gan the run kept a few samples alone, which tell no distribution; ")
    assert "--keep-samples" in reason
    write_samples(RunFolder(folder).samples_folder("wine", "gan", 0, "0a"), wine[1]["test"])
    (one,), reason = find_marginals([folder], results, catalog, "wine")
    assert one.generator == "gan"
    assert reason.startswith("of vae the run kept")


def test_a_gallery_that_holds_the_whole_draw_is_enough(run, wine, catalog):
    folder, results = run({"vae": wine[1]["train"].take(np.arange(6))}, is_whole=False)
    (found,), reason = find_marginals([folder], results, catalog, "wine")
    assert (found.generator, reason) == ("vae", "")


def test_other_data_give_a_reason_and_no_distribution(run, wine, catalog):
    folder, results = run({"vae": wine[1]["test"]}, content="00")
    found, reason = find_marginals([folder], results, catalog, "wine")
    assert (found, reason) == (
        [],
        "the dataset 'wine' has other content here than in the run; restore its files",
    )


def test_other_columns_give_a_reason_and_no_distribution(run, wine, catalog):
    frame = wine[1]["test"].data.rename(columns={"hue": "shade"})
    folder, results = run({"vae": Samples.of("table", frame, target="cultivar")})
    found, reason = find_marginals([folder], results, catalog, "wine")
    assert found == []
    assert "hue" in reason


def test_a_modality_without_distributions_loads_no_data(run_of, catalog):
    plan, records = run_of({"vae": {"fid": [1.0]}})
    space = {"kind": "image", "shape": [8, 8, 1], "low": 0, "high": 16}
    plan = Plan(cells=plan.cells, traces=(), provenance={"datasets": {"digits": {"space": space}}})
    results = Results(name="out", plan=plan, records=records)
    assert find_marginals([], results, catalog, "digits") == ([], "")


@pytest.mark.slow
def test_only_a_page_with_real_samples_shows_them_and_a_failure_is_a_warning(run, wine, catalog, markup):
    folder, results = run({"vae": wine[1]["train"]})

    def titles(**options):
        page = markup(make_page(results, [folder], catalog=catalog, **options).decode())
        return [image["alt"] for image in page.all("img") if "marginals" in image.get("alt", "")]

    assert titles() == []
    (title,) = titles(show_real=True)
    assert title.startswith("Chart: marginals of vae; grey: real samples; blue: generated ones")
    folder, results = run({"vae": wine[1]["train"]}, content="00")
    lines = []
    assert titles(show_real=True, warn=lines.append) == []
    reason = "the dataset 'wine' has other content here than in the run; restore its files"
    assert f"no marginals on wine: {reason}" in lines


def test_a_damaged_folder_of_samples_has_no_distribution(run, wine, catalog, monkeypatch):
    folder, results = run({"vae": wine[1]["train"]})

    def damaged(*_arguments):
        raise DataError("is damaged")

    monkeypatch.setattr("genbench.report.page.samples.marginals.read_whole_samples", damaged)
    assert find_marginals([folder], results, catalog, "wine") == ([], "")


def test_the_first_seed_is_shown(run, wine, catalog):
    folder, results = run({"vae": wine[1]["train"]})
    later = {
        key: replace(record, cell=replace(record.cell, seed=3)) for key, record in results.records.items()
    }
    cells = (*(record.cell for record in later.values()), *results.plan.cells)
    both = replace(results, plan=replace(results.plan, cells=cells))
    (found,), _ = find_marginals([folder], both, catalog, "wine")
    assert np.isclose(sum(found.parts[0].shares[1]), 1)


@pytest.mark.slow
def test_a_page_says_why_it_has_no_marginals(run, wine, catalog):
    folder, results = run({"vae": wine[1]["train"]}, is_whole=False)
    page = make_page(results, [folder], catalog=catalog, show_real=True).decode()
    assert '<p class="left-out">No marginals: of vae the run kept a few samples alone, which' in page
    assert "No marginals" not in make_page(results, [folder], catalog=catalog).decode()
