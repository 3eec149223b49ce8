"""What Python source imports, and which files of a folder that means."""

from __future__ import annotations

import functools
import gc
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType

import pytest

from genbench.catalog.imports import (
    find_module,
    find_modules,
    find_paths_in,
    follow_imports,
    list_files,
    read_imports,
    read_reached_sources,
)


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("import a.b, c as d", {"a.b", "c"}),
        ("from a.b import c, d as e", {"a.b", "a.b.c", "a.b.d"}),
        ("from a import *", {"a", "a.*"}),
        ("def f():\n    if True:\n        import late", {"late"}),
        ("import importlib\nimportlib.import_module('told')", {"importlib", "told"}),
        ("__import__('told')", {"told"}),
        ("__import__(name)", set()),
        ("from loaders import import_module_of as load\nload('a')", {"loaders", "loaders.import_module_of"}),
        ("importlib.import_module(package=None, name='told')", {"told"}),
        ("import_module('.told', __package__)", {"pack.inner.told"}),
        ("import_module(f'told.of.{kind}')", {"told.of"}),
        ("import_module('told.of.' + kind)", {"told.of"}),
        ("import_module('told.%s' % kind)", {"told"}),
        ("import_module(f'.inner.{kind}', __package__)", {"pack.inner.inner"}),
        ("import_module(f\"told.{kinds['one']}\")", {"told"}),
        ("import_module(f'helper_{kind}')", set()),
        ("import_module(f'{kind}.told')", set()),
        ("import_module(*names)", set()),
        ("import_module()", set()),
        ("spec = MetricSpec(make='inner.module:Class.method')", {"inner.module"}),
        ("text = 'a sentence: with a colon'", set()),
        ("from . import a", {"pack.inner", "pack.inner.a"}),
        ("from .a import b", {"pack.inner.a", "pack.inner.a.b"}),
        ("from ..a import b", {"pack.a", "pack.a.b"}),
        ("def f(:", set()),
        ("\0", set()),
    ],
)
def test_the_names_of_source_are_those_that_it_imports_anywhere(source, names):
    assert read_imports(source.encode(), "pack.inner") == names


@pytest.fixture
def restless_threads():
    """Let another thread go on at each garbage collection, of which there are many."""

    def give_way(*_):
        time.sleep(0.0001)

    before = gc.get_threshold()
    gc.callbacks.append(give_way)
    gc.set_threshold(50)
    yield
    gc.set_threshold(*before)
    gc.callbacks.remove(give_way)


def test_several_threads_may_read_source_at_once(restless_threads):
    sources = [f"import number_{number}\n{'x = [(1, (2, 3))]; ' * 50}".encode() for number in range(40)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(read_imports, sources, [""] * len(sources)))
    assert found == [{f"number_{number}"} for number in range(40)]


def test_source_in_another_encoding_is_read_as_python_reads_it():
    assert read_imports("# coding: latin-1\nimport é".encode("latin-1"), "") == {"é"}


@pytest.fixture
def folder(tmp_path):
    """Return a folder with a module, a package, and a folder of modules."""
    for name in (
        "one.py", "pack/__init__.py", "pack/inner/deep.py", "pack/.hidden/x.py", "pack/__pycache__/x.py",
        "pack/env/site-packages/x.py", "pack/notes.txt", "space/left.py", "space/right.py", "other.py",
    ):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "modules"),
    [
        ("one", {"one": "one.py"}),
        ("one.attribute", {"one": "one.py"}),
        ("pack", {"pack": "pack/__init__.py", "pack.inner.deep": "pack/inner/deep.py"}),
        ("pack.inner.deep.f", {"pack": "pack/__init__.py", "pack.inner.deep": "pack/inner/deep.py"}),
        ("space", {}),
        ("space.left", {"space.left": "space/left.py"}),
        ("space.nothing", {}),
        ("nothing.at.all", {}),
    ],
)
def test_a_name_means_a_module_or_a_whole_package(folder, name, modules):
    found = dict(find_modules(name, functools.partial(find_paths_in, folder)))
    assert found == {name: folder / path for name, path in modules.items()}


