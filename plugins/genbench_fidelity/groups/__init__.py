"""Quality of each labelled group, and of the worst one."""

from __future__ import annotations

from functools import partial

from genbench import MetricSpec, Output, better, unchanged, worse

__all__ = ["SPECS"]

_EQUALLY = "it sees how equal groups are, not how good"
_SMALL = "distances of small groups scatter, and hide a little damage"
_COPIES = ("train-copies", "near-copies")

_HIDDEN = (unchanged.because(_SMALL), worse, worse)
_EQUAL = dict.fromkeys(_COPIES, (unchanged | better).because(_EQUALLY))
_COVERED = {
    "label-shift": unchanged.because("enough fakes of each label are left"),
    "smaller-n": unchanged | better.because("any fakes cover a group that is hardly larger than k"),
}
_KID = {
    "noise": _HIDDEN,
    "blur": _HIDDEN,
    **dict.fromkeys(_COPIES, (unchanged | better).because("copies are as near as other real samples")),
    "smaller-n": unchanged | worse.because("the largest of noisier distances is larger"),
}
_KID_GAP = _EQUAL | {
    "noise": ((unchanged | better).because(_SMALL), unchanged.because(_SMALL), worse),
    "blur": ((unchanged | better).because(_SMALL), worse, worse),
    "collapse": unchanged.because(_SMALL),
    "smaller-n": unchanged | worse.because("distances of smaller groups scatter more"),
}
_MIDDLE = "a little blur moves samples to where the data are dense"
_COVERAGE = _COVERED | {
    "noise": (unchanged.because("shares of small groups scatter, and hide a little damage"), worse, worse),
    "blur": ((unchanged | better).because(_MIDDLE), worse, worse),
    **dict.fromkeys(_COPIES, (unchanged | better).because("copies cover as other real samples do")),
}
_MIDDLE_OF_ALL = "a little blur moves samples of all labels to where the data are dense"
_COVERAGE_GAP = (
    _COVERED
    | _EQUAL
    | {
        "noise": _HIDDEN,
        "blur": ((unchanged | better).because(_MIDDLE_OF_ALL), worse, worse),
        "collapse": (unchanged.because("200 samples are left, some of each label"), worse, worse),
    }
)

_METRIC = partial(MetricSpec, takes="features", min_n=2)
_CLASSIFIED = partial(MetricSpec, takes=("features", "probabilities"), min_n=2)
_WORST_KID = partial(Output, direction="lower", best=0.0)
_KID_OF_GROUPS = "Bińkowski et al. 2018, arXiv:1801.01401; Sagawa et al. 2020, arXiv:1911.08731"
_COVERAGE_OF_GROUPS = "Naeem et al. 2020, arXiv:2002.09797; Sagawa et al. 2020, arXiv:1911.08731"
_GAP_OF_KID = partial(Output, direction="lower", best=0.0, range=(0.0, None), expects=_KID_GAP)
_WORST_COVERAGE = partial(Output, direction="higher", range=(0.0, 1.0), expects=_COVERAGE)
_GAP_OF_COVERAGE = partial(Output, direction="lower", best=0.0, range=(0.0, 1.0), expects=_COVERAGE_GAP)

SPECS = (
    _METRIC(
        name="worst-kid",
        aspect="bias",
        make="genbench_fidelity.groups.worst_group:worst_kid",
        summary="kid of the label where it is largest, and its gap to the smallest",
        source=_KID_OF_GROUPS,
        outputs=(
            _WORST_KID(name="worst-kid", summary="kid of the label where it is largest", expects=_KID),
            _GAP_OF_KID(name="kid-gap", summary="largest minus smallest kid over labels"),
        ),
    ),
    _METRIC(
        name="worst-coverage",
        aspect="bias",
        make="genbench_fidelity.groups.worst_group:worst_coverage",
        report="genbench_fidelity.groups.worst_group:report_options",
        summary="coverage of the label where it is smallest, and its gap to the largest",
        source=_COVERAGE_OF_GROUPS,
        outputs=(
            _WORST_COVERAGE(name="worst-coverage", summary="coverage of the label where it is smallest"),
            _GAP_OF_COVERAGE(name="coverage-gap", summary="largest minus smallest coverage over labels"),
        ),
    ),
    _CLASSIFIED(
        name="classified-worst-kid",
        aspect="bias",
        make="genbench_fidelity.groups.classified_worst_group:classified_worst_kid",
        summary="worst-kid with labels from a classifier, its errors propagated; a probe, no verdict",
        source=_KID_OF_GROUPS,
        outputs=(
            _WORST_KID(
                name="classified-worst-kid",
                summary="kid of the label where it is largest, with labels from a classifier",
                expects=_KID | {"collapse": _HIDDEN},
            ),
            _GAP_OF_KID(
                name="classified-kid-gap",
                summary="largest minus smallest kid over labels from a classifier; 0 is fair",
            ),
        ),
    ),
    _CLASSIFIED(
        name="classified-worst-coverage",
        aspect="bias",
        make="genbench_fidelity.groups.classified_worst_group:classified_worst_coverage",
        summary="worst-coverage with labels from a classifier, its errors propagated; a probe, no verdict",
        source=_COVERAGE_OF_GROUPS,
        outputs=(
            _WORST_COVERAGE(
                name="classified-worst-coverage",
                summary="coverage of the label where it is smallest, with labels from a classifier",
            ),
            _GAP_OF_COVERAGE(
                name="classified-coverage-gap",
                summary="largest minus smallest coverage over labels from a classifier; 0 is fair",
            ),
        ),
    ),
)
