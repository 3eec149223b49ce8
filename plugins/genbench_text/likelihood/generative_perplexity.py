"""Metric `generative-perplexity`: perplexity of the fakes under a named language model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from genbench import Score
from genbench_text.likelihood.likelihoods import Cost, cost, log_probabilities, step_counts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Outputs = Mapping[str, NDArray[Any]]

__all__ = ["generative_perplexity"]


def generative_perplexity(real: Outputs, fake: Outputs) -> Score:
    """Return the perplexity of fakes under an oracle, >= 1; neither direction is better.

        exp(- sum of nats / sum of tokens),    over all fakes, once

    real, fake  `nats` (n, 1), the oracle's log probability of each text, and `tokens` (n, 1), its number of
                tokens

    A generator that repeats a likely sentence scores lower than real texts, and so does one that samples
    at a low temperature. A low value is therefore not good, and a value near `real` only rules out some
    failures. So the metric never ranks, and its extra has values to compare with: `real`, the perplexity of
    the real texts under the same oracle; `distinct`, the share of fakes that differ in nats or tokens, which
    falls if texts are repeated, and `real_distinct` for the real texts; and `tokens`, the mean per fake.
    Report `text-entropy`, `distinct-n` and `seq-rep-n` beside it.

    The interval is that of `cost`, over texts. Values under two oracles are two metrics: the id has the
    oracle's name.

    Raises Undefined if there are no tokens, and Invalid for nats above 0 and for a text to which the oracle
    assigns probability 0.

    Source: Zheng et al. 2024 (arXiv:2409.02908), who found low values to be low temperatures.
    """
    found, known = _cost(fake, "fake"), _cost(real, "real")
    value = found.perplexity("token")
    extra = {
        "real": known.perplexity("token").value,
        "distinct": _distinct(fake),
        "real_distinct": _distinct(real),
        "tokens": float(np.mean(fake["tokens"])),
    }
    return Score(value.value, value.low, value.high, extra)


def _cost(outputs: Outputs, side: str) -> Cost:
    n = len(outputs["nats"])
    nats = log_probabilities(outputs["nats"].ravel(), n, f"the oracle's nats of {side}")
    return cost(nats, step_counts(outputs["tokens"].ravel(), n, f"the oracle's tokens of {side}"), "token")


def _distinct(outputs: Outputs) -> float:
    rows = np.column_stack([outputs["nats"], outputs["tokens"]])
    return len(np.unique(rows, axis=0)) / len(rows)
