"""Fitted extractors and the features of samples, computed on first use and cached."""

from __future__ import annotations

import contextlib
import functools
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from genbench.core import seeds
from genbench.core.arrays import freeze
from genbench.core.canonical_json import digest
from genbench.core.errors import Undefined
from genbench.core.extracted import Extracted, hash_features
from genbench.results.records import read_notices
from genbench.store import cache
from genbench.store.keys import extractor_key, features_key, options_text
from genbench.trial.calling import call, gather, make_log, restore, wrap_save
from genbench.trial.extraction import extract_features, make_accuracy_note, read_arrays, write_arrays
from genbench.trial.failures import BlameError, LostWork
from genbench.trial.global_state import UniqueNotices, ignore_notice, isolate_component, pass_undeclared_only
from genbench.trial.hashed_files import check_after_write
from genbench.trial.inputs import provide_splits

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from genbench.contract.specs import ExtractorSpec
    from genbench.core.samples import Samples
    from genbench.results.records import Notice
    from genbench.store.keys import Settings
    from genbench.store.store import Artefact, Store
    from genbench.suite.components import Part

__all__ = ["FeatureMemory", "Features"]

_PROBE_SAMPLES = 8  # training samples whose features tell two fits apart


@dataclass(frozen=True)
class FittedExtractor:
    """What an extractor's `make` returned, with the notices of the call.

    fit          a hash that differs from that of any other fit; "" for an extractor that is not fitted
    is_storable  whether features may be stored: always for an extractor that is not fitted; for a fitted one,
                 if `fit` is the hash of its files, not of a few features
    """

    extractor: Any
    notices: UniqueNotices
    fit: str = ""
    is_storable: bool = True


@dataclass(frozen=True)
class FoundFeatures:
    """Features, with the notices of their extraction, and the hash of their files, "" if not stored."""

    extracted: Extracted
    notices: UniqueNotices
    hash: str = ""


@dataclass(frozen=True)
class FeatureMemory:
    """The features and extractors that one or more calls leave in memory; `Features` adds to it.

    features    by the id of their samples and the name of their extraction
    extractors  by the hash of their key
    """

    features: dict[tuple[str, str], FoundFeatures] = field(default_factory=dict)
    extractors: dict[str, FittedExtractor] = field(default_factory=dict)

    def trim(self, samples_ids: Collection[str]) -> None:
        """Keep only the features of these samples, such as real ones, which the next call uses again."""
        for key in [key for key in self.features if key[0] not in samples_ids]:  # (samples_id, extraction)
            del self.features[key]


