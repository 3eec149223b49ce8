"""What a model says of texts, checked as it comes, and what that comes to for each unit of text."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from genbench import Invalid, Score, Undefined

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    Reals = NDArray[np.float64]

__all__ = ["Cost", "LanguageModel", "cost", "law_of_texts", "log_probabilities", "step_counts"]

_ROUNDING = 1e-6  # nats: what a certain text's log probability may lie above 0, summed up in single precision
_EXCESS = 1e-3  # nats: what a law's sum may lie above 0, from hundreds of steps in single precision
_Z = 1.959963984540054  # quantile 0.975 of the standard normal law
_LARGEST = math.log(np.finfo(np.float64).max)


class LanguageModel(Protocol):
    """A sampler of texts that gives likelihoods; the types are what it promises, and are checked."""

    def log_likelihood(self, texts: Sequence[str]) -> Any:
        """Return the log probability of each text, (n,) nats."""
        ...

    def token_counts(self, texts: Sequence[str]) -> Any:
        """Return how many steps that of each text is the sum of, (n,)."""
        ...


def law_of_texts(model: LanguageModel, texts: Sequence[str], whose: str) -> Reals:
    """Return the log probabilities, (n,) nats, that a model gives texts, if a law can have them.

    whose  as of `log_probabilities`

    Of the different texts those are taken that are not the beginning of another one. What a law gives them
    sums to 1 at most, whether or not it counts the end of a text: if it does not, its numbers are
    probabilities of beginnings, of which no two of these come together. Raises Invalid for a larger sum, and
    as `log_probabilities`. A sum below 1 is no proof of a law.
    """
    nats = log_probabilities(model.log_likelihood(texts), len(texts), whose)
    first = {text: at for at, text in reversed(list(enumerate(texts)))}
    apart = [first[text] for text in _apart(first)]
    total = float(np.logaddexp.reduce(nats[apart], initial=-np.inf))
    if total > _EXCESS:
        raise Invalid(f"{whose} gives {len(apart)} texts, none of which begins another, probabilities of "
                      f"{math.exp(total):.4g} together; those of a law sum to 1 at most")  # fmt: skip
    return nats


def log_probabilities(values: Any, n: int, whose: str) -> Reals:
    """Return (n,) log probabilities of texts in nats, finite and not above 0.

    values  what was given for them
    whose   who gave them: "the sampler's log_likelihood"

    Raises Invalid for anything but n real numbers, NaN, values above 0, and -inf: a model that calls
    impossible what is there has an infinite perplexity, worse than that of any other.
    """
    found = _numbers(values, n, whose)
    wrong = np.isnan(found) | (found > _ROUNDING)
    if wrong.any():
        at = int(wrong.argmax())
        raise Invalid(f"{whose} of text {at + 1} of {n} is {found[at]:g}; "
                      "expected the log of a probability, <= 0")  # fmt: skip
    impossible = np.isneginf(found)
    if impossible.any():
        raise Invalid(
            f"{whose} of text {int(impossible.argmax()) + 1} of {n} is -inf, as of {int(impossible.sum())} "
            "in all: its perplexity would be infinite; a model must leave every text some probability"
        )
    return np.minimum(found, 0.0)


def step_counts(values: Any, n: int, whose: str) -> Reals:
    """Return (n,) numbers of steps, whole and not negative; raise Invalid for anything else."""
    found = _numbers(values, n, whose)
    wrong = ~(np.isfinite(found) & (found >= 0) & (found == np.floor(found)))
    if wrong.any():
        at = int(wrong.argmax())
        raise Invalid(f"{whose} of text {at + 1} of {n} is {found[at]:g}; expected a whole number >= 0")
    return found


@dataclass(frozen=True)
class Cost:
    """Nats that a unit of text costs, with the ends of its 95 % interval: None for one text."""

    value: float
    low: float | None
    high: float | None

    def bits(self) -> Score:
        """Return it in bits."""
        return self._as(lambda nats: nats / math.log(2))

    def perplexity(self, unit: str, failure: type[Invalid | Undefined] = Undefined) -> Score:
        """Return its exponential; raise `failure` where that, or its interval's, is beyond numbers."""
        if max(self.value, self.high or 0) > _LARGEST:
            raise failure(f"a {unit} costs {self.value:.0f} nats, whose exponential no number holds")
        return self._as(math.exp)

    def _as(self, unit: Callable[[float], float]) -> Score:
        low, high = (None if end is None else unit(end) for end in (self.low, self.high))
        return Score(unit(self.value), low, high)


def cost(nats: Reals, units: Reals, unit: str) -> Cost:
    """Return what a unit costs in all texts together, with the standard error over texts.

        r = - sum of nats / sum of units
        error^2 = n / (n - 1) sum of (nats + r units)^2 / (sum of units)^2

    nats   (n,) log probabilities
    units  (n,) units that each text has; "tokens", "words" or "bytes"

    The interval is r -+ 1.96 error, that of a ratio of sums to first order, and not below 0. Raises Undefined
    if there are no units.

    Source: Cochran (1977), "Sampling techniques", sec. 6.4.
    """
    total = float(units.sum())
    if not total:
        raise Undefined(f"the texts hold no {unit}s")
    value, n = (0.0 - float(nats.sum())) / total, len(nats)  # 0.0 -: what costs nothing costs 0, not -0
    if n == 1:
        return Cost(value, None, None)
    error = math.sqrt(n / (n - 1) * float(np.square(nats + value * units).sum())) / total
    return Cost(value, max(0.0, value - _Z * error), value + _Z * error)


def _apart(texts: Iterable[str]) -> list[str]:
    """Return those of different texts that are not the beginning of another one."""
    ordered = sorted(texts)
    return [
        text
        for text, following in zip_longest(ordered, ordered[1:])  # what begins with a text follows it at once
        if following is None or not following.startswith(text)
    ]


def _numbers(values: Any, n: int, whose: str) -> Reals:
    """Return (n,) numbers as float64; raise Invalid for anything else."""
    try:
        found = np.asarray(values)
        is_real = found.dtype.kind in "fiu"
    except (TypeError, ValueError, RuntimeError):
        is_real = False
    if not is_real:
        raise Invalid(
            f"{whose} gave a {type(values).__name__} that is no array of numbers; expected {n} of them"
        )
    if found.shape != (n,):
        raise Invalid(f"{whose} gave the shape {found.shape}; expected ({n},), one number a text")
    return found.astype(np.float64)
