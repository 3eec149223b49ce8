"""Samples from paths, splits of datasets and arrays, for `genbench.score`."""

from __future__ import annotations

import contextlib
import functools
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench.contract.specs import DatasetSpec
from genbench.core.canonical_json import digest
from genbench.core.errors import DataError, Invalid, ResultsError
from genbench.core.names import nearest
from genbench.core.samples import Samples, check, content_hash
from genbench.core.spaces import Space
from genbench.core.splits import SPLITS, cut
from genbench.scoring.readers import reader_part
from genbench.store.keys import data_key, split_id
from genbench.suite.components import make_part
from genbench.suite.file import SuiteEntry
from genbench.trial.calling import no_log
from genbench.trial.datasets import load_data, open_split, prepare, prepared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from genbench.catalog.catalog import Catalog
    from genbench.core.samples import Data
    from genbench.store.store import Store

__all__ = ["Side", "Source"]

_CHANNELS = (1, 3, 4)  # grey, RGB, RGBA; another last axis suggests a height or a width
_ADVICE = (
    "images are uint8 (n, height, width, channels): (x * 255).round().clip(0, 255).astype('uint8') converts "
    "floats in [0, 1], x.transpose(0, 2, 3, 1) channels-first ones, x[..., None] grey ones; features are "
    "float (n, d): x.reshape(len(x), -1).astype('float64'); texts are a list or tuple of str"
)


def _as_samples(value: Any, name: str) -> Samples:
    """Return an argument as samples; raise DataError, with the conversion, for other types and shapes."""
    if hasattr(value, "detach"):
        value = _array(value, name)
    kind = None
    if isinstance(value, list | tuple) and value and all(isinstance(each, str) for each in value):
        kind = "text"
    elif isinstance(value, np.ndarray):
        kind = {("u", 4): "image", ("f", 2): "vector"}.get((value.dtype.kind, value.ndim))
        if kind == "image" and value.shape[3] not in _CHANNELS:
            kind = None
    if kind is None and not isinstance(value, Samples):
        got = f"{value.dtype} {value.shape}" if isinstance(value, np.ndarray) else type(value).__name__
        raise DataError(f"{name}: expected images, features or texts, got {got}; {_ADVICE}")
    try:
        samples = value if kind is None else Samples.of(kind, value)
        check(samples, samples.space, len(samples))
    except (Invalid, ValueError) as error:  # ValueError: an axis of length 0
        raise DataError(f"{name}: {error}") from error
    return samples


def _array(tensor: Any, name: str) -> Any:
    try:
        return tensor.detach().cpu().numpy()
    except TypeError as error:  # numpy has no bfloat16
        raise DataError(f"{name}: {error}; convert the tensor with x.double()") from error


@dataclass(frozen=True, kw_only=True, eq=False)
class Side:
    """The samples of one side, opened on first use.

    hash      content hash, 64 hex digits
    split     name of the dataset's split, or None for other samples
    store_id  id of the samples in the keys of stored features; None: features are not stored
    open      returns the samples, the same object each time
    """

    name: str
    hash: str
    size: int
    space: Space
    split: str | None
    store_id: str | None
    open: Callable[[], Samples]


