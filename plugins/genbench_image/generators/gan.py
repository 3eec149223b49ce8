"""Generator `gan`: a generative adversarial network.

Goodfellow et al., "Generative adversarial nets" (2014, arXiv:1406.2661).
"""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - annotations are read at run time
from typing import TYPE_CHECKING, Annotated

import numpy as np  # noqa: TC002 - annotations are read at run time
from annotated_types import Ge, Gt, Lt
from numpy.typing import NDArray  # noqa: TC002 - annotations are read at run time

from genbench import Samples, log_losses
from genbench_image.generators.latent import LatentSampler, init_decoder, load
from genbench_image.torch_utils.learning import Batches, build_network, descend, normal

if TYPE_CHECKING:
    from torch import Tensor

    from genbench import Log

__all__ = ["discriminator_loss", "gan", "generator_loss", "load_gan"]


def gan(  # noqa: PLR0913 - its options are parameters
    train: Samples,
    train_labels: NDArray[np.int64] | None,
    *,
    steps: Annotated[int, Ge(1)] = 1500,
    batch_size: Annotated[int, Ge(1)] = 32,
    learning_rate: Annotated[float, Gt(0)] = 1e-3,
    beta1: Annotated[float, Ge(0), Lt(1)] = 0.0,
    latent_size: Annotated[int, Ge(1)] = 32,
    channels: Annotated[int, Ge(1)] = 32,
    conditional: bool = False,
    rng: np.random.Generator,
    device: str = "cpu",
    log: Log,
) -> LatentSampler:
    """Return a generator G, fitted against a discriminator D that separates its images from real ones.

    Algorithm 1 with k = 1: in each step D descends its loss, then G descends the non-saturating loss of
    section 3. The networks follow Radford et al. (2015), without batch normalisation. Adam has no
    momentum: with beta1 = 0.5 the Frechet distance on 599 digits was two to three times as large. Nothing
    prevents mode collapse. Conditioning is that of Mirza & Osindero (2014,
    arXiv:1411.1784): both networks see the label.

    steps          updates of G, and of D
    beta1          Adam's decay of the mean gradient
    latent_size    dimensions of the noise
    channels       of the first convolution of D; they double as the sides halve
    conditional    condition both networks on the labels
    Raises DataError if `train` holds no uint8 images, Undefined if conditional without labels, Invalid if a
    loss becomes NaN or infinite.
    """
    import torch

    from genbench_image.generators.convnets import Encoder

    batches = Batches.of(train, train_labels, conditional=conditional, device=device)
    shape, classes = train.space.shape, len(batches.classes)
    critic = build_network(lambda: Encoder(shape, outputs=1, channels=channels, classes=classes), rng, device)
    generator = init_decoder(batches, latent_size=latent_size, channels=channels, rng=rng)
    ascent = torch.optim.Adam(critic.parameters(), learning_rate, betas=(beta1, 0.999), fused=True)
    descent = torch.optim.Adam(generator.parameters(), learning_rate, betas=(beta1, 0.999), fused=True)
    for step in range(1, steps + 1):
        images, numbers = batches.draw(batch_size, rng)
        fakes = generator(normal(rng, batch_size, latent_size, device=device), numbers)
        loss = discriminator_loss(critic(images, numbers), critic(fakes.detach(), numbers))
        descend(ascent, loss)
        wanted = generator_loss(critic(fakes, numbers))
        descend(descent, wanted)
        log_losses(log, step, steps, loss=wanted, discriminator=loss)
    return LatentSampler("gan", generator, batches.classes, train.space, device)


def discriminator_loss(real: Tensor, fake: Tensor) -> Tensor:
    """Return -E[log D(x)] - E[log(1 - D(G(z)))] from the logits of D, both (n, 1)."""
    from torch.nn.functional import softplus

    return softplus(-real).mean() + softplus(fake).mean()


def generator_loss(fake: Tensor) -> Tensor:
    """Return -E[log D(G(z))] from the logits of D, (n, 1)."""
    from torch.nn.functional import softplus

    return softplus(-fake).mean()


def load_gan(folder: Path, device: str = "cpu") -> LatentSampler:
    """Return the sampler that `save(folder)` wrote; raise DataError if it cannot be read."""
    return load(folder, "gan", device)
