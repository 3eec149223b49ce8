from __future__ import annotations

import numpy as np
import pytest
import torch

from genbench import Invalid, Score
from genbench.core.scores import as_number, as_scores


@pytest.mark.parametrize(
    "value", [2, 2.0, np.float32(2), np.int64(2), np.array(2.0), torch.tensor(2.0)], ids=repr
)
def test_scalars_of_python_numpy_and_torch_are_numbers(value):
    number = as_number(value)
    assert number == 2.0
    assert type(number) is float


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        np.bool_(True),
        "1",
        [1.0],
        np.array([1.0]),
        1j,
        float("nan"),
        np.inf,
        -np.inf,
        np.ma.masked,
        np.ma.array(3.0, mask=True),
    ],
    ids=repr,
)
def test_what_is_no_finite_number_is_invalid(value):
    with pytest.raises(Invalid, match=r"expected a (finite )?number, got"):
        as_number(value)


def test_a_metric_with_one_output_answers_a_number_a_score_or_a_mapping():
    assert as_scores(1, ("fid",)) == as_scores(Score(1.0), ("fid",)) == as_scores({"fid": 1.0}, ("fid",))


def test_a_metric_with_several_outputs_answers_all_of_them_by_name():
    assert as_scores({"recall": 0.5, "precision": Score(1)}, ("precision", "recall")) == {
        "precision": Score(1.0),
        "recall": Score(0.5),
    }


def test_the_interval_and_the_findings_are_kept():
    score = as_scores(Score(np.float32(0.5), 0, 1, {"classes": [1, 2]}), ("x",))["x"]
    assert score == Score(0.5, 0.0, 1.0, {"classes": [1, 2]})


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (1.0, r"expected a mapping with the keys \['a', 'b'\], got float"),
        ({"a": 1.0}, r"expected the keys \['a', 'b'\], got \['a'\]"),
        ({"a": 1.0, "b": 2.0, "c": 3.0}, r"got \['a', 'b', 'c'\]"),
        (
            {"a": 1.0, "b": None},
            "^output 'b': expected a number, got NoneType; where there is no value, raise genbench.Undefined",
        ),
        (
            {"a": Score(1.0, low=float("nan")), "b": 1.0},
            "^output 'a': low of the interval: expected a finite number, got nan; .* end, give None$",
        ),
        (
            {"a": 1.0, "b": Score(1.0, 0.5, np.inf)},
            "^output 'b': high of the interval: expected a finite number, got inf",
        ),
        (
            {"a": Score(0.5, 0.9, 0.1), "b": 1.0},
            r"^output 'a': expected an .* low is at most its high, got low 0\.9 and high 0\.1",
        ),
        ({"a": 1.0, "b": Score(1.0, extra={"x": object()})}, "^output 'b': extra holds what is not JSON"),
        ({"a": 1.0, "b": Score(1.0, extra=[1])}, "^output 'b': expected extra to be a mapping, got list"),
    ],
)
def test_an_answer_that_breaks_the_contract_is_invalid(answer, message):
    with pytest.raises(Invalid, match=message):
        as_scores(answer, ("a", "b"))


def test_the_only_output_of_a_metric_needs_no_name_in_a_message():
    with pytest.raises(Invalid, match=r"^low of the interval: expected a finite number, got nan"):
        as_scores(Score(1.0, low=float("nan")), ("a",))


def test_an_interval_need_not_hold_its_value():
    assert as_scores(Score(0.9, 0.1, 0.5), ("a",)) == {"a": Score(0.9, 0.1, 0.5)}


def test_a_number_beyond_all_intervals_is_invalid():
    assert as_number(-1e150) == -1e150
    with pytest.raises(Invalid, match=r"^expected a number of at most 1e\+150 in size, got 1e\+200"):
        as_number(1e200)


def test_an_extra_nested_too_deeply_is_invalid():
    extra = {}
    for _ in range(40):
        extra = {"inner": extra}
    with pytest.raises(Invalid, match="expected extra to be nested at most 32 levels deep"):
        as_scores(Score(1.0, extra=extra), ("m",))
