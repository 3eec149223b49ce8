"""Yardsticks: scores of real samples in place of the fakes, beside the fakes at the same n."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from genbench.board.numbers import format_number
from genbench.board.ranking import loss
from genbench.core import seeds
from genbench.core.canonical_json import digest
from genbench.core.errors import Invalid, Undefined
from genbench.core.extracted import Extracted
from genbench.trial.computation import compute
from genbench.trial.failures import BlameError, read_outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from genbench.contract.specs import ExtractorSpec, Output
    from genbench.contract.steps import Log
    from genbench.core.samples import Samples
    from genbench.core.scores import Score
    from genbench.scoring.pair import Pair
    from genbench.suite.components import Group, Part

    #: By the name of an input: the side whose samples it gets, and the indices of these samples.
    Rows = Mapping[str, tuple[str, NDArray[np.intp]]]

__all__ = ["BEYOND_REAL", "Yardstick", "measure_yardsticks"]

#: How tables and messages mark a value that is better than those of real samples.
BEYOND_REAL = "beyond real"

_CUTS = 5
_MOST = 10_000  # samples of a cut: more change a number little, and ten more scores would take long
# Times the range of the cuts. Halves of the same samples vary less than draws of new ones: by once the range,
# up to 5 % of perfect samplers would be beyond real, by twice, at most 2 % (benchmarks/yardstick_alarms.py).
_RANGES = 2
_ROUNDING = 1e-10  # relative; scores of equal samples differ by 1e-11, as sums are in another order
_DIGITS = 3  # of the ends, which vary more than a value


@dataclass(frozen=True, kw_only=True)
class Yardstick:
    """What real samples score in place of the fakes, and what the fakes score at the same n.

    split     "real": in each of five random splits, n of the real samples take the place of the fakes, and
              both are compared with the others. "train": five random cuts of the training samples do, and
              all real samples stay. A metric that trains a model has one split or cut
    n         number of samples in place of the fakes, and of fakes
    value     of the fakes at this n: the median over the splits or cuts
    least, greatest  of the real or the training samples
    is_beyond_real   whether `value` is better than the best of five by more than twice their range
    """

    split: str
    n: int
    value: float
    least: float
    greatest: float
    is_beyond_real: bool

    @property
    def ends(self) -> str:
        """The least and the greatest value as text, such as "0.750–0.801"; one number if they are equal."""
        texts = dict.fromkeys(format_number(end, _DIGITS) for end in (self.least, self.greatest))
        return (" to " if self.greatest < 0 else "–").join(texts)

    def __str__(self) -> str:
        mark = f", {BEYOND_REAL}" if self.is_beyond_real else ""
        return f"{format_number(self.value, _DIGITS)} at n = {self.n}, {self.split} {self.ends}{mark}"


def measure_yardsticks(
    group: Group, pair: Pair, scores: Mapping[str, Score], seed: int, log: Log
) -> tuple[dict[str, Yardstick], str]:
    """Return the yardstick of each number of a metric, by output, and "", or else {} and why it has none.

    scores  of the fakes, by output

    Training samples take the place of the fakes unless the metric, or its extractor, knows them: then they
    would score as copies, and real samples take their place. Metrics that do not take the fakes, or cannot be
    computed from so few samples, have no yardstick. Nor has a metric without scores, whose status says why.
    """
    split = "real" if "train" not in pair.sides or pair.uses_train(group) else "train"
    if not scores:
        return {}, ""
    if "fake" not in group.metric.contract.sides:
        return {}, "it does not take the fakes"
    if split not in pair.sides:
        return {}, "statistics of real samples cannot be cut"
    n = min(pair.size("fake"), pair.size(split) // 2, _MOST)
    cuts = 1 if group.metric.spec.trains_model else _CUTS
    fakes, reals = [], []
    try:
        for number in range(cuts):
            log(number, cuts)
            order = _shuffle(pair, split, number)
            others = {"real": ("real", order[n : n + _MOST])} if split == "real" else {}
            cut, fake = (split, order[:n]), ("fake", _shuffle(pair, "fake", number)[:n])
            reals.append(_score(group, pair, {**others, "fake": cut}, number, seed))
            # all fakes against all real samples have their scores already
            is_new = n < pair.size("fake") or not group.metric.contract.sides.isdisjoint(others)
            fakes.append(
                _score(group, pair, {**others, "fake": fake}, number, seed) if is_new else dict(scores)
            )
    except (BlameError, Undefined, Invalid) as failure:  # too few samples, as for neighbours or subsets
        return {}, f"no value at n = {n}: {read_outcome(failure)[1]}"
    log(cuts, cuts)
    names = [output for _, output in group.outputs]
    return {each.name: _summarize(each, split, n, fakes, reals) for each in names}, ""


class _Cut:
    """The inputs of a metric, as `trial.inputs.Inputs`, some of them rows of a side of a pair."""

    def __init__(self, pair: Pair, rows: Rows) -> None:
        """Take the rows by the name of the input; other inputs are whole sides of the pair."""
        self._pair, self._rows = pair, rows
        self.extract, self.other_input = pair.extract, pair.other_input

    def side(self, name: str) -> Samples:
        """Return the samples of an input."""
        source, index = self._find(name)
        return self._pair.side(source).take(index)

    def size(self, name: str) -> int:
        """Return the number of samples of an input."""
        return len(self._rows[name][1]) if name in self._rows else self._pair.size(name)

    def labels(self, name: str) -> NDArray[np.int64] | None:
        """Return the labels of an input, or None."""
        source, index = self._find(name)
        labels = self._pair.labels(source)
        return None if labels is None else labels[index]

    def features(self, extractor: Part[ExtractorSpec], name: str) -> Extracted:
        """Return the features of an input: rows of those of a side, which are computed once for all cuts."""
        source, index = self._find(name)
        whole = self._pair.features(extractor, source)
        return Extracted({key: array[index] for key, array in whole.arrays.items()}, whole.valid[index])

    def _find(self, name: str) -> tuple[str, NDArray[np.intp] | slice]:
        """Return the side whose samples an input gets, and their indices."""
        return self._rows.get(name, (name, slice(None)))


def _shuffle(pair: Pair, name: str, number: int) -> NDArray[np.intp]:
    """Return the indices of the samples of a side in the random order of a cut.

    The key of the stream has the side, its samples and the number of the cut, so all metrics and seeds share
    the order.
    """
    rng = seeds.stream(None, "yardstick", name, pair.sides[name].hash, str(number))
    return rng.permutation(pair.size(name))


def _score(group: Group, pair: Pair, rows: Rows, number: int, seed: int) -> dict[str, Score]:
    """Return the scores of a metric on rows of the sides, by output."""
    data_hash = digest([pair.hash_reference_data(group), "yardstick", number])
    moments = None if "real" in rows else pair.moments(group)
    return compute(
        group, _Cut(pair, rows), data_hash=data_hash, seed=seed, device=pair.settings.device, moments=moments
    )


def _summarize(
    output: Output, split: str, n: int, fakes: list[dict[str, Score]], reals: list[dict[str, Score]]
) -> Yardstick:
    """Return the yardstick of one number from the scores of the fakes and those of real samples."""
    value = median(scores[output.name].value for scores in fakes)
    values = [scores[output.name].value for scores in reals]
    is_beyond_real = False  # a metric that is not ranked has no better value, and one cut has no range
    if output.direction != "none" and len(values) > 1:
        fake_loss, *real_losses = (loss(each, output.direction, output.best) for each in (value, *values))
        limit = _RANGES * (max(values) - min(values)) + _ROUNDING * abs(value)
        is_beyond_real = min(real_losses) - fake_loss > limit
    return Yardstick(
        split=split, n=n, value=value, least=min(values), greatest=max(values), is_beyond_real=is_beyond_real
    )
