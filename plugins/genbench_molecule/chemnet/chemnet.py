"""Extractor `chemnet`: the activations of ChemNet for each molecule."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from genbench import Extracted
from genbench_molecule.chemistry.molecules import canonical, molecules
from genbench_molecule.chemnet.characters import LENGTH, length, one_hot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from genbench import Log, Samples
    from genbench_molecule.chemnet.network import ChemNet

__all__ = ["Activations", "chemnet"]

_BATCH = 96  # molecules of 350 positions
_FEATURES = 512  # of ChemNet's second last layer


def chemnet(*, device: str, log: Log) -> Activations:
    """Return a function from n molecules to `features`, (n, 512) float32 in [-1, 1]: ChemNet's last layer.

    The network reads the canonical SMILES, so all strings of a molecule have the same features. `fid` on them
    is the Fréchet ChemNet distance (FCD). A string that is no molecule has no features. Molecules of more
    than 349 characters get as many positions as they need; the network was trained on 350.

    The weights are those of the package fcd, which is not imported. Raises Absent if it is not installed.
    Source: Preuer et al. 2018 (arXiv:1803.09518); Mayr et al. 2018 (doi:10.1039/C8SC00148K).
    """
    from genbench_molecule.chemnet.network import read_chemnet

    return Activations(read_chemnet().to(device), device, log)


@dataclass(frozen=True, eq=False)
class Activations:
    """Maps molecules to `features`; see `chemnet`."""

    network: ChemNet
    device: str
    log: Log = field(repr=False)

    def __call__(self, samples: Samples) -> Extracted:
        """Return `features` (n, 512) float32, and which strings are molecules."""
        found = [None if molecule is None else canonical(molecule) for molecule in molecules(samples)]
        valid = np.array([smiles is not None for smiles in found], dtype=bool)
        texts = [smiles for smiles in found if smiles is not None]
        rows = self._by_text(texts)
        features = np.zeros((len(found), _FEATURES), np.float32)
        for place, text in zip(np.flatnonzero(valid), texts, strict=True):
            features[place] = rows[text]
        return Extracted({"features": features}, valid)

    def _by_text(self, texts: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Return the features of each different text, computed once, the shortest first."""
        different = sorted(dict.fromkeys(texts), key=len)
        rows: dict[str, NDArray[np.float32]] = {}
        for group in _batches(different):
            rows |= zip(group, self._features(group), strict=True)
            self.log(len(rows), len(different))
        return rows

    def _features(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the features of texts of one `length`, the longest of which is the last."""
        import torch

        with torch.inference_mode():
            x = torch.from_numpy(one_hot(texts, len(texts[-1]) + 1)).to(self.device)
            features: NDArray[np.float32] = self.network(x, length(texts[-1])).float().cpu().numpy()
        return features


def _batches(texts: Sequence[str]) -> list[list[str]]:
    """Return texts in batches of one length each, with about as many positions in every batch."""
    batches: list[list[str]] = []
    for text in texts:
        most = max(1, _BATCH * LENGTH // length(text))
        if not batches or length(batches[-1][0]) != length(text) or len(batches[-1]) >= most:
            batches.append([])
        batches[-1].append(text)
    return batches
