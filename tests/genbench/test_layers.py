"""The floor plan: which packages there are, which may import which, and how large they may grow.

All imports count, those inside functions and those that only type checkers see included.
"""

from __future__ import annotations

import ast
import functools
import importlib
import re
import runpy
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import genbench

#: A package imports itself and the packages before it.
ORDER = (
    "core", "files", "contract", "catalog", "suite", "store", "results", "board", "trial", "jobs", "runs",
    "scoring", "verification", "checks", "report", "arena", "cli",
)  # fmt: skip

#: Pairs that must never be joined, even where the order allows it.
FORBIDDEN = (
    ("board", "trial"),
    ("board", "jobs"),
    ("jobs.isolation", "trial"),
    ("results", "store"),
    ("scoring", "runs"),
    ("checks", "runs"),
    ("checks", "scoring"),
)

#: Imports of a later package: a run draws its own charts.
UPWARDS = {("genbench.runs.readable", "genbench.report.charts.kinds")}

MOST_LINES, MOST_BODY_LINES = 600, 40

#: How many lines of code the host, the plugins and the tests may have. A change that needs more lines in the
#: host or in plugins says how many; tests may then grow by two lines for each.
BUDGETS = {"genbench": 34_050, "plugins": 24_410, "tests": 76_110}

ROOT = Path(genbench.__file__).parent
TESTS = Path(__file__).parents[1]
CODE_LINES = runpy.run_path(str(TESTS / "code_lines.py"))
FILES = {
    ".".join(("genbench", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__"): path
    for path in sorted(ROOT.rglob("*.py"))
}
PLUGINS = {
    point.value: Path(importlib.import_module(point.value).__file__).parent
    for point in entry_points(group="genbench")
    if point.dist.name == "genbench"
}
#: All files of the host and the plugins.
SOURCES = [*FILES.values(), *(path for folder in PLUGINS.values() for path in folder.rglob("*.py"))]


@functools.cache
def parse_file(path):
    """Return the syntax tree of a file, parsed once, and not while tests are collected."""
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module", autouse=True)
def parsed():
    """Parse all files before the first test, whose CPU time it would be: it takes seconds."""
    for path in SOURCES:
        imports(path)


@functools.cache
def imports(path):
    """Return (module, name or None) of all that a file imports."""
    found = []
    for node in ast.walk(parse_file(path)):
        if isinstance(node, ast.Import):
            found += [(alias.name, None) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import"
            found += [(node.module, alias.name) for alias in node.names]
    return found


def imported_modules(path):
    """Return the modules of genbench that a file imports, be it whole or a name of one."""
    found = {f"{module}.{name}" if f"{module}.{name}" in FILES else module for module, name in imports(path)}
    return found & set(FILES)


TOP = {
    "genbench",
    "genbench.__main__",
    "genbench._version",
    "genbench.testing",
}  # public names, program, version


@functools.cache
def import_graph():
    """Return the modules of genbench that each of them imports."""
    return {name: imported_modules(path) for name, path in FILES.items() if name != "genbench"}


def package(module):
    return module.split(".")[1]


def cycles(graph):
    """Return the groups of modules that import one another, by Tarjan's algorithm."""
    numbers, lowest, stack, found = {}, {}, [], []

    def visit(module):
        numbers[module] = lowest[module] = len(numbers)
        stack.append(module)
        for other in graph.get(module, ()):
            if other not in numbers:
                visit(other)
            if other in stack:
                lowest[module] = min(lowest[module], lowest[other])
        if lowest[module] == numbers[module]:
            place = stack.index(module)
            found.append(stack[place:])
            del stack[place:]

    for module in graph:
        if module not in numbers:
            visit(module)
    return [group for group in found if len(group) > 1]


def test_all_packages_are_in_the_order():
    assert {path.parent.name for path in ROOT.glob("*/__init__.py")} == set(ORDER)
    assert {path.name for path in ROOT.glob("*.py")} == {
        "__init__.py",
        "__main__.py",
        "_version.py",
        "plugin.py",
        "testing.py",
    }


def test_a_package_imports_only_those_before_it():
    wrong = [
        f"{module} imports {other}"
        for module, others in import_graph().items()
        if module not in TOP
        for other in others - TOP
        if ORDER.index(package(other)) > ORDER.index(package(module)) and (module, other) not in UPWARDS
    ]
    assert not wrong


def test_packages_that_must_not_know_each_other_do_not():
    wrong = [
        f"{module} imports {other}"
        for one, two in FORBIDDEN
        for module, others in import_graph().items()
        if f"{module}.".startswith(f"genbench.{one}.")
        for other in others - TOP
        if package(other) == two
    ]
    assert not wrong


def test_core_imports_nothing_of_genbench():
    inside = {module: others for module, others in import_graph().items() if package(module) == "core"}
    assert not [
        module for module, others in inside.items() if {package(o) for o in others - {"genbench"}} - {"core"}
    ]


def test_no_module_imports_the_package_itself():
    strangers = {"genbench.checks.testing.toys", "genbench.checks.testing.fixtures"}  # as code of users does
    assert {module for module, others in import_graph().items() if "genbench" in others} == strangers


def test_no_modules_import_one_another():
    assert cycles(import_graph()) == []


def test_the_search_for_cycles_finds_them():
    assert cycles({"a": {"b"}, "b": {"c"}, "c": {"b", "d"}, "d": set()}) == [["b", "c"]]
    assert cycles({"a": {"b", "c"}, "b": {"d"}, "c": {"d"}, "d": set()}) == []


def test_genbench_imports_no_plugin_by_name():
    wrong = [
        f"{name} imports {module}"
        for name, path in FILES.items()
        for module, _ in imports(path)
        if module.startswith("genbench_")
    ]
    assert not wrong


def test_importing_genbench_imports_only_its_version():
    tree = ast.parse((ROOT / "__init__.py").read_text(encoding="utf-8"))
    at_top = [node.module for node in tree.body if isinstance(node, ast.ImportFrom)]
    assert [module for module in at_top if module.startswith("genbench")] == ["genbench._version"]


def test_a_plugin_imports_public_names_of_genbench_and_no_other_plugin():
    wrong = []
    for plugin, folder in PLUGINS.items():
        for path in sorted(folder.rglob("*.py")):
            for module, name in imports(path):
                if module.split(".")[0] == plugin or not module.startswith("genbench"):
                    continue
                if module != "genbench" or name not in genbench.__all__:
                    wrong.append(f"{plugin}/{path.name} imports {name} of {module}")
    assert not wrong


def test_a_module_has_at_most_600_lines():
    lines = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in FILES.items()}
    assert not {name: n for name, n in lines.items() if n > MOST_LINES}


@pytest.fixture(scope="module")
def code_line_counts():
    """Return the number of lines of code of each folder, which takes seconds."""
    return {folder: CODE_LINES["count_lines"](TESTS.parent / folder) for folder in BUDGETS}


def test_host_plugins_and_tests_keep_to_their_budgets_of_code_lines(code_line_counts):
    assert not {folder: n for folder, n in code_line_counts.items() if n > BUDGETS[folder]}


def test_lines_of_code_are_neither_blank_nor_comments_nor_docstrings():
    lines = [
        '"""A module."""', "", "# why", 'a = """x', "", "# y", '"""', "", "def f():",
        '    """A function.', "", "    More.", '    """', "    return (", "        a  # why", "    )",
    ]  # fmt: skip
    assert CODE_LINES["code_lines"]("\n".join(lines)) == {4, 5, 6, 7, 9, 14, 15, 16}


def test_what_a_build_copied_adds_no_lines_of_code(tmp_path):
    for folder in (tmp_path / "package", tmp_path / "build" / "lib"):
        folder.mkdir(parents=True)
        (folder / "module.py").write_text("x = 1\n", encoding="utf-8")
    assert CODE_LINES["count_lines"](tmp_path) == 1


def test_the_first_file_of_a_package_holds_a_docstring_and_nothing_else():
    wrong = [
        name
        for name, path in FILES.items()
        if path.name == "__init__.py"
        and path.parent != ROOT  # its names are public
        and len(parse_file(path).body) != 1
    ]
    assert not wrong


def says_specs(node):
    """Return whether a statement imports, or defines a constant, or a private function that helps to."""
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return all(target.id == "__all__" or target.id.isupper() for target in targets)
    if isinstance(node, ast.FunctionDef):
        return node.name.startswith("_")
    return isinstance(node, (ast.Import, ast.ImportFrom))


def test_the_first_file_of_a_family_of_a_plugin_holds_a_docstring_and_specs():
    files = [path for folder in PLUGINS.values() for path in sorted(folder.glob("*/__init__.py"))]
    trees = {path: parse_file(path) for path in files}
    assert len(trees) > 10
    assert not [path for path, tree in trees.items() if not ast.get_docstring(tree)]
    assert not [path for path, tree in trees.items() if not all(map(says_specs, tree.body[1:]))]


def family(plugin, name):
    """Return the family that a dotted name of a plugin is in, or None."""
    parts = name.split(".")
    is_family = len(parts) > 1 and parts[0] == plugin and (PLUGINS[plugin] / parts[1]).is_dir()
    return parts[1] if is_family else None


def test_families_of_a_plugin_do_not_import_one_another():
    for plugin, folder in PLUGINS.items():
        graph = {path.parent.name: set() for path in folder.glob("*/__init__.py")}
        for name in graph:
            for path in (folder / name).glob("*.py"):
                graph[name] |= {family(plugin, f"{module}.{item}") for module, item in imports(path)}
        assert cycles({name: others - {name, None} for name, others in graph.items()}) == []


def test_a_module_of_a_plugin_has_at_most_600_lines():
    files = [path for folder in PLUGINS.values() for path in folder.rglob("*.py")]
    lines = {str(path): len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    assert not {path: n for path, n in lines.items() if n > MOST_LINES}


def long_functions(tree, most):
    """Return the functions whose body has more lines, from the first statement after the docstring on."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    bodies = {node: node.body[1:] if ast.get_docstring(node) else node.body for node in functions}
    return [node.name for node, body in bodies.items() if body and node.end_lineno - body[0].lineno >= most]


def test_the_body_of_a_function_has_at_most_40_lines():
    found = {str(path): long_functions(parse_file(path), MOST_BODY_LINES) for path in SOURCES}
    assert not {path: names for path, names in found.items() if names}


def test_the_search_for_long_functions_counts_neither_signature_nor_docstring():
    head = 'def f(\n    a,\n    b,\n):\n    """Text.\n\n    More.\n    """\n'
    source = head + "    a = (\n        b\n    )\n    return a"
    assert long_functions(ast.parse(source), 4) == []
    assert long_functions(ast.parse(source), 3) == ["f"]


#: Where a module of genbench may be named by a string: it is imported later, by that name.
TABLES = {
    ("genbench.cli.main", "_COMMANDS"),
    ("genbench.cli.arena.group", "_COMMANDS"),
    ("genbench.jobs.engine.runner", "PRELOAD"),
}


def test_no_two_public_classes_have_one_name():
    homes = {}
    for name, path in FILES.items():
        for node in parse_file(path).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes.setdefault(node.name, []).append(name)
    assert not {name: modules for name, modules in homes.items() if len(modules) > 1}


def strings(tree):
    """Return the strings in a module's code, docstrings left out, each with the constant it is part of."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and isinstance(node.body[0], ast.Expr)
    }
    for statement in tree.body:
        targets = getattr(statement, "targets", [getattr(statement, "target", None)])
        constant = getattr(targets[0], "id", None) if targets else None
        for node in ast.walk(statement):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
                yield constant, node.value


def test_no_string_outside_these_tables_names_a_module():
    pattern = re.compile(r"\bgenbench(?:\.\w+)+")
    used = set()
    for name, path in FILES.items():
        for constant, text in strings(parse_file(path)):
            known = [word for word in pattern.findall(text) if ".".join(word.split(".")[:3]) in FILES]
            if known:
                used.add((name, constant))
    assert used == TABLES
