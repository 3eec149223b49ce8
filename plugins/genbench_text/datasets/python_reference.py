"""Dataset `python-reference`: sentences of the language reference that CPython ships."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from annotated_types import Ge

from genbench import Data, DataError, Samples, Space

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["SHORTEST", "python_reference", "sentences"]

SHORTEST = 20  # characters; shorter ones are headings and fragments
_FEWEST_WORDS = 4  # shorter ones are titles and remnants

_ITEM = re.compile(r"(?:[*\u2022-]|\d+\.|\[\d+\]) +")  # the beginning of a list item, or of a footnote
_BROKEN_WORD = re.compile(r"(?<=\w)- (?=[a-z])")  # at a hyphen, where a line ended
_EMPHASIS = re.compile(r"(\*{1,2})(\w[^*]*[\w:]|\w)\1")
_FOOTNOTE = re.compile(r" \[\d+\]")
#: Words that directives leave at the beginning of a paragraph.
_DIRECTIVE = re.compile(
    r"(?:(?:Added|Changed|Deprecated|New|Removed)[a-z ,]* version [\d., a-z]*[:.]"
    r"|(?:CPython implementation detail|Note|See also|Tip|Warning):) *"
)
#: The gap between two sentences.
_GAP = re.compile(r"(?:(?<=[.?!])(?<!e\.g\.)(?<!i\.e\.)(?<!etc\.)|(?<=[.?!]\))) (?=[A-Z\"(\u201c])")
#: Words, and short code in double quotes, from a capital or a quote to a full stop.
_PROSE = re.compile(
    r"(?=[A-Z\"])(?:[A-Za-z0-9 ,;:.'\u2019\u201c\u201d()/\u2013\u2014-]|\"[^\"]{1,40}\")*[.?!]"
)


def python_reference(*, longest: Annotated[int, Ge(SHORTEST)] = 200) -> Data:
    """Return the distinct sentences of the running Python's language reference.

    longest  the maximum length of a sentence in characters; longer ones are omitted

    They come from `pydoc_data.topics`, which `help()` uses, by the rule of `sentences`, topics in
    alphabetical order. Versions of Python differ; the data's hash in signatures distinguishes them.
    Raises DataError if this Python has no topics.
    Source: The Python Language Reference, Python Software Foundation, PSF licence.
    """
    try:
        from pydoc_data.topics import topics
    except ImportError as error:
        raise DataError(
            "python-reference reads pydoc_data.topics, which this Python lacks; install its complete "
            "standard library"
        ) from error
    found = dict.fromkeys(sentence for _, text in sorted(topics.items()) for sentence in sentences(text))
    chosen = tuple(sentence for sentence in found if len(sentence) <= longest)
    return Data(Samples(chosen, Space("text", longest=longest)))


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of ordinary prose in a text as Sphinx's text builder writes it.

    A paragraph is a sequence of lines with one indentation and without blank lines; a list item begins a new
    one. Markup of emphasis, items, footnotes and directives is removed. A sentence begins with a capital
    or a quote, ends with . ? or !, has at least four words and 20 characters, and contains only
    words, punctuation, and code of up to 40 characters in double quotes. Everything else is dropped:
    headings, grammars, tables, code and fragments.
    """
    for paragraph in _paragraphs(text):
        for sentence in _GAP.split(_plain(paragraph)):
            if (
                len(sentence) >= SHORTEST
                and len(sentence.split()) >= _FEWEST_WORDS
                and sentence.count("(") == sentence.count(")")
                and _PROSE.fullmatch(sentence)
            ):
                yield sentence


def _paragraphs(text: str) -> list[str]:
    """Return the paragraphs, each as one line."""
    found: list[list[str]] = []
    indent: int | None = None
    for line in text.split("\n"):
        words = line.lstrip(" ")
        if not words:
            indent = None
            continue
        item = _ITEM.match(words)
        mark = item.end() if item else 0
        if item or indent != len(line) - len(words):
            found.append([])
        found[-1].append(words[mark:])
        indent = len(line) - len(words) + mark
    return [" ".join(lines) for lines in found]


def _plain(paragraph: str) -> str:
    """Return a paragraph without markup, and with single spaces."""
    text = _BROKEN_WORD.sub("-", " ".join(paragraph.split()))
    text = _FOOTNOTE.sub("", _EMPHASIS.sub(r"\2", text))
    directive = _DIRECTIVE.match(text)
    return text[directive.end() :] if directive else text
