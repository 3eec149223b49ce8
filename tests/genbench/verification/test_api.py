from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from toys import plugin_text

import genbench
from genbench.board.merge import merge
from genbench.board.report import write_board
from genbench.core.canonical_json import canonical, digest
from genbench.core.errors import DataError, SuiteError
from genbench.files.read import content_sha256
from genbench.results.records import write_plan
from genbench.results.results import read_results, write_results
from genbench.verification.recompute import NEVER_CALLED
from genbench.verification.verdicts import Change

PLUGIN = Path(__file__).parents[2] / "toy_plugins" / "checked_plugin.py"
pytestmark = pytest.mark.usefixtures("warm_server")

METRICS = ("gap", "spread", "asks", "level", "classes")


def suite(folder, *, name="checked", generator="shifted", dataset='use = "cloud"', metrics=METRICS):
    """Write a suite on the plugin's data and return its path."""
    lines = [f'name = "{name}"', "seeds = [0, 1]", "n = 20", "controls = false", "[[dataset]]", dataset]
    lines += ["[[generator]]", f'use = "{generator}"']
    lines += [line for metric in metrics for line in ("[[metric]]", f'use = "{metric}"')]
    (folder / f"{name}.toml").write_text("\n".join(lines))
    return folder / f"{name}.toml"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Return the store of whoever ran the suites."""
    return tmp_path_factory.mktemp("their-store")


@pytest.fixture(scope="module")
def published(tmp_path_factory, store):
    """Return the folder of a run that kept its samples."""
    folder = tmp_path_factory.mktemp("published")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENBENCH_STORE", str(store))
        genbench.run(suite(folder), output=folder / "out", plugins=[PLUGIN], jobs=1, keep_samples=True)
    return folder / "out"


@pytest.fixture
def copy(published, tmp_path, fresh_store):
    """Return a copy of that folder on a stranger's machine, whose store is empty."""
    return shutil.copytree(published, tmp_path / "copy")


def verified(folder, *, plugin=PLUGIN, **asked):
    return genbench.verify(folder, plugins=[plugin], jobs=1, **asked)


def outcomes(verdicts):
    """Return outcome and stage by metric and seed."""
    return {(v.cell.metric, v.cell.seed): (v.outcome, v.stage) for v in verdicts}


def verdict_on(verdicts, metric, seed=0):
    return next(v for v in verdicts if (v.cell.metric, v.cell.seed) == (metric, seed))


def reseal(folder, metric, seed, **changes):
    """Change a record as a forger would, with a seal that fits, and write a board that fits it."""
    for path in (folder / "records").iterdir():
        outer = json.loads(path.read_text())
        cell = outer["body"]["cell"]
        if (cell["metric"], cell["seed"]) == (metric, seed):
            outer["body"] |= changes
            outer["sha256"] = digest(outer["body"])
            path.write_text(canonical(outer))
    results = read_results(folder)
    write_board(folder, results.plan, results.records, results.traces)


