"""Suites with `n_valid`, from the draws to the board: one n for all rows, and no rank without enough."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

import genbench
from genbench.arena.samples import arena_samples
from genbench.board.comparability import ComparedSide, side_differences
from genbench.board.leaderboard import build_board
from genbench.catalog.catalog import load_catalog
from genbench.results.records import write_record
from genbench.results.results import read_results
from genbench.verification.reference import open_request

PLUGIN = Path(__file__).parents[2] / "toy_plugins" / "words_plugin.py"
PERIODS = {"always": 1, "half": 2, "twentieth": 20, "never": 0}
METRICS = ("share", "drawn", "count", "lengths", "pooled")
N = 12

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("warm_server")]


@pytest.fixture(scope="module")
def run(suite_text):
    """Return the function that runs the suite of all generators in a folder and returns the folder."""

    def start(folder, *, options="", metrics=METRICS, key="n_valid", **order):
        generators = [f'use = "periodic"\nname = "{n}"\nperiod = {p}\n{options}' for n, p in PERIODS.items()]
        generators.append('use = "stock"')
        extra = 'n_real = "all"\ncontrols = ["genbench:held-out"]'
        entries = {"datasets": ["known"], "generators": generators, "metrics": metrics}
        text = suite_text(**entries, name="words", seeds=(0, 1, 2), n=N, extra=extra)
        folder.mkdir(exist_ok=True)
        (folder / "words.toml").write_text(text.replace(f"\nn = {N}", f"\n{key} = {N}"))
        order = {"jobs": 1, "output": folder / "out", "plugins": [PLUGIN]} | order
        return genbench.run(folder / "words.toml", **order).folder

    return start


@pytest.fixture(scope="module")
def base(run, tmp_path_factory):
    """Return the folder of a run that kept its samples, with its store beside it."""
    folder = tmp_path_factory.mktemp("base")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENBENCH_STORE", str(folder / "store"))
        return run(folder, keep_samples=True)


@pytest.fixture(scope="module")
def records(base):
    """Return the records of the first seed by generator and metric."""
    found = read_results(base).records.values()
    return {(r.cell.generator, r.cell.metric): r for r in found if r.cell.seed in (0, None)}


def csvs(folder):
    return {
        name: (folder / name).read_bytes() for name in ("leaderboard.csv", "scores.csv", "leaderboard.md")
    }


def test_metrics_of_validity_see_all_draws_and_all_others_the_first_valid_samples(records):
    seen = {name: [records[name, metric].value for metric in METRICS[:4]] for name in PERIODS}
    assert seen == {
        "always": [1.0, 20, N, N],
        "half": [0.5, 40, N, N],
        "twentieth": [0.05, 240, N, N],
        "never": [0.0, 240, None, None],
    }
    assert records["never", "count"].reason == "none of the 240 samples that never drew is valid"
    assert records["held-out", "drawn"].value == N
    assert records["half", "pooled"].reason == "none of the 240 samples that never drew is valid"


def test_each_record_counts_how_many_samples_were_drawn_and_are_valid(records):
    counts = {name: (records[name, "count"].drawn, records[name, "count"].valid_drawn) for name in PERIODS}
    assert counts == {"always": (20, 20), "half": (40, 20), "twentieth": (240, 12), "never": (240, 0)}
    assert {record.cell.n for record in records.values()} == {N}


def test_a_generator_without_enough_is_not_ranked_and_the_board_says_why(base):
    results = read_results(base)
    rows = {row.generator: row for row in build_board(results.plan, results.records).rows}
    reason = f"only 0 of 240 drawn samples are valid, expected {N}"
    assert rows["never"].unranked == (reason,)
    assert rows["never"].rank is None
    assert all(rows[name].rank is not None for name in ("always", "half", "twentieth", "stock"))
    assert f"{reason[0].upper()}{reason[1:]}, so not ranked: never." in (base / "leaderboard.md").read_text()


@pytest.mark.parametrize("options", [{"jobs": 2}, {"jobs": 1, "metrics": METRICS[::-1]}])
def test_runs_from_the_beginning_give_the_same_bytes(run, base, tmp_path, fresh_store, options):
    assert csvs(run(tmp_path, **options)) == csvs(base)


def test_a_killed_trial_draws_the_same_samples_when_it_runs_again(run, base, tmp_path, fresh_store):
    for status in ("crash", "ok"):
        folder = run(tmp_path, options=f'dies_once = "{tmp_path / "died"}"')
        statuses = {record.status for record in read_results(folder).records.values()}
        assert statuses == {status, "ok", "skipped"}
    numbers = [
        {(r.cell.position, r.value, r.drawn, r.samples) for r in read_results(each).records.values()}
        for each in (base, folder)
    ]
    assert numbers[0] == numbers[1]


def test_records_that_are_lost_are_made_again_from_stored_draws(run, base, tmp_path, fresh_store):
    shutil.copytree(base.parent, tmp_path / "copy")
    (tmp_path / "copy" / "store").rename(fresh_store)
    shutil.rmtree(tmp_path / "copy" / "out" / "records")
    assert csvs(run(tmp_path / "copy")) == csvs(base)


def test_verify_counts_again_from_kept_draws_and_from_seeds(base, tmp_path, fresh_store):
    checked = genbench.verify(shutil.copytree(base, tmp_path / "copy"), plugins=[PLUGIN], jobs=1, sample=2)
    assert {verdict.outcome for verdict in (*checked.stored, *checked.remade)} == {"reproduced"}


def test_verify_finds_a_forged_count_of_valid_samples(base, tmp_path, fresh_store):
    copy = shutil.copytree(base, tmp_path / "copy")
    results = read_results(copy).records.values()
    forged = next(r for r in results if (r.cell.generator, r.cell.metric) == ("never", "share"))
    write_record(copy, replace(forged, valid_drawn=N))
    checked = genbench.verify(copy, plugins=[PLUGIN], jobs=1)
    (wrong,) = [verdict for verdict in checked.stored if verdict.outcome == "different"]
    assert "12 of 240 drawn samples valid in the record" in wrong.reason
    assert "0 of 240 drawn samples valid here" in wrong.reason


def test_raters_see_the_samples_that_metrics_see(base, tmp_path, fresh_store):
    with open_request(base, plugins=[PLUGIN], jobs=1) as request:
        samples = arena_samples(request, read_results(base), load_catalog([PLUGIN]))
    seen = {rival.name: [len(digests) for digests in rival.samples.values()] for rival in samples.rivals}
    assert seen == {name: [N] * 3 for name in (*PERIODS, "stock", "held-out")} | {"never": [0] * 3}


def test_a_run_that_counts_all_samples_differs_in_n_valid(run, base, tmp_path, fresh_store):
    other = run(tmp_path, key="n", metrics=["count"])
    plans = {"a": read_results(base).plan, "b": read_results(other).plan}
    sides = [ComparedSide.of(name, plan.cells) for name, plan in plans.items()]
    (line,) = [line for line in side_differences(*sides) if "n_valid" in line]
    assert line.startswith("count: n_valid is ")
    assert line.endswith("in a and not set in b; give both suites the same n_valid, or both the same n")
