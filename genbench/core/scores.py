"""Scores of metrics, and their conversion from a metric's return value."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from genbench.core.arrays import is_masked
from genbench.core.canonical_json import canonical, is_nested_deeper
from genbench.core.errors import Invalid

__all__ = ["STATUSES", "Score", "as_number", "as_scores", "is_score"]

#: The statuses of a cell. Only `ok` has a value; `ok` and `skipped` are final, the others are retried.
STATUSES = ("ok", "skipped", "invalid", "error", "crash", "timeout", "memory", "missing")

_GREATEST = 1e150  # squares of it are finite, so means and intervals are

_DEEPEST = 32  # levels of tables and lists in `extra`; sealed files allow for more

_NO_VALUE = "where there is no value, raise genbench.Undefined with the reason"
_NO_END = "where there is no such end, give None"


@dataclass(frozen=True)
class Score:
    """One number of a metric.

    value  the number
    low    lower end of the metric's own interval, or None
    high   upper end of that interval, or None
    extra  further JSON-like results by name, stored in the record and never ranked
    """

    value: float
    low: float | None = None
    high: float | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


def as_scores(answer: Any, outputs: tuple[str, ...]) -> dict[str, Score]:
    """Return the return value of a metric as one Score for each of its `outputs`, by name.

    A metric with one output returns a number or a Score; one with several returns a mapping with exactly
    their names. Numbers may be scalars of Python, numpy or torch. Raises Invalid for anything else, including
    bool, NaN, infinity and an interval that ends before it begins; the message names the output if there are
    several, and the end of an interval. An interval need not hold its value.
    """
    if len(outputs) == 1 and not isinstance(answer, Mapping):
        answer = {outputs[0]: answer}
    if not isinstance(answer, Mapping):
        raise Invalid(f"expected a mapping with the keys {list(outputs)}, got {type(answer).__name__}")
    if set(answer) != set(outputs):
        raise Invalid(f"expected the keys {sorted(outputs)}, got {sorted(map(str, answer))}")
    where = {name: f"output {name!r}: " if len(outputs) > 1 else "" for name in outputs}
    return {name: _as_score(answer[name], where[name]) for name in outputs}


def is_score(value: float) -> bool:
    """Return whether a number is finite and small enough for means and intervals: at most 1e150 in size."""
    return abs(value) <= _GREATEST  # False for NaN, too


def as_number(value: Any) -> float:
    """Return a scalar of Python, numpy or torch as a float; raise Invalid unless `is_score` holds."""
    if is_masked(value):
        raise Invalid("expected a number, got a masked one of numpy")
    if getattr(value, "shape", None) == () and hasattr(value, "item"):  # a scalar of numpy or torch
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        several = (
            "; return genbench.Score(value, low, high, extra)" if isinstance(value, tuple | list) else ""
        )
        raise Invalid(f"expected a number, got {type(value).__name__}{several}")
    if not math.isfinite(value):
        raise Invalid(f"expected a finite number, got {value}")
    if not is_score(value):
        raise Invalid(f"expected a number of at most {_GREATEST:g} in size, got {value:g}")
    return float(value)


def _as_score(answer: Any, where: str) -> Score:
    """Return an output's Score with checked numbers; raise Invalid, with `where` in front, for others.

    where  "" or the output, such as "output 'recall': "
    """
    score = answer if isinstance(answer, Score) else Score(answer)
    value = _read_number(score.value, where, _NO_VALUE)
    low = None if score.low is None else _read_number(score.low, f"{where}low of the interval: ", _NO_END)
    high = None if score.high is None else _read_number(score.high, f"{where}high of the interval: ", _NO_END)
    if low is not None and high is not None and low > high:
        raise Invalid(
            f"{where}expected an interval whose low is at most its high, got low {low} and high {high}"
        )
    return Score(value, low, high, _read_extra(score.extra, where))


def _read_number(value: Any, where: str, advice: str) -> float:
    """Return a number as a float; raise Invalid, with `where` before the reason and `advice` after it."""
    try:
        return as_number(value)
    except Invalid as error:
        raise Invalid(f"{where}{error}; {advice}") from error


def _read_extra(extra: Any, where: str) -> dict[str, Any]:
    """Return `extra` as JSON-like values; raise Invalid if it is no mapping with a JSON form, or too deep.

    where  "" or the output, which begins messages
    """
    try:
        plain = json.loads(canonical(extra))
    except (TypeError, ValueError, RecursionError) as error:
        raise Invalid(
            f"{where}extra holds what is not JSON-like: {error}; expected texts, numbers, lists and mappings"
        ) from error
    if is_nested_deeper(plain, _DEEPEST):
        raise Invalid(f"{where}expected extra to be nested at most {_DEEPEST} levels deep")
    if not isinstance(plain, dict):
        raise Invalid(f"{where}expected extra to be a mapping, got {type(extra).__name__}")
    return plain
