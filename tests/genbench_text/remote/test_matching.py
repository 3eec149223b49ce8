"""A pattern of an option is checked as pydantic checks its own, and importing it loads no pydantic."""

from __future__ import annotations

from typing import Annotated

import pytest
from genbench_text.remote.secret import Matching
from pydantic import TypeAdapter, ValidationError

CAPITALS = TypeAdapter(Annotated[str, Matching("^[A-Z]+$", "capitals")])


def test_a_text_that_matches_is_taken_as_it_is():
    assert CAPITALS.validate_python("ABC") == "ABC"


@pytest.mark.parametrize("value", ["", "abc", "A B", 1, None])
def test_anything_else_is_refused(value):
    with pytest.raises(ValidationError):
        CAPITALS.validate_python(value)


def test_marking_an_option_loads_no_pydantic(modules_loaded_by):
    assert "pydantic" not in modules_loaded_by("import genbench_text.remote.secret")
