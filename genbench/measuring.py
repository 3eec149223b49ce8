"""`genbench.score`: metrics on arrays that are at hand, in a training loop or a notebook."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import seeds
from genbench.calling import call, gather, no_log
from genbench.canonical import digest
from genbench.catalog import load_catalog
from genbench.errors import DataError, Invalid, SuiteError, Undefined
from genbench.extraction import extracted
from genbench.keys import options_text, signature
from genbench.parts import wanted_outputs
from genbench.reasons import BlameError, blame, outcome_of
from genbench.records import short_signature
from genbench.resolve import make_group
from genbench.samples import Samples, check, content_hash
from genbench.scores import as_scores
from genbench.scoring import SIDES, check_ranges
from genbench.specs import MetricSpec
from genbench.suite import Entry, MetricEntry

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from genbench.catalog import Catalog
    from genbench.parts import Group
    from genbench.scores import Score

    Sides = Mapping[str, Samples]

__all__ = ["Measurement", "score"]

_GIVEN = "given"  # the extractor that takes vectors as they are
_CHANNELS = (1, 3, 4)  # grey, colour, colour with opacity; other last axes are rather sides of an image
_ADVICE = (
    "images are uint8 (n, height, width, channels): (x * 255).round().clip(0, 255).astype('uint8') converts "
    "floats in [0, 1], x.transpose(0, 2, 3, 1) channels-first ones, x[..., None] grey ones; features are "
    "float (n, d): x.reshape(len(x), -1).astype('float64')"
)


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """One number of one metric.

    status     "ok", or why there is no value, with the reason
    signature  8 hex digits that stand for all that decides the number
    """

    metric: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    status: str
    reason: str
    signature: str


def score(
    *,
    fake: Any,
    real: Any,
    train: Any = None,
    metrics: str | Sequence[str] | Mapping[str, Mapping[str, Any]],
    extractor: str | None = None,
    seed: int = 0,
    device: str = "cpu",
) -> dict[str, Measurement]:
    """Return what metrics say of `fake` against `real`, by the metric's id.

    fake, real, train  uint8 (n, h, w, c) images, or float (n, d) features, with ids like `fid[given]`:
                       arrays, tensors or genbench.Samples; `train` for metrics that look
                       for copies
    metrics            a name, names, or a mapping of names to options
    extractor          in place of each metric's canonical one
    seed               of metrics that draw

    Raises DataError for arrays that are neither, with the line that converts them, and SuiteError for unknown
    names and options. A metric that has no value, or fails, is a Measurement with its status and reason.
    """
    sides = {"fake": _samples(fake, "fake"), "real": _samples(real, "real")}
    if train is not None:
        sides["train"] = _samples(train, "train")
    spaces = {(samples.space.kind, samples.space.shape) for samples in sides.values()}
    if len(spaces) > 1:
        shapes = ", ".join(f"{name} is {samples.space}" for name, samples in sides.items())
        raise DataError(f"fake, real and train must be of one space; {shapes}")
    catalog = load_catalog()
    is_given = extractor is None and sides["real"].space.kind == "vector"
    metrics = (metrics,) if isinstance(metrics, str) else metrics
    named = metrics if isinstance(metrics, Mapping) else {name: {} for name in metrics}
    results: dict[str, Measurement] = {}
    for name, options in named.items():
        where = f"metrics: {name}"
        chosen = _GIVEN if is_given and _takes_outputs(catalog, name) else extractor
        named_extractor = None if chosen is None else Entry(use=chosen, name=None, options={}, where=where)
        entry = MetricEntry(use=name, name=None, options=options, where=where, extractor=named_extractor)
        group = make_group(entry, Path.cwd(), catalog)
        if group.extractor is not None and group.extractor.contract.inputs:
            raise SuiteError(
                f"{where}: extractor {group.extractor.name!r} is fitted to a dataset; name one that is not"
            )
        results |= _measured(group, sides, seed, device)
    return results


def _samples(value: Any, name: str) -> Samples:
    """Return an argument as samples; raise DataError, saying how to convert it, if it is neither kind."""
    if hasattr(value, "detach"):
        value = _array(value, name)
    kind = None
    if isinstance(value, np.ndarray):
        kind = {("u", 4): "image", ("f", 2): "vector"}.get((value.dtype.kind, value.ndim))
        if kind == "image" and value.shape[3] not in _CHANNELS:
            kind = None
    if kind is None and not isinstance(value, Samples):
        got = f"{value.dtype} {value.shape}" if isinstance(value, np.ndarray) else type(value).__name__
        raise DataError(f"{name}: expected images or features, got {got}; {_ADVICE}")
    try:
        samples = value if kind is None else Samples.of(kind, value)
        check(samples, samples.space, len(samples))
    except (Invalid, ValueError) as error:  # ValueError: an axis of length 0
        raise DataError(f"{name}: {error}") from error
    return samples


def _array(tensor: Any, name: str) -> Any:
    try:
        return tensor.detach().cpu().numpy()
    except TypeError as error:  # bfloat16, of which numpy knows nothing
        raise DataError(f"{name}: {error}; convert the tensor with x.double()") from error


def _measured(group: Group, sides: Sides, seed: int, device: str) -> dict[str, Measurement]:
    data = digest({name: content_hash(samples) for name, samples in sides.items() if name != "fake"})
    scores: dict[str, Score] = {}
    status, reason = "ok", ""
    try:
        scores = _scores(group, sides, data, seed, device)
    except (BlameError, Undefined, Invalid) as failure:
        status, reason = outcome_of(failure)
    found = {}
    n, n_real = len(sides["fake"]), len(sides["real"])
    for name, output in group.outputs:
        value = scores.get(output.name)
        found[name] = Measurement(
            metric=name,
            value=None if value is None else value.value,
            low=None if value is None else value.low,
            high=None if value is None else value.high,
            n=n,
            status=status,
            reason=reason,
            signature=short_signature(signature(group, output.name, n=n, n_real=n_real, data_hash=data)),
        )
    return found


def _scores(group: Group, sides: Sides, data: str, seed: int, device: str) -> dict[str, Score]:
    metric = group.metric
    for name in ("fake", "real"):
        if name in metric.contract.inputs and len(sides[name]) < metric.spec.min_n:
            raise Undefined(
                f"needs at least {metric.spec.min_n} samples on each side; {name} has {len(sides[name])}"
            )
    rng = seeds.stream(seed, "metric", metric.component.name, options_text(metric), data)
    inputs = gather(metric, _providers(group, sides, device))
    outputs = {output.name: output for output in metric.spec.scores}
    with blame(metric.component):
        answer = call(metric, inputs, {"rng": rng, "device": device, "log": no_log})
        return check_ranges(as_scores(answer, tuple(outputs)), outputs)


def _providers(group: Group, sides: Sides, device: str) -> dict[str, Callable[[], Any]]:
    names = wanted_outputs(group.metric.spec)
    function = functools.cache(lambda: _extractor(group, device))  # when first needed, and once

    def wanted(samples: Samples) -> Any:
        if group.extractor is None:
            return samples
        arrays = extracted(function(), group.extractor, samples)
        return arrays[names[0]] if len(names) == 1 else {name: arrays[name] for name in names}

    def side(name: str) -> Any:
        if name not in sides:
            raise Undefined(f"{name} was not given")
        return wanted(sides[name])

    def labels(name: str) -> Any:
        if name not in sides or sides[name].labels is None:
            raise Undefined(f"{name} has no labels")
        return sides[name].labels

    def absent(name: str) -> Any:
        raise Undefined(f"genbench.score has no {name}; run a suite")

    providers: dict[str, Callable[[], Any]] = {"extract": lambda: wanted}
    for name in SIDES:
        providers[name] = functools.partial(side, name)
        providers[f"{name}_labels"] = functools.partial(labels, name)
    return providers | {name: functools.partial(absent, name) for name in ("sampler", "history", "truth")}


def _extractor(group: Group, device: str) -> Any:
    if group.extractor is None:
        raise Undefined("the metric takes samples and uses no extractor")
    with blame(group.extractor.component):
        rng = seeds.stream(None, "extract", group.extractor.component.name, options_text(group.extractor))
        return call(group.extractor, {}, {"rng": rng, "device": device, "log": no_log})


def _takes_outputs(catalog: Catalog, metric: str) -> bool:
    specs = [component.spec for component in catalog.matches("metric", metric)]
    return any(isinstance(spec, MetricSpec) and wanted_outputs(spec) for spec in specs)
