"""What a trial has at hand: data, fitted models, samples and features, each made once, when first needed.

Everything is looked for in the store before it is made, and stored when it has been made; so a run that was
stopped goes on where it stood, and a metric that is added later meets the samples that are there.
"""

from __future__ import annotations

import functools
import math
import time
from numbers import Integral
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from genbench import seeds
from genbench.calling import call, gather, restore, saving
from genbench.canonical import digest
from genbench.data import load_data, open_split
from genbench.errors import Undefined
from genbench.featuring import Features
from genbench.keys import options_text, split_id
from genbench.lacking import GivenSampler
from genbench.reasons import blame
from genbench.samplefiles import read_samples, write_samples
from genbench.samples import Samples, check, concat, content_hash
from genbench.splits import cut

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from genbench.parts import Part
    from genbench.plan import Trial
    from genbench.store import Artefact, Store

    Report = Callable[..., None]
    Arrays = dict[str, NDArray[np.float32]]

__all__ = ["Workbench", "split_of"]

_NOTHING: Mapping[str, tuple[str, str]] = MappingProxyType({})
_SPLITS = {"real": "test", "train": "train", "held_out": "held_out"}


def split_of(side: str) -> str:
    """Return the split that a metric's input `real`, `train` or `held_out` is."""
    return _SPLITS[side]


