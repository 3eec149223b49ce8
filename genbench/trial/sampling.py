"""Sampling of a trial in portions, which several processes can draw in parallel.

A portion is a range of chunks. Each chunk has its own random stream, and each process loads the fitted
sampler from the store, so the samples do not depend on the number of processes.
"""

from __future__ import annotations

import contextlib
import functools
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from genbench.core import seeds
from genbench.core.canonical_json import digest
from genbench.core.errors import ResultsError
from genbench.core.samples import concat, content_hash, copied
from genbench.files.sample_files import read_samples, write_samples
from genbench.results.notices import Notice, notices_of
from genbench.results.sketches import Sketch
from genbench.store.cache import keep, opened
from genbench.store.eviction import remove
from genbench.store.keys import options_text
from genbench.trial.calling import no_log
from genbench.trial.failures import BlameError, outcome_of
from genbench.trial.global_state import watched
from genbench.trial.hashed_files import checked_write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from genbench.core.samples import Samples
    from genbench.store.store import Store
    from genbench.trial.global_state import Noted
    from genbench.trial.plan import Trial

__all__ = ["Drawing", "assembled", "draw_portion", "forget_portions", "portions"]

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
    log: Callable[[int, int], None] = no_log

    def samples(self, numbers: range | None = None) -> Samples:
        """Return the samples of the numbered chunks, or of all chunks, the trial's n samples."""
        chunks = list(_chunks(self.trial.n, self.trial.generator.spec.chunk))
        if numbers is not None:
            chunks = chunks[numbers.start : numbers.stop]
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
            reason = outcome_of(failure)[1]
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
        with watched(part.component, sequence, self.note, part.options):
            drawn = self.sampler.sample(size, rng=rng)
            return copied(trial.dataset.modality.admit(drawn, trial.dataset.space, size))


def _chunks(n: int, size: int | None) -> Iterator[tuple[int, int]]:
    """Yield the number and the size of each chunk of `n` samples; the last may be smaller."""
    size = n if size is None else size
    return ((number, min(size, n - start)) for number, start in enumerate(range(0, n, size)))


_SIZE = 16  # chunks a portion
_LEAST = 4 * _SIZE  # fewer chunks are not divided


def portions(trial: Trial) -> list[range]:
    """Return the ranges of chunks into which a trial's samples are divided; one if division does not pay."""
    spec = trial.generator.spec
    count = -(-trial.n // (trial.n if spec.chunk is None else spec.chunk))
    if count < _LEAST or spec.load is None or spec.control is not None:
        return [range(count)]
    return [range(first, min(first + _SIZE, count)) for first in range(0, count, _SIZE)]


def draw_portion(
    drawing: Drawing, numbers: range, store: Store, notices: Noted, report: Callable[..., None]
) -> None:
    """Draw a portion and store it for the trial to find, if the store can take it.

    notices  is where the drawing notes what the sampler does beside its work
    """
    start = time.perf_counter()
    fit = store.hash(drawing.trial.fit_key)
    samples = drawing.samples(numbers)
    notes = {"seconds": time.perf_counter() - start, "notices": notices.to_json(), "fit": fit}
    write = checked_write(functools.partial(write_samples, samples=samples), drawing.trial.generator)
    keep(store, _key(drawing.trial, numbers), write, lambda: notes, report)


def assembled(drawing: Drawing, store: Store) -> tuple[Samples, float]:
    """Return all samples of a trial, from stored portions or drawn now, and the seconds of drawing.

    Portions that another fit of the generator gave are drawn again: all samples are of one fit.
    """
    pieces, seconds, ranges = [], 0.0, portions(drawing.trial)
    fit = store.hash(drawing.trial.fit_key)
    for numbers in ranges:
        start = time.perf_counter()
        artefact = store.get(_key(drawing.trial, numbers)) if len(ranges) > 1 else None
        is_of_this_fit = artefact is not None and fit != "" and artefact.notes.get("fit") == fit
        stored = opened(artefact, read_samples) if is_of_this_fit else None
        if artefact is None or stored is None:
            pieces.append(drawing.samples(numbers))
            seconds += time.perf_counter() - start
            continue
        pieces.append(stored)
        seconds += artefact.notes["seconds"]
        for notice in notices_of(artefact.notes["notices"]):
            drawing.note(notice)
    return concat(pieces), seconds


def forget_portions(store: Store, trial: Trial) -> None:
    """Remove the portions of a trial's samples, once the whole is stored."""
    ranges = portions(trial)
    for numbers in ranges if len(ranges) > 1 else ():
        with contextlib.suppress(ResultsError):  # a leftover portion does no harm
            remove(store.root, store.place(_key(trial, numbers)))


def _key(trial: Trial, numbers: range) -> dict[str, Any]:
    chunks = [numbers.start, numbers.stop]
    return {"kind": "portion", "samples": digest(dict(trial.sample_key)), "chunks": chunks}
