"""The computation of a comparison, from the samples of all generators to checked scores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from genbench.core import seeds
from genbench.core.errors import Invalid, Undefined
from genbench.core.scores import as_scores
from genbench.store.keys import options_text
from genbench.trial.calling import call, gather, no_log
from genbench.trial.computation import check_ranges
from genbench.trial.global_state import forget, watched
from genbench.trial.inputs import check_count, providers_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from genbench.contract.specs import Output
    from genbench.core.extracted import ValidCount
    from genbench.core.scores import Score
    from genbench.results.notices import Notice
    from genbench.suite.components import Group
    from genbench.trial.inputs import Inputs

    Outcome = Mapping[str, Score] | Undefined

__all__ = ["compare"]


def compare(
    group: Group, inputs: Mapping[str, Inputs], *, data_hash: str, device: str,
    note: Callable[[Notice], object] = forget, valid: dict[str, dict[str, ValidCount]] | None = None,
) -> dict[str, Outcome]:  # fmt: skip
    """Return the scores of each generator by output, or the Undefined that the metric returned for it.

    inputs     by generator: its fakes, and the sides that all of them share
    data_hash  identifies the data in the key of the metric's random stream; the generators are not in it
    note       receives notices of global state that the metric used or changed
    valid      receives by generator the count of each side of which the extractor finds features in some only

    Raises Undefined if the data do not allow the metric, and BlameError for errors of a component.
    """
    metric = group.metric
    counts = {} if valid is None else valid
    for name, own in inputs.items():
        size = own.size("fake")
        check_count("fake", size, metric.spec.min_n, f" of {name}")
    providers = {
        name: providers_of(group, own, counts.setdefault(name, {}).__setitem__)
        for name, own in inputs.items()
    }
    arguments = gather(metric, {**next(iter(providers.values())), "fakes": lambda: _fakes(providers)})
    extractor = "" if group.extractor is None else options_text(group.extractor)
    key = ("metric", metric.component.name, options_text(metric), extractor, data_hash)
    rng = seeds.stream(None, *key)
    with watched(metric, seeds.sequence(None, "global", *key), note):
        answer = call(metric, arguments, {"rng": rng, "device": device, "log": no_log})
        return _outcomes(answer, tuple(inputs), {output.name: output for output in metric.spec.scores})


def _fakes(providers: Mapping[str, Mapping[str, Callable[[], Any]]]) -> dict[str, Any]:
    return {name: own["fake"]() for name, own in providers.items()}


def _outcomes(answer: Any, generators: tuple[str, ...], outputs: Mapping[str, Output]) -> dict[str, Outcome]:
    """Return the checked answer of a metric; raise Invalid unless it has an entry for each generator."""
    if not isinstance(answer, Mapping) or set(answer) != set(generators):
        got = sorted(map(str, answer)) if isinstance(answer, Mapping) else type(answer).__name__
        raise Invalid(f"expected a mapping with a score for each of {sorted(generators)}, got {got}")
    return {name: _outcome(answer[name], name, outputs) for name in generators}


def _outcome(answer: Any, generator: str, outputs: Mapping[str, Output]) -> Outcome:
    if isinstance(answer, Undefined):
        return answer
    try:
        return check_ranges(as_scores(answer, tuple(outputs)), outputs)
    except Invalid as error:
        raise Invalid(f"{generator}: {error}") from error
