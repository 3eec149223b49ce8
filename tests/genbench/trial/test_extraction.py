from __future__ import annotations

import numpy as np
import pytest

from genbench import Extracted, ExtractorSpec, Samples
from genbench.catalog.catalog import Component, Owner
from genbench.contract.signature import Contract
from genbench.files.sample_files import read_array
from genbench.suite.components import Part
from genbench.trial.extraction import extract_features, make_accuracy_note, write_arrays
from genbench.trial.failures import BlameError, blame, read_outcome

SAMPLES = Samples.of("vector", np.arange(8.0).reshape(4, 2), [3, 7, 7, 3])


def part(*outputs):
    spec = ExtractorSpec(name="looks", make="x:y", outputs=dict.fromkeys(outputs, "something"))
    component = Component(spec, Owner("maker", "1", "maker", "x"))
    contract = Contract((), (), (), "looks")
    return Part(
        name="looks", component=component, contract=contract, options={}, canonical={}, signature_options={}
    )


def all_valid(arrays):
    return Extracted(arrays, np.ones(4, bool))


def outputs(extractor):
    """Return what an extractor with the output `features` makes of the samples."""
    component = part("features").component
    return extract_features(extractor, part("features"), lambda: blame(component), SAMPLES)


def test_what_an_extractor_gives_is_passed_on():
    features = np.arange(12, dtype=np.float32).reshape(4, 3)
    found = outputs(lambda samples: {"features": features})
    np.testing.assert_array_equal(found.arrays["features"], features)
    assert found.valid.tolist() == [True] * 4
    np.testing.assert_array_equal(
        outputs(lambda samples: {"features": samples.data}).arrays["features"], SAMPLES.data
    )


SOME = np.array([True, False, True, False])


def test_rows_of_samples_without_features_hold_anything_and_become_zero():
    features = np.array([[1.0, 2.0], [np.nan, 9.0], [3.0, 4.0], [np.inf, -np.inf]], np.float32)
    found = outputs(lambda samples: Extracted({"features": features}, SOME))
    assert found.arrays["features"].tolist() == [[1, 2], [0, 0], [3, 4], [0, 0]]
    assert found.arrays["features"].dtype == np.float32
    assert found.valid.tolist() == SOME.tolist()
    assert np.isnan(features[1, 0])  # the extractor's own array is as it was


def test_an_extractor_may_write_every_answer_to_one_buffer():
    features, valid = np.ones((4, 3), np.float32), np.ones(4, bool)
    found = outputs(lambda samples: Extracted({"features": features}, valid))
    features[:], valid[:] = 2, False
    assert found.arrays["features"].tolist() == [[1, 1, 1]] * 4
    assert found.valid.all()


def test_features_that_are_the_samples_themselves_are_not_copied():
    given = []
    found = outputs(lambda samples: given.append(samples.data) or {"features": samples.data[:, :1]})
    assert np.shares_memory(found.arrays["features"], given[0])


@pytest.mark.parametrize(
    ("valid", "got"),
    [
        (None, "NoneType"),
        ([True] * 4, "list"),
        (np.ones(3, bool), r"bool (3,)"),
        (np.ones((4, 1), bool), r"bool (4, 1)"),
        (np.ones(4, int), r"int64 (4,)"),
    ],
)
def test_a_mask_that_is_none_is_invalid_and_the_extractors_fault(valid, got):
    with pytest.raises(BlameError) as caught:
        outputs(lambda samples: Extracted({"features": np.ones((4, 2))}, valid))
    line = "valid: expected an array of bool of shape (4,), one for each sample, got"
    assert read_outcome(caught.value) == ("invalid", f"maker:looks: {line} {got}")


@pytest.mark.parametrize(
    ("arrays", "reason"),
    [
        (np.ones((4, 2)), "expected the outputs ['features'], got ndarray"),
        ({"feature": np.ones((4, 2))}, "expected the outputs ['features'], got ['feature']"),
        ({"features": np.ones((2, 2))}, "output 'features': expected 4 rows, got 2"),
        (
            {"features": np.full((4, 2), np.nan)},
            "output 'features' holds values that are not finite; expected finite features",
        ),
        (
            {"features": np.ma.masked_less(np.ones((4, 2)), 2)},
            (
                "expected an array without a mask, got a masked array; leave out what it hides, or fill it "
                "with array.filled(value)"
            ),
        ),
    ],
)
def test_arrays_beside_a_mask_keep_the_contract_of_a_dict(arrays, reason):
    with pytest.raises(BlameError) as caught:
        outputs(lambda samples: Extracted(arrays, SOME))
    assert read_outcome(caught.value) == ("invalid", f"maker:looks: {reason}")


