"""The page of faults names each fault once, and each test that it names is there."""

from __future__ import annotations

import ast
import functools
import re
from pathlib import Path

TESTS = Path(__file__).parent
ROWS = range(1, 69)
NAMED = re.compile(r"`([\w/]+\.py)::(test_\w+)`")


def rows():
    """Return the rows of the page's table, each as its cells."""
    lines = (TESTS / "faults.md").read_text(encoding="utf-8").splitlines()
    table = [line for line in lines if line.startswith("|") and not line.startswith(("| # ", "|---"))]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


@functools.cache
def functions_of(file):
    """Return the names of the test functions of a file, which is not imported."""
    body = ast.parse((TESTS / file).read_bytes()).body
    return {node.name for node in body if isinstance(node, ast.FunctionDef)}


def test_each_row_stands_once_in_a_sorted_table():
    assert [int(row[0]) for row in rows()] == list(ROWS)


def test_no_cell_is_empty():
    assert {len(row) for row in rows()} == {4}
    assert [row[0] for row in rows() if not all(row)] == []


def test_each_row_names_tests_and_nothing_but_tests():
    assert [row[0] for row in rows() if not all(map(NAMED.fullmatch, row[3].split(", ")))] == []


def test_each_test_that_is_named_is_there():
    named = {found for row in rows() for found in NAMED.findall(row[3])}
    files = {file for file, _ in named}
    assert [file for file in sorted(files) if not (TESTS / file).is_file()] == []
    assert [f"{file}::{name}" for file, name in sorted(named) if name not in functions_of(file)] == []
