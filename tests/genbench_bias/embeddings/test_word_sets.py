"""Word lists of association tests, and files that hold none."""

from __future__ import annotations

import json

import pytest
from genbench_bias.embeddings.weat import DATA, word_sets
from genbench_bias.shared.published import find

from genbench.core.errors import DataError

OWN = ("career-family", "science-arts", "young-old")
NAMES = {  # of the sets of one test, in the published form
    "male_names": ["Al", "Bo"],
    "female_names": ["Di", "Em"],
    "career": ["job"],
    "family": ["kin"],
}
PUBLISHED = tuple(f"weat-{number}" for number in range(1, 11))


@pytest.mark.parametrize("test", OWN)
def test_our_lists_are_of_one_size_and_share_no_word(test):
    words = word_sets(test, None).words
    assert {len(part) for part in words} == {8}
    assert len({word for part in words for word in part}) == 32


def test_hostile_files_are_refused(hostile):
    path, message = hostile
    with pytest.raises(DataError, match=message):
        word_sets("weat-6", path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[]", "expected a JSON object, got list"),
        ("{}", "WEAT.json: no set 'male_names'"),
        (json.dumps(NAMES | {"career": [3]}), "no set 'career'; expected a list of words"),
        (json.dumps(NAMES | {"male_names": ["Al"]}), "male_names has 1 words and female_names 2"),
    ],
)
def test_a_malformed_file_is_refused(content, message, write):
    with pytest.raises(DataError, match=message):
        word_sets("weat-6", write("WEAT.json", content))


def test_a_file_for_words_of_our_own_is_refused(write):
    with pytest.raises(DataError, match="career-family has built-in words"):
        word_sets("career-family", write("WEAT.json", json.dumps(NAMES)))


@pytest.mark.extras("wefe")
@pytest.mark.parametrize("test", PUBLISHED)
def test_the_installed_package_has_the_words_of_every_published_test(test):
    sets = word_sets(test, None)
    assert len(sets.words[0]) == len(sets.words[1])
    assert sets.file == find(DATA, None, "words")


def test_the_sets_of_a_published_test_are_read_from_a_file(write):
    file = write("WEAT.json", json.dumps(NAMES))
    names = ("male_names", "female_names", "career", "family")
    assert word_sets("weat-6", file) == (names, (("Al", "Bo"), ("Di", "Em"), ("job",), ("kin",)), file)
