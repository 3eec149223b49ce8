"""What an extractor gives: checked, written down, and held against the labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from genbench.core.errors import Invalid
from genbench.core.guarding import guarded
from genbench.core.samples import not_finite

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from numpy.typing import NDArray

    from genbench.core.samples import Samples
    from genbench.suite.components import Part

    Arrays = dict[str, NDArray[np.float32]]

__all__ = ["accuracy_note", "extracted", "write_arrays"]

_DTYPES = (np.float32, np.float64)


def extracted(
    extractor: Callable[[Samples], Any], part: Part, within: Callable[[], AbstractContextManager[None]],
    samples: Samples,
) -> Arrays:  # fmt: skip
    """Return an extractor's outputs, made within a context and checked against its spec."""
    with within():
        arrays = extractor(guarded(samples))
        _check_arrays(arrays, part.spec.outputs, len(samples))
    return dict(arrays)


def _check_arrays(arrays: Any, outputs: Mapping[str, str], n: int) -> None:
    """Raise Invalid unless these are finite (n, d) float32 arrays under the names of `outputs`."""
    if not isinstance(arrays, dict) or set(arrays) != set(outputs):
        got = sorted(arrays) if isinstance(arrays, dict) else type(arrays).__name__
        raise Invalid(f"expected the outputs {sorted(outputs)}, got {got}")
    for name, array in arrays.items():
        if not isinstance(array, np.ndarray) or array.dtype not in _DTYPES or array.ndim != 2:  # noqa: PLR2004
            raise Invalid(
                f"output {name!r}: expected an (n, d) array of float32, or of float64 if it was given so"
            )
        if len(array) != n:
            raise Invalid(f"output {name!r}: expected {n} rows, got {len(array)}")
        if not_finite(array)[0]:
            raise Invalid(f"output {name!r} holds values that are not finite")


def write_arrays(arrays: Arrays, folder: Path) -> None:
    """Write each output to a file of its own."""
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array, allow_pickle=False)


def accuracy_note(arrays: Arrays, samples: Samples, train: Samples | None) -> dict[str, float]:
    """Return how often the likeliest class is the label, where there are probabilities and labels.

    The columns of `probabilities` are the labels of `train` in ascending order; where their numbers differ,
    the extractor knows other classes than the data and there is nothing to note.
    """
    if "probabilities" not in arrays or samples.labels is None or train is None or train.labels is None:
        return {}
    classes = np.unique(train.labels)
    probabilities = arrays["probabilities"]
    if len(classes) != probabilities.shape[1]:
        return {}
    return {"accuracy": float((classes[probabilities.argmax(axis=1)] == samples.labels).mean())}
