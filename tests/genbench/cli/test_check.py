"""`genbench check`."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner
from toys import plugin_text

from genbench.cli.main import main
from genbench.store.environment import thread_variables

SOUND = plugin_text("""
class Noisy:
    def __init__(self, train, *, scale: float = 1.0):
        self.space = train.space

    def sample(self, n, *, rng):
        print("drawing")
        return Samples(rng.normal(size=(n, *self.space.shape)).astype("float32"), self.space)

GeneratorSpec(name="noisy", make=Noisy, modalities=("vector",), summary="noise")
""")


@pytest.fixture
def checked(tmp_path, monkeypatch):
    """Return the function that calls the command on a plugin file."""
    for name, value in thread_variables(1).items():
        monkeypatch.setenv(name, value)
    (tmp_path / "noisy_plugin.py").write_text(SOUND)
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(main, ["check", *arguments])


def test_a_failing_check_is_printed_with_what_to_do_and_the_exit_code_is_1(checked):
    found = checked("noisy_plugin.py", "-q")
    assert found.exit_code == 1, found.output
    head, *lines = found.stdout.splitlines()
    assert re.fullmatch(r"generator noisy-plugin:noisy on vector: \d+ passed, 1 failed, \d+ skipped", head)
    assert [line.strip() for line in lines] == [
        "failed    quiet",
        "seen: it printed drawing",
        "expected: it prints nothing",
        "fix: remove the print; `log(step, total)` shows progress",
    ]


def test_results_are_json_with_all_fields(checked):
    found = checked("noisy", "--plugin", "noisy_plugin.py", "-q", "--format", "json")
    results = json.loads(found.stdout)
    assert {result["outcome"] for result in results} == {"passed", "failed", "skipped"}
    assert next(result for result in results if result["check"] == "contract") == {
        "component": "noisy-plugin:noisy", "kind": "generator", "modality": "", "check": "contract",
        "outcome": "passed", "seen": "", "fix": "",
        "expected": "make can be imported, and takes inputs of its kind and options with annotations",
    }  # fmt: skip


def test_names_are_needed(checked):
    found = checked()
    assert found.exit_code == 2
    assert "expected the NAMEs of components to check" in found.stderr


def test_an_option_that_the_component_lacks_is_refused_before_any_check(checked):
    found = checked("noisy scal=2", "--plugin", "noisy_plugin.py", "-q")
    assert found.exit_code == 2
    assert found.stderr == "Error: NAME.scal: noisy has no option 'scal'; did you mean 'scale'?\n"


def test_the_list_of_checks_needs_no_component(checked):
    found = checked("--list")
    assert found.exit_code == 0
    assert "save-and-load" in found.stdout


LACKING = plugin_text("""
class Draws:
    def __init__(self, train, level):
        self.space, self.level = train.space, level

    def sample(self, n, *, rng):
        return Samples(rng.normal(self.level, size=(n, *self.space.shape)), self.space)

def needs_level(train, *, level: float):
    return Draws(train, level)

def needs_module(train, *, level: float = 1.0):
    return Draws(train, level)

same = {"modalities": ("vector",), "summary": "noise at a level"}
GeneratorSpec(name="needs-level", make=needs_level, **same)
GeneratorSpec(name="has-level", make=needs_level, check_options={"level": 1.0}, **same)
GeneratorSpec(name="needs-module", make=needs_module, needs={"no_such_module": "no-such"}, **same)
""")


def test_what_could_not_be_tried_is_named_with_the_command_that_tries_it_and_ends_with_5(checked, tmp_path):
    (tmp_path / "lacking.py").write_text(LACKING)
    found = checked("needs-level", "--plugin", "lacking.py", "-q")
    assert found.exit_code == 5
    assert found.stdout.splitlines()[1:] == [
        "  not tried options, works, same-again and 13 more",
        " " * 12 + "because: the option 'level' has no default",
        " " * 12 + "to try it: genbench check 'needs-level level=…' --plugin lacking.py",
    ]
    found = checked("needs-module", "--plugin", "lacking.py", "-q", "--format", "json")
    assert found.exit_code == 5
    lacks = [result for result in json.loads(found.stdout) if result["outcome"] == "not tried"]
    assert {(result["seen"], result["fix"]) for result in lacks} == {
        ("it needs 'no_such_module'", "pip install 'no-such'")
    }
    assert lacks[0]["check"] == "contract"


def test_options_of_the_spec_let_a_component_be_tried_and_a_failure_counts_more(checked, tmp_path):
    (tmp_path / "lacking.py").write_text(LACKING)
    found = checked("has-level", "--plugin", "lacking.py", "-q")  # its spec has check_options
    assert (found.exit_code, "not tried" in found.stdout) == (0, False)
    found = checked("noisy_plugin.py", "needs-module", "--plugin", "lacking.py", "-q")
    assert found.exit_code == 1  # a failure counts more


def test_results_are_rows_of_csv(checked):
    found = checked("noisy", "--plugin", "noisy_plugin.py", "-q", "--format", "csv")
    head, *rows = found.stdout.splitlines()
    assert head == "component,kind,modality,check,outcome,seen,expected,fix"
    assert rows[0].startswith("noisy-plugin:noisy,generator,,summary,passed,,")


ON_SOME = plugin_text("""
def spread(fake):
    return float(fake.std())

MetricSpec(name="spread", make=spread, takes="features", direction="none", summary="a spread",
           checked_on=("vector", "points"))
""")


def test_a_component_that_was_tried_on_one_modality_ends_with_0(checked, tmp_path):
    (tmp_path / "on_some.py").write_text(ON_SOME)
    found = checked("on_some.py", "-q")
    assert "works, same-again, fresh-process" in found.stdout
    text = " ".join(found.stdout.split())  # the table wraps at the width of the terminal
    assert "because: no extractor on this machine gives features of points samples" in text
    assert found.exit_code == 0, found.stdout
