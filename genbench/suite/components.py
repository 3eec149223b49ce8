"""Components of a suite, with checked options; metrics are in groups with their extractors."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast
from urllib.parse import urlsplit

from genbench.catalog.code import read_code
from genbench.contract.assets import asset_path, find_asset
from genbench.contract.modalities import ModalitySpec
from genbench.contract.options import Address, Unsigned, Variable, find_paths, has_mark
from genbench.contract.signature import Contract, canonical_options, fill_options, read_contract, resolve
from genbench.contract.specs import ExecutorSpec, GeneratorSpec, ListenerSpec, Spec
from genbench.core.errors import DataError, PluginError, SuiteError, describe_error
from genbench.core.limits import Limits, bytes_text
from genbench.files.identity import read_identity
from genbench.suite.file import SuiteEntry

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from genbench.catalog.catalog import Catalog, Component
    from genbench.catalog.code import Code
    from genbench.contract.specs import DatasetSpec, ExtractorSpec, MetricFacts, MetricSpec, Output
    from genbench.core.spaces import Space
    from genbench.files.identity import Identity

__all__ = [
    "Group", "NotFetchedError", "Part", "Resolved", "adapt_group", "check_allowed", "check_keys", "configure",
    "drop_option_annotations", "extractor_outputs", "give_modality", "make_generator", "make_part",
    "merge_seeds", "select_signature_options",
]  # fmt: skip

_ALLOWED = re.compile(r"[A-Za-z_][A-Za-z0-9_]*@[^@/\s]+")  # NAME@HOST, where HOST may have a port

_WITHOUT_KEYS = (ExecutorSpec, ListenerSpec)  # kinds that make no artefact, which would need a key
_SEED = "{seed}"  # in a path of a generator: the seed of the trial
_PORTS = {"https": 443, "http": 80}

_SpecT = TypeVar("_SpecT", bound=Spec)
_SpecT_co = TypeVar("_SpecT_co", bound=Spec, covariant=True)


class NotFetchedError(SuiteError):
    """A file that a component needs was not fetched."""


@dataclass(frozen=True, kw_only=True)
class Part(Generic[_SpecT_co]):
    """A component of a suite; a `Part[MetricSpec]` is a metric.

    name       its id on the board
    options    validated options with defaults, passed to the component
    canonical  the options as JSON-like values, for keys
    signature_options  the canonical options that decide a number, for signatures and random streams
    limits     timeout and memory limit of its work
    variables  names of further environment variables for its processes
    sends      NAME@HOST for each variable that its options name and each server that they name
    code       the code in its keys; None for components without keys
    files      identities (names, sizes, times) of the files in its options, by place ("votes[0]" in a list),
               taken before their content was hashed, so that a later edit shows
    modality_parts  the modality as the only item, if the component gets it and so may run its code, or if the
               modality selects its valid samples; else ()
    by_seed    a generator's part at each seed, if one of its paths contains "{seed}"; else empty
    """

    name: str
    component: Component
    contract: Contract
    options: Mapping[str, Any]
    canonical: Mapping[str, Any]
    signature_options: Mapping[str, Any]
    limits: Limits = field(default_factory=Limits)
    variables: tuple[str, ...] = ()
    sends: tuple[str, ...] = ()
    code: Code | None = field(default=None, compare=False)
    files: Mapping[str, Identity] = field(default_factory=dict, compare=False)
    modality_parts: tuple[Part[Any], ...] = field(default=(), compare=False)
    by_seed: Mapping[int, Part[_SpecT_co]] = field(default_factory=dict, compare=False)

    @property
    def spec(self) -> _SpecT_co:
        """The component's spec."""
        return cast("_SpecT_co", self.component.spec)  # `configure` has checked its type

    @property
    def modules(self) -> tuple[str, ...]:
        """The optional modules that it imports: those it always needs, then those that its options need."""
        needs, uses = self.component.spec.needs, self.component.spec.uses
        settings = [f"{name}={value}" for name, value in self.canonical.items()]  # as the keys of `uses`
        used = [module for setting in settings for module in uses.get(setting, ())]
        return tuple(dict.fromkeys([*needs, *used]))


