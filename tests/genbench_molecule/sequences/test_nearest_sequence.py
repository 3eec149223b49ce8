"""The training sequence nearest to each fake: copies, near copies, and random sequences."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_molecule.sequences.nearest_sequence import _alignment_score, nearest, nearest_sequence

from genbench import Samples, Undefined

pytestmark = [
    pytest.mark.extras("Bio", "rapidfuzz"),
    pytest.mark.filterwarnings("ignore"),  # of Biopython, where it is imported from its sources
]

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


def common(one, other):
    """Return the length of the longest common subsequence by the table that defines it."""
    row = [0] * (len(other) + 1)
    for a in one:
        before, row = row, [0]
        for at, b in enumerate(other):
            row.append(before[at] + 1 if a == b else max(before[at + 1], row[at]))
    return row[-1]


@pytest.mark.parametrize("text", ["", "A", "ACXGT", "A" * 150, "A" * 70 + "C" * 3])
def test_common_subsequences_are_those_of_the_table_that_defines_them(text):
    rng = np.random.default_rng(0)
    others = ["".join(rng.choice(list("ACGT"), size=length)) for length in (0, 1, 5, 63, 64, 65, 129, 200)]
    others.append("A" * 64 + "C" * 64 + "A" * 64)
    for other in others:
        expected = common(text, other) / max(1, len(text), len(other))
        assert nearest([text], [other])[0].tolist() == [expected]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("W", "W", 11),
        ("W", "C", -2),
        ("", "", 0),
        ("", "W", -11),
        ("", "WWW", -13),
        ("WWW", "", -13),
        ("WCW", "WW", 22 - 11),
        ("WCCCW", "WW", 22 - 13),
        ("WXW", "WWW", 22 - 1),
    ],
)
def test_alignments_by_hand(one, other, expected):
    score = _alignment_score()
    assert score(one, other) == score(other, one) == expected


def test_the_first_of_equally_similar_sequences_is_named():
    assert nearest(["ACD"], ["AWW", "ACW", "ACY"])[1].tolist() == [1]


@pytest.mark.parametrize("by", ["identity", "blosum62"])
def test_an_empty_sequence_is_like_no_other(by):
    assert nearest(["", "A"], ["", "C"], by)[0].tolist() == [0, 0]


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
