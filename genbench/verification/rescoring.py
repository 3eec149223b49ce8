"""Scores computed again: from samples that are at hand, with nothing else that a first run left of them."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from genbench.core.errors import Absent, Invalid
from genbench.core.samples import check, content_hash
from genbench.files.sample_files import read_samples
from genbench.store.store import Store
from genbench.trial.context import Workbench
from genbench.trial.failures import plain_line
from genbench.trial.trial import RunTrial

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from genbench.core.samples import Samples
    from genbench.store.store import Artefact
    from genbench.suite.components import Part

    Report = Callable[..., None]

__all__ = ["LEFT_ALONE", "LendingStore", "Rescore", "is_left_alone"]

#: Why a number is not verified that needs such a generator.
LEFT_ALONE = "its generator costs more than time or runs a program, and is not asked only to verify"


_LENT = ("data", "extractor", "sampler")


@dataclass(frozen=True)
class LendingStore(Store):
    """A store of its own that takes datasets, fitted extractors and fitted generators from another.

    Features are never taken from there, so whoever computes with it computes them anew.
    """

    lender: Store

    def get(self, key: Mapping[str, Any]) -> Artefact | None:
        """Return the artefact of a key; one that is lent only if there is no own one."""
        return super().get(key) or (self.lender.get(key) if key["kind"] in _LENT else None)

    def notes(self, key: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Return the notes of an artefact without reading its files."""
        own = super().notes(key)
        return self.lender.notes(key) if own is None and key["kind"] in _LENT else own

    def files(self, key: Mapping[str, Any]) -> dict[str, str]:
        """Return the SHA-256 of each file of an artefact."""
        return super().files(key) or (self.lender.files(key) if key["kind"] in _LENT else {})


@dataclass(frozen=True, kw_only=True)
class Rescore(RunTrial):
    """The job that fills the cells of one trial from samples that are at hand.

    given    the folder that holds them
    history  what the generator logged when they were made
    """

    given: Path
    history: tuple[Any, ...]

    def bench(self, report: Report) -> Workbench:
        """Return a workbench with these samples."""
        return _GivenBench(self, report)


def is_left_alone(generator: Part) -> bool:
    """Return whether a generator is not asked only to verify: it costs money, or runs what a suite names."""
    return bool(generator.spec.priced)


class _GivenBench(Workbench):
    """A workbench whose fakes lie in a folder, `given`, and need not be what they are said to be."""

    def __init__(self, job: Rescore, report: Report) -> None:
        super().__init__(job.trial, job.store, report, job.lost)
        self.given = job.given
        self.history[:] = [dict(entry) for entry in job.history]

    @functools.cached_property
    def samples(self) -> Samples:
        """The fakes; raises Invalid if they cannot be read, or are not samples of the dataset's space."""
        try:
            fakes = read_samples(self.given)
        except Exception as error:  # whatever numpy and json raise of files that are not what they seem
            raise Invalid(f"the samples cannot be read: {plain_line(str(error))}") from error
        check(fakes, self.trial.dataset.space, self.trial.n)
        self.samples_hash = content_hash(fakes)
        return fakes

    @functools.cached_property
    def sampler(self) -> Any:
        """The fitted generator; raises Absent for one that is left alone."""
        if is_left_alone(self.trial.generator):
            raise Absent(LEFT_ALONE)
        return super().sampler