@dataclass(frozen=True, kw_only=True)
class Group:
    """One computation of a metric, with one or several outputs.

    outputs   (id on the board, output) of each requested number
    protocol  the name of the protocol that sets extractor and options, or None
    unseen_controls  by output, the roles of controls (generators for calibration) whose flaws it may not
                     detect
    """

    metric: Part[MetricSpec]
    extractor: Part[ExtractorSpec] | None
    outputs: tuple[tuple[str, Output], ...]
    protocol: str | None = None
    unseen_controls: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def parts(self) -> tuple[Part[MetricSpec | ExtractorSpec], ...]:
        """The metric, and the extractor if there is one."""
        return (self.metric,) if self.extractor is None else (self.metric, self.extractor)

    def with_parts(self, change: Callable[[Part[Any]], Part[Any]]) -> Group:
        """Return the group with `change(part)` in place of its metric and of its extractor, if it has one."""
        extractor = None if self.extractor is None else change(self.extractor)
        return replace(self, metric=change(self.metric), extractor=extractor)

    def facts(self, output: Output) -> MetricFacts:
        """Return the facts by which boards rank an output, such as its direction and `unseen_controls`."""
        return output.facts(self.unseen_controls.get(output.name, ()))


@dataclass(frozen=True, kw_only=True)
class Resolved:
    """The components of a suite, its controls among the generators.

    catalog  all components among which they were found
    notes    on names that other plugins have, too, one line each
    """

    catalog: Catalog = field(compare=False, repr=False)
    datasets: tuple[Part[DatasetSpec], ...]
    generators: tuple[Part[GeneratorSpec], ...]
    groups: tuple[Group, ...]
    notes: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[Part[Spec], ...]:
        """All components of the suite."""
        return (*self.datasets, *self.generators, *(part for group in self.groups for part in group.parts))


def make_part(
    catalog: Catalog, kind: type[_SpecT], entry: SuiteEntry, folder: Path, modalities: Collection[str] = ()
) -> Part[_SpecT]:
    """Return the component that an entry of a suite names, with checked options and defaults.

    kind        the type of its spec
    modalities  of the data, none if unknown: they decide between components of one name

    Raises SuiteError for an unknown or ambiguous name, and what `configure` raises.
    """
    try:
        component = catalog.find(kind.kind, entry.use, modalities)
    except SuiteError as error:
        raise SuiteError(f"{entry.where}.use: {error}") from error
    return configure(component, kind, entry, folder)


def configure(component: Component, kind: type[_SpecT], entry: SuiteEntry, folder: Path) -> Part[_SpecT]:
    """Return a component with the checked options of an entry; relative paths are relative to `folder`.

    kind  the type that its spec must have; another one is a mistake of the caller, a TypeError

    An option without a value that declares an asset, a file to download, becomes the path of the fetched
    file. Raises SuiteError if that file is missing or damaged, and PluginError, naming the place in the suite
    and the distribution, if the component breaks the contract.
    """
    if not isinstance(component.spec, kind):
        raise TypeError(f"{component.reference} is a {component.kind}, no {kind.kind}")
    contract = read_contract(component.spec, f"{entry.where}: {component.who}")
    options = fill_options(contract, entry.options, where=entry.where, folder=folder)
    # taken before `canonical_options` hashes the content: then another size or time shows any later edit
    files = _identify_files(component, contract, options)
    canonical = canonical_options(contract, options)
    env_names = _list_variables(contract, options)
    return Part(
        name=entry.name or component.name,
        component=component,
        contract=contract,
        options=options | _find_fetched(component, contract, options, entry.where),
        canonical=canonical,
        signature_options=select_signature_options(contract, canonical),
        limits=entry.limits,
        variables=(*component.spec.variables, *env_names),
        sends=tuple(
            f"{name}@{host}" for host in _list_hosts(contract, options, entry.where) for name in env_names
        ),  # genbench cannot tell which variable goes to which server, so the user allows each pair
        code=None if isinstance(component.spec, _WITHOUT_KEYS) else read_code(component),
        files=files,
    )


