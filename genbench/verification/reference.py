"""The suite that a run is compared with: the suite in its run.json, or a suite that the reader trusts."""

from __future__ import annotations

import contextlib
import os
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genbench.board.comparability import signature_changes
from genbench.catalog.catalog import PLUGIN_HINT, load_catalog
from genbench.contract.specs import DatasetSpec, GeneratorSpec
from genbench.core.canonical_json import canonical
from genbench.core.errors import SuiteError
from genbench.core.names import join_names
from genbench.results.folder import INPUTS
from genbench.runs.events import EventSource
from genbench.runs.prepare import Order
from genbench.store.environment import cores
from genbench.store.store import Store, open_store
from genbench.suite.file import parse_suite, write_words
from genbench.suite.resolve import resolve_suite
from genbench.suite.usable import drop_unusable_entries

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from genbench.catalog.catalog import Catalog
    from genbench.results.cells import Cell
    from genbench.results.records import Plan
    from genbench.suite.components import Part
    from genbench.suite.file import Suite, SuiteEntry
    from genbench.suite.usable import UnusableEntry

__all__ = ["Obstacle", "ReferenceSuite", "VerificationRequest", "find_suite", "open_request", "read_order"]

_RECORDED = "the suite in run.json"
_PATH_HINT = "--suite FILE sets the folder of relative paths"
_KEPT_HINT = "the run kept this file, so take it from another copy of the run"


@dataclass(frozen=True, kw_only=True)
class VerificationRequest:
    """The arguments of one verification.

    folder   of the run, an absolute path, since trials run in temporary folders
    trusted  the suite that the reader trusts, None for the suite in run.json
    scratch  an empty temporary folder
    sample   number of trials to rerun from their seeds
    allow_keys  variables that the suite may send to a server, as NAME@HOST
    jobs     trials at a time
    store    of this machine, or a temporary one if that cannot be written
    inputs   the folder whose files `inputs/<name>` the suite in run.json means; None: the run's own folder
    """

    folder: Path
    trusted: Suite | None
    scratch: Path = field(repr=False)
    sample: int
    plugins: Sequence[Path]
    allow_keys: Sequence[str]
    jobs: int
    events: EventSource
    store: Store
    inputs: Path | None = None


@contextlib.contextmanager
def open_request(
    folder: str | Path,
    *,
    trusted: Suite | None = None,
    sample: int = 0,
    plugins: Iterable[str | Path] = (),
    allow_keys: Iterable[str] = (),
    jobs: int | None = None,
    listener: object | None = None,
) -> Iterator[VerificationRequest]:
    """Give the arguments of a verification of the run in `folder`, with a temporary folder.

    The temporary folder is deleted afterwards.

    trusted     the suite that the reader trusts; None: the suite in run.json
    sample      number of trials to rerun from their seeds
    plugins     files of plugins that are not installed
    allow_keys  variables that the suite may send to a server, as NAME@HOST
    jobs        trials at a time; None: one per core
    listener    receives the events of progress; None: warnings become Python's
    """
    events, (store, warning) = EventSource(listener), open_store()
    if warning is not None:
        events.warn(warning)
    with tempfile.TemporaryDirectory(prefix="genbench-verify-") as scratch:
        yield VerificationRequest(
            folder=Path(os.path.realpath(folder)),
            trusted=trusted,
            scratch=Path(scratch),
            sample=int(sample),  # which may be a number of numpy, as may `jobs`
            plugins=tuple(Path(path).resolve() for path in plugins),
            allow_keys=tuple(allow_keys),
            jobs=cores() if jobs is None else int(jobs),
            events=events,
            store=store,
        )


@dataclass(frozen=True, kw_only=True)
class Obstacle:
    """An entry of a suite whose component cannot be used here.

    kind    "dataset", "generator" or "metric"
    name    its id on the board
    reason  why it cannot be used, and what to do
    """

    kind: str
    name: str
    reason: str

    def concerns(self, cell: Cell) -> bool:
        """Return whether the entry that cannot be used is a cell's dataset, generator or metric.

        A metric with several outputs has an id on the board for each, but its entry has only the metric's own
        name. So both names of a cell's metric are compared with it. If another entry has the same metric, the
        cells of that entry count too.
        """
        if self.kind == DatasetSpec.kind:
            return self.name == cell.dataset
        if self.kind == GeneratorSpec.kind:
            return self.name == cell.generator
        own_name = str(cell.signature.get("metric")).rpartition(":")[2]  # without the name of the plugin
        return self.name in (cell.metric, own_name)


