"""The input `open_outputs` of generators; the tests of readers call `open_samples`."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from toys import plugin_text

import genbench
from genbench import DataError, GeneratorSpec, Invalid, Samples, Space
from genbench.catalog.catalog import load_catalog
from genbench.catalog.modalities import find_modality, list_modalities
from genbench.files.sample_files import write_samples
from genbench.suite.components import make_part
from genbench.suite.file import SuiteEntry
from genbench.trial.failures import BlameError
from genbench.trial.reading.finished_outputs import OutputOpener, OutputReader, output_readers

#: A plugin file whose dataset reads lines of numbers; a suite's data, and outputs, are such files.
ROWS = plugin_text("""
from typing import Any

def read(*, path: Path, factor: float = 1.0, scales: Path | None = None):
    return Data(Samples.of("vector", factor * np.loadtxt(path, ndmin=2)))

def take(
    train, open_outputs, *, path: Path, others: tuple[Path, ...] = (), reader_options: dict[str, Any] = {}
):
    return open_outputs

DatasetSpec(name="rows", make=read, reads=(".rows", ".npy"), modalities=("vector",))
GeneratorSpec(name="taking", make=take)
""")

SUITE = """
name = "s"
seeds = [0, 1]
n = 10
controls = false
dataset = [{use = "rows", path = "real.rows"}]
metric = [{use = "fid", extractor = "given"}]

[[generator]]
use = "samples"
path = "made.rows"
"""


@pytest.fixture
def plugin(tmp_path):
    file = tmp_path / "rows.py"
    file.write_text(ROWS)
    return file


@pytest.fixture
def opener(plugin, tmp_path):
    """Return a function that makes the opener of a generator with a path for data of a modality."""
    catalog = load_catalog([plugin])

    def make(name, space=None, *, own=None, shared=None, **options):
        entry = SuiteEntry(use="taking", name=None, options={"path": name, **options}, where="x")
        part = make_part(catalog, GeneratorSpec, entry, tmp_path)
        space = space or Space("vector", (2,))
        modality = find_modality(list_modalities(catalog), space.modality)
        dataset = None if own is None else catalog.find("dataset", own)
        readers = output_readers(part, catalog, modality, dataset, shared)
        return OutputOpener(part, readers, modality, space)

    return make


@pytest.fixture
def rows(tmp_path):
    """Write real rows and outputs, and return the real ones."""
    rng = np.random.default_rng(0)
    np.savetxt(tmp_path / "real.rows", rng.normal(size=(60, 2)))
    np.savetxt(tmp_path / "made.rows", rng.normal(size=(10, 2)))


def run(tmp_path, plugin, more=""):
    """Return the records of a run of the suite with `more` lines, by key."""
    suite = tmp_path / "s.toml"
    suite.write_text(SUITE + more)
    return genbench.run(suite, output=tmp_path / "out", plugins=[plugin], jobs=1).results.records


def values(records):
    return [record.value for record in records.values()]


def test_finished_outputs_are_read_by_a_dataset_of_a_plugin_file(tmp_path, plugin, rows):
    found = run(tmp_path, plugin)
    assert [record.status for record in found.values()] == ["ok", "ok"]
    assert not [notice for record in found.values() for notice in record.notices]


@pytest.mark.slow
def test_outputs_are_read_again_when_the_code_that_reads_them_changes(tmp_path, plugin, rows):
    before = values(run(tmp_path, plugin))
    plugin.write_text(ROWS.replace("factor * np", "(1 + 2 * (path.stem == 'made')) * np"))
    after = values(run(tmp_path, plugin))
    assert set(before).isdisjoint(after)


@pytest.mark.slow
def test_a_suite_states_options_of_the_reader_for_outputs_alone(tmp_path, plugin, rows):
    plain = values(run(tmp_path, plugin))
    np.savetxt(tmp_path / "made.rows", 2 * np.loadtxt(tmp_path / "made.rows"))
    assert values(run(tmp_path, plugin, "reader_options = { factor = 0.5 }")) == plain


@pytest.mark.slow
def test_a_file_that_the_reader_names_by_default_decides_the_outputs(tmp_path, plugin, rows, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("scale.txt").write_text("1")
    plugin.write_text(
        ROWS.replace("scales: Path | None = None", 'scales: Path = Path("scale.txt")').replace(
            "factor * np", "(float(scales.read_text()) if path.stem == 'made' else 1) * np"
        )
    )
    before = run(tmp_path, plugin)
    assert not [notice for record in before.values() for notice in record.notices]
    Path("scale.txt").write_text("5")
    assert set(values(before)).isdisjoint(values(run(tmp_path, plugin)))


def test_a_file_of_the_readers_own_package_is_no_side_effect(tmp_path, plugin, rows, site):
    package = site.folder / "row_tables"
    package.mkdir()
    (package / "factor.txt").write_text("2")
    (package / "__init__.py").write_text("""
from pathlib import Path

import numpy as np

from genbench import Data, Samples


def read(*, path: Path):
    factor = float(Path(__file__).with_name("factor.txt").read_text())
    return Data(Samples.of("vector", factor * np.loadtxt(path, ndmin=2)))
