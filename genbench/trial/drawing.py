"""The drawing of a trial's samples from its sampler, in numbered chunks, each with its own random stream."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral
from typing import TYPE_CHECKING, Any

from genbench.core import seeds
from genbench.core.samples import concat, content_hash, copy_samples
from genbench.results.records import Notice
from genbench.results.sketches import Sketch
from genbench.store.keys import MOST_DRAWN, options_text
from genbench.trial.calling import no_log
from genbench.trial.failures import BlameError, blame, read_outcome
from genbench.trial.global_state import isolate_component

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    import numpy as np
    from numpy.typing import NDArray

    from genbench.contract.steps import Log
    from genbench.core.samples import Samples
    from genbench.trial.plan import Trial

__all__ = ["Drawing", "find_valid", "read_count"]

_PROBE_SAMPLES = 8  # drawn twice to compare: few, since each draw costs as much as one of the trial
_LEAST_COMPARED = 32  # samples of a last, shorter chunk: fewer may be equal by chance, such as short texts


def read_count(parameters: Any) -> int | None:
    """Return a sampler's `parameters` if it is a number, else None: in torch modules, it is a method."""
    return int(parameters) if isinstance(parameters, Integral) else None


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """The drawing of a trial's samples.

    note  receives notices of the sampler's side effects
    log   receives the number of drawn chunks and of all chunks after each chunk, or, where n counts
          valid samples, the number of these and n

    Errors of the sampler and invalid samples become a BlameError.
    """

    trial: Trial
    sampler: Any
    note: Callable[[Notice], object]
    log: Log = no_log

    def draw_samples(self) -> Samples:
        """Return the trial's samples, joined from the numbered chunks in which the sampler draws them.

        Where n counts valid samples, whole chunks are drawn until n are valid, MOST_DRAWN n samples at most,
        so the chunks of a smaller n are the first ones of a larger n.
        """
        n, chunk = self.trial.n, self.trial.generator.spec.chunk
        most = self._find_most() if self.trial.counts_valid else n
        if self.trial.counts_valid and chunk is None:
            return self._draw_whole(most)
        chunks = list(_number_chunks(most, chunk))
        drawn, n_drawn = [], 0
        for number, size in chunks:
            drawn.append(self._draw_chunk(str(number), size))
            n_drawn += self._count(drawn[-1])
            # the number of chunks that n valid samples take is not known before
            self.log(*(min(n_drawn, n), n) if self.trial.counts_valid else (len(drawn), len(chunks)))
            if n_drawn >= n:
                break
        return concat(drawn)

    def _draw_whole(self, most: int) -> Samples:
        """Return the samples of one call of a sampler without chunks: n valid ones among them, or `most`.

        The sampler is called for twice as many until enough are valid. The first valid ones are taken then,
        and the sampler may give them in an order, such as that of a file, so they are shuffled.
        """
        size = min(self.trial.n, most)
        while True:
            samples = self._draw_chunk("0", size)
            if size == most or self._count(samples) >= self.trial.n:
                order = seeds.stream(self.trial.seed, "sample", *self._key, "order")
                return samples.take(order.permutation(size))
            size = min(2 * size, most)

    def _find_most(self) -> int:
        """Return how many samples may be drawn for n valid ones, and no more than the sampler has."""
        most = MOST_DRAWN * self.trial.n
        with self._isolate("available"):  # it may be a property, which runs code of the sampler
            available = read_count(getattr(self.sampler, "available", None))
        return most if available is None else min(most, available)

    def _count(self, samples: Samples) -> int:
        """Return how many samples count for n: the valid ones, or all."""
        return int(find_valid(self.trial, samples).sum()) if self.trial.counts_valid else len(samples)

    def repeats_chunks(self, samples: Samples) -> bool:
        """Return whether the first two chunks share more samples than independent draws would.

        They do if the sampler takes each chunk from the same finished samples. The second chunk may be the
        last and shorter: then only as many samples of the first are compared.
        """
        size = self.trial.generator.spec.chunk
        if size is None:
            return False
        n_compared = min(size, len(samples) - size)
        # A few samples of a shorter last chunk, such as short texts, may be equal by chance.
        if n_compared < min(size, _LEAST_COMPARED):
            return False
        first, second = (samples.take(slice(start, start + n_compared)) for start in (0, size))
        return Sketch.whole(first).shares_samples_with(Sketch.whole(second))

    def draw_probes(self) -> tuple[str, str]:
        """Return the content hashes of a few samples, drawn twice with one random stream.

        They are equal if the sampler depends on that stream alone, so that its samples can be reproduced.

        Both are "" if a draw costs money, and if the draw fails, which a notice reports.
        """
        part = self.trial.generator
        if part.spec.priced:
            return "", ""
        try:
            return self.draw_probe(), self.draw_probe()
        except BlameError as failure:
            reason = read_outcome(failure)[1]
            text = f"could not draw {self._n_probe} samples twice: {reason}"
            self.note(Notice(kind="generator", component=part.component.reference, text=text))
            return "", ""

    def draw_probe(self) -> str:
        """Return the content hash of a few samples, always drawn with the same random stream."""
        # the word names a stream that no chunk has: theirs are named by numbers
        return content_hash(self._draw_chunk("again", self._n_probe))

    @property
    def _n_probe(self) -> int:
        """The number of samples whose hash is the probe of a sampler."""
        return min(_PROBE_SAMPLES, self.trial.n)

    def _draw_chunk(self, number: str, size: int) -> Samples:
        """Return the checked `size` samples of a chunk, copied, since the sampler may reuse its memory.

        number  names the chunk's random stream: its number or, for a probe, a word that no chunk has
        """
        dataset = self.trial.dataset
        with self._isolate(number):
            rng = seeds.stream(self.trial.seed, "sample", *self._key, number)
            drawn = self.sampler.sample(size, rng=rng)
            return copy_samples(dataset.modality.admit(drawn, dataset.space, size))

    def _isolate(self, name: str) -> AbstractContextManager[None]:
        """Return a context for code of the sampler; `name` seeds the global random streams."""
        sequence = seeds.sequence(self.trial.seed, "global", "sample", *self._key, name)
        return isolate_component(self.trial.generator, sequence, self.note)

    @property
    def _key(self) -> tuple[str, ...]:
        """The key of the random streams of the drawing."""
        part = self.trial.generator
        return part.component.name, options_text(part), self.trial.dataset.hash


def _number_chunks(n: int, size: int | None) -> Iterator[tuple[int, int]]:
    """Yield the number and the size of each chunk of `n` samples; the last may be smaller."""
    size = n if size is None else size
    return ((number, min(size, n - start)) for number, start in enumerate(range(0, n, size)))


def find_valid(trial: Trial, samples: Samples) -> NDArray[np.bool_]:
    """Return which samples are valid by the modality of a trial: a mask, (n,) bool."""
    with blame(trial.dataset.modality.component):
        return trial.dataset.modality.valid(samples)