@dataclass(frozen=True, kw_only=True)
class ReferenceSuite:
    """The suite that a run is compared with.

    order      the settings of a run of the suite, with the components that can be used here
    label      the suite in messages
    obstacles  the entries that are left out
    overrides  the options of genbench run that replaced values of the suite in run.json
    altered    the generators that differ between the suite in run.json and a trusted one, with the difference
    title      how the title of the board differs from a trusted suite's name, or ""
    """

    order: Order
    label: str
    obstacles: tuple[Obstacle, ...] = ()
    overrides: tuple[str, ...] = ()
    altered: Mapping[str, str] = field(default_factory=dict)
    title: str = ""


def find_suite(request: VerificationRequest, plan: Plan) -> ReferenceSuite:
    """Return what a run's plan is compared with: the suite that the reader trusts, else that in run.json.

    An obstacle is an entry of the suite whose component cannot be used here: it is left out. Overrides are
    the options of genbench run that changed the suite.

    Raises SuiteError, PluginError or DataError if its run.json does not say how it was made, or if a suite
    cannot be resolved.
    """
    recorded = read_order(request, plan)
    catalog = load_catalog(request.plugins)
    overrides = _find_overrides(recorded)
    kept = (request.inputs or request.folder) / INPUTS  # copies of the files that metrics read
    if request.trusted is None:
        order, obstacles = _select_usable(recorded, catalog, plan, kept)
        return ReferenceSuite(order=order, label="its suite", obstacles=obstacles, overrides=overrides)
    # generators=(): with the trusted suite's own generators, even if the run had others in their place
    trusted, obstacles = _select_usable(
        replace(recorded, suite=request.trusted, generators=()), catalog, plan, kept
    )
    name, title = request.trusted.name, recorded.own_suite.name
    return ReferenceSuite(
        order=trusted, label=f"the suite {name}", obstacles=obstacles, overrides=overrides,
        altered=_find_altered(recorded, trusted, catalog),
        title="" if title == name else f"the title is {title} in run.json, {name} in the suite",
    )  # fmt: skip


def read_order(request: VerificationRequest, plan: Plan) -> Order:
    """Return the order, the settings of a run, from the run.json of a plan.

    Plugins, keys and jobs are those of the request. Relative paths in the suite start in the folder of the
    trusted suite, if the reader trusts one, else in the working directory: run.json does not state the folder
    of its suite. `instead` in run.json has the entries that replaced the suite's generators.

    Raises SuiteError for merged runs, and if the provenance lacks a field or contradicts its suite.
    """
    provenance = plan.provenance
    if "merged" in provenance:
        raise SuiteError(_describe_merge(provenance))
    if "battles" in provenance:  # `genbench arena rate` wrote the folder, which has no suite
        raise SuiteError(
            f"it rates battles, without a suite; genbench arena rate on its {INPUTS}/ makes the ratings again"
        )
    folder = Path.cwd() if request.trusted is None else request.trusted.folder
    try:
        suite = parse_suite(provenance["suite"], file=_RECORDED, folder=folder)
        suite = _with_kept_inputs(suite, request.inputs or request.folder)
        if provenance["name"] != suite.name:
            raise SuiteError(
                f"its run.json has the name {provenance['name']!r}, and its suite {suite.name!r}; "
                "take an unchanged copy of the run"
            )
        return Order(
            suite=suite.with_changes(seeds=provenance["seeds"], n=provenance["n"]),
            generators=[dict(table) for table in provenance.get("instead", ())],
            threads=provenance["machine"]["threads"],
            device=provenance["machine"]["device"],
            plugins=request.plugins,
            allow_keys=request.allow_keys,
            jobs=request.jobs,
        )
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise SuiteError(
            f"its run.json does not say how it was made ({error!r}); take an unchanged copy of the run"
        ) from error


