"""The exceptions of genbench.

    GenbenchError           somebody outside genbench can mend it: shown as one line, without a traceback
      PluginError           a plugin breaks the contract
      SuiteError            a suite file, or what it asks for, is wrong
      DataError             input data cannot be read, or is not what was said
      ResultsError          results cannot be written
      EngineError           what was to run trials on other machines was lost, or cannot take them
    Undefined               a component has no answer for this input: the record is `skipped`
      Absent                what would give it one is not installed: `skipped` until a later run finds it
    Invalid                 a component's output is not what its contract says: the record is `invalid`

Whatever else is raised inside a component is that component's failure (a record with status `error`);
whatever else is raised in the host is a bug of genbench.
"""

from __future__ import annotations

__all__ = [
    "Absent",
    "DataError",
    "EngineError",
    "GenbenchError",
    "Invalid",
    "PluginError",
    "ResultsError",
    "SuiteError",
    "Undefined",
]


class GenbenchError(Exception):
    """What went wrong, what was expected and what to do, in one line."""

    exit_code = 2


class PluginError(GenbenchError):
    """A plugin breaks the contract; the message names the plugin."""


class SuiteError(GenbenchError):
    """A suite is refused; the message names the file and the key."""


class DataError(GenbenchError):
    """Input data cannot be read or is not what it should be; the message names the file."""


class ResultsError(GenbenchError):
    """Results cannot be written; the message names the folder."""

    exit_code = 3


class EngineError(GenbenchError):
    """An executor's engine was lost or cannot take the run; the message names it, or one of its workers."""

    exit_code = 4


class Undefined(Exception):  # noqa: N818 - it reads as the statement it makes: `raise Undefined("n = 1")`
    """The component has no value for this input; the argument is the reason."""


class Absent(Undefined):
    """What the component works with is not on this machine; the argument says how to install it."""


class Invalid(Exception):  # noqa: N818 - as above
    """A component's output breaks its contract; the argument says what was expected and what came."""
