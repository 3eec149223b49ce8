"""The nearest training sample of each generated sample, by differences that a person can see.

No extractor takes part, so there is nothing to fit or to download, and the distance is 0 only for samples
that are equal in all that is compared:

- arrays: the root mean square difference of values
- ragged arrays: the same, where the shorter one counts as 0 beyond its end
- strings: 1 - the cosine of the counts of character trigrams, in [0, 1]
- frames: the mean over columns of the difference in units of the column's range, in columns without numbers 0
  for equal and 1 for other cells (Gower, "A general coefficient of similarity", Biometrics 27, 1971)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench.core.arrays import Ragged
from genbench.core.canonical_json import canonical
from genbench.core.frames import plain_row
from genbench.core.grouping import group_pairs
from genbench.core.samples import digests

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from genbench.core.samples import Samples

__all__ = ["Neighbour", "find_neighbours", "name_distance"]

_BLOCK = 2**22  # values, pairs of strings, or characters that are compared at a time, which limits memory
_CANDIDATES = 8  # nearest by the fast formula, whose distances are computed again without its rounding
_ROWS = 8  # of fakes that are compared with all training rows at a time, which limits memory
_GRAM = 3  # characters


@dataclass(frozen=True, kw_only=True)
class Neighbour:
    """The nearest sample of a split.

    number    its position in the split; the first of several at one distance
    distance  >= 0, in the unit of `name_distance`
    is_copy   whether the two samples are equal
    """

    number: int
    distance: float
    is_copy: bool


def name_distance(samples: Samples) -> str:
    """Return the name of the distance between samples of this form: strings, arrays, or rows of a frame."""
    if isinstance(samples.data, tuple):
        return "1 - cosine of character trigrams"
    if isinstance(samples.data, np.ndarray | Ragged):
        return "root mean square difference of values"
    return "mean difference of columns, in units of their ranges"


def find_neighbours(
    samples: Samples,
    train: Samples,
    cut: Sequence[bool] = (),
    whole_digests: tuple[Sequence[bytes], Sequence[bytes]] | None = None,
) -> list[Neighbour]:
    """Return the nearest training sample of each sample.

    cut            whether each sample is only the beginning of a longer one; (): none is. A cut sample is
                   compared with the beginnings of training samples. Without `whole_digests`, it counts as no
                   copy, since the rest may differ.
    whole_digests  (of the samples, of the training samples): digests of the originals, if those here are
                   smaller versions. Equal digests mean a copy. None: digests of the samples here decide.
    """
    own_digests, train_digests = whole_digests or (digests(samples), digests(train))
    number_by_digest: dict[bytes, int] = {}
    for number, digest in enumerate(train_digests):
        number_by_digest.setdefault(digest, number)
    is_cut = [*cut, *[False] * (len(samples) - len(cut))]
    copies = [
        None if is_short and whole_digests is None else number_by_digest.get(digest)
        for digest, is_short in zip(own_digests, is_cut, strict=True)
    ]
    # only samples without a copy need distances, which take much longer than digests
    unmatched = [index for index, copy in enumerate(copies) if copy is None]
    nearest: dict[int, tuple[int, float]] = {}
    if unmatched:
        with np.errstate(over="ignore", invalid="ignore"):  # differences may be infinite
            nearest = dict(zip(unmatched, _nearest_by_form(samples, train, unmatched, is_cut), strict=True))
    return [
        Neighbour(number=copy, distance=0.0, is_copy=True)
        if copy is not None
        else Neighbour(number=nearest[index][0], distance=nearest[index][1], is_copy=False)
        for index, copy in enumerate(copies)
    ]


def _nearest_by_form(
    samples: Samples, train: Samples, positions: Sequence[int], is_cut: Sequence[bool]
) -> list[tuple[int, float]]:
    """Return (position, distance) of the nearest training sample for each sample at `positions`.

    is_cut  whether a sample is only the beginning of a longer one, for all `samples`
    """
    fakes = samples.take(np.array(positions, dtype=np.intp)).data
    if isinstance(fakes, tuple):
        return _nearest_strings(fakes, train.data)
    if isinstance(fakes, np.ndarray | Ragged):
        return _nearest_arrays(_Flat.of(fakes), _Flat.of(train.data), [is_cut[index] for index in positions])
    return _nearest_rows(fakes, train.data)


@dataclass(frozen=True)
class _Flat:
    """Arrays as vectors of different lengths, one after the other.

    offsets  (n + 1,): vector i is values[offsets[i] : offsets[i + 1]]
    """

    values: NDArray[Any]
    offsets: NDArray[np.int64]

    @classmethod
    def of(cls, data: Any) -> _Flat:
        """Return the samples of an array, or of a ragged one, as flat vectors."""
        is_ragged = isinstance(data, Ragged)
        values, offsets = (data.values, data.offsets) if is_ragged else (data, np.arange(len(data) + 1))
        return cls(np.asarray(values).reshape(-1), offsets * np.prod(values.shape[1:], dtype=np.int64))

    @property
    def lengths(self) -> NDArray[np.int64]:
        """The length of each vector."""
        return np.diff(self.offsets)

    def item(self, number: int) -> NDArray[np.float64]:
        """Return the vector of this number, (length,) float64."""
        start, end = self.offsets[number], self.offsets[number + 1]
        return np.asarray(self.values[start:end], dtype=np.float64)

    def matrix(self, start: int, end: int, width: int) -> NDArray[np.float64]:
        """Return the first `width` values of the vectors from `start` to `end`, with 0 beyond their ends.

        The shape is (end - start, width), float64. Vectors of one length are copied at once, which is faster.
        """
        lengths, matrix = self.lengths[start:end], np.zeros((end - start, width))
        if (lengths == lengths[0]).all():
            rows = self.values[self.offsets[start] : self.offsets[end]].reshape(len(lengths), lengths[0])
            matrix[:, : lengths[0]] = rows[:, :width]
            return matrix
        for row, number in zip(matrix, range(start, end), strict=True):
            item = self.item(number)[:width]
            row[: len(item)] = item
        return matrix


def _nearest_arrays(fakes: _Flat, train: _Flat, is_cut: Sequence[bool]) -> list[tuple[int, float]]:
    """Return (position, distance) of the nearest training array of each fake.

    A fast formula that rounds finds some candidates. Exact distances then decide among them.

    is_cut  whether each fake is only the beginning of a longer one; it is compared with as many first values
            of training arrays
    """
    cut_lengths = (n if short else None for n, short in zip(fakes.lengths.tolist(), is_cut, strict=True))
    groups = group_pairs((cut_length, index) for index, cut_length in enumerate(cut_lengths))
    nearest = {}
    for cut_length, indices in groups.items():  # None: the fakes that are whole
        width = int(fakes.lengths[indices].max()) if cut_length is None else cut_length
        matrix = np.concatenate([fakes.matrix(index, index + 1, width) for index in indices])
        rows = _find_candidates(matrix, fakes.lengths[indices], train, short=cut_length is not None)
        for index, numbers in zip(indices, rows, strict=True):
            fake = fakes.item(index)
            items = [(number, train.item(number)[:cut_length]) for number in numbers]
            distance, number = min((_compute_rms_difference(fake, item), number) for number, item in items)
            nearest[index] = number, distance
    return [nearest[index] for index in range(len(is_cut))]


def _find_candidates(
    fakes: NDArray[np.float64], lengths: NDArray[np.int64], train: _Flat, *, short: bool
) -> list[list[int]]:
    """Return the positions of the 8 nearest training arrays of each fake, by a fast formula that rounds.

    The distance is |a - b|² = |a|² - 2 a·b + |b|², divided by the length of the longer one. Rounding may
    change the order of near ones, so the caller computes the exact distances of all 8.

    fakes    (n, width) float64, one fake in a row, with 0 beyond its end
    lengths  of the fakes
    short    whether the fakes are cut, so that only the first `width` values of training arrays count
    """
    width, squares = fakes.shape[1], np.einsum("ij,ij->i", fakes, fakes)
    # the least distances of each fake so far, and the positions of these training arrays
    best, numbers = np.full((len(fakes), 0), np.inf), np.zeros((len(fakes), 0), dtype=np.int64)
    step = max(1, _BLOCK // max(1, width))  # a block of training arrays, which limits memory
    for start in range(0, len(train.lengths), step):
        end = min(start + step, len(train.lengths))
        block, train_lengths = train.matrix(start, end, width), train.lengths[start:end]
        train_squares = np.einsum("ij,ij->i", block, block)
        if short:
            train_lengths = np.minimum(train_lengths, width)
        elif train_lengths.max() > width:  # the values beyond `width` count, too
            train_squares = np.array([item @ item for item in map(train.item, range(start, end))])
        # mean square differences: each fake in a row, each training array of the block in a column
        longest = np.maximum(1, np.maximum(train_lengths, lengths[:, None]))
        totals = (train_squares - 2 * fakes @ block.T + squares[:, None]) / longest
        all_totals = np.hstack([best, totals])
        all_numbers = np.hstack([numbers, np.broadcast_to(np.arange(start, end), totals.shape)])
        order = np.argsort(all_totals, axis=1, kind="stable")[:, :_CANDIDATES]
        best, numbers = np.take_along_axis(all_totals, order, 1), np.take_along_axis(all_numbers, order, 1)
    return [[int(number) for number in row] for row in numbers]


def _compute_rms_difference(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Return the root mean square difference of two vectors; the shorter one counts as 0 beyond its end."""
    length = min(len(one), len(other))
    rest = one[length:] if len(one) > length else other[length:]
    total = float(np.sum((one[:length] - other[:length]) ** 2) + np.sum(rest**2))
    return float((total / max(1, len(one), len(other))) ** 0.5)


