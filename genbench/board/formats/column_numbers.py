"""Numbers of a column as people read them: one power of ten, and digits that follow the intervals."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from statistics import median_high, median_low
from typing import TYPE_CHECKING, NamedTuple

from genbench.board.formatting import is_cut, is_point

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ColumnNumbers", "Estimate", "NumberText", "column_numbers", "fixed", "typeset"]

_MINUS = "−"
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_EXACT_DIGITS = 4  # of the typical value, in a number without an interval
_MOST_DIGITS = 8  # of the typical value; a smaller interval is below the last digit that is shown
_PLAIN = (-3, 6)  # orders of typical values that need no power of ten
_ROUNDING = 1e-12  # relative to the largest value; a smaller one is a zero that sums in floating point missed
_LONGEST = Decimal(10) ** 7  # a number from here on has a power of ten of its own
_NUMBER = re.compile(r"(?<![\w.-])(-?)(\d+(?:\.\d+)?)(?:e([+-]\d+))?(?!\w)")


class Estimate(NamedTuple):
    """A value and the ends of its interval, None without one."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class NumberText:
    """A number as text.

    interval  "± 0.25", "(0 to 0.25)" where a bound of the metric cuts it, "± 0" if all seeds agree, or ""
    decimals  digits of the value behind the decimal point
    pad       what the value lacks there, so that the points of a column line up, such as ".00"
    """

    text: str
    interval: str
    decimals: int
    pad: str = ""


@dataclass(frozen=True)
class ColumnNumbers:
    """The texts of a column.

    exponent  of the power of ten by which they are divided, 0 for none
    """

    exponent: int
    texts: tuple[NumberText, ...]

    @property
    def unit(self) -> str:
        """The power of ten, or "" for none."""
        return "" if self.exponent == 0 else _power(self.exponent)


def column_numbers(estimates: Sequence[Estimate]) -> ColumnNumbers:
    """Return the texts of the numbers of one column.

    The typical value is the median of the absolute values, without zeros and what rounding leaves of them.
    If it is below 0.001, or 1,000,000 or more, all numbers are divided by its power of ten.

    A value has as many decimals as two significant digits of half its interval. Without an interval, or if
    all seeds agree, it has as many as four significant digits of the typical value, and a whole number has
    none. A number that is ten million or more even so has a power of ten of its own.
    """
    typical = _typical([abs(estimate.value) for estimate in estimates])
    exponent = 0 if _PLAIN[0] <= typical < _PLAIN[1] else typical
    texts = [_text(estimate, exponent, typical - exponent) for estimate in estimates]
    deepest = max((text.decimals for text in texts), default=0)
    return ColumnNumbers(exponent, tuple(replace(text, pad=_pad(text, deepest)) for text in texts))


def _typical(sizes: Sequence[float]) -> int:
    """Return the order of the median of sizes; of two middle ones, that which is nearer to 0."""
    largest = max(sizes, default=0.0)
    known = [size for size in sizes if size > _ROUNDING * largest]
    return min(map(_order, (median_low(known), median_high(known))), key=abs) if known else 0


def fixed(value: float, exponent: int, decimals: int) -> str:
    """Return a value that is divided by a power of ten, with so many decimals."""
    scaled = Decimal(value).scaleb(-exponent)
    if abs(scaled) >= _LONGEST:
        return typeset(f"{scaled:.{_EXACT_DIGITS - 1}e}")
    text = f"{scaled:.{decimals}f}"
    return text.lstrip("-") if not float(text) else text.replace("-", _MINUS)


def typeset(text: str) -> str:
    """Return a sentence with numbers such as "−2.5×10⁻⁶" in place of "-2.5e-06"."""
    return _NUMBER.sub(_typeset, text)


def _typeset(found: re.Match[str]) -> str:
    sign, digits, exponent = found.groups()
    return f"{_MINUS if sign else ''}{digits}{f'×{_power(int(exponent))}' if exponent else ''}"


def _power(exponent: int) -> str:
    return f"10{str(exponent).translate(_RAISED)}"


def _order(size: float) -> int:
    """Return the exponent of a number > 0 in scientific notation with four digits."""
    return int(f"{size:.{_EXACT_DIGITS - 1}e}".partition("e")[2])


def _text(estimate: Estimate, exponent: int, typical: int) -> NumberText:
    """Return a number of a column; `typical` is the order of the typical value that is divided."""
    value, low, high = estimate
    is_whole = not value or (not exponent and float(value).is_integer())
    exact = 0 if is_whole else max(_EXACT_DIGITS - 1 - typical, 0)
    if low is None or high is None:
        return NumberText(fixed(value, exponent, exact), "", exact)
    if is_point(value, low, high):
        return NumberText(fixed(value, exponent, exact), "± 0", exact)
    half = high / 2 - low / 2
    decimals = max(1 - int(f"{half:.1e}".partition("e")[2]) + exponent, 0)
    if decimals > _MOST_DIGITS - 1 - typical:
        decimals = max(_EXACT_DIGITS - 1 - typical, 0)
        return NumberText(fixed(value, exponent, decimals), f"± <{10.0**-decimals:.{decimals}f}", decimals)
    if is_cut(value, low, high):
        ends = [fixed(end, exponent, 0 if float(end).is_integer() else decimals) for end in (low, high)]
        return NumberText(fixed(value, exponent, decimals), f"({ends[0]} to {ends[1]})", decimals)
    return NumberText(fixed(value, exponent, decimals), f"± {fixed(half, exponent, decimals)}", decimals)


def _pad(number: NumberText, deepest: int) -> str:
    """Return what a number lacks behind its last digit in a column with so many decimals."""
    if "×" in number.text:
        return ""
    return ("" if number.decimals or not deepest else ".") + "0" * (deepest - number.decimals)
