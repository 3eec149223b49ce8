"""The imports that a block of code does itself."""

from __future__ import annotations

import builtins
import importlib
import importlib.util
import pickle
import sys
import tempfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module as import_by_another_name
from pathlib import Path
from types import ModuleType

import pytest

from genbench.catalog.import_recorder import recorded_imports
from genbench.contract.signature import resolve

FILES = {
    "far_model.py": "import far_numbers\nclass Model: ...\ndef late(): import far_numbers\n",
    "far_numbers.py": "LEVEL = 1\n",
    "far_package/__init__.py": "",
    "far_package/inner.py": "def late(): from . import other\n",
    "far_package/other.py": "",
    "far_space/left.py": "",
}


@pytest.fixture(autouse=True)
def far(tmp_path, monkeypatch):
    """Return a folder of modules on sys.path that are forgotten afterwards; temporary files are elsewhere."""
    for name, text in FILES.items():
        (tmp_path / "far" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "far" / name).write_text(text)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    monkeypatch.syspath_prepend(tmp_path / "far")
    yield tmp_path / "far"
    for name in [name for name in sys.modules if name.startswith("far_")]:
        del sys.modules[name]


def imported(block, *counted):
    """Return the imports of a block of this file, which counts as the component's own."""
    with recorded_imports() as imports:
        block()
    return imports.besides(lambda: (Path(__file__), *counted))


def statement():
    import far_model  # noqa: F401


def from_package():
    from far_package import inner  # noqa: F401


def from_namespace():
    from far_space import left  # noqa: F401


def by_file():
    spec = importlib.util.spec_from_file_location("any_name", f"{sys.path[0]}/far_numbers.py")
    spec.loader.exec_module(importlib.util.module_from_spec(spec))


def package_by_file():
    spec = importlib.util.spec_from_file_location("any_name", f"{sys.path[0]}/far_package/__init__.py")
    spec.loader.exec_module(importlib.util.module_from_spec(spec))


WAYS = {
    "statement": (statement, ["far_model from far_model.py"]),
    "package": (from_package, ["far_package from __init__.py"]),
    "namespace": (from_namespace, ["far_space.left from left.py"]),
    "import_module": (lambda: importlib.import_module("far_model"), ["far_model from far_model.py"]),
    "alias": (lambda: import_by_another_name("far_numbers"), ["far_numbers from far_numbers.py"]),
    "keyword": (lambda: importlib.import_module(name="far_model"), ["far_model from far_model.py"]),
    "relative": (lambda: importlib.import_module(".inner", "far_package"), ["far_package from __init__.py"]),
    "dunder": (lambda: __import__("far_package.inner"), ["far_package from __init__.py"]),
    "pickle": (lambda: pickle.loads(b"cfar_model\nModel\n."), ["far_model from far_model.py"]),  # noqa: S301
    "file": (by_file, ["far_numbers from far_numbers.py"]),
    "package by file": (package_by_file, ["far_package from __init__.py"]),
}


@pytest.mark.parametrize(("block", "modules"), WAYS.values(), ids=WAYS)
def test_each_way_to_import_is_recorded_the_second_time_too(block, modules):
    assert imported(block) == imported(block) == modules


def test_an_import_in_the_body_of_a_module_is_not_recorded():
    assert imported(statement) == imported(statement) == ["far_model from far_model.py"]


def test_an_import_in_a_function_is_recorded_if_it_is_in_a_file_that_counts(far):
    statement()
    late = sys.modules["far_model"].late
    assert imported(late, far / "far_model.py") == ["far_numbers from far_numbers.py"]
    assert imported(late, far / "another.py") == []
    from_package()
    late = sys.modules["far_package.inner"].late
    assert imported(late, far / "far_package" / "inner.py") == []  # it stays in its package


def test_files_that_count_are_left_out(far):
    assert imported(statement, far / "far_model.py") == []
    (far.parent / "link").symlink_to(far)
    assert imported(statement, far.parent / "link" / "far_model.py") == []


def test_a_module_in_a_zip_file_is_recorded_with_that_file(far, monkeypatch):
    with zipfile.ZipFile(far.parent / "library.zip", "w") as archive:
        archive.writestr("far_zipped.py", "")
    monkeypatch.syspath_prepend(far.parent / "library.zip")
    assert imported(lambda: importlib.import_module("far_zipped")) == ["far_zipped from library.zip"]


def test_what_has_a_version_or_no_file_is_left_out(far, monkeypatch):
    made = ModuleType("far_made")
    made.__file__ = "_far_made.py"  # as torch.classes has it
    monkeypatch.setitem(sys.modules, "far_made", made)
    monkeypatch.setitem(sys.modules, "far_object", object())
    (far / "site-packages").mkdir()
    (far / "site-packages" / "far_installed.py").write_text("")
    monkeypatch.syspath_prepend(far / "site-packages")

    names = ("json.decoder", "numpy.linalg", "torch", "genbench_image", "tests.genbench", "__main__")

    def block():

        import __main__  # noqa: F401 - as a script of the user

        for name in (*names, "far_made", "far_object", "far_space"):
            importlib.import_module(name)
        with pytest.raises(ModuleNotFoundError):
            importlib.import_module("far_missing")

    assert imported(block) == []


def test_a_module_that_makes_its_attributes_is_not_asked_for_a_file(monkeypatch):
    class Lazy(ModuleType):
        def __getattr__(self, name):
            raise AssertionError(name)

    lazy = Lazy("far_lazy")
    lazy.__spec__ = None
    monkeypatch.setitem(sys.modules, "far_lazy", lazy)
    assert imported(lambda: importlib.import_module("far_lazy")) == []


def test_modules_that_are_written_to_the_temporary_folder_are_left_out_unless_the_plugin_is_there(
    far, monkeypatch
):
    monkeypatch.setattr(tempfile, "tempdir", str(far))
    assert imported(statement) == imported(by_file) == []
    assert imported(statement, far / "plugin.py") == ["far_model from far_model.py"]


def test_the_files_that_count_are_found_only_if_they_are_needed():
    with recorded_imports() as imports:
        importlib.import_module("json")
    assert imports.besides(lambda: 1 / 0) == []


def test_what_genbench_imports_for_a_spec_is_left_out():
    assert imported(lambda: resolve("far_model:late")) == []


def test_an_inner_block_has_its_own_record():
    inner = []

    def block():
        statement()
        inner.extend(imported(by_file))
        from_namespace()

    assert imported(block) == ["far_model from far_model.py", "far_space.left from left.py"]
    assert inner == ["far_numbers from far_numbers.py"]


def test_a_thread_is_recorded_if_the_block_starts_it():
    def block():
        with ThreadPoolExecutor(1) as pool:
            pool.submit(statement).result()

    assert imported(block) == ["far_model from far_model.py"]
    with ThreadPoolExecutor(1) as pool:
        pool.submit(len, "").result()
        assert imported(lambda: pool.submit(statement).result()) == []


def test_python_imports_as_before_after_the_block():
    def state():
        return (
            builtins.__import__,
            importlib._bootstrap._gcd_import,
            vars(importlib.machinery.SourceFileLoader),
        )

    before = state()
    with pytest.raises(ZeroDivisionError), recorded_imports():
        assert state() == before or 1 / 0
    assert state() == before
    with pytest.raises(ModuleNotFoundError, match="far_missing"), recorded_imports():
        import far_missing  # noqa: F401
    assert imported(statement) == ["far_model from far_model.py"]
