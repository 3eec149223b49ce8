"""Plans, records and traces of runs, as sealed files, and the notices in records.

All other files of a run are derived from these. A damaged record or trace is moved to <run>/damaged/, unless
the reader handles it. A file of a newer genbench is refused.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from genbench.contract.specs import ASPECTS, RUNS
from genbench.core.bounds import Bound
from genbench.core.differences import describe_differences
from genbench.core.errors import DataError
from genbench.core.escaping import escape_surrogates
from genbench.core.extracted import ValidCount
from genbench.core.names import is_generator_id
from genbench.core.splits import SPLITS
from genbench.files.sealed import DamagedError, Schema, read_sealed, write_sealed
from genbench.files.secrets import redact
from genbench.results import fields
from genbench.results.cells import Cell, check_agreement, short_signature
from genbench.results.copies import ALL, Copies
from genbench.results.folder import RunFolder, put_aside, read_keyed, report_write_errors
from genbench.results.sketches import Sketch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

__all__ = [
    "Notice", "Plan", "PlanError", "Record", "Trace", "check_provenance", "is_intact", "read_notices",
    "read_plan", "read_records", "read_traces", "write_plan", "write_record", "write_trace",
]  # fmt: skip

_PLAN = Schema("genbench-run", 1)
_RECORD = Schema("genbench-record", 1)
_TRACE = Schema("genbench-trace", 1)

_FROM_PLUGINS = ("reason", "extra", "notices")  # fields with texts of plugins
#: Fields that old records lack, left out if empty.
_LATER_IN_RECORDS = frozenset({"valid", "sketch", "copies", "extractor_fit", "drawn", "valid_drawn"})
_LATER_IN_CELLS = frozenset({"range", "any_valid_share", "unseen_controls"})  # that cells of old records lack
_OTHER_SAMPLES = "gave other samples at the same key"


def _is_step(value: Any) -> bool:
    """Return whether a value is a step of a training history: numbers by name.

    A logged value that was not finite is None. The files are in UTF-8, which cannot contain unpaired
    surrogates (halves of a character), so a name must have none.
    """
    if not isinstance(value, dict) or not all(fields.is_whole(value.get(name)) for name in ("step", "total")):
        return False
    return all(
        name == escape_surrogates(name) and (number is None or fields.is_number(number))
        for name, number in value.items()
    )


def _is_environment(value: Any) -> bool:
    """Return whether a value is a table whose `libraries` and `machine`, if it has them, are tables."""
    names = ("libraries", "machine")
    return isinstance(value, dict) and all(isinstance(value.get(name, {}), dict) for name in names)


def _is_sketch(value: Any) -> bool:
    """Return whether a value is "" or the text of a sketch, the kept hashes of a few samples of a draw.

    Sketch.parse raises ValueError for other texts.
    """
    return value == "" or (isinstance(value, str) and bool(Sketch.parse(value)))


_Sketch = Annotated[str, fields.valid(_is_sketch)]
_SplitOrAll = Annotated[str, fields.valid(lambda value: value in (*SPLITS, ALL))]
_Environment = Annotated[Mapping[str, Any], fields.valid(_is_environment)]
_Step = Annotated[Mapping[str, Any], fields.valid(_is_step)]
_Valid = Annotated[ValidCount, fields.Parsed(ValidCount.from_json)]


class PlanError(DataError):
    """`run.json` exists and is no valid plan; `reason` is the message without the name of the file."""

    def __init__(self, file: str, reason: str) -> None:
        """Make the message of `file`, its name and a colon or space, and `reason`.

        `reason` is also an attribute, for lists that already name the file.
        """
        super().__init__(file + reason)
        self.reason = reason


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A side effect of a component; `str` gives "metric a:b used numpy's global random state".

    kind, component      kind and reference of the component: "metric", "a:b"
    text                 the side effect
    is_nondeterministic  whether the notice says that the component is not deterministic
    """

    __pydantic_config__: ClassVar = fields.FORBID_EXTRA

    kind: fields.Text
    component: fields.Text
    text: fields.Text
    is_nondeterministic: fields.Flag = False

    def __str__(self) -> str:
        return " ".join(filter(None, (self.kind, self.component, self.text)))

    @classmethod
    def of_other_samples(cls, kind: str, component: str) -> Notice:
        """Return the notice of a component that gave other samples when the same work was repeated.

        The same key means the same work: a key is the hash of all that decides the samples.
        """
        return cls(kind=kind, component=component, text=_OTHER_SAMPLES, is_nondeterministic=True)

    def to_json(self) -> dict[str, Any]:
        """Return the notice as JSON for records and artefacts."""
        return asdict(self)


