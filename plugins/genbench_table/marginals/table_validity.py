"""Metric `table-validity`: the share of fake values that the real columns allow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from genbench_table.columns.values import columns_of
from genbench_table.marginals.categories import category_adherence
from genbench_table.marginals.parts import mean_of_columns
from genbench_table.marginals.ranges import boundary_adherence

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench import Samples, Score

__all__ = ["table_validity"]


def table_validity(real: Samples, fake: Samples) -> Score:
    """Return the mean over columns of the share of valid fake values, in [0, 1]; higher is better.

        mean over columns of valid fake values / fake values

    A number or date is valid in the range of the real column, a category or truth value if the real column
    has it: the mean of boundary-adherence and category-adherence over all columns.

    real, fake  tables of one space

    Gaps are left out. A column without a real value is left out, and a column without a fake value scores 0.
    Copies of one real row are valid. Samples of one law score slightly below 1, nearer to it with more real
    rows. Extra: `parts`, the value of each column, and a `warning` of columns that may be identifiers,
    whose new values are not valid. Raises Undefined if no column has a real value.

    Source: Data Validity of SDMetrics.
    """
    otherwise = "table-validity needs a column with values in the real table; all are missing"
    return mean_of_columns(columns_of(real, fake), _share_valid, otherwise)


def _share_valid(real: NDArray[Any], fake: NDArray[Any]) -> float:
    return (boundary_adherence if real.dtype.kind == "f" else category_adherence)(real, fake)
