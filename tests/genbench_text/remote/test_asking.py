"""An endpoint is asked once for each request, side by side, and the bill counts what it costs."""

from __future__ import annotations

import pytest
from genbench_text.remote.answers import Answer
from genbench_text.remote.openai_compatible import Asker, Bill

from genbench import Invalid
from genbench.store.answer_cache import AnswerCache


class Endpoint:
    """Answers each body with its prompt in capitals."""

    base_url = "https://model.test"

    def __init__(self):
        self.asked = []

    def post(self, path, body):
        self.asked.append(path)
        if body["prompt"] == "wrong":
            raise Invalid("no answer")
        return {"text": body["prompt"].upper()}


def read(value):
    return Answer(value["text"], prompt_tokens=2, completion_tokens=3)


def asker(cache=None, *, bill=None, log=lambda *steps, **values: None):
    return Asker(Endpoint(), "completions", cache, 4, bill or Bill(), log)


def prompts(*texts):
    return [{"prompt": text} for text in texts]


def test_answers_come_in_the_order_of_the_requests():
    one = asker()
    found = one.ask(prompts("a", "b", "c"), [0, 0, 0], read)
    assert [answer.text for answer in found] == ["A", "B", "C"]
    assert one.endpoint.asked == ["/completions"] * 3


def test_a_kept_answer_is_not_asked_for_again_unless_the_draw_differs(tmp_path):
    cache, told = AnswerCache(tmp_path), []
    first = asker(cache)
    assert [answer.text for answer in first.ask(prompts("a", "a"), [0, 1], read)] == ["A", "A"]
    second = asker(cache, log=lambda *steps, **values: told.append(values))
    assert [answer.text for answer in second.ask(prompts("a", "a", "a"), [0, 1, 2], read)] == ["A"] * 3
    assert (len(first.endpoint.asked), len(second.endpoint.asked)) == (2, 1)
    assert told == [{"asked": 1, "prompt_tokens": 6, "completion_tokens": 9}]


def test_the_cost_is_that_of_a_million_tokens():
    bill = Bill(price_in=1.0, price_out=10.0)
    asker(bill=bill).ask(prompts("a", "b"), [0, 0], read)
    assert bill.cost == pytest.approx((2 * 2 * 1.0 + 2 * 3 * 10.0) / 1e6)
    assert bill.lines()["cost"] == bill.cost


def test_an_answer_without_counts_has_no_price():
    with pytest.raises(Invalid, match="the endpoint returns no token counts"):
        Bill(price_in=1.0).add(Answer("x"), asked=True)
    free = Bill()
    free.add(Answer("x"), asked=False)
    assert free.lines() == {"asked": 0, "prompt_tokens": 0, "completion_tokens": 0}


def test_what_one_request_raises_is_raised():
    with pytest.raises(Invalid, match="no answer"):
        asker().ask(prompts("a", "wrong", "b"), [0, 0, 0], read)
