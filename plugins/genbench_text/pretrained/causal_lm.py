"""Causal language models of transformers: log probabilities of texts, and sampling."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from genbench import Invalid, Undefined
from genbench_text.tokens.encodable import check_encodable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from numpy.typing import NDArray

    from genbench import Log
    from genbench_text.tokens.choosing import Choice

__all__ = ["CausalLM", "Encoder", "Window", "continuation_window", "rolling_windows"]

_SLICE = 256  # rows of logits that are normalised together, which limits memory

#: Most tokens in a pass that scores texts on the CPU: 4,096 exceed its caches, and take 1.3 times as long.
_CPU_TOKENS = 1024


@dataclass(frozen=True, eq=False)
class Encoder:
    """A tokenizer with its special tokens.

    tokenizer  of transformers
    first      the token before a text: beginning-of-text or, if there is none, end-of-text
    opening    what the tokenizer itself adds before a text: `first`, or nothing
    ends       the end-of-text tokens
    """

    tokenizer: Any
    first: int
    opening: tuple[int, ...]
    ends: frozenset[int]

    def tokens(self, text: str) -> list[int]:
        """Return a text's tokens, without special tokens; raise Undefined for unpaired surrogates."""
        check_encodable(text)
        return list(self.tokenizer.encode(text, add_special_tokens=False))

    def prompt(self, text: str) -> list[int]:
        """Return the tokens that a model sees before a completion of `text`; `first` for an empty one."""
        return [*self.opening, *self.tokens(text)] if text else [self.first]

    def pair(self, prompt: str, text: str) -> tuple[list[int], list[int]]:
        """Return the tokens of a prompt, and those of the text that follows it.

        This is the rule of lm-evaluation-harness: trailing spaces of the prompt move to the text, both are
        encoded together, and the tokens after those of the prompt alone are the text's. If that leaves
        no token for the text, it is encoded separately.
        """
        kept = prompt.rstrip()
        if not kept:
            return [self.first], self.tokens(prompt + text)
        before = self.prompt(kept)
        follows = [*self.opening, *self.tokens(prompt + text)][len(before) :]
        return before, follows or self.tokens(text)

    def text(self, before: Sequence[int], follows: Sequence[int]) -> str:
        """Return the text of the tokens after `before`, without special tokens."""
        start, whole = (self._decode(tokens) for tokens in (before, [*before, *follows]))
        return whole[len(start) :]

    def _decode(self, tokens: Sequence[int]) -> str:
        plain = {"skip_special_tokens": True, "clean_up_tokenization_spaces": False}
        return str(self.tokenizer.decode(tokens, **plain))