def read_notices(values: Iterable[Any]) -> tuple[Notice, ...]:
    """Return the notices from the JSON of a record or an artefact; raise ValueError if one is malformed."""
    return tuple(fields.parse(Notice, value) for value in values)


@dataclass(frozen=True, kw_only=True)
class Record:
    """The outcome of a cell.

    status       one of core.scores.STATUSES; only `ok` has a value, all others have a reason
    provisional  whether a later run retries it although it is skipped
    samples      content hash of the fakes, or "" if there were none
    sketch       sketch of the fakes (results.sketches), or "" if there were none, or in older records
    copies       by split and of all splits together, how many of the fakes equal real samples; {} if not
                 counted: without fakes, without a package that compares them, and in older records
    fit          hash of the files of the fitted generator, or "" if it is not stored
    features     hash of the fakes' features that the metric took, or "" if it took samples
    extractor_fit  hash of the files of the metric's extractor if it is fitted, or of its features of a few
                 training samples if it cannot be stored; "" if it is not fitted
    notices      notices of side effects: "metric a:b used numpy's global random state"
    valid        by side, how many samples have features, where the extractor found none in some
    drawn        where n counts valid samples, how many were drawn; else 0
    valid_drawn  how many of these are valid
    """

    __pydantic_config__: ClassVar = fields.FORBID_EXTRA

    cell: Cell
    status: fields.Status
    reason: fields.Text = ""
    provisional: fields.Flag = False
    value: fields.Score | None = None
    low: fields.Score | None = None
    high: fields.Score | None = None
    extra: fields.PlainTable = field(default_factory=dict)
    attempt: fields.Count = 1
    seconds: fields.Number = 0.0
    samples: fields.Hash = ""
    sketch: _Sketch = ""
    copies: Mapping[_SplitOrAll, Copies] = field(default_factory=dict)
    fit: fields.Hash = ""
    features: fields.Hash = ""
    extractor_fit: fields.Hash = ""
    notices: tuple[Notice, ...] = ()
    environment: _Environment = field(default_factory=dict)
    valid: Mapping[fields.Side, _Valid] = field(default_factory=dict)
    drawn: fields.Count = 0
    valid_drawn: fields.Count = 0

    def to_json(self) -> dict[str, Any]:
        """Return the record as JSON, without the fields of _LATER_IN_RECORDS that are empty.

        Records of older versions lack these fields, and reading gives a missing one its empty default.
        """
        body = asdict(self) | {"cell": self.cell.to_json()}
        body["valid"] = {side: count.to_json() for side, count in self.valid.items()}
        return {name: value for name, value in body.items() if value or name not in _LATER_IN_RECORDS}


