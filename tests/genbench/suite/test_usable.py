"""The part of a suite that can be used."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - genbench reads the annotations of components

import pytest
from toys import make_catalog

from genbench import DatasetSpec, ExtractorSpec, GeneratorSpec, MetricSpec
from genbench.core.limits import Limits
from genbench.suite.file import parse_suite, read_entry
from genbench.suite.resolve import resolve_suite
from genbench.suite.usable import drop_unusable_entries


def data(): ...


def read(*, path: Path): ...


def fit(train, *, steps: int = 5): ...


def trained(train, *, start: Path): ...


def looks(): ...


def gap(real, fake): ...


CATALOG = make_catalog(
    DatasetSpec(name="dots", make=data, modalities=("vector",)),
    DatasetSpec(name="words", make=data, modalities=("text",)),
    DatasetSpec(name="file", make=read, modalities=("vector",)),
    ExtractorSpec(name="eye", make=looks, outputs={"features": "x"}, modalities=("vector",)),
    GeneratorSpec(name="any", make=fit),
    GeneratorSpec(name="writer", make=fit, modalities=("text",)),
    GeneratorSpec(name="trained", make=trained),
    GeneratorSpec(name="bare", make=fit, needs={"absent_module": "absent-package"}),
    GeneratorSpec(name="bound", make=fit, control="ceiling"),
    MetricSpec(name="gap", make=gap),
    MetricSpec(name="spell", make=gap, modalities=("text",)),
    MetricSpec(name="fid", make=gap, takes="features", extractor="eye"),
)


@pytest.fixture
def usable(suite_text, tmp_path):
    """Return a function that leaves out of a suite what cannot be used."""

    def make(*, datasets=("dots",), generators=("any",), metrics=("gap",), extra="", instead=()):
        text = suite_text(datasets=datasets, generators=generators, metrics=metrics, extra=extra)
        suite = parse_suite(text, file="s.toml", folder=tmp_path)
        return drop_unusable_entries(
            suite, CATALOG, [read_entry("here", table, Limits()) for table in instead]
        )

    return make


def uses(entries):
    return [entry.use for entry in entries]


def test_a_suite_of_which_all_can_be_used_is_the_same(usable):
    found = usable(datasets=("dots", "words"), generators=("any", "writer"), metrics=("gap", "spell", "fid"))
    assert (found.unusable, found.instead) == ((), ())
    assert uses(found.suite.datasets) == ["dots", "words"]
    assert uses(found.suite.generators) == ["any", "writer"]
    assert uses(found.suite.metrics) == ["gap", "spell", "fid"]
    assert found.suite.controls is None


def test_unknown_components_are_left_out_and_said_to_be_unknown(usable):
    found = usable(
        datasets=("dots", "lost"), generators=("any", "other:thing"), metrics=("gap", "gone"),
        extra='controls = ["bound", "unbound"]',
    )  # fmt: skip
    assert [(each.kind, each.entry.board_id, each.is_unknown) for each in found.unusable] == [
        ("dataset", "lost", True), ("metric", "gone", True), ("generator", "thing", True),
        ("generator", "unbound", True),
    ]  # fmt: skip
    assert "dataset[1].use: no dataset named 'lost'" in found.unusable[0].error
    assert uses(found.suite.controls) == ["bound"]
    parts = resolve_suite(found.suite, CATALOG)
    assert [part.name for part in parts.generators] == ["any", "bound"]


def test_a_metric_with_an_unknown_extractor_is_unknown(usable):
    found = usable(metrics=("gap", 'use = "fid"\nextractor = "lens"'))
    assert [(each.entry.use, each.is_unknown) for each in found.unusable] == [("fid", True)]


def test_an_entry_with_a_missing_file_is_left_out_and_said_to_have_a_path(usable):
    found = usable(
        datasets=("dots", 'use = "file"\npath = "absent.npy"'),
        generators=("any", "bare", 'use = "any"\nname = "odd"\nsteps = "x"'),
    )
    assert [(each.entry.use, each.is_unknown, each.has_path) for each in found.unusable] == [
        ("file", False, True), ("bare", False, False), ("any", False, False),
    ]  # fmt: skip
    assert "pip install 'absent-package'" in found.unusable[1].error


def test_what_serves_only_datasets_that_are_left_out_is_left_out_with_them(usable):
    found = usable(datasets=("dots", "lost"), generators=("any", "writer"), metrics=("gap", "spell", "fid"))
    assert uses(each.entry for each in found.unusable) == ["lost"]
    assert uses(found.suite.generators) == ["any"]
    assert uses(found.suite.metrics) == ["gap", "fid"]


def test_generators_in_place_of_the_suites_are_relative_to_the_working_folder(usable, tmp_path, monkeypatch):
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "start.bin").write_text("x")
    instead = [{"use": "trained", "start": "start.bin"}, {"use": "lost"}]
    found = usable(instead=instead)
    assert uses(each.entry for each in found.unusable) == ["trained", "lost"]
    monkeypatch.chdir(tmp_path / "own")
    found = usable(instead=instead)
    assert uses(each.entry for each in found.unusable) == ["lost"]
    assert uses(found.instead) == ["trained"]
    assert found.suite.generators == ()
