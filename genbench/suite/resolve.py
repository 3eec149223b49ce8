"""Resolution of a suite's entries, and of its controls, to components with checked options."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from genbench.catalog.catalog import find_declaration, find_fault
from genbench.catalog.loader import shorten_reference
from genbench.contract.expected import worse
from genbench.contract.faults import FaultSpec
from genbench.contract.signature import canonical_options
from genbench.contract.specs import DatasetSpec, ExtractorSpec, GeneratorSpec, MetricSpec
from genbench.core.canonical_json import digest
from genbench.core.errors import SuiteError
from genbench.core.names import suggest_names
from genbench.suite.components import (
    Group,
    Part,
    Resolved,
    configure,
    extractor_outputs,
    make_generator,
    make_part,
    select_signature_options,
)
from genbench.suite.file import SuiteEntry

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from genbench.catalog.catalog import Catalog, Component
    from genbench.contract.expected import Expected
    from genbench.contract.specs import Output
    from genbench.suite.file import MetricEntry, Suite

__all__ = [
    "check_entry_names", "find_canonical_extractors", "list_served_modalities", "list_unseen_controls",
    "make_controls", "make_group", "resolve_suite",
]  # fmt: skip

_WORSE = set(worse.reasons)  # an expectation with only these reasons: the fault makes the metric worse


def resolve_suite(suite: Suite, catalog: Catalog, instead: Sequence[SuiteEntry] = ()) -> Resolved:
    """Return the suite's components; its controls follow its generators.

    instead  generators that replace the suite's, if any; their relative paths are relative to the working
             folder

    If several components have the name in an entry, the one that serves the suite's datasets is taken.
    Raises SuiteError or PluginError, naming the key, for an unknown, ambiguous or invalid component or
    option, for two entries with one id, and for an entry with the name of another component.
    """
    datasets = tuple(make_part(catalog, DatasetSpec, entry, suite.folder) for entry in suite.datasets)
    modalities = list_served_modalities(datasets)
    entries, folder = (instead, Path.cwd()) if instead else (suite.generators, suite.folder)
    generators = tuple(make_generator(catalog, entry, folder, modalities, suite.seeds) for entry in entries)
    generators += make_controls(suite, catalog, [part.component for part in generators], modalities)
    groups = _make_groups(suite, catalog, modalities)
    _check_unique("dataset", [part.name for part in datasets])
    _check_generators(generators, datasets)
    _check_unique("metric", [name for group in groups for name, _ in group.outputs])
    _check_required(suite, {name for group in groups for name, _ in group.outputs})
    named = (*suite.datasets, *entries, *(suite.controls or ()))
    components = [part.component for part in (*datasets, *generators)]
    # Controls that genbench adds come last, and have no entry in the suite, so `zip` leaves them out.
    chosen = [(entry, item, item.names) for entry, item in zip(named, components, strict=False)]
    chosen += _list_metrics(suite, catalog, modalities)
    check_entry_names(chosen, catalog, modalities)
    notes = _note_lost_options(suite, instead) | {
        f"{entry.use} means genbench's own {item.kind}; {other} has one, too: name it {other}:{entry.use}"
        for entry, item, _ in chosen
        if ":" not in entry.use and item.owner.is_genbench
        for other in catalog.list_shadowed(item, entry.use, modalities)
    }
    return Resolved(
        catalog=catalog, datasets=datasets, generators=generators, groups=groups, notes=tuple(sorted(notes))
    )


def _note_lost_options(suite: Suite, instead: Sequence[SuiteEntry]) -> set[str]:
    """Return a note for each generator in place of the suite's that lacks the options it has there."""
    own = {entry.board_id for entry in suite.generators if entry.options}
    return {
        f"--generator {entry.use} has its default options; --only {entry.board_id} takes the suite's"
        for entry in instead
        if entry.board_id in own and not entry.options
    }


def list_served_modalities(datasets: Sequence[Part[DatasetSpec]]) -> frozenset[str]:
    """Return the references of the modalities that the datasets may have; none if a dataset may have any."""
    sets = [part.component.modalities for part in datasets]
    # An empty set stands for all modalities.
    return frozenset(chain.from_iterable(sets)) if all(sets) else frozenset()


