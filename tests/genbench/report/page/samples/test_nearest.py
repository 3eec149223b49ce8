"""The nearest training sample of a generated one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from genbench import Ragged, Samples
from genbench.report.page.samples import nearest as module
from genbench.report.page.samples.nearest import Neighbour, find_neighbours, name_distance

RNG = np.random.Generator(np.random.PCG64(9))


def pairs(samples, train, cut=()):
    return [(each.number, round(each.distance, 9)) for each in find_neighbours(samples, train, cut)]


def vectors(rows):
    return Samples.of("vector", np.array(rows, dtype=np.float64))


def test_the_distance_of_arrays_is_the_root_mean_square_difference():
    train = vectors([[0, 0], [10, 10], [3, 4]])
    assert pairs(vectors([[0, 2], [10, 9]]), train) == [(0, round(2**0.5, 9)), (1, round(0.5**0.5, 9))]


def test_a_copy_has_distance_0_and_is_called_one_and_the_first_of_several_is_named():
    train = vectors([[5, 5], [1, 2], [1, 2]])
    (copy,) = find_neighbours(vectors([[1, 2]]), train)
    assert copy == Neighbour(number=1, distance=0.0, is_copy=True)
    tied = vectors([[2, 0], [0, 2], [2, 0]])
    assert find_neighbours(vectors([[0, 0]]), tied)[0].number == 0


def test_labels_decide_nothing():
    train = Samples(vectors([[1, 2]]).data, vectors([[1, 2]]).space, np.array([3]))
    assert find_neighbours(vectors([[1, 2]]), train)[0].is_copy


@pytest.mark.parametrize("block", [1, 50, 2**22])
def test_blocks_and_rounding_change_nothing(block, monkeypatch):
    train = Samples.of("image", RNG.integers(0, 256, (60, 3, 3, 2)).astype(np.uint8))
    fakes = Samples.of("image", RNG.integers(0, 256, (20, 3, 3, 2)).astype(np.uint8))
    gaps = train.data[None].astype(float) - fakes.data[:, None]
    expected = np.sqrt((gaps**2).mean(axis=(2, 3, 4)))
    monkeypatch.setattr(module, "_BLOCK", block)
    assert pairs(fakes, train) == [(int(row.argmin()), round(float(row.min()), 9)) for row in expected]


def sounds(*rows):
    return Samples.of("audio", [np.array(row, np.float32)[:, None] for row in rows], rate=8)


def test_the_shorter_of_two_ragged_arrays_counts_as_0_beyond_its_end():
    train = sounds([1, 1, 1, 1], [9, 9], [1, 1, 3])
    assert pairs(sounds([1, 1], [9, 8, 7]), train) == [
        (0, round(0.5**0.5, 9)),
        (1, round(50**0.5 / 3**0.5, 9)),
    ]
    assert find_neighbours(sounds([9, 9]), train)[0].is_copy


def test_ragged_arrays_of_one_length_are_compared_as_arrays_are():
    fakes, train = RNG.normal(size=(5, 7, 2)), RNG.normal(size=(30, 7, 2))
    expected = np.sqrt(((train[None] - fakes[:, None]) ** 2).mean(axis=(2, 3)))
    found = find_neighbours(Samples.of("points", Ragged.of(fakes)), Samples.of("points", Ragged.of(train)))
    assert [each.number for each in found] == expected.argmin(axis=1).tolist()
    assert np.allclose([each.distance for each in found], expected.min(axis=1), atol=1e-12)


def test_a_cut_sound_is_compared_with_beginnings_and_is_no_copy():
    train = sounds([1, 2, 3, 4, 5, 6], [1, 9], [7, 7], [1, 2, 3])
    found = find_neighbours(sounds([1, 2, 3], [7, 7]), train, [True, False])
    assert found == [
        Neighbour(number=0, distance=0.0, is_copy=False), Neighbour(number=2, distance=0.0, is_copy=True),
    ]  # fmt: skip


def test_the_end_of_a_longer_sound_counts_among_many():
    beginnings = [[1, 2] + [9] * (5 + number) for number in range(20)]
    assert find_neighbours(sounds([1, 2]), sounds(*beginnings, [1, 2.5]))[0].number == 20


def test_small_differences_of_great_values_are_not_lost_to_rounding():
    gaps = [0.9, 0.8, 0.1, 0.7, 0.2]
    train = vectors([[1e9 + gap, 1e9] for gap in gaps])
    (found,) = find_neighbours(vectors([[1e9, 1e9]]), train)
    assert found.number == 2
    assert found.distance == pytest.approx(0.1 / 2**0.5, rel=1e-5)  # 1e9 + 0.1 has 7 digits after the point


def texts(*items):
    return Samples.of("text", items)


def grams(text):
    padded = f"\0\0{text}\0\0"
    found = [padded[start : start + 3] for start in range(len(padded) - 2)]
    return {gram: found.count(gram) for gram in found}


def cosine(one, two):
    one, two = grams(one), grams(two)
    product = sum(count * two.get(gram, 0) for gram, count in one.items())
    norms = [sum(count**2 for count in each.values()) ** 0.5 for each in (one, two)]
    return product / (norms[0] * norms[1])


@pytest.mark.parametrize("block", [1, 2**22])
def test_the_distance_of_strings_is_that_of_their_trigrams(block, monkeypatch):
    monkeypatch.setattr(module, "_BLOCK", block)
    train = ("the whale", "a white whale\n", "", "é\U0001f433é", "aaa", "aaaa")
    fakes = ("the white whale", "x", "", "\U0001f433é", "aaaaa", "aa")
    found = find_neighbours(texts(*fakes), texts(*train))
    for fake, each in zip(fakes, found, strict=True):
        cosines = [round(cosine(fake, text), 9) for text in train]
        assert each.distance == pytest.approx(1 - max(cosines), abs=1e-8)
        assert each.number == cosines.index(max(cosines))
        assert each.is_copy == (fake == "")


def test_blocks_limit_how_many_characters_are_counted_at_a_time(monkeypatch):
    fit, sizes = TfidfVectorizer.fit_transform, []
    monkeypatch.setattr(module, "_BLOCK", 100)
    monkeypatch.setattr(
        TfidfVectorizer, "fit_transform", lambda v, block: sizes.append(len("".join(block))) or fit(v, block)
    )
    (found,) = find_neighbours(texts("b" * 9), texts(*["a" * 30] * 9, "b" * 30))
    assert found.number == 9
    assert max(sizes) <= 100 + 9


def test_no_trigram_in_common_is_distance_1():
    assert pairs(texts("abc"), texts("xyz", "uvw")) == [(0, 1.0)]


def rows(**columns):
    return Samples.of("table", pd.DataFrame(columns))


def test_the_distance_of_rows_is_the_mean_over_columns_by_their_ranges():
    days = pd.to_datetime(["2020-01-01", "2020-01-11", "2020-01-05"])
    train = rows(x=[0.0, 10.0, np.nan], s=["a", "b", None], day=days, b=[True, False, True])
    fake = rows(
        x=[9.0, np.nan], s=["b", None], day=pd.to_datetime(["2020-01-10", "2020-01-05"]), b=[True, False]
    )
    assert pairs(fake, train) == [(1, round((0.1 + 0 + 0.1 + 1) / 4, 9)), (2, 0.25)]
    same = rows(x=[np.nan], s=pd.Series([None], dtype=object), day=days[2:], b=[True])
    assert find_neighbours(same, train)[0].is_copy


def test_values_beyond_the_range_and_columns_of_one_value_differ_by_1():
    train = rows(x=[0.0, 1.0], y=[5.0, 5.0])
    assert pairs(rows(x=[99.0], y=[6.0]), train) == [(0, 1.0)]
    assert pairs(rows(x=[np.nan], y=[5.0]), rows(x=[np.nan, np.nan], y=[4.0, 5.0])) == [(1, 0.0)]


def test_the_distance_has_a_name_for_each_form():
    forms = (vectors([[1]]), sounds([1]), texts("a"), rows(x=[1.0]))
    assert [name_distance(samples) for samples in forms] == [
        "root mean square difference of values", "root mean square difference of values",
        "1 - cosine of character trigrams", "mean difference of columns, in units of their ranges",
    ]  # fmt: skip


def test_no_samples_have_no_neighbours():
    assert find_neighbours(vectors(np.zeros((0, 2))), vectors([[1, 2]])) == []


def test_whole_samples_decide_what_is_a_copy_of_smaller_ones():
    train = vectors([[1, 2], [3, 4]])
    whole_digests = [b"one", b"other"], [b"strange", b"one"]
    first, second = find_neighbours(vectors([[1, 2], [1, 2]]), train, [True, False], whole_digests)
    assert (first.is_copy, first.number) == (True, 1)
    assert (second.is_copy, second.number, second.distance) == (False, 0, 0.0)


def test_differences_beyond_the_range_of_numbers_are_no_error():
    assert find_neighbours(vectors([[1e300, 0]]), vectors([[-1e300, 0]]))[0].number == 0


def test_a_missing_number_and_a_number_are_as_far_apart_as_they_can_be():
    train = rows(x=[0.0, np.nan], s=["a", "b"], t=["a", "b"])
    assert pairs(rows(x=[np.nan, 0.0], s=["a", "b"], t=["a", "b"]), train) == [
        (0, round(1 / 3, 9)),
        (1, round(1 / 3, 9)),
    ]
