"""Datasets in the store: what is known of them, and what happens when the store has lost one."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from toys import make_catalog, make_specs

from genbench import Absent, Data, DataError, DatasetSpec, Samples, Space
from genbench.core.canonical_json import digest
from genbench.core.containers import CONTAINERS
from genbench.core.errors import FileChangedError, PluginError
from genbench.core.samples import content_hash
from genbench.files.sample_files import write_samples
from genbench.results.sketches import Sketch
from genbench.store.keys import data_key
from genbench.suite.components import make_part
from genbench.suite.file import SuiteEntry
from genbench.trial import datasets
from genbench.trial.datasets import _list_sharing_splits, find_prepared, load_data, open_split, prepare

SHIFT = {"by": 0.0}
SPLITS = {"train": np.arange(4), "test": np.arange(4, 10)}


def dots():
    return Data(Samples.of("vector", np.arange(20.0).reshape(10, 2) + SHIFT["by"]), splits=SPLITS)


def mapped(*, path: Path):
    return Data(Samples.of("vector", np.load(path, mmap_mode="r")), splits=SPLITS)


def shared(*, schema: Path | None = None, ignore: tuple[str, ...] = (), encoding: str = "utf-8"):
    return dots()


def labelled():
    return Data(Samples.of("text", tuple("abcdefghij")), labels=np.arange(10) % 2, splits=SPLITS)


def repeated():
    once = np.arange(10.0).reshape(5, 2)
    splits = {"train": np.arange(5), "test": np.arange(5, 10)}
    return Data(Samples.of("vector", np.concatenate([once, once])), splits=splits)


def few_words():
    return Data(Samples.of("text", tuple("abc") * 10))


def many_words():
    return Data(Samples.of("text", tuple("abcdefgh")))


def joined_groups():
    return Data(Samples.of("text", tuple("ab") * 15), groups=[number // 3 for number in range(30)])


def grouped_late():
    return Data(Samples.of("text", tuple("abc")), groups=_uninstalled)


def _uninstalled():
    raise Absent("groups need the package weights")


def pictures():
    return Data(Samples.of("image", np.zeros((3, 2, 2, 1), np.uint8)))


def not_finite():
    return Data(Samples.of("vector", np.array([[1.0, np.nan]])))


def not_installed():
    raise Absent("data.csv is not installed; run `pip install data`")


def no_data():
    return np.zeros(3)


CATALOG = make_catalog(
    *make_specs(DatasetSpec, dots, labelled, mapped, repeated, few_words, many_words, joined_groups),
    *make_specs(DatasetSpec, grouped_late, not_finite, not_installed, no_data),
    *make_specs(DatasetSpec, shared, shared_options=("schema", "ignore")),
    *make_specs(DatasetSpec, pictures, modalities=("vector",)),
    DatasetSpec(name="shares-nothing", make=dots, shared_options=("ignored",)),
)


def part(use):
    return make_part(CATALOG, DatasetSpec, SuiteEntry(use=use, name=None, options={}, where="x"), Path())


def test_a_dataset_is_known_once_it_is_prepared(store, modalities):
    assert find_prepared(part("dots"), store, modalities) is None
    prepare(part("dots"), store, modalities)
    found = find_prepared(part("dots"), store, modalities)
    splits = {name: dots().samples.take(index) for name, index in SPLITS.items()}
    assert found.hash == digest({name: content_hash(samples) for name, samples in splits.items()})
    assert (found.sizes, found.space) == ({"train": 4, "test": 6}, Space("vector", (2,)))
    assert (found.key, found.is_labelled, found.notices) == (data_key(part("dots")), False, ())


def test_the_set_options_that_fakes_share_are_those_of_their_readers(store, modalities, tmp_path):
    path = tmp_path / "s.toml"
    path.write_text("a = 1")
    own = {"schema": path, "ignore": ["id"], "encoding": "latin-1"}
    entry = SuiteEntry(use="shared", name=None, options=own | {"schema": str(path)}, where="x")
    given = make_part(CATALOG, DatasetSpec, entry, Path())
    prepare(given, store, modalities)
    found = find_prepared(given, store, modalities)
    assert found.reader_options == {"schema": str(path), "ignore": ["id"]}
    plain = replace(found, part=part("shared"))
    assert plain.reader_options == {}
    reason = "shared_options names 'ignored', which is no option; there is none"
    with pytest.raises(PluginError, match=reason):
        part("shares-nothing")


def test_a_dataset_is_labelled_if_each_of_its_samples_is(store, modalities):
    prepare(part("labelled"), store, modalities)
    found = find_prepared(part("labelled"), store, modalities)
    assert found.is_labelled
    assert open_split(store, found, "test").labels.tolist() == [0, 1] * 3


def test_a_split_whose_samples_are_in_another_shares_them():
    values = np.random.default_rng(0).normal(size=(600, 2))
    parts = {
        name: Samples.of("vector", values[index])
        for name, index in (("train", slice(400)), ("test", slice(200, 350)), ("held_out", slice(390, 600)))
    }
    sketches = {name: Sketch.whole(samples) for name, samples in parts.items()}
    assert _list_sharing_splits(sketches) == [("test", "train")]


def test_the_samples_of_a_dataset_are_hashed_once_to_store_it(store, modalities, monkeypatch):
    hashed = []

    class Spy(type(CONTAINERS["array"])):
        def serialize_items(self, data):
            hashed.append(len(data))
            return super().serialize_items(data)

    monkeypatch.setitem(CONTAINERS, "array", Spy())
    prepare(part("dots"), store, modalities)
    assert hashed == [4, 6]  # the official splits; the labels, which the dots lack, would follow


def test_few_different_samples_are_noted_where_genbench_splits_them(store, modalities):
    for name, different in (("few-words", 3), ("many-words", None), ("repeated", None)):
        prepare(part(name), store, modalities)
        assert find_prepared(part(name), store, modalities).n_different == different


def test_groups_that_equal_samples_join_into_one_split_are_refused(store, modalities):
    message = (
        r"^dataset 'joined-groups' of maker: the split 'test' would have 0 of 30 samples: 30 of 10 groups "
        r"belong together, as they share samples; .* leave the groups out$"
    )
    with pytest.raises(DataError, match=message):
        prepare(part("joined-groups"), store, modalities)
    assert find_prepared(part("joined-groups"), store, modalities) is None


def test_a_function_that_gives_groups_is_called_only_where_data_are_split(store, modalities):
    with pytest.raises(DataError, match=r"^dataset 'grouped-late' of maker: groups need the package weights"):
        prepare(part("grouped-late"), store, modalities)
    assert len(load_data(part("grouped-late"), modalities, grouped=False).samples) == 3


def test_splits_that_share_samples_are_noted(store, modalities):
    for name, expected in (("repeated", (("test", "train"),)), ("dots", ())):
        prepare(part(name), store, modalities)
        assert find_prepared(part(name), store, modalities).shared_splits == expected


def test_a_split_that_the_store_has_lost_is_loaded_again_and_stored(store, modalities):
    prepare(part("dots"), store, modalities)
    found = find_prepared(part("dots"), store, modalities)
    before = open_split(store, found, "test")
    shutil.rmtree(store.root)
    again = open_split(store, found, "test")
    np.testing.assert_array_equal(again.data, before.data)
    assert find_prepared(part("dots"), store, modalities) == found
    assert open_split(store, found, "held_out") is None


def test_a_lost_dataset_that_has_other_content_now_is_refused(store, modalities, monkeypatch):
    prepare(part("dots"), store, modalities)
    found = find_prepared(part("dots"), store, modalities)
    shutil.rmtree(store.root)
    monkeypatch.setitem(SHIFT, "by", 1.0)
    with pytest.raises(DataError, match="'dots' is missing or damaged, and loading it again gave other data"):
        open_split(store, found, "test")
    assert find_prepared(part("dots"), store, modalities) is None


@pytest.mark.parametrize(
    ("use", "message"),
    [
        ("pictures", "it declares vector and gave image; declare that too"),
        ("not-finite", "1 values are not finite, the first in sample 0"),
        ("not-installed", r"data\.csv is not installed; run `pip install data`$"),
        ("no-data", r"expected a genbench\.Data, got ndarray"),
    ],
)
def test_what_is_no_dataset_is_refused_by_its_name_and_plugin(use, message, modalities):
    with pytest.raises(DataError, match=f"^dataset '{use}' of maker: {message}"):
        load_data(part(use), modalities)


def test_a_dataset_whose_file_changes_meanwhile_is_not_stored(store, modalities, tmp_path, monkeypatch):
    """Data may be mapped to the file until they are stored."""
    path = tmp_path / "dots.npy"
    np.save(path, np.arange(20.0).reshape(10, 2))
    entry = SuiteEntry(use="mapped", name=None, options={"path": str(path)}, where="x")
    mapped_part = make_part(CATALOG, DatasetSpec, entry, Path())

    def write(folder, samples):
        write_samples(folder, samples)
        np.save(path, np.zeros((10, 2)))

    monkeypatch.setattr(datasets, "write_samples", write)
    with pytest.raises(FileChangedError, match=r"dataset 'mapped' of maker: dots\.npy changed after"):
        prepare(mapped_part, store, modalities)
    assert store.notes(data_key(mapped_part)) is None
