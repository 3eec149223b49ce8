"""Claims of a results folder."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os

import pytest

from genbench.core.errors import ResultsError
from genbench.results import claims
from genbench.results.claims import claim_folder
from genbench.results.records import write_plan

OTHER = "a run of another suite, or with other seeds, n or generators, writes here"


@pytest.fixture
def claim(run_of, tmp_path):
    """Return a function that claims the folder for the plan of a generator."""

    def enter(generator):
        plan, _ = run_of({generator: {"fid": [1.0]}})
        keys = frozenset(cell.key for cell in plan.cells)
        return claim_folder(tmp_path, keys, lambda: write_plan(tmp_path, plan))

    return enter


def test_runs_of_one_plan_share_a_folder_and_another_plan_waits_for_their_end(claim, tmp_path):
    with claim("gan"), claim("gan"):
        before = (tmp_path / "run.json").read_bytes()
        with pytest.raises(ResultsError, match=OTHER), claim("vae"):
            pass
        assert (tmp_path / "run.json").read_bytes() == before
    with claim("vae"):
        assert (tmp_path / "run.json").read_bytes() != before


def test_a_plan_that_another_run_replaces_between_the_locks_is_given_up(claim, monkeypatch):
    lock, others = fcntl.flock, contextlib.ExitStack()

    def replaced(handle, kind):
        if kind & fcntl.LOCK_SH:
            lock(handle, fcntl.LOCK_UN)  # as a change of the lock may do for a moment
            monkeypatch.undo()
            others.enter_context(claim("vae"))
        lock(handle, kind)

    monkeypatch.setattr(fcntl, "flock", replaced)
    with others, pytest.raises(ResultsError, match=OTHER), claim("gan"):
        pass


def test_a_lock_of_another_program_is_waited_for_and_named(claim, tmp_path, monkeypatch):
    monkeypatch.setattr(claims, "_PATIENCE_S", 0.1)
    handle = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    with pytest.raises(ResultsError, match="another program holds a lock on it"), claim("gan"):
        pass
    os.close(handle)
    with claim("gan"):
        pass


def test_a_file_system_without_locks_is_used_without_claims(claim, monkeypatch):
    def fail(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", fail)
    with claim("gan"), claim("gan"):
        pass
