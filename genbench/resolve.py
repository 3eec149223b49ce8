"""From what a suite names to components with checked options."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genbench.canonical import digest
from genbench.contract import Contract, canonical_options, fill_options, read_contract
from genbench.errors import SuiteError
from genbench.specs import ExtractorSpec, GeneratorSpec
from genbench.suite import Entry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from genbench.catalog import Catalog, Component
    from genbench.specs import MetricSpec, Output
    from genbench.suite import MetricEntry, Suite

__all__ = [
    "Group",
    "Part",
    "Resolved",
    "is_control",
    "make_group",
    "make_part",
    "resolve_suite",
    "wanted_outputs",
    "without_annotations",
]


@dataclass(frozen=True, kw_only=True)
class Part:
    """A component as a suite uses it.

    name       its id on the board
    options    filled in and validated, as the component gets them
    canonical  the same as JSON-like values, as keys and signatures hold them
    """

    name: str
    component: Component
    contract: Contract
    options: Mapping[str, Any]
    canonical: Mapping[str, Any]

    @property
    def spec(self) -> Any:
        """The component's spec; typed Any, since each kind of part is used where its kind is known."""
        return self.component.spec


@dataclass(frozen=True, kw_only=True)
class Group:
    """One computation of a metric, whose outputs may be several numbers.

    outputs  (id on the board, output) of each number that the suite asks for
    """

    metric: Part
    extractor: Part | None
    outputs: tuple[tuple[str, Output], ...]


@dataclass(frozen=True, kw_only=True)
class Resolved:
    """A suite whose components are all known."""

    datasets: tuple[Part, ...]
    generators: tuple[Part, ...]
    groups: tuple[Group, ...]

    @property
    def parts(self) -> tuple[Part, ...]:
        """Every component that the suite uses, as it uses it."""
        metrics = [group.metric for group in self.groups]
        extractors = [group.extractor for group in self.groups if group.extractor is not None]
        return (*self.datasets, *self.generators, *metrics, *extractors)


def resolve_suite(suite: Suite, catalog: Catalog) -> Resolved:
    """Return the suite's components, the controls among its generators unless it does without.

    Raises SuiteError or PluginError, naming the key, for a component or option that is not what it should be,
    and for two entries with one id.
    """
    datasets = tuple(make_part(catalog, "dataset", entry, suite.folder) for entry in suite.datasets)
    generators = tuple(make_part(catalog, "generator", entry, suite.folder) for entry in suite.generators)
    if suite.controls:
        generators += _controls(catalog, [part.component for part in generators])
    groups = _groups(suite, catalog)
    _check_unique("dataset", [part.name for part in datasets])
    _check_unique("generator", [part.name for part in generators])
    _check_unique("metric", [name for group in groups for name, _ in group.outputs])
    return Resolved(datasets=datasets, generators=generators, groups=groups)


def make_part(catalog: Catalog, kind: str, entry: Entry, folder: Path) -> Part:
    """Return the component of a `kind` that an entry names, with its options checked and filled in."""
    try:
        component = catalog.find(kind, entry.use)
    except SuiteError as error:
        raise SuiteError(f"{entry.where}.use: {error}") from error
    return _part(component, entry, folder)


def make_group(entry: MetricEntry, folder: Path, catalog: Catalog) -> Group:
    """Return the computation that an entry asks for; relative paths are taken from `folder`."""
    try:
        component, names = catalog.find_metric(entry.use)
    except SuiteError as error:
        raise SuiteError(f"{entry.where}.use: {error}") from error
    if entry.name is not None and len(names) > 1:
        raise SuiteError(
            f"{entry.where}.name: {entry.use} yields {', '.join(names)}; use one of them to name it"
        )
    metric = _part(component, entry, folder)
    extractor = _extractor(entry, metric, folder, catalog)
    suffix = "" if extractor is None or _is_canonical(extractor, metric, catalog) else f"[{extractor.name}]"
    outputs = tuple((entry.name or f"{output.name}{suffix}", output) for output in metric.spec.scores
                    if output.name in names)  # fmt: skip
    return Group(metric=metric, extractor=extractor, outputs=outputs)


