"""Requests of `genbench.score`: metrics, extractors and protocols resolved to computations."""

from __future__ import annotations

import functools
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from genbench.catalog.states import read_needs
from genbench.contract.signature import canonical_options, fill_options, read_contract, resolve
from genbench.contract.specs import ASPECTS, ExtractorSpec, MetricSpec
from genbench.core.errors import PluginError, SuiteError, Undefined, describe_error
from genbench.core.names import join_names, parse_id, suggest_names
from genbench.scoring.arguments import is_collection, value_text
from genbench.suite.components import NotFetchedError, extractor_outputs, select_signature_options
from genbench.suite.file import MetricEntry, SuiteEntry
from genbench.suite.resolve import find_canonical_extractors, make_group
from genbench.trial.reading.readers import suggest_modality_option

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from genbench.catalog.catalog import Catalog, Component
    from genbench.catalog.modalities import Modality
    from genbench.contract.specs import Protocol
    from genbench.core.samples import Samples
    from genbench.suite.components import Group

    Metrics = str | Sequence[str] | Mapping[str, Mapping[str, Any]]

__all__ = [
    "ScoreRequest", "check_names", "check_unique", "find_modalities", "join_groups", "list_protocols",
    "make_groups", "metric_protocols", "offline_advice", "read_metrics", "report_metrics",
]  # fmt: skip

#: The order of aspects in a report: whether samples are valid at all comes before what they are worth.
_REPORT_ASPECTS = sorted(("", *ASPECTS), key=("validity", *ASPECTS, "").index)


class ScoreRequest:
    """The extractor and the protocol of a call of `genbench.score`, as they apply to its metrics.

    use       the name or reference of the extractor; None: each metric has its own
    options   of the extractor
    protocol  the protocol of the call, or None
    """

    def __init__(
        self, catalog: Catalog, extractor: str | Mapping[str, Any] | None, protocol: str | None
    ) -> None:
        """Resolve the arguments `extractor` and `protocol` of a call.

        extractor  a name, or a mapping of its options, with the name as "use"; it may have options alone
        protocol   "[distribution:]name" of a protocol, a preset that one extractor declares

        Options of the call replace those of the protocol. Raises SuiteError for an unknown protocol, and for
        one that another extractor declares.
        """
        options = {"use": extractor} if isinstance(extractor, str) else dict(extractor or {})
        use = options.pop("use", None)
        self.catalog = catalog
        self.protocol: Protocol | None = None
        self._distribution: str | None = None  # the distribution of the protocol
        if protocol is not None:
            component, self.protocol = _find_protocol(catalog, protocol)
            if use is not None and component not in catalog.matches("extractor", use):
                raise SuiteError(f"protocol {protocol!r} is one of the extractor {component.name}, not {use}")
            use, options = component.reference, {**self.protocol.options, **options}
            self._distribution = component.owner.distribution
        self.use: str | None = use
        self.options: dict[str, Any] = options

    def find_preset(self, metric: str) -> dict[str, Any]:
        """Return what the protocol of the call sets for a metric: options, and optionally an `extractor`.

        A protocol is a preset of an extractor and of metrics, which reproduces the numbers of a paper. The
        result is {} without a protocol, and for a metric that the protocol does not name.
        """
        return {} if self.protocol is None else dict(self.protocol.metrics.get(metric, {}))

    def make_entry(
        self, where: str, metric: MetricSpec, named: str | None, default: str | None, *, has_own: bool
    ) -> SuiteEntry | None:
        """Return the extractor of a metric as a suite entry; None: its canonical extractor, or no extractor.

        where    the place of the metric in the call, for messages: "metrics: fid"
        named    the extractor in the metric's id, "pixels" in "fid[pixels]", else the one that all metrics
                 share (see `make_groups`), else None
        default  the default extractor of the samples' modality, or None
        has_own  whether the metric's canonical extractor works on the samples
        """
        # The first of: the extractor in the metric's id, the protocol's extractor for this metric, the call's
        # extractor, the canonical one, for which None stands, and the modality's default.
        choice = named or self._find_protocol_extractor(metric.name) or self.use
        use = choice or (None if has_own else default)
        # A metric that takes no features has no extractor; one in its id is kept: `make_group` refuses it.
        if use is None or (named is None and not extractor_outputs(metric)):
            return None
        # The options of a call are for its extractor or, if it names none, for the one in the metric's id;
        # they are never for the modality's default.
        takes_options = self.use == use or (self.use is None and use != default)
        return SuiteEntry(use=use, options=self.options if takes_options else {}, where=where)

    def _find_protocol_extractor(self, metric: str) -> str | None:
        """Return the reference of the extractor that the protocol prescribes for a metric, or None.

        Of several extractors with the prescribed name, the protocol's own distribution has priority. If
        none or several remain, return the name: `make_group` refuses it with a message.
        """
        name: str | None = self.find_preset(metric).get("extractor")
        matches = () if name is None else self.catalog.matches("extractor", name, home=self._distribution)
        return matches[0].reference if len(matches) == 1 else name


