"""A verification on a terminal."""

from __future__ import annotations

from dataclasses import replace

import pytest

from genbench.cli.views.verification import print_verification
from genbench.verification.api import Verification
from genbench.verification.files import FileFault
from genbench.verification.verdicts import NO_RECORD, Change, Verdict

NOT_REMADE = "not checked: that these generators made the samples; --sample K makes those of K trials again"


@pytest.fixture
def said(capsys, monkeypatch):
    """Return a function that prints a verification and returns its lines."""
    monkeypatch.delenv("COLUMNS", raising=False)

    def show(**fields):
        print_verification(Verification(**({"faults": ()} | fields)))
        *lines, never_checked, last = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
        assert never_checked == "never checked: seconds and hardware, which nothing here can show"
        assert (NOT_REMADE in lines) == bool(fields.get("stored") and not fields.get("remade"))
        return [*(line for line in lines if line != NOT_REMADE), last]

    return show


@pytest.fixture
def verdicts(run_of):
    """Return a function that gives one verdict a seed on the cells of a generator."""
    plan, _ = run_of({"vae": {"fid": [1.0] * 3}, "gan": {"fid": [2.0]}})

    def make(outcome, generator="vae", **fields):
        cells = [cell for cell in plan.cells if cell.generator == generator]
        return tuple(Verdict(cell=cell, outcome=outcome, **fields) for cell in cells)

    return make


def test_outcomes_are_counted_by_dataset_and_generator(said, verdicts):
    stored = (*verdicts("reproduced"), *verdicts("different", "gan", stage="samples", reason="other"))
    lines = said(stored=stored, remade=verdicts("reproduced", "gan"), trials=("digits gan seed 0",))
    rows = [line.split() for line in lines]
    assert lines[0] == "scored again from stored samples"
    assert rows.index(["digits", "vae", "3", "0", "0", "0"]) < rows.index(
        ["digits", "gan", "0", "0", "1", "0"]
    )
    assert "made again from the seeds: digits gan seed 0" in lines
    assert ["digits", "gan", "1", "0", "0", "0"] in rows
    assert "different: digits gan seed 0 fid: samples: other" in lines
    assert lines[-1] == "4 reproduced, 1 different; the files are whole"


def test_an_empty_verification_has_no_table(said):
    assert said() == ["no record to verify; the files are whole"]


def test_files_that_genbench_did_not_write_are_named_in_one_line_and_unlisted_records_in_another(said):
    names = [f"{number}.md" for number in range(10)]
    lines = said(foreign=tuple(names), unlisted=("records/00.json",))
    assert lines == [
        f"not verified: files that genbench did not write: {', '.join(names[:7])} and 3 more",
        "not verified: 1 record that run.json does not list: records/00.json",
        "no record to verify; the files are whole",
    ]
    assert said(unlisted=("a", "b"))[0] == "not verified: 2 records that run.json does not list: a and b"


def test_failures_and_faults_are_counted_at_the_end(said):
    one, two = FileFault(file="scores.csv", line=2, text="gone"), FileFault(file="run.json", text="torn")
    assert said(faults=(one,))[-1] == "no record to verify; 1 problem in the files"
    lines = said(faults=(one, two), failed=3)
    assert lines == [
        "damaged: scores.csv line 2: gone",
        "damaged: run.json: torn",
        "no record to verify; 2 problems in the files; 3 failed and hold no number",
    ]


def test_a_number_within_tolerance_is_named_where_no_change_explains_it(said, verdicts):
    near = {"outcome": "within tolerance", "reason": "value 1.0 in the record, 1.1 here"}
    (line,) = [line for line in said(stored=verdicts(**near, generator="gan")) if ":" in line]
    assert line == (
        "within tolerance: digits gan seed 0 fid: value 1.0 in the record, 1.1 here; nothing has changed "
        "that would explain it"
    )
    numpy = Change(name="numpy", before="1.0", now="2.0")
    for change in ({"environment": (numpy,)}, {"code": ("version was 1, is 2",)}):
        lines = said(stored=verdicts(**near, **change))
        assert not [line for line in lines if line.startswith("within tolerance:")]


def test_what_holds_for_several_records_is_said_once(said, verdicts):
    stored = (
        *verdicts("unverifiable", reason="no samples"),
        *verdicts("unverifiable", "gan", reason="no record"),
    )
    assert [line for line in said(stored=stored) if ": " in line] == [
        "unverifiable: 3 cells of generator vae: no samples",
        "unverifiable: digits gan seed 0 fid: no record",
    ]
    changes = (Change(name="a", before=1, now=2), Change(name="b", before="3", now=None))
    changed = verdicts("reproduced", code=("version was 1, is 2",), environment=changes)
    assert [line for line in said(stored=changed) if ": " in line] == [
        "changed since: all 3 cells: version was 1, is 2",
        "changed since: all 3 cells: a was 1, is 2, b was 3, is not recorded",
    ]


