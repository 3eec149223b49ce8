"""Sampler of texts for any model of the next symbol: likelihoods, draws, completions and files."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from genbench import DataError, Samples, Space, canonical
from genbench_text.tokens.bpe import BytePairs
from genbench_text.tokens.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Reals = NDArray[np.float64]

__all__ = ["ChainSampler", "Law", "Symbols", "encode", "load"]

_ABOUT = "chain.json"
_LAW = "chain.safetensors"

#: The symbols of texts.
Symbols = Vocabulary | BytePairs


class Law(Protocol):
    """A distribution of the next symbol, given those before it; each has its own types of states and arrays.

    Symbols have the numbers of a Vocabulary: the known ones, the end, and one number for all unknown symbols,
    to which no law assigns a probability, and which carries no information about the next symbols.
    """

    @property
    def parameters(self) -> int:
        """The number of its parameters."""
        ...

    def nats(self, rows: Sequence[Numbers], before: Numbers) -> Reals:
        """Return the log probability, (n,), of each row's symbols from position `before`, (n,), on.

        rows  (t,) numbers each; an unknown symbol costs nothing here
        """
        ...

    def begin(self, rows: Sequence[Numbers], rng: np.random.Generator) -> Any:
        """Return the states of the law after each row, n of them, which a mask can index."""
        ...

    def advance(self, state: Any, rng: np.random.Generator) -> tuple[Numbers, Any]:
        """Return a next symbol for each state, (n,), and the states after it."""
        ...

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the arrays from which `load` restores the law."""
        ...


