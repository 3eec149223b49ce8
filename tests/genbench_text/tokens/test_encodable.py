"""Half of a character is refused, and named."""

from __future__ import annotations

import pytest
from genbench_text.tokens.encodable import check_encodable

from genbench import Undefined


@pytest.mark.parametrize("text", ["", "naïve 😀", "\0\ufffd\U0010ffff"])
def test_every_whole_text_passes(text):
    check_encodable(text)


def test_half_of_a_character_is_undefined_and_named():
    for half, written in (("\ud83d", "ud83d"), ("\ude00", "ude00")):
        with pytest.raises(
            Undefined,
            match=rf"^a text contains '\\{written}', an unpaired surrogate; take it out of the text$",
        ):
            check_encodable(f"a {half} b")
