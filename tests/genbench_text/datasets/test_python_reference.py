"""The data set `python-reference`: what is taken for a sentence."""

from __future__ import annotations

import re
import sys

import pytest
from genbench_text.datasets.python_reference import python_reference, sentences

from genbench import DataError, Space
from genbench.core.splits import split

PAGE = """\
The "with" statement
********************

The "with" statement wraps the execution
of a *block* with methods (see section
The with statement). [1] It is short.  A zero-
argument form, e.g. "super()", exists etc. and so on.

   with_stmt ::= "with" expression

Numbers
   These represent numbers of any size.

* An item of a list is another paragraph
  that goes on here.

* **Not** bold any more, but a sentence.

1. The first item has a number.

object.__new__(cls[, ...])

   Called to create an instance of cls!  Why would anybody do that?

   Changed in version 3.8: The iteration order is now guaranteed.

   Deprecated since version 3.9, removed in version 3.11: This goes away.

**CPython implementation detail:** This is one of its details.

+------+-----------------------------------+
| A    | A table is not a sentence at all. |
+------+-----------------------------------+

   >>> print("This is code and not prose.")
   # This comment is no prose either.

This one never ends

this one begins with a small letter. The following are all lists: a, b, c:

It equals x = y + z as a whole. It equals "x = y + z" as a whole.

[1] A footnote has a mark of its own.
"""
FOUND = [
    'The "with" statement wraps the execution of a block with methods (see section The with statement).',
    'A zero-argument form, e.g. "super()", exists etc. and so on.',
    "These represent numbers of any size.",
    "An item of a list is another paragraph that goes on here.",
    "Not bold any more, but a sentence.",
    "The first item has a number.",
    "Called to create an instance of cls!",
    "Why would anybody do that?",
    "The iteration order is now guaranteed.",
    "This goes away.",
    "This is one of its details.",
    'It equals "x = y + z" as a whole.',
    "A footnote has a mark of its own.",
]


def test_prose_is_taken_and_all_else_is_left():
    assert list(sentences(PAGE)) == [text for text in FOUND if len(text) >= 20]


@pytest.mark.parametrize(
    "text",
    [
        "It has three words.",
        "It is too short.",
        "The bracket (of this sentence is never closed.",
        "The letter é is not one of ASCII, as all are.",
        "A sentence may not hold [brackets] or a = b.",
        'A sentence with half of a "quotation is no whole.',
    ],
)
def test_stumps_and_code_are_no_sentences(text):
    assert list(sentences(text)) == []


def test_the_reference_has_many_sentences_each_once_and_none_too_long():
    samples = python_reference().samples
    assert samples.space == Space("text", longest=200)
    assert len(samples) > 1500
    assert len(set(samples.data)) == len(samples)
    assert all(20 <= len(text) <= 200 for text in samples.data)
    assert all(re.fullmatch(r"[A-Z\"].*[.?!]", text) for text in samples.data)
    words = [word for text in samples.data for word in text.split()]
    assert sum(bool(re.fullmatch(r"[A-Za-z-]+[.,;:]?", word)) for word in words) > 0.85 * len(words)


def test_longer_and_shorter_limits_choose_among_the_same_sentences():
    short, usual = python_reference(longest=80).samples, python_reference().samples
    assert short.data == tuple(text for text in usual.data if len(text) <= 80)
    assert short.space.get("longest") == 80


def test_the_host_gives_half_of_it_to_train():
    from genbench_text import genbench_datasets

    spec = next(spec for spec in genbench_datasets() if spec.name == "python-reference")
    parts = split(python_reference(), spec.parts)
    sizes = {name: len(part) for name, part in parts.items()}
    assert abs(sizes["train"] - sizes["test"] - sizes["held_out"]) <= 1
    assert abs(sizes["test"] - sizes["held_out"]) <= 1


def test_a_python_without_its_topics_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "pydoc_data.topics", None)
    with pytest.raises(DataError, match=r"^python-reference reads pydoc_data\.topics, which this Python"):
        python_reference()
