"""Renderings: one sample as a picture, a sound or a text for people to look at."""

from __future__ import annotations

from dataclasses import dataclass

from genbench.core.errors import Invalid

__all__ = ["Rendering", "find_damage"]

#: The media types, with the bytes that their content begins with. HTML is left out, since it can run scripts.
_BEGINNINGS: dict[str, tuple[bytes, ...]] = {
    "audio/wav": (b"RIFF",),
    "image/gif": (b"GIF8",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/png": (b"\x89PNG",),
    "image/svg+xml": (b"<svg", b"<?xml"),
    "image/webp": (b"RIFF",),
    "text/plain": (b"",),
}

#: The format that bytes 8 to 12 of a file name, if it begins with RIFF.
_RIFF = {"audio/wav": b"WAVE", "image/webp": b"WEBP"}


@dataclass(frozen=True)
class Rendering:
    """One sample as a file.

    media_type  "image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml", "audio/wav" or
                "text/plain"; a moving image is a GIF, a WebP or an animated PNG
    content     the bytes of the file; UTF-8 for SVG and plain text
    note        what a person should know beside it, such as the extent of its axes, or ""
    text        the sample as a text, for people and programs that cannot see or hear it, or ""

    Raises Invalid for another media type, and for content of another type.
    """

    media_type: str
    content: bytes
    note: str = ""
    text: str = ""

    def __post_init__(self) -> None:
        """Raise Invalid for an unknown media type, and for content that does not begin as this type does."""
        if self.media_type not in _BEGINNINGS:
            known = ", ".join(_BEGINNINGS)
            raise Invalid(
                f"a rendering cannot have the media type {self.media_type!r}; expected one of {known}"
            )
        if not isinstance(self.content, bytes) or not self.content.startswith(_BEGINNINGS[self.media_type]):
            raise Invalid(
                f"the content of the rendering is no {self.media_type}; expected bytes of this type"
            )


def find_damage(rendering: Rendering) -> str:
    """Return what is wrong with the content of a rendering, for messages, or "" if nothing is.

    `Rendering` has checked the first bytes. This checks the format of RIFF files, and that texts and SVG can
    be parsed; to decode pictures and sounds would take longer.
    """
    kind, content = rendering.media_type, rendering.content
    if not content:
        return "the rendering is empty"
    if kind in _RIFF and content[8:12] != _RIFF[kind]:
        return f"the content is no {kind}"
    if kind.startswith("text/") or kind.endswith("+xml"):
        from xml.etree import ElementTree as ET

        try:
            text = content.decode("utf-8")
            if kind.endswith("+xml"):
                ET.fromstring(text)  # noqa: S314 - a modality's own code made it in this process
        except (UnicodeDecodeError, ET.ParseError) as error:
            return f"{kind} that cannot be read: {error}"
    return ""
