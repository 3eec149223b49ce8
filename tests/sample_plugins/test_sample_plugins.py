from __future__ import annotations

import importlib
import tomllib
from pathlib import Path

import numpy as np
import pytest

from genbench import Samples
from genbench.catalog.catalog import catalog_of
from genbench.contract.signature import fill_options, read_contract, resolve
from genbench.core.samples import content_hash

HERE = Path(__file__).parent
NAMES = ("genbench-checkerboard", "genbench-mean-gap")


@pytest.fixture
def catalog(monkeypatch):
    for name in NAMES:
        monkeypatch.syspath_prepend(HERE / name / "src")
    return catalog_of({name: importlib.import_module(name.replace("-", "_")) for name in NAMES})


@pytest.fixture
def train():
    rng = np.random.default_rng(0)
    return Samples.of("image", rng.integers(0, 256, size=(100, 8, 6, 3), dtype=np.uint8))


def images(tone):
    return Samples.of("image", np.full((4, 2, 2, 1), tone, np.uint8))


def make(catalog, kind, name):
    spec = catalog.find(kind, name).spec
    return resolve(spec.make), fill_options(read_contract(spec), {}, where=name, folder=HERE)


@pytest.mark.parametrize("name", NAMES)
def test_the_entry_point_names_the_package(name):
    project = tomllib.loads((HERE / name / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["name"] == name
    assert list(project["entry-points"]["genbench"].values()) == [name.replace("-", "_")]
    assert (HERE / name / "README.md").is_file()


def test_both_are_sound_plugins(catalog):
    assert catalog.broken == ()
    assert [component.reference for component in catalog.components] == [
        "genbench-checkerboard:checkerboard",
        "genbench-mean-gap:mean-gap",
    ]


def test_the_mean_gap_of_constant_images_is_the_difference_of_their_tones(catalog):
    mean_gap, options = make(catalog, "metric", "mean-gap")
    assert mean_gap(real=images(10), fake=images(25), **options) == 15.0
    assert mean_gap(real=images(7), fake=images(7), **options) == 0.0


def test_checkerboards_are_valid_samples_of_the_training_space(catalog, train, modality):
    checkerboard, options = make(catalog, "generator", "checkerboard")
    samples = checkerboard(train, **options).sample(5, rng=np.random.default_rng(1))
    modality("image").admit(samples, train.space, 5)
    first = samples.data[0, :, :, 0]
    assert first[0, 0] == first[1, 1] == first[2, 2] != first[0, 2]


def test_tones_are_the_quartiles_of_the_training_images_by_default(catalog, train):
    checkerboard, options = make(catalog, "generator", "checkerboard")
    tones = np.unique(checkerboard(train, **options).sample(8, rng=np.random.default_rng(1)).data)
    np.testing.assert_allclose(tones, np.quantile(train.data, [0.25, 0.75]), atol=0.5)


def test_a_saved_checkerboard_draws_the_same(catalog, train, tmp_path):
    checkerboard, options = make(catalog, "generator", "checkerboard")
    board = checkerboard(train, **options)
    board.save(tmp_path)
    loaded = resolve(catalog.find("generator", "checkerboard").spec.load)(tmp_path)
    draws = [content_hash(b.sample(6, rng=np.random.default_rng(2))) for b in (board, loaded)]
    assert draws[0] == draws[1]
