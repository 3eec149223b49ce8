"""Memorisation: what fakes owe to training samples."""

from __future__ import annotations

from genbench import MetricSpec, Output
from genbench_fidelity.specs.expected import EXPECTED

__all__ = ["COPYING"]


def _repeats(name: str, summary: str) -> Output:
    return Output(
        name=name, direction="lower", summary=summary, best=0.0, range=(0.0, 1.0), expects=EXPECTED[name]
    )


COPYING = (
    MetricSpec(
        name="authenticity",
        make="genbench_fidelity.memorisation.authenticity:authenticity",
        summary="percentage of fakes that are no near-copies of training samples",
        source="Alaa et al. 2022, arXiv:2102.08921",
        takes="features",
        range=(0.0, 100.0),
        min_n=2,
        report=True,
        expects=EXPECTED["authenticity"],
    ),
    MetricSpec(
        name="c-t",
        make="genbench_fidelity.memorisation.copying_test:copying_test",
        summary="whether fakes are nearer to training samples than unseen ones are: far below 0 for copies",
        source="Meehan et al. 2020, arXiv:2004.05675",
        takes="features",
        report=True,
        expects=EXPECTED["c-t"],
    ),
    MetricSpec(
        name="fld",
        make="genbench_fidelity.memorisation.fld:fld",
        summary="how unlikely unseen samples are under Gaussians at the fakes",
        source="Jiralerspong et al. 2023, arXiv:2302.04440",
        takes="features",
        outputs=(
            Output(
                name="fld",
                direction="lower",
                summary="likelihood of unseen samples, against real ones",
                expects=EXPECTED["fld"],
            ),
            Output(
                name="fld-gap",
                direction="none",
                summary="that of training samples less that of unseen ones",
                expects=EXPECTED["fld-gap"],
            ),
        ),
        min_n=2,
    ),
    MetricSpec(
        name="duplicates",
        make="genbench_fidelity.memorisation.duplicates:duplicates",
        summary="exact repeats among the fakes, and of training samples",
        source="Polykovskiy et al. 2018, arXiv:1811.12823",
        outputs=(
            _repeats("duplicates", "share of fakes that repeat another"),
            _repeats("train-duplicates", "share of fakes that repeat a training sample"),
        ),
        min_n=2,
    ),
    MetricSpec(
        name="near-duplicates",
        make="genbench_fidelity.memorisation.near_duplicates:near_duplicates",
        summary="share of fakes as near to a training sample as few unseen ones are",
        source="after Meehan et al. 2020, arXiv:2004.05675",
        takes="features",
        range=(0.0, 1.0),
        min_n=2,
        report=True,
        expects=EXPECTED["near-duplicates"],
    ),
)
