"""Components as a suite uses them: each with its checked options, and metrics in groups."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from genbench.contract.assets import find_asset, size_text
from genbench.contract.options import is_unsigned, is_variable
from genbench.contract.signature import Contract, canonical_options, fill_options, read_contract
from genbench.contract.specs import Spec
from genbench.core.errors import DataError, SuiteError
from genbench.core.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from genbench.catalog.catalog import Catalog, Component
    from genbench.contract.specs import DatasetSpec, ExtractorSpec, GeneratorSpec, MetricSpec, Output
    from genbench.suite.file import SuiteEntry

__all__ = [
    "Group",
    "Part",
    "Resolved",
    "is_control",
    "make_part",
    "part_of",
    "signed_options",
    "wanted_outputs",
    "without_annotations",
]


_SpecT = TypeVar("_SpecT", bound=Spec)
_SpecT_co = TypeVar("_SpecT_co", bound=Spec, covariant=True)


@dataclass(frozen=True, kw_only=True)
class Part(Generic[_SpecT_co]):
    """A component as a suite uses it; a `Part[MetricSpec]` is a metric.

    name       its id on the board
    options    filled in and validated, as the component gets them
    canonical  the same as JSON-like values, as keys hold them
    signed     those of them that decide a number, as signatures and random streams hold them
    limits     of its work
    variables  environment variables that its processes get beside the common ones
    """

    name: str
    component: Component
    contract: Contract
    options: Mapping[str, Any]
    canonical: Mapping[str, Any]
    signed: Mapping[str, Any]
    limits: Limits = field(default_factory=Limits)
    variables: tuple[str, ...] = ()

    @property
    def spec(self) -> _SpecT_co:
        """The component's spec."""
        return cast("_SpecT_co", self.component.spec)  # `part_of` has checked its type


@dataclass(frozen=True, kw_only=True)
class Group:
    """One computation of a metric, whose outputs may be several numbers.

    outputs   (id on the board, output) of each number that the suite asks for
    protocol  the name of the preset that extractor and options are, or None
    """

    metric: Part[MetricSpec]
    extractor: Part[ExtractorSpec] | None
    outputs: tuple[tuple[str, Output], ...]
    protocol: str | None = None


@dataclass(frozen=True, kw_only=True)
class Resolved:
    """A suite whose components are all known; `warnings` say which installed controls cannot join it."""

    datasets: tuple[Part[DatasetSpec], ...]
    generators: tuple[Part[GeneratorSpec], ...]
    groups: tuple[Group, ...]
    warnings: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[Part[Spec], ...]:
        """Every component that the suite uses, as it uses it."""
        metrics = [group.metric for group in self.groups]
        extractors = [group.extractor for group in self.groups if group.extractor is not None]
        return (*self.datasets, *self.generators, *metrics, *extractors)


def make_part(catalog: Catalog, kind: type[_SpecT], entry: SuiteEntry, folder: Path) -> Part[_SpecT]:
    """Return the component that an entry names, with its options checked and filled in.

    kind  the type of its spec
    """
    try:
        component = catalog.find(kind.kind, entry.use)
    except SuiteError as error:
        raise SuiteError(f"{entry.where}.use: {error}") from error
    return part_of(component, kind, entry, folder)


def part_of(component: Component, kind: type[_SpecT], entry: SuiteEntry, folder: Path) -> Part[_SpecT]:
    """Return a component with the options of an entry; relative paths are taken from `folder`.

    Where an option with an asset is left out, the component gets the path of the fetched file. Raises
    SuiteError if that is not there or not what it should be.
    """
    if not isinstance(component.spec, kind):
        raise TypeError(f"{component.reference} is a {component.kind}, no {kind.kind}")
    contract = read_contract(component.spec)
    options = fill_options(contract, entry.options, where=entry.where, folder=folder)
    canonical = canonical_options(contract, options)
    return Part(
        name=entry.name or component.name,
        component=component,
        contract=contract,
        options=options | _fetched(component, contract, options, entry.where),
        canonical=canonical,
        signed=signed_options(contract, canonical),
        limits=entry.limits,
        variables=(*component.spec.variables, *_named_variables(contract, options)),
    )


def _fetched(
    component: Component, contract: Contract, options: Mapping[str, Any], where: str
) -> dict[str, Path]:
    """Return the paths of the fetched files, by the options that they stand for."""
    found: dict[str, Path] = {}
    for option in contract.options:
        asset = option.asset
        if asset is None or options[option.name] is not None:
            continue
        who = f"{where}: {component.kind} {component.name!r} needs the file {asset.file_name}"
        remedy = f"run `genbench fetch {component.name}`, or name a file with its option {option.name!r}"
        try:
            path = find_asset(asset)
        except DataError as error:
            raise SuiteError(f"{who}, and {error}; {remedy}") from error
        if path is None:
            size = size_text(asset.size_bytes)
            raise SuiteError(f"{who} ({size}, {asset.licence}), which is not on this machine; {remedy}")
        found[option.name] = path
    return found


def _named_variables(contract: Contract, options: Mapping[str, Any]) -> list[str]:
    """Return the names of variables that options marked Variable hold, one or several each."""
    values = [options[option.name] for option in contract.options if is_variable(option.annotation)]
    names = [name for value in values for name in ((value,) if isinstance(value, str) else value or ())]
    return [name for name in names if isinstance(name, str)]


def signed_options(contract: Contract, canonical: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of the canonical options that decide a number, leaving out what is marked Unsigned."""
    unsigned = {option.name for option in contract.options if is_unsigned(option.annotation)}
    return {name: value for name, value in canonical.items() if name not in unsigned}


def is_control(part: Part[GeneratorSpec]) -> bool:
    """Return whether a generator bounds the board instead of competing on it."""
    return part.spec.control or "held_out" in part.contract.inputs


def wanted_outputs(spec: MetricSpec) -> tuple[str, ...]:
    """Return the extractor outputs that a metric takes; none if it takes samples."""
    if spec.takes == "samples":
        return ()
    return (spec.takes,) if isinstance(spec.takes, str) else spec.takes


def without_annotations(part: Part[_SpecT]) -> Part[_SpecT]:
    """Return a part that can be sent to another process: option types, which may not be, are left out."""
    return replace(part, contract=replace(part.contract, options=()))