def _with_kept_inputs(suite: Suite, folder: Path) -> Suite:
    """Return a suite in whose metrics a path `inputs/<name>` is the full path of the file kept in `folder`.

    A run keeps the files that its metrics read in its folder `inputs`. If a file is only beside the suite, or
    if the run has no folder `inputs`, the path stays as it is. If a file is missing in both places, its path
    is changed, so that the error of the metric names the run's folder.
    """
    has_inputs = (folder / INPUTS).is_dir()

    def place_input(value: Any) -> Any:
        """Return the value of an option with full paths for `inputs/<name>`; of a list, each item."""
        if isinstance(value, list):
            return [place_input(item) for item in value]
        if not (isinstance(value, str) and value.startswith(f"{INPUTS}/")):
            return value
        is_kept, is_beside_suite = (folder / value).is_file(), (suite.folder / value).is_file()
        return str(folder / value) if is_kept or (has_inputs and not is_beside_suite) else value

    metrics = (
        replace(entry, options={name: place_input(value) for name, value in entry.options.items()})
        for entry in suite.metrics
    )
    return replace(suite, metrics=tuple(metrics))


def _describe_merge(provenance: Mapping[str, Any]) -> str:
    """Return the message that merged runs cannot be verified: their names, with their folders if known.

    The run.json may be forged, so the types of its values are checked.
    """
    runs, sources = provenance["merged"], provenance.get("sources")
    folders = sources if isinstance(sources, dict) else {}
    names = sorted(map(str, runs)) if isinstance(runs, (dict, list)) else []
    labels = [f"{name} ({folders[name]})" if folders.get(name) else name for name in names] or ["runs"]
    return (
        f"its run.json merges {join_names(labels, most=8)}, without their samples; verify the folder of each "
        "of these runs, and merge them again with genbench leaderboard DIR DIR -o NEW"
    )


def _select_usable(
    order: Order, catalog: Catalog, plan: Plan, kept: Path
) -> tuple[Order, tuple[Obstacle, ...]]:
    """Return an order with the entries of its suite that can be used here, and an obstacle for each other.

    An order has the settings of a run. An obstacle names an entry, and the reason why it cannot be used.

    plan  of the run
    kept  the folder of files that the run keeps

    A run may have other generators than its suite, in `instead`. Then it has only the datasets that one of
    these generators can use. If one is unusable here, its datasets are unknown, so the datasets of the plan
    are taken.

    Raises SuiteError if no dataset can be used.
    """
    suite, instead = order.own_suite, order.read_replacements(order.own_suite)
    usable = drop_unusable_entries(suite, catalog, instead)
    obstacles = tuple(_make_obstacle(unusable, kept) for unusable in usable.unusable)
    if not obstacles:
        return order, ()
    if instead:
        planned = {cell.dataset for cell in plan.cells}
        datasets = tuple(entry for entry in suite.datasets if entry.board_id in planned)
        usable = drop_unusable_entries(replace(suite, datasets=datasets), catalog, instead)
    if not usable.suite.datasets:
        raise SuiteError(obstacles[0].reason)
    generators = (*usable.suite.generators, *usable.instead)
    # the replacements are now generators of the suite, so `generators` of the order is empty
    return replace(order, suite=replace(usable.suite, generators=generators), generators=()), obstacles


def _make_obstacle(unusable: UnusableEntry, kept: Path) -> Obstacle:
    """Return the obstacle of an unusable entry: its kind and id, and the reason with hints on what to do.

    kept  the folder of files that the run keeps; if the error names a file of it, that file is missing there
    """
    texts = [unusable.error]
    if unusable.is_unknown and PLUGIN_HINT not in unusable.error:
        texts.append(PLUGIN_HINT)
    if unusable.has_path:  # an option of the entry names a file or folder, which may be missing here
        texts.append(_KEPT_HINT if f"{kept}/" in unusable.error else _PATH_HINT)
    return Obstacle(kind=unusable.kind, name=unusable.entry.board_id, reason="; ".join(texts))


def _find_overrides(order: Order) -> tuple[str, ...]:
    """Return the options of genbench run that replaced values of an order's suite: "--seeds 0,1", "--n 100".

    In an order from `read_order`, the suite has the seeds and the n of the run. The original values are only
    in the text of the suite, which is read again.
    """
    suite = order.own_suite
    original = parse_suite(suite.text, file=_RECORDED, folder=suite.folder)
    seeds = [f"--seeds {','.join(map(str, suite.seeds))}"] if original.seeds != suite.seeds else []
    n = [f"--n {suite.n}"] if original.n != suite.n else []
    return (*seeds, *n, *(f"--generator '{write_words(table)}'" for table in order.generators))


