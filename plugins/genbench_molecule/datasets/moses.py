"""Dataset `moses`: a subset of the molecules of MOSES, read in the package that ships them."""

from __future__ import annotations

import gzip
import hashlib
import heapq
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from annotated_types import Ge

from genbench import Absent, Data, DataError, PackageFile
from genbench_molecule.datasets.smiles_file import in_notation

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["FILES", "moses"]


def _file(name: str, sha256: str) -> PackageFile:
    return PackageFile(
        package="moses", file=f"dataset/data/{name}.csv.gz", release="molsets==0.3.1", sha256=sha256
    )


#: The files of the package molsets (MIT) by the names of MOSES's sets.
FILES = {
    "train": _file("train", "786f0313aa6b9ba5514df685f885742a70ea8d86f1a4fa48115f7f80a634265c"),
    "test": _file("test", "f896fbf3764f88d94670b9959e5872c600c12152a18233823e820761b7a791b2"),
    "scaffold": _file("test_scaffolds", "adffb2192c1bfe31ab0e13154d4af19a37dc18bdbf3cd7b4491e04405128adde"),
}

_HEADER = "SMILES"


def moses(
    *,
    n: Annotated[int, Ge(1)] = 10000,
    n_test: Annotated[int, Ge(1)] = 2000,
    test: Literal["test", "scaffold"] = "test",
    notation: Literal["smiles", "selfies"] = "smiles",
) -> Data:
    """Return drug-like molecules of MOSES as canonical SMILES, in its official splits.

    n         molecules of the split train, of 1,584,663
    n_test    molecules of the split test, and as many others of its file in held_out
    test      the file of the test: "test" (176,074 molecules), or "scaffold" (176,225, whose scaffolds are in
              no training molecule)
    notation  of the samples: "selfies" translates them

    The molecules with the smallest SHA-256 are chosen: a smaller n gives a subset of a larger one, and all
    machines have the same. The files are read in the package molsets, which is not imported.
    Raises DataError, with the command that installs it, if it is missing, and if a file has fewer molecules.

    Source: Polykovskiy et al. 2020 (arXiv:1811.12823), sec. 3; a part of ZINC's clean leads.
    """
    try:
        texts = [*_choose_molecules("train", n), *_choose_molecules(test, 2 * n_test)]
        samples = in_notation(texts, notation, "moses")
    except Absent as error:
        raise DataError(f"moses: {error}") from error
    splits = {
        "train": np.arange(n),
        "test": n + np.arange(0, 2 * n_test, 2),
        "held_out": n + np.arange(1, 2 * n_test, 2),
    }
    return Data(samples, splits=splits)


def _choose_molecules(name: str, n: int) -> list[str]:
    """Return the `n` molecules of a file with the smallest digests, in the order of these."""
    found = heapq.nsmallest(n, _lines(name), key=lambda text: hashlib.sha256(text.encode()).digest())
    if len(found) < n:
        raise DataError(f"moses: {FILES[name].file} has {len(found)} molecules, expected {n}; lower n")
    return found


def _lines(name: str) -> Iterator[str]:
    with gzip.open(FILES[name].find(), "rt", encoding="ascii") as file:
        header = next(file).strip().split(",")[0]
        if header != _HEADER:
            raise DataError(f"moses: {FILES[name].file} begins with {header!r}; expected {_HEADER}")
        yield from (line.strip().split(",")[0] for line in file)
