"""Metrics that compare sets of point clouds.

Each `expects` says what planted faults do to the number, as seen on `shapes-world`; docs/battery.md says how.
A fault that is not named is judged by the number's direction.
"""

from __future__ import annotations

from functools import partial

from genbench import MetricSpec, Output, anything, better, falls, rises, unchanged, worse

__all__ = ["SPECS"]

_LAW = "it compares laws, and copies of training clouds follow the law"
_FEWER = "it depends on the number of fakes: compare at equal n"
_COPIES = {
    "train-copies": (unchanged | better).because(_LAW),
    "near-copies": worse | (unchanged | better).because(_LAW),
}
_STILL = worse | (unchanged | better).because("a damaged fake is still the nearest to some real cloud")
_NEAREST = _COPIES | {"duplicates": unchanged | worse, "smaller-n": worse.because(_FEWER)}
_COVERAGE = _NEAREST | {
    **dict.fromkeys(("noise", "mixed-points", "scaled"), (_STILL, _STILL, worse)),
    **dict.fromkeys(("dropped-part", "duplicated-points", "rotated"), _STILL),
}
_TEST = _COPIES | {"duplicates": unchanged | worse}

_LABELS = dict.fromkeys(("dropped-modes", "collapse", "label-shift"), anything)  # kinds differ in distances
_SAME = dict.fromkeys(("duplicates", "smaller-n"), unchanged)
_DAMAGE = ("noise", "dropped-part", "duplicated-points", "mixed-points", "scaled", "rotated")
_FROM_TRAIN = _LABELS | _SAME | dict.fromkeys(_DAMAGE, rises) | dict.fromkeys(_COPIES, falls)
_COPIED = _LABELS | _SAME | dict.fromkeys(_DAMAGE, falls | unchanged) | dict.fromkeys(_COPIES, rises)

_METRIC = partial(MetricSpec, modalities=("points",))


def _outputs(distance: str, name: str) -> tuple[Output, ...]:
    """Return the outputs of a metric by one distance between clouds."""
    return (
        Output(
            name=f"mmd-{distance}",
            direction="lower",
            best=0.0,
            range=(0.0, None),
            summary=f"mean {name} distance of a real cloud to the nearest fake",
            expects=_NEAREST,
        ),
        Output(
            name=f"cov-{distance}",
            aspect="diversity",
            direction="higher",
            range=(0.0, 1.0),
            summary=f"share of real clouds that are nearest to some fake, by {name} distance",
            expects=_COVERAGE,
        ),
        Output(
            name=f"nna-{distance}",
            direction="target",
            best=0.5,
            range=(0.0, 1.0),
            summary=f"accuracy of the nearest neighbour, by {name} distance, as a test of real against fake",
            expects=_TEST,
        ),
    )


SPECS = (
    _METRIC(
        name="chamfer",
        aspect="fidelity",
        make="genbench_points.set_metrics.chamfer:chamfer",
        summary="MMD, COV and 1-NNA by the Chamfer distance (CD)",
        source="Yang et al. 2019, arXiv:1906.12320; Achlioptas et al. 2018, arXiv:1707.02392",
        outputs=_outputs("cd", "Chamfer"),
        min_n=2,
        report=True,
    ),
    _METRIC(
        name="emd",
        aspect="fidelity",
        make="genbench_points.set_metrics.emd:emd",
        summary="MMD, COV and 1-NNA by the exact earth mover's distance",
        source="Yang et al. 2019, arXiv:1906.12320; Achlioptas et al. 2018, arXiv:1707.02392",
        outputs=_outputs("emd", "earth mover's"),
        min_n=2,
        report="genbench_points.set_metrics.emd:report_options",
    ),
    _METRIC(
        name="voxel-jsd",
        aspect="fidelity",
        make="genbench_points.set_metrics.voxel_jsd:voxel_jsd",
        summary="Jensen-Shannon divergence of points over the cells of a grid, in bits",
        source="Achlioptas et al. 2018, arXiv:1707.02392",
        direction="lower",
        best=0.0,
        range=(0.0, 1.0),
        report=True,
        expects=_NEAREST
        | {
            "mixed-points": unchanged.because("it does not see which points are of one cloud"),
            "rotated": worse | unchanged.because("round shapes stay in their voxels"),
        },
    ),
    _METRIC(
        name="f-score",
        aspect="fidelity",
        make="genbench_points.set_metrics.f_score:f_score",
        summary="mean over real clouds of the greatest F-score of a fake",
        source="Knapitsch et al. 2017, doi:10.1145/3072959.3073599; "
        "Tatarchenko et al. 2019, arXiv:1905.03678",
        direction="higher",
        best=1.0,
        range=(0.0, 1.0),
        report=True,
        expects=_NEAREST,
    ),
    _METRIC(
        name="nearest-train-chamfer",
        make="genbench_points.set_metrics.nearest_train:nearest_train_chamfer",
        summary="how near fakes are to training clouds, by Chamfer distance, beside unseen real clouds",
        source="Achlioptas et al. 2018, arXiv:1707.02392; Yang et al. 2019, arXiv:1906.12320; "
        "after Meehan et al. 2020, arXiv:2004.05675",
        outputs=(
            Output(
                name="nearest-train-cd",
                direction="none",
                aspect="memorisation",
                range=(0.0, None),
                summary="mean Chamfer distance of a fake to the nearest training cloud: 0 for copies",
                expects=_FROM_TRAIN,
            ),
            Output(
                name="copied-clouds",
                direction="none",
                aspect="memorisation",
                range=(0.0, 1.0),
                summary="share of fakes as near to a training cloud as few unseen clouds are: 1 for copies",
                expects=_COPIED,
            ),
        ),
        min_n=2,
        report=True,
    ),
)