@pytest.mark.parametrize(("number", "last"), [
    (20, "damaged: x.csv line 20: gone"), (23, "damaged: 3 more; --format json has them all"),
])  # fmt: skip
def test_lines_are_cut_off_after_twenty_of_a_kind(said, number, last):
    faults = tuple(FileFault(file="x.csv", line=line, text="gone") for line in range(1, number + 1))
    lines = [line for line in said(faults=faults) if line.startswith("damaged: ")]
    assert (len(lines), lines[-1]) == (min(number, 21), last)
    assert lines[19] == "damaged: x.csv line 20: gone"


@pytest.mark.parametrize(("faults", "verdict", "end"), [
    ([FileFault(file="records/0.json", text="torn")], {},
     "1 problem and 2 changed lines in the files"),
    ([], {"outcome": "different", "stage": "score", "reason": "1"}, "2 changed lines in the files"),
    ([], {"outcome": "unverifiable", "reason": NO_RECORD}, "2 changed lines in the files"),
    ([], {"outcome": "unverifiable", "reason": "no samples"}, "2 problems in the files"),
])  # fmt: skip
def test_lines_that_differ_because_of_a_record_are_one_line_after_it(said, verdicts, faults, verdict, end):
    tables = [FileFault(file="b.csv", line=2, text="x 1; y 1"), FileFault(file="a.md", line=3, text="z")]
    lines = said(faults=(*faults, *tables), stored=verdicts(**({"outcome": "reproduced"} | verdict)))
    followed = "as a result: 2 changed lines of a.md and b.csv, the first: b.csv line 2: x 1"
    assert (f"{followed}; --format json has them all" in lines) == ("changed" in end)
    assert len([line for line in lines if "b.csv line 2" in line]) == 1
    assert lines[-1].endswith(f"; {end}")


def test_a_name_cannot_steer_the_terminal_and_a_long_line_stays_whole(said):
    fault = FileFault(file="x" * 150, text="\x1b[31mred")
    assert said(faults=(fault,))[0] == f"damaged: {'x' * 150}: \\x1b[31mred"


def test_trials_that_were_not_rerun_and_samples_from_the_store_here_are_said(said, run_of):
    plan, _ = run_of({"vae": {"fid": [1.0, 1.0]}})
    stored = tuple(Verdict(cell=cell, outcome="reproduced", unknown_fit="the fit") for cell in plan.cells)
    names = ("digits vae seed 0", "digits vae seed 1")
    lines = said(stored=stored, borrowed=names, left_alone=names[:1])
    others = "others, without the store here, cannot verify these"
    assert f"not in the folder: samples of 2 trials; {others}" in lines
    alone = "digits vae seed 0: verify does not call a generator that costs money or runs a"
    assert f"not rerun: {alone}" in " ".join(lines)
    assert "not checked: all 2 cells: the fit" in lines
    assert not [line for line in said(stored=stored) if line.startswith(("not in", "not rerun"))]


@pytest.fixture
def missing(said, run_of):
    """Return a function that prints a verification without some cells, and returns the lines on these."""
    table = {name: {"fid": [1.0] * 3, "recall": [1.0] * 3} for name in ("vae", "gan", "flow", "ddpm")}
    plan, _ = run_of(table)

    def show(is_missing):
        stored = [
            Verdict(cell=cell, outcome="different", stage="plan", reason="gone")
            if is_missing(cell)
            else Verdict(cell=cell, outcome="reproduced")
            for cell in plan.cells
        ]
        return [line for line in said(stored=tuple(stored)) if line.startswith("different: ")]

    return show


@pytest.mark.parametrize(
    ("is_missing", "names"),
    [
        (lambda cell: True, ["all 24 cells"]),
        (lambda cell: cell.seed == 2, ["8 cells of seed 2"]),
        (lambda cell: cell.generator in ("vae", "gan"), ["12 cells of generator gan and vae"]),
        (lambda cell: (cell.generator, cell.seed) == ("gan", 2), ["2 cells of generator gan, seed 2"]),
        (lambda cell: cell.metric == "fid" and cell.seed < 2, ["8 cells of seed 0 and 1, metric fid"]),
        (
            lambda cell: cell.generator == "gan" or cell.seed == 2,
            ["6 cells of generator gan", "6 cells of seed 2"],
        ),
        (
            lambda cell: cell.position[1:] in (("vae", 0, "fid"), ("gan", 1, "recall")),
            ["2 cells, the first digits vae seed 0 fid"],
        ),
        (lambda cell: cell.position[1:] == ("vae", 0, "fid"), ["digits vae seed 0 fid"]),
    ],
)
def test_one_cause_is_one_line_that_names_what_its_cells_share(missing, is_missing, names):
    assert missing(is_missing) == [f"different: {name}: plan: gone" for name in names]


