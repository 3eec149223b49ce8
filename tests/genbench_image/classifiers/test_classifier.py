"""The extractors `classifier` and `digits-classifier`."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from genbench_image.classifiers.classifier import classifier, load
from genbench_image.classifiers.digits_classifier import SHAPE, WEIGHTS, digits_classifier
from genbench_image.classifiers.make_digits_classifier import thirds, train_digits_classifier
from genbench_image.classifiers.network import channels_last, from_weights
from genbench_image.torch_utils.tensors import to_tensor
from safetensors.numpy import load_file, save_file

from genbench import DataError, Samples, Undefined


@pytest.fixture(autouse=True)
def one_thread():
    """Threads change the bits of what is learnt."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def parts():
    return thirds()


@pytest.fixture(scope="module")
def shipped():
    return digits_classifier()


def test_the_shipped_classifier_knows_digits_it_never_saw(parts, shipped):
    assert shipped.accuracy(parts["test"]) >= 0.98
    assert shipped.accuracy(parts["held_out"]) >= 0.98


def test_the_shipped_weights_are_small():
    assert WEIGHTS.stat().st_size < 300_000


def test_the_shipped_weights_are_those_that_the_script_makes(parts, shipped):
    made = train_digits_classifier()
    assert made.accuracy(parts["test"]) >= 0.97  # elsewhere rounding leads to other weights, no worse
    if _bits(made.net) != _bits(shipped.net):
        pytest.skip("another CPU or torch than the one that made the file")


def test_features_and_probabilities_are_what_the_spec_says(parts, shipped):
    answer = shipped(parts["test"])
    assert {name: (array.shape, array.dtype.name) for name, array in answer.items()} == {
        "features": ((599, 64), "float32"), "probabilities": ((599, 10), "float32"),
    }  # fmt: skip
    np.testing.assert_allclose(answer["probabilities"].sum(axis=1), 1, atol=1e-6)
    assert np.linalg.matrix_rank(np.cov(answer["features"].T.astype(float))) == 64


def test_an_answer_does_not_depend_on_the_company(parts, shipped):
    whole = shipped(parts["test"])
    for chosen in (slice(0, 1), slice(5, 105), slice(100, 229), slice(598, 599)):
        part = shipped(parts["test"].take(chosen))
        for name, array in part.items():
            np.testing.assert_allclose(array, whole[name][chosen], rtol=0, atol=1e-6)


def test_no_images_give_no_rows(shipped):
    answer = shipped(Samples.of("image", np.zeros((0, *SHAPE), np.uint8)))
    assert answer["features"].shape == (0, 64)


@pytest.mark.parametrize("shape", [(8, 8, 3), (28, 28, 1), (8, 9, 1)])
def test_images_of_another_shape_are_refused_with_both(shipped, shape):
    sides = "x".join(map(str, shape))
    with pytest.raises(Undefined, match=f"takes images of 8x8x1, got image {sides}"):
        shipped(Samples.of("image", np.zeros((2, *shape), np.uint8)))


def test_other_samples_than_images_are_refused(shipped):
    with pytest.raises(Undefined, match="takes images of 8x8x1, got text"):
        shipped(Samples.of("text", ["a"]))


def test_samples_without_labels_have_no_accuracy(shipped):
    with pytest.raises(Undefined, match="accuracy needs labels"):
        shipped.accuracy(Samples.of("image", np.zeros((2, *SHAPE), np.uint8)))


def test_any_labelled_images_can_be_learnt(parts):
    train = parts["train"]
    fitted = classifier(train, train.labels, rng=np.random.default_rng(1), device="cpu", log=_ignore)
    assert fitted.accuracy(parts["test"]) >= 0.96


@pytest.mark.parametrize("shape", [(8, 8, 1), (28, 28, 1), (64, 64, 3), (9, 17, 3), (1, 1, 1)])
def test_any_size_and_channels_are_taken_and_any_labels_kept(shape):
    images = np.zeros((40, *shape), np.uint8)
    images[1::2] = 255
    labels = np.tile([-3, 7], 20)
    samples = Samples.of("image", images, labels)
    fitted = _fit(samples, steps=30)
    assert fitted.accuracy(samples) == 1
    assert fitted.classes.tolist() == [-3, 7]
    assert fitted(samples)["features"].shape == (40, 64)


