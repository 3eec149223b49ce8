from __future__ import annotations

import contextlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from toys import plugin_text

from genbench import DataError, PluginError, Samples, Space, open_samples, score
from genbench.catalog.catalog import load_catalog
from genbench.catalog.modalities import find_modality, list_modalities
from genbench.core.samples import content_hash
from genbench.files.sample_files import write_samples
from genbench.trial.datasets import read_caution
from genbench.trial.reading.readers import make_reader_part, select_side_options

IMAGES = np.arange(5 * 4 * 4, dtype=np.uint8).reshape(5, 4, 4, 1)
VECTORS = np.arange(12.0).reshape(6, 2)


@pytest.fixture
def files(tmp_path):
    np.savez(tmp_path / "images.npz", images=IMAGES, labels=np.arange(5) % 2)
    np.save(tmp_path / "vectors.npy", VECTORS)
    for label in ("a", "b"):
        (tmp_path / "folder" / label).mkdir(parents=True)
        Image.fromarray(IMAGES[0, :, :, 0]).save(tmp_path / "folder" / label / "x.png")
    (tmp_path / "notes.doc").write_text("nothing that anybody reads")
    (tmp_path / "torn.npy").write_bytes(b"\x93NUMPY torn")
    return tmp_path


def test_a_file_is_opened_by_the_dataset_that_reads_it(files):
    vectors = open_samples(files / "vectors.npy", "vector")
    np.testing.assert_array_equal(vectors.data, VECTORS)
    assert vectors.space.modality == "vector"
    images = open_samples(files / "images.npz", "image")
    np.testing.assert_array_equal(images.data, IMAGES)
    assert images.labels.tolist() == [0, 1, 0, 1, 0]


def test_a_folder_is_opened_with_its_labels(files):
    found = open_samples(files / "folder", "image")
    assert found.data.shape == (2, 4, 4, 1)
    assert sorted(found.labels.tolist()) == [0, 1]


def test_a_split_is_the_one_that_a_score_has_and_an_existing_path_wins(files, monkeypatch):
    monkeypatch.chdir(files)
    train, test = open_samples("digits.train"), open_samples("digits.test", "image")
    scored = score(fake=train, real="digits.test", metrics=["precision[pixels]"])
    assert scored.floats() == score(fake="digits.train", real=test, metrics=["precision[pixels]"]).floats()
    assert not {x.tobytes() for x in train.data} & {x.tobytes() for x in test.data}
    np.testing.assert_array_equal(train.data, open_samples(Path("digits.train")).data)
    (files / "digits.train").mkdir()
    Image.fromarray(IMAGES[0, :, :, 0]).save(files / "digits.train" / "x.png")
    assert len(open_samples("digits.train", "image")) == 1


def test_a_split_that_the_dataset_lacks_or_of_another_modality_is_refused(tmp_path):
    plugin = tmp_path / "halves.py"
    plugin.write_text(HALVES)
    with pytest.raises(DataError, match=r"halves has no split 'held_out'; it has train, test"):
        open_samples("halves.held_out", plugins=[plugin])
    with pytest.raises(DataError, match=r"halves.test has vector samples; expected text"):
        open_samples("halves.test", "text", plugins=[plugin])
    with pytest.raises(DataError, match=r"^halves.tset does not exist; .*; did you mean 'halves.test'\?$"):
        open_samples("halves.tset", plugins=[plugin])


HALVES = plugin_text("""
def make():
    splits = {"train": np.arange(2), "test": np.arange(2, 4)}
    return Data(Samples.of("vector", np.arange(8.0).reshape(4, 2)), splits=splits)

DatasetSpec(name="halves", make=make, modalities=("vector",))
""")
WALKS = 'ModalitySpec(name="walk", container="ragged", dtypes=("float32",), axes=("time", "place"))'
FOLDERS = plugin_text("""
def make(*, path: Path):
    return Data(Samples.of("vector", np.ones((2, 3))))

DatasetSpec(name="parts", make=make, reads=("/.part",), modalities=("vector",))
DatasetSpec(name="others", make=make, reads=("/.other",), modalities=("vector",))
""")


