"""Extractor `char-ngrams`: hashed character n-grams of a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np
from annotated_types import Ge

from genbench import SuiteError
from genbench_text.embeddings.hashing import hash_features, unit_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench import Samples

__all__ = ["CharNgrams", "char_ngrams"]

_BASE = np.uint64(0x100000001B3)  # the prime of FNV-1a; a key is a polynomial in its characters


def char_ngrams(
    *, d: Annotated[int, Ge(1)] = 256, least: Annotated[int, Ge(1)] = 2, most: Annotated[int, Ge(1)] = 4
) -> CharNgrams:
    """Return a function from n texts to `features`, (n, d) float32 of length 1: their character n-grams.

    d      number of dimensions. A Fréchet distance needs fewer dimensions than samples
    least  minimum n, in characters
    most   maximum n

    An n-gram with c occurrences counts 1 + log c (Salton and Buckley 1988,
    doi:10.1016/0306-4573(88)90021-0), and signed hashing maps all of them to d dimensions (see
    `genbench_text.embeddings.hashing`). Characters keep case, spaces and punctuation. Nothing is fitted, so
    training texts have no advantage over unseen ones. A text shorter than `least` has the zero vector.
    Raises SuiteError if `least` is above `most`.
    """
    if least > most:
        raise SuiteError(f"char-ngrams: least is {least} and most is {most}; expected least <= most")
    return CharNgrams(d, least, most)


@dataclass(frozen=True)
class CharNgrams:
    """Maps texts to `features`; see `char_ngrams`."""

    d: int
    least: int
    most: int

    def __call__(self, samples: Samples) -> dict[str, NDArray[np.float32]]:
        """Return `features` (n, d) float32."""
        return {"features": unit_rows(map(self._row, samples.data), len(samples), self.d)}

    def _row(self, text: str) -> NDArray[np.float64]:
        keys, counts = np.unique(self._keys(text), return_counts=True)
        return hash_features(keys, 1 + np.log(counts), self.d)

    def _keys(self, text: str) -> NDArray[np.uint64]:
        """Return the key of each n-gram, (m,) uint64: equal n-grams have equal keys."""
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint64)
        found = [np.zeros(0, np.uint64)]
        keys = np.zeros(len(codes) + 1, np.uint64)
        for size in range(1, min(self.most, len(codes)) + 1):
            keys = keys[:-1] * _BASE + codes[size - 1 :] + np.uint64(1)
            if size >= self.least:
                found.append(keys)
        return np.concatenate(found)
