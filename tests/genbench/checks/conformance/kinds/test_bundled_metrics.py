"""The checks of the bundled metrics, on one modality of each container."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.full, pytest.mark.day(of=3)]

#: The modality of each container, the first that a metric works on.
MODALITIES = {
    "array": ("image", "vector"),
    "ragged": ("audio", "points"),
    "strings": ("text",),
    "frame": ("table",),
}

#: Options that suit few small samples.
OPTIONS = {
    "emd": {"points": 16},
    "cas": {"steps": 5},
    "kid": {"estimator": "full"},
    "ms-ssim-diversity": {"scales": 1, "window": 7},
    "ndb": {"bins": 20},
}


@pytest.mark.parametrize("container", MODALITIES)
def test_the_bundled_metrics_pass_their_checks(container, failures_of_bundled):
    failures, passed = failures_of_bundled("metric", MODALITIES[container], OPTIONS)
    assert failures == []
    assert "duplicates" in passed