def test_a_folder_is_opened_by_the_dataset_that_reads_folders_of_its_files(tmp_path):
    plugin, folder = tmp_path / "folders.py", tmp_path / "parts"
    plugin.write_text(FOLDERS)
    (folder / "deep" / ".hidden").mkdir(parents=True)
    for name in (".a.other", "deep/.hidden/a.other", "deep/b.PART"):
        (folder / name).touch()
    assert open_samples(folder, plugins=[plugin]).data.shape == (2, 3)
    (folder / "a.png").touch()  # now as many are images, and the first one; image-folder refuses the other
    with pytest.raises(DataError, match=r"^b\.PART|^deep/b\.PART"):
        open_samples(folder, plugins=[plugin])


def test_most_files_of_a_folder_decide_and_a_stray_one_is_named(tmp_path):
    plugin, folder = tmp_path / "folders.py", tmp_path / "parts"
    plugin.write_text(FOLDERS)
    (folder / "deep").mkdir(parents=True)
    for name in ("README", "a.other", "deep/b.part", "deep/c.part"):
        (folder / name).touch()
    part = make_reader_part(load_catalog([plugin]), folder)
    assert part.spec.name == "parts"
    for name in ("d.png", "e.png", "f.png"):
        (folder / name).touch()
    with pytest.raises(DataError, match=r"^README does not end in \.png"):  # now image-folder
        open_samples(folder, plugins=[plugin])


def test_the_modality_decides_among_readers_of_a_folder_before_most_files_do(tmp_path):
    plugin, folder, notes = tmp_path / "folders.py", tmp_path / "parts", []
    plugin.write_text(FOLDERS)
    folder.mkdir()
    for name in ("a.png", "b.part", "c.png", "d.other", "e.other", "e.png"):
        (folder / name).touch()
    catalog = load_catalog([plugin])
    vector = find_modality(list_modalities(catalog), "vector")
    assert make_reader_part(catalog, folder, vector, note=notes.append).spec.name == "others"
    among = frozenset({"vector"})
    assert make_reader_part(catalog, folder, among=among, note=notes.append).spec.name == "others"
    assert notes == []
    for wanted in (frozenset(), frozenset({"image"}), frozenset({"text"})):
        assert make_reader_part(catalog, folder, among=wanted).spec.name == "image-folder"


def test_a_folder_of_files_that_are_read_one_by_one_is_refused_with_a_file(tmp_path):
    folder = tmp_path / "d"
    folder.mkdir()
    for name in ("a.csv", "b.fasta", "c.fasta", "d.png"):
        (folder / name).write_text(">a\nACGT\n")
    message = (
        r"^d: no installed dataset reads folders of \.fasta files{}, but fasta reads single ones; "
        r"name a file instead of the folder, such as b\.fasta$"
    )
    for modality, said in ((None, ""), ("sequence", " as sequence samples")):
        with pytest.raises(DataError, match=message.format(said)):
            open_samples(folder, modality)
    with pytest.raises(DataError, match=r"^d: .* of \.fasta files as table samples; expected \.csv, "):
        open_samples(folder, "table")


def test_a_folder_that_no_dataset_reads_is_refused_with_what_the_metrics_work_on(tmp_path):
    folder = tmp_path / "films"
    folder.mkdir()
    (folder / "a.gif").touch()
    with pytest.raises(DataError, match=r"^films: .* of \.gif files; .* \(image: .*;") as caught:
        make_reader_part(load_catalog(), folder, among=frozenset({"image", "vector"}))
    assert "vector: .npy, .npz)" in str(caught.value)
    with pytest.raises(DataError, match=r"folders of \.gif files; .*; text: "):
        make_reader_part(load_catalog(), folder)


