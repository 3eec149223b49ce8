"""Portions of a trial's samples, which several processes draw where there is much to draw.

A portion is a range of chunks. Each chunk has a stream of its own, and whoever draws it takes the fitted
sampler from the store; so the samples are the same whether one process draws all chunks or many a few each.
"""

from __future__ import annotations

import contextlib
import functools
import time
from typing import TYPE_CHECKING, Any

from genbench.core.canonical_json import digest
from genbench.core.errors import ResultsError
from genbench.core.samples import concat
from genbench.files.sample_files import read_samples, write_samples
from genbench.store.cache import keep, opened
from genbench.store.eviction import remove
from genbench.suite.components import is_control

if TYPE_CHECKING:
    from collections.abc import Callable

    from genbench.core.samples import Samples
    from genbench.store.store import Store
    from genbench.trial.drawing import Drawing
    from genbench.trial.plan import Trial

__all__ = ["assembled", "draw_portion", "forget_portions", "portions"]

_SIZE = 16  # chunks of a portion
_LEAST = 4 * _SIZE  # chunks that are worth dividing


def portions(trial: Trial) -> list[range]:
    """Return the ranges of chunks into which a trial's samples are divided; one where that does not pay."""
    spec = trial.generator.spec
    count = -(-trial.n // (trial.n if spec.chunk is None else spec.chunk))
    if count < _LEAST or spec.load is None or is_control(trial.generator):
        return [range(count)]
    return [range(first, min(first + _SIZE, count)) for first in range(0, count, _SIZE)]


def draw_portion(
    drawing: Drawing, numbers: range, store: Store, notices: list[str], report: Callable[..., None]
) -> None:
    """Draw a portion and store it for the trial to find, if the store can take it.

    notices  is where the drawing notes what the sampler does beside its work
    """
    start = time.perf_counter()
    samples = drawing.samples(numbers)
    notes = {"seconds": time.perf_counter() - start, "notices": notices}
    keep(
        store, _key(drawing.trial, numbers), functools.partial(write_samples, samples=samples), notes, report
    )


def assembled(drawing: Drawing, store: Store) -> tuple[Samples, float]:
    """Return all samples of a trial, some of which others may have drawn, and the seconds that it took."""
    pieces, seconds, ranges = [], 0.0, portions(drawing.trial)
    for numbers in ranges:
        start = time.perf_counter()
        artefact = store.get(_key(drawing.trial, numbers)) if len(ranges) > 1 else None
        found = opened(artefact, read_samples)
        if artefact is None or found is None:
            pieces.append(drawing.samples(numbers))
            seconds += time.perf_counter() - start
            continue
        pieces.append(found)
        seconds += artefact.notes["seconds"]
        for notice in artefact.notes["notices"]:
            drawing.note(notice)
    return concat(pieces), seconds


def forget_portions(store: Store, trial: Trial) -> None:
    """Remove the portions of a trial's samples, once these are there as a whole."""
    ranges = portions(trial)
    for numbers in ranges if len(ranges) > 1 else ():
        with contextlib.suppress(ResultsError):  # what cannot be removed is in nobody's way
            remove(store.root, store.place(_key(trial, numbers)))


def _key(trial: Trial, numbers: range) -> dict[str, Any]:
    chunks = [numbers.start, numbers.stop]
    return {"kind": "portion", "samples": digest(dict(trial.sample_key)), "chunks": chunks}
