"""What lies in a store: counted, verified and evicted, also while others read and evict."""

from __future__ import annotations

import json
import os
import shutil
import threading

import numpy as np
import pytest

from genbench.core.errors import DataError, ResultsError
from genbench.files.sealed import Schema, draft_name, write_sealed
from genbench.store.eviction import evict, take_stock, tidy, verify
from genbench.store.store import Store

SIZE = 1000


def key(number, kind="samples"):
    return {"kind": kind, "number": number}


@pytest.fixture
def store(tmp_path):
    """Return a store of five artefacts, used in the order of their numbers."""
    store = Store(tmp_path / "store")
    for number in range(5):
        put(store, number)
    return store


def put(store, number, kind="samples"):
    store.put(key(number, kind), lambda folder: (folder / "data").write_bytes(bytes([number]) * SIZE))
    os.utime(store.locate(key(number, kind)), (number, number))


def total(root):
    return sum(item.size_bytes for item in take_stock(root))


def there(store):
    return [number for number in range(5) if store.notes(key(number)) is not None]


def old_draft(store, number=9):
    draft = store.locate(key(number)).with_name(draft_name("a" * 64))
    draft.mkdir(parents=True)
    (draft / "half").write_bytes(bytes(SIZE))
    for path in (draft / "half", draft):
        os.utime(path, (0, 0))
    return draft


def test_stock_is_taken_by_kind_least_recently_used_first(store):
    put(store, 7, "features")
    items = take_stock(store.root)
    assert [item.path for item in items[:5]] == [store.locate(key(number)) for number in range(5)]
    assert [(item.kind, item.state) for item in items] == [("samples", "whole")] * 5 + [("features", "whole")]
    assert [item.used_ns for item in items[:5]] == [number * 10**9 for number in range(5)]
    meta = (items[0].path / "meta.json").stat().st_size
    assert items[0].size_bytes == SIZE + meta


def test_drafts_and_what_was_damaged_are_counted_as_such(store):
    draft = old_draft(store)
    (store.locate(key(0)) / "files" / "data").write_text("damaged")
    assert store.get(key(0)) is None
    states = {item.state: item for item in take_stock(store.root) if item.state != "whole"}
    assert states["draft"].path == draft
    assert states["draft"].kind == "samples"
    assert states["damaged"].path.parent == store.root / "damaged"


def test_a_store_that_is_not_there_is_empty(tmp_path):
    assert take_stock(tmp_path / "none") == []


def test_a_file_in_place_of_a_store_is_named(tmp_path):
    (tmp_path / "store").touch()
    with pytest.raises(DataError, match="store cannot be read: Not a directory"):
        take_stock(tmp_path / "store")


@pytest.fixture
def strangers(store):
    """Return files and folders under the root that no store has put there."""
    shelf = store.locate(key(0)).parent
    places = [
        store.root / "notes.txt", store.root / "photos" / "ab" / "one.png", store.root / "samples" / "readme",
        shelf / "readme", shelf / ("f" * 64 + ".bak"), store.root / "damaged" / "mine",
        store.root / "trash" / "mine", store.root / "samples" / "zz" / ("a" * 64) / "meta.json",
        shelf / ".hidden.tmp", store.root / "samples" / "a" / ("a" * 64) / "meta.json",
        store.root / "samples" / "cd",
    ]  # fmt: skip
    for place in places:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("mine")
    return places


def test_what_else_lies_under_the_root_is_neither_counted_nor_touched(store, strangers):
    assert len(take_stock(store.root)) == 5
    evict(store.root, 0)
    tidy(store.root)
    assert [place for place in strangers if not place.exists()] == []
    assert there(store) == []


def test_verifying_names_what_is_damaged_and_puts_it_aside(store):
    (store.locate(key(1)) / "files" / "data").write_text("damaged")
    (store.locate(key(3)) / "meta.json").unlink()
    read = []
    found = verify(store.root, take_stock(store.root), read.append)
    assert found.whole == 3
    damaged = {item.path.name: why for item, why in found.damaged}
    assert damaged == {
        store.locate(key(1)).name: "data does not match its hash",
        store.locate(key(3)).name: "No such file or directory",
    }
    assert there(store) == [0, 2, 4]
    assert read == sorted(read)
    assert len(read) == 5
    assert verify(store.root, take_stock(store.root), read.append).damaged == ()


