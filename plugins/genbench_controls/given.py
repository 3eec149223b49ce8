"""The extractor `given`: vectors that are already features."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from genbench import Samples

__all__ = ["given"]


def given() -> Callable[[Samples], dict[str, NDArray[Any]]]:
    """Return a function from vectors (n, d), float32 or float64, to {"features": the same array}."""
    return lambda samples: {"features": samples.data}
