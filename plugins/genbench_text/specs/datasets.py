"""The data sets of texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genbench import DatasetSpec

__all__ = ["DATASETS"]

DATASETS: tuple[DatasetSpec, ...] = ()
