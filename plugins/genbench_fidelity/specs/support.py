"""How much of the law's support the fakes fill."""

from __future__ import annotations

import math

from genbench import MetricSpec, Output
from genbench_fidelity.specs.expected import EXPECTED

__all__ = ["SUPPORT"]

SUPPORT = (
    MetricSpec(
        name="ndb",
        make="genbench_fidelity.diversity.ndb:ndb",
        summary="bins of the training data that fakes fill differently",
        source="Richardson & Weiss 2018, arXiv:1805.12462",
        takes="features",
        outputs=(
            Output(
                name="ndb",
                direction="lower",
                summary="number of significantly different bins",
                range=(0.0, None),
                expects=EXPECTED["ndb"],
            ),
            Output(
                name="jsd",
                direction="lower",
                summary="Jensen-Shannon divergence of the bins' shares, nats",
                best=0.0,
                range=(0.0, math.log(2)),
                expects=EXPECTED["jsd"],
            ),
        ),
        min_n=2,
    ),
    MetricSpec(
        name="birthday",
        make="genbench_fidelity.diversity.birthday:birthday",
        summary="size of the fakes' support, by the birthday paradox",
        source="Arora & Zhang 2018, arXiv:1706.08224",
        takes="features",
        range=(4.0, None),
        min_n=2,
        expects=EXPECTED["birthday"],
    ),
)