def make_groups(
    catalog: Catalog, metrics: Metrics, request: ScoreRequest, *, modality: Modality, sides: Collection[str],
    paths: Sequence[Path] = (), shape: tuple[int, ...] | None = None, has_labels: Callable[[], bool] = bool,
) -> list[Group]:  # fmt: skip
    """Return a Group, the computation of a metric, for each of `metrics`, in their order.

    metrics   names, ids such as "fid[pixels]", or a mapping of these to options
    modality  the modality of the samples
    sides     names of the sides; an extractor that is fitted needs `train`
    paths     the paths of the samples, for messages that suggest another modality for them
    shape     of a sample, for messages that suggest an extractor; None: unknown
    has_labels  returns whether the training samples have labels, for the same messages, which ask for it once
              they need it; by default `bool`, which returns False

    Raises SuiteError for unknown names and options.
    """
    options_by_metric = read_metrics(metrics)
    shared = None
    # The call has options for an extractor without its name: they are for the canonical extractor (that of
    # its paper) of the first metric that has one, and all metrics use it.
    if request.use is None and request.options:
        served = (modality.reference,)
        components = [catalog.find_metric(parse_id(name)[0], served)[0] for name in options_by_metric]
        shared = _find_first_canonical(catalog, components, modality)
    # for messages only: what it needs is not read before
    advise = functools.partial(
        offline_advice, catalog, modality, sides=sides, shape=shape, has_labels=has_labels
    )
    return [
        _make_group(catalog, name, options, request, modality, sides, shared, paths, advise)
        for name, options in options_by_metric.items()
    ]


def _find_first_canonical(catalog: Catalog, metrics: Iterable[Component], modality: Modality) -> str | None:
    """Return the canonical extractor (that of its paper) of the first metric that has one, or None.

    It is a reference, or a name as in `_find_canonical`.
    """
    extractors = (_find_canonical(catalog, metric, modality) for metric in metrics)
    return next(filter(None, extractors), None)


def _find_canonical(catalog: Catalog, metric: Component, modality: Modality) -> str | None:
    """Return the reference of the extractor that a metric's spec names, or None if it names none.

    If no or several installed extractors have that name, return the name, which `make_group` refuses.
    """
    extractors = find_canonical_extractors(metric, catalog, (modality.reference,))
    if len(extractors) == 1:
        return extractors[0].reference
    return metric.spec.extractor if isinstance(metric.spec, MetricSpec) else None


def read_metrics(metrics: Metrics) -> dict[str, Mapping[str, Any]]:
    """Return the options of each metric, by name or id; raise SuiteError for metrics in another form."""
    names = (metrics,) if isinstance(metrics, str) else metrics
    if not is_collection(names) or not all(isinstance(name, str) for name in names):
        raise SuiteError(f"metrics: expected names of metrics, got {value_text(metrics)}")
    if not isinstance(metrics, Mapping):
        return {name: {} for name in names}
    for name, options in metrics.items():
        if not isinstance(options, Mapping):
            raise SuiteError(f"metrics: {name}: expected a mapping of options, got {value_text(options)}")
    return dict(metrics)


