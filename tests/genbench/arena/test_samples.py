"""The samples of a run that raters compare: from its folder, from the store, or drawn again."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

import genbench
from genbench.arena import samples as module
from genbench.arena.samples import arena_samples, real_trial
from genbench.board.merge import merge
from genbench.catalog.catalog import load_catalog
from genbench.core.errors import DataError, SuiteError
from genbench.core.samples import digests
from genbench.results.results import read_results
from genbench.store.store import open_store
from genbench.verification.reference import open_request

PLUGIN = Path(__file__).parents[2] / "toy_plugins" / "checked_plugin.py"
TEXT = """
name = "rivals"
seeds = [0, 1]
n = 15
controls = ["genbench:held-out"]
dataset = [{use = "cloud"}]
generator = [{use = "shifted"}, {use = "shifted", name = "rival", drift = 1.0}]
metric = [{use = "spread"}]
"""


@pytest.fixture(scope="module")
def catalog():
    return load_catalog([PLUGIN])


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Return the folder of a run that kept its samples, and the store that it used."""
    home = tmp_path_factory.mktemp("arena")
    (home / "rivals.toml").write_text(TEXT)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENBENCH_STORE", str(home / "store"))
        genbench.run(home / "rivals.toml", output=home / "out", plugins=[PLUGIN], jobs=1, keep_samples=True)
    return home / "out", home / "store"


@pytest.fixture
def bare(kept, tmp_path):
    """Return a copy of the folder without the samples."""
    folder = shutil.copytree(kept[0], tmp_path / "bare")
    shutil.rmtree(folder / "samples")
    return folder


def found_in(folder, catalog, results=None, **options):
    with open_request(folder, plugins=[PLUGIN], jobs=1) as request:
        return arena_samples(request, results or read_results(folder), catalog, **options)


def contents(found):
    return {(trial.generator, trial.seed): trial.digests for trial in found.trials}


def test_all_generators_and_seeds_come_from_the_folder(kept, catalog, fresh_store, tmp_path):
    folder = shutil.copytree(kept[0], tmp_path / "large")
    for path in (folder / "samples").iterdir():
        with (path / "sparse").open("wb") as file:
            file.truncate(2**28)  # more than a page reads
    found = found_in(folder, catalog)
    assert (found.dataset, found.modality.reference, found.left_out) == ("cloud", "vector", ())
    assert [(trial.generator, trial.control, trial.seed) for trial in found.trials] == [
        (name, role, seed)
        for name, role in (("held-out", "ceiling"), ("rival", None), ("shifted", None))
        for seed in (0, 1)
    ]
    assert all(len(trial.samples) == 15 for trial in found.trials)
    assert not (fresh_store / "samples").exists()


def test_a_digest_is_the_beginning_of_that_of_the_sample_and_leads_to_it(kept, catalog):
    found = found_in(kept[0], catalog)
    last = found.trials[-1]
    assert list(last.digests) == [digest.hex()[:32] for digest in digests(last.samples)]
    assert found.locate_samples([last.digests[4]]) == {last.digests[4]: (last, 4)}
    names = {rival.name: (rival.control, dict(rival.samples)) for rival in found.rivals}
    assert names["shifted"] == (None, {trial.seed: trial.digests for trial in found.trials[-2:]})


def test_samples_come_from_the_store_by_their_content(kept, bare, catalog, monkeypatch):
    monkeypatch.setenv("GENBENCH_STORE", str(kept[1]))
    monkeypatch.setattr(module, "_draw_missing", None)  # nothing is drawn
    assert contents(found_in(bare, catalog)) == contents(found_in(kept[0], catalog))


def test_missing_samples_are_drawn_again_and_stored(kept, bare, catalog, fresh_store, monkeypatch):
    known = contents(found_in(kept[0], catalog))
    assert contents(found_in(bare, catalog)) == known
    monkeypatch.setattr(module, "_draw_missing", None)
    assert contents(found_in(bare, catalog)) == known