def make_group(entry: MetricEntry, folder: Path, catalog: Catalog, modalities: Collection[str] = ()) -> Group:
    """Return the metric, extractor and outputs of an entry; relative paths are relative to `folder`.

    modalities  of the data, none if unknown: they decide between components of one name

    If the entry has no name, the id of an output is the output's name, with the extractor in brackets unless
    the extractor is the canonical one, that of the metric's paper: "fid[pixels]".
    Raises SuiteError or PluginError, naming the key, for an invalid entry.
    """
    try:
        component, output_names = catalog.find_metric(entry.use, modalities)
    except SuiteError as error:
        raise SuiteError(f"{entry.where}.use: {error}") from error
    if entry.name is not None and len(output_names) > 1:
        raise SuiteError(
            f"{entry.where}.name: {entry.use} yields {', '.join(output_names)}; use one of them to name it"
        )
    metric = configure(component, MetricSpec, entry, folder)
    canonical = find_canonical_extractors(component, catalog, modalities)
    extractor = _make_extractor(entry, metric, canonical, folder, catalog, modalities)
    suffix = "" if extractor is None or _is_canonical(extractor, canonical) else f"[{extractor.name}]"
    if suffix and entry.name in output_names:
        raise SuiteError(f"{entry.where}.name: {entry.name!r} is the id with the canonical extractor; "
                         f"choose another name")  # fmt: skip
    outputs = tuple((entry.name or f"{output.name}{suffix}", output) for output in metric.spec.scores
                    if output.name in output_names)  # fmt: skip
    unseen = list_unseen_controls(component, None if extractor is None else extractor.name, catalog)
    return Group(metric=metric, extractor=extractor, outputs=outputs, unseen_controls=unseen)


def find_canonical_extractors(
    metric: Component, catalog: Catalog, modalities: Collection[str]
) -> tuple[Component, ...]:
    """Return the installed extractors with the name of a metric's canonical one, that of its paper.

    If the metric's own distribution has an extractor of this name, only this one is returned.
    """
    name = metric.spec.extractor if isinstance(metric.spec, MetricSpec) else None
    if name is None:
        return ()
    return catalog.resolve_name("extractor", name, modalities, home=metric.owner.distribution)


def _check_required(suite: Suite, metrics: Collection[str]) -> None:
    """Raise SuiteError if the suite requires a bound of a metric that it does not compute."""
    for name in suite.require:
        if name not in metrics:
            raise SuiteError(
                f"{suite.name}: require: no metric has the id {name!r}{suggest_names(name, metrics)}"
            )


def _make_groups(suite: Suite, catalog: Catalog, modalities: Collection[str]) -> tuple[Group, ...]:
    """Return one group per computation: entries of one metric with equal options and extractor share one."""
    groups: dict[str, Group] = {}
    for entry in suite.metrics:
        group = make_group(entry, suite.folder, catalog, modalities)
        key = digest([[part.component.reference, dict(part.canonical)] for part in group.parts])
        if key in groups:
            group = _join_groups(groups[key], group, entry.where)
        groups[key] = group
    return tuple(groups.values())


def _list_metrics(
    suite: Suite, catalog: Catalog, modalities: Collection[str]
) -> Iterator[tuple[SuiteEntry, Component, tuple[str, ...]]]:
    """Yield (entry, component, names) for the entry of each metric, and for that of its extractor, if any.

    names  for a metric, of the outputs that the entry requests; for an extractor, its own
    """
    for entry in suite.metrics:
        yield entry, *catalog.find_metric(entry.use, modalities)
        if entry.extractor is not None:
            component = catalog.find("extractor", entry.extractor.use, modalities)
            yield entry.extractor, component, component.names


def _join_groups(group: Group, more: Group, where: str) -> Group:
    """Return one group with the outputs of two that need the same computation, so that it runs once.

    where  the entry of the second group, for messages

    Raises SuiteError for an output that both have.
    """
    board_ids = {output.name: board_id for board_id, output in group.outputs}
    for _, output in more.outputs:
        if output.name in board_ids:
            board_id = board_ids[output.name]
            raise SuiteError(f"{where}: yields the same number as {board_id!r}; remove one of them")
    return replace(group, outputs=group.outputs + more.outputs)


def _make_extractor(
    entry: MetricEntry, metric: Part[MetricSpec], canonical: Sequence[Component], folder: Path,
    catalog: Catalog, modalities: Collection[str],
) -> Part[ExtractorSpec] | None:  # fmt: skip
    """Return the extractor of a metric, or None for a metric that takes samples.

    canonical  the installed extractors with the name of the canonical one, that of the metric's paper: one
               of these is taken if the entry names none

    Raises SuiteError if the entry names one for a metric of samples, or one that lacks outputs it takes.
    """
    where = f"{entry.where}.extractor"
    if metric.spec.takes == "samples":
        if entry.extractor is not None:
            raise SuiteError(f"{where}: {entry.use} takes samples and uses no extractor; remove the key")
        return None
    chosen = entry.extractor or _name_canonical_extractor(entry, metric, canonical, catalog)
    extractor = make_part(catalog, ExtractorSpec, chosen, folder, modalities)
    if not set(extractor_outputs(metric.spec)) <= set(extractor.spec.outputs):
        raise SuiteError(f"{where}: {extractor.name} gives {', '.join(extractor.spec.outputs)}; "
                         f"{entry.use} takes {_list_outputs(metric)}")  # fmt: skip
    return extractor


