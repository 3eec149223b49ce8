"""Faults of molecules: strings that are none, one scaffold again and again, other orders of the atoms."""

from __future__ import annotations

from functools import partial

from genbench import FaultSpec

__all__ = ["SPECS"]

_NEEDS = {"rdkit": "genbench[molecules]"}

_FAULT = partial(FaultSpec, modalities=("molecule",))
_DAMAGE = partial(_FAULT, effect="worse")

SPECS = (
    _DAMAGE(
        name="invalid-molecules",
        make="genbench_molecule.faults.strings:invalid",
        summary="this share of the strings has a bracket that nothing closes, and is no molecule",
        levels={"5 %": 0.05, "20 %": 0.2, "60 %": 0.6},
    ),
    _DAMAGE(
        name="shuffled-characters",
        make="genbench_molecule.faults.strings:shuffle_characters",
        summary="characters change places within their string",
        levels={"5 %": 0.05, "15 %": 0.15, "50 %": 0.5},
    ),
    _DAMAGE(
        name="truncated-molecules",
        make="genbench_molecule.faults.strings:truncate_strings",
        summary="only the first characters of each string remain",
        levels={"to 90 %": 0.9, "to 60 %": 0.6, "to 30 %": 0.3},
    ),
    _DAMAGE(
        name="repeated-scaffold",
        make="genbench_molecule.faults.molecular:scaffold_repeated",
        summary="molecules of the most frequent scaffold replace this share",
        levels={"20 %": 0.2, "50 %": 0.5, "100 %": 1.0},
        needs=_NEEDS,
    ),
    _FAULT(
        name="randomised-copies",
        make="genbench_molecule.faults.molecular:copies_rewritten",
        summary="training molecules, their atoms in another order, replace this share",
        levels={"25 %": 0.25, "50 %": 0.5, "100 %": 1.0},
        effect="punished",
        needs=_NEEDS,
    ),
    _FAULT(
        name="randomised-smiles",
        make="genbench_molecule.faults.molecular:rewritten",
        summary="each molecule is written in another order of its atoms",
        levels={"100 %": 1.0},
        effect="unchanged",
        needs=_NEEDS,
    ),
)
