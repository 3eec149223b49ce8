"""Comparison of protocols on one pair of sides, step by step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench.contract.specs import MetricSpec
from genbench.core.errors import SuiteError
from genbench.core.names import join_names, parse_id
from genbench.scoring.arguments import check_call
from genbench.scoring.measurement import Measurement, measure_group
from genbench.scoring.request import ScoreRequest, list_protocols, make_groups, metric_protocols, read_metrics
from genbench.scoring.session import ScoreSession

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from genbench.catalog.catalog import Catalog, Component
    from genbench.contract.specs import ExtractorSpec
    from genbench.scoring.pair import Pair
    from genbench.scoring.request import Metrics
    from genbench.suite.components import Group, Part

__all__ = ["Explained", "Step", "explain"]

_N_TRACED = 16  # fakes that are traced through the extractor: enough for means, quick for large networks


@dataclass(frozen=True, kw_only=True)
class Step:
    """Statistics of an extractor's intermediate values for the first fakes, after one step.

    shape         shape of one item
    mean, spread  mean and standard deviation over all values
    low, high     minimum and maximum
    apart         mean absolute difference from the same step of the first protocol that has it; None if
                  their shapes differ
    """

    name: str
    shape: tuple[int, ...]
    mean: float
    spread: float
    low: float
    high: float
    apart: float | None


@dataclass(frozen=True, kw_only=True)
class Explained:
    """One protocol on a pair: its options, its steps and its measurements.

    source  its paper or program; "" for an option of metrics, whose descriptions have it
    """

    protocol: str
    summary: str
    source: str
    options: Mapping[str, Any]
    steps: tuple[Step, ...]
    measurements: Mapping[str, Measurement]


def explain(  # noqa: PLR0913 - keyword-only, all but two have defaults
    *,
    fake: Any,
    real: Any,
    metrics: str | Sequence[str] | Mapping[str, Mapping[str, Any]] | None = None,
    extractor: str | Mapping[str, Any] | None = None,
    n: int | None = None,
    seed: int = 0,
    device: str = "cpu",
    reader: str | Mapping[str, Any] | None = None,
    modality: str | Mapping[str, Any] | None = None,
    plugins: Sequence[str | Path] = (),
    report: Callable[..., None] | None = None,
) -> list[Explained]:
    """Return each protocol of `extractor`, or of all extractors, computed on the same samples; see `score`.

    A protocol is a preset of options that reproduces the numbers of a paper or program. If no extractor has
    one for such samples, the protocols are the values of the option `protocol` of the metrics. Without
    `metrics`, it computes the default metrics of `score` whose extractor has protocols and whose own options
    no protocol changes, so that protocols differ in the extractor alone. The sample counts that protocols
    prescribe are ignored. Raises SuiteError if there is no protocol for such samples, or if `real` holds
    statistics.
    """
    check_call(fake, n=n, seed=seed, report=report)
    session = ScoreSession(real, extractor=extractor, n=n, device=device, reader=reader, modality=modality,
                      plugins=plugins)  # fmt: skip
    catalog, call_request = session.catalog, session.request
    metrics = _default_metrics(catalog) if metrics is None else metrics
    pair = session.pair(fake, report, metrics)
    if pair.statistics is not None:
        raise SuiteError(
            f"explain compares samples, and {pair.statistics.name} holds statistics; give samples"
        )
    explained: list[Explained] = []
    # by step, the array of the first protocol that has the step: other protocols are compared with it
    first_arrays: dict[str, Any] = {}
    for component, protocol in list_protocols(catalog):
        is_requested = call_request.use is None or component in catalog.matches("extractor", call_request.use)
        if not (is_requested and component.serves((pair.modality.reference,))):
            continue
        # with its distribution, since another plugin may have a protocol of the same name
        protocol_id = f"{component.owner.distribution}:{protocol.name}"
        request = ScoreRequest(catalog, {"use": component.reference, **call_request.options}, protocol_id)
        measurements: dict[str, Measurement] = {}
        part: Part[ExtractorSpec] | None = None
        for group in make_groups(catalog, metrics, request, modality=pair.modality, sides=pair.sides):
            measurements |= measure_group(group, pair, seed, report)
            part = group.extractor or part  # a protocol has one extractor for all metrics that take features
        steps = _trace_steps(pair, part, first_arrays)
        explained.append(
            Explained(
                protocol=protocol.name,
                summary=protocol.summary,
                source=protocol.source,
                options=protocol.options,
                steps=steps,
                measurements=measurements,
            )
        )
    return explained or _explain_options(
        catalog, metrics, call_request, pair, lambda group: measure_group(group, pair, seed, report)
    )


def _default_metrics(catalog: Catalog) -> list[str]:
    """Return the metrics that `explain` computes if a call names none.

    Such a metric is computed by `score` by default (`spec.report`). Its usual extractor has protocols, which
    are presets of options, and none of these changes options of the metric itself: then a difference between
    protocols comes from the extractor alone.
    """
    changed_metrics: dict[str, set[str]] = {}
    for extractor, protocol in list_protocols(catalog):
        changed_metrics.setdefault(extractor.name, set()).update(protocol.metrics)
    return [
        component.name
        for component in catalog.of_kind("metric")
        if isinstance(spec := component.spec, MetricSpec)
        and spec.report
        and spec.extractor in changed_metrics
        and not changed_metrics[spec.extractor].intersection(component.names)
    ]


def _explain_options(
    catalog: Catalog, metrics: Metrics, request: ScoreRequest, pair: Pair,
    compute: Callable[[Group], Mapping[str, Measurement]],
) -> list[Explained]:  # fmt: skip
    """Return each protocol that is a value of the metrics' option `protocol`, computed on the pair.

    metrics  the argument `metrics` of the call
    pair     the fakes and the real samples of the call
    compute  returns the measurements of a group by id

    Raises SuiteError if none of the metrics has protocols.
    """
    explained = []
    for protocol, requested in _find_metric_protocols(catalog, metrics, pair.modality.reference).items():
        choice = {name: {**options, "protocol": protocol} for name, (_, options) in requested.items()}
        groups = make_groups(catalog, choice, request, modality=pair.modality, sides=pair.sides)
        measurements = {name: number for group in groups for name, number in compute(group).items()}
        metric_names = dict.fromkeys(metric.name for metric, _ in requested.values())
        explained.append(
            Explained(
                protocol=protocol,
                summary=f"an option of {join_names(metric_names)}",
                source="",
                options={"protocol": protocol},
                steps=(),
                measurements=measurements,
            )
        )
    return explained


def _find_metric_protocols(
    catalog: Catalog, metrics: Metrics, modality: str
) -> dict[str, dict[str, tuple[Component, Mapping[str, Any]]]]:
    """Return by protocol the metrics of a call that have it: (metric, its options) by the name in the call.

    metrics   the argument `metrics` of the call
    modality  of the samples, by its reference

    Raises SuiteError if none of the metrics has protocols.
    """
    with_protocols = [each for each in metric_protocols(catalog) if each[0].serves((modality,))]
    requested: dict[str, dict[str, tuple[Component, Mapping[str, Any]]]] = {}
    for name, options in read_metrics(metrics).items():
        component = catalog.find_metric(parse_id(name)[0], (modality,))[0]  # of (metric, outputs)
        for protocol in next((protocols for metric, protocols in with_protocols if metric == component), ()):
            requested.setdefault(protocol, {})[name] = component, options
    if not requested:
        names = [metric.name for metric, _ in with_protocols]
        advice = f"; name metrics that have some: {join_names(names)}" if names else ""
        raise SuiteError(f"no installed extractor has a protocol for {modality} samples{advice}")
    return requested


def _trace_steps(
    pair: Pair, part: Part[ExtractorSpec] | None, first_arrays: dict[str, Any]
) -> tuple[Step, ...]:
    """Return statistics of what an extractor computes step by step, such as resizing, on the first fakes.

    Each step is compared with the same step of an earlier protocol.

    part          the extractor; None: only the fakes themselves are a step
    first_arrays  by step, the array of the first protocol that has it; this call adds its new steps

    The first step, "decoded", is the fakes before the extractor, unless they are no array, such as texts.
    """
    samples = pair.sides["fake"].open().take(slice(_N_TRACED))
    trace = None if part is None else getattr(pair.fitted(part), "steps", None)  # extractors may lack it
    arrays = {} if trace is None else dict(trace(samples))
    if isinstance(samples.data, np.ndarray):
        arrays = {"decoded": samples.data, **arrays}
    for name, array in arrays.items():
        first_arrays.setdefault(name, array)
    return tuple(
        _summarize_step(name, np.asarray(array, np.float64), first_arrays[name])
        for name, array in arrays.items()
    )


def _summarize_step(name: str, array: np.ndarray[tuple[int, ...], np.dtype[np.float64]], first: Any) -> Step:
    """Return the statistics of a step's array; `first` is the first protocol's array of the same step."""
    return Step(
        name=name,
        shape=array.shape[1:],
        mean=float(array.mean()),
        spread=float(array.std()),
        low=float(array.min()),
        high=float(array.max()),
        apart=float(np.abs(array - first).mean()) if array.shape == first.shape else None,
    )