def check_names(catalog: Catalog, metrics: Metrics) -> None:
    """Raise SuiteError for the first unknown metric; accept a name that several metrics have.

    `make_groups` chooses between these by the modality of the samples, which have not been read yet.
    """
    for name in read_metrics(metrics):
        metric, _ = parse_id(name)  # without the extractor: "fid" of "fid[pixels]"
        if len(catalog.matches("metric", metric)) > 1:
            continue
        try:
            catalog.find_metric(metric)
        except SuiteError as error:
            raise SuiteError(f"metrics: {name}: {error}") from error


def find_modalities(catalog: Catalog, metrics: Metrics) -> frozenset[str]:
    """Return the references of the modalities that all metrics work on.

    The set is empty if all metrics work on any modality, or if they have none in common. An unknown metric,
    which `check_names` refuses, counts as one that works on any.
    """
    served: frozenset[str] | None = None  # any
    for name in read_metrics(metrics):
        components = catalog.matches("metric", parse_id(name)[0])  # several metrics may have the name
        if components and all(component.modalities for component in components):
            modalities = frozenset[str]().union(*(component.modalities for component in components))
            served = modalities if served is None else served & modalities
    return served or frozenset()


def check_unique(groups: Sequence[Group]) -> None:
    """Raise SuiteError if two computations have an output of the same id."""
    ids = [name for group in groups for name, _ in group.outputs]
    for name in ids:
        if ids.count(name) > 1:
            raise SuiteError(
                f"metrics: {name} is asked for twice; name each id once, and score again with other options"
            )


def join_groups(groups: Iterable[Group]) -> list[Group]:
    """Return the computations of metrics, joined where they differ only in their outputs.

    So a metric that gives several numbers, such as precision and recall, runs once.
    """
    joined: list[Group] = []
    for group in groups:
        for index, earlier in enumerate(joined):
            if replace(group, outputs=earlier.outputs) == earlier:
                joined[index] = replace(earlier, outputs=earlier.outputs + group.outputs)
                break
        else:
            joined.append(group)
    return joined


def report_metrics(
    catalog: Catalog, request: ScoreRequest, *, modality: Modality, sides: Collection[str], fake: Samples,
    n: int,
) -> dict[str, Mapping[str, Any]]:  # fmt: skip
    """Return the metrics of a report, by id with their options: those that a call computes if it names none.

    fake  the fakes, by which specs choose options for a report
    n     the number of samples of the smaller side

    The metrics that the modality names come first, then others of the modality, then metrics of any samples,
    then those of features; among these, they are in the order of their aspects, validity first.

    Metrics of features share one extractor: the requested one, else the modality's default, else the
    canonical extractor (that of its paper) of the first metric that has one. These metrics are left out if no
    such extractor works on the samples, or if the default is fitted and there are no training samples.
    Metrics that take `train` are left out unless it is among `sides`.

    A metric that takes an output which the requested extractor lacks uses its own canonical extractor, if
    that works on the samples.
    """
    components = _report_components(catalog, modality)
    canonical = _find_first_canonical(catalog, components, modality)
    is_chosen = request.use is not None or modality.default_extractor is not None
    # the shared extractor, if ids have to name it: a call uses the requested or default one without a name
    shared = None if is_chosen else canonical
    # whether the shared extractor works on the samples; of a requested or default one, that is assumed
    has_features = shared is None or any(
        component.serves((modality.reference,)) for component in catalog.matches("extractor", shared)
    )
    if request.use is None and "train" not in sides and _is_default_fitted(catalog, modality):
        has_features = False
    report: dict[str, Mapping[str, Any]] = {}
    for metric in sorted(components, key=functools.partial(_rank_in_report, modality)):
        lacks_train = "train" not in sides and "train" in read_contract(metric.spec).sides
        takes_features = isinstance(metric.spec, MetricSpec) and bool(extractor_outputs(metric.spec))
        if lacks_train or (takes_features and not has_features):
            continue
        options = _choose_report_options(metric, fake, n)
        if options is None:
            continue
        # by its reference, since a plugin may have a metric of the same name
        name = metric.reference if metric.owner.is_genbench else metric.name
        extractor = shared or _choose_own_extractor(catalog, metric, request, modality)
        report[f"{name}[{extractor}]" if extractor and takes_features else name] = options
    return report