def make_generator(
    catalog: Catalog, entry: SuiteEntry, folder: Path, modalities: Collection[str], seeds: Sequence[int]
) -> Part[GeneratorSpec]:
    """Return the generator of an entry; "{seed}" in a path among its options means the seed of the trial.

    So finished outputs, one file or folder for each seed, are one generator. Its options have the paths as
    they are written, and its parts in `by_seed` those of each seed.

    Raises what `make_part` raises, with the seed of a path that does not exist.
    """
    try:
        component = catalog.find(GeneratorSpec.kind, entry.use, modalities)
    except SuiteError as error:
        raise SuiteError(f"{entry.where}.use: {error}") from error
    options = read_contract(component.spec, f"{entry.where}: {component.who}").options
    names = [option.name for option in options if option.holds_paths]
    paths = {name: entry.options[name] for name in names if _SEED in str(entry.options.get(name))}
    if not paths:
        return configure(component, GeneratorSpec, entry, folder)
    parts = {}
    for seed in seeds:
        changes = {name: _replace_seed(value, seed) for name, value in paths.items()}
        seed_entry = replace(entry, options={**entry.options, **changes})
        try:
            parts[seed] = configure(component, GeneratorSpec, seed_entry, folder)
        except SuiteError as error:
            raise SuiteError(f"{error} (seed {seed})") from error
    merged = merge_seeds(parts)
    return replace(merged, options={**merged.options, **paths})


def merge_seeds(parts: Mapping[int, Part[GeneratorSpec]]) -> Part[GeneratorSpec]:
    """Return a generator's part for all seeds: an option that differs between seeds is a table by seed.

    Such a table is in `canonical` and `signature_options`: {"0": the hash of a file, "1": that of another}.

    parts  the generator's part at each seed
    """

    def merge(options: Mapping[int, Mapping[str, Any]]) -> dict[str, Any]:
        """Return the options of all seeds, given those of each seed."""
        merged = dict(next(iter(options.values())))
        for name, value in merged.items():
            by_seed = {str(seed): each[name] for seed, each in options.items()}
            merged[name] = value if all(each == value for each in by_seed.values()) else by_seed
        return merged

    return replace(
        next(iter(parts.values())),
        canonical=merge({seed: part.canonical for seed, part in parts.items()}),
        signature_options=merge({seed: part.signature_options for seed, part in parts.items()}),
        by_seed=parts,
    )


def _replace_seed(value: Any, seed: int) -> Any:
    """Return a path, or a list of paths, with a seed in place of each "{seed}"."""
    if isinstance(value, list | tuple):
        return [_replace_seed(path, seed) for path in value]
    return str(value).replace(_SEED, str(seed))


def _identify_files(
    component: Component, contract: Contract, options: Mapping[str, Any]
) -> dict[str, Identity]:
    """Return the identities (names, sizes, times) of the files in options and of fetched assets.

    They are by place in the options, such as "votes[0]". They show whether a file changes after its content
    was hashed for the key of an artefact. Executors and listeners make no artefacts, so they need none.
    """
    if isinstance(component.spec, _WITHOUT_KEYS):
        return {}
    paths = find_paths(options)
    for option in contract.options:
        # a path that the user names replaces the asset; for a missing asset, `_find_fetched` raises
        if option.name not in paths and option.asset is not None and asset_path(option.asset).is_file():
            paths[option.name] = asset_path(option.asset)
    return {name: read_identity(path) for name, path in paths.items()}


def _find_fetched(
    component: Component, contract: Contract, options: Mapping[str, Any], where: str
) -> dict[str, Path]:
    """Return the path of the fetched asset of each option that has an asset and no value, by option.

    Raises NotFetchedError if a file was not fetched, and SuiteError if it is damaged.
    """
    paths: dict[str, Path] = {}
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
            size = bytes_text(asset.size_bytes)
            raise NotFetchedError(f"{who} ({size}, {asset.licence}), which is not on this machine; {remedy}")
        paths[option.name] = path
    return paths


def _list_variables(contract: Contract, options: Mapping[str, Any]) -> list[str]:
    """Return the names of environment variables in the options marked Variable.

    Such an option is one name, a list of names, or None.
    """
    values = [options[option.name] for option in contract.options if has_mark(option.annotation, Variable)]
    lists = [(value,) if isinstance(value, str) else value or () for value in values]
    return [name for names in lists for name in names if isinstance(name, str)]


def _list_hosts(contract: Contract, options: Mapping[str, Any], where: str) -> list[str]:
    """Return the hosts, "host" or "host:8000", of the options marked Address: URLs of servers."""
    marked = [option.name for option in contract.options if has_mark(option.annotation, Address)]
    return [_read_host(options[name], f"{where}.{name}") for name in marked if options[name] is not None]


