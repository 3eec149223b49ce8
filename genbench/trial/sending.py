"""Whether components can be sent to the processes of their trials."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

from genbench.core.errors import PluginError
from genbench.suite.components import without_annotations

if TYPE_CHECKING:
    from collections.abc import Iterable

    from genbench.suite.components import Part

__all__ = ["check_sendable"]


def check_sendable(parts: Iterable[Part]) -> None:
    """Raise PluginError, naming the component, for one whose `make` another process cannot find."""
    for part in parts:
        try:
            pickle.dumps(without_annotations(part))
        except Exception as error:  # pickle raises whatever the object's own methods raise
            raise PluginError(
                f"{part.component.kind} {part.component.reference}: make cannot be found from another "
                f"process; expected 'module:attribute' or a module's own function, no lambda or inner one"
            ) from error