def tree(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_a_stranger_with_the_folder_alone_reproduces_it_and_changes_nothing(copy):
    before = tree(copy)
    found = verified(copy, sample=1)
    assert found.faults == ()
    assert set(outcomes(found.stored).values()) == {("reproduced", "")}
    assert len(found.stored) == 10
    assert [v.outcome for v in found.remade] == ["reproduced"] * 5
    (name,) = found.trials
    assert {f"cloud shifted seed {v.cell.seed}" for v in found.remade} == {name}
    assert (found.is_confirmed, found.is_outdated) == (True, False)
    assert tree(copy) == before


def test_records_say_of_which_fit_samples_and_features_they_are(published):
    records = {r.cell.metric: r for r in read_results(published).records.values() if r.cell.seed == 0}
    assert {len(record.fit) for record in records.values()} == {64}
    assert {len(record.samples) for record in records.values()} == {64}
    assert {name for name, record in records.items() if record.features} == {"gap"}


@pytest.mark.slow
def test_each_forgery_is_named_with_its_stage(copy):
    reseal(copy, "spread", 0, value=0.5)
    reseal(copy, "gap", 0, samples="0" * 64)
    reseal(copy, "level", 0, value=5e-10)
    reseal(copy, "classes", 0, reason="nobody looked")
    environment = read_results(copy).records
    old = next(iter(environment.values())).environment
    older = old | {"libraries": old["libraries"] | {"numpy": "1.0"}}
    reseal(copy, "asks", 0, environment=older)
    found = verified(copy)
    assert found.faults == ()
    said = outcomes(found.stored)
    assert said["spread", 0] == ("different", "score")
    assert said["gap", 0] == ("different", "samples")
    assert said["level", 0] == ("within tolerance", "")
    assert said["classes", 0] == ("different", "score")
    assert said["asks", 0] == ("reproduced", "")
    change = Change(name="numpy", before="1.0", now=np.__version__)
    assert verdict_on(found.stored, "asks").environment == (change,)
    assert {said[metric, 1] for metric in METRICS} == {("reproduced", "")}
    assert not found.is_confirmed


def test_a_bit_flipped_in_kept_samples_makes_all_that_was_scored_on_them_different(copy):
    (kept,) = (copy / "samples").glob("cloud.shifted.1.*")
    content = bytearray((kept / "data.npy").read_bytes())
    content[-3] ^= 1
    (kept / "data.npy").write_bytes(content)
    (other,) = (copy / "samples").glob("cloud.shifted.0.*")
    (other / "space.json").write_text("{")
    found = verified(copy)
    assert set(outcomes(found.stored).values()) == {("different", "samples")}
    assert "the samples cannot be read" in verdict_on(found.stored, "gap", 0).reason


@pytest.mark.slow
def test_without_samples_nothing_can_be_said_but_of_the_files(copy):
    shutil.rmtree(copy / "samples")
    (copy / "scores.csv").write_text((copy / "scores.csv").read_text().replace("level,0.0", "level,0.26", 1))
    (next((copy / "records").iterdir())).unlink()
    found = verified(copy)
    assert {v.outcome for v in found.stored} == {"unverifiable"}
    assert {v.reason.partition(":")[0] for v in found.stored} == {"no samples", "no record"}
    assert any(str(fault).startswith("scores.csv line 5: value is '0.26'") for fault in found.faults)


@pytest.mark.slow
def test_samples_of_the_store_serve_where_none_were_kept(copy, store, monkeypatch):
    assert verified(copy).borrowed == ()
    shutil.rmtree(next((copy / "samples").glob("*.1.*")))
    monkeypatch.setenv("GENBENCH_STORE", str(store))
    found = verified(copy)
    assert (found.is_confirmed, found.borrowed) == (True, ("cloud shifted seed 1",))
    shutil.rmtree(copy / "samples")
    assert verified(copy).borrowed == ("cloud shifted seed 0", "cloud shifted seed 1")


@pytest.mark.slow
def test_a_training_history_is_that_of_the_store_here_or_of_a_rerun(tmp_path, monkeypatch, fresh_store):
    path = suite(tmp_path, metrics=("learnt", "spread"))
    genbench.run(path, output=tmp_path / "out", plugins=[PLUGIN], jobs=1, keep_samples=True)
    assert verified(tmp_path / "out").is_confirmed
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("GENBENCH_STORE", str(tmp_path / "empty"))
    found = verified(tmp_path / "out")
    assert {(v.cell.metric, v.outcome) for v in found.stored} == {
        ("learnt", "unverifiable"), ("spread", "reproduced"),
    }  # fmt: skip
    assert not found.is_confirmed
    assert verified(tmp_path / "out", sample=2).is_confirmed


@pytest.mark.slow
def test_a_generator_that_gives_other_samples_at_the_same_key_differs_at_the_samples(tmp_path, fresh_store):
    path = suite(tmp_path, generator="restless", metrics=("spread",))
    genbench.run(path, output=tmp_path / "out", plugins=[PLUGIN], jobs=1)
    found = verified(tmp_path / "out", sample=9)
    assert outcomes(found.stored) == {("spread", seed): ("reproduced", "") for seed in (0, 1)}
    assert outcomes(found.remade) == {("spread", seed): ("different", "samples") for seed in (0, 1)}
    assert found.trials == ("cloud restless seed 0", "cloud restless seed 1")


@pytest.fixture
def changed(tmp_path):
    """Return a copy of the plugin's file with other content, which is another version of its components."""
    path = tmp_path / "changed" / PLUGIN.name
    path.parent.mkdir()
    path.write_text(PLUGIN.read_text().replace("FACTOR = 1.0", "FACTOR = 2.0"))
    return path


def test_metrics_of_another_version_are_not_judged_and_the_version_is_named(copy, changed):
    then = next(iter(read_results(copy).plan.cells)).plugin.split()[1]
    found = verified(copy, plugin=changed)
    assert set(outcomes(found.stored).values()) == {("other version", "")}
    assert (found.is_confirmed, found.is_outdated) == (False, True)
    gap, spread = (verdict_on(found.stored, metric).reason for metric in ("gap", "spread"))
    remedy = f"verify it with --plugin and the checked-plugin.py whose version is {then}"
    assert gap.startswith("extractor.version was ")
    assert gap.endswith(f"; {remedy}")
    assert spread.startswith("version was ")
    reseal(copy, "gap", 0, status="error", reason="x", value=None)
    (copy / "scores.csv").write_text("")
    assert not verified(copy, plugin=changed).is_outdated


@pytest.mark.slow
def test_samples_that_were_kept_under_another_key_are_used(copy):
    """The key holds hashes of code, and may have changed."""
    for path in list((copy / "samples").iterdir()):
        path.rename(path.with_suffix(f".{'0' * 12}"))
    assert verified(copy).is_confirmed


@pytest.mark.slow
def test_samples_of_an_earlier_plan_are_not_those_of_the_records(tmp_path, monkeypatch, fresh_store):
    """The run of the second plan keeps no samples, so those of the first are alone in the folder."""
    path, folder = suite(tmp_path, metrics=("spread",)), tmp_path / "out"
    genbench.run(path, output=folder, plugins=[PLUGIN], jobs=1, keep_samples=True)
    genbench.run(path, output=folder, plugins=[PLUGIN], jobs=1, n=15)
    found = verified(folder)
    assert (found.is_confirmed, found.borrowed) == (True, ("cloud shifted seed 0", "cloud shifted seed 1"))
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("GENBENCH_STORE", str(tmp_path / "empty"))
    (found,) = {(v.outcome, v.reason.partition(",")[0]) for v in verified(folder).stored}
    assert found == ("unverifiable", "no samples: those beside the records have other content")


@pytest.mark.slow
def test_a_suite_whose_data_lie_elsewhere_says_to_name_it(tmp_path, fresh_store):
    home = tmp_path / "home"
    home.mkdir()
    np.savetxt(home / "points.txt", np.random.Generator(np.random.PCG64(1)).normal(size=(60, 2)))
    path = suite(home, dataset='use = "listed"\npath = "points.txt"', metrics=("spread",))
    genbench.run(path, output=tmp_path / "out", plugins=[PLUGIN], jobs=1)
    found = verified(tmp_path / "out")
    (reason,) = {v.reason for v in found.stored}
    assert (
        "points.txt does not exist; expected a file or folder; --suite FILE sets the folder of relative paths"
        in reason
    )
    assert found.obstacles == (reason,)
    assert verified(tmp_path / "out", suite=path).is_confirmed
    np.savetxt(home / "points.txt", np.zeros((60, 2)) + np.arange(60)[:, None])
    assert set(outcomes(verified(tmp_path / "out", suite=path).stored).values()) == {("different", "data")}


@pytest.mark.slow
def test_a_file_of_outputs_that_is_another_here_is_different(tmp_path, monkeypatch, fresh_store):
    entry = 'samples"\nname = "rival"\npath = "rival.npy'
    for number, name in enumerate(("theirs", "ours")):
        (tmp_path / name).mkdir()
        rng = np.random.Generator(np.random.PCG64(number))
        np.save(tmp_path / name / "rival.npy", rng.normal(size=(40, 2)))
        suite(tmp_path / name, generator=entry, metrics=("spread", "gap"))
    theirs, ours = (tmp_path / name / "checked.toml" for name in ("theirs", "ours"))
    genbench.run(theirs, output=tmp_path / "out", plugins=[PLUGIN], jobs=1, keep_samples=True)
    assert verified(tmp_path / "out", suite=theirs).is_confirmed
    found = verified(tmp_path / "out", suite=ours)
    assert set(outcomes(found.stored).values()) == {("different", "plan")}
    then, now = (content_sha256(path.with_name("rival.npy"))[:8] for path in (theirs, ours))
    assert {v.reason for v in found.stored} == {
        f"its generator's options.path.sha256 was {then}, is {now} here"
    }
    monkeypatch.chdir(ours.parent)
    assert set(outcomes(verified(tmp_path / "out").stored).values()) == {("different", "plan")}
    monkeypatch.chdir(theirs.parent)
    assert verified(tmp_path / "out").is_confirmed


@pytest.mark.slow
def test_generators_in_place_of_the_suites_are_verified_as_they_were_given(tmp_path, fresh_store):
    genbench.run(
        suite(tmp_path, generator="restless", metrics=("spread", "asks")), output=tmp_path / "out",
        plugins=[PLUGIN], jobs=1, seeds=[5], n=17, generators=[{"use": "shifted", "name": "moved"}],
    )  # fmt: skip
    found = verified(tmp_path / "out", sample=1)
    assert (found.is_confirmed, len(found.stored)) == (True, 2)
    assert found.trials == ("cloud moved seed 5",)
    assert found.overrides == ("--seeds 5", "--n 17", "--generator 'shifted name=moved'")


@pytest.mark.slow
def test_a_readers_suite_is_compared_without_the_options_that_the_run_overrode(tmp_path, fresh_store):
    path = suite(tmp_path, metrics=("spread",))
    genbench.run(path, output=tmp_path / "out", plugins=[PLUGIN], jobs=1, seeds=[1, 2])
    assert verified(tmp_path / "out").is_confirmed
    found = verified(tmp_path / "out", suite=path)
    assert {v.cell.seed: (v.outcome, v.reason) for v in found.stored} == {
        0: ("different", "in the suite checked and not in run.json"),
        1: ("reproduced", ""),
        2: ("different", "in run.json and not in the suite checked"),
    }
    assert found.overrides == ("--seeds 1,2",)
    genbench.run(path, output=tmp_path / "more", plugins=[PLUGIN], jobs=1, n=15)
    found = verified(tmp_path / "more", suite=path)
    assert {v.reason for v in found.stored} == {"n is 15 in run.json, 20 in the suite checked"}
    assert found.overrides == ("--n 15",)


GUEST = plugin_text("""
import checked_plugin

def fit(train, *, rng, log):
    return checked_plugin.shifted(train, drift=2.0, rng=rng, log=log)

def middle(fake):
    return float(fake.data.mean())

GeneratorSpec(name="guest", make=fit)
MetricSpec(name="middle", make=middle)
""")


@pytest.mark.slow
def test_without_a_plugin_the_other_cells_are_verified(tmp_path, fresh_store):
    plugin = shutil.copy(PLUGIN, tmp_path)
    (tmp_path / "guest_plugin.py").write_text(GUEST)
    path = suite(tmp_path, metrics=("spread", "middle"))
    path.write_text(path.read_text() + '\n[[generator]]\nuse = "guest"')
    plugins = [plugin, tmp_path / "guest_plugin.py"]
    genbench.run(path, output=tmp_path / "out", plugins=plugins, jobs=1)
    assert genbench.verify(tmp_path / "out", plugins=plugins, jobs=1).is_confirmed
    found = verified(tmp_path / "out", plugin=plugin)
    metric, generator = found.obstacles
    assert "no metric named 'middle'" in metric
    assert "no generator named 'guest'" in generator
    assert all(
        text.endswith("; --plugin FILE loads a plugin that is not installed") for text in found.obstacles
    )
    said = {(v.cell.generator, v.cell.metric): (v.outcome, v.reason) for v in found.stored}
    assert said == {
        ("shifted", "spread"): ("reproduced", ""),
        ("shifted", "middle"): ("unverifiable", metric),
        ("guest", "spread"): ("unverifiable", generator),
        ("guest", "middle"): ("unverifiable", metric),
    }
    assert not found.is_confirmed


@pytest.mark.slow
def test_a_plugin_that_is_missing_here_does_not_hide_that_its_cells_are_gone(copy):
    plan = read_results(copy).plan
    suite_text = plan.provenance["suite"] + '\n[[generator]]\nuse = "guest"'
    write_plan(copy, replace(plan, provenance={**plan.provenance, "suite": suite_text}))
    found = verified(copy)
    assert {v.outcome for v in found.stored} == {"reproduced"}
    assert len(found.obstacles) == 1
    assert not found.is_confirmed
    assert not found.is_outdated


def test_a_plugin_that_is_not_named_leaves_the_records_unverifiable(copy):
    found = genbench.verify(copy, jobs=1)
    assert {v.outcome for v in found.stored} == {"unverifiable"}
    assert "--plugin FILE loads a plugin that is not installed" in found.stored[0].reason


def test_merged_runs_are_to_be_verified_one_by_one(copy, tmp_path):
    merged = merge([read_results(copy)])
    write_results(tmp_path / "merged", merged)
    write_board(tmp_path / "merged", merged.plan, merged.records, merged.traces)
    found = verified(tmp_path / "merged")
    assert found.faults == ()
    assert {v.reason.partition(";")[0] for v in found.stored} == {
        f"its run.json merges copy ({copy}), without their samples"
    }
    assert len(found.obstacles) == 1
    assert not found.is_confirmed


def test_what_cannot_be_asked_is_refused(copy, tmp_path):
    with pytest.raises(DataError, match=r"holds no run\.json"):
        verified(tmp_path)
    with pytest.raises(SuiteError, match="no such file; the bundled suites are"):
        verified(copy, suite=tmp_path / "nowhere.toml")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"folder": None}, "folder: expected a path, got None"),
        ({"folder": b"x"}, "folder: expected a path, got bytes"),
        ({"suite": 3}, "suite: expected a TOML file or the name of a bundled suite, got 3"),
        ({"plugins": "x.py"}, "plugins: expected a list of paths of .py files, got 'x.py'"),
        ({"plugins": {"x.py": 1}}, "plugins: expected a list of paths of .py files, got dict"),
        ({"plugins": [3]}, r"plugins: expected a list of paths of .py files, got \[3\]"),
        ({"sample": -1}, "sample: expected an integer of at least 0, got -1"),
        ({"sample": 1.5}, "sample: expected an integer of at least 0, got 1.5"),
        ({"sample": True}, "sample: expected an integer of at least 0, got True"),
        ({"jobs": 0}, "jobs: expected an integer of at least 1, got 0"),
        ({"jobs": "2"}, "jobs: expected an integer of at least 1, got '2'"),
        ({"allow_keys": "KEY@host"}, "allow_keys: expected a list of NAME@HOST, got a str"),
    ],
)
def test_an_argument_of_another_type_is_named(arguments, message, tmp_path):
    with pytest.raises(SuiteError, match=f"^{message}$"):
        genbench.verify(**({"folder": tmp_path} | arguments))


