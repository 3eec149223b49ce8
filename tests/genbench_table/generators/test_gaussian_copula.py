from __future__ import annotations

import numpy as np
import pandas as pd
from genbench_table.generators.gaussian_copula import GaussianCopula, pairwise_correlation
from scipy.stats import kstest, spearmanr

from genbench import Samples


def test_the_dependence_of_a_gaussian_copula_is_found_under_any_marginals():
    z = np.random.default_rng(0).multivariate_normal([0, 0, 0], [[1, 0.8, 0], [0.8, 1, 0], [0, 0, 1]], 2000)
    frame = pd.DataFrame({"a": np.exp(z[:, 0]), "b": z[:, 1] ** 3, "c": z[:, 2]})
    drawn = GaussianCopula(Samples.of("table", frame)).sample(4000, rng=np.random.default_rng(1)).data
    expected = 6 / np.pi * np.arcsin(np.array([0.8, 0, 0]) / 2)  # Spearman's rho of a normal law
    found = [spearmanr(drawn[x], drawn[y]).statistic for x, y in ("ab", "ac", "bc")]
    np.testing.assert_allclose(found, expected, atol=0.07)
    for name in frame:
        assert kstest(drawn[name], frame[name]).statistic < 0.03


def test_gaps_have_their_share_and_depend_on_other_columns_as_they_did():
    rng = np.random.default_rng(0)
    x = rng.normal(size=2000)
    frame = pd.DataFrame({"x": x, "y": np.where(x > 0.5, np.nan, x + rng.normal(size=2000))})
    drawn = GaussianCopula(Samples.of("table", frame)).sample(4000, rng=rng).data
    assert abs(drawn["y"].isna().mean() - frame["y"].isna().mean()) < 0.02
    assert drawn["x"][drawn["y"].isna()].mean() > drawn["x"].mean() + 0.5


def test_numbers_may_be_new_and_stay_within_the_range(people):
    drawn = GaussianCopula(people).sample(500, rng=np.random.default_rng(0)).data
    known = people.data
    assert not set(drawn["income"].dropna()) <= set(known["income"])
    assert known["income"].min() <= drawn["income"].min()
    assert drawn["income"].max() <= known["income"].max()
    assert drawn["since"].dtype == known["since"].dtype


def test_a_category_depends_on_an_ordered_one_in_its_order():
    rng = np.random.default_rng(0)
    size = rng.integers(0, 3, size=3000)
    frame = pd.DataFrame(
        {"size": np.array(["small", "middle", "large"], dtype=object)[size], "x": size * 1.0}
    )
    levels = ("small", "middle", "large")
    table = Samples.of("table", frame, ordered=(("size", levels),))
    drawn = GaussianCopula(table).sample(3000, rng=rng).data
    means = drawn.groupby("size")["x"].mean()
    assert means["small"] < means["middle"] < means["large"]


def test_correlations_are_over_the_rows_that_have_both():
    scores = np.random.default_rng(0).normal(size=(50, 4))
    scores[:, 1] += scores[:, 0]
    scores[:9, 0] = scores[5:20, 1] = np.nan
    scores[:, 3] = 2.0
    found = pairwise_correlation(scores)
    expected = pd.DataFrame(scores).corr().fillna(0).to_numpy(copy=True)
    np.fill_diagonal(expected, 1)
    np.testing.assert_allclose(found, expected, atol=1e-12)
