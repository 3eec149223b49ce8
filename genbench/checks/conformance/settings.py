"""Global settings of a process that a component should leave as they are."""

from __future__ import annotations

import contextlib
import io
import locale
import logging
import os
import random
import signal
import socket
import sys
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from genbench.files.process_settings import process_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = ["changed", "printed", "restore", "settings"]

#: Variables that scikit-learn sets on import, and torch with its first optimiser.
_OF_LIBRARIES = ("KMP_DUPLICATE_LIB_OK", "KMP_INIT_AT_FORK", "TORCHINDUCTOR_CACHE_DIR")

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM, signal.SIGCHLD)


def settings() -> dict[str, Any]:
    """Return the global settings, by the words in which a message names them."""
    return {
        "the environment variables": {
            name: value for name, value in os.environ.items() if name not in _OF_LIBRARIES
        },
        "sys.path": tuple(sys.path),
        "Python's global random state": random.getstate(),
        "numpy's global random state": _numpy_state(),
        "the filters of warnings": tuple(warnings.filters),
        "the handlers of signals": tuple(map(signal.getsignal, _SIGNALS)),
        "the locale": locale.setlocale(locale.LC_ALL),
        "the default timeout of sockets": socket.getdefaulttimeout(),
        "the handlers of the root logger": (logging.root.level, tuple(logging.root.handlers)),
        **{setting.name: setting.read() for setting in process_settings()},
    }


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return the names of the settings that differ; those of a library count once it is imported."""
    return [name for name, value in before.items() if after[name] != value]


def restore(before: Mapping[str, Any]) -> None:
    """Set the settings that a component's call does not restore back to what they were."""
    for name, write in _WRITE.items():
        write(before[name])


@contextlib.contextmanager
def printed() -> Iterator[io.StringIO]:
    """Collect what Python code prints in a block, to standard output and standard error."""
    text = io.StringIO()
    with contextlib.redirect_stdout(text), contextlib.redirect_stderr(text):
        yield text


def _set_path(places: tuple[str, ...]) -> None:
    sys.path[:] = places


def _set_signals(handlers: tuple[Any, ...]) -> None:
    for number, handler in zip(_SIGNALS, handlers, strict=True):
        signal.signal(number, handler)


def _set_logger(level_and_handlers: tuple[int, tuple[logging.Handler, ...]]) -> None:
    level, handlers = level_and_handlers
    logging.root.setLevel(level)
    logging.root.handlers[:] = handlers


#: Settings that a component's call does not restore, and how to set them.
_WRITE: dict[str, Callable[[Any], object]] = {
    "sys.path": _set_path,
    "the handlers of signals": _set_signals,
    "the locale": lambda name: locale.setlocale(locale.LC_ALL, name),
    "the default timeout of sockets": socket.setdefaulttimeout,
    "the handlers of the root logger": _set_logger,
}


def _numpy_state() -> tuple[Any, ...]:
    shared: Any = np.random  # numpy's stubs lack methods of the global stream
    state = shared.get_state(legacy=False)
    return state["bit_generator"], state["state"]["key"].tobytes(), state["state"]["pos"]
