from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
import pytest
import torch

from genbench import Data, Invalid, Ragged, Samples, Space
from genbench.core.samples import concat, content_hash, digests, guard

IMAGES = np.arange(3 * 2 * 2, dtype=np.uint8).reshape(3, 2, 2, 1)
SPACE = Space("image", (2, 2, 1), low=0, high=255)


def images(labels=None):
    return Samples.of("image", IMAGES, labels)


def clouds():
    return Samples.of("points", [np.full((n, 3), n, np.float32) for n in (2, 0, 4)])


def table():
    return Samples.of("table", pd.DataFrame({"a": [1.0, float("nan"), 3.0], "b": ["x", "y", None]}))


def test_the_space_is_read_off_the_data():
    assert images().space == SPACE
    assert Samples.of("audio", np.zeros((2, 5), np.float32), rate=8000).space == Space(
        "audio", (5,), rate=8000
    )
    assert Samples.of("text", ["a", "b"]).data == ("a", "b")
    assert table().space.get("columns")[0] == ("a", "float64")
    assert clouds().space == Space("points", (3,))


@pytest.mark.parametrize("data", [5, "text", {"a": 1}])
def test_data_in_no_container_are_refused(data):
    with pytest.raises(Invalid, match=r"expected one of a numpy array, a genbench\.Ragged, a tuple of str"):
        Samples.of("image", data)


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


@pytest.mark.parametrize("make", [images, clouds, table, lambda: Samples.of("text", ["a", "b"])])
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


def test_data_without_samples_are_refused_with_what_to_write():
    clips = [np.zeros((2, 4, 4, 1), np.uint8), np.zeros((3, 4, 4, 1), np.uint8)]
    for labels in (None, [0, 1]):
        with pytest.raises(Invalid, match=r"expected genbench.Samples in Data, got list; .* Samples.of\("):
            Data(clips, labels=labels).labelled()


def test_a_digest_is_the_sha256_of_the_items_bytes():
    assert digests(images())[0] == hashlib.sha256(bytes([0, 1, 2, 3])).digest()
    assert digests(Samples.of("text", ["é"]))[0] == hashlib.sha256("é".encode()).digest()
    ragged = Samples.of("audio", Ragged.of([np.array([[1.0], [2.0]], np.float32)]))
    assert digests(ragged)[0] == hashlib.sha256(np.array([1.0, 2.0], "<f4").tobytes()).digest()


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


@pytest.mark.filterwarnings("ignore:The given NumPy array is not writable")
def test_arrays_and_labels_cannot_be_changed_by_a_component_not_even_through_torch():
    own = Samples.of("vector", np.zeros((3, 2)), [0, 1, 2])
    given = guard(own)
    for array in (given.data, given.labels):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
        torch.from_numpy(array).add_(1)  # which ignores the flag
    assert (own.data.tolist(), own.labels.tolist()) == ([[0, 0]] * 3, [0, 1, 2])
    own.data[0] = 1.0  # its owner still can


def test_ragged_arrays_cannot_be_written():
    given = guard(clouds()).data
    for array in (given.values, given.offsets, given[0]):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    own = clouds()
    assert not np.shares_memory(guard(own).data.values, own.data.values)


def test_a_table_is_a_copy_whatever_is_done_to_it():
    own = Samples.of("table", pd.DataFrame({"x": [1.0, 2.0], "y": ["a", "b"]}))
    frame = guard(own).data
    frame.loc[0, "x"] = 9.0
    frame["z"] = 1
    frame.columns = ["p", "q", "r"]
    assert own.data.to_dict("list") == {"x": [1.0, 2.0], "y": ["a", "b"]}


def test_texts_are_what_they_were():
    own = Samples.of("text", ("a", "b"))
    assert guard(own).data is own.data
