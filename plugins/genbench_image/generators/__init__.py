"""Generators of images: a VAE, two GANs and a diffusion model."""

from __future__ import annotations

from genbench import GeneratorSpec

__all__ = ["SPECS"]

SPECS = (
    GeneratorSpec(
        name="vae",
        make="genbench_image.generators.vae:vae",
        load="genbench_image.generators.vae:load_vae",
        summary="a variational autoencoder",
        source="Kingma and Welling (2013), arXiv:1312.6114",
        modalities=("image",),
    ),
    GeneratorSpec(
        name="gan",
        make="genbench_image.generators.gan:gan",
        load="genbench_image.generators.gan:load_gan",
        summary="a generative adversarial network, non-saturating",
        source="Goodfellow et al. (2014), arXiv:1406.2661",
        modalities=("image",),
    ),
    GeneratorSpec(
        name="wgan-gp",
        make="genbench_image.generators.wgan_gp:wgan_gp",
        load="genbench_image.generators.wgan_gp:load_wgan_gp",
        summary="a Wasserstein GAN with a gradient penalty",
        source="Gulrajani et al. (2017), arXiv:1704.00028",
        modalities=("image",),
    ),
    GeneratorSpec(
        name="ddpm",
        make="genbench_image.generators.ddpm:ddpm",
        load="genbench_image.generators.ddpm:load_ddpm",
        summary="a denoising diffusion model, with DDIM sampling as an option",
        source="Ho, Jain and Abbeel (2020), arXiv:2006.11239",
        modalities=("image",),
    ),
)
