"""Vendi score: closed forms, orders, and its two matrices."""

from __future__ import annotations

import math
from pathlib import Path

import genbench_fidelity
import numpy as np
import pytest
from genbench_fidelity.diversity.vendi import vendi
from hypothesis import given, settings
from hypothesis import strategies as st

from genbench.contract.signature import fill_options, read_contract
from genbench.core.errors import Undefined

ORDERS = [0.1, 0.5, 1.0, 2.0, 7.0, "inf", math.inf]


@pytest.mark.parametrize("q", ORDERS)
def test_orthogonal_rows_score_their_number_and_equal_rows_one(q):
    assert vendi(np.eye(6, 9), q=q) == pytest.approx(6, rel=1e-9)
    assert vendi(np.full((50, 3), 0.7), q=q) == pytest.approx(1, rel=1e-5)


def test_groups_of_equal_rows_score_the_entropy_of_their_shares():
    rows = np.eye(3)[np.repeat([0, 1, 2], [50, 30, 20])]
    shares = np.array([0.5, 0.3, 0.2])
    assert vendi(rows) == pytest.approx(np.exp(-(shares * np.log(shares)).sum()), rel=1e-12)
    assert vendi(rows, q=2.0) == pytest.approx(1 / np.square(shares).sum(), rel=1e-12)
    assert vendi(rows, q="inf") == pytest.approx(2, rel=1e-12)


@settings(max_examples=60)
@given(st.integers(1, 30), st.integers(1, 30), st.integers(0, 2**32 - 1))
def test_it_is_that_of_the_cosines_between_all_rows_whichever_matrix_is_smaller(n, d, seed):
    rows = np.random.default_rng(seed).standard_normal((n, d))
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    w = np.linalg.eigvalsh(unit @ unit.T / n)
    w = w[w > 1e-14]
    assert vendi(rows) == pytest.approx(np.exp(-(w * np.log(w)).sum()), rel=1e-9)
    assert 1 <= vendi(rows) <= min(n, d) * (1 + 1e-9)


def test_order_of_rows_copies_and_lengths_change_nothing(rng):
    rows = rng.standard_normal((40, 6))
    value = vendi(rows)
    assert vendi(rng.permutation(rows)) == pytest.approx(value, rel=1e-12)
    assert vendi(np.concatenate([rows, rows])) == pytest.approx(value, rel=1e-12)
    assert vendi(rows * rng.uniform(1e-200, 1e200, (40, 1))) == pytest.approx(value, rel=1e-12)


def test_collapse_lowers_it_and_noise_raises_it(rng):
    modes = np.repeat(np.eye(8)[:4], 25, axis=0) + 0.05 * rng.standard_normal((100, 8))
    assert vendi(modes[np.repeat([0, 99], 50)]) < vendi(modes) < vendi(rng.standard_normal((100, 8)))


def test_it_falls_with_the_order_and_is_continuous_at_one(rng):
    rows = rng.standard_normal((50, 5)) + 1
    values = [vendi(rows, q=q) for q in (0.5, 1.0, 2.0, 10.0, "inf")]
    assert values == sorted(values, reverse=True)
    assert vendi(rows, q=1 + 1e-5) == pytest.approx(vendi(rows), rel=1e-4)


@pytest.mark.parametrize("step", [1e-5, -1e-5, 1e-6, 1e-12, -1e-12])
def test_near_order_one_it_is_the_tangent_of_the_entropy(step):
    """H_q = H_1 - (q - 1) / 2 Var(log w) + O((q - 1)^2), the variance under w itself."""
    shares = np.array([0.5, 0.3, 0.2])
    entropy = -(shares * np.log(shares)).sum()
    variance = (shares * np.square(np.log(shares))).sum() - entropy**2
    found = vendi(np.eye(3)[np.repeat([0, 1, 2], [50, 30, 20])], q=1 + step)
    # rel: (1e-5)^2, and 1e-16 / 1e-6 where Renyi's formula rounds most
    assert found == pytest.approx(np.exp(entropy - step / 2 * variance), rel=1e-9)


def test_a_high_order_is_near_the_highest(rng):
    rows = rng.standard_normal((50, 5))
    assert vendi(rows, q=1e5) == pytest.approx(vendi(rows, q="inf"), rel=1e-4)


def test_a_zero_row_has_no_cosine():
    with pytest.raises(Undefined, match="1 rows of features are zero"):
        vendi(np.array([[1.0, 0], [0, 0]]))


def test_one_sample_scores_one_by_definition():
    assert vendi(np.array([[3.0, 4.0]])) == 1


def test_no_sample_has_no_diversity():
    with pytest.raises(Undefined, match="fake has 0"):
        vendi(np.zeros((0, 3)))


@pytest.mark.parametrize("q", [0.5, 2.0, "inf"])
def test_a_suite_can_ask_for_any_order(q):
    (spec,) = [spec for spec in genbench_fidelity.genbench_metrics() if spec.name == "vendi"]
    assert fill_options(read_contract(spec), {"q": q}, where="suite", folder=Path()) == {"q": q}
