"""The inputs of a metric; where it takes features, only those of the samples that have some."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Protocol

from genbench.contract.signature import LABELS, SIDES
from genbench.core.arrays import freeze, isolate
from genbench.core.errors import Invalid, Undefined
from genbench.core.extracted import Extracted, ValidCount
from genbench.core.samples import Samples, guard
from genbench.suite.components import extractor_outputs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from genbench.contract.specs import ExtractorSpec, MetricSpec
    from genbench.suite.components import Group, Part

    Report = Callable[[str, ValidCount], object]

__all__ = ["Extract", "Inputs", "check_count", "provide_inputs", "provide_splits"]


class Inputs(Protocol):
    """The source of a metric's inputs; each method raises Undefined for an input that is missing."""

    def side(self, name: str, /) -> Samples:
        """Return the samples of a side: `fake`, `real`, `train` or `held_out`."""

    def size(self, name: str, /) -> int:
        """Return the number of samples of a side: `fake`, `real`, `train` or `held_out`."""
        return len(self.side(name))

    def labels(self, name: str, /) -> NDArray[np.int64] | None:
        """Return the labels of a side, or None; equal numbers mean equal classes on every side."""
        return self.side(name).labels

    def features(self, extractor: Part[ExtractorSpec], side: str, /) -> Extracted:
        """Return the features that an extractor computes from the samples of a side, such as `fake`.

        They are arrays by output of the extractor, with a mask of the samples that have features.
        """

    def extract(self, extractor: Part[ExtractorSpec], /) -> Callable[[Samples], Extracted]:
        """Return the fitted extractor, as a function from samples to their features."""

    def other_input(self, name: str, /) -> Any:
        """Return an input that is no side: the `sampler` (a fitted generator), its `history` or the `truth`.

        The history has what the generator logged in its training. The truth is the exact distribution of an
        artificial dataset.
        """


def provide_inputs(group: Group, inputs: Inputs, report: Report) -> dict[str, Callable[[], Any]]:
    """Return a function for each input that a metric can take; only the metric's own inputs are called.

    A metric that takes features gets the features and the labels of the samples that have features.

    report(side, count)  is called for each side on which some samples have no features
    """
    extractor = group.extractor
    # a metric without an extractor takes samples
    sides = _Samples(inputs) if extractor is None else _Features(group.metric, extractor, inputs, report)
    providers: dict[str, Callable[[], Any]] = {"extract": sides.extract}
    for name in SIDES:
        providers[name] = functools.partial(sides.side, name)
        providers[LABELS[name]] = functools.partial(sides.labels, name)
    others = ("sampler", "history", "truth")
    return providers | {name: functools.partial(inputs.other_input, name) for name in others}


def provide_splits(splits: Mapping[str, Callable[[], Samples]]) -> dict[str, Callable[[], Any]]:
    """Return a function for each input of a component that is fitted: each split, and its labels or None.

    splits  by name, such as "train", a function that reads the samples
    """
    samples = {name: functools.partial(_read_guarded, read) for name, read in splits.items()}
    labels = {LABELS[name]: functools.partial(_read_labels, read) for name, read in splits.items()}
    return {**samples, **labels}


def check_count(side: str, got: int, least: int, among: str = "") -> None:
    """Raise Undefined if a side has fewer than `least` samples.

    got, among  the number of its samples, and the end of the message, such as " of 100 with features"
    """
    if got < least:
        raise Undefined(f"needs at least {least} samples on each side; {side} has {got}{among}")


class Extract:
    """The extractor as a metric gets it: a function from samples to the outputs in `takes`.

    It raises Undefined if some of the samples have no features, so that row i belongs to sample i.
    """

    def __init__(self, function: Callable[[Samples], Extracted], name: str, outputs: tuple[str, ...]) -> None:
        """Wrap a fitted extractor for one metric.

        function  the extractor: returns the features of samples
        name      of the extractor, for messages
        outputs   the outputs of the extractor that the metric takes
        """
        self._function = function
        self._name = name
        self._outputs = outputs

    def __call__(self, samples: Samples) -> Any:
        """Return the features that the metric takes: one array, or several by name, a row for each sample."""
        extracted = self.masked(samples)
        lacking = int((~extracted.valid).sum())
        if lacking:
            raise Undefined(
                f"{self._name} has no features for {lacking} of {len(samples)} samples, such as texts that "
                f"do not parse; this metric needs all: repair them, or leave them out"
            )
        return _pick_outputs(extracted.arrays, self._outputs)

    def masked(self, samples: Samples) -> Extracted:
        """Return the features that the metric takes, by name, and a mask of the samples that have features.

        The rows of the other samples are zeros.

        Raises Invalid if the metric passes features in place of samples.
        """
        if not isinstance(samples, Samples):
            raise Invalid(
                f"`extract` takes genbench.Samples, got {type(samples).__name__}; `real` and the other sides "
                f"of a metric that takes features are features already"
            )
        extracted = self._function(samples)
        return Extracted({name: extracted.arrays[name] for name in self._outputs}, extracted.valid)


