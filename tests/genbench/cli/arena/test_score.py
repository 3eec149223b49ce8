"""`genbench arena score`: what it prints, and how it ends."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from genbench.arena import scored
from genbench.arena.scored import ScoredVotes
from genbench.cli.main import main
from genbench.results.results import Results


def invoke(*arguments):
    return CliRunner().invoke(main, ["arena", "score", *map(str, arguments)])


@pytest.fixture
def asked(monkeypatch, run_of, tmp_path):
    """Replace the work by a function that notes its arguments; they are returned."""
    calls = []

    def note(*arguments, **options):
        calls.append((arguments, options))
        plan, records = run_of({"vae": {"preference": [1000.0]}})
        results = Results(name="new", plan=plan, records=records)
        files = (tmp_path / "new" / "leaderboard.csv",)
        return ScoredVotes(results=results, files=files, left_out={"fooling": "no\nvotes"})

    monkeypatch.setattr(scored, "score_votes", note)
    return calls


def test_options_are_passed_on_and_what_is_left_out_is_a_line(asked, tmp_path):
    done = invoke(
        "run", "a.json", "b.json", "-o", tmp_path / "new", "--question", "Real?", "--ties", "davidson",
        "--style-control", "--most-failed", "0", "--metric", "preference name=mine", "--no-page",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    ((arguments, options),) = asked
    assert [str(each) for each in arguments[1]] == ["a.json", "b.json"]
    assert options["options"] == {
        "question": "Real?", "ties": "davidson", "most_failed": 0.0, "style_control": True,
    }  # fmt: skip
    assert options["metrics"] == [{"use": "preference", "name": "mine"}]
    assert done.stderr.splitlines() == ["left out: fooling: no votes"]
    assert done.stdout.splitlines()[-1].endswith("leaderboard.csv")
    assert "preference" in done.stdout


def test_options_that_are_not_given_stay_out_of_signatures(asked, tmp_path):
    invoke("run", "a.json", "-o", tmp_path / "new", "--no-page", "-q")
    assert asked[0][1]["options"] == {}


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "-o", "new"],
        ["run", "a.json"],
        ["run", "a.json", "-o", "new", "--ties", "some"],
        ["run", "a.json", "-o", "new", "--most-failed", "2"],
        ["nowhere", "a.json", "-o", "new"],
    ],
)
def test_what_cannot_be_scored_ends_with_2(arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = invoke(*arguments)
    assert done.exit_code == 2
    assert list(tmp_path.iterdir()) == []
