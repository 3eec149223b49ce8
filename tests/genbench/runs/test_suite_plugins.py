"""A suite that names its plugin files: they run only with consent, and then like files of --plugin."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from toys import plugin_text

import genbench
from genbench.cli.main import main
from genbench.core.errors import SuiteError
from genbench.runs.events import EventSource
from genbench.runs.prepare import Order
from genbench.runs.run import survey

CHECKED = Path(__file__).parents[2] / "toy_plugins" / "checked_plugin.py"
SUITE = """
name = "mine"
seeds = [0, 1]
n = 20
controls = false
plugins = ["gens.py", "data/checked_plugin.py"]
[[dataset]]
use = "cloud"
[[generator]]
use = "mine"
[[metric]]
use = "gap"
"""
GENERATOR = plugin_text("""
from pathlib import Path

Path(__file__).with_name("loaded").touch()

class Sampler:
    def sample(self, n, *, rng):
        return Samples.of("vector", rng.normal(size=(n, 2)))

def mine(train):
    return Sampler()

GeneratorSpec(name="mine", make=mine)
""")
REFUSED = (
    "plugins: the suite 'mine' would run the code of gens.py and data/checked_plugin.py with your rights; "
    "read it, and if you trust it, add --trust-plugins"
)


@pytest.fixture
def suite(tmp_path, fresh_store, warm_server, monkeypatch):
    """Return the path of a suite with its plugin files, which is not the working folder's."""
    folder = tmp_path / "theirs"
    (folder / "data").mkdir(parents=True)
    (folder / "gens.py").write_text(GENERATOR)
    shutil.copy(CHECKED, folder / "data")
    (folder / "mine.toml").write_text(SUITE)
    monkeypatch.chdir(tmp_path)
    return folder / "mine.toml"


def call(*words):
    result = CliRunner().invoke(main, [*map(str, words)])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize("words", [(), ("--dry-run",), ("--plugin", "theirs/data/checked_plugin.py")])
def test_without_consent_no_code_of_the_suite_runs_and_the_error_names_the_files(suite, words):
    refused = REFUSED.replace(" and data/checked_plugin.py", "") if "--plugin" in words else REFUSED
    assert call("run", suite, *words) == (2, "", f"Error: {refused}\n")
    assert not suite.with_name("loaded").exists()
    assert not (suite.parent.parent / "results").exists()


def test_with_consent_two_jobs_run_it_and_the_same_command_resumes(suite):
    code, output, errors = call("run", suite, "--trust-plugins", "-j", "2", "--no-page")
    assert code == 0
    assert "mine" in output
    assert "2 of 2 trials to run" in errors
    code, output, errors = call("run", suite, "--trust-plugins", "-j", "2", "--no-page")
    assert code == 0
    assert "2 records kept, 0 computed" in errors


def test_files_that_the_user_names_need_no_other_consent_and_give_the_same_cells(suite):
    trusted = genbench.run(suite, output="trusted", trust_plugins=True, jobs=1, keep_samples=True)
    files = ["theirs/gens.py", "theirs/data/../data/checked_plugin.py"]
    named = genbench.run(suite, output="named", plugins=files, jobs=1)
    assert [cell.key for cell in named.results.plan.cells] == [
        cell.key for cell in trusted.results.plan.cells
    ]
    suite.with_name("loaded").unlink()
    # a verification runs no code that run.json or the suite names, only that of files that the reader names
    for expected in (None, suite):
        unknown = genbench.verify("trusted", suite=expected, jobs=1)
        assert not unknown.is_confirmed
        assert any("--plugin FILE loads a plugin that is not installed" in line for line in unknown.obstacles)
    assert not suite.with_name("loaded").exists()
    assert genbench.verify("trusted", plugins=files, jobs=1).is_confirmed
    assert genbench.verify("trusted", plugins=files, suite=suite, jobs=1, sample=1).is_confirmed


def test_another_version_of_a_file_gives_other_cells(suite):
    order = Order(suite=suite, trust_plugins=True, jobs=1)
    genbench.run(suite, trust_plugins=True, jobs=1)
    assert [due for _, _, due in survey(order, EventSource())] == [0, 0]
    suite.with_name("gens.py").write_text(f"{GENERATOR}\n# edited\n")
    assert [due for _, _, due in survey(order, EventSource())] == [1, 1]


def test_a_file_that_is_missing_is_named(suite):
    suite.with_name("gens.py").unlink()
    with pytest.raises(SuiteError, match=r"^plugin file /.*/theirs/gens\.py: expected an existing \.py file"):
        genbench.run(suite, trust_plugins=True, jobs=1)


@pytest.mark.parametrize("value", ['"gens.py"', "[1]", '["gens.txt"]', '["a.py", "a.py"]'])
def test_anything_but_different_python_files_is_refused(suite, value):
    suite.write_text(SUITE.replace('["gens.py", "data/checked_plugin.py"]', value))
    with pytest.raises(SuiteError, match=r"^mine\.toml: plugins: expected a list of different \.py files"):
        genbench.run(suite)
