"""The checks of the bundled extractors, on one modality of each container."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.full, pytest.mark.day(of=3)]


#: Options that train quickly.
OPTIONS = {"classifier": {"steps": 5}}


@pytest.mark.parametrize(
    ("modalities", "some"), [(("image", "vector"), {"classifier", "given"}), (("text",), {"char-ngrams"})]
)
def test_the_bundled_extractors_pass_their_checks(modalities, some, failures_of_bundled):
    failures, passed = failures_of_bundled("extractor", modalities, OPTIONS)
    assert failures == []
    assert some <= set(passed)