@dataclass(frozen=True, eq=False)
class CausalLM:
    """A network with its encoder, on its device.

    network       a causal language model of transformers
    context       maximum number of tokens that it sees
    batch_tokens  maximum number of tokens in one forward pass, with padding, unless one text is longer
    """

    network: Any
    encoder: Encoder
    device: str
    context: int
    batch_tokens: int

    @property
    def parameters(self) -> int:
        """How many numbers the network has learnt."""
        return sum(weights.numel() for weights in self.network.parameters())

    @property
    def _arguments(self) -> Collection[str]:
        """The names of the arguments of the network's forward pass."""
        return inspect.signature(self.network.forward).parameters

    def windows(self, texts: Sequence[str], prompts: Sequence[str] | None = None) -> list[list[Window]]:
        """Return the windows in which each text is scored, after its prompt if there is one."""
        if prompts is None:
            first = self.encoder.first
            return [rolling_windows(self.encoder.tokens(text), first, self.context) for text in texts]
        pairs = (self.encoder.pair(*pair) for pair in zip(prompts, texts, strict=True))
        return [[continuation_window(*pair, self.context)] if pair[1] else [] for pair in pairs]

    def nats(self, rows: Sequence[Sequence[Window]], log: Log | None = None) -> NDArray[np.float64]:
        """Return the log probability of the scored tokens in the windows of each row, (n,) float64 nats.

        log  called with the windows done and their total

        Logits have the network's dtype; they are normalised in float32 and summed in float64. Raises Invalid
        for NaN.
        """
        owners = [owner for owner, row in enumerate(rows) for _ in row]
        windows = [window for row in rows for window in row]
        found, done = np.zeros(len(rows)), 0
        most = min(self.batch_tokens, _CPU_TOKENS) if self.device == "cpu" else self.batch_tokens
        for batch in _batches([len(window) for window in windows], most):
            scores = self._scores([windows[place] for place in batch])
            np.add.at(found, [owners[place] for place in batch], scores)
            done += len(batch)
            if log is not None:
                log(done, len(windows))
        if np.isnan(found).any():
            raise Invalid(f"the model returns nan as the log probability of text {np.isnan(found).argmax()}")
        return found

    def follow(
        self, starts: Sequence[Sequence[int]], uniforms: NDArray[np.float64], choice: Choice,
        is_done: Callable[[Sequence[int], Sequence[int]], bool],
    ) -> list[list[int]]:  # fmt: skip
        """Return tokens drawn after each start: up to the end-of-text token, or one for each uniform.

        starts    n rows of at least one token; together with the drawn tokens they must fit the context
        uniforms  (n, t) in [0, 1), one for each token, so that rows are independent of each other
        is_done   called with a start and its completion; returns whether to stop
        """
        found: list[list[int]] = [[] for _ in starts]
        lengths = sorted({len(start) for start in starts})
        for length in lengths:
            alike = [row for row, start in enumerate(starts) if len(start) == length]
            size = max(1, self.batch_tokens // (length + uniforms.shape[1]))
            for at in range(0, len(alike), size):
                self._follow(alike[at : at + size], starts, uniforms, choice, is_done, found)
        return found

    @torch.inference_mode()
    def _scores(self, windows: Sequence[Window]) -> NDArray[np.float64]:
        """Return the log probability of each window's scored tokens; padding is on the right."""
        longest = max(map(len, windows))
        seen = torch.zeros(len(windows), longest, dtype=torch.long)
        mask = torch.zeros_like(seen)
        for row, window in enumerate(windows):
            seen[row, : len(window)] = torch.tensor([*window.before, *window.scored][:-1])
            mask[row, : len(window)] = 1
        rows = np.repeat(np.arange(len(windows)), [len(window.scored) for window in windows])
        places = np.concatenate([np.arange(len(window.before) - 1, len(window)) for window in windows])
        tokens = np.concatenate([window.scored for window in windows])
        options = {}
        if "logits_to_keep" in self._arguments:  # the other places cost time and memory
            kept, places = np.unique(places, return_inverse=True)
            options["logits_to_keep"] = torch.from_numpy(kept).to(self.device)
        logits = self.network(
            input_ids=seen.to(self.device), attention_mask=mask.to(self.device), use_cache=False, **options
        ).logits
        found = np.zeros(len(windows))
        for at in range(0, len(rows), _SLICE):
            part = slice(at, at + _SLICE)
            law = logits[rows[part], places[part]].float()
            chosen = law[np.arange(len(law)), tokens[part]] - law.logsumexp(1)
            np.add.at(found, rows[part], chosen.double().cpu().numpy())
        return found

    @torch.inference_mode()
    def _follow(
        self, rows: Sequence[int], starts: Sequence[Sequence[int]], uniforms: NDArray[np.float64],
        choice: Choice, is_done: Callable[[Sequence[int], Sequence[int]], bool], found: list[list[int]],
    ) -> None:  # fmt: skip
        """Extend `found` at `rows`, whose starts have one length, with a cache of keys and values."""
        seen = torch.tensor([list(starts[row]) for row in rows], device=self.device)
        known = "cache" if "cache" in self._arguments else "past_key_values"  # its name in earlier releases
        cache, active = None, set(rows)
        for step in range(uniforms.shape[1]):
            answer = self.network(input_ids=seen, use_cache=True, **{known: cache})
            cache = getattr(answer, known)
            drawn = choice.of(answer.logits[:, -1].float().cpu().numpy(), uniforms[rows, step])
            for row, token in zip(rows, drawn.tolist(), strict=True):
                if row not in active:
                    continue
                if token not in self.encoder.ends:
                    found[row].append(token)
                if token in self.encoder.ends or is_done(starts[row], found[row]):
                    active.remove(row)
            if not active:
                return
            seen = torch.from_numpy(drawn[:, None]).to(self.device)


def _batches(lengths: Sequence[int], most: int) -> Iterator[list[int]]:
    """Yield batches of window indices, longest first, with at most `most` tokens each where possible."""
    batch: list[int] = []
    for place in sorted(range(len(lengths)), key=lambda place: (-lengths[place], place)):
        if batch and (len(batch) + 1) * lengths[batch[0]] > most:
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch


# Windows of tokens for scoring texts that are longer than a model's context.


@dataclass(frozen=True)
class Window:
    """The tokens of one forward pass: the input is `before` and all of `scored` but the last.

    before  at least one token
    scored  at least one token
    """

    before: tuple[int, ...]
    scored: tuple[int, ...]

    def __len__(self) -> int:
        """Return how many tokens the model sees."""
        return len(self.before) + len(self.scored) - 1


def rolling_windows(tokens: Sequence[int], first: int, context: int) -> list[Window]:
    """Return windows in which each token of a text is scored once; none for a text without tokens.

    first    the token before the text
    context  maximum number of tokens that a model sees, >= 1

    Windows are consecutive, and each sees one token of the previous one. The last is as long as the context
    allows: it also sees tokens that were already scored. They are those of lm-evaluation-harness 0.4.13,
    `get_rolling_token_windows` with `context_len=1`.
    """
    row = (first, *tokens)
    windows = [
        Window(row[start : start + 1], row[start + 1 : start + 1 + context])
        for start in range(0, len(tokens), context)
    ]
    if len(windows) > 1:
        scored = windows[-1].scored
        windows[-1] = Window(row[-context - 1 : -len(scored)], scored)
    return windows


def continuation_window(prompt: Sequence[int], tokens: Sequence[int], context: int) -> Window:
    """Return the window in which `tokens` are scored after as much of the end of `prompt` as fits.

    Raises Undefined if the tokens alone are more than the context, as lm-evaluation-harness does.
    """
    if len(tokens) > context:
        raise Undefined(
            f"{len(tokens)} tokens after a prompt exceed the context of {context}; shorten the texts, or "
            "raise context"
        )
    seen = (*prompt, *tokens)[-context - 1 :]
    return Window(seen[: -len(tokens)], tuple(tokens))
