from __future__ import annotations

import math

import pytest

from genbench import Invalid, log_losses


def logged(total, loss=1.0):
    seen = []
    for step in range(1, total + 1):
        log_losses(lambda *at, **values: seen.append((*at, values)), step, total, loss=loss)
    return seen


@pytest.mark.parametrize(("total", "times"), [(1, 1), (7, 7), (100, 100), (1000, 100), (1050, 105)])
def test_losses_are_logged_about_a_hundred_times_and_after_the_last_step(total, times):
    seen = logged(total)
    assert len(seen) == times
    assert seen[-1] == (total, total, {"loss": 1.0})


@pytest.mark.parametrize("loss", [math.nan, math.inf])
def test_a_loss_that_is_not_finite_is_refused(loss):
    with pytest.raises(Invalid, match=r"training diverged: the losses at step 1 of 3 are .*; lower learning"):
        logged(3, loss)