@dataclass(frozen=True, kw_only=True)
class Source:
    """Opens paths, splits and arrays as sides.

    reader   the dataset component that opens paths; None: the one whose spec reads them
    options  options of that component
    split    the split that `real` means by default
    log      receives the progress of decoding
    """

    catalog: Catalog
    store: Store
    reader: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    split: str = "test"
    log: Callable[..., None] = no_log

    def side(self, value: Any, name: str, n: int | None = None) -> Side:
        """Return a value as a side, cut to `n` samples by content unless `n` is None.

        value  a path, "dataset.split" (an existing path wins), an array, a tensor or Samples

        Raises DataError for other types and shapes, with the conversion, for a path that cannot be read,
        and for fewer than `n` samples.
        """
        if not isinstance(value, (str, Path)):
            return _given(_as_samples(value, name), name, n)
        if not str(value):
            raise DataError(
                f"{name}: the path is empty; name a file, a folder or a split such as digits.test"
            )
        path = _existing(value)
        if path is not None:
            return self._opened(path, name, n)
        if isinstance(value, Path):
            raise DataError(f"{name}: {value.name} does not exist; expected a file or folder of samples")
        return self._split(value, name, n)

    def _opened(self, path: Path, name: str, n: int | None) -> Side:
        with _named(name):
            part = reader_part(self.catalog, path, reader=self.reader, options=self.options)
        split = self.split if name == "real" else name
        key = {"kind": "opened", "path": digest(data_key(part)), "split": split, "n": n}

        def load() -> Samples:
            with _named(name):
                samples = _chosen(load_data(part, self.log), path.name, split)
            return _cut(samples, name, n)

        return self._known(key, functools.cache(load), name, split=None)

    def _split(self, reference: str, name: str, n: int | None) -> Side:
        use, split = self._reference(reference, name)
        part = make_part(
            self.catalog, DatasetSpec, SuiteEntry(use=use, name=None, options={}, where=name), Path.cwd()
        )
        dataset = prepared(part, self.store)
        if dataset is None:
            prepare(part, self.store)
            dataset = prepared(part, self.store)
        if dataset is None or split not in dataset.sizes:
            held = "" if dataset is None else f"; it has {', '.join(dataset.sizes)}"
            raise DataError(f"{name}: {use} has no split {split!r}{held}")
        stored, sizes = dataset, dataset.sizes  # not None in the function below
        key = {"kind": "opened", "split": split_id(stored.hash, split, n)}

        def load() -> Samples:
            samples = open_split(self.store, stored, split)
            if samples is None:
                raise DataError(f"{name}: {use} has no split {split!r}; it has {', '.join(sizes)}")
            return _cut(samples, name, n)

        return self._known(key, functools.cache(load), name, split=split)

    def _reference(self, text: str, name: str) -> tuple[str, str]:
        """Split "dataset.split" into a known dataset and a split; raise DataError if there is no such."""
        use, _, split = text.rpartition(".")
        use, split = (use, split) if use else (text, "")
        if not self.catalog.matches("dataset", use) or split not in ("", *SPLITS):
            known = [component.name for component in self.catalog.of_kind("dataset")]
            hint = nearest(use, known) if "/" not in text else ""
            raise DataError(f"{name}: there is no path {Path(text).name!r} and no split of a dataset of that "
                            f"name; expected a path or a split such as digits.test{hint}")  # fmt: skip
        if not split and name == "fake":
            raise DataError(f"{name}: {text!r} is a whole dataset; name a split of it: {text}.held_out")
        return use, split or (self.split if name == "real" else name)

    def _known(self, key: dict[str, Any], load: Callable[[], Samples], name: str, split: str | None) -> Side:
        """Return a side whose hash, size and space come from the store, or from opening it once."""
        notes = self.store.notes(key)
        if notes is None:
            samples = load()
            notes = {
                "hash": content_hash(samples), "size": len(samples), "space": samples.space.to_json(),
            }  # fmt: skip
            with contextlib.suppress(ResultsError):  # without the store, the next call opens it again
                self.store.put(key, lambda _: None, notes)
        return Side(
            name=name, hash=notes["hash"], size=notes["size"], space=Space.from_json(notes["space"]),
            split=split, store_id=digest(["content", notes["hash"]]), open=load,
        )  # fmt: skip


def _chosen(data: Data, path: str, split: str) -> Samples:
    """Return all samples of a path, or those of `split` if the path has official splits."""
    if data.splits is None:
        return data.labelled()
    if split not in data.splits:
        raise DataError(f"{path} holds the splits {', '.join(data.splits)}; name one of them: {path}/test")
    return data.labelled().take(data.splits[split])


def _given(samples: Samples, name: str, n: int | None) -> Side:
    chosen = _cut(samples, name, n)
    return Side(
        name=name, hash=content_hash(chosen), size=len(chosen), space=chosen.space, split=None, store_id=None,
        open=lambda: chosen,
    )  # fmt: skip


def _existing(value: str | Path) -> Path | None:
    """Return the path if it exists, else None; texts that cannot be paths give None too."""
    try:
        path = Path(value).expanduser()
        return path if path.exists() else None
    except (OSError, RuntimeError, ValueError):  # too long, unknown user after "~", or a NUL character
        return None


@contextlib.contextmanager
def _named(name: str) -> Iterator[None]:
    """Prefix the message of a DataError with the side's name."""
    try:
        yield
    except DataError as error:
        raise DataError(f"{name}: {error}") from error


def _cut(samples: Samples, name: str, n: int | None) -> Samples:
    if n is None:
        return samples
    if n > len(samples):
        raise DataError(f"{name} has {len(samples)} samples, expected at least {n:,}; "
                        f"give more, or a smaller n")  # fmt: skip
    return cut(samples, n)