@dataclass(frozen=True, kw_only=True)
class Trace:
    """The training history and the cost of a trial.

    key         key of the trial, known before it runs
    history     the generator's training log: {"step", "total", and logged values}
    seconds     wall time by stage: fit, sample, extract, score
    parameters  number of trained parameters, or None if the sampler does not give it
    peak_bytes  peak resident memory of the trial's process
    """

    __pydantic_config__: ClassVar = fields.FORBID_EXTRA

    key: fields.Key
    dataset: fields.Name
    generator: fields.GeneratorId
    seed: fields.Count
    history: tuple[_Step, ...] = ()
    seconds: Mapping[str, fields.Number] = field(default_factory=dict)
    parameters: fields.Whole | None = None
    peak_bytes: fields.Count = 0


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The cells of a run in the order of its suite, and their provenance.

    traces      keys of its trials' traces
    provenance  JSON-like: the suite, versions, hardware, datasets and extractors; may differ between runs
    """

    cells: tuple[Cell, ...]
    traces: tuple[str, ...]
    provenance: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class _PlanBody:
    """The body of `run.json`, whose cells name their signatures."""

    __pydantic_config__: ClassVar = fields.FORBID_EXTRA

    cells: tuple[fields.Table, ...]
    signatures: Mapping[str, fields.Table]
    traces: tuple[fields.Key, ...]
    provenance: fields.Table


_Split = Annotated[str, fields.valid(lambda value: value in SPLITS)]


@dataclass(frozen=True, kw_only=True)
class _DatasetNotes:
    """A dataset in a provenance, as far as boards read it."""

    sizes: fields.Table = field(default_factory=dict)
    options: fields.Table = field(default_factory=dict)
    different: fields.Count = 0
    shared_splits: tuple[tuple[_Split, _Split], ...] = ()
    caution: fields.Text = ""


def _is_bounds(value: Any) -> bool:
    """Return whether a value is a table of bounds, such as {"validity": ">= 0.9"}."""
    return isinstance(value, dict) and all(bool(Bound.parse(bound)) for bound in value.values())


_Aspect = Annotated[str, fields.valid(lambda value: value in ASPECTS)]
_MetricAspect = Annotated[str, fields.valid(lambda value: value in ("", *ASPECTS))]


@dataclass(frozen=True, kw_only=True)
class _RankingNotes:
    """The rule of the overall rank in a provenance."""

    aspects: tuple[tuple[fields.MetricId, _MetricAspect], ...]
    votes: tuple[_Aspect, ...] | None
    require: Annotated[Mapping[str, str], fields.valid(_is_bounds)]


@dataclass(frozen=True, kw_only=True)
class _GeneratorNotes:
    """A generator in a provenance, as far as `verify` reads it."""

    name: fields.GeneratorId
    options: fields.Table


@dataclass(frozen=True, kw_only=True)
class _MachineNotes:
    """The machine of a run in a provenance, as far as `verify` needs it to plan the run again."""

    threads: fields.Positive = 1
    device: fields.Line = ""


def _is_group(value: Any) -> bool:
    """Return whether a value is a group of generators with the same samples: a list of two ids or more."""
    return isinstance(value, list) and len(value) > 1 and all(map(is_generator_id, value))


_Group = Annotated[list[str], fields.valid(_is_group)]


@dataclass(frozen=True, kw_only=True)
class _Provenance:
    """The fields of a provenance that boards show or `verify` reads; it may have others.

    It only checks those that are present: no code reads its values, so the defaults have no meaning.
    """

    name: fields.Title = ""
    suite: fields.Text = ""
    seeds: tuple[fields.Count, ...] = ()
    n: fields.Size = 1
    rank_copies: fields.Flag = False
    instead: tuple[fields.Table, ...] = ()
    machine: _MachineNotes = field(default_factory=_MachineNotes)
    datasets: Mapping[str, _DatasetNotes] = field(default_factory=dict)
    generators: tuple[_GeneratorNotes, ...] = ()
    ranking: _RankingNotes = _RankingNotes(aspects=(), votes=None, require={})
    merged: Mapping[str, fields.Table] = field(default_factory=dict)
    differences: tuple[fields.Text, ...] = ()
    sources: Mapping[str, fields.Text] = field(default_factory=dict)
    same_samples: Mapping[str, tuple[_Group, ...]] = field(default_factory=dict)
    unverified: Annotated[bool, fields.valid(lambda value: value is True)] = True


def check_provenance(body: Mapping[str, Any]) -> None:
    """Raise ValueError unless a provenance, the notes on how a run was made, is valid.

    Only the fields that boards show or `verify` reads are checked.
    """
    _check_run(body)
    if "unverified" in body:
        raise ValueError("the run of a folder cannot have unverified, which marks a CSV file of merged runs")


def _check_run(body: Mapping[str, Any]) -> None:
    """Raise ValueError unless a provenance is valid, that of a folder's run or of one of its merged runs."""
    fields.parse(_Provenance, body)
    of_merged_runs = sorted({"differences", "same_samples", "sources"} & body.keys())
    if of_merged_runs and "merged" not in body:
        raise ValueError(f"a run that is not merged cannot have {' and '.join(of_merged_runs)}")
    for run in body.get("merged", {}).values():
        _check_run(run)


def write_plan(folder: Path, plan: Plan) -> None:
    """Write `run.json`, with each signature once.

    Raises ResultsError if it cannot be written, NewerError if a newer genbench wrote the file, and DataError
    if two signatures have one short form.
    """
    signatures: dict[str, dict[str, Any]] = {}
    for cell in plan.cells:
        short = short_signature(cell.signature)  # cells in the file refer to their signature by it
        if signatures.setdefault(short, dict(cell.signature)) != cell.signature:
            raise DataError(f"two signatures have the short form {short}; change an option of {cell.metric}")
    cells = [cell.to_json() | {"signature": short_signature(cell.signature)} for cell in plan.cells]
    body = {
        "cells": cells,
        "signatures": signatures,
        "traces": list(plan.traces),
        "provenance": redact(dict(plan.provenance)),
    }
    with report_write_errors(folder):
        write_sealed(RunFolder(folder).plan, _PLAN, body)


