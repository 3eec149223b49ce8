"""Comparison of the input files that a run recorded with the files here, by their hashes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from genbench.contract.specs import DatasetSpec, GeneratorSpec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from genbench.results.records import Plan
    from genbench.suite.components import Resolved

__all__ = ["file_differences"]

_DIGITS = 8  # of a hash in a message


def file_differences(plan: Plan, resolved: Resolved) -> dict[tuple[str, str], str]:
    """Return the first difference between the files of each dataset and generator, by its kind and id.

    resolved  the suite, whose options have the hashes of the files here

    A file whose hash run.json lacks differs, too. The files of metrics and extractors are in signatures.
    """
    provenance = plan.provenance
    datasets = [(name, data.get("options", {})) for name, data in provenance.get("datasets", {}).items()]
    generators = [(entry["name"], entry["options"]) for entry in provenance.get("generators", ())]
    pairs = {
        DatasetSpec.kind: (datasets, [(part.name, part.canonical) for part in resolved.datasets]),
        GeneratorSpec.kind: (generators, [(part.name, part.canonical) for part in resolved.generators]),
    }
    return {
        (kind, name): f"its {kind}'s {difference} here"
        for kind, (recorded, here) in pairs.items()
        for name, difference in _differences(_hashes(recorded), _hashes(here)).items()
    }


def _hashes(options: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[str, list[dict[str, str]]]:
    """Return the hashes of files among options, by id, which generators of other data may share."""
    found: dict[str, list[dict[str, str]]] = {}
    for name, values in options:
        lists = [(name, value) for name, value in values.items() if isinstance(value, list)]
        items = {f"{name}[{i}]": value for name, each in lists for i, value in enumerate(each)}
        files = {place: value for place, value in {**values, **items}.items() if isinstance(value, Mapping)}
        hashes = {f"options.{option}.sha256": value.get("sha256") for option, value in files.items()}
        known = {option: value for option, value in hashes.items() if isinstance(value, str)}
        found.setdefault(name, []).append(known)
    return found


def _differences(
    recorded: Mapping[str, list[dict[str, str]]], here: Mapping[str, list[dict[str, str]]]
) -> dict[str, str]:
    """Return by id the first difference of an entry here with files that no recorded entry has."""
    return {
        name: _difference(next(iter(recorded.get(name, [])), {}), files)
        for name, entries in here.items()
        for files in entries
        if files and not any(files.items() <= entry.items() for entry in recorded.get(name, []))
    }


def _difference(recorded: Mapping[str, str], files: Mapping[str, str]) -> str:
    option = min(name for name in files if files[name] != recorded.get(name))
    then = f"was {recorded[option]:.{_DIGITS}}" if option in recorded else "is not in run.json"
    return f"{option} {then}, is {files[option]:.{_DIGITS}}"