def test_a_folder_of_which_a_reader_recognizes_some_files_alone_is_refused(tmp_path):
    plugin, folder = tmp_path / "folders.py", tmp_path / "parts"
    plugin.write_text(
        FOLDERS.replace(
            'DatasetSpec(name="others", make=make, reads=("/.other",)',
            'DatasetSpec(name="faces", make=make, reads=("/.part",), recognizes=lambda head, _: bool(head)',
        ).replace('reads=("/.part",), modal', 'reads=("/.part", "/.other"), recognizes=maybe, modal')
        + "\n\ndef maybe(head, suffix):\n    return None if head else True\n"
    )
    folder.mkdir()
    for name in "abc":
        (folder / f"{name}.part").write_text("x")
    assert make_reader_part(load_catalog([plugin]), folder).spec.name == "faces"
    for stray in ("a0.part", "a0.other"):
        (folder / stray).write_text("")
        with pytest.raises(
            DataError,
            match=rf"^parts: faces reads a\.part, and not {stray}; move one of them out of the folder "
            r"\(--reader faces says why, --reader parts reads all in its own way\)$",
        ):
            make_reader_part(load_catalog([plugin]), folder)
        (folder / stray).unlink()


def test_an_empty_file_that_several_datasets_read_is_said_to_be_empty(tmp_path):
    for name in ("a.csv", "a.jsonl"):
        (tmp_path / name).touch()
        with pytest.raises(DataError, match=rf"^{name}: the file is empty; expected samples$"):
            open_samples(tmp_path / name)
    (tmp_path / "a.csv").write_text("a\n")
    with pytest.raises(DataError, match=r"^a\.csv: .*; name one of them as the reader"):
        open_samples(tmp_path / "a.csv")


def test_a_suffix_in_capitals_is_the_same_suffix(files):
    (files / "vectors.npy").rename(files / "VECTORS.NPY")
    assert len(open_samples(files / "VECTORS.NPY", "vector")) == 6


def test_samples_that_a_run_kept_say_their_modality(tmp_path):
    kept = Samples.of("audio", [np.zeros((n, 1), np.float32) for n in (3, 5)], [1, 0], rate=8000)
    write_samples(tmp_path / "kept", kept)
    found = open_samples(tmp_path / "kept")
    assert content_hash(found) == content_hash(kept)
    assert found.space.get("rate") == 8000
    with pytest.raises(DataError, match=r"^kept: expected image samples, got audio samples$"):
        open_samples(tmp_path / "kept", "image")


def test_kept_samples_of_a_plugin_file_are_opened_with_it(tmp_path):
    (tmp_path / "walks.py").write_text(plugin_text(WALKS))
    walks = Samples.of("walks:walk", [np.zeros((n, 2), np.float32) for n in (3, 5)])
    write_samples(tmp_path / "kept", walks)
    assert content_hash(
        open_samples(tmp_path / "kept", plugins=[str(tmp_path / "walks.py")])
    ) == content_hash(walks)
    with pytest.raises(DataError, match=r"^kept: no installed plugin declares the modality 'walks:walk'"):
        open_samples(tmp_path / "kept")


def test_strings_take_their_parameters_from_the_space_beside_them(tmp_path):
    (tmp_path / "out.jsonl").write_text('{"smiles": "CCO"}\n')
    smiles = Space("molecule", notation="smiles")
    found = open_samples(tmp_path / "out.jsonl", "molecule", space=smiles, field="smiles")
    assert (found.data, found.space) == (("CCO",), smiles)
    with pytest.raises(DataError, match=r"^out\.jsonl does not say the notation of molecule samples"):
        open_samples(tmp_path / "out.jsonl", "molecule", field="smiles")


def test_a_relative_path_is_taken_from_the_working_directory(files, monkeypatch):
    monkeypatch.chdir(files.parent)
    assert len(open_samples(Path(files.name) / "vectors.npy", "vector")) == 6


