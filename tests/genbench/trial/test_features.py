"""Features that several processes compute and share."""

from __future__ import annotations

import numpy as np
import pytest

from genbench import score

SOURCE = """
import numpy as np
from genbench import ExtractorSpec, hookimpl

def make():
    rng = np.random.default_rng()  # not that of the host, so another one in each process
    weights = np.arange(6.0).reshape(3, 2) + {noise} * rng.normal(size=(3, 2))
    return lambda samples: {{"features": samples.data @ weights}}

@hookimpl
def genbench_extractors():
    return [ExtractorSpec(name="projection", make=make, outputs={{"features": "x"}})]
"""


@pytest.fixture
def scored(site, tmp_path, monkeypatch):
    """Return a function that scores files by features of an extractor that differs from call to call."""
    monkeypatch.setenv("GENBENCH_STORE", str(tmp_path / "store"))
    rng = np.random.default_rng(0)
    for name in ("real", "one", "two"):
        np.save(tmp_path / f"{name}.npy", rng.normal(size=(50, 3)))

    def ask(noise):
        site.add("projecting", SOURCE.format(noise=noise))
        paths = [tmp_path / f"{name}.npy" for name in ("one", "two", "one")]
        found = [score(fake=path, real=tmp_path / "real.npy", metrics="fid[projection]") for path in paths]
        return [each["fid[projection]"] for each in found]

    return ask


def test_an_extractor_that_is_another_one_in_each_process_is_invalid(scored):
    first, second, again = scored(1.0)
    assert first.status == "ok"
    assert second.status == "invalid"
    assert second.reason.startswith(
        "projecting:projection: gives other features of the same samples in another process"
    )
    assert again == first  # from the store


def test_the_rounding_of_another_machine_is_none(scored):
    assert [each.status for each in scored(1e-5)] == ["ok"] * 3
