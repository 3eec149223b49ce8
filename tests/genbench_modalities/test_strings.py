from __future__ import annotations

import numpy as np
import pytest
from genbench_modalities.strings import Sequence, Text
from numpy.random import default_rng

from genbench import DataError, Invalid, Samples, Space, open_samples


def test_a_list_of_texts_is_text():
    assert Text().from_memory(["a", "b"], None).space == Space("text")
    for other in ([], ["a", 1], "text", None):
        assert Text().from_memory(other, None) is None


def test_a_text_is_shown_as_it_is():
    rendering = Text().render(Samples.of("text", ["a", "<b>é"]), 1)
    assert (rendering.media_type, rendering.content.decode()) == ("text/plain", "<b>é")


def test_noise_has_lengths_and_characters_of_train():
    drawn = Text().noise(Samples.of("text", ["aab", "", "éccdd"]))(400, default_rng(0))
    assert {len(item) for item in drawn} == {0, 3, 5}
    text = "".join(drawn)
    assert set(text) == set("abcdé")
    shares = np.array([text.count(c) for c in "abcdé"]) / len(text)
    np.testing.assert_allclose(shares, 1 / 5, atol=0.05)  # uniform over the alphabet, not over the text


def test_empty_texts_give_empty_texts():
    assert Text().noise(Samples.of("text", ["", ""]))(2, default_rng(0)) == ("", "")


def test_headers_of_fasta_are_no_sequences():
    Sequence().check(Samples.of("sequence", ["ACGT", ""], alphabet="dna"))
    with pytest.raises(Invalid, match=r"^sequence 2, '>a', is a header of FASTA; .*--reader fasta"):
        Sequence().check(Samples.of("sequence", ["ACGT", ">a"], alphabet="dna"))


@pytest.mark.parametrize("ending", [".txt", ".csv"])
def test_a_fasta_file_of_another_name_is_not_read_by_lines(ending, tmp_path):
    head = {".csv": "text\n"}.get(ending, "")
    (tmp_path / f"a{ending}").write_text(f"{head}>a\nACGT\n>b\nGATTACA\n")
    message = rf"^a\{ending}: sequence 1, '>a', is a header of FASTA; .*--reader fasta"
    with pytest.raises(DataError, match=message):
        open_samples(tmp_path / f"a{ending}", "sequence", space=Space("sequence", alphabet="dna"))


def test_texts_that_look_alike_are_the_same():
    plain, *others = Text().same(
        Samples.of(
            "text",
            [
                "\u00e9t\u00e9 1",
                "e\u0301te\u0301\u200b  1",
                "\ufeff\u00e9t\u00e9\n\u00ad1\x00",
                "\u00c9t\u00e9 1",
            ],
        )
    )
    assert [other == plain for other in others] == [True, True, False]


@pytest.mark.parametrize(
    ("alphabet", "sequence", "others", "different"),
    [
        ("dna", "AACGR", ["aacgr", "AAC GR\n", "AACGR\u200b", "YCGUU", "ycgtt"], ["RGCAA", "AACGR*"]),
        ("rna", "AACGU", ["aacgu", "AACGT", " AAC\tGU"], ["ACGUU", "AACG"]),
        ("protein", "MKVUT", ["mkvut", "MKVUT*", "MKV\nUT *", "\ufeffMKVUT"], ["MKVTT", "TUVKM", "*MKVUT"]),
        (None, "Ab c", ["Ab  c\n", "Ab\u200b c"], ["ab c", "Abc", "Ab c*"]),
    ],
)
def test_spellings_of_a_molecule_are_the_same(alphabet, sequence, others, different):
    space = {} if alphabet is None else {"alphabet": alphabet}
    found, *rest = Sequence().same(Samples.of("sequence", [sequence, *others, *different], **space))
    assert [each == found for each in rest] == [True] * len(others) + [False] * len(different)
