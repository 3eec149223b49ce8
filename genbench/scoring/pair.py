"""The inputs of metrics from a pair of sides, with optional training samples."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from genbench.catalog.modalities import find_modality
from genbench.contract.moments import Moments
from genbench.core.canonical_json import digest
from genbench.core.errors import Absent, DataError, Undefined
from genbench.core.rows import number_rows
from genbench.core.samples import class_names, labels_in, number_classes, unify_numbers
from genbench.results.copies import count_copies, describe_collapse
from genbench.results.sketches import Sketch
from genbench.scoring.statistics import Origin, write_statistics
from genbench.store.keys import extractor_signature
from genbench.suite.components import extractor_outputs
from genbench.trial.copies import are_alike, number_together
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
    from genbench.results.copies import Copies, Numbers
    from genbench.scoring.sides import Side
    from genbench.scoring.statistics import Statistics
    from genbench.store.keys import Settings
    from genbench.store.store import Store
    from genbench.suite.components import Group, Part
    from genbench.trial.features import FeatureMemory

__all__ = ["Pair"]


class Pair:
    """The sides `fake`, `real` and optionally `train` of one call, as `trial.inputs.Inputs`.

    statistics      the statistics of `real`, from a file that holds them; there may be no samples beside
                    them, and then the side `real` is missing
    kept            what earlier calls with the same `train` left in memory; None: nothing
    metric_notices  of the side effects of the metric and the extractor at work; cleared for each metric

    Raises DataError if the sides are not of one modality, or if the modality cannot compare their spaces.
    """

    def __init__(
        self, sides: Mapping[str, Side], modalities: Sequence[Modality], store: Store, settings: Settings,
        report: Callable[..., None], protocol: Protocol | None = None, statistics: Statistics | None = None,
        kept: FeatureMemory | None = None,
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
                raise DataError(f"{name} cannot be compared with real: {difference}; expected equal ones")
        self.store, self.settings, self.protocol, self.statistics = store, settings, protocol, statistics
        train = sides.get("train")
        self.metric_notices = UniqueNotices()
        self._features = Features(
            store, settings, data_hash="" if train is None else train.hash, find_split=self._read_whole,
            report=report, note=self.metric_notices.note, memory=kept,
        )  # fmt: skip

    @property
    def paths(self) -> list[Path]:
        """The paths of the sides; empty unless all sides were read from paths.

        An error suggests another modality for the samples only if all of them can be read again with it.
        """
        paths = [side.path for side in self.sides.values() if side.path is not None]
        return paths if len(paths) == len(self.sides) else []

    def hash_reference_data(self, group: Group) -> str:
        """Return the hash of the data that a metric compares fakes with: `real`, and `train` if it is used.

        If the metric uses statistics in place of `real`, their hash is that of `real`.
        """
        names = ("real", "train") if self.uses_train(group) else ("real",)
        hashes = {name: self.sides[name].hash for name in names if name in self.sides}
        statistics = self.find_statistics(group)
        return digest(hashes if statistics is None else {**hashes, "real": statistics.hash})

    def find_statistics(self, group: Group) -> Statistics | None:
        """Return the statistics that a metric uses as `real`, or None if it uses the samples.

        A metric of moments uses them, and so does any other metric if there are no real samples.
        """
        return self.statistics if group.metric.spec.real_moments or "real" not in self.sides else None

    def n_real(self, group: Group) -> int | None:
        """Return the number of real samples that the metric of a group is computed from, or None if unknown.

        A file of statistics, the mean and covariance of real samples, may contain their number.
        """
        statistics = self.find_statistics(group)
        return self.sides["real"].size if statistics is None else statistics.moments.n

    def moments(self, group: Group) -> Moments | None:
        """Return the moments (mean and covariance) from a file that a metric gets in place of `real`.

        Return None for a metric that gets samples or features. Raises DataError if another extractor computed
        the moments, or if they are of samples that the fakes cannot be compared with.
        """
        if self.statistics is None or group.extractor is None or not group.metric.spec.real_moments:
            return None
        (output,) = extractor_outputs(group.metric.spec)  # a metric of moments takes exactly one output
        self.statistics.check_origin(self._sign_extractor(group.extractor), output)
        self._check_space(self.statistics, group.extractor)
        return self.statistics.moments

    def save_moments(self, path: Path, extractor: Part[ExtractorSpec], output: str) -> None:
        """Write the moments (mean and covariance) of an extractor's output on `real` to a .npz file.

        The file also names their origin: the extractor and the samples. Raises Undefined, Invalid or
        BlameError if the moments cannot be computed, and DataError if they cannot be written.
        """
        extracted, real = self.features(extractor, "real"), self._find_side("real")
        moments = Moments.of(extracted.arrays[output][extracted.valid])
        protocol = None if self.protocol is None else self.protocol.name
        # the sketch, digests of some samples, shows later which sides share samples with these
        origin = Origin(
            extractor=self._sign_extractor(extractor), fit=self._identify_fit(extractor), output=output,
            protocol=protocol, n=int(extracted.valid.sum()), samples=real.hash,
            sketch=str(Sketch.of(self._unify(real.open()))), space=real.space,
        )  # fmt: skip
        write_statistics(path, moments, origin)

    def check_fit(self, group: Group) -> None:
        """Raise DataError if the moments in a file were computed with another fit of the metric's extractor.

        Two fits give different features. The extractor is fitted here if no earlier call did; raises
        BlameError or Undefined if that fails.
        """
        if self.statistics is not None and group.extractor is not None and group.metric.spec.real_moments:
            self.statistics.check_fit(self._identify_fit(group.extractor))

    def _identify_fit(self, extractor: Part[ExtractorSpec]) -> str:
        """Return a hash that differs between two fits of an extractor; "" for one that needs no fit."""
        if not extractor.contract.inputs:  # data to fit to
            return ""
        self._features.get_extractor(extractor)  # fits it, unless an earlier call did
        return self._features.fit_hash(extractor)

    @functools.cached_property
    def real_shares_train(self) -> bool:
        """Whether `real`, or the samples behind its statistics, share samples with `train`.

        It compares sketches, digests of some of the samples. False if there is no `train`.
        """
        if "train" not in self.sides:
            return False
        if "real" in self.sides:
            real, train = self._sketch_together("real", "train")
            # `has_samples_of` leaves out what two draws of few different samples share by chance, which could
            # be all of the same data
            return real == train or real.has_samples_of(train)
        return "train" in self.sides_behind_statistics

    @functools.cached_property
    def sides_behind_statistics(self) -> frozenset[str]:
        """The sides that share samples with those behind the statistics; none if their file has no sketch.

        A file of an earlier genbench has a sketch of the samples as they were, but for their precision.
        """
        return frozenset(
            name
            for name, side in self.sides.items()
            for sketch in (side.sketch, Sketch.whole(self._unify(side.open())))
            if self.statistics is not None and self.statistics.shares_samples_with(sketch)
        )

    def _unify(self, samples: Samples) -> Samples:
        """Return samples without order, precision or spelling that means nothing, if that can be told."""
        try:
            return unify_numbers(self.modality.same(samples))
        except Absent:
            return unify_numbers(samples)

    def _sketch_together(self, *names: str) -> tuple[Sketch, ...]:
        """Return sketches of sides to compare with one another; of frames, without their digests."""
        frames = [self.sides[name].open().data for name in names]
        if are_alike(frames):
            return tuple(map(Sketch.of_numbers, number_rows(frames)))
        return tuple(self.sides[name].sketch for name in names)

    @functools.cached_property
    def copies(self) -> dict[str, Copies]:
        """How many fakes equal samples of `real` and of `train`; {} if a package that tells it is missing."""
        others = {name: numbers for name, numbers in self._numbers.items() if name != "fake"}
        return {
            name: count_copies(
                self._numbers["fake"], real, [other for other in others.values() if other is not real]
            )
            for name, real in others.items()
        }

    @functools.cached_property
    def collapse(self) -> str:
        """How many fakes repeat one another, in words; "" if real or training samples do, too."""
        numbers = self._numbers
        real = numbers.get("real", numbers.get("train"))
        return "" if real is None else describe_collapse(numbers["fake"], real)

    @functools.cached_property
    def lost_scale(self) -> str:
        """The warning that numbers from 0 to 1 became bytes 0 and 1, as by `x.astype("uint8")`; or "".

        One side then has no byte above 1, and the other has. If both have none, the samples are binary.
        """
        sides = {name: self.sides[name].open().data for name in ("fake", "real") if name in self.sides}
        lost: list[str] = []
        if all(getattr(data, "dtype", None) == "uint8" and len(data) for data in sides.values()):
            # the first sample decides for most sides, so that a large side is not read again
            lost = [name for name, data in sides.items() if data[0].max() <= 1 and data.max() <= 1]
        if not len(sides) > len(lost) == 1:
            return ""
        return f"{lost[0]} has no value above 1: were its numbers from 0 to 1? Then multiply them by 255"

    @functools.cached_property
    def _numbers(self) -> dict[str, Numbers]:
        """The numbers of the samples of each side, by which copies are found; {} if a package is missing.

        Of real and training samples, all count, since fakes may be copies of those that a cut leaves out.
        """
        draws = [side.open() if name == "fake" else side.open_whole() for name, side in self.sides.items()]
        try:
            return dict(zip(self.sides, number_together(draws, self.modality), strict=True))
        except Absent:
            return {}

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
        """Return what decides an extractor's features, as JSON; for a fitted one, `train` is a part of it."""
        train = self.sides.get("train")
        return extractor_signature(extractor, "" if train is None else train.hash)

    def uses_train(self, group: Group) -> bool:
        """Return whether the metric or its extractor takes `train`."""
        return any("train" in part.contract.sides for part in group.parts)

    def size(self, name: str) -> int:
        """Return the number of samples of a side."""
        return self._find_side(name).size

    def side(self, name: str) -> Samples:
        """Return the samples of a side, such as "real"; raise Undefined unless all sides have one shape.

        For a metric that takes samples without an extractor, which may compare them value by value.
        """
        shapes = {side.space.shape for side in self.sides.values()}
        if len(shapes) > 1:
            raise Undefined(f"takes samples of one shape; {_compare_shapes(self.sides)}")
        return self._find_side(name).open()

    def first_text(self, name: str) -> str | None:
        """Return the first sample of a side of strings, for messages; None if the samples are no strings."""
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

    def name_class(self, label: str) -> str:
        """Return the name of the class with a number; the number itself if no side names its classes."""
        names = {str(number): name for name, number in self._class_numbers.items()}
        return names.get(label, label)

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
            raise DataError(f"{extractor.name} compares samples of one shape; {_compare_shapes(self.sides)}")
        side = self._find_side(name)
        keep = side.store_id is not None  # samples in memory have no id in the store
        return self._features.get_features(extractor, side.samples_id, side.open, keep=keep)

    def extract(self, extractor: Part[ExtractorSpec]) -> Callable[[Samples], Extracted]:
        """Return the fitted extractor as a function from samples to features."""
        return self._features.get_extract_function(extractor)

    def fitted(self, extractor: Part[ExtractorSpec]) -> Any:
        """Return the object that the extractor's `make` returns, fitted if it needs to be."""
        return self._features.get_extractor(extractor)

    def other_input(self, name: str) -> Any:
        """Raise Undefined: only a suite has the inputs `sampler`, `history` and `truth`."""
        raise Undefined(f"genbench.score has no {name}; run a suite")

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


def _compare_shapes(sides: Mapping[str, Side]) -> str:
    """Return the space of each side, and how to give samples of one kind one shape, for messages."""
    shapes = {name: side.space.shape for name, side in sides.items()}
    narrow = [name for name, shape in shapes.items() if shape[1:] and shape[-1] == 1]
    remedy = "convert them to one shape"
    if narrow and len({shape[:-1] for shape in shapes.values()}) == 1:
        channels = max(shape[-1] for shape in shapes.values())
        remedy = f"repeat the channel of {narrow[0]}: np.repeat(x, {channels}, axis=-1)"
    return f"{_describe_spaces(sides)}; {remedy}"
