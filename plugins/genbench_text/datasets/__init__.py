"""Data sets of texts."""

from __future__ import annotations

from functools import partial

from genbench import DatasetSpec

__all__ = ["SPECS"]

_DATASET = partial(DatasetSpec, modalities=("text",))
_SENTENCES = partial(DatasetSpec, modalities=("text",), parts={"train": 2, "test": 1, "held_out": 1})

SPECS = (
    _DATASET(
        name="grammar-world",
        make="genbench_text.datasets.grammar_world:grammar_world",
        summary="sentences of a small English whose exact law is known",
        known_failures={
            "disjoint-splits": "its splits are independent draws from one law, and some sentences are short"
        },
    ),
    _SENTENCES(
        name="moby-dick",
        make="genbench_text.datasets.moby_dick:moby_dick",
        summary="5,163 English sentences of the novel Moby-Dick, the same on every machine",
        source="Herman Melville, Moby-Dick; or, The Whale, 1851, in the public domain",
    ),
    _SENTENCES(
        name="python-reference",
        make="genbench_text.datasets.python_reference:python_reference",
        summary="some 2,000 English sentences of the language reference that comes with Python",
        source="The Python Language Reference, Python Software Foundation",
    ),
    _DATASET(
        name="text-file",
        make="genbench_text.datasets.text_file:text_file",
        summary="a file of texts: .txt by line or paragraph, JSON Lines, or a column of a .csv",
        reads=(".csv", ".jsonl", ".ndjson", ".txt"),
        recognizes="genbench_text.datasets.text_file:recognizes_texts",
    ),
)
