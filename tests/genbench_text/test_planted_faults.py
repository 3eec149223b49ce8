"""What planted faults do to metrics on texts, blind spots included, found without the battery."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from genbench_text.best_reference import chrf
from genbench_text.copying import novelty_n, verbatim
from genbench_text.corpus_bleu import bleu
from genbench_text.mauve import mauve
from genbench_text.python_reference import python_reference
from genbench_text.repetition import distinct_n, rep_n, seq_rep_n
from genbench_text.sentence_bleu import self_bleu, sentence_bleu
from genbench_text.words import numbered, words
from genbench_text.zipf import zipf
from threadpoolctl import threadpool_limits

from genbench import Samples

N = 450
SLOW = {"forward-chrf", "backward-chrf", "mauve"}

#: + and - is the sign of the change in every deal; ~ a mean change of no more than three times what the deals
#: differ by; = no change at all. mauve is on a bag of words; n-grams are those of `quick`.
TABLE = """
number                  shuffled    loops       30-uniques  memorised   cut-to-8
distinct-n              +           -           -           ~           +
rep-n                   -           +           +           ~           -
seq-rep-n               -           +           ~           ~           -
zipf                    =           ~           -           ~           -
novelty-n               +           +           ~           -           ~
verbatim-longest        -           -           ~           +           -
verbatim-share          -           -           ~           +           -
self-bleu               -           -           +           ~           -
forward-sentence-bleu   -           -           ~           ~           ~
backward-sentence-bleu  -           -           -           ~           -
forward-bleu            -           -           ~           ~           ~
backward-bleu           -           -           -           ~           -
forward-chrf            -           -           ~           ~           -
backward-chrf           -           -           -           ~           +
mauve                   =           -           -           ~           -
"""


def planted(train, clean, rng):
    """Return texts by fault, N each, of which the first are without one."""
    split = [words(text) for text in clean]
    few = list(itertools.islice(itertools.cycle(clean[:30]), N))
    return {
        "clean": clean,
        "shuffled": [" ".join(rng.permutation(text)) for text in split],
        "loops": [" ".join(itertools.islice(itertools.cycle(text[:4]), len(text))) for text in split],
        "30-uniques": few,
        "memorised": train[:N],
        "cut-to-8": [" ".join(text[:8]) for text in split],
    }


def bags(sides):
    """Return for each side of texts the counts of the 200 most frequent words, (n, 200)."""
    found = numbered(words(text) for side in sides for text in side)
    rows = np.zeros((len(found.length), found.kinds))
    np.add.at(rows, (found.text, found.number), 1)
    rows = rows[:, np.argsort(-rows.sum(axis=0), kind="stable")[:200]]
    return np.split(rows, np.cumsum([len(side) for side in sides])[:-1])


def quick(real, fake, train):
    """Return what metrics that take no time say, by name."""
    real, fake, train = (Samples.of("text", side) for side in (real, fake, train))
    found = {
        "distinct-n": distinct_n(fake),
        "rep-n": rep_n(fake, n=2),
        "seq-rep-n": seq_rep_n(fake, n=2),
        "zipf": zipf(fake),
        "novelty-n": novelty_n(train, fake),
        "self-bleu": self_bleu(fake, n=3),
    }
    return found | verbatim(train, fake) | sentence_bleu(real, fake, n=3) | bleu(real, fake, n=3)


def slow(real, fake, train):
    """Return what the others say; mauve on an extractor that sees no order of words."""
    found = {"mauve": mauve(*bags([real, fake]), rng=np.random.default_rng(0))}
    sides = (Samples.of("text", side) for side in (real, fake))
    return found | chrf(*sides, most=50, rng=np.random.default_rng(0))


def changes_of(scores, deals):
    """Return what faults change, {(metric, fault): (deals,)}, and how far deals are apart, by metric."""
    pool, values = np.array(python_reference(longest=150).samples.data), {}
    for deal in range(deals):
        rng = np.random.default_rng(deal)
        order = rng.permutation(len(pool))
        real, clean, train = (pool[order[i : i + N]].tolist() for i in (0, N, 2 * N))
        for fault, fake in planted(train, clean, rng).items():
            for metric, score in scores(real, fake, train).items():
                values.setdefault((metric, fault), []).append(getattr(score, "value", score))
    clean = {metric: np.array(found) for (metric, fault), found in values.items() if fault == "clean"}
    found = {key: found - clean[key[0]] for key, found in values.items() if key[1] != "clean"}
    return found, {metric: np.ptp(found) for metric, found in clean.items()}


def does(cell, change, apart):
    """Return whether a change is what a cell of the table says."""
    if cell == "=":
        return np.allclose(change, 0, atol=1e-9)
    if cell == "~":
        return abs(change.mean()) <= 3 * apart
    return bool((change > 0).all() if cell == "+" else (change < 0).all())


def table():
    """Return what is expected of each number and fault."""
    head, *rows = (line.split() for line in TABLE.strip().splitlines())
    return {(row[0], fault): cell for row in rows for fault, cell in zip(head[1:], row[1:], strict=True)}


def different(changes, apart):
    """Return the cells of the table that are not so."""
    cells = {key: cell for key, cell in table().items() if key in changes}
    assert set(cells) == set(changes)
    return {key: changes[key] for key, cell in cells.items() if not does(cell, changes[key], apart[key[0]])}


@pytest.fixture(scope="module")
def quick_changes():
    return changes_of(quick, deals=5)


def test_every_number_of_the_table_is_looked_at(quick_changes):
    assert {metric for metric, _ in table()} == {metric for metric, _ in quick_changes[0]} | SLOW


def test_faults_do_what_the_table_says(quick_changes):
    assert different(*quick_changes) == {}


@pytest.mark.slow
def test_faults_do_what_the_table_says_to_slow_metrics():
    with threadpool_limits(1):
        assert different(*changes_of(slow, deals=3)) == {}


def test_a_generator_that_loops_is_seen_by_far(quick_changes):
    assert min(quick_changes[0]["seq-rep-n", "loops"]) > 0.3


def test_copies_of_training_texts_are_seen_by_far(quick_changes):
    assert max(quick_changes[0]["novelty-n", "memorised"]) < -0.7
    assert min(quick_changes[0]["verbatim-share", "memorised"]) > 0.7


def test_a_collapse_is_seen_by_far_in_what_texts_share(quick_changes):
    assert min(quick_changes[0]["self-bleu", "30-uniques"]) > 0.4
    assert max(quick_changes[0]["backward-bleu", "30-uniques"]) < -15
