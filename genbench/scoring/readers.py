"""Opening a path as samples, by whichever dataset component reads it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from genbench.catalog.catalog import load_catalog
from genbench.contract.specs import DatasetSpec
from genbench.core import seeds
from genbench.core.errors import DataError
from genbench.store.keys import options_text
from genbench.suite.components import make_part
from genbench.suite.file import SuiteEntry
from genbench.trial.calling import call, no_log

if TYPE_CHECKING:
    from collections.abc import Mapping

    from genbench.catalog.catalog import Catalog, Component
    from genbench.core.samples import Samples
    from genbench.suite.components import Part

__all__ = ["open_samples", "reader_part"]


def open_samples(path: str | Path, kind: str) -> Samples:
    """Return all samples of a `kind` of space that a file or folder holds, with their labels.

    The dataset component that does it is the one whose spec says that it reads such a path and holds such a
    kind. Raises DataError if none or several do, or the path does not exist or cannot be read; messages name
    the path without its folder.
    """
    part = reader_part(load_catalog(), Path(path), kind)
    rng = seeds.stream(None, "data", part.component.name, options_text(part))
    samples: Samples = call(part, {}, {"rng": rng, "device": "cpu", "log": no_log}).labelled()
    return samples


def reader_part(
    catalog: Catalog, path: Path, kind: str | None = None, *, reader: str | None = None,
    options: Mapping[str, Any] | None = None,
) -> Part[DatasetSpec]:  # fmt: skip
    """Return the dataset component that reads a path, with the path as its option.

    kind     of space that it has to hold, None: any
    reader   the component's reference, where several read such a path
    options  more options of it

    Raises DataError if the path does not exist or no component, or more than one, reads it, and SuiteError
    for a `reader` that there is not.
    """
    of_kind = "" if kind is None else f" as {kind} samples"
    if not path.exists():
        expected = "samples" if kind is None else f"{kind} samples"
        raise DataError(f"{path.name} does not exist; expected a file or folder of {expected}")
    where = path.name if reader is None else "reader"
    if reader is None:
        suffix = "/" if path.is_dir() else path.suffix.lower()
        readers = [found for found in catalog.of_kind("dataset") if _reads(found, suffix, kind)]
        if len(readers) != 1:
            found = " and ".join(found.reference for found in readers) or "no dataset component"
            what = "a folder" if suffix == "/" else repr(suffix or path.name)
            raise DataError(
                f"{path.name}: {found} of those installed read {what}{of_kind}; "
                + (_expected(catalog, kind) if not readers else "expected one")
                + ("" if not readers or kind is not None else ": name it as the reader")
            )
        reader = readers[0].reference
    given = {**(options or {}), "path": str(path.absolute())}
    entry = SuiteEntry(use=reader, name=None, options=given, where=where)
    return make_part(catalog, DatasetSpec, entry, path.parent)


def _expected(catalog: Catalog, kind: str | None) -> str:
    """Return what of a kind can be opened, in words."""
    suffixes = {suffix for found in catalog.of_kind("dataset") for suffix in getattr(found.spec, "reads", ())
                if _reads(found, suffix, kind)}  # fmt: skip
    known = ["a folder" if suffix == "/" else suffix for suffix in sorted(suffixes)]
    return f"expected {', '.join(known)}" if known else "none of them opens files of that kind"


def _reads(component: Component, suffix: str, kind: str | None) -> bool:
    spec = component.spec
    fits = kind is None or not spec.spaces or kind in spec.spaces
    return suffix in getattr(spec, "reads", ()) and fits
