"""Effect sizes and permutation tests against the references and closed forms."""

from __future__ import annotations

import itertools
import json
import math
from pathlib import Path

import numpy as np
import pytest
from genbench_bias.embeddings.weat import associations, chance, effect_size

from genbench.core.errors import Invalid


@pytest.fixture
def vectors(record):
    """Return the reference's vectors as (4, d), (4, d), (3, d), (3, d)."""
    known = json.loads((Path(__file__).parents[1] / "data" / "weat.json").read_text())
    return [np.array([known[key] for key in known if key.startswith(side)]) for side in "xyab"]


def of(vectors):
    x, y, a, b = vectors
    return associations(x, a, b), associations(y, a, b)


@pytest.mark.parametrize("source", ["closed form", "sent-bias"])
def test_effect_size_and_exact_p_equal_the_reference(source, record, vectors):
    known = record("weat", "4x4x3x3", source)
    value, x_y = known["value"], of(vectors)
    size = value.get("effect_size_ddof1", value.get("effect_size"))
    assert effect_size(*x_y) == pytest.approx(size, abs=known["tol"], rel=0)
    found = chance(*x_y, partitions=100, rng=None)
    assert found.p == pytest.approx(value.get("p_exact_ge", value.get("p_value")), abs=known["tol"], rel=0)
    assert (found.partitions, found.is_exact, found.error) == (70, True, 0)


def test_wefe_s_divisor_n_is_the_only_difference_to_wefe(record, vectors):
    known = record("weat", "4x4x3x3", "wefe")
    x, y = of(vectors)
    assert x.sum() - y.sum() == pytest.approx(known["value"]["statistic"], abs=known["tol"], rel=0)
    theirs = effect_size(x, y) * math.sqrt(8 / 7)
    assert theirs == pytest.approx(known["value"]["effect_size"], abs=known["tol"], rel=0)


def test_the_case_that_can_be_done_by_hand(record):
    known = record("weat", "hand")
    e1, e2 = np.eye(2)
    x_y = of([np.array([e1, e1]), np.array([e2, e2]), e1[None], e2[None]])
    assert effect_size(*x_y) == pytest.approx(known["value"]["effect_size_ddof1"], abs=known["tol"], rel=0)
    p = chance(*x_y, partitions=100, rng=None).p
    assert p == pytest.approx(known["value"]["p_exact_ge"], abs=known["tol"], rel=0)


def test_ties_count_whatever_order_rounding_takes(rng):
    x = np.array([0.1, 0.2, 0.3])
    y = np.array([0.3, 0.2, 0.1])
    counted = sum(math.fsum(part) >= math.fsum(x) - 1e-12 for part in itertools.combinations([*x, *y], 3))
    assert chance(x, y, partitions=100, rng=rng).p == counted / 20


def test_drawn_partitions_are_different_hold_the_observed_one_and_estimate_the_exact_p(rng):
    scores = rng.normal(size=20)
    x, y = scores[:10] + 0.3, scores[10:]
    both = np.concatenate([x, y])
    sums = np.array([part.sum() for part in both[np.array(list(itertools.combinations(range(20), 10)))]])
    exact = (sums >= x.sum() - 1e-12).mean()
    found = chance(x, y, partitions=20_000, rng=rng)
    assert not found.is_exact
    assert found.partitions == 20_000
    drawn = 20_000 / math.comb(20, 10)  # the share of all partitions, none of them drawn twice
    assert found.error == pytest.approx(math.sqrt(found.p * (1 - found.p) / 20_000 * (1 - drawn)), rel=1e-12)
    assert abs(found.p - exact) < 4 * found.error + 1 / 20_000


def test_a_p_that_is_drawn_is_never_0(rng):
    found = chance(np.ones(40), -np.ones(40), partitions=1000, rng=rng)
    assert found.p == 1 / 1000


def test_an_effect_stays_within_2(rng):
    for n in (1, 2, 50):
        size = effect_size(np.ones(n), -np.ones(n))
        assert size == pytest.approx(2 * math.sqrt((2 * n - 1) / (2 * n)))
        assert size < 2


def test_widths_must_agree():
    with pytest.raises(Invalid, match="one width, got 2, 3 and 2"):
        associations(np.ones((1, 2)), np.ones((1, 3)), np.ones((1, 2)))
