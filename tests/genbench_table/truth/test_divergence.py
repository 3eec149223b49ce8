from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from genbench_table.datasets.network import Network, Node
from genbench_table.datasets.table_world import shop
from genbench_table.truth.divergence import TableLaw, chance, marginal_kl_to_truth, pair_kl_to_truth

from genbench import Invalid, Samples, Undefined

ONE = Node("one", "category", ("a", "b"), np.array([0.5, 0.5]))
TWO = Node("two", "boolean", ("False", "True"), np.array([[0.75, 0.25], [0.25, 0.75]]), ("one",))
LAW = Network((ONE, TWO))


def rows(*pairs):
    one, two = zip(*pairs, strict=True)
    frame = {"one": pd.Series(one, dtype=object), "two": pd.array(two, dtype="boolean")}
    return Samples.of("table", pd.DataFrame(frame))


def kl(q, p):
    return sum(a * math.log(a / b) for a, b in zip(q, p, strict=True) if a)


def test_values_are_those_of_the_formula():
    fake = rows(("a", True), ("a", True), ("a", False), ("b", False))
    found = marginal_kl_to_truth(fake, LAW)
    expected = {"one": kl([3 / 4, 1 / 4], [1 / 2, 1 / 2]), "two": 0.0}
    floor = chance(np.array([0.5, 0.5]), 4)
    assert found.extra == pytest.approx({name: value - floor for name, value in expected.items()}, abs=1e-12)
    assert found.value == pytest.approx(np.mean(list(found.extra.values())), abs=1e-12)
    pairs = pair_kl_to_truth(fake, LAW)
    law = [0.375, 0.125, 0.125, 0.375]
    value = kl([1 / 4, 1 / 2, 1 / 4, 0], law) - chance(np.array(law), 4)
    assert pairs.extra == pytest.approx({"one, two": value}, abs=1e-12)
    assert pairs.value == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize("n", [1, 2, 4])
def test_the_mean_over_all_draws_of_the_truth_is_zero(n):
    """All draws of n rows, each with its probability."""
    cells = list(itertools.product("ab", (False, True)))
    chances = dict(zip(cells, (0.375, 0.125, 0.125, 0.375), strict=True))
    for metric in (marginal_kl_to_truth, pair_kl_to_truth):
        mean = sum(
            math.prod(chances[cell] for cell in draw) * metric(rows(*draw), LAW).value
            for draw in itertools.product(cells, repeat=n)
        )
        assert mean == pytest.approx(0, abs=1e-12)


def test_chance_is_the_sum_over_all_counts():
    from scipy.stats import binom

    law, n = np.array([[0.001, 0.0], [0.299, 0.7]]), 500
    b = np.arange(1, n + 1)
    expected = sum(
        float(np.sum(binom.pmf(b, n, p) * b * np.log(b / (n * p)))) / n for p in law.ravel() if p
    )  # fmt: skip
    assert chance(law, n) == pytest.approx(expected, rel=1e-9)
    assert chance(np.array([0.0, 1.0]), 10) == 0


def test_chance_is_about_half_a_cell_for_each_row_where_counts_are_large():
    assert chance(np.full(11, 1 / 11), 100_000) == pytest.approx(10 / 200_000, rel=1e-3)


def test_draws_of_the_world_are_near_zero_and_shuffled_columns_show_in_pairs_alone():
    law = shop()
    fake = law.sample(1000, rng=np.random.default_rng(0))
    assert abs(marginal_kl_to_truth(fake, law).value) < 0.003
    assert abs(pair_kl_to_truth(fake, law).value) < 0.006
    rng = np.random.default_rng(1)
    frame = fake.data.copy()
    for name in frame.columns:
        frame[name] = frame[name].take(rng.permutation(len(frame))).set_axis(frame.index)
    shuffled = Samples(frame, fake.space)
    assert marginal_kl_to_truth(shuffled, law).value == marginal_kl_to_truth(fake, law).value
    found = pair_kl_to_truth(shuffled, law)
    assert found.value > 0.1
    pair = law.pair("visits", "spend")
    product = np.outer(law.marginal("visits"), law.marginal("spend"))
    expected = kl(product.ravel(), pair.ravel())
    assert found.extra["visits, spend"] == pytest.approx(expected, rel=0.1)


def test_the_divergence_of_a_pair_of_independent_columns_is_their_mutual_information():
    """Many independent draws of both marginals: KL(product of marginals, pair) in the limit."""
    product = Network((ONE, Node("two", "boolean", TWO.cells, LAW.marginal("two"))))
    fake = product.sample(200_000, rng=np.random.default_rng(0))
    expected = kl([0.25] * 4, [0.375, 0.125, 0.125, 0.375])
    assert pair_kl_to_truth(fake, LAW).value == pytest.approx(expected, abs=0.003)


def test_what_the_truth_excludes_is_invalid():
    with pytest.raises(Invalid, match=r"^row 2 of the fakes has 'c' in column 'one', of probability 0"):
        marginal_kl_to_truth(rows(("a", True), ("c", True)), LAW)
    with pytest.raises(Invalid, match="<NA> in column 'two'"):
        pair_kl_to_truth(rows(("a", None)), LAW)
    never = Network((ONE, Node("two", "boolean", TWO.cells, np.array([[1.0, 0.0], [0.5, 0.5]]), ("one",))))
    with pytest.raises(Invalid, match="values of probability 0"):
        pair_kl_to_truth(rows(("a", True)), never)


def test_an_unknown_law_or_one_column_is_undefined():
    for truth in (None, object()):
        with pytest.raises(Undefined, match="the law of this dataset is unknown; expected one"):
            marginal_kl_to_truth(rows(("a", True)), truth)
    single = Samples.of("table", pd.DataFrame({"one": pd.Series(["a"], dtype=object)}))
    with pytest.raises(Undefined, match="at least two columns"):
        pair_kl_to_truth(single, Network((ONE,)))


def test_the_world_is_a_law_of_tables():
    assert isinstance(shop(), TableLaw)