def test_a_module_is_found_in_all_folders_of_a_namespace_and_wherever_its_package_has_it(folder):
    places = {
        "space": (folder / "space", folder / "more"),
        "space.left": (folder / "space" / "left.py",),
        "space.inner": (folder / "pack" / "inner", folder / "pack"),
        "space.inner.apart": (folder / "other.py",),
    }
    assert list(find_modules("space.left", lambda name: places.get(name, ()))) == [
        ("space.left", folder / "space" / "left.py")
    ]
    found = dict(find_modules("space.inner.apart", lambda name: places.get(name, ())))
    assert found["space.inner"] == folder / "pack" / "__init__.py"
    assert found["space.inner.deep"] == folder / "pack" / "inner" / "deep.py"
    assert found["space.inner.apart"] == folder / "other.py"


def test_the_files_of_a_package_are_in_linked_folders_too_and_a_circle_of_links_ends(folder):
    pack, space = folder / "pack", folder / "space"
    (pack / "linked").symlink_to(space)
    for link, target in ((space / "back", pack), (space / "itself", space), (pack / "above", folder)):
        link.symlink_to(target)
    (pack / "missing").symlink_to(folder / "nothing")
    found = [str(path.relative_to(pack)) for path in list_files(pack) if path.suffix == ".py"]
    assert found == [
        ".hidden/x.py", "__init__.py", "__pycache__/x.py", "env/site-packages/x.py", "inner/deep.py",
        "linked/left.py", "linked/right.py",
    ]  # fmt: skip


def test_modules_are_followed_through_one_another_and_a_circle_ends(folder):
    (folder / "one.py").write_text("from space import left")
    (folder / "space/left.py").write_text("from . import right")
    (folder / "space/right.py").write_text("import one, pack")
    start = folder / "start.py"
    start.write_text("import one")
    names = ["one", "pack", "pack.inner.deep", "space.left", "space.right"]
    locate = functools.partial(find_paths_in, folder)
    assert list(follow_imports(start, "", locate)) == names
    assert list(follow_imports(start, "", lambda name: () if name == "pack" else locate(name))) == [
        "one", "space.left", "space.right",
    ]  # fmt: skip


@pytest.fixture
def installed(site):
    """Return an importable package whose modules must not be imported."""
    home = site.folder / "far_package"
    (home / "inner").mkdir(parents=True)
    (home / "__init__.py").write_text("raise RuntimeError('imported')  # make='far_package.apart:f'")
    (home / "inner" / "__init__.py").write_text("raise RuntimeError('imported')")
    (home / "inner" / "a.py").write_text("import json\nfrom far_package.b import f  # a")
    (home / "b.py").write_text("from .inner import a  # b")
    (home / "apart.py").write_text("# apart")
    return home


def test_a_module_is_found_without_an_import_of_its_parents(installed):
    assert find_module("far_package.inner.a").origin == str(installed / "inner" / "a.py")
    assert find_module("json.decoder").name == "json.decoder"
    for name in ("far_package.nothing", "far_package.b.nothing", "nothing_at_all", "nothing_at_all.x"):
        assert find_module(name) is None
    assert not [name for name in sys.modules if name.startswith("far_package")]


def test_a_module_that_code_has_made_is_there_without_source(monkeypatch):
    monkeypatch.setitem(sys.modules, "made_by_code", ModuleType("made_by_code"))
    assert find_module("made_by_code").origin is None
    assert find_module("made_by_code.inner") is None
    assert list(read_reached_sources("made_by_code")) == []


def test_a_module_in_namespaces_inside_one_another_is_found_without_an_import_of_them(site):
    (site.folder / "far_space" / "inner").mkdir(parents=True)
    (site.folder / "far_space" / "inner" / "a.py").write_text("# a")
    assert find_module("far_space.inner.a").origin == str(site.folder / "far_space" / "inner" / "a.py")
    assert "far_space" not in sys.modules


def test_the_sources_that_a_module_reaches_are_those_of_its_package_that_it_imports(installed):
    ends = [source[-3:] for source in read_reached_sources("far_package.inner.a")]
    assert ends[:2] == [b"# a", b"# b"]
    assert b"art" not in ends
    assert list(read_reached_sources("nothing_at_all")) == []
