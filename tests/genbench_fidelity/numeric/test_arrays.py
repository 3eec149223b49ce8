"""What every metric does with arrays that are not what it asked for."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from genbench_fidelity.classes.inception_score import inception_score
from genbench_fidelity.classes.modes import modes
from genbench_fidelity.classes.reverse_kl import reverse_kl
from genbench_fidelity.distances.cmmd import cmmd
from genbench_fidelity.distances.fid import fid
from genbench_fidelity.distances.kid import kid
from genbench_fidelity.diversity.birthday import birthday
from genbench_fidelity.diversity.vendi import vendi
from genbench_fidelity.manifolds.density_coverage import density_coverage
from genbench_fidelity.manifolds.prdc import prdc
from genbench_fidelity.manifolds.precision_recall import precision_recall
from genbench_fidelity.memorisation.authenticity import authenticity
from genbench_fidelity.numeric.arrays import LARGEST, SMALLEST, at_least, features

from genbench.core.errors import Invalid, Undefined
from genbench.core.scores import as_scores


def full_kid(real, fake):
    return kid(real, fake, estimator="full")


PAIRS = [fid, full_kid, precision_recall, density_coverage, authenticity]
EVERY = [*PAIRS, lambda _, fake: vendi(fake)]


@pytest.mark.parametrize("metric", EVERY)
@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_features_that_are_not_finite_are_refused_with_their_number(metric, wrong, rng):
    real, fake = rng.standard_normal((2, 20, 3))
    fake[3, 1] = fake[7, 0] = wrong
    with pytest.raises(Invalid, match="features hold 2 non-finite values"):
        metric(real, fake)


@pytest.mark.parametrize("metric", PAIRS)
def test_features_of_two_widths_are_refused(metric, rng):
    with pytest.raises(Invalid, match="one width"):
        metric(rng.standard_normal((20, 3)), rng.standard_normal((20, 4)))


@pytest.mark.parametrize("metric", EVERY)
def test_features_with_one_axis_are_refused(metric):
    with pytest.raises(Invalid, match=r"expected features of shape \(n, d\)"):
        metric(np.zeros(20), np.zeros(20))


@pytest.mark.parametrize("metric", [inception_score, lambda p: modes(p, p), lambda p: reverse_kl(p, p)])
@pytest.mark.parametrize("row", [[0.5, 0.6], [1.5, -0.5], [3.0, -1.0]])
def test_rows_that_are_no_probabilities_are_refused(metric, row):
    with pytest.raises(Invalid, match="sum to 1"):
        metric(np.array([row] * 20))


@pytest.mark.parametrize("metric", EVERY)
def test_read_only_float32_files_score_as_the_same_values_in_float64(metric, rng, tmp_path):
    sides = []
    for name in ("real", "fake"):
        values = rng.standard_normal((30, 4)).astype(np.float32)
        np.save(tmp_path / f"{name}.npy", values)
        sides.append((np.load(tmp_path / f"{name}.npy", mmap_mode="r"), values.astype(np.float64)))
    (mapped_real, real), (mapped_fake, fake) = sides
    names = ("a", "b") if isinstance(metric(real, fake), dict) else ("a",)
    found, expected = metric(mapped_real, mapped_fake), metric(real, fake)
    if len(names) == 1:
        found, expected = (as_scores(answer, names)["a"].value for answer in (found, expected))
    assert found == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("metric", EVERY)
def test_whole_numbers_are_taken_as_floats(metric, rng):
    real, fake = rng.integers(1, 50, (2, 30, 4))
    assert metric(real, fake) == metric(real.astype(float), fake.astype(float))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_value_that_is_not_finite_is_never_raised_to_its_bound(value):
    with pytest.raises(Undefined, match=f"overflows and ends at {value}; scale the features"):
        at_least(0.0, value)


def test_a_value_that_rounding_took_below_its_bound_is_the_bound():
    assert (at_least(0.0, -1e-12), at_least(1.0, 1.5)) == (0.0, 1.5)


OF_TWO = (fid, kid, cmmd, precision_recall, density_coverage, prdc, birthday)


@pytest.mark.parametrize("metric", OF_TWO, ids=lambda metric: metric.__name__)
@pytest.mark.parametrize("sides", [(1e300, 1e300), (1.0, -1e160), (1e46, 1.0)])
def test_features_whose_powers_overflow_have_no_value_and_no_warning(metric, sides, rng):
    real, fake = (scale * rng.uniform(0.5, 1, (50, 3)) for scale in sides)
    with pytest.raises(Undefined, match=r"features reach .* overflow; scale the features"):
        metric(real, fake)


@pytest.mark.parametrize("metric", [fid, partial(kid, estimator="full"), cmmd, density_coverage])
def test_features_of_the_largest_size_have_a_finite_value(metric, rng):
    real, fake = (LARGEST * rng.uniform(-1, 1, (50, 3)) for _ in range(2))
    found = metric(real, fake)
    for value in found.values() if isinstance(found, dict) else (found,):
        assert np.isfinite(getattr(value, "value", value))


@pytest.mark.parametrize("metric", OF_TWO, ids=lambda metric: metric.__name__)
def test_features_whose_squares_underflow_have_no_value(metric, rng):
    real, fake = 1e-170 * rng.uniform(0.5, 1, (2, 50, 3))
    with pytest.raises(Undefined, match=r"no feature exceeds .* underflow; scale the features"):
        metric(real, fake)


@pytest.mark.parametrize(
    "metric",
    [precision_recall, density_coverage, prdc, authenticity, cmmd],
    ids=lambda metric: metric.__name__,
)
def test_features_of_the_smallest_size_have_the_value_of_others(metric, rng):
    real, fake = rng.uniform(0.5, 1, (2, 50, 3))
    power = int(np.ceil(np.log2(SMALLEST))) + 1
    assert metric(np.ldexp(real, power), np.ldexp(fake, power)) == metric(real, fake)


@pytest.mark.parametrize("size", [0.0, 1.0])
def test_one_side_may_be_so_small_beside_another(size):
    small, other = np.full((2, 3), 1e-170), np.full((2, 3), size, np.float32)
    if size:
        assert len(features(small=small, other=other)) == 2
    else:
        features(other=other)
        with pytest.raises(Undefined, match="no feature exceeds 1e-170"):
            features(small=small, other=other)


@pytest.mark.parametrize("dtype", [complex, object, "datetime64[s]"])
def test_features_that_are_no_real_numbers_are_refused(dtype):
    with pytest.raises(Invalid, match="expected features that are real numbers"):
        fid(np.zeros((3, 2), dtype), np.zeros((3, 2)))
