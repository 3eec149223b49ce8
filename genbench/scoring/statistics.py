"""Statistics of features in .npz files: `mu` and `sigma`, and what they were computed from."""

from __future__ import annotations

import functools
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench.contract.moments import Moments
from genbench.core.canonical_json import canonical, digest
from genbench.core.errors import DataError, Invalid
from genbench.core.spaces import Space
from genbench.files.outputs import write_output
from genbench.files.read import unchanging
from genbench.results.sketches import Sketch

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


__all__ = ["Origin", "Statistics", "read_statistics", "write_statistics"]

#: Members of the archive: the first three are named as by pytorch-fid and ADM.
_MEAN, _COVARIANCE, _SAMPLES, _ORIGIN = "mu", "sigma", "arr_0", "genbench"
_MOST_BYTES = 2**30  # of one array: the float64 covariance of 11,585 features
_MOST_ORIGIN_BYTES = 2**20  # of its JSON, which has a few kilobytes
_NO_ARCHIVE = (zipfile.BadZipFile, NotImplementedError, ValueError)
_EXPECTED = "expected mu of shape (d,) and sigma of shape (d, d), float32 or float64"


@dataclass(frozen=True, kw_only=True)
class Origin:
    """What statistics were computed from.

    extractor  the extractor as in signatures: name, version, options, weights, hash of the data it was fitted
               to
    fit        hash that tells a fit of the extractor from others, or "" if it is not fitted
    output     the extractor's output
    protocol   the protocol of the call, or None
    n          number of samples with features
    samples    content hash of the samples
    sketch     sketch of the samples (results.sketches)
    space      of the samples
    """

    extractor: Mapping[str, Any]
    fit: str
    output: str
    protocol: str | None
    n: int
    samples: str
    sketch: str
    space: Space


@dataclass(frozen=True, kw_only=True, eq=False)
class Statistics:
    """The statistics in a file.

    name         the file, as messages name it
    origin       what they were computed from; None: the file does not say
    has_samples  whether the file holds samples, too, as ADM's reference batches do
    """

    name: str
    moments: Moments
    origin: Origin | None
    has_samples: bool = False

    @functools.cached_property
    def hash(self) -> str:
        """The content hash of mean and covariance, 64 hex digits."""
        arrays = (self.moments.mean, self.moments.covariance)
        return digest(["moments", *(hashlib.sha256(array.tobytes()).hexdigest() for array in arrays)])

    def shares_samples_with(self, sketch: Sketch) -> bool:
        """Return whether the samples behind the statistics share some; False if the file holds no sketch."""
        return self.origin is not None and Sketch.parse(self.origin.sketch).has_samples_of(sketch)

    def check_origin(self, extractor: Mapping[str, Any], output: str) -> None:
        """Raise DataError if the file says that its features are not those of an extractor's output.

        extractor  what identifies the extractor that the metric uses here: name, version, options, weights …
        output     the output of the extractor that the metric takes

        A file of another program has no origin and passes. The message names one difference: the extractor's
        name if it differs, since then all else may differ, too; otherwise the first field in the alphabet.
        """
        if self.origin is None:
            return
        file_fields = _flatten(self.origin.extractor, self.origin.output)
        fields_here = _flatten(extractor, output)
        differing = [
            key for key in {**fields_here, **file_fields} if file_fields.get(key) != fields_here.get(key)
        ]
        if differing:
            key = "name" if "name" in differing else min(differing)
            in_file, here = (f"{fields.get(key, 'missing'):.80}" for fields in (file_fields, fields_here))
            raise DataError(
                f"{self.name} holds statistics of another extractor: {key} is {in_file} in the file and "
                f"{here} here; use that extractor, or save the statistics again"
            )

    def check_fit(self, fit: str) -> None:
        """Raise DataError if the file says that its features are of another fit of the extractor."""
        if self.origin is not None and self.origin.fit != fit:
            raise DataError(
                f"{self.name} holds statistics of another fit of the extractor: fitted on another machine or "
                f"with other libraries, it gives other features; save the statistics again"
            )


def write_statistics(path: Path, moments: Moments, origin: Origin) -> None:
    """Write moments as `mu` and `sigma`, and their origin as a JSON string; replace the file atomically.

    Raises DataError if it cannot be written.
    """
    text = canonical({**vars(origin), "extractor": dict(origin.extractor), "space": origin.space.to_json()})
    content = io.BytesIO()
    arrays = {_MEAN: moments.mean, _COVARIANCE: moments.covariance, _ORIGIN: np.array(text)}
    np.savez(content, **arrays)  # type: ignore[arg-type]  # its stub takes allow_pickle for an array
    try:
        write_output(path, content.getvalue())
    except OSError as error:
        raise DataError(
            f"{path.name} cannot be written: {error.strerror or error}; name a file in a writable folder"
        ) from error


