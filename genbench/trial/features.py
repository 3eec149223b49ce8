"""Fitted extractors and the features of samples, computed on first use and cached."""

from __future__ import annotations

import contextlib
import functools
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench.contract.signature import LABELS
from genbench.core import seeds
from genbench.core.arrays import check_unmasked, locked, not_finite
from genbench.core.canonical_json import digest
from genbench.core.containers import container_of
from genbench.core.errors import Invalid, Undefined
from genbench.core.extracted import Extracted, features_hash
from genbench.core.samples import guarded
from genbench.files.sample_files import read_array
from genbench.results.notices import notices_of
from genbench.store import cache
from genbench.store.keys import extractor_key, features_key, options_text
from genbench.trial.calling import call, gather, restore, saving
from genbench.trial.failures import BlameError, Losses
from genbench.trial.global_state import Noted, forget, watched
from genbench.trial.hashed_files import checked_write

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from numpy.typing import NDArray

    from genbench.contract.specs import ExtractorSpec
    from genbench.core.samples import Samples
    from genbench.results.notices import Notice
    from genbench.suite.components import Part

    Arrays = dict[str, NDArray[np.float32]]
    from genbench.store.keys import Settings
    from genbench.store.store import Artefact, Store

__all__ = ["Features", "accuracy_note", "features_of", "write_arrays"]

_DTYPES = (np.float32, np.float64)
_VALID = "valid_rows.npy"  # no output has this name, since names hold no underscore
_FEW = 8  # training samples whose features tell two fits apart


@dataclass(frozen=True)
class _Fitted:
    """What an extractor's `make` returned, with the notices of the call.

    fit          tells a fit of a fitted extractor from other fits; "" for one that is not fitted
    is_storable  whether features may be stored: whether `fit` is "" or the hash of all that was fitted
    """

    extractor: Any
    noted: Noted
    fit: str = ""
    is_storable: bool = True


@dataclass(frozen=True)
class _Found:
    """Features, with the notices of their extraction, and the hash of their files, "" if not stored."""

    extracted: Extracted
    noted: Noted
    hash: str = ""


def features_of(
    extractor: Callable[[Samples], Any], part: Part[ExtractorSpec],
    within: Callable[[], AbstractContextManager[None]], samples: Samples,
) -> Extracted:  # fmt: skip
    """Call an extractor within a context and return its outputs, checked against its spec.

    Rows of samples without features are zero. Outputs are views of the samples or copies, since the extractor
    may use its memory again at the next call.
    """
    given = guarded(samples)
    with within():
        answer = extractor(given)
        if isinstance(answer, Extracted):
            arrays, valid = answer.arrays, answer.valid
        else:
            arrays, valid = answer, np.ones(len(samples), bool)
        _check_valid(valid, len(samples))
        checked = _checked(arrays, valid, part.spec.outputs, len(samples))
        kept = {name: array if _is_view(array, given) else array.copy() for name, array in checked.items()}
        return Extracted(kept, valid.copy())


def _check_valid(valid: Any, n: int) -> None:
    """Raise Invalid unless this is an (n,) array of bool."""
    if not isinstance(valid, np.ndarray) or valid.dtype != bool or valid.shape != (n,):
        got = f"{valid.dtype} {valid.shape}" if isinstance(valid, np.ndarray) else type(valid).__name__
        raise Invalid(f"valid: expected an array of bool of shape ({n},), one for each sample, got {got}")


def _checked(arrays: Any, valid: NDArray[np.bool_], outputs: Mapping[str, str], n: int) -> Arrays:
    """Return arrays with zeros in the rows that are not valid.

    Raises Invalid unless they are (n, d) float32 or float64, named as in `outputs` and finite where valid.
    """
    _check_arrays(arrays, outputs, n)
    kept = {name: array if valid.all() else _zeroed(array, valid) for name, array in arrays.items()}
    for name, array in kept.items():
        check_unmasked(array)
        if not_finite(array)[0]:
            raise Invalid(f"output {name!r} holds values that are not finite")
    return kept


def _zeroed(array: NDArray[Any], valid: NDArray[np.bool_]) -> NDArray[Any]:
    """Return a copy with zeros in the rows that are not valid."""
    copy = array.copy()
    copy[~valid] = 0
    return copy


def _check_arrays(arrays: Any, outputs: Mapping[str, str], n: int) -> None:
    """Raise Invalid unless these are (n, d) float32 or float64 arrays named as in `outputs`."""
    if not isinstance(arrays, dict) or set(arrays) != set(outputs):
        got = sorted(arrays) if isinstance(arrays, dict) else type(arrays).__name__
        raise Invalid(f"expected the outputs {sorted(outputs)}, got {got}")
    for name, array in arrays.items():
        if not isinstance(array, np.ndarray) or array.dtype not in _DTYPES or array.ndim != 2:  # noqa: PLR2004
            raise Invalid(
                f"output {name!r}: expected an (n, d) array of float32, or of float64 if it was given so"
            )
        if len(array) != n:
            raise Invalid(f"output {name!r}: expected {n} rows, got {len(array)}")


