"""What a block imports or reads although it is in no key, in the words of notices."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from genbench.catalog import edited_modules
from genbench.catalog.unkeyed import is_unkeyed, recorded

HERE = Path(__file__)


def test_modules_and_files_have_a_text_each(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "far_unkeyed.py").write_text("")
    (tmp_path / "words.txt").write_text("")
    time.sleep(0.03)  # a newer file counts as the block's own
    with recorded() as done:
        import far_unkeyed  # noqa: F401

        (tmp_path / "words.txt").read_text()
    imported, opened = done.unkeyed(lambda: [HERE])
    assert imported.startswith("imported far_unkeyed from far_unkeyed.py, whose code is in no key")
    assert opened.startswith("opened or names words.txt, whose content is in no key")
    assert done.unkeyed(lambda: [HERE, tmp_path / "far_unkeyed.py"], [tmp_path]) == []
    del sys.modules["far_unkeyed"]


def test_the_source_of_a_module_that_is_read_is_no_data(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "far_module.py").write_text("")
    import far_module

    time.sleep(0.03)
    with recorded() as done:
        Path(far_module.__file__).read_text()
    assert done.unkeyed(lambda: [HERE]) == []
    del sys.modules["far_module"]
    assert len(done.unkeyed(lambda: [HERE])) == 1


def test_the_source_of_a_plugin_that_nothing_has_imported_yet_is_no_data(tmp_path, monkeypatch):
    """As of another plugin, whose code the host reads where a component looks for plugins."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    monkeypatch.setattr(edited_modules, "_state", type(edited_modules._state)())
    file = tmp_path / "far_plugin.py"
    file.write_text("")
    edited_modules.note_modules({"far_plugin": file})
    time.sleep(0.03)
    with recorded() as done:
        edited_modules.forget_edited()
    assert done.unkeyed(lambda: [HERE]) == []


def test_a_file_that_is_only_named_has_the_same_text(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    files = [tmp_path / name for name in ("model.bin", "words.txt", "given.txt")]
    for file in files:
        file.write_text("")
    time.sleep(0.03)
    with recorded() as done:
        files[1].read_text()
    (named, opened) = done.unkeyed(lambda: [HERE], [files[2]], [*files, tmp_path / "missing.bin"])
    assert named.startswith("opened or names model.bin, whose content is in no key, ")
    assert named.replace("model.bin", "words.txt") == opened
    imported = "imported words from words.txt, whose code is in no key"
    assert done.unkeyed(lambda: [HERE], [], [], [imported]) == [imported]
    assert is_unkeyed(opened)
    assert not is_unkeyed("changed environment variables A")
