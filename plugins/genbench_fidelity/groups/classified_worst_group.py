"""Worst-group metrics for fakes whose labels come from a classifier, with its errors propagated."""

from __future__ import annotations

import copy
import functools
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from annotated_types import Ge

from genbench import Score, Undefined
from genbench_fidelity.groups.group_values import by_label, check_groups, cover_rows, distance, group_size
from genbench_fidelity.groups.imputed_labels import Imputed, impute_labels
from genbench_fidelity.numeric.arrays import features, require

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    Labels = NDArray[np.int64]
    Side = Mapping[str, NDArray[Any]]

__all__ = ["classified_worst_coverage", "classified_worst_kid"]


def classified_worst_kid(
    real: Side,
    real_labels: Labels,
    fake: Side,
    *,
    per_group: Annotated[int, Ge(2)] | None = None,
    draws: Annotated[int, Ge(1)] = 10,
    imputations: Annotated[int, Ge(39)] = 39,
    rng: np.random.Generator,
) -> dict[str, Score]:
    """Return the numbers of `worst-kid` for fakes that a classifier labels; lower is better.

        classified-worst-kid  max over labels of KID(real samples of the label, fakes of it), in (-inf, inf)
        classified-kid-gap    the same max - min over labels, >= 0; 0 is fair

    real, fake   `features` (m, d) and (n, d), and `probabilities` (m, K) and (n, K) of one extractor, whose
                 columns are the labels of the real side, ascending
    real_labels  (m,) true labels of the real side
    per_group    rows of each label on each side, as for `worst-kid`
    draws        of rows, over which the value of each label is averaged
    imputations  of the fakes' labels

    Each imputation draws a true label for each fake, from its probabilities and from the classifier's error
    on each label of the reference (see `imputed_labels.impute_labels`), and computes `worst-kid` with these
    labels, from the same stream. The score is the mean over imputations. The interval contains one more such
    value in 95 % of cases; for 39 imputations it spans the smallest and the largest. Where the distribution
    of the labels is right, the true labels are one more draw from it, and the score is unbiased. The
    predicted labels would be biased: they exclude from a group the fakes that look like another group, which
    raises the distance of perfect fakes. Where the classifier makes no errors, the value and both ends are
    those of `worst-kid`.

    The metric assumes that the classifier makes the same errors on fakes as on real samples of the same
    label, and that the features carry no more information on the label than the probabilities do. If the
    fakes of a group are bad in a way that the classifier does not see, its errors mix them with other groups.
    This understates the gap, more so at low `purity`. The extra holds the `purity`, the `recall` and the mean
    value (`by_label`) of each label, the `label` that is most often the worst, the share of imputations in
    which it is (`share_worst`), the label that is most often the `best`, and `per_group`. It is a probe and
    no verdict.

    Raises what `worst-kid` raises, by the expected number of fakes of a label, or where an imputation has
    fewer than 2 of one. Raises Undefined where the classes differ from the labels, or are confused too much.

    Source: Bińkowski et al. 2018 (arXiv:1801.01401); Sagawa et al. 2020 (arXiv:1911.08731); multiple
    imputation as in Rubin 1987 (doi:10.1002/9780470316696).
    """
    name = "classified-worst-kid"
    rows, size = _sides(real, real_labels, fake, per_group, least=2, metric=name)
    imputed = _impute_labels(real, real_labels, fake, imputations, rng)
    _check_counts(imputed, size, name)
    values = _values(distance, rows, real_labels, imputed, size, draws, rng)
    return _scores("kid", values, values.argmax(axis=1), values.argmin(axis=1), imputed, size)


def classified_worst_coverage(
    real: Side,
    real_labels: Labels,
    fake: Side,
    *,
    k: Annotated[int, Ge(1)] = 5,
    per_group: Annotated[int, Ge(2)] | None = None,
    draws: Annotated[int, Ge(1)] = 10,
    imputations: Annotated[int, Ge(39)] = 39,
    rng: np.random.Generator,
) -> dict[str, Score]:
    """Return the numbers of `worst-coverage` for fakes that a classifier labels, in [0, 1].

        classified-worst-coverage  min over labels of coverage(real samples of the label, fakes of it); higher
                                   is better
        classified-coverage-gap    max over labels - the same min; lower is better, 0 is fair

    real, fake   `features` (m, d) and (n, d), and `probabilities` (m, K) and (n, K) of one extractor, whose
                 columns are the labels of the real side, ascending
    real_labels  (m,) true labels of the real side
    k            which neighbour sets the radius of a real ball
    per_group    rows of each label on each side, as for `worst-coverage`
    draws        of rows, over which the value of each label is averaged
    imputations  of the fakes' labels

    Score, interval, extra and assumptions are those of `classified-worst-kid`. A label with fewer fakes than
    `per_group` uses all of them, and a label without fakes has coverage 0, as in `worst-coverage`. It is a
    probe and no verdict.

    Raises what `worst-coverage` raises, and Undefined where the classes differ from the labels, or are
    confused too much.

    Source: Naeem et al. 2020 (arXiv:2002.09797), eq. 4; Sagawa et al. 2020 (arXiv:1911.08731); multiple
    imputation as in Rubin 1987 (doi:10.1002/9780470316696).
    """
    name = "classified-worst-coverage"
    rows, size = _sides(real, real_labels, fake, per_group, least=k + 1, metric=name)
    imputed = _impute_labels(real, real_labels, fake, imputations, rng)
    measure = functools.partial(cover_rows, k=k)
    values = _values(measure, rows, real_labels, imputed, size, draws, rng)
    return _scores("coverage", values, values.argmin(axis=1), values.argmax(axis=1), imputed, size)