def _nearest_strings(fakes: Sequence[str], train: Sequence[str]) -> list[tuple[int, float]]:
    """Return (position, distance) of the nearest training string of each fake.

    The distance is 1 - cosine of the counts of trigrams. Blocks of training strings are counted, which
    limits the memory.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    # without idf, a cosine does not depend on the other strings of its block
    vectorizer = TfidfVectorizer(analyzer=_split_into_grams, use_idf=False, dtype=np.float64)
    n = len(fakes)
    # the greatest cosine of each fake so far, and the position of this training string
    best, numbers = np.full(n, -1.0), np.zeros(n, dtype=np.int64)
    mean_length = sum(map(len, train)) // max(1, len(train))
    step = max(1, _BLOCK // max(n, mean_length))
    for start in range(0, len(train), step):
        vectors = vectorizer.fit_transform([*fakes, *train[start : start + step]])
        # rounded, so that of equally near strings the first is chosen
        cosines = (vectors[:n] @ vectors[n:].T).toarray().round(12)
        nearest = cosines.argmax(axis=1)
        values = cosines[np.arange(n), nearest]
        numbers = np.where(values > best, start + nearest, numbers)
        best = np.maximum(best, values)
    return [(int(number), max(0.0, 1.0 - float(value))) for number, value in zip(numbers, best, strict=True)]


def _split_into_grams(text: str) -> list[str]:
    """Return the trigrams of a text between NUL characters, so that its beginning and end count."""
    pad = "\0" * (_GRAM - 1)
    padded = f"{pad}{text}{pad}"
    return [padded[start : start + _GRAM] for start in range(len(padded) - _GRAM + 1)]


def _nearest_rows(fakes: Any, train: Any) -> list[tuple[int, float]]:
    """Return (position, distance) of the nearest training row of each fake row.

    The distance of two rows is the mean difference of their cells.
    """
    nearest = []
    for start in range(0, len(fakes), _ROWS):
        block = fakes.iloc[start : start + _ROWS]
        columns = [_column_differences(block[name], train[name]) for name in train.columns]
        totals = np.sum(columns, axis=0) / len(columns)
        nearest += [(int(row.argmin()), float(row.min())) for row in totals]
    return nearest


def _column_differences(fakes: Any, train: Any) -> NDArray[np.float64]:
    """Return the differences of all pairs of cells of a column: (fakes, train), in [0, 1].

    Numbers and dates differ by the share of the range of the column in train, at most 1. Other cells, and a
    missing one beside one that is not, differ by 1 unless they are equal.
    """
    fake_numbers, train_numbers = _read_numbers(fakes), _read_numbers(train)
    if fake_numbers is None or train_numbers is None:
        # as JSON, so that cells of any type can be compared, and missing ones are equal
        texts = [np.array([canonical(plain_row((cell,))) for cell in cells]) for cells in (fakes, train)]
        return np.asarray(texts[0][:, None] != texts[1][None, :], dtype=np.float64)
    span = np.nanmax(train_numbers) - np.nanmin(train_numbers) if np.isfinite(train_numbers).any() else 0.0
    gaps = np.abs(fake_numbers[:, None] - train_numbers[None, :])
    shares = np.minimum(gaps / span, 1.0) if span > 0 else (gaps > 0).astype(np.float64)
    no_fake, no_train = np.isnan(fake_numbers)[:, None], np.isnan(train_numbers)[None, :]  # missing cells
    return np.asarray(np.where(no_fake | no_train, no_fake != no_train, shares), dtype=np.float64)


def _read_numbers(cells: Any) -> NDArray[np.float64] | None:
    """Return the cells of a column of numbers or dates as numbers, NaN where one is missing; else None."""
    from pandas.api.types import is_bool_dtype, is_datetime64_any_dtype, is_numeric_dtype

    if is_datetime64_any_dtype(cells.dtype):
        cells = cells.astype("int64").where(cells.notna())
    elif is_bool_dtype(cells.dtype) or not is_numeric_dtype(cells.dtype):
        return None
    return np.asarray(cells.to_numpy(dtype=np.float64, na_value=np.nan))
