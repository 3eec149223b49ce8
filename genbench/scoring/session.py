"""Sessions of scores: the real side of one or more calls, opened once, and what it needs between calls."""

from __future__ import annotations

import copy
import functools
import sys
import warnings
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genbench.catalog.catalog import load_catalog
from genbench.catalog.local_modules import count_edits
from genbench.catalog.modalities import find_modality, list_modalities
from genbench.core.errors import DataError, Invalid, SuiteError, Undefined
from genbench.core.samples import Samples, copy_mapped, copy_samples
from genbench.files.identity import read_identity
from genbench.files.outputs import check_output
from genbench.files.sample_files import holds_samples
from genbench.files.text_files import TEXT_ENDINGS
from genbench.scoring.arguments import check_samples, check_settings, read_stated_space
from genbench.scoring.inputs import Source, as_samples, find_existing_path, is_path
from genbench.scoring.measurement import Measurement, Measurements, measure_group
from genbench.scoring.pair import Pair
from genbench.scoring.request import (
    ScoreRequest,
    check_names,
    check_unique,
    find_modalities,
    join_groups,
    make_groups,
    report_metrics,
)
from genbench.scoring.sides import adapt_side
from genbench.store.environment import default_threads
from genbench.store.keys import Settings, options_text
from genbench.store.store import open_store
from genbench.suite.components import adapt_group, extractor_outputs
from genbench.trial.devices import check_device
from genbench.trial.failures import BlameError, read_outcome
from genbench.trial.features import FeatureMemory
from genbench.trial.reading.readers import check_sides

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from genbench.catalog.modalities import Modality
    from genbench.core.spaces import Space
    from genbench.files.identity import Identity
    from genbench.scoring.request import Metrics
    from genbench.scoring.sides import Side
    from genbench.scoring.statistics import Statistics
    from genbench.suite.components import Group

__all__ = ["ScoreSession"]

_NO_FEATURES: tuple[str, Settings | None] = ("", None)  # of a session that has kept no features yet
_STATES_SPACE = 0  # the first rank in the order of opening
_NUMERIC_CONTAINERS = ("array", "ragged")  # containers that an array in memory can become


