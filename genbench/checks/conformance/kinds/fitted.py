"""Extractors fitted to the example data, and their features."""

from __future__ import annotations

import contextlib
from functools import partial
from typing import TYPE_CHECKING, Any

from genbench.core import seeds
from genbench.trial.calling import call, gather, no_log
from genbench.trial.extraction import features_of
from genbench.trial.global_state import ignore_notice, isolate_component
from genbench.trial.inputs import providers_of_splits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from genbench.checks.conformance.subject import Subject
    from genbench.contract.specs import ExtractorSpec
    from genbench.core.extracted import Extracted
    from genbench.core.samples import Samples
    from genbench.suite.components import Part

__all__ = ["FittedExtractors", "extract_with", "fit_extractor"]


class FittedExtractors:
    """The extractors of a metric, each fitted once to the training data."""

    def __init__(self, subject: Subject, train: Samples) -> None:
        self._subject = subject
        self._train = train
        self._fitted: dict[str, Any] = {}

    def extract(self, part: Part[ExtractorSpec], /) -> Callable[[Samples], Extracted]:
        """Return the fitted extractor as a function that checks its output; raise as `fit_extractor` does."""
        name = part.component.reference
        if name not in self._fitted:
            self._fitted[name] = fit_extractor(self._subject, part, self._train)
        return partial(extract_with, self._subject, part, self._fitted[name])


def fit_extractor(subject: Subject, part: Part[ExtractorSpec], train: Samples) -> Any:
    """Return what the extractor's `make` returns; its errors become a BlameError."""
    given = {
        "rng": subject.rng("fit", part.component.reference),
        "device": subject.case.device,
        "log": no_log,
    }
    with _calling(subject, part, "fit"):
        return call(part, gather(part, providers_of_splits({"train": lambda: train})), given)


def extract_with(subject: Subject, part: Part[ExtractorSpec], extractor: Any, samples: Samples) -> Extracted:
    """Return the features of samples, checked as in a run; errors of the extractor become a BlameError."""
    return features_of(extractor, part, partial(_calling, subject, part, "extract"), samples)


@contextlib.contextmanager
def _calling(subject: Subject, part: Part[ExtractorSpec], key: str) -> Iterator[None]:
    """Return the context of a call of an extractor; what the subject itself does to global state is noted."""
    note = subject.noted.note if part.component == subject.component else ignore_notice
    sequence = seeds.sequence(0, "check-global", part.component.reference, key)
    with isolate_component(part, sequence, note, is_thorough=True):
        yield
