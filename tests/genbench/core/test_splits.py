from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_digits

from genbench import Data, DataError, Samples
from genbench.core.samples import content_hash
from genbench.core.splits import check_groups, cut_by_hash, split

THIRDS = {"train": 1 / 3, "test": 1 / 3, "held_out": 1 / 3}


def words(items, labels=None):
    return Samples.of("text", items, labels)


def numbered(n, classes=1):
    return words([f"item {i}" for i in range(n)], [i % classes for i in range(n)])


def test_the_digits_split_into_thirds_of_599():
    digits = load_digits()
    images = digits.images.astype(np.uint8)[..., None]
    parts = split(Data(Samples.of("image", images, digits.target)), THIRDS)
    assert {name: len(part) for name, part in parts.items()} == {"train": 599, "test": 599, "held_out": 599}


def test_few_samples_are_as_close_to_unequal_shares_as_whole_ones_can_be():
    parts = split(Data(numbered(3)), {"train": 2, "test": 1, "held_out": 1})
    assert {name: len(part) for name, part in parts.items()} == {"train": 1, "test": 1, "held_out": 1}


@given(st.lists(st.text(max_size=3), min_size=1, max_size=40), st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_the_order_of_the_samples_changes_no_split(items, random):
    labelled = [(item, len(item) % 2) for item in items]
    shuffled = random.sample(labelled, len(labelled))
    first, second = (
        split(Data(words([item for item, _ in order], [label for _, label in order])), THIRDS)
        for order in (labelled, shuffled)
    )
    assert {name: content_hash(part) for name, part in first.items()} == {
        name: content_hash(part) for name, part in second.items()
    }


def test_equal_samples_with_different_labels_are_ordered_by_label():
    first, second = (
        split(Data(words(["same"] * 3, labels)), THIRDS)["train"].labels for labels in ([2, 0, 1], [1, 2, 0])
    )
    assert first.tolist() == second.tolist() == [0, 1, 2]


@given(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=60))
@settings(max_examples=60)
def test_exact_duplicates_never_fall_on_two_sides_and_nothing_is_lost(items):
    parts = split(Data(words(items)), THIRDS)
    sides = [set(part.data) for part in parts.values()]
    assert sum(map(len, sides)) == len(set(items))
    assert sorted(item for part in parts.values() for item in part.data) == sorted(items)


def test_every_label_is_shared_out_alike():
    parts = split(Data(numbered(300, classes=3)), THIRDS)
    for part in parts.values():
        counts = np.bincount(part.labels)
        assert counts.max() - counts.min() <= 1


def test_shares_need_not_sum_to_one():
    parts = split(Data(numbered(100)), {"train": 8, "test": 2})
    assert {name: len(part) for name, part in parts.items()} == {"train": 80, "test": 20}


def test_a_new_sample_changes_each_size_by_one_at_most():
    before = split(Data(numbered(90)), THIRDS)
    after = split(Data(numbered(91)), THIRDS)
    assert sum(map(len, after.values())) == 91
    assert max(abs(len(after[name]) - len(before[name])) for name in THIRDS) <= 1


def test_official_splits_stay_as_they_are():
    data = Data(numbered(5), splits={"test": np.array([4, 0]), "train": np.array([1, 2])})
    parts = split(data, THIRDS)
    assert {name: part.data for name, part in parts.items()} == {
        "train": ("item 1", "item 2"),
        "test": ("item 4", "item 0"),
    }


def test_labels_beside_the_samples_are_taken_along():
    parts = split(Data(words(["a", "b", "c"]), labels=[5, 6, 7]), {"train": 1})
    assert dict(zip(parts["train"].data, parts["train"].labels.tolist(), strict=True)) == {
        "a": 5,
        "b": 6,
        "c": 7,
    }


def test_an_official_split_of_unknown_name_is_refused():
    with pytest.raises(DataError, match=r"split 'dev'; expected train, test, held_out"):
        split(Data(numbered(2), splits={"dev": np.array([0])}), THIRDS)


@pytest.mark.parametrize("index", [[-1], [5], [0.5]])
def test_an_official_split_holds_indices_of_samples(index):
    assert len(split(Data(numbered(5), splits={"test": np.array([0, 4])}), THIRDS)["test"]) == 2
    with pytest.raises(DataError, match="must hold indices from 0 to 4"):
        split(Data(numbered(5), splits={"test": np.array(index)}), THIRDS)


def test_a_dataset_without_samples_is_refused():
    with pytest.raises(DataError, match="no samples"):
        split(Data(words([])), THIRDS)


def test_a_cut_is_a_part_of_every_longer_cut_and_keeps_the_order():
    samples = numbered(50)
    short, long = cut_by_hash(samples, 10).data, cut_by_hash(samples, 20).data
    assert set(short) < set(long)
    assert list(short) == [item for item in samples.data if item in short]


