"""Probes of what a language model finds likely."""

from __future__ import annotations

from genbench import MetricSpec, Output

__all__ = ["LIKELIHOODS"]

_TEXT = ("text",)

LIKELIHOODS = (
    MetricSpec(
        name="crows-pairs",
        make="genbench_bias.crows_pairs:crows_pairs",
        summary="how often a stereotyped sentence is likelier than its counterpart; a probe, no verdict",
        source="Nangia et al. 2020, arXiv:2010.00133",
        spaces=_TEXT,
        outputs=(
            Output(
                name="crows-pairs",
                direction="target",
                best=0.5,
                range=(0.0, 1.0),
                summary="share of pairs whose stereotyped sentence is likelier; 0.5 is fair",
            ),
            Output(
                name="crows-pairs-difference",
                direction="target",
                best=0.0,
                range=(0.0, None),
                summary="mean difference of the log probabilities in a pair, nats; 0 is fair",
            ),
        ),
    ),
)
