"""Copies in a trial: samples of each modality that equal real ones, in order or not."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from toys import make_catalog

from genbench import Absent, ModalitySpec, Ragged, Samples
from genbench.catalog.catalog import load_catalog
from genbench.catalog.modalities import Modality, list_modalities
from genbench.core.samples import concat
from genbench.results.copies import ALL
from genbench.store.store import Store
from genbench.trial.copies import count_trial_copies, number_together, number_twice
from genbench.trial.failures import BlameError

SPLITS = {"train": slice(0, 40), "test": slice(40, 80), "held_out": slice(80, 120)}
BUNDLED = {modality.reference: modality for modality in list_modalities(load_catalog())}


@pytest.fixture(name="counting")
def _counting(tmp_path):
    """Return a function that counts the copies of fakes in splits of a modality."""
    opened = []

    def count(fakes, splits, modality, *, is_official=False):
        def open_split(name):
            opened.append(name)
            return splits[name]

        dataset = SimpleNamespace(
            modality=modality,
            hash="d" * 64,
            sizes={n: len(s) for n, s in splits.items()},
            is_official=is_official,
        )
        return count_trial_copies(fakes, dataset, Store(tmp_path), open_split, lambda **_: None)

    count.opened = opened
    return count


MODALITIES = [
    pytest.param(name, marks=pytest.mark.extras("rdkit")) if name.endswith("molecule") else name
    for name in sorted(BUNDLED)
]


@pytest.fixture(scope="module", params=MODALITIES, name="drawn")
def _drawn(request):
    """Return a bundled modality, 160 different samples of it, and their first 120 as splits."""
    modality = BUNDLED[request.param]
    samples = modality.example(600, np.random.default_rng(0))
    different = np.unique(number_twice(samples, modality)[1], return_index=True)[1][:160]
    samples = samples.take(different)
    return modality, samples, {name: samples.take(index) for name, index in SPLITS.items()}


@pytest.mark.parametrize("split", SPLITS)
def test_copies_of_a_split_are_counted_for_each_modality(drawn, counting, split):
    modality, _, splits = drawn
    found = counting(splits[split].take(np.arange(40)[::-1]), splits, modality)
    assert {name: c.equal for name, c in found.items()} == {
        n: 40 * (n in (split, ALL)) for n in (*SPLITS, ALL)
    }
    assert found[split].identical == 40
    assert found[split].is_excessive
    assert found[ALL].is_excessive


def test_new_samples_are_no_copies(drawn, counting):
    modality, samples, splits = drawn
    found = counting(samples.take(slice(120, 160)), splits, modality)
    assert not any(count.equal for count in found.values())


def test_clouds_with_points_in_another_order_are_copies(counting):
    rng, points = np.random.default_rng(0), BUNDLED["points"]
    samples = points.example(120, rng)
    splits = {name: samples.take(index) for name, index in SPLITS.items()}
    shuffled = replace(
        splits["train"], data=Ragged.of([rng.permutation(cloud) for cloud in splits["train"].data])
    )
    found = counting(shuffled, splits, points)["train"]
    assert (found.equal, found.identical, found.is_excessive) == (40, 0, True)


def test_clouds_with_repeated_points_are_copies(counting):
    points = BUNDLED["points"]
    train = points.example(40, np.random.default_rng(0))
    doubled = replace(train, data=Ragged.of([np.concatenate([c, c[:1]]) for c in train.data]))
    found = counting(doubled, {"train": train}, points)["train"]
    assert (found.equal, found.identical) == (40, 0)
    other = replace(train, data=Ragged.of([cloud[1:] for cloud in train.data]))
    assert counting(other, {"train": train}, points)["train"].equal == 0


def test_the_other_strand_of_dna_is_a_copy_and_that_of_a_protein_is_none(counting):
    texts, others = ("ACGTTN", "GGATCR", "AAAC"), ("NAACGT", "YGATCC", "GTTT")
    for alphabet, equal in (("dna", 3), ("protein", 0)):
        train, fakes = (Samples.of("sequence", each, alphabet=alphabet) for each in (texts, others))
        assert counting(fakes, {alphabet: train}, BUNDLED["sequence"])[alphabet].equal == equal


def test_texts_with_other_white_space_are_copies(counting):
    train, fakes = (Samples.of("text", each) for each in (["a b", "c"], ["a  b\n", "c "]))
    found = counting(fakes, {"train": train}, BUNDLED["text"])["train"]
    assert (found.equal, found.identical) == (2, 0)


@pytest.mark.extras("rdkit")
def test_molecules_with_isotope_labels_are_copies(counting):
    train, fakes = (
        Samples.of("molecule", each, notation="smiles") for each in (("CCO", "C"), ("[12CH3]CO", "[2H]C"))
    )
    found = counting(fakes, {"train": train}, BUNDLED["molecule"])["train"]
    assert (found.equal, found.identical) == (2, 0)


@pytest.mark.extras("rdkit")
def test_molecules_that_are_written_from_another_atom_on_are_copies(counting):
    from rdkit import Chem

    molecule = BUNDLED["molecule"]
    texts = ["C" * size + end for size in range(3, 13) for end in ("O", "N", "F", "Cl")]
    backwards = [end + "C" * size for size in range(3, 13) for end in ("O", "N", "F", "Cl")]
    assert len({Chem.CanonSmiles(text) for text in texts}) == 40
    train, fakes = (Samples.of("molecule", each, notation="smiles") for each in (texts, backwards))
    found = counting(fakes, {"train": train}, molecule)["train"]
    assert (found.equal, found.identical, found.is_excessive) == (40, 0, True)
    assert counting(train.take(slice(0, 5)), {"train": train}, molecule)["train"].identical == 5


@pytest.mark.parametrize("modality", ["vector", "table"])
def test_the_same_numbers_in_another_precision_are_copies(modality, counting):
    double = np.random.default_rng(0).normal(size=(40, 3))
    data, single = double, double.astype(np.float32)
    if modality == "table":
        data, single = pd.DataFrame(data), pd.DataFrame(single.astype(np.float64))
        data.columns = single.columns = ["a", "b", "c"]
    train = Samples.of(modality, data)
    found = counting(replace(train, data=single), {"train": train}, BUNDLED[modality])["train"]
    assert (found.equal, found.identical) == (40, 0)


@pytest.mark.parametrize(("is_official", "excessive"), [(True, True), (False, False)])
def test_repeated_training_samples_hide_no_copies_where_other_splits_tell(is_official, excessive, counting):
    vector, rng = BUNDLED["vector"], np.random.default_rng(0)
    train, test = (Samples.of("vector", rng.normal(size=(300, 3))) for _ in range(2))
    splits = {"train": train.take(np.repeat(np.arange(300), 2)), "test": test}
    found = counting(train, splits, vector, is_official=is_official)["train"]
    # each training sample is there twice, so by themselves they say that all draws would equal one
    assert (found.equal, found.chance, found.is_excessive) == (300, 0 if is_official else 300, excessive)


def _negate_zeros(data):
    """Return data with -0.0 in place of each 0.0."""
    if isinstance(data, Ragged):
        return Ragged(_negate_zeros(data.values), data.offsets)
    if isinstance(data, pd.DataFrame):
        # by hand, since `where` and `map` of pandas may change the type of a column
        negated = {
            name: [-cell if isinstance(cell, float) and cell == 0 else cell for cell in column]
            for name, column in data.items()
        }
        return pd.DataFrame({name: pd.Series(negated[name], dtype=str(data[name].dtype)) for name in data})
    return np.where(data == 0, -data, data)


_RNG = np.random.default_rng(0)
_SPARSE = _RNG.normal(size=(40, 30)).clip(0)  # half of the numbers are 0.0
_ZEROS = {
    "double": Samples.of("vector", _SPARSE),
    "single": Samples.of("vector", _SPARSE.astype(np.float32)),
    "ragged": Samples.of("audio", Ragged.of(list(_SPARSE.astype(np.float32)[..., None])), rate=8000),
    "frame": Samples.of(
        "table",
        pd.DataFrame({
            "number": pd.Series(_SPARSE[:, 0]),
            "nullable": pd.array([None, *_SPARSE[1:, 1]], dtype="Float64"),
            "mixed": pd.Series([0.0, "text", None, *_SPARSE[3:, 2]], dtype=object),
            "category": pd.Categorical([0.0, *range(1, 40)]),
            "count": range(40),
            "text": ["a", "b"] * 20,
        }),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", _ZEROS)
def test_samples_with_negative_zeros_are_copies(counting, name):
    train = _ZEROS[name]
    fakes = replace(train, data=_negate_zeros(train.data))
    found = counting(fakes, {"train": train}, BUNDLED[train.space.modality])["train"]
    assert (found.equal, found.identical < 10, found.is_excessive) == (40, True, True)
    # the other way round, with negative zeros in the real samples
    found = counting(train, {"test": fakes}, BUNDLED[train.space.modality])["test"]
    assert (found.equal, found.chance) == (40, 0)


def test_numbers_that_single_precision_rounds_to_zero_are_copies_with_either_sign(counting):
    train = Samples.of("vector", np.stack([np.arange(40.0), np.full(40, 1e-300)], axis=1))
    fakes = replace(train, data=train.data * [1, -1])
    assert counting(fakes, {"train": train}, BUNDLED["vector"])["train"].equal == 40


def test_the_store_gives_no_numbers_of_an_earlier_rule(drawn, counting, monkeypatch):
    modality, samples, splits = drawn
    monkeypatch.setattr("genbench.store.keys._NUMBERS", 1)
    counting(samples.take(slice(0, 5)), splits, modality)
    monkeypatch.undo()
    counting(samples.take(slice(0, 5)), splits, modality)
    assert counting.opened == [*SPLITS, *SPLITS]


def test_a_mixture_of_all_splits_is_found_in_all_of_them_together(counting):
    vector, rng = BUNDLED["vector"], np.random.default_rng(0)
    samples = vector.example(240, rng)
    splits = {name: samples.take(index) for name, index in SPLITS.items()}
    fakes = concat([samples.take(slice(160, 200)), *(split.take(slice(0, 6)) for split in splits.values())])
    found = counting(fakes, splits, vector)
    assert {name: count.is_excessive for name, count in found.items()} == {
        "train": False, "test": False, "held_out": False, ALL: True,
    }  # fmt: skip


def test_the_store_keeps_the_numbers_of_a_split(drawn, counting):
    modality, samples, splits = drawn
    first = counting(samples.take(slice(100, 150)), splits, modality)
    assert counting(samples.take(slice(100, 150)), splits, modality) == first
    assert counting.opened == list(SPLITS)


class Mesh:
    """A stranger's meshes: rows of faces, whose order means nothing."""

    def same(self, samples):
        return tuple(str(sorted(map(tuple, mesh.tolist()))) for mesh in samples.data)