@dataclass(frozen=True, eq=False)
class ChainSampler:
    """A law of the next symbol, as a sampler of texts.

    model       the name of the generator that fitted it
    vocabulary  its symbols
    space       of its samples; no drawn text is longer than its `longest`
    law         of the next known symbol or the end
    most        maximum characters of a drawn text if the space has no `longest`
    together    number of texts in a batch
    """

    model: str
    vocabulary: Symbols
    space: Space
    law: Law
    most: int = sys.maxsize
    together: int = sys.maxsize

    @property
    def parameters(self) -> int:
        """The number of parameters of the law."""
        return self.law.parameters

    def sample(self, n: int, *, rng: np.random.Generator) -> Samples:
        """Return `n` texts, of known symbols."""
        return Samples(self.complete(("",) * n, rng=rng), self.space)

    def log_likelihood(self, texts: Sequence[str], *, prompts: Sequence[str] | None = None) -> Reals:
        """Return the log probability of each text, (n,) float64 nats.

        prompts  one for each text; the result is then conditional on the prompt, without the end of the text

        The end of a text counts. For characters it is certain at the maximum length of the space, so the
        probabilities of all texts sum to 1. A longer text, which is not a sample of the space, has the
        probability under the law without that bound.
        """
        if prompts is None:
            has_end = self.vocabulary.ends(texts, self.space.get("longest"))
            before = np.zeros(len(texts), np.int64)
            pairs = [("", text) for text in texts]
        else:
            has_end = np.zeros(len(texts), bool)
            pairs = list(zip(prompts, texts, strict=True))
            before = np.array([self.vocabulary.count_shared(*pair) for pair in pairs], np.int64)
        rows = encode(self.vocabulary, ["".join(pair) for pair in pairs], has_end)
        beside = [
            self.vocabulary.escape_nats(text, prompt=prompt, ends=bool(end))
            for (prompt, text), end in zip(pairs, has_end, strict=True)
        ]
        return self.law.nats(rows, before) + np.array(beside, np.float64)

    def token_counts(self, texts: Sequence[str]) -> Numbers:
        """Return the number of steps of each text, (n,) int64: its symbols, and its end if that is a step."""
        symbols = [self.vocabulary.count(text) for text in texts]
        return np.array(symbols, np.int64) + self.vocabulary.ends(texts, self.space.get("longest"))

    def complete(self, prompts: Sequence[str], *, rng: np.random.Generator) -> tuple[str, ...]:
        """Return a completion of each prompt, up to the end or to `longest` characters of the space in total.

        Words follow after a space, unless the prompt is empty or ends with one. A SELFIES symbol that does
        not fit is left out.
        """
        is_words = self.vocabulary.unit == "words"
        starts = [prompt.removesuffix(" ") if is_words else prompt for prompt in prompts]
        rooms = [self._room(prompt) for prompt in prompts]
        parts = [slice(at, at + self.together) for at in range(0, len(starts), self.together)]
        drawn = chain.from_iterable(self._draw_symbols(starts[part], rooms[part], rng) for part in parts)
        found = []
        for prompt, start, room, numbers in zip(prompts, starts, rooms, drawn, strict=True):
            leads = is_words and prompt != "" and prompt == start and len(numbers) > 0
            text = " " * leads + self.vocabulary.decode(numbers)
            if len(text) > room and self.vocabulary.unit == "selfies":
                text = self.vocabulary.decode(numbers[:-1])
            found.append(text[:room])
        return tuple(found)

    def save(self, folder: Path) -> None:
        """Write the law (safetensors) and its description (JSON) into `folder`; `load` reads them."""
        from safetensors.numpy import save_file

        about = {
            "model": self.model,
            "vocabulary": self.vocabulary.to_json(),
            "space": self.space.to_json(),
            "most": self.most,
            "together": self.together,
        }
        # safetensors writes raw memory, which is wrong for a transposed array
        save_file({k: np.ascontiguousarray(v) for k, v in self.law.arrays().items()}, folder / _LAW)
        (folder / _ABOUT).write_text(canonical(about) + "\n", encoding="ascii")

    def _room(self, prompt: str) -> int:
        """Return the maximum number of characters after a prompt."""
        longest = self.space.get("longest")
        return self.most if longest is None else max(0, longest - len(prompt))

    def _draw_symbols(
        self, starts: Sequence[str], rooms: Sequence[int], rng: np.random.Generator
    ) -> list[Numbers]:  # fmt: skip
        """Return symbols after each start, up to the end or the maximum length.

        The last symbol may exceed it.
        """
        end, gap = self.vocabulary.end, int(self.vocabulary.unit == "words")
        widths = np.append(self.vocabulary.widths, 0)
        left = np.array(rooms, np.int64) * self.vocabulary.scale
        active = np.flatnonzero(left > 0)
        state = self.law.begin(encode(self.vocabulary, [starts[i] for i in active.tolist()]), rng)
        owners, drawn = [active[:0]], [active[:0]]
        while len(active):
            numbers, state = self.law.advance(state, rng)
            left[active] -= widths[numbers]
            goes_on = numbers != end
            owners.append(active[goes_on])
            drawn.append(numbers[goes_on])
            goes_on &= left[active] > -gap
            active, state = active[goes_on], state[goes_on]
        owner = np.concatenate(owners)
        counts = np.bincount(owner, minlength=len(starts))
        ordered = np.concatenate(drawn)[np.argsort(owner, kind="stable")]
        return [ordered[first:last] for first, last in pairwise([0, *np.cumsum(counts).tolist()])]


def encode(
    vocabulary: Symbols, texts: Sequence[str], has_end: Sequence[bool] | NDArray[np.bool_] | None = None
) -> list[Numbers]:
    """Return the numbers of each text's symbols, with the end if `has_end`."""
    rows = [vocabulary.encode(text) for text in texts]
    if has_end is None:
        return rows
    return [np.append(row, vocabulary.end) if end else row for row, end in zip(rows, has_end, strict=True)]


def load(folder: Path, model: str, law: Callable[[Mapping[str, NDArray[Any]], int], Law]) -> ChainSampler:
    """Return the sampler of a generator `model` that its `save(folder)` wrote.

    law  restores its law from its arrays and the number of symbols, the end included

    Raises DataError if the files are missing, damaged, or another model's.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        about = json.loads((folder / _ABOUT).read_text(encoding="ascii"))
        if about["model"] != model:
            raise DataError(f"{_ABOUT} describes the model {about['model']!r}; expected {model!r}")
        symbols = BytePairs if about["vocabulary"]["unit"] == "bpe" else Vocabulary
        vocabulary, space = symbols.from_json(about["vocabulary"]), Space.from_json(about["space"])
        found = law(load_file(folder / _LAW), vocabulary.end + 1)
        limits = {name: int(about[name]) for name in ("most", "together")}
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise DataError(f"the saved model {model!r} cannot be read: {reason}; fit it again") from error
    return ChainSampler(model, vocabulary, space, found, **limits)
