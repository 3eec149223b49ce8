"""The extractor `inception-v3-compat`, held against torch-fidelity's with the same random weights."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys

import genbench_image
import numpy as np
import pytest
import torch
from genbench_fidelity.classes.inception_score import inception_score
from genbench_image.inception.inception import inception_v3_compat
from genbench_image.inception.inception_extraction import SCALINGS
from genbench_image.inception.inception_network import InceptionV3, fold
from genbench_image.inception.inception_weights import read_inception
from genbench_image.torch_utils.resizing import RESIZES
from sklearn.datasets import load_digits
from torch_fidelity.feature_extractor_inceptionv3 import FeatureExtractorInceptionV3
from torch_fidelity.metric_isc import isc_features_to_metric

from genbench import DataError, Samples, SuiteError, Undefined
from genbench.contract.signature import canonical_options, fill_options, read_contract
from genbench.suite.components import signed_options

needs_openvino = pytest.mark.extras("openvino")


@pytest.fixture(scope="module")
def images():
    """Digits at 32 x 32 in three tints, and coloured noise."""
    digits = (load_digits().images[500:506] * (255 / 16)).repeat(4, axis=1).repeat(4, axis=2)
    tints = np.array([[1, 0.5, 0.2], [0.3, 1, 1]]).repeat(3, axis=0)[:, None, None]
    noise = np.random.default_rng(0).integers(0, 256, (4, 32, 32, 3))
    return Samples.of("image", np.concatenate([digits[..., None] * tints, noise]).astype(np.uint8))


@pytest.fixture(scope="module")
def theirs(inception_weights, images):
    """What torch-fidelity's extractor makes of them."""
    names = ["2048", "logits_unbiased"]
    network = FeatureExtractorInceptionV3("inception-v3-compat", names, str(inception_weights))
    with torch.no_grad():
        found = network(torch.from_numpy(np.array(images.data.transpose(0, 3, 1, 2), order="C")))
    return dict(zip(("features", "logits"), (part.numpy() for part in found), strict=True))


@pytest.fixture(scope="module")
def extractor(inception_weights):
    return make(inception_weights)


@pytest.fixture(scope="module")
def ours(extractor, images):
    return extractor(images)


def make(weights, **options):
    return inception_v3_compat(weights=weights, device="cpu", log=lambda *_: None, **options)


def apart(ours, theirs):
    return np.linalg.norm(ours - theirs) / np.linalg.norm(theirs)


@pytest.mark.parametrize("output", ["features", "logits"])
def test_it_gives_what_torch_fidelity_gives(ours, theirs, output):
    assert apart(ours[output], theirs[output]) < 2e-5
    np.testing.assert_allclose(ours[output], theirs[output], rtol=0, atol=1e-3 * theirs[output].std())


def test_outputs_are_what_the_spec_says(ours):
    assert {name: (array.shape, array.dtype.name) for name, array in ours.items()} == {
        "features": ((10, 2048), "float32"),
        "logits": ((10, 1008), "float32"),
        "probabilities": ((10, 1008), "float32"),
    }


def test_probabilities_are_the_softmax_of_the_unbiased_logits(ours):
    logits = ours["logits"].astype(np.float64)
    expected = np.exp(logits - logits.max(axis=1, keepdims=True))
    expected /= expected.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(ours["probabilities"], expected, rtol=1e-6)


def test_the_inception_score_of_the_probabilities_is_torch_fidelitys_of_the_logits():
    logits = np.random.default_rng(0).normal(0, 3, (505, 1008)).astype(np.float32)
    probabilities = torch.softmax(torch.from_numpy(logits).double(), dim=1).float().numpy()
    theirs = isc_features_to_metric(torch.from_numpy(logits))
    score = inception_score(probabilities)
    assert score.value == pytest.approx(theirs["inception_score_mean"], rel=1e-6)
    assert score.extra["spread"] == pytest.approx(theirs["inception_score_std"], rel=1e-5)


def test_folding_changes_nothing_but_the_rounding_of_the_weights(inception_weights):
    state = torch.load(inception_weights, weights_only=True)
    with torch.device("meta"):
        eager, folded = InceptionV3().eval(), InceptionV3(folded=True).eval()
    eager.load_state_dict(state, assign=True)
    folded.load_state_dict(fold(state), assign=True)
    x = torch.from_numpy(np.random.default_rng(0).random((1, 384, 8, 8)))
    with torch.no_grad():
        for unit in ("Mixed_7c.branch3x3_2a", "Mixed_7b.branch3x3_2b"):
            before, after = (network.get_submodule(unit).double()(x) for network in (eager, folded))
            assert apart(after.numpy(), before.numpy()) < 1e-7


def test_the_bias_of_the_last_layer_is_left_out(inception_weights, ours):
    state = torch.load(inception_weights, weights_only=True)
    assert np.abs(state["fc.bias"].numpy()).max() > 1
    np.testing.assert_allclose(
        ours["logits"], ours["features"] @ state["fc.weight"].numpy().T, rtol=1e-4, atol=1e-5
    )


