"""SELFIES as symbols: on SELFIES a law, on SMILES a translation that draws molecules alone."""

from __future__ import annotations

import sys

import pytest
from genbench_text.chains.hmm import hmm, load_hmm
from genbench_text.chains.markov import load_markov, markov
from genbench_text.chains.selfies import SmilesSampler, as_selfies, as_smiles
from genbench_text.neural.lstm import load_lstm, lstm
from genbench_text.neural.transformer import load_transformer, transformer
from numpy.random import default_rng

from genbench import DataError, Invalid, Samples, Space, SuiteError, Undefined

SELFIES = Samples.of("molecule", ["[C][C][O]", "[C][=C]", "[N][C]"] * 5, notation="selfies")
SMILES = Samples.of("molecule", ["CCO", "c1ccccc1", "CC(=O)N", "C#N"] * 10, notation="smiles")
needs_selfies = pytest.mark.extras("rdkit", "selfies")


def ignore(*_, **__):
    """Receive what a training logs."""


def fitted(model, train):
    if model is markov:
        return markov(train, unit="selfies")
    rng = default_rng(0)
    if model is hmm:
        return hmm(train, unit="selfies", states=4, iterations=3, rng=rng, log=ignore)
    return model(train, unit="selfies", steps=3, rng=rng, log=ignore)


MODELS = (
    pytest.param(markov, load_markov, id="markov"),
    pytest.param(hmm, load_hmm, id="hmm"),
    pytest.param(lstm, load_lstm, id="lstm", marks=pytest.mark.slow),  # they import torch
    pytest.param(transformer, load_transformer, id="transformer", marks=pytest.mark.slow),
)


class Drawn:
    """A model of SELFIES that draws these texts, one after the other."""

    parameters = 3
    space = SELFIES.space

    def __init__(self, *texts):
        self.texts = list(texts)

    def sample(self, n, *, rng):
        return Samples(tuple(self.texts.pop(0) for _ in range(n)), self.space)


@pytest.mark.parametrize(("model", "load"), MODELS)
def test_a_model_of_selfies_draws_whole_symbols_and_needs_no_package(model, load, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "selfies", None)
    sampler = fitted(model, SELFIES)
    drawn = sampler.sample(30, rng=default_rng(1))
    assert drawn.space == SELFIES.space
    assert set("".join(drawn.data).replace("]", "] ").split()) <= {"[C]", "[=C]", "[O]", "[N]"}
    assert (sampler.log_likelihood(SELFIES.data) < 0).all()
    assert sampler.token_counts(["[C][C][O]"]).tolist() == [4]
    sampler.save(tmp_path)
    assert load(tmp_path).sample(30, rng=default_rng(1)).data == drawn.data


def test_symbols_are_not_cut_at_the_maximum_length():
    train = Samples(SELFIES.data, Space("molecule", notation="selfies", longest=10))
    drawn = markov(train, unit="selfies", order=0).sample(300, rng=default_rng(0)).data
    assert max(map(len, drawn)) in (9, 10)
    assert all(text == "" or text.endswith("]") for text in drawn)


@pytest.mark.parametrize(("text", "unit"), [("text", "characters"), ("sequence", "characters")])
def test_other_samples_than_molecules_are_refused(text, unit):
    samples = Samples.of(text, ["CC"])
    assert as_selfies(samples, unit) is samples
    reason = f"unit = 'selfies' needs molecules, got {text} samples; use unit = 'char"
    with pytest.raises(SuiteError, match=reason):
        markov(samples, unit="selfies")


def test_the_package_that_is_missing_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "selfies", None)
    with pytest.raises(SuiteError, match=r"needs the package selfies; pip install 'genbench\[molecules\]'"):
        markov(SMILES, unit="selfies")


@needs_selfies
@pytest.mark.parametrize(("model", "load"), MODELS)
def test_every_draw_is_a_molecule_in_the_notation_of_train(model, load, tmp_path):
    from rdkit import Chem

    sampler = fitted(model, SMILES)
    drawn = sampler.sample(60, rng=default_rng(1))
    assert drawn.space == SMILES.space
    molecules = [Chem.MolFromSmiles(text) for text in drawn.data]
    assert all(molecule is not None and molecule.GetNumAtoms() for molecule in molecules)
    assert sampler.parameters > 0
    assert not hasattr(sampler, "log_likelihood")  # several SMILES are one text of SELFIES
    sampler.save(tmp_path)
    assert load(tmp_path).sample(60, rng=default_rng(1)).data == drawn.data


@needs_selfies
def test_a_molecule_without_atoms_is_drawn_again():
    sampler = SmilesSampler(Drawn("[C]", "", "[nop]", "[O]", "[N]"), SMILES.space)
    assert sampler.sample(3, rng=default_rng(0)).data == ("C", "O", "N")
    with pytest.raises(Invalid, match="0 of 1 molecules have an atom, in 100 draws"):
        SmilesSampler(Drawn(*[""] * 100), SMILES.space).sample(1, rng=default_rng(0))


@needs_selfies
def test_a_molecule_has_at_most_the_characters_of_the_space_and_is_still_one():
    space = Space("molecule", notation="smiles", longest=3)
    assert SmilesSampler(Drawn("[C][C][C][O]"), space).sample(1, rng=default_rng(0)).data == ("CCC",)


@needs_selfies
def test_a_molecule_that_selfies_cannot_write_is_named():
    broken = Samples.of("molecule", ["CC", "C(C"], notation="smiles")
    reason = r"training molecule 2, 'C\(C', cannot be written as SELFIES; take it out"
    with pytest.raises(Undefined, match=reason):
        as_selfies(broken, "selfies")


def test_a_sampler_of_the_notation_of_train_is_not_wrapped():
    model = Drawn()
    assert as_smiles(model, SELFIES.space) is model
    assert isinstance(as_smiles(model, SMILES.space), SmilesSampler)


@needs_selfies
def test_a_damaged_file_of_the_space_is_an_error(tmp_path):
    markov(SMILES, unit="selfies").save(tmp_path)
    (tmp_path / "smiles.json").write_text("{", encoding="ascii")
    with pytest.raises(DataError, match=r"smiles\.json of the saved model cannot be read"):
        load_markov(tmp_path)


@needs_selfies
@pytest.mark.extras("moses")
@pytest.mark.slow
def test_chains_of_500_molecules_of_moses_draw_molecules_alone_and_chains_of_characters_do_not():
    from genbench_molecule.datasets.moses import moses
    from genbench_molecule.metrics.validity import validity

    data = moses(n=500, n_test=10)
    train = data.samples.take(data.splits["train"])
    made = {
        unit: markov(train, unit=unit).sample(500, rng=default_rng(0)) for unit in ("selfies", "characters")
    }
    values = {unit: validity(train, samples).value for unit, samples in made.items()}
    assert values["selfies"] == 1.0
    assert values["characters"] < 0.5
    assert len(set(made["selfies"].data)) > 450
