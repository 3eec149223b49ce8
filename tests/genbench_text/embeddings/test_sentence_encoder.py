"""Sentence embeddings: means over word pieces, in batches of texts of one length."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from genbench_text.embeddings.sentence_encoder import SentenceEncoder, load_encoder

from genbench import DataError, Samples


class Table:
    """An encoder that gives each piece its row of a table; `batches` has the shapes that it was asked for."""

    def __init__(self, table):
        self.state = {"embeddings.word_embeddings.weight": torch.tensor(table, dtype=torch.float32)}
        self.batches = []

    def __call__(self, ids):
        self.batches.append(tuple(ids.shape))
        return self.state["embeddings.word_embeddings.weight"][ids]


class Letters:
    """A tokenizer whose pieces are a first one, number 0, and the letters a, b and c."""

    def encode(self, text):
        return SimpleNamespace(ids=[0, *("_abc".index(letter) for letter in text)])


def encoded(*texts, table=((3, 0), (0, 4), (1, -2), (-3, 0)), told=print):
    encoder = Table(table)
    features = SentenceEncoder(encoder, Letters(), "cpu", told)(Samples.of("text", texts))["features"]
    return features, encoder.batches


def test_features_are_the_mean_of_all_pieces_at_length_one():
    features, _ = encoded("", "a", "ab")
    assert features.dtype == np.float32
    expected = np.array([[3, 0], [3, 4], [4, 2]]) / [[3], [5], [20**0.5]]
    np.testing.assert_allclose(features, expected, rtol=1e-6)


def test_a_text_whose_pieces_cancel_is_zero_and_no_texts_have_no_rows():
    assert encoded("c")[0].tolist() == [[0, 0]]
    assert encoded()[0].shape == (0, 2)


def test_batches_hold_texts_of_one_length_and_each_row_stays_at_its_place():
    texts = ["ab", *["a"] * 70, "ba", "", "bb"]
    features, batches = encoded(*texts)
    assert batches == [(1, 1), (64, 2), (6, 2), (3, 3)]
    for text, row in zip(texts, features, strict=True):
        np.testing.assert_array_equal(row, encoded(text)[0][0])


def test_all_texts_are_counted_as_they_are_done():
    told = []
    encoded("ab", *["a"] * 70, told=lambda *step: told.append(step))
    assert told == [(64, 71), (70, 71), (71, 71)]


@pytest.mark.extras("tokenizers")
@pytest.mark.parametrize(
    "files", [{}, {"config.json": b"{"}, {"config.json": b"{}", "model.safetensors": b"broken"}], ids=len
)
def test_a_damaged_network_is_named(files, tmp_path):
    (tmp_path / "model").mkdir()
    for name, content in files.items():
        (tmp_path / "model" / name).write_bytes(content)
    reason = rf"^the network in {tmp_path.name} cannot be read: .*; reinstall it$"
    with pytest.raises(DataError, match=reason):
        load_encoder(tmp_path / "model", pieces=8, device="cpu", log=print)
