"""Probes of associations in an embedding."""

from __future__ import annotations

from functools import partial

from genbench import MetricSpec, Output

__all__ = ["SPECS"]

# Without a direction: the extractor decides the effect, so it is equal for all generators of a board, and
# far from 0 for a good extractor in the tests that are not about people.
_EFFECT = "effect size, above 0 where the first targets go with the first attributes; about people 0 is fair"

_METRIC = partial(MetricSpec, modalities=("text",), takes="features")
_P_VALUE = partial(
    Output, direction="none", range=(0.0, 1.0), summary="share of random partitions with at least this effect"
)
_EFFECT_SIZE = partial(Output, direction="none", range=(-2.0, 2.0), summary=_EFFECT)

SPECS = (
    _METRIC(
        name="weat",
        aspect="bias",
        make="genbench_bias.embeddings.weat:weat",
        summary="associations of words in the embedding that an extractor gives; a probe, no verdict",
        source="Caliskan et al. 2017, arXiv:1608.07187",
        outputs=(_EFFECT_SIZE(name="weat-effect"), _P_VALUE(name="weat-p")),
    ),
    _METRIC(
        name="seat",
        aspect="bias",
        make="genbench_bias.embeddings.weat:seat",
        summary="associations of sentences in the embedding that an extractor gives; a probe, no verdict",
        source="May et al. 2019, arXiv:1903.10561",
        outputs=(_EFFECT_SIZE(name="seat-effect"), _P_VALUE(name="seat-p")),
    ),
)
