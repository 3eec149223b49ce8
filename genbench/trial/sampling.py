"""Sampling of a trial in numbered chunks, each with its own random stream, and two probe draws.

Since no chunk depends on another, samples do not depend on the process that draws them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from genbench.core import seeds
from genbench.core.samples import concat, content_hash, copy_samples
from genbench.results.notices import Notice
from genbench.results.sketches import Sketch
from genbench.store.keys import options_text
from genbench.trial.calling import no_log
from genbench.trial.failures import BlameError, read_outcome
from genbench.trial.global_state import isolate_component

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from genbench.contract.steps import Log
    from genbench.core.samples import Samples
    from genbench.trial.plan import Trial

__all__ = ["Drawing"]

_FEW = 8  # samples that are drawn twice
_ENOUGH = 32  # samples of two chunks that tell whether they are independent draws


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """The drawing of a trial's samples.

    note  receives notices of the sampler's side effects
    log   called with the chunks that are drawn and all of them, after each chunk

    Errors of the sampler and invalid samples become a BlameError.
    """

    trial: Trial
    sampler: Any
    note: Callable[[Notice], object]
    log: Log = no_log

    def samples(self) -> Samples:
        """Return the trial's n samples."""
        chunks = list(_number_chunks(self.trial.n, self.trial.generator.spec.chunk))
        drawn = []
        for number, size in chunks:
            drawn.append(self._chunk(str(number), size))
            self.log(len(drawn), len(chunks))
        return concat(drawn)

    def repeats_chunks(self, samples: Samples) -> bool:
        """Return whether the first two chunks of all samples share more than independent draws do.

        As many samples of the first chunk are compared as the second one has.
        """
        size = self.trial.generator.spec.chunk
        if size is None:
            return False
        shared = min(size, len(samples) - size)
        if shared < min(size, _ENOUGH):
            return False
        first, second = (samples.take(slice(start, start + shared)) for start in (0, size))
        return Sketch.whole(first).shares_samples_with(Sketch.whole(second))

    def probes(self) -> tuple[str, str]:
        """Return the content hashes of a few samples that are drawn twice at one key.

        Both are "" where a draw has a price, and where so few cannot be drawn, which is noted.
        """
        part = self.trial.generator
        if part.spec.priced:
            return "", ""
        try:
            return self.probe(), self.probe()
        except BlameError as failure:
            reason = read_outcome(failure)[1]
            text = f"could not draw {self._few} samples twice: {reason}"
            self.note(Notice(kind="generator", component=part.component.reference, text=text))
            return "", ""

    def probe(self) -> str:
        """Return the content hash of a few samples, always drawn at one key."""
        return content_hash(self._chunk("again", self._few))

    @property
    def _few(self) -> int:
        return min(_FEW, self.trial.n)

    def _chunk(self, number: str, size: int) -> Samples:
        """Return `size` samples of the chunk `number`."""
        trial, part = self.trial, self.trial.generator
        key = (part.component.name, options_text(part), trial.dataset.hash, number)
        rng = seeds.stream(trial.seed, "sample", *key)
        sequence = seeds.sequence(trial.seed, "global", "sample", *key)
        with isolate_component(part, sequence, self.note):
            drawn = self.sampler.sample(size, rng=rng)
            return copy_samples(trial.dataset.modality.admit(drawn, trial.dataset.space, size))


def _number_chunks(n: int, size: int | None) -> Iterator[tuple[int, int]]:
    """Yield the number and the size of each chunk of `n` samples; the last may be smaller."""
    size = n if size is None else size
    return ((number, min(size, n - start)) for number, start in enumerate(range(0, n, size)))
