"""`genbench leaderboard`."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from genbench.cli.main import main
from genbench.results.folder import BOARD_FILES, PAGE
from genbench.results.records import write_plan, write_record, write_trace

TABLE = {"vae": {"fid": [1.0, 2.0]}, "gan": {"fid": [3.0, "error"]}, "noise": {"fid": [9.0, 9.0]}}
TALKATIVE = """
import genbench

print("hello")

@genbench.hookimpl
def genbench_metrics():
    return [genbench.MetricSpec(name="talkative", make=lambda fake: 0.0)]
"""


@pytest.fixture
def folder_of(run_of, trace_of, tmp_path):
    """Return a function that makes a run's folder."""

    def make(name, table=None, **fields):
        folder = tmp_path / name
        for kind in ("records", "traces"):
            (folder / kind).mkdir(parents=True)
        plan, records = run_of(table or TABLE, **fields)
        write_plan(folder, plan)
        for record in records.values():
            write_record(folder, record)
        write_trace(folder, trace_of("vae", 0))
        return folder

    return make


def invoke(*arguments):
    return CliRunner().invoke(main, ["leaderboard", *map(str, arguments)])


def test_one_run_is_rebuilt_in_place_and_shown(folder_of):
    folder = folder_of("one")
    found = invoke(folder)
    assert found.exit_code == 0
    assert "vae" in found.stdout
    assert "error 1/2" in found.stdout
    assert found.stdout.splitlines()[-len(BOARD_FILES) :] == [str(folder / name) for name in BOARD_FILES]
    assert all((folder / name).exists() for name in BOARD_FILES)


def test_rebuilding_gives_the_same_bytes(folder_of):
    folder = folder_of("one")
    invoke(folder)
    before = {name: (folder / name).read_bytes() for name in BOARD_FILES}
    invoke(folder)
    assert {name: (folder / name).read_bytes() for name in BOARD_FILES} == before


@pytest.fixture
def _no_charts(monkeypatch):
    """Leave out the pictures of pages, which have tests of their own and take time."""
    monkeypatch.setattr("genbench.report.page.document.page_pictures", lambda *_, **_options: [])


@pytest.mark.usefixtures("_no_charts")
def test_the_page_beside_the_board_is_written_with_it(folder_of, tmp_path):
    folder, out = folder_of("one"), tmp_path / "out"
    (folder / PAGE).write_text("old")
    found = invoke(folder, "--page")
    assert (found.exit_code, f"page: {folder / PAGE}\n" in found.stderr) == (0, True)
    again = CliRunner().invoke(main, ["page", str(folder), "-o", str(tmp_path / "again.html")])
    assert again.exit_code == 0
    assert (folder / PAGE).read_bytes() == (tmp_path / "again.html").read_bytes()
    assert invoke(folder, folder_of("two", n=300), "-o", out, "--page", "-q").stderr == ""
    assert "vae@one" in (out / PAGE).read_text()


@pytest.mark.usefixtures("_no_charts")
def test_what_a_plugin_prints_is_not_among_the_paths(folder_of, tmp_path):
    plugin, out = tmp_path / "talkative.py", tmp_path / "out"
    plugin.write_text(TALKATIVE)
    first, second = folder_of("one"), folder_of("two", n=300)
    for folder, operands in ((first, [first]), (out, [first, second, "-o", out])):
        found = invoke(*operands, "--plugin", plugin, "--page")
        assert found.stdout.splitlines()[-len(BOARD_FILES) :] == [str(folder / name) for name in BOARD_FILES]
        assert ("hello" in found.stdout, "hello" in found.stderr) == (False, True)


def test_a_plugin_file_that_fails_is_refused_before_runs_are_merged(folder_of, tmp_path):
    out = tmp_path / "out"
    found = invoke(folder_of("one"), folder_of("two", n=300), "-o", out, "--plugin", tmp_path / "none.py")
    assert (found.exit_code, found.stderr.count("\n"), out.exists()) == (2, 1, False)


def test_a_page_that_is_not_written_again_is_named(folder_of):
    folder = folder_of("one")
    assert invoke(folder, "--no-page").stderr == ""
    (folder / PAGE).write_text("old")
    found = invoke(folder, "--no-page")
    assert found.stderr == f"{folder / PAGE} is as it was; `genbench page` writes it again\n"
    assert (folder / PAGE).read_text() == "old"


def test_quiet_prints_nothing_that_is_in_a_file(folder_of):
    folder = folder_of("one")
    assert invoke(folder, "-q").stdout == ""
    assert (folder / BOARD_FILES[0]).exists()


def test_the_board_can_be_printed_alone(folder_of):
    folder = folder_of("one")
    printed = invoke(folder, "--format", "text").stdout
    assert printed
    assert not (folder / BOARD_FILES[0]).exists()
    assert invoke(folder).stdout.startswith(printed)


def test_several_runs_need_an_output(folder_of):
    found = invoke(folder_of("one"), folder_of("two"))
    assert found.exit_code == 2
    assert "name a folder with -o OUT" in found.stderr


