"""Protocols: named presets of an extractor that reproduce what papers and libraries quote."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from genbench.core.errors import PluginError
from genbench.core.names import check_name

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Protocol"]

_SPLITS = ("train", "test")


@dataclass(frozen=True, kw_only=True)
class Protocol:
    """A preset of the extractor whose spec holds it; a score under it bears its name and is ranked apart.

    name     [a-z][a-z0-9-]*, as in `fid[clean-fid]`
    options  of the extractor: resize rule, range, dtype
    metrics  options of metrics, by the metric's name, and perhaps another `extractor`, with its defaults:
             {"kid": {"subsets": 50}, "precision-recall": {"extractor": "vgg16"}}
    split    of a dataset, that is the reference: "train" or "test"
    n        fakes that quoted numbers are computed on, None: all there are; the reference is always whole
    source   the paper or program that it reproduces
    """

    name: str
    summary: str = ""
    source: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    split: str = "test"
    n: int | None = None

    def __post_init__(self) -> None:
        check_name(self.name, "protocol")
        if self.split not in _SPLITS:
            raise PluginError(f"protocol {self.name!r}: split {self.split!r}; expected train or test")
        if self.n is not None and self.n < 1:
            raise PluginError(f"protocol {self.name!r}: n is {self.n}; expected a positive number or None")