def test_one_generator_gives_one_network_and_another_gives_another(parts):
    one, same, other = (_fit(parts["train"], seed=seed) for seed in (0, 0, 1))
    assert _bits(one.net) == _bits(same.net)
    assert _bits(one.net) != _bits(other.net)


def test_torchs_own_generator_is_neither_read_nor_moved(parts):
    torch.manual_seed(5)
    before = torch.get_rng_state()
    one = _fit(parts["train"])
    digits_classifier()
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(6)
    assert _bits(_fit(parts["train"]).net) == _bits(one.net)


def test_training_changes_no_sample(parts):
    before = parts["train"].data.copy()
    _fit(parts["train"])
    np.testing.assert_array_equal(parts["train"].data, before)


def test_progress_is_told_every_fifty_steps_and_at_the_end(parts):
    told = []
    train = parts["train"]
    rng = np.random.default_rng(0)
    classifier(train, train.labels, steps=120, rng=rng, device="cpu", log=lambda *a, **k: told.append((a, k)))
    assert [where for where, _ in told] == [(50, 120), (100, 120), (120, 120)]
    assert all(values.keys() == {"loss"} and np.isfinite(values["loss"]) for _, values in told)


def test_labels_are_needed_and_more_than_one_class():
    samples = Samples.of("image", np.zeros((4, 8, 8, 1), np.uint8))
    with pytest.raises(Undefined, match="this dataset has none; use pixels"):
        classifier(samples, None, rng=np.random.default_rng(0), device="cpu", log=_ignore)
    with pytest.raises(Undefined, match="at least two classes"):
        classifier(samples, np.zeros(4, np.int64), rng=np.random.default_rng(0), device="cpu", log=_ignore)


def test_a_saved_classifier_answers_as_before(parts, tmp_path):
    fitted = _fit(parts["train"])
    fitted.save(tmp_path)
    again = load(tmp_path)
    for name, array in fitted(parts["test"]).items():
        np.testing.assert_array_equal(again(parts["test"])[name], array)
    assert again.classes.tolist() == list(range(10))


def test_a_saved_classifier_comes_back_on_the_device_that_is_asked_for(parts, tmp_path):
    _fit(parts["train"]).save(tmp_path)
    assert _devices(load(tmp_path).net) == {"cpu"}
    assert _devices(load(tmp_path, device="meta").net) == {"meta"}


def test_loading_does_not_move_torchs_own_generator(parts, tmp_path):
    _fit(parts["train"]).save(tmp_path)
    before = torch.get_rng_state()
    load(tmp_path)
    assert torch.equal(torch.get_rng_state(), before)


def test_the_numbers_that_go_in_are_those_of_the_generators():
    samples = Samples.of("image", np.arange(256, dtype=np.uint8).repeat(6).reshape(16, 8, 4, 3))
    assert torch.equal(channels_last(samples.data, "cpu"), to_tensor(samples, "cpu"))


def test_what_was_not_saved_or_was_broken_is_refused_without_its_path(parts, tmp_path):
    with pytest.raises(DataError, match="saved model 'classifier' cannot be read") as caught:
        load(tmp_path)
    assert str(tmp_path) not in str(caught.value)
    _fit(parts["train"]).save(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"broken")
    with pytest.raises(DataError, match="saved model 'classifier' cannot be read"):
        load(tmp_path)


def test_weights_of_another_network_are_refused(tmp_path):
    tensors = load_file(WEIGHTS)
    tensors.pop("0.weight")
    save_file(tensors, tmp_path / "w.safetensors")
    with pytest.raises(DataError, match=r"w\.safetensors is not a file of this classifier"):
        from_weights(tmp_path / "w.safetensors", SHAPE, range(10))


def _fit(samples, steps=20, seed=0):
    rng = np.random.default_rng(seed)
    return classifier(samples, samples.labels, steps=steps, rng=rng, device="cpu", log=_ignore)


def _devices(net):
    return {weights.device.type for weights in net.parameters()}


def _bits(net):
    return [(name, tensor.numpy().tobytes()) for name, tensor in net.state_dict().items()]


def _ignore(*_, **__):
    pass