def test_samples_that_the_run_did_not_score_are_refused(kept, bare, catalog, monkeypatch):
    monkeypatch.setenv("GENBENCH_STORE", str(kept[1]))
    results = read_results(bare)
    other = {key: replace(record, samples="0" * 64) for key, record in results.records.items()}
    with pytest.raises(DataError, match=r"held-out, seed 0, drawn again, are not those .*--keep-samples"):
        found_in(bare, catalog, replace(results, records=other))


def test_a_run_of_comparisons_alone_has_the_samples_of_its_seeds(bare, kept, catalog, monkeypatch):
    monkeypatch.setenv("GENBENCH_STORE", str(kept[1]))
    results = read_results(bare)
    cells = tuple(replace(cell, seed=None) for cell in results.plan.cells if cell.seed == 0)
    plan = replace(results.plan, cells=cells)
    found = found_in(bare, catalog, replace(results, plan=plan, records={}))
    assert contents(found) == contents(found_in(kept[0], catalog))


def test_a_generator_that_failed_is_left_out_and_one_whose_draws_differ(kept, catalog):
    results = read_results(kept[0])

    def changed(record):
        place = (record.cell.generator, record.cell.seed)
        return replace(record, samples="") if place == ("rival", 1) else record

    records = {key: changed(record) for key, record in results.records.items()}
    first = next(record for record in records.values() if record.cell.generator == "shifted")
    records["again"] = replace(first, samples="1" * 64)
    found = found_in(kept[0], catalog, replace(results, records=records))
    assert len(found.trials) == 4
    assert found.left_out == (
        "rival, seed 1: it has no samples: see the reasons of its scores",
        f"shifted, seed {first.cell.seed}: its scores are of several draws of samples",
    )


def test_a_generator_that_costs_money_is_not_called(kept, bare, catalog, monkeypatch):
    monkeypatch.setenv("GENBENCH_STORE", str(kept[1]))
    monkeypatch.setattr(module, "_find_samples", lambda *_: None)
    monkeypatch.setattr(module, "is_never_called", lambda generator: True)
    with pytest.raises(DataError, match=r"not drawn again: .*genbench arena does not call it; run .*--keep"):
        found_in(bare, catalog)


def test_a_generator_that_fails_here_is_named(bare, catalog, fresh_store, monkeypatch):
    monkeypatch.setattr(module, "run_trials", lambda *_: None)  # as if the process of each had died
    with pytest.raises(DataError, match="held-out, seed 0 are not here, and drawing them again failed"):
        found_in(bare, catalog)


def test_a_plugin_that_is_missing_is_named(bare, fresh_store):
    with pytest.raises((DataError, SuiteError), match="cloud"), open_request(bare, jobs=1) as request:
        arena_samples(request, read_results(bare), load_catalog())


def test_an_unknown_dataset_is_refused(kept, catalog):
    with pytest.raises(SuiteError, match=r"no dataset 'cluod'.*cloud"):
        found_in(kept[0], catalog, dataset="cluod")


def test_merged_runs_are_refused_since_nothing_could_score_votes_on_them(kept, catalog):
    results = read_results(kept[0])
    merged = merge([results, replace(results, name="other")])
    reason = "merges runs, without their samples; name the folder of one of them"
    with pytest.raises(SuiteError, match=reason):
        found_in(kept[0], catalog, merged)


def test_real_samples_are_those_of_the_test_split(kept, catalog, monkeypatch):
    monkeypatch.setenv("GENBENCH_STORE", str(kept[1]))
    found = found_in(kept[0], catalog)
    real = real_trial(read_results(kept[0]).plan, found, catalog)
    assert len(real.digests) == 20
    assert not {*real.digests} & {each for trial in found.trials for each in trial.digests}
    assert open_store()[0].root == kept[1]
    place = real.digests[3]
    assert found.with_trials([real]).locate_samples([place]) == {place: (real, 3)}
