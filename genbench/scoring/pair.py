"""The inputs of metrics from a pair of sides, with optional training samples."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from genbench.catalog.modalities import find_modality
from genbench.contract.moments import Moments
from genbench.core.canonical_json import digest
from genbench.core.errors import DataError, Undefined
from genbench.core.samples import class_names, labels_in, number_classes
from genbench.results.sketches import Sketch
from genbench.scoring.statistics import Origin, single, write_statistics
from genbench.store.keys import extractor_signature
from genbench.suite.components import extractor_outputs
from genbench.trial.features import Features
from genbench.trial.global_state import UniqueNotices

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from genbench.catalog.modalities import Modality
    from genbench.contract.specs import ExtractorSpec, Protocol
    from genbench.core.extracted import Extracted
    from genbench.core.samples import Samples
    from genbench.scoring.sides import Side
    from genbench.scoring.statistics import Statistics
    from genbench.store.keys import Settings
    from genbench.store.store import Store
    from genbench.suite.components import Group, Part
    from genbench.trial.features import KeptFeatures

__all__ = ["Pair"]


class Pair:
    """The sides `fake`, `real` and optionally `train` of one call, as `trial.inputs.Inputs`.

    statistics  the statistics of `real`, from a file that holds them; the side is missing if there are no
                samples beside them
    kept        what earlier calls with the same `train` left in memory; None: nothing
    used        notices of the metric and the extractor at work; cleared for each metric

    Raises DataError if they are not of one modality, or if the modality cannot compare their spaces.
    """

    def __init__(
        self, sides: Mapping[str, Side], modalities: Sequence[Modality], store: Store, settings: Settings,
        report: Callable[..., None], protocol: Protocol | None = None, statistics: Statistics | None = None,
        kept: KeptFeatures | None = None,
    ) -> None:  # fmt: skip
        """Check that the sides, samples by name, can be compared; raise DataError if they cannot.

        sides       "fake", and optionally "real" and "train"
        statistics  of real samples, read from a file
        kept        features in memory from earlier calls with the same "train"
        """
        if len({side.space.modality for side in sides.values()}) > 1:
            raise DataError(f"{', '.join(sides)} must be of one space; {_describe_spaces(sides)}")
        self.modality = find_modality(modalities, sides["fake"].space.modality)
        self.sides = sides
        for name, side in sides.items():
            difference = self.modality.difference(sides["real"].space, side.space) if "real" in sides else ""
            if difference:
                raise DataError(f"{name} cannot be compared with real: {difference}")
        self.store, self.settings, self.protocol, self.statistics = store, settings, protocol, statistics
        train = sides.get("train")
        self.used = UniqueNotices()  # notices of side effects of the components in use
        self._features = Features(
            store, settings, data_hash="" if train is None else train.hash, whole=self._read_whole,
            report=report, note=self.used.note, kept=kept,
        )  # fmt: skip

    @property
    def paths(self) -> list[Path]:
        """The paths from which all sides were read; empty unless each could be read as another modality."""
        paths = [side.path for side in self.sides.values() if side.path is not None]
        return paths if len(paths) == len(self.sides) else []

    def data_hash(self, group: Group) -> str:
        """Return the hash of the data that a metric compares fakes with: `real`, and `train` if used."""
        names = ("real", "train") if self.uses_train(group) else ("real",)
        hashes = {name: self.sides[name].hash for name in names if name in self.sides}
        statistics = self.statistics_for(group)
        return digest(hashes if statistics is None else {**hashes, "real": statistics.hash})

    def statistics_for(self, group: Group) -> Statistics | None:
        """Return the statistics used as `real`: for a metric of moments, or if there are no samples."""
        return self.statistics if group.metric.spec.real_moments or "real" not in self.sides else None

    def n_real(self, group: Group) -> int | None:
        """Return the number of real samples that the metric of a group is computed from, or None if unknown.

        A file of statistics, the mean and covariance of real samples, may contain their number.
        """
        statistics = self.statistics_for(group)
        return self.sides["real"].size if statistics is None else statistics.moments.n

    def moments(self, group: Group) -> Moments | None:
        """Return the moments (mean and covariance) from a file that a metric gets in place of `real`.

        Return None for a metric that gets samples or features.
        Raises DataError if they are those of another extractor, or of samples that it cannot compare.
        """
        if self.statistics is None or group.extractor is None or not group.metric.spec.real_moments:
            return None
        (output,) = extractor_outputs(group.metric.spec)  # a metric of moments takes one
        self.statistics.check_origin(self._sign_extractor(group.extractor), output)
        self._check_space(self.statistics, group.extractor)
        return self.statistics.moments

    def save_moments(self, path: Path, extractor: Part[ExtractorSpec], output: str) -> None:
        """Write the moments of an extractor's output on `real`, and what they come from, to a .npz file.

        Raises Undefined, Invalid or BlameError if there are none, and DataError if they cannot be written.
        """
        extracted, real = self.features(extractor, "real"), self._find_side("real")
        moments = Moments.of(extracted.arrays[output][extracted.valid])
        protocol = None if self.protocol is None else self.protocol.name
        # the sketch, digests of some samples, shows later whether other samples are among them; `single`
        # makes float64 data float32, so that both have one sketch
        origin = Origin(
            extractor=self._sign_extractor(extractor), fit=self._identify_fit(extractor), output=output,
            protocol=protocol, n=int(extracted.valid.sum()), samples=real.hash,
            sketch=str(Sketch.of(single(real.open()))), space=real.space,
        )  # fmt: skip
        write_statistics(path, moments, origin)

    def check_fit(self, group: Group) -> None:
        """Raise DataError if the file of moments of a metric is from another fit of its extractor.

        Two fits give different features. The extractor is fitted here, if it is not yet; raises BlameError
        or Undefined if that fails.
        """
        if self.statistics is not None and group.extractor is not None and group.metric.spec.real_moments:
            self.statistics.check_fit(self._identify_fit(group.extractor))

    def _identify_fit(self, extractor: Part[ExtractorSpec]) -> str:
        """Return a hash that differs between two fits of an extractor, or "" if it is not fitted.

        It fits the extractor if no earlier call did.
        """
        if not extractor.contract.inputs:
            return ""
        self._features.fitted(extractor)
        return self._features.fit_hash(extractor)

    @functools.cached_property
    def real_shares_train(self) -> bool:
        """Whether `real`, or the samples behind its statistics, share samples with `train`.

        Their sketches, digests of some of the samples, are compared. False if there is no `train`, or if the
        file of statistics does not say which samples they are of.
        """
        if "train" not in self.sides:
            return False
        train = self.sides["train"].sketch
        if "real" in self.sides:
            real = self.sides["real"].sketch
            return real == train or real.has_samples_of(train)
        origin = None if self.statistics is None else self.statistics.origin
        return origin is not None and Sketch.parse(origin.sketch).has_samples_of(train)

    def _check_space(self, statistics: Statistics, extractor: Part[ExtractorSpec]) -> None:
        """Raise DataError if statistics are of samples that the fakes cannot be compared with.

        Without an origin in the file, the space of its samples is unknown, and nothing is checked.
        """
        if statistics.origin is None:
            return
        real, fake = statistics.origin.space, self._find_side("fake").space
        is_one_kind = real.modality == fake.modality and (
            extractor.spec.any_shape or real.shape == fake.shape
        )
        if not is_one_kind or self.modality.difference(real, fake):
            raise DataError(
                f"{statistics.name} holds statistics of {real}, and fake is {fake}; compare samples of one "
                f"kind"
            )

    def _sign_extractor(self, extractor: Part[ExtractorSpec]) -> dict[str, Any]:
        """Return what decides the features of an extractor; for one that is fitted, `train` does too."""
        train = self.sides.get("train")
        return extractor_signature(extractor, "" if train is None else train.hash)

    def uses_train(self, group: Group) -> bool:
        """Return whether the metric or its extractor takes `train`."""
        return any("train" in part.contract.sides for part in group.parts)

    def size(self, name: str) -> int:
        """Return the number of samples of a side."""
        return self._find_side(name).size

    def side(self, name: str) -> Samples:
        """Return the samples of a side, such as "real"; raise Undefined unless all sides have one shape."""
        shapes = {side.space.shape for side in self.sides.values()}
        if len(shapes) > 1:
            raise Undefined(f"takes samples of one shape; {_describe_spaces(self.sides)}")
        return self._find_side(name).open()

    def first_text(self, name: str) -> str | None:
        """Return the first sample of a side of strings, for messages; None for samples of another form."""
        data = self.sides[name].open().data
        return data[0] if isinstance(data, tuple) else None

    def labels(self, name: str) -> NDArray[np.int64] | None:
        """Return the labels of a side, or None; equal numbers mean equal class names on every side.

        Raises DataError if two sides have no class in common.
        """
        samples = self._find_side(name).open()
        return None if samples.labels is None else labels_in(samples, self._class_numbers)

    def classes(self, name: str) -> frozenset[str]:
        """Return the names of the classes that occur on a side; the set is empty if it has no labels."""
        return frozenset(class_names(self._find_side(name).open()).values())

    @functools.cached_property
    def _class_numbers(self) -> Mapping[str, int]:
        """The number of each class name, the same for fake, real and training samples."""
        return number_classes({name: side.open() for name, side in self.sides.items()})

    def features(self, extractor: Part[ExtractorSpec], name: str) -> Extracted:
        """Return the features of a side, by the extractor's outputs, and which samples have them.

        Raises DataError if sides differ in shape and the extractor does not accept any shape.
        """
        shapes = {side.space.shape for side in self.sides.values()}
        if len(shapes) > 1 and not extractor.spec.any_shape:
            raise DataError(f"{extractor.name} compares samples of one shape; {_describe_spaces(self.sides)}")
        return self._extract_side(extractor, self._find_side(name))

    def extract(self, extractor: Part[ExtractorSpec]) -> Callable[[Samples], Extracted]:
        """Return the fitted extractor as a function from samples to features."""
        return self._features.extract(extractor)

    def fitted(self, extractor: Part[ExtractorSpec]) -> Any:
        """Return the object that the extractor's `make` returns, fitted if it needs to be."""
        return self._features.fitted(extractor)

    def other(self, name: str) -> Any:
        """Raise Undefined for an input that only a suite has: a `sampler`, a `history` or the `truth`."""
        raise Undefined(f"genbench.score has no {name}; run a suite")

    def _extract_side(self, extractor: Part[ExtractorSpec], side: Side) -> Extracted:
        """Return the features of a side; they are stored if its samples have an id in the store."""
        keep = side.store_id is not None
        return self._features.of(extractor, side.samples_id, side.open, keep=keep)

    def _find_side(self, name: str) -> Side:
        """Return a side; raise Undefined, which skips the metric, if it has no samples."""
        if name == "real" and self.statistics is not None and name not in self.sides:
            raise Undefined(f"needs samples of real; {self.statistics.name} holds only their statistics")
        if name not in self.sides:
            raise Undefined(f"{name} was not given")
        return self.sides[name]

    def _read_whole(self, name: str) -> Samples | None:
        """Return all samples of a side for fitting an extractor, or None if it was not given."""
        return self.sides[name].open() if name in self.sides else None


def _describe_spaces(sides: Mapping[str, Side]) -> str:
    """Return the space of each side, for messages."""
    return ", ".join(f"{name} is {side.space}" for name, side in sides.items())
