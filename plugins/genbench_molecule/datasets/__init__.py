"""Data sets of molecules."""

from __future__ import annotations

from functools import partial

from genbench import DatasetSpec

__all__ = ["SPECS"]

_SELFIES = {"notation=selfies": ("selfies",)}

_DATASET = partial(DatasetSpec, modalities=("molecule",), extractor="chemnet")

SPECS = (
    _DATASET(
        name="moses",
        make="genbench_molecule.datasets.moses:moses",
        summary="drug-like molecules of MOSES, from the package molsets: train, and test or scaffold test",
        source="Polykovskiy et al. 2020, arXiv:1811.12823; ZINC",
        uses=_SELFIES,
    ),
    _DATASET(
        name="smiles-file",
        make="genbench_molecule.datasets.smiles_file:smiles_file",
        summary="a file of SMILES: .smi or .txt by line, JSON Lines, or a column of a .csv",
        reads=(".smi", ".smiles"),
        fake_options={"invalid": "keep"},
        uses={"invalid=refuse": ("rdkit",), "invalid=keep": ("rdkit",)} | _SELFIES,
        version="3",
    ),
)
