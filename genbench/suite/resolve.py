"""Resolution of a suite's entries to components with checked options."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from genbench.contract.signature import canonical_options
from genbench.contract.specs import COLUMNS, DatasetSpec, ExtractorSpec, GeneratorSpec, MetricSpec
from genbench.core.canonical_json import digest
from genbench.core.errors import GenbenchError, SuiteError
from genbench.suite.components import (
    Group,
    Part,
    Resolved,
    make_part,
    part_of,
    signed_options,
    wanted_outputs,
)
from genbench.suite.file import SuiteEntry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genbench.catalog.catalog import Catalog, Component
    from genbench.core.limits import Limits
    from genbench.suite.file import MetricEntry, Suite

__all__ = ["make_group", "resolve_suite"]


def resolve_suite(suite: Suite, catalog: Catalog, instead: Sequence[SuiteEntry] = ()) -> Resolved:
    """Return the suite's components; the installed controls join its generators unless it excludes them.

    instead  generators that replace the suite's, if any; their relative paths are relative to the working
             folder

    Raises SuiteError or PluginError, naming the key, for an unknown or invalid component or option, and for
    two entries with one id.
    """
    datasets = tuple(make_part(catalog, DatasetSpec, entry, suite.folder) for entry in suite.datasets)
    entries, folder = (instead, Path.cwd()) if instead else (suite.generators, suite.folder)
    generators = tuple(make_part(catalog, GeneratorSpec, entry, folder) for entry in entries)
    warnings: tuple[str, ...] = ()
    if suite.controls:
        controls, warnings = _controls(catalog, [part.component for part in generators], suite.limits)
        generators += controls
    groups = _groups(suite, catalog)
    _check_unique("dataset", [part.name for part in datasets])
    _check_unique("generator", [part.name for part in generators])
    _check_unique("metric", [name for group in groups for name, _ in group.outputs])
    return Resolved(datasets=datasets, generators=generators, groups=groups, warnings=warnings)


def make_group(entry: MetricEntry, folder: Path, catalog: Catalog) -> Group:
    """Return the computation of a metric's entry; relative paths are relative to `folder`."""
    try:
        component, names = catalog.find_metric(entry.use)
    except SuiteError as error:
        raise SuiteError(f"{entry.where}.use: {error}") from error
    if entry.name is not None and len(names) > 1:
        raise SuiteError(
            f"{entry.where}.name: {entry.use} yields {', '.join(names)}; use one of them to name it"
        )
    if entry.name in COLUMNS:
        raise SuiteError(
            f"{entry.where}.name: {entry.name!r} is a column of every board; choose another name"
        )
    metric = part_of(component, MetricSpec, entry, folder)
    extractor = _extractor(entry, metric, folder, catalog)
    suffix = "" if extractor is None or _is_canonical(extractor, metric, catalog) else f"[{extractor.name}]"
    if suffix and entry.name in names:
        raise SuiteError(f"{entry.where}.name: {entry.name!r} is the id with the canonical extractor; "
                         f"choose another name")  # fmt: skip
    outputs = tuple((entry.name or f"{output.name}{suffix}", output) for output in metric.spec.scores
                    if output.name in names)  # fmt: skip
    return Group(metric=metric, extractor=extractor, outputs=outputs)


def _controls(
    catalog: Catalog, used: list[Component], limits: Limits
) -> tuple[tuple[Part[GeneratorSpec], ...], tuple[str, ...]]:
    """Return the controls of all plugins that the suite does not use itself, and warnings.

    The suite does not name them, so a control that cannot be used is left out with a warning.
    """
    parts: list[Part[GeneratorSpec]] = []
    warnings: list[str] = []
    for component in catalog.of_kind("generator"):
        if component in used or not (isinstance(component.spec, GeneratorSpec) and component.spec.control):
            continue
        entry = SuiteEntry(use=component.reference, name=None, options={}, where="controls", limits=limits)
        try:
            parts.append(make_part(catalog, GeneratorSpec, entry, Path.cwd()))
        except GenbenchError as error:
            warnings.append(f"the control {component.reference} cannot join: {error}")
    return tuple(parts), tuple(warnings)


