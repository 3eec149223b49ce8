"""Short forms of signatures."""

from __future__ import annotations

import re

import pytest

from genbench.core.canonical_json import digest
from genbench.results.cells import short_signature


@pytest.mark.parametrize("number", range(50))
def test_a_short_signature_is_eight_digits_that_begin_with_a_letter(number):
    text = short_signature({"n": number})
    assert re.fullmatch("[a-f][0-9a-f]{7}", text)
    assert text in digest({"n": number})


def test_equal_signatures_have_one_short_form():
    assert short_signature({"a": 1, "b": 2}) == short_signature({"b": 2, "a": 1})
    assert short_signature({"a": 1}) != short_signature({"a": 2})
