"""Why two numbers cannot be compared: the fields in which they differ, and what would make them equal."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from genbench.board.findings import listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from genbench.board.leaderboard import Board, Row

__all__ = [
    "ComparedRow",
    "block_differences",
    "side_differences",
    "signature_changes",
    "signature_differences",
]

_SAME_EXTRACTOR = "install the same version of the extractor's plugin for both"
_SAME_GENBENCH = "use the same version of genbench for both"
#: What to do about a field of the signature; one that ends in "." stands for all below it.
_REMEDIES = {
    "n": "run {label} with --n {value}",
    "n_real": "set n_real = {value} in the suite of {label}",
    "options.": "set {option} = {value} in that [[metric]] of the suite of {label}",
    "extractor.options.": "set {option} = {value} in that extractor of the suite of {label}",
    "extractor": "name the same extractor in both suites",
    "extractor.name": "name the same extractor in both suites",
    "extractor.version": _SAME_EXTRACTOR,
    "extractor.weights": _SAME_EXTRACTOR,
    "version": "install the same version of the metric's plugin for both",
    "metric": "name the metric of the same distribution in both suites",
    "data": "give both suites the same data and the same options of [[dataset]]",
    "seeds": _SAME_GENBENCH,
    "genbench": _SAME_GENBENCH,
}
_SAID = {"seeds": "seed scheme", "data": "content of the dataset", "genbench": "major version of genbench"}
# A field that follows another: where both differ, only the other is named.
_FOLLOWS = {"n_real": "n", "extractor.fitted": "data"}
_HASH = re.compile(r"[0-9a-f]{64}")
_NOT_SET = "not set"


@dataclass(frozen=True, kw_only=True)
class ComparedRow:
    """One side of a comparison: what it is called, its seeds, and the full signature of each metric."""

    label: str
    seeds: tuple[int, ...]
    signatures: Mapping[str, Mapping[str, Any]]


def block_differences(board: Board) -> list[str]:
    """Return, for each dataset whose rows stand in several blocks, how each differs from the first.

    Where runs were merged, it is what the merge noted, which names the runs.
    """
    if board.notes:
        return list(board.notes)
    signatures: dict[tuple[str, str], dict[str, Mapping[str, Any]]] = {}
    for record in board.outcomes:
        cell = record.cell
        signatures.setdefault((cell.dataset, cell.generator), {})[cell.metric] = cell.signature
    lines = []
    for dataset in board.datasets:
        first, *others = [_side(block, signatures) for block in board.blocks(dataset)]
        lines += [f"{dataset}: {line}" for other in others for line in side_differences(first, other)]
    return lines


def side_differences(first: ComparedRow, second: ComparedRow) -> list[str]:
    """Return a line for each difference: metrics, field, both values, and what would make them equal."""
    lines = []
    if first.seeds != second.seeds:
        one, two = (" ".join(map(str, side.seeds)) for side in (first, second))
        lines.append(
            f"seeds are {one} in {first.label} and {two} in {second.label}; "
            f"run {second.label} with --seeds {one.replace(' ', ',')}"
        )
    found: dict[str, list[str]] = {}
    for metric in sorted(first.signatures.keys() & second.signatures.keys()):
        for line in signature_differences(metric, first, second):
            found.setdefault(line, []).append(metric)
    lines += [f"{listed(metrics)}: {line}" for line, metrics in found.items()]
    for here, there in ((first, second), (second, first)):
        alone = sorted(here.signatures.keys() - there.signatures.keys())
        if alone:
            lines.append(f"{listed(alone)}: only in {here.label}; add to the suite of {there.label}")
    return lines


def signature_differences(metric: str, first: ComparedRow, second: ComparedRow) -> Iterator[str]:
    """Yield "FIELD is VALUE in FIRST and VALUE in SECOND; REMEDY" for each field that differs."""
    one, two = (_leaves(side.signatures[metric]) for side in (first, second))
    names = [name for name in sorted(one | two) if one.get(name, _NOT_SET) != two.get(name, _NOT_SET)]
    for name in names:
        if _FOLLOWS.get(name) not in names:
            here, there = one.get(name, _NOT_SET), two.get(name, _NOT_SET)
            said = f"{_SAID.get(name, name)} is {here} in {first.label} and {there} in {second.label}"
            yield f"{said}; {_remedy(name, here, second.label)}"


def signature_changes(then: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[str, ...]:
    """Return "FIELD was VALUE, is VALUE" for each field of a signature that is not the same now."""
    one, two = _leaves(dict(then)), _leaves(dict(now))
    return tuple(
        f"{_SAID.get(name, name)} was {one.get(name, _NOT_SET)}, is {two.get(name, _NOT_SET)}"
        for name in sorted(one | two)
        if one.get(name, _NOT_SET) != two.get(name, _NOT_SET)
    )


def _side(
    block: list[Row], signatures: Mapping[tuple[str, str], Mapping[str, Mapping[str, Any]]]
) -> ComparedRow:
    row = block[0]
    names = [row.generator for row in block if not row.control] or [row.generator for row in block]
    return ComparedRow(
        label=listed(names), seeds=row.seeds, signatures=signatures[row.dataset, row.generator]
    )


def _leaves(value: Any, name: str = "") -> dict[str, str]:
    """Return what a nested signature holds, by dotted name, as JSON; hashes are cut to eight digits."""
    if isinstance(value, dict) and value:
        return {
            leaf: text
            for key, inner in value.items()
            for leaf, text in _leaves(inner, f"{name}.{key}" if name else key).items()
        }
    if isinstance(value, str) and _HASH.fullmatch(value):
        return {name: value[:8]}
    return {name: json.dumps(value)}


def _remedy(name: str, value: str, label: str) -> str:
    parent, _, option = name.rpartition(".")
    remedy = _REMEDIES.get(name) or _REMEDIES.get(f"{parent}.") or "make it equal"
    return remedy.format(label=label, value=value, option=option)
