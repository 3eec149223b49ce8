"""What an author expects of a metric under planted faults: signs, known failures and their reasons.

    expects={
        "noise": "+",                                     every level raises the score
        "blur": "0/+ + +",                                a word a level, mildest first; / is "or"
        "train-copies": "-!: copies lie nearer than new data",    a known failure, and why
        "noise[pixels]": "?",                             with the extractor `pixels` nothing is expected
    }

The signs are those of the change that a fault makes, as `genbench check --battery` prints them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from genbench.names import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FAULTS", "SIGNS", "STILL", "Expectation", "expected_of", "read_expects"]

#: Fault to its levels, mildest first. What they are stands in docs/battery.md.
FAULTS: dict[str, tuple[str, ...]] = {
    "noise": ("0.1 of range", "0.2", "0.4"),
    "blur": ("0.4 px", "0.7 px", "1 px"),
    "dropped-modes": ("20 % of labels", "50 %", "80 %"),
    "collapse": ("to 200", "to 50", "to 10"),
    "duplicates": ("n draws of n",),
    "label-shift": ("60 % one",),
    "train-copies": ("25 %", "50 %", "100 %"),
    "near-copies": ("100 %",),
    "smaller-n": ("n/2", "n/4"),
    "row-order": ("shuffled",),
    "batch-size": ("7 a batch",),
}

#: Faults that are none: nothing that they change may move a score.
STILL = ("row-order", "batch-size")

#: + and -: the score rose, or fell, in all seeds; 0: neither; ~: it moved, both ways, where it may not move.
SIGNS = ("+", "-", "0", "~")

_KEY = re.compile(r"([a-z0-9-]+)(?:\[([a-z0-9-]+)\])?")


@dataclass(frozen=True)
class Expectation:
    """What is expected at one level of a fault.

    signs   sign to whether it is a known failure; empty: nothing is expected
    reason  why, or ""
    """

    signs: Mapping[str, bool]
    reason: str = ""

    def __str__(self) -> str:
        return "/".join(sign + "!" * known for sign, known in self.signs.items())


def read_expects(expects: Mapping[str, str]) -> dict[str, tuple[Expectation, ...]]:
    """Return what each key of `expects` says, one Expectation a level.

    Raises ValueError for an unknown fault, for words that are no signs or not as many as the fault has
    levels, and for a known failure without a reason.
    """
    return {key: _levels(key, text) for key, text in expects.items()}


def expected_of(
    expects: Mapping[str, str], fault: str, extractor: str | None
) -> tuple[Expectation, ...] | None:
    """Return what is declared of a fault with this extractor, one Expectation a level, or None."""
    declared = read_expects(expects)
    return declared.get(f"{fault}[{extractor}]", declared.get(fault))


def _levels(key: str, text: str) -> tuple[Expectation, ...]:
    found = _KEY.fullmatch(key)
    fault = found[1] if found else key
    if fault not in FAULTS:
        raise ValueError(f"expects names the fault {fault!r}{nearest(fault, FAULTS)}")
    if not isinstance(text, str):
        raise ValueError(f"expects[{key!r}] is a {type(text).__name__}; expected a text such as '+'")  # noqa: TRY004 - as the rest
    words, _, reason = text.partition(":")
    levels = tuple(_expectation(key, word, reason.strip()) for word in words.split())
    count = len(FAULTS[fault])
    if len(levels) not in (1, count):
        raise ValueError(f"expects[{key!r}] has {len(levels)} words; expected 1, or {count}, one a level")
    return levels * count if len(levels) == 1 else levels


def _expectation(key: str, word: str, reason: str) -> Expectation:
    signs = {} if word == "?" else {part.removesuffix("!"): part.endswith("!") for part in word.split("/")}
    wrong = [sign for sign in signs if sign not in SIGNS]
    if wrong:
        raise ValueError(
            f"expects[{key!r}]: {word!r} is no expectation; expected {', '.join(SIGNS)}, alternatives with / "
            "between them, each with a ! if it is a known failure, or ?"
        )
    if any(signs.values()) and not reason:
        raise ValueError(f"expects[{key!r}]: a known failure needs its reason: '{word}: why'")
    return Expectation(signs, reason)
