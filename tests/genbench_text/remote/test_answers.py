"""Answers of OpenAI's form, and all that only looks like one."""

from __future__ import annotations

import pytest
from genbench_text.remote.answers import Answer

from genbench import Invalid

USAGE = {"prompt_tokens": 7, "completion_tokens": 3}


def chat(content="hello", finish="stop", **more):
    return {
        "choices": [{"message": {"role": "assistant", "content": content}, "finish_reason": finish}]
    } | more


def written(text="hello", finish="stop", **more):
    return {"choices": [{"text": text, "finish_reason": finish}]} | more


@pytest.mark.parametrize(("value", "api"), [(chat, "chat"), (written, "completions")])
def test_the_text_and_the_tokens_are_read(value, api):
    assert Answer.of(value("naïve \0", usage=USAGE), api) == Answer("naïve \0", 7, 3)
    assert Answer.of(value(finish="length"), api) == Answer("hello")


@pytest.mark.parametrize(
    "usage", [None, [], {"prompt_tokens": -1, "completion_tokens": True}, {"prompt_tokens": "7"}]
)
def test_tokens_that_are_no_counts_are_none(usage):
    assert Answer.of(chat(usage=usage), "chat") == Answer("hello")


@pytest.mark.parametrize(
    "value", [{}, {"choices": []}, {"choices": None}, {"choices": ["x"]}, {"choices": {"a": 1}}]
)
def test_an_answer_without_choices_is_invalid(value):
    with pytest.raises(Invalid, match="the endpoint's answer has no choices"):
        Answer.of(value, "chat")


@pytest.mark.parametrize(
    ("finish", "said"),
    [("content_filter", "'content_filter'"), (None, "None"), (["x"], "a list"), ("sk-S", "a str"), (3, "3")],
)  # fmt: skip
def test_an_answer_that_was_withheld_is_invalid_and_the_reason_is_said_if_it_is_a_plain_word(finish, said):
    with pytest.raises(Invalid, match=f"withheld an answer: finish_reason is {said}; expected 'stop' or"):
        Answer.of(chat(finish=finish), "chat")


@pytest.mark.parametrize(
    ("value", "api"),
    [(chat(None), "chat"), (chat(3), "chat"), (written(), "chat"), (chat(), "completions"),
     (written(None), "completions"), ({"choices": [{"finish_reason": "stop", "message": "hello"}]}, "chat")],
)  # fmt: skip
def test_an_answer_without_text_is_invalid(value, api):
    reason = f"the endpoint's answer has no text; expected the format of the API '{api}'"
    with pytest.raises(Invalid, match=reason):
        Answer.of(value, api)


def test_an_empty_text_is_one_only_where_a_model_ended_it_itself():
    assert Answer.of(written(""), "completions") == Answer("")
    for value, api in (
        (chat(""), "chat"),
        (chat("", "length"), "chat"),
        (written("", "length"), "completions"),
    ):
        with pytest.raises(Invalid, match=r"the endpoint's answer is empty .*; raise max_tokens, or change"):
            Answer.of(value, api)


def echo(nats, count=3):
    return {
        "choices": [{"text": "", "logprobs": {"token_logprobs": nats}}],
        "usage": {"prompt_tokens": count},
    }


def test_likelihoods_of_a_prompt_are_those_of_its_tokens_and_not_of_what_was_written_after_it():
    assert Answer.of_echo(echo([None, -1, -0.5, -9.0])) == Answer("", 3, 0, (None, -1.0, -0.5))
    assert Answer.of_echo(echo([None, 0.00001], 2)).nats == (None, 0.0)


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"choices": [{"logprobs": None}]},
        echo(None),
        echo([-1]),
        echo([-1], None),
        {"choices": [3]},
        {"choices": []},
    ],
)
def test_an_endpoint_that_gives_no_likelihoods_is_named_as_one(value):
    with pytest.raises(Invalid, match="returns no log probabilities of the prompt, with echo and logprobs"):
        Answer.of_echo(value)


@pytest.mark.parametrize("nats", [0.1, float("nan"), float("-inf"), "sk-Secret", True, [1]])
def test_what_is_no_log_probability_is_invalid(nats):
    with pytest.raises(Invalid, match="as a log probability; expected a number <= 0") as refused:
        Answer.of_echo(echo([None, nats], 2))
    assert "Secret" not in str(refused.value)


def test_an_answer_is_the_same_after_it_was_kept():
    for answer in (Answer("naïve \0", 7, None), Answer("", 3, 0, (None, -1.0))):
        assert Answer.from_json(answer.to_json()) == answer
