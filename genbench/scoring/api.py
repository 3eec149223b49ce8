"""`genbench.score`: computes metrics on files, splits of datasets or arrays."""

from __future__ import annotations

import functools
import os
import sys
import warnings
from dataclasses import dataclass, field, replace
from numbers import Integral
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genbench.board.cautions import (
    caution_of_classes,
    caution_of_shared_sides,
    caution_of_sizes,
    caution_of_the_metric,
)
from genbench.catalog.catalog import load_catalog
from genbench.catalog.modalities import modalities_of
from genbench.core.errors import DataError, Invalid, SuiteError, Undefined
from genbench.files.outputs import check_output
from genbench.results.signatures import short_signature
from genbench.scoring.inputs import Side, Source, stated_space
from genbench.scoring.pair import Pair
from genbench.scoring.request import ScoreRequest, check_names, check_unique, groups_of, report_metrics
from genbench.store.environment import cores
from genbench.store.keys import Settings, options_text, signature
from genbench.store.store import open_store
from genbench.suite.components import wanted_outputs
from genbench.trial.computation import compute
from genbench.trial.devices import check_device
from genbench.trial.failures import BlameError, outcome_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from genbench.catalog.catalog import Catalog
    from genbench.core.extracted import ValidCount
    from genbench.core.scores import Score
    from genbench.suite.components import Group

__all__ = ["Measurement", "check_numbers", "measured", "open_pair", "score"]


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """One number of one metric.

    direction   "lower" or "higher" is better, "target": nearest to `best` is better, or "none"
    low, high   the metric's own interval, or None
    spread      standard deviation over the metric's own repetitions (subsets, splits), or None; no interval
    n, n_real   number of fakes and of real samples; n_real is None if only statistics are given that do not
                say theirs
    seed        seed of metrics that draw random numbers; the others do not depend on it
    status      "ok", or the kind of failure; `reason` explains it
    signature   8 hex digits: the hash of `decided_by`, all settings that decide the number
    extra       further results of the metric
    valid       by side, how many samples have features, where the extractor found none in some
    cautions    what makes the number say less than it seems to, one line each
    """

    metric: str
    direction: str
    best: float | None
    value: float | None
    low: float | None
    high: float | None
    spread: float | None
    n: int
    n_real: int | None
    status: str
    reason: str
    seed: int
    signature: str
    decided_by: Mapping[str, Any] = field(repr=False)
    extra: Mapping[str, Any] = field(default_factory=dict)
    valid: Mapping[str, ValidCount] = field(default_factory=dict)
    cautions: tuple[str, ...] = ()


def score(  # noqa: PLR0913 - keyword-only, all but two have defaults
    *,
    fake: Any,
    real: Any,
    train: Any = None,
    metrics: str | Sequence[str] | Mapping[str, Mapping[str, Any]] | None = None,
    extractor: str | Mapping[str, Any] | None = None,
    protocol: str | None = None,
    n: int | None = None,
    seed: int = 0,
    device: str = "cpu",
    reader: str | Mapping[str, Any] | None = None,
    modality: str | Mapping[str, Any] | None = None,
    plugins: Sequence[str | Path] = (),
    save_stats: str | Path | None = None,
    report: Callable[..., None] | None = None,
) -> dict[str, Measurement]:
    """Compare the samples `fake` with the samples `real` by metrics; return a Measurement a metric id.

    fake, real, train  paths (a folder of images, an .npz or .npy file, a folder of samples that a run kept);
                       splits of datasets ("digits.test");
                       or arrays, tensors or genbench.Samples: uint8 (n, h, w, c) images, float (n, d)
                       features, with ids like `fid[given]`. Metrics that look for copies of training samples
                       and extractors that are fitted need `train`. `real` may be an .npz file with `mu` and
                       `sigma`, for metrics that work from the mean and covariance of features
    metrics            a name, an id ("fid[pixels]"), several, or a mapping of these to options; None: the
                       metrics of a report
    extractor          replaces each metric's canonical extractor: a name, or a mapping with `use` and options
    protocol           a preset of an extractor that reproduces the numbers of a paper
    n                  cut fake and real to n samples, chosen by content; None: all samples
    seed               seed of metrics that draw random numbers
    reader             the dataset component that opens paths, if several can, or to give it options: a name,
                       or a mapping with `use` and options
    modality           the modality of samples that do not say theirs, such as molecules in a text file: a
                       name, or a mapping with `use`, parameters, and `field`, the key or column of strings in
                       files; None: that of the samples beside them, else that of the dataset component
    plugins            files of plugins that are not installed
    save_stats         the .npz file to which mean and covariance of the real features are written
    report(**event)    receives stages and progress

    The store caches features of paths and splits by content. Raises DataError for samples that cannot be
    opened or converted, and SuiteError for unknown names and options. A metric that has no value, or fails,
    gives a Measurement with its status and reason.
    """
    check_numbers(n=n, seed=seed)
    catalog = load_catalog(plugins)
    request = ScoreRequest(catalog, extractor, protocol)
    names = {"fake", "real"} | ({"train"} if train is not None else set())
    if metrics is not None:
        check_names(catalog, metrics)  # before long work
    if save_stats is not None:
        _check_file(Path(save_stats))
    given = {"fake": fake, "real": real, "train": train}
    sides = {name: value for name, value in given.items() if name in names}
    pair = open_pair(catalog, sides, request, n=n, device=device, reader=reader, modality=modality,
                     report=report)  # fmt: skip
    if metrics is None:
        metrics = report_metrics(catalog, request, modality=pair.modality, sides=names)
        if not metrics:
            kind = pair.modality.reference
            raise SuiteError(f"no installed metric is part of a report on {kind} samples; name metrics")
    results: dict[str, Measurement] = {}
    groups = groups_of(catalog, metrics, request, modality=pair.modality, sides=names)
    check_unique(groups)
    if save_stats is not None:
        _save_statistics(Path(save_stats), groups, pair, [Path(plugin) for plugin in plugins])
    for group in groups:
        results |= measured(group, pair, seed, report)
    return results