class Features:
    """The features of samples of one dataset.

    store, settings  the cache, and the settings of the computation
    data_hash        identifies the data to which extractors are fitted
    find_split(name) returns the samples of `train`, or None if there are none
    report(**event)  receives stages and progress
    lost             features that are not tried again in this run, by name, with status and reason
    note(notice)     receives notices of the side effects of the extractors in use
    memory           what earlier calls on the same data left in memory; None: nothing
    seconds          time spent on fitting extractors and computing features

    Errors of an extractor become a BlameError that names it. Raises Undefined for inputs that the data lack.
    """

    def __init__(
        self, store: Store, settings: Settings, *, data_hash: str, report: Callable[..., None],
        find_split: Callable[[str], Samples | None], lost: Mapping[str, tuple[str, str]] | None = None,
        note: Callable[[Notice], object] = ignore_notice, memory: FeatureMemory | None = None,
    ) -> None:  # fmt: skip
        """Keep what is needed to compute features; nothing is computed yet.

        data_hash  identifies the data to which extractors are fitted
        find_split  returns the samples of a split, None if the data have none
        report     receives stages and progress
        lost       (status, reason) of extractions in which a process died, by name; they are not tried again
        note       receives notices of side effects of extractors
        memory     features and extractors that earlier calls on the same data left in memory
        """
        self.store = store
        self.settings = settings
        self.seconds = 0.0
        self._data_hash = data_hash
        self._find_split = find_split
        self._report = report
        self._losses = LostWork(report, lost)
        self._note = note
        self._memory = FeatureMemory() if memory is None else memory

    def get_features(
        self, extractor: Part[ExtractorSpec], samples_id: str, samples: Callable[[], Samples], *, keep: bool
    ) -> Extracted:
        """Return the features of samples: read-only (n, d) arrays by output, and a mask of the valid rows.

        samples_id  identifies the content of the samples
        samples     opens the samples; it is called only if neither memory nor the store has their features
        keep        whether the store caches the features

        Raises NotRetriedError if a process died in this extraction earlier in the run: it is not tried again.
        """
        name = self._name_extraction(extractor, samples_id)
        self._losses.refuse(extractor.component, name)  # raises NotRetriedError
        features = self._memory.features.get((samples_id, name))
        if features is None:
            key = self._make_store_key(extractor, samples_id, name) if keep else None
            stored = None if key is None else _open(self.store.get(key), extractor)
            features = stored or self._compute(extractor, samples(), name, key)
            self._memory.features[samples_id, name] = features
        self._pass_notices(features.notices)  # each use notes the side effects, those of a cached result, too
        return features.extracted

    def stored_hash(self, extractor: Part[ExtractorSpec], samples_id: str) -> str:
        """Return the hash of the stored features of samples.

        It is "" if they are not stored, or if `get_features` has not returned them yet.
        """
        features = self._memory.features.get((samples_id, self._name_extraction(extractor, samples_id)))
        return "" if features is None else features.hash

    def fit_hash(self, extractor: Part[ExtractorSpec]) -> str:
        """Return a hash that differs between two fits of an extractor.

        It is "" for an extractor that is not fitted to data, or that was not made yet.
        """
        fitted = self._memory.extractors.get(digest(self._make_key(extractor)))
        return "" if fitted is None else fitted.fit

    def get_extract_function(self, extractor: Part[ExtractorSpec]) -> Callable[[Samples], Extracted]:
        """Return a function from samples to features: it calls the fitted extractor and checks its output.

        The function caches nothing: metrics that take the extractor call it on samples of their own.
        """
        within = functools.partial(self._isolate, extractor, self._note)
        return functools.partial(extract_features, self.get_extractor(extractor), extractor, within)

    def get_extractor(self, part: Part[ExtractorSpec]) -> Any:
        """Return the object that the extractor's `make` returns: a callable, possibly with more methods."""
        fitted = self._find_extractor(part)
        self._pass_notices(fitted.notices)
        return fitted.extractor

    def _find_extractor(self, part: Part[ExtractorSpec]) -> FittedExtractor:
        """Return the extractor, which is loaded or made at the first call."""
        name = digest(self._make_key(part))
        if name not in self._memory.extractors:
            self._memory.extractors[name] = self._make_extractor(part)
        return self._memory.extractors[name]

    def _make_store_key(
        self, extractor: Part[ExtractorSpec], samples_id: str, name: str
    ) -> Mapping[str, Any] | None:
        """Return the key of features in the store, None if they cannot be stored.

        A fitted extractor is loaded or fitted first, since the key contains its fit: another fit gives other
        features. This work is reported as that of the extraction `name`: if the process dies, the run does
        not try it again.
        """
        if not extractor.contract.inputs:  # it is not fitted to data
            return features_key(self._make_key(extractor), samples_id)
        self._losses.begin("extract", extractor.component, name)
        fitted = self._find_extractor(extractor)
        self._report(stage="score")  # from here on, the limits of the metric apply again
        return features_key(self._make_key(extractor), samples_id, fitted.fit) if fitted.is_storable else None

    def _compute(
        self, extractor: Part[ExtractorSpec], samples: Samples, name: str, key: Mapping[str, Any] | None
    ) -> FoundFeatures:
        """Return newly computed features of samples; those that are stored are read back from the store.

        name  of the extraction, reported as the work that begins: if the process dies, it is not tried again
        key   of the features in the store; None: they are not stored
        """
        self._losses.begin("extract", extractor.component, name)
        fitted = self._find_extractor(extractor)
        self._pass_notices(fitted.notices)
        notices = UniqueNotices(fitted.notices)
        start = time.perf_counter()
        within = functools.partial(self._isolate, extractor, notices.note)
        extracted = extract_features(fitted.extractor, extractor, within, samples)
        self.seconds += time.perf_counter() - start
        self._report(stage="score")  # from here on, the limits of the metric apply again
        stored = None
        # features that own no data are a view of the samples, and need no second copy on disk
        if key is not None and all(array.flags.owndata for array in extracted.arrays.values()):
            accuracy = make_accuracy_note(extracted, samples, self._find_split("train"))
            notes = accuracy | {"notices": notices.to_json()}
            write = check_after_write(functools.partial(write_arrays, extracted), extractor)
            artefact = cache.store_artefact(self.store, key, write, lambda: notes, self._report)
            stored = _open(artefact, extractor)
        return FoundFeatures(_lock(extracted), notices) if stored is None else stored

    def _make_extractor(self, part: Part[ExtractorSpec]) -> FittedExtractor:
        """Return the extractor from the store, or made now and stored if it can be.

        Only fitted extractors with `load` and `save` are stored. A new one is loaded from the store at once,
        so that this process uses what others load, and its `fit` is the hash of its files. The `fit` of one
        that cannot be stored is a hash of its features of a few samples.
        """
        # an extractor whose `make` takes training data is fitted
        is_fitted, key = bool(part.contract.inputs), self._make_key(part)
        artefact = self.store.get(key) if part.spec.load is not None and is_fitted else None
        stored = self._load(part, artefact)
        if stored is not None:
            return stored
        start = time.perf_counter()
        rng = seeds.stream(None, "extract", part.component.name, options_text(part), self._data_hash)
        inputs = gather(part, provide_splits({"train": self._need_train}))
        notices = UniqueNotices()
        within = functools.partial(self._isolate, part, notices.note)
        with within():
            given = {"rng": rng, "device": self.settings.device, "log": make_log(self._report)}
            extractor = call(part, inputs, given)
            # read in the context, since `save` may be a property, which runs code of the component
            save = getattr(extractor, "save", None)
        self.seconds += time.perf_counter() - start
        if not is_fitted:
            return FittedExtractor(extractor, notices)
        if part.spec.load is not None and save is not None:
            write = check_after_write(wrap_save(save, within), part)
            artefact = cache.store_artefact(
                self.store, key, write, lambda: {"notices": notices.to_json()}, self._report
            )
            stored = self._load(part, artefact)
        if stored is not None:
            return stored
        return FittedExtractor(extractor, notices, self._hash_fit(part, extractor, within), is_storable=False)

    def _load(self, part: Part[ExtractorSpec], artefact: Artefact | None) -> FittedExtractor | None:
        """Return the fitted extractor that the spec's `load` restores from an artefact, or None.

        None means that the artefact is missing, or that it cannot be restored.
        """
        if artefact is None:
            return None
        notices = UniqueNotices(read_notices(artefact.notes.get("notices", ())))

        def read(folder: Path) -> Any:
            """Return the extractor that the spec's `load` restores; keep only notices of undeclared inputs.

            These are files and programs that no key of the store covers, so each use has to name them.
            """
            with self._isolate(part, pass_undeclared_only(notices.note), folder):
                return restore(part.spec.load, folder, self.settings.device)

        extractor = cache.read_artefact(artefact, read)
        return None if extractor is None else FittedExtractor(extractor, notices, artefact.hash)

    def _hash_fit(
        self, part: Part[ExtractorSpec], extractor: Any, within: Callable[[], AbstractContextManager[None]]
    ) -> str:
        """Return the hash of an extractor's features of 8 training samples, or "" if it fails on them.

        It tells one fit from another if the extractor cannot be stored, and so has no files to hash. An error
        is ignored here: if it recurs, the extraction of the features raises it.
        """
        with contextlib.suppress(BlameError):
            few = self._need_train().take(slice(_PROBE_SAMPLES))
            return hash_features(extract_features(extractor, part, within, few))
        return ""

    def _isolate(
        self, part: Part[ExtractorSpec], note: Callable[[Notice], object], *files: Path
    ) -> AbstractContextManager[None]:
        """Return the context of an extractor's code, which isolates global state and blames it for errors.

        files  folders of saved extractors, which it may read

        Global random state is seeded alike at every seed of the run, since all seeds share the features.
        """
        # None: the same sequence at every seed
        key = ("extract", part.component.name, options_text(part), self._data_hash)
        return isolate_component(part, seeds.sequence(None, "global", *key), note, *files)

    def _pass_notices(self, notices: UniqueNotices) -> None:
        """Pass notices of side effects to the function that the trial or the session has given."""
        for notice in notices:
            self._note(notice)

    def _need_train(self) -> Samples:
        """Return the training samples; raise Undefined if the data have none."""
        train = self._find_split("train")
        if train is None:
            raise Undefined("there is no train split to fit the extractor to; give training samples")
        return train

    def _name_extraction(self, part: Part[ExtractorSpec], samples_id: str) -> str:
        """Return the name of an extraction: a hash of the extractor, its data and the samples.

        It identifies the features in memory and, if a process died during the extraction, the work in `lost`.
        """
        return digest(features_key(self._make_key(part), samples_id))

    def _make_key(self, part: Part[ExtractorSpec]) -> dict[str, Any]:
        """Return the key of the extractor on these data in the store."""
        return extractor_key(part, self._data_hash, self.settings)


def _lock(extracted: Extracted) -> Extracted:
    """Return features whose arrays are read-only."""
    arrays = {name: freeze(array) for name, array in extracted.arrays.items()}
    return Extracted(arrays, freeze(extracted.valid))


def _open(artefact: Artefact | None, extractor: Part[ExtractorSpec]) -> FoundFeatures | None:
    """Return the features in an artefact, None if the artefact is missing or damaged."""
    extracted = cache.read_artefact(artefact, lambda folder: read_arrays(folder, extractor.spec.outputs))
    if artefact is None or extracted is None:
        return None
    return FoundFeatures(
        extracted, UniqueNotices(read_notices(artefact.notes.get("notices", ()))), artefact.hash
    )
