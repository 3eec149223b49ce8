"""Numbers as people read them: by themselves with four digits, and in columns with one power of ten."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from decimal import Decimal
from statistics import median_high, median_low
from typing import TYPE_CHECKING, NamedTuple

from genbench.board.ranking import ALPHA

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from genbench.board.rows import Entry, Row, Standing

__all__ = [
    "ColumnNumbers", "Estimate", "NumberText", "arrow", "cell_text", "column_numbers", "direction_text",
    "format_fixed", "format_number", "interval_text", "p_text", "rank_text", "typeset",
]  # fmt: skip


_RELATIVE_TOLERANCE = 1e-10  # relative; values of equal samples differ by 1e-11, as sums are in another order
_DIGITS = 4  # of a value
_END_DIGITS = range(2, 13)  # of the ends of an interval
_WRITTEN_OUT = (1e-4, 1e7)  # absolute values that are written without an exponent
_MINUS = "−"
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_EXACT_DIGITS = 4  # of the typical value, in a number without an interval
_MOST_DIGITS = 8  # of the typical value; a smaller interval is below the last digit that is shown
_PLAIN = (-3, 6)  # orders of typical values that need no power of ten
_ROUNDING = 1e-12  # relative to the largest value; a smaller one is a zero that sums in floating point missed
_LONGEST = Decimal(10) ** 7  # a number from here on has a power of ten of its own
_NUMBER = re.compile(r"(?<![\w.-])(-?)(\d+(?:\.\d+)?)(?:e([+-]\d+))?(?!\w)")


def format_number(value: float, digits: int = _DIGITS) -> str:
    """Return `value` with `digits` significant digits, such as "0.2500" for 0.25.

    From 10 ** `digits` on, it is rounded to a whole number. Below 0.0001 and from ten million on, it has an
    exponent.
    """
    size = abs(value)
    if value == 0:
        return "0"
    if not _WRITTEN_OUT[0] <= size < _WRITTEN_OUT[1]:
        return f"{value:.{digits - 1}e}"
    # "#" keeps zeros at the end and a point behind a whole number; from 10 ** `digits` on, "g" adds an "e"
    text = f"{value:#.{digits}g}"
    return f"{value:.0f}" if "e" in text else text.removesuffix(".")


def arrow(direction: str, best: float | None) -> str:
    """Return the arrow of the better direction after a space: " ↓", or " → 1"; "" for an unranked metric."""
    target = f" → {best:g}" if direction == "target" and best is not None else ""
    return {"lower": " ↓", "higher": " ↑", "none": ""}.get(direction, target)


def direction_text(direction: str, best: float | None) -> str:
    """Return which values of a metric are better, in words.

    best  the target of a metric whose direction is "target"
    """
    if direction == "target" and best is not None:
        return f"nearest to {best:g} is best"
    return {"lower": "lower is better", "higher": "higher is better", "none": "not ranked"}.get(direction, "")


def cell_text(entry: Entry) -> str:
    """Return the mean over seeds and its interval, or the status and the number of seeds without a value.

    The interval is ± its half, or its ends in brackets where a bound of the metric cuts it. "error 2/3" means
    that two of three seeds have no value, and the first of them has an error; a status without numbers means
    that no seed has a value.
    """
    if entry.value is None:
        of_seeds = "" if entry.bad == len(entry.seeds) else f" {entry.bad}/{len(entry.seeds)}"
        return entry.status + of_seeds
    return f"{format_number(entry.value)} {interval_text(entry)}".rstrip()


def interval_text(entry: Entry) -> str:
    """Return the interval of an entry: "± 0.25", "(0 to 1.0)" where a bound of the metric cuts it, or "".

    "± 0" means that the values of all seeds agree to ten digits.
    """
    if entry.value is None or entry.low is None or entry.high is None:
        return ""
    if is_point(entry.value, entry.low, entry.high):
        return "± 0"
    if is_cut(entry.value, entry.low, entry.high):
        return _ends_text(entry.value, entry.low, entry.high)
    return f"± {format_number(entry.high - entry.value, 2)}"


def is_point(value: float, low: float, high: float) -> bool:
    """Return whether the ends of an interval agree to ten digits."""
    return max(value - low, high - value) <= _RELATIVE_TOLERANCE * abs(value)


def is_cut(value: float, low: float, high: float) -> bool:
    """Return whether one end of an interval is nearer to `value`: a bound of the metric's range cuts it.

    Uncut intervals are symmetric.
    """
    below, above = value - low, high - value
    # rounding may make equal distances differ by a share of them and some units in the last place of `value`
    return abs(below - above) > _RELATIVE_TOLERANCE * max(below, above) + 4 * math.ulp(value)


def _ends_text(value: float, low: float, high: float) -> str:
    """Return the ends of an interval in brackets, with two digits or as many more as are needed, up to 12.

    More are needed where rounding makes both ends equal, or moves one past the value as the board shows it.
    """
    first = last = ""
    for digits in _END_DIGITS:
        first, last = format_number(low, digits), format_number(high, digits)
        shown_value = float(format_number(value, max(digits, _DIGITS)))
        if first != last and float(first) <= shown_value <= float(last):
            break  # without it, the texts with most digits count
    return f"({first} to {last})"


def p_text(p: float) -> str:
    """Return a p-value with two significant digits, or more if rounding would move it across 0.05."""
    texts = (f"{p:.{digits}g}" for digits in range(2, 18))  # 17 digits are those of a float
    return next(text for text in texts if (float(text) <= ALPHA) == (p <= ALPHA))


def rank_text(ranked: Row | Entry | Standing) -> str:
    """Return a rank and the ranks that the seeds leave possible: "1 (1–2)", or "1" alone; "" without one."""
    if ranked.rank is None:
        return ""
    if ranked.rank_low is None or ranked.rank_low == ranked.rank_high:
        return str(ranked.rank)
    return f"{ranked.rank} ({ranked.rank_low}–{ranked.rank_high})"


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
    """The texts of a column by the names of its rows.

    exponent  of the power of ten by which they are divided, 0 for none
    """

    exponent: int
    texts: Mapping[str, NumberText]

    @property
    def unit(self) -> str:
        """The power of ten by which the column's numbers are divided, such as "10⁻⁶", or "" for none."""
        return "" if self.exponent == 0 else _power_of_ten(self.exponent)


