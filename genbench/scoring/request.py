"""Requests of `genbench.score`: metrics, extractors and protocols resolved to computations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genbench.contract.signature import canonical_options, fill_options, read_contract
from genbench.contract.specs import MetricSpec, Spec
from genbench.core.errors import SuiteError
from genbench.core.names import nearest, parse_id
from genbench.suite.components import signed_options, wanted_outputs
from genbench.suite.file import MetricEntry, SuiteEntry
from genbench.suite.resolve import make_group

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from genbench.catalog.catalog import Catalog, Component
    from genbench.contract.specs import Protocol
    from genbench.suite.components import Group

    Metrics = str | Sequence[str] | Mapping[str, Mapping[str, Any]]

__all__ = [
    "ScoreRequest",
    "check_names",
    "check_unique",
    "groups_of",
    "protocols_of",
    "report_metrics",
]

_GIVEN = "given"  # the extractor that passes vectors through
_FITTING = frozenset({"train", "train_labels"})


class ScoreRequest:
    """The extractor of a call: a name with optional options, that of a protocol, or none.

    Raises SuiteError for an unknown protocol, and for one that belongs to another extractor.
    """

    def __init__(
        self, catalog: Catalog, extractor: str | Mapping[str, Any] | None, protocol: str | None
    ) -> None:
        table = {"use": extractor} if isinstance(extractor, str) else dict(extractor or {})
        use = table.pop("use", None)
        self.protocol: Protocol | None = None
        if protocol is not None:
            component, self.protocol = _find_protocol(catalog, protocol)
            if use is not None and component not in catalog.matches("extractor", use):
                raise SuiteError(f"protocol {protocol!r} is one of the extractor {component.name}, not {use}")
            use, table = component.reference, {**self.protocol.options, **table}
        self.use: str | None = use
        self.options: dict[str, Any] = table

    def preset(self, metric: str) -> dict[str, Any]:
        """Return the protocol's settings for a metric: its options, and optionally its `extractor`."""
        return {} if self.protocol is None else dict(self.protocol.metrics.get(metric, {}))

    def entry(self, where: str, metric: MetricSpec, named: str | None, kind: str) -> SuiteEntry | None:
        """Return the extractor of a metric as a suite entry; None: its canonical extractor, or none.

        named  the extractor in the metric's id, which takes precedence
        kind   of the samples' space
        """
        use = named or self.preset(metric.name).get("extractor") or self.use
        if use is None and kind == "vector":
            use = _GIVEN
        if use is None or (named is None and not wanted_outputs(metric)):
            return None
        return SuiteEntry(
            use=use, name=None, options=self.options if self._takes_options(use) else {}, where=where
        )

    def _takes_options(self, use: str) -> bool:
        """Return whether the options apply to this extractor: the named one, or any if none is named."""
        return self.use in (None, use) and use != _GIVEN


def groups_of(
    catalog: Catalog, metrics: Metrics, request: ScoreRequest, *, kind: str, sides: Collection[str]
) -> list[Group]:
    """Return the computation of each metric.

    metrics  names, ids such as "fid[pixels]", or a mapping of these to options
    kind     of the samples' space; vectors are features already and need no extractor
    sides    names of the sides; an extractor that is fitted needs `train`

    Raises SuiteError for unknown names and options.
    """
    named = _named(metrics)
    shared = _shared(catalog, named) if request.use is None and request.options else None
    return [_group(catalog, name, options, request, kind, sides, shared) for name, options in named.items()]


def _shared(catalog: Catalog, names: Iterable[str]) -> str | None:
    """Return the canonical extractor of the first metric that has one; unnamed options apply to it."""
    specs = [catalog.find_metric(parse_id(name)[0])[0].spec for name in names]
    return next((spec.extractor for spec in specs if isinstance(spec, MetricSpec) and spec.extractor), None)


def _named(metrics: Metrics) -> dict[str, Mapping[str, Any]]:
    """Return the options of each metric, by name."""
    if isinstance(metrics, Mapping):
        return dict(metrics)
    return {name: {} for name in ((metrics,) if isinstance(metrics, str) else metrics)}


def check_names(catalog: Catalog, metrics: Metrics) -> None:
    """Raise SuiteError for the first unknown metric."""
    for name in _named(metrics):
        try:
            catalog.find_metric(parse_id(name)[0])
        except SuiteError as error:
            raise SuiteError(f"metrics: {name}: {error}") from error


def check_unique(groups: Sequence[Group]) -> None:
    """Raise SuiteError if two computations have an output of the same id."""
    ids = [name for group in groups for name, _ in group.outputs]
    for name in ids:
        if ids.count(name) > 1:
            raise SuiteError(f"metrics: {name} is asked for twice; name each id once")


