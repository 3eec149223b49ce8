"""Plans, records and traces of runs, as sealed files.

All other files of a run are derived from these. A damaged record or trace is moved to <run>/damaged/, unless
the reader handles it. A file of a newer genbench is refused.
"""

from __future__ import annotations

import functools
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from genbench.contract.specs import RUNS
from genbench.core.canonical_json import canonical
from genbench.core.errors import DataError
from genbench.core.extracted import ValidCount
from genbench.files.sealed import DamagedError, Schema, read_sealed, write_sealed
from genbench.files.secrets import redacted
from genbench.results.cells import Cell, check_agreement
from genbench.results.folder import RunFolder
from genbench.results.notices import Notice, notices_of
from genbench.results.sealed_files import (
    check_cell,
    check_key,
    check_provenance,
    check_record,
    check_trace,
    made,
    put_aside,
    read_keyed,
)
from genbench.results.signatures import short_signature

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

__all__ = [
    "Plan", "PlanError", "Record", "Trace", "is_intact", "read_plan",
    "read_records", "read_traces", "write_plan", "write_record", "write_trace",
]  # fmt: skip

_PLAN = Schema("genbench-run", 1)
_RECORD = Schema("genbench-record", 1)
_TRACE = Schema("genbench-trace", 1)

_FROM_PLUGINS = ("reason", "extra", "notices")  # fields with texts of plugins
_LATER = frozenset({"range", "any_valid_share", "unseen_controls"})  # fields that cells of old records lack


class PlanError(DataError):
    """`run.json` exists and is no valid plan; `reason` says why, without naming the file."""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(file + reason)
        self.reason = reason


@dataclass(frozen=True, kw_only=True)
class Record:
    """The outcome of a cell.

    status       one of core.scores.STATUSES; only `ok` has a value, all others have a reason
    provisional  whether a later run retries it although it is skipped
    samples      content hash of the fakes, or "" if there were none
    sketch       sketch of the fakes (results.sketches), or "" if there were none, or in older records
    fit          hash of the files of the fitted generator, or "" if it is not stored
    features     hash of the fakes' features that the metric took, or "" if it took samples
    extractor_fit  hash of the files of the metric's extractor if it is fitted, or of its features of a few
                 training samples if it cannot be stored; "" if it is not fitted
    notices      notices of side effects: "metric a:b used numpy's global random state"
    valid        by side, how many samples have features, where the extractor found none in some
    """

    cell: Cell
    status: str
    reason: str = ""
    provisional: bool = False
    value: float | None = None
    low: float | None = None
    high: float | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    attempt: int = 1
    seconds: float = 0.0
    samples: str = ""
    sketch: str = ""
    fit: str = ""
    features: str = ""
    extractor_fit: str = ""
    notices: tuple[Notice, ...] = ()
    environment: Mapping[str, Any] = field(default_factory=dict)
    valid: Mapping[str, ValidCount] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the record as JSON; without `valid`, `sketch` and `extractor_fit` if they say nothing."""
        body = asdict(self) | {"cell": self.cell.to_json()}
        body["valid"] = {side: count.to_json() for side, count in self.valid.items()}
        return _without(body, *(name for name in ("valid", "sketch", "extractor_fit") if not body[name]))


@dataclass(frozen=True, kw_only=True)
class Trace:
    """The training history and the cost of a trial.

    key         key of the trial, known before it runs
    history     the generator's training log: {"step", "total", and logged values}
    seconds     wall time by stage: fit, sample, extract, score
    parameters  number of trained parameters, or None if the sampler does not give it
    peak_bytes  peak resident memory of the trial's process
    """

    key: str
    dataset: str
    generator: str
    seed: int
    history: tuple[Mapping[str, Any], ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)
    parameters: int | None = None
    peak_bytes: int = 0


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The cells of a run in the order of its suite, and their provenance.

    traces      keys of its trials' traces
    provenance  JSON-like: the suite, versions, hardware, datasets and extractors; may differ between runs
    """

    cells: tuple[Cell, ...]
    traces: tuple[str, ...]
    provenance: Mapping[str, Any]