def test_a_run_is_not_merged_with_itself(folder_of, tmp_path):
    folder, out = folder_of("one"), tmp_path / "out"
    found = invoke(folder, folder_of("two"), folder / "." / ".." / "one", "-o", out)
    assert found.exit_code == 2
    assert found.stderr.endswith("one is given twice; a run cannot be merged with itself\n")
    assert len(found.stderr.splitlines()) == 1
    assert not out.exists()


def test_several_runs_are_merged_and_what_differs_is_named(folder_of, tmp_path):
    found = invoke(folder_of("one"), folder_of("two", n=300), "-o", tmp_path / "out")
    assert found.exit_code == 0
    assert "n is 599 in one and 300 in two; run the suite of two again with --n 599" in " ".join(
        found.stdout.split()
    )
    text = (tmp_path / "out" / "leaderboard.csv").read_text()
    assert "vae@one" in text
    assert "vae@two" in text


def test_a_merged_board_is_rebuilt_in_place_with_the_same_bytes(folder_of, tmp_path):
    out = tmp_path / "out"
    invoke(folder_of("one"), folder_of("two", n=300), "-o", out)
    before = {name: (out / name).read_bytes() for name in BOARD_FILES}
    assert invoke(out).exit_code == 0
    assert {name: (out / name).read_bytes() for name in BOARD_FILES} == before


def test_a_merged_folder_is_not_merged_again(folder_of, tmp_path):
    one, two, both = folder_of("one"), folder_of("two", n=300), tmp_path / "both"
    invoke(one, two, "-o", both)
    for more in ([], [folder_of("three")]):
        found = invoke(both, *more, "-o", tmp_path / "out")
        assert found.exit_code == 2
        assert found.stderr == (
            f"Error: {both} holds merged runs, and cannot be merged again; "
            f"merge the folders of its runs instead: {one} {two}\n"
        )
        assert not (tmp_path / "out").exists()


def test_a_run_is_not_overwritten(folder_of):
    one, two = folder_of("one"), folder_of("two")
    before = (two / "run.json").read_bytes()
    found = invoke(one, "-o", two)
    assert found.exit_code == 2
    assert f"{two} holds a run" in found.stderr
    assert (two / "run.json").read_bytes() == before


def test_a_folder_without_a_run_is_bad_input(tmp_path):
    found = invoke(tmp_path)
    assert found.exit_code == 2
    assert "holds no run.json" in found.stderr


def test_a_damaged_record_is_put_aside_named_and_shown_as_missing(folder_of):
    folder = folder_of("one")
    path = next((folder / "records").iterdir())
    path.write_bytes(path.read_bytes()[:-20])
    found = invoke(folder)
    assert found.exit_code == 0
    assert f"damaged, put aside: {folder / 'damaged' / path.name}" in found.stderr
    assert "missing" in (folder / "scores.csv").read_text()


def test_results_that_cannot_be_written_exit_with_3(folder_of, tmp_path):
    (tmp_path / "file").write_text("")
    found = invoke(folder_of("one"), "-o", tmp_path / "file")
    assert found.exit_code == 3
    assert f"{tmp_path / 'file'} cannot be written" in found.stderr


@pytest.mark.parametrize(
    ("form", "part"),
    [("csv", "dataset,generator,plugin"), ("md", "| rank | generator"), ("html", "<table>"),
     ("latex", r"\toprule"), ("json", '"ranked_over"')],
)  # fmt: skip
def test_a_format_is_printed_and_nothing_is_written(folder_of, form, part):
    one, two = folder_of("one"), folder_of("two", TABLE | {"vae": {"fid": [5.0, 6.0]}}, salt="2")
    before = {path: path.read_bytes() for path in one.parent.rglob("*") if path.is_file()}
    alone, both = invoke(one, "--format", form), invoke(one, two, "--format", form)
    assert (alone.exit_code, both.exit_code) == (0, 0)
    assert part in alone.stdout
    assert ("warning: digits: no ranges of ranks" in alone.stderr) == (form == "csv")  # others have a place
    assert "vae@one" in both.stdout
    assert {path: path.read_bytes() for path in one.parent.rglob("*") if path.is_file()} == before


def test_a_format_has_no_output_folder(folder_of, tmp_path):
    found = invoke(folder_of("one"), "--format", "csv", "-o", tmp_path / "out")
    assert found.exit_code == 2
    assert "--format prints the board and writes nothing" in found.stderr


def test_the_csv_file_of_somebody_else_joins_as_unverified_rows(folder_of, tmp_path):
    mine, theirs, out = folder_of("mine"), folder_of("theirs", salt="2"), tmp_path / "both"
    invoke(theirs, "-q")
    file = tmp_path / "their-scores.csv"
    file.write_bytes((theirs / "scores.csv").read_bytes())
    found = invoke(mine, file, "-o", out)
    assert found.exit_code == 0
    assert "vae@their-scores (unverified)" in found.stdout
    assert f"run: their-scores: {file}" in found.stdout
    before = (out / "leaderboard.csv").read_bytes()
    assert invoke(out, "-q").exit_code == 0  # rebuilt from what was kept
    assert (out / "leaderboard.csv").read_bytes() == before


def test_a_csv_file_alone_is_not_rebuilt_in_place(folder_of):
    folder = folder_of("one")
    invoke(folder, "-q")
    found = invoke(folder / "scores.csv")
    assert found.exit_code == 2
    assert "name a folder with -o OUT" in found.stderr