class ScoreSession:
    """The samples `real`, and `train` if they are given, of one `genbench.score`, or of a Reference.

    The first call opens them. Later calls use the same samples, and the extractors and features that were
    computed from them. The fakes and their features are dropped after each call.
    """

    def __init__(
        self, real: Any, train: Any = None, *, extractor: str | Mapping[str, Any] | None = None,
        protocol: str | None = None, n: int | None = None, device: str = "cpu",
        reader: str | Mapping[str, Any] | None = None, modality: str | Mapping[str, Any] | None = None,
        plugins: Sequence[str | Path] = (),
    ) -> None:  # fmt: skip
        """Check the arguments, which `genbench.score` documents, and load the plugins; open nothing yet."""
        check_settings(
            extractor=extractor, protocol=protocol, device=device, reader=reader, modality=modality,
            plugins=plugins,
        )  # fmt: skip
        self._arguments = {"real": real} if train is None else {"real": real, "train": train}
        self._extractor, self._protocol, self._plugins = extractor, protocol, tuple(plugins)
        self._n, self._device, self._reader, self._modality = n, device, reader, modality
        check_samples(**self._arguments)
        self._report_event: Callable[..., None] = _ignore_event
        self._source: Source | None = None
        self._statistics: Statistics | None = None
        # by name of a side: its path and the state of its files, and its rank in the order of opening
        self._paths: dict[str, tuple[Path, Identity]] = {}
        self._opening_ranks: dict[str, int] = {}
        # by name, the side of `real` and `train`, and the space as which it was opened
        self._opened_sides: dict[str, tuple[Space | None, Side]] = {}
        # features that later calls use again if they have the same training samples and settings
        self._features, self._features_key = FeatureMemory(), _NO_FEATURES
        self._load()

    def pin_samples(self) -> None:
        """Copy samples in memory, note the state of files, and open the samples that state their space.

        Afterwards, no change of an object or a file changes the samples of a later call. A space is the form
        of samples, such as the shape of images. Samples that do not state theirs are opened by the first
        call, since its fakes may decide how they are read. Raises DataError for samples that cannot be
        opened, and SuiteError for an unknown extractor.
        """
        use = self.request.use
        # before the samples are opened, since each later call would raise this error
        if use is not None and not self.catalog.matches("extractor", use):
            raise SuiteError(self.catalog.describe_unknown(use, "extractor"))
        self._arguments = {name: _copy_argument(value) for name, value in self._arguments.items()}
        for name, value in self._arguments.items():
            path = find_existing_path(value) if is_path(value) else None
            if path is not None:
                self._paths[name] = path, read_identity(path)
        source = self._open_source()
        for name, value in self._list_samples().items():
            if self._opening_ranks[name] == _STATES_SPACE:
                self._open_side(source, name, value, None)

    def score(
        self, fake: Any, *, metrics: Metrics | None, seed: int, report: Callable[..., None] | None,
        save_stats: str | Path | None = None, yardstick: bool = False,
    ) -> Measurements:  # fmt: skip
        """Return the measurements of `fake` by metric id; `genbench.score` documents the arguments."""
        self._refresh()
        names = {"fake", *self._arguments}
        if metrics is not None:
            check_names(self.catalog, metrics)  # before long work
        if save_stats is not None:
            _check_statistics_path(Path(save_stats))
        pair = self.pair(fake, report, metrics)
        try:
            return self._measure(pair, names, metrics, seed, save_stats, yardstick)
        finally:  # the next call has other fakes, so only the features of the other sides remain
            self._features.trim({side.samples_id for name, side in pair.sides.items() if name != "fake"})

    def pair(
        self, fake: Any, report: Callable[..., None] | None = None, metrics: Metrics | None = None
    ) -> Pair:
        """Return fakes and real samples as a Pair; a protocol decides the split and the number of samples.

        report   receives stages and progress
        metrics  a file that several modalities can read is read in a modality that all of these work on;
                 None: any modality
        """
        self._report_event = report or _ignore_event
        common_modalities = frozenset[str]() if metrics is None else find_modalities(self.catalog, metrics)
        source = replace(self._open_source(), common_modalities=common_modalities)
        values = {"fake": fake, **self._list_samples()}
        sides: dict[str, Side] = {}
        # A space is the form of samples, such as the shape of images. Samples that state it come first, since
        # the others are read as samples of the first side's space.
        for name in sorted(values, key=lambda name: self._find_rank(name, values[name])):
            sides[name] = self._open_beside(source, name, values[name], next(iter(sides.values()), None))
        if (real := sides.get("real")) is not None:
            modalities = list_modalities(self.catalog)  # adapt_side: some convert to the space of `real`
            sides = {name: adapt_side(side, real.space, modalities) for name, side in sides.items()}
        settings, train = _read_settings(self._device), sides.get("train")
        features_key = "" if train is None else train.hash, settings
        # extractors are fitted to `train`, and features depend on the settings: if one differs, begin anew
        if features_key != self._features_key:
            self._features, self._features_key = FeatureMemory(), features_key
        return Pair(
            {name: sides[name] for name in values}, list_modalities(self.catalog), source.store, settings,
            self._forward_event, self.request.protocol, self._statistics, self._features,
        )  # fmt: skip

    def _measure(
        self, pair: Pair, names: set[str], metrics: Metrics | None, seed: int, save_stats: str | Path | None,
        yardstick: bool,
    ) -> Measurements:  # fmt: skip
        """Return the measurements of a pair by metric id.

        pair     the opened sides of the call: fakes, real and training samples
        names    the names of the sides; `real` is among them even if its file holds only statistics
        metrics  those that the call names; None: the metrics of a report
        """
        catalog, request = self.catalog, self.request
        if metrics is None:
            n = min(side.size for name, side in pair.sides.items() if name in ("fake", "real"))
            fake = pair.sides["fake"].open()
            metrics = report_metrics(catalog, request, modality=pair.modality, sides=names, fake=fake, n=n)
            if not metrics:
                kind = pair.modality.reference
                raise SuiteError(f"no installed metric is part of a report on {kind} samples; name metrics")
        space = pair.sides["fake"].space
        groups = make_groups(
            catalog, metrics, request, modality=pair.modality, sides=names, paths=pair.paths,
            shape=space.shape, has_labels=lambda: pair.sides["train"].open().labels is not None,
        )  # fmt: skip
        groups = [adapt_group(group, space) for group in groups]
        check_unique(groups)  # raises an error if two computations give a number of the same id
        if save_stats is not None:
            _save_statistics(Path(save_stats), groups, pair)
        results: dict[str, Measurement] = {}
        # Groups that name outputs of one computation are joined, so that it runs once. The result is in the
        # order of `groups`, in which the caller named the metrics.
        for group in join_groups(groups):
            results |= measure_group(group, pair, seed, self._report_event, yardstick=yardstick)
        return Measurements({name: results[name] for group in groups for name, _ in group.outputs})

    def _load(self) -> None:
        """Load the catalog of plugins, and resolve the requested extractor and protocol in it."""
        self.catalog = load_catalog(self._plugins)
        self._edits = count_edits()  # once it rises, plugins were edited, and `_refresh` loads them again
        self.request = ScoreRequest(self.catalog, self._extractor, self._protocol)

    def _refresh(self) -> None:
        """Load the plugins again if another call has found that they were edited, and imported the new code.

        An edit that no other call has found stays without effect: this session goes on with the old code.
        Features of the old code are dropped, since they would be stored under keys of the new code.
        """
        if count_edits() != self._edits:
            self._load()
            self._features, self._features_key = FeatureMemory(), _NO_FEATURES
            if self._source is not None:
                self._source = replace(self._source, catalog=self.catalog)

    def _open_source(self) -> Source:
        """Return the Source that opens all samples; the first call makes it, and checks the arguments.

        The first call also sets `_statistics`, and the order in which sides are opened.
        """
        if self._source is not None:
            return self._source
        check_device(self._device)
        store, warning = open_store()
        if warning is not None:
            # the fourth caller, so that the warning shows the user's line that makes a Reference
            warnings.warn(warning, RuntimeWarning, stacklevel=4)
        table = {"use": self._reader} if isinstance(self._reader, str) else dict(self._reader or {})
        use = table.pop("use", None)
        check_sides(table, ("fake", *self._arguments))
        stated_space, text_field = read_stated_space(self.catalog, self._modality)
        protocol = self.request.protocol
        split = "test" if protocol is None else protocol.split
        source = Source(
            catalog=self.catalog, store=store, reader=use, options=table, stated_space=stated_space,
            text_field=text_field, split=split, tell=self._forward_event,
        )  # fmt: skip
        self._statistics = source.find_statistics(self._arguments["real"], "real")
        self._opening_ranks = {name: _rank_opening(value) for name, value in self._arguments.items()}
        self._source = source
        return source

    def _list_samples(self) -> dict[str, Any]:
        """Return the arguments that hold samples: all but a `real` file that holds only statistics.

        `_open_source`, which every caller calls first, has read these statistics.
        """
        no_samples = self._statistics is not None and not self._statistics.has_samples
        return {name: value for name, value in self._arguments.items() if not (no_samples and name == "real")}

    def _find_rank(self, name: str, value: Any) -> int:
        """Return the rank of a side in the order of opening, 0 to 3; see `_rank_opening`.

        The ranks of `real` and `train` were found when the source was opened, and stay the same.
        """
        return _rank_opening(value) if name == "fake" else self._opening_ranks[name]

    def _open_beside(self, source: Source, name: str, value: Any, other: Side | None) -> Side:
        """Return samples as a side; raise DataError, with both spaces, if `other` is of another modality.

        other  a side that was opened before, or None

        If the samples may be of the modality of `other` and have a defect, the error of that modality is
        raised, which is more exact: an array beside sounds may lack a rate.
        """
        if other is None:
            return self._open_side(source, name, value, None)
        try:
            return self._open_side(source, name, value, other.space)
        except DataError:
            modalities = list_modalities(self.catalog)
            value_space = _find_space(value, modalities)
            if value_space is None:  # a path, or an object that no modality recognises
                raise
            other_modality = find_modality(modalities, other.space.modality)
            modality = find_modality(modalities, value_space.modality)
            # sounds and point clouds, in a ragged container, can be given as arrays too
            is_array = modality.spec.container in _NUMERIC_CONTAINERS
            may_be_ragged = is_array and other_modality.spec.container == "ragged"
            if modality is other_modality or may_be_ragged:
                raise
        both = (other_modality, modality)
        advice = "".join(f"; {each.reference}: {each.spec.advice}" for each in both if each.spec.advice)
        raise DataError(
            f"{other.name} is {other.space}, and {name} is {value_space}; "
            f"give samples of one modality{advice}"
        )

    def _open_side(self, source: Source, name: str, value: Any, beside: Space | None) -> Side:
        """Return samples as a side; `real` and `train` are opened again only if `beside` has changed.

        beside  the space (the form of samples) of a side that was opened before, or None; samples that state
                their own space ignore it
        """
        states_space = self._find_rank(name, value) == _STATES_SPACE
        # samples that state no space, such as an array, may be read in another way beside another side
        read_as = None if states_space else beside
        if name in self._opened_sides and self._opened_sides[name][0] == read_as:
            return self._opened_sides[name][1]
        self._check_path(name)
        self._forward_event(stage=f"open {name}")
        protocol = self.request.protocol
        n = None if name == "train" else self._n  # all training samples are used
        if name == "fake" and n is None and protocol is not None:  # a protocol sets a number of fakes alone
            n = protocol.n
        try:
            side = source.open_side(value, name, n, beside)
        except DataError as error:
            if protocol is None or n == self._n:  # the number of samples is not the protocol's
                raise
            raise DataError(f"{error}; the protocol {protocol.name} needs them") from error
        if name in self._paths:  # of a Reference: read once, and kept for later calls
            read = functools.partial(self._read_side, name, side.open)
            read_whole = functools.partial(self._read_side, name, side.open_whole)
            side = replace(side, open=functools.cache(read), open_whole=functools.cache(read_whole))
        if name != "fake":
            self._opened_sides[name] = read_as, side
        return side

    def _read_side(self, name: str, open_side: Callable[[], Samples]) -> Samples:
        """Return the samples of a path, copied out of memory maps, since the file may change afterwards.

        open_side  opens the samples of the side of this name

        Raises DataError if the file has changed already.
        """
        samples = copy_mapped(open_side())
        self._check_path(name)
        return samples

    def _check_path(self, name: str) -> None:
        """Raise DataError if the files of a path were written or replaced since `pin_samples`."""
        if name not in self._paths:
            return
        path, before = self._paths[name]
        if not path.exists() or read_identity(path) != before:
            raise DataError(f"{name}: {path.name} changed since the Reference was made; make a new one")

    def _forward_event(self, **event: Any) -> None:
        """Pass an event to the function of the current call; show a warning in it as a Python warning."""
        if "warning" in event:  # the store cannot be written to
            warnings.warn(event["warning"], RuntimeWarning, stacklevel=2)
        self._report_event(**event)


