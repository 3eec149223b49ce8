"""The data set `moby-dick`: the same text for everybody, and what counts as a sentence of it."""

# ruff: noqa: RUF001 - the novel has curved quotes

from __future__ import annotations

import gzip
import hashlib
import re
from pathlib import Path

import pytest
from genbench_text import genbench_datasets
from genbench_text.datasets import moby_dick
from genbench_text.datasets.moby_dick import SHA256, novel, sentences

from genbench import DataError, Space
from genbench.core.splits import split

PAGE = """\
CHAPTER 1. A Heading That Has Many Words.

Call me Ishmael, if you please. I paid
Mr. Coffin and J. Coffin for the bed of St. Elmo’s—
it was soft.* “Is it so, sir?” said I. “It is so.” He left, (and
I stayed behind).

     *A verse stands on its own lines,
     Or a note, and it is dropped.

“This one opens a quote that goes on. This one closes that quote, too.” Why
would it not? ‘I’ll sail with ye,’—he says, at last.

It ends with a dash and no other mark—

It has three. This one [brackets] it. Costs are 5 & 6 dollars a day.
Sail ho! there she blows! (This bracket is not closed.
"""
FOUND = [
    "Call me Ishmael, if you please.",
    "I paid Mr. Coffin and J. Coffin for the bed of St. Elmo’s—it was soft.",
    "‘I’ll sail with ye,’—he says, at last.",
    "“Is it so, sir?” said I.",
    "He left, (and I stayed behind).",
    "Sail ho! there she blows!",
]


def _spec():
    return next(spec for spec in genbench_datasets() if spec.name == "moby-dick")


def test_the_text_has_the_hash_that_the_licence_names():
    content = novel().encode("utf-8")
    assert hashlib.sha256(content).hexdigest() == SHA256
    assert len(novel()) == 1_190_317
    licence = Path(moby_dick.__file__).with_name("moby_dick.LICENSE.txt")
    assert f"SHA-256 {SHA256}" in licence.read_text(encoding="utf-8")


def test_the_sentences_are_the_same_on_every_python():
    samples = moby_dick.moby_dick().samples
    assert len(samples) == 5163
    digest = hashlib.sha256("\n".join(samples.data).encode("utf-8")).hexdigest()
    assert digest == "b03c4075694fbb6c1608f82d19d91d87bf7c245c68d18ed982267c98322a5590"
    assert samples.data[:2] == (
        "It is a way I have of driving off the spleen and regulating the circulation.",
        "This is my substitute for pistol and ball.",
    )


def test_the_host_gives_half_of_it_to_train():
    parts = split(moby_dick.moby_dick(), _spec().parts)
    assert {name: len(part) for name, part in parts.items()} == {
        "train": 2581,
        "test": 1291,
        "held_out": 1291,
    }


def test_prose_is_taken_and_all_else_is_left():
    assert sorted(sentences(PAGE)) == sorted(FOUND)


def test_every_sentence_is_whole_and_none_is_too_long():
    samples = moby_dick.moby_dick().samples
    assert samples.space == Space("text", longest=200)
    assert len(set(samples.data)) == len(samples)
    assert all(20 <= len(text) <= 200 for text in samples.data)
    assert all(re.fullmatch(r"[A-Z‘“].*[.?!][’”)]{0,2}", text) for text in samples.data)
    assert not [text for text in samples.data if re.search(r"\b(?:Mr|Mrs|Dr|Mt|St|Rev)\.$", text)]


def test_longer_and_shorter_limits_choose_among_the_same_sentences():
    short, usual = moby_dick.moby_dick(longest=80).samples, moby_dick.moby_dick().samples
    assert short.data == tuple(text for text in usual.data if len(text) <= 80)
    assert short.space.get("longest") == 80


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (gzip.compress(b"Call me Ahab.", mtime=0), "damaged.gz was changed"),
        (gzip.compress(b"Call me Ishmael.", mtime=0)[:-9], "cannot read damaged.gz"),
        (b"Call me Ishmael.", "cannot read damaged.gz"),
    ],
    ids=["another text", "half a file", "no archive"],
)
def test_a_damaged_file_is_refused(content, message, tmp_path, monkeypatch):
    (tmp_path / "damaged.gz").write_bytes(content)
    monkeypatch.setattr(moby_dick, "_FILE", tmp_path / "damaged.gz")
    with pytest.raises(DataError, match=f"^moby-dick: {message}.*; install genbench again$"):
        novel()