@pytest.mark.parametrize(
    ("name", "kind", "message"),
    [
        ("lost.npy", "vector", r"^lost\.npy does not exist; expected a file or folder of vector samples$"),
        ("notes.doc", "text", r"^notes\.doc: no installed dataset reads \.doc files as text samples; "),
        (
            "vectors.npy",
            "audio",
            r"^vectors\.npy: .* reads \.npy files as audio samples; expected a folder of samples that a run",
        ),
        (
            "folder",
            "molecule",
            r"as molecule samples; expected \.csv, \.jsonl, \.ndjson, \.smi, \.smiles, \.txt, or a folder of",
        ),
        ("folder", "vector", r"as vector samples; expected \.npy, \.npz, or a folder of samples that a run"),
        (
            "notes.doc",
            None,
            r"^notes\.doc: .*\.doc files; expected .*\(image: \.npy, \.npz, a folder of \.jpeg.*molecule: ",
        ),
        ("notes.doc", "smell", r"no installed plugin declares the modality 'smell'"),
        ("folder", "vector", r"^folder: image-folder reads folders of \.png files as image samples, not"),
        ("torn.npy", "vector", r"torn\.npy"),
    ],
)
def test_what_cannot_be_opened_is_refused_by_its_name_alone(files, name, kind, message):
    with pytest.raises(DataError, match=message) as caught:
        open_samples(files / name, kind)
    assert str(files) not in str(caught.value)


def test_a_reader_gets_what_it_asks_for(files, site):
    site.add("doc-reader", plugin_text("""
        def read(*, path: Path, rng, device, log):
            log(1, 1)
            assert device == "cpu"
            return Data(Samples.of("text", (path.read_text(), str(rng.integers(9)))))

        DatasetSpec(name="doc", make=read, reads=(".doc",), modalities=("text",))
    """))  # fmt: skip
    assert open_samples(files / "notes.doc", "text").data[0] == "nothing that anybody reads"


def test_a_suffix_may_have_several_parts(files, site):
    site.add("packed-reader", plugin_text("""
        def read(*, path: Path):
            return Data(Samples.of("text", (path.name,)))

        DatasetSpec(name="doc", make=read, reads=(".doc.gz",), modalities=("text",))
    """))  # fmt: skip
    (files / "Notes.DOC.gz").touch()
    (files / "other.gz").touch()
    assert open_samples(files / "Notes.DOC.gz").data == ("Notes.DOC.gz",)
    with pytest.raises(DataError, match=r"^other\.gz: no installed dataset reads \.gz files as text samples"):
        open_samples(files / "other.gz", "text")


def test_two_readers_of_one_suffix_are_refused_by_their_names(files, site):
    site.add("other-reader", plugin_text("""
        def read(*, path: Path): ...

        DatasetSpec(name="other", make=read, reads=(".npy",), modalities=("vector",))
    """))  # fmt: skip
    reason = r"genbench:npz and other-reader:other read \.npy files as vector samples; "
    with pytest.raises(DataError, match=reason):
        open_samples(files / "vectors.npy", "vector")
    assert len(open_samples(files / "images.npz", "image")) == 5


def test_outputs_of_a_generator_are_opened_with_the_options_for_fakes(site, tmp_path):
    site.add("rows", plugin_text("""
        def rows(*, path: Path, odd: str = "refuse"):
            if odd == "refuse":
                raise DataError(f"{path.name} is odd")
            return Data(Samples.of("vector", np.loadtxt(path, ndmin=2)))

        DatasetSpec(name="rows", make=rows, modalities=("vector",), reads=(".rows",),
                    fake_options={"odd": "keep"})
    """))  # fmt: skip
    path = tmp_path / "a.rows"
    path.write_text("1 2\n3 4\n")
    assert len(open_samples(path, "vector")) == 2
    sides = {"metrics": "fid", "extractor": "given"}
    assert score(fake=path, real=VECTORS, **sides)["fid[given]"].status == "ok"
    with pytest.raises(DataError, match=r"^real: .*a\.rows is odd$"):
        score(fake=VECTORS, real=path, **sides)


ROWS, PROSE = "age,city\n31,Oslo\n45,Rome\n", "text\nhello\ngood bye\n"


