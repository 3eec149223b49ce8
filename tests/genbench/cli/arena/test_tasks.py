"""What the commands that ask raters have in common; test_make.py and test_judge.py call it."""

from __future__ import annotations

import click
import pytest

from genbench.cli.arena.tasks import choose_questions


def test_without_a_question_there_is_one():
    assert choose_questions(()) == ("Which of the two is more realistic?",)


def test_questions_are_one_line_each():
    assert choose_questions(("Which\nis  better?", "Real?")) == ("Which is better?", "Real?")


@pytest.mark.parametrize("questions", [("",), ("\n",), ("Real?", "Real?")])
def test_empty_and_repeated_questions_are_refused(questions):
    with pytest.raises(click.UsageError, match="--question: expected different texts"):
        choose_questions(questions)
