"""Steps over blocks of pairs of rows, and which metrics log theirs to the end."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_fidelity.distances.kid import kid
from genbench_fidelity.manifolds.density_coverage import density_coverage
from genbench_fidelity.manifolds.prdc import prdc
from genbench_fidelity.manifolds.precision_recall import precision_recall
from genbench_fidelity.memorisation.authenticity import authenticity
from genbench_fidelity.memorisation.near_duplicates import near_duplicates
from genbench_fidelity.numeric import arrays, steps
from genbench_fidelity.numeric.steps import Steps


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch):
    monkeypatch.setattr(arrays, "BLOCK", 10)
    monkeypatch.setattr(steps, "BLOCK", 10)


def test_a_step_is_logged_after_each_block_of_all_passes():
    logged, x, y = [], np.zeros((25, 1)), np.zeros((11, 1))
    counted = Steps(lambda *step: logged.append(step), (x, x), (x, y))  # 3 * 4 / 2 and 3 * 2 blocks
    assert list(counted.over("ab")) == ["a", "b"]
    assert logged == [(1, 12), (2, 12)]
    assert list(counted.over("c")) == ["c"]
    assert logged[-1] == (3, 12)


def with_two_sides(metric, **options):
    return lambda sides, log: metric(sides[0], sides[1], **options, log=log)


@pytest.mark.parametrize(
    ("metric", "blocks"),
    [
        pytest.param(with_two_sides(precision_recall), 6 + 10 + 12, id="precision-recall"),
        pytest.param(with_two_sides(prdc), 6 + 10 + 12, id="prdc"),
        pytest.param(with_two_sides(density_coverage), 6 + 12, id="density-coverage"),
        pytest.param(with_two_sides(kid, estimator="full"), 6 + 10 + 12, id="kid-full"),
        pytest.param(with_two_sides(kid, subsets=4, subset_size=15), 4 * (3 + 3 + 4), id="kid-subsets"),
        pytest.param(with_two_sides(kid, subsets=400, subset_size=25), 6 + 10 + 12, id="kid-many-subsets"),
        pytest.param(lambda sides, log: near_duplicates(*sides, log=log), 6 + 8, id="near-duplicates"),
    ],
)
def test_a_metric_logs_each_of_its_steps_up_to_the_last(metric, blocks):
    rng, logged = np.random.default_rng(0), []
    sides = [rng.standard_normal((n, 3)) for n in (25, 35, 20)]
    metric(sides, lambda *step: logged.append(step))
    assert logged == [(number, blocks) for number in range(1, blocks + 1)]


def test_authenticity_logs_at_most_the_steps_that_it_announces():
    rng, logged = np.random.default_rng(0), []
    train, fake = (rng.standard_normal((n, 3)) for n in (25, 35))
    authenticity(train, fake, log=lambda *step: logged.append(step))
    done = [step for step, _ in logged]
    assert done == list(range(1, len(done) + 1))
    assert {total for _, total in logged} == {4 * 3 + 3 * 3}
    assert 4 * 3 < done[-1] <= 4 * 3 + 3 * 3