@pytest.mark.parametrize(
    ("name", "content", "modality"),
    [
        ("a.csv", ROWS, "table"),
        ("a.csv", "\ufeff" + ROWS.replace(",", ";"), "table"),
        ("a.csv", PROSE, "text"),
        ("a.jsonl", '{"age": 31, "city": null}\n{"age": 45, "city": "Rome"}\n', "table"),
        ("a.jsonl", '"hello"\n"good bye"\n', "text"),
        ("a.ndjson", '{"text": "hello"}\n{"text": "good bye"}\n', "text"),
    ],
)
def test_a_file_s_beginning_decides_between_datasets_that_read_its_suffix(tmp_path, name, content, modality):
    path = tmp_path / name
    path.write_text(content)
    found = open_samples(path)
    assert (found.space.modality, len(found)) == (modality, 2)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "text,label\nhello,1\n"),
        ("a.csv", "smiles\nCCO\n"),
        ("a.jsonl", '{"text": "hello", "label": 1}\n'),
        ("a.jsonl", '{"answer": "hello"}\n'),
        ("a.jsonl", "[1, 2]\n"),
    ],
)
def test_where_nothing_decides_a_file_is_refused(tmp_path, name, content):
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(DataError, match=r"or state the modality: table or text$"):
        open_samples(path)


@pytest.mark.parametrize(
    ("name", "array", "modality", "said"),
    [
        ("a.npy", np.ones((4, 6, 3), "f4"), "points", ""),
        ("a.npz", np.ones((4, 6, 3)), "points", ""),
        ("a.npy", np.ones((4, 6, 3), np.uint8), "image", "--modality points"),
        ("a.npy", np.ones((4, 6, 6, 3), np.uint8), "image", ""),
        ("a.npy", np.ones((4, 3), "f4"), "vector", "--modality points"),
        ("a.npy", np.ones((4, 6), "f4"), "vector", ""),
    ],
)
def test_an_array_decides_by_its_shape_and_type_what_it_is(tmp_path, name, array, modality, said):
    path, notes = tmp_path / name, []
    (np.savez if name == "a.npz" else np.save)(path, array)
    assert open_samples(path).space.modality == modality
    part = make_reader_part(load_catalog(), path, note=notes.append)
    assert part.spec.name == ("points-file" if modality == "points" else "npz")
    assert [said in line for line in notes] == [True] * bool(said)


def test_an_array_that_one_reader_may_mean_is_refused_by_it(tmp_path):
    np.save(tmp_path / "a.npy", np.ones((4, 6, 6, 3), "f4"))
    reason = r"^a\.npy holds float32 of shape \(4, 6, 6, 3\); expected uint8 images"
    with pytest.raises(DataError, match=reason):
        open_samples(tmp_path / "a.npy")


def test_arrays_of_two_readers_are_refused_with_their_names(tmp_path):
    readers = r"npz and genbench:points-file read \.npz files"
    np.savez(tmp_path / "both.npz", images=np.ones((2, 2)), points=np.ones((2, 2)))
    choice = "name one of them as the reader, or state the modality: image or points or vector"
    with pytest.raises(DataError, match=f"{readers}; {choice}$"):
        open_samples(tmp_path / "both.npz")
    np.savez(tmp_path / "mu.npz", mu=1)
    why = "say that they cannot read this one; name one to see why: --reader npz"
    with pytest.raises(DataError, match=f"{readers}, and {why}$"):
        open_samples(tmp_path / "mu.npz")


@pytest.mark.parametrize(
    ("suffix", "modality", "end"),
    [
        (
            ".no",
            None,
            ".no files, and say that they cannot read this one; name one to see why: --reader no-a",
        ),
        (".no", "vector", "as vector samples, and say that they cannot read this one; .*: --reader no-a"),
        (".maybe", None, ".maybe files; name one of them as the reader"),
        (".maybe", "vector", "as vector samples; name one of them as the reader"),
    ],
)
def test_of_readers_of_one_modality_one_is_to_be_named(site, tmp_path, suffix, modality, end):
    site.add("twins", plugin_text("""
        def no(head, suffix):
            return False

        def maybe(head, suffix):
            return None

        *(DatasetSpec(name=f"{says.__name__}-{which}", make=no, modalities=("vector",),
          reads=(f".{says.__name__}",), recognizes=says) for says in (no, maybe) for which in "ab")
    """))  # fmt: skip
    path = tmp_path / f"x{suffix}"
    path.write_text("1 2\n")
    with pytest.raises(DataError, match=f"{end}$"):
        open_samples(path, modality)


