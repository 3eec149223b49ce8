from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from genbench_table.generators.bayesian_network import BayesianNetwork, chow_liu, mutual_information

from genbench import Samples


def test_mutual_information_has_its_closed_forms():
    bits = np.array([0, 0, 1, 1])
    assert mutual_information(bits, bits) == pytest.approx(np.log(2))
    assert mutual_information(bits, 1 - bits) == pytest.approx(np.log(2))
    assert mutual_information(bits, np.array([0, 1, 0, 1])) == pytest.approx(0, abs=1e-15)
    assert mutual_information(np.array([0, 0, 0, 1]), bits) == pytest.approx(
        0.5 * np.log(0.5 / 0.375) + 0.25 * np.log(0.25 / 0.375) + 0.25 * np.log(0.25 / 0.125)
    )


def spanning(edges, d):
    """Return whether edges join d columns without a cycle."""
    member = list(range(d))
    for one, other in edges:
        if member[one] == member[other]:
            return False
        member = [member[one] if each == member[other] else each for each in member]
    return True


@pytest.mark.parametrize("seed", range(5))
def test_the_tree_is_the_best_of_all(seed):
    codes = np.random.default_rng(seed).integers(0, 3, size=(30, 5))
    codes[:, 2] = (codes[:, 0] + (codes[:, 4] > 1)) % 3
    gain = {pair: mutual_information(*codes[:, pair].T) for pair in combinations(range(5), 2)}
    best = max(sum(map(gain.get, edges)) for edges in combinations(gain, 4) if spanning(edges, 5))
    tree = chow_liu(codes)
    assert tree[0] == (0, None)
    found = [tuple(sorted(pair)) for pair in tree[1:]]
    assert spanning(found, 5)
    assert sum(map(gain.get, found)) == pytest.approx(best)
    known = {0}
    for child, parent in tree[1:]:
        assert parent in known
        known.add(child)


def test_a_chain_of_columns_is_learnt_with_its_conditional_laws():
    rng = np.random.default_rng(0)
    a = rng.integers(0, 2, size=4000)
    b = np.where(rng.uniform(size=4000) < 0.9, a, 1 - a)
    c = np.where(rng.uniform(size=4000) < 0.8, b, 1 - b)
    frame = pd.DataFrame({"c": c, "a": a, "b": b}).astype(str).astype(object)
    drawn = BayesianNetwork(Samples.of("table", frame)).sample(20_000, rng=rng).data
    assert (drawn["a"] == drawn["b"]).mean() == pytest.approx(0.9, abs=0.02)
    assert (drawn["b"] == drawn["c"]).mean() == pytest.approx(0.8, abs=0.02)
    assert (drawn["a"] == drawn["c"]).mean() == pytest.approx(0.9 * 0.8 + 0.1 * 0.2, abs=0.02)


def test_numbers_follow_their_bins_and_are_training_values(people):
    drawn = BayesianNetwork(people, bins=12).sample(3000, rng=np.random.default_rng(0)).data
    assert set(drawn["income"].dropna()) <= set(people.data["income"])
    assert drawn["age"].corr(drawn["income"]) > people.data["age"].corr(people.data["income"]) - 0.1
    assert abs(drawn["income"].isna().mean() - people.data["income"].isna().mean()) < 0.03


def test_one_bin_leaves_no_dependence_between_numbers(people):
    drawn = BayesianNetwork(people, bins=1).sample(4000, rng=np.random.default_rng(0)).data
    assert abs(drawn["age"].corr(drawn["income"])) < 0.06
