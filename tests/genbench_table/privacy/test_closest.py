"""Closest rows, beside sdmetrics and the matrix of all distances."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from genbench_table.columns.values import columns_of
from genbench_table.privacy.closest import closest
from genbench_table.privacy.mixed_rows import capped_distance, summed_distance


@pytest.mark.parametrize(("case", "side"), [("syn->train", "train"), ("syn->holdout", "holdout")])
def test_distances_are_those_of_sdmetrics_and_of_another_computation(oracles, oracle_tables, case, side):
    (record,) = (each for each in oracles("dcr") if each["case"] == case)
    (gap,) = (each for each in oracles("dcr_max_difference") if each["case"] == side)
    columns = columns_of(oracle_tables["synthetic"], oracle_tables[side])
    found = closest(capped_distance(columns, 0, 1))[:, 0]
    difference = np.abs(found - record["value"]).max()
    assert difference <= record["tol"]
    assert difference == pytest.approx(gap["value"], abs=gap["tol"])


def all_distances(distance):
    """Return (n, m) the distances of all pairs."""
    sums = sum(distance.mismatch * (x[:, None] != y) for x, y in zip(*distance.codes, strict=True))
    for x, y in zip(*distance.numbers, strict=True):
        gaps = np.abs(x[:, None] - y)
        sums = sums + (np.minimum(gaps, 1) if distance.is_capped else gaps)
    return sums / distance.divisor


@pytest.mark.parametrize(("n", "m"), [(1, 3), (33, 2049), (70, 4100), (64, 2048)])
@pytest.mark.parametrize("k", [1, 2, 3])
def test_blocks_give_the_smallest_of_all_distances(draw, n, m, k):
    columns = columns_of(draw(n, 0), draw(m, 1))
    for distance in (capped_distance(columns, 0, 1), summed_distance(columns, 0, 1, 1)):
        expected = np.sort(all_distances(distance), axis=1)[:, :k]
        np.testing.assert_allclose(closest(distance, k), expected, atol=1e-12)


def test_copies_are_at_exactly_0(draw):
    table = draw(500, 0)
    assert (closest(capped_distance(columns_of(table, table), 0, 1)) == 0).all()
    assert (closest(summed_distance(columns_of(table, table), 0, 1, 1)) == 0).all()


def test_the_order_of_the_rows_does_not_matter(draw):
    table, reference = draw(40, 0), draw(50, 1)
    turned = reference.take(np.arange(50)[::-1])
    first, second = (
        closest(capped_distance(columns_of(table, side), 0, 1), 2) for side in (reference, turned)
    )
    np.testing.assert_array_equal(first, second)


def test_rows_are_logged(draw):
    steps = []
    closest(capped_distance(columns_of(draw(70, 0), draw(9, 1)), 0, 1), log=lambda *step: steps.append(step))
    assert steps == [(32, 70), (64, 70), (70, 70)]


LARGE = """
import numpy as np, pandas as pd
from genbench import Samples
from genbench_table.columns.values import columns_of
from genbench_table.privacy.closest import closest
from genbench_table.privacy.mixed_rows import capped_distance
from genbench_table.privacy.new_rows import new_rows

def table(seed):
    rng = np.random.default_rng(seed)
    numbers = {f"x{i}": rng.normal(size=10_000) for i in range(7)}
    texts = {f"c{i}": pd.Series(rng.choice(list("abcdefgh"), size=10_000), dtype=object) for i in range(3)}
    return Samples.of("table", pd.DataFrame(numbers | texts))

fake, train = table(0), table(1)
assert closest(capped_distance(columns_of(fake, train), 0, 1)).min() > 0
assert new_rows(train, fake) == 1.0
print(open("/proc/self/status").read().split("VmHWM:")[1].split()[0])  # of this program alone
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")
def test_ten_thousand_rows_against_as_many_need_less_than_500_mib():
    done = subprocess.run([sys.executable, "-c", LARGE], check=True, capture_output=True, text=True)
    assert int(done.stdout) / 1024 < 500
