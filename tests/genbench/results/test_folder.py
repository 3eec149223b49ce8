"""The names in a run's folder."""

from __future__ import annotations

import ast
import os
from pathlib import Path

import pytest

import genbench
from genbench.core.errors import DataError
from genbench.files.sealed import draft_name
from genbench.results.folder import RunFolder, default_folder

ROOT = Path(genbench.__file__).parent
NAMES = {"run.json", "records", "traces", "logs"}


def test_a_folder_is_made_with_those_that_a_run_writes_to(tmp_path):
    folder = RunFolder(tmp_path / "out").create()
    assert sorted(path.name for path in folder.path.iterdir()) == ["logs", "records", "traces"]
    assert all(path.is_dir() for path in folder.written_folders)


def test_making_a_folder_again_keeps_what_it_holds(tmp_path):
    folder = RunFolder(tmp_path).create()
    folder.record_file("a").write_text("whole")
    assert folder.create().record_file("a").read_text() == "whole"


@pytest.mark.parametrize("name", ["records", "traces", "logs", "samples", "gallery", "damaged"])
def test_a_folder_that_is_a_link_is_refused(name, tmp_path):
    folder = RunFolder(tmp_path / "out").create()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    if (folder.path / name).exists():
        (folder.path / name).rmdir()
    (folder.path / name).symlink_to(elsewhere)
    reason = rf"out/{name} is a link, which genbench does not follow; expected a folder"
    with pytest.raises(DataError, match=reason):
        folder.create()


def test_a_run_may_be_reached_through_a_link(tmp_path):
    RunFolder(tmp_path / "out").create()
    (tmp_path / "link").symlink_to("out")
    assert RunFolder(tmp_path / "link").create().records.is_dir()


def test_a_log_has_the_name_of_its_job_without_spaces(tmp_path):
    assert RunFolder(tmp_path).log_file("digits vae seed 0") == tmp_path / "logs" / "digits-vae-seed-0.log"


def test_no_other_module_writes_the_names_of_a_runs_files():
    """A docstring may; a string in the code that is such a name, or a path of one, may not."""
    wrong = []
    for path in ROOT.rglob("*.py"):
        if path == ROOT / "results" / "folder.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Div):
                continue
            if isinstance(node.right, ast.Constant) and node.right.value in NAMES:
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert not wrong


def test_the_results_of_a_suite_are_in_a_folder_of_its_name():
    assert default_folder("mine") == Path("results/mine")
    assert default_folder() == Path("results")


def test_kept_samples_are_named_after_their_trial(tmp_path):
    place = RunFolder(tmp_path).samples_folder("digits", "vae", 2, "0a1b")
    assert place == tmp_path / "samples" / "digits.vae.2.0a1b"


def test_a_gallery_is_named_after_its_draw(tmp_path):
    assert RunFolder(tmp_path).gallery_folder("0" * 64) == tmp_path / "gallery" / ("0" * 64)


@pytest.mark.parametrize("name", [".", "records", "traces", "samples", "gallery"])
def test_temporary_files_of_killed_runs_are_removed_after_a_day(name, tmp_path):
    folder = RunFolder(tmp_path).create()
    (folder.path / name).mkdir(exist_ok=True)
    old, new = (folder.path / name / draft_name("file") for _ in range(2))
    for draft in (old, new):
        draft.touch()
    os.utime(old, (1, 1))
    folder.sweep()
    assert (old.exists(), new.exists()) == (False, True)


def test_the_longest_names_make_no_path_that_a_file_system_refuses(tmp_path):
    folder, name = RunFolder(tmp_path).create(), "a" * 64
    kept = folder.samples_folder(name, name, 2**63 - 1, "0" * 12)
    kept.with_name(draft_name(kept.name)).mkdir(parents=True)
    kept.mkdir()
    folder.log_file(f"{name} {name} seed {2**63 - 1}").touch()
