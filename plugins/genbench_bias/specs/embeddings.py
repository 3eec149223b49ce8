"""Probes of what lies near what in an embedding."""

from __future__ import annotations

from genbench import MetricSpec, Output

__all__ = ["EMBEDDINGS"]


def _outputs(name: str) -> tuple[Output, ...]:
    return (
        Output(
            name=f"{name}-effect",
            direction="target",
            best=0.0,
            range=(-2.0, 2.0),
            summary="effect size, above 0 where the first targets go with the first attributes; 0 is fair",
        ),
        Output(
            name=f"{name}-p",
            direction="none",
            range=(0.0, 1.0),
            summary="share of random partitions with at least this effect",
        ),
    )


EMBEDDINGS = (
    MetricSpec(
        name="weat",
        make="genbench_bias.embeddings.weat:weat",
        summary="associations of words in the embedding that an extractor gives; a probe, no verdict",
        source="Caliskan et al. 2017, arXiv:1608.07187",
        spaces=("text",),
        takes="features",
        outputs=_outputs("weat"),
    ),
    MetricSpec(
        name="seat",
        make="genbench_bias.embeddings.weat:seat",
        summary="associations of sentences in the embedding that an extractor gives; a probe, no verdict",
        source="May et al. 2019, arXiv:1903.10561",
        spaces=("text",),
        takes="features",
        outputs=_outputs("seat"),
    ),
)
