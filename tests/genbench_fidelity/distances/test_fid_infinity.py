"""Extrapolated Fréchet distance: the reference, what bias it takes away, and its interval."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from genbench_fidelity.distances.fid import fid
from genbench_fidelity.distances.fid_infinity import _margin, fid_infinity

from genbench.core.errors import Undefined

RECORDS = json.loads((Path(__file__).parents[1] / "data" / "distance_records.json").read_text())


def test_prefixes_equal_the_reference_and_draw_nothing(arrays, rng):
    (record,) = [r for r in RECORDS if r["metric"] == "fid_infinity"]
    before = rng.bit_generator.state
    real, fake = (arrays[side] for side in record["inputs"])
    found = fid_infinity(real, fake, smallest=100, subsets="prefixes", rng=rng)
    assert found.value == pytest.approx(record["value"], abs=record["tol"], rel=0)
    assert found.extra["slope"] == pytest.approx(record["params"]["slope"], rel=1e-9)
    assert rng.bit_generator.state == before


def test_it_is_the_intercept_of_the_line_through_the_values_of_subsets(rng):
    real, fake = rng.standard_normal((400, 4)), 1.2 * rng.standard_normal((300, 4))
    found = fid_infinity(real, fake, points=5, smallest=20, subsets="prefixes", rng=rng)
    sizes = [20, 90, 160, 230, 300]
    values = [fid(real, fake[:n]) for n in sizes]
    slope, intercept = np.polyfit(1 / np.array(sizes), values, 1)
    assert found.value == pytest.approx(intercept, rel=1e-9)
    assert found.extra["slope"] == pytest.approx(slope, rel=1e-9)
    correlation = np.corrcoef(1 / np.array(sizes), values)[0, 1]
    assert found.extra["r_squared"] == pytest.approx(correlation**2, rel=1e-9)


def test_one_law_scores_near_zero_where_fid_shows_its_bias(rng):
    real = rng.standard_normal((20_000, 10))
    fakes = [rng.standard_normal((400, 10)) for _ in range(12)]
    biased = np.mean([fid(real, fake) for fake in fakes])
    values = [fid_infinity(real, fake, rng=rng).value for fake in fakes]
    assert biased > 0.08
    assert abs(np.mean(values)) < biased / 4
    assert min(values) < 0


def test_a_shift_costs_its_squared_length_at_any_number_of_fakes(rng):
    real = rng.standard_normal((20_000, 6))
    for n in (300, 3000):
        fake = rng.standard_normal((n, 6)) + np.array([3, 4, 0, 0, 0, 0])
        assert fid_infinity(real, fake, rng=rng).value == pytest.approx(25, rel=0.05)


def test_equal_streams_give_equal_values_and_others_do_not():
    real, fake = np.random.default_rng(1).standard_normal((2, 300, 4))
    a, b, c = (fid_infinity(real, fake, rng=np.random.default_rng(seed)).value for seed in (5, 5, 6))
    assert a == b != c


def test_its_interval_holds_the_limit_and_there_is_none_without_halves(rng):
    real = rng.standard_normal((20_000, 4))
    limit = 4 * 0.2**2
    held = 0
    for _ in range(20):
        found = fid_infinity(real, 1.2 * rng.standard_normal((400, 4)), points=5, halves=6, rng=rng)
        held += found.low <= limit <= found.high
        assert found.low < found.value < found.high
    assert held >= 17
    plain = fid_infinity(real, real[:400], rng=rng)
    assert (plain.low, plain.high) == (None, None)


def test_the_half_width_is_a_deviation_times_student_s_quantile():
    """The deviation of 1, 2 and 3 is 1; the quantile 0.975 of t with 2 degrees of freedom, in closed form."""
    assert _margin([1.0, 2.0, 3.0]) == pytest.approx(0.95 / np.sqrt(2 * 0.975 * 0.025), rel=1e-9)


@pytest.mark.parametrize(
    ("m", "options", "reason"),
    [
        (99, {}, "at least 100 samples; fake has 99"),
        (150, {"points": 200}, "200 different sizes of subsets from 15 to the number of fakes, 150"),
        (150, {"smallest": 150}, "from 150 to the number of fakes, 150"),
        (150, {"points": 80, "halves": 2}, "80 different sizes of subsets from 7 to the number of fakes, 75"),
    ],
)
def test_too_few_fakes_for_a_line_have_no_limit(m, options, reason, rng):
    with pytest.raises(Undefined, match=reason):
        fid_infinity(rng.standard_normal((50, 3)), rng.standard_normal((m, 3)), rng=rng, **options)