def test_a_cut_takes_the_samples_whose_salted_hash_comes_first():
    """Computed by hand: the least of SHA-256("genbench-cut" + SHA-256(item)) are those of 2, 5, 7 and 8."""
    assert cut_by_hash(numbered(10), 4).data == ("item 2", "item 5", "item 7", "item 8")


def test_a_cut_takes_equal_samples_as_a_draw_would():
    """200 of 2,000 with 10 values of 200 copies: a draw takes 20 of each, with a deviation of 4."""
    counts = Counter(cut_by_hash(words([f"item {i % 10}" for i in range(2000)]), 200).data)
    assert len(counts) == 10
    assert 5 < min(counts.values()) <= max(counts.values()) < 35


def test_a_cut_of_equal_samples_follows_their_labels_and_not_their_order():
    items, labels = ["a", "b", "c"] * 40, np.arange(120) % 7
    samples = words(items, labels)
    order = np.random.default_rng(0).permutation(120)
    first, second = (cut_by_hash(each, 30) for each in (samples, samples.take(order)))
    assert Counter(zip(first.data, first.labels, strict=True)) == Counter(
        zip(second.data, second.labels, strict=True)
    )


def test_a_cut_does_not_follow_the_order_that_splits_are_made_by():
    samples = split(Data(numbered(50)), {"train": 1})["train"]
    assert cut_by_hash(samples, 10).data != samples.data[:10]


def test_a_cut_to_the_full_length_is_the_same_samples():
    samples = numbered(5)
    assert cut_by_hash(samples, 5) is samples


def sides(parts):
    return {item: name for name, part in parts.items() for item in part.data}


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 6)), min_size=1, max_size=40))
@settings(max_examples=60)
def test_samples_of_one_group_are_never_on_two_sides(pairs):
    items, groups = zip(*pairs, strict=True)
    side = sides(split(Data(words(items), groups=groups), THIRDS))
    for group in set(groups):
        assert len({side[item] for item, of in pairs if of == group}) == 1


def test_a_sample_of_two_groups_joins_them():
    items, groups = ["a", "b", "b", "c", "d", "e"], ["p", "p", "q", "q", "r", "s"]
    side = sides(split(Data(words(items), groups=groups), THIRDS))
    assert side["a"] == side["b"] == side["c"]
    assert len(set(side.values())) == 3


@given(st.lists(st.tuples(st.text(max_size=2), st.integers(0, 6)), min_size=1, max_size=40), st.randoms())
@settings(max_examples=60)
def test_the_order_of_samples_and_the_names_of_groups_change_no_split(pairs, random):
    shuffled = [(item, f"group {group}") for item, group in random.sample(pairs, len(pairs))]
    first, second = (
        split(Data(words([item for item, _ in order]), groups=[group for _, group in order]), THIRDS)
        for order in (pairs, shuffled)
    )
    assert {name: part.data for name, part in first.items()} == {
        name: part.data for name, part in second.items()
    }


def checked(items, groups):
    data = Data(words(items), groups=groups)
    check_groups(data, THIRDS, split(data, THIRDS))


def test_equal_samples_that_join_most_groups_are_refused_with_their_numbers():
    items = [f"{number % 2}" for number in range(27)] + ["x", "y", "z"]
    with pytest.raises(
        DataError,
        match=r"the split 'train' would have 3 of 30 samples: 27 of 9 groups belong together, as they share "
        r"samples; expected smaller sets: take samples out, add a value that tells them apart, or leave the "
        r"groups out$",
    ):
        checked(items, [number // 3 for number in range(30)])


def test_a_group_of_most_samples_is_refused_and_smaller_sets_are_not():
    items = [f"{number}" for number in range(30)]
    with pytest.raises(DataError, match=r"would have 2 of 30 samples: 26 are of one group; expected smaller"):
        checked(items, ["big"] * 26 + ["a", "b", "c", "d"])
    checked(items, ["large"] * 20 + list("abcdefghij"))  # 20, 5 and 5: half of the share of a third
    checked(items, None)
    checked(["a", "b"], [0, 1])  # too few samples for three splits, which is not the fault of groups


def test_a_function_that_returns_groups_is_called_where_data_are_split():
    items, groups = list("abcdef"), [0, 0, 1, 1, 2, 2]
    lazy = Data(words(items), groups=lambda: groups)
    assert sides(split(lazy, THIRDS)) == sides(split(Data(words(items), groups=groups), THIRDS))
    assert lazy.grouped().groups == groups
    checked(items, lambda: groups)
    with pytest.raises(DataError, match=r"has 6 samples and 2 groups"):
        split(Data(words(items), groups=lambda: [0, 1]), THIRDS)


def test_groups_without_a_sample_each_and_groups_beside_official_splits_are_refused():
    with pytest.raises(DataError, match=r"has 3 samples and 2 groups"):
        split(Data(words(["a", "b", "c"]), groups=[0, 1]), THIRDS)
    official = {"train": np.array([0]), "test": np.array([1])}
    with pytest.raises(DataError, match=r"official splits and groups; expected one of them"):
        split(Data(words(["a", "b"]), groups=[0, 1], splits=official), THIRDS)