def read_plan(folder: Path) -> Plan:
    """Return the plan of a run from its run.json.

    Raises DataError if the folder has no run.json, PlanError if run.json is no valid plan, such as one with
    two cells of one key, and NewerError if a newer genbench wrote it.
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
        raise PlanError(f"{path} ", f"cannot be read: {error.strerror}; make it readable") from error
    try:
        return _read_plan_body(body)
    except ValueError as error:  # the file is intact, but another program may have written it
        raise PlanError(f"{path} ", f"holds no plan of a run: {error}") from error


def _read_plan_body(body: Any) -> Plan:
    """Return the plan in the body of run.json; raise ValueError if it is malformed or contradicts itself."""
    stored = fields.parse(_PlanBody, body)
    for short, signature in stored.signatures.items():
        if short != short_signature(signature):
            raise ValueError(f"signatures cannot have {short!r:.80} for {signature!r:.80}")
    cells = [_read_cell(cell, stored.signatures) for cell in stored.cells]
    # cells of one metric must have equal facts; "": a single run needs no name in the message
    check_agreement(("", cells))
    check_provenance(stored.provenance)
    _check_repeats(cells)
    return Plan(cells=tuple(cells), traces=stored.traces, provenance=dict(stored.provenance))


def _check_repeats(cells: Sequence[Cell]) -> None:
    """Raise ValueError if two cells have the same position or key: boards would count a number twice.

    A position is dataset, generator, seed and metric; a key names the cell's record.
    """
    by_position: dict[object, Cell] = {}
    by_key: dict[str, Cell] = {}
    for cell in cells:
        # `setdefault` stores the cell, or returns an earlier one with the same position or key
        if by_position.setdefault(cell.position, cell) is not cell:
            raise ValueError(f"{cell.name} is listed twice")
        earlier = by_key.setdefault(cell.key, cell)
        if earlier is not cell:
            raise ValueError(f"{earlier.name} and {cell.name} have the same record")


def _read_cell(body: Mapping[str, Any], signatures: Mapping[str, Mapping[str, Any]]) -> Cell:
    """Return the cell of the JSON `body` in run.json, with the full signature in place of the short form.

    signatures  the full signatures of the plan, by their short forms

    Raises ValueError for an unknown signature, for a target without a best value, and if the cell's n or seed
    contradicts the signature.
    """
    short = str(body.get("signature"))
    if short not in signatures:
        raise ValueError(f"signature cannot be {short!r:.80}, which is not among the signatures")
    signature = signatures[short]
    cell = Cell.from_json(body, signature)
    if cell.facts.direction == "target" and cell.facts.best is None:
        raise ValueError("direction cannot be 'target' where best is null")
    if signature.get("n", cell.n) != cell.n:  # a signature of a row from a CSV file has no n
        raise ValueError(f"n cannot be {cell.n} where the signature has n {signature['n']!r:.80}")
    # a comparison, one number over all seeds, lists them in `runs` and has no seed; all other cells have a
    # seed, and no `runs`
    runs = signature.get(RUNS)
    if not (_are_seeds(runs) if cell.seed is None else runs is None):
        raise ValueError(f"{RUNS} of a signature cannot be {runs!r:.80} at seed {cell.seed}")
    return cell


def _are_seeds(value: Any) -> bool:
    """Return whether a value is a list of at least one seed, ascending and without repeats."""
    if not isinstance(value, list) or not value or not all(type(seed) is int for seed in value):
        return False
    return value[0] >= 0 and value == sorted(set(value))


def write_record(folder: Path, record: Record) -> None:
    """Write a record under its cell's key.

    Raises ResultsError if it cannot be written, and NewerError if a newer genbench wrote the existing one.
    """
    body = record.to_json()
    body |= {name: redact(body[name]) for name in _FROM_PLUGINS}  # a plugin may quote a secret
    with report_write_errors(folder):
        write_sealed(RunFolder(folder).record_file(record.cell.key), _RECORD, body)


def read_records(
    folder: Path,
    cells: tuple[Cell, ...],
    on_damage: Callable[[Path], object] = put_aside,
    on_outdated: Callable[[str, str], object] | None = None,
) -> dict[str, Record]:
    """Return the records of `cells` by key; missing and damaged ones are left out.

    on_damage(path)         receives the path of each damaged record; by default it is moved to <run>/damaged/
    on_outdated(key, text)  receives the key of each record whose stored cell differs from the plan's cell,
                            and the first difference in words

    The plan's cell replaces the stored cell: the suite may have renamed a generator or a metric since, which
    leaves the key as it is. A record with a number outside the range of the plan's cell is damaged. Raises
    NewerError if a newer genbench wrote a record.
    """
    records = {}
    for cell in cells:
        make = functools.partial(_read_record, cell)
        record_with_cell = read_keyed(RunFolder(folder).record_file(cell.key), _RECORD, make, on_damage)
        if record_with_cell is None:  # missing or damaged
            continue
        records[cell.key], stored_cell = record_with_cell
        if on_outdated is not None and (difference := _describe_difference(stored_cell, cell)):
            on_outdated(cell.key, difference)
    return records


def is_intact(path: Path) -> bool:
    """Return whether a file is an intact record whose own key is its name, whether or not a plan lists it.

    A damaged file, or one that cannot be read, is not intact, and stays where it is. Raises NewerError if a
    newer genbench wrote it.
    """
    try:
        return read_keyed(path, _RECORD, functools.partial(_read_record, None), lambda _: None) is not None
    except OSError:
        return False


def _describe_difference(stored_cell: Mapping[str, Any], cell: Cell) -> str:
    """Return in words the first difference between the cell in a record and the plan's cell, or "".

    stored_cell  the JSON of the cell in the record; fields that older records lack are not compared
    """
    missing = _LATER_IN_CELLS - stored_cell.keys()
    planned_cell = {name: value for name, value in cell.to_json().items() if name not in missing}
    # the loop ends at the first difference
    for path, (then, now) in describe_differences(stored_cell, planned_cell).items():
        return f"{path} is {then:.80} in the record, {now:.80} in run.json"
    return ""


def write_trace(folder: Path, trace: Trace) -> None:
    """Write a trial's trace under its key; raises what `write_record` does."""
    body = asdict(trace) | {"history": redact([dict(entry) for entry in trace.history])}
    with report_write_errors(folder):
        write_sealed(RunFolder(folder).trace_file(trace.key), _TRACE, body)


