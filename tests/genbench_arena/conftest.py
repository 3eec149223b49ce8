from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from genbench_arena.paired import Comparisons
from genbench_arena.votes import DIGITS

from genbench import Samples, digests

DATA = Path(__file__).parent / "data"
OUTCOMES = {"model_a": 1.0, "model_b": 0.0}


@pytest.fixture(scope="session")
def data_folder():
    """Return the folder of stored battles and of what other programs give for them."""
    return DATA


@pytest.fixture(scope="session")
def battles():
    """Return a function that gives the stored votes: Comparisons, raters (m,) and the names of the models.

    case           "with ties" or "no ties"
    style_control  whether the difference in length is a covariate, as in FastChat
    """
    with (DATA / "battles.csv").open(newline="") as file:
        every = list(csv.DictReader(file))

    def of(case="with ties", *, style_control=False):
        rows = [row for row in every if case == "with ties" or row["winner"] in OUTCOMES]
        names = sorted({row["model_a"] for row in every})
        raters = sorted({row["rater"] for row in every})
        first, second = (np.array([float(row[name]) for row in rows]) for name in ("len_a", "len_b"))
        longer = (first - second) / (first + second + 1)
        style = ((longer - longer.mean()) / longer.std())[:, None]
        votes = Comparisons(
            count=len(names),
            first=np.array([names.index(row["model_a"]) for row in rows]),
            second=np.array([names.index(row["model_b"]) for row in rows]),
            outcome=np.array([OUTCOMES.get(row["winner"], 0.5) for row in rows]),
            covariates=style if style_control else np.zeros((len(rows), 0)),
        )
        return votes, np.array([raters.index(row["rater"]) for row in rows]), names

    return of


@pytest.fixture(scope="session")
def fakes():
    """Return a hundred samples of each generator, all different."""
    names = ("a", "b", "c", "d", "held-out", "noise")
    return {
        name: Samples.of("vector", np.arange(100.0)[:, None] + 100 * place)
        for place, name in enumerate(names)
    }


@pytest.fixture
def ballot(tmp_path, fakes):
    """Return a function that writes a file of votes, each (first, second, choice), and returns its path.

    Votes name generators; each vote of a file is on other samples of them.
    """
    known = {name: [digest.hex()[:DIGITS] for digest in digests(samples)] for name, samples in fakes.items()}

    def write(rater, votes, *, kind="person", questions=("Which is better?",), **fields):
        listed = [
            {"question": 0, "first": known[first][number], "second": known[second][number], "choice": choice}
            | fields
            for number, (first, second, choice) in enumerate(votes)
        ]
        body = {
            "genbench-votes": 1, "task": "0" * 64, "rater": rater, "kind": kind, "questions": list(questions),
            "votes": listed,
        }  # fmt: skip
        path = tmp_path / f"{rater}.json"
        path.write_text(json.dumps(body))
        return path

    return write