def _read_host(url: str, where: str) -> str:
    """Return the host of a URL, with its port if that is not the default one: "host" or "host:8000".

    where  the key in the suite, for messages

    Raises SuiteError for a text without a host; the message does not show it, since it may be a secret.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if host is None:
        raise SuiteError(f"{where}: expected the URL of a server, such as https://host/v1")
    text = f"[{host}]" if ":" in host else host  # an IPv6 address has colons
    return text if port in (None, _PORTS.get(parts.scheme)) else f"{text}:{port}"


def select_signature_options(contract: Contract, canonical: Mapping[str, Any]) -> dict[str, Any]:
    """Return the canonical options that decide a number, for signatures: all but those marked Unsigned.

    A file counts by its content alone. Its suffix decides only how it is read, which the hash of the data in
    every signature shows.
    """
    unsigned = {option.name for option in contract.options if has_mark(option.annotation, Unsigned)}
    selected = {name: value for name, value in canonical.items() if name not in unsigned}
    for option in contract.options:
        value = selected.get(option.name)
        if option.holds_paths and value is not None:
            selected[option.name] = _drop_suffix(value)
    return selected


def _drop_suffix(value: Any) -> Any:
    """Return the canonical form of a file without its suffix, or of each file in a list.

    {"sha256": the hash of the content, "suffix": ".csv"} becomes {"sha256": the hash of the content}.
    """
    if isinstance(value, list):
        return [_drop_suffix(item) for item in value]
    return {name: item for name, item in value.items() if name != "suffix"}


def extractor_outputs(spec: MetricSpec) -> tuple[str, ...]:
    """Return the extractor outputs that a metric takes; none if it takes samples."""
    if spec.takes == "samples":
        return ()
    return (spec.takes,) if isinstance(spec.takes, str) else spec.takes


def adapt_group(group: Group, space: Space) -> Group:
    """Return a group whose options that are None have the defaults of its metric for samples of a space.

    Signatures contain these values. Raises PluginError if `defaults` of the spec is no function of a space,
    or returns another option.
    """
    part = group.metric
    if part.spec.defaults is None:
        return group
    try:
        values = resolve(part.spec.defaults)(space)
        unset = {name: value for name, value in values.items() if part.options[name] is None}
        options = {**part.options, **unset}
        canonical = canonical_options(part.contract, options)
    except Exception as error:  # a stranger's code
        raise PluginError(f"{part.contract.who}: defaults failed: {describe_error(error)}") from error
    signed = select_signature_options(part.contract, canonical)
    return replace(
        group, metric=replace(part, options=options, canonical=canonical, signature_options=signed)
    )


def give_modality(part: Part[_SpecT], modality: Component, *, is_needed: bool = False) -> Part[_SpecT]:
    """Return a part with a modality in `modality_parts`, if the part's functions take the modality.

    They may run the code of the modality, which keys then include, too.

    is_needed  whether the modality's code decides the part's samples in any case
    """
    if "modality" not in part.contract.inputs and not is_needed:
        return part
    # the entry has no options, so there is no relative path that needs a folder
    entry = SuiteEntry(use=modality.reference, where="modality")
    modality_part = configure(modality, ModalitySpec, entry, Path())
    return replace(part, modality_parts=(drop_option_annotations(modality_part),))


def drop_option_annotations(part: Part[_SpecT]) -> Part[_SpecT]:
    """Return a part of a suite without its contract's options, whose annotations may not be picklable.

    Its parts by seed are left out, too: a trial has the part of its own seed.
    """
    return replace(part, contract=replace(part.contract, options=()), by_seed={})


def check_allowed(allowed: Iterable[object]) -> None:
    """Raise SuiteError unless each value is NAME@HOST; the message does not show it: it may be a secret."""
    for value in allowed:
        if not isinstance(value, str) or not _ALLOWED.fullmatch(value):
            raise SuiteError(
                "--allow-key: expected NAME@HOST, the name of an environment variable and the host that may "
                "receive it; the value is not shown, it may be a secret"
            )


def check_keys(parts: Iterable[Part[Spec]], allowed: Collection[str]) -> None:
    """Raise SuiteError if a component would send an environment variable to a server without consent.

    allowed  the consents of the user, NAME@HOST; HOST has its port if the suite's URL has one

    The suite names both variable and server. So a suite of a stranger could send a secret, such as the key of
    an API, to its author.
    """
    for part in parts:
        for pair in part.sends:
            name, _, host = pair.partition("@")
            if pair not in allowed:
                raise SuiteError(
                    f"{part.contract.who} would send the environment variable {name} to {host}; if you "
                    f"agree, add --allow-key {pair}"
                )
