from __future__ import annotations

import errno
import json
import os
import shutil
import threading

import pytest

from genbench.core.errors import DataError, ResultsError
from genbench.files.sealed import Schema, write_sealed
from genbench.store.store import Store, open_store, store_folder

KEY = {"kind": "samples", "n": 3}


def writer(**files):
    def write(folder):
        for name, text in files.items():
            (folder / name).write_text(text)

    return write


def names(folder):
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_what_is_put_is_got_with_its_notes(store):
    store.put(KEY, writer(a="one", b="two"), {"hash": "x", "sizes": {"train": 3}})
    artefact = store.get(KEY)
    assert (artefact.folder / "a").read_text() == "one"
    assert artefact.notes == {"hash": "x", "sizes": {"train": 3}}
    assert store.notes(KEY) == artefact.notes
    assert set(store.files(KEY)) == set(artefact.files) == {"a", "b"}
    assert artefact.folder.parent == store.locate(KEY)
    assert store.locate(KEY).parent.parent == store.root / "samples"


def test_notes_hold_no_secret_of_the_environment(store, monkeypatch):
    monkeypatch.setenv("SERVICE_TOKEN", "sk-planted-in-an-environment")
    put = store.put(KEY, writer(a="one"), {"notices": ["it said sk-planted-in-an-environment"]})
    assert put.notes == store.get(KEY).notes == {"notices": ["it said [redacted]"]}
    assert "sk-planted" not in (store.locate(KEY) / "meta.json").read_text()


def test_files_in_folders_are_kept(store):
    def write(folder):
        (folder / "train").mkdir()
        (folder / "train" / "data").write_bytes(b"\0\1")

    store.put(KEY, write)
    assert (store.get(KEY).folder / "train" / "data").read_bytes() == b"\0\1"
    assert list(store.files(KEY)) == ["train/data"]


def test_the_hash_of_an_artefact_is_that_of_its_files_and_their_names_alone(store):
    others = [{"kind": "samples", "n": n} for n in range(4, 7)]
    put = store.put(KEY, writer(a="one", b="two"), {"noted": 1})
    for key, files in zip(
        others, ({"a": "one", "b": "two"}, {"a": "one"}, {"a": "two", "b": "one"}), strict=True
    ):
        store.put(key, writer(**files))
    assert put.hash == store.get(KEY).hash == store.hash(KEY) == store.hash(others[0])
    assert len({store.hash(key) for key in (KEY, *others)}) == 3
    assert store.put({"kind": "draw"}, lambda _: None).hash == store.hash({"kind": "draw"}) == ""


def test_what_was_not_put_is_absent(store):
    assert store.get(KEY) is None
    assert store.notes(KEY) is None
    assert store.files(KEY) == {}
    assert store.hash(KEY) == ""
    assert not store.root.exists()


def test_every_part_of_a_key_counts(store):
    store.put(KEY, writer(a="one"))
    assert store.get(KEY | {"n": 4}) is None
    assert store.get(KEY | {"more": 1}) is None
    assert store.get(dict(reversed(KEY.items()))) is not None


def test_a_key_that_is_there_already_keeps_its_files_and_notes(store):
    store.put(KEY, writer(a="first"), {"by": 1})
    again = store.put(KEY, writer(a="second"), {"by": 2})
    assert again.notes == {"by": 1}
    assert (again.folder / "a").read_text() == "first"
    assert store.get(KEY).notes == {"by": 1}


