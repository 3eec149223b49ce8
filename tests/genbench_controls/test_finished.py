"""The generator `samples`: finished outputs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from genbench_controls import finished
from numpy.random import default_rng
from PIL import Image

from genbench import DataError, Invalid, Samples
from genbench.catalog.catalog import load_catalog
from genbench.catalog.modalities import find_modality, list_modalities
from genbench.contract.specs import GeneratorSpec
from genbench.core.samples import content_hash
from genbench.files.sample_files import write_samples
from genbench.suite.components import make_part
from genbench.suite.file import SuiteEntry
from genbench.trial.reading.finished_outputs import OutputOpener, output_readers

TEXTS = Samples.of("text", ["some", "training", "texts"])
IMAGES = Samples.of("image", np.zeros((2, 4, 3, 1), np.uint8))
VECTORS = Samples.of("vector", np.zeros((2, 3)))
CATALOG = load_catalog(only=["genbench"])
MODALITIES = list_modalities(CATALOG)


def samples(train, *, shared=None, **options):
    """Return the sampler that the generator makes for a host with data like `train`."""
    modality = find_modality(MODALITIES, train.space.modality)
    entry = SuiteEntry(use="samples", name=None, options={**options, "path": str(options["path"])}, where="x")
    part = make_part(CATALOG, GeneratorSpec, entry, Path())
    dataset = None if shared is None else CATALOG.find("dataset", "table-file")
    readers = output_readers(part, CATALOG, modality, dataset, shared)
    opener = OutputOpener(part, readers, modality, train.space)
    return finished.samples(train, modality, opener, **part.options)


def test_lines_are_strings_or_objects_with_a_field(tmp_path):
    file = tmp_path / "out.jsonl"
    file.write_text('"plain"\n{"text": "in an object", "id": 3}\r\n"a\u2028b"\n""', encoding="utf-8")
    drawn = samples(TEXTS, path=file).sample(4, rng=default_rng(0))
    assert drawn.data == ("plain", "in an object", "a\u2028b", "")
    assert drawn.space.modality == "text"


def test_the_field_can_be_named_and_sequences_are_read_alike(tmp_path):
    file = tmp_path / "out.NDJSON"
    file.write_text('{"text": "no", "answer": "GATTACA"}\n')
    drawn = samples(Samples.of("sequence", ["ACGT"]), path=file, field="answer").sample(1, rng=default_rng(0))
    assert (drawn.data, drawn.space.modality) == (("GATTACA",), "sequence")


@pytest.mark.parametrize(
    ("name", "content"),
    [("out.txt", "one\n\ntwo\n"), ("out.csv", 'id,text\n1,one\n2,"two"\n'), ("out.ndjson", '"one"\n"two"')],
)
def test_every_file_of_texts_is_read(tmp_path, name, content):
    (tmp_path / name).write_text(content)
    assert samples(TEXTS, path=tmp_path / name).sample(2, rng=default_rng(0)).data == ("one", "two")


def test_samples_that_a_run_kept_can_be_drawn_again_as_they_are(tmp_path):
    texts = ("=cmd()", "<script>", "\u202eabc", "a\0b", "", "  \t", "a\r\nb", "\ufeff", "x" * 10**6)
    write_samples(tmp_path / "kept", Samples.of("text", texts))
    assert samples(TEXTS, path=tmp_path / "kept" / "data.jsonl").sample(9, rng=default_rng(0)).data == texts


@pytest.mark.parametrize("modality", MODALITIES, ids=lambda modality: modality.reference)
def test_samples_that_a_run_kept_are_read_whatever_their_modality(modality, tmp_path):
    kept = modality.example(8, default_rng(0))
    write_samples(tmp_path / "kept", kept)
    drawn = samples(kept, path=tmp_path / "kept").sample(8, rng=default_rng(0))
    assert content_hash(drawn) == content_hash(kept)


def test_kept_samples_of_another_modality_are_refused(tmp_path):
    write_samples(tmp_path / "kept", VECTORS)
    with pytest.raises(DataError, match=r"^kept: expected image samples, got vector samples$"):
        samples(IMAGES, path=tmp_path / "kept")


def test_a_file_of_molecules_is_read_in_the_notation_of_the_dataset(tmp_path):
    (tmp_path / "out.txt").write_text("CCO\nCC=O\n")
    train = Samples.of("molecule", ["C"], notation="selfies")
    drawn = samples(train, path=tmp_path / "out.txt").sample(2, rng=default_rng(0))
    assert (drawn.data, drawn.space.get("notation")) == (("CCO", "CC=O"), "selfies")


def test_rows_of_a_table_get_the_columns_of_the_dataset(tmp_path):
    train = Samples.of("table", pd.DataFrame({"x": pd.array([1, None], "Int64"), "y": [1.5, 2.5]}))
    (tmp_path / "out.csv").write_text("y,x\n1,2\n3,4\n")
    drawn = samples(train, path=tmp_path / "out.csv").sample(2, rng=default_rng(0))
    assert drawn.space == train.space
    assert drawn.data.to_dict("list") == {"x": [2, 4], "y": [1.0, 3.0]}
    (tmp_path / "out.csv").write_text("y,x\n1,a\n3,b\n")
    reason = r"^out\.csv: the column 'x' holds 'a' in row 1; expected integers, as"
    with pytest.raises(DataError, match=reason):
        samples(train, path=tmp_path / "out.csv")


def test_columns_that_the_dataset_leaves_out_are_left_out(tmp_path):
    train = Samples.of("table", pd.DataFrame({"x": [1.5, 2.5]}))
    (tmp_path / "out.csv").write_text("id,x\n1,2.5\n2,3.5\n")
    with pytest.raises(DataError, match=r"^out\.csv: there is no column 'id' in the real table"):
        samples(train, path=tmp_path / "out.csv")
    shared = {"ignore": ["id", "other"]}
    drawn = samples(train, shared=shared, path=tmp_path / "out.csv").sample(2, rng=default_rng(0))
    assert drawn.data.to_dict("list") == {"x": [2.5, 3.5]}


def test_a_folder_does_not_stand_for_texts(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "data.jsonl").write_text('"a"\n')
    reason = r"of \.jsonl files as text samples, but text-file reads single ones; .*, such as data\.jsonl$"
    with pytest.raises(DataError, match=reason):
        samples(TEXTS, path=tmp_path / "out")


def test_a_bad_line_is_named_by_its_number(tmp_path):
    (tmp_path / "out.jsonl").write_bytes(b'"fine"\n\xff\n"fine"\n')
    reason = r"^out\.jsonl, line 2 is not UTF-8: invalid start byte at byte 0"
    with pytest.raises(DataError, match=reason) as caught:
        samples(TEXTS, path=tmp_path / "out.jsonl")
    assert str(tmp_path) not in str(caught.value)


def test_fewer_than_asked_for_are_invalid_with_both_numbers(tmp_path):
    (tmp_path / "out.jsonl").write_text('"a"\n"b"\n')
    with pytest.raises(Invalid, match=r"^asked for 599 samples, out\.jsonl holds 2") as caught:
        samples(TEXTS, path=tmp_path / "out.jsonl").sample(599, rng=default_rng(0))
    assert str(tmp_path) not in str(caught.value)


def test_an_empty_file_holds_none(tmp_path):
    (tmp_path / "out.jsonl").write_text("")
    with pytest.raises(Invalid, match=r"asked for 1 samples, out\.jsonl holds 0"):
        samples(TEXTS, path=tmp_path / "out.jsonl").sample(1, rng=default_rng(0))


def test_more_than_asked_for_are_drawn_without_replacement_in_the_order_of_the_file(tmp_path):
    (tmp_path / "out.jsonl").write_text("".join(f'"{i:02}"\n' for i in range(50)))
    sampler = samples(TEXTS, path=tmp_path / "out.jsonl")
    one, same, other = (sampler.sample(20, rng=default_rng(seed)).data for seed in (0, 0, 1))
    assert one == same != other
    assert list(one) == sorted(set(one))
    assert sampler.sample(50, rng=default_rng(0)).data == sampler.sample(50, rng=default_rng(1)).data


def test_texts_do_not_stand_for_images(tmp_path):
    (tmp_path / "out.jsonl").write_text('"a"\n')
    with pytest.raises(DataError, match=r"^out\.jsonl: .* reads \.jsonl files as image samples"):
        samples(IMAGES, path=tmp_path / "out.jsonl")


def test_a_folder_of_images_is_read(tmp_path):
    for value in range(3):
        Image.fromarray(np.full((4, 3), value, np.uint8)).save(tmp_path / f"{value}.png")
    drawn = samples(IMAGES, path=tmp_path).sample(3, rng=default_rng(0))
    assert drawn.data[:, 0, 0, 0].tolist() == [0, 1, 2]
    assert drawn.space == IMAGES.space


@pytest.mark.parametrize("suffix", [".npz", ".npy"])
def test_numpy_files_hold_images_or_vectors(tmp_path, suffix):
    save = np.savez if suffix == ".npz" else np.save
    save(tmp_path / f"i{suffix}", np.arange(36, dtype=np.uint8).reshape(3, 4, 3, 1))
    save(tmp_path / f"v{suffix}", np.arange(6.0).reshape(2, 3))
    images = samples(IMAGES, path=tmp_path / f"i{suffix}").sample(3, rng=default_rng(0))
    vectors = samples(VECTORS, path=tmp_path / f"v{suffix}").sample(2, rng=default_rng(0))
    assert images.data[:, 0, 0, 0].tolist() == [0, 12, 24]
    assert vectors.data.tolist() == [[0, 1, 2], [3, 4, 5]]


def test_a_file_that_holds_another_kind_is_refused(tmp_path):
    np.save(tmp_path / "v.npy", np.zeros((2, 3)))
    with pytest.raises(DataError, match=r"v\.npy holds vector 3 samples; expected image 4x3x1"):
        samples(IMAGES, path=tmp_path / "v.npy")


def test_classes_are_matched_with_those_of_the_dataset_by_their_names(tmp_path):
    for name in ("cat", "dog"):
        (tmp_path / "out" / name).mkdir(parents=True)
        Image.fromarray(np.zeros((2, 2), np.uint8)).save(tmp_path / "out" / name / "x.png")
    pixels = np.zeros((3, 2, 2, 1), np.uint8)
    train = Samples.of("image", pixels, [0, 1, 2], classes=("bird", "cat", "dog"))
    assert samples(train, path=tmp_path / "out").sample(2, rng=default_rng(0)).labels.tolist() == [1, 2]
    with pytest.raises(DataError, match=r"^out: unknown classes cat, dog; expected some of 0, 1, 2"):
        samples(Samples.of("image", pixels, [0, 1, 2]), path=tmp_path / "out")
