"""Generator `marginals`: independent columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genbench import Samples  # noqa: TC001 - annotations are read at run time
from genbench_table.generators.cells import table_of

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Marginals"]


class Marginals:
    """Draws each cell from the training values of its column, gaps included, with replacement.

    Columns do not depend on one another, so it shows what a metric says of a table whose columns alone are
    right.
    """

    def __init__(self, train: Samples) -> None:
        self._train = train

    def sample(self, n: int, *, rng: np.random.Generator) -> Samples:
        """Return n rows."""
        frame = self._train.data
        columns = {name: frame[name].take(rng.integers(len(frame), size=n)) for name in frame.columns}
        return table_of(columns, self._train.space)
