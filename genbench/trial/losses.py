"""What was being made when a process died: it is named, so that nobody tries it again in the same run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genbench.trial.failures import CasualtyError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from genbench.catalog.catalog import Component

__all__ = ["Losses"]


class Losses:
    """What cannot be made in this run, by name: the status and reason of each.

    report(**event) is told which stage begins, and the name of what is being made in it
    """

    def __init__(self, report: Callable[..., None], lost: Mapping[str, tuple[str, str]] | None) -> None:
        self._report = report
        self._lost = lost or {}

    def refuse(self, component: Component, name: str) -> None:
        """Raise CasualtyError, which a component is blamed for, if that is lost."""
        if name in self._lost:
            raise CasualtyError(component, *self._lost[name])

    def begin(self, stage: str, component: Component, name: str) -> None:
        """Report that a component begins to make something; raise CasualtyError if that is lost."""
        self.refuse(component, name)
        self._report(stage=stage, work=name)