def check_numbers(*, n: Any, seed: Any) -> None:
    """Raise SuiteError unless n is None or an integer >= 1, and seed an integer >= 0."""
    for name, value, least in (("n", n, 1), ("seed", seed, 0)):
        if name == "n" and value is None:
            continue
        if type(value) is bool or not isinstance(value, Integral) or value < least:
            raise SuiteError(f"{name}: expected an integer of at least {least}, got {value!r}")


def open_pair(
    catalog: Catalog, given: Mapping[str, Any], request: ScoreRequest, *, n: int | None, device: str,
    reader: str | Mapping[str, Any] | None, modality: str | Mapping[str, Any] | None,
    report: Callable[..., None] | None,
) -> Pair:  # fmt: skip
    """Open the sides of a call with the split and the sample count of its protocol."""
    check_device(device)
    store, warning = open_store()
    if warning is not None:
        warnings.warn(warning, RuntimeWarning, stacklevel=3)
    tell = functools.partial(_tell, report or _silent)

    def log(step: int, total: int, **_: float) -> None:
        tell(step=step, total=total, values={})

    protocol = request.protocol
    split = "test" if protocol is None else protocol.split
    table = {"use": reader} if reader is None or isinstance(reader, str) else dict(reader)
    use = table.pop("use", None)
    stated, text_field = stated_space(catalog, modality)
    source = Source(
        catalog=catalog, store=store, reader=use, options=table, stated=stated, text_field=text_field,
        split=split, log=log,
    )  # fmt: skip
    counts = {"fake": n, "real": n, "train": None}
    if n is None and protocol is not None:
        counts["fake"] = protocol.n
    statistics = source.statistics(given["real"], "real")
    if statistics is not None and not statistics.has_samples:
        given = {name: value for name, value in given.items() if name != "real"}
    sides: dict[str, Side] = {}
    for name in sorted(given, key=lambda name: source.rank(given[name])):
        tell(stage=f"open {name}")
        beside = next((side.space for side in sides.values()), None)
        try:
            sides[name] = source.side(given[name], name, counts[name], beside)
        except DataError as error:
            if protocol is None or counts[name] == n:
                raise
            raise DataError(f"{error}; the protocol {protocol.name} needs them") from error
    ordered = {name: sides[name] for name in given}
    return Pair(ordered, modalities_of(catalog), store, _settings_here(device), tell, protocol, statistics)


