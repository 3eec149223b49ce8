"""The floor plan: which packages there are, which may import which, and how large they may grow.

All imports count, those inside functions and those that only type checkers see included.
"""

from __future__ import annotations

import ast
import importlib
from importlib.metadata import entry_points
from pathlib import Path

import genbench

#: A package imports itself and the packages before it.
ORDER = (
    "core", "files", "contract", "catalog", "suite", "store", "results", "board", "trial", "isolation",
    "engine", "runs", "scoring", "verification", "doctor", "battery", "cli",
)  # fmt: skip

#: Pairs that must never be joined, even where the order allows it.
FORBIDDEN = (("board", "trial"), ("isolation", "trial"), ("results", "store"), ("scoring", "runs"))

MOST_MODULES, MOST_COMMANDS, MOST_LINES = 16, 18, 400

#: What plugins may import: the names of the package itself, and the public names of these modules.
PUBLIC = {
    "contract.specs", "core.canonical_json", "core.errors", "core.labels", "core.samples", "core.scores",
    "core.seeds", "core.spaces", "core.splits", "files.read", "files.text_files", "scoring.readers",
}  # fmt: skip

ROOT = Path(genbench.__file__).parent
FILES = {
    ".".join(("genbench", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__"): path
    for path in sorted(ROOT.rglob("*.py"))
}
PLUGINS = {
    point.value: Path(importlib.import_module(point.value).__file__).parent
    for point in entry_points(group="genbench")
    if point.dist.name == "genbench"
}


def imports(path):
    """Return (module, name or None) of all that a file imports."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
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


GRAPH = {name: imported_modules(path) for name, path in FILES.items() if name != "genbench"}


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
    assert {path.name for path in ROOT.glob("*.py")} == {"__init__.py", "_version.py"}


def test_a_package_imports_only_those_before_it():
    wrong = [
        f"{module} imports {other}"
        for module, others in GRAPH.items()
        if module != "genbench._version"
        for other in others - {"genbench", "genbench._version"}
        if ORDER.index(package(other)) > ORDER.index(package(module))
    ]
    assert not wrong


def test_packages_that_must_not_know_each_other_do_not():
    wrong = [
        f"{module} imports {other}"
        for module, others in GRAPH.items()
        for other in others - {"genbench", "genbench._version"}
        if (package(module), package(other)) in FORBIDDEN
    ]
    assert not wrong


def test_core_imports_nothing_of_genbench():
    inside = {module: others for module, others in GRAPH.items() if package(module) == "core"}
    assert not [
        module for module, others in inside.items() if {package(o) for o in others - {"genbench"}} - {"core"}
    ]


def test_no_module_imports_the_package_itself():
    assert not [module for module, others in GRAPH.items() if "genbench" in others]


def test_no_modules_import_one_another():
    assert cycles(GRAPH) == []


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


def test_a_plugin_imports_public_names_only_and_no_other_plugin():
    allowed = {"genbench", *(f"genbench.{name}" for name in PUBLIC)}
    wrong = []
    for plugin, folder in PLUGINS.items():
        for path in sorted(folder.rglob("*.py")):
            for module, name in imports(path):
                if module.split(".")[0] == plugin or not module.startswith("genbench"):
                    continue
                if module not in allowed or name not in importlib.import_module(module).__all__:
                    wrong.append(f"{plugin}/{path.name} imports {name} of {module}")
    assert not wrong


def test_a_folder_holds_few_modules():
    counts = {
        folder: len(list(folder.glob("*.py"))) - 1
        for folder in {path.parent for path in FILES.values()} - {ROOT}
    }
    most = {ROOT / "cli": MOST_COMMANDS}
    assert not {str(folder): n for folder, n in counts.items() if n > most.get(folder, MOST_MODULES)}


def test_a_module_has_at_most_400_lines():
    lines = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in FILES.items()}
    assert not {name: n for name, n in lines.items() if n > MOST_LINES}


def test_the_first_file_of_a_package_holds_a_docstring_and_nothing_else():
    wrong = [
        name
        for name, path in FILES.items()
        if path.name == "__init__.py"
        and path.parent != ROOT
        and len(ast.parse(path.read_text(encoding="utf-8")).body) != 1
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
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in files}
    assert len(trees) > 10
    assert not [path for path, tree in trees.items() if not ast.get_docstring(tree)]
    assert not [path for path, tree in trees.items() if not all(map(says_specs, tree.body[1:]))]


def test_a_module_of_a_plugin_has_at_most_400_lines():
    files = [path for folder in PLUGINS.values() for path in folder.rglob("*.py")]
    lines = {str(path): len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    assert not {path: n for path, n in lines.items() if n > MOST_LINES}
