"""Samples from paths, splits of datasets, arrays, tensors and texts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image
from toys import plugin_text

from genbench import DataError, Samples, SuiteError, score
from genbench.catalog.catalog import load_catalog
from genbench.catalog.modalities import list_modalities
from genbench.files.sample_files import write_samples
from genbench.scoring import inputs


def test_uint8_arrays_are_images(images, others):
    found = score(fake=others, real=images, metrics=["fid", "inception-score"], extractor="digits-classifier")
    assert list(found) == ["fid[digits-classifier]", "inception-score[digits-classifier]"]
    assert all(measurement.status == "ok" for measurement in found.values())
    assert found["fid[digits-classifier]"].value > 0


def test_tensors_are_as_good_as_arrays(real, fake):
    tensors = {"fake": torch.tensor(fake, requires_grad=True), "real": torch.tensor(real)}
    assert score(**tensors, metrics=["fid"]) == score(fake=fake, real=real, metrics=["fid"])


def test_samples_are_as_good_as_arrays(real, fake):
    samples = {"fake": Samples.of("vector", fake), "real": Samples.of("vector", real)}
    assert score(**samples, metrics=["fid"]) == score(fake=fake, real=real, metrics=["fid"])


CONVERT = r"genbench\.images\(x, range="


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (
            np.full((40, 8, 8, 1), 0.5),
            rf"fake: expected image samples, got float64 .*{CONVERT}\(0, 1\), layout='nhwc'\)$",
        ),
        (np.zeros((40, 8, 8, 1), np.int64), r"got int64 \(40, 8, 8, 1\)"),
        (np.zeros((40, 8, 8), np.uint8), r"got uint8 \(40, 8, 8\); .*x\[\.\.\., None\]"),
        (
            np.zeros((40, 8, 8, 1), np.uint16),
            rf"expected uint8 for image samples, got uint16; .*{CONVERT}\(-1, 1\)\)",
        ),
        (np.zeros((50, 3), np.float16), r"got float16; convert with .*\.astype\('float64'\)"),
        (np.zeros((50, 3), int), r"got int64 \(50, 3\)"),
        (np.zeros(50), r"got float64 \(50,\); .*x\.reshape\(len\(x\), -1\)"),
        (np.zeros((50, 3), bool), r"got bool \(50, 3\)"),
        (np.zeros((50, 3), complex), r"got complex128"),
        (np.zeros((50, 3)).tolist(), "got list"),
        (None, "^fake: expected samples, a path or a split such as DATASET.test, got None$"),
        (torch.zeros(5, 3, dtype=torch.bfloat16), r"BFloat16; convert the tensor with x\.double\(\)"),
        (np.full((5, 3), np.nan), "15 values are not finite"),
        (np.zeros((5, 0)), "shape"),
    ],
)
def test_what_is_neither_images_nor_features_is_refused_with_what_to_do(array, message, real):
    with pytest.raises(DataError, match=message) as caught:
        score(fake=array, real=real, metrics=["fid"])
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.full((5, 3, 8, 8), -0.5, np.float32), r"images\(x, range=\(-1, 1\), layout='nchw'\)$"),
        (torch.full((5, 3, 8, 8), 0.5), r"images\(x, range=\(0, 1\), layout='nchw'\)$"),
        (np.full((5, 8, 8, 3), 200.0), r"images\(x, range=\(0, 255\), layout='nhwc'\)$"),
        (np.full((5, 8, 8, 3), -9.5), r"its values are from -9\.5 to -9\.5; convert with genbench\.images"),
    ],
)
def test_images_of_another_range_or_layout_get_the_line_that_converts_them(array, message, images):
    with pytest.raises(DataError, match=message):
        score(fake=array, real=images, metrics=["fid"])


def test_images_with_channels_first_are_refused_with_the_line_that_converts_them():
    images = np.zeros((50, 3, 8, 8), np.uint8)
    with pytest.raises(DataError, match=r"write genbench\.images\(x, range=\(0, 1\), layout='nchw'\)"):
        score(fake=images, real=images, metrics=["fid"], extractor="pixels")


@pytest.fixture
def folders(tmp_path, images, others):
    """Two folders of PNG files that hold `images` and `others`."""
    for name, held in (("real", images), ("fake", others)):
        (tmp_path / name).mkdir()
        for number, image in enumerate(held):
            Image.fromarray(image[:, :, 0]).save(tmp_path / name / f"{number:03}.png")
    return {name: tmp_path / name for name in ("fake", "real")}


PIXELS = {"metrics": ["fid", "vendi"], "extractor": "pixels"}


@pytest.mark.parametrize("form", [str, Path])
def test_folders_are_as_good_as_the_arrays_in_them(folders, form, images, others):
    of_arrays = score(fake=others, real=images, **PIXELS)
    of_folders = score(fake=form(folders["fake"]), real=form(folders["real"]), **PIXELS)
    assert of_folders == of_arrays


def test_a_files_features_are_as_good_as_the_array_in_it(tmp_path, real, fake):
    np.save(tmp_path / "real.npy", real)
    found = score(fake=fake, real=tmp_path / "real.npy", metrics=["fid"])
    assert found == score(fake=fake, real=real, metrics=["fid"])


@pytest.fixture
def counted(site):
    """Install an extractor that counts the samples it has seen, and return the count."""
    site.add("counting", plugin_text("""
        SEEN = []

        def counted():
            def extract(samples):
                SEEN.append(len(samples))
                return {"features": samples.data.reshape(len(samples), -1).astype(np.float32)}
            return extract

        ExtractorSpec(name="counted", make=counted, outputs={"features": "pixels"})
    """))  # fmt: skip

    def seen():
        import counting

        found, counting.SEEN[:] = list(counting.SEEN), []
        return found

    return seen


def test_features_of_folders_are_made_once_and_one_changed_image_is_noticed(folders, counted, images):
    asked = {"fake": folders["fake"], "real": folders["real"], "extractor": "counted"}
    first = score(**asked, metrics=["fid"])["fid[counted]"]
    assert counted() == [40, 40]
    score(**asked, metrics=["vendi", "precision"])
    assert counted() == []
    Image.fromarray(images[0, ::-1, :, 0]).save(folders["fake"] / "000.png")
    second = score(**asked, metrics=["fid"])["fid[counted]"]
    assert counted() == [40]
    assert second.value != first.value
    assert second.signature == first.signature


def test_a_moved_folder_is_the_same_folder(folders, counted, tmp_path):
    asked = {"real": folders["real"], "extractor": "counted", "metrics": ["fid"]}
    before = score(fake=folders["fake"], **asked)
    counted()
    folders["fake"].rename(tmp_path / "elsewhere")
    assert score(fake=tmp_path / "elsewhere", **asked) == before
    assert counted() == []


def test_a_split_of_a_dataset_is_named_with_a_dot():
    found = score(fake="digits.held_out", real="digits", extractor="digits-classifier", metrics=["fid"])
    (measurement,) = found.values()
    assert (measurement.n, measurement.n_real) == (599, 599)
    assert measurement.decided_by["split"] == "test"
    assert measurement.value < 12


def test_n_cuts_both_sides_by_content_and_stands_in_the_signature(folders, images, others):
    found = score(fake=folders["fake"], real=folders["real"], n=30, **PIXELS)["fid[pixels]"]
    assert (found.n, found.n_real) == (30, 30)
    order = np.random.default_rng(5).permutation(40)
    again = score(fake=others[order], real=images[order[::-1]], n=30, **PIXELS)["fid[pixels]"]
    assert again.value == pytest.approx(found.value, rel=1e-9)
    whole = score(fake=folders["fake"], real=folders["real"], **PIXELS)["fid[pixels]"]
    assert whole.signature != found.signature


@pytest.mark.parametrize(
    ("sides", "message"),
    [
        ({"fake": "lost"}, r"fake: there is no path 'lost' and no split of a dataset of that name"),
        ({"fake": "lost.npz"}, r"fake: there is no path 'lost\.npz'"),
        ({"fake": Path("lost.npz")}, r"fake: lost\.npz does not exist"),
        ({"fake": "a/b/lost.test"}, r"fake: there is no path 'a/b/lost\.test'"),
        ({"fake": "digits"}, r"fake: 'digits' is a whole dataset; name a split of it: digits\.held_out"),
        ({"real": "digit"}, r"did you mean 'digits'"),
        ({"real": "digits.tset"}, r"did you mean 'digits\.test'"),
        ({"real": "digits.validation"}, r"real: there is no path 'digits\.validation'"),
        ({"n": 41}, r"fake has 40 samples, expected at least 41"),
    ],
)
def test_what_is_no_side_is_refused_with_what_to_give(sides, message, images, others):
    with pytest.raises(DataError, match=message):
        score(**({"fake": others, "real": images} | sides), **PIXELS)


def test_what_cannot_be_opened_says_which_side_it_is(folders):
    (folders["fake"] / "torn.png").write_bytes(b"")
    with pytest.raises(DataError, match=r"^fake: .*torn\.png is empty"):
        score(fake=folders["fake"], real=folders["real"], **PIXELS)
    (folders["fake"] / "torn.png").unlink()
    (folders["fake"] / "link.png").symlink_to(folders["real"] / "000.png")
    with pytest.raises(DataError, match=rf"^fake: {folders['fake']}/link\.png is a symbolic link"):
        score(fake=folders["fake"], real=folders["real"], **PIXELS)


def test_a_reader_is_named_where_several_read_such_a_path(site, folders):
    site.add("others", plugin_text("""
        def dark(*, path: Path):
            return Data(Samples.of("image", np.zeros((5, 8, 8, 1), np.uint8)))

        DatasetSpec(name="dark", make=dark, reads=("/.png",), modalities=("image",))
    """))  # fmt: skip
    with pytest.raises(SuiteError, match="npzz"):
        score(fake=folders["fake"], real=folders["real"], reader="npzz", **PIXELS)
    with pytest.raises(DataError, match=r"^fake: .* and .*; name one of them as the reader"):
        score(fake=folders["fake"], real=folders["real"], **PIXELS)
    found = score(fake=folders["fake"], real=folders["real"], reader="image-folder", **PIXELS)
    assert found["fid[pixels]"].n == 40


@pytest.mark.parametrize("name", ["y" * 300, "y/" * 3000, "", "a\0b"])
def test_what_can_be_no_path_is_refused(name, real):
    with pytest.raises(DataError, match=r"^fake: "):
        score(fake=name, real=real, metrics=["fid"])


def test_a_renamed_file_costs_no_new_features(folders, counted):
    asked = {"real": folders["real"], "extractor": "counted", "metrics": ["fid"]}
    before = score(fake=folders["fake"], **asked)
    counted()
    (folders["fake"] / "039.png").rename(folders["fake"] / "zzz.png")
    (folders["fake"] / ".DS_Store").write_bytes(b"what a file manager leaves")
    assert score(fake=folders["fake"], **asked) == before
    assert counted() == []


def test_the_reader_takes_options(folders):
    Image.fromarray(np.zeros((8, 8, 3), np.uint8)).save(folders["fake"] / "colour.png")
    asked = {"fake": folders["fake"], "real": folders["real"], **PIXELS}
    with pytest.raises(DataError, match="set mode to 'L' or 'RGB'"):
        score(**asked)
    assert score(**asked, reader={"use": "image-folder", "mode": "L"})["fid[pixels]"].n == 41


def test_the_reader_takes_options_of_one_side(folders):
    for side in ("fake", "real"):
        Image.fromarray(np.full((8, 8, 3), (9, 0, 0), np.uint8)).save(folders[side] / "colour.png")
    asked = {"fake": folders["fake"], "real": folders["real"], **PIXELS}
    both = score(**asked, reader={"use": "image-folder", "mode": "L"})["fid[pixels]"]
    apart = {"use": "image-folder", "mode": "RGB", "fake.mode": "L", "real.mode": "L"}
    assert score(**asked, reader=apart)["fid[pixels]"].value == both.value
    with pytest.raises(DataError, match=r"fake is image 8x8x1, real is image 8x8x3"):
        score(**asked, reader={"use": "image-folder", "real.mode": "RGB", "mode": "L"})
    with pytest.raises(SuiteError, match=r"^reader: 'train\.mode' is an option of train; expected one of the "
                       r"sides that are given: fake, real$"):  # fmt: skip
        score(**asked, reader={"use": "image-folder", "train.mode": "L"})
    with pytest.raises(SuiteError, match=r"^reader\.moed: image-folder has no option 'moed'; did you mean"):
        score(**asked, reader={"use": "image-folder", "fake.moed": "L"})


def test_a_folder_with_splits_gives_the_one_that_is_meant(folders, tmp_path):
    for split in ("train", "test"):
        (folders["real"].parent / "whole").mkdir(exist_ok=True)
        (tmp_path / "whole" / split).mkdir()
    for number, file in enumerate(sorted(folders["real"].iterdir())):
        file.rename(tmp_path / "whole" / ("train" if number < 30 else "test") / file.name)
    asked = {"real": tmp_path / "whole", "reader": {"use": "image-folder", "held_out": "none"}}
    found = score(fake=folders["fake"], **asked, train=tmp_path / "whole", **PIXELS)["fid[pixels]"]
    assert found.n_real == 10
    reason = "fake: .*/whole holds the splits train, test; name one of them: whole/test"
    with pytest.raises(DataError, match=reason):
        score(fake=tmp_path / "whole", **asked, **PIXELS)


def test_texts_are_given_as_a_list():
    real, fake = ["one two three", "four five"], ("one two three", "one two three", "six")
    found = score(fake=fake, real=real, metrics=["duplicates", "train-duplicates"], train=["six"])
    assert (found["duplicates"].n, found["duplicates"].n_real) == (3, 2)
    assert found["duplicates"].value == pytest.approx(1 / 3, rel=1e-12)
    assert found["train-duplicates"].value == pytest.approx(1 / 3, rel=1e-12)
    with pytest.raises(DataError, match=r"real: expected text samples, got list; .* tuple of str"):
        score(fake=fake, real=["one", 2])


def test_a_list_of_the_names_of_files_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = [f"{number}.txt" for number in range(4)]
    for name in names:
        Path(name).write_text("a sentence\n")
    message = r"fake: got the names of files, not their content; give their folder, or open them"
    for given in (names, tuple(names), [str(Path(name).resolve()) for name in names]):
        with pytest.raises(DataError, match=message):
            score(fake=given, real=["one", "two"], metrics="self-bleu")
    texts = ["0.txt", "a sentence", "x" * 5000, "nul\0", "."]
    assert score(fake=texts, real=["one", "two"], metrics="duplicates")["duplicates"].n == len(texts)


def test_a_list_of_arrays_is_refused_with_the_samples_to_write():
    clips = [np.zeros((2, 4, 4, 1), np.uint8), np.zeros((3, 4, 4, 1), np.uint8)]
    reason = r"fake: .* a list of arrays, .* genbench\.Samples\.of\(MODALITY, …\)"
    with pytest.raises(DataError, match=reason):
        score(real=clips, fake=clips)
    with pytest.raises(DataError, match=r"fake: .* a list of arrays, .* genbench\.Samples\.of\('video', …\)"):
        score(real=Samples.of("video", clips, rate=None), fake=clips)


def test_an_array_without_the_axis_of_channels_is_refused_with_the_line_that_adds_it():
    with pytest.raises(DataError, match=r"image: if it lacks channels, write x\[\.\.\., None\]"):
        score(real=np.zeros((5, 8, 8), np.uint8), fake=np.zeros((5, 8, 8), np.uint8))


MODALITIES = list_modalities(load_catalog(only=["genbench"]))
SMILES = Samples.of("molecule", ["C", "CC", "CCO"], notation="smiles")


@pytest.fixture
def shared(site):
    """Install a metric of samples of any modality, and return the function that computes it."""
    site.add("sharing", plugin_text("""
        from genbench import digests

        def shared(real, fake):
            return len(set(digests(real)) & set(digests(fake))) / len(real)

        MetricSpec(name="shared", make=shared, direction="higher", best=1.0)
    """))  # fmt: skip
    return lambda fake, real, **options: score(fake=fake, real=real, metrics="shared", **options)["shared"]


@pytest.mark.parametrize("modality", MODALITIES, ids=lambda modality: modality.reference)
def test_samples_that_a_run_kept_are_scored_whatever_their_modality(modality, shared, tmp_path):
    kept = modality.example(12, np.random.default_rng(0))
    write_samples(tmp_path / "kept", kept)
    file = next(path for path in (tmp_path / "kept").iterdir() if path.stem == "data")
    for fake, real in ((tmp_path / "kept", kept), (kept, str(tmp_path / "kept")), (file, tmp_path / "kept")):
        found = shared(fake, real)
        assert (found.status, found.value, found.n) == ("ok", 1.0, 12)


def test_samples_of_another_modality_than_the_stated_one_are_refused_each_time(shared, tmp_path):
    write_samples(tmp_path / "kept", SMILES)
    for _ in range(2):  # the second time, their space is known from the store
        with pytest.raises(DataError, match=r"^fake: expected text samples, as stated, got molecule$"):
            shared(tmp_path / "kept", tmp_path / "kept", modality="text")
    with pytest.raises(DataError, match=r"^fake: expected text samples, as stated, got molecule$"):
        shared(SMILES, ["C"], modality="text")


def test_a_stated_parameter_that_the_samples_contradict_is_refused_each_time(shared, tmp_path):
    write_samples(tmp_path / "kept", SMILES)
    selfies = {"use": "molecule", "notation": "selfies"}
    for fake in (tmp_path / "kept", tmp_path / "kept", SMILES):
        reason = r"^fake: expected the notation 'selfies', as stated with .*, got 'smiles'; leave it"
        with pytest.raises(DataError, match=reason):
            shared(fake, SMILES, modality=selfies)
    assert shared(tmp_path / "kept", SMILES, modality=selfies | {"notation": "smiles"}).value == 1.0
    frame = pd.DataFrame({"x": [1.0, 2.0]})
    frame.to_csv(tmp_path / "a.csv", index=False)
    with pytest.raises(DataError, match=r"^fake: expected the target 'x', as stated .*, got none; leave it"):
        shared(tmp_path / "a.csv", tmp_path / "a.csv", modality={"use": "table", "target": "x"})
    assert shared(frame, frame, modality={"use": "table", "target": "x"}).value == 1.0


@pytest.mark.parametrize(("modality", "reader"), [("text", "text-file"), ("table", "table-file")])
def test_a_field_that_the_reader_of_a_file_does_not_take_is_refused(modality, reader, shared, tmp_path):
    (tmp_path / "a.csv").write_text("text,other\nno,CC\nno,N\n")
    message = rf"^fake: .*/a\.csv is read by {reader}, which takes no field .*: --reader '{reader} "
    with pytest.raises(DataError, match=message):
        shared(tmp_path / "a.csv", tmp_path / "a.csv", modality={"use": modality, "field": "other"})


def test_kept_samples_of_two_modalities_are_refused_in_the_same_words_each_time(shared, tmp_path):
    write_samples(tmp_path / "kept", SMILES)
    write_samples(tmp_path / "other", Samples.of("text", ["C"]))
    for _ in range(2):
        reason = r"^fake, real must be of one space; fake is molecule, real is text$"
        with pytest.raises(DataError, match=reason):
            shared(tmp_path / "kept", tmp_path / "other")


def test_a_change_of_kept_samples_is_noticed(shared, tmp_path):
    write_samples(tmp_path / "kept", SMILES)
    before = shared(SMILES, tmp_path / "kept")
    (tmp_path / "kept" / "data.jsonl").write_text('"N"\n"CC"\n"CCO"\n')
    after = shared(SMILES, tmp_path / "kept")
    assert (before.value, after.value) == (1.0, pytest.approx(2 / 3))
    assert before.decided_by["data"] != after.decided_by["data"]


def test_kept_samples_that_are_damaged_say_which_side_they_are(tmp_path, real):
    write_samples(tmp_path / "kept", Samples.of("vector", real))
    (tmp_path / "kept" / "data.npy").write_bytes(b"torn")
    with pytest.raises(DataError, match=r"^fake: .*/kept: data\.npy cannot be read"):
        score(fake=tmp_path / "kept", real=real, metrics="fid")


@pytest.mark.parametrize(
    "modality", ["molecule", {"use": "molecule", "notation": "smiles"}, None], ids=["named", "full", "beside"]
)
def test_a_file_of_strings_is_of_the_modality_that_is_stated_or_beside_it(modality, shared, tmp_path):
    (tmp_path / "out.txt").write_text("CC\nCCO\nN\n")
    found = shared(tmp_path / "out.txt", SMILES, modality=modality)
    assert (found.status, found.value) == ("ok", pytest.approx(2 / 3))


@pytest.mark.parametrize("strings", ["real", "fake", "train"])
def test_a_file_of_strings_is_of_the_modality_that_another_file_says(strings, tmp_path):
    (tmp_path / "a.fa").write_text("".join(f">{number}\n{'ACGT' * 3}\n" for number in range(4)))
    (tmp_path / "b.txt").write_text("ACGTAC\n" * 3)
    sides = dict.fromkeys(("real", "fake", "train"), tmp_path / "a.fa") | {strings: tmp_path / "b.txt"}
    (found,) = score(**sides, metrics="length-ks").values()
    assert (found.status, found.value) == ("ok", 0.0 if strings == "train" else 1.0)


def test_a_column_beside_a_file_that_says_the_modality_names_the_option_of_the_modality(tmp_path):
    (tmp_path / "a.fa").write_text(">a\nACGT\n>b\nACGA\n")
    (tmp_path / "b.csv").write_text("id,dna\n1,ACGTA\n")
    (tmp_path / "b.jsonl").write_text('{"id": 1, "dna": "ACGTA"}\n')
    for name in ("b.csv", "b.jsonl"):
        line = "--modality 'sequence alphabet=dna field=dna'"
        reason = f"; set the modality's `field`, such as in {line}, to one of them$"
        with pytest.raises(DataError, match=reason):
            score(fake=tmp_path / name, real=tmp_path / "a.fa", metrics="length-ks")
    stated = {"use": "sequence", "field": "dna"}
    found = score(fake=tmp_path / "b.csv", real=tmp_path / "a.fa", metrics="length-ks", modality=stated)[
        "length-ks"
    ]
    assert found.value == 1.0


def test_two_files_of_strings_are_of_the_modality_that_is_stated(shared, tmp_path):
    (tmp_path / "a.txt").write_text("CC\nCCO\n")
    (tmp_path / "b.csv").write_text("text,smiles\nno,CC\nno,N\n")
    smiles = {"use": "molecule", "notation": "smiles"}
    assert shared(tmp_path / "a.txt", tmp_path / "a.txt", modality=smiles).value == 1.0
    named = smiles | {"field": "smiles"}
    assert shared(tmp_path / "b.csv", tmp_path / "a.txt", modality=named).value == 0.5
    assert shared(tmp_path / "b.csv", tmp_path / "a.txt", modality=smiles).value == 0.0
    assert shared(["CC"], ["CC"], modality=smiles).value == 1.0
    selfies = Samples.of("molecule", ["CC", "CCO"], notation="selfies")
    assert shared(tmp_path / "a.txt", selfies).value == 1.0  # the same file in another notation
    with pytest.raises(DataError, match=r"^fake: .*/a\.txt does not say the notation of molecule samples"):
        shared(tmp_path / "a.txt", tmp_path / "a.txt", modality="molecule")


@pytest.mark.parametrize(
    ("modality", "message"),
    [
        ("smell", "^modality: no installed plugin declares the modality 'smell'"),
        (
            {"use": "molecule", "notatio": "smiles"},
            "^modality: molecule samples have no parameter 'notatio'; expected longest, notation$",
        ),
    ],
)
def test_a_modality_or_a_parameter_that_does_not_exist_is_refused(modality, message, real):
    with pytest.raises(SuiteError, match=message):
        score(fake=real, real=real, metrics="fid", modality=modality)


def test_a_file_that_cannot_be_read_as_the_modality_beside_it_says_what_can(tmp_path, real):
    np.save(tmp_path / "clips.npy", np.zeros((3, 4, 8, 8, 1), np.uint8))
    clips = Samples.of("video", [np.zeros((4, 8, 8, 1), np.uint8)] * 3)
    reason = r"reads \.npy files as video samples; expected a folder of samples that"
    with pytest.raises(DataError, match=reason):
        score(fake=tmp_path / "clips.npy", real=clips, metrics="fid")
    (tmp_path / "out.sdf").write_text("CC\n")
    message = r"reads \.sdf files as molecule .* \.txt, or a folder of samples that a run"
    with pytest.raises(DataError, match=message):
        score(fake=tmp_path / "out.sdf", real=SMILES, metrics="fid")


@pytest.mark.parametrize("again", [False, True])
def test_a_file_that_changes_between_its_hash_and_its_read_gives_no_number(tmp_path, monkeypatch, again):
    folder, read = tmp_path / "fake", inputs.read_kept_samples
    write_samples(folder, Samples.of("vector", np.arange(80.0).reshape(40, 2)))
    real = Samples.of("vector", np.arange(90.0).reshape(45, 2))
    if again:  # the store knows the samples' hash, and only the metric needs the samples
        score(fake=folder, real=real, metrics=["fid"])

    def rewritten(*arguments):
        np.save(folder / "data.npy", np.full((40, 2), 7.0))
        return read(*arguments)

    monkeypatch.setattr(inputs, "read_kept_samples", rewritten)
    with pytest.raises(DataError, match=r"fake: .*/fake/data\.npy changed after genbench hashed it"):
        score(fake=folder, real=real, metrics=["fid"])
    monkeypatch.setattr(inputs, "read_kept_samples", read)
    found = score(fake=folder, real=real, metrics=["fid"])
    assert found == score(fake=np.full((40, 2), 7.0), real=real, metrics=["fid"])


def test_samples_are_not_hashed_if_their_file_changes_while_they_are(tmp_path, monkeypatch):
    """Samples are mapped to their file, so they change with it."""
    folder, hashed = tmp_path / "fake", inputs.identity_hash
    write_samples(folder, Samples.of("vector", np.arange(80.0).reshape(40, 2)))

    def rewritten(*arguments):
        np.save(folder / "data.npy", np.full((40, 2), 7.0))
        return hashed(*arguments)

    monkeypatch.setattr(inputs, "identity_hash", rewritten)
    with pytest.raises(DataError, match=r"fake: .*/fake/data\.npy changed after genbench hashed it"):
        score(fake=folder, real=np.arange(90.0).reshape(45, 2), metrics=["fid"])