class Broken:
    def same(self, samples):
        return [1, 2]


class Short:
    def same(self, samples):
        return tuple("a")


class Lacking:
    def same(self, samples):
        raise Absent("needs meshlib")


def strange(make):
    spec = ModalitySpec(
        name="mesh", make=make, summary="", container="ragged", dtypes=("int64",), axes=("face", "corner")
    )
    (component,) = make_catalog(spec).of_kind("modality")
    return Modality(component=component)


@pytest.fixture(name="meshes")
def _meshes():
    """Return 40 meshes of ten faces, and the same with their faces in another order."""
    rng = np.random.default_rng(0)
    faces = [rng.integers(1000, size=(10, 3)) for _ in range(40)]
    return [Samples.of("maker:mesh", each) for each in (faces, [rng.permutation(mesh) for mesh in faces])]


def test_a_stranger_s_modality_says_what_is_the_same(meshes, counting):
    train, fakes = meshes
    found = counting(fakes, {"train": train}, strange(Mesh))["train"]
    assert (found.equal, found.identical, found.is_excessive) == (40, 0, True)


def test_without_a_package_that_compares_samples_nothing_is_counted(meshes, counting):
    assert counting(meshes[1], {"train": meshes[0]}, strange(Lacking)) == {}


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (Broken, "same: expected one of"),
        (Short, "same returned 1 items for 40 samples; expected one for each"),
    ],
)
def test_an_error_of_a_modality_names_it(meshes, counting, make, text):
    with pytest.raises(BlameError) as failure:
        counting(meshes[1], {"train": meshes[0]}, strange(make))
    assert text in str(failure.value.__cause__)
    assert failure.value.component.reference == "maker:mesh"


