"""Checks of the arguments of `genbench.score`, `Reference` and `verify`, and the modality that they state."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from numbers import Integral
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeGuard

from genbench.catalog.modalities import find_modality, list_modalities
from genbench.core.errors import DataError, Invalid, SuiteError
from genbench.core.spaces import Space
from genbench.trial.reading.string_files import FIELD

if TYPE_CHECKING:
    from genbench.catalog.catalog import Catalog

__all__ = [
    "check_call", "check_integer", "check_numbers", "check_plugins", "check_samples",
    "check_settings", "check_stated", "is_collection", "read_stated_space", "unite_spaces", "value_text",
]  # fmt: skip


def check_call(
    fake: Any, *, n: Any = None, seed: Any = 0, save_stats: Any = None, report: Any = None
) -> None:
    """Raise DataError for samples, or SuiteError for another argument, that `genbench.score` refuses."""
    check_samples(fake=fake)
    check_numbers(n=n, seed=seed)
    if not (save_stats is None or isinstance(save_stats, str | Path)):
        raise _make_error("save_stats", "the path of an .npz file", save_stats)
    if not (report is None or callable(report)):
        raise _make_error("report", "a function", report)


def check_numbers(*, n: Any, seed: Any = 0) -> None:
    """Raise SuiteError unless n is None or an integer of at least 1, and seed one of at least 0."""
    if n is not None:
        check_integer("n", n, 1)
    check_integer("seed", seed, 0)


def check_integer(name: str, value: Any, least: int) -> None:
    """Raise SuiteError unless an argument is an integer, of Python or numpy, of at least `least`; no bool."""
    if type(value) is bool or not isinstance(value, Integral) or value < least:
        raise _make_error(name, f"an integer of at least {least}", value)


def check_plugins(plugins: Any) -> None:
    """Raise SuiteError unless an argument is a list of paths, or another collection of them."""
    is_list = is_collection(plugins) and not isinstance(plugins, Mapping)
    if not is_list or not all(isinstance(file, str | Path) for file in plugins):
        raise _make_error("plugins", "a list of paths of .py files", plugins)


def check_samples(**sides: Any) -> None:
    """Raise DataError for a side (fake, real or train) that is no path or split and cannot have a length."""
    for name, value in sides.items():
        if not isinstance(value, str | Path) and not hasattr(value, "__len__"):
            raise DataError(
                f"{name}: expected samples, a path or a split such as DATASET.test, got {value_text(value)}"
            )


def check_settings(
    *, extractor: Any, protocol: Any, device: Any, reader: Any, modality: Any, plugins: Any
) -> None:
    """Raise SuiteError for a setting of another type than `genbench.score` documents."""
    for name, value in (("extractor", extractor), ("reader", reader), ("modality", modality)):
        if not (value is None or isinstance(value, str) or _is_table(value)):
            raise _make_error(name, "a name, or a mapping with `use` and options", value)
    if not (protocol is None or isinstance(protocol, str)):
        raise _make_error("protocol", "a name", protocol)
    if not isinstance(device, str):
        raise _make_error("device", "a text such as 'cpu' or 'cuda:0'", device)
    check_plugins(plugins)


def read_stated_space(catalog: Catalog, modality: str | Mapping[str, Any] | None) -> tuple[Space | None, str]:
    """Return (space, field) from the argument `modality`, by which a caller describes the samples.

    space     the modality with its parameters; None if the argument is None
    field     the key or column of files with the samples, if these are strings
    modality  a name, or a mapping with the name as `use`, parameters of the modality, and `field`

    Raises SuiteError for an unknown modality or parameter.
    """
    if modality is None:
        return None, FIELD
    parameters = {"use": modality} if isinstance(modality, str) else dict(modality)
    name, text_field = parameters.pop("use", ""), parameters.pop("field", FIELD)
    try:
        installed_modality = find_modality(list_modalities(catalog), name)
        installed_modality.check_names(parameters)
        return Space(installed_modality.reference, **parameters), text_field
    except (DataError, Invalid) as error:
        raise SuiteError(f"modality: {error}") from error


def unite_spaces(stated: Space | None, other_side: Space | None) -> Space | None:
    """Return the space in which to read samples: the stated one, completed by that of `other_side`.

    stated      the space (modality and parameters) that the caller states for the samples, or None
    other_side  the space of samples that are already open: those of another side (fake, real, train), or None

    The shape, the classes and further parameters come from `other_side`. Where both have a parameter, the
    stated one counts. If one of the two spaces is None, return the other; if their modalities differ, return
    the stated one.
    """
    if stated is None or other_side is None or stated.modality != other_side.modality:
        return other_side if stated is None else stated
    parameters = dict(other_side.parameters) | dict(stated.parameters)
    return Space(stated.modality, other_side.shape, classes=other_side.classes, **parameters)


def check_stated(space: Space, stated: Space | None) -> None:
    """Raise DataError if a space is not of the stated modality, or differs in a stated parameter.

    space   the space (modality and parameters) of samples that were opened
    stated  the space that the caller states for them; None: any
    """
    if stated is None:
        return
    if space.modality != stated.modality:
        raise DataError(f"expected {stated.modality} samples, as stated, got {space}")
    for name, value in stated.parameters:
        actual = space.get(name)
        if actual != value:
            got = "none" if actual is None else repr(actual)
            raise DataError(
                f"expected the {name} {value!r}, as stated with the modality, got {got}; leave it out, or "
                "set an option of what reads the file, with --reader"
            )


def value_text(value: Any) -> str:
    """Return how an error message shows an argument: at most 80 characters, or the name of its type."""
    items = value if isinstance(value, list | tuple) else [value]
    is_plain = all(item is None or isinstance(item, str | bool | int | float) for item in items)
    return f"{value!r:.80}" if is_plain else type(value).__name__


def is_collection(value: Any) -> TypeGuard[Collection[Any]]:
    """Return whether an argument is a collection of values: no text, and no array of zero dimensions."""
    return (
        isinstance(value, Collection) and not isinstance(value, str | bytes) and getattr(value, "ndim", 1) > 0
    )


def _is_table(value: Any) -> bool:
    """Return whether an argument is a mapping of texts whose `use`, if it has one, is a text."""
    return (
        isinstance(value, Mapping)
        and all(isinstance(name, str) for name in value)
        and isinstance(value.get("use", ""), str)
    )


def _make_error(name: str, expected: str, value: Any) -> SuiteError:
    """Return the error for an argument of another form than expected."""
    return SuiteError(f"{name}: expected {expected}, got {value_text(value)}")
