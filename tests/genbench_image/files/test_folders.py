"""Which files of a folder are its images, in which order, and how their names are shown."""

from __future__ import annotations

import os
import unicodedata

import pytest
from genbench_image.files.folders import escape, find_images

from genbench import DataError


def put(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"any bytes")


def test_images_at_every_depth_are_found_in_the_order_of_their_whole_paths(tmp_path):
    names = ["B.PNG", "a-b.png", "a/x.jpg", "a/y/1.webp", "a/z.jpeg", "b.png"]
    put(tmp_path, *reversed(names))
    assert ["/".join(parts) for parts in find_images(tmp_path)] == names


def test_names_in_either_form_of_unicode_are_ordered_by_the_composed_one(tmp_path):
    names = ["è.png", unicodedata.normalize("NFD", "é.png"), "ê.png"]
    put(tmp_path, "f.png", *names)
    assert find_images(tmp_path) == [("f.png",), *((name,) for name in names)]


def test_hidden_files_and_what_systems_leave_behind_are_ignored(tmp_path):
    put(tmp_path, "1.png")
    put(tmp_path, ".hidden.png", ".cache/2.png", "__MACOSX/1.png", "Thumbs.db", "desktop.ini", ".DS_Store")
    (tmp_path / ".link").symlink_to("/")
    assert find_images(tmp_path) == [("1.png",)]


def test_other_files_are_refused_rather_than_left_out(tmp_path):
    put(tmp_path, "1.png", "a/2.gif")
    with pytest.raises(DataError, match=r"^a/2\.gif does not end in \.png"):
        find_images(tmp_path)


@pytest.mark.parametrize("target", ["1.png", ".", "/etc", "nowhere"])
def test_symbolic_links_are_refused(tmp_path, target):
    put(tmp_path, "1.png")
    (tmp_path / "link.png").symlink_to(target)
    with pytest.raises(DataError, match=r"^link\.png is a symbolic link"):
        find_images(tmp_path)


def test_a_pipe_is_refused_without_being_opened(tmp_path):
    put(tmp_path, "1.png")
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(DataError, match=r"^pipe\.png is not a regular file"):
        find_images(tmp_path)


def test_an_empty_folder_and_none_at_all_are_refused(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=r"^empty holds no images; expected files that end in \.png"):
        find_images(tmp_path / "empty")
    with pytest.raises(DataError, match=r"^nowhere is not a folder"):
        find_images(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a\nb", r"a\nb"),
        ("\x1b[2J", r"\x1b[2J"),
        ("\u202egnp", r"\u202egnp"),
        (r"a\nb", r"a\\nb"),
        ("é ü 図", "é ü 図"),
    ],
)
def test_names_are_shown_without_what_a_terminal_would_obey(name, expected):
    assert escape((name, "x.png")) == f"{expected}/x.png"


def test_a_line_break_in_a_name_breaks_no_message(tmp_path):
    put(tmp_path, "a\n\x1b[31m.txt")
    with pytest.raises(DataError, match=r"^a\\n\\x1b\[31m\.txt does not end in"):
        find_images(tmp_path)
