"""Log probabilities and token counts of samplers, and answers that are none."""

from __future__ import annotations

import numpy as np
import pytest
from genbench_bias.shared.likelihoods import log_likelihoods, mean_log_likelihoods

from genbench.core.errors import Invalid


def test_whole_texts_and_completions_have_the_log_probabilities_of_the_sampler(table):
    known = table({"a b": -2.0, "c": -1.0, ("a", " b"): -0.5})
    assert log_likelihoods(known, ["a b", "c"]).tolist() == [-2.0, -1.0]
    assert log_likelihoods(known, [" b"], ["a"]).tolist() == [-0.5]


def test_the_mean_is_over_the_tokens_of_a_text_with_its_end_and_of_a_completion_without(table):
    """The sampler counts words and one end."""
    known = table({"a b": -6.0, ("a", "b c"): -5.0})
    assert mean_log_likelihoods(known, ["a b"]).tolist() == [-2.0]
    assert mean_log_likelihoods(known, ["b c"], ["a"]).tolist() == [-2.5]


def test_a_completion_of_no_token_has_no_mean(table):
    with pytest.raises(Invalid, match="token_counts of at least 1"):
        mean_log_likelihoods(table({("a", ""): -1.0}), [""], ["a"])


def test_rounding_above_0_is_none(answers):
    assert log_likelihoods(answers(np.array([1e-9, -1.0])), ["a", "b"]).tolist() == [0.0, -1.0]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (np.array([-1.0, -np.inf]), "assigns probability 0 .* to 1 of 2 texts, first to text 2"),
        (np.array([-1.0, np.nan]), "got nan for text 2 of 2"),
        (np.array([1e-5, -1.0]), "which are <= 0, got 1e-05"),
        (np.array([-1.0]), "expected 2 numbers from the sampler's log_likelihood"),
        (None, "expected 2 numbers"),
    ],
)
def test_what_is_no_log_probability_is_invalid(value, message, answers):
    with pytest.raises(Invalid, match=message):
        log_likelihoods(answers(value), ["a", "b"])
