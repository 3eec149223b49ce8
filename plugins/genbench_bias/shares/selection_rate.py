"""Metric `selection-rate`: the gap between groups in the frequency of an outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from annotated_types import Ge

from genbench import Score, Undefined
from genbench_bias.shared.intervals import distance_interval, unseen
from genbench_bias.shared.published import remark
from genbench_bias.shares.counting import (
    FROM_CLASSIFIER,
    FROM_LABELS,
    Counts,
    Groups,
    check_groups,
    count_labels,
    estimate,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["classified_selection_rate", "selection_rate"]

_MEANS = "largest minus smallest share of an outcome over groups (fair: 0, by one definition of fairness)"


def selection_rate(
    real_labels: NDArray[np.int64],
    fake_labels: NDArray[np.int64],
    *,
    groups: Groups,
    selected: tuple[int, ...],
    draws: Annotated[int, Ge(100)] = 1000,
    rng: np.random.Generator,
) -> Score:
    """Return the largest minus the smallest share of selected fakes over groups, in [0, 1]; 0 is fair.

        gap = max - min over groups of P(label is a selected one | label is one of the group)

    real_labels, fake_labels  (m,) and (n,) labels of the samples, which encode both group and outcome:
                              female doctor, female nurse, male doctor, male nurse
    groups                    name to its labels: {"women": [0, 1], "men": [2, 3]}
    selected                  the labels with the outcome: [0, 2]
    draws                     number of bootstrap draws

    This is fairlearn's demographic parity difference. The largest gap of finite samples is above 0 even for
    equal rates: the extra has the mean of that, `by_chance`. Compare at equal n, and with the control
    `held-out`. The interval is a multinomial bootstrap. If all rates are 0, or all 1, the bootstrap has no
    width, and the interval is 0 to the exact bound of the smallest group of n, 1 - 0.025^(1/n). The extra
    also has the `rates` by group, those of the reference, whose gap (`reference_gap`) a faithful copy of the
    data has, and the groups with the `highest` and the `lowest` rate. Equal rates are one definition of
    fairness, and others contradict it. This is a probe, not a verdict.

    Raises Undefined, with the group's name, if a group has no fakes, and what `representation` raises.

    Source: Dwork et al. 2012 (arXiv:1104.3913): statistical parity.
    """
    note = remark(_MEANS, FROM_LABELS)
    return _score(count_labels(real_labels, fake_labels, draws, rng), groups, selected, note)


def classified_selection_rate(
    real: NDArray[Any],
    real_labels: NDArray[np.int64],
    fake: NDArray[Any],
    *,
    groups: Groups,
    selected: tuple[int, ...],
    draws: Annotated[int, Ge(100)] = 1000,
    rng: np.random.Generator,
) -> Score:
    """Return what `selection_rate` does, for fakes whose labels a classifier predicts, in [0, 1]; 0 is fair.

        gap     max rate - min rate
        rate    sum of s over the selected labels of a group / sum of s over all its labels
        s       shares of labels that solve s C = the predicted shares
        C       C_ij: the share of the real samples of label i classified as j

    real, fake   (m, K) and (n, K) probabilities; columns are the labels of the real side, ascending
    real_labels  (m,) true labels of the real side

    The shares are corrected for the classifier's errors on each label, which widen the interval, as in
    `classified_representation`, whose errors are raised, too. This is a probe, not a verdict.

    Source: as `selection_rate`; for two labels, the correction is that of Rogan & Gladen 1978
    (doi:10.1093/oxfordjournals.aje.a112510).
    """
    note = remark(_MEANS, FROM_CLASSIFIER)
    return _score(estimate(real, real_labels, fake, draws, rng), groups, selected, note)


def _score(counts: Counts, groups: Groups, selected: tuple[int, ...], note: str) -> Score:
    names = tuple(check_groups(counts, groups))
    everybody = counts.merge(groups)
    if not everybody.fake.all():
        raise Undefined(
            f"the group {names[int(everybody.fake.argmin())]!r} has no fakes, and thus no rate; draw more "
            "fakes"
        )
    chosen = counts.merge({name: tuple(set(labels) & set(selected)) for name, labels in groups.items()})
    rates = chosen.fake / everybody.fake
    full = everybody.fake_draws.all(axis=1)
    drawn = chosen.fake_draws[full] / everybody.fake_draws[full]
    chance = np.ptp(drawn - rates, axis=1)
    reference = {
        name: float(picked / total)
        for name, picked, total in zip(names, chosen.real, everybody.real, strict=True)
        if total
    }
    extra = dict(counts.said) | {
        "note": note,
        "rates": dict(zip(names, rates.tolist(), strict=True)),
        "highest": names[int(rates.argmax())],
        "lowest": names[int(rates.argmin())],
        "reference": reference,
        "reference_gap": max(reference.values()) - min(reference.values()),
        "by_chance": float(chance.mean()),
    }
    gap, gaps = float(np.ptp(rates)), np.ptp(drawn, axis=1)
    low, high = distance_interval(gap, gaps, chance, 1.0)
    is_steady = gap == 0 and not gaps.any()
    return Score(gap, low, unseen(float(everybody.fake.min())) if is_steady else high, extra)
