"""Parallel sampling of a large n: one job fits the generator, and several jobs draw a portion each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genbench.core.canonical_json import digest
from genbench.trial.jobs import DrawPortion, FitSampler
from genbench.trial.sampling import portions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from genbench.jobs.engine.engine import Engine
    from genbench.jobs.engine.runner import JobFailure
    from genbench.store.store import Store
    from genbench.trial.plan import Trial

__all__ = ["draw_portions"]


def draw_portions(engine: Engine, trials: Sequence[Trial]) -> list[JobFailure]:
    """Fit the generators of trials with a large n, and draw their samples in portions, one job each.

    Returns the failures. One portion of each generator runs first: if it fails, the others would fail too.
    """
    store = engine.store
    large = [(trial, portions(trial)) for trial in trials if store.notes(trial.sample_key) is None]
    large = [(trial, ranges) for trial, ranges in large if len(ranges) > 1]
    fits = [trial for trial, _ in large if store.notes(trial.fit_key) is None]
    failures = engine.run([(f"{trial.name} fit", FitSampler(trial=trial, store=store)) for trial in fits])
    # A fit may have failed, or be in another store.
    fitted = [(trial, ranges) for trial, ranges in large if store.notes(trial.fit_key) is not None]
    first = [_draw(trial, 0, ranges[0], store) for trial, ranges in fitted]
    failures += engine.run(first)
    failed = {failure.work for failure in failures}
    rest = [
        _draw(trial, i, ranges[i], store)
        for trial, ranges in fitted
        if digest(dict(trial.sample_key)) not in failed
        for i in range(1, len(ranges))
    ]
    return failures + engine.run(rest)


def _draw(trial: Trial, i: int, numbers: range, store: Store) -> tuple[str, DrawPortion]:
    return f"{trial.name} portion {i}", DrawPortion(trial=trial, store=store, numbers=numbers)
