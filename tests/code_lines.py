"""The number of lines of code of folders: `python tests/code_lines.py FOLDER ...`.

Blank lines, comments and docstrings do not count, nor what a build has copied into a folder `build`.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

OWNERS = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def count_lines(folder):
    """Return the number of lines of code of the Python files in a folder and its subfolders."""
    paths = (path for path in Path(folder).rglob("*.py") if "build" not in path.relative_to(folder).parts)
    return sum(len(code_lines(path.read_text(encoding="utf-8"))) for path in paths)


def code_lines(source):
    """Return the numbers of the lines of a module that hold code, also those inside of strings."""
    written = {
        number
        for number, line in enumerate(source.splitlines(), 1)
        if line.strip() and not line.lstrip().startswith("#")
    }
    docstrings, strings = set(), set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, OWNERS) and ast.get_docstring(node, clean=False) is not None:
            docstrings |= _lines(node.body[0])
        elif isinstance(node, ast.Constant | ast.JoinedStr) and node.end_lineno > node.lineno:
            strings |= _lines(node)
    return (written | strings) - docstrings


def _lines(node):
    return set(range(node.lineno, node.end_lineno + 1))


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(count_lines(name), name)
