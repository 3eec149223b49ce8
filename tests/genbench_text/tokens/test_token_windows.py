"""Windows of tokens against those of lm-evaluation-harness."""

from __future__ import annotations

import pytest
from genbench_text.pretrained.causal_lm import continuation_window, rolling_windows

from genbench import Undefined

# lm-eval==0.4.13: [make_disjoint_window(w) for w in get_rolling_token_windows(range(25), prefix_token=-1,
# max_seq_len=10, context_len=1)]
LM_EVAL = [
    [[-1], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
    [[9], [10, 11, 12, 13, 14, 15, 16, 17, 18, 19]],
    [[14, 15, 16, 17, 18, 19], [20, 21, 22, 23, 24]],
]


def lists(windows):
    return [[list(window.before), list(window.scored)] for window in windows]


def test_windows_are_those_of_lm_evaluation_harness():
    assert lists(rolling_windows(range(25), -1, 10)) == LM_EVAL


@pytest.mark.parametrize("context", [1, 2, 7, 10])
@pytest.mark.parametrize("length", range(25))
def test_each_token_is_scored_once_in_its_place_and_no_window_is_longer_than_the_context(length, context):
    windows = rolling_windows(range(length), -1, context)
    assert [token for window in windows for token in window.scored] == list(range(length))
    assert all(len(window) <= context for window in windows)
    for window in windows:
        seen = (*window.before, *window.scored)
        assert seen == tuple(range(seen[-1] + 1 - len(seen), seen[-1] + 1))
    assert all(len(window) == context for window in windows[1:])


def test_a_text_that_fits_is_one_window_and_an_empty_one_none():
    assert lists(rolling_windows([5, 6, 7], 0, 3)) == [[[0], [5, 6, 7]]]
    assert rolling_windows([], 0, 3) == []


def test_a_continuation_keeps_the_end_of_its_prompt():
    assert lists([continuation_window([1, 2, 3], [4, 5], 9)]) == [[[1, 2, 3], [4, 5]]]
    assert lists([continuation_window([1, 2, 3], [4, 5], 3)]) == [[[2, 3], [4, 5]]]
    assert lists([continuation_window([1, 2, 3], [4, 5], 2)]) == [[[3], [4, 5]]]
    with pytest.raises(Undefined, match="2 tokens after a prompt exceed the context of 1"):
        continuation_window([1, 2, 3], [4, 5], 1)
