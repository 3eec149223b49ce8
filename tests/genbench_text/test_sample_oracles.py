"""Every reference value of metrics on texts; data/samples/README.md says where they come from."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from genbench_fidelity.memorisation.duplicates import train_duplicates
from genbench_text.overlap.copying import novelty_n
from genbench_text.overlap.corpus_bleu import bleu
from genbench_text.overlap.mauve import area, mauve
from genbench_text.overlap.overlap import between
from genbench_text.overlap.repetition import distinct_n, rep_n, seq_rep_n
from genbench_text.overlap.sentence_bleu import self_bleu, sentence_bleu
from genbench_text.overlap.zipf import slope, zipf
from genbench_text.tokens.words import number_words, words
from sacrebleu.metrics import BLEU, CHRF, TER

from genbench import Samples
from genbench.core.scores import Score

DATA = Path(__file__).parent / "data" / "samples"
RECORDS = json.loads((DATA / "records.json").read_text(encoding="utf-8"))
TEXTS = json.loads((DATA / "texts.json").read_text(encoding="utf-8"))
HYPS, REFS, TRAIN = (Samples.of("text", TEXTS[name]) for name in ("hyps", "refs", "train"))


def records(*metrics, case=""):
    found = [record for record in RECORDS if record["metric"] in metrics and case in record["case"]]
    assert found, metrics
    return pytest.mark.parametrize("record", found, ids=lambda r: f"{r['metric']}-{r['case']}-{r['source']}")


def record(metric, case):
    (found,) = (r for r in RECORDS if (r["metric"], r["case"]) == (metric, case))
    return found


def order(record):
    return int(record["case"].rpartition("n")[2])


def close(record, expected=None):
    value = record["value"] if expected is None else expected
    return pytest.approx(value, abs=max(record["tol"], 1e-12), rel=0)


@records("self_bleu", case="hyps/n")
def test_self_bleu_equals_nltk(record):
    assert self_bleu(HYPS, n=order(record)).value == pytest.approx(record["value"], abs=1e-12, rel=0)


def test_self_bleu_equals_fast_bleu_and_is_1_for_doubles_and_is_not_sacrebleu_s():
    peer = record("self_bleu", "hyps/fast_bleu")
    for n, value in peer["value"].items():
        assert self_bleu(HYPS, n=int(n)).value == close(peer, value)
    twice = Samples.of("text", TEXTS["hyps"] * 2)
    assert self_bleu(twice).value == close(record("self_bleu", "hyps/duplicated"))
    assert abs(100 * self_bleu(HYPS).value - record("self_bleu", "hyps/sacrebleu")["value"]) > 1


@records("forward_bleu", "backward_bleu")
def test_sentence_bleu_equals_nltk_both_ways(record):
    way = record["metric"].removesuffix("_bleu")
    found = sentence_bleu(TRAIN, HYPS, n=order(record))[f"{way}-sentence-bleu"]
    assert found.value == pytest.approx(record["value"], abs=1e-12, rel=0)


@records("bleu", "bleu_lc", "bleu_char", "bleu_none", case="corpus7")
def test_counts_of_single_pairs_add_up_to_corpus_bleu(record):
    options = {"lowercase": record["metric"] == "bleu_lc"}
    options["tokenize"] = {"bleu_char": "char", "bleu_none": "none"}.get(record["metric"], "13a")
    scorer, counts = BLEU(**options), np.zeros(10, np.int64)
    for hyp, ref in zip(TEXTS["hyps"], TEXTS["refs"], strict=True):
        found, _ = between(number_words(scorer.tokenizer(text).split() for text in (hyp, ref)), 1, 4)
        counts += np.concatenate([found.matches[:, 0], found.totals[:, 0], found.length, found.nearest])
    score = scorer.compute_bleu(
        counts[:4].tolist(), counts[4:8].tolist(), int(counts[8]), int(counts[9]), smooth_method="exp"
    ).score
    value = record["value"]
    if isinstance(value, dict):
        value = value.get("score", value.get("bleu"))
    assert score == pytest.approx(value, abs=max(record["tol"], 1e-9), rel=0)


@records("sentence_bleu")
def test_counts_of_single_pairs_give_sacrebleu_s_sentence_bleu(record):
    scorer = BLEU(effective_order=True)
    for hyp, ref, value in zip(TEXTS["hyps"], TEXTS["refs"], record["value"], strict=True):
        found, _ = between(number_words(scorer.tokenizer(text).split() for text in (hyp, ref)), 1, 4)
        counts = (side[:, 0].tolist() for side in (found.matches, found.totals))
        lengths = int(found.length[0]), int(found.nearest[0])
        score = scorer.compute_bleu(*counts, *lengths, smooth_method="exp", effective_order=True).score
        assert score == close(record, value)


def test_bleu_carries_the_signature_of_the_reference():
    found = bleu(REFS, HYPS)["forward-bleu"].extra["signature"].split("|")
    expected = next(r for r in RECORDS if r["case"] == "corpus7" and r["metric"] == "bleu")["value"][
        "signature"
    ]
    theirs = [part for part in expected.split("|") if not part.startswith(("nrefs", "version"))]
    assert [part for part in found if not part.startswith(("nrefs", "version"))] == theirs


@records("chrf2", "chrf2++", "ter")
def test_the_installed_sacrebleu_still_gives_its_reference_values(record):
    scorer = {"chrf2": CHRF(), "chrf2++": CHRF(word_order=2), "ter": TER()}[record["metric"]]
    found = scorer.corpus_score(TEXTS["hyps"], [TEXTS["refs"]])
    assert found.score == close(record, record["value"]["score"])


@records("distinct_n", "seq_rep_n", "rep_n", "novelty_ngram")
def test_shares_of_n_grams_have_their_closed_forms(record):
    n = order(record)
    found = {
        "distinct_n": lambda: distinct_n(HYPS, n=n),
        "seq_rep_n": lambda: seq_rep_n(HYPS, n=n),
        "rep_n": lambda: rep_n(HYPS, n=n),
        "novelty_ngram": lambda: novelty_n(TRAIN, HYPS, n=n),
    }[record["metric"]]()
    value = found.value if isinstance(found, Score) else found
    if "per_sentence" in record["case"]:
        each = [distinct_n(Samples.of("text", [text]), n=n) for text in TEXTS["hyps"]]
        assert np.mean(each) == close(record)
        assert abs(value - record["value"]) > 0.05
    else:
        assert value == close(record)


def test_texts_that_are_not_in_train_are_what_its_duplicates_leave():
    whole = record("novelty_sentence", "hyps_vs_train")["value"]
    assert 1 - train_duplicates(TRAIN, HYPS) == pytest.approx(whole, abs=1e-12)


def test_zipf_equals_scipy_s_line():
    exact = record("zipf", "exact_power_1.1")
    assert slope(1000 / np.arange(1, 201) ** 1.1) == close(exact, exact["value"]["s"])
    together = record("zipf", "hyps+refs+train")
    texts = Samples.of("text", TEXTS["hyps"] + TEXTS["refs"] + TEXTS["train"])
    assert zipf(texts) == close(together, together["value"]["s"])


def test_words_are_those_between_spaces_here():
    assert all(words(text) == text.split() for side in TEXTS.values() for text in side)


def test_mauve_of_histograms_equals_the_reference():
    stored = record("mauve_hist", "5bins")
    p, q = (np.array(stored["params"][side]) for side in "pq")
    assert area(p, q, stored["params"]["scaling"]) == close(stored, stored["value"]["mauve"])


@pytest.fixture(scope="module")
def arrays():
    with np.load(Path(__file__).parents[1] / "genbench_fidelity" / "data" / "features.npz") as stored:
        return {name: stored[name] for name in ("ngtd_real", "ngtd_fake", "modes_real", "modes_same",
                                                "modes_drop5", "ident")}  # fmt: skip


@records("mauve")
def test_mauve_and_its_star_of_the_reference_s_clusters_equal_it(record, arrays):
    counts = [
        np.array(record["value"][name]) * len(arrays[side])
        for name, side in zip(("p_hist", "q_hist"), record["inputs"], strict=True)
    ]
    plain, smooth = ([(c + extra) / (c + extra).sum() for c in counts] for extra in (0, 0.5))
    assert area(*plain, 5.0) == pytest.approx(record["value"]["mauve"], abs=1e-9)
    assert area(*smooth, 5.0) == pytest.approx(record["value"]["mauve_star"], abs=1e-9)


@records("mauve")
def test_mauve_of_features_is_one_of_the_values_that_starts_of_k_means_give(record, arrays):
    real, fake = (arrays[name] for name in record["inputs"])
    found = [mauve(real, fake, rng=np.random.default_rng(seed)) for seed in range(10)]
    assert {score.extra["buckets"] for score in found} == {record["value"]["num_buckets"]}
    values = [score.value for score in found]
    within = max(record["tol"], 3 * np.std(values))  # `ngtd` moves by 0.05 from start to start
    assert np.mean(values) == pytest.approx(record["value"]["mauve"], abs=within)
