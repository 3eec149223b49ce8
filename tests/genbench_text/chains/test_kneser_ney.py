"""The smoothed law of the next symbol, against its formula."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import product

import numpy as np
import pytest
from genbench_text.chains.kneser_ney import FALLBACK, KneserNey, discounts, positions
from hypothesis import given, settings
from hypothesis import strategies as st

A, B, END = 0, 1, 2
TOY = [[A, B, END], [B, END]]

texts = st.lists(st.lists(st.integers(0, 2), max_size=8), min_size=1, max_size=30)


def rows_of(lists):
    return [np.array(symbols, np.int64) for symbols in lists]


def probability(law, symbol, history):
    (_, past, _) = positions(rows_of([[*history, symbol]]), law.order, law.outcomes)
    return float(law.probabilities(np.array([symbol]), past[:, -1:])[0])


def test_the_toy_corpus_has_the_probabilities_computed_by_hand():
    """Counts after one symbol: start a 1, start b 1, ab 1, b end 2; no count is 3, so D is 1/2, 1.

    Symbols that precede: a 1 (the start), b 2 (the start and a), end 1 (b).
    """
    law = KneserNey.fit(rows_of(TOY), 1, 3)
    single = {A: (1 / 2) / 4 + 2 / 4 / 3, B: 1 / 4 + 2 / 4 / 3, END: (1 / 2) / 4 + 2 / 4 / 3}
    after_start = {A: 1 / 4 + single[A] / 2, B: 1 / 4 + single[B] / 2, END: single[END] / 2}
    after_a = {A: single[A] / 2, B: 1 / 2 + single[B] / 2, END: single[END] / 2}
    after_b = {A: single[A] / 2, B: single[B] / 2, END: 1 / 2 + single[END] / 2}
    for history, expected in (([], after_start), ([A], after_a), ([A, B], after_b), ([B], after_b)):
        found = {symbol: probability(law, symbol, history) for symbol in expected}
        assert found == pytest.approx(expected, abs=1e-15)


def test_discounts_follow_from_how_many_counts_are_1_to_4():
    counts = np.repeat([1, 2, 3, 4, 9], [10, 4, 2, 1, 5])
    assert discounts(counts) == pytest.approx((5 / 9, 7 / 6, 17 / 9))


@pytest.mark.parametrize(
    "counts",
    [[], [1, 2, 3], [2, 3, 4], [1, 2, *[3] * 9, 4], [1, 2, 3, *[4] * 9]],
    ids=["no counts", "no 4", "no 1", "too many 3", "too many 4"],
)
def test_discounts_that_cannot_be_estimated_are_half_one_and_one_and_a_half(counts):
    assert discounts(np.array(counts, np.int64)) == FALLBACK == (0.5, 1.0, 1.5)


def naive(lists, order, outcomes):
    """Return p(symbol, history) by the formula, on dictionaries: a start is a history's first symbol, "S"."""
    grams = [Counter() for _ in range(order + 1)]
    for symbols in lists:
        padded = ["S", *symbols]
        for m, at in product(range(order + 1), range(1, len(padded))):
            if at >= m:
                grams[m][(*padded[at - m : at], padded[at])] += 1
    counts = []
    for m in range(order + 1):
        preceding = defaultdict(set)
        for gram in grams[m + 1] if m < order else ():
            preceding[gram[1:]].add(gram[0])
        counts.append({g: len(preceding[g]) or n for g, n in grams[m].items()})

    def p(symbol, history):
        if history is None:
            return 1 / outcomes
        level = counts[len(history)]
        after = {g: n for g, n in level.items() if g[:-1] == history}
        shorter = p(symbol, history[1:] if history else None)
        if not after:
            return shorter
        taken = (0, *discounts(np.array(list(level.values()))))
        total = sum(after.values())
        n = after.get((*history, symbol), 0)
        rest = sum(taken[min(count, 3)] for count in after.values()) / total
        return (n - taken[min(n, 3)]) / total + rest * shorter

    return p


@settings(max_examples=40)
@given(texts, st.integers(0, 4), st.lists(st.integers(0, 3), max_size=5))
def test_every_law_is_that_of_the_formula_and_sums_to_1(lists, order, history):
    """Histories may hold 3, a symbol that was never seen, and may be longer than any."""
    lists = [[s for s in symbols if s != END] + [END] for symbols in lists]
    law, p = KneserNey.fit(rows_of(lists), order, 3), naive(lists, order, 3)
    found = [probability(law, symbol, history) for symbol in range(3)]
    padded = ("S", *history)
    expected = [p(symbol, padded[max(0, len(padded) - law.order) :]) for symbol in range(3)]
    assert found == pytest.approx(expected, abs=1e-12)
    assert sum(found) == pytest.approx(1, abs=1e-12)


def test_without_a_history_symbols_have_their_shares_less_the_discounts():
    law = KneserNey.fit(rows_of([[A] * 600 + [B] * 396 + [END]] * 4), 0, 3)
    found = [probability(law, symbol, [B, A]) for symbol in range(3)]
    shares = np.array([2400, 1584, 4]) / 3988
    assert found == pytest.approx(shares - 1.5 / 3988 + 4.5 / 3988 / 3, abs=1e-15)
    assert found == pytest.approx(shares, abs=1e-3)


def test_no_history_is_longer_than_the_longest_text():
    assert KneserNey.fit(rows_of(TOY), 50, 3).order == 3
    assert KneserNey.fit(rows_of([[END], []]), 50, 3).order == 1


@pytest.mark.parametrize("history", [[], [A], [B, A], [B, 3], [A, A, A, 3]])
def test_draws_follow_the_law(history):
    generator = np.random.default_rng(3)
    rows = rows_of([[*generator.integers(0, 2, size=generator.integers(9)), END] for _ in range(50)])
    law = KneserNey.fit(rows, 2, 3)
    expected = np.array([probability(law, symbol, history) for symbol in range(3)])
    _, past, _ = positions(rows_of([[*history, A]]), law.order, 3)
    n = 20_000
    drawn = law.draw(np.repeat(past[:, -1:], n, axis=1), np.random.default_rng(5))
    counts = np.bincount(drawn, minlength=3)
    chi_square = ((counts - n * expected) ** 2 / (n * expected)).sum()
    assert chi_square < 13.8  # 2 degrees of freedom: once in a thousand
