"""Texts without characters that a reader cannot see."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["fold_text"]

# Characters that no font draws, beside those of the categories Cc and Cf: Unicode's DerivedCoreProperties.txt
# lists them as Default_Ignorable_Code_Point; U+2800 is a braille pattern without dots.
_UNDRAWN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u2800\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff]"
)


def fold_text(text: str) -> str:
    """Return a text without what a reader cannot see: widths, undrawn characters, and kinds of white space.

    It is in the normal form NFKC of Unicode Standard Annex 15, with one blank between words, and without
    characters of the categories Cc and Cf, such as U+200B and U+00AD. Case stays.
    """
    words = " ".join(text.split())
    if words.isascii() and words.isprintable():  # so that most texts take a third of the time
        return words
    if not words.isprintable():
        drawn = (c for c in words if unicodedata.category(c) not in ("Cc", "Cf"))
        words = " ".join("".join(drawn).split())
    folded = unicodedata.normalize("NFKC", _UNDRAWN.sub("", words))
    return words if folded == words else " ".join(folded.split())
