"""The data set `digits`."""

from __future__ import annotations

import hashlib
from types import SimpleNamespace

import numpy as np
import pytest
from genbench_image.datasets.digits import digits
from sklearn.datasets import load_digits

from genbench import Data, DataError, DatasetSpec, Samples
from genbench.core.splits import split

THIRDS = DatasetSpec(name="digits", make=digits).parts


def test_digits_are_those_of_scikit_learn_on_the_scale_of_a_byte():
    samples = digits().labelled()
    reference = load_digits()
    assert samples.data.shape == (1797, 8, 8, 1)
    assert samples.data.dtype == np.uint8
    np.testing.assert_array_equal(samples.data[..., 0], np.round(reference.images * 255 / 16))
    np.testing.assert_array_equal(samples.labels, reference.target)
    assert (samples.space.modality, samples.space.get("low"), samples.space.get("high")) == ("image", 0, 255)


def test_digits_fall_into_thirds_of_599_with_labels_shared_alike():
    parts = split(digits(), THIRDS)
    assert {name: len(part) for name, part in parts.items()} == {"train": 599, "test": 599, "held_out": 599}
    counts = np.array([np.bincount(part.labels, minlength=10) for part in parts.values()])
    assert np.ptp(counts, axis=0).max() <= 3


def test_the_order_of_the_file_does_not_decide_who_is_in_which_third():
    samples = digits().labelled()
    shuffled = samples.take(np.random.default_rng(0).permutation(len(samples)))
    for name, part in split(Data(shuffled), THIRDS).items():
        assert _contents(part) == _contents(split(Data(samples), THIRDS)[name])


def test_digits_do_not_import_scikit_learn(modules_loaded_by):
    statements = "from genbench_image.datasets.digits import digits; digits()"
    assert "sklearn" not in modules_loaded_by(statements)


def test_without_scikit_learn_digits_say_what_to_install(monkeypatch):
    monkeypatch.setattr("genbench_image.datasets.digits.find_spec", lambda _: None)
    with pytest.raises(DataError, match="pip install scikit-learn"):
        digits()


def test_without_the_file_digits_say_which_one_is_missing(monkeypatch, tmp_path):
    _point_at(monkeypatch, tmp_path)
    with pytest.raises(DataError, match=r"no datasets/data/digits\.csv\.gz"):
        digits()


@pytest.mark.parametrize("content", [b"", b"not gzip", b"1,2\n"])
def test_a_broken_file_is_refused(monkeypatch, tmp_path, content):
    _point_at(monkeypatch, tmp_path)
    file = tmp_path / "datasets" / "data" / "digits.csv.gz"
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    with pytest.raises(DataError, match=r"digits\.csv\.gz of scikit-learn"):
        digits()


def _point_at(monkeypatch, folder):
    spec = SimpleNamespace(origin=str(folder / "__init__.py"))
    monkeypatch.setattr("genbench_image.datasets.digits.find_spec", lambda _: spec)


def _contents(part: Samples) -> list[str]:
    return sorted(hashlib.sha256(item.tobytes()).hexdigest() for item in part.data)
