"""Mutation tests: small changes to the code, each of which some test has to notice.

    python tests/mutants/runner.py             runs all mutants of mutants.toml and prints each outcome
    python tests/mutants/runner.py 40          runs 40 of them, which the date chooses
    python tests/mutants/runner.py FILE TESTS  proposes mutants of a file and runs them

`mutants.toml` lists mutants by file, with the tests that cover the file: the function, the text to replace in
it, and its replacement. If the text occurs once in the file, the function may have another name by now. The
runner copies the code to a temporary folder and imports large libraries once. Each mutant is a fork of the
runner, which runs the tests on the changed copy; processes that the tests start import the changed copy, too.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import itertools
import os
import random
import shlex
import shutil
import signal
import sys
import tempfile
import tomllib
import warnings
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[2]
LIST = Path(__file__).with_name("mutants.toml")
#: What most tests import and no mutant changes: nothing of genbench.
PRELOAD = ("click", "hypothesis", "jinja2", "numpy", "pandas", "PIL.Image", "pluggy", "pydantic",
           "rich.table", "scipy.stats", "scipy.sparse", "torch")  # fmt: skip
COPIED = ("genbench", "plugins")  # beside links to all other files
LONGEST_S = 180  # a mutant that never ends is killed, and counts as noticed
_OPTIONS = ("-x", "-q", "--tb=no", "-p", "no:cacheprovider", "-p", "no:xdist",
            "-W", "ignore::pytest.PytestAssertRewriteWarning")  # fmt: skip
_SWAPS = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Add: ast.Sub,
    ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """A change to a function of a file.

    function   its qualified name, "" for the module's own statements
    old, new   the text, which stands once in the function, and what replaces it
    tests      arguments of pytest
    is_killed  whether the list says that the tests notice it
    """

    file: str
    function: str
    old: str
    new: str
    tests: str
    is_killed: bool = True

    def __str__(self) -> str:
        return f"{self.file} {self.function}: {self.old} -> {self.new}"

    def applied(self, source: str) -> str | None:
        """Return the changed source; None if the place is gone."""
        start, end = 0, len(source)
        if source.count(self.old) != 1:
            start, end = _spans(source).get(self.function, (0, 0))
        if source.count(self.old, start, end) != 1:
            return None
        place = source.index(self.old, start, end)
        return source[:place] + self.new + source[place + len(self.old) :]


def listed() -> list[Mutant]:
    """Return the mutants of the list."""
    return [
        Mutant(module["file"], *change, module["tests"], is_killed=name == "killed")
        for module in tomllib.loads(LIST.read_text(encoding="utf-8"))["module"]
        for name in ("killed", "survives")
        for change in module.get(name, ())
    ]


@contextlib.contextmanager
def server():
    """Yield a function that says of a mutant whether it is "killed", "survives" or is "stale".

    It changes this process: call it in one that does nothing else.
    """
    os.environ |= {"OMP_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in PRELOAD:
            import_module(name)
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        tree = Path(folder)
        for path in ROOT.iterdir():
            if path.name not in (*COPIED, ".git"):
                (tree / path.name).symlink_to(path)
        for name in COPIED:
            shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
        places = [str(tree), str(tree / "plugins")]
        sys.path[:0] = places
        os.environ["PYTHONPATH"] = os.pathsep.join(places)
        os.chdir(tree)
        yield lambda mutant: _outcome(tree, mutant)


def _outcome(tree: Path, mutant: Mutant) -> str:
    path = tree / mutant.file
    source = path.read_text(encoding="utf-8") if path.is_file() else ""
    changed = mutant.applied(source)
    if changed is None:
        return "stale"
    try:
        _write(path, changed)
        code = _tested(mutant.tests)
    finally:
        _write(path, source)
    if code in (4, 5):  # pytest found no test
        return "stale"
    return "survives" if code == 0 else "killed"


def _write(path: Path, source: str) -> None:
    """Write a module, and remove its bytecode: it counts as fresh for files of one size and second."""
    path.write_text(source, encoding="utf-8")
    for compiled in path.parent.glob(f"__pycache__/{path.stem}.*"):
        compiled.unlink()


def _tested(tests: str) -> int:
    """Return the exit code of pytest in a fork; negative for a signal."""
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        os.setsid()
        signal.alarm(LONGEST_S)
        null = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(null, stream)
        import pytest

        code = 3
        with contextlib.suppress(BaseException):
            code = int(pytest.main([*_OPTIONS, *shlex.split(tests)]))
        os._exit(code)
    status = os.waitpid(pid, 0)[1]
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)  # what the tests left behind
    return os.waitstatus_to_exitcode(status)


def proposed(file: str, tests: str) -> list[Mutant]:
    """Return mutants of a file: comparisons and operators turned, checks removed, constants one off."""
    source = (ROOT / file).read_text(encoding="utf-8")
    found = {}
    for name, node in _functions(ast.parse(source)):
        for old, new in itertools.chain.from_iterable(_changes(source, each) for each in ast.walk(node)):
            mutant = Mutant(file, name, old, new, tests)
            if "\n" not in old and mutant.applied(source) is not None:
                found[name, old, new] = mutant
    return list(found.values())


def _changes(source: str, node: ast.AST):
    """Yield texts of a node and what to replace each with."""
    text = ast.get_source_segment(source, node) or ""
    if isinstance(node, ast.Compare | ast.BinOp | ast.BoolOp):
        operator = node.ops[0] if isinstance(node, ast.Compare) else node.op
        if swap := _SWAPS.get(type(operator)):
            other = {"ops": [swap(), *node.ops[1:]]} if isinstance(node, ast.Compare) else {"op": swap()}
            yield text, ast.unparse(type(node)(**vars(node) | other))
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield text, ast.get_source_segment(source, node.operand) or ""
    elif isinstance(node, ast.If) and isinstance(node.body[0], ast.Raise | ast.Return | ast.Continue):
        test = ast.get_source_segment(source, node.test) or ""
        yield f"if {test}:", "if False:"
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield text, str(not node.value)
    elif isinstance(node, ast.Call) and len(node.keywords) > 1:
        last = ast.get_source_segment(source, node.keywords[-1]) or ""
        yield f", {last})", ")"
    elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
        value = ast.get_source_segment(source, node.value) or ""
        if isinstance(node.value.value, int) and not isinstance(node.value.value, bool):
            yield text, text.replace(f"= {value}", f"= {node.value.value + 1}")


def _functions(tree: ast.AST, path: tuple[str, ...] = ()):
    """Yield the functions of a syntax tree by their qualified names, outer ones alone."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield ".".join((*path, node.name)), node
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node, (*path, node.name))
        elif not path and isinstance(node, ast.Assign):
            yield "", node


@functools.cache
def _spans(source: str) -> dict[str, tuple[int, int]]:
    """Return begin and end of each function in a source, by its qualified name."""
    starts = [0, *itertools.accumulate(map(len, source.splitlines(keepends=True)))]
    return {
        name: (starts[node.lineno - 1], starts[node.end_lineno])
        for name, node in _functions(ast.parse(source))
        if name
    }


def main(words: list[str]) -> int:
    """Print the outcome of mutants; return 1 if tests do not notice one that the list says they notice."""
    mutants = proposed(*words) if len(words) > 1 else listed()
    if len(words) == 1:
        today = datetime.now(UTC).date().isoformat()
        mutants = random.Random(today).sample(mutants, int(words[0]))  # noqa: S311 - no secret
    failures = []
    with server() as outcome:
        for number, mutant in enumerate(mutants):
            if number % 10 == 0 and outcome(replace(mutant, new=mutant.old)) == "killed":
                failures.append(f"{mutant.tests} fails without a mutant")
            found = outcome(mutant)
            print(f"{found:9}{mutant}", flush=True)
            if mutant.is_killed and found == "survives" and len(words) < 2:
                failures.append(f"survives, and the list says killed: {mutant}")
    print(*failures, sep="\n")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
