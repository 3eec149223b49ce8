"""Imports in Python source, and the files of a folder that they mean; nothing is imported."""

from __future__ import annotations

import ast
import contextlib
import functools
import importlib.util
import os
import re
import sys
import sysconfig
import threading
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from typing import TYPE_CHECKING

from genbench.contract.hookspecs import PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator

__all__ = [
    "find_module", "find_module_paths", "find_modules", "find_paths_in", "find_unversioned_paths",
    "follow_imports", "is_unversioned", "list_files", "read_imports", "read_reached_sources",
]  # fmt: skip

#: A text that names an object as specs do, such as "helper:distance".
_TARGET = re.compile(r"([A-Za-z_][\w.]*):[A-Za-z_][\w.]*")

#: The beginning of an expression of text that names a module: all of it, or what precedes a computed part.
_BEGINNING = re.compile(r"f?['\"]([\w.]*)")

#: Functions that import the module whose name is their first argument, `name`.
_IMPORTERS = frozenset({"import_module", "__import__"})

#: Held while a thread makes a syntax tree, since Python 3.11 fails where two threads do so at once.
_PARSING = threading.Lock()

_SKIPPED = frozenset({"__pycache__", "site-packages"})

_INSTALLED = frozenset({"site-packages", "dist-packages"})
_HOME = Path(__file__).resolve().parents[2]

#: Folders of Python and of genbench itself; the last one, in a checkout, holds genbench's own plugins.
_VERSIONED = (
    *(Path(sysconfig.get_path(name)).resolve() for name in ("stdlib", "platstdlib")),
    _HOME / PROJECT,
    _HOME / "plugins",
)


def follow_imports(file: Path, package: str, locate: Callable[[str], tuple[Path, ...]]) -> dict[str, Path]:
    """Return the modules that a file of source imports, directly or through one another: file by name.

    package  the package of the file, for its relative imports; "" for a file without one
    locate   returns the file of a module, or the folders of a package; () for modules that do not count

    Imports inside functions count, and modules named by a text: "module:attribute" as in specs, and
    `import_module("module")`. Of a name that is computed, as in `import_module(f"package.{name}")`, the
    package counts. Of a package with an `__init__.py`, all files of source count. Raises OSError if a file
    cannot be read; a file with a syntax error imports nothing.
    """
    modules: dict[str, Path] = {}
    names: set[str] = set()
    todo = [(file, package)]
    locate = functools.cache(locate)  # each name is looked up once
    while todo:
        source, its_package = todo.pop()
        new_names = read_imports(source.read_bytes(), its_package) - names
        names |= new_names
        for name in sorted(new_names):
            for module, path in find_modules(name, locate, modules):
                if module not in modules:
                    modules[module] = path
                    is_package = path.name == "__init__.py"
                    todo.append((path, module if is_package else module.rpartition(".")[0]))
    return dict(sorted(modules.items()))


@functools.lru_cache(maxsize=1024)  # more files than genbench and its plugins have
def read_imports(source: bytes, package: str) -> frozenset[str]:
    """Return the names of modules that source imports.

    package  the package in which relative imports are resolved

    Of "from a import b", the names are "a" and "a.b", since b may be a module or an attribute.
    """
    return frozenset(name for node in _parse_nodes(source) for name in _list_names(node, package))


