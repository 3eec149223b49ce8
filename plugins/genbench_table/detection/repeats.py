"""Rows that equal another row of their side, and the caution of a classifier's score that they spoil."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from genbench_table.numeric.shares import is_above

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["caution_of_repeats", "copies_of_rows", "repeated_share"]

_LEAST = 0.02  # of the rows
_A_PAIR = 2  # rows repeat together, so that as few draws decide their share


def caution_of_repeats(real: NDArray[np.float64], fake: NDArray[np.float64]) -> dict[str, str]:
    """Return the `warning` for the extra of a score if fakes repeat one another more than real rows do.

    real, fake  (n, d) and (m, d), NaN being equal to NaN

    The share of rows that equal another row of their side is 2 % higher among the fakes, and more than chance
    explains. Shares are those of equally many rows, since more rows repeat one another more often.
    """
    n = min(len(real), len(fake))
    copies = copies_of_rows(fake)
    usual, share = repeated_share(copies_of_rows(real), n), repeated_share(copies, n)
    if share - usual < _LEAST or not is_above(share, usual, n / _A_PAIR, n / _A_PAIR):
        return {}
    return {
        "warning": f"{np.mean(copies > 0):.0%} of the fakes equal another fake: the trees recognise these, "
        "so c2st is above what single rows would give"
    }


def copies_of_rows(rows: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return for each row of (n, d) how many other rows are equal to it."""
    import pandas as pd

    frame = pd.DataFrame(rows)
    groups: Any = frame.groupby(list(frame), dropna=False, sort=False)
    counts: NDArray[np.intp] = groups[frame.columns[0]].transform("size").to_numpy()
    return counts - 1


def repeated_share(copies: NDArray[np.intp], n: int) -> float:
    """Return the expected share of rows that equal another one among n of them, drawn at random.

    copies  (m,) of each row, m >= n
    """
    others = max(1, len(copies) - 1)
    return float(np.mean(1 - (1 - (n - 1) / others) ** copies))
