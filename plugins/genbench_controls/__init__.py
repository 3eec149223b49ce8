"""Controls that bound every board, and finished outputs of any model."""

from __future__ import annotations

from genbench import GeneratorSpec, hookimpl


@hookimpl
def genbench_generators() -> list[GeneratorSpec]:
    """Return the controls and the generator of finished outputs."""
    return []
