from __future__ import annotations

import pytest

from genbench import Invalid, Rendering
from genbench.core.rendering import find_damage


@pytest.mark.parametrize("media_type", ["text/html", "application/pdf", "image/tiff", ""])
def test_no_other_media_type_is_accepted(media_type):
    with pytest.raises(Invalid, match="expected one of audio/wav, image/gif, image/jpeg, image/png"):
        Rendering(media_type, b"x")


@pytest.mark.parametrize(
    ("media_type", "content"),
    [("image/png", b"GIF89a"), ("image/svg+xml", b"<html>"), ("text/plain", "text"), ("audio/wav", b"")],
)
def test_the_content_is_what_the_media_type_says(media_type, content):
    with pytest.raises(
        Invalid, match=f"the content of the rendering is no {media_type.replace('+', '.')}; expected bytes"
    ):
        Rendering(media_type, content)


def test_plain_text_may_begin_with_anything():
    assert Rendering("text/plain", "é".encode()).content == b"\xc3\xa9"


@pytest.mark.parametrize(
    ("media_type", "content", "damage"),
    [
        ("text/plain", b"plain", ""),
        ("text/plain", b"", "the rendering is empty"),
        ("text/plain", b"\xff", "text/plain that cannot be read"),
        ("image/svg+xml", b"<svg><g/></svg>", ""),
        ("image/svg+xml", b"<svg><g></svg>", "that cannot be read: mismatched tag"),
        ("audio/wav", b"RIFF1234WAVE", ""),
        ("audio/wav", b"RIFF1234WEBP", "the content is no audio/wav"),
        ("image/webp", b"RIFF1234WAVE", "the content is no image/webp"),
        ("image/png", b"\x89PNG", ""),
    ],
)
def test_the_damage_of_a_rendering_is_named(media_type, content, damage):
    found = find_damage(Rendering(media_type, content))
    assert damage in found if damage else not found