def _find_altered(recorded: Order, trusted: Order, catalog: Catalog) -> dict[str, str]:
    """Return the generators of a trusted suite that a run had with another component or other options.

    The result has the first difference of each, in words. The run's generators are resolved in the trusted
    suite, with its data. A generator of the run that cannot be used here differs. Paths are not compared:
    `find_file_differences` compares the hashes of the files.
    """
    parts = resolve_suite(trusted.own_suite, catalog).generators
    suite = recorded.own_suite
    # the run may have had other generators in place of its suite's
    generators = _replace_paths(recorded.read_replacements(suite) or suite.generators, parts)
    # None: the suite names no controls, so it has those of genbench
    controls = None if suite.controls is None else _replace_paths(suite.controls, parts)
    run_suite = replace(trusted.own_suite, generators=generators, controls=controls)
    usable = drop_unusable_entries(run_suite, catalog)
    run_entries = _index_entries(resolve_suite(usable.suite, catalog).generators)
    errors = {entry.entry.board_id: entry.error for entry in usable.unusable}
    return {
        name: _describe_alteration(run_entries.get(name, []), entries, errors.get(name, ""))
        for name, entries in _index_entries(parts).items()
        if run_entries.get(name) != entries
    }


def _replace_paths(
    entries: Iterable[SuiteEntry], parts: Iterable[Part[GeneratorSpec]]
) -> tuple[SuiteEntry, ...]:
    """Return a run's entries with the paths of the trusted suite's generators of the same id and component.

    An entry is what a suite file says of a generator; a part is the component with these options. The paths
    of the run may not exist here. `find_file_differences` compares the content of the files by their hashes.

    parts  the generators of the trusted suite
    """
    trusted_paths = {(part.name, part.component.name): _list_paths(part) for part in parts}
    replaced = []
    for entry in entries:
        paths = trusted_paths.get((entry.board_id, entry.use.rpartition(":")[2]), {})
        options = {name: paths.get(name, value) for name, value in entry.options.items()}
        replaced.append(replace(entry, options=options))
    return tuple(replaced)


def _list_paths(part: Part[GeneratorSpec]) -> dict[str, str | list[str]]:
    """Return the options of a generator that are paths, by name, as a suite has them."""
    names = {place.partition("[")[0] for place in part.files}  # "votes[0]" is a file of the option "votes"
    return {name: _format_paths(part.options[name]) for name in names}


def _format_paths(value: Any) -> str | list[str]:
    """Return a path option, one path or several, as a suite has it: a text or a list of texts."""
    return list(map(str, value)) if isinstance(value, tuple | list) else str(value)


def _index_entries(parts: Iterable[Part[GeneratorSpec]]) -> dict[str, list[dict[str, Any]]]:
    """Return {id: [component and options of a generator]}, each list in a fixed order.

    Generators of different datasets may share an id, so each id has a list. A part is a component with the
    options that a suite gives it.
    """
    entries: dict[str, list[dict[str, Any]]] = {}
    for part in parts:
        entry = {"component": part.component.reference, "options": dict(part.canonical)}
        entries.setdefault(part.name, []).append(entry)
    return {name: sorted(same_id, key=canonical) for name, same_id in entries.items()}


def _describe_alteration(recorded: list[dict[str, Any]], trusted: list[dict[str, Any]], error: str) -> str:
    """Return how a run's generators of one id differ from a trusted suite's, in words.

    The caller adds "in the suite NAME" to the returned words, so "that" and "one" are an entry of this suite.

    recorded, trusted  component and options of each generator of this id, sorted
    error              why an entry of the run cannot be used here, or ""
    """
    if error:
        return f"the entry of its generator in run.json cannot be used here ({error}), unlike that"
    changes = [change for pair in zip(recorded, trusted, strict=False) for change in signature_changes(*pair)]
    if changes:
        return f"its generator's {changes[0]}"
    # the lists are equal as far as the shorter one goes
    return "its generator has no entry in the suite of run.json, but one"
