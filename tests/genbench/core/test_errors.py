"""The errors that users can mend, and the exit code of each."""

from __future__ import annotations

import pytest

import genbench
from genbench.core.errors import (
    Absent,
    DataError,
    EngineError,
    GenbenchError,
    Invalid,
    PluginError,
    ResultsError,
    SuiteError,
    Undefined,
)


@pytest.mark.parametrize("error", [DataError, PluginError, SuiteError, ResultsError, EngineError])
def test_what_a_user_can_mend_has_one_base_class(error):
    assert issubclass(error, GenbenchError)
    assert str(error("one line")) == "one line"


def test_input_that_cannot_be_used_ends_with_2_and_results_and_engines_with_3_and_4():
    codes = {error: error.exit_code for error in (GenbenchError, DataError, PluginError, SuiteError)}
    assert set(codes.values()) == {2}
    assert (ResultsError.exit_code, EngineError.exit_code) == (3, 4)


def test_what_a_metric_raises_is_a_status_and_not_an_error_of_the_command():
    assert not issubclass(Undefined, GenbenchError)
    assert not issubclass(Invalid, GenbenchError)
    assert issubclass(Absent, Undefined)


def test_all_of_them_are_public():
    assert {"Absent", "DataError", "EngineError", "GenbenchError", "Invalid", "PluginError", "ResultsError",
            "SuiteError", "Undefined"} <= set(genbench.__all__)  # fmt: skip
