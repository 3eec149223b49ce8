"""The same suite gives the same bytes, whatever else differs; what does not is marked on the board."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import genbench

PLUGIN = Path(__file__).parents[2] / "toy_plugins" / "restless_plugin.py"
SAME = ("calm", "restless", "bycolumn")
METRICS = ("gap", "jitter", "seen-gap", "tidy")

# all but `base`, whose own fork server has other global random states than the one that its rivals share
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("warm_server", "fresh_store")]


def suite(folder, generators=SAME, metrics=METRICS, extra=""):
    """Write a suite on the restless plugin's data and return its path."""
    lines = ['name = "same"', "seeds = [0, 1]", "n = 30", extra, "[[dataset]]", 'use = "cloud"']
    for kind, names in (("generator", generators), ("metric", metrics)):
        lines += [f'[[{kind}]]\nuse = "{name}"' for name in names]
    folder.mkdir(exist_ok=True)
    path = folder / "same.toml"
    path.write_text("\n".join(lines))
    return path


def run(folder, *, suite_of=(), **options):
    """Run the suite in a folder."""
    path = suite(folder, **dict(suite_of))
    return genbench.run(path, output=folder / "out", plugins=[PLUGIN], **({"jobs": 2} | options))


def csvs(folder):
    return {name: (folder / name).read_bytes() for name in ("leaderboard.csv", "scores.csv")}


def board(folder):
    return (folder / "leaderboard.md").read_text()


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """Return the folder of a run of generators that are deterministic, with one job at a time."""
    folder = tmp_path_factory.mktemp("base")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENBENCH_STORE", str(folder / "store"))
        done = run(folder, jobs=1)
    assert done.is_complete
    return done.folder


VARIANTS = {
    "two jobs": {"jobs": 2},
    "four jobs": {"jobs": 4},
    "another order": {"suite_of": {"generators": SAME[::-1], "metrics": METRICS[::-1]}},
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_run_from_the_beginning_gives_the_same_bytes(base, tmp_path, variant):
    done = run(tmp_path, **VARIANTS[variant])
    assert csvs(done.folder) == csvs(base)
    assert board(done.folder) == board(base)


def test_the_same_command_again_gives_the_same_bytes(base, tmp_path, fresh_store):
    shutil.copytree(base.parent, tmp_path / "again")
    (tmp_path / "again" / "store").rename(fresh_store)
    folder = run(tmp_path / "again").folder
    assert csvs(folder) == csvs(base)
    for record in (folder / "records").iterdir():
        record.unlink()
    done = run(tmp_path / "again")  # of stored samples and features
    assert csvs(done.folder) == csvs(base)
    assert board(done.folder) == board(base)


def test_a_folder_that_was_moved_gives_the_same_bytes(base, tmp_path):
    shutil.copytree(base, tmp_path / "elsewhere" / "moved")
    code = "import sys; from genbench.cli.main import main; main(sys.argv[1:])"
    arguments = ["leaderboard", str(tmp_path / "elsewhere" / "moved")]
    subprocess.run([sys.executable, "-c", code, *arguments], check=True, capture_output=True)
    assert csvs(tmp_path / "elsewhere" / "moved") == csvs(base)


def test_a_generator_that_is_added_changes_no_other_row(base, tmp_path):
    done = run(tmp_path, suite_of={"generators": (*SAME, "whole")})
    before, after = ((folder / "scores.csv").read_text().splitlines() for folder in (base, done.folder))
    assert [line for line in after if ",whole," not in line] == before
    assert len(after) > len(before)


@pytest.mark.slow
def test_another_salt_of_hashes_gives_the_same_bytes(base, tmp_path):
    code = "import sys; from genbench.cli.main import main; main(sys.argv[1:])"
    arguments = ["run", str(suite(tmp_path)), "-o", str(tmp_path / "out"), "--plugin", str(PLUGIN), "-q"]
    salted = {**os.environ, "PYTHONHASHSEED": "12345", "GENBENCH_STORE": str(tmp_path / "store")}
    subprocess.run([sys.executable, "-c", code, *arguments], check=True, env=salted)
    assert csvs(tmp_path / "out") == csvs(base)


def test_nothing_that_a_component_leaves_lying_about_reaches_the_next(base):
    scores = (base / "scores.csv").read_text().splitlines()
    tidied = [line.split(",")[4] for line in scores if ",tidy," in line]
    assert len(tidied) == 12
    assert set(tidied) == {"0.0"}


def test_what_components_did_beside_their_work_stands_below_the_board(base):
    lines = board(base).splitlines()
    own = "restless-plugin:"
    expected = [
        f"- restless: generator {own}restless used numpy's global random state",
        f"- restless: generator {own}restless used torch's global random state",
        f"- restless: generator {own}restless used Python's global random state",
        f"- restless: generator {own}restless changed environment variables RESTLESS",
        f"- restless: generator {own}restless changed the working directory",
        f"- jitter: metric {own}jitter used numpy's global random state",
        f"- seen-gap: extractor {own}looks used torch's global random state",
        f"- cloud: dataset {own}cloud used numpy's global random state",
    ]
    assert [line for line in expected if line not in lines] == []
    assert "deterministic: no" not in board(base)
    assert "generator restless-plugin:calm" not in board(base)


def test_a_generator_that_gives_other_samples_each_time_is_marked_and_ranked(tmp_path):
    done = run(tmp_path, suite_of={"generators": ("calm", "counting"), "metrics": ("gap",)})
    assert done.is_complete
    text = board(done.folder)
    assert "| counting (deterministic: no) |" in text
    assert "- counting: gave other samples at the same key (deterministic: no)" in text
    assert "calm (deterministic" not in text
    frame = done.leaderboard().set_index("generator")
    assert sorted(frame.loc[["calm", "counting"], "rank"]) == [1, 2]
    assert b"deterministic" not in csvs(done.folder)["leaderboard.csv"]


@pytest.mark.slow
def test_a_generator_that_learns_something_else_is_marked_when_its_samples_are_redrawn(tmp_path, fresh_store):
    first = {"suite_of": {"generators": ("calm", "fickle"), "metrics": ("gap",), "extra": "controls = false"}}
    done = run(tmp_path, **first)
    assert "deterministic" not in board(done.folder)
    more = {"suite_of": first["suite_of"] | {"metrics": ("gap", "tidy")}}
    shutil.rmtree(fresh_store)
    done = run(tmp_path, **more)
    assert "fickle (deterministic: no)" in board(done.folder)
    assert "calm (deterministic" not in board(done.folder)
    again = [record for record in done.results.records.values() if record.cell.metric == "tidy"]
    ends = {record.cell.generator: [n.is_nondeterministic for n in record.notices] for record in again}
    assert any(ends["fickle"])
    assert not any(ends["calm"])


def test_a_sampler_that_cannot_be_asked_for_few_is_not_marked_but_said_to_be(tmp_path):
    one = {"generators": ("whole",), "metrics": ("gap",), "extra": "controls = false"}
    done = run(tmp_path, suite_of=one)
    assert done.is_complete
    assert "could not draw 8 samples twice: restless-plugin:whole: ValueError: 8 are too few" in board(
        done.folder
    )
    assert "deterministic" not in board(done.folder)
