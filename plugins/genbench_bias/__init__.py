"""Bias probes: metrics of what a generator says and shows about groups of people."""

from __future__ import annotations

from genbench import MetricSpec, hookimpl
from genbench_bias.specs.embeddings import EMBEDDINGS
from genbench_bias.specs.likelihoods import LIKELIHOODS
from genbench_bias.specs.prompts import PROMPTS
from genbench_bias.specs.shares import SHARES


@hookimpl
def genbench_metrics() -> list[MetricSpec]:
    """Return the bias probes."""
    return [*LIKELIHOODS, *EMBEDDINGS, *PROMPTS, *SHARES]