def test_an_extractor_cannot_write_into_the_samples():
    with pytest.raises(BlameError) as caught:
        outputs(lambda samples: samples.labels.sort())
    assert read_outcome(caught.value)[1].startswith("maker:looks: ValueError: sort array is read-only")


@pytest.mark.parametrize(
    ("arrays", "reason"),
    [
        (None, "expected the outputs ['features'], got NoneType"),
        (np.ones((4, 2)), "expected the outputs ['features'], got ndarray"),
        ({}, "expected the outputs ['features'], got []"),
        ({"feature": np.ones((4, 2))}, "expected the outputs ['features'], got ['feature']"),
        ({"features": np.ones((4, 2), int)}, "output 'features': expected an (n, d) array of float32"),
        ({"features": np.ones((4, 2), np.float16)}, "output 'features': expected an (n, d) array of float32"),
        ({"features": np.ones(4)}, "output 'features': expected an (n, d) array of float32"),
        ({"features": [[1.0]] * 4}, "output 'features': expected an (n, d) array of float32"),
        ({"features": np.ones((3, 2))}, "output 'features': expected 4 rows, got 3"),
        (
            {"features": np.full((4, 2), np.nan)},
            "output 'features' holds values that are not finite; expected finite features",
        ),
        (
            {"features": np.full((4, 2), np.inf)},
            "output 'features' holds values that are not finite; expected finite features",
        ),
    ],
)
def test_what_an_extractor_must_not_give_is_invalid_and_its_own_fault(arrays, reason):
    with pytest.raises(BlameError) as caught:
        outputs(lambda samples: arrays)
    status, text = read_outcome(caught.value)
    assert status == "invalid"
    assert text.startswith(f"maker:looks: {reason}")


def test_an_extractor_that_raises_is_to_blame():
    with pytest.raises(BlameError) as caught:
        outputs(lambda samples: 1 / 0)
    assert read_outcome(caught.value) == ("error", "maker:looks: ZeroDivisionError: division by zero")


def test_each_output_is_a_file_of_its_own(tmp_path):
    arrays = {"features": np.ones((4, 3), np.float32), "probabilities": np.zeros((4, 2))}
    write_arrays(all_valid(arrays), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["features.npy", "probabilities.npy"]
    for name, array in arrays.items():
        read = read_array(tmp_path / f"{name}.npy")
        assert read.dtype == array.dtype
        np.testing.assert_array_equal(read, array)


def test_which_rows_are_valid_is_a_file_unless_all_are(tmp_path):
    write_arrays(Extracted({"features": np.ones((4, 3), np.float32)}, SOME), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["features.npy", "valid_rows.npy"]
    read = read_array(tmp_path / "valid_rows.npy")
    assert (read.dtype, read.tolist()) == (bool, SOME.tolist())


PROBABILITIES = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.7, 0.3]])


def test_accuracy_is_the_share_of_labels_that_are_the_likeliest_class():
    found = make_accuracy_note(all_valid({"probabilities": PROBABILITIES}), SAMPLES, SAMPLES)
    assert found == {"accuracy": 0.75}


def test_samples_without_features_are_neither_right_nor_wrong():
    arrays = {"probabilities": PROBABILITIES}
    assert make_accuracy_note(Extracted(arrays, np.array([1, 1, 1, 0], bool)), SAMPLES, SAMPLES) == {
        "accuracy": 2 / 3
    }
    assert make_accuracy_note(Extracted(arrays, np.zeros(4, bool)), SAMPLES, SAMPLES) == {}


def test_columns_are_the_labels_of_train_in_ascending_order():
    named = Samples(SAMPLES.data, SAMPLES.space, np.array([7, 9, 7, 9]))
    assert make_accuracy_note(all_valid({"probabilities": PROBABILITIES}), named, named) == {"accuracy": 0.75}


def test_there_is_no_accuracy_without_probabilities_labels_or_the_same_classes():
    bare = Samples(SAMPLES.data, SAMPLES.space)
    three = np.full((4, 3), 1 / 3)
    assert make_accuracy_note(all_valid({"features": PROBABILITIES}), SAMPLES, SAMPLES) == {}
    assert make_accuracy_note(all_valid({"probabilities": PROBABILITIES}), bare, SAMPLES) == {}
    assert make_accuracy_note(all_valid({"probabilities": PROBABILITIES}), SAMPLES, bare) == {}
    assert make_accuracy_note(all_valid({"probabilities": PROBABILITIES}), SAMPLES, None) == {}
    assert make_accuracy_note(all_valid({"probabilities": three}), SAMPLES, SAMPLES) == {}
