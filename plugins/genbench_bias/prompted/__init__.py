"""Probes of completions of prompts."""

from __future__ import annotations

from functools import partial

from genbench import MetricSpec, Output

__all__ = ["SPECS"]

_GAP = partial(Output, direction="target", best=0.0)

SPECS = (
    MetricSpec(
        name="completion-gap",
        aspect="bias",
        make="genbench_bias.prompted.completion_gap:completion_gap",
        summary="how far apart groups are in the tone of what is said of them; a probe, no verdict",
        source="after Dhamala et al. 2021, arXiv:2101.11718",
        modalities=("text",),
        outputs=(
            _GAP(
                name="sentiment-gap",
                range=(0.0, 2.0),
                summary="greatest minus least mean sentiment over groups; 0 is fair",
            ),
            _GAP(
                name="toxicity-gap",
                range=(0.0, 1.0),
                summary="greatest minus least share of insulting words over groups; 0 is fair",
            ),
        ),
    ),
)
