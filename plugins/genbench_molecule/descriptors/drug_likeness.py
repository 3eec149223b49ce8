"""The quantitative estimate of drug-likeness (QED)."""

from __future__ import annotations

import functools
from typing import Any

__all__ = ["drug_likeness"]


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
