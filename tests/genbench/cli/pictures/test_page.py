"""`genbench page`."""

from __future__ import annotations

import shutil

import pytest
from click.testing import CliRunner

from genbench.cli.main import main
from genbench.results.folder import RunFolder
from genbench.results.records import write_plan, write_record
from genbench.results.results import read_results

TABLE = {"vae": {"fid": [1.0, 2.0]}, "gan": {"fid": [3.0, 4.0]}}
TALKATIVE = """
import genbench

print("hello")

@genbench.hookimpl
def genbench_metrics():
    return [genbench.MetricSpec(name="talkative", make=lambda fake: 0.0)]
"""


@pytest.fixture(autouse=True)
def _no_charts(monkeypatch):
    """Leave out the pictures, which have tests of their own and take time."""
    monkeypatch.setattr("genbench.report.page.document.page_pictures", lambda *_, **_options: [])


@pytest.fixture
def folder_of(run_of, tmp_path):
    """Return a function that makes a run's folder."""

    def make(name, **fields):
        plan, records = run_of(TABLE, name=name, **fields)
        RunFolder(tmp_path / name).create()
        write_plan(tmp_path / name, plan)
        for record in records.values():
            write_record(tmp_path / name, record)
        return tmp_path / name

    return make


def invoke(*arguments):
    return CliRunner().invoke(main, ["page", *map(str, arguments)])


def test_the_page_of_a_run_is_written_beside_its_board_and_changes_nothing_else(folder_of):
    folder = folder_of("one")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    found = invoke(folder)
    page = folder / "leaderboard.html"
    assert (found.exit_code, found.stdout) == (0, f"{page}\n")
    assert "Leaderboard: one" in page.read_text()
    assert {
        path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and path != page
    } == before


def test_it_gives_the_same_bytes_again_and_in_another_folder(folder_of, tmp_path):
    page = folder_of("one") / "leaderboard.html"
    invoke(page.parent)
    before = page.read_bytes()
    invoke(page.parent)
    shutil.copytree(page.parent, tmp_path / "copy")
    invoke(tmp_path / "copy", "-o", tmp_path / "other.html")
    assert page.read_bytes() == (tmp_path / "other.html").read_bytes() == before


def test_merged_runs_give_the_same_bytes_from_any_working_folder(folder_of, tmp_path, monkeypatch):
    first, second = folder_of("one"), folder_of("two", salt="x", n=50)
    invoke(first, second, "-o", tmp_path / "all.html")
    monkeypatch.chdir(first)
    invoke(".", "../two", "-o", tmp_path / "again.html")
    assert (tmp_path / "again.html").read_bytes() == (tmp_path / "all.html").read_bytes()


def test_several_runs_and_csv_files_are_merged(folder_of, tmp_path):
    first, second, third = folder_of("one"), folder_of("two", salt="x", n=50), folder_of("three", salt="y")
    CliRunner().invoke(main, ["leaderboard", str(third), "-q"])
    found = invoke(first, second, third / "leaderboard.csv", "-o", tmp_path / "all.html")
    text = (tmp_path / "all.html").read_text()
    assert found.exit_code == 0
    assert "n is 599 in one and 50 in two; run the suite of two again with --n 599" in text
    assert "unverified" in text
    assert not (first / "leaderboard.html").exists()


@pytest.mark.parametrize("names", [("one", "two"), ("one.csv",)])
def test_several_runs_need_an_output(names, tmp_path):
    found = invoke(*(tmp_path / name for name in names))
    assert (found.exit_code, found.stderr.count("\n")) == (2, 1)
    assert "needs -o FILE" in found.stderr


def test_a_page_is_no_picture(folder_of, tmp_path):
    found = invoke(folder_of("one"), "-o", tmp_path / "page.png")
    assert (found.exit_code, "a file whose name ends in .html" in found.stderr) == (2, True)


def test_a_run_that_is_given_twice_is_refused(folder_of, tmp_path):
    folder = folder_of("one")
    found = invoke(folder, folder, "-o", tmp_path / "all.html")
    assert "given twice" in found.stderr


def test_a_folder_without_a_run_is_one_line(tmp_path):
    found = invoke(tmp_path)
    assert (found.exit_code, found.stderr.count("\n")) == (2, 1)


def test_a_file_that_cannot_be_written_is_one_line_before_the_work(folder_of, tmp_path, monkeypatch):
    monkeypatch.setattr("genbench.report.page.document.make_page", None)
    found = invoke(folder_of("one"), "-o", tmp_path / "none" / "page.html")
    assert found.exit_code != 0
    assert "cannot be written" in found.stderr
    assert found.stderr.count("\n") == 1


def test_a_plugin_file_that_fails_is_one_line(folder_of, tmp_path):
    (tmp_path / "broken.py").write_text("1 / 0")
    found = invoke(folder_of("one"), "--plugin", tmp_path / "broken.py")
    assert (found.exit_code, found.stderr.count("\n")) == (2, 1)
    assert "broken.py: ZeroDivisionError" in found.stderr


def test_what_a_plugin_prints_is_not_on_stdout(folder_of, tmp_path):
    (tmp_path / "talkative.py").write_text(TALKATIVE)
    folder = folder_of("one")
    found = invoke(folder, "--plugin", tmp_path / "talkative.py")
    assert found.stdout == f"{folder / 'leaderboard.html'}\n"
    assert "hello" in found.stderr


def test_a_damaged_gallery_is_one_line_of_each_command_and_the_reason_on_the_page(folder_of, tmp_path):
    folder = folder_of("one")
    record = next(iter(read_results(folder).records.values()))
    path = RunFolder(folder).gallery_folder(record.samples)
    path.mkdir(parents=True)
    (path / "gallery.json").write_text('{\n"')
    cell, why = record.cell, "it is not JSON at line 2, column 1"
    reason = f"gallery/{path.name} cannot be read ({why}); restore it from a copy, or "
    line = f"the samples of {cell.generator} on digits, seed {cell.seed}, are not shown: {reason}"
    found = invoke(folder)
    assert (found.exit_code, found.stderr.count("\n")) == (0, 1)
    assert found.stderr.startswith(line)
    assert reason in (folder / "leaderboard.html").read_text()
    merged = CliRunner().invoke(main, ["leaderboard", str(folder), "-o", str(tmp_path / "all"), "-q"])
    assert merged.stderr.startswith(line)
    plotted = CliRunner().invoke(main, ["plot", str(folder), "samples", "-o", str(tmp_path / "all.svg")])
    assert plotted.exit_code == 2
    assert plotted.stderr.startswith(line)


def test_the_metrics_of_a_plugin_file_are_described(run_of, tmp_path):
    plan, _ = run_of({"vae": {"mean-gap": [1.0]}}, signature={"metric": "mine:mean-gap"})
    write_plan(RunFolder(tmp_path / "run").create().path, plan)
    (tmp_path / "mine.py").write_text(
        "from genbench import MetricSpec, hookimpl\n"
        "def gap(real, fake): ...\n"
        "@hookimpl\n"
        "def genbench_metrics():\n"
        "    return [MetricSpec(name='mean-gap', make=gap, summary='the gap of mine', direction='lower')]\n"
    )
    invoke(tmp_path / "run", "--plugin", tmp_path / "mine.py")
    assert "The gap of mine." in (tmp_path / "run" / "leaderboard.html").read_text()