def test_samples_of_a_score_are_numbered_together_so_that_the_same_ones_are_equal_as_in_a_run(drawn):
    modality, samples, splits = drawn
    draws = [splits["train"], samples.take(np.arange(60)[::-1]), splits["test"].take(np.zeros(3, int))]
    together, alone = number_together(draws, modality), [number_twice(draw, modality) for draw in draws]
    for row in (0, 1):
        _, expected = np.unique(np.concatenate([each[row] for each in alone]), return_inverse=True)
        _, found = np.unique(np.concatenate([each[row] for each in together]), return_inverse=True)
        assert len({*zip(found, expected, strict=True)}) == expected.max() + 1 == found.max() + 1


def test_rows_that_differ_in_precision_or_signs_of_zeros_are_the_same_in_a_score_too():
    table = BUNDLED["table"]
    real = Samples.of("table", pd.DataFrame({"x": [0.1, 0.0, 1e300], "y": [None, "a", "b"]}))
    fake = pd.DataFrame({"x": [float(np.float32(0.1)), -0.0, 1e299], "y": [None, "a", "b"]})
    (first, second), (same, equal) = zip(
        *number_together([real, Samples.of("table", fake)], table), strict=True
    )
    assert not set(first.tolist()) & set(second.tolist())
    assert same.tolist() == equal.tolist()


def test_frames_of_unequal_width_and_samples_of_another_form_are_numbered_by_their_hashes():
    one, two = (Samples.of("table", pd.DataFrame([names], columns=names)) for names in (["x"], ["x", "y"]))
    texts = Samples.of("text", ["a"])
    for name, draws in (("table", [one, two]), ("text", [texts, texts])):
        modality = BUNDLED[name]
        found, expected = number_together(draws, modality), [number_twice(draw, modality) for draw in draws]
        np.testing.assert_array_equal(found, expected)
