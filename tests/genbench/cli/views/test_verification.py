"""A verification on a terminal."""

from __future__ import annotations

import pytest

from genbench.cli.views.verification import print_verification
from genbench.verification.api import Verification
from genbench.verification.files import FileFault
from genbench.verification.verdicts import Change, Verdict


@pytest.fixture
def said(capsys, monkeypatch):
    """Return a function that prints a verification and returns its lines."""
    monkeypatch.delenv("COLUMNS", raising=False)

    def show(**fields):
        print_verification(Verification(**({"faults": ()} | fields)))
        return [line.rstrip() for line in capsys.readouterr().out.splitlines()]

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


def test_failures_and_faults_are_counted_at_the_end(said):
    one, two = FileFault(file="scores.csv", line=2, text="gone"), FileFault(file="run.json", text="torn")
    assert said(faults=(one,))[-1] == "no record to verify; 1 fault in the files"
    lines = said(faults=(one, two), failed=3)
    assert lines == [
        "damaged: scores.csv line 2: gone",
        "damaged: run.json: torn",
        "no record to verify; 2 faults in the files; 3 failed and hold no number",
    ]


def test_a_number_within_tolerance_is_named_where_no_change_explains_it(said, verdicts):
    near = {"outcome": "within tolerance", "reason": "value 1.0 in the record, 1.1 here"}
    (line,) = [line for line in said(stored=verdicts(**near, generator="gan")) if ":" in line]
    assert line == (
        "within tolerance: digits gan seed 0 fid: value 1.0 in the record, 1.1 here; nothing has changed "
        "that would explain it"
    )
    numpy = Change(name="numpy", before="1.0", now="2.0")
    for change in ({"environment": (numpy,)}, {"signature": ("version was 1, is 2",)}):
        lines = said(stored=verdicts(**near, **change))
        assert not [line for line in lines if line.startswith("within tolerance:")]


def test_what_holds_for_several_records_is_said_once(said, verdicts):
    stored = (
        *verdicts("unverifiable", reason="no samples"),
        *verdicts("unverifiable", "gan", reason="no record"),
    )
    assert [line for line in said(stored=stored) if ": " in line] == [
        "unverifiable: 3 records: no samples",
        "unverifiable: digits gan seed 0 fid: no record",
    ]
    changes = (Change(name="a", before=1, now=2), Change(name="b", before="3", now=None))
    changed = verdicts("reproduced", signature=("version was 1, is 2",), environment=changes)
    assert [line for line in said(stored=changed) if ": " in line] == [
        "changed since: 3 records: version was 1, is 2",
        "changed since: 3 records: a was 1, is 2, b was 3, is not recorded",
    ]


@pytest.mark.parametrize(("number", "last"), [
    (20, "damaged: x.csv line 20: gone"), (23, "damaged: 3 more; --format json has them all"),
])  # fmt: skip
def test_lines_are_cut_off_after_twenty_of_a_kind(said, number, last):
    faults = tuple(FileFault(file="x.csv", line=line, text="gone") for line in range(1, number + 1))
    lines = [line for line in said(faults=faults) if line.startswith("damaged: ")]
    assert (len(lines), lines[-1]) == (min(number, 21), last)
    assert lines[19] == "damaged: x.csv line 20: gone"


def test_a_name_cannot_steer_the_terminal_and_a_long_line_stays_whole(said):
    fault = FileFault(file="x" * 150, text="\x1b[31mred")
    assert said(faults=(fault,))[0] == f"damaged: {'x' * 150}: \\x1b[31mred"
