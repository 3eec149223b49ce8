"""Generator `wgan-gp`: a Wasserstein GAN with a gradient penalty.

Gulrajani, Ahmed, Arjovsky, Dumoulin & Courville, "Improved training of Wasserstein GANs" (2017,
arXiv:1704.00028).
"""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - annotations are read at run time
from typing import TYPE_CHECKING, Annotated

import numpy as np
from annotated_types import Ge, Gt, Lt
from numpy.typing import NDArray  # noqa: TC002 - annotations are read at run time

from genbench import Samples, log_losses
from genbench_image.generators.latent import LatentSampler, init_decoder, load
from genbench_image.torch_utils.learning import Batches, build_network, descend, normal

if TYPE_CHECKING:
    from torch import Tensor, nn

    from genbench import Log

__all__ = ["gradient_penalty", "load_wgan_gp", "wgan_gp"]


def wgan_gp(  # noqa: PLR0913 - its options are parameters
    train: Samples,
    train_labels: NDArray[np.int64] | None,
    *,
    steps: Annotated[int, Ge(1)] = 500,
    batch_size: Annotated[int, Ge(1)] = 32,
    learning_rate: Annotated[float, Gt(0)] = 2e-3,
    beta1: Annotated[float, Ge(0), Lt(1)] = 0.0,
    beta2: Annotated[float, Ge(0), Lt(1)] = 0.9,
    n_critic: Annotated[int, Ge(1)] = 5,
    gradient_penalty_weight: Annotated[float, Ge(0)] = 10.0,
    latent_size: Annotated[int, Ge(1)] = 32,
    channels: Annotated[int, Ge(1)] = 32,
    conditional: bool = False,
    rng: np.random.Generator,
    device: str = "cpu",
    log: Log,
) -> LatentSampler:
    """Return a generator, fitted to minimise the Wasserstein distance that a critic estimates.

    Algorithm 1: `n_critic` updates of the critic, each on its own batch, then one of the generator. The
    learning rate is 20 times the paper's, because trainings are hundreds of times shorter.

    steps                    updates of the generator
    beta1, beta2             of Adam
    n_critic                 updates of the critic for each of the generator
    gradient_penalty_weight  lambda, the weight of the penalty
    latent_size              dimensions of the noise
    channels                 of the first convolution of the critic; they double as the sides halve
    conditional              condition both networks on the labels
    Raises DataError if `train` holds no uint8 images, Undefined if conditional without labels, Invalid if a
    loss becomes NaN or infinite.
    """
    import torch

    from genbench_image.generators.convnets import Encoder

    batches = Batches.of(train, train_labels, conditional=conditional, device=device)
    shape, classes = train.space.shape, len(batches.classes)
    critic = build_network(lambda: Encoder(shape, outputs=1, channels=channels, classes=classes), rng, device)
    generator = init_decoder(batches, latent_size=latent_size, channels=channels, rng=rng)
    ascent = torch.optim.Adam(critic.parameters(), learning_rate, betas=(beta1, beta2), fused=True)
    descent = torch.optim.Adam(generator.parameters(), learning_rate, betas=(beta1, beta2), fused=True)
    for step in range(1, steps + 1):
        for _ in range(n_critic):
            images, numbers = batches.draw(batch_size, rng)
            with torch.no_grad():
                fakes = generator(normal(rng, batch_size, latent_size, device=device), numbers)
            shares = torch.from_numpy(rng.random((batch_size, 1, 1, 1), dtype=np.float32)).to(device)
            distance = critic(images, numbers).mean() - critic(fakes, numbers).mean()
            penalty = gradient_penalty(critic, shares * images + (1 - shares) * fakes, numbers)
            descend(ascent, gradient_penalty_weight * penalty - distance)
        _, numbers = batches.draw(batch_size, rng)
        loss = -critic(
            generator(normal(rng, batch_size, latent_size, device=device), numbers), numbers
        ).mean()
        descend(descent, loss)
        log_losses(log, step, steps, loss=distance, penalty=penalty)
    return LatentSampler("wgan-gp", generator, batches.classes, train.space, device)


def gradient_penalty(critic: nn.Module, images: Tensor, numbers: Tensor | None = None) -> Tensor:
    """Return E[(||gradient of the critic at an image|| - 1)^2], >= 0, equation 3, differentiable.

    `images` are its points: in training, random interpolations between a real and a fake image.
    """
    import torch

    points = images.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(critic(points, numbers).sum(), points, create_graph=True)
    penalty: Tensor = (gradient.flatten(1).norm(dim=1) - 1).square().mean()
    return penalty


def load_wgan_gp(folder: Path, device: str = "cpu") -> LatentSampler:
    """Return the sampler that `save(folder)` wrote; raise DataError if it cannot be read."""
    return load(folder, "wgan-gp", device)
