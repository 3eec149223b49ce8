"""Resolution of a suite's entries to components with checked options."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from genbench.contract.signature import canonical_options
from genbench.contract.specs import DatasetSpec, ExtractorSpec, GeneratorSpec, MetricSpec
from genbench.core.canonical_json import digest
from genbench.core.errors import SuiteError
from genbench.suite.components import (
    Group,
    Part,
    Resolved,
    make_part,
    part_of,
    signed_options,
    wanted_outputs,
)
from genbench.suite.controls import controls_of
from genbench.suite.entry_names import check_entry_names
from genbench.suite.file import SuiteEntry
from genbench.suite.unseen_controls import unseen_controls

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from genbench.catalog.catalog import Catalog, Component
    from genbench.suite.file import MetricEntry, Suite

__all__ = ["canonical_extractors", "make_group", "resolve_suite", "served_modalities"]


def resolve_suite(suite: Suite, catalog: Catalog, instead: Sequence[SuiteEntry] = ()) -> Resolved:
    """Return the suite's components; its controls follow its generators.

    instead  generators that replace the suite's, if any; their relative paths are relative to the working
             folder

    Of several components with the name in an entry, only those that serve the suite's datasets are meant.
    Raises SuiteError or PluginError, naming the key, for an unknown, ambiguous or invalid component or
    option, for two entries with one id, and for an entry with the name of another component.
    """
    datasets = tuple(make_part(catalog, DatasetSpec, entry, suite.folder) for entry in suite.datasets)
    modalities = served_modalities(datasets)
    entries, folder = (instead, Path.cwd()) if instead else (suite.generators, suite.folder)
    generators = tuple(make_part(catalog, GeneratorSpec, entry, folder, modalities) for entry in entries)
    generators += controls_of(suite, catalog, [part.component for part in generators], modalities)
    groups = _groups(suite, catalog, modalities)
    _check_unique("dataset", [part.name for part in datasets])
    _check_generators(generators, datasets)
    _check_unique("metric", [name for group in groups for name, _ in group.outputs])
    shown = (*suite.datasets, *entries, *(suite.controls or ()))
    components = [part.component for part in (*datasets, *generators)]
    chosen = [(entry, each, each.names) for entry, each in zip(shown, components, strict=False)]
    check_entry_names([*chosen, *_of_metrics(suite, catalog, modalities)], catalog, modalities)
    return Resolved(catalog=catalog, datasets=datasets, generators=generators, groups=groups)


def served_modalities(datasets: Sequence[Part[DatasetSpec]]) -> frozenset[str]:
    """Return the modalities that the datasets may have; none if one of them may have any."""
    every = [part.component.modalities for part in datasets]
    return frozenset(chain.from_iterable(every)) if all(every) else frozenset()


def make_group(entry: MetricEntry, folder: Path, catalog: Catalog, modalities: Collection[str] = ()) -> Group:
    """Return the computation of a metric's entry; relative paths are relative to `folder`.

    modalities  of the data, none if unknown: they decide between components of one name
    """
    try:
        component, names = catalog.find_metric(entry.use, modalities)
    except SuiteError as error:
        raise SuiteError(f"{entry.where}.use: {error}") from error
    if entry.name is not None and len(names) > 1:
        raise SuiteError(
            f"{entry.where}.name: {entry.use} yields {', '.join(names)}; use one of them to name it"
        )
    metric = part_of(component, MetricSpec, entry, folder)
    canonical = canonical_extractors(component, catalog, modalities)
    extractor = _extractor(entry, metric, canonical, folder, catalog, modalities)
    suffix = "" if extractor is None or _is_canonical(extractor, canonical) else f"[{extractor.name}]"
    if suffix and entry.name in names:
        raise SuiteError(f"{entry.where}.name: {entry.name!r} is the id with the canonical extractor; "
                         f"choose another name")  # fmt: skip
    outputs = tuple((entry.name or f"{output.name}{suffix}", output) for output in metric.spec.scores
                    if output.name in names)  # fmt: skip
    unseen = unseen_controls(component, None if extractor is None else extractor.name, catalog)
    return Group(metric=metric, extractor=extractor, outputs=outputs, unseen_controls=unseen)


def canonical_extractors(
    metric: Component, catalog: Catalog, modalities: Collection[str]
) -> tuple[Component, ...]:
    """Return the installed extractors that the spec of a metric can mean by its canonical one.

    That of the metric's own distribution, if it has one, and then no other.
    """
    name = metric.spec.extractor if isinstance(metric.spec, MetricSpec) else None
    if name is None:
        return ()
    return catalog.matches("extractor", name, modalities, home=metric.owner.distribution)


def _groups(suite: Suite, catalog: Catalog, modalities: Collection[str]) -> tuple[Group, ...]:
    """Return one group per computation; entries with the same computation share a group."""
    groups: dict[str, Group] = {}
    for entry in suite.metrics:
        group = make_group(entry, suite.folder, catalog, modalities)
        parts = [group.metric] if group.extractor is None else [group.metric, group.extractor]
        key = digest([[part.component.reference, dict(part.canonical)] for part in parts])
        if key in groups:
            group = _joined(groups[key], group, entry.where)
        groups[key] = group
    return tuple(groups.values())


def _of_metrics(
    suite: Suite, catalog: Catalog, modalities: Collection[str]
) -> Iterator[tuple[SuiteEntry, Component, tuple[str, ...]]]:
    """Yield the entry of each metric and each extractor, its component, and the names that it means."""
    for entry in suite.metrics:
        yield entry, *catalog.find_metric(entry.use, modalities)
        if entry.extractor is not None:
            component = catalog.find("extractor", entry.extractor.use, modalities)
            yield entry.extractor, component, component.names


def _joined(group: Group, more: Group, where: str) -> Group:
    known = {output.name: name for name, output in group.outputs}
    for _, output in more.outputs:
        if output.name in known:
            same = known[output.name]
            raise SuiteError(f"{where}: yields the same number as {same!r}; remove one of them")
    return replace(group, outputs=group.outputs + more.outputs)


def _extractor(
    entry: MetricEntry, metric: Part[MetricSpec], canonical: Sequence[Component], folder: Path,
    catalog: Catalog, modalities: Collection[str],
) -> Part[ExtractorSpec] | None:  # fmt: skip
    """Return the extractor of a metric, or None for a metric that takes samples."""
    where = f"{entry.where}.extractor"
    if metric.spec.takes == "samples":
        if entry.extractor is not None:
            raise SuiteError(f"{where}: {entry.use} takes samples and uses no extractor; remove the key")
        return None
    chosen = entry.extractor or _canonical(entry, metric, canonical, catalog)
    extractor = make_part(catalog, ExtractorSpec, chosen, folder, modalities)
    if not set(wanted_outputs(metric.spec)) <= set(extractor.spec.outputs):
        raise SuiteError(f"{where}: {extractor.name} gives {', '.join(extractor.spec.outputs)}; "
                         f"{entry.use} takes {_wanted(metric)}")  # fmt: skip
    return extractor


def _canonical(
    entry: MetricEntry, metric: Part[MetricSpec], canonical: Sequence[Component], catalog: Catalog
) -> SuiteEntry:
    """Return the metric's canonical extractor; raise SuiteError, naming others, if there is none."""
    name = metric.spec.extractor
    if name is not None and canonical:
        use = canonical[0].reference if len(canonical) == 1 else name
        return SuiteEntry(use=use, name=None, options={}, where=entry.where, limits=entry.limits)
    lacks = "no canonical extractor" if name is None else f"the canonical extractor {name!r}, not installed"
    fit = [c.name for c in catalog.of_kind("extractor") if isinstance(c.spec, ExtractorSpec)
           and set(wanted_outputs(metric.spec)) <= set(c.spec.outputs)]  # fmt: skip
    raise SuiteError(
        f"{entry.where}: {entry.use} takes {_wanted(metric)} and has {lacks}; "
        f"name one with the key extractor: {', '.join(fit) or 'no installed one gives that'}"
    )


def _is_canonical(extractor: Part[ExtractorSpec], canonical: Sequence[Component]) -> bool:
    """Return whether an extractor is the metric's canonical one, with default options."""
    if tuple(canonical) != (extractor.component,):
        return False
    contract = extractor.contract
    if any(option.required for option in contract.options):
        return False
    defaults = canonical_options(contract, {option.name: option.default for option in contract.options})
    return dict(extractor.signed) == signed_options(contract, defaults)


def _wanted(metric: Part[MetricSpec]) -> str:
    return ", ".join(wanted_outputs(metric.spec))


def _check_generators(
    generators: Sequence[Part[GeneratorSpec]], datasets: Sequence[Part[DatasetSpec]]
) -> None:
    """Raise SuiteError if two generators that can meet one dataset have one id."""
    declared = chain.from_iterable(part.spec.modalities for part in generators)
    known = served_modalities(datasets) or set(declared)
    served = [{modality} for modality in sorted(known)] or [set()]
    for modalities in served:
        _check_unique("generator", [part.name for part in generators if part.component.serves(modalities)])


def _check_unique(kind: str, names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise SuiteError(f'two {kind}s have the id {name!r}, controls counted; give the entry of one of '
                             f'them another: name = "…"')  # fmt: skip
