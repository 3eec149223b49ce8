from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
import pytest

from genbench import Data, Invalid, Samples, Space
from genbench.core.samples import check, concat, content_hash, digests, not_finite

IMAGES = np.arange(3 * 2 * 2, dtype=np.uint8).reshape(3, 2, 2, 1)
SPACE = Space(kind="image", shape=(2, 2, 1), low=0, high=255)


def images(labels=None):
    return Samples.of("image", IMAGES, labels)


def table():
    return Samples.of("table", pd.DataFrame({"a": [1.0, float("nan"), 3.0], "b": ["x", "y", None]}))


def test_the_space_is_read_off_the_data():
    assert images().space == SPACE
    assert Samples.of("audio", np.zeros((2, 5), np.float32), rate=8000).space == Space(
        kind="audio", shape=(5,), rate=8000
    )
    assert Samples.of("text", ["a", "b"]).data == ("a", "b")
    assert table().space.columns[0] == ("a", "float64")


def test_data_whose_axes_do_not_fit_the_kind_are_refused():
    with pytest.raises(ValueError, match="does not fit"):
        Samples.of("image", np.zeros((3, 8, 8), np.uint8))


@pytest.mark.parametrize("index", [np.array([2, 0]), slice(None, None, -2)], ids=["array", "slice"])
@pytest.mark.parametrize("kind", ["image", "text", "table"])
def test_taking_follows_the_index_and_keeps_labels(kind, index):
    data = {"image": IMAGES, "text": ("p", "q", "r"), "table": pd.DataFrame({"a": [1, 2, 3]})}[kind]
    taken = Samples.of(kind, data, [7, 8, 9]).take(index)
    assert len(taken) == 2
    assert taken.labels.tolist() == [9, 7]
    expected = {"image": IMAGES[[2, 0]].tolist(), "text": ["r", "p"], "table": [[3], [1]]}[kind]
    plain = taken.data.to_numpy() if kind == "table" else taken.data
    assert (plain.tolist() if hasattr(plain, "tolist") else list(plain)) == expected


def test_taking_from_a_table_numbers_its_rows_afresh():
    assert table().take(np.array([2, 1])).data.index.tolist() == [0, 1]


@pytest.mark.parametrize("make", [images, table, lambda: Samples.of("text", ["a", "b"])])
def test_parts_of_samples_join_to_the_same_samples(make):
    whole = make()
    parts = [whole.take(slice(0, 1)), whole.take(slice(1, None))]
    assert content_hash(concat(parts)) == content_hash(whole)


def test_labels_are_joined_only_if_every_part_has_them():
    assert concat([images([1, 2, 3]), images([4, 5, 6])]).labels.tolist() == [1, 2, 3, 4, 5, 6]
    assert concat([images([1, 2, 3]), images()]).labels is None


def test_labels_beside_the_samples_become_theirs():
    assert Data(images(), labels=[3, 2, 1]).labelled().labels.tolist() == [3, 2, 1]
    assert Data(images([1, 1, 1])).labelled().labels.tolist() == [1, 1, 1]


def test_a_digest_is_the_sha256_of_the_items_bytes():
    assert digests(images())[0] == hashlib.sha256(bytes([0, 1, 2, 3])).digest()
    assert digests(Samples.of("text", ["é"]))[0] == hashlib.sha256("é".encode()).digest()


def test_labels_have_no_part_in_a_digest_but_in_the_content_hash():
    assert digests(images([1, 2, 3])) == digests(images())
    assert (
        len({content_hash(images()), content_hash(images([1, 2, 3])), content_hash(images([1, 2, 4]))}) == 3
    )


def test_the_content_hash_does_not_depend_on_memory_layout_or_byte_order():
    numbers = np.arange(6, dtype=np.float64).reshape(3, 2)
    hashes = {
        content_hash(Samples.of("vector", data))
        for data in (numbers, np.asfortranarray(numbers), numbers.astype(">f8"))
    }
    assert len(hashes) == 1


