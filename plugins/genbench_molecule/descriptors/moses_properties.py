"""Extractor `moses-properties`: the numbers of a molecule whose distributions MOSES compares."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from genbench_molecule.chemistry.toolkit import load_rdkit
from genbench_molecule.descriptors.contrib import natural_product_score, sa_score
from genbench_molecule.descriptors.drug_likeness import drug_likeness
from genbench_molecule.descriptors.morgan import substructures
from genbench_molecule.descriptors.rows import extracted

if TYPE_CHECKING:
    from genbench import Extracted, Log, Samples

__all__ = ["PROPERTIES", "MosesProperties", "moses_properties", "properties_of"]

#: The columns of `properties`.
PROPERTIES = ("logP", "SA", "QED", "weight", "NP")


def moses_properties(*, log: Log) -> MosesProperties:
    """Return a function from n molecules to `properties`, (n, 5) float32.

    The columns are Crippen's logP, SA score, QED, molecular weight in daltons, and likeness to natural
    products. The tables of the SA score and of the likeness are those of rdkit's Contrib folder. A string
    that is no molecule has no row. Raises Absent if rdkit has no Contrib folder.

    Source: Polykovskiy et al. 2020 (arXiv:1811.12823), sec. 4; Wildman and Crippen 1999
    (doi:10.1021/ci990307l); Ertl and Schuffenhauer 2009 (doi:10.1186/1758-2946-1-8); Bickerton et al. 2012
    (doi:10.1038/nchem.1243); Ertl, Roggo and Schuffenhauer 2008 (doi:10.1021/ci700286x).
    """
    load_rdkit()
    return MosesProperties(log)


@dataclass(frozen=True, eq=False)
class MosesProperties:
    """Maps molecules to `properties`; see `moses_properties`."""

    log: Log = field(repr=False)

    def __call__(self, samples: Samples) -> Extracted:
        """Return `properties` (n, 5) float32, and which strings are molecules."""
        widths = {"properties": len(PROPERTIES)}
        return extracted(samples, widths, lambda molecule, _: (properties_of(molecule),), self.log)


def properties_of(molecule: Any) -> tuple[float, ...]:
    """Return logP, SA, QED, weight and likeness to natural products of a molecule."""
    from rdkit.Chem import Crippen, Descriptors

    counts = substructures(molecule)
    log_p, weight = Crippen.MolLogP(molecule), Descriptors.MolWt(molecule)
    return (
        log_p,
        sa_score(molecule, counts),
        drug_likeness(molecule, log_p=log_p, weight=weight),
        weight,
        natural_product_score(molecule, counts),
    )
