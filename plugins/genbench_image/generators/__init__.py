"""Generators of images: a VAE, two GANs and a diffusion model."""
