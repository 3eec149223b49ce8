"""A worker's own place for a run: kept while the run's messages come, closed for those of another run."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
from toys import plugin_text

from genbench.catalog.catalog import load_catalog, load_files
from genbench.catalog.local_modules import read_sources
from genbench.core.errors import DataError, EngineError
from genbench.files.identity import read_identity
from genbench.jobs.engine import remote
from genbench.jobs.engine.messages import RunContext, Token, read_versions
from genbench.jobs.engine.remote import handle_message, open_session
from genbench.trial.trial import RunTrial


def context(run, **changes):
    fields = {
        "run": run,
        "folder": Path("nowhere"),
        "token": Token(".token", "12ab"),
        "versions": read_versions([]),
        "threads": 1,
        "offline": True,
        "plugins": {},
        "assets": Path("nowhere"),
        "keep_samples": False,
    }
    return RunContext(**fields | changes)


@pytest.fixture(autouse=True)
def _no_sites():
    yield
    remote._close_all()
    assert not remote._SESSIONS


def test_a_place_is_kept_from_packet_to_packet_and_closed_for_another_run():
    with open_session(context("a")) as first:
        pass
    with open_session(context("a")) as again:
        assert again is first
    with open_session(context("b")) as other:
        assert other is not first
        assert first.workplace.is_closed
        assert not other.workplace.is_closed


def test_a_place_that_is_in_use_is_not_closed():
    with open_session(context("a")) as first:
        with open_session(context("b")):
            assert not first.workplace.is_closed
        with open_session(context("c")):
            assert not first.workplace.is_closed


def test_a_place_is_closed_when_nothing_has_come_for_a_while(monkeypatch):
    monkeypatch.setattr(remote, "_IDLE", 0.01)
    closed = threading.Event()
    with open_session(context("a")) as session:
        close = session.close
        monkeypatch.setattr(session, "close", lambda: (close(), closed.set()))
    assert closed.wait(timeout=60)
    assert session.workplace.is_closed


def test_plugin_files_that_cannot_be_seen_are_copied_and_go_with_the_place(tmp_path):
    here, content = tmp_path / "seen.py", b"from genbench import hookimpl\n"
    here.write_bytes(content)
    other = tmp_path / "other" / "unseen.py"
    plugins = {here: {here: content}, other: {other: content}}
    with open_session(context("a", plugins=plugins)) as session:
        seen, copy = session.workplace._plugins
        assert seen == here
        assert (copy.name, copy.read_bytes()) == ("unseen.py", content)
    with open_session(context("b")):
        assert not copy.exists()


def test_a_plugin_file_is_copied_with_its_modules_unless_all_of_them_are_here(local_plugin):
    plugin, helper = local_plugin
    sources = read_sources(plugin)
    with open_session(context("a", plugins={plugin: sources})) as session:
        assert list(session.workplace._plugins) == [plugin]
    helper.write_text("def value(real): return 2.25\n")
    with open_session(context("b", plugins={plugin: sources})) as session:
        (copy,) = session.workplace._plugins
        assert copy.read_bytes() == plugin.read_bytes()
        assert list(read_sources(copy).values()) == list(sources.values())
        owners = [load_files([file]).components[0].owner for file in (plugin, copy)]
    assert owners[0].version != owners[1].version


def test_the_variables_of_a_run_are_those_of_this_machine(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.setenv("SOME_API_KEY", "a secret")
    found = remote.job_variables(threads=2, offline=True)
    assert (found["OMP_NUM_THREADS"], found["GENBENCH_OFFLINE"]) == ("2", "1")
    assert "SOME_API_KEY" not in found
    assert "GENBENCH_OFFLINE" not in remote.job_variables(threads=2, offline=False)


def test_another_version_is_refused_with_the_name_of_this_process():
    versions = read_versions([])
    old = type(versions)(**vars(versions) | {"libraries": {**versions.libraries, "genbench": "0.0.9"}})
    refused = r"the worker .* \(process \d+\): cannot take part: it has genbench"
    message = SimpleNamespace(context=context("a", versions=old))
    with pytest.raises(EngineError, match=refused):
        handle_message(message, 0, lambda: True)


CHANGING = Path(__file__).parents[3] / "toy_plugins" / "changing_plugin.py"


def test_a_file_gets_the_identity_that_it_has_on_this_machine(tmp_path, suite_text, trials_of, store):
    value = tmp_path / "value.txt"
    value.write_text("1.0")
    reads, scaled = (f'use = "{name}"\npath = "{value}"' for name in ("reads", "scaled-gap"))
    text = suite_text(datasets=["cloud"], generators=[reads], metrics=[scaled], extra="controls = false")
    (trial,) = trials_of(text, load_catalog([CHANGING]), store)
    job = RunTrial(trial=trial, tasks=trial.tasks, attempts={}, folder=tmp_path, store=store)
    os.utime(value, (0, 0))
    found = remote._localize_job(job, context("a"))
    for part in (found.trial.generator, found.tasks[0].group.metric):
        assert part.files == {"path": read_identity(value)}
    value.write_text("2.0")
    with pytest.raises(DataError, match=r"'reads': .*value\.txt, its option 'path', has other content here"):
        remote._localize_job(job, context("a"))


TRUTHFUL = plugin_text("""
def filed(*, path: Path, rng):
    return Data(Samples.of("vector", rng.normal(size=(90, 2))), truth=path.read_text())

def asks(fake, truth):
    return float(truth)

def is_blind(fake):
    return 0.0

DatasetSpec(name="filed", make=filed)
MetricSpec(name="asks", make=asks, modalities=("vector",), direction="lower")
MetricSpec(name="is-blind", make=is_blind, modalities=("vector",), direction="lower")
""")


@pytest.mark.parametrize(("metric", "has_own"), [("asks", True), ("is-blind", False)])
def test_the_dataset_counts_here_if_a_metric_takes_its_truth(
    tmp_path, suite_text, trials_of, store, metric, has_own
):
    plugin, value = tmp_path / "truthful.py", tmp_path / "value.txt"
    plugin.write_text(TRUTHFUL)
    value.write_text("1.0")
    filed = f'use = "filed"\npath = "{value}"'
    text = suite_text(datasets=[filed], generators=["noise"], metrics=[metric], extra="controls = false")
    (trial,) = trials_of(text, load_catalog([plugin], only=["genbench"]), store)
    job = RunTrial(trial=trial, tasks=trial.tasks, attempts={}, folder=tmp_path, store=store)
    os.utime(value, (0, 0))
    part = remote._localize_job(job, context("a")).trial.dataset.part
    assert (part.files == {"path": read_identity(value)}) == has_own
