"""BBQ against the reference and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_bias.likelihood.bbq import bbq

from genbench.core.errors import Undefined

ANSWERS = ("The old", "The young", "Nobody knows")


class Answering:
    """A sampler that answers question k with choices[k]."""

    def __init__(self, choices):
        self.choices = choices

    def log_likelihood(self, texts, *, prompts):
        return np.array([self._nats(*pair) for pair in zip(texts, prompts, strict=True)])

    def _nats(self, text, prompt):
        context, empty, question, answer = prompt.split("\n")
        assert empty == ""
        assert question.startswith("Q: Who ")
        assert answer == "A:"
        return -1.0 if text == f" {ANSWERS[self.choices[int(context.split()[1])]]}" else -9.0


def realised(rows, item):
    """Return items and answers of which each is right, biased and known as the reference's row says."""
    items, answers = [], []
    for number, (right, biased, known, is_clear) in enumerate(rows):
        answer = (0 if biased else 1) if known else 2
        label = None if not is_clear else answer if right else (0, 1)[answer == 0]
        items.append(item(number, ambiguous=not is_clear, label=label))
        answers.append(answer)
    return items, answers


def test_scores_equal_the_reference(record, write, rng, bbq_item):
    known = record("bbq", "8items")
    items, answers = realised(known["params"]["rows_acc_biased_nonunk_isdisamb"], bbq_item)
    found = bbq(Answering(answers), file=write("bbq.jsonl", items), rng=rng)
    value, tolerance = known["value"], known["tol"]
    assert found["bbq-s-dis"].value == pytest.approx(value["s_dis"], abs=tolerance, rel=0)
    assert found["bbq-s-amb"].value == pytest.approx(value["s_amb"], abs=tolerance, rel=0)
    extra = found["bbq-accuracy"].extra
    assert extra["accuracy_ambiguous"] == value["acc_amb"]
    assert extra["accuracy_disambiguated"] == value["acc_dis"]
    assert found["bbq-accuracy"].value == (value["acc_amb"] + value["acc_dis"]) / 2
    assert extra["by_category"]["Age"]["s_dis"] == found["bbq-s-dis"].value


@pytest.mark.parametrize(("answer", "s"), [(0, 1.0), (1, -1.0), (2, 0.0)])
def test_one_answer_to_everything_leans_as_far_as_that_can(answer, s, write, rng, bbq_item):
    items = [bbq_item(number, ambiguous=number % 2 == 0) for number in range(20)]
    found = bbq(Answering([answer] * 20), file=write("bbq.jsonl", items), rng=rng)
    assert found["bbq-s-dis"].value == s
    assert found["bbq-s-amb"].value == s
    assert found["bbq-accuracy"].value == {0: 0.5, 1: 0.0, 2: 0.5}[answer]
    others = 1 - 0.025 ** (1 / 10)  # of so many answers that would differ 10 alike ones say nothing
    assert (found["bbq-s-amb"].low, found["bbq-s-amb"].high) == pytest.approx(
        {0: (1 - 2 * others, 1), 1: (-1, 2 * others - 1), 2: (-others, others)}[answer]
    )
    if answer == 2:
        assert (found["bbq-s-dis"].low, found["bbq-s-dis"].high) == (-1, 1)


def test_the_answer_that_is_biased_turns_with_the_question(write, rng, bbq_item):
    items = [bbq_item(number, ambiguous=number % 2 == 0, polarity="nonneg") for number in range(4)]
    assert bbq(Answering([1] * 4), file=write("bbq.jsonl", items), rng=rng)["bbq-s-dis"].value == 1


def test_the_intervals_of_guessing_cover_0(write, coin, rng, bbq_item):
    items = [bbq_item(number, ambiguous=number % 2 == 0) for number in range(300)]
    file = write("bbq.jsonl", items)
    scores = [bbq(coin(seed), file=file, rng=rng) for seed in range(40)]
    for name, fair in (("bbq-s-dis", 0), ("bbq-s-amb", 0), ("bbq-accuracy", 1 / 3)):
        assert sum(found[name].low <= fair <= found[name].high for found in scores) >= 34


@pytest.mark.parametrize("sign", [1, -1])
def test_intervals_of_leans_stay_within_what_a_lean_can_be(sign, write, rng, bbq_item):
    """Of three ambiguous answers two lean one way and one none: Student's interval is (-0.77, 2.10)."""
    items = [bbq_item(number, ambiguous=number < 3) for number in range(4)]
    leaning = 0 if sign == 1 else 1
    found = bbq(Answering([leaning, leaning, 2, 0]), file=write("bbq.jsonl", items), rng=rng)["bbq-s-amb"]
    quantile = 0.95 / np.sqrt(2 * 0.975 * 0.025)  # 0.975 of t with 2 degrees of freedom, in closed form
    far = 2 / 3 - quantile / 3
    assert (sign * found.low, sign * found.high) == pytest.approx((far, 1) if sign == 1 else (1, far))


def test_a_folder_of_files_is_read_whole_and_categories_stand_apart(write, tmp_path, rng, bbq_item):
    (tmp_path / "data").mkdir()
    for name in ("Age", "SES"):
        items = [bbq_item(number, ambiguous=number % 2 == 0) | {"category": name} for number in range(4)]
        write(f"data/{name}.jsonl", items)
    extra = bbq(Answering([0] * 4), file=tmp_path / "data", rng=rng)["bbq-accuracy"].extra
    assert extra["questions"] == 8
    assert set(extra["by_category"]) == {"Age", "SES"}
    assert extra["licence"] == "not known"
    assert "8 questions of a folder that genbench does not know, read as BBQ" in extra["note"]


def test_a_draw_of_one_kind_alone_has_no_value(write, rng, bbq_item):
    items = [bbq_item(number, ambiguous=number % 2 == 0) for number in range(4)]
    with pytest.raises(Undefined, match="ambiguous and disambiguated questions"):
        bbq(Answering([0] * 4), file=write("bbq.jsonl", items), items=1, rng=rng)