def _sides(
    real: Side, real_labels: Labels, fake: Side, per_group: int | None, *, least: int, metric: str
) -> tuple[tuple[NDArray[Any], ...], int]:
    """Return the features of both sides, and the number of rows in a group."""
    rows = features(real=real["features"], fake=fake["features"])
    require(1, metric, real=rows[0], fake=rows[1])
    size = group_size(len(rows[0]), len(rows[1]), real_labels, per_group, least=least, metric=metric)
    check_groups(real_labels, real_labels, size, metric, "real")
    return rows, size


def _impute_labels(real: Side, labels: Labels, fake: Side, count: int, rng: np.random.Generator) -> Imputed:
    """Return imputed labels from a separate stream, without advancing `rng`."""
    return impute_labels(real["probabilities"], labels, fake["probabilities"], count, rng.spawn(1)[0])


def _check_counts(imputed: Imputed, size: int, metric: str) -> None:
    """Raise Undefined, naming the label, unless `size` fakes of each are expected, and every draw has 2."""
    count, label = min((count, label) for label, count in imputed.counts.items())
    if round(count, 1) < size:
        raise Undefined(
            f"{metric} needs {size} samples of each label on each side; corrected for the classifier's "
            f"errors, fake has {count:.1f} of label {label}: lower per_group, or raise n"
        )
    for label in imputed.counts:
        least = int((imputed.labels == label).sum(axis=1).min())
        if least < 2:  # noqa: PLR2004 - a distance needs pairs
            raise Undefined(
                f"{metric} needs 2 fakes of each label; with the classifier's errors, there may be {least} "
                f"of label {label}: raise n"
            )


def _values(
    measure: Callable[..., float],
    rows: tuple[NDArray[Any], ...],
    real_labels: Labels,
    imputed: Imputed,
    size: int,
    draws: int,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Return `measure` for each imputation and label, (B, K), all from the same stream."""
    real, fake = rows
    found = [
        by_label(measure, (real, real_labels), (fake, labels), size, draws, copy.deepcopy(rng))
        for labels in imputed.labels
    ]
    return np.array([list(values.values()) for values in found])


def _scores(
    name: str,
    values: NDArray[np.float64],
    worst: NDArray[np.intp],
    best: NDArray[np.intp],
    imputed: Imputed,
    size: int,
) -> dict[str, Score]:
    """Return both scores of values (B, K); `worst` and `best` are (B,) columns."""
    labels = [str(label) for label in imputed.counts]
    often = np.bincount(worst, minlength=len(labels))
    each = np.arange(len(values))
    extra = {
        "by_label": dict(zip(labels, values.mean(axis=0).tolist(), strict=True)),
        "label": labels[int(often.argmax())],
        "share_worst": float(often.max() / len(values)),
        "best": labels[int(np.bincount(best, minlength=len(labels)).argmax())],
        "per_group": size,
        "recall": {str(label): share for label, share in imputed.recall.items()},
        "purity": {str(label): share for label, share in imputed.purity.items()},
    }
    numbers = {f"classified-worst-{name}": values[each, worst], f"classified-{name}-gap": np.ptp(values, 1)}
    return {number: _score(drawn, extra) for number, drawn in numbers.items()}


def _score(drawn: NDArray[np.float64], extra: Mapping[str, Any]) -> Score:
    """Return the mean of (B,) values; the interval contains it, and one more value in 95 % of cases."""
    value = float(drawn[0] + (drawn - drawn[0]).mean())  # of equal values, exactly the same
    low, high = (float(end) for end in np.quantile(drawn, [0.025, 0.975], method="weibull"))
    return Score(value, min(low, value), max(high, value), extra)
