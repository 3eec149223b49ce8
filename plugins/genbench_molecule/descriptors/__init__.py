"""Extractors of what chemists compute of molecules: identity, properties, fingerprints, substructures."""

from __future__ import annotations

from genbench import ExtractorSpec

__all__ = ["SPECS"]

_NEEDS = {"rdkit": "genbench[molecules]"}

SPECS = (
    ExtractorSpec(
        name="molecule-identity",
        make="genbench_molecule.descriptors.identity:molecule_identity",
        summary="which molecule it is: equal for all strings of one molecule",
        source="Weininger et al. 1989, doi:10.1021/ci00062a008; rdkit",
        modalities=("molecule",),
        outputs={"identity": "the hash of the canonical SMILES, 3 numbers"},
        needs=_NEEDS,
        any_shape=True,
    ),
    ExtractorSpec(
        name="moses-properties",
        make="genbench_molecule.descriptors.moses_properties:moses_properties",
        summary="the properties whose distributions MOSES compares",
        source="Polykovskiy et al. 2020, arXiv:1811.12823; rdkit",
        modalities=("molecule",),
        outputs={"properties": "logP, SA, QED, weight and natural-product likeness"},
        needs=_NEEDS,
        any_shape=True,
    ),
    ExtractorSpec(
        name="moses-substructures",
        make="genbench_molecule.descriptors.moses_substructures:moses_substructures",
        summary="the substructures that MOSES compares: Morgan fingerprints, BRICS fragments, scaffolds",
        source="Polykovskiy et al. 2020, arXiv:1811.12823; rdkit",
        modalities=("molecule",),
        outputs={
            "fingerprint": "the Morgan fingerprint of radius 2: 1024 bits as 64 numbers of 16 bits",
            "fragments": "hashes of the BRICS fragments, 3 numbers each, zeros after the last",
            "scaffold": "the hash of the Bemis-Murcko scaffold, 3 numbers; zeros for fewer than two rings",
        },
        needs=_NEEDS,
        any_shape=True,
    ),
    ExtractorSpec(
        name="moses-filters",
        make="genbench_molecule.descriptors.moses_filters:moses_filters",
        summary="whether a molecule passes the filters with which MOSES's data were made",
        source="Polykovskiy et al. 2020, arXiv:1811.12823; Baell and Holloway 2010, doi:10.1021/jm901137j",
        modalities=("molecule",),
        outputs={"passes": "1 if it passes all filters, else 0"},
        needs=_NEEDS,
        any_shape=True,
    ),
    ExtractorSpec(
        name="guacamol-features",
        make="genbench_molecule.descriptors.guacamol_features:guacamol_features",
        summary="what GuacaMol's KL benchmark compares, of the molecules without stereochemistry",
        source="Brown et al. 2019, arXiv:1811.09621; rdkit",
        modalities=("molecule",),
        outputs={
            "properties": "BertzCT, logP, weight, TPSA, then counts of acceptors, donors, rotatable bonds, "
            "aliphatic and aromatic rings",
            "fingerprint": "the Morgan fingerprint of radius 2: 4096 bits as 256 numbers of 16 bits",
            "identity": "the hash of the canonical SMILES without stereochemistry, 3 numbers",
        },
        needs=_NEEDS,
        any_shape=True,
    ),
)
