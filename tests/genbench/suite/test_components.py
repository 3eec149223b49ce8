"""Components as a suite uses them: found by the type of their spec."""

from __future__ import annotations

from pathlib import Path

import pytest
from toys import make_catalog

from genbench import (
    Data,
    DatasetSpec,
    ExtractorSpec,
    ListenerSpec,
    PluginError,
    Samples,
    SuiteError,
    content_sha256,
)
from genbench.files.identity import read_identity
from genbench.suite import components
from genbench.suite.components import configure, make_part
from genbench.suite.file import SuiteEntry


def dots():
    return Data(Samples.of("vector", [[0.0]]))


CATALOG = make_catalog(DatasetSpec(name="dots", make=dots))
ENTRY = SuiteEntry(use="dots", name=None, options={}, where="s.toml: dataset[0]")


def test_a_part_is_found_by_the_type_of_its_spec():
    part = make_part(CATALOG, DatasetSpec, ENTRY, Path())
    assert part.spec is part.component.spec
    assert (part.name, part.spec.kind) == ("dots", "dataset")
    with pytest.raises(SuiteError, match=r"s\.toml: dataset\[0\]\.use: no extractor named 'dots'"):
        make_part(CATALOG, ExtractorSpec, ENTRY, Path())


def test_a_component_of_another_kind_makes_no_part():
    (component,) = CATALOG.components
    with pytest.raises(TypeError, match="maker:dots is a dataset, no extractor"):
        configure(component, ExtractorSpec, ENTRY, Path())


class Opaque: ...


FAULTY = {
    "nowhere": ("nowhere:make", "cannot import 'nowhere:make': ModuleNotFoundError"),
    "no-function": ("genbench:SPLITS", "'genbench:SPLITS' is a tuple; expected a function or a class"),
    "unknown": (lambda trian: None, "'trian' is no input of a dataset"),
    "many": (lambda *args: None, "make has the parameter '*args'"),
    "bare": (lambda *, size=1: None, "option 'size' has no annotation"),
}


def refuses(*, size: int = 1.5): ...
def opaque(*, thing: Opaque | None = None): ...
def unwritten(*, size: float = float("nan")): ...


FAULTY |= {
    "refuses": (refuses, "the default of option 'size' is refused"),
    "opaque": (opaque, "option 'thing': JSON cannot hold a value of the type"),
    "unwritten": (unwritten, "option 'size': nan is not finite"),
}


@pytest.mark.parametrize("name", FAULTY)
def test_a_plugins_fault_is_told_with_the_place_in_the_suite_and_the_distribution(name):
    make, message = FAULTY[name]

    (component,) = make_catalog(DatasetSpec(name=name, make=make)).components
    with pytest.raises(PluginError) as refused:
        configure(component, DatasetSpec, ENTRY, Path())
    assert str(refused.value).startswith(f"s.toml: dataset[0]: dataset '{name}' of maker: {message}")


def reads(*, path: Path | None = None): ...


READERS = make_catalog(DatasetSpec(name="reads", make=reads), ListenerSpec(name="reads", make=reads))


@pytest.mark.parametrize(("kind", "has_identity"), [(DatasetSpec, True), (ListenerSpec, False)])
def test_a_file_in_a_key_is_identified_before_it_is_hashed(tmp_path, monkeypatch, kind, has_identity):
    file, hashed = tmp_path / "a.txt", components.canonical_options
    file.write_text("one")
    before = read_identity(file)

    def rewritten(contract, options):
        file.write_text("two")
        return hashed(contract, options)

    monkeypatch.setattr(components, "canonical_options", rewritten)
    entry = SuiteEntry(use="reads", name=None, options={"path": "a.txt"}, where="x")
    part = make_part(READERS, kind, entry, tmp_path)
    assert part.files == ({"path": before} if has_identity else {})
    assert part.canonical["path"]["sha256"] == content_sha256(file)
    assert read_identity(file) != before


def test_an_option_without_a_path_has_no_identity():
    entry = SuiteEntry(use="reads", name=None, options={}, where="x")
    assert make_part(READERS, DatasetSpec, entry, Path()).files == {}
