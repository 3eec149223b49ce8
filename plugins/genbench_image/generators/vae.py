"""Generator `vae`: a variational autoencoder.

Kingma & Welling, "Auto-encoding variational Bayes" (2013, arXiv:1312.6114).
"""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - annotations are read at run time
from typing import TYPE_CHECKING, Annotated

import numpy as np  # noqa: TC002 - annotations are read at run time
from annotated_types import Ge, Gt
from numpy.typing import NDArray  # noqa: TC002 - annotations are read at run time

from genbench import Samples, log_losses
from genbench_image.generators.latent import LatentSampler, init_decoder, load
from genbench_image.torch_utils.learning import Batches, build_network, descend, normal

if TYPE_CHECKING:
    from torch import Tensor

    from genbench import Log

__all__ = ["elbo_terms", "kl_to_standard_normal", "load_vae", "vae"]


def vae(  # noqa: PLR0913 - its options are parameters
    train: Samples,
    train_labels: NDArray[np.int64] | None,
    *,
    steps: Annotated[int, Ge(1)] = 1000,
    batch_size: Annotated[int, Ge(1)] = 64,
    learning_rate: Annotated[float, Gt(0)] = 2e-3,
    latent_size: Annotated[int, Ge(1)] = 8,
    channels: Annotated[int, Ge(1)] = 32,
    conditional: bool = False,
    rng: np.random.Generator,
    device: str = "cpu",
    log: Log,
) -> LatentSampler:
    """Return a decoder p(x|z), fitted with an encoder q(z|x) by ascending the evidence lower bound.

        ELBO = E_q[log p(x|z)] - KL(q(z|x) || N(0, I))         equation 3, estimated with one z per image

    q is normal with a diagonal covariance (section 3), sampled by z = mean + exp(log_variance / 2) * noise.
    p is normal around the decoded image, with one variance for all pixels at its maximum-likelihood value in
    each batch (Rybkin, Daniilidis & Levine, "Simple and effective VAE training with calibrated decoders",
    2020, arXiv:2006.13202), so the two terms need no weight. Samples are the means of p(x|z).

    steps          batches it is trained on
    latent_size    dimensions of z
    channels       of the first convolution; they double as the sides halve
    conditional    condition both networks on the labels
    Raises DataError if `train` holds no uint8 images, Undefined if conditional without labels, Invalid if the
    loss becomes NaN or infinite.
    """
    import torch

    from genbench_image.generators.convnets import Encoder

    batches = Batches.of(train, train_labels, conditional=conditional, device=device)
    shape, classes = train.space.shape, len(batches.classes)
    encoder = build_network(
        lambda: Encoder(shape, outputs=2 * latent_size, channels=channels, classes=classes), rng, device
    )
    decoder = init_decoder(batches, latent_size=latent_size, channels=channels, rng=rng)
    optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], learning_rate, fused=True)
    for step in range(1, steps + 1):
        images, numbers = batches.draw(batch_size, rng)
        mean, log_variance = encoder(images, numbers).chunk(2, dim=1)
        noise = normal(rng, batch_size, latent_size, device=device)
        decoded = decoder(mean + (log_variance / 2).exp() * noise, numbers)
        misfit, divergence = elbo_terms(images, decoded, mean, log_variance)
        descend(optimizer, misfit + divergence)
        log_losses(log, step, steps, loss=misfit + divergence, misfit=misfit, divergence=divergence)
    return LatentSampler("vae", decoder, batches.classes, train.space, device)


def elbo_terms(images: Tensor, decoded: Tensor, mean: Tensor, log_variance: Tensor) -> tuple[Tensor, Tensor]:
    """Return -E_q[log p(x|z)], up to a constant, and KL(q(z|x) || N(0, I)), in nats per image.

    With d pixel values per image and the variance s at its optimum, the mean squared error, the first is
    d / 2 * log(s). s is at least 1e-6, far below a grey level, so that a perfect fit stays finite.
    """
    error = (images - decoded).square().mean()
    return images[0].numel() / 2 * (error + 1e-6).log(), kl_to_standard_normal(mean, log_variance)


def kl_to_standard_normal(mean: Tensor, log_variance: Tensor) -> Tensor:
    """Return KL(N(mean, exp(log_variance)) || N(0, I)), >= 0, summed over dimensions, averaged over a batch.

    -1/2 sum(1 + log_variance - mean^2 - exp(log_variance)): appendix B of the paper. Inputs are (n, d).
    """
    return -0.5 * (1 + log_variance - mean.square() - log_variance.exp()).sum(dim=1).mean()


def load_vae(folder: Path, device: str = "cpu") -> LatentSampler:
    """Return the sampler that `save(folder)` wrote; raise DataError if it cannot be read."""
    return load(folder, "vae", device)