def column_numbers(estimates: Mapping[str, Estimate]) -> ColumnNumbers:
    """Return the texts of the numbers of one column, which share a power of ten and line up at their points.

    The typical value is the median of the absolute values, without zeros and rounding errors of zeros. If it
    is below 0.001, or 1,000,000 or more, all numbers are divided by its power of ten. `_number_text` chooses
    the decimals of each number.
    """
    order = _typical_order([abs(estimate.value) for estimate in estimates.values()])
    exponent = 0 if _PLAIN[0] <= order < _PLAIN[1] else order  # of the power of ten that divides the column
    divided_order = order - exponent  # of the typical value, once it is divided too
    texts = {row: _number_text(estimate, exponent, divided_order) for row, estimate in estimates.items()}
    most_decimals = max((text.decimals for text in texts.values()), default=0)
    padded = {row: replace(text, pad=_missing_decimals(text, most_decimals)) for row, text in texts.items()}
    return ColumnNumbers(exponent, padded)


def _typical_order(sizes: Sequence[float]) -> int:
    """Return the order of magnitude, the power of ten, of the median of sizes; 0 if there are only zeros.

    An even number of sizes has two medians: then the order nearer to 0 counts, so that an outlier gives a
    column of two numbers no power of ten. Zeros are left out, and so are rounding errors of zeros: sizes that
    are far smaller than the largest.
    """
    largest = max(sizes, default=0.0)
    nonzero = [size for size in sizes if size > _ROUNDING * largest] or [1.0]  # only zeros: 1 has the order 0
    return min(map(_order_of_magnitude, (median_low(nonzero), median_high(nonzero))), key=abs)


