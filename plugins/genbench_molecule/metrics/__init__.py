"""Metrics of molecules: MOSES's set, and GuacaMol's divergences.

Each `expects` says what planted faults do to the number, as seen on `moses`; docs/battery.md says how. A
fault that is not named is judged by the number's direction.
"""

from __future__ import annotations

from genbench import MetricSpec, Output, better, falls, rises, unchanged, worse

__all__ = ["SPECS"]

_MOSES = "Polykovskiy et al. 2020, arXiv:1811.12823"
_MODALITIES = ("molecule",)
_NEEDS = {"rdkit": "genbench[molecules]"}
_DISTANCES = {
    "logp-distance": "distance of the distributions of logP",
    "sa-distance": "distance of the distributions of synthetic accessibility",
    "qed-distance": "distance of the distributions of drug-likeness",
    "weight-distance": "distance of the distributions of molecular weight, in daltons",
    "np-distance": "distance of the distributions of likeness to natural products",
}

_LAW = "copies of training molecules follow the law of the real ones: see novelty"
_LEFT_OUT = "strings that are no molecules are left out: see validity"
_EACH = "it looks at each molecule by itself"
_OTHERS = "copies of different molecules are different: see novelty"
_FEW = "the change is within that of real molecules"
_NEW = "damaged molecules are new, or unlike each other: compare with held-out"
_SIZE = "it moves with the number of molecules: compare at equal n"
_PASSED = "real molecules pass, in any number and order"

_COPIED = worse | (unchanged | better).because(_LAW)
_MAYBE = worse | (unchanged | better).because(_FEW)
_MOVED = unchanged | (rises | falls).because(_NEW)
#: Of a number that compares laws.
_COMPARED = {
    "train-copies": _COPIED,
    "randomised-copies": _COPIED,
    "invalid-molecules": worse | (unchanged | better).because(_LEFT_OUT),
    "shuffled-characters": _MAYBE,
    "truncated-molecules": _MAYBE,
    "duplicates": unchanged | worse | better.because(_FEW),
    "collapse": _MAYBE,
    "repeated-scaffold": _MAYBE,
    "smaller-n": unchanged | (worse | better).because(_SIZE),
}
_DIVERSE = {
    "collapse": (falls | unchanged | rises.because(_FEW), falls, falls),
    "repeated-scaffold": falls,
    "duplicates": falls,
    "train-copies": (unchanged | rises | falls).because(_LAW),
    "randomised-copies": (unchanged | rises | falls).because(_LAW),
    "invalid-molecules": (unchanged | rises | falls).because(_LEFT_OUT),
    "shuffled-characters": _MOVED,
    "truncated-molecules": _MOVED,
    "smaller-n": unchanged | falls | rises.because(_SIZE),
}