def _without(body: dict[str, Any], *names: str) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key not in names}


def write_plan(folder: Path, plan: Plan) -> None:
    """Write `run.json`, with each signature once.

    Raises NewerError if a newer genbench wrote the file, and DataError if two signatures have one short form.
    """
    signatures: dict[str, dict[str, Any]] = {}
    for cell in plan.cells:
        short = short_signature(cell.signature)
        if signatures.setdefault(short, dict(cell.signature)) != cell.signature:
            raise DataError(f"two signatures have the short form {short}; change an option of {cell.metric}")
    cells = [cell.to_json() | {"signature": short_signature(cell.signature)} for cell in plan.cells]
    body = {
        "cells": cells,
        "signatures": signatures,
        "traces": list(plan.traces),
        "provenance": dict(plan.provenance),
    }
    write_sealed(RunFolder(folder).plan, _PLAN, body | {"provenance": redacted(body["provenance"])})


def read_plan(folder: Path) -> Plan:
    """Return the plan of a run, in which every cell has a record of its own.

    Raises DataError if the folder has no run.json, PlanError if run.json is no valid plan, and NewerError if
    a newer genbench wrote it.
    """
    path = RunFolder(folder).plan
    try:
        body = read_sealed(path, _PLAN)
    except FileNotFoundError as error:
        raise DataError(f"{folder} holds no run.json; expected the output folder of a run") from error
    except NotADirectoryError as error:
        raise DataError(f"{folder} is no folder; expected the output folder of a run") from error
    except DamagedError as error:
        raise PlanError(
            f"{path}: ", f"{error}; run the suite again with the same --output to restore it"
        ) from error
    except OSError as error:
        raise PlanError(f"{path} ", f"cannot be read: {error.strerror}") from error
    try:
        return made(_plan, body)
    except ValueError as error:
        raise PlanError(f"{path} ", f"holds no plan of a run: {error}") from error


def _plan(body: Any) -> Plan:
    signatures = body["signatures"]
    for short, signature in signatures.items():
        if not isinstance(signature, dict) or short != short_signature(signature):
            raise ValueError(f"signatures cannot have {short!r:.80} for {signature!r:.80}")
    for cell in body["cells"]:
        check_cell(cell)
    cells = [_cell(cell, signatures[cell["signature"]]) for cell in body["cells"]]
    check_agreement(("", cells))
    provenance: dict[str, Any] = dict(body["provenance"])
    check_provenance(provenance)
    _check_repeats(cells)
    return Plan(cells=tuple(cells), traces=tuple(map(check_key, body["traces"])), provenance=provenance)


def _check_repeats(cells: Sequence[Cell]) -> None:
    """Raise ValueError if two cells have one position, or one record, which would count a number twice."""
    by_position: dict[object, Cell] = {}
    by_key: dict[str, Cell] = {}
    for cell in cells:
        if by_position.setdefault(cell.position, cell) is not cell:
            raise ValueError(f"{cell.name} is listed twice")
        owner = by_key.setdefault(cell.key, cell)
        if owner is not cell:
            raise ValueError(f"{owner.name} and {cell.name} have the same record")


def _cell(body: Mapping[str, Any], signature: Mapping[str, Any]) -> Cell:
    if signature.get("n", body["n"]) != body["n"]:  # that of a row from a CSV file holds no n
        raise ValueError(f"n cannot be {body['n']} where the signature has n {signature['n']!r:.80}")
    runs = signature.get(RUNS)
    if (runs is None) != (body["seed"] is not None) or not (runs is None or _are_seeds(runs)):
        raise ValueError(f"{RUNS} of a signature cannot be {runs!r:.80} at seed {body['seed']}")
    return Cell.from_json(body, signature)


