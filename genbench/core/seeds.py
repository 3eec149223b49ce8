"""Random streams with keys that depend on the work, never on its order.

    key = SHA-256 over the parts (scheme, seed, stage, …), each preceded by its length in bytes

So adding, removing or reordering work changes no other stream. A change of `sequence` changes every number
that genbench writes, and needs a new scheme name.
"""

from __future__ import annotations

import hashlib
import unicodedata

import numpy as np

__all__ = ["SCHEME", "sequence", "stream"]

SCHEME = "genbench-seed-v1"


def sequence(seed: int | None, stage: str, *parts: str) -> np.random.SeedSequence:
    """Return the seed sequence of a `stage` of some work; equal arguments give the same on every machine.

    seed   the run's seed, or None for a stage that is the same at every seed
    stage  such as "train" or "sample"
    parts  texts that identify the work, such as a generator's name and its options
    """
    total = hashlib.sha256()
    for part in (SCHEME, "" if seed is None else str(seed), stage, *parts):
        text = unicodedata.normalize("NFC", part).encode("utf-8")
        # the length keeps "ab", "c" apart from "a", "bc"
        total.update(len(text).to_bytes(8, "big") + text)
    key = total.digest()
    return np.random.SeedSequence([int.from_bytes(key[i : i + 4], "big") for i in range(0, len(key), 4)])


def stream(seed: int | None, stage: str, *parts: str) -> np.random.Generator:
    """Return a PCG64 generator seeded with `sequence(seed, stage, *parts)`."""
    return np.random.Generator(np.random.PCG64(sequence(seed, stage, *parts)))