def _rank_in_report(modality: Modality, metric: Component) -> tuple[int, int, int]:
    """Return what orders the metrics of a report; see `report_metrics`."""
    first = modality.spec.report
    spec = cast("MetricSpec", metric.spec)
    lead = first.index(metric.name) if metric.owner.is_genbench and metric.name in first else len(first)
    kind = 0 if spec.modalities else 2 if extractor_outputs(spec) else 1
    return lead, kind, _REPORT_ASPECTS.index(spec.scores[0].aspect)


def _choose_report_options(metric: Component, fake: Samples, n: int) -> Mapping[str, Any] | None:
    """Return the options of a metric in a report, or None if its spec leaves it out of this one.

    An Undefined of the spec's function gives {}: the metric itself then has the reason.
    """
    spec = cast("MetricSpec", metric.spec)
    if isinstance(spec.report, bool):
        return {}
    try:
        options = resolve(spec.report)(fake, n)
        return options if options is None else dict(options)
    except Undefined:
        return {}
    except Exception as error:  # a stranger's code
        raise PluginError(f"{metric.who}: report failed: {describe_error(error)}; name metrics") from error


def _is_default_fitted(catalog: Catalog, modality: Modality) -> bool:
    """Return whether the default extractor of a modality asks for training samples."""
    name = modality.default_extractor
    extractors = [] if name is None else catalog.matches("extractor", name)
    return any(read_contract(component.spec).inputs for component in extractors)


def _choose_own_extractor(
    catalog: Catalog, metric: Component, request: ScoreRequest, modality: Modality
) -> str | None:
    """Return the reference of a metric's canonical extractor if the requested one lacks its outputs.

    Return None if the requested one has them, if no extractor is requested, or if the canonical one does not
    work on the samples.
    """
    outputs = set(extractor_outputs(metric.spec)) if isinstance(metric.spec, MetricSpec) else set()
    requested = () if request.use is None else catalog.matches("extractor", request.use)
    specs = [component.spec for component in requested]
    suits = any(isinstance(spec, ExtractorSpec) and outputs <= set(spec.outputs) for spec in specs)
    return None if suits or not requested else _find_serving_canonical(catalog, metric, modality)


def _find_serving_canonical(catalog: Catalog, metric: Component, modality: Modality) -> str | None:
    """Return the reference of a metric's canonical extractor if it works on the samples, or None."""
    served = (modality.reference,)
    extractors = find_canonical_extractors(metric, catalog, served)
    return next((component.reference for component in extractors if component.serves(served)), None)


def _report_components(catalog: Catalog, modality: Modality) -> list[Component]:
    """Return the metrics of a call that names none: genbench's own, then those of plugins.

    They are the metrics whose spec has `report`. Comparisons are left out, since they need several
    generators. So are metrics of plugins that share a name with a metric of genbench in the report.
    """
    metrics = [
        component
        for component in catalog.components
        if isinstance(spec := component.spec, MetricSpec) and spec.report and not spec.is_comparison
        if component.serves((modality.reference,))
    ]
    from_genbench = [metric for metric in metrics if metric.owner.is_genbench]
    genbench_names = {name for metric in from_genbench for name in metric.names}
    return from_genbench + [metric for metric in metrics if genbench_names.isdisjoint(metric.names)]


