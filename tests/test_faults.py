"""The page of faults names each fault once, and each test that it names is there."""

from __future__ import annotations

import ast
import functools
import re
from pathlib import Path

TESTS = Path(__file__).parent
ROWS = range(1, 63)
NAMED = re.compile(r"`([\w/]+\.py)::(test_\w+)`")


def tables():
    """Return the rows of the page's two tables, each as its cells: faults with tests, and those without."""
    found = []
    for line in (TESTS / "faults.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("| # "):
            found.append([])
        elif line.startswith("|") and not line.startswith("|---"):
            found[-1].append([cell.strip() for cell in line.strip("|").split("|")])
    return found


@functools.cache
def functions_of(file):
    """Return the names of the test functions of a file, which is not imported."""
    body = ast.parse((TESTS / file).read_bytes()).body
    return {node.name for node in body if isinstance(node, ast.FunctionDef)}


def test_each_row_stands_once_in_one_of_two_sorted_tables():
    tested, others = ([int(row[0]) for row in table] for table in tables())
    assert tested == sorted(tested)
    assert others == sorted(others)
    assert sorted(tested + others) == list(ROWS)


def test_no_cell_is_empty():
    tested, others = tables()
    assert {len(row) for row in tested} == {4}
    assert {len(row) for row in others} == {3}
    assert [row[0] for row in tested + others if not all(row)] == []


def test_each_row_names_tests_and_nothing_but_tests():
    tested, _ = tables()
    assert [row[0] for row in tested if not all(map(NAMED.fullmatch, row[3].split(", ")))] == []


def test_each_test_that_is_named_is_there():
    tested, _ = tables()
    named = {found for row in tested for found in NAMED.findall(row[3])}
    files = {file for file, _ in named}
    assert [file for file in sorted(files) if not (TESTS / file).is_file()] == []
    assert [f"{file}::{name}" for file, name in sorted(named) if name not in functions_of(file)] == []
