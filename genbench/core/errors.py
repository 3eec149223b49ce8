"""The exceptions of genbench.

    GenbenchError           the user or a plugin's author can fix it: shown in one line, without a traceback
      PluginError           a plugin violates the contract
      SuiteError            a suite file, a name or an option is invalid
      DataError             input data cannot be read, or is invalid
      ResultsError          results cannot be written
      EngineError           an engine for trials on other machines was lost, or cannot take the run
    Undefined               a component has no value for this input: the record is `skipped`
      Absent                a requirement is not installed: `skipped` until a later run finds it
    Invalid                 a component's output violates its contract: the record is `invalid`

Any other exception inside a component is a failure of the component (a record with status `error`); any other
exception in the host is a bug of genbench.
"""

from __future__ import annotations

__all__ = [
    "Absent", "DataError", "EngineError", "FileChangedError", "GenbenchError", "Invalid", "PluginError",
    "ResultsError", "SuiteError", "Undefined", "describe_error", "read_message",
]  # fmt: skip


class GenbenchError(Exception):
    """An error with a one-line message: what was wrong, what was expected and what to do."""

    exit_code = 2


class PluginError(GenbenchError):
    """A plugin violates the contract; the message names the plugin."""


class SuiteError(GenbenchError):
    """A suite is refused; the message names the file and the key."""


class DataError(GenbenchError):
    """Input data cannot be read or is invalid; the message names the file."""


class ResultsError(GenbenchError):
    """Results, artefacts, assets or temporary files cannot be read or written; the message says which."""

    exit_code = 3


class EngineError(GenbenchError):
    """An executor's engine was lost or cannot take the run; the message names it, or one of its workers."""

    exit_code = 4


class Undefined(Exception):  # noqa: N818 - it reads as a statement: `raise Undefined("n = 1")`
    """The component has no value for this input; the argument is the reason."""


class Absent(Undefined):
    """A requirement of the component is missing on this machine; the argument says how to install it."""


class Invalid(Exception):  # noqa: N818 - it reads as a statement
    """A component's output violates its contract; the argument gives the expected and the actual output."""


class FileChangedError(DataError, Invalid):
    """A file changed between its hash and the use of its content; the message names the file."""


def describe_error(error: BaseException) -> str:
    """Return the type of an error and its message, or the type alone if it has none."""
    return f"{type(error).__name__}: {read_message(error)}".removesuffix(": ")


def read_message(error: BaseException | None) -> str:
    """Return the message of an error, or a substitute if its `__str__` fails."""
    try:
        return str(error)
    except KeyboardInterrupt:
        raise
    except BaseException as second:  # `__str__` is code of a component, and may raise any
        return f"it cannot say what is wrong: {type(second).__name__}"
