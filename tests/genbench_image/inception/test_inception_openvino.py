"""The Inception network on OpenVINO, beside torch's."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys

import pytest
from genbench_image.inception.inception import inception_v3_compat

from genbench import SuiteError

needs_openvino = pytest.mark.extras("openvino")


@needs_openvino
@pytest.mark.slow
def test_openvino_gives_the_same_features(inception_weights, images, ours, theirs, make, apart):
    found = make(inception_weights, backend="openvino")(images)
    assert apart(found["features"], theirs["features"]) < 2e-5
    assert apart(found["probabilities"], ours["probabilities"]) < 2e-5
    none = make(inception_weights, backend="openvino")(images.take(slice(0, 0)))
    assert none["features"].shape == (0, 2048)


@needs_openvino
@pytest.mark.slow
def test_openvino_does_not_report_that_it_is_used(inception_weights, monkeypatch, make):
    telemetry = importlib.import_module("openvino_telemetry").Telemetry
    for name in ("start_session", "send_event", "end_session"):
        monkeypatch.setattr(telemetry, name, lambda *_, **__: pytest.fail("OpenVINO reports it"))
    make(inception_weights, backend="openvino")


@needs_openvino
@pytest.mark.slow
def test_openvinos_bfloat16_is_near_and_not_torchs(inception_weights, images, ours, make, apart):
    if "BF16" not in _capabilities():
        pytest.skip("OpenVINO has no bfloat16 on this CPU")
    found = make(inception_weights, backend="openvino", dtype="openvino-bfloat16")(images)["features"]
    assert 1e-4 < apart(found, ours["features"]) < 0.1
    assert apart(found, make(inception_weights, dtype="bfloat16")(images)["features"]) > 1e-4


def _capabilities():
    return importlib.import_module("openvino").Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


@pytest.mark.slow
@needs_openvino
def test_openvino_is_refused_in_bfloat16_where_the_cpu_has_none():
    code = (
        "from genbench_image.inception.inception_extraction import compile_network\n"
        "compile_network(None, dtype='openvino-bfloat16', device='cpu')\n"
    )
    older = {**os.environ, "OV_CPU_MAX_ISA": "AVX2"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=older, capture_output=True, text=True, check=False
    )
    assert "SuiteError: OpenVINO has no bfloat16 on this CPU" in done.stderr


@pytest.mark.slow
@needs_openvino
def test_openvino_is_refused_on_another_device(inception_weights):
    with pytest.raises(SuiteError, match="OpenVINO runs on the CPU, but the device is cuda"):
        inception_v3_compat(weights=inception_weights, backend="openvino", device="cuda", log=print)


def test_a_missing_openvino_is_one_line_that_says_what_to_install(inception_weights, monkeypatch, make):
    monkeypatch.setitem(sys.modules, "openvino", None)
    with pytest.raises(SuiteError, match=r"^OpenVINO is not installed: pip install 'genbench\[openvino\]'"):
        make(inception_weights, backend="openvino")