class Workbench:
    """The inputs of one trial's metrics.

    report(**event) is told which stage begins and how training goes. `lost` is what Features calls so. What
    a component raises comes as a BlameError that names it; what the data do not allow as Undefined.
    """

    def __init__(
        self, trial: Trial, store: Store, report: Report, lost: Mapping[str, tuple[str, str]] = _NOTHING
    ) -> None:
        self.trial = trial
        self.store = store
        self.report = report
        self.history: list[dict[str, Any]] = []
        self.seconds: dict[str, float] = {}
        self.parameters: int | None = None
        self._features = Features(
            store, trial.settings, data_hash=trial.dataset.hash, whole=self._whole, report=report, lost=lost
        )

    @functools.cached_property
    def samples(self) -> Samples:
        """The trial's fakes, drawn in numbered chunks, each checked as it comes."""
        artefact = self.store.get(self.trial.sample_key)
        if artefact is None:
            fakes = self._draw()
            notes = {
                "hash": content_hash(fakes),
                "history": self.history,
                "seconds": self.seconds,
                "parameters": self.parameters,
            }
            artefact = self.store.put(
                self.trial.sample_key, lambda folder: write_samples(folder, fakes), notes
            )
        self._remember(artefact.notes)
        self.samples_hash: str = artefact.notes["hash"]
        return read_samples(artefact.folder)

    @functools.cached_property
    def sampler(self) -> Any:
        """The fitted generator: stored, or fitted under its key."""
        trial, spec = self.trial, self.trial.generator.spec
        artefact = self.store.get(trial.fit_key) if spec.load is not None else None
        if artefact is not None:
            self._remember(artefact.notes)
            return self._restored(trial.generator, artefact)
        self.report(stage="fit")
        start = time.perf_counter()
        part = trial.generator
        rng = seeds.stream(trial.seed, "train", part.component.name, options_text(part), trial.dataset.hash)
        inputs = gather(part, self._providers())
        with blame(part.component):
            sampler = call(part, inputs, {"rng": rng, "device": trial.settings.device, "log": self._log})
            self.parameters = _count(getattr(sampler, "parameters", None))
            save = getattr(sampler, "save", None)
        self.seconds["fit"] = time.perf_counter() - start
        if spec.load is not None and save is not None:
            notes = {"history": self.history, "seconds": dict(self.seconds), "parameters": self.parameters}
            self.store.put(trial.fit_key, saving(part, save), notes)
        return sampler

    def split(self, side: str) -> Samples:
        """Return the samples that a metric's input `real`, `train` or `held_out` stands for.

        `real` and `held_out` are cut to n_real. Raises Undefined if there are too few, or no such split.
        """
        samples = self._whole(_SPLITS[side])
        if samples is None:
            raise Undefined(f"the dataset has no {_SPLITS[side]} split")
        n = self._cut(side)
        if n is None:
            return samples
        if len(samples) < n:
            raise Undefined(f"n_real asks for {n} samples and the {_SPLITS[side]} split holds {len(samples)}")
        return cut(samples, n)

    def side(self, name: str) -> Samples:
        """Return the samples of `fake`, `real`, `train` or `held_out`."""
        return self.samples if name == "fake" else self.split(name)

    def labels(self, name: str) -> NDArray[np.int64] | None:
        """Return the labels of a side, if it has any."""
        return self.side(name).labels

    def size(self, name: str) -> int:
        """Return how many samples a side has."""
        return len(self.side(name))

    def features(self, extractor: Part, side: str) -> Arrays:
        """Return what an extractor makes of the fakes or of a split, by output: (n, d) float32, read-only."""
        found = self._features.of(
            extractor, self._samples_id(side), functools.partial(self.side, side), keep=True
        )
        if self._features.seconds:
            self.seconds["extract"] = self._features.seconds
        return found

    def extract(self, extractor: Part) -> Callable[[Samples], Arrays]:
        """Return the fitted extractor as a function that checks what it gives."""
        return self._features.extract(extractor)

    def other(self, name: str) -> Any:
        """Return the `sampler` as metrics get it, its `history`, or the dataset's `truth`."""
        if name == "sampler":
            sampler = GivenSampler(self.sampler, self.trial.generator.component.reference)
            self.report(stage="score")  # the generator was at work, if it had to be fitted or loaded
            return sampler
        return tuple(self.history) if name == "history" else self.truth()

    def truth(self) -> Any:
        """Return the dataset's exact sampler, or None."""
        with blame(self.trial.dataset.part.component):
            return load_data(self.trial.dataset.part).truth

    def _draw(self) -> Samples:
        sampler, trial = self.sampler, self.trial
        self.report(stage="sample")
        start = time.perf_counter()
        part, chunks = trial.generator, []
        key = ("sample", part.component.name, options_text(part), trial.dataset.hash)
        for number, size in _chunks(trial.n, part.spec.chunk):
            rng = seeds.stream(trial.seed, *key, str(number))
            with blame(part.component):
                chunk = sampler.sample(size, rng=rng)
                check(chunk, trial.dataset.space, size)
            chunks.append(Samples(chunk.data, trial.dataset.space, chunk.labels))
        self.seconds["sample"] = time.perf_counter() - start
        return concat(chunks)

    def _restored(self, part: Part, artefact: Artefact) -> Any:
        with blame(part.component):
            return restore(part.spec.load, artefact.folder, self.trial.settings.device)

    def _providers(self) -> dict[str, Callable[[], Any]]:
        def labels(name: str) -> Any:
            samples = self._whole(name)
            return None if samples is None else samples.labels

        def samples(name: str) -> Samples:
            found = self._whole(name)
            if found is None:
                raise Undefined(f"the dataset has no {name} split")
            return found

        return {name: functools.partial(samples, name) for name in ("train", "held_out")} | {
            f"{name}_labels": functools.partial(labels, name) for name in ("train", "held_out")
        }

    @functools.cache  # noqa: B019 - a workbench lives as long as its trial's process
    def _whole(self, name: str) -> Samples | None:
        return open_split(self.store, self.trial.dataset, name)

    def _samples_id(self, side: str) -> str:
        if side == "fake":
            return digest(dict(self.trial.sample_key))
        return split_id(self.trial.dataset.hash, _SPLITS[side], self._cut(side))

    def _cut(self, side: str) -> int | None:
        return None if side == "train" else self.trial.n_real

    def _remember(self, notes: Mapping[str, Any]) -> None:
        self.history = list(notes["history"])
        self.seconds = dict(notes["seconds"]) | self.seconds
        self.parameters = notes["parameters"]

    def _log(self, step: int, total: int, **values: float) -> None:
        plain = {name: float(value) for name, value in values.items()}
        finite = {name: value if math.isfinite(value) else None for name, value in plain.items()}
        self.history.append({"step": int(step), "total": int(total)} | finite)
        self._report_step(step, total, **plain)

    def _report_step(self, step: int, total: int, **values: float) -> None:
        self.report(step=int(step), total=int(total), values={k: float(v) for k, v in values.items()})


def _count(parameters: Any) -> int | None:
    """Return a sampler's `parameters` if that is a number; torch's modules have a method of that name."""
    return int(parameters) if isinstance(parameters, Integral) else None


def _chunks(n: int, size: int | None) -> Iterator[tuple[int, int]]:
    size = n if size is None else size
    return ((number, min(size, n - start)) for number, start in enumerate(range(0, n, size)))
