"""Extractors of what chemists compute of molecules: identity, properties, fingerprints, substructures."""

from __future__ import annotations

from functools import partial

from genbench import ExtractorSpec

__all__ = ["SPECS"]

_EXTRACTOR = partial(
    ExtractorSpec, modalities=("molecule",), needs={"rdkit": "genbench[molecules]"}, any_shape=True
)

SPECS = (
    _EXTRACTOR(
        name="molecule-identity",
        make="genbench_molecule.descriptors.identity:molecule_identity",
        summary="which molecule it is: equal for all strings of one molecule",
        source="Weininger et al. 1989, doi:10.1021/ci00062a008; rdkit",
        outputs={"identity": "the hash of the canonical SMILES, 3 numbers"},
    ),
    _EXTRACTOR(
        name="moses-properties",
        make="genbench_molecule.descriptors.moses_properties:moses_properties",
        summary="the properties whose distributions MOSES compares",
        source="Polykovskiy et al. 2020, arXiv:1811.12823; rdkit",
        outputs={"properties": "logP, SA, QED, weight and natural-product likeness"},
    ),
    _EXTRACTOR(
        name="moses-substructures",
        make="genbench_molecule.descriptors.moses_substructures:moses_substructures",
        summary="the substructures that MOSES compares: Morgan fingerprints, BRICS fragments, scaffolds",
        source="Polykovskiy et al. 2020, arXiv:1811.12823; rdkit",
        outputs={
            "fingerprint": "the Morgan fingerprint of radius 2: 1024 bits as 64 numbers of 16 bits",
            "fragments": "hashes of the BRICS fragments, 3 numbers each, zeros after the last",
            "scaffold": "the hash of the Bemis-Murcko scaffold, 3 numbers; zeros for fewer than two rings",
        },
    ),
    _EXTRACTOR(
        name="moses-filters",
        make="genbench_molecule.descriptors.moses_filters:moses_filters",
        summary="whether a molecule passes the filters with which MOSES's data were made",
        source="Polykovskiy et al. 2020, arXiv:1811.12823; Baell and Holloway 2010, doi:10.1021/jm901137j",
        outputs={"passes": "1 if it passes all filters, else 0"},
    ),
    _EXTRACTOR(
        name="guacamol-features",
        make="genbench_molecule.descriptors.guacamol_features:guacamol_features",
        summary="what GuacaMol's KL benchmark compares, of the molecules without stereochemistry",
        source="Brown et al. 2019, arXiv:1811.09621; rdkit",
        outputs={
            "properties": "BertzCT, logP, weight, TPSA, then counts of acceptors, donors, rotatable bonds, "
            "aliphatic and aromatic rings",
            "fingerprint": "the Morgan fingerprint of radius 2: 4096 bits as 256 numbers of 16 bits",
            "identity": "the hash of the canonical SMILES without stereochemistry, 3 numbers",
        },
    ),
)