def _are_seeds(runs: Any) -> bool:
    """Return whether a value is an ascending list of seeds."""
    is_list = isinstance(runs, list) and bool(runs) and all(type(seed) is int and seed >= 0 for seed in runs)
    return is_list and runs == sorted(set(runs))


def write_record(folder: Path, record: Record) -> None:
    """Write a record under its cell's key; raise NewerError if a newer genbench wrote the existing one."""
    body = record.to_json()
    write_sealed(
        RunFolder(folder).record(record.cell.key),
        _RECORD,
        body | {name: redacted(body[name]) for name in _FROM_PLUGINS},
    )


def read_records(
    folder: Path,
    cells: tuple[Cell, ...],
    on_damage: Callable[[Path], object] = put_aside,
    on_outdated: Callable[[str, str], object] | None = None,
) -> dict[str, Record]:
    """Return the records of `cells` by key; missing and damaged ones are left out.

    on_damage(path)         receives the path of each damaged record
    on_outdated(key, text)  receives the key of each record whose own cell is not the plan's, and a difference

    The plan's cell replaces the cell in a record, since ids may have changed. A record with a number outside
    the range of the plan's cell is damaged. Raises NewerError if a newer genbench wrote a record.
    """
    records = {}
    for cell in cells:
        make = functools.partial(_record, cell)
        found = read_keyed(RunFolder(folder).record(cell.key), _RECORD, make, on_damage)
        if found is None:
            continue
        records[cell.key], own = found
        if on_outdated is not None and (difference := _difference(own, cell)):
            on_outdated(cell.key, difference)
    return records


def is_intact(path: Path) -> bool:
    """Return whether a file is an intact record of the key in its name, which no plan need list.

    Raises NewerError if a newer genbench wrote it.
    """

    def make(body: Any) -> tuple[str, bool]:
        check_record(body)
        return body["cell"]["key"], True

    try:
        return read_keyed(path, _RECORD, make, lambda _: None) is not None
    except OSError:
        return False


def _difference(own: Mapping[str, Any], cell: Cell) -> str:
    """Return the first field in which a record's own cell is not the plan's, with both values, or ""."""
    planned = cell.to_json()
    for name in sorted((planned.keys() | own.keys()) - (_LATER - own.keys())):
        then, now = own.get(name), planned.get(name)
        if canonical(then) != canonical(now):
            return f"{name} is {_shown(then)} in the record, {_shown(now)} in run.json"
    return ""


def _shown(value: Any) -> str:
    return short_signature(value) if isinstance(value, dict) else f"{value!r:.80}"


def write_trace(folder: Path, trace: Trace) -> None:
    """Write a trial's trace under its key; raise NewerError if a newer genbench wrote the existing one."""
    body = asdict(trace) | {"history": redacted([dict(entry) for entry in trace.history])}
    write_sealed(RunFolder(folder).trace(trace.key), _TRACE, body)


def read_traces(
    folder: Path, keys: tuple[str, ...], on_damage: Callable[[Path], object] = put_aside
) -> list[Trace]:
    """Return the existing traces of `keys`, in order; raise NewerError if a newer genbench wrote one.

    on_damage(path)  receives the path of each damaged trace
    """
    traces = [read_keyed(RunFolder(folder).trace(key), _TRACE, _trace, on_damage) for key in keys]
    return [trace for trace in traces if trace is not None]


def _record(cell: Cell, body: Any) -> tuple[str, tuple[Record, Mapping[str, Any]]]:
    """Return the key in the body of a record, and the record of the planned cell with its own cell."""
    check_record(body, cell.facts.range)
    valid = {side: ValidCount.from_json(count) for side, count in body.get("valid", {}).items()}
    notices = notices_of(body.get("notices", ()))
    record = Record(**(body | {"cell": cell, "notices": notices, "valid": valid}))
    return body["cell"]["key"], (record, body["cell"])


def _trace(body: Any) -> tuple[str, Trace]:
    check_trace(body)
    return body["key"], Trace(**(body | {"history": tuple(body["history"])}))
