"""A sound listener passes all checks, and each change to it fails the check of its name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from toys import plugin_text

from genbench.checks.conformance.kinds import listeners
from genbench.checks.conformance.kinds.listeners import CHECKS
from genbench.contract.events import EVENTS

GOOD = plugin_text("""
class Tail:
    def __init__(self, folder, suite):
        self.path, self.generators = folder / "tail.log", suite["generators"]

    def _write(self, text):
        with self.path.open("a") as file:
            print(text, file=file)

    def run_started(self, kept):
        self._write(f"kept {len(kept)}")

    def progress(self, generator, step, values):
        if step is not None:
            self._write(f"{generator} {step + 1} {values}")

    def recorded(self, metric, value, status):
        self._write(f"{metric} {status if value is None else round(value, 2)}")

    def run_finished(self, files, error):
        self._write(error or files[0].name)

ListenerSpec(name="tail", make=Tail, summary="appends scores to a file")
""")

#: Check to pairs of a piece of the plugin and what replaces it, each of which fails this check alone.
BAD = {
    "near-misses": [
        ("    def run_started", "    def trial_finish(self):\n        pass\n\n    def run_started"),
    ],
    "stopped-run": [("error or files[0]", "files[0]")],
    "resumed-run": [
        ('        self._write(f"kept', '        self.path.touch(exist_ok=False)\n        self._write(f"kept'),
        ("{len(kept)}", "{[record['score'] for record in kept]}"),
    ],
    "results-unchanged": [('"tail.log"', '"leaderboard.csv"')],
}  # fmt: skip
WORKS = [
    ("if step is not None", "if step != -1"),
    ("status if value is None else round(value, 2)", "round(value, 2)"),
    ("def recorded(self, metric", "def recorded(self, score"),
    (
        "        self.path, ",
        "        import signal\n        signal.signal(signal.SIGALRM, print)\n        self.path, ",
    ),
]

NOT_RUN = {"version", "declared-inputs"}  # without a lock file, and since no number depends on it
KIND = ("listener", "tail")
CASES = [(check, *pair) for check, pairs in BAD.items() for pair in pairs]


def test_a_sound_listener_passes_all_checks(checked):
    results = checked(GOOD, *KIND)
    assert {name for name, result in results.items() if result.outcome != "passed"} == NOT_RUN


@pytest.mark.parametrize(("check", "old", "new"), CASES)
def test_a_change_fails_the_check_of_its_name_alone(checked, failing, changed, check, old, new):
    results = checked(changed(GOOD, old, new), *KIND)
    assert failing(results) == {check}
    assert results[check].fix


@pytest.mark.parametrize(("old", "new"), WORKS)
def test_a_listener_that_fails_in_a_whole_run_fails_the_main_work(checked, failing, changed, old, new):
    assert failing(checked(changed(GOOD, old, new), *KIND)) == {"works"}


def test_each_check_of_listeners_alone_has_a_change_that_fails_it():
    names = [check.name for check in CHECKS]
    assert names[names.index("version") + 1 :] == list(BAD)


def test_a_listener_may_print(checked, failing, changed):
    assert not failing(checked(changed(GOOD, 'self._write(f"kept', 'print(f"kept'), *KIND))


def test_a_whole_run_has_all_events_with_all_their_values():
    run = listeners._make_whole_events(Path("results"))
    assert {event for event, _ in run} == set(EVENTS)
    assert all(set(values) == set(EVENTS[event]) for event, values in run)
    assert (run[0][0], run[-1][0]) == ("run_started", "run_finished")


@pytest.mark.parametrize("events", [listeners._make_stopped_events, listeners._make_resumed_events])
def test_other_runs_have_events_with_all_their_values(events):
    assert all(set(values) == set(EVENTS[event]) for event, values in events(Path("results")))


def test_the_suite_of_the_run_is_json():
    assert json.loads(json.dumps(listeners._SUITE)) == listeners._SUITE