def _name_canonical_extractor(
    entry: MetricEntry, metric: Part[MetricSpec], canonical: Sequence[Component], catalog: Catalog
) -> SuiteEntry:
    """Return an entry that names the metric's canonical extractor, with the limits of the metric's entry.

    The canonical extractor is that of the metric's paper; `canonical` has the installed ones of its name.
    Raises SuiteError, naming extractors with fitting outputs, if the metric has none or it is not installed.
    """
    name = metric.spec.extractor
    if name is not None and canonical:
        # Of several, `make_part` chooses by modality, or refuses the name as ambiguous.
        use = canonical[0].reference if len(canonical) == 1 else name
        return SuiteEntry(use=use, where=entry.where, limits=entry.limits)
    lacks = "no canonical extractor" if name is None else f"the canonical extractor {name!r}, not installed"
    fitting = [c.name for c in catalog.of_kind("extractor") if isinstance(c.spec, ExtractorSpec)
               and set(extractor_outputs(metric.spec)) <= set(c.spec.outputs)]  # fmt: skip
    raise SuiteError(
        f"{entry.where}: {entry.use} takes {_list_outputs(metric)} and has {lacks}; "
        f"name one with the key extractor: {', '.join(fitting) or 'no installed one gives that'}"
    )


def _is_canonical(extractor: Part[ExtractorSpec], canonical: Sequence[Component]) -> bool:
    """Return whether an extractor is the metric's canonical one, with defaults for all signed options.

    Signed options are those that decide a number. They are part of its signature.
    """
    if tuple(canonical) != (extractor.component,):
        return False
    contract = extractor.contract
    if any(option.required for option in contract.options):
        return False
    defaults = canonical_options(contract, {option.name: option.default for option in contract.options})
    return dict(extractor.signature_options) == select_signature_options(contract, defaults)


def _list_outputs(metric: Part[MetricSpec]) -> str:
    """Return the extractor outputs that a metric takes, for messages."""
    return ", ".join(extractor_outputs(metric.spec))


def _check_generators(
    generators: Sequence[Part[GeneratorSpec]], datasets: Sequence[Part[DatasetSpec]]
) -> None:
    """Raise SuiteError if two generators that serve one modality of the datasets have one id.

    Controls of different modalities may share an id, since no dataset has both.
    """
    declared = chain.from_iterable(part.spec.modalities for part in generators)
    # If the datasets may have any modality, the modalities that generators declare are tested instead.
    modalities_of_data = list_served_modalities(datasets) or set(declared)
    # Without any, the empty set compares all generators, since `serves` takes it for all modalities.
    for modalities in [{modality} for modality in sorted(modalities_of_data)] or [set()]:
        _check_unique("generator", [part.name for part in generators if part.component.serves(modalities)])


def _check_unique(kind: str, names: list[str]) -> None:
    """Raise SuiteError if two of these ids are equal; `kind` names the components in the message."""
    for name in names:
        if names.count(name) > 1:
            raise SuiteError(f'two {kind}s have the id {name!r}, controls counted; give the entry of one of '
                             f'them another: name = "…"')  # fmt: skip


def check_entry_names(
    chosen: Sequence[tuple[SuiteEntry, Component, Collection[str]]],
    catalog: Catalog,
    modalities: Collection[str],
) -> None:
    """Raise SuiteError if an entry has the name of another component of its kind, or of another output.

    Only components of genbench and of the distributions of the suite count: an installed plugin that the
    suite does not use cannot make it invalid. Components of other modalities do not count.

    chosen      the entries of a suite, the component of each, and the names of this component that the entry
                may have: for a metric, of the outputs that the entry requests
    modalities  of the suite's data, none if unknown
    """
    homes = {component.owner.distribution for _, component, _ in chosen}
    for entry, component, meant_names in chosen:
        # Its component's own name, or a name of the same output, confuses no reader.
        if entry.name is None or entry.name in (*meant_names, entry.use.rpartition(":")[2]):
            continue
        common = _common_modalities(component, modalities)
        # first the component itself: the entry may have the name of an output that it does not request
        for other in (component, *catalog.of_kind(component.kind)):
            owner = other.owner
            is_known = owner.is_genbench or owner.distribution in homes
            if entry.name in other.names and is_known and other.serves(common):
                raise SuiteError(_describe_taken_name(entry, other))


def _common_modalities(component: Component, modalities: Collection[str]) -> Collection[str]:
    """Return the modalities of the suite that a component serves; without one, the component's own."""
    return {modality for modality in modalities if component.serves({modality})} or component.modalities


