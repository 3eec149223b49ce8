from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from genbench_table.generators.tvae import TVAE
from numpy.random import default_rng

from genbench import Invalid, Samples


def quiet(step, total, **losses):
    """Show nothing."""


@pytest.mark.slow
def test_a_number_follows_the_category_that_it_depends_on():
    rng = default_rng(0)
    kind = rng.integers(0, 2, size=400)
    x = np.where(kind == 1, rng.normal(10, 1, 400), rng.normal(-10, 1, 400))
    frame = pd.DataFrame({"kind": np.array(["low", "high"], dtype=object)[kind], "x": x})
    model = TVAE(Samples.of("table", frame), batch_size=100, rng=rng, log=quiet)
    drawn = model.sample(400, rng=rng).data
    assert ((drawn["x"] > 0) == (drawn["kind"] == "high")).mean() > 0.85
    assert abs((drawn["kind"] == "high").mean() - kind.mean()) < 0.1
    assert abs(drawn["x"].abs().mean() - 10) < 0.5


def test_equal_streams_give_equal_rows(people):
    first, second = (
        TVAE(people, steps=3, rng=default_rng(0), log=quiet).sample(20, rng=default_rng(1)) for _ in range(2)
    )
    pd.testing.assert_frame_equal(first.data, second.data)


def test_losses_are_logged_and_fall(people):
    seen = []
    TVAE(people, steps=200, width=32, rng=default_rng(0), log=lambda *at, **loss: seen.append((at, loss)))
    assert seen[-1][0] == (200, 200)
    assert set(seen[0][1]) == {"misfit", "divergence"}
    assert seen[-1][1]["misfit"] < seen[0][1]["misfit"] - 1


def test_a_diverging_training_is_said(people):
    with pytest.raises(Invalid, match=r"training diverged: .*; lower learning_rate"):
        TVAE(people, steps=50, learning_rate=1e30, rng=default_rng(0), log=quiet)