def test_metrics_of_one_modality_decide_and_what_was_taken_is_reported(tmp_path, fresh_store):
    path, notes = tmp_path / "a.csv", []
    path.write_text("text,label\nhello there,1\ngood bye,2\n")

    def report(note="", **_event):
        notes.append(note)

    for metric, modality, other in (("shapes", "table", "text"), ("self-bleu", "text", "table")):
        notes.clear()
        found = score(fake=path, real=path, metrics=metric, report=report)
        assert found[metric].status == "ok"
        (said,) = set(notes) - {""}
        assert said.startswith(
            f"{path} is taken as {modality} samples; state the modality (--modality {other})"
        )
    with pytest.raises(DataError, match="or state the modality: table or text"):
        score(fake=path, real=path, metrics="duplicates")
    with pytest.raises(DataError, match="or state the modality: table or text"):
        score(fake=path, real=path, metrics=["shapes", "self-bleu"])
    notes.clear()
    score(fake=path, real=path, metrics="shapes", modality="table", report=report)
    assert not any(notes)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("raise KeyError(suffix)", r"recognizes raised KeyError: '\.csv'"),
        ("return 'yes'", "recognizes returned 'yes'; expected True, None or False$"),
    ],
)
def test_a_dataset_whose_recognition_fails_or_gives_anything_else_is_named(site, tmp_path, line, reason):
    site.add("guesses", plugin_text(f"""
        def recognizes(head, suffix):
            {line}

        DatasetSpec(name="guess", make=recognizes, reads=(".csv",), modalities=("vector",),
                    recognizes=recognizes)
    """))  # fmt: skip
    (tmp_path / "a.csv").write_text(ROWS)
    with pytest.raises(PluginError, match=f"guess.*: {reason}"):
        open_samples(tmp_path / "a.csv")


def test_options_of_a_side_come_before_those_of_all():
    options = {"mode": "L", "fake.mode": "RGB", "real.size": 3}
    assert select_side_options(options, "fake") == {"mode": "RGB"}
    assert select_side_options(options, "real") == {"mode": "L", "size": 3}
    assert select_side_options(options, "train") == {"mode": "L"}


def test_a_caution_that_fails_is_an_error_of_its_plugin(tmp_path):
    plugin, folder = tmp_path / "folders.py", tmp_path / "parts"
    plugin.write_text(
        FOLDERS.replace('reads=("/.part",)', 'reads=("/.part",), caution=lambda samples: samples.lost')
    )
    folder.mkdir()
    (folder / "a.part").touch()
    part = make_reader_part(load_catalog([plugin]), folder)
    with pytest.raises(PluginError, match=r"parts.*: caution raised AttributeError: "):
        read_caution(part, Samples.of("vector", np.ones((2, 3))))
    assert read_caution(make_reader_part(load_catalog([plugin]), folder, reader="others"), VECTORS) == ""


def test_a_caution_cannot_change_the_samples(tmp_path):
    plugin, folder = tmp_path / "folders.py", tmp_path / "parts"
    body = "def emptied(samples):\n    samples.data[:] = 0\n    return ''\n\n\n"
    plugin.write_text(
        FOLDERS.replace('reads=("/.part",)', 'reads=("/.part",), caution=emptied').replace(
            "@hookimpl", f"{body}@hookimpl", 1
        )
    )
    folder.mkdir()
    (folder / "a.part").touch()
    samples = Samples.of("vector", np.ones((2, 3)))
    with contextlib.suppress(PluginError):
        read_caution(make_reader_part(load_catalog([plugin]), folder), samples)
    assert samples.data.all()
