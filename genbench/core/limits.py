"""How long one piece of work may take, and how much memory: read from a suite, written for people.

A piece of work is one fit, one drawing of samples, one extraction, or one metric in one trial. Limits decide
whether there is a number and never which, so no key and no signature holds them.
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

#: The keys of a suite, of its entries and of the command line that set limits.
LIMITS = ("timeout", "memory")

_SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86400}
_BYTES = {"kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12,
          "kib": 2**10, "mib": 2**20, "gib": 2**30, "tib": 2**40}  # fmt: skip
_AMOUNT = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?([A-Za-z]+)")
_NONE = "none"
_LONGEST = 366 * 86400


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The limits of one component's work.

    timeout  seconds that one piece of work may take; None: no limit
    memory   bytes that its processes may hold; None: only what the whole run may
    """

    timeout: float | None = 6 * 3600.0
    memory: int | None = None


def read_limits(where: str, table: Mapping[str, Any], base: Limits) -> Limits:
    """Return the limits that a table sets, those of `base` where it sets none.

    Raises SuiteError, naming the key after `where`, for what is no duration or no size.
    """
    limits = base
    if "timeout" in table:
        limits = replace(limits, timeout=_read_timeout(f"{where}timeout", table["timeout"]))
    if "memory" in table:
        limits = replace(limits, memory=_memory(f"{where}memory", table["memory"]))
    return limits


def _read_timeout(where: str, value: Any) -> float | None:
    """Return seconds from a number of them, or a text such as "90 s", "10 min", "2 h", "1 d" or "none"."""
    expected = f'{where}: expected seconds, or "90 s", "10 min", "2 h", "1 d" or "none", got {value!r}'
    if value == _NONE:
        return None
    seconds = _amount(value, _SECONDS) if isinstance(value, str) else value
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not math.isfinite(seconds):
        raise SuiteError(expected)
    if not 0 < seconds <= _LONGEST:
        raise SuiteError(f"{expected}; it is to be above 0 and at most 366 d")
    return float(seconds)


def duration_text(seconds: float) -> str:
    """Return a duration as a suite writes it, in the largest unit that gives a whole number: "10 min"."""
    for unit, size in reversed(_SECONDS.items()):
        if seconds >= size and seconds % size == 0:
            return f"{seconds // size:g} {unit}"
    return f"{seconds:g} s"


def bytes_text(size: int) -> str:
    """Return a size as a suite writes it, with at most three digits that count: "600 MB", "1.5 GB"."""
    unit, of = next(((u, s) for u, s in (("GB", 10**9), ("MB", 10**6)) if size >= s), ("kB", 10**3))
    return f"{float(f'{size / of:.3g}'):g} {unit}"


def _memory(where: str, value: Any) -> int | None:
    if value == _NONE:
        return None
    size = _amount(value, _BYTES) if isinstance(value, str) else None
    if size is None or not 1 <= size < 2**62:
        sizes = '"600 MB", "2 GB", "1.5 GiB" or "none"'
        raise SuiteError(f"{where}: expected a size such as {sizes}, got {value!r}")
    return int(size)


def _amount(text: str, units: Mapping[str, int]) -> float | None:
    found = _AMOUNT.fullmatch(text.strip())
    if found is None or found[2].lower() not in units:
        return None
    return float(found[1]) * units[found[2].lower()]