def _rank_opening(value: Any) -> int:
    """Return the rank of an argument in the order of opening; sides of a lower rank are opened first.

    0  states its space (the form of samples): Samples, a split, or a folder of samples that a run kept
    1  another path
    2  a text file, since its strings can be of several modalities
    3  an array or another object in memory
    """
    if isinstance(value, Samples):
        return _STATES_SPACE
    if not is_path(value):
        return 3
    path = find_existing_path(value)  # None for the name of a split, such as "digits.test"
    if path is None or holds_samples(path):
        return _STATES_SPACE
    return 2 if path.suffix.lower() in TEXT_ENDINGS else 1


def _find_space(value: Any, modalities: Sequence[Modality]) -> Space | None:
    """Return the space (the form of samples) of an object in memory alone, None if it does not show one."""
    try:
        # "": the name of the side in errors, which are discarded here
        return None if is_path(value) else as_samples(value, "", modalities, None).space
    except DataError:
        return None


def _copy_argument(value: Any) -> Any:
    """Return a copy of an object in memory, so that later changes of it have no effect.

    A path or a split is returned as it is. The copy of a tensor has no gradient.
    """
    if isinstance(value, Samples):
        return copy_samples(value)
    if hasattr(value, "detach"):  # a tensor of torch
        return value.detach().clone()
    if isinstance(value, list | tuple):
        items = [_copy_argument(item) for item in value]
        return items if isinstance(value, list) else tuple(items)
    # arrays and other containers have a method `copy`, a text has none
    return copy.deepcopy(value) if hasattr(value, "copy") else value


