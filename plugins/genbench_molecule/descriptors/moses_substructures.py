"""Extractor `moses-substructures`: fingerprints, fragments and scaffolds, as MOSES computes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from annotated_types import Ge

from genbench import Undefined
from genbench_molecule.chemistry.molecules import canonical, load_rdkit
from genbench_molecule.chemistry.text_numbers import COLUMNS, numbers
from genbench_molecule.descriptors.rows import MoleculeExtractor, fold_counts, pack_bits, substructures

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench import Log

__all__ = ["fragments_of", "moses_substructures", "scaffold_of"]

_BITS = 1024  # of the Morgan fingerprint
_FEWEST_RINGS = 2  # of a scaffold that MOSES counts


def moses_substructures(*, most_fragments: Annotated[int, Ge(1)] = 48, log: Log) -> MoleculeExtractor:
    """Return a function from n molecules to three outputs, each float32.

    fingerprint  (n, 64) the 1024 bits of the Morgan fingerprint of radius 2, in numbers of 16 bits
    fragments    (n, 3 most_fragments) the hashes of the BRICS fragments, equal ones repeated
    scaffold     (n, 3) the hash of the Bemis-Murcko scaffold; zeros if it has fewer than two rings

    most_fragments  fragments for which there is room

    A string that is no molecule has no row. Raises Undefined, naming the sample, for a molecule of more
    fragments.

    Source: Polykovskiy et al. 2020 (arXiv:1811.12823), sec. 4; Rogers and Hahn 2010 (doi:10.1021/ci100050t);
    Degen et al. 2008 (doi:10.1002/cmdc.200800178); Bemis and Murcko 1996 (doi:10.1021/jm9602928).
    """
    load_rdkit()

    def describe(molecule: Any, number: int) -> tuple[Any, ...]:
        scaffold = scaffold_of(molecule)
        return (
            pack_bits(fold_counts(substructures(molecule), _BITS)),
            _fragment_row(fragments_of(molecule), most_fragments, number),
            np.zeros(COLUMNS) if scaffold is None else numbers([scaffold])[0],
        )

    widths = {"fingerprint": _BITS // 16, "fragments": COLUMNS * most_fragments, "scaffold": COLUMNS}
    return MoleculeExtractor(widths, describe, log)


def _fragment_row(fragments: list[str], most: int, number: int) -> NDArray[np.float32]:
    """Return the hashes of the fragments of the molecule `number`, with zeros up to `most` of them."""
    if len(fragments) > most:
        raise Undefined(
            f"molecule {number} has {len(fragments)} fragments, and moses-substructures has room for "
            f"{most}; set its option most_fragments"
        )
    row = np.zeros((most, COLUMNS), np.float32)
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