SPECS = (
    MetricSpec(
        name="validity",
        make="genbench_molecule.metrics.validity:validity",
        summary="share of strings that are molecules",
        source=_MOSES,
        modalities=_MODALITIES,
        needs=_NEEDS,
        direction="higher",
        best=1.0,
        range=(0.0, 1.0),
        report=True,
        expects=dict.fromkeys(
            ("collapse", "repeated-scaffold", "train-copies", "randomised-copies"), unchanged.because(_EACH)
        ),
    ),
    MetricSpec(
        name="uniqueness",
        make="genbench_molecule.metrics.identity:uniqueness",
        summary="share of different molecules among the valid ones",
        source=_MOSES,
        modalities=_MODALITIES,
        takes="identity",
        extractor="molecule-identity",
        direction="higher",
        best=1.0,
        range=(0.0, 1.0),
        report=True,
        expects=dict.fromkeys(("train-copies", "randomised-copies"), unchanged.because(_OTHERS))
        | dict.fromkeys(
            ("invalid-molecules", "shuffled-characters", "truncated-molecules"),
            worse | (unchanged | better).because(_LEFT_OUT),
        )
        | {"duplicates": worse, "smaller-n": unchanged | better.because(_SIZE)},
    ),
    MetricSpec(
        name="novelty",
        make="genbench_molecule.metrics.identity:novelty",
        summary="share of the different valid molecules that are no training molecule: 0 for copies",
        source=_MOSES,
        modalities=_MODALITIES,
        takes="identity",
        extractor="molecule-identity",
        range=(0.0, 1.0),
        report=True,
        expects={
            "train-copies": falls,
            "randomised-copies": falls,
            "invalid-molecules": (unchanged | rises | falls).because(_LEFT_OUT),
            "shuffled-characters": unchanged | rises.because(_NEW),
            "truncated-molecules": unchanged | rises.because(_NEW) | falls,
        },
    ),
    MetricSpec(
        name="filters",
        make="genbench_molecule.metrics.filters:filters",
        summary="share of valid molecules that pass MOSES's medicinal-chemistry filters and PAINS",
        source=_MOSES,
        modalities=_MODALITIES,
        takes="passes",
        extractor="moses-filters",
        direction="higher",
        best=1.0,
        range=(0.0, 1.0),
        report=True,
        expects=dict.fromkeys(
            ("collapse", "repeated-scaffold", "train-copies", "randomised-copies"),
            worse | (unchanged | better).because(_PASSED),
        )
        | {
            "invalid-molecules": worse | (unchanged | better).because(_LEFT_OUT),
            "shuffled-characters": _MAYBE,
            "truncated-molecules": _MAYBE,
        },
    ),
    MetricSpec(
        name="internal-diversity",
        make="genbench_molecule.metrics.similarity:internal_diversity",
        summary="internal diversity: how unlike the molecules are to each other",
        source=f"Benhenda 2017, arXiv:1708.08227; {_MOSES}",
        modalities=_MODALITIES,
        takes="fingerprint",
        extractor="moses-substructures",
        outputs=(
            Output(
                name="intdiv",
                direction="none",
                summary="one minus the mean similarity of all pairs",
                range=(0.0, 1.0),
                expects=_DIVERSE,
            ),
            Output(
                name="intdiv2",
                direction="none",
                summary="one minus the mean root of the mean squared similarity",
                range=(0.0, 1.0),
                expects=_DIVERSE,
            ),
        ),
        report=True,
    ),
    MetricSpec(
        name="snn",
        make="genbench_molecule.metrics.similarity:snn",
        summary="mean similarity of a molecule to the nearest real one",
        source=_MOSES,
        modalities=_MODALITIES,
        takes="fingerprint",
        extractor="moses-substructures",
        direction="higher",
        best=1.0,
        range=(0.0, 1.0),
        report=True,
        expects=_COMPARED,
    ),
    MetricSpec(
        name="frag",
        make="genbench_molecule.metrics.substructures:fragment_similarity",
        summary="cosine similarity of the counts of BRICS fragments",
        source=_MOSES,
        modalities=_MODALITIES,
        takes="fragments",
        extractor="moses-substructures",
        direction="higher",
        best=1.0,
        range=(0.0, 1.0),
        report=True,
        expects=_COMPARED,
    ),
    MetricSpec(
        name="scaf",
        make="genbench_molecule.metrics.substructures:scaffold_similarity",
        summary="cosine similarity of the counts of scaffolds",
        source=_MOSES,
        modalities=_MODALITIES,
        takes="scaffold",
        extractor="moses-substructures",
        direction="higher",
        best=1.0,
        range=(0.0, 1.0),
        report=True,
        expects=_COMPARED,
    ),
    MetricSpec(
        name="property-distances",
        make="genbench_molecule.metrics.property_distances:property_distances",
        summary="Wasserstein distances of logP, SA, QED, weight and likeness to natural products",
        source=_MOSES,
        modalities=_MODALITIES,
        takes="properties",
        extractor="moses-properties",
        outputs=tuple(
            Output(
                name=name, direction="lower", summary=summary, best=0.0, range=(0.0, None), expects=_COMPARED
            )
            for name, summary in _DISTANCES.items()
        ),
        report=True,
    ),
    MetricSpec(
        name="guacamol-kl",
        make="genbench_molecule.metrics.guacamol_kl:guacamol_kl",
        summary="mean exponential of minus the divergences of ten descriptors",
        source="Brown et al. 2019, arXiv:1811.09621",
        modalities=_MODALITIES,
        takes=("properties", "fingerprint", "identity"),
        extractor="guacamol-features",
        direction="higher",
        best=1.0,
        range=(0.0, 1.0),
        expects=_COMPARED,
    ),
)
