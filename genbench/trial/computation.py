"""The computation of one metric of a trial or of a comparison, from inputs to checked scores."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from genbench.core import seeds
from genbench.core.errors import DataError, Invalid, Undefined
from genbench.core.scores import Score, as_scores
from genbench.store.keys import options_text
from genbench.trial.calling import call, gather, no_log
from genbench.trial.global_state import ignore_notice, isolate_component
from genbench.trial.inputs import check_count, provide_inputs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np

    from genbench.contract.moments import Moments
    from genbench.contract.specs import Output
    from genbench.contract.steps import Log
    from genbench.core.extracted import ValidCount
    from genbench.results.records import Notice
    from genbench.suite.components import Group
    from genbench.trial.context import TrialContext
    from genbench.trial.inputs import Inputs
    from genbench.trial.plan import Task

__all__ = ["check_ranges", "compare", "compute", "score_task"]

_ROUNDING = 1e-6  # relative to the bound; a value further outside its range is invalid
_ROUNDING_AT_ZERO = 1e-12  # absolute, for a range whose only bound is 0: sums of float64 in units near 1


def score_task(task: Task, context: TrialContext) -> dict[str, Score]:
    """Return the scores of a task of a trial by output; raises the same errors as `compute`.

    The context collects the notices, and the counts of samples with features, for the records of the task.
    """
    trial = context.trial
    return compute(
        task.group, context, data_hash=trial.dataset.hash, seed=trial.seed, device=trial.settings.device,
        note=context.metric_notices.note, valid=context.valid,
    )  # fmt: skip


def compute(
    group: Group, inputs: Inputs, *, data_hash: str, seed: int, device: str,
    log: Log = no_log, note: Callable[[Notice], object] = ignore_notice,
    valid: dict[str, ValidCount] | None = None, moments: Moments | None = None,
) -> dict[str, Score]:  # fmt: skip
    """Return the scores of one metric by output, each within its declared range.

    data_hash  part of the key of the metric's random stream, which is the same for all generators
    note       receives notices of global state that the metric used or changed
    valid      receives the count of each side of which the extractor finds features in some samples only
    moments    mean and covariance of the real features, if they replace these as the metric's input `real`

    Raises Undefined if the data do not allow the metric, BlameError for errors of a component, and DataError
    for moments of another number of features than the fakes have.
    """
    metric = group.metric
    for side in ("fake", "real"):
        if side in metric.contract.inputs:
            size = inputs.size(side) if side == "fake" or moments is None else moments.n
            if size is not None:  # moments may not say of how many samples they are
                check_count(side, size, metric.spec.min_n)
    counts = {} if valid is None else valid
    # `provide_inputs` calls `report(side, count)`, so each count is stored by its side
    providers = provide_inputs(group, inputs, report=counts.__setitem__)
    # `moments.private` returns a copy, so that the metric cannot change the original
    arguments = gather(metric, providers if moments is None else {**providers, "real": moments.private})
    if moments is not None and "fake" in arguments:  # a metric of moments takes one array, (n, d)
        _check_width(moments, arguments["fake"].shape[1])
    with _isolate_metric(group, data_hash, seed, note) as rng:
        return _read_scores(call(metric, arguments, {"rng": rng, "device": device, "log": log}), group)


def compare(
    group: Group, inputs: Mapping[str, Inputs], *, data_hash: str, device: str,
    note: Callable[[Notice], object] = ignore_notice,
    valid: Mapping[str, dict[str, ValidCount]] = MappingProxyType({}),
) -> dict[str, dict[str, Score] | Undefined]:  # fmt: skip
    """Return the scores of each generator by output, or the Undefined that the metric returned for it.

    inputs     by generator: its fakes, and the sides that all of them share
    data_hash  identifies the data in the key of the metric's random stream; the generators are not in it
    note       receives notices of global state that the metric used or changed
    valid      by generator, receives the count of each side where only some samples have features

    Raises Undefined, for all generators, if the data do not allow the metric or one generator has too few
    samples, and BlameError for errors of a component, such as a return value of the wrong form. For a single
    generator, the metric itself may return an Undefined, so that the others have scores.
    """
    metric = group.metric
    providers = {}
    for name, its_inputs in inputs.items():
        check_count("fake", its_inputs.size("fake"), metric.spec.min_n, f" of {name}")
        counts = valid.get(name, {})  # without `valid`, a new dict, which is not read
        # `provide_inputs` calls `report(side, count)`, so each count is stored by its side
        providers[name] = provide_inputs(group, its_inputs, report=counts.__setitem__)
    fakes = {"fakes": lambda: {name: provider["fake"]() for name, provider in providers.items()}}
    shared = next(iter(providers.values()))  # all generators have the same other sides
    arguments = gather(metric, {**shared, **fakes})
    # no seed, as a comparison is computed once for all seeds; in the block, Invalid becomes a BlameError
    with _isolate_metric(group, data_hash, seed=None, note=note) as rng:
        answer = call(metric, arguments, {"rng": rng, "device": device, "log": no_log})
        if not isinstance(answer, Mapping) or set(answer) != set(inputs):
            got = sorted(map(str, answer)) if isinstance(answer, Mapping) else type(answer).__name__
            raise Invalid(f"expected a mapping with a score for each of {sorted(inputs)}, got {got}")
        return {name: _read_outcome(answer[name], name, group) for name in inputs}


@contextlib.contextmanager
def _isolate_metric(
    group: Group, data_hash: str, seed: int | None, note: Callable[[Notice], object]
) -> Iterator[np.random.Generator]:
    """Isolate global state around the call of a metric, and give the metric's random stream.

    The key of the stream has neither generator nor fakes, so it is the same for all generators: part of a
    metric's noise is common to them. Global random state gets a seed of its own, by the stage "global".

    seed  of the trial; None for a comparison, which is computed once for all seeds
    """
    metric = group.metric
    extractor = "" if group.extractor is None else options_text(group.extractor)
    key = ("metric", metric.component.name, options_text(metric), extractor, data_hash)
    with isolate_component(metric, seeds.sequence(seed, "global", *key), note):
        yield seeds.stream(seed, *key)


def _read_scores(answer: Any, group: Group) -> dict[str, Score]:
    """Return what a metric returned as scores by output, within their ranges; raise Invalid otherwise."""
    outputs = {output.name: output for output in group.metric.spec.scores}
    return check_ranges(as_scores(answer, tuple(outputs)), outputs)


def _read_outcome(answer: Any, generator: str, group: Group) -> dict[str, Score] | Undefined:
    """Return the scores of a generator by output, or the Undefined that the metric returned for it.

    Raises Invalid, with the name of the generator, for any other answer.
    """
    if isinstance(answer, Undefined):
        return answer
    try:
        return _read_scores(answer, group)
    except Invalid as error:
        raise Invalid(f"{generator}: {error}") from error


def _check_width(moments: Moments, d: int) -> None:
    """Raise DataError if moments are not those of `d` features."""
    if len(moments.mean) != d:
        raise DataError(
            f"real holds the mean and covariance of {len(moments.mean)} features, and the fakes have {d}; "
            f"expected statistics of the same extractor"
        )


def check_ranges(scores: Mapping[str, Score], outputs: Mapping[str, Output]) -> dict[str, Score]:
    """Return scores within their declared ranges: a number outside by rounding becomes the bound.

    Raises Invalid for a value, or an end of an interval, that is outside by more.
    """
    return {name: _clamp_score(score, outputs[name]) for name, score in scores.items()}


def _clamp_score(score: Score, output: Output) -> Score:
    """Return a score whose value and interval are within the declared range of its output."""
    value = _clamp(score.value, output, output.name, "")
    ends: list[float | None] = []
    for which, end in (("low", score.low), ("high", score.high)):
        what = f"the {which} of the interval of {output.name}"
        ends.append(None if end is None else _clamp(end, output, what, "; clip it in the metric"))
    low, high = ends
    return Score(value, low, high, score.extra)


def _clamp(number: float, output: Output, what: str, advice: str) -> float:
    """Return a number, clamped to its output's range if rounding took it out; else raise Invalid.

    what, advice  how the message names the number, and how it ends
    """
    low, high = output.range
    nearest = max(number, -math.inf if low is None else low)
    nearest = min(nearest, math.inf if high is None else high)
    if abs(number - nearest) > _tolerance(nearest, output.range):
        raise Invalid(f"{what} is {number}, outside its declared range {list(output.range)}{advice}")
    return float(nearest)


def _tolerance(bound: float, ends: tuple[float | None, float | None]) -> float:
    """Return how far rounding may take a number outside of `bound`, one of the two ends of a range.

    The tolerance is relative to the bound. A bound of 0 has no size, so there it is relative to the other
    end, and to 1 if that end is larger. If 0 is the only bound, it is absolute.
    """
    other_end = max(abs(end or 0.0) for end in ends)  # used at the bound 0; None, for no bound, counts as 0
    scale = abs(bound) or min(1.0, other_end)
    return _ROUNDING * scale if scale else _ROUNDING_AT_ZERO
