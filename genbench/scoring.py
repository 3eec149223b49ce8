"""One computation of a metric in one trial, from its inputs to checked scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from genbench import seeds
from genbench.calling import call, gather, no_log
from genbench.errors import Invalid, Undefined
from genbench.keys import options_text
from genbench.lacking import GivenSampler
from genbench.parts import wanted_outputs
from genbench.reasons import blame
from genbench.scores import Score, as_scores

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from genbench.plan import Task
    from genbench.samples import Samples
    from genbench.specs import Output
    from genbench.workbench import Workbench

__all__ = ["SIDES", "check_ranges", "score_task"]

#: The metric inputs that are samples, or what an extractor makes of them.
SIDES = ("real", "fake", "train", "held_out")
_ROUNDING = 1e-6  # of the bound or of 1, whichever is greater: what is further outside is no rounding


def score_task(task: Task, bench: Workbench) -> dict[str, Score]:
    """Return the scores of a task by output.

    Raises Undefined for what the data do not allow, and BlameError for what a component raises.
    """
    metric, trial = task.group.metric, bench.trial
    for side in ("fake", "real"):
        if side in metric.contract.inputs:
            _check_count(side, len(bench.samples if side == "fake" else bench.split(side)), metric.spec.min_n)
    extractor = "" if task.group.extractor is None else options_text(task.group.extractor)
    key = (metric.component.name, options_text(metric), extractor, trial.dataset.hash)
    given = {
        "rng": seeds.stream(trial.seed, "metric", *key),
        "device": trial.settings.device,
        "log": no_log,
    }
    inputs = gather(metric, _providers(task, bench))
    outputs = {output.name: output for output in metric.spec.scores}
    with blame(metric.component):
        answer = call(metric, inputs, given)
        return check_ranges(as_scores(answer, tuple(outputs)), outputs)


def check_ranges(scores: Mapping[str, Score], outputs: Mapping[str, Output]) -> dict[str, Score]:
    """Return scores within the declared ranges: rounding beyond a bound becomes the bound.

    Raises Invalid for a value that lies outside by more.
    """
    return {name: _within(score, outputs[name]) for name, score in scores.items()}


def _providers(task: Task, bench: Workbench) -> dict[str, Callable[[], Any]]:
    """Return a function for each input that a metric may ask for."""
    group = task.group

    def side(name: str) -> Any:
        if group.extractor is None:
            return bench.samples if name == "fake" else bench.split(name)
        return _wanted(bench.features(group.extractor, name))

    def labels(name: str) -> Any:
        samples: Samples = bench.samples if name == "fake" else bench.split(name)
        if samples.labels is None:
            raise Undefined(f"{name} has no labels")
        return samples.labels

    def _wanted(arrays: Mapping[str, Any]) -> Any:
        names = wanted_outputs(group.metric.spec)
        return arrays[names[0]] if len(names) == 1 else {name: arrays[name] for name in names}

    def extract() -> Any:
        if group.extractor is None:
            raise Invalid("asks for `extract` but takes samples; its spec must say which output it takes")
        function = bench.extract(group.extractor)
        return lambda samples: _wanted(function(samples))

    return {
        **{name: lambda name=name: side(name) for name in SIDES},  # type: ignore[misc]  # bound per name
        **{f"{name}_labels": lambda name=name: labels(name) for name in SIDES},  # type: ignore[misc]
        "sampler": lambda: GivenSampler(bench.sampler, bench.trial.generator.component.reference),
        "history": lambda: tuple(bench.history),
        "truth": bench.truth,
        "extract": extract,
    }


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
