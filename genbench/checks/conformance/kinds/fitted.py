"""Extractors fitted to the example data, and their features."""

from __future__ import annotations

import contextlib
from functools import partial
from typing import TYPE_CHECKING, Any

from genbench.core import seeds
from genbench.trial.calling import call, gather
from genbench.trial.extraction import extract_features
from genbench.trial.global_state import ignore_notice, isolate_component
from genbench.trial.inputs import provide_splits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from genbench.checks.conformance.subject import Subject
    from genbench.contract.specs import ExtractorSpec
    from genbench.core.extracted import Extracted
    from genbench.core.samples import Samples
    from genbench.suite.components import Part

__all__ = ["extract_with", "fit_extractor", "fit_once"]


def fit_once(subject: Subject, train: Samples, part: Part[ExtractorSpec]) -> Callable[[Samples], Extracted]:
    """Return an extractor as a function from samples to checked features; it is fitted once for a subject.

    A subject is the component under test: the extractor itself, or a metric that uses it. Errors of the
    extractor become a BlameError, which names it.
    """
    name = f"extractor {part.component.reference}"
    return partial(
        extract_with, subject, part, subject.get_or_compute(name, lambda: fit_extractor(subject, part, train))
    )


def fit_extractor(subject: Subject, part: Part[ExtractorSpec], train: Samples) -> Any:
    """Return the fitted extractor, a function from samples to features, which the component's `make` returns.

    An error of the component becomes a BlameError, which names it.
    """
    # rng, device and log
    arguments = {**subject.make_arguments(), "rng": subject.rng("fit", part.component.reference)}
    with _isolate_call(subject, part, "fit"):
        return call(part, gather(part, provide_splits({"train": lambda: train})), arguments)


def extract_with(subject: Subject, part: Part[ExtractorSpec], extractor: Any, samples: Samples) -> Extracted:
    """Return the features of samples, checked as in a run; errors of the extractor become a BlameError."""
    return extract_features(extractor, part, partial(_isolate_call, subject, part, "extract"), samples)


@contextlib.contextmanager
def _isolate_call(subject: Subject, part: Part[ExtractorSpec], key: str) -> Iterator[None]:
    """Isolate a call of an extractor in a block: its errors become a BlameError, global state is restored.

    A change of global state becomes a notice of the subject only if the extractor is the component under
    test: the author of a metric cannot mend an extractor of others.

    key  what it does, "fit" or "extract": names the seed of global random streams
    """
    note = subject.notices.note if part.component == subject.component else ignore_notice
    sequence = seeds.sequence(0, "check-global", part.component.reference, key)
    with isolate_component(part, sequence, note):
        yield