def test_an_answer_does_not_depend_on_the_company(extractor, images, ours):
    alone = extractor(images.take(slice(2, 5)))
    for name, array in alone.items():
        assert apart(array, ours[name][2:5]) < 2e-5


def test_grey_images_count_three_times(extractor):
    grey = np.random.default_rng(0).integers(0, 256, (1, 9, 12, 1), dtype=np.uint8)
    found = extractor(Samples.of("image", grey))["features"]
    same = extractor(Samples.of("image", grey.repeat(3, axis=3)))["features"]
    np.testing.assert_allclose(found, same, rtol=0, atol=1e-5)


@pytest.mark.parametrize(
    "samples",
    [Samples.of("image", np.zeros((2, 8, 8, 4), np.uint8)), Samples.of("text", ["a"])],
    ids=["four channels", "text"],
)
def test_what_is_no_image_of_one_or_three_channels_is_refused(extractor, samples):
    with pytest.raises(Undefined, match="takes images of 1 or 3 channels, got"):
        extractor(samples)


def test_no_images_give_no_rows(extractor):
    found = extractor(Samples.of("image", np.zeros((0, 8, 8, 3), np.uint8)))
    assert {name: array.shape for name, array in found.items()} == {
        "features": (0, 2048), "logits": (0, 1008), "probabilities": (0, 1008),
    }  # fmt: skip


def test_read_only_images_are_taken_and_left_alone(extractor, images):
    locked = images.data[:1].copy()
    locked.flags.writeable = False
    before = locked.copy()
    extractor(Samples.of("image", locked))
    np.testing.assert_array_equal(locked, before)


def test_progress_is_told_after_each_batch(inception_weights, images):
    told = []
    extractor = inception_v3_compat(
        weights=inception_weights, device="cpu", log=lambda step, total: told.append((step, total))
    )
    extractor(images)
    assert told == [(8, 10), (10, 10)]


def test_steps_show_the_way_of_an_image(inception_weights, images, ours):
    few = images.take(slice(0, 2))
    steps = make(inception_weights).steps(few)
    assert list(steps) == ["resized", "scaled", "features"]
    assert {name: (array.shape, array.dtype.name) for name, array in steps.items()} == {
        "resized": ((2, 299, 299, 3), "float32"),
        "scaled": ((2, 299, 299, 3), "float32"),
        "features": ((2, 2048), "float32"),
    }
    np.testing.assert_array_equal(steps["resized"][:, 0, 0], few.data[:, 0, 0])
    np.testing.assert_array_equal(steps["scaled"], (steps["resized"] - 128) / 128)
    np.testing.assert_allclose(steps["features"], ours["features"][:2], rtol=0, atol=1e-5)


@pytest.mark.parametrize("resize", RESIZES)
@pytest.mark.parametrize("scaling", SCALINGS)
def test_each_rule_of_resizing_and_scaling_is_that_of_its_name(
    inception_weights, images, ours, resize, scaling
):
    few = images.take(slice(0, 1))
    steps = make(inception_weights, resize=resize, scaling=scaling).steps(few)
    pixels = torch.from_numpy(few.data).permute(0, 3, 1, 2).float()
    expected = RESIZES[resize](pixels, 299).permute(0, 2, 3, 1).numpy()
    np.testing.assert_allclose(steps["resized"], expected, rtol=0, atol=1e-4)
    ranges = {"tf": (expected - 128) / 128, "unit": expected / 127.5 - 1}
    np.testing.assert_allclose(steps["scaled"], ranges[scaling], rtol=0, atol=1e-5)
    differs = apart(steps["features"], ours["features"][:1]) > 1e-4
    assert differs == ((resize, scaling) != ("tf1", "tf"))


def test_bfloat16_is_near_and_not_the_same(inception_weights, images, ours):
    found = make(inception_weights, dtype="bfloat16")(images)
    assert found["features"].dtype == np.float32
    assert 1e-4 < apart(found["features"], ours["features"]) < 0.1


@needs_openvino
def test_openvino_gives_the_same_features(inception_weights, images, ours, theirs):
    found = make(inception_weights, backend="openvino")(images)
    assert apart(found["features"], theirs["features"]) < 2e-5
    assert apart(found["probabilities"], ours["probabilities"]) < 2e-5
    none = make(inception_weights, backend="openvino")(images.take(slice(0, 0)))
    assert none["features"].shape == (0, 2048)


@needs_openvino
def test_openvino_does_not_report_that_it_is_used(inception_weights, monkeypatch):
    telemetry = importlib.import_module("openvino_telemetry").Telemetry
    for name in ("start_session", "send_event", "end_session"):
        monkeypatch.setattr(telemetry, name, lambda *_, **__: pytest.fail("OpenVINO reports it"))
    make(inception_weights, backend="openvino")


