"""Synthetic accessibility and likeness to natural products, by the tables of rdkit's Contrib folder."""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import io
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genbench import Absent
from genbench_molecule.chemistry.toolkit import load_rdkit

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["natural_product_score", "sa_score"]

_UNKNOWN = -4  # the contribution of a substructure that the table of the SA score lacks
_WORST, _BEST = -4.0, 2.5  # raw SA scores that become 10 and 1
_LARGEST_RING = 8  # atoms of a ring that is no macrocycle
_SMOOTHED = 8.0  # SA scores from which the logarithm bounds them
_LIMIT = 4.0  # likeness to natural products from which the logarithm bounds it


def sa_score(molecule: Any, counts: Mapping[int, int]) -> float:
    """Return the synthetic accessibility of a molecule that rdkit parsed, in [1, 10]: 1 is easy, 10 is hard.

    counts  its circular substructures, of `genbench_molecule.descriptors.morgan`

    The number is that of rdkit's script, which counts the substructures and stereocentres anew. Source: Ertl
    and Schuffenhauer 2009, doi:10.1186/1758-2946-1-8. Raises Absent if the installed rdkit lacks its table.
    """
    table, raw = _contributions(), 0.0
    for substructure, count in counts.items():
        raw += table.get(substructure, _UNKNOWN) * count
    raw = raw / sum(counts.values()) + _complexity(molecule) + _symmetry(molecule, len(counts))
    score = 11.0 - (raw - _WORST + 1) / (_BEST - _WORST) * 9.0
    if score > _SMOOTHED:
        score = _SMOOTHED + math.log(score + 1.0 - 9.0)
    return min(max(score, 1.0), 10.0)


def _complexity(molecule: Any) -> float:
    """Return minus the penalties of size, stereocentres, spiro atoms, bridgeheads and macrocycles."""
    from rdkit.Chem import rdMolDescriptors

    atoms = molecule.GetNumAtoms()
    large = any(len(ring) > _LARGEST_RING for ring in molecule.GetRingInfo().AtomRings())
    return float(
        -(atoms**1.005 - atoms)
        - math.log10(rdMolDescriptors.CalcNumAtomStereoCenters(molecule) + 1)
        - math.log10(rdMolDescriptors.CalcNumSpiroAtoms(molecule) + 1)
        - math.log10(rdMolDescriptors.CalcNumBridgeheadAtoms(molecule) + 1)
        - (math.log10(2) if large else 0.0)
    )


def _symmetry(molecule: Any, different: int) -> float:
    """Return what a molecule of few different substructures gains."""
    atoms = molecule.GetNumAtoms()
    return math.log(float(atoms) / different) * 0.5 if atoms > different else 0.0


def natural_product_score(molecule: Any, counts: Mapping[int, int]) -> float:
    """Return the likeness of a molecule to natural products, about in [-5, 5].

    counts  its circular substructures, of `genbench_molecule.descriptors.morgan`

    The number is that of rdkit's script, which counts the substructures anew. Source: Ertl, Roggo and
    Schuffenhauer 2008, doi:10.1021/ci700286x. Raises Absent if the installed rdkit lacks its table.
    """
    table, total = _likeness(), 0.0
    for substructure in counts:
        total += table.get(substructure, 0.0)
    score = total / float(molecule.GetNumAtoms())
    if score > _LIMIT:
        return _LIMIT + math.log10(score - _LIMIT + 1.0)
    return -_LIMIT - math.log10(-_LIMIT - score + 1.0) if score < -_LIMIT else score


@functools.cache
def _contributions() -> Mapping[int, float]:
    script = _script("SA_Score/sascorer.py")
    script.readFragmentScores()
    table: Mapping[int, float] = script._fscores  # noqa: SLF001 - the script names its table so
    return table


@functools.cache
def _likeness() -> Mapping[int, float]:
    script = _script("NP_Score/npscorer.py")
    with contextlib.redirect_stderr(io.StringIO()):  # it says that it reads its model
        table: Mapping[int, float] = script.readNPModel()
    return table


def _script(file: str) -> Any:
    """Return a script of rdkit's Contrib folder as a module; it reads its own tables beside it."""
    load_rdkit()
    from rdkit import RDConfig

    path = Path(RDConfig.RDContribDir, file)
    if not path.is_file():
        raise Absent(
            f"the installed rdkit has no Contrib/{file}; run `pip install --force-reinstall rdkit`, whose "
            f"wheel has it"
        )
    spec = importlib.util.spec_from_file_location(f"_rdkit_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise Absent(f"Contrib/{file} of the installed rdkit is no Python file; install rdkit again")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
