"""Galleries found in the folders of runs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from genbench.catalog.catalog import load_catalog
from genbench.catalog.modalities import list_modalities
from genbench.core.errors import DataError
from genbench.core.samples import Samples, content_hash
from genbench.files.sample_files import write_samples
from genbench.results.folder import RunFolder
from genbench.results.found_galleries import copy_galleries, find_gallery, list_draws
from genbench.results.galleries import has_gallery, keep_gallery, make_gallery

SAMPLES = Samples.of("vector", np.arange(20.0).reshape(10, 2))
OTHER = Samples.of("vector", np.zeros((10, 2)))
DRAW = content_hash(SAMPLES)
TRIAL = ("digits", "vae", 0)


def keep_whole(folder, samples=SAMPLES, name="vae", digits="0a1b"):
    path = RunFolder(folder).samples_folder("digits", name, 0, digits)
    write_samples(path, samples)
    return path


@pytest.fixture
def folders(tmp_path):
    """Return the folders of two runs."""
    return [RunFolder(tmp_path / name).create().path for name in ("one", "two")]


def test_a_gallery_is_that_of_the_first_folder_that_has_one(folders):
    assert find_gallery(folders, TRIAL, DRAW) is None
    keep_gallery(folders[1], make_gallery(SAMPLES, DRAW))
    assert find_gallery(folders, TRIAL, DRAW).numbers == tuple(range(8))


def test_whole_samples_give_the_gallery_if_there_is_no_file(folders):
    keep_whole(folders[0], OTHER, digits="aaaa")
    keep_whole(folders[0], SAMPLES, "vae-small", digits="aaaa")
    keep_whole(folders[0], SAMPLES, digits="bbbb")
    found = find_gallery(folders, TRIAL, DRAW)
    assert content_hash(found.samples) == content_hash(make_gallery(SAMPLES, DRAW).samples)
    assert find_gallery(folders, ("digits", "vae@two", 0), DRAW) is not None  # as a merge names it
    assert find_gallery(folders, ("digits", "vae", 1), DRAW) is None
    assert find_gallery(folders, TRIAL, "0" * 64) is None


def test_samples_that_are_not_those_of_the_records_are_never_shown(folders):
    keep_whole(folders[0], OTHER)
    assert find_gallery(folders, TRIAL, DRAW) is None
    path = keep_whole(folders[0], SAMPLES, digits="bbbb") / "data.npy"
    path.write_bytes(path.read_bytes()[:-1])
    reason = r"^samples/digits\.vae\.0\.bbbb cannot be read \(.*\); restore it from a copy"
    with pytest.raises(DataError, match=reason):
        find_gallery(folders, TRIAL, DRAW)


def test_a_linked_folder_of_samples_is_not_followed(folders, tmp_path):
    write_samples(tmp_path / "elsewhere", SAMPLES)
    RunFolder(folders[0]).samples.mkdir()
    RunFolder(folders[0]).samples_folder("digits", "vae", 0, "0a1b").symlink_to(tmp_path / "elsewhere")
    assert find_gallery(folders, TRIAL, DRAW) is None


def test_samples_beyond_the_limit_are_not_read(folders):
    keep_whole(folders[0])
    (path,) = RunFolder(folders[0]).samples.iterdir()
    with (path / "sparse").open("wb") as file:
        file.truncate(2**28)
    reason = r"^samples/\S+ cannot be read \(it has [\d,]+ bytes, and at most 268,435,456 are read\)"
    with pytest.raises(DataError, match=reason):
        find_gallery(folders, TRIAL, DRAW)


def test_a_damaged_file_is_a_reason_unless_another_folder_has_the_samples(folders):
    keep_gallery(folders[0], make_gallery(SAMPLES, DRAW))
    (RunFolder(folders[0]).gallery_folder(DRAW) / "gallery.json").write_text("{")
    with pytest.raises(DataError, match=r"^gallery/[0-9a-f]{64} cannot be read"):
        find_gallery(folders, TRIAL, DRAW)
    keep_whole(folders[1])
    assert find_gallery(folders, TRIAL, DRAW) is not None


def test_the_draws_of_a_trial_are_those_of_its_records(run_of):
    _, records = run_of({"vae": {"fid": [1.0, 2.0], "kid": [1.0, "error"]}, "gan": {"fid": ["error", 1.0]}})
    draws = list_draws(records.values())
    assert {trial[1:]: len(found) for trial, found in draws.items()} == {
        ("vae", 0): 1, ("vae", 1): 1, ("gan", 0): 0, ("gan", 1): 1,
    }  # fmt: skip
    key = next(key for key, record in records.items() if record.cell.metric == "kid")
    other = list_draws((records | {key: replace(records[key], samples="f" * 64)}).values())
    assert sorted(map(len, other.values())) == [0, 1, 1, 2]


def test_merged_runs_have_the_galleries_of_their_records(folders, run_of, tmp_path):
    _, records = run_of({"vae": {"fid": [1.0, 2.0]}})
    records = {
        key: replace(record, samples=DRAW if record.cell.seed == 0 else content_hash(OTHER))
        for key, record in records.items()
    }
    keep_gallery(folders[0], make_gallery(SAMPLES, DRAW))
    keep_gallery(folders[1], make_gallery(OTHER, content_hash(OTHER)))
    (RunFolder(folders[1]).gallery_folder(content_hash(OTHER)) / "data.npy").write_text("{")
    output = RunFolder(tmp_path / "out").create().path
    (line,) = copy_galleries(output, folders, records)
    assert line.startswith("the samples of vae on digits, seed 1, are not shown: gallery/")
    for path in RunFolder(folders[0]).gallery_folder(DRAW).iterdir():
        assert (RunFolder(output).gallery_folder(DRAW) / path.name).read_bytes() == path.read_bytes()
    assert not has_gallery(output, content_hash(OTHER))


def test_whole_kept_pictures_are_made_smaller_by_their_modality(folders):
    large = Samples.of("image", np.zeros((3, 256, 256, 3), np.uint8))
    keep_whole(folders[0], large)
    modalities = list_modalities(load_catalog(only=["genbench"]))
    found = find_gallery(folders, TRIAL, content_hash(large), modalities)
    assert found.samples.space.shape == (128, 128, 3)
    assert find_gallery(folders, TRIAL, content_hash(large)).numbers == (0, 1, 2)  # which fit as they are