class _Samples:
    """The inputs of a metric that takes samples."""

    def __init__(self, inputs: Inputs) -> None:
        """Prepare to pass a metric the samples and labels of `inputs`."""
        self._inputs = inputs

    def side(self, name: str) -> Any:
        """Return the samples of a side, in arrays that the metric cannot change for others."""
        return guard(self._inputs.side(name))

    def labels(self, name: str) -> NDArray[np.int64]:
        """Return the labels of a side, in an array that the metric cannot change for others.

        Raises Undefined if the side has none.
        """
        return isolate(_need_labels(self._inputs, name))

    def extract(self) -> Extract:
        """Raise Invalid: a metric that takes samples has no extractor."""
        raise Invalid("asks for `extract` but takes samples; its spec must say which output it takes")


class _Features:
    """The inputs of a metric that takes features: of each side, only the samples that have features."""

    def __init__(
        self, metric: Part[MetricSpec], extractor: Part[ExtractorSpec], inputs: Inputs, report: Report
    ) -> None:
        """Prepare to pass a metric the features that an extractor computes from the samples of `inputs`.

        report(side, count)  is called for each side on which some samples have no features
        """
        self._metric = metric
        self._extractor = extractor
        self._inputs = inputs
        self._report = report
        self._outputs = extractor_outputs(metric.spec)
        self._sides: dict[str, Extracted] = {}

    def side(self, name: str) -> Any:
        """Return the features of the samples of a side that have some: one array, or several by output."""
        extracted = self._find_features(name)
        arrays = {output: _take_valid(extracted.arrays[output], extracted.valid) for output in self._outputs}
        return _pick_outputs(arrays, self._outputs)

    def labels(self, name: str) -> NDArray[np.int64]:
        """Return the labels of the samples of a side that have features, row by row as in `side`."""
        return _take_valid(_need_labels(self._inputs, name), self._find_features(name).valid)

    def extract(self) -> Extract:
        """Return the fitted extractor as the metric gets it: a function that gives the outputs it takes."""
        return Extract(self._inputs.extract(self._extractor), self._extractor.name, self._outputs)

    def _find_features(self, name: str) -> Extracted:
        """Return the features of a side, which are computed and counted at the first call."""
        if name not in self._sides:
            extracted = self._inputs.features(self._extractor, name)
            self._check_count(name, ValidCount(n=int(extracted.valid.sum()), of=len(extracted.valid)))
            self._sides[name] = extracted
        return self._sides[name]

    def _check_count(self, name: str, count: ValidCount) -> None:
        """Raise Undefined if too few samples of a side have features.

        If some of them have none, the count is reported first, since the stored record states it. If all have
        some, nothing is left to check: `trial.computation` checks the number of samples before.
        """
        if count.n == count.of:
            return
        self._report(name, count)
        if not count.n:
            raise Undefined(
                f"{self._extractor.name} has features for none of the {count.of} samples of {name}; expected "
                f"samples that it can read, such as molecules that parse"
            )
        # `min_n` is the fewest samples on each of the two sides that a metric compares, here with features; a
        # side of which it takes only the labels is no such side
        if name in ("fake", "real") and name in self._metric.contract.inputs:
            check_count(name, count.n, self._metric.spec.min_n, f" of {count.of} with features")


def _need_labels(inputs: Inputs, name: str) -> NDArray[np.int64]:
    """Return the labels of a side; raise Undefined if it has none."""
    labels = inputs.labels(name)
    if labels is None:
        raise Undefined(f"{name} has no labels")
    return labels


def _read_guarded(read: Callable[[], Samples]) -> Samples:
    """Return the samples in arrays that a component cannot change for others."""
    return guard(read())


def _read_labels(read: Callable[[], Samples]) -> NDArray[np.int64] | None:
    """Return the labels of the samples, or None, in an array that a component cannot change for others."""
    return guard(read()).labels


def _take_valid(array: NDArray[Any], valid: NDArray[np.bool_]) -> NDArray[Any]:
    """Return the rows of the samples that have features, in a read-only array that no other metric shares."""
    # `isolate` copies the array; array[valid] is a copy already, so it is only made read-only
    return isolate(array) if valid.all() else freeze(array[valid])


def _pick_outputs(arrays: Mapping[str, Any], outputs: tuple[str, ...]) -> Any:
    """Return an array if a metric takes only one output of an extractor; else the arrays by output."""
    return arrays[outputs[0]] if len(outputs) == 1 else {name: arrays[name] for name in outputs}