def format_fixed(value: float, exponent: int, decimals: int) -> str:
    """Return a value, divided by 10 ** `exponent`, as text with `decimals` digits behind the point.

    From ten million on, it has a power of ten of its own: "1.235×10⁷".
    """
    scaled = Decimal(value).scaleb(-exponent)
    if abs(scaled) >= _LONGEST:
        return typeset(f"{scaled:.{_EXACT_DIGITS - 1}e}")
    text = f"{scaled:.{decimals}f}"
    return text.lstrip("-") if not float(text) else text.replace("-", _MINUS)  # a zero has no sign


def typeset(text: str) -> str:
    """Return a sentence with numbers such as "−2.5×10⁻⁶" in place of "-2.5e-06"."""
    return _NUMBER.sub(_typeset_match, text)


def _typeset_match(match: re.Match[str]) -> str:
    """Return a number that `_NUMBER` matches with a minus sign and a raised exponent: "−2.5×10⁻⁶"."""
    sign, digits, exponent = match.groups()
    return f"{_MINUS if sign else ''}{digits}{f'×{_power_of_ten(int(exponent))}' if exponent else ''}"


def _power_of_ten(exponent: int) -> str:
    """Return a power of ten such as "10⁻⁶"."""
    return f"10{str(exponent).translate(_RAISED)}"


def _order_of_magnitude(size: float) -> int:
    """Return the exponent of a number > 0 in scientific notation with four digits.

    The digits count, since rounding may raise the exponent: 9.9999 is 1.000e+01, so its order is 1.
    """
    return int(f"{size:.{_EXACT_DIGITS - 1}e}".partition("e")[2])


def _number_text(estimate: Estimate, exponent: int, typical: int) -> NumberText:
    """Return a number of a column as text, with its interval.

    A value has the decimals that show half its interval with two significant digits. Without an interval, or
    if all seeds agree, it has those that show the typical value with four, and a whole number has none. An
    interval that would need more than eight digits of the typical value is shown as a bound: "± <0.0001".

    exponent  of the power of ten by which the column is divided
    typical   the order of magnitude of the typical value of the column, after the division
    """
    value, low, high = estimate
    four_digits = max(_EXACT_DIGITS - 1 - typical, 0)  # the decimals of the typical value with four digits
    if low is None or high is None or is_point(value, low, high):
        is_whole = not value or (not exponent and float(value).is_integer())
        decimals = 0 if is_whole else four_digits
        return NumberText(format_fixed(value, exponent, decimals), "" if low is None else "± 0", decimals)
    half = high / 2 - low / 2  # high - low may be beyond the range of floats
    # two significant digits of half the interval: one decimal more than its order, after the division
    decimals = max(1 - int(f"{half:.1e}".partition("e")[2]) + exponent, 0)
    if decimals > _MOST_DIGITS - 1 - typical:
        decimals = four_digits
        interval = f"± <{10.0**-decimals:.{decimals}f}"
    elif is_cut(value, low, high):  # an end that is a whole number, such as the bound 0, needs no decimals
        ends = [
            format_fixed(end, exponent, 0 if float(end).is_integer() else decimals) for end in (low, high)
        ]
        interval = f"({ends[0]} to {ends[1]})"
    else:
        interval = f"± {format_fixed(half, exponent, decimals)}"
    return NumberText(format_fixed(value, exponent, decimals), interval, decimals)


def _missing_decimals(number: NumberText, deepest: int) -> str:
    """Return the point and zeros that a number lacks in a column whose numbers have up to `deepest` decimals.

    With them behind it, the points of the column line up.
    """
    if "×" in number.text:  # with a power of ten of its own, its point lines up with no other
        return ""
    return ("" if number.decimals or not deepest else ".") + "0" * (deepest - number.decimals)