def test_the_content_hash_depends_on_space_order_and_items():
    flat = Samples.of("vector", np.zeros((2, 2)))
    assert (
        len({content_hash(images()), content_hash(images().take(np.array([1, 0, 2]))), content_hash(flat)})
        == 3
    )


def test_a_missing_cell_of_a_table_has_one_digest():
    with_none = Samples.of("table", pd.DataFrame({"a": pd.Series([None], dtype=object)}))
    with_nan = Samples.of("table", pd.DataFrame({"a": pd.Series([float("nan")], dtype=object)}))
    assert digests(with_none) == digests(with_nan)


def test_valid_samples_pass():
    check(images([0, 1, 2]), SPACE, 3)
    check(Samples.of("text", ["a"]), Space(kind="text", longest=1), 1)
    check(table(), table().space, 3)


def wrong(data, kind="image", labels=None, space=SPACE):
    return Samples(data, Space(kind=kind, shape=SPACE.shape) if kind == "image" else space, labels)


VECTORS = Space(kind="vector", shape=(2,))


@pytest.mark.parametrize(
    ("samples", "space", "n", "message"),
    [
        (IMAGES, SPACE, 3, "expected a genbench.Samples, got ndarray"),
        (Samples.of("text", ["a"]), SPACE, 1, "expected image samples, got text samples"),
        (images(), SPACE, 4, "asked for 4 samples, got 3"),
        (
            wrong(IMAGES.astype(np.float32)),
            SPACE,
            3,
            r"expected uint8 .* got float32; convert images in \[0, 1\]",
        ),
        (wrong(IMAGES[:, :1]), SPACE, 3, r"expected samples of shape \(3, 2, 2, 1\), got \(3, 1, 2, 1\)"),
        (wrong([1, 2, 3]), SPACE, 3, "expected a numpy array, got list"),
        (
            images(),
            Space(kind="image", shape=(2, 2, 1), low=0, high=9),
            3,
            r"values in \[0, 9\], got .* \[0, 11\]",
        ),
        (images([1, 2]), SPACE, 3, r"expected labels of shape \(3,\), got \(2,\)"),
        (
            Samples(np.array([[0.0, 1], [np.nan, np.inf]]), VECTORS),
            VECTORS,
            2,
            "2 values are not finite, the first in sample 1",
        ),
        (Samples(["a"], Space(kind="text")), Space(kind="text"), 1, "expected a tuple of str, got list"),
        (Samples(("a", 1), Space(kind="text")), Space(kind="text"), 2, "expected str, got int in sample 1"),
        (
            Samples.of("text", ["abc"]),
            Space(kind="text", longest=2),
            1,
            "sample 0 has 3 characters; the space allows 2",
        ),
        (Samples.of("text", ["\ud800"]), Space(kind="text"), 1, "sample 0 cannot be written as UTF-8"),
        (table(), Space(kind="table", columns=(("a", "int64"),)), 3, "expected the columns"),
        (Samples([1], table().space), table().space, 1, "expected a pandas frame, got list"),
        (
            Samples.of("table", pd.DataFrame({"a": [np.inf]})),
            Space(kind="table", columns=(("a", "float64"),)),
            1,
            "column 'a' holds infinity",
        ),
    ],
)
def test_what_breaks_the_space_is_invalid_and_says_what_was_expected(samples, space, n, message):
    with pytest.raises(Invalid, match=message):
        check(samples, space, n)


def test_values_that_are_not_finite_are_counted_over_all_blocks(monkeypatch):
    array = np.zeros((10, 3))
    array[4, 1], array[9, 0], array[9, 2] = np.nan, np.inf, -np.inf
    for block in (1, 7, 1000):
        monkeypatch.setattr("genbench.core.samples._BLOCK", block)
        assert not_finite(array) == (3, 4)
    assert not_finite(np.zeros((0, 3))) == (0, -1)