def test_verifying_refuses_what_a_newer_genbench_wrote(store):
    path = store.locate(key(1)) / "meta.json"
    write_sealed(path, Schema("genbench-artefact", 2), json.loads(path.read_text())["body"])
    with pytest.raises(DataError, match="was written by a newer genbench"):
        verify(store.root, take_stock(store.root), lambda _: None)
    assert path.exists()


def test_verifying_passes_over_what_is_evicted_meanwhile(store):
    items = take_stock(store.root)
    shutil.rmtree(store.locate(key(0)))
    found = verify(store.root, items, lambda _: None)
    assert (found.whole, found.damaged) == (4, ())


def test_what_was_used_least_recently_is_evicted_until_the_rest_fits(store):
    each = take_stock(store.root)[0].size_bytes
    store.get(key(0))  # now the last
    done = evict(store.root, 3 * each)
    assert [item.path for item in done.removed] == [store.locate(key(1)), store.locate(key(2))]
    assert done.left_bytes == total(store.root) == 3 * each
    assert there(store) == [0, 3, 4]
    assert evict(store.root, 3 * each).removed == ()
    assert list((store.root / "trash").iterdir()) == []


def test_damaged_artefacts_go_first_and_then_old_drafts(store):
    draft = old_draft(store)
    (store.locate(key(4)) / "files" / "data").write_text("damaged")
    store.get(key(4))
    done = evict(store.root, total(store.root) - SIZE - 1)
    assert [item.state for item in done.removed] == ["damaged", "draft"]
    assert not draft.exists()
    assert there(store) == [0, 1, 2, 3]


def test_a_draft_that_somebody_writes_is_never_evicted(store):
    draft = old_draft(store)
    (draft / "half").write_bytes(bytes(SIZE + 1))
    done = evict(store.root, 0)
    assert draft.exists()
    assert done.left_bytes == SIZE + 1
    assert there(store) == []


def test_a_mapped_array_stays_readable_when_its_artefact_is_evicted(store):
    values = np.arange(2**20, dtype=np.float64)
    store.put(key(8), lambda folder: np.save(folder / "data.npy", values))
    mapped = np.load(store.get(key(8)).folder / "data.npy", mmap_mode="r")
    evict(store.root, 0)
    assert store.get(key(8)) is None
    assert (mapped == values).all()  # a page of a truncated file would be SIGBUS


def test_many_evictions_at_once_remove_each_thing_once_and_no_more_than_one_would(store):
    each = take_stock(store.root)[0].size_bytes
    gate = threading.Barrier(4)
    done = []

    def work():
        gate.wait()
        done.append(evict(store.root, 2 * each))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    removed = [item.path for one in done for item in one.removed]
    assert sorted(removed) == sorted(store.locate(key(number)) for number in range(3))
    assert there(store) == [3, 4]
    assert {one.left_bytes for one in done} == {2 * each}


def test_beside_an_eviction_a_reader_finds_an_artefact_whole_or_not_at_all(store):
    over = threading.Event()

    def work():
        while not over.is_set():
            evict(store.root, 0)

    evictor = threading.Thread(target=work)
    evictor.start()
    try:
        for _ in range(200):
            put_again(store)
            store.get(key(6))
    finally:
        over.set()
        evictor.join()
    assert not (store.root / "damaged").exists()


def put_again(store):
    artefact = store.put(key(6), lambda folder: (folder / "data").write_bytes(b"\1" * SIZE), {"by": "me"})
    assert artefact.notes == {"by": "me"}


def test_what_cannot_be_removed_is_named(store):
    (store.root / "trash").write_text("in the way")
    with pytest.raises(ResultsError, match="cannot be removed"):
        evict(store.root, 0)


def test_tidying_takes_old_drafts_and_half_done_evictions_and_no_artefact(store):
    draft = old_draft(store)
    young = old_draft(store, 8)
    (young / "half").touch()
    for name in ("a" * 64, draft_name("a" * 64)):
        (store.root / "trash" / f"{name}-00000000").mkdir(parents=True)
    tidy(store.root)
    assert (draft.exists(), young.exists()) == (False, True)
    assert list((store.root / "trash").iterdir()) == []
    assert there(store) == [0, 1, 2, 3, 4]
