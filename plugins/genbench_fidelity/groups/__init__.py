"""Quality of each labelled group, and of the worst one."""

from __future__ import annotations

from genbench import MetricSpec, Output, better, unchanged, worse

__all__ = ["SPECS"]

_EQUALLY = "it sees how equal groups are, not how good"
_SMALL = "distances of small groups scatter, and hide a little damage"
_KID = {
    "noise": (unchanged.because(_SMALL), worse, worse),
    "blur": (unchanged.because(_SMALL), worse, worse),
    "train-copies": (unchanged | better).because("copies are as near as other real samples"),
    "near-copies": (unchanged | better).because("copies are as near as other real samples"),
    "smaller-n": unchanged | worse.because("the largest of noisier distances is larger"),
}
_CLASSIFIED_KID = {
    "noise": (unchanged.because(_SMALL), worse, worse),
    "blur": (unchanged.because(_SMALL), worse, worse),
    "collapse": (unchanged.because(_SMALL), worse, worse),
    "train-copies": (unchanged | better).because("copies are as near as other real samples"),
    "near-copies": (unchanged | better).because("copies are as near as other real samples"),
    "smaller-n": unchanged | worse.because("the largest of noisier distances is larger"),
}
_KID_GAP = {
    "noise": ((unchanged | better).because(_SMALL), unchanged.because(_SMALL), worse),
    "blur": ((unchanged | better).because(_SMALL), worse, worse),
    "collapse": unchanged.because(_SMALL),
    "train-copies": (unchanged | better).because(_EQUALLY),
    "near-copies": (unchanged | better).because(_EQUALLY),
    "smaller-n": unchanged | worse.because("distances of smaller groups scatter more"),
}
_COVERAGE = {
    "noise": (unchanged.because("shares of small groups scatter, and hide a little damage"), worse, worse),
    "blur": (
        (unchanged | better).because("a little blur moves samples to where the data are dense"),
        worse,
        worse,
    ),
    "label-shift": unchanged.because("enough fakes of each label are left"),
    "train-copies": (unchanged | better).because("copies cover as other real samples do"),
    "near-copies": (unchanged | better).because("copies cover as other real samples do"),
    "smaller-n": unchanged | better.because("any fakes cover a group that is hardly larger than k"),
}
_COVERAGE_GAP = {
    "noise": (unchanged.because(_SMALL), worse, worse),
    "blur": (
        (unchanged | better).because("a little blur moves samples of all labels to where the data are dense"),
        worse,
        worse,
    ),
    "collapse": (unchanged.because("200 samples are left, some of each label"), worse, worse),
    "label-shift": unchanged.because("enough fakes of each label are left"),
    "train-copies": (unchanged | better).because(_EQUALLY),
    "near-copies": (unchanged | better).because(_EQUALLY),
    "smaller-n": unchanged | better.because("any fakes cover a group that is hardly larger than k"),
}

SPECS = (
    MetricSpec(
        name="worst-kid",
        make="genbench_fidelity.groups.worst_group:worst_kid",
        summary="kid of the label where it is largest, and its gap to the smallest",
        source="Bińkowski et al. 2018, arXiv:1801.01401; Sagawa et al. 2020, arXiv:1911.08731",
        takes="features",
        outputs=(
            Output(
                name="worst-kid",
                direction="lower",
                summary="kid of the label where it is largest",
                best=0.0,
                expects=_KID,
            ),
            Output(
                name="kid-gap",
                direction="lower",
                summary="largest minus smallest kid over labels",
                best=0.0,
                range=(0.0, None),
                expects=_KID_GAP,
            ),
        ),
        min_n=2,
    ),
    MetricSpec(
        name="worst-coverage",
        make="genbench_fidelity.groups.worst_group:worst_coverage",
        summary="coverage of the label where it is smallest, and its gap to the largest",
        source="Naeem et al. 2020, arXiv:2002.09797; Sagawa et al. 2020, arXiv:1911.08731",
        takes="features",
        outputs=(
            Output(
                name="worst-coverage",
                direction="higher",
                summary="coverage of the label where it is smallest",
                range=(0.0, 1.0),
                expects=_COVERAGE,
            ),
            Output(
                name="coverage-gap",
                direction="lower",
                summary="largest minus smallest coverage over labels",
                best=0.0,
                range=(0.0, 1.0),
                expects=_COVERAGE_GAP,
            ),
        ),
        min_n=2,
    ),
    MetricSpec(
        name="classified-worst-kid",
        make="genbench_fidelity.groups.classified_worst_group:classified_worst_kid",
        summary="worst-kid with labels from a classifier, its errors propagated; a probe, no verdict",
        source="Bińkowski et al. 2018, arXiv:1801.01401; Sagawa et al. 2020, arXiv:1911.08731",
        takes=("features", "probabilities"),
        outputs=(
            Output(
                name="classified-worst-kid",
                direction="lower",
                summary="kid of the label where it is largest, with labels from a classifier",
                best=0.0,
                expects=_CLASSIFIED_KID,
            ),
            Output(
                name="classified-kid-gap",
                direction="lower",
                summary="largest minus smallest kid over labels from a classifier; 0 is fair",
                best=0.0,
                range=(0.0, None),
                expects=_KID_GAP,
            ),
        ),
        min_n=2,
    ),
    MetricSpec(
        name="classified-worst-coverage",
        make="genbench_fidelity.groups.classified_worst_group:classified_worst_coverage",
        summary="worst-coverage with labels from a classifier, its errors propagated; a probe, no verdict",
        source="Naeem et al. 2020, arXiv:2002.09797; Sagawa et al. 2020, arXiv:1911.08731",
        takes=("features", "probabilities"),
        outputs=(
            Output(
                name="classified-worst-coverage",
                direction="higher",
                summary="coverage of the label where it is smallest, with labels from a classifier",
                range=(0.0, 1.0),
                expects=_COVERAGE,
            ),
            Output(
                name="classified-coverage-gap",
                direction="lower",
                summary="largest minus smallest coverage over labels from a classifier; 0 is fair",
                best=0.0,
                range=(0.0, 1.0),
                expects=_COVERAGE_GAP,
            ),
        ),
        min_n=2,
    ),
)
