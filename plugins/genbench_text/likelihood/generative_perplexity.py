"""How likely a named oracle finds the fakes."""

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

    real, fake  `nats` (n, 1), the oracle's log probability of each text, and `tokens` (n, 1), the steps that
                it is the sum of

    A generator that repeats a likely sentence scores lower than real texts do, and so does one that samples
    at a low temperature: low is not good, and near `real` is only not bad. So the value never ranks, and its
    extra has what it is to be held against: `real`, the perplexity of the real texts under the same oracle;
    `distinct`, the share of fakes that differ in nats or tokens, which falls where texts are repeated, with
    `real_distinct` of the real texts; and `tokens`, those of a fake on average. Print `text-entropy`,
    `distinct-n` and `seq-rep-n` beside it.

    The interval is that of `cost`, over texts. Values under two oracles are two metrics: the oracle's name
    stands in the id.

    Raises Undefined if there are no tokens, and Invalid for nats above 0 and for a text that the oracle calls
    impossible.

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
