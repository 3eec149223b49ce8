"""The computation of one metric, from inputs to checked scores."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Protocol

from genbench.core import seeds
from genbench.core.errors import Invalid, Undefined
from genbench.core.samples import guarded, locked
from genbench.core.scores import Score, as_scores
from genbench.store.keys import options_text
from genbench.suite.components import wanted_outputs
from genbench.trial.calling import call, gather, no_log
from genbench.trial.global_state import forget, watched

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from genbench.contract.specs import ExtractorSpec, Output
    from genbench.core.samples import Samples
    from genbench.results.notices import Notice
    from genbench.suite.components import Group, Part
    from genbench.trial.context import Workbench
    from genbench.trial.plan import Task

__all__ = ["SIDES", "Inputs", "check_ranges", "compute", "score_task"]

#: The metric inputs that are samples, or their features.
SIDES = ("real", "fake", "train", "held_out")
_ROUNDING = 1e-6  # relative to max(1, |bound|); a value further outside its range is invalid


class Inputs(Protocol):
    """The source of a metric's inputs; each method raises Undefined for an input that is missing."""

    def size(self, side: str, /) -> int:
        """Return the number of samples of a side."""

    def side(self, name: str, /) -> Samples:
        """Return the samples of a side."""

    def labels(self, side: str, /) -> NDArray[np.int64] | None:
        """Return the labels of a side, or None; equal numbers mean equal classes on every side."""

    def features(self, extractor: Part[ExtractorSpec], side: str, /) -> Mapping[str, Any]:
        """Return the features of a side, by the extractor's outputs."""

    def extract(self, extractor: Part[ExtractorSpec], /) -> Callable[[Samples], Mapping[str, Any]]:
        """Return the fitted extractor."""

    def other(self, name: str, /) -> Any:
        """Return the `sampler`, its `history` or the `truth`."""


def score_task(task: Task, bench: Workbench) -> dict[str, Score]:
    """Return the scores of a task of a trial by output; raises the same errors as `compute`."""
    trial = bench.trial
    return compute(
        task.group, bench, data_hash=trial.dataset.hash, seed=trial.seed, device=trial.settings.device,
        note=bench.used.note,
    )  # fmt: skip


def compute(
    group: Group, inputs: Inputs, *, data_hash: str, seed: int, device: str,
    log: Callable[..., None] = no_log, note: Callable[[Notice], object] = forget,
) -> dict[str, Score]:  # fmt: skip
    """Return the scores of one metric by output.

    data_hash  identifies the data in the key of the metric's random stream; the generator is not in the key
    note       receives notices of global state that the metric used or changed

    Raises Undefined if the data do not allow the metric, and BlameError for errors of a component.
    """
    metric = group.metric
    for side in ("fake", "real"):
        if side in metric.contract.inputs:
            _check_count(side, inputs.size(side), metric.spec.min_n)
    extractor = "" if group.extractor is None else options_text(group.extractor)
    key = ("metric", metric.component.name, options_text(metric), extractor, data_hash)
    rng = seeds.stream(seed, *key)
    arguments = gather(metric, _providers(group, inputs))
    outputs = {output.name: output for output in metric.spec.scores}
    with watched(metric.component, seeds.sequence(seed, "global", *key), note):
        result = call(metric, arguments, {"rng": rng, "device": device, "log": log})
        return check_ranges(as_scores(result, tuple(outputs)), outputs)


def check_ranges(scores: Mapping[str, Score], outputs: Mapping[str, Output]) -> dict[str, Score]:
    """Return scores within their declared ranges: a value outside by rounding becomes the bound.

    Raises Invalid for a value that is outside by more.
    """
    return {name: _within(score, outputs[name]) for name, score in scores.items()}


def _providers(group: Group, inputs: Inputs) -> dict[str, Callable[[], Any]]:
    """Return a function for each input that a metric can take."""
    names = wanted_outputs(group.metric.spec)

    def wanted(arrays: Mapping[str, Any]) -> Any:
        return arrays[names[0]] if len(names) == 1 else {name: arrays[name] for name in names}

    def side(name: str) -> Any:
        if group.extractor is None:
            return guarded(inputs.side(name))
        return wanted(inputs.features(group.extractor, name))

    def labels(name: str) -> Any:
        numbers = inputs.labels(name)
        if numbers is None:
            raise Undefined(f"{name} has no labels")
        return locked(numbers)

    def extract() -> Any:
        if group.extractor is None:
            raise Invalid("asks for `extract` but takes samples; its spec must say which output it takes")
        function = inputs.extract(group.extractor)
        return lambda samples: wanted(function(samples))

    providers: dict[str, Callable[[], Any]] = {"extract": extract}
    for name in SIDES:
        providers[name] = functools.partial(side, name)
        providers[f"{name}_labels"] = functools.partial(labels, name)
    others = ("sampler", "history", "truth")
    return providers | {name: functools.partial(inputs.other, name) for name in others}


def _check_count(side: str, got: int, least: int) -> None:
    if got < least:
        raise Undefined(f"needs at least {least} samples on each side; {side} has {got}")


def _within(score: Score, output: Output) -> Score:
    low, high = output.range
    value = score.value
    if low is not None and value < low:
        value = _rounded(value, low, output)
    if high is not None and value > high:
        value = _rounded(value, high, output)
    return Score(value, score.low, score.high, score.extra)


def _rounded(value: float, bound: float, output: Output) -> float:
    if abs(value - bound) > _ROUNDING * max(1.0, abs(bound)):
        raise Invalid(f"{output.name} is {value}, outside its declared range {list(output.range)}")
    return bound
