"""Validation of records, traces and plans, which are untrusted input: seals show damage, not honesty."""

from __future__ import annotations

import contextlib
import re
import secrets
from typing import TYPE_CHECKING, Any, TypeVar

from genbench.contract.signature import SIDES
from genbench.contract.specs import CONTROLS, DIRECTIONS
from genbench.core.escaping import encodable
from genbench.core.names import is_generator_id, is_metric_id, is_name, is_title
from genbench.core.scores import STATUSES, is_score
from genbench.files.sealed import DamagedError, read_sealed
from genbench.results.folder import RunFolder
from genbench.results.sketches import Sketch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from genbench.files.sealed import Schema

__all__ = [
    "check_cell", "check_key", "check_provenance", "check_record", "check_trace", "made", "put_aside",
    "read_keyed",
]  # fmt: skip

T = TypeVar("T")


def put_aside(path: Path) -> Path:
    """Move the damaged file <run>/<kind>/<key>.json to <run>/damaged/, and return its path there."""
    folder = RunFolder(path.parent.parent).damaged
    folder.mkdir(exist_ok=True)
    aside = folder / path.name
    if aside.exists():  # an earlier version of the file was damaged too
        aside = aside.with_stem(f"{path.stem}-{secrets.token_hex(4)}")
    with contextlib.suppress(FileNotFoundError):  # another run has put it aside
        path.rename(aside)
    return aside


def read_keyed(
    path: Path,
    schema: Schema,
    make: Callable[[Any], tuple[str, T]],
    on_damage: Callable[[Path], object] = put_aside,
) -> T | None:
    """Return the value in <run>/<kind>/<key>.json, or None if the file is missing or damaged.

    make(body)       returns the key in a body, and the value
    on_damage(path)  receives the path if the file is damaged

    Raises NewerError, and OSError if the file can neither be read nor put aside.
    """
    try:
        key, value = made(make, read_sealed(path, schema))
        if key != path.stem:
            raise DamagedError("it was written under another name")
    except FileNotFoundError:
        return None
    except (DamagedError, ValueError, IsADirectoryError):
        on_damage(path)
        return None
    return value


_Made = TypeVar("_Made")

_KEY = re.compile(r"[0-9a-f]{64}")
_GREATEST = 2**63 - 1  # maximum of int64, the type of a frame's column
_SPLITS = {"train", "test", "held_out"}
_LONGEST = 300  # characters of a distribution with its version


def made(make: Callable[[Any], _Made], body: Any) -> _Made:
    """Return `make(body)`; raise ValueError if the body does not have the form that `make` expects."""
    try:
        return make(body)
    except (LookupError, TypeError, AttributeError) as error:
        raise ValueError(f"{type(error).__name__}: {error}") from error


def check_key(value: Any) -> str:
    """Return the key of a record or trace; raise ValueError for an invalid one, since it names a file."""
    if not isinstance(value, str) or not _KEY.fullmatch(value):
        raise ValueError(f"key {value!r:.80} is not 64 hex digits")
    return value


def check_cell(body: Mapping[str, Any]) -> None:
    """Raise ValueError unless the fields of a planned cell are valid."""
    check_key(body["key"])
    _check(body, _CELL)
    if body["direction"] == "target" and body["best"] is None:
        raise ValueError("direction cannot be 'target' where best is null")


def check_provenance(body: Mapping[str, Any]) -> None:
    """Raise ValueError unless the fields of a provenance that boards show or `verify` reads are valid."""
    _check_run(body)
    if "unverified" in body:
        raise ValueError("the run of a folder cannot have unverified, which marks a CSV file of merged runs")


def _check_run(body: Mapping[str, Any]) -> None:
    """Raise ValueError unless the provenance of a folder's run, or of one of merged runs, is valid."""
    _check(body, _PROVENANCE)
    _check(body.get("machine", {}), _MACHINE)
    foreign = sorted(_OF_MERGED & body.keys())
    if foreign and "merged" not in body:
        raise ValueError(f"a run that is not merged cannot have {' and '.join(foreign)}")
    for run in body.get("merged", {}).values():
        _check_run(run)


def check_record(body: Mapping[str, Any], bounds: tuple[float | None, float | None] = (None, None)) -> None:
    """Raise ValueError unless the fields of a record are valid, and only an ok record has a value.

    bounds  the least and the greatest possible number; a run records no other one
    """
    check_key(body["cell"]["key"])
    _check(body, _RECORD)
    value, low, high = (body.get(name) for name in ("value", "low", "high"))
    if (body["status"] == "ok") != (value is not None):
        raise ValueError(f"value cannot be {value!r:.80} where status is {body['status']}")
    if value is None and (low, high) != (None, None):
        raise ValueError("low and high cannot be numbers where there is no value")
    least, most = bounds
    for number in (value, low, high):
        if number is not None and (
            (least is not None and number < least) or (most is not None and number > most)
        ):
            raise ValueError(f"{number} is outside the range {list(bounds)}")


def check_trace(body: Mapping[str, Any]) -> None:
    """Raise ValueError unless the fields of a trial's trace are valid."""
    check_key(body["key"])
    _check(body, _TRACE)


def _check(body: Mapping[str, Any], fields: Mapping[str, Callable[[Any], bool]]) -> None:
    for name, is_valid in fields.items():
        if name in body and not is_valid(body[name]):
            raise ValueError(f"{name} cannot be {body[name]!r:.80}")


