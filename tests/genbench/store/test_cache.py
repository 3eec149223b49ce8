"""What a run does where an artefact goes while it is read, or the store takes nothing more."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from genbench.core.samples import Samples
from genbench.files.sample_files import read_samples, write_samples
from genbench.store.cache import find_or_make, read_artefact, store_artefact
from genbench.store.store import Store

KEY = {"kind": "samples", "n": 3}


def write(folder):
    (folder / "a").write_text("one")


def test_what_is_there_is_read(store):
    store.put(KEY, write)
    assert read_artefact(store.get(KEY), lambda folder: (folder / "a").read_text()) == "one"
    assert read_artefact(None, lambda _: "never") is None


def test_what_goes_before_it_is_read_is_none(store):
    artefact = store.put(KEY, write)
    shutil.rmtree(store.locate(KEY))
    assert read_artefact(artefact, lambda _: "never") is None


def test_what_goes_while_it_is_read_is_none(store):
    artefact = store.put(KEY, write)

    def read(folder):
        shutil.rmtree(folder.parent)
        return (folder / "a").read_text()

    assert read_artefact(artefact, read) is None


def test_what_was_half_gone_while_it_was_read_is_none(store):
    samples = Samples.of("vector", np.zeros((3, 2)), labels=[0, 1, 2])
    artefact = store.put(KEY, lambda folder: write_samples(folder, samples))

    def read(folder):
        (folder / "labels.npy").unlink()  # as where it is evicted after its data were opened
        found = read_samples(folder)
        assert found.labels is None
        shutil.rmtree(folder.parent)
        return found

    assert read_artefact(artefact, read) is None


def test_what_was_replaced_while_it_was_read_is_none(store):
    artefact = store.put(KEY, write)

    def read(folder):
        found = (folder / "a").read_text()
        folder.parent.rename(store.root / "trash")
        store.put(KEY, write)
        return found

    assert read_artefact(artefact, read) is None


def test_what_a_reader_raises_of_an_artefact_that_is_there_passes(store):
    artefact = store.put(KEY, write)
    with pytest.raises(FileNotFoundError):
        read_artefact(artefact, lambda folder: (folder / "b").read_text())


def test_notes_are_taken_when_all_is_written(store):
    said = []

    def write_and_say(folder):
        write(folder)
        said.append("late")

    artefact = store_artefact(store, KEY, write_and_say, lambda: {"said": said}, lambda **_: None)
    assert artefact.notes == store.notes(KEY) == {"said": ["late"]}


def test_a_store_that_cannot_take_more_is_reported_and_nothing_is_kept(tmp_path):
    (tmp_path / "store").write_text("in the way")
    events = []
    assert (
        store_artefact(Store(tmp_path / "store"), KEY, write, dict, lambda **event: events.append(event))
        is None
    )
    (event,) = events
    assert "cannot be written" in event["warning"]
    assert event["warning"].endswith("going on without storing")


def made():
    return "made", {"by": "me"}, write


def read(folder):
    return (folder / "a").read_text()


def test_what_is_found_is_not_made(store):
    store.put(KEY, write, {"by": "another"})
    assert find_or_make(store, KEY, read, lambda: 1 / 0, print) == ("one", {"by": "another"})


def test_what_is_made_is_stored_and_read(store):
    assert find_or_make(store, KEY, read, made, print) == ("one", {"by": "me"})
    assert store.notes(KEY) == {"by": "me"}


def test_what_cannot_be_stored_is_used_from_memory(tmp_path):
    (tmp_path / "store").write_text("in the way")
    found = find_or_make(Store(tmp_path / "store"), KEY, read, made, lambda **_: None)
    assert found == ("made", {"by": "me"})


def test_what_goes_once_it_is_stored_is_used_from_memory(store):
    def goes(folder):
        shutil.rmtree(folder.parent)
        return "half"

    assert find_or_make(store, KEY, goes, made, print) == ("made", {"by": "me"})