def _check_statistics_path(path: Path) -> None:
    """Raise SuiteError if statistics cannot be written to a path, before long work."""
    if path.suffix.lower() != ".npz":
        raise SuiteError(f"save_stats: {path.name}: expected a name that ends in .npz")
    try:
        check_output(path)
    except OSError as error:
        raise SuiteError(
            f"save_stats: {path.name} cannot be written: {error.strerror or error}; name a file in a "
            "writable folder"
        ) from error


def _save_statistics(path: Path, groups: Sequence[Group], pair: Pair) -> None:
    """Write the statistics of the real features to a file.

    The features are those of the metrics that take a single output of an extractor. Raises SuiteError unless
    all these take the same output of the same extractor, and DataError if it has no statistics.
    """
    sources = {}  # (extractor, output) by its description, so that equal ones count once
    for group in groups:
        outputs, extractor = extractor_outputs(group.metric.spec), group.extractor
        if extractor is not None and len(outputs) == 1:
            sources[f"{outputs[0]} of {extractor.name} {options_text(extractor)}"] = (extractor, outputs[0])
    if len(sources) != 1:
        got = " and ".join(sources) or "none"
        raise SuiteError(f"save_stats: expected metrics of one output of one extractor, got {got}; name one "
                         f"metric")  # fmt: skip
    ((extractor, output),) = sources.values()
    try:
        pair.save_moments(path, extractor, output)
    except (BlameError, Undefined, Invalid) as failure:
        raise DataError(f"save_stats: {read_outcome(failure)[1]}") from failure


def _read_settings(device: str) -> Settings:
    """Return the settings of this process: device, and the threads of torch, or a default without torch.

    If torch is not imported yet, it stays so, since that takes seconds.
    """
    torch = sys.modules.get("torch")
    threads = default_threads() if torch is None else torch.get_num_threads()
    return Settings(threads=threads, device=device)


def _ignore_event(**event: Any) -> None:
    """Discard an event: the function for calls that give no `report`."""
