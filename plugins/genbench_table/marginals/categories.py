"""Metric `categories`: which real categories the fakes have, and whether they have others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from genbench_table.columns.values import columns_of
from genbench_table.marginals.parts import mean_of_columns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench import Samples, Score

__all__ = ["categories", "category_adherence", "category_coverage"]

_NONE = "categories needs a column of categories with values in the real table; there is none"


def categories(real: Samples, fake: Samples) -> dict[str, Score]:
    """Return `category-coverage` and `category-adherence`, means over columns in [0, 1]; higher is better.

        category-coverage   share of the real categories that a fake has
        category-adherence  share of the fake values whose category is a real one

    real, fake  tables of one space; columns of categories and truth values count

    Gaps are left out. Samples of one law score below 1 where categories are rare, and coverage rises with n:
    compare at equal n. A column without a fake value scores 0. Extra: `parts`, the value of each column,
    and a `warning` of columns that may be identifiers. Raises Undefined without such a column.

    Source: CategoryCoverage and CategoryAdherence of SDMetrics.
    """
    columns = [column for column in columns_of(real, fake) if not column.is_numeric]
    return {
        "category-coverage": mean_of_columns(columns, category_coverage, _NONE),
        "category-adherence": mean_of_columns(columns, category_adherence, _NONE),
    }


def category_coverage(real: NDArray[np.int64], fake: NDArray[np.int64]) -> float:
    """Return the share of the codes of the real side (n,) that the fake side (m,) has, both without gaps."""
    return float(np.isin(np.unique(real), fake).mean())


def category_adherence(real: NDArray[np.int64], fake: NDArray[np.int64]) -> float:
    """Return the share of the fake codes (m,) that the real side (n,) has, both without gaps."""
    return float(np.isin(fake, real).mean())
