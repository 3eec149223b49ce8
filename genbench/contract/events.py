"""The events of a run, and the methods that a listener has for them."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from genbench.core.errors import PluginError
from genbench.core.names import suggest_names

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Methods = Mapping[str, Callable[[Mapping[str, Any]], None]]

__all__ = ["EVENTS", "bind_event_methods"]

#: Event to its values; a listener's method of that name asks for any of them by name.
EVENTS: dict[str, tuple[str, ...]] = {
    "run_started": ("suite", "trials", "due", "cells", "kept", "waiting"),
    "job_started": ("job",),
    "trial_started": ("job", "dataset", "generator", "seed"),
    "progress": ("job", "dataset", "generator", "seed", "stage", "step", "total", "values"),
    "recorded": ("dataset", "generator", "seed", "metric", "value", "low", "high", "status", "reason"),
    "trial_finished": ("job", "dataset", "generator", "seed", "seconds"),
    "job_finished": ("job", "seconds"),
    "warned": ("text",),
    "run_finished": ("statuses", "files", "error"),
}


def bind_event_methods(listener: object) -> Methods:
    """Return a function for each event of a run that a listener has a method for, by event.

    The function takes all values of the event by name, and passes the method the values that it asks for.

    Raises PluginError if the listener has no such method, or if one asks for a value that its event lacks.
    """
    methods = {event: getattr(listener, event, None) for event in EVENTS}
    functions = {event: _bind_method(event, method) for event, method in methods.items() if callable(method)}
    if not functions:
        expected = ", ".join(EVENTS)
        raise PluginError(f"{type(listener).__name__} has no method of an event; expected any of {expected}")
    return functions


def _bind_method(event: str, method: Callable[..., object]) -> Callable[[Mapping[str, Any]], None]:
    """Return a function that takes all values of an event, and calls a listener's method with those it names.

    A method with **values gets all of them. Raises PluginError if it requires a value that the event lacks.
    """
    known, names = EVENTS[event], []
    takes_all = False  # whether the method has a parameter **values
    for parameter in inspect.signature(method).parameters.values():
        if parameter.kind is parameter.VAR_KEYWORD:
            takes_all = True
        elif parameter.name in known and parameter.kind is not parameter.POSITIONAL_ONLY:
            names.append(parameter.name)
        elif parameter.kind is not parameter.VAR_POSITIONAL and parameter.default is parameter.empty:
            raise PluginError(
                f"{event} asks for {parameter.name!r}; expected any of {', '.join(known)}, by name"
                f"{suggest_names(parameter.name, known)}"
            )
    arguments = known if takes_all else tuple(names)

    def call_method(values: Mapping[str, Any]) -> None:
        """Call the method with the values of the event that it asks for."""
        method(**{name: values[name] for name in arguments})

    return call_method
