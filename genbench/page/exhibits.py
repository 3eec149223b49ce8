"""Exhibits: samples as renderings for people to look at, or the reasons why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from genbench.core.errors import GenbenchError, Invalid, Undefined
from genbench.core.rendering import Rendering, damage_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from genbench.catalog.modalities import Modality
    from genbench.core.samples import Samples

__all__ = ["MOST_RENDERING_BYTES", "MOST_TEXT", "Exhibit", "exhibits_of"]

#: Bytes of one rendering; a larger one is not shown, since a page holds hundreds.
MOST_RENDERING_BYTES = 2**20
#: Characters of a text that are shown: about a printed page.
MOST_TEXT = 2000


@dataclass(frozen=True, kw_only=True)
class Exhibit:
    """One sample as it is shown.

    number     its position in the draw, or in the split
    rendering  None if it cannot be shown
    reason     why it cannot be shown, or ""
    note       what of it is shown if it is cut, that it is empty, or ""
    """

    number: int
    rendering: Rendering | None = None
    reason: str = ""
    note: str = ""


def exhibits_of(
    modality: Modality, samples: Samples, numbers: Sequence[int], cut: Mapping[int, int] | None = None
) -> tuple[Exhibit, ...]:
    """Return the exhibit of each sample; one that `render` fails on has the reason.

    numbers  the position of each sample where it comes from
    cut      the whole length of the samples that are cut, by position
    """
    try:
        admitted = modality.admit(samples)
    except (GenbenchError, Invalid) as error:
        return tuple(Exhibit(number=number, reason=str(error)) for number in numbers)
    return tuple(
        _exhibit(modality, admitted, place, number, (cut or {}).get(number))
        for place, number in enumerate(numbers)
    )


def _exhibit(modality: Modality, samples: Samples, place: int, number: int, whole: int | None) -> Exhibit:
    try:
        rendering = modality.render(samples, place)
    except (GenbenchError, Invalid, Undefined) as error:
        return Exhibit(number=number, reason=str(error))
    is_text, size = rendering.media_type == "text/plain", len(rendering.content)
    if size > MOST_RENDERING_BYTES and not is_text:
        reason = f"its rendering has {size:,} bytes, and at most {MOST_RENDERING_BYTES:,} are shown"
        return Exhibit(number=number, reason=reason)
    if is_text and not size:
        return Exhibit(number=number, rendering=rendering, note="an empty text")
    if reason := damage_of(rendering):
        return Exhibit(number=number, reason=reason)
    if is_text:
        return _text(number, rendering.content.decode("utf-8"), whole)
    note = "" if whole is None else f"the first {len(samples.data[place]):,} of {whole:,} steps"
    return Exhibit(number=number, rendering=rendering, note=note)


def _text(number: int, text: str, whole: int | None) -> Exhibit:
    """Return the exhibit of a text, cut if it is long."""
    shown, total = text[:MOST_TEXT], max(len(text), whole or 0)
    note = f"the first {len(shown):,} of {total:,} characters" if len(shown) < total else ""
    return Exhibit(number=number, rendering=Rendering("text/plain", shown.encode("utf-8")), note=note)