def _parse_nodes(source: bytes) -> list[ast.AST]:
    """Return the nodes of the syntax tree of source; none if it cannot be parsed, and so not imported."""
    try:
        with _PARSING:
            return list(ast.walk(ast.parse(source)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def find_modules(
    name: str, locate: Callable[[str], tuple[Path, ...]], known: Container[str] = ()
) -> Iterator[tuple[str, Path]]:
    """Yield the modules that a dotted name means, as (name, file); of a package all its modules.

    locate  as for `follow_imports`
    known   packages whose modules were yielded before

    Folders without `__init__.py` are a namespace: of these, only the module that `name` states is yielded.
    After a package, the rest of the name is looked up too, since its module may lie outside the folder.
    """
    parts = name.split(".")
    for depth in range(1, len(parts) + 1):
        module = ".".join(parts[:depth])
        paths = locate(module)
        if any((path / "__init__.py").is_file() for path in paths):
            if module not in known:
                for folder in paths:
                    yield from _list_package_modules(module, folder)
        elif not paths or paths[0].is_file():
            yield from ((module, path) for path in paths)
            return  # a module contains no other one; a part that follows is an attribute
        # Else the folders are a namespace, in which the next part of the name is looked up.


def find_paths_in(folder: Path, name: str) -> tuple[Path, ...]:
    """Return the file of a module below a folder, or the folder of a package; none if it is not there."""
    path = folder.joinpath(*name.split("."))
    file = path.with_name(f"{path.name}.py")
    if file.is_file() and not (path / "__init__.py").is_file():
        return (file,)
    return (path,) if path.is_dir() else ()


def _list_package_modules(name: str, home: Path) -> Iterator[tuple[str, Path]]:
    """Yield the modules below the folder of a package, as (full name, file), without hidden ones."""
    for path in list_files(home):
        inner = path.relative_to(home).with_suffix("").parts
        if path.suffix == ".py" and not any(part in _SKIPPED or part.startswith(".") for part in inner):
            yield ".".join((name, *inner)).removesuffix(".__init__"), path


def list_files(home: Path) -> list[Path]:
    """Return all files below the folder of a package, sorted.

    Links to folders are followed, except a link to a folder that contains the link.
    """
    files: list[Path] = []
    for name, folders, names in os.walk(home, followlinks=True):
        folder = Path(name)
        files += (folder / file_name for file_name in names)
        # `os.walk` enters only the folders that remain in its list.
        folders[:] = [inner for inner in folders if not _is_link_to_parent(folder / inner, home)]
    return sorted(files)


def _is_link_to_parent(folder: Path, home: Path) -> bool:
    """Return whether a folder below `home` is a link to a folder that contains the link."""
    if not folder.is_symlink():
        return False
    target = folder.resolve()
    # the folders through which the walk came; each may be a link itself, so its target is compared
    parents = (parent for parent in folder.parents if parent.is_relative_to(home))
    return any(parent.resolve().is_relative_to(target) for parent in parents)


def _list_names(node: ast.AST, package: str) -> Iterator[str]:
    """Yield the modules that a node of a syntax tree may import; relative imports are relative to `package`.

    The node is an import, a call such as `import_module`, or a text such as "module:function", which a spec
    imports later.
    """
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = ".".join(filter(None, (_resolve_parent(package, node.level), node.module)))
        # In "from a import b", b may be a module too.
        yield from filter(None, (base, *(f"{base}.{alias.name}".lstrip(".") for alias in node.names)))
    elif isinstance(node, ast.Call):
        called = node.func
        function = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", None)
        if function in _IMPORTERS:
            by_keyword = (keyword.value for keyword in node.keywords if keyword.arg == "name")
            arguments = (*node.args[:1], *by_keyword)
            yield from filter(None, (_read_module_name(argument, package) for argument in arguments))
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        target = _TARGET.fullmatch(node.value)
        if target is not None:
            yield target[1]


def _read_module_name(argument: ast.expr, package: str) -> str:
    """Return the module that an argument of an importer names; "" if all of it is computed.

    If only the end is computed, as in `f"package.{name}"`, the package is returned.
    """
    # the literal text in front: all of "package.module", or "package." of f"package.{name}"
    beginning = _BEGINNING.match(ast.unparse(argument))
    text = beginning[1] if beginning else ""
    # Of "package.{name}", the computed part and the dot before it are dropped.
    name = text if isinstance(argument, ast.Constant) else text.rpartition(".")[0]
    level = len(name) - len(name.lstrip("."))  # of a relative import: the number of dots
    return ".".join(filter(None, (_resolve_parent(package, level), name[level:])))


def _resolve_parent(package: str, level: int) -> str:
    """Return the package that `level` dots of an import inside `package` mean, "" for an absolute import."""
    parts = package.split(".") if package and level else []
    return ".".join(parts[: len(parts) - level + 1])  # one dot means the package itself


def find_module(name: str) -> ModuleSpec | None:
    """Return the spec of a module, None if it is not installed; unlike importlib, imports no parent of it.

    A module in sys.modules without a spec, such as a stub, gets a spec without an origin.
    """
    parts = name.split(".")
    try:
        spec = importlib.util.find_spec(parts[0])
    except ValueError:  # it is in sys.modules, and its __spec__ is None
        spec = ModuleSpec(parts[0], None)
    for depth in range(2, len(parts) + 1):
        if spec is None or spec.submodule_search_locations is None:
            return None
        spec = _find_in_package(".".join(parts[:depth]), list(spec.submodule_search_locations))
    return spec


def _find_in_package(name: str, folders: list[str]) -> ModuleSpec | None:
    """Return the spec of a module, by its full name, in a package with these folders; None if not found.

    The package itself is not imported.
    """
    for finder in sys.meta_path:
        # for a namespace, a finder raises KeyError: it looks for the parent in sys.modules before its import
        with contextlib.suppress(KeyError):
            spec = finder.find_spec(name, folders)
            if spec is not None:
                return spec
    # the last part of the name, looked up as a top-level name in these folders, needs no parent
    return PathFinder.find_spec(name.rpartition(".")[2], folders)


def find_module_paths(name: str) -> tuple[Path, ...]:
    """Return the file of an importable module, or the folders of a package, with links resolved.

    A namespace may have several folders. Nothing is imported.
    """
    spec = find_module(name)
    # a package has folders; a module has an origin, which is None for a stub
    texts = () if spec is None else spec.submodule_search_locations or filter(None, [spec.origin])
    return tuple(dict.fromkeys(path.resolve() for path in map(Path, texts) if path.exists()))


def find_unversioned_paths(name: str) -> tuple[Path, ...]:
    """Return the file of a module, or a package's folders, if no installed version identifies the content.

    They are on PYTHONPATH, in the working folder, or in a project that is installed for editing. What a
    plugin file imports of them counts as its code.
    """
    if name.partition(".")[0] in (*sys.stdlib_module_names, PROJECT):
        return ()
    # a compiled module, such as a .so file, has no source whose imports could be followed
    paths = (path for path in find_module_paths(name) if path.is_dir() or path.suffix == ".py")
    return tuple(filter(is_unversioned, paths))


def is_unversioned(path: Path) -> bool:
    """Return whether a path, with links resolved, is in no installed Python, genbench or package.

    No version then identifies its content, so the keys of stored results contain the content's hash.
    """
    return not any(map(path.is_relative_to, _VERSIONED)) and _INSTALLED.isdisjoint(path.parts)


def read_reached_sources(module: str) -> Iterator[bytes]:
    """Yield the source of a module and of modules that it imports, directly or not, each once.

    Only modules of its own top-level package count. A package that contains one of them counts only if it is
    imported by name. A module that is not found, or that has no .py file, is skipped.
    """
    top_level = module.partition(".")[0]
    todo, seen = [module], {module}
    while todo:
        name = todo.pop()
        spec = find_module(name)
        if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
            continue
        source = Path(spec.origin).read_bytes()
        yield source
        package = name if spec.submodule_search_locations else name.rpartition(".")[0]
        imported = read_imports(source, package) - seen
        names = {each for each in imported if each.partition(".")[0] == top_level}
        seen |= names
        todo += names
