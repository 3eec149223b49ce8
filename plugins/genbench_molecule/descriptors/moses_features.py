"""Extractor `moses-features`: properties, fingerprints, fragments and scaffolds, as MOSES computes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from annotated_types import Ge

from genbench import Undefined
from genbench_molecule.chemistry.molecules import canonical
from genbench_molecule.chemistry.text_numbers import COLUMNS, numbers
from genbench_molecule.chemistry.toolkit import load_rdkit
from genbench_molecule.descriptors.contrib import natural_product_score, sa_score
from genbench_molecule.descriptors.drug_likeness import drug_likeness
from genbench_molecule.descriptors.morgan import folded, substructures
from genbench_molecule.descriptors.rows import extracted, packed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from genbench import Extracted, Log, Samples

__all__ = [
    "PROPERTIES", "MosesFeatures", "fragments_of", "moses_features", "properties_of", "scaffold_of",
]  # fmt: skip

#: The columns of `properties`.
PROPERTIES = ("logP", "SA", "QED", "weight", "NP")

_BITS = 1024  # of the Morgan fingerprint
_FEWEST_RINGS = 2  # of a scaffold that MOSES counts


def moses_features(*, most_fragments: Annotated[int, Ge(1)] = 48, log: Log) -> MosesFeatures:
    """Return a function from n molecules to four outputs, each float32.

    properties   (n, 5) Crippen's logP, SA score, QED, molecular weight in daltons, natural-product likeness
    fingerprint  (n, 64) the 1024 bits of the Morgan fingerprint of radius 2, in numbers of 16 bits
    fragments    (n, 3 most_fragments) the hashes of the BRICS fragments, equal ones repeated
    scaffold     (n, 3) the hash of the Bemis-Murcko scaffold; zeros if it has fewer than two rings

    most_fragments  fragments for which there is room

    The SA score and the likeness to natural products have the tables of rdkit's Contrib folder. A string that
    is no molecule has no row. Raises Undefined, naming the sample, for a molecule of more fragments, and
    Absent if rdkit has no Contrib folder.

    Source: Polykovskiy et al. 2020 (arXiv:1811.12823), sec. 4; Wildman and Crippen 1999
    (doi:10.1021/ci990307l); Bickerton et al. 2012 (doi:10.1038/nchem.1243); Rogers and Hahn 2010
    (doi:10.1021/ci100050t); Degen et al. 2008 (doi:10.1002/cmdc.200800178); Bemis and Murcko 1996
    (doi:10.1021/jm9602928).
    """
    load_rdkit()
    return MosesFeatures(most_fragments, log)


@dataclass(frozen=True, eq=False)
class MosesFeatures:
    """Maps molecules to the outputs of `moses_features`."""

    most_fragments: int
    log: Log = field(repr=False)

    def __call__(self, samples: Samples) -> Extracted:
        """Return the outputs, and which strings are molecules."""
        widths = {
            "properties": len(PROPERTIES),
            "fingerprint": _BITS // 16,
            "fragments": COLUMNS * self.most_fragments,
            "scaffold": COLUMNS,
        }
        return extracted(samples, widths, self._row, self.log)

    def _row(self, molecule: Any, number: int) -> tuple[Any, ...]:
        scaffold, counts = scaffold_of(molecule), substructures(molecule)
        return (
            properties_of(molecule, counts),
            packed(folded(counts, _BITS)),
            self._fragments(fragments_of(molecule), number),
            np.zeros(COLUMNS) if scaffold is None else numbers([scaffold])[0],
        )

    def _fragments(self, fragments: list[str], number: int) -> NDArray[np.float32]:
        if len(fragments) > self.most_fragments:
            raise Undefined(
                f"molecule {number} has {len(fragments)} fragments, and moses-features has room for "
                f"{self.most_fragments}; set its option most_fragments"
            )
        row = np.zeros((self.most_fragments, COLUMNS), np.float32)
        row[: len(fragments)] = numbers(fragments)
        return row.reshape(-1)


def fragments_of(molecule: Any) -> list[str]:
    """Return the SMILES of the fragments into which all BRICS bonds of a molecule cut it, at least one."""
    from rdkit import Chem

    return canonical(Chem.FragmentOnBRICSBonds(molecule)).split(".")


def scaffold_of(molecule: Any) -> str | None:
    """Return the SMILES of the rings of a molecule and what links them; None for fewer than two rings."""
    from rdkit.Chem.Scaffolds import MurckoScaffold

    scaffold = MurckoScaffold.GetScaffoldForMol(molecule)
    rings = scaffold.GetRingInfo().NumRings()
    return canonical(scaffold) if rings >= _FEWEST_RINGS else None


def properties_of(molecule: Any, counts: Mapping[int, int]) -> tuple[float, ...]:
    """Return logP, SA, QED, weight and likeness to natural products of a molecule and its substructures."""
    from rdkit.Chem import Crippen, Descriptors

    log_p, weight = Crippen.MolLogP(molecule), Descriptors.MolWt(molecule)
    return (
        log_p,
        sa_score(molecule, counts),
        drug_likeness(molecule, log_p=log_p, weight=weight),
        weight,
        natural_product_score(molecule, counts),
    )
