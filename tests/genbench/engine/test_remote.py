"""A worker's own place for a run: kept while the run's packets come, closed for those of another run."""

from __future__ import annotations

import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from genbench.core.errors import EngineError
from genbench.engine import remote
from genbench.engine.messages import Errand, Token
from genbench.engine.remote import do_packet, site_of
from genbench.engine.versions import versions_of


def errand(run, **changes):
    fields = {
        "run": run,
        "folder": Path("nowhere"),
        "token": Token(".token", "12ab"),
        "versions": versions_of([]),
        "threads": 1,
        "offline": True,
        "plugins": {},
        "assets": Path("nowhere"),
        "keep_samples": False,
    }
    return Errand(**fields | changes)


@pytest.fixture(autouse=True)
def _no_sites():
    yield
    remote._close_all()
    assert not remote._SITES


def test_a_place_is_kept_from_packet_to_packet_and_closed_for_another_run():
    with site_of(errand("a")) as first:
        pass
    with site_of(errand("a")) as again:
        assert again is first
    with site_of(errand("b")) as other:
        assert other is not first
        assert first.place.is_closed
        assert not other.place.is_closed


def test_a_place_that_is_in_use_is_not_closed():
    with site_of(errand("a")) as first:
        with site_of(errand("b")):
            assert not first.place.is_closed
        with site_of(errand("c")):
            assert not first.place.is_closed


def test_a_place_is_closed_when_nothing_has_come_for_a_while(monkeypatch):
    monkeypatch.setattr(remote, "_IDLE", 0.01)
    closed = threading.Event()
    with site_of(errand("a")) as site:
        close = site.close
        monkeypatch.setattr(site, "close", lambda: (close(), closed.set()))
    assert closed.wait(timeout=60)
    assert site.place.is_closed


def test_plugin_files_that_cannot_be_seen_are_copied_and_go_with_the_place(tmp_path):
    here, content = tmp_path / "seen.py", b"from genbench import hookimpl\n"
    here.write_bytes(content)
    other = tmp_path / "other" / "unseen.py"
    with site_of(errand("a", plugins={here: content, other: content})) as site:
        seen, copy = site.place._plugins
        assert seen == here
        assert (copy.name, copy.read_bytes()) == ("unseen.py", content)
    with site_of(errand("b")):
        assert not copy.exists()


def test_the_variables_of_a_run_are_those_of_this_machine(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.setenv("SOME_API_KEY", "a secret")
    found = remote.job_variables(threads=2, offline=True)
    assert (found["OMP_NUM_THREADS"], found["GENBENCH_OFFLINE"]) == ("2", "1")
    assert "SOME_API_KEY" not in found
    assert "GENBENCH_OFFLINE" not in remote.job_variables(threads=2, offline=False)


def test_another_version_is_refused_with_the_name_of_this_process():
    versions = versions_of([])
    old = type(versions)(**vars(versions) | {"libraries": {**versions.libraries, "genbench": "0.0.9"}})
    message = r"the worker .* \(process \d+\): cannot take part: it has genbench"
    packet = SimpleNamespace(errand=errand("a", versions=old))
    with pytest.raises(EngineError, match=message):
        do_packet(packet, 0, lambda: True)
