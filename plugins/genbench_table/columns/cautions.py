"""Warnings for the extra of a score."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["joined"]


def joined(*cautions: Mapping[str, str]) -> dict[str, str]:
    """Return the `warning` that has the texts of several, those of {} left out; {} without any."""
    texts = [caution["warning"] for caution in cautions if caution]
    return {"warning": "; ".join(texts)} if texts else {}