def test_cells_of_comparisons_are_named_without_a_seed(said, verdicts):
    compared = [
        Verdict(cell=replace(each.cell, seed=None, metric="vote"), outcome="different", stage="s", reason="r")
        for generator in ("vae", "gan")
        for each in verdicts("reproduced", generator)[:1]
    ]
    alone = said(stored=(*verdicts("reproduced"), *compared))
    assert "different: 2 cells of metric vote: s: r" in alone
    both = said(
        stored=(*verdicts("different", stage="s", reason="r"), *verdicts("reproduced", "gan"), *compared)
    )
    assert [line for line in both if line.startswith("different: ")] == [
        "different: 4 cells of generator vae: s: r",
        "different: digits gan vote: s: r",
    ]


def test_an_obstacle_is_one_line_with_its_cells_whether_the_run_lists_any_or_not(said, verdicts):
    lost = "no generator named 'gan'; --plugin FILE loads a plugin that is not installed"
    assert said(obstacles=(lost,))[0] == f"unverifiable: {lost}"
    stored = (*verdicts("reproduced"), *verdicts("unverifiable", "gan", reason=lost))
    lines = said(obstacles=(lost,), stored=stored)
    assert [line for line in lines if line.startswith("unverifiable: ")] == [
        f"unverifiable: digits gan seed 0 fid: {lost}"
    ]


def test_an_obstacle_names_all_cells_that_it_concerns(said, run_of):
    plan, _ = run_of({name: {"fid": [1.0] * 3} for name in "abc"})
    stored = [
        Verdict(cell=cell, outcome="unverifiable", reason="lost")
        if cell.generator == "a" or cell.seed == 0
        else Verdict(cell=cell, outcome="reproduced")
        for cell in plan.cells
    ]
    lines = said(obstacles=("lost",), stored=tuple(stored))
    assert [line for line in lines if line.startswith("unverifiable: ")] == [
        "unverifiable: 3 cells of generator a: lost", "unverifiable: 2 cells of seed 0: lost",
    ]  # fmt: skip


def test_differences_of_the_board_are_said_and_counted(said, verdicts):
    lines = said(
        stored=verdicts("reproduced"),
        board=("splits of a that share samples: none in run.json, x here", "ranks: y"),
    )
    assert [line for line in lines if line.startswith("different: ")] == [
        "different: splits of a that share samples: none in run.json, x here", "different: ranks: y",
    ]  # fmt: skip
    assert lines[-1] == "3 reproduced; the files are whole; 2 differences on the board"
    lines = said(stored=verdicts("reproduced"), board=("ranks: y",), failed=1)
    assert lines[-1] == (
        "3 reproduced; the files are whole; 1 difference on the board; 1 failed and hold no number"
    )


def test_notices_that_only_a_rerun_checks_are_said_for_the_trials_that_were_not_rerun(said, verdicts):
    stored = verdicts("reproduced", unchecked=("generator a:b used x", "generator a:b used y"))
    told = "generator a:b used x; generator a:b used y (from the records; only a rerun, --sample, checks it)"
    for remade, cells in ((), "all 3 cells"), (stored[:1], "2 cells of seed 1 and 2"), (stored, None):
        lines = said(stored=stored, remade=remade)
        expected = [] if cells is None else [f"not checked: {cells}: {told}"]
        assert [line for line in lines if line.startswith("not checked: ")] == expected


def test_another_version_has_a_column_only_where_there_is_one(said, verdicts):
    assert "other version" not in said(stored=verdicts("reproduced"))[1]
    remedy = 'version was "1", is "2"; install genbench 0.1.0 to verify it'
    lines = said(stored=(*verdicts("reproduced"), *verdicts("other version", "gan", reason=remedy)))
    assert "other version" in lines[1]
    assert ["digits", "gan", "0", "0", "0", "1", "0"] in [line.split() for line in lines]
    assert f"other version: digits gan seed 0 fid: {remedy}" in lines
    assert lines[-1] == "3 reproduced, 1 other version; the files are whole"


def test_options_of_the_run_are_said_once(said, verdicts):
    lines = said(stored=verdicts("reproduced"), overrides=("--seeds 0,1", "--n 100"))
    assert "run with: --seeds 0,1 --n 100, in place of the values in the suite of run.json" in lines
