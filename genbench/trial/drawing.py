"""Drawing a trial's samples from a fitted sampler: in numbered chunks, each from a stream of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from genbench.core import seeds
from genbench.core.samples import Samples, check, concat, content_hash
from genbench.store.keys import options_text
from genbench.trial.failures import BlameError, outcome_of
from genbench.trial.global_state import watched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np

    from genbench.trial.plan import Trial

__all__ = ["Drawing"]

_FEW = 8  # samples that are drawn twice


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """How a trial's samples are drawn.

    batch  samples at a time of a generator that is batch-invariant; None: a chunk at a time
    note   is told what the sampler used or changed beside its work

    What the sampler raises, and samples that are no valid ones, come as a BlameError.
    """

    trial: Trial
    sampler: Any
    batch: int | None
    note: Callable[[str], object]

    def samples(self, numbers: range | None = None) -> Samples:
        """Return the samples of the numbered chunks; of all, the trial's n, if no numbers are given."""
        chunks = list(_chunks(self.trial.n, self.trial.generator.spec.chunk))
        if numbers is not None:
            chunks = chunks[numbers.start : numbers.stop]
        return concat([self._chunk(str(number), size) for number, size in chunks])

    def gives_others(self) -> bool:
        """Return whether a few samples that are drawn twice at one key are not the same.

        Where a draw has a price, nothing is drawn; where so few cannot be drawn, that is noted.
        """
        part = self.trial.generator
        if part.spec.priced:
            return False
        size = min(_FEW, self.trial.n)
        try:
            first, second = (content_hash(self._chunk("again", size)) for _ in range(2))
        except BlameError as failure:
            reason = outcome_of(failure)[1]
            self.note(f"generator {part.component.reference} could not draw {size} samples twice: {reason}")
            return False
        return first != second

    def _chunk(self, number: str, size: int) -> Samples:
        """Return `size` samples of the chunk `number`."""
        trial, part = self.trial, self.trial.generator
        key = (part.component.name, options_text(part), trial.dataset.hash, number)
        rng = seeds.stream(trial.seed, "sample", *key)
        with watched(part.component, seeds.sequence(trial.seed, "global", "sample", *key), self.note):
            batch = self.batch if part.spec.batch_invariant else None
            pieces = [self._piece(most, rng) for _, most in _chunks(size, batch)]
        return pieces[0] if len(pieces) == 1 else concat(pieces)

    def _piece(self, size: int, rng: np.random.Generator) -> Samples:
        piece, space = self.sampler.sample(size, rng=rng), self.trial.dataset.space
        check(piece, space, size)
        return Samples(piece.data, space, piece.labels)


def _chunks(n: int, size: int | None) -> Iterator[tuple[int, int]]:
    """Yield the number and the size of each chunk of `n` samples; the last has what is left."""
    size = n if size is None else size
    return ((number, min(size, n - start)) for number, start in enumerate(range(0, n, size)))