def _describe_taken_name(entry: SuiteEntry, other: Component) -> str:
    """Return the message for an entry whose name another component has."""
    output = "" if entry.name == other.name else "an output of "
    return f"{entry.where}.name: {entry.name!r} is the name of {output}{other.who}; choose another name"


def make_controls(
    suite: Suite, catalog: Catalog, competing: Collection[Component], modalities: Collection[str]
) -> tuple[Part[GeneratorSpec], ...]:
    """Return the controls of a suite: those that it lists, in order, or else genbench's own.

    Without a list of controls, they are those of genbench that serve the suite's data; a control of another
    distribution joins only a suite that names it.

    competing   the components of the suite's generators, which do not join again
    modalities  of the suite's data, none if unknown

    Raises SuiteError for a listed generator that is no control.
    """
    entries = suite.controls
    if entries is None:
        controls = [
            control for control in _list_own_controls(catalog, modalities) if control not in competing
        ]
        entries = tuple(
            SuiteEntry(use=control.reference, where="controls", limits=suite.limits) for control in controls
        )
    return tuple(_make_control(suite, catalog, entry, modalities) for entry in entries)


def _list_own_controls(catalog: Catalog, modalities: Collection[str]) -> list[Component]:
    """Return genbench's own controls that serve one of the modalities; all controls if these are unknown."""
    return [
        component
        for component in catalog.of_kind(GeneratorSpec.kind)
        if component.owner.is_genbench
        and isinstance(component.spec, GeneratorSpec)
        and component.spec.control is not None
        and component.serves(modalities)
    ]


def _make_control(
    suite: Suite, catalog: Catalog, entry: SuiteEntry, modalities: Collection[str]
) -> Part[GeneratorSpec]:
    """Return the control of an entry; raise SuiteError if its generator is no control."""
    part = make_generator(catalog, entry, suite.folder, modalities, suite.seeds)
    if part.spec.control is None:
        raise SuiteError(f"{entry.where}: {entry.use} is no control; make it a [[generator]], which competes")
    return part


def list_unseen_controls(
    metric: Component, extractor: str | None, catalog: Catalog
) -> dict[str, tuple[str, ...]]:
    """Return, by output of a metric, the sorted roles of the controls whose flaws it may fail to detect.

    A fault is a defect that a battery plants in real data; its spec may name the role of a control with the
    same defect. The metric may fail to detect such a control if its `expects` has another expectation than
    `worse` for the strongest level of the fault, such as a known failure. For example, a count of duplicates
    detects no noise. A metric without an expectation for a fault counts as one that detects it.

    extractor  the name of the metric's extractor, or None
    catalog    the plugins whose faults count
    """
    spec = metric.spec
    if not isinstance(spec, MetricSpec):
        raise TypeError(f"{metric.reference} is a {metric.kind}, no {MetricSpec.kind}")
    faults = {
        shorten_reference(component.reference): component.spec
        for component in catalog.components
        if isinstance(component.spec, FaultSpec)
    }
    return {
        output.name: _list_unseen_roles(
            _read_strongest_expectations(output, faults, metric.owner.distribution), faults, extractor
        )
        for output in spec.scores
    }


def _read_strongest_expectations(
    output: Output, faults: Mapping[str, FaultSpec], home: str
) -> dict[str, Expected]:
    """Return what an output expects of the strongest level of each fault, by fault or "fault[extractor]".

    A fault is a defect that a battery plants in real data, at one or several levels.

    home  the distribution of the metric, whose faults go first; faults that are not installed are left out
    """
    declared: dict[str, Expected] = {}
    for key, value in output.expects.items():
        fault, suffix = find_fault(key, faults, home)  # the suffix is "[extractor]" or ""
        if fault is not None:
            # A tuple has one expectation for each level, the mildest first.
            declared[fault + suffix] = value[-1] if isinstance(value, tuple) else value
    return declared


def _list_unseen_roles(
    declared: Mapping[str, Expected], faults: Mapping[str, FaultSpec], extractor: str | None
) -> tuple[str, ...]:
    """Return the sorted roles of the controls whose flaw a metric may fail to detect.

    A fault is a defect that is planted in real data, and a control may have it, too. The metric may fail to
    detect this control if it declares another expectation of the fault than `worse`.

    declared   expectations by fault or "fault[extractor]"; a fault without one does not count
    extractor  the name of the metric's extractor, or None
    """
    expected = {
        fault: find_declaration(declared, fault, extractor) for fault, spec in faults.items() if spec.control
    }
    unseen = (
        fault for fault, effect in expected.items() if effect is not None and set(effect.reasons) != _WORSE
    )
    return tuple(sorted({str(faults[fault].control) for fault in unseen}))