def write_arrays(extracted: Extracted, folder: Path) -> None:
    """Write each output to `folder`/OUTPUT.npy, and which rows are valid unless all are."""
    for name, array in extracted.arrays.items():
        np.save(folder / f"{name}.npy", array, allow_pickle=False)
    if not extracted.valid.all():
        np.save(folder / _VALID, extracted.valid, allow_pickle=False)


def accuracy_note(extracted: Extracted, samples: Samples, train: Samples | None) -> dict[str, float]:
    """Return the accuracy of the likeliest class, in [0, 1], if there are probabilities and labels.

    Samples without features do not count.

    The columns of `probabilities` are the labels of `train` in ascending order. If their counts differ, the
    extractor has other classes than the data, and the note is empty.
    """
    arrays, valid = extracted.arrays, extracted.valid
    if "probabilities" not in arrays or samples.labels is None or train is None or train.labels is None:
        return {}
    classes = np.unique(train.labels)
    probabilities, labels = arrays["probabilities"][valid], samples.labels[valid]
    if len(classes) != probabilities.shape[1] or not len(labels):
        return {}
    return {"accuracy": float((classes[probabilities.argmax(axis=1)] == labels).mean())}


class Features:
    """The features of samples of one dataset.

    store, settings  the cache, and the settings of the computation
    data_hash        identifies the data to which extractors are fitted
    whole(name)      returns the samples of `train`, or None if there are none
    report(**event)  receives stages and progress
    lost             features that are not tried again in this run, by name, with status and reason
    note(notice)     receives notices of the side effects of the extractors in use
    seconds          time spent on fitting extractors and computing features

    Errors of an extractor become a BlameError that names it. Raises Undefined for inputs that the data lack.
    """

    def __init__(
        self, store: Store, settings: Settings, *, data_hash: str, whole: Callable[[str], Samples | None],
        report: Callable[..., None], lost: Mapping[str, tuple[str, str]] | None = None,
        note: Callable[[Notice], object] = forget,
    ) -> None:  # fmt: skip
        self.store = store
        self.settings = settings
        self.seconds = 0.0
        self._data_hash = data_hash
        self._whole = whole
        self._report = report
        self._losses = Losses(report, lost)
        self._note = note
        self._found: dict[str, _Found] = {}
        self._extractors: dict[str, _Fitted] = {}

    def of(
        self, extractor: Part[ExtractorSpec], samples_id: str, samples: Callable[[], Samples], *, keep: bool
    ) -> Extracted:
        """Return the features of samples, by output: (n, d), read-only; and which samples have them.

        samples_id  identifies the content of the samples; `samples` opens them on a cache miss
        keep        whether the store caches the features
        """
        name = self._name(extractor, samples_id)
        self._losses.refuse(extractor.component, name)
        if name not in self._found:
            key = self._stored_under(extractor, samples_id, name) if keep else None
            stored = None if key is None else _opened(self.store.get(key), extractor)
            self._found[name] = self._made(extractor, samples(), name, key) if stored is None else stored
        self._tell(self._found[name].noted)
        return self._found[name].extracted

    def hashes(self, extractor: Part[ExtractorSpec], samples_id: str) -> tuple[str, str]:
        """Return the hash of the stored features of samples, and what tells the extractor's fit from others.

        Each is "" if it was not used yet, if it is not stored, and the second for an extractor that is not
        fitted.
        """
        found = self._found.get(self._name(extractor, samples_id))
        fitted = self._extractors.get(digest(self._key(extractor)))
        return "" if found is None else found.hash, "" if fitted is None else fitted.fit

    def extract(self, extractor: Part[ExtractorSpec]) -> Callable[[Samples], Extracted]:
        """Return the fitted extractor as a function that checks its output."""
        within = functools.partial(self._within, extractor, self._note)
        return functools.partial(features_of, self.fitted(extractor), extractor, within)

    def fitted(self, part: Part[ExtractorSpec]) -> Any:
        """Return the object that the extractor's `make` returns: a callable, possibly with more methods."""
        fitted = self._fitted(part)
        self._tell(fitted.noted)
        return fitted.extractor

    def _fitted(self, part: Part[ExtractorSpec]) -> _Fitted:
        name = digest(self._key(part))
        if name not in self._extractors:
            self._extractors[name] = self._made_extractor(part)
        return self._extractors[name]

    def _stored_under(
        self, extractor: Part[ExtractorSpec], samples_id: str, name: str
    ) -> Mapping[str, Any] | None:
        """Return the key of features in the store, None if they cannot be stored.

        A fitted extractor is loaded or fitted first: features in the store count only if they are of its fit.
        """
        if not extractor.contract.inputs:
            return features_key(self._key(extractor), samples_id)
        self._losses.begin("extract", extractor.component, name)
        fitted = self._fitted(extractor)
        self._report(stage="score")
        return features_key(self._key(extractor), samples_id, fitted.fit) if fitted.is_storable else None

    def _made(
        self, extractor: Part[ExtractorSpec], samples: Samples, name: str, key: Mapping[str, Any] | None
    ) -> _Found:
        self._losses.begin("extract", extractor.component, name)
        fitted = self._fitted(extractor)
        self._tell(fitted.noted)
        noted = Noted(fitted.noted)
        start = time.perf_counter()
        within = functools.partial(self._within, extractor, noted.note)
        extracted = features_of(fitted.extractor, extractor, within, samples)
        self.seconds += time.perf_counter() - start
        self._report(stage="score")
        # Features that are a view of the samples need no second copy on disk.
        stored = None
        if key is not None and all(array.flags.owndata for array in extracted.arrays.values()):
            notes = accuracy_note(extracted, samples, self._whole("train")) | {"notices": noted.to_json()}
            write = checked_write(functools.partial(write_arrays, extracted), extractor)
            stored = _opened(cache.keep(self.store, key, write, lambda: notes, self._report), extractor)
        return _Found(_locked(extracted), noted) if stored is None else stored

    def _made_extractor(self, part: Part[ExtractorSpec]) -> _Fitted:
        """Return the extractor, if possible as the store has it: then `fit` is the hash of its files."""
        is_fitted, key = bool(part.contract.inputs), self._key(part)
        artefact = self.store.get(key) if part.spec.load is not None and is_fitted else None
        stored = self._loaded(part, artefact)
        if stored is not None:
            return stored
        start = time.perf_counter()
        rng = seeds.stream(None, "extract", part.component.name, options_text(part), self._data_hash)
        inputs = gather(part, {"train": self._train, LABELS["train"]: lambda: self._train().labels})
        noted = Noted()
        within = functools.partial(self._within, part, noted.note)
        with within():
            given = {"rng": rng, "device": self.settings.device, "log": self._step}
            extractor = call(part, inputs, given)
            save = getattr(extractor, "save", None)
        self.seconds += time.perf_counter() - start
        if not is_fitted:
            return _Fitted(extractor, noted)
        if part.spec.load is not None and save is not None:
            write = checked_write(saving(save, within), part)
            artefact = cache.keep(self.store, key, write, lambda: {"notices": noted.to_json()}, self._report)
            stored = self._loaded(part, artefact)
        if stored is not None:
            return stored
        return _Fitted(extractor, noted, self._probe(part, extractor), is_storable=False)

    def _loaded(self, part: Part[ExtractorSpec], artefact: Artefact | None) -> _Fitted | None:
        def read(folder: Path) -> Any:
            with self._within(part, forget):  # a cache hit must not change the record
                return restore(part.spec.load, folder, self.settings.device)

        extractor = cache.opened(artefact, read)
        if artefact is None or extractor is None:
            return None
        return _Fitted(extractor, Noted(notices_of(artefact.notes.get("notices", ()))), artefact.hash)

    def _probe(self, part: Part[ExtractorSpec], extractor: Any) -> str:
        """Return the hash of an extractor's features of a few training samples; "" if it fails on them."""
        within = functools.partial(self._within, part, forget)
        with contextlib.suppress(BlameError):
            return features_hash(features_of(extractor, part, within, self._train().take(slice(_FEW))))
        return ""

    def _within(
        self, part: Part[ExtractorSpec], note: Callable[[Notice], object]
    ) -> AbstractContextManager[None]:
        """Return the context in which an extractor's code runs."""
        key = ("extract", part.component.name, options_text(part), self._data_hash)
        return watched(part.component, seeds.sequence(None, "global", *key), note)

    def _tell(self, noted: Noted) -> None:
        for notice in noted:
            self._note(notice)

    def _train(self) -> Samples:
        train = self._whole("train")
        if train is None:
            raise Undefined("there is no train split to fit the extractor to")
        return guarded(train)

    def _step(self, step: int, total: int, **values: float) -> None:
        numbers = {name: float(value) for name, value in values.items()}
        self._report(step=int(step), total=int(total), values=numbers)

    def _name(self, part: Part[ExtractorSpec], samples_id: str) -> str:
        """Return the name of an extraction: of its loss if the process dies, and in memory."""
        return digest(features_key(self._key(part), samples_id))

    def _key(self, part: Part[ExtractorSpec]) -> dict[str, Any]:
        return extractor_key(part, self._data_hash, self.settings)


def _is_view(array: NDArray[Any], samples: Samples) -> bool:
    """Return whether features are a view of the samples themselves."""
    values = container_of(samples.data).values(samples.data)
    return values is not None and np.may_share_memory(array, values)


def _locked(extracted: Extracted) -> Extracted:
    arrays = {name: locked(array) for name, array in extracted.arrays.items()}
    return Extracted(arrays, locked(extracted.valid))


def _opened(artefact: Artefact | None, extractor: Part[ExtractorSpec]) -> _Found | None:
    def read(folder: Path) -> Extracted:
        arrays = {name: read_array(folder / f"{name}.npy") for name in extractor.spec.outputs}
        if (folder / _VALID).exists():
            return Extracted(arrays, read_array(folder / _VALID))
        return Extracted(arrays, locked(np.ones(min(map(len, arrays.values())), bool)))

    extracted = cache.opened(artefact, read)
    if artefact is None or extracted is None:
        return None
    return _Found(extracted, Noted(notices_of(artefact.notes.get("notices", ()))), artefact.hash)
