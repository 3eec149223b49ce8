"""Time self-bleu against nltk, sacrebleu and fast-bleu on the same words, in one process.

    python benchmarks/self_bleu.py              the tables of benchmarks/README.md, in ten minutes
    python benchmarks/self_bleu.py --n 200      on so many sentences

Sentences are those of the data set python-reference, as lists of words (for sacrebleu, joined by spaces);
splitting them is not timed. Longer series have words of Zipf's law. Seconds are CPU seconds of this process:
the median of nine calls, of three of a peer, after one of each on a few sentences that loads what it imports.
Peers come with the extra genbench[bench]; those missing are named.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import importlib.util
import logging
import statistics
import sys
import time

import numpy as np
from genbench_text.datasets.python_reference import python_reference
from genbench_text.overlap.overlap import among
from genbench_text.overlap.sentence_bleu import bleu_of_each
from genbench_text.tokens.words import number_words, words

ORDER = 4
WEIGHTS = (1 / ORDER,) * ORDER
SERIES = (1000, 2000, 4000, 8000, 16_000, 32_000, 64_000)
SENTENCE = 18  # words, on average


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--n", type=int, default=1000, help="sentences before which the peers are put")
    beside_peers(parser.parse_args().n)
    print()
    series()


def beside_peers(n: int) -> None:
    """Print a row for each peer that is installed."""
    sentences = [words(text) for text in python_reference().samples.data[:n]]
    if len(sentences) < n:
        sys.exit(f"python-reference has {len(sentences)} sentences; ask for no more")
    ours(sentences[:9])
    seconds, value = timed(ours, sentences, repeats=9)
    print("| sentences | genbench, s | peer | its s | ratio | difference |", "| --- " * 6 + "|", sep="\n")
    for distribution, call in PEERS.items():
        if importlib.util.find_spec(distribution.replace("-", "_")) is None:
            print(f"({distribution} is not installed, left out)", file=sys.stderr)
            continue
        call(sentences[:9])
        theirs, other = timed(call, sentences, repeats=3)
        peer = f"{distribution} {importlib.metadata.version(distribution)}"
        ratio, difference = theirs / seconds, abs(value - other)
        print(
            f"| {n:,} | {seconds:.4f} | {peer} | {theirs:.2f} | {ratio:,.0f} | {difference:.0e} |", flush=True
        )


def series() -> None:
    """Print how the time grows with the number of sentences."""
    print("| sentences | words | genbench, s | microseconds a word |", "| --- " * 4 + "|", sep="\n")
    rng = np.random.default_rng(0)
    for n in SERIES:
        lengths = rng.poisson(SENTENCE - 1, n) + 1
        drawn = iter(rng.zipf(1.3, lengths.sum()).tolist())
        sentences = [[str(next(drawn)) for _ in range(length)] for length in lengths]
        seconds, _ = timed(ours, sentences, repeats=9)
        print(
            f"| {n:,} | {lengths.sum():,} | {seconds:.3f} | {1e6 * seconds / lengths.sum():.2f} |", flush=True
        )


def timed(call, sentences, repeats):
    """Return the median CPU seconds of a call, and what it said."""
    found = []
    for _ in range(repeats):
        start = time.process_time()
        value = call(sentences)
        found.append(time.process_time() - start)
    return statistics.median(found), value


def ours(sentences):
    """Return self-bleu as genbench computes it."""
    return float(bleu_of_each(among(number_words(sentences), ORDER)).mean())


def nltk_bleu(sentences):
    """Return it as nltk's sentence_bleu, called once a sentence, does."""
    module = importlib.import_module("nltk.translate.bleu_score")
    smooth = module.SmoothingFunction().method1
    each = [
        module.sentence_bleu(
            sentences[:i] + sentences[i + 1 :], sentence, weights=WEIGHTS, smoothing_function=smooth
        )
        for i, sentence in enumerate(sentences)
    ]
    return float(np.mean(each))


def sacrebleu_bleu(sentences):
    """Return it as sacrebleu's sentence_score, called once a sentence, does with nltk's smoothing."""
    module = importlib.import_module("sacrebleu.metrics.bleu")
    logging.getLogger("sacrebleu").setLevel(logging.ERROR)  # it advises another smoothing at each call
    scorer = module.BLEU(tokenize="none", smooth_method="floor", smooth_value=0.1)
    texts = [" ".join(sentence) for sentence in sentences]
    each = [scorer.sentence_score(text, texts[:i] + texts[i + 1 :]).score for i, text in enumerate(texts)]
    return float(np.mean(each)) / 100


def fast_bleu(sentences):
    """Return it as fast-bleu, written in C++, does."""
    module = importlib.import_module("fast_bleu")
    return float(np.mean(module.SelfBLEU(sentences, {"n": WEIGHTS}).get_score()["n"]))


PEERS = {"fast-bleu": fast_bleu, "nltk": nltk_bleu, "sacrebleu": sacrebleu_bleu}


if __name__ == "__main__":
    main()
