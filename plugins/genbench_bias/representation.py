"""Are groups among the fakes as frequent as in the reference, and as each other?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from annotated_types import Ge

from genbench.core.scores import Score
from genbench_bias.counting import (
    FROM_CLASSIFIER,
    FROM_LABELS,
    Counts,
    Groups,
    check_groups,
    classified,
    labelled,
)
from genbench_bias.intervals import distance_interval
from genbench_bias.remarks import remark
from genbench_bias.shares import NAMES, evenness, jensen_shannon, log_ratios, measures

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["classified_representation", "representation"]

_MEANS = (
    "how far shares of groups are from the reference's (fair: 0), and from equal ones (uniform: no value is "
    "fair)"
)


def representation(
    real_labels: NDArray[np.int64],
    fake_labels: NDArray[np.int64],
    *,
    groups: Groups | None = None,
    draws: Annotated[int, Ge(100)] = 1000,
    rng: np.random.Generator,
) -> dict[str, Score]:
    """Return how far the shares of groups among the fakes are from the reference's, and from equal ones.

        representation-tv          total variation to the reference's shares, in [0, 1]; 0 is fair
        representation-kl          KL(fake || real) in nats, >= 0, of counts with 1/2 added; 0 is fair
        representation-worst       greatest |log(fake share / real share)|, >= 0, likewise; 0 is fair
        representation-uniform-tv  total variation to equal shares, in [0, 1 - 1/K]
        representation-uniform-kl  KL(fake || uniform) in nats, in [0, ln K]

    real_labels, fake_labels  (m,) and (n,) labels that come with the samples
    groups                    name to the labels of its members; None: every label is a group
    draws                     of the bootstrap

    Fair is here: as in the reference, whatever that is a sample of. To equal shares no value is called fair:
    0 is parity, and whether that is wanted is for the reader to say; where the reference is uneven, nothing
    has 0 in both. HELM's representation bias is the total variation to equal shares.
    Distances of finite samples are above 0 where laws are equal, the more the fewer samples: the extra has
    the mean of that, `by_chance`; compare at equal n, and with the control `held-out`. Intervals: bootstrap,
    multinomial on both sides. The extra also has the shares of both sides, the group of `worst`, jsd in nats,
    and the evenness of the fakes.
    Labels are those that came with the fakes: of a generator that is told them, they say what was asked for,
    and `classified-representation` what was made. It is a probe and no verdict.

    Raises Undefined for fewer than two groups, DataError for a label in two.

    Source: for the distance to equal shares, Liang et al. 2022 (arXiv:2211.09110).
    """
    note = remark(_MEANS, FROM_LABELS)
    return _scores("representation", labelled(real_labels, fake_labels, draws, rng), groups, note)


def classified_representation(
    real: NDArray[Any],
    real_labels: NDArray[np.int64],
    fake: NDArray[Any],
    *,
    groups: Groups | None = None,
    draws: Annotated[int, Ge(100)] = 1000,
    rng: np.random.Generator,
) -> dict[str, Score]:
    """Return what `representation` does, of fakes whose labels a classifier says.

        classified-tv, classified-kl, classified-worst, classified-uniform-tv, classified-uniform-kl

    real, fake   (m, K) and (n, K) probabilities; columns are the labels of the real side, ascending
    real_labels  (m,) true labels of the real side

    The classifier's errors, known for each label from the real side, are taken out of the fakes' shares and
    widen the intervals, as `counting.classified` says; the extra has what it predicted, and its `recall` of
    each label. On fakes it may err in other ways than on real samples of the same label. Options, and what is
    fair, are those of `representation`. It is a probe and no verdict.

    Raises what `representation` does, and Undefined where classes and labels do not agree, or the classifier
    confuses labels too much for its errors to be taken out.

    Source: as `representation`; of two labels, the correction is that of Rogan & Gladen 1978
    (doi:10.1093/oxfordjournals.aje.a112510).
    """
    note = remark(_MEANS, FROM_CLASSIFIER)
    return _scores("classified", classified(real, real_labels, fake, draws, rng), groups, note)


def _scores(prefix: str, counts: Counts, groups: Groups | None, note: str) -> dict[str, Score]:
    known = check_groups(counts, groups)
    names, found = tuple(known), counts.merged(known)
    p, q = found.fake / found.fake.sum(), found.real / found.real.sum()
    ratios = log_ratios(found.fake, found.real)
    worst = int(np.abs(ratios).argmax())
    extra = dict(counts.said) | {
        "note": note,
        "shares": dict(zip(names, p.tolist(), strict=True)),
        "reference": dict(zip(names, q.tolist(), strict=True)),
        "worst_group": names[worst],
        "worst_log_ratio": float(ratios[worst]),
        "jsd": jensen_shannon(p, q),
        "evenness": evenness(p),
    }
    full = (found.fake_draws.sum(axis=1) > 0) & (found.real_draws.sum(axis=1) > 0)
    fake_draws, real_draws = found.fake_draws[full], found.real_draws[full]
    drawn, values = measures(fake_draws, real_draws), measures(found.fake, found.real)
    noise, total = fake_draws - found.fake, found.fake.sum()
    even = np.full(len(names), 1 / len(names))
    chance = np.where(
        [name.startswith("uniform") for name in NAMES],
        measures(np.maximum(noise + total * even, 0), real_draws),
        measures(np.maximum(noise + total * q, 0), real_draws),
    )
    return {
        f"{prefix}-{name}": Score(
            float(values[place]),
            *distance_interval(float(values[place]), drawn[:, place], chance[:, place], most),
            extra | {"by_chance": float(chance[:, place].mean())},
        )
        for place, (name, most) in enumerate(NAMES.items())
    }