def is_control(part: Part) -> bool:
    """Return whether a generator bounds the board instead of competing on it."""
    return part.spec.control or "held_out" in part.contract.inputs


def _controls(catalog: Catalog, named: list[Component]) -> tuple[Part, ...]:
    """Return every plugin's controls, but for those that the suite uses itself, under whatever id."""
    return tuple(
        _part(component, Entry(use=component.reference, name=None, options={}, where="controls"), Path.cwd())
        for component in catalog.of_kind("generator")
        if isinstance(component.spec, GeneratorSpec) and component.spec.control and component not in named
    )


def _groups(suite: Suite, catalog: Catalog) -> tuple[Group, ...]:
    """Return one group for each computation; entries that share one are put together."""
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
            raise SuiteError(f"{where}: asks for the same number as {same!r}; remove one of them")
    return replace(group, outputs=group.outputs + more.outputs)


def _extractor(entry: MetricEntry, metric: Part, folder: Path, catalog: Catalog) -> Part | None:
    """Return the extractor that a metric is to use, or None for a metric that takes samples."""
    where = f"{entry.where}.extractor"
    if metric.spec.takes == "samples":
        if entry.extractor is not None:
            raise SuiteError(f"{where}: {entry.use} takes samples and uses no extractor; remove the key")
        return None
    chosen = entry.extractor or _canonical(entry, metric, catalog)
    extractor = make_part(catalog, "extractor", chosen, folder)
    if not set(wanted_outputs(metric.spec)) <= set(extractor.spec.outputs):
        raise SuiteError(f"{where}: {extractor.name} gives {', '.join(extractor.spec.outputs)}; "
                         f"{entry.use} takes {_wanted(metric)}")  # fmt: skip
    return extractor


def _canonical(entry: MetricEntry, metric: Part, catalog: Catalog) -> Entry:
    """Return the metric's canonical extractor; raise SuiteError, naming others, if there is none."""
    name = metric.spec.extractor
    if name is not None and catalog.matches("extractor", name):
        return Entry(use=name, name=None, options={}, where=entry.where)
    lacks = "no canonical extractor" if name is None else f"the canonical extractor {name!r}, not installed"
    fit = [c.name for c in catalog.of_kind("extractor") if isinstance(c.spec, ExtractorSpec)
           and set(wanted_outputs(metric.spec)) <= set(c.spec.outputs)]  # fmt: skip
    raise SuiteError(
        f"{entry.where}: {entry.use} takes {_wanted(metric)} and has {lacks}; "
        f"name one with the key extractor: {', '.join(fit) or 'no installed one gives that'}"
    )


def wanted_outputs(spec: MetricSpec) -> tuple[str, ...]:
    """Return the extractor outputs that a metric takes; none if it takes samples."""
    if spec.takes == "samples":
        return ()
    return (spec.takes,) if isinstance(spec.takes, str) else spec.takes


def _is_canonical(extractor: Part, metric: Part, catalog: Catalog) -> bool:
    """Return whether an id needs no word about the extractor."""
    if metric.spec.extractor is None:
        return False
    defaults = {option.name: option.default for option in extractor.contract.options}
    canonical = catalog.matches("extractor", metric.spec.extractor)
    return canonical == (extractor.component,) and dict(extractor.options) == defaults


def _wanted(metric: Part) -> str:
    return ", ".join(wanted_outputs(metric.spec))


def _check_unique(kind: str, names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise SuiteError(
                f'two entries of [[{kind}]] have the id {name!r}; give one of them another: name = "…"'
            )


def _part(component: Component, entry: Entry, folder: Path) -> Part:
    contract = read_contract(component.spec)
    options = fill_options(contract, entry.options, where=entry.where, folder=folder)
    return Part(
        name=entry.name or component.name,
        component=component,
        contract=contract,
        options=options,
        canonical=canonical_options(contract, options),
    )


def without_annotations(part: Part) -> Part:
    """Return a part that can be sent to another process: option types, which may not be, are left out."""
    return replace(part, contract=replace(part.contract, options=()))
