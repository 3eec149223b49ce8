"""Renderings: one sample as a picture, a sound or a text for people to look at."""

from __future__ import annotations

from dataclasses import dataclass

from genbench.core.errors import Invalid

__all__ = ["Rendering"]

#: The media types, with the bytes that their content begins with. HTML is none, since it can run scripts.
_BEGINNINGS: dict[str, tuple[bytes, ...]] = {
    "audio/wav": (b"RIFF",),
    "image/gif": (b"GIF8",),
    "image/png": (b"\x89PNG",),
    "image/svg+xml": (b"<svg", b"<?xml"),
    "image/webp": (b"RIFF",),
    "text/plain": (b"",),
}


@dataclass(frozen=True)
class Rendering:
    """One sample as a file.

    media_type  "image/png", "image/gif", "image/webp", "image/svg+xml", "audio/wav" or "text/plain"; a moving
                image is a GIF, a WebP or an animated PNG
    content     the bytes of the file; UTF-8 for SVG and plain text

    Raises Invalid for another media type, and for content of another type.
    """

    media_type: str
    content: bytes

    def __post_init__(self) -> None:
        if self.media_type not in _BEGINNINGS:
            known = ", ".join(_BEGINNINGS)
            raise Invalid(
                f"a rendering cannot have the media type {self.media_type!r}; expected one of {known}"
            )
        if not isinstance(self.content, bytes) or not self.content.startswith(_BEGINNINGS[self.media_type]):
            raise Invalid(f"the content of the rendering is no {self.media_type}")