def _make_group(
    catalog: Catalog, name: str, options: Mapping[str, Any], request: ScoreRequest,
    modality: Modality, sides: Collection[str], shared: str | None, paths: Sequence[Path],
    advise: Callable[[Collection[str]], str],
) -> Group:  # fmt: skip
    """Return the computation of one metric, named "ID[PROTOCOL]" if it follows the protocol of the call.

    name      the metric's name or id
    options   of the metric; they replace those of the protocol
    request   the extractor and the protocol of the call
    shared    the extractor of all metrics if the call has options for one and does not name it; else None
    paths     of the samples, for advice in messages
    advise    returns advice on extractors with given outputs: `offline_advice`

    Raises SuiteError for unknown names and options, and if a component does not work on the samples.
    """
    where = f"metrics: {name}"
    use, extractor = parse_id(name)  # "fid" and "pixels" of "fid[pixels]", "" without an extractor
    named = extractor or None
    component = catalog.find_metric(use, (modality.reference,))[0]
    spec, entry = component.spec, None
    if isinstance(spec, MetricSpec):
        if spec.is_comparison:
            raise SuiteError(
                f"{where}: {component.name} compares all generators of a run; put it in a suite and use "
                "genbench run"
            )
        has_own = _find_serving_canonical(catalog, component, modality) is not None
        entry = request.make_entry(where, spec, named or shared, modality.default_extractor, has_own=has_own)
    # before `make_group`, which would advise to fetch files of an extractor that does not suit the samples
    _check_modality(where, catalog, modality, component, entry, paths, advise)
    defaults = {key: value for key, value in request.find_preset(spec.name).items() if key != "extractor"}
    metric_entry = MetricEntry(use=use, options={**defaults, **options}, where=where, extractor=entry)
    try:
        group = make_group(metric_entry, Path.cwd(), catalog, (modality.reference,))
    except NotFetchedError as error:
        if request.protocol is not None or not isinstance(spec, MetricSpec):
            raise
        raise SuiteError(f"{error}{advise(extractor_outputs(spec))}") from error
    if group.extractor is not None and group.extractor.contract.inputs and "train" not in sides:
        raise SuiteError(f"{where}: extractor {group.extractor.name!r} is fitted to a dataset; give its "
                         f"samples with labels as train, or name one that is not fitted")  # fmt: skip
    # a metric with an extractor in its id is computed without the protocol
    if request.protocol is None or named is not None or not _follows_protocol(group, request.protocol):
        return group
    return _name_protocol(group, request.protocol)


def _check_modality(
    where: str, catalog: Catalog, modality: Modality, metric: Component, entry: SuiteEntry | None,
    paths: Sequence[Path], advise: Callable[[Collection[str]], str],
) -> None:  # fmt: skip
    """Raise SuiteError if a metric, or its extractor, does not work on the samples.

    where  the place of the metric in the call, for messages
    entry  the extractor of the metric; None: its canonical one
    paths  the paths of the samples, for advice on another modality of them
    advise  returns advice on extractors with given outputs

    Call it before `make_group`: that would report missing files of a component which does not work here.
    """
    served = (modality.reference,)
    outputs = extractor_outputs(metric.spec) if isinstance(metric.spec, MetricSpec) else ()
    extractors = find_canonical_extractors(metric, catalog, served) if outputs else ()
    if entry is not None:
        extractors = catalog.matches("extractor", entry.use, served)
    if len(extractors) != 1:  # `make_group` refuses a name that no extractor has, or several have
        extractors = ()
    for component in (metric, *extractors):
        if not component.serves(served):
            names = ", ".join(component.spec.modalities)
            if component is metric:
                option = suggest_modality_option(catalog, paths, metric.modalities)
                advice = f"; state the modality, such as {option}" if option else ""
            else:
                advice = advise(outputs)
            raise SuiteError(f"{where}: {component.name} works on {names}; the samples are of the modality "
                             f"{modality.reference}{advice}")  # fmt: skip


def _follows_protocol(group: Group, protocol: Protocol) -> bool:
    """Return whether a group's extractor has the options of a protocol, as far as options decide numbers.

    If the protocol prescribes an extractor of its own for the metric, the default options of that extractor
    are expected. A group without an extractor follows any protocol.
    """
    part = group.extractor
    if part is None:
        return True
    prescribes_extractor = "extractor" in protocol.metrics.get(group.metric.component.name, {})
    preset = {} if prescribes_extractor else protocol.options
    options = fill_options(part.contract, preset, where=f"protocol {protocol.name}", folder=Path.cwd())
    expected = canonical_options(part.contract, options)
    return dict(part.signature_options) == select_signature_options(part.contract, expected)


