"""Metrics of samplers that decode latents."""

from __future__ import annotations

from genbench import MetricSpec

__all__ = ["LATENTS"]

LATENTS = (
    MetricSpec(
        name="path-length",
        make="genbench_fidelity.diversity.path_length:path_length",
        summary="how far samples move when latents take a small step",
        source="Karras et al. 2019, arXiv:1812.04948",
        takes="features",
        extractor="lpips",
        direction="lower",
        range=(0.0, None),
    ),
)
