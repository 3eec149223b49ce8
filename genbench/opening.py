"""Opening a path as samples, by whichever dataset component reads it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from genbench import seeds
from genbench.calling import call, no_log
from genbench.catalog import load_catalog
from genbench.errors import DataError
from genbench.keys import options_text
from genbench.parts import make_part
from genbench.suite import Entry

if TYPE_CHECKING:
    from genbench.catalog import Component
    from genbench.samples import Samples

__all__ = ["open_samples"]


def open_samples(path: str | Path, kind: str) -> Samples:
    """Return all samples of a `kind` of space that a file or folder holds, with their labels.

    The dataset component that does it is the one whose spec says that it reads such a path and holds such a
    kind. Raises DataError if none or several do, or the path does not exist or cannot be read; messages name
    the path without its folder.
    """
    path = Path(path)
    if not path.exists():
        raise DataError(f"{path.name} does not exist; expected a file or folder of {kind} samples")
    suffix = "/" if path.is_dir() else path.suffix.lower()
    readers = [reader for reader in load_catalog().of_kind("dataset") if _reads(reader, suffix, kind)]
    if len(readers) != 1:
        found = " and ".join(reader.reference for reader in readers) or "no dataset component"
        raise DataError(
            f"{path.name}: {found} of those installed read {suffix!r} as {kind} samples; expected one"
        )
    options = {"path": str(path.absolute())}
    entry = Entry(use=readers[0].reference, name=None, options=options, where=path.name)
    part = make_part(load_catalog(), "dataset", entry, path.parent)
    rng = seeds.stream(None, "data", part.component.name, options_text(part))
    samples: Samples = call(part, {}, {"rng": rng, "device": "cpu", "log": no_log}).labelled()
    return samples


def _reads(component: Component, suffix: str, kind: str) -> bool:
    spec = component.spec
    return suffix in getattr(spec, "reads", ()) and (not spec.spaces or kind in spec.spaces)
