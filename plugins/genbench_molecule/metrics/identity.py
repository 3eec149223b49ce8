"""Uniqueness and novelty of molecules: shares of different molecules, not of different strings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
from annotated_types import Ge

from genbench import Undefined
from genbench_molecule.chemistry.text_numbers import keys

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["novelty", "uniqueness"]


def uniqueness(fake: NDArray[np.float32], *, k: Annotated[int, Ge(1)] | None = None) -> float:
    """Return the share of different molecules among the first `k` valid fakes, in (0, 1]; higher is better.

        different molecules among the first k / k

    fake  (n, 3) identities of the valid fakes, in their order
    k     molecules that count, 1000 or 10000 in MOSES; None: all

    It falls with the number of molecules: compare at equal k or n. Raises Undefined for fewer than k valid
    fakes.

    Source: Polykovskiy et al. 2020 (arXiv:1811.12823), sec. 4, Unique@k.
    """
    if k is not None and len(fake) < k:
        raise Undefined(f"uniqueness needs {k} valid fakes, there are {len(fake)}; make more or lower k")
    chosen = keys(fake[:k])
    return len(np.unique(chosen)) / len(chosen)


def novelty(train: NDArray[np.float32], fake: NDArray[np.float32]) -> float:
    """Return the share of the different valid fakes that are no training molecule, in [0, 1].

        different valid fakes that train lacks / different valid fakes

    train, fake  (l, 3) and (n, 3) identities: equal for all strings of one molecule

    Copies score 0, in any order of their atoms. Noise scores 1, and real molecules that were
    held out score near 1: neither direction is better.

    Source: Polykovskiy et al. 2020 (arXiv:1811.12823), sec. 4.
    """
    made = np.unique(keys(fake))
    return float(1 - np.isin(made, keys(train)).mean())
