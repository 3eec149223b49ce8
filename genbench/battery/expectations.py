"""Expected effects of planted faults on a metric: signs, and known failures with their reasons.

    expects={
        "noise": "+",                                     every level raises the score
        "blur": "0!/-! + +: a little sharpens nothing",   a word per level, mildest first; / is "or"
        "train-copies": "-!: copies are nearer than new data",    a known failure with its reason
        "noise[pixels]": "?",                             with the extractor `pixels` nothing is expected
    }

The signs are those of the change that a fault makes, as `genbench check --battery` prints them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from genbench.battery.faults import FAULTS, PUNISHED
from genbench.core.errors import PluginError
from genbench.core.names import nearest, parse_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from genbench.contract.specs import Output

__all__ = ["Expectation", "check_expects", "expected_of", "read_expects", "worsening"]

#: + and -: the score rose, or fell, in all seeds; 0: neither; ~: it moved, both ways, where it may not move.
_SIGNS = ("+", "-", "0", "~")

_KEY = re.compile(r"([a-z0-9-]+)(?:\[([a-z0-9-]+)\])?")


@dataclass(frozen=True)
class Expectation:
    """The expectation for one level of a fault.

    signs   sign to whether it is a known failure; empty: nothing is expected
    reason  the reason of a known failure, or ""
    """

    signs: Mapping[str, bool]
    reason: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it accepts every sign: it names none, or all of them."""
        right = {sign for sign, known in self.signs.items() if not known}
        return not self.signs or {"+", "-", "0"} <= right

    def or_right(self, sign: str) -> Expectation:
        """Return the same with `sign` accepted, unless it is a declared failure or nothing is expected."""
        return (
            self
            if self.is_open
            else Expectation({**self.signs, sign: self.signs.get(sign, False)}, self.reason)
        )

    def __str__(self) -> str:
        return "/".join(sign + "!" * known for sign, known in self.signs.items())


def worsening(direction: str) -> str | None:
    """Return the sign of a change for the worse, or None for a metric that is not ranked.

    Where the direction is a target, the change is that of the distance from it.
    """
    return {"lower": "+", "target": "+", "higher": "-"}.get(direction)


def read_expects(expects: Mapping[str, str], direction: str = "none") -> dict[str, tuple[Expectation, ...]]:
    """Return the expectations of each key of `expects`, one per level.

    Raises ValueError for an unknown fault, for words that are not signs or not one per level, for a known
    failure without a reason, and for a ranked metric that declares it right not to get worse under a fault
    that it should punish.
    """
    found = {key: _levels(key, text) for key, text in expects.items()}
    worse = worsening(direction)
    if worse is not None:
        punished = {key: levels for key, levels in found.items() if parse_id(key)[0] in PUNISHED}
        _check_failures(punished, worse)
    return found


def check_expects(output: Output) -> None:
    """Raise PluginError, naming the metric's number, for expectations that `read_expects` refuses."""
    try:
        read_expects(output.expects, output.direction)
    except ValueError as error:
        raise PluginError(f"metric output {output.name!r}: {error}") from error


def _check_failures(punished: Mapping[str, tuple[Expectation, ...]], worse: str) -> None:
    for key, level in ((key, level) for key, levels in punished.items() for level in levels):
        wrong = [sign for sign, known in level.signs.items() if sign != worse and not known]
        if wrong and not level.is_open:
            raise ValueError(
                f"expects[{key!r}]: {wrong[0]!r} is a failure of a ranked metric, which this fault should "
                f"make worse ({worse}); expected '{wrong[0]}!' and its reason, or ? to expect nothing"
            )


def expected_of(
    expects: Mapping[str, str], fault: str, extractor: str | None
) -> tuple[Expectation, ...] | None:
    """Return the declared expectations of a fault with this extractor, one per level, or None."""
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
    wrong = [sign for sign in signs if sign not in _SIGNS]
    if wrong:
        raise ValueError(
            f"expects[{key!r}]: {word!r} is no expectation; expected {', '.join(_SIGNS)}, alternatives with "
            "/ between them, each with a ! if it is a known failure, or ?"
        )
    if any(signs.values()) and not reason:
        raise ValueError(f"expects[{key!r}]: a known failure needs its reason: '{word}: why'")
    return Expectation(signs, reason)
