"""Protocols compared on one pair, step by step."""

from __future__ import annotations

import numpy as np
import pytest
from toys import plugin_text

from genbench import SuiteError
from genbench.scoring.explain import explain

RNG = np.random.Generator(np.random.PCG64(8))
REAL = RNG.integers(0, 256, (30, 4, 4, 1)).astype(np.uint8)
FAKE = RNG.integers(0, 128, (25, 4, 4, 1)).astype(np.uint8)


@pytest.fixture
def explained(presets):
    """Return a function that explains the toy's extractor and returns its protocols by name."""

    def make(**asked):
        found = explain(**({"fake": FAKE, "real": REAL, "extractor": "scaled"} | asked))
        return {one.protocol: one for one in found}

    return make


def test_each_protocol_has_its_settings_and_its_measurements_on_the_same_samples(explained):
    found = explained(metrics=["fid", "vendi"])
    assert list(found) == ["plain", "doubled", "many"]
    doubled = found["doubled"]
    assert (doubled.summary, doubled.source) == ("pixels times two", "a paper")
    assert doubled.options == {"scale": 2.0}
    assert list(doubled.measurements) == ["fid[doubled]", "vendi[doubled]"]
    fids = {name: one.measurements[f"fid[{name}]"] for name, one in found.items()}
    assert fids["doubled"].value == pytest.approx(4 * fids["plain"].value, rel=1e-6)
    assert fids["many"].value == fids["plain"].value
    assert {(fid.n, fid.n_real) for fid in fids.values()} == {(25, 30)}  # `many` asks for 50


def test_steps_have_statistics_of_the_first_fakes_and_the_difference_from_the_first_protocol(explained):
    steps = {name: one.steps for name, one in explained().items()}
    first = FAKE[:16].astype(np.float64)
    for name, factor in (("plain", 1), ("doubled", 2)):
        decoded, scaled = steps[name]
        assert (decoded.name, decoded.shape, decoded.apart) == ("decoded", (4, 4, 1), 0.0)
        assert decoded.mean == first.mean()
        assert (scaled.name, scaled.shape) == ("scaled", (4, 4, 1))
        assert (scaled.low, scaled.high) == (factor * first.min(), factor * first.max())
        assert (scaled.mean, scaled.spread) == (factor * first.mean(), factor * first.std())
    assert (steps["plain"][1].apart, steps["doubled"][1].apart) == (0.0, first.mean())


def test_where_no_metric_uses_the_extractor_only_the_samples_are_a_step(explained, site):
    site.add("brightness", plugin_text("""
        def brightness(fake):
            return float(fake.data.mean())

        MetricSpec(name="brightness", make=brightness)
    """))  # fmt: skip
    for metrics, names in ((["brightness"], ["decoded"]), (["fid", "brightness"], ["decoded", "scaled"])):
        assert [step.name for step in explained(metrics=metrics)["plain"].steps] == names


def test_an_extractor_without_steps_and_steps_of_two_shapes_are_no_fault(explained, site):
    site.add("cropping", plugin_text("""
        def cropped(*, width: int = 4, silent: bool = False):
            def extract(samples):
                return {"features": steps(samples)["cropped"].reshape(len(samples), -1)}
            def steps(samples):
                return {"cropped": samples.data[:, :, :width].astype("float64")}
            if not silent:
                extract.steps = steps
            return extract

        protocols = [Protocol(name="wide"), Protocol(name="narrow", options={"width": 2}),
                     Protocol(name="silent", options={"silent": True})]
        ExtractorSpec(name="cropped", make=cropped, outputs={"features": "x"}, modalities=("image",),
                      protocols=protocols)
    """))  # fmt: skip
    found = explained(extractor="cropped")
    assert [(step.name, step.shape, step.apart) for step in found["narrow"].steps] == [
        ("decoded", (4, 4, 1), 0.0), ("cropped", (4, 2, 1), None),
    ]  # fmt: skip
    assert [step.name for step in found["silent"].steps] == ["decoded"]


def test_options_of_the_call_come_before_those_of_a_protocol(explained):
    found = explained(extractor={"use": "scaled", "scale": 3.0})
    assert {name: one.steps[1].high / one.steps[0].high for name, one in found.items()} == {
        "plain": 3.0, "doubled": 3.0, "many": 3.0,
    }  # fmt: skip


def test_where_no_extractor_has_a_protocol_the_options_of_metrics_are_compared():
    sides = {name: RNG.normal(size=(4, 6, 3)).astype(np.float32) for name in ("fake", "real")}
    asked = {"mmd-cd": {"points": 5}, "duplicates": {}, "emd": {}}
    found = explain(**sides, modality="points", metrics=asked)
    assert [one.protocol for one in found] == ["pointflow", "shapegf", "latent-diffusion"]
    for one in found:
        assert list(one.measurements) == ["mmd-cd", "mmd-emd", "cov-emd", "nna-emd"]
        options = one.measurements["mmd-cd"].decided_by["options"]
        assert (options["protocol"], options["points"]) == (one.protocol, 5)
        assert (one.summary, one.source, one.steps) == ("an option of chamfer and emd", "", ())
    boxes = [one.measurements["mmd-emd"].value for one in found[1:]]
    assert boxes[0] == pytest.approx(2 * boxes[1], rel=1e-5)
    reason = "protocol for points samples; name metrics that have some: chamfer, emd, "
    with pytest.raises(SuiteError, match=reason):
        explain(**sides, modality="points", metrics="duplicates")


def test_what_no_protocol_fits_is_refused(explained):
    with pytest.raises(SuiteError, match="no installed extractor has a protocol for vector samples"):
        explained(fake=np.ones((5, 2)), real=np.ones((5, 2)), extractor=None)
    with pytest.raises(SuiteError, match="no installed extractor has a protocol for image samples"):
        explained(extractor="pixels")
    with pytest.raises(SuiteError, match="n: expected an integer of at least 1, got 0"):
        explained(n=0)
