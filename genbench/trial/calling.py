"""Calls of components with the arguments in their signatures."""

from __future__ import annotations

import hashlib
import inspect
import pickle
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from genbench.contract.signature import resolve
from genbench.core.errors import Invalid, Undefined
from genbench.files.temporary import check_writable
from genbench.trial.failures import BlameError
from genbench.trial.hashed_files import check_files, check_files_after

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from genbench.contract.specs import Spec
    from genbench.contract.steps import Log
    from genbench.suite.components import Part

__all__ = [
    "LackingError", "SamplerProxy", "call", "compute_state_hash", "gather", "make_log", "no_log",
    "require_sampler", "restore", "wrap_save",
]  # fmt: skip


class LackingError(Undefined, AttributeError):
    """A sampler lacks an attribute: an AttributeError for `hasattr`, an Undefined for the record."""


class SamplerProxy:
    """A proxy of a fitted sampler: a missing attribute raises LackingError."""

    def __init__(self, sampler: Any, name: str) -> None:
        """Wrap a sampler; `name` is the reference of its generator, for messages."""
        self._sampler = sampler
        self._name = name

    def __getattr__(self, name: str) -> Any:
        """Return the sampler's attribute; raise LackingError, an AttributeError, if it has none."""
        try:
            return getattr(self._sampler, name)
        except AttributeError as error:
            raise LackingError(f"the sampler of {self._name} gives no {name}") from error


_PROBE_BYTES = 2**16  # several blocks of any file system: a full disk may have room for one small file


def gather(part: Part[Spec], providers: Mapping[str, Callable[[], Any]]) -> dict[str, Any]:
    """Return the inputs that a component takes, by name.

    providers  by input, returns it; one for an input that the component does not take is never called, since
               it may take long
    """
    return {name: providers[name]() for name in part.contract.inputs}


def call(part: Part[Spec], inputs: Mapping[str, Any], given: Mapping[str, Any]) -> Any:
    """Call the component's `make` and return its result; its type depends on the component's kind.

    inputs  all inputs that the function takes
    given   arguments of genbench itself, `rng`, `device` and `log`; those that it does not take are left out

    Raises BlameError, with a FileChangedError, if the content of a file in its options has changed since it
    was hashed for the keys; this is checked before and after the call.
    """
    make: Callable[..., Any] = resolve(part.spec.make)
    taken = {name: given[name] for name in part.contract.host_parameters if name in given}
    check_files(part)
    with check_files_after(part):
        return make(**inputs, **part.options, **taken)


def require_sampler(made: Any) -> None:
    """Raise Invalid for what the `make` of a generator returned if it draws no samples."""
    if not callable(getattr(made, "sample", None)):
        raise Invalid(f"make returned {type(made).__name__}; expected an object with sample(n, *, rng)")


def restore(load: Any, folder: Path, device: str) -> Any:
    """Call a spec's `load` on a folder, with the device if it takes one, and return its result."""
    function = resolve(load)
    given = {"device": device} if "device" in inspect.signature(function).parameters else {}
    return function(folder, **given)


def wrap_save(
    save: Callable[[Path], None], within: Callable[[], AbstractContextManager[None]]
) -> Callable[[Path], None]:
    """Return a function that calls a component's `save` on a folder within a context.

    within  makes the context, which turns errors of the component into a BlameError

    After a BlameError, a test file is written to the folder: if that fails, as on a full disk, its OSError
    is raised instead, since the component is not to blame.
    """

    def write(folder: Path) -> None:
        """Save to `folder`; if that fails, find out whether the disk or the component is to blame."""
        try:
            with within():
                save(folder)
        except BlameError:
            check_writable(folder, _PROBE_BYTES)  # raises OSError if the disk is full
            raise

    return write


def compute_state_hash(value: Any) -> str:
    """Return the SHA-256 of an object's pickle, in hexadecimal, or "" if pickle cannot write the object.

    A trial compares a sampler's hashes before and after a metric, to find out whether the metric changed it.
    """
    hashed = hashlib.sha256()
    try:
        # The file of the pickler hashes what is written to it, and keeps nothing.
        pickle.Pickler(SimpleNamespace(write=hashed.update), protocol=5).dump(value)
    except Exception:  # of the object's own code, or of an object that cannot be written
        return ""
    return hashed.hexdigest()


def make_log(report: Callable[..., object]) -> Log:
    """Return the function that a component gets as `log`: it reports each step as an event."""

    def log(step: int, total: int, **values: float) -> None:
        """Report a step of all steps, with the values that the component logs, as Python numbers."""
        numbers = {name: float(value) for name, value in values.items()}
        report(step=int(step), total=int(total), values=numbers)

    return log


def no_log(step: int, total: int, **values: float) -> None:
    """Discard the progress that a component logs; for calls whose progress is not shown."""
