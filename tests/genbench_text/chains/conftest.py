"""A hidden Markov model, its texts, and the probability of each by the sum over all paths."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from genbench_text.chains.hmm import HiddenMarkov


@pytest.fixture(scope="session")
def model():
    """Return a model of 3 states, 3 symbols and the end, which follows a symbol with about 0.2."""
    rng = np.random.default_rng((4,))
    ends = np.array([[0.1], [0.2], [0.3]])
    emits = np.concatenate([(1 - ends) * rng.dirichlet(np.ones(3), 3), ends], axis=1)
    return HiddenMarkov(rng.dirichlet(np.ones(3)), rng.dirichlet(np.ones(3), 3), emits)


@pytest.fixture(scope="session")
def rows_of():
    """Return a function to n texts of a model: rows of symbols, each with the end."""
    return _rows_of


def _rows_of(model, n, seed):
    rng, rows = np.random.default_rng((seed,)), [[] for _ in range(n)]
    state, active = model.begin([np.zeros(0, np.int64)] * n, rng), np.arange(n)
    while len(active):
        numbers, state = model.advance(state, rng)
        for row, number in zip(active, numbers, strict=True):
            rows[row].append(number)
        goes_on = numbers != model.emits.shape[1] - 1
        active, state = active[goes_on], state[goes_on]
    return [np.array(row, np.int64) for row in rows]


@pytest.fixture(scope="session")
def over_all_paths():
    """Return a function to the log probability of a row of symbols, of which one may be unknown."""
    return _over_all_paths


def _over_all_paths(model, row):
    unknown, total = model.emits.shape[1], 0.0
    for path in product(range(len(model.start)), repeat=len(row)):
        steps = [model.start[path[0]], *(model.moves[pair] for pair in pairwise(path))]
        emits = [1.0 if x == unknown else model.emits[z, x] for z, x in zip(path, row, strict=True)]
        total += np.prod(steps) * np.prod(emits)
    return np.log(total)
