"""The training sequence nearest to each fake: copies, near copies, and random sequences."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_molecule.sequences import bit_vectors
from genbench_molecule.sequences import nearest_sequence as module
from genbench_molecule.sequences.nearest_sequence import nearest, nearest_sequence

from genbench import Samples, Undefined

AMINO_ACIDS = list("ACDEFGHIKLMNPQRSTVWY")


def of(*texts, alphabet="protein"):
    return Samples.of("sequence", texts, alphabet=alphabet)


def random(n, length, seed):
    rng = np.random.default_rng(seed)
    return tuple("".join(rng.choice(AMINO_ACIDS, size=length)) for _ in range(n))


TRAIN = of(*random(50, 20, 0))


@pytest.mark.parametrize("by", ["identity", "blosum62"])
def test_copies_are_found_with_their_places(by):
    fake = of(TRAIN.data[7], "W" * 20, TRAIN.data[3])
    found = nearest_sequence(fake, TRAIN, by=by)
    copied = found["copied-sequences"]
    assert copied.value == pytest.approx(2 / 3)
    assert [(each["fake"], each["train"], each["identity"]) for each in copied.extra["copies"]] == [
        (0, 7, 1.0), (2, 3, 1.0),
    ]  # fmt: skip
    assert copied.extra["copies"][0]["train_sequence"] == TRAIN.data[7]


def test_identity_is_the_common_subsequence_over_the_longer_length():
    found = nearest_sequence(of("ACDE"), of("ACE", "WWWW"), threshold=0.75)
    assert (found["nearest-identity"].value, found["copied-sequences"].value) == (0.75, 1)


def test_a_mutated_copy_is_near_and_a_random_sequence_is_not():
    near = "W" + TRAIN.data[0][1:]
    assert nearest_sequence(of(near), TRAIN)["nearest-identity"].value >= 0.95
    found = nearest_sequence(of(*random(50, 20, 1)), TRAIN)
    assert (found["nearest-identity"].value < 0.5, found["copied-sequences"].value) == (True, 0)


@pytest.mark.parametrize("by", ["identity", "blosum62"])
def test_blocks_change_nothing(by, monkeypatch):
    texts = [*random(8, 25, 2), TRAIN.data[0], TRAIN.data[0]]
    whole = nearest(texts, TRAIN.data, by)
    monkeypatch.setattr(bit_vectors, "_MOST_WORDS", 60)
    monkeypatch.setattr(module, "_ALIGNED", 60)
    for one, other in zip(whole, nearest(texts, TRAIN.data, by), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_similar_residue_counts_more_with_blosum62():
    (alike, other), _ = nearest(["AAALAAA", "AAAWAAA"], ["AAAIAAA"], "blosum62")
    assert 1 > alike > other > 0


def test_the_greater_score_of_both_with_themselves_is_the_whole():
    for one, other in (("WW", "WWWW"), ("WWWW", "WW")):
        assert nearest([one], [other], "blosum62")[0].tolist() == [(22 - 12) / 44]


def test_the_most_similar_copies_come_first():
    fakes = ["WW" + TRAIN.data[0][2:], TRAIN.data[1], "W" + TRAIN.data[2][1:]] * 3
    copies = nearest_sequence(of(*fakes), TRAIN, threshold=0.5)["copied-sequences"].extra["copies"]
    assert [each["fake"] for each in copies[:3]] == [1, 4, 7]
    identities = [each["identity"] for each in copies]
    assert (len(copies), identities) == (5, sorted(identities, reverse=True))


def test_unrelated_proteins_have_no_similarity():
    assert nearest(["WWWW"], ["PPPP"], "blosum62")[0].tolist() == [0]


def test_what_has_no_value_says_why():
    with pytest.raises(Undefined, match="all sequences of a side are empty"):
        nearest_sequence(of(""), TRAIN)
    with pytest.raises(Undefined, match="by = 'blosum62' aligns proteins"):
        nearest_sequence(of("ACG", alphabet="dna"), of("ACG", alphabet="dna"), by="blosum62")


@pytest.mark.parametrize("by", ["identity", "blosum62"])
def test_all_pairs_of_different_fakes_are_logged(by):
    told = []
    nearest(["ACD", "AC", "ACD"], ["ACD", "CC", "D"], by, log=lambda *step: told.append(step))
    assert told == [(0, 1000), (500, 1000), (1000, 1000)]
