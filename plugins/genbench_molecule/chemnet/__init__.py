"""The network ChemNet, whose activations the Fréchet ChemNet distance compares."""

from __future__ import annotations

from genbench import ExtractorSpec

__all__ = ["SPECS"]

SPECS = (
    ExtractorSpec(
        name="chemnet",
        make="genbench_molecule.chemnet.chemnet:chemnet",
        summary="the last layer of ChemNet, which reads canonical SMILES: fid on it is the FCD",
        source="Preuer et al. 2018, arXiv:1803.09518; Mayr et al. 2018, doi:10.1039/C8SC00148K",
        modalities=("molecule",),
        outputs={"features": "the last state of the second LSTM, 512 numbers in [-1, 1]"},
        canonical="fcd:ChemNet_v0.13_pretrained.pt",
        needs={"fcd": "genbench[molecules]", "rdkit": "genbench[molecules]"},
        any_shape=True,
    ),
)