def _name_protocol(group: Group, protocol: Protocol) -> Group:
    """Return a group with the protocol's name in the ids of its outputs, as "fid[clean-fid]"."""
    outputs = tuple((f"{output.name}[{protocol.name}]", output) for _, output in group.outputs)
    return replace(group, outputs=outputs, protocol=protocol.name)


def _find_protocol(catalog: Catalog, reference: str) -> tuple[Component, Protocol]:
    """Return the extractor and the protocol that "[distribution:]name" names.

    Raises SuiteError if there is none, or if several distributions have one of that name.
    """
    distribution, _, name = reference.rpartition(":")
    protocols = list_protocols(catalog)
    matches = [(component, protocol) for component, protocol in protocols
               if protocol.name == name and distribution in ("", component.owner.distribution)]  # fmt: skip
    if not matches:
        metrics = [metric.name for metric, choices in metric_protocols(catalog) if name in choices]
        if metrics:
            raise SuiteError(
                f"{name!r} is no protocol of an extractor, but an option of {join_names(metrics)}; name it "
                f"with the metric: -m '{metrics[0]} protocol={name}'"
            )
        hint = suggest_names(name, [protocol.name for _, protocol in protocols])
        raise SuiteError(f"no protocol named {reference!r}{hint}")
    if len(matches) > 1:
        choices = " or ".join(f"{component.owner.distribution}:{name}" for component, _ in matches)
        raise SuiteError(f"several extractors have a protocol {name!r}; name one of them: {choices}")
    return matches[0]


def metric_protocols(catalog: Catalog) -> Iterator[tuple[Component, tuple[str, ...]]]:
    """Yield each metric that has an option `protocol`, with the choices of the option.

    A choice is the name of a published convention. The protocols of extractors are no such option.
    """
    for component in catalog.of_kind("metric"):
        try:
            protocols = read_contract(component.spec).protocols
        except PluginError:  # `genbench plugins` says what is wrong with it
            continue
        if protocols:
            yield component, protocols


def list_protocols(catalog: Catalog) -> list[tuple[Component, Protocol]]:
    """Return (extractor, protocol) for every protocol, in the order of the catalog and of each spec."""
    return [
        (component, protocol)
        for component in catalog.of_kind("extractor")
        for protocol in getattr(component.spec, "protocols", ())
    ]


def offline_advice(
    catalog: Catalog, modality: Modality, outputs: Collection[str], sides: Collection[str],
    shape: tuple[int, ...] | None = None, has_labels: Callable[[], bool] = bool,
) -> str:  # fmt: skip
    """Return the end of a message that names the extractors which work without a download, "" if none does.

    modality  of the samples
    outputs   those that the metric takes from an extractor
    sides     names of the sides; an extractor that is fitted needs `train`
    shape     of a sample; an extractor that takes another shape only is left out; None: unknown
    has_labels  returns whether `train` has labels; an extractor that takes them is left out if it has none;
              by default `bool`, which returns False
    """
    ready = [
        component.name if len(catalog.matches("extractor", component.name)) == 1 else component.reference
        for component in catalog.of_kind("extractor")
        if component.serves((modality.reference,)) and _is_ready(component, outputs, sides, shape, has_labels)
    ]
    if not ready:
        return ""
    choices = " or ".join(f"`--extractor {name}`" for name in ready)
    return f"; without a download, {modality.reference} samples can be scored with {choices}"


def _is_ready(
    component: Component, outputs: Collection[str], sides: Collection[str], shape: tuple[int, ...] | None,
    has_labels: Callable[[], bool],
) -> bool:  # fmt: skip
    """Return whether an extractor gives these outputs without options, other packages or missing files.

    It also has to take samples of this `shape`, unless that is unknown (None), and is fitted on labels only
    if `has_labels` returns True.
    """
    if not isinstance(component.spec, ExtractorSpec) or not set(outputs) <= set(component.spec.outputs):
        return False
    if shape is not None and component.spec.shape not in (None, shape):
        return False
    needs = read_needs(component)
    contract = needs.contract
    if contract is None or needs.missing_assets or any(option.required for option in contract.options):
        return False
    if contract.inputs and "train" not in sides:  # an extractor with inputs is fitted to `train`
        return False
    return not contract.takes_labels or has_labels()
