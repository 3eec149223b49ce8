"""Other rating systems on tables whose answers are known; test_oracles.py has the values of libraries."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_arena.paired import Comparisons
from genbench_arena.systems import average_win_rate, counting, eigenvector, elo, pagerank

WINS = np.array([[0.0, 3.0, 1.0], [1.0, 0.0, 2.5], [1.0, 1.5, 0.0]])


def test_counts_are_sums_and_rates_are_over_the_rivals_met():
    assert counting(WINS).tolist() == [4, 3.5, 2.5]
    assert average_win_rate(WINS) == pytest.approx(
        [(3 / 4 + 1 / 2) / 2, (1 / 4 + 2.5 / 4) / 2, (1 / 2 + 1.5 / 4) / 2]
    )
    alone = np.zeros((3, 3))
    alone[0, 1] = 2
    assert average_win_rate(alone)[:2].tolist() == [1, 0]


def test_equal_generators_have_equal_ratings():
    even = np.ones((4, 4)) - np.eye(4)
    assert eigenvector(even) == pytest.approx([0.5] * 4)
    assert pagerank(even) == pytest.approx([0.25] * 4)


def test_pagerank_is_the_fixed_point_of_its_equation():
    found = pagerank(WINS, damping=0.6)
    assert found == pytest.approx(0.6 * (WINS / WINS.sum(axis=0)) @ found + 0.4 / 3)
    assert found.sum() == pytest.approx(1)


def test_one_vote_moves_two_equal_ratings_by_half_of_k():
    votes = Comparisons(
        count=2,
        first=np.array([0]),
        second=np.array([1]),
        outcome=np.array([1.0]),
        covariates=np.zeros((1, 0)),
    )
    assert elo(votes, k=32).tolist() == [1016, 984]
