"""Which samples a set holds, and how often."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_modalities.faults.resampling import (
    collapse,
    drop,
    shift,
    with_copies,
    with_duplicates,
    with_near_copies,
)
from numpy.random import default_rng

from genbench import Samples, Undefined

N = 100
REAL = Samples.of("vector", np.arange(N, dtype=float)[:, None], np.arange(N) % 10)
TRAIN = Samples.of("vector", 1000 + np.arange(N, dtype=float)[:, None], np.arange(N) % 10)
UNLABELLED = Samples.of("vector", REAL.data)


def values(samples):
    return samples.data[:, 0]


@pytest.mark.parametrize(("share", "left"), [(0.2, 8), (0.5, 5), (0.8, 2), (0.01, 9), (1.0, 1)])
def test_dropping_modes_keeps_n_and_all_samples_of_the_labels_that_stay(share, left):
    found = drop(REAL, share, default_rng(0))
    assert len(found) == N
    assert len(np.unique(found.labels)) == left
    assert set(values(found)) == set(values(REAL)[np.isin(REAL.labels, found.labels)])
    _, counts = np.unique(values(found), return_counts=True)
    assert counts.max() - counts.min() <= 1


def test_a_shift_gives_one_label_its_share():
    found = shift(REAL, 0.6, default_rng(0))
    counts = np.bincount(found.labels)
    assert len(found) == N
    assert counts.max() == 60
    assert counts.min() > 0


def test_a_shift_favours_a_label_that_is_rarer():
    rare = Samples.of("vector", REAL.data, (np.arange(N) > 98).astype(int))
    assert shift(rare, 0.6, default_rng(0)).labels.sum() == 60


def test_a_shift_needs_a_label_with_a_smaller_share():
    two = Samples.of("vector", np.zeros((2, 1)), labels=[0, 1])
    with pytest.raises(Undefined, match="each label has 1 of 2 samples or more"):
        shift(two, 0.6, default_rng(0))


@pytest.mark.parametrize("fault", [drop, shift])
def test_faults_of_labels_need_two_of_them(fault):
    with pytest.raises(Undefined, match="no labels"):
        fault(UNLABELLED, 0.5, default_rng(0))
    with pytest.raises(Undefined, match="one label only"):
        fault(Samples.of("vector", REAL.data, np.zeros(N, int)), 0.5, default_rng(0))


@pytest.mark.parametrize("unique", [50, 10, 7])
def test_a_collapse_leaves_so_many_different_samples_equally_often(unique):
    found = collapse(REAL, unique, default_rng(0))
    kept, counts = np.unique(values(found), return_counts=True)
    assert (len(found), len(kept)) == (N, unique)
    assert counts.max() - counts.min() <= 1
    assert set(kept) <= set(values(REAL))


@pytest.mark.parametrize("unique", [100, 200])
def test_a_collapse_to_what_is_there_is_none(unique):
    with pytest.raises(Undefined, match=f"n is 100; a collapse to {unique} needs more"):
        collapse(REAL, unique, default_rng(0))


def test_drawing_with_replacement_leaves_two_thirds():
    many = Samples.of("vector", np.arange(10_000.0)[:, None])
    found = with_duplicates(many, default_rng(0))
    assert len(found) == 10_000
    assert len(np.unique(values(found))) == pytest.approx(10_000 * (1 - np.exp(-1)), rel=0.02)


@pytest.mark.parametrize("share", [0.25, 0.5, 1.0])
def test_copies_replace_so_many_samples_by_others_of_the_same_labels(share):
    found = with_copies(REAL, TRAIN, share, default_rng(0))
    is_copy = values(found) >= 1000
    assert is_copy.sum() == round(share * N)
    assert len(np.unique(values(found))) == N
    assert np.array_equal(found.labels, REAL.labels)
    assert np.array_equal(values(found)[~is_copy], values(REAL)[~is_copy])


def test_copies_come_without_labels_too():
    found = with_copies(UNLABELLED, TRAIN, 0.5, default_rng(0))
    assert (values(found) >= 1000).sum() == 50
    assert found.labels is None


def test_copies_take_another_label_where_there_are_too_few_of_one():
    ninth = Samples.of("vector", TRAIN.data, np.where(TRAIN.labels == 9, 8, TRAIN.labels))
    found = with_copies(REAL, ninth, 1.0, default_rng(0))
    assert len(np.unique(values(found))) == N
    assert set(values(found)) == set(values(ninth))


def test_more_copies_than_there_are_cannot_be_made():
    with pytest.raises(Undefined, match="needs 100 samples of train to copy; it has 40"):
        with_copies(REAL, TRAIN.take(slice(0, 40)), 1.0, default_rng(0))


def test_near_copies_are_copies_with_the_slight_changes_of_their_modality(modality):
    found = with_near_copies(REAL, TRAIN, 0.5, modality("vector"), default_rng(0))
    plain = with_copies(REAL, TRAIN, 0.5, default_rng(0))
    assert 0 < np.abs(values(found) - values(plain)).max() < 5 * 0.02 * np.ptp(values(plain))
    with pytest.raises(Undefined, match="modality 'molecule' of genbench has no perturb"):
        with_near_copies(REAL, TRAIN, 0.5, modality("molecule"), default_rng(0))


def test_the_same_stream_plants_the_same_fault():
    assert np.array_equal(values(drop(REAL, 0.5, default_rng(4))), values(drop(REAL, 0.5, default_rng(4))))