def report_metrics(
    catalog: Catalog, request: ScoreRequest, *, kind: str, sides: Collection[str]
) -> list[str]:
    """Return the ids of the metrics of a report on such samples, all with one extractor.

    The extractor is the requested one, none for vectors, else the canonical one of the first such metric. If
    it does not work on such samples, only metrics without an extractor remain.
    """
    specs = [component.spec for component in catalog.components]
    wanted = [
        spec for spec in specs if isinstance(spec, MetricSpec) and spec.report and _works_on(spec, kind)
    ]
    canonical = next((spec.extractor for spec in wanted if spec.extractor is not None), None)
    shared = None if request.use is not None or kind == "vector" else canonical
    has_features = shared is None or any(
        _works_on(component.spec, kind) for component in catalog.matches("extractor", shared)
    )
    ids = []
    for spec in wanted:
        lacks_train = "train" not in sides and _FITTING & set(read_contract(spec).inputs)
        if lacks_train or (wanted_outputs(spec) and not has_features):
            continue
        ids.append(f"{spec.name}[{shared}]" if shared and wanted_outputs(spec) else spec.name)
    return ids


def _works_on(spec: Spec, kind: str) -> bool:
    return not spec.spaces or kind in spec.spaces


def _group(
    catalog: Catalog, name: str, options: Mapping[str, Any], request: ScoreRequest, kind: str,
    sides: Collection[str], shared: str | None,
) -> Group:  # fmt: skip
    where = f"metrics: {name}"
    use, extractor = parse_id(name)
    named = extractor or None
    spec = catalog.find_metric(use)[0].spec
    entry = request.entry(where, spec, named or shared, kind) if isinstance(spec, MetricSpec) else None
    preset = {key: value for key, value in request.preset(spec.name).items() if key != "extractor"}
    group = make_group(
        MetricEntry(use=use, name=None, options={**preset, **options}, where=where, extractor=entry),
        Path.cwd(), catalog,
    )  # fmt: skip
    for part in (group.metric, group.extractor):
        if part is not None and not _works_on(part.spec, kind):
            raise SuiteError(f"{where}: {part.name} works on {', '.join(part.spec.spaces)}; the samples are "
                             f"of the kind {kind}")  # fmt: skip
    if group.extractor is not None and group.extractor.contract.inputs and "train" not in sides:
        raise SuiteError(f"{where}: extractor {group.extractor.name!r} is fitted to a dataset; give its "
                         f"samples with labels as train, or name one that is not fitted")  # fmt: skip
    if request.protocol is None or named is not None or not _follows(group, request):
        return group
    return _under(group, request.protocol)


def _follows(group: Group, request: ScoreRequest) -> bool:
    """Return whether all options of a group's extractor are the protocol's, the weights included."""
    part = group.extractor
    if part is None or request.protocol is None:
        return part is None
    preset = {} if "extractor" in request.preset(group.metric.component.name) else request.protocol.options
    options = fill_options(
        part.contract, preset, where=f"protocol {request.protocol.name}", folder=Path.cwd()
    )
    return dict(part.signed) == signed_options(part.contract, canonical_options(part.contract, options))


def _under(group: Group, protocol: Protocol) -> Group:
    """Return a computation with the protocol in its ids."""
    outputs = tuple((f"{output.name}[{protocol.name}]", output) for _, output in group.outputs)
    return replace(group, outputs=outputs, protocol=protocol.name)


def _find_protocol(catalog: Catalog, reference: str) -> tuple[Component, Protocol]:
    """Return the protocol that "[distribution:]name" names, with its extractor.

    Raises SuiteError if there is none, or if several distributions have one of that name.
    """
    distribution, _, name = reference.rpartition(":")
    known = protocols_of(catalog)
    matches = [(component, protocol) for component, protocol in known
               if protocol.name == name and distribution in ("", component.owner.distribution)]  # fmt: skip
    if not matches:
        hint = nearest(name, [protocol.name for _, protocol in known])
        raise SuiteError(f"no protocol named {reference!r}{hint}")
    if len(matches) > 1:
        choices = " or ".join(f"{component.owner.distribution}:{name}" for component, _ in matches)
        raise SuiteError(f"several extractors have a protocol {name!r}; name one of them: {choices}")
    return matches[0]


def protocols_of(catalog: Catalog) -> list[tuple[Component, Protocol]]:
    """Return every protocol with its extractor, sorted by extractor, then in the order of its spec."""
    return [
        (component, protocol)
        for component in catalog.of_kind("extractor")
        for protocol in getattr(component.spec, "protocols", ())
    ]