def read_statistics(path: Path) -> Statistics | None:
    """Return the statistics in a .npz file; None if it holds neither `mu` nor `sigma`, or is no .npz file.

    Nothing is unpickled, since that can run code, and arrays above 1 GiB are not read. Raises DataError,
    naming the file, if one of the two is missing or they are not what `Moments.checked` expects.
    """
    if path.suffix.lower() != ".npz" or not path.is_file():
        return None
    try:
        with unchanging(path):
            try:
                archive = zipfile.ZipFile(path)
            except _NO_ARCHIVE:  # the component that reads the file as samples then tells what is wrong
                return None
            with archive:
                return _parse_statistics(path.name, archive)
    except OSError as error:
        raise DataError(
            f"{path.name} cannot be read: {error.strerror or error}; expected a readable .npz file"
        ) from error


def _parse_statistics(name: str, archive: zipfile.ZipFile) -> Statistics | None:
    """Return the statistics in an archive; None if it has neither `mu` nor `sigma`.

    name  of the file, for messages

    Raises DataError if one of the two is missing, or if their types, shapes or values cannot be moments.
    """
    members = {member.filename.removesuffix(".npy"): member for member in archive.infolist()}
    if len(members) < len(archive.infolist()):
        raise DataError(f"{name} holds an array twice; expected each name once")
    if not {_MEAN, _COVARIANCE} & set(members):
        return None
    missing = [key for key in (_MEAN, _COVARIANCE) if key not in members]
    if missing:
        raise DataError(f"{name} holds no {missing[0]}; {_EXPECTED}")
    mean, covariance = (_read_floats(name, key, archive, members[key]) for key in (_MEAN, _COVARIANCE))
    origin = _read_origin(name, archive, members[_ORIGIN]) if _ORIGIN in members else None
    try:
        moments = Moments(mean, covariance, None if origin is None else origin.n).checked()
    except Invalid as error:
        raise DataError(f"{name}: mu and sigma: {error}") from error
    return Statistics(name=name, moments=moments, origin=origin, has_samples=_SAMPLES in members)


def _read_floats(
    name: str, key: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo
) -> NDArray[np.float64]:
    """Return an array of the archive as float64; raise DataError for another type."""
    array = _read_array(f"{name}: {key}", archive, member, _MOST_BYTES)
    if array.dtype.kind != "f" or array.dtype.itemsize not in (4, 8):
        raise DataError(f"{name}: {key} holds {array.dtype}; {_EXPECTED}")
    return array.astype(np.float64)


def _read_array(name: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> NDArray[Any]:
    """Return the array in a member of an archive; raise DataError if it has more than `most` bytes.

    numpy's own reader allocates an array of the shape in the header, however large. This one allocates only
    what the member contains.
    """
    if member.file_size > most:
        raise DataError(f"{name} has {member.file_size:,} bytes, and at most {most:,} are read")
    try:
        content = archive.read(member)
        stream = io.BytesIO(content)
        headers = np.lib.format  # its functions move the stream to the start of the values
        version = headers.read_magic(stream)
        read = headers.read_array_header_1_0 if version == (1, 0) else headers.read_array_header_2_0
        shape, is_fortran, dtype = read(stream)
        if dtype.hasobject:
            raise DataError(f"{name} holds Python objects, which are never unpickled; {_EXPECTED}")
        flat = np.frombuffer(content, dtype, offset=stream.tell())
        return flat.reshape(shape, order="F" if is_fortran else "C")
    except (DataError, MemoryError):  # a message of its own, and no fault of the file
        raise
    except Exception as error:  # numpy evaluates the header as Python, which can raise many types
        raise DataError(f"{name} cannot be read: {error}; {_EXPECTED}") from error


def _read_origin(name: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Origin:
    """Return the Origin in the member "genbench", a JSON string; raise DataError if it is malformed."""
    array = _read_array(f"{name}: {_ORIGIN}", archive, member, _MOST_ORIGIN_BYTES)
    try:
        table = json.loads(str(array.item()))
        origin = Origin(**{**table, "space": Space.from_json(table["space"])})
        is_valid = (
            isinstance(origin.extractor, dict)
            and isinstance(origin.output, str)
            and isinstance(origin.fit, str)
            and bool(Sketch.parse(origin.sketch))
            and type(origin.n) is int
            and origin.n > 1
        )
    except (KeyError, TypeError, ValueError, RecursionError):
        is_valid = False
    if not is_valid:
        raise DataError(f"{name}: {_ORIGIN} is not what --save-stats writes; save the statistics again")
    return origin


def _flatten(extractor: Mapping[str, Any], output: str) -> dict[str, str]:
    """Return the fields of an extractor's signature as JSON texts, by name, with each option on its own.

    The key of an option is "option NAME", and that of the output is "output".
    """
    fields = {**extractor, "output": output}
    options = fields.get("options")
    if isinstance(options, Mapping):
        del fields["options"]
        fields |= {f"option {name}": value for name, value in options.items()}
    return {name: canonical(value) for name, value in fields.items()}
