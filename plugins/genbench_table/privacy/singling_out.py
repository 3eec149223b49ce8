"""Singling out: predicates that hold for one fake, and for one training row."""

from __future__ import annotations

import operator
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import numpy as np
from annotated_types import Ge

from genbench import Undefined
from genbench_table.columns.identifiers import join
from genbench_table.columns.values import columns_of, is_gap
from genbench_table.privacy.risks import Attack, caution_of_attack, residual_risk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from genbench import Samples, Score
    from genbench_table.columns.values import Column

    Rows = NDArray[np.float64]  # (n, d), NaN for gaps

__all__ = ["Condition", "Predicate", "match_rows", "singling_out_multivariate", "singling_out_univariate"]

_FAKE, _TRAIN, _REAL = range(3)
_ATTEMPTS = 100  # for each predicate that is wanted, after which the search for more ends
_MORE = 1.1  # times as many training rows as unseen ones, above which the risk says less


def _is_missing(cells: Any, _: float) -> Any:
    return np.isnan(cells)


def _is_known(cells: Any, _: float) -> Any:
    return ~np.isnan(cells)


class Condition(NamedTuple):
    """What a predicate says of one column: `compare(cell, value)` is true."""

    column: int
    compare: Callable[[Any, float], Any]
    value: float


Predicate = tuple[Condition, ...]  # all conditions are true
_COMPARISONS = (operator.eq, operator.ne, operator.gt, operator.lt, operator.ge, operator.le)


def singling_out_univariate(
    fake: Samples,
    train: Samples,
    real: Samples,
    *,
    attacks: Annotated[int, Ge(1)] = 500,
    rng: np.random.Generator,
) -> Score:
    """Return how well rare values of `fake` single out training rows, in [0, 1]; lower is better.

    fake, train, real  rows of one space; real is unseen in training
    attacks  predicates, at most

    A predicate is true for exactly one fake: a value that occurs once, the least or the greatest number, or
    the only gap of a column. The attacker guesses that it is true for exactly one training row. A naive
    attacker compares a random column with a random value of the fakes. The value is the risk on rows of train
    beyond that on rows of real:

        (a - c) / (1 - c), a and c the Wilson centres of right guesses about train and about real

    Equal rows of a side count as one. Fewer rows are easier to single out, so the larger side is cut to the
    size of the other. Where that is train, a `warning` says so: predicates of a copied row are wrong where
    the row is cut. The extra holds the shares of right guesses, see `residual_risk`.

    Raises Undefined if there is no such predicate, and if the attack does not beat the naive one.

    Source: Giomi et al. 2023 (arXiv:2211.10459); its package anonymeter 1.0.0, where predicates
    that have the same characters are one, dates have no values, and the right guesses about fewer unseen
    rows are extrapolated, which raised the risk of fresh rows to 0.1 where train was 7 times as large.
    """
    return _single_out((fake, train, real), attacks, 1, _list_rare, rng)


def singling_out_multivariate(
    fake: Samples,
    train: Samples,
    real: Samples,
    *,
    attacks: Annotated[int, Ge(1)] = 500,
    columns: Annotated[int, Ge(1)] = 3,
    rng: np.random.Generator,
) -> Score:
    """Return how well combined values of `fake` single out training rows, in [0, 1]; lower is better.

    columns  that a predicate names, at most all

        (a - c) / (1 - c), a and c the Wilson centres of right guesses about train and about real

    As `singling_out_univariate`, with predicates of several columns of a random fake: its category, its gap,
    or numbers at most, or at least, its own, whichever is the side away from the median. Of 100 such
    predicates for each one that is wanted, those that are true for exactly one fake are used.
    """

    def list_predicates(
        fakes: Rows, is_category: Sequence[bool], rng: np.random.Generator
    ) -> Iterator[Predicate]:
        return _list_combined(fakes, is_category, min(columns, fakes.shape[1]), attacks * _ATTEMPTS, rng)

    return _single_out((fake, train, real), attacks, columns, list_predicates, rng)


def _single_out(
    sides: Sequence[Samples],
    attacks: int,
    width: int,
    list_predicates: Callable[[Rows, Sequence[bool], np.random.Generator], Iterator[Predicate]],
    rng: np.random.Generator,
) -> Score:
    """Return the risk of predicates, of which naive ones have `width` conditions at most."""
    columns = columns_of(*sides)
    fakes, train, real = (_list_rows(columns, side) for side in (_FAKE, _TRAIN, _REAL))
    n = min(len(train), len(real))
    caution = join(caution_of_attack(columns, _TRAIN, _FAKE), _caution_of_more(len(train), n))
    train, real = (rows[rng.choice(len(rows), n, replace=False)] for rows in (train, real))
    is_category = [not column.is_numeric for column in columns]
    single = (each for each in list_predicates(fakes, is_category, rng) if match_rows(each, fakes).sum() == 1)
    predicates = list(islice(dict.fromkeys(islice(single, 2 * attacks)), attacks))
    if not predicates:
        raise Undefined("no predicate singles out a fake, so there is no attack; raise attacks")
    naive = [_draw_predicate(fakes, is_category, min(width, fakes.shape[1]), rng) for _ in predicates]
    found, usual = (_match_all(predicates, rows) for rows in (train, real))
    attack = Attack(
        guesses=len(predicates),
        train=_count_singles(found),
        control=_count_singles(usual),
        naive=_count_singles(_match_all(naive, train)),
        clusters=(_measure_clusters(found), _measure_clusters(usual)),
    )
    return residual_risk(attack, caution)


