"""Attacks by the closest fakes: linkability and attribute inference."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import numpy as np
from annotated_types import Ge, Gt

from genbench import Score, Undefined, log_parts, no_log
from genbench_table.columns.values import columns_of, is_gap, suggest_column
from genbench_table.privacy.closest import closest_rows
from genbench_table.privacy.mixed_rows import capped_distance
from genbench_table.privacy.risks import Attack, caution_of_attack, cut_risk, estimate_residual, residual_risk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from genbench import Log, Samples
    from genbench_table.columns.values import Column

__all__ = ["attribute_inference", "linkability"]

_FAKE, _TRAIN, _REAL = range(3)


def linkability(
    fake: Samples,
    train: Samples,
    real: Samples,
    *,
    attacks: Annotated[int, Ge(1)] = 500,
    neighbours: Annotated[int, Ge(1)] = 1,
    columns: tuple[str, ...] = (),
    rng: np.random.Generator,
    log: Log = no_log,
) -> Score:
    """Return how much `fake` helps to link two parts of a training row, in [0, 1]; lower is better.

    fake, train, real  rows of one space of two columns or more; real is unseen in training
    attacks     rows attacked on each side, at most
    neighbours  fakes that are looked up for each part
    columns     the columns of the first part, the others being the second; (): half of them, drawn at random

    The attacker has two parts of a row, and links them if one fake is among the closest `neighbours` of both.
    The value is the risk on rows of train beyond that on rows of real:

        (a - c) / (1 - c), a and c the Wilson centres of links in train and in real

    A naive attacker draws the fakes at random. The distance is that of `privacy`, with ranges of the attacked
    rows and the fakes. The extra holds the shares of links, see `residual_risk`, and the `columns` of the
    first part.

    Raises Undefined if the attack does not beat the naive one, if a part has no column, and with fewer fakes
    than neighbours. Takes time for 2 `attacks` n pairs of rows.

    Source: Giomi et al. 2023 (arXiv:2211.10459); its package anonymeter 1.0.0, where two gaps have
    the distance 1, not 0.
    """
    sides = _draw_attacked((fake, train, real), attacks, rng)
    table = columns_of(*sides)
    first = _choose_columns(table, columns, rng)
    parts = [[each for each in table if (each.name in first) == is_first] for is_first in (True, False)]
    if not all(parts):
        raise Undefined("linkability needs a column on each side of the link")
    n = len(fake)
    if n < neighbours:
        raise Undefined(f"linkability needs as many fakes as neighbours, {neighbours}; it got {n}")

    def count_links(side: int, log: Log) -> int:
        one, other = (
            _find_fakes(part, side, neighbours, part_log)
            for part, part_log in zip(parts, log_parts(log, 1, 1), strict=True)
        )
        return int((one[:, :, None] == other[:, None, :]).any(axis=(1, 2)).sum())

    logs = log_parts(log, 1, 1)
    links, usual = (count_links(side, each) for side, each in zip((_TRAIN, _REAL), logs, strict=True))
    guesses = len(sides[_TRAIN])
    naive = guesses * _share_of_overlaps(n, neighbours)
    found = residual_risk(Attack(guesses, links, usual, naive), caution_of_attack(table, _TRAIN, _FAKE))
    return Score(found.value, found.low, found.high, {**found.extra, "columns": sorted(first)})


def attribute_inference(
    fake: Samples,
    train: Samples,
    real: Samples,
    *,
    attacks: Annotated[int, Ge(1)] = 500,
    secret: str | None = None,
    tolerance: Annotated[float, Gt(0)] = 0.05,
    rng: np.random.Generator,
    log: Log = no_log,
) -> Score:
    """Return how much `fake` helps to guess a cell of a training row, in [0, 1]; lower is better.

    fake, train, real  rows of one space of two columns or more; real is unseen in training
    attacks    rows attacked on each side, at most
    secret     the column that is guessed from all others; None: each in turn, and the mean of their risks
    tolerance  a guess of a number is right within this share of it; others have to be equal

    The attacker knows a row but for one cell, and guesses that of the closest fake. A naive attacker takes
    the cell of a random fake; columns in which the guesses about both sides do not beat it are left out. The
    value is the risk on rows of train beyond that on rows of real:

        (a - c) / (1 - c), a and c the Wilson centres of right guesses about train and about real

    The interval of the mean allows for guesses of several columns of one row that are right together. The
    distance is that of `privacy`, with ranges of the attacked rows and the fakes. The extra holds the risk of
    each column as `parts`, those left out as `undetermined`, the number of `guesses` in each, and a
    `warning`; with a secret, see `residual_risk`.

    Raises Undefined if the attack beats the naive one in no column. Takes time for 2 `attacks` n pairs of
    rows for each secret.

    Source: Giomi et al. 2023 (arXiv:2211.10459); its package anonymeter 1.0.0, where any negative
    guess of a number is right, and two gaps have the distance 1, not 0.
    """
    sides = _draw_attacked((fake, train, real), attacks, rng)
    table = columns_of(*sides)
    _check_columns(table, () if secret is None else (secret,))
    secrets = [column for column in table if secret in (None, column.name)]
    if len(table) == 1:
        raise Undefined(f"attribute-inference needs columns beside the secret {table[0].name!r}")
    found = {}
    for column, part in zip(secrets, log_parts(log, *[1] * len(secrets)), strict=True):
        known = [other for other in table if other is not column]
        right = []
        for side, side_log in zip((_TRAIN, _REAL), log_parts(part, 1, 1), strict=True):
            guesses = column.sides[_FAKE][_find_fakes(known, side, 1, side_log)[:, 0]]
            right.append(_are_right(guesses, column.sides[side], column, tolerance))
        on_train, on_real = right
        found[column.name] = _Guesses(on_train, on_real, _count_naive(column, tolerance))
    caution = caution_of_attack(table, _TRAIN, _FAKE)
    return _mean_risk(found, caution) if secret is None else residual_risk(found[secret].attack, caution)


class _Guesses(NamedTuple):
    """Which guesses of a column are right about train and real, (n,) bool, and how many of a naive attack."""

    train: NDArray[np.bool_]
    real: NDArray[np.bool_]
    naive: float

    @property
    def attack(self) -> Attack:
        """Their numbers."""
        return Attack(len(self.train), int(self.train.sum()), int(self.real.sum()), self.naive)

    @property
    def beat_naive(self) -> bool:
        """Whether those about both sides do: those about train alone would select columns of a high risk."""
        return self.attack.train + self.attack.control > 2 * self.naive


def _draw_attacked(sides: Sequence[Samples], most: int, rng: np.random.Generator) -> list[Samples]:
    """Return the fakes, and equally many rows of train and of real, at most `most`, drawn at random."""
    fake, *others = sides
    n = min(most, *map(len, others))
    return [fake, *(side.take(rng.choice(len(side), n, replace=False)) for side in others)]


def _find_fakes(columns: Sequence[Column], side: int, k: int, log: Log) -> NDArray[np.intp]:
    """Return (n, k) the places of the k fakes closest to each row of a side, by some columns."""
    return closest_rows(capped_distance(columns, side, _FAKE, (side, _FAKE)), k, log=log)


def _choose_columns(
    table: Sequence[Column], names: tuple[str, ...], rng: np.random.Generator
) -> frozenset[str]:
    """Return the names of the columns of the first part: those given, or half of all."""
    _check_columns(table, names)
    known = [column.name for column in table]
    return frozenset(names or rng.choice(known, len(known) // 2, replace=False).tolist())


def _check_columns(table: Sequence[Column], names: tuple[str, ...]) -> None:
    """Raise Undefined if the table lacks a column of these names."""
    known = [column.name for column in table]
    if unknown := sorted(set(names) - set(known)):
        raise Undefined(f"the table has no column {unknown[0]!r}{suggest_column(unknown[0], known)}; "
                        f"it has {', '.join(known)}")  # fmt: skip


def _share_of_overlaps(n: int, k: int) -> float:
    """Return the probability that two draws of k of n share one."""
    places = np.arange(k)
    return 1 - float(np.prod(np.maximum(n - k - places, 0) / (n - places)))


def _are_right(
    guesses: NDArray[Any], secrets: NDArray[Any], column: Column, tolerance: float
) -> NDArray[np.bool_]:
    """Return which guesses are right; dates have to be equal, and so do gaps."""
    reach = tolerance * np.abs(guesses) if column.kind in ("number", "integer") else 0
    right: NDArray[np.bool_] = np.abs(guesses - secrets) <= reach
    return right | (is_gap(guesses) & is_gap(secrets))


def _count_naive(column: Column, tolerance: float) -> float:
    """Return the expected number of right guesses about train, if each is the cell of a random fake."""
    cells = column.sides[_FAKE]
    return float(sum(_are_right(cells, secret, column, tolerance).mean() for secret in column.sides[_TRAIN]))


def _mean_risk(guesses: dict[str, _Guesses], caution: dict[str, str]) -> Score:
    """Return the mean of the risks of columns in which the attack beats the naive one."""
    beaten = {name: each for name, each in guesses.items() if each.beat_naive}
    if not beaten:
        raise Undefined(
            "undetermined: in no column does the attack beat the naive one, so it says nothing of the "
            "risk; give more rows or attacks"
        )
    risks, *errors = zip(*(estimate_residual(each.attack) for each in beaten.values()), strict=True)
    sides = zip(*((each.train, each.real) for each in beaten.values()), strict=True)
    error = math.hypot(*(_error_of_mean(*each) for each in zip(errors, sides, strict=True)))
    extra = {
        "parts": {name: min(max(risk, 0.0), 1.0) for name, risk in zip(beaten, risks, strict=True)},
        "undetermined": sorted(guesses.keys() - beaten.keys()),
        "guesses": next(iter(guesses.values())).attack.guesses,
        **caution,
    }
    return cut_risk(float(np.mean(risks)), error, extra)


def _error_of_mean(errors: Sequence[float], right: Sequence[NDArray[np.bool_]]) -> float:
    """Return the error of the mean of k columns with these errors, whose guesses (n,) are correlated."""
    centred = np.array([each - each.mean() for each in right])
    norms = np.sqrt((centred**2).sum(axis=1))
    unit = centred / np.where(norms > 0, norms, 1.0)[:, None]
    correlation = unit @ unit.T
    np.fill_diagonal(correlation, 1.0)  # also where all guesses are right, or none
    return float(np.sqrt(np.array(errors) @ correlation @ np.array(errors))) / len(errors)
