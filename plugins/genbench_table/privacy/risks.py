"""Risks of attacks on single rows: successes on training rows beyond those on unseen rows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from genbench import Score, Undefined
from genbench_table.columns.identifiers import caution_of_identifiers, join

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from genbench_table.columns.values import Column

__all__ = ["Attack", "caution_of_attack", "cut_risk", "estimate_residual", "residual_risk"]

_NO_GUARANTEE = {"warning": "a failed attack is no guarantee of privacy: a stronger attack may succeed"}

_NORMAL_975 = 1.959963984540054  # Phi^-1(0.975)


@dataclass(frozen=True)
class Attack:
    """Guesses of an attacker, and how many of them are right.

    guesses  number of guesses about training rows, >= 1; as many are made about unseen rows
    train    right guesses about training rows
    control  right guesses about unseen rows
    naive    right guesses about training rows without a look at the rows of the fakes
    clusters  how many right guesses about training rows, and about unseen rows, are one: 1 if independent
    """

    guesses: int
    train: float
    control: float
    naive: float
    clusters: tuple[float, float] = (1.0, 1.0)

    @property
    def beats_naive(self) -> bool:
        """Whether it guesses right more often than without the fakes; otherwise its risk means nothing."""
        return self.train > self.naive


def caution_of_attack(columns: Sequence[Column], train: int, fake: int) -> dict[str, str]:
    """Return the `warning` of each number of an attack, with which every table of them shows its limits.

    It also names columns of train that may be identifiers, and keys that the fakes have new values of.

    columns      of several tables
    train, fake  the places of the tables of training rows and of fakes
    """
    return join(_NO_GUARANTEE, caution_of_identifiers(columns, train, fake))


def residual_risk(attack: Attack, caution: Mapping[str, str]) -> Score:
    """Return the risk of an attack, in [0, 1], with an interval of 95 %; 0 is best.

        risk = (a - c) / (1 - c), cut to [0, 1]

    a and c are the centres of Wilson's intervals for the shares of right guesses about training rows and
    about unseen rows: (s + z^2 / 2) / (n + z^2). The error of the risk is propagated from their half-widths
    and added and subtracted before the cut. The extra holds both shares, that of the naive attack, the number
    of `guesses`, and the caution.

    Raises Undefined if the attack does not beat the naive one: the risk is then undetermined.

    Source: Giomi et al. 2023 (arXiv:2211.10459); Wilson 1927 (doi:10.1080/01621459.1927.10502953).
    """
    if not attack.beats_naive:
        raise Undefined(
            f"undetermined: the attack is right in {attack.train:g} of {attack.guesses} guesses, and the "
            f"naive one in {attack.naive:.3g}, so it says nothing of the risk; give more rows or attacks"
        )
    value, *errors = estimate_residual(attack)
    shares = {
        name: successes / attack.guesses
        for name, successes in (("train", attack.train), ("control", attack.control), ("naive", attack.naive))
    }
    extra = {**shares, "guesses": attack.guesses, **caution}
    return cut_risk(value, math.hypot(*errors), extra)


def cut_risk(value: float, error: float, extra: Mapping[str, Any]) -> Score:
    """Return the score of a risk and half the width of its interval, cut to [0, 1]."""
    value, low, high = (min(max(each, 0.0), 1.0) for each in (value, value - error, value + error))
    return Score(value, low, high, extra)


def estimate_residual(attack: Attack) -> tuple[float, float, float]:
    """Return the risk before it is cut, and its errors from the guesses about train and about unseen rows.

    Errors are half the width of an interval of 95 %.
    """
    (a, a_error), (c, c_error) = (
        _wilson(right, attack.guesses, size)
        for right, size in zip((attack.train, attack.control), attack.clusters, strict=True)
    )
    return (a - c) / (1 - c), a_error / (1 - c), c_error * (1 - a) / (1 - c) ** 2


def _wilson(successes: float, n: int, cluster: float) -> tuple[float, float]:
    """Return the centre of a share's Wilson interval of 95 %, and its half-width for n / cluster guesses."""
    z2 = _NORMAL_975**2
    share, size = successes / n, n / cluster
    spread = size * share * (1 - share) + z2 / 4
    return (successes + z2 / 2) / (n + z2), _NORMAL_975 * math.sqrt(spread) / (size + z2)
