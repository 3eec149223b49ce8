"""Exhibits: samples as renderings for people to look at, or the reasons why there is none."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from genbench.core.containers import find_container
from genbench.core.errors import GenbenchError, Invalid, Undefined
from genbench.core.frames import plain_row
from genbench.core.rendering import Rendering, find_damage
from genbench.core.samples import concat

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from genbench.catalog.modalities import Modality
    from genbench.core.samples import Samples
    from genbench.results.galleries import KeptGallery

__all__ = [
    "MOST_CELL", "MOST_COLUMNS", "MOST_EXACT_PIXELS", "MOST_RENDERING_BYTES", "MOST_TEXT", "QUALITY",
    "Exhibit", "FrameColumn", "find_common_scale", "is_large", "make_exhibits", "make_gallery_exhibits",
]  # fmt: skip

#: Bytes of one rendering; a larger one is not shown, since a page holds hundreds.
MOST_RENDERING_BYTES = 2**20
#: Characters of a text that are shown: about a printed page.
MOST_TEXT = 2000
#: Columns of a row, and characters of a cell, that are shown.
MOST_COLUMNS, MOST_CELL = 20, 40
#: Pixels of pictures that are always shown exactly; larger ones become JPEG files of a quality of 90 if that
#: is smaller. Photographs of 128 x 128 pixels have 29 kB as PNG and 8 kB as JPEG, with errors of 4 in 255.
MOST_EXACT_PIXELS, QUALITY = 64 * 64, 90
_RASTERS = ("image/png", "image/jpeg", "image/gif", "image/webp")
_MOST_PIXELS = 2**24  # of a picture that is decoded to make it smaller


class FrameColumn(NamedTuple):
    """The name of a column of a frame, and whether it has numbers."""

    name: str
    is_numeric: bool


@dataclass(frozen=True, kw_only=True)
class Exhibit:
    """One sample as it is shown.

    number     its position in the draw, or in the split
    rendering  None if it cannot be shown, and for a row of a frame, which has cells
    reason     why it cannot be shown, or ""
    note       what of it is shown if it is cut, that it is empty, or ""
    pixels     of a picture; 0 for one without a size of its own, such as an SVG, and for what is no picture
    columns    of a row of a frame; () for other samples
    cells      of that row, in the order of the columns; None for a missing value
    """

    number: int
    rendering: Rendering | None = None
    reason: str = ""
    note: str = ""
    pixels: int = 0
    columns: tuple[FrameColumn, ...] = ()
    cells: tuple[str | None, ...] = ()


def find_common_scale(modality: Modality, sides: Iterable[Samples]) -> Any:
    """Return the scale that the renderings of all sides share, such as the extent of axes.

    sides  the samples of each generator, all of one modality and shape

    Returns None if the modality has no scale, or a side is invalid. Each sample then has a scale of its own,
    or the reason why it cannot be shown.
    """
    if not modality.has("scale"):
        return None
    try:
        return modality.scale(concat([modality.admit(side) for side in sides]))
    except (GenbenchError, Invalid):
        return None


def make_gallery_exhibits(modality: Modality, gallery: KeptGallery, scale: Any) -> tuple[Exhibit, ...]:
    """Return the samples of a gallery as exhibits, in order: each is a sample in the form that a page shows.

    scale  what `find_common_scale` returned for all samples that are shown together
    """
    is_shrunk = gallery.shrunk is not None
    return make_exhibits(modality, gallery.samples, gallery.numbers, gallery.cut, scale, is_shrunk=is_shrunk)


def is_large(exhibit: Exhibit) -> bool:
    """Return whether a sample is a drawing, or a picture of more than 64 x 64 pixels, and needs more room."""
    # a drawing has no size in pixels, so it counts as large
    is_drawing = exhibit.rendering is not None and exhibit.rendering.media_type == "image/svg+xml"
    return is_drawing or exhibit.pixels > MOST_EXACT_PIXELS


def make_exhibits(
    modality: Modality,
    samples: Samples,
    numbers: Sequence[int],
    whole_lengths: Mapping[int, int] | None = None,
    scale: Any = None,
    *,
    is_shrunk: bool = False,
) -> tuple[Exhibit, ...]:
    """Return an exhibit for each sample: the form that a page shows, or the reason why it cannot be shown.

    numbers        the position of each sample where it comes from
    whole_lengths  of the samples of which `samples` has only the beginning, by position
    scale          what the modality's `scale` returned for the samples that these are shown with
    is_shrunk      whether the samples are smaller than whole ones, so that no picture is exact
    """
    try:
        admitted = modality.admit(samples)
    except (GenbenchError, Invalid) as error:
        return tuple(Exhibit(number=number, reason=str(error)) for number in numbers)
    exhibits = (
        _make_exhibit(modality, admitted, index, number, (whole_lengths or {}).get(number), scale)
        for index, number in enumerate(numbers)
    )
    # shrunk samples are not exact anyway, so JPEG may change even small pictures
    most_exact = 0 if is_shrunk else MOST_EXACT_PIXELS
    return tuple(_compress_picture(exhibit, most_exact) for exhibit in exhibits)


def _make_exhibit(
    modality: Modality, samples: Samples, index: int, number: int, whole_length: int | None, scale: Any
) -> Exhibit:
    """Return an exhibit of the sample at `index`: what a page shows of it, or why it cannot be shown.

    number        the position of the sample where it comes from
    whole_length  its length before it was cut, or None if it was not
    """
    try:
        rendering = modality.render(samples, index, scale)
    except (GenbenchError, Invalid, Undefined) as error:
        return Exhibit(number=number, reason=str(error))
    if rendering.media_type == "text/plain":  # texts and rows are cut, so any size can be shown
        if find_container(samples.data).name == "frame":  # a row of a table is shown as cells
            return _make_row_exhibit(number, samples, index)
        return _make_text_exhibit(number, rendering, whole_length)
    size = len(rendering.content)
    if size > MOST_RENDERING_BYTES:
        reason = f"its rendering has {size:,} bytes, and at most {MOST_RENDERING_BYTES:,} are shown"
        return Exhibit(number=number, reason=reason)
    if reason := find_damage(rendering):
        return Exhibit(number=number, reason=reason)
    # a sample that was cut and is no text is a sequence, such as a sound
    note = "" if whole_length is None else f"the first {len(samples.data[index]):,} of {whole_length:,} steps"
    return Exhibit(number=number, rendering=rendering, note=note)


def _make_text_exhibit(number: int, rendering: Rendering, whole_length: int | None) -> Exhibit:
    """Return the exhibit of a text: its beginning if it is long.

    whole_length  the length of the text if a run kept only the beginning, which `rendering` has; else None
    """
    if not rendering.content:
        return Exhibit(number=number, rendering=rendering, note="an empty text")
    if reason := find_damage(rendering):
        return Exhibit(number=number, reason=reason)
    text = rendering.content.decode("utf-8")
    # `whole_length` is larger if `text` itself is only a beginning
    beginning, total = text[:MOST_TEXT], max(len(text), whole_length or 0)
    note = f"the first {len(beginning):,} of {total:,} characters" if len(beginning) < total else ""
    return Exhibit(number=number, rendering=replace(rendering, content=beginning.encode("utf-8")), note=note)


def _make_row_exhibit(number: int, samples: Samples, index: int) -> Exhibit:
    """Return the exhibit of the row at `index` of a frame: at most 20 cells of at most 40 characters.

    number  the position of the sample where it comes from
    """
    from pandas.api.types import is_bool_dtype, is_datetime64_any_dtype, is_numeric_dtype

    row = samples.data.iloc[index : index + 1, :MOST_COLUMNS]
    (values,) = row.itertuples(index=False, name=None)
    total = samples.data.shape[1]
    return Exhibit(
        number=number,
        note=f"the first {MOST_COLUMNS} of {total:,} columns" if total > MOST_COLUMNS else "",
        # pandas calls booleans numeric, too
        columns=tuple(
            FrameColumn(_cut_cell(str(name)), is_numeric_dtype(dtype) and not is_bool_dtype(dtype))
            for name, dtype in row.dtypes.items()
        ),
        cells=tuple(
            None if value is None else _cut_cell(_format_cell(value, is_date=is_datetime64_any_dtype(dtype)))
            for value, dtype in zip(plain_row(values), row.dtypes, strict=True)
        ),
    )


def _format_cell(value: Any, *, is_date: bool) -> str:
    """Return a value as text: a float with 6 digits, and a date without a time of 00:00:00."""
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return text.removesuffix("T00:00:00") if is_date else text


def _cut_cell(text: str) -> str:
    """Return the text of a cell, cut to 40 characters."""
    return text if len(text) <= MOST_CELL else f"{text[: MOST_CELL - 1]}…"


def _compress_picture(exhibit: Exhibit, most_exact: int) -> Exhibit:
    """Return the exhibit of a picture with its number of pixels; a large one as JPEG if that has fewer bytes.

    Other exhibits stay as they are. A picture that cannot be read is replaced by the reason.

    most_exact  pixels up to which a picture stays as it is, since JPEG changes values
    """
    from PIL import Image

    rendering = exhibit.rendering
    if rendering is None or rendering.media_type not in _RASTERS:
        return exhibit
    try:
        with Image.open(io.BytesIO(rendering.content)) as picture:
            pixels = picture.width * picture.height
            # JPEG has no transparency and one frame
            is_still = picture.mode in ("L", "RGB") and not getattr(picture, "is_animated", False)
            # a huge picture stays as it is, too, since its pixels could take all memory
            is_encoded = is_still and most_exact < pixels <= _MOST_PIXELS
            content = _encode_jpeg(picture) if is_encoded else rendering.content
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        return Exhibit(number=exhibit.number, reason=f"{rendering.media_type} that cannot be read: {error}")
    if len(content) < len(rendering.content):
        rendering = replace(rendering, media_type="image/jpeg", content=content)
    return replace(exhibit, rendering=rendering, pixels=pixels)


def _encode_jpeg(picture: Any) -> bytes:
    """Return a picture as the bytes of a JPEG file, with colours at full resolution."""
    file = io.BytesIO()
    picture.save(file, "jpeg", quality=QUALITY, subsampling=0)
    return file.getvalue()
