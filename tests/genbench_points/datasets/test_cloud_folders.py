"""Files of a folder, and their classes."""

from __future__ import annotations

import pytest
from genbench_points.datasets.cloud_folders import classes_of, escape, find_files

ENDINGS = (".a", ".b")


def planted(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def test_files_are_found_in_one_order_and_hidden_ones_left_out(tmp_path):
    planted(tmp_path, "y/2.A", "x/1.a", "x/10.b", ".hidden/3.a", "x/.4.a", "Thumbs.db")
    assert find_files(tmp_path, ENDINGS) == [("x", "1.a"), ("x", "10.b"), ("y", "2.A")]


def test_folders_at_the_top_are_classes_if_there_are_two():
    assert classes_of([("b", "1.a"), ("a", "x", "1.a")]) == ("a", "b")
    assert classes_of([("b", "1.a"), ("b", "2.a")]) == ()
    assert classes_of([("b", "1.a"), ("2.a",)]) == ()


@pytest.mark.parametrize(
    ("name", "said"),
    [("1.c", "1.c does not end in .a, .b; move it out of the folder"), (".x", "holds no files")],
)
def test_other_files_and_none_are_one_line(name, said, tmp_path, refusal):
    planted(tmp_path, name)
    assert said in refusal(lambda: find_files(tmp_path, ENDINGS))


def test_the_first_of_other_files_is_named(tmp_path, refusal):
    planted(tmp_path, *(f"{number:02}.c" for number in reversed(range(40))), "00/1.d")
    assert refusal(lambda: find_files(tmp_path, ENDINGS)).startswith("00/1.d does not end in")


def test_a_link_is_one_line(tmp_path, refusal):
    (tmp_path / "1.a").symlink_to(tmp_path / "2.a")
    assert refusal(lambda: find_files(tmp_path, ENDINGS)).startswith("1.a is a link or a special file")


def test_a_folder_that_is_missing_is_one_line(tmp_path, refusal):
    assert refusal(lambda: find_files(tmp_path / "none", ENDINGS)) == (
        "none cannot be read: No such file or directory; expected a readable folder"
    )


def test_names_are_printed_without_control_characters():
    assert escape(("a\nb", "\\c")) == "a\\nb/\\\\c"
