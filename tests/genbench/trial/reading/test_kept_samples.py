"""Samples that a run kept: of every modality, and of the one that is asked for."""

from __future__ import annotations

import numpy as np
import pytest

from genbench import DataError, Samples
from genbench.catalog.catalog import load_catalog
from genbench.catalog.modalities import find_modality, list_modalities
from genbench.core.samples import content_hash
from genbench.files.sample_files import write_samples
from genbench.trial.reading.kept_samples import find_samples_folder, read_kept_samples

MODALITIES = list_modalities(load_catalog(only=["genbench"]))
VECTORS = Samples.of("vector", np.arange(6.0).reshape(3, 2))


@pytest.mark.parametrize("modality", MODALITIES, ids=lambda modality: modality.reference)
def test_samples_of_every_modality_are_read_as_they_were(modality, tmp_path):
    kept = modality.example(6, np.random.default_rng(0))
    write_samples(tmp_path, kept)
    for asked in (None, modality):
        read = read_kept_samples(tmp_path, MODALITIES, asked)
        assert content_hash(read) == content_hash(kept)
        assert read.space == kept.space


def test_the_folder_and_its_file_of_data_name_the_samples(tmp_path):
    write_samples(tmp_path / "arrays", VECTORS)
    write_samples(tmp_path / "strings", Samples.of("text", ["a"]))
    assert find_samples_folder(tmp_path / "arrays") == tmp_path / "arrays"
    assert find_samples_folder(tmp_path / "arrays" / "data.npy") == tmp_path / "arrays"
    assert find_samples_folder(tmp_path / "strings" / "data.jsonl") == tmp_path / "strings"
    assert find_samples_folder(tmp_path / "arrays" / "space.json") is None


def test_other_folders_and_files_are_no_kept_samples(tmp_path):
    np.save(tmp_path / "data.npy", VECTORS.data)
    assert find_samples_folder(tmp_path) is None
    assert find_samples_folder(tmp_path / "data.npy") is None


def test_a_folder_of_the_samples_of_several_trials_names_one_of_them(tmp_path):
    for name in ("a.vae.0.12", "a.vae.1.34"):
        write_samples(tmp_path / "samples" / name, VECTORS)
    reason = r"^samples holds 2 folders of samples; name one of them, such as a\.vae\.0\.12$"
    with pytest.raises(DataError, match=reason):
        find_samples_folder(tmp_path / "samples")


def test_samples_of_another_modality_than_that_asked_for_are_refused(tmp_path):
    write_samples(tmp_path / "kept", VECTORS)
    with pytest.raises(DataError, match=r"^kept: expected image samples, got vector samples$"):
        read_kept_samples(tmp_path / "kept", MODALITIES, find_modality(MODALITIES, "image"))


@pytest.mark.parametrize(
    ("samples", "message"),
    [
        (Samples.of("smell", np.zeros((2, 3))), "no installed plugin declares the modality 'smell'"),
        (Samples.of("vector", np.full((2, 3), np.nan)), "6 values are not finite"),
        (Samples.of("molecule", ["C"]), "molecule samples need the parameter notation"),
    ],
)
def test_what_its_modality_refuses_is_refused_with_the_name_of_the_folder(samples, message, tmp_path):
    write_samples(tmp_path / "kept", samples)
    with pytest.raises(DataError, match=f"^kept: {message}") as caught:
        read_kept_samples(tmp_path / "kept", MODALITIES)
    assert str(tmp_path) not in str(caught.value)
