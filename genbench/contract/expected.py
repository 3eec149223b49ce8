"""Words for the effect of a fault that the author of a metric expects, as values that can be combined.

    expects={
        "noise": worse,                                                        at every level
        "blur": (unchanged.because("a little is no harm"), worse, worse),      per level, mildest first
        "duplicates": worse | unchanged,                                       either of them
        "train-copies": better.because("copies are nearer than new data"),     a known failure
        "noise[pixels]": anything,                                             with this extractor
    }

The words are about quality, because that is what the author and the reader of a card want to know, and so
they say the same of a metric of which less is better as of one of which more is. For a target, `worse` is
farther from it. Only a metric with the direction "none" has no better and worse: its number `rises` or
`falls`. Each metric has one way to say each thing; the other words are refused.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from genbench.core.errors import PluginError
from genbench.core.grouping import group_pairs

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "Expected", "anything", "better", "change_word", "check_expects", "falls", "format_expected", "mixed",
    "rises", "unchanged", "worse",
]  # fmt: skip

#: Direction to the words for a rise and a fall of the number, or of its distance from a target.
_MOVES = {
    "lower": ("worse", "better"),
    "target": ("worse", "better"),
    "higher": ("better", "worse"),
    "none": ("rises", "falls"),
}
_N_CHANGES = 3  # what a score can do under a fault: rise, fall, or neither


@dataclass(frozen=True, repr=False)
class Expected:
    """What a score may do under a fault: words, each with the reason of a failure, or "" if it is none.

    words  such as (("worse", ""), ("unchanged", "why the metric fails to detect the fault"))
    """

    words: tuple[tuple[str, str], ...]

    def because(self, reason: str) -> Expected:
        """Return the same words, such as "unchanged", as a known failure of the metric.

        reason  why the metric fails so; the metric's card shows it

        Raises PluginError without a reason, and for `anything`, which cannot fail.
        """
        if not isinstance(reason, str) or not reason.strip():
            raise PluginError(f"{self}.because({reason!r}); expected the reason, a text")
        if "anything" in self.correct_words:
            raise PluginError(f'{self}.because("{reason}"); anything is no failure: name the words that are')
        return Expected(tuple((word, reason) for word, _ in self.words))

    def __or__(self, other: Expected) -> Expected:
        """Return the words of both, as alternatives; for a word of both, the reason of `other` counts."""
        if not isinstance(other, Expected):
            return NotImplemented
        return Expected(tuple({**self.reasons, **other.reasons}.items()))

    def __bool__(self) -> bool:
        """Raise PluginError always: `worse or unchanged` would otherwise be `worse` alone."""
        raise PluginError(f"{self} is neither true nor false; write a | b, not 'a or b'")

    @property
    def reasons(self) -> dict[str, str]:
        """The words, such as "worse", each with the reason of the metric's failure, or "" if it is none."""
        return dict(self.words)

    @property
    def correct_words(self) -> tuple[str, ...]:
        """The words, such as "worse", for correct results; a word with a reason is a known failure."""
        return tuple(word for word, reason in self.words if not reason)

    @property
    def is_open(self) -> bool:
        """Whether every result is correct: `anything`, or three words for a rise, a fall and no change."""
        # "mixed" is none of the three: it is the word for a rise in some seeds and a fall in others
        return "anything" in self.correct_words or len(set(self.correct_words) - {"mixed"}) == _N_CHANGES

    def __repr__(self) -> str:
        """Return the words as their author writes them: `worse | unchanged.because("the reason")`."""
        groups = group_pairs((reason, word) for word, reason in self.words)
        return " | ".join(
            _format_failure(words, reason) if reason else " | ".join(words)
            for reason, words in sorted(groups.items(), key=lambda group: bool(group[0]))  # no reason first
        )


def _format_failure(words: list[str], reason: str) -> str:
    """Return words and their reason as source text, such as `(worse | mixed).because("why")`."""
    either = words[0] if len(words) == 1 else f"({' | '.join(words)})"
    return f"{either}.because({json.dumps(reason, ensure_ascii=False)})"


def _make_word(word: str) -> Expected:
    """Return the expectation of one word, such as "worse", without the reason that a known failure has."""
    return Expected(((word, ""),))


#: The score gets worse, or better, in all seeds; for a metric with a direction.
worse, better = _make_word("worse"), _make_word("better")
#: The number rises, or falls, in all seeds; for a metric without a direction.
rises, falls = _make_word("rises"), _make_word("falls")
#: It neither rises nor falls in all seeds.
unchanged = _make_word("unchanged")
#: It moves, both ways, under a fault that may move nothing.
mixed = _make_word("mixed")
#: Nothing is expected.
anything = _make_word("anything")


def change_word(sign: str, direction: str) -> str:
    """Return the word for a change of a metric's number, such as "worse".

    sign       "+" or "-" for a rise or a fall in all seeds, "~" for both ways, "0" for no change
    direction  whether "lower" or "higher" numbers are better, or "none"; for "target", `sign` is that of
               the change in distance from the target
    """
    rise, fall = _MOVES[direction]
    return {"+": rise, "-": fall, "0": "unchanged", "~": "mixed"}[sign]


def format_expected(expected: Expected | tuple[Expected, ...]) -> str:
    """Return the expectation of a fault as its author writes it; a tuple has one for each of its levels."""
    return f"({', '.join(map(str, expected))})" if isinstance(expected, tuple) else str(expected)


def check_expects(expects: Mapping[str, object], direction: str, who: str) -> None:
    """Raise PluginError if a value of `expects` is no word, or no word that suits the metric's direction.

    expects  the effect that the metric's author expects of each fault, such as {"noise": worse}
    who      the metric, for messages
    """
    words = (*_MOVES[direction], "unchanged", "mixed", "anything")
    for key, value in expects.items():
        levels = value if isinstance(value, tuple) else (value,)
        if not levels or not all(isinstance(level, Expected) for level in levels):
            raise PluginError(
                f"{who}: expects[{key!r}] is {value!r}; expected {', '.join(words)}, alternatives such as "
                f"{words[0]} | unchanged, or a tuple of them, one per level"
            )
        wrong = [word for level in levels for word in level.reasons if word not in words]
        if wrong:
            raise PluginError(
                f"{who}: expects[{key!r}]: {wrong[0]!r} does not suit a metric whose direction is "
                f"{direction!r}; expected {', '.join(words)}"
            )