def _groups(suite: Suite, catalog: Catalog) -> tuple[Group, ...]:
    """Return one group per computation; entries with the same computation share a group."""
    groups: dict[str, Group] = {}
    for entry in suite.metrics:
        group = make_group(entry, suite.folder, catalog)
        parts = [group.metric] if group.extractor is None else [group.metric, group.extractor]
        key = digest([[part.component.reference, dict(part.canonical)] for part in parts])
        if key in groups:
            group = _joined(groups[key], group, entry.where)
        groups[key] = group
    return tuple(groups.values())


def _joined(group: Group, more: Group, where: str) -> Group:
    known = {output.name: name for name, output in group.outputs}
    for _, output in more.outputs:
        if output.name in known:
            same = known[output.name]
            raise SuiteError(f"{where}: yields the same number as {same!r}; remove one of them")
    return replace(group, outputs=group.outputs + more.outputs)


def _extractor(
    entry: MetricEntry, metric: Part[MetricSpec], folder: Path, catalog: Catalog
) -> Part[ExtractorSpec] | None:
    """Return the extractor of a metric, or None for a metric that takes samples."""
    where = f"{entry.where}.extractor"
    if metric.spec.takes == "samples":
        if entry.extractor is not None:
            raise SuiteError(f"{where}: {entry.use} takes samples and uses no extractor; remove the key")
        return None
    chosen = entry.extractor or _canonical(entry, metric, catalog)
    extractor = make_part(catalog, ExtractorSpec, chosen, folder)
    if not set(wanted_outputs(metric.spec)) <= set(extractor.spec.outputs):
        raise SuiteError(f"{where}: {extractor.name} gives {', '.join(extractor.spec.outputs)}; "
                         f"{entry.use} takes {_wanted(metric)}")  # fmt: skip
    return extractor


def _canonical(entry: MetricEntry, metric: Part[MetricSpec], catalog: Catalog) -> SuiteEntry:
    """Return the metric's canonical extractor; raise SuiteError, naming others, if there is none."""
    name = metric.spec.extractor
    if name is not None and catalog.matches("extractor", name):
        return SuiteEntry(use=name, name=None, options={}, where=entry.where, limits=entry.limits)
    lacks = "no canonical extractor" if name is None else f"the canonical extractor {name!r}, not installed"
    fit = [c.name for c in catalog.of_kind("extractor") if isinstance(c.spec, ExtractorSpec)
           and set(wanted_outputs(metric.spec)) <= set(c.spec.outputs)]  # fmt: skip
    raise SuiteError(
        f"{entry.where}: {entry.use} takes {_wanted(metric)} and has {lacks}; "
        f"name one with the key extractor: {', '.join(fit) or 'no installed one gives that'}"
    )


def _is_canonical(extractor: Part[ExtractorSpec], metric: Part[MetricSpec], catalog: Catalog) -> bool:
    """Return whether an extractor is the metric's canonical one, with default options."""
    if metric.spec.extractor is None:
        return False
    if catalog.matches("extractor", metric.spec.extractor) != (extractor.component,):
        return False
    contract = extractor.contract
    if any(option.required for option in contract.options):
        return False
    defaults = canonical_options(contract, {option.name: option.default for option in contract.options})
    return dict(extractor.signed) == signed_options(contract, defaults)


def _wanted(metric: Part[MetricSpec]) -> str:
    return ", ".join(wanted_outputs(metric.spec))


def _check_unique(kind: str, names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise SuiteError(
                f"two {kind}s have the id {name!r}, installed controls counted; give an entry of [[{kind}]] "
                f'another: name = "…", or set controls = false'
            )
