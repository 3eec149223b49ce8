"""Calling a component with what its signature asks for."""

from __future__ import annotations

import inspect
import tempfile
from typing import TYPE_CHECKING, Any

from genbench.contract.signature import resolve
from genbench.core.errors import Undefined
from genbench.trial.failures import BlameError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from genbench.contract.specs import Spec
    from genbench.suite.components import Part

__all__ = ["GivenSampler", "LackingError", "call", "gather", "no_log", "restore", "saving"]


class LackingError(Undefined, AttributeError):
    """A sampler has no such method; `hasattr` sees an AttributeError, a record the reason."""


class GivenSampler:
    """Whatever a fitted sampler has, under its own names; what it has not raises LackingError."""

    def __init__(self, sampler: Any, name: str) -> None:
        self._sampler = sampler
        self._name = name

    def __getattr__(self, name: str) -> Any:
        """Return the sampler's own attribute."""
        try:
            return getattr(self._sampler, name)
        except AttributeError as error:
            raise LackingError(f"the sampler of {self._name} gives no {name}") from error


_PROBE_BYTES = 2**16


def gather(part: Part[Spec], providers: Mapping[str, Callable[[], Any]]) -> dict[str, Any]:
    """Return the inputs that a component asks for, each found by its provider; the others are not called."""
    return {name: providers[name]() for name in part.contract.inputs}


def call(part: Part[Spec], inputs: Mapping[str, Any], given: Mapping[str, Any]) -> Any:
    """Return what the component's `make` returns; typed Any, since that depends on its kind.

    inputs  all that it asks for
    given   `rng`, `device` and `log`, where the caller has them; those it does not ask for are left out
    """
    make: Callable[..., Any] = resolve(part.spec.make)
    return make(
        **inputs, **part.options, **{name: given[name] for name in part.contract.given if name in given}
    )


def restore(load: Any, folder: Path, device: str) -> Any:
    """Return what a spec's `load` makes of a folder, with the device if it asks for one."""
    function = resolve(load)
    given = {"device": device} if "device" in inspect.signature(function).parameters else {}
    return function(folder, **given)


def saving(
    save: Callable[[Path], None], within: Callable[[], AbstractContextManager[None]]
) -> Callable[[Path], None]:
    """Return a component's own `save` as one that runs within a context, which blames and watches it.

    Where nobody can write to the folder, because the disk is full, nobody is blamed: it is an OSError.
    """

    def write(folder: Path) -> None:
        try:
            with within():
                save(folder)
        except BlameError:
            with tempfile.TemporaryFile(dir=folder) as probe:
                probe.write(bytes(_PROBE_BYTES))
                probe.flush()
            raise

    return write


def no_log(step: int, total: int, **values: float) -> None:
    """Take what a component logs, where there is nobody to show it to."""
