"""Point clouds from end to end: the board of the bundled suite, and scores of folders of clouds."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from genbench_points.datasets.shapes_world import ShapesWorld

import genbench
from genbench.core.errors import DataError, Invalid

REPORT = ["mmd-cd", "cov-cd", "nna-cd", "mmd-emd", "cov-emd", "nna-emd", "voxel-jsd", "f-score"]


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Return a store for the tests of this module."""
    return tmp_path_factory.mktemp("store")


@pytest.fixture
def in_store(store, monkeypatch):
    monkeypatch.setenv("GENBENCH_STORE", str(store))


def clouds(seed, n=40):
    return ShapesWorld(48).sample(n, rng=np.random.default_rng(seed)).data


def written(folder, found):
    folder.mkdir()
    for number, cloud in enumerate(found):
        np.save(folder / f"{number:02}.npy", cloud)
    return folder


@pytest.mark.slow
def test_two_folders_of_clouds_have_a_report(tmp_path, in_store):
    real, fresh = written(tmp_path / "real", clouds(0)), written(tmp_path / "fresh", clouds(1))
    noise = np.random.default_rng(2)
    noisy = written(tmp_path / "noisy", [cloud + 0.1 * noise.normal(size=cloud.shape) for cloud in clouds(1)])
    near, far = (genbench.score(fake=side, real=real) for side in (fresh, noisy))
    assert list(near) == list(far) == REPORT
    assert {found.status for found in (*near.values(), *far.values())} == {"ok"}
    assert near["mmd-cd"].value < far["mmd-cd"].value
    assert near["f-score"].value > far["f-score"].value
    assert near["voxel-jsd"].value < far["voxel-jsd"].value
    assert abs(near["nna-cd"].value - 0.5) < abs(far["nna-cd"].value - 0.5)


def test_two_files_of_points_are_scored_without_a_reader(tmp_path, in_store):
    for name in ("a.xyz", "b.xyz"):
        (tmp_path / name).write_text("0 0 1\n0 1 0\n")
    found = genbench.score(fake=tmp_path / "a.xyz", real=tmp_path / "b.xyz", metrics="f-score")
    assert found["f-score"].value == 1


def test_copies_of_the_reference_are_told_by_1_nna(in_store):
    real = genbench.Samples.of("points", clouds(0))
    found = genbench.score(fake=real, real=real, metrics=["nna-cd", "mmd-cd"])
    assert (found["nna-cd"].value, found["mmd-cd"].value) == (0, 0)


def test_clouds_with_nan_and_without_points_are_one_line(in_store):
    real = clouds(0, n=4)
    broken = [np.array(cloud) for cloud in real]
    broken[2][5, 1] = np.nan
    with pytest.raises((DataError, Invalid)) as error:
        genbench.score(
            fake=genbench.Samples.of("points", broken),
            real=genbench.Samples.of("points", real),
            metrics="mmd-cd",
        )
    assert "\n" not in str(error.value)
    broken[2] = broken[2][:0]
    found = genbench.score(
        fake=genbench.Samples.of("points", broken), real=genbench.Samples.of("points", real), metrics="mmd-cd"
    )
    assert found["mmd-cd"].status == "skipped"
    assert found["mmd-cd"].reason == "cloud 2 of fake has no points; leave it out"


@pytest.mark.full
@pytest.mark.day(3, of=4)  # the training of one suite a day
def test_the_board_of_the_bundled_suite_makes_sense(tmp_path, in_store):
    run = genbench.run("points", output=tmp_path, seeds=[0], jobs=2)
    assert run.is_complete
    scores = pd.read_csv(run.folder / "scores.csv")
    assert set(scores["status"]) == {"ok"}
    board = pd.read_csv(run.folder / "leaderboard.csv").set_index("generator")
    gaussian, vae, noise, real = (
        board.loc[name] for name in ("point-gaussian", "point-vae", "noise", "held-out")
    )
    for distance in ("cd", "emd"):
        mmd, cov, nna = (f"{score}-{distance}" for score in ("mmd", "cov", "nna"))
        assert max(vae[mmd], real[mmd]) < gaussian[mmd] < noise[mmd]
        assert min(vae[cov], real[cov]) > noise[cov]
        assert abs(real[nna] - 0.5) < 0.2 < noise[nna] - 0.5
        assert abs(vae[nna] - 0.5) < gaussian[nna] - 0.5
    assert noise["f-score"] < gaussian["f-score"] < min(vae["f-score"], real["f-score"])
    assert real["voxel-jsd"] < vae["voxel-jsd"]
    assert noise["voxel-jsd"] == board["voxel-jsd"].max()
    assert real["shape-misfit"] == 0 < vae["shape-misfit"] < gaussian["shape-misfit"] < noise["shape-misfit"]
    assert real["shape-coverage"] > vae["shape-coverage"] > gaussian["shape-coverage"]
    for number in ("shape-shares", "shape-sizes"):
        assert real[number] < vae[number] < gaussian[number]
    duplicates = board["train-duplicates"]
    assert duplicates["train-copies"] == 1
    assert duplicates.drop("train-copies").max() == 0
    jittered, copied = board.loc["jittered-copies"], board["copied-clouds"]
    assert abs(jittered["nna-cd"] - 0.5) < 0.2
    assert abs(jittered["cov-cd"] - real["cov-cd"]) < 0.2
    assert min(copied["train-copies"], copied["jittered-copies"]) > 0.9
    assert copied.drop(["train-copies", "jittered-copies"]).max() < 0.3


@pytest.mark.slow
@pytest.mark.extras("trimesh")
def test_two_folders_of_meshes_have_a_report(tmp_path, in_store):
    import trimesh

    for name, size in (("real", 0.5), ("fake", 0.4)):
        (tmp_path / name).mkdir()
        for number in range(2):
            box = trimesh.creation.box((size, size, size + number / 10))
            box.export(tmp_path / name / f"{number}.stl")
    found = genbench.score(fake=tmp_path / "fake", real=tmp_path / "real")
    assert list(found) == REPORT
    assert {one.status for one in found.values()} == {"ok"}
    assert 0 < found["mmd-cd"].value < 0.02