def test_many_writers_of_one_key_agree(store):
    found = []

    def put():
        found.append(store.put(KEY, writer(a="same"), {"by": "all"}))

    threads = [threading.Thread(target=put) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert store.get(KEY).notes == {"by": "all"}
    assert names(store.locate(KEY).parent) == [store.locate(KEY).name]


def test_every_flipped_byte_is_noticed_and_put_aside(store):
    store.put(KEY, writer(a="one"), {"hash": "x"})
    folder = store.locate(KEY)
    originals = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    count = 0
    for path, original in originals.items():
        for position in range(len(original.rstrip())):
            changed = bytearray(original)
            changed[position] ^= 1
            store.put(KEY, writer(a="one"), {"hash": "x"})
            path.write_bytes(changed)
            assert store.get(KEY) is None, (path.name, position)
            assert not folder.exists()
            count += 1
    assert len(names(store.root / "damaged")) == count > 200


@pytest.mark.parametrize("name", ["files/a", "meta.json"])
def test_a_file_that_is_lost_is_noticed(store, name):
    store.put(KEY, writer(a="one", b="two"))
    (store.locate(KEY) / name).unlink()
    assert store.get(KEY) is None
    assert len(names(store.root / "damaged")) == 1


@pytest.mark.parametrize("name", ["files/a", "meta.json"])
def test_what_is_damaged_is_replaced_by_what_is_put(store, name):
    store.put(KEY, writer(a="one"), {"by": 1})
    (store.locate(KEY) / name).write_text("damaged")
    artefact = store.put(KEY, writer(a="one"), {"by": 2})
    assert artefact.notes == {"by": 2}
    assert store.notes(KEY) == {"by": 2}
    assert (store.get(KEY).folder / "a").read_text() == "one"
    assert len(names(store.root / "damaged")) == 1


def test_an_artefact_of_another_schema_is_absent(store):
    store.put(KEY, writer(a="one"))
    folder = store.locate(KEY)
    meta = json.loads((folder / "meta.json").read_text())
    (folder / "meta.json").write_text(json.dumps(meta | {"schema": "genbench-artefact-0"}))
    assert store.get(KEY) is None


@pytest.fixture
def newer(store):
    """Return the content of the meta.json of an artefact that a newer genbench put under KEY."""
    store.put(KEY, writer(a="later"), {"by": 2})
    path = store.locate(KEY) / "meta.json"
    body = json.loads(path.read_text())["body"]
    write_sealed(path, Schema("genbench-artefact", 2), body | {"packed": True})
    return path, path.read_bytes()


def test_an_artefact_of_a_newer_genbench_is_refused_and_stays(store, newer):
    path, content = newer
    for call in (store.get, store.notes, store.files, lambda key: store.put(key, writer(a="one"))):
        with pytest.raises(DataError, match="was written by a newer genbench; upgrade"):
            call(KEY)
    assert path.read_bytes() == content
    assert (path.parent / "files" / "a").read_text() == "later"
    assert not (store.root / "damaged").exists()


def test_an_artefact_under_the_key_of_another_is_noticed_and_put_aside(store):
    other = KEY | {"n": 4}
    store.put(KEY, writer(a="one"))
    store.locate(other).parent.mkdir(parents=True)
    store.locate(KEY).rename(store.locate(other))
    assert store.get(other) is None
    assert len(names(store.root / "damaged")) == 1


def test_a_file_that_was_added_is_noticed(store):
    store.put(KEY, writer(a="one"))
    (store.locate(KEY) / "files" / "labels").write_text("added")
    assert store.get(KEY) is None
    assert len(names(store.root / "damaged")) == 1


@pytest.mark.parametrize("name", ["files/a", "meta.json"])
def test_a_file_cut_short_anywhere_is_noticed(store, name):
    store.put(KEY, writer(a="some text"), {"hash": "x"})
    content = (store.locate(KEY) / name).read_bytes()
    for length in range(len(content.rstrip())):
        store.put(KEY, writer(a="some text"), {"hash": "x"})
        (store.locate(KEY) / name).write_bytes(content[:length])
        assert store.get(KEY) is None, length


def test_a_file_in_place_of_an_artefact_is_put_aside(store):
    place = store.locate(KEY)
    place.parent.mkdir(parents=True)
    place.write_text("in the way")
    assert (store.put(KEY, writer(a="one")).folder / "a").read_text() == "one"
    assert len(names(store.root / "damaged")) == 1


def test_what_is_damaged_and_cannot_be_put_aside_is_one_line(store):
    store.put(KEY, writer(a="one"))
    (store.locate(KEY) / "files" / "a").write_text("two")
    (store.root / "damaged").write_text("in the way")
    with pytest.raises(ResultsError, match=r"damaged and cannot be put aside: .*GENBENCH_STORE"):
        store.get(KEY)


def test_reading_marks_an_artefact_as_used(store):
    store.put(KEY, writer(a="one"))
    place = store.locate(KEY)
    for path in (*place.rglob("*"), place):
        os.utime(path, (1, 1))
    assert store.notes(KEY) is not None
    assert place.stat().st_mtime == 1
    store.get(KEY)
    assert place.stat().st_mtime > 1
    assert {path.stat().st_mtime for path in place.rglob("*")} == {1}  # who reads them sees no change


def test_a_mark_that_cannot_be_made_is_no_error(store, monkeypatch):
    def fail(*_):
        raise PermissionError(errno.EPERM, "not permitted")

    store.put(KEY, writer(a="one"))
    monkeypatch.setattr("os.utime", fail)
    assert store.get(KEY) is not None


@pytest.mark.parametrize("year", [0, 2**33])
def test_the_time_of_a_mark_decides_nothing_but_order(store, year):
    store.put(KEY, writer(a="one"))
    for path in store.root.rglob("*"):
        os.utime(path, (year, year))
    assert (store.get(KEY).folder / "a").read_text() == "one"


def test_a_full_disk_is_a_results_error_and_leaves_nothing(store):
    def write(folder):
        (folder / "a").write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(ResultsError, match=r"cannot be written: No space left on device; .*GENBENCH_STORE"):
        store.put(KEY, write)
    assert store.get(KEY) is None
    assert names(store.locate(KEY).parent) == []


def test_what_a_writer_raises_passes_and_leaves_nothing(store):
    def write(folder):
        (folder / "a").write_text("half")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.put(KEY, write)
    assert names(store.locate(KEY).parent) == []


def test_a_store_whose_folder_is_a_file_cannot_be_written(tmp_path):
    (tmp_path / "store").write_text("in the way")
    with pytest.raises(ResultsError, match="cannot be written"):
        Store(tmp_path / "store").put(KEY, writer(a="one"))


def test_the_root_is_named_by_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("GENBENCH_STORE", str(tmp_path / "mine"))
    assert store_folder() == tmp_path / "mine"
    store, warning = open_store()
    assert (store.root, warning) == (tmp_path / "mine", None)
    assert store.root.is_dir()
    assert names(store.root) == []


def test_a_relative_root_is_one_in_the_working_folder_wherever_a_job_works(tmp_path, monkeypatch):
    monkeypatch.setenv("GENBENCH_STORE", "mine")
    monkeypatch.chdir(tmp_path)
    store, _ = open_store()
    assert store.root == store_folder() == tmp_path / "mine"


def test_the_root_is_the_users_cache_otherwise(tmp_path, monkeypatch):
    monkeypatch.delenv("GENBENCH_STORE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert store_folder().parts[-2:] == ("genbench", "store")


def test_a_root_that_cannot_be_written_gives_a_temporary_store_and_a_warning(tmp_path):
    (tmp_path / "file").write_text("in the way")
    root = tmp_path / "file" / "store"
    store, warning = open_store(root)
    try:
        assert store.root != root
        assert store.put(KEY, writer(a="one")).folder.is_dir()
        assert str(root) in warning
        assert "GENBENCH_STORE" in warning
    finally:
        shutil.rmtree(store.root)


def test_a_relative_place_is_that_of_whoever_names_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GENBENCH_STORE", "near")
    assert store_folder() == tmp_path / "near"
    assert open_store()[0].root == tmp_path / "near"


def test_artefacts_are_found_by_a_note(store):
    for number in (1, 2):
        store.put({"kind": "samples", "n": number}, writer(a="x"), {"hash": f"h{number}"})
    store.put({"kind": "samples", "n": 3}, writer(a="x"), {"other": "h3"})
    store.put({"kind": "data", "n": 1}, writer(a="x"), {"hash": "h4"})
    assert store.find("samples", "hash") == {
        "h1": {"kind": "samples", "n": 1},
        "h2": {"kind": "samples", "n": 2},
    }


def test_a_damaged_artefact_is_not_found(store):
    store.put(KEY, writer(a="one"), {"hash": "h"})
    (store.locate(KEY) / "meta.json").write_text("{")
    assert store.find("samples", "hash") == {}
    assert store.find("features", "hash") == {}
