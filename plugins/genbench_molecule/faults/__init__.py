"""Faults of molecules: strings that are none, one scaffold again and again, other orders of the atoms."""

from __future__ import annotations

from genbench import FaultSpec

__all__ = ["SPECS"]

_MODALITIES = ("molecule",)
_NEEDS = {"rdkit": "genbench[molecules]"}

SPECS = (
    FaultSpec(
        name="invalid-molecules",
        make="genbench_molecule.faults.strings:invalid",
        summary="this share of the strings has a bracket that nothing closes, and is no molecule",
        modalities=_MODALITIES,
        levels={"5 %": 0.05, "20 %": 0.2, "60 %": 0.6},
        effect="worse",
    ),
    FaultSpec(
        name="shuffled-characters",
        make="genbench_molecule.faults.strings:shuffled",
        summary="characters change places within their string",
        modalities=_MODALITIES,
        levels={"5 %": 0.05, "15 %": 0.15, "50 %": 0.5},
        effect="worse",
    ),
    FaultSpec(
        name="truncated-molecules",
        make="genbench_molecule.faults.strings:truncated",
        summary="only the first characters of each string remain",
        modalities=_MODALITIES,
        levels={"to 90 %": 0.9, "to 60 %": 0.6, "to 30 %": 0.3},
        effect="worse",
    ),
    FaultSpec(
        name="repeated-scaffold",
        make="genbench_molecule.faults.molecular:scaffold_repeated",
        summary="molecules of the most frequent scaffold replace this share",
        modalities=_MODALITIES,
        levels={"20 %": 0.2, "50 %": 0.5, "100 %": 1.0},
        effect="worse",
        needs=_NEEDS,
    ),
    FaultSpec(
        name="randomised-copies",
        make="genbench_molecule.faults.molecular:copies_rewritten",
        summary="training molecules, their atoms in another order, replace this share",
        modalities=_MODALITIES,
        levels={"25 %": 0.25, "50 %": 0.5, "100 %": 1.0},
        effect="punished",
        needs=_NEEDS,
    ),
    FaultSpec(
        name="randomised-smiles",
        make="genbench_molecule.faults.molecular:rewritten",
        summary="each molecule is written in another order of its atoms",
        modalities=_MODALITIES,
        levels={"100 %": 1.0},
        effect="unchanged",
        needs=_NEEDS,
    ),
)