""")
    plugin.write_text(ROWS.replace("make=read", 'make="row_tables:read"'))
    found = run(tmp_path, plugin)
    assert [record.status for record in found.values()] == ["ok", "ok"]
    assert not [notice for record in found.values() for notice in record.notices]


def test_a_file_in_no_key_that_the_reader_opens_is_noted_of_the_reader(tmp_path, plugin, rows):
    (tmp_path / "scale").write_text("2")
    of_outputs = "(float(path.with_name('scale').read_text()) if path.stem == 'made' else 1)"
    plugin.write_text(ROWS.replace("factor * np", f"{of_outputs} * np"))
    for record in run(tmp_path, plugin).values():
        (notice,) = record.notices
        assert (notice.kind, notice.component) == ("dataset", "rows:rows")
        assert notice.text.startswith("opened scale, whose content is in no key")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("None", r"^rows:rows: DataError: dataset 'rows' of rows: expected a genbench\.Data, got NoneType"),
        ("1 / 0", r"^rows:rows: ZeroDivisionError: division by zero$"),
        (
            "Data(Samples.of('vector', np.full((9, 2), np.nan)))",
            r"^genbench:samples: .*: made\.rows: .*finite",
        ),
    ],
)
def test_what_is_wrong_is_said_of_the_reader_or_of_the_file(tmp_path, plugin, rows, body, said):
    wrong = f"    if path.stem == 'made':\n        return {body}\n    return Data("
    plugin.write_text(ROWS.replace("    return Data(", wrong))
    for record in run(tmp_path, plugin).values():
        assert re.search(said, record.reason), record.reason


def test_the_dataset_of_the_run_comes_first_where_several_read_a_path(tmp_path, opener):
    np.savetxt(tmp_path / "a.npy", [[1.0, 2.0]])
    with pytest.raises(DataError, match=r"^a\.npy: genbench:npz and rows:rows read it; expected one, or the"):
        opener("a.npy")(tmp_path / "a.npy")
    assert opener("a.npy", own="rows")(tmp_path / "a.npy").data.tolist() == [[1, 2]]


def test_options_of_the_data_that_outputs_share_apply_to_their_reader_alone(tmp_path, opener):
    (tmp_path / "a.rows").write_text("1 2\n")
    shared, own = {"factor": 3.0}, {"factor": 10}
    assert opener("a.rows", own="rows", shared=shared)(tmp_path / "a.rows").data.tolist() == [[3, 6]]
    assert opener("a.rows", own="npz", shared=shared)(tmp_path / "a.rows").data.tolist() == [[1, 2]]
    opening = opener("a.rows", own="rows", shared=shared, reader_options=own)
    assert opening(tmp_path / "a.rows").data.tolist() == [[10, 20]]


def test_kept_samples_and_strings_need_no_dataset(tmp_path, opener):
    write_samples(tmp_path / "kept", Samples.of("vector", np.array([[1.0, 2.0]])))
    (tmp_path / "a.csv").write_text("id,smiles\n1,CCO\n")
    smiles = Space("molecule", notation="smiles")
    assert opener("kept").readers == {"path": OutputReader()}
    assert opener("kept")(tmp_path / "kept").data.tolist() == [[1, 2]]
    assert opener("a.csv", smiles)(tmp_path / "a.csv", field="smiles").data == ("CCO",)
    for name, space in {"kept": None, "a.csv": smiles}.items():
        opening = opener(name, space, reader_options={"encoding": "cp1252"})
        reason = rf"^reader_options: {name} is read by genbench, which has no options; remove them"
        with pytest.raises(DataError, match=reason):
            opening(tmp_path / name)


def test_a_table_of_outputs_may_have_another_encoding(tmp_path, opener):
    frame = pd.DataFrame({"name": ["Zoë", "Chloé"], "size": [1.5, 2.5]})
    frame.to_csv(tmp_path / "a.csv", index=False, sep=";", encoding="cp1252")
    options = {"encoding": "cp1252", "delimiter": ";"}
    opening = opener("a.csv", Samples.of("table", frame).space, reader_options=options)
    assert opening(tmp_path / "a.csv").data["name"].tolist() == ["Zoë", "Chloé"]


@pytest.mark.parametrize(
    ("name", "content", "options", "said"),
    [
        ("a.what", "", {}, r"^a\.what: no installed dataset reads \.what files as vector samples; "),
        ("a.npz", "images", {}, r"^a\.npz holds image 2x2x1 samples; expected vector 2, as in this dataset$"),
        ("a.rows", "1 2\n", {"fctor": 2}, r"^reader_options\.fctor: .*did you mean 'factor'"),
        ("a.rows", "1 2\n", {"factor": "x"}, r"^reader_options\.factor: expected "),
    ],
)
def test_what_nothing_reads_is_told_when_it_is_opened(name, content, options, said, tmp_path, opener):
    if content == "images":
        np.savez(tmp_path / name, images=np.zeros((3, 2, 2, 1), np.uint8))
    else:
        (tmp_path / name).write_text(content)
    opening = opener(name, reader_options=options)
    with pytest.raises((DataError, BlameError)) as caught:
        opening(tmp_path / name)
    error = caught.value.__cause__ if isinstance(caught.value, BlameError) else caught.value
    assert re.search(said, str(error)), error


def test_no_other_file_is_opened_than_those_in_the_key(tmp_path, opener):
    (tmp_path / "a.rows").write_text("1 2\n")
    opening = opener("a.rows")
    assert opening(str(tmp_path / "a.rows")).data.tolist() == [[1, 2]]
    with pytest.raises(
        Invalid, match=r"^open_outputs got b\.rows, which no option of the generator names; add an option$"
    ):
        opening(tmp_path / "b.rows")


def test_each_path_among_the_options_has_its_reader(tmp_path, opener):
    for name in ("a.rows", "b.rows", "c.what"):
        (tmp_path / name).write_text("1 2\n")
    readers = opener("a.rows", others=["b.rows", "c.what"]).readers
    assert {option: each.part and each.part.component.name for option, each in readers.items()} == {
        "path": "rows", "others[0]": "rows", "others[1]": None,
    }  # fmt: skip
