"""Extractor `causal-lm`: log probabilities of texts under a pretrained language model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path  # noqa: TC003 - annotations are read at run time
from typing import TYPE_CHECKING, Annotated

import numpy as np
from annotated_types import Ge

from genbench import Unsigned
from genbench_text.pretrained.pretrained import DType, source

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from genbench import Log, Samples
    from genbench_text.pretrained.causal_lm import CausalLM

__all__ = ["Likelihoods", "causal_lm"]


def causal_lm(
    *,
    model: str | None = None,
    path: Path | None = None,
    revision: str | None = None,
    trust_remote_code_of: str | None = None,
    dtype: DType = "float32",
    context: Annotated[int, Ge(2)] | None = None,
    batch_tokens: Annotated[int, Ge(1), Unsigned] = 4096,
    device: str,
    log: Log,
) -> Likelihoods:
    """Return a function of texts to their log probability and number of tokens under a language model.

    The options are those of the generator `hf-causal-lm`, and so are the scores. Raises as it does.
    """
    found = source(model, path, revision, trust_remote_code_of)
    from genbench_text.pretrained.pretrained_loading import load

    return Likelihoods(
        load(found, dtype=dtype, context=context, batch_tokens=batch_tokens, device=device), log
    )


@dataclass(frozen=True, eq=False)
class Likelihoods:
    """A causal language model as a function of texts."""

    model: CausalLM
    log: Log

    def __call__(self, samples: Samples) -> dict[str, NDArray[np.float32]]:
        """Return `nats` and `tokens`, (n, 1) float32 each.

        They are the log probability of each text, without its end, and its number of tokens.
        """
        rows = self.model.windows(samples.data)
        tokens = [[sum(len(window.scored) for window in row)] for row in rows]
        return {
            "nats": self.model.nats(rows, self.log).astype(np.float32)[:, None],
            "tokens": np.array(tokens, np.float32).reshape(-1, 1),
        }
