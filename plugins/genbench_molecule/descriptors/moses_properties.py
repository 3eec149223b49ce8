"""Extractor `moses-properties`: the numbers of a molecule whose distributions MOSES compares."""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import io
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genbench import Absent
from genbench_molecule.chemistry.molecules import load_rdkit
from genbench_molecule.descriptors.rows import MoleculeExtractor, substructures

if TYPE_CHECKING:
    from collections.abc import Mapping

    from genbench import Log

__all__ = [
    "PROPERTIES", "drug_likeness", "moses_properties", "natural_product_score", "properties_of", "sa_score",
]  # fmt: skip

_UNKNOWN = -4  # the contribution of a substructure that the table of the SA score lacks

_WORST, _BEST = -4.0, 2.5  # raw SA scores that become 10 and 1

_LARGEST_RING = 8  # atoms of a ring that is no macrocycle
_SMOOTHED = 8.0  # SA scores from which the logarithm bounds them
_LIMIT = 4.0  # likeness to natural products from which the logarithm bounds it

#: The columns of `properties`.
PROPERTIES = ("logP", "SA", "QED", "weight", "NP")


def moses_properties(*, log: Log) -> MoleculeExtractor:
    """Return a function from n molecules to `properties`, (n, 5) float32.

    The columns are Crippen's logP, SA score, QED, molecular weight in daltons, and likeness to natural
    products. The tables of the SA score and of the likeness are those of rdkit's Contrib folder. A string
    that is no molecule has no row. Raises Absent if rdkit has no Contrib folder.

    Source: Polykovskiy et al. 2020 (arXiv:1811.12823), sec. 4; Wildman and Crippen 1999
    (doi:10.1021/ci990307l); Ertl and Schuffenhauer 2009 (doi:10.1186/1758-2946-1-8); Bickerton et al. 2012
    (doi:10.1038/nchem.1243); Ertl, Roggo and Schuffenhauer 2008 (doi:10.1021/ci700286x).
    """
    load_rdkit()
    widths = {"properties": len(PROPERTIES)}
    return MoleculeExtractor(widths, lambda molecule, _: (properties_of(molecule),), log)


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


# Synthetic accessibility and likeness to natural products, by the tables of rdkit's Contrib folder.
def sa_score(molecule: Any, counts: Mapping[int, int]) -> float:
    """Return the synthetic accessibility of a molecule that rdkit parsed, in [1, 10]: 1 is easy, 10 is hard.

    counts  its circular substructures, of `genbench_molecule.descriptors.rows`

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

    counts  its circular substructures, of `genbench_molecule.descriptors.rows`

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


# The quantitative estimate of drug-likeness (QED).


def drug_likeness(molecule: Any, *, log_p: float, weight: float) -> float:
    """Return the QED of a sanitised molecule without explicit hydrogens, in (0, 1].

    log_p   its Crippen logP
    weight  its molecular weight in daltons

    The desirabilities, patterns and weights are rdkit's. rdkit's own function removes hydrogens first, which
    sanitises the molecule once more: that fails for some aromatic rings which rdkit has read.

    Source: Bickerton et al. 2012 (doi:10.1038/nchem.1243), eq. 1 and 4, mean weights.
    """
    from rdkit import Chem
    from rdkit.Chem import QED, rdMolDescriptors

    strict = rdMolDescriptors.NumRotatableBondsOptions.Strict
    rest = Chem.DeleteSubstructs(Chem.Mol(molecule), QED.AliphaticRings)
    properties = QED.QEDproperties(
        MW=weight,
        ALOGP=log_p,
        HBA=sum(len(molecule.GetSubstructMatches(pattern)) for pattern in QED.Acceptors),
        HBD=rdMolDescriptors.CalcNumHBD(molecule),
        PSA=rdMolDescriptors.CalcTPSA(molecule),
        ROTB=rdMolDescriptors.CalcNumRotatableBonds(molecule, strict),
        AROM=len(Chem.GetSSSR(rest)),
        ALERTS=len(_alerts().GetMatches(molecule)),
    )
    return float(QED.qed(molecule, qedProperties=properties))


@functools.cache
def _alerts() -> Any:
    """Return rdkit's structural alerts as a catalogue, which searches for all in one call."""
    from rdkit.Chem import QED, FilterCatalog

    catalogue = FilterCatalog.FilterCatalog()
    for pattern in QED.StructuralAlerts:
        matcher = FilterCatalog.SmartsMatcher("", pattern)
        catalogue.AddEntry(FilterCatalog.FilterCatalogEntry("", matcher))
    return catalogue
