"""Timeouts and memory limits of one piece of work: parsed from a suite, and formatted for messages.

A piece of work is one fit, one sampling, one extraction, or one metric in one trial. Limits decide whether
there is a number, never its value, so they are part of no key and no signature.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from genbench.core.errors import SuiteError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LIMITS", "Limits", "bytes_text", "duration_text", "read_limits"]

#: The keys that set limits in a suite, in its entries and on the command line.
LIMITS = ("timeout", "memory")

_SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86400}
_BYTES = {"kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12,
          "kib": 2**10, "mib": 2**20, "gib": 2**30, "tib": 2**40}  # fmt: skip
_AMOUNT = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?([A-Za-z]+)")
_NONE = "none"
_LONGEST_S = 366 * 86400  # a year; a longer one is a mistyped unit


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The limits of one component's work.

    timeout  seconds for one piece of work; None: no limit
    memory   bytes for its processes; None: only the limit of the whole run
    """

    timeout: float | None = 6 * 3600.0
    memory: int | None = None


def read_limits(where: str, table: Mapping[str, Any], base: Limits) -> Limits:
    """Return the timeout and the memory limit that a table of a suite sets.

    where  the place of the table in the suite, which begins messages
    base   the limits for missing keys

    Raises SuiteError for an invalid duration or size.
    """
    readers = {"timeout": _read_timeout, "memory": _read_memory}
    limits: dict[str, Any] = {
        name: read(f"{where}{name}", table[name]) for name, read in readers.items() if name in table
    }
    return replace(base, **limits)


def _read_timeout(where: str, value: Any) -> float | None:
    """Return seconds from a number or a text such as "90 s", "10 min", "2 h", "1 d"; None for "none".

    Raises SuiteError, which begins with `where`, for anything else, and for more than a year.
    """
    expected = f'{where}: expected seconds, or "90 s", "10 min", "2 h", "1 d" or "none", got {value!r}'
    if value == _NONE:
        return None
    seconds = _parse_amount(value, _SECONDS) if isinstance(value, str) else value
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not math.isfinite(seconds):
        raise SuiteError(expected)
    if not 0 < seconds <= _LONGEST_S:
        raise SuiteError(f"{expected}; it must be above 0 and at most 366 d")
    return float(seconds)


def duration_text(seconds: float) -> str:
    """Return a duration in its two largest units: "0.5 s", "10 min", "3 min 20 s" or "2 h 5 min"."""
    if seconds < _SECONDS["min"]:
        return f"{seconds:g} s"
    parts, rest = [], round(seconds)
    for unit, size in reversed(_SECONDS.items()):
        amount, rest = divmod(rest, size)
        parts += [f"{amount} {unit}"] if amount else []
    return " ".join(parts[:2])


def bytes_text(size: int) -> str:
    """Return a size with at most three significant digits: "999 bytes", "600 MB", "1.5 GB"."""
    unit = next((name for name in ("TB", "GB", "MB", "kB") if size >= _BYTES[name.lower()]), "bytes")
    # `.3g` rounds to three digits, but writes 999.9 as 1e+03; `g` of the rounded number writes 1000.
    return f"{float(f'{size / _BYTES.get(unit.lower(), 1):.3g}'):g} {unit}"


def _read_memory(where: str, value: Any) -> int | None:
    """Return bytes from a text such as "600 MB", None for "none"; raise SuiteError for anything else."""
    if value == _NONE:
        return None
    size = _parse_amount(value, _BYTES) if isinstance(value, str) else None
    # no machine has 2**62 bytes; a number of 400 digits is infinite, which `int` cannot convert
    if size is None or not 1 <= size < 2**62:
        sizes = '"600 MB", "2 GB", "1.5 GiB" or "none"'
        raise SuiteError(f"{where}: expected a size such as {sizes}, got {value!r}")
    return int(size)


def _parse_amount(text: str, units: Mapping[str, int]) -> float | None:
    """Return the amount in a text such as "2 GB", in the base unit; None if it has another form.

    units  the size of each unit in base units, by its name in lower case
    """
    match = _AMOUNT.fullmatch(text.strip())
    if match is None or match[2].lower() not in units:
        return None
    return float(match[1]) * units[match[2].lower()]
