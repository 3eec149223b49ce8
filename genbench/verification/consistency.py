"""Consistency of the provenance in run.json with the cells that it lists."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from genbench.board.findings import listed
from genbench.core.names import file_version

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from genbench.results.cells import Cell
    from genbench.results.records import Plan
    from genbench.suite.components import Resolved
    from genbench.verification.reference import ReferenceSuite

__all__ = ["contradictions"]

_FILE_HASH = re.compile(r".*\+([0-9a-f]{64})")  # in the version of a component of a plugin file


def contradictions(plan: Plan, resolved: Resolved, reference: ReferenceSuite) -> list[str]:
    """Return what the provenance says of n, seeds and plugins and the cells contradict, a line each.

    resolved  the suite, whose datasets and generators have their plugins

    A version may be another one here, but run.json must state one for each plugin, and the one that its cells
    state, if they do. If a component cannot be used here, plugins may be more than what is known of.
    """
    if not plan.cells:
        return []
    provenance = plan.provenance
    pairs = {
        "n": _numbers(provenance.get("n"), plan),
        "seeds": (
            provenance.get("seeds", ()),
            dict.fromkeys(seed for cell in plan.cells for seed in cell.seeds),
        ),
    }
    return [
        f"{name}: {_joined(then)} in run.json, {_joined(cells)} in its cells"
        for name, (then, cells) in pairs.items()
        if list(then) != list(cells)
    ] + _of_plugins(plan, resolved, is_whole=not reference.obstacles)


def _numbers(n: Any, plan: Plan) -> tuple[Iterable[Any], Iterable[Any]]:
    """Return n of the provenance and of the cells; by dataset if the provenance says it by dataset."""
    if not isinstance(n, Mapping):
        return [n], dict.fromkeys(cell.n for cell in plan.cells)
    cells = dict.fromkeys((cell.dataset, cell.n) for cell in plan.cells)
    planned = {dataset for dataset, _ in cells}
    said = sorted(f"{each} on {dataset}" for dataset, each in n.items() if dataset in planned)
    return said, sorted(f"{each} on {dataset}" for dataset, each in cells)


def _of_plugins(plan: Plan, resolved: Resolved, *, is_whole: bool) -> list[str]:
    noted = plan.provenance.get("plugins")
    plugins: Mapping[str, Any] = noted if isinstance(noted, Mapping) else {}
    stated: dict[str, list[str]] = {name: [] for name in _described(plan, resolved)}
    for cell in plan.cells:
        for name, version in _plugins_of(cell):
            stated.setdefault(name, []).extend([version] if version else [])
    names = sorted(stated.keys() | plugins.keys())
    return [
        *(f"plugin {name}: no version in run.json" for name in names if name not in plugins),
        *(
            f"plugin {name}: in run.json, and of none of its components"
            for name in names
            if is_whole and name not in stated
        ),
        *(
            f"plugin {name}: {plugins[name]} in run.json, {listed(sorted(set(stated[name])))} in its cells"
            for name in names
            if stated.get(name) and plugins.get(name, stated[name][0]) not in stated[name]
        ),
    ]


def _described(plan: Plan, resolved: Resolved) -> list[str]:
    """Return the distributions of the datasets and generators that the provenance describes."""
    provenance = plan.provenance
    datasets = [part for part in resolved.datasets if part.name in provenance.get("datasets", {})]
    names = {entry["name"] for entry in provenance.get("generators", ())}
    generators = [part for part in resolved.generators if part.name in names]
    return [part.component.owner.distribution for part in (*datasets, *generators)]


def _plugins_of(cell: Cell) -> Iterator[tuple[str, str]]:
    """Yield the distributions of a cell's generator, metric and extractor, with the version or ""."""
    distribution, _, version = cell.plugin.rpartition(" ")
    yield distribution, version
    signature, extractor = cell.signature, cell.signature.get("extractor")
    yield str(signature.get("metric")).partition(":")[0], _file_version(signature)
    if isinstance(extractor, Mapping):
        yield str(extractor.get("name")).partition(":")[0], _file_version(extractor)


def _file_version(signature: Mapping[str, Any]) -> str:
    """Return the version of the plugin file of a signature's component, or "" for an installed plugin."""
    found = _FILE_HASH.fullmatch(str(signature.get("version")))
    return file_version(found[1]) if found else ""


def _joined(values: Iterable[Any]) -> str:
    return " ".join(map(str, values)) or "none"
