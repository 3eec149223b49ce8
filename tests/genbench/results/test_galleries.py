"""Galleries as folders of samples with sealed notes."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from genbench.catalog.catalog import load_catalog
from genbench.catalog.modalities import list_modalities
from genbench.core.canonical_json import canonical, digest
from genbench.core.errors import DataError, GenbenchError
from genbench.core.samples import Samples, content_hash, digests
from genbench.files.sample_files import write_samples
from genbench.files.sealed import NewerError
from genbench.results.folder import RunFolder
from genbench.results.galleries import (
    MOST_BYTES,
    has_gallery,
    keep_gallery,
    make_gallery,
    read_gallery,
    share_run_bytes,
)

RNG = np.random.Generator(np.random.PCG64(5))
DRAWS = {
    "images": Samples.of(
        "image",
        RNG.integers(0, 256, (40, 4, 4, 1)).astype(np.uint8),
        np.arange(40) % 2,
        classes=("cat", "dog"),
    ),
    "sounds": Samples.of("audio", [RNG.normal(size=(n, 1)).astype(np.float32) for n in range(12)], rate=8000),
    "texts": Samples.of("text", [f"text {number}" for number in range(30)]),
    "rows": Samples.of("table", pd.DataFrame({"x": RNG.normal(size=9), "s": list("abcdefghi")})),
    "too few": Samples.of("text", ("one",)),
}


def gallery(name="images", most_bytes=MOST_BYTES):
    samples = DRAWS[name]
    return make_gallery(samples, content_hash(samples), most_bytes)


@pytest.mark.parametrize("name", DRAWS)
def test_what_is_kept_is_read_again(name, tmp_path):
    made = gallery(name)
    assert read_gallery(tmp_path, made.draw) is None
    assert not has_gallery(tmp_path, made.draw)
    keep_gallery(tmp_path, made)
    assert has_gallery(tmp_path, made.draw)
    found = read_gallery(tmp_path, made.draw)
    assert content_hash(found.samples) == content_hash(made.samples)
    assert (found.draw, found.n, found.numbers) == (made.draw, made.n, made.numbers)
    assert (found.cut, found.classes, found.slots) == (made.cut, made.classes, made.slots)


def test_a_gallery_holds_the_samples_of_the_draw_at_its_positions():
    made, whole = gallery(), DRAWS["images"]
    assert (made.n, made.numbers, made.classes) == (40, tuple(range(8)), {0: "cat", 1: "dog"})
    assert (made.samples.data == whole.data[:8]).all()
    assert made.samples.labels.tolist() == [0, 1] * 4
    assert made.samples.space.classes == ()  # a thousand names are not written for twenty samples


def test_a_gallery_of_given_positions_holds_these(tmp_path):
    made = make_gallery(DRAWS["images"], "a" * 64, numbers=[17, 3])
    assert made.numbers == (3, 17)
    assert (made.samples.data == DRAWS["images"].data[[3, 17]]).all()


def test_equal_galleries_are_equal_bytes(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        keep_gallery(tmp_path / name, gallery())
    one, two = (files(RunFolder(tmp_path / name).gallery_folder(gallery().draw)) for name in ("one", "two"))
    assert one == two
    assert set(one) == {"gallery.json", "space.json", "data.npy", "labels.npy"}


def test_a_gallery_waits_for_no_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda handle: pytest.fail("flushed, although a run can make it again"))
    keep_gallery(tmp_path, gallery())
    assert has_gallery(tmp_path, gallery().draw)


def test_an_intact_gallery_is_not_written_again(tmp_path):
    keep_gallery(tmp_path, gallery())
    path = RunFolder(tmp_path).gallery_folder(gallery().draw) / "data.npy"
    os.utime(path, (1, 1))
    keep_gallery(tmp_path, gallery())
    assert path.stat().st_mtime == 1


@pytest.mark.parametrize("damage", ["cut short", "no notes", "a file", "a link"])
def test_a_damaged_gallery_is_put_aside_and_made_again(damage, tmp_path):
    made, path = gallery(), RunFolder(tmp_path).gallery_folder(gallery().draw)
    keep_gallery(tmp_path, made)
    content = files(path)
    if damage == "cut short":
        (path / "data.npy").write_bytes(content["data.npy"][:-9])
    elif damage == "no notes":
        (path / "gallery.json").unlink()
    else:
        path.rename(tmp_path / "elsewhere")
        if damage == "a link":
            path.symlink_to(tmp_path / "elsewhere")
        else:
            path.write_text("{}")
    keep_gallery(tmp_path, made)
    assert files(path) == content
    assert not path.is_symlink()
    assert os.path.lexists(RunFolder(tmp_path).damaged / path.name)


def test_arrays_beyond_the_limit_are_left_out_the_second_of_a_class_first():
    head = len(repr(DRAWS["images"].space.parameters))
    made = gallery(most_bytes=head + 5 * 16)
    assert made.numbers == (0, 1, 2, 3, 4)
    assert gallery(most_bytes=head + 15).numbers == ()
    assert gallery(most_bytes=head + 15).slots == []


def test_long_texts_are_cut_between_characters_and_say_their_length():
    texts = Samples.of("text", ("é" * 40_000, "short", "ab" * 40_000))
    made = make_gallery(texts, "0" * 64, 20 * (2**16 - 1))  # a twentieth ends within an é
    assert made.samples.data == ("é" * 32_767, "short", "ab" * 32_767 + "a")
    assert made.cut == {0: 40_000, 2: 80_000}


def test_long_sounds_are_cut_along_their_first_axis():
    sounds = Samples.of("audio", [np.ones((n, 2), np.float32) for n in (9000, 3, 9000)], rate=8)
    made = make_gallery(sounds, "0" * 64)
    assert [len(sound) for sound in made.samples.data] == [2**13, 3, 2**13]
    assert made.cut == {0: 9000, 2: 9000}
    assert made.samples.data[0].shape == (2**13, 2)


@pytest.fixture(scope="module")
def of_genbench():
    """Return genbench's own modalities, by reference."""
    return {each.reference: each for each in list_modalities(load_catalog(only=["genbench"]))}


