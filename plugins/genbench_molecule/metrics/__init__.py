"""Metrics of molecules: MOSES's set, and GuacaMol's divergences.

Each `expects` says what planted faults do to the number, as seen on `moses`; docs/battery.md says how. A
fault that is not named is judged by the number's direction.
"""

from __future__ import annotations

from functools import partial

from genbench import MetricSpec, Output, better, falls, rises, unchanged, worse

__all__ = ["SPECS"]

_MOSES = "Polykovskiy et al. 2020, arXiv:1811.12823"
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

_COPIES = ("train-copies", "randomised-copies")
_DAMAGED = ("shuffled-characters", "truncated-molecules")
_VALID_ONLY = worse | (unchanged | better).because(_LEFT_OUT)
_PASSES = worse | (unchanged | better).because("real molecules pass, in any number and order")
_MAYBE = worse | (unchanged | better).because(_FEW)
#: Of a number that compares laws.
_COMPARED = {
    **dict.fromkeys(_COPIES, worse | (unchanged | better).because(_LAW)),
    **dict.fromkeys((*_DAMAGED, "collapse", "repeated-scaffold"), _MAYBE),
    "invalid-molecules": _VALID_ONLY,
    "duplicates": unchanged | worse | better.because(_FEW),
    "smaller-n": unchanged | (worse | better).because(_SIZE),
}
_DIVERSE = {
    "collapse": (falls | unchanged | rises.because(_FEW), falls, falls),
    **dict.fromkeys(("repeated-scaffold", "duplicates"), falls),
    **dict.fromkeys(_COPIES, (unchanged | rises | falls).because(_LAW)),
    "invalid-molecules": (unchanged | rises | falls).because(_LEFT_OUT),
    **dict.fromkeys(_DAMAGED, unchanged | (rises | falls).because(_NEW)),
    "smaller-n": unchanged | falls | rises.because(_SIZE),
}

_METRIC = partial(MetricSpec, modalities=("molecule",))
_DIVERSITY = partial(Output, direction="none", range=(0.0, 1.0), expects=_DIVERSE)
_SHARE = partial(
    MetricSpec,
    modalities=("molecule",),
    source=_MOSES,
    direction="higher",
    best=1.0,
    range=(0.0, 1.0),
    report=True,
)

_SIMILARITY = partial(_SHARE, extractor="moses-substructures", expects=_COMPARED)

SPECS = (
    _SHARE(
        name="validity",
        aspect="validity",
        make="genbench_molecule.metrics.validity:validity",
        summary="share of strings that are molecules",
        needs=_NEEDS,
        takes_draws=True,
        expects=dict.fromkeys(("collapse", "repeated-scaffold", *_COPIES), unchanged.because(_EACH)),
    ),
    _SHARE(
        name="uniqueness",
        aspect="diversity",
        make="genbench_molecule.metrics.identity:uniqueness",
        summary="share of different molecules among the valid ones",
        takes="identity",
        extractor="molecule-identity",
        expects=dict.fromkeys(_COPIES, unchanged.because(_OTHERS))
        | dict.fromkeys(("invalid-molecules", *_DAMAGED), _VALID_ONLY)
        | {"duplicates": worse, "smaller-n": unchanged | better.because(_SIZE)},
    ),
    _METRIC(
        name="novelty",
        aspect="memorisation",
        make="genbench_molecule.metrics.identity:novelty",
        summary="share of the different valid molecules that are no training molecule: 0 for copies",
        source=_MOSES,
        takes="identity",
        extractor="molecule-identity",
        range=(0.0, 1.0),
        report=True,
        expects={
            **dict.fromkeys(_COPIES, falls),
            "invalid-molecules": (unchanged | rises | falls).because(_LEFT_OUT),
            "shuffled-characters": unchanged | rises.because(_NEW),
            "truncated-molecules": unchanged | rises.because(_NEW) | falls,
        },
    ),
    _SHARE(
        name="filters",
        aspect="validity",
        make="genbench_molecule.metrics.filters:filters",
        summary="share of valid molecules that pass MOSES's medicinal-chemistry filters and PAINS",
        takes="passes",
        extractor="moses-filters",
        expects=dict.fromkeys(("collapse", "repeated-scaffold", *_COPIES), _PASSES)
        | dict.fromkeys(_DAMAGED, _MAYBE)
        | {"invalid-molecules": _VALID_ONLY},
    ),
    _METRIC(
        name="internal-diversity",
        aspect="diversity",
        make="genbench_molecule.metrics.similarity:internal_diversity",
        summary="internal diversity: how unlike the molecules are to each other",
        source=f"Benhenda 2017, arXiv:1708.08227; {_MOSES}",
        takes="fingerprint",
        extractor="moses-substructures",
        outputs=(
            _DIVERSITY(name="intdiv", summary="one minus the mean similarity of all pairs"),
            _DIVERSITY(name="intdiv2", summary="one minus the mean root of the mean squared similarity"),
        ),
        report=True,
    ),
    _SIMILARITY(
        name="snn",
        aspect="fidelity",
        make="genbench_molecule.metrics.similarity:snn",
        summary="mean similarity of a molecule to the nearest real one",
        takes="fingerprint",
    ),
    _SIMILARITY(
        name="frag",
        aspect="fidelity",
        make="genbench_molecule.metrics.substructures:fragment_similarity",
        summary="cosine similarity of the counts of BRICS fragments",
        takes="fragments",
    ),
    _SIMILARITY(
        name="scaf",
        aspect="fidelity",
        make="genbench_molecule.metrics.substructures:scaffold_similarity",
        summary="cosine similarity of the counts of scaffolds",
        takes="scaffold",
    ),
    _METRIC(
        name="property-distances",
        aspect="fidelity",
        make="genbench_molecule.metrics.property_distances:property_distances",
        summary="Wasserstein distances of logP, SA, QED, weight and likeness to natural products",
        source=_MOSES,
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
    _METRIC(
        name="guacamol-kl",
        aspect="fidelity",
        make="genbench_molecule.metrics.guacamol_kl:guacamol_kl",
        summary="mean exponential of minus the divergences of ten descriptors",
        source="Brown et al. 2019, arXiv:1811.09621",
        takes=("properties", "fingerprint", "identity"),
        extractor="guacamol-features",
        direction="higher",
        best=1.0,
        range=(0.0, 1.0),
        expects=_COMPARED,
    ),
)
