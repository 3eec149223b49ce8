"""A component in a fresh process: what its import and its work change, print and return there."""

from __future__ import annotations

import pytest
from toys import plugin_text

from genbench.checks.conformance.fresh import run_fresh
from genbench.checks.conformance.kinds import generators

CODE = plugin_text("""
from genbench import Undefined
import os
import time

class Plain:
    def __init__(self, train):
        self.space = train.space

    def sample(self, n, *, rng):
        value = 1.0
        return Samples(np.full((n, *self.space.shape), value, float), self.space)

GeneratorSpec(name="plain", make=Plain, modalities=("vector",))
""")

KIND = ("generator", "plain", "genbench:vector")
ACTION = generators._hash_first_draw  # the other process imports it


@pytest.fixture
def fresh_of(written, changed):
    """Return a function to what the component does in a fresh process, with other lines in its code."""

    def run(*, at_import="", in_draw="value = 1.0"):
        code = changed(CODE, "import time\n", f"import time\n{at_import}\n")
        return run_fresh(written(changed(code, "value = 1.0", in_draw), *KIND), ACTION)

    return run


def test_a_quiet_component_returns_its_result_and_changes_nothing(fresh_of, written):
    found = fresh_of()
    assert (found.result, found.error) == (ACTION(written(CODE, *KIND)), "")
    assert (found.import_effects.changed, found.import_effects.printed) == ((), "")
    assert (found.work_effects.changed, found.work_effects.printed) == ((), "")


def test_changes_and_output_are_those_of_the_import_or_of_the_work(fresh_of):
    found = fresh_of(at_import="os.environ['A'] = 'b'; print('importing')")
    assert found.import_effects.changed == ("the environment variables",)
    assert found.import_effects.printed == "importing\n"
    assert (found.work_effects.changed, found.work_effects.printed) == ((), "")
    found = fresh_of(in_draw="import logging; logging.root.setLevel(50); print('working'); value = 1")
    assert found.work_effects.changed == ("the handlers of the root logger",)
    assert found.work_effects.printed == "working\n"
    assert (found.import_effects.changed, found.import_effects.printed) == ((), "")


def test_a_change_by_the_first_import_of_a_library_is_not_one_of_the_work(fresh_of, tmp_path):
    (tmp_path / "noisy_library.py").write_text("import logging\nlogging.root.setLevel(50)\n")
    lines = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import noisy_library; sys.path.pop(0); value = 1"
    )
    found = fresh_of(in_draw=lines)
    assert found.result
    assert found.work_effects.changed == ()


def test_the_time_of_the_import_is_cpu_time(fresh_of):
    found = fresh_of(at_import="time.sleep(0.5)")
    assert 0 < found.import_effects.seconds < 0.4


def test_the_other_process_has_another_seed_of_hashes(fresh_of, written, changed):
    here = ACTION(written(changed(CODE, "value = 1.0", "value = hash('a')"), *KIND))
    assert fresh_of(in_draw="value = hash('a')").result not in (None, here)


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("raise ValueError('wrong')", "bad:plain: ValueError: wrong"),
        ("raise Undefined('no mean')", "no mean"),
        ("os._exit(3)", "its process ended with exit status 3"),
    ],
)
def test_an_error_or_a_crash_is_the_reason_why_there_is_no_result(fresh_of, line, error):
    found = fresh_of(in_draw=line)
    assert (found.result, found.error) == (None, error)


def test_the_process_runs_once_for_a_subject(written):
    subject = written(CODE, *KIND)
    assert run_fresh(subject, ACTION) is run_fresh(subject, ACTION)
