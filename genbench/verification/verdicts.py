"""Whether a record was reproduced: the record held against what was computed again, stage by stage."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING, Any

from genbench.board.comparability import signature_changes
from genbench.runs.prepare import FINAL

if TYPE_CHECKING:
    from genbench.results.records import Cell, Record

__all__ = [
    "EXTRA_TOLERANCE",
    "OUTCOMES",
    "STAGES",
    "TOLERANCE",
    "Verdict",
    "environment_changes",
    "judge",
    "unverifiable",
    "without_samples",
]

#: What can become of a record that is verified, from best to worst.
OUTCOMES = ("reproduced", "within tolerance", "different", "unverifiable")

#: The stages of a number, in their order.
STAGES = ("data", "fit", "samples", "features", "score")

#: How far a score may be off, relative, and absolute where it is less than 1: what rounding does to scores of
#: the same samples on another kind of machine.
TOLERANCE = 1e-5

_RANKS = ("control", "direction", "best")  # fields of a cell that decide ranks and no number
#: The same of what a metric finds beside its score, which nobody ranks: a spread may be a difference of sums
#: that are nearly equal.
EXTRA_TOLERANCE = 1e-3

_EXTRA = "extra "  # before the names of these
_HASH_DIGITS = 8
_NO_SAMPLES = "no samples: none beside the records (genbench run --keep-samples), none in the store here"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What became of one record.

    outcome      one of OUTCOMES
    stage        the first of STAGES that differs, "" unless the outcome is "different"
    reason       what differs, or why nothing can be said; "" if it was reproduced
    signature    fields of the signature, and "code", that are not as they were: "version was 1, is 2"
    environment  the same of libraries and machine: "numpy was 2.4.5, is 2.4.6"
    """

    cell: Cell
    outcome: str
    stage: str = ""
    reason: str = ""
    signature: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()


def without_samples(record: Record, *, data_hash: str) -> Verdict:
    """Return the verdict on a record of whose samples there are none here."""
    then = str(record.cell.signature.get("data", ""))
    if then == data_hash:
        return unverifiable(record.cell, _NO_SAMPLES)
    reason = f"hash {then[:_HASH_DIGITS] or 'none'} in the record, {data_hash[:_HASH_DIGITS]} here"
    return Verdict(cell=record.cell, outcome="different", stage="data", reason=reason)


def unverifiable(cell: Cell, reason: str) -> Verdict:
    """Return the verdict on a record of which nothing can be said."""
    return Verdict(cell=cell, outcome="unverifiable", reason=reason)


def judge(record: Record, found: Record, *, data_hash: str) -> Verdict:
    """Return the verdict on a record whose cell was computed again as `found`, perhaps under another key.

    data_hash  of the dataset from which it was computed again
    """
    cell = record.cell
    changed = signature_changes(cell.signature, found.cell.signature)
    if cell.plugin != found.cell.plugin:
        changed = (*changed, f"plugin was {cell.plugin}, is {found.cell.plugin}")
    environment = environment_changes(record.environment, found.environment)
    if not changed and not environment and cell.key != found.cell.key:
        changed = ("code of its components changed",)
    outcome, stage, reason = _outcome(record, found, data_hash)
    return Verdict(
        cell=cell, outcome=outcome, stage=stage, reason=reason, signature=changed, environment=environment
    )


def environment_changes(then: Mapping[str, Any], here: Mapping[str, Any]) -> tuple[str, ...]:
    """Return "NAME was VALUE, is VALUE" for each library and property of the machine that is not the same."""
    before, now = ({**each.get("libraries", {}), **each.get("machine", {})} for each in (then, here))
    if not before or not now:
        return ()
    return tuple(
        f"{name} was {_shown(before.get(name))}, is {_shown(now.get(name))}"
        for name in sorted(before | now)
        if before.get(name) != now.get(name)
    )


def _outcome(record: Record, found: Record, data_hash: str) -> tuple[str, str, str]:
    """Return outcome, stage and reason."""
    if found.status not in (*FINAL, "invalid") or (
        found.provisional and (found.status, found.reason) != (record.status, record.reason)
    ):
        return "unverifiable", "", f"{found.status} here: {found.reason}"
    unlike = {name: pair for name, pair in _hashes(record, found, data_hash).items() if pair[0] != pair[1]}
    stage = next(iter(unlike), "score")
    if "data" in unlike or "samples" in unlike:
        return "different", stage, _hash_reason(unlike[stage], found)
    for name in _RANKS:
        then, here = getattr(record.cell, name), getattr(found.cell, name)
        if then != here:
            return "different", "score", f"{name} is {then} in run.json and {here} here, and ranks hang on it"
    if (record.status, record.reason) != (found.status, found.reason):
        return "different", stage, f"{_said(record)} in the record, {_said(found)} here"
    one, two = _numbers(record), _numbers(found)
    names = [name for name in one | two if one.get(name) != two.get(name)]
    if not names:
        return "reproduced", "", ""
    far = [name for name in names if not _is_near(one.get(name), two.get(name), _tolerance(name))]
    name = (far or names)[0]
    reason = f"{name} {one.get(name)} in the record, {two.get(name)} here"
    return ("different", stage, reason) if far else ("within tolerance", "", reason)


def _hashes(record: Record, found: Record, data_hash: str) -> dict[str, tuple[str, str]]:
    """Return the hashes of each stage but the last, then and now, where both are known."""
    pairs = {
        "data": (str(record.cell.signature.get("data", "")), data_hash),
        "fit": (record.fit, found.fit),
        "samples": (record.samples, found.samples),
        "features": (record.features, found.features),
    }
    # A record that is ok is of samples; one that was skipped may have been so before there were any.
    has_samples = record.status == "ok" or bool(record.samples)
    known = {"data": True, "samples": has_samples}
    return {stage: pair for stage, pair in pairs.items() if known.get(stage, all(pair))}


def _hash_reason(pair: tuple[str, str], found: Record) -> str:
    then, here = (each[:_HASH_DIGITS] or "none" for each in pair)
    why = f" ({found.reason})" if found.reason else ""
    return f"hash {then} in the record, {here} here{why}"


def _said(record: Record) -> str:
    return str(record.value) if record.status == "ok" else f"{record.status} ({record.reason})"


def _numbers(record: Record) -> dict[str, Any]:
    """Return all that a record says of its score, by name."""
    return {"value": record.value, "low": record.low, "high": record.high} | {
        f"{_EXTRA}{name}": value for name, value in record.extra.items()
    }


def _tolerance(name: str) -> float:
    return EXTRA_TOLERANCE if name.startswith(_EXTRA) else TOLERANCE


def _is_near(one: Any, two: Any, tolerance: float) -> bool:
    """Return whether two JSON-like values are the same but for rounding."""
    if isinstance(one, Mapping) and isinstance(two, Mapping):
        return one.keys() == two.keys() and all(_is_near(one[name], two[name], tolerance) for name in one)
    if isinstance(one, (list, tuple)) and isinstance(two, (list, tuple)):
        return len(one) == len(two) and all(map(_is_near, one, two, repeat(tolerance)))
    if isinstance(one, (int, float)) and isinstance(two, (int, float)):
        return math.isclose(one, two, rel_tol=tolerance, abs_tol=tolerance)
    return bool(one == two)


def _shown(value: Any) -> str:
    return "not there" if value is None else str(value) or "not installed"