@needs_openvino
def test_openvinos_bfloat16_is_near_and_not_torchs(inception_weights, images, ours):
    if "BF16" not in _capabilities():
        pytest.skip("OpenVINO has no bfloat16 on this CPU")
    found = make(inception_weights, backend="openvino", dtype="openvino-bfloat16")(images)["features"]
    assert 1e-4 < apart(found, ours["features"]) < 0.1
    assert apart(found, make(inception_weights, dtype="bfloat16")(images)["features"]) > 1e-4


def _capabilities():
    return importlib.import_module("openvino").Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


@needs_openvino
def test_openvino_is_refused_in_bfloat16_where_the_cpu_has_none():
    code = (
        "from genbench_image.inception.inception_openvino import compiled\n"
        "compiled(None, dtype='openvino-bfloat16', device='cpu')\n"
    )
    older = {**os.environ, "OV_CPU_MAX_ISA": "AVX2"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=older, capture_output=True, text=True, check=False
    )
    assert "SuiteError: OpenVINO has no bfloat16 on this CPU" in done.stderr


@pytest.mark.parametrize(("dtype", "backend"), [("bfloat16", "openvino"), ("openvino-bfloat16", "torch")])
def test_a_backend_computes_in_no_other_ones_bfloat16(dtype, backend, tmp_path):
    with pytest.raises(
        SuiteError, match=f"dtype = '{dtype}' needs the backend .*, but backend is '{backend}'"
    ):
        make(tmp_path / "w.pth", dtype=dtype, backend=backend)


def test_backends_share_a_signature_in_float32_and_not_in_bfloat16(tmp_path):
    specs = {spec.name: spec for spec in genbench_image.genbench_extractors()}
    contract = read_contract(specs["inception-v3-compat"])

    def signed(**options):
        filled = fill_options(contract, options, where="here", folder=tmp_path)
        return signed_options(contract, canonical_options(contract, filled))

    assert signed() == signed(backend="openvino")
    torchs, openvinos = (
        signed(dtype="bfloat16"),
        signed(dtype="openvino-bfloat16", backend="openvino"),
    )
    assert len({str(each) for each in (signed(), torchs, openvinos)}) == 3


@needs_openvino
def test_openvino_is_refused_on_another_device(inception_weights):
    with pytest.raises(SuiteError, match="OpenVINO runs on the CPU, but the device is cuda"):
        inception_v3_compat(weights=inception_weights, backend="openvino", device="cuda", log=print)


def test_a_missing_openvino_is_one_line_that_says_what_to_install(inception_weights, monkeypatch):
    monkeypatch.setitem(sys.modules, "openvino", None)
    with pytest.raises(SuiteError, match=r"^OpenVINO is not installed: pip install 'genbench\[openvino\]'"):
        make(inception_weights, backend="openvino")


def test_missing_weights_are_one_line_that_says_how_to_get_them():
    with pytest.raises(DataError, match="genbench fetch inception-v3-compat"):
        make(None)


def test_weights_may_lack_the_counters_of_training(inception_weights, tmp_path):
    state = torch.load(inception_weights, weights_only=True)
    kept = {name: tensor for name, tensor in state.items() if not name.endswith("num_batches_tracked")}
    assert len(kept) < len(state)
    torch.save(kept, tmp_path / "w.pth")
    assert isinstance(read_inception(tmp_path / "w.pth"), InceptionV3)


def test_files_that_are_no_weights_of_this_network_are_refused(inception_weights, tmp_path):
    state = torch.load(inception_weights, weights_only=True)
    cases = {
        "broken.pth": (b"broken", "holds no weights of inception-v3-compat: it is no PyTorch file; "),
        "other.pth": ({"a": torch.zeros(1)}, "does not hold the Inception network"),
        "less.pth": ({**state, "fc.weight": state["fc.weight"][:1000]}, r"1 tensors .* 'fc\.weight' among"),
        "list.pth": ([torch.zeros(1)], "holds other things than tensors"),
        "half.pth": (
            {**state, "fc.weight": state["fc.weight"].half()},
            r"'fc\.weight' is float16; expected fl",
        ),
        "int.pth": ({name: tensor.int() for name, tensor in state.items()}, "is int32; expected float32"),
    }
    for name, (content, message) in cases.items():
        path = tmp_path / name
        path.write_bytes(content) if isinstance(content, bytes) else torch.save(content, path)
        with pytest.raises(DataError, match=message) as caught:
            make(path)
        assert str(tmp_path) not in str(caught.value)
        assert "\n" not in str(caught.value)
    with pytest.raises(DataError, match=r"gone\.pth holds no weights of inception-v3-compat: No such file"):
        make(tmp_path / "gone.pth")


class _Malicious:
    def __reduce__(self):
        return (os.mkdir, ("ran",))


def test_what_a_file_says_is_not_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    torch.save({"fc.weight": _Malicious()}, tmp_path / "bad.pth")
    with pytest.raises(DataError, match=r"bad\.pth holds no weights .*: .* are not unpickled"):
        make(tmp_path / "bad.pth")
    assert not (tmp_path / "ran").exists()
