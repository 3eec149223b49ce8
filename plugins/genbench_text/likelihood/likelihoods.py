"""Validated log probabilities and token counts of a model, and the cost of a unit of text."""

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

_ROUNDING = 1e-6  # nats: float32 sums of log probabilities near 0 exceed 0 by less
_EXCESS = 1e-3  # nats: float32 rounding of the sum over hundreds of steps
_Z = 1.959963984540054  # quantile 0.975 of the standard normal law
_LARGEST = math.log(np.finfo(np.float64).max)


class LanguageModel(Protocol):
    """A sampler of texts with likelihoods; its results are validated."""

    def log_likelihood(self, texts: Sequence[str]) -> Any:
        """Return the log probability of each text, (n,) nats."""
        ...

    def token_counts(self, texts: Sequence[str]) -> Any:
        """Return the number of steps in each text's log probability, (n,)."""
        ...


def law_of_texts(model: LanguageModel, texts: Sequence[str], whose: str) -> Reals:
    """Return a model's log probabilities of texts, (n,) nats, if they can belong to a distribution.

    whose  as in `log_probabilities`

    The check uses the distinct texts that are not a prefix of another one. Their probabilities sum to at most
    1 whether or not the model counts the end of a text: without it, they are probabilities of prefixes,
    and these prefixes exclude each other. Raises Invalid for a larger sum, and what `log_probabilities`
    raises. A sum below 1 does not prove that the model is a distribution.
    """
    nats = log_probabilities(model.log_likelihood(texts), len(texts), whose)
    first = {text: at for at, text in reversed(list(enumerate(texts)))}
    apart = [first[text] for text in _drop_prefixes(first)]
    total = float(np.logaddexp.reduce(nats[apart], initial=-np.inf))
    if total > _EXCESS:
        raise Invalid(f"{whose} gives {len(apart)} texts, none of which begins another, probabilities of "
                      f"{math.exp(total):.4g} together; those of a law sum to 1 at most")  # fmt: skip
    return nats


def log_probabilities(values: Any, n: int, whose: str) -> Reals:
    """Return (n,) log probabilities of texts in nats, finite and not above 0.

    values  the model's result
    whose   the source, for messages: "the sampler's log_likelihood"

    Raises Invalid for anything but n real numbers, for NaN, values above 0, and -inf: a model that assigns
    probability 0 to an existing text has an infinite perplexity.
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
            "in all: its perplexity would be infinite; every text must have a positive probability"
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
    """The cost of a unit of text in nats, with its 95 % interval: None for one text."""

    value: float
    low: float | None
    high: float | None

    def bits(self) -> Score:
        """Return the cost in bits."""
        return self._as(lambda nats: nats / math.log(2))

    def perplexity(self, unit: str, failure: type[Invalid | Undefined] = Undefined) -> Score:
        """Return its exponential; raise `failure` if that, or its interval, overflows."""
        if max(self.value, self.high or 0) > _LARGEST:
            raise failure(f"a {unit} costs {self.value:.0f} nats, whose exponential no number holds")
        return self._as(math.exp)

    def _as(self, unit: Callable[[float], float]) -> Score:
        low, high = (None if end is None else unit(end) for end in (self.low, self.high))
        return Score(unit(self.value), low, high)


def cost(nats: Reals, units: Reals, unit: str) -> Cost:
    """Return the cost of a unit over all texts, with the standard error over texts.

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
        raise Undefined(f"the texts have no {unit}s; expected at least one")
    value, n = (0.0 - float(nats.sum())) / total, len(nats)  # 0.0 -: a cost of 0 is not -0
    if n == 1:
        return Cost(value, None, None)
    error = math.sqrt(n / (n - 1) * float(np.square(nats + value * units).sum())) / total
    return Cost(value, max(0.0, value - _Z * error), value + _Z * error)


def _drop_prefixes(texts: Iterable[str]) -> list[str]:
    """Return the distinct texts that are not a prefix of another one."""
    ordered = sorted(texts)
    return [
        text
        for text, following in zip_longest(
            ordered, ordered[1:]
        )  # in sorted order, texts with this prefix follow immediately
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
            f"{whose} returned a {type(values).__name__} that is not an array of numbers; expected {n}"
        )
    if found.shape != (n,):
        raise Invalid(f"{whose} returned the shape {found.shape}; expected ({n},), one number per text")
    return found.astype(np.float64)
