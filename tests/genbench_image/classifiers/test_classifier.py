"""The extractor `classifier`: what it needs, and what comes back from its folder."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from genbench_image.classifiers.classifier import classifier, load

from genbench import DataError, Samples, Undefined


def test_labels_are_needed_and_more_than_one_class():
    samples = Samples.of("image", np.zeros((4, 8, 8, 1), np.uint8))
    with pytest.raises(Undefined, match="this dataset has none; use pixels"):
        classifier(samples, None, rng=np.random.default_rng(0), device="cpu", log=print)
    with pytest.raises(Undefined, match="at least two classes"):
        classifier(samples, np.zeros(4, np.int64), rng=np.random.default_rng(0), device="cpu", log=print)


def test_a_saved_classifier_answers_as_before(parts, tmp_path, fit):
    fitted = fit(parts["train"])
    fitted.save(tmp_path)
    again = load(tmp_path)
    for name, array in fitted(parts["test"]).items():
        np.testing.assert_array_equal(again(parts["test"])[name], array)
    assert again.classes.tolist() == list(range(10))


def test_a_saved_classifier_comes_back_on_the_device_that_is_asked_for(parts, tmp_path, fit):
    fit(parts["train"]).save(tmp_path)
    assert _devices(load(tmp_path).net) == {"cpu"}
    assert _devices(load(tmp_path, device="meta").net) == {"meta"}


def test_loading_does_not_move_torchs_own_generator(parts, tmp_path, fit):
    fit(parts["train"]).save(tmp_path)
    before = torch.get_rng_state()
    load(tmp_path)
    assert torch.equal(torch.get_rng_state(), before)


def test_what_was_not_saved_or_was_broken_is_refused_without_its_path(parts, tmp_path, fit):
    with pytest.raises(DataError, match="saved model 'classifier' cannot be read") as caught:
        load(tmp_path)
    assert str(tmp_path) not in str(caught.value)
    fit(parts["train"]).save(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"broken")
    with pytest.raises(DataError, match="saved model 'classifier' cannot be read"):
        load(tmp_path)


def _devices(net):
    return {weights.device.type for weights in net.parameters()}
