"""The sampler of decoders: what it decodes, and what its folder brings back."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from genbench_image.generators.latent import LatentSampler, init_decoder, load
from genbench_image.torch_utils.learning import BATCH, Batches, Classes

from genbench import DataError, Invalid, Samples, Space, Undefined

LABELS = np.array([3, 3, 3, 7])


class Mirror(torch.nn.Module):
    """A decoder that shows the four numbers of a latent as pixels, plus the number of its class."""

    latent_size = 4

    def __init__(self):
        super().__init__()
        self.most = 0

    def forward(self, latents, numbers):
        self.most = max(self.most, len(latents))
        images = latents.reshape(-1, 1, 2, 2)
        return images if numbers is None else images + numbers[:, None, None, None]


def mirror(labels=None):
    classes = Classes.of(labels, conditional=labels is not None)
    return LatentSampler("mirror", Mirror(), classes, Space("image", (2, 2, 1)), "cpu")


def fitted(labels=None, seed=1):
    train = Samples.of("image", np.arange(36, dtype=np.uint8).reshape(4, 3, 3, 1))
    batches = Batches.of(train, labels, conditional=labels is not None, device="cpu")
    network = init_decoder(batches, latent_size=3, channels=4, rng=np.random.default_rng(seed))
    return LatentSampler("vae", network, batches.classes, batches.space, "cpu")


def test_decoded_numbers_become_the_pixels_of_images():
    found = mirror().decode(np.array([[-1, 0.6, 1, 9], [0.2, -3, -0.2, -1]]))
    assert found.data[..., 0].tolist() == [[[0, 204], [255, 255]], [[153, 0], [102, 0]]]
    assert found.labels is None


def test_many_latents_go_through_the_network_in_parts_and_stay_in_order():
    sampler = mirror()
    pixels = np.arange(4 * (2 * BATCH + 7)).reshape(-1, 2, 2, 1) % 256
    found = sampler.decode(pixels.reshape(-1, 4) / 127.5 - 1)
    assert np.array_equal(found.data, pixels)
    assert sampler.network.most == BATCH
    assert sampler.decode(np.zeros((0, 4))).data.shape == (0, 2, 2, 1)


def test_a_label_is_given_to_the_network_as_the_number_of_its_class():
    found = mirror(LABELS).decode(np.full((2, 4), -1.0), np.array([7, 3]))
    assert found.data[:, 0, 0, 0].tolist() == [128, 0]
    assert found.labels.tolist() == [7, 3]
    with pytest.raises(Undefined, match="needs a label for each sample, among 3, 7"):
        mirror(LABELS).decode(np.zeros((2, 4)))


def test_samples_are_decoded_normal_draws_with_labels_in_their_shares():
    drawn = mirror(LABELS).sample(4000, rng=np.random.default_rng(2))
    assert (drawn.labels == 3).mean() == pytest.approx(0.75, abs=0.03)  # 4 standard errors
    dark = (drawn.data[drawn.labels == 3] == 0).mean()  # where a normal number is below -1 + 1 / 255
    assert dark == pytest.approx(0.1596, abs=0.014)  # 4 standard errors


def test_a_network_that_gives_no_numbers_is_invalid():
    with pytest.raises(Invalid, match="1 of 4 sampled values are not finite"):
        mirror().decode(np.array([[0, np.nan, 0, 0]]))


def test_an_untrained_decoder_depends_on_its_stream_alone():
    latents = np.ones((2, 3))
    before = torch.get_rng_state()
    one, same, other = (fitted(seed=seed).decode(latents).data for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("labels", [None, LABELS], ids=["without labels", "with labels"])
def test_a_folder_brings_back_the_network_and_all_that_it_is_asked_with(labels, tmp_path):
    sampler = fitted(labels)
    sampler.save(tmp_path)
    again = load(tmp_path, "vae", "cpu")
    latents = np.random.default_rng(3).standard_normal((4, 3))
    assert np.array_equal(again.decode(latents, labels).data, sampler.decode(latents, labels).data)
    assert again.classes.to_json() == sampler.classes.to_json()
    assert (again.latent_dim, again.parameters) == (3, sampler.parameters)
    with pytest.raises(DataError, match="describes the model 'vae'; expected 'gan'"):
        load(tmp_path, "gan", "cpu")
