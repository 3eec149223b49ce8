"""The modality `molecule`: molecules as SMILES or SELFIES, which rdkit draws."""

from __future__ import annotations

from typing import Literal

from genbench import ModalitySpec

__all__ = ["SPECS"]

SPECS = (
    ModalitySpec(
        name="molecule",
        make="genbench_molecule.modality.molecule:Molecule",
        summary="molecules as SMILES or SELFIES",
        needs={"rdkit": "genbench[molecules]", "selfies": "genbench[molecules]"},
        container="strings",
        keeps_blank=True,
        parameters={"notation": Literal["smiles", "selfies"]},
        default_extractor="chemnet",
        default_dataset="moses",
        report=("validity", "uniqueness", "novelty", "fid"),  # fid on the default extractor is the FCD
    ),
)
