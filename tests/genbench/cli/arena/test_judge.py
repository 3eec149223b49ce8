"""`genbench arena judge`: from a run to the rating by a program, with the example of the documentation."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from genbench_arena.preference import preference, preference_judge

from genbench import Score, Undefined, concat
from genbench.arena.samples import arena_samples
from genbench.catalog.catalog import load_catalog
from genbench.cli.main import main
from genbench.results.results import read_results
from genbench.verification.reference import open_request

ROOT = Path(__file__).parents[4]
RUN = ROOT / "results" / "published" / "quickstart"
PAGE = ROOT / "docs" / "arena.md"


@pytest.fixture(autouse=True)
def own_store(fresh_store):
    """Let no command find samples or answers in the store."""


@pytest.fixture
def example(tmp_path):
    """Return the program on the page, which prefers the larger sample."""
    (code,) = re.findall(
        r"file: longer.py -->\n```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL
    )
    assert code.count("\n") == 12
    path = tmp_path / "longer.py"
    path.write_text(code)
    return f"{sys.executable} {path}"


def judged(*arguments):
    return CliRunner().invoke(main, ["arena", "judge", *map(str, arguments)])


def test_the_program_of_the_page_judges_a_run_and_is_rated_apart_from_people(example, tmp_path):
    out = tmp_path / "votes.json"
    done = judged(RUN, "--judge", example, "-o", out, "--pairs", 30)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == (f"longer: chose the same side in both orders for none of 30 pairs\n{out}\n")
    body = json.loads(out.read_text())
    assert (body["kind"], len(body["votes"])) == ("judge", 60)
    with open_request(RUN) as request:
        run, catalog = read_results(RUN, read_only=True), load_catalog(only=["genbench"])
        trials = arena_samples(request, run, catalog).trials
    names = {trial.generator for trial in trials}
    fakes = {name: concat([each.samples for each in trials if each.generator == name]) for name in names}
    rated = preference_judge(fakes, votes=(out,))
    assert [score for score in rated.values() if isinstance(score, Score)]
    with pytest.raises(Undefined, match=r"votes that preference-judge rates: votes\.json \(judge\)"):
        preference(fakes, votes=(out,))


def test_a_judge_that_prefers_a_side_is_said_to(tmp_path):
    path = tmp_path / "side.py"
    path.write_text('import sys\nfor _ in sys.stdin: print(\'{"choice": "second"}\')')
    done = judged(RUN, "--judge", f"{sys.executable} {path}", "-o", tmp_path / "v.json", "--pairs", 8)
    assert done.stdout.splitlines()[0] == (
        "side: chose the same side in both orders for 8 of 8 pairs, the first for 0 of these "
        "(position bias: p = 0.0078)"
    )


def test_a_judge_that_fails_costs_one_line_and_leaves_no_file(tmp_path):
    done = judged(RUN, "--judge", "false", "-o", tmp_path / "v.json", "--pairs", 2)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == (
        "Error: the judge failed, so there are no votes: false ended with the exit code 1; expected 0\n"
    )
    assert not (tmp_path / "v.json").exists()


@pytest.mark.parametrize("is_link", [False, True])
def test_an_existing_file_is_refused_before_the_program_runs(is_link, tmp_path):
    path, ran = tmp_path / "votes.json", tmp_path / "ran"
    if is_link:
        path.symlink_to(tmp_path / "missing.json")
    else:
        path.write_text("of a person")
    before = sorted(tmp_path.iterdir())
    done = judged(RUN, "--judge", f"touch {ran}", "-o", path, "--pairs", 2)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == f"Error: -o {path} exists; name a new file, or move the old one away\n"
    assert sorted(tmp_path.iterdir()) == before
    assert is_link or path.read_text() == "of a person"


def test_the_file_of_votes_ends_in_json(tmp_path):
    done = judged(RUN, "--judge", "true", "-o", tmp_path / "v.html")
    assert "expected a file whose name ends in .json" in done.stderr