def _is_line(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST and value.isprintable()


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_count(value: Any) -> bool:
    return _is_whole(value) and value >= 0


def _is_hash(value: Any) -> bool:
    return isinstance(value, str) and (not value or _KEY.fullmatch(value) is not None)


def _is_whole(value: Any) -> bool:
    return type(value) is int and abs(value) <= _GREATEST


def _is_positive(value: Any) -> bool:
    return _is_count(value) and value > 0


def _is_number(value: Any) -> bool:
    return value is None or type(value) is float or _is_whole(value)


def _is_score(value: Any) -> bool:
    return value is None or (_is_number(value) and is_score(value))


def _is_table(value: Any) -> bool:
    return isinstance(value, dict)


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2  # noqa: PLR2004 - the size of a pair


def _is_list_of(is_valid: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(map(is_valid, value))


def _is_size(value: Any) -> bool:
    """Return whether a value is a number of samples, or a table of those on each dataset, by its id."""
    numbers = value.values() if isinstance(value, dict) and all(map(is_name, value)) else [value]
    return bool(numbers) and all(map(_is_positive, numbers))


def _is_step(value: Any) -> bool:
    """Return whether a value is an entry of a history: numbers, under names that UTF-8 can encode."""
    if not isinstance(value, dict) or not all(_is_whole(value.get(name)) for name in ("step", "total")):
        return False
    return all(name == encodable(name) and _is_number(number) for name, number in value.items())


def _is_dataset(value: Any) -> bool:
    """Return whether a value describes a dataset, as far as boards read it."""
    return (
        _is_table(value)
        and _is_table(value.get("sizes", {}))
        and _is_table(value.get("options", {}))
        and _is_count(value.get("different", 0))
        and all(_is_pair(pair) and set(map(str, pair)) <= _SPLITS for pair in value.get("shared_splits", []))
    )


def _is_entry(value: Any) -> bool:
    """Return whether a value describes a generator, as far as `verify` reads it."""
    return _is_table(value) and is_generator_id(value.get("name")) and _is_table(value.get("options"))


def _is_sketch(value: Any) -> bool:
    try:
        return isinstance(value, str) and (not value or bool(Sketch.parse(value)))
    except ValueError:
        return False


def _is_group(value: Any) -> bool:
    """Return whether a value is a list of two ids of generators or more."""
    return isinstance(value, list) and len(value) > 1 and all(map(is_generator_id, value))


def _is_environment(value: Any) -> bool:
    return _is_table(value) and all(_is_table(value.get(name, {})) for name in ("libraries", "machine"))


def _has_plain_numbers(value: Any) -> bool:
    """Return whether a JSON-like value has no integer that a float cannot approximate."""
    if isinstance(value, (dict, list)):
        return all(map(_has_plain_numbers, value.values() if isinstance(value, dict) else value))
    return type(value) is not int or is_score(value)


_CELL: dict[str, Callable[[Any], bool]] = {
    "dataset": is_name, "generator": is_generator_id, "metric": is_metric_id, "plugin": _is_line,
    "control": lambda value: value is None or value in CONTROLS,
    "direction": lambda value: value in DIRECTIONS, "best": _is_score, "n": _is_positive,
    "seed": lambda value: value is None or _is_count(value),
    "range": lambda value: _is_pair(value) and all(map(_is_score, value)),
    "any_valid_share": lambda value: isinstance(value, bool),
    "unseen_controls": lambda value: isinstance(value, list) and set(value) <= set(CONTROLS),
}  # fmt: skip
_RECORD: dict[str, Callable[[Any], bool]] = {
    "status": lambda value: value in STATUSES, "reason": _is_text, "value": _is_score, "low": _is_score,
    "high": _is_score, "extra": lambda value: _is_table(value) and _has_plain_numbers(value),
    "attempt": _is_count, "seconds": _is_number, "provisional": lambda value: isinstance(value, bool),
    "samples": _is_hash, "sketch": _is_sketch, "fit": _is_hash, "features": _is_hash,
    "extractor_fit": _is_hash, "environment": _is_environment,
    "valid": lambda value: _is_table(value) and set(value) <= set(SIDES),
}  # fmt: skip
_TRACE: dict[str, Callable[[Any], bool]] = {
    "dataset": is_name, "generator": is_generator_id, "seed": _is_count, "history": _is_list_of(_is_step),
    "seconds": lambda value: _is_table(value) and all(map(_is_number, value.values())),
    "parameters": lambda value: value is None or _is_whole(value), "peak_bytes": _is_count,
}  # fmt: skip
_PROVENANCE: dict[str, Callable[[Any], bool]] = {
    "name": is_title, "suite": _is_text, "seeds": _is_list_of(_is_count), "n": _is_size,
    "instead": _is_list_of(_is_table), "machine": _is_table, "differences": _is_list_of(_is_text),
    "datasets": lambda value: _is_table(value) and all(map(_is_dataset, value.values())),
    "generators": _is_list_of(_is_entry),
    "merged": lambda value: _is_table(value) and all(map(_is_table, value.values())),
    "sources": lambda value: _is_table(value) and all(map(_is_text, value.values())),
    "same_samples": lambda value: _is_table(value) and all(map(_is_list_of(_is_group), value.values())),
    "unverified": lambda value: value is True,
}  # fmt: skip
_OF_MERGED = {"differences", "same_samples", "sources"}
_MACHINE: dict[str, Callable[[Any], bool]] = {"threads": _is_positive, "device": _is_line}