def read_traces(
    folder: Path, keys: tuple[str, ...], on_damage: Callable[[Path], object] = put_aside
) -> list[Trace]:
    """Return the existing traces of `keys`, in order; raise NewerError if a newer genbench wrote one.

    on_damage(path)  receives the path of each damaged trace
    """
    traces = [read_keyed(RunFolder(folder).trace_file(key), _TRACE, _read_trace, on_damage) for key in keys]
    return [trace for trace in traces if trace is not None]


@dataclass(frozen=True)
class _RecordBody:
    """The body of a record, as far as it is read before its other fields."""

    cell: fields.Table


def _read_record(cell: Cell | None, body: Any) -> tuple[str, tuple[Record, Mapping[str, Any]]]:
    """Return (key, (record, JSON of the stored cell)) from the body of a record.

    `read_keyed` takes the key: unless it is the name of the file, the file is a copy of another one.

    cell  the planned cell, which the record gets; None: the record keeps its stored cell

    Raises ValueError for a malformed record, one whose status and numbers contradict each other, and a
    number outside the range of the metric.
    """
    stored_cell = fields.parse(_RecordBody, body).cell
    cell = Cell.from_json(stored_cell, stored_cell.get("signature", {})) if cell is None else cell
    record = fields.parse(Record, body | {"cell": cell})
    value = record.value
    if (record.status == "ok") != (value is not None):
        raise ValueError(f"value cannot be {value!r:.80} where status is {record.status}")
    if value is None and (record.low, record.high) != (None, None):
        raise ValueError("low and high cannot be numbers where there is no value")
    least, most = record.cell.facts.range
    for number in (value, record.low, record.high):
        if number is None:
            continue
        if (least is not None and number < least) or (most is not None and number > most):
            raise ValueError(f"{number} is outside the range {[least, most]}")
    return stored_cell.get("key", ""), (record, stored_cell)


def _read_trace(body: Any) -> tuple[str, Trace]:
    """Return (key, trace) from the body of a trace.

    `read_keyed` takes the key: unless it is the name of the file, the file is a copy of another one.
    """
    trace = fields.parse(Trace, body)
    return trace.key, trace
