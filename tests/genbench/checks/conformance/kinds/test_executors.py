"""A sound executor passes all checks, and each change to it fails the check of its name."""

from __future__ import annotations

from concurrent.futures import Future

import pytest
from toys import plugin_text

from genbench.checks.conformance.checks import CheckFailed
from genbench.checks.conformance.kinds import executors
from genbench.checks.conformance.kinds.executors import CHECKS

GOOD = plugin_text("""
from concurrent.futures import ThreadPoolExecutor

class Pool(ThreadPoolExecutor):
    first = None
    is_down = False

    def submit(self, function, /, *arguments, **keywords):
        future = super().submit(function, *arguments, **keywords)
        self.first = self.first or future
        return future

    def shutdown(self, wait=True, *, cancel_futures=False):
        super().shutdown(wait, cancel_futures=cancel_futures)
        self.is_down = True

def pool(jobs, check):
    assert check() is None
    return Pool(2 if jobs is None else jobs)

ExecutorSpec(name="pool", make=pool, summary="threads")
""")

#: Check to pairs of a piece of the plugin and what replaces it, each of which fails this check alone.
BAD = {
    "results": [("return future", "return self.first")],
    "errors": [
        (
            "super().submit(function,",
            "super().submit(lambda *args: None if 'raise_error' in function.__name__ else function(*args),",
        ),
    ],
    "several": [("2 if jobs is None else jobs", "1")],
    "one-job": [("2 if jobs is None else jobs", "2")],
    "default-jobs": [("2 if jobs is None else jobs", "jobs + 0")],
    "shutdown": [
        (
            "        super().shutdown(",
            "        if self.is_down:\n            raise RuntimeError\n        super().shutdown(",
        ),
    ],
}  # fmt: skip

NOT_RUN = {"version", "declared-inputs"}  # without a lock file, and since no number depends on it
KIND = ("executor", "pool")
CASES = [(check, *pair) for check, pairs in BAD.items() for pair in pairs]


@pytest.fixture(autouse=True)
def _short(monkeypatch):
    """Wait a second for calls that never meet, or never answer."""
    monkeypatch.setattr(executors, "_MEETING_S", 1.0)
    monkeypatch.setattr(executors, "_PATIENCE_S", 2.0)


def test_a_sound_executor_passes_all_checks(checked):
    results = checked(GOOD, *KIND)
    assert {name for name, result in results.items() if result.outcome != "passed"} == NOT_RUN


@pytest.mark.parametrize(("check", "old", "new"), CASES)
def test_a_change_fails_the_check_of_its_name_alone(checked, failing, changed, check, old, new):
    results = checked(changed(GOOD, old, new), *KIND)
    assert failing(results) == {check}
    assert results[check].seen


@pytest.mark.parametrize(
    ("old", "new", "seen"),
    [
        ("return Pool(2 if jobs is None else jobs)", "return []", "make returned a list"),
        (
            "    assert check() is None",
            "    raise ValueError('no engine')",
            "bad:pool: ValueError: no engine",
        ),
    ],
)
def test_an_executor_that_places_nothing_fails_the_main_work(checked, failing, changed, old, new, seen):
    results = checked(changed(GOOD, old, new), *KIND)
    assert failing(results) == {"works"}
    assert results["works"].seen == seen


def test_each_check_of_executors_alone_has_a_change_that_fails_it():
    names = [check.name for check in CHECKS]
    assert names[names.index("version") + 1 :] == list(BAD)


def test_an_executor_that_takes_no_jobs_skips_their_checks(checked, failing, changed):
    code = changed(changed(GOOD, "pool(jobs, check)", "pool(check)"), "2 if jobs is None else jobs", "2")
    results = checked(code, *KIND)
    assert not failing(results)
    assert {results[name].outcome for name in ("several", "one-job", "default-jobs")} == {"skipped"}


def test_a_call_without_an_answer_is_a_failure_after_some_time():
    with pytest.raises(CheckFailed, match="no answer to a call after 2 s"):
        executors._get_results([Future()])
