"""Divergences of k-mers: closed forms, invariances, and what they cannot compute."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from genbench_molecule.sequences import SPECS
from genbench_molecule.sequences import kmer_divergence as module
from genbench_molecule.sequences.kmer_world import kmer_world

from genbench import Samples, Space, SuiteError, Undefined
from genbench.contract.signature import fill_options, read_contract

SWAP = str.maketrans("ACGT", "TGCA")


def kmer_divergence(*sides, **options):
    """Return the values by output."""
    return {name: score.value for name, score in module.kmer_divergence(*sides, **options).items()}


def kmer_jsd_to_truth(*inputs, **options):
    """Return the value."""
    return module.kmer_jsd_to_truth(*inputs, **options).value


def dna(*texts, alphabet="dna"):
    return Samples.of("sequence", texts, alphabet=alphabet)


def test_equal_sides_have_no_divergence_and_disjoint_ones_a_whole_bit():
    found = kmer_divergence(dna("ACGTACGT"), dna("ACGTACGT"))
    assert found == {"kmer-jsd": 0.0, "kmer-kl": 0.0, "kmer-cosine": pytest.approx(1)}
    found = kmer_divergence(dna("AAAA"), dna("CCCC"))
    assert (found["kmer-jsd"], found["kmer-cosine"]) == (pytest.approx(1), 0)


def test_two_letters_have_the_closed_form():
    found = kmer_divergence(dna("AAAC"), dna("AC"), k=1)  # shares 3/4, 1/4 and 1/2, 1/2
    jsd = 0.5 * (0.75 * math.log2(0.75 / 0.625) + 0.25 * math.log2(0.25 / 0.375)) + 0.5 * (
        0.5 * math.log2(0.5 / 0.625) + 0.5 * math.log2(0.5 / 0.375)
    )
    kl = (
        4 / 8 * math.log((4 / 8) / (2 / 6))
        + 2 / 8 * math.log((2 / 8) / (2 / 6))
        + 2 * (1 / 8 * math.log((1 / 8) / (1 / 6)))
    )
    assert found["kmer-jsd"] == pytest.approx(jsd, rel=1e-12)
    assert found["kmer-kl"] == pytest.approx(kl, rel=1e-12)
    assert found["kmer-cosine"] == pytest.approx(2 / math.sqrt(5), rel=1e-12)
    plain = kmer_divergence(dna("AAAC"), dna("AC"), k=1, pseudocount=0)["kmer-kl"]
    assert plain == pytest.approx(0.75 * math.log(1.5) + 0.25 * math.log(0.5), rel=1e-12)


def test_the_words_that_differ_most_add_up_to_the_divergence():
    found = module.kmer_divergence(dna("AACC"), dna("AAGG"), k=2)["kmer-jsd"]
    # AC, CC on one side and AG, GG on the other have 1 / 3 each, half a bit times 1 / 3; AA is equal
    assert list(found.extra["words"]) == ["AC", "AG", "CC", "GG", "AA"]
    assert list(found.extra["words"].values()) == pytest.approx([1 / 6] * 4 + [0])
    assert sum(found.extra["words"].values()) == pytest.approx(found.value)


def test_the_other_strand_is_seen_unless_words_are_canonical(stored):
    real = stored["dna_real"]
    other = dna(*(text[::-1].translate(SWAP) for text in real.data))
    for k in (2, 3, 4):
        assert kmer_divergence(real, other, k=k)["kmer-jsd"] > 0.01
        found = kmer_divergence(real, other, k=k, canonical=True)
        assert found == {"kmer-jsd": 0, "kmer-kl": 0, "kmer-cosine": pytest.approx(1)}


def test_shuffled_letters_are_seen_by_words_and_not_by_letters(stored):
    real, rng = stored["dna_real"], np.random.default_rng(0)
    shuffled = dna(*("".join(rng.permutation(list(text))) for text in real.data))
    assert kmer_divergence(real, shuffled, k=1)["kmer-jsd"] == pytest.approx(0, abs=1e-15)
    assert kmer_divergence(real, shuffled, k=3)["kmer-jsd"] > 0.01


def test_the_order_of_sequences_does_not_count(sides):
    real, fake = sides("pep")
    turned = fake.take(np.arange(len(fake))[::-1])
    assert kmer_divergence(real, fake, k=2) == kmer_divergence(real, turned, k=2)


def test_large_words_take_no_table():
    found = kmer_divergence(dna("ACGT" * 20), dna("ACGA" * 20), k=31)
    assert found["kmer-jsd"] == pytest.approx(1)
    assert found["kmer-kl"] > 0


@pytest.mark.parametrize(
    ("fake", "options", "message"),
    [
        (dna("AC", "NNNNN"), {}, "the fake sequences have no 3 plain letters in a row"),
        (dna("CCCC"), {"pseudocount": 0}, "the fakes lack a real word, so kmer-kl is infinite"),
    ],
)
def test_what_has_no_value_says_why(fake, options, message):
    with pytest.raises(Undefined, match=message):
        kmer_divergence(dna("ACGT"), fake, **options)


@pytest.mark.parametrize("name", ["kmer-divergence", "kmer-jsd-to-truth"])
def test_a_k_for_which_no_alphabet_has_room_is_no_valid_option(name):
    (contract,) = (read_contract(spec) for spec in SPECS if spec.name == name)
    assert fill_options(contract, {"k": 31}, where="it", folder=Path())["k"] == 31
    with pytest.raises(SuiteError, match="k: expected a number less than or equal to 31, got 32"):
        fill_options(contract, {"k": 32}, where="it", folder=Path())


def test_proteins_have_no_canonical_words():
    with pytest.raises(Undefined, match="the sequences are protein"):
        kmer_divergence(dna("MKV", alphabet="protein"), dna("MKV", alphabet="protein"), canonical=True)


def test_sequences_of_the_truth_approach_its_law():
    truth = kmer_world(n=4).truth
    drawn = {n: truth.sample(n, rng=np.random.default_rng(0)) for n in (100, 3000)}
    values = {n: kmer_jsd_to_truth(samples, truth) for n, samples in drawn.items()}
    assert values[3000] < 0.0005 < values[100] < 0.01  # about 63 / (8 ln 2 N) for N words, since they repeat
    real = truth.sample(3000, rng=np.random.default_rng(1))
    shuffled = np.random.default_rng(2)
    fake = dna(*("".join(shuffled.permutation(list(text))) for text in drawn[3000].data))
    expected = kmer_divergence(real, fake)["kmer-jsd"]
    assert kmer_jsd_to_truth(fake, truth) == pytest.approx(expected, rel=0.03)


def test_a_law_without_words_is_no_truth():
    with pytest.raises(Undefined, match="needs one such as kmer-world"):
        kmer_jsd_to_truth(dna("ACGT"), None)
    with pytest.raises(Undefined, match=r"more than 10,000,000 words of 12 letters"):
        kmer_jsd_to_truth(dna("ACGT"), kmer_world(n=4).truth, k=12)


def deal(real, fake, k, draws, **options):
    """Return the mean jsd and kl of the words of both sides, mixed and dealt out at random."""
    alphabet, rng = module.alphabet_of(real, fake), np.random.default_rng(0)
    sides = [module.count_kmers(side.data, alphabet, k, canonical=False) for side in (real, fake)]
    words = np.concatenate([np.repeat(side.words, side.counts) for side in sides])
    values = []
    for _ in range(draws):
        rng.shuffle(words)
        letters = ["".join(alphabet.letters[word // len(alphabet.letters) ** at % len(alphabet.letters)]
                           for at in reversed(range(k))) for word in words]  # fmt: skip
        parts = letters[: sides[0].total], letters[sides[0].total :]
        found = kmer_divergence(*(dna(*part, alphabet=alphabet.name) for part in parts), k=k, **options)
        values.append([found["kmer-jsd"], found["kmer-kl"]])
    return np.mean(values, axis=0)


def test_the_bias_of_two_words_on_each_side_is_that_of_all_six_deals():
    """Of AACC, two are dealt to each side: equal shares in four of six deals, a whole bit apart in two."""
    found = module.kmer_divergence(dna("AA"), dna("CC"), k=1)
    assert found["kmer-jsd"].extra["bias"] == pytest.approx(1 / 3)
    whole = 3 / 6 * math.log(3) - 1 / 6 * math.log(3)  # counts 3, 1, 1, 1 against 1, 3, 1, 1
    assert found["kmer-kl"].extra["bias"] == pytest.approx(whole / 3)
    assert "bias" not in found["kmer-cosine"].extra


@pytest.mark.parametrize("pseudocount", [1.0, 0.5])
def test_the_bias_is_the_mean_over_words_dealt_out_at_random(pseudocount):
    rng = np.random.default_rng(1)
    real, fake = (
        dna(*("".join(rng.choice(list("ACGT"), 20, p=shares)) for _ in range(n)))
        for n, shares in ((4, [0.4, 0.3, 0.2, 0.1]), (9, [0.1, 0.2, 0.3, 0.4]))
    )
    found = module.kmer_divergence(real, fake, k=2, pseudocount=pseudocount)
    biases = [found[name].extra["bias"] for name in ("kmer-jsd", "kmer-kl")]
    # 200 deals: the standard error of a mean is about 2 % of it
    assert biases == pytest.approx(list(deal(real, fake, 2, 200, pseudocount=pseudocount)), rel=0.08)


def test_without_a_pseudocount_kl_has_no_bias():
    found = module.kmer_divergence(dna("ACGT"), dna("ACGT"), k=1, pseudocount=0)
    assert "bias" not in found["kmer-kl"].extra
    assert "bias" in found["kmer-jsd"].extra


def proteins(rng, n, letters="ACDEFGHIKLMNPQRSTVWY"):
    return dna(*("".join(rng.choice(list(letters), 20)) for _ in range(n)), alphabet="protein")


def test_a_divergence_that_is_mostly_bias_is_warned_of():
    rng = np.random.default_rng(2)
    real, same, other = proteins(rng, 30), proteins(rng, 30), proteins(rng, 30, "ACDEF")
    far = module.kmer_divergence(real, same, k=3)["kmer-jsd"]
    assert far.value > 0.8
    assert far.extra["bias"] == pytest.approx(far.value, rel=0.1)
    assert far.extra["warning"].startswith("two sides of one law would differ by about 0.9")
    assert "warning" not in module.kmer_divergence(real, other, k=1)["kmer-jsd"].extra
    assert module.kmer_divergence(real, real, k=1)["kmer-jsd"].extra["warning"]


def test_without_k_words_have_three_letters_and_those_of_proteins_two():
    rng = np.random.default_rng(3)
    strands = [dna(*("".join(rng.choice(list("ACGT"), 30)) for _ in range(9))) for _ in range(2)]
    chains = [proteins(rng, 9) for _ in range(2)]
    for sides, k, usual in ((strands, 3, (3, 4)), (chains, 2, (1, 2))):
        assert kmer_divergence(*sides) == kmer_divergence(*sides, k=k)
        by_k = {f"k = {each}": kmer_divergence(*sides, k=each) for each in usual}
        for name, score in module.kmer_divergence(*sides).items():
            assert score.extra["parts"] == {each: values[name] for each, values in by_k.items()}
    assert set(module.kmer_divergence(dna("ACG"), dna("ACG"))["kmer-jsd"].extra["parts"]) == {"k = 3"}


@pytest.mark.parametrize(("alphabet", "k"), [("dna", 3), ("rna", 3), ("protein", 2), (None, 3)])
def test_the_signature_has_the_k_of_the_alphabet(alphabet, k):
    """Without an alphabet in the space it is 3, as in all earlier signatures."""
    assert module.default_options(Space("sequence", alphabet=alphabet)) == {"k": k}


def test_the_bias_to_a_truth_is_that_of_the_fakes_alone():
    data = kmer_world(n=4, shortest=400, longest=400)
    found = module.kmer_jsd_to_truth(data.samples, data.truth)
    assert found.extra["bias"] == pytest.approx(63 / (8 * math.log(2) * 4 * 398))
    assert "warning" not in module.kmer_jsd_to_truth(dna("A" * 400), data.truth).extra
