"""The steps of the Baum-Welch algorithm, against sums over all paths."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from genbench_text.chains.hmm import Packed, expect_counts, init_model, maximise_likelihood, symbol_table
from numpy.random import default_rng


@pytest.mark.parametrize("smoothing", [0.0, 0.3])
def test_no_iteration_lowers_what_is_maximised(model, smoothing, rows_of):
    rows = rows_of(model, 300, 7)
    packed = Packed.of(rows)
    table = symbol_table(packed, 4)
    fitted, goals = init_model(np.full(4, 0.25), 4, default_rng(2)), []
    for _ in range(30):
        found = expect_counts(fitted, packed, table)
        logs = sum(np.log(part).sum() for part in (fitted.start, fitted.moves, fitted.emits)) * smoothing
        goals.append(found.nats + (logs if smoothing else 0))
        fitted = maximise_likelihood(found, smoothing)
    assert (np.diff(goals) > -1e-9).all()
    assert goals[-1] > goals[0] + 40


def test_expected_counts_are_those_over_all_paths(model, over_all_paths):
    row = np.array([1, 0, 3])
    packed = Packed.of([row])
    found = expect_counts(model, packed, symbol_table(packed, 4))
    start, moves, emits = np.zeros(3), np.zeros((3, 3)), np.zeros((3, 4))
    for path in product(range(3), repeat=3):
        weight = model.start[path[0]] * model.moves[path[0], path[1]] * model.moves[path[1], path[2]]
        weight *= np.prod(model.emits[list(path), row]) / np.exp(over_all_paths(model, row))
        start[path[0]] += weight
        np.add.at(moves, (path[:-1], path[1:]), weight)
        np.add.at(emits, (path, row), weight)
    assert found.nats == pytest.approx(over_all_paths(model, row))
    assert found.start == pytest.approx(start)
    assert found.moves == pytest.approx(moves)
    assert found.emits == pytest.approx(emits)
