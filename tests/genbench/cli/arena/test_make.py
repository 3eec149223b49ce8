"""`genbench arena make`: the files of raters, which name nothing of the run."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from genbench.arena import pairs
from genbench.arena.pairs import plan_pairs
from genbench.cli.main import main
from genbench.core.errors import DataError
from genbench.results.results import read_results

PUBLISHED = Path(__file__).parents[4] / "results" / "published"
RUN = PUBLISHED / "quickstart"


@pytest.fixture(autouse=True)
def own_store(fresh_store):
    """Let no command find samples in the store."""


def made(*arguments):
    return CliRunner().invoke(main, ["arena", "make", *map(str, arguments)])


def payload(path):
    found = re.search(r'id="task">(.*?)</script>', path.read_text(encoding="utf-8"), re.DOTALL)
    return json.loads(found[1])


def test_each_rater_gets_a_file_of_which_a_fifth_is_shared_and_none_tells_a_name(tmp_path):
    out = tmp_path / "task.html"
    done = made(RUN, "-o", out, "--raters", 2, "--pairs", 40, "--question", "Real?", "--question", "Nice?")
    paths = [tmp_path / "task-1.html", tmp_path / "task-2.html"]
    assert (done.exit_code, done.stdout.split()) == (0, list(map(str, paths)))
    tasks = [payload(path) for path in paths]
    assert [task["questions"] for task in tasks] == [["Real?", "Nice?"]] * 2
    assert [len(task["pairs"]) for task in tasks] == [80, 80]
    seen = [
        {
            frozenset((task["samples"][first]["digest"], task["samples"][second]["digest"]))
            for _, first, second, _ in task["pairs"]
        }
        for task in tasks
    ]
    assert len(seen[0] & seen[1]) == 8
    cells = read_results(RUN, read_only=True).plan.cells
    words = {cell.generator for cell in cells} | {"digits", "quickstart", "published", str(tmp_path)}
    assert len(words) == 11
    for path in paths:
        text = re.sub(r"base64,[A-Za-z0-9+/=]*", "", path.read_text(encoding="utf-8"))
        assert not [word for word in words if word in text]


def test_the_same_seed_gives_the_same_bytes_and_another_one_other_pairs(tmp_path):
    files = [tmp_path / f"{name}.html" for name in ("a", "b", "c")]
    for path, seed in zip(files, (0, 0, 1), strict=True):
        assert made(RUN, "-o", path, "--pairs", 5, "--seed", seed).exit_code == 0
    first, second, other = (path.read_bytes() for path in files)
    assert first == second != other


def test_a_reference_is_a_real_sample_beside_each_pair(tmp_path):
    path = tmp_path / "task.html"
    assert made(RUN, "-o", path, "--pairs", 5, "--reference").exit_code == 0
    assert all(pair[3] is not None for pair in payload(path)["pairs"])


def test_samples_that_several_generators_made_are_left_out_and_counted(tmp_path):
    done = made(PUBLISHED / "text", "-o", tmp_path / "t.html", "--dataset", "grammar-world", "--pairs", 5)
    assert done.exit_code == 0
    lines = re.findall(
        r"left out: (\d+) of [\d,]+ samples of markov, which other generators made", done.stderr
    )
    assert len(lines) == 1


def test_if_a_later_rater_has_too_few_samples_no_file_is_written(tmp_path, monkeypatch):
    def plan_two(*arguments, rater, **options):
        if rater == 3:
            raise DataError("too few samples")
        return plan_pairs(*arguments, rater=rater, **options)

    monkeypatch.setattr(pairs, "plan_pairs", plan_two)
    (tmp_path / "task-1.html").write_text("old")
    done = made(RUN, "-o", tmp_path / "task.html", "--raters", 3, "--pairs", 5)
    assert (done.exit_code, done.stderr) == (2, "Error: too few samples\n")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([PUBLISHED / "text", "-o", "t.html"], "grammar-world, moby-dick; choose one with --dataset"),
        ([RUN, "-o", "t.pdf"], "expected a file whose name ends in .html"),
        ([RUN, "-o", "t.html", "--question", "A?", "--question", "A?"], "expected different texts"),
        ([RUN, "-o", "t.html", "--question", " "], "expected different texts"),
        ([RUN, "-o", "missing/t.html"], "cannot be written"),
    ],
)
def test_what_cannot_be_made_is_refused_in_a_line(arguments, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = made(*arguments)
    assert done.exit_code != 0
    assert message in done.stderr
    assert not list(tmp_path.iterdir())
