"""The checks of the bundled extractors, on one modality of each container."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.full


@pytest.mark.parametrize("modalities", [("image", "vector"), ("text",)])
def test_the_bundled_extractors_pass_their_checks(modalities, failures_of_bundled):
    failures, passed = failures_of_bundled("extractor", modalities)
    assert failures == []
    assert passed