def test_integers_of_numpy_are_integers(tmp_path):
    with pytest.raises(DataError, match=r"run\.json"):
        genbench.verify(tmp_path, sample=np.int64(1), jobs=np.int64(2))


@pytest.mark.slow
def test_a_generator_whose_draws_cost_more_than_time_is_left_alone(tmp_path, fresh_store):
    path = suite(tmp_path, generator="costly", metrics=("spread", "asks"))
    genbench.run(path, output=tmp_path / "out", plugins=[PLUGIN], jobs=1)
    found = verified(tmp_path / "out", sample=2)
    assert (found.trials, found.remade) == ((), ())
    assert found.left_alone == ("cloud costly seed 0", "cloud costly seed 1")
    assert outcomes(found.stored)["spread", 0] == ("reproduced", "")
    asks = verdict_on(found.stored, "asks")
    assert (asks.outcome, asks.reason) == ("unverifiable", f"skipped here: {NEVER_CALLED}")


def test_a_damaged_run_json_is_a_fault_and_no_cell_counts_as_failed(copy):
    (copy / "run.json").write_text("{}")
    found = verified(copy)
    assert [fault.file for fault in found.faults] == ["run.json"]
    assert found.failed == 0
    assert not found.is_confirmed


@pytest.mark.slow
def test_cells_that_failed_are_counted_and_must_fail_again_for_the_same_reason(tmp_path, fresh_store):
    path = suite(tmp_path, generator="restless", metrics=("spread", "asks", "fails"))
    genbench.run(path, output=tmp_path / "out", plugins=[PLUGIN], jobs=1)
    found = verified(tmp_path / "out")
    assert found.failed == 2
    assert {v.cell.metric: v.outcome for v in found.stored} == dict.fromkeys(
        ("spread", "asks", "fails"), "reproduced"
    )
    assert found.is_confirmed
    reseal(tmp_path / "out", "fails", 1, reason="it is never lucky")
    found = verified(tmp_path / "out")
    assert verdict_on(found.stored, "fails", 0).outcome == "reproduced"
    assert verdict_on(found.stored, "fails", 1).outcome == "unverifiable"
    assert not found.is_confirmed
