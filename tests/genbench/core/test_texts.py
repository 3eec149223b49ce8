"""Texts that look alike are equal after `fold_text`, and others stay different."""

from __future__ import annotations

import unicodedata

import pytest

from genbench import fold_text


@pytest.mark.parametrize(
    "text",
    [
        "h\u200bow a\u00adre\ufeff you?",
        "\x00how are\x00 you?\x7f",
        "how \x00 are\r\n\tyou?",
        "ho\u2065w are\ufff0 you?",
        "\u3000how\u00a0are\u2028you?\u2060",
        "h\ufe0fow\u034f are you\u3164?",
        "\uff48\uff4f\uff57 are you\uff1f",
    ],
)
def test_what_a_reader_cannot_see_is_removed(text):
    assert fold_text(text) == "how are you?"


def test_normal_forms_are_one_form_even_around_an_invisible_character():
    text = "l\u2019\u00e9t\u00e9 \ufb01nit"
    forms = [unicodedata.normalize(form, text) for form in ("NFC", "NFD", "NFKC", "NFKD")]
    assert {fold_text(form) for form in (*forms, "l\u2019e\u200b\u0301te\u0301 finit")} == {fold_text(text)}


@pytest.mark.parametrize(
    "other", ["How are you?", "how areyou?", "how are you", "how \u00e4re you?", "how are you? \U0001f600"]
)
def test_what_a_reader_can_see_stays(other):
    assert fold_text(other) == other
    assert other != "how are you?"
