"""Extractor `word-tfidf`: hashed TF-IDF vectors of words, with frequencies from `train`."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

import numpy as np
from annotated_types import Ge

from genbench import DataError
from genbench_text.embeddings.hashing import hash_features, unit_rows

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from genbench import Samples

__all__ = ["WordTfidf", "load", "word_tfidf"]

_WORD = re.compile(r"\w+|[^\w\s]")
_FILE = "word_tfidf.json"


def word_tfidf(train: Samples, *, d: Annotated[int, Ge(1)] = 256) -> WordTfidf:
    """Return a function from n texts to `features`, (n, d) float32 of length 1: their words, weighted.

    d  number of dimensions. A Fréchet distance needs fewer dimensions than samples

    A word is a sequence of letters, digits and underscores, in lower case, or one other mark. A word with c
    occurrences, which m of the N texts of `train` contain, counts

        (1 + log c) (1 + log((1 + N) / (1 + m)))

    after Salton and Buckley 1988 (doi:10.1016/0306-4573(88)90021-0); a word that is not in `train` has
    m = 0. Signed hashing (see `genbench_text.embeddings.hashing`) maps all words to d dimensions, and not a
    singular value decomposition of `train`, which fits training texts better than unseen ones of the same
    distribution. The order of words does not count. A text without words has the zero vector.
    """
    holding = Counter(word for text in train.data for word in set(_words(text)))
    return WordTfidf(d, len(train), dict(sorted(holding.items())))


@dataclass(frozen=True)
class WordTfidf:
    """Maps texts to `features`; see `word_tfidf`.

    d        number of dimensions
    n        number of texts that it was fitted on
    holding  number of these texts that contain each word
    """

    d: int
    n: int
    holding: dict[str, int] = field(hash=False)

    def __call__(self, samples: Samples) -> dict[str, NDArray[np.float32]]:
        """Return `features` (n, d) float32."""
        return {"features": unit_rows(map(self._row, samples.data), len(samples), self.d)}

    def save(self, folder: Path) -> None:
        """Write the fitted state into `folder`; `load` reads it."""
        content = {"d": self.d, "n": self.n, "holding": self.holding}
        (folder / _FILE).write_text(json.dumps(content), encoding="ascii")

    def _row(self, text: str) -> NDArray[np.float64]:
        counts = sorted(Counter(_words(text)).items())
        keys = np.array([_key(word) for word, _ in counts], np.uint64)
        weights = np.array([(1 + math.log(count)) * self._rarity(word) for word, count in counts], np.float64)
        return hash_features(keys, weights, self.d)

    def _rarity(self, word: str) -> float:
        return 1 + math.log((1 + self.n) / (1 + self.holding.get(word, 0)))


def load(folder: Path) -> WordTfidf:
    """Return the extractor that its `save(folder)` wrote; raise DataError if it cannot be read."""
    try:
        content = json.loads((folder / _FILE).read_bytes())
        holding = {str(word): int(count) for word, count in content["holding"].items()}
        return WordTfidf(int(content["d"]), int(content["n"]), holding)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        reason = f"{type(error).__name__}: {error}"
        raise DataError(f"the stored word-tfidf cannot be read: {reason}; run the command again") from error


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _key(word: str) -> int:
    """Return the 64-bit key of a word."""
    content = word.encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(content, digest_size=8).digest(), "big")