def pictures(side, n=20, channels=3):
    data = RNG.integers(0, 256, (n, side, side, channels), dtype=np.uint8)
    return Samples.of("image", data, np.arange(n) % 10)


@pytest.mark.parametrize(
    ("side", "shown"), [(8, 8), (28, 28), (128, 128), (256, 128), (300, 100), (512, 128)]
)
def test_pictures_of_all_slots_fit_and_small_ones_stay_exact(side, shown, of_genbench):
    whole = pictures(side)
    made = make_gallery(whole, "0" * 64, modality=of_genbench["image"])
    assert len(made.numbers) == 20
    assert made.samples.space.shape == (shown, shown, 3)
    if side == shown:
        assert made.shrunk is None
        assert (made.samples.data == whole.data[list(made.numbers)]).all()
    else:
        assert (made.shrunk.factor, made.shrunk.shape) == (-(-side // shown), (side, side, 3))
        block = whole.data[made.numbers[0], : made.shrunk.factor, : made.shrunk.factor].mean(axis=(0, 1))
        assert made.samples.data[0, 0, 0] == pytest.approx(block, abs=0.5)  # rounding to whole numbers


@pytest.mark.parametrize(
    ("trials", "least", "side"), [(1, 20, 128), (100, 20, 103), (600, 6, 64), (1300, 3, 64)]
)
def test_several_large_pictures_fit_into_the_share_of_each_of_many_trials(trials, least, side, of_genbench):
    made = make_gallery(pictures(512), "0" * 64, share_run_bytes(trials), of_genbench["image"])
    assert len(made.numbers) >= least
    assert made.samples.space.shape[0] == side


def test_the_first_frames_of_clips_are_made_smaller_before_the_rest_is_cut(of_genbench):
    clips = [RNG.integers(0, 256, (n, 128, 128, 3)).astype(np.uint8) for n in (16, 4)]
    made = make_gallery(Samples.of("video", clips, rate=None), "0" * 64, modality=of_genbench["video"])
    assert (made.shrunk.factor, made.samples.space.shape) == (3, (43, 43, 3))
    assert ([len(clip) for clip in made.samples.data], made.cut) == ([11, 4], {0: 16})


def test_what_samples_were_before_they_were_made_smaller_is_read_again(tmp_path, of_genbench):
    whole = pictures(256, n=3)
    made = make_gallery(whole, content_hash(whole), modality=of_genbench["image"])
    keep_gallery(tmp_path, made)
    assert read_gallery(tmp_path, made.draw).shrunk == made.shrunk
    assert made.shrunk.digests == tuple(each.hex() for each in digests(whole))


def test_a_modality_that_cannot_make_samples_smaller_costs_the_gallery_alone(of_genbench):
    class Broken:
        def shrink(self, samples, factor):
            raise GenbenchError("no room")

    for modality in (None, of_genbench["vector"], Broken()):
        assert make_gallery(pictures(512, n=3), "0" * 64, 2**17, modality).numbers == ()


def test_the_columns_of_a_table_count_as_well():
    wide = pd.DataFrame(np.zeros((2, 500)), columns=[f"column {number}" for number in range(500)])
    samples = Samples.of("table", wide)
    assert make_gallery(samples, "0" * 64, 2**15).numbers == (0, 1)
    assert make_gallery(samples, "0" * 64, 2**13).numbers == ()


def test_each_trial_of_many_has_a_share_of_what_a_run_may_keep():
    assert share_run_bytes(0) == share_run_bytes(1) == share_run_bytes(51) == 20 * 2**16
    assert share_run_bytes(1024) == 2**16
    assert all(share_run_bytes(n) * n <= 2**26 for n in (1, 51, 52, 1000, 10**6))


def sealed(body, version=2):
    schema = f"genbench-gallery-{version}"
    seal = digest(body) if version == 1 else digest({"schema": schema, "body": body})
    return canonical({"schema": schema, "sha256": seal, "body": body}).encode()


def files(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def forged(tmp_path, **fields):
    """Write a gallery whose notes have other fields, with a right seal, and return its draw."""
    made = gallery()
    keep_gallery(tmp_path, made)
    folder = RunFolder(tmp_path).gallery_folder(made.draw)
    samples = fields.get("samples")
    if isinstance(samples, Samples):
        shutil.rmtree(folder)
        write_samples(folder, samples)
        keep_gallery(tmp_path / "other", made)
        shutil.copy(RunFolder(tmp_path / "other").gallery_folder(made.draw) / "gallery.json", folder)
        fields["samples"] = content_hash(samples)
    path = folder / "gallery.json"
    path.write_bytes(sealed(json.loads(path.read_bytes())["body"] | fields))
    return made.draw


SHRUNK = {"factor": 2, "shape": [8, 8, 1], "digests": ["0" * 64] * 8}
FORGED = {
    "another draw": ({"draw": "0" * 64}, "it was written for another draw"),
    "fewer positions": ({"numbers": [1]}, "1 positions for 8 samples"),
    "positions twice": ({"numbers": [0] * 8}, "8 positions for 8 samples"),
    "positions outside": ({"n": 7}, "positions outside a draw of 7"),
    "negative positions": ({"numbers": list(range(-1, 7))}, "numbers.0 cannot be -1"),
    "positions that are texts": ({"numbers": list("01234567")}, "numbers.0 cannot be '0'"),
    "a length that is a text": ({"cut": {"0": "1"}}, "cut.0 cannot be '1'"),
    "a cut of a text": ({"cut": {"x": 1}}, "cut.x"),
    "a class that is a number": ({"classes": {"0": 1}}, "classes.0 cannot be 1"),
    "samples that are none": ({"samples": "0" * 64, "numbers": []}, "not those of its seal"),
    "an unknown field": ({"more": 1}, "more cannot be 1"),
    "a factor of 1": ({"shrunk": SHRUNK | {"factor": 1}}, "not those of smaller ones"),
    "a factor that is a text": ({"shrunk": SHRUNK | {"factor": "2"}}, "shrunk.factor cannot be '2'"),
    "a shape of texts": ({"shrunk": SHRUNK | {"shape": ["8"]}}, "shrunk.shape.0 cannot be '8'"),
    "fewer digests": ({"shrunk": SHRUNK | {"digests": ["0" * 64]}}, "not those of smaller ones"),
    "short digests": ({"shrunk": SHRUNK | {"digests": ["00"] * 8}}, "digests.0 cannot be '00'"),
    "digests that are numbers": ({"shrunk": SHRUNK | {"digests": [0] * 8}}, "digests.0 cannot be 0"),
    "shrunk without fields": ({"shrunk": {}}, "shrunk.factor"),
    "no positions": ({"numbers": None}, "numbers cannot be None"),
    "more samples than fit": (
        {"samples": DRAWS["texts"], "numbers": list(range(30))}, "expected at most 20",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("fields", "message"), FORGED.values(), ids=FORGED)
def test_a_forged_gallery_with_a_right_seal_is_refused(fields, message, tmp_path):
    with pytest.raises(DataError, match=r"^gallery/[0-9a-f]{64} cannot be read \(.*\); rest") as caught:
        read_gallery(tmp_path, forged(tmp_path, **fields))
    assert message in str(caught.value)


def test_a_gallery_without_its_seal_is_refused(tmp_path):
    draw = forged(tmp_path)
    path = RunFolder(tmp_path).gallery_folder(draw) / "gallery.json"
    path.write_bytes(path.read_bytes().replace(b'"n":40', b'"n":41'))
    with pytest.raises(DataError, match="its content does not match its seal"):
        read_gallery(tmp_path, draw)


def test_samples_that_are_not_those_of_the_notes_are_refused(tmp_path):
    draw = forged(tmp_path)
    path = RunFolder(tmp_path).gallery_folder(draw) / "data.npy"
    np.save(path, np.load(path) + 1)
    with pytest.raises(DataError, match="its samples are not those of its seal"):
        read_gallery(tmp_path, draw)


@pytest.mark.parametrize("name", ["gallery.json", "data.npy"])
@pytest.mark.parametrize("kind", ["link", "pipe", "folder", "huge"])
def test_a_gallery_has_regular_files_of_limited_size(kind, name, tmp_path):
    draw = forged(tmp_path)
    path = RunFolder(tmp_path).gallery_folder(draw) / name
    path.unlink()
    if kind == "link":
        (tmp_path / "elsewhere").write_text("private")  # opened, it would be damaged or no JSON
        path.symlink_to(tmp_path / "elsewhere")
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        with path.open("wb") as file:
            file.truncate(2**40)
    messages = {
        "link": "it is or has a link", "pipe": "it is no regular file", "folder": "Is a directory",
        "huge": "at most 8,388,608 are read",
    }  # fmt: skip
    with pytest.raises(DataError, match=messages[kind]):
        read_gallery(tmp_path, draw)
    assert not has_gallery(tmp_path, draw)


@pytest.mark.parametrize(
    ("page", "limit"), [("SECURITY.md", "; a gallery 8 MiB;"), ("docs/results.md", "one of more than 8 MiB")]
)
def test_pages_name_the_limit_of_a_gallery(page, limit):
    assert limit in (Path(__file__).parents[3] / page).read_text(encoding="utf-8")


def test_the_largest_gallery_is_within_the_limit(tmp_path):
    """A control character takes one byte in a text and six in JSON, more than any other value."""
    names = [f"{n}" + "é" * 3000 for n in range(20)]
    samples = Samples.of("text", ["\x01" * 2**17] * 20, np.arange(20), classes=names)
    keep_gallery(tmp_path, make_gallery(samples, "0" * 64))
    sizes = [path.stat().st_size for path in RunFolder(tmp_path).gallery_folder("0" * 64).iterdir()]
    assert 7 * 2**20 < sum(sizes) < 8 * 2**20
    assert has_gallery(tmp_path, "0" * 64)


def test_a_gallery_of_an_earlier_genbench_is_not_read_but_made_again(tmp_path):
    made, path = gallery(), RunFolder(tmp_path).gallery_folder(gallery().draw) / "gallery.json"
    keep_gallery(tmp_path, made)
    path.write_bytes(sealed(json.loads(path.read_bytes())["body"], version=1))
    path.parent.with_suffix(".json").write_bytes(sealed({"draw": made.draw}, version=1))
    with pytest.raises(DataError, match="schema 'genbench-gallery-1', this genbench reads"):
        read_gallery(tmp_path, made.draw)
    keep_gallery(tmp_path, made)
    assert read_gallery(tmp_path, made.draw) is not None


def test_a_gallery_of_a_newer_genbench_is_neither_read_nor_replaced(tmp_path):
    draw = forged(tmp_path)
    path = RunFolder(tmp_path).gallery_folder(draw) / "gallery.json"
    body = {"draw": draw}
    path.write_bytes(canonical({"schema": "genbench-gallery-3", "sha256": "0" * 64, "body": body}).encode())
    with pytest.raises(DataError, match=r"a newer genbench wrote gallery/.*; upgrade"):
        read_gallery(tmp_path, draw)
    before = path.read_bytes()
    with pytest.raises(NewerError):
        keep_gallery(tmp_path, gallery())
    assert path.read_bytes() == before