def measured(
    group: Group, pair: Pair, seed: int = 0, report: Callable[..., None] | None = None
) -> dict[str, Measurement]:
    """Return the measurements of one group's outputs on a pair, by id."""
    (report or _silent)(stage=group.outputs[0][0])
    scores: dict[str, Score] = {}
    valid: dict[str, ValidCount] = {}
    pair.used.clear()
    status, reason = "ok", ""
    data = pair.data_hash(group)
    moments, statistics = pair.moments(group), pair.statistics_for(group)
    try:
        pair.check_fit(group)
        scores = compute(group, pair, data_hash=data, seed=seed, device=pair.settings.device, valid=valid,
                         moments=moments, note=pair.used.note)  # fmt: skip
    except (BlameError, Undefined, Invalid) as failure:
        status, reason = outcome_of(failure)
    found = {}
    fake, n_real = pair.sides["fake"], pair.n_real(group)
    for name, output in group.outputs:
        decided_by = signature(
            group, output.name, n=fake.size, n_real=n_real if statistics is None else "moments",
            data_hash=data, split=pair.sides["real"].split if statistics is None else None,
        )  # fmt: skip
        blank = Measurement(
            metric=name, direction=output.direction, best=output.best, value=None, low=None, high=None,
            spread=None, n=fake.size, n_real=n_real, status=status, reason=reason, seed=seed,
            signature=short_signature(decided_by), decided_by=decided_by, valid=dict(valid),
            cautions=(*_cautions(group, pair), *sorted(map(str, pair.used))),
        )  # fmt: skip
        found[name] = _scored(blank, scores[output.name]) if scores else blank
    return found


def _check_file(path: Path) -> None:
    """Raise SuiteError if statistics cannot be written to a path, before long work."""
    if path.suffix.lower() != ".npz":
        raise SuiteError(f"save_stats: {path.name}: expected a name that ends in .npz")
    try:
        check_output(path)
    except OSError as error:
        raise SuiteError(f"save_stats: {path.name} cannot be written: {error.strerror or error}") from error


def _save_statistics(path: Path, groups: Sequence[Group], pair: Pair, plugins: Sequence[Path]) -> None:
    """Write the statistics of the real features to a file.

    Raises SuiteError unless the metrics that take one output of an extractor all take the same, and DataError
    if there are no statistics of it.
    """
    used = {}
    for group in groups:
        wanted, extractor = wanted_outputs(group.metric.spec), group.extractor
        if extractor is not None and len(wanted) == 1:
            used[f"{wanted[0]} of {extractor.name} {options_text(extractor)}"] = (extractor, wanted[0])
    if len(used) != 1:
        got = " and ".join(used) or "none"
        raise SuiteError(f"save_stats: expected metrics of one output of one extractor, got {got}; name one "
                         f"metric")  # fmt: skip
    ((extractor, output),) = used.values()
    try:
        pair.save_moments(path, extractor, output, plugins)
    except (BlameError, Undefined, Invalid) as failure:
        raise DataError(f"save_stats: {outcome_of(failure)[1]}") from failure


def _settings_here(device: str) -> Settings:
    """Return the settings of this process: torch's number of threads, or the number it would use."""
    torch = sys.modules.get("torch")
    if torch is not None:
        return Settings(threads=torch.get_num_threads(), device=device)
    named = os.environ.get("OMP_NUM_THREADS", "")
    threads = int(named) if named.isdecimal() and int(named) > 0 else cores()
    return Settings(threads=threads, device=device)


def _scored(blank: Measurement, score: Score) -> Measurement:
    """Return a measurement with the numbers of a score."""
    extra = dict(score.extra)
    spread = extra.pop("spread", None)
    cautions = (*blank.cautions, *caution_of_the_metric(extra))
    return replace(
        blank,
        value=score.value,
        low=score.low,
        high=score.high,
        spread=spread,
        extra=extra,
        cautions=cautions,
    )


def _cautions(group: Group, pair: Pair) -> Iterator[str]:
    """Yield the cautions of a group of outputs on a pair, before any is computed."""
    sides, statistics = pair.sides, pair.statistics_for(group)
    yield from caution_of_sizes(sides["fake"].size, pair.n_real(group))
    if statistics is not None and statistics.origin is None and group.metric.spec.real_moments:
        assumed = "" if group.extractor is None else group.extractor.name
        yield f"{statistics.name} does not say which extractor its statistics are of; {assumed} is assumed"
    if group.metric.contract.takes_labels and "real" in sides:
        yield from caution_of_classes(pair.classes("real"), pair.classes("fake"))
    if pair.uses_train(group) and pair.real_shares_train:
        yield from caution_of_shared_sides([("real", "train")])
    protocol = pair.protocol
    if group.protocol is not None and protocol is not None and protocol.n and sides["fake"].size < protocol.n:
        yield f"{protocol.name} asks for {protocol.n} fakes, and {sides['fake'].size} were given"


def _tell(report: Callable[..., None], **event: Any) -> None:
    if "warning" in event:  # the store cannot be written to
        warnings.warn(event["warning"], RuntimeWarning, stacklevel=2)
    report(**event)


def _silent(**event: Any) -> None:
    """Discard an event."""
