"""Calls of extractors: checks of their outputs, and the files of features."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from genbench.core.arrays import check_unmasked, find_not_finite, freeze
from genbench.core.containers import find_container
from genbench.core.errors import Invalid
from genbench.core.extracted import Extracted
from genbench.core.samples import guard
from genbench.files.sample_files import read_array

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from numpy.typing import NDArray

    from genbench.contract.specs import ExtractorSpec
    from genbench.core.samples import Samples
    from genbench.suite.components import Part

    Arrays = dict[str, NDArray[np.float32]]

__all__ = ["extract_features", "make_accuracy_note", "read_arrays", "write_arrays"]

_DTYPES = (np.float32, np.float64)  # float64 for samples of float64, as the check `dtypes` demands
_VALID = "valid_rows.npy"  # no output has this name, since names hold no underscore


def extract_features(
    extractor: Callable[[Samples], Any], part: Part[ExtractorSpec],
    within: Callable[[], AbstractContextManager[None]], samples: Samples,
) -> Extracted:  # fmt: skip
    """Return an extractor's checked outputs of samples, (n, d) arrays by name, and a mask of the valid rows.

    within  returns the context of the call, which raises errors in it as errors of the component

    Rows of samples without features are zero. Outputs that share the memory of the samples remain views;
    others are copied, since the extractor may overwrite its own memory at the next call. Raises Invalid,
    within the context, for outputs that do not fit the spec.
    """
    given = guard(samples)
    with within():  # the checks too: their errors are the extractor's
        answer = extractor(given)
        if isinstance(answer, Extracted):
            arrays, valid = answer.arrays, answer.valid
        else:  # arrays alone: all samples have features
            arrays, valid = answer, np.ones(len(samples), bool)
        _check_valid(valid, len(samples))
        checked = _check_and_mask(arrays, valid, part.spec.outputs, len(samples))
        own = {name: array if _is_view(array, given) else array.copy() for name, array in checked.items()}
        return Extracted(own, valid.copy())


def write_arrays(extracted: Extracted, folder: Path) -> None:
    """Write each output to `folder`/OUTPUT.npy, and which rows are valid unless all are."""
    for name, array in extracted.arrays.items():
        np.save(folder / f"{name}.npy", array, allow_pickle=False)
    if not extracted.valid.all():
        np.save(folder / _VALID, extracted.valid, allow_pickle=False)


def read_arrays(folder: Path, outputs: Iterable[str]) -> Extracted:
    """Return the features that `write_arrays` wrote to a folder, memory-mapped and read-only."""
    arrays = {name: read_array(folder / f"{name}.npy") for name in outputs}
    if (folder / _VALID).exists():
        return Extracted(arrays, read_array(folder / _VALID))
    # Without the file, all rows are valid. All outputs have the same number of rows, so `min` returns it.
    return Extracted(arrays, freeze(np.ones(min(map(len, arrays.values())), bool)))


def make_accuracy_note(extracted: Extracted, samples: Samples, train: Samples | None) -> dict[str, float]:
    """Return {"accuracy": share of samples whose likeliest class is their label, in [0, 1]}, or {}.

    The result is stored in the notes of the features. It is {} if the extractor gives no probabilities, or if
    samples have no labels. The columns of `probabilities` are the labels of `train` in ascending order: with
    another number of columns, the extractor has other classes than the data, and the result is {} too.
    Samples without features do not count.
    """
    arrays, valid = extracted.arrays, extracted.valid
    if "probabilities" not in arrays or samples.labels is None or train is None or train.labels is None:
        return {}
    classes = np.unique(train.labels)
    probabilities, labels = arrays["probabilities"][valid], samples.labels[valid]
    if len(classes) != probabilities.shape[1] or not len(labels):
        return {}
    return {"accuracy": float((classes[probabilities.argmax(axis=1)] == labels).mean())}


def _check_valid(valid: Any, n: int) -> None:
    """Raise Invalid unless an extractor's mask of valid samples is an (n,) array of bool."""
    if not isinstance(valid, np.ndarray) or valid.dtype != bool or valid.shape != (n,):
        got = f"{valid.dtype} {valid.shape}" if isinstance(valid, np.ndarray) else type(valid).__name__
        raise Invalid(f"valid: expected an array of bool of shape ({n},), one for each sample, got {got}")


def _check_and_mask(arrays: Any, valid: NDArray[np.bool_], outputs: Mapping[str, str], n: int) -> Arrays:
    """Return an extractor's arrays with zeros in the rows that are not valid.

    Raises Invalid unless they are (n, d) float32 or float64, named as in `outputs` and finite where valid.
    """
    _check_arrays(arrays, outputs, n)
    masked = {
        name: array if valid.all() else np.where(valid[:, None], array, 0) for name, array in arrays.items()
    }
    for name, array in masked.items():
        if find_not_finite(array)[0]:
            raise Invalid(f"output {name!r} holds values that are not finite; expected finite features")
    return masked


def _check_arrays(arrays: Any, outputs: Mapping[str, str], n: int) -> None:
    """Raise Invalid unless an extractor's arrays are (n, d) float32 or float64, named as in `outputs`."""
    if not isinstance(arrays, dict) or set(arrays) != set(outputs):
        got = sorted(arrays) if isinstance(arrays, dict) else type(arrays).__name__
        raise Invalid(f"expected the outputs {sorted(outputs)}, got {got}")
    for name, array in arrays.items():
        if not isinstance(array, np.ndarray) or array.dtype not in _DTYPES or array.ndim != 2:  # noqa: PLR2004 - rows and columns
            raise Invalid(
                f"output {name!r}: expected an (n, d) array of float32, or of float64 if it was given so"
            )
        if len(array) != n:
            raise Invalid(f"output {name!r}: expected {n} rows, got {len(array)}")
        check_unmasked(array)  # refuses np.ma arrays, whose hidden values would count as data


def _is_view(array: NDArray[Any], samples: Samples) -> bool:
    """Return whether an array shares the memory of the samples.

    Such an array needs no copy: the samples are guarded, so the extractor cannot write to their memory.
    """
    values = find_container(samples.data).values(samples.data)
    return values is not None and np.may_share_memory(array, values)