def _caution_of_more(train: int, n: int) -> dict[str, str]:
    """Return a `warning` if only n of the training rows are attacked."""
    if train <= _MORE * n:
        return {}
    return {
        "warning": f"{n:,} of {train:,} different training rows are attacked, as real has no more: the risk "
        f"of copies may be {train / n:.3g} times as high; give as many real rows"
    }


def _list_rows(columns: Sequence[Column], side: int) -> Rows:
    """Return the different rows of a table."""
    import pandas as pd

    cells = [np.where(is_gap(column.sides[side]), np.nan, column.sides[side]) for column in columns]
    rows: Rows = pd.DataFrame(np.column_stack(cells)).drop_duplicates().to_numpy()
    return rows


def _list_rare(fakes: Rows, is_category: Sequence[bool], rng: np.random.Generator) -> Iterator[Predicate]:
    """Yield the predicates of one column that may be true for one fake, in random order."""
    conditions = []
    for place, cells in enumerate(fakes.T):
        values, counts = np.unique(cells[~np.isnan(cells)], return_counts=True)
        conditions.append(Condition(place, _is_missing, 0.0))
        if len(values) and not is_category[place]:
            conditions.append(Condition(place, operator.le, float(values[0])))
            conditions.append(Condition(place, operator.ge, float(values[-1])))
        conditions += [Condition(place, operator.eq, value) for value in values[counts == 1].tolist()]
    for number in rng.permutation(len(conditions)):
        yield (conditions[number],)


def _list_combined(
    fakes: Rows, is_category: Sequence[bool], width: int, attempts: int, rng: np.random.Generator
) -> Iterator[Predicate]:
    """Yield predicates of `width` columns that are true for a random fake."""
    medians = [np.nanmedian(cells) if not np.isnan(cells).all() else np.nan for cells in fakes.T]

    def describe(place: int, value: float) -> Condition:
        if np.isnan(value):
            return Condition(place, _is_missing, 0.0)
        if is_category[place]:
            return Condition(place, operator.eq, value)
        return Condition(place, operator.ge if value > medians[place] else operator.le, value)

    for _ in range(attempts):
        row = fakes[rng.integers(len(fakes))]
        places = np.sort(rng.choice(len(row), width, replace=False))
        yield tuple(describe(int(place), float(row[place])) for place in places)


def _draw_predicate(
    fakes: Rows, is_category: Sequence[bool], width: int, rng: np.random.Generator
) -> Predicate:
    """Return random comparisons of random columns with random ones of their values."""

    def draw(place: int) -> Condition:
        value = float(rng.choice(np.unique(fakes[:, place])))
        if np.isnan(value):
            return Condition(place, (_is_missing, _is_known)[rng.integers(2)], 0.0)
        return Condition(
            place, _COMPARISONS[rng.integers(2 if is_category[place] else len(_COMPARISONS))], value
        )

    return tuple(draw(int(place)) for place in rng.choice(fakes.shape[1], width, replace=False))


def match_rows(predicate: Predicate, rows: Rows) -> NDArray[np.bool_]:
    """Return (n,) for which rows a predicate is true."""
    is_match = np.ones(len(rows), bool)
    for column, compare, value in predicate:
        is_match &= compare(rows[:, column], value)
    return is_match


def _match_all(predicates: Sequence[Predicate], rows: Rows) -> NDArray[np.bool_]:
    return np.array([match_rows(predicate, rows) for predicate in predicates])


def _count_singles(matches: NDArray[np.bool_]) -> int:
    """Return how many predicates are true for exactly one row; matches is (predicates, rows)."""
    return int((matches.sum(axis=1) == 1).sum())


def _measure_clusters(matches: NDArray[np.bool_]) -> float:
    """Return how many predicates single out one row, as a mean over these predicates; >= 1.

    Predicates of one row are right together: the variance of their number is as many times that of
    independent ones.
    """
    hits = matches[matches.sum(axis=1) == 1].sum(axis=0)
    return float((hits**2).sum() / max(1, hits.sum())) if hits.any() else 1.0
