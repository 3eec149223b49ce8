"""A recorder of the imports that a block of code does itself, also of modules that were imported before.

An import inside the body of another module is not recorded: that body runs once in a process, so the record
would depend on what ran before.
"""

from __future__ import annotations

import builtins
import contextlib
import functools
import importlib
import sys
import tempfile
import threading
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genbench.catalog.unversioned import is_unversioned

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping
    from types import ModuleType

__all__ = ["Import", "Imports", "current_record", "recorded_imports"]

_HOST = Path(__file__).parents[1]


@dataclass(frozen=True)
class Import:
    """An import of a module, or a run of a file as one.

    name    the module; "" for a run of a file
    inner   the names after `from … import`, some of which may be modules
    file    the file that ran; "" for an import of a name
    source  the file whose code imports; None for code without a file
    """

    name: str = ""
    inner: tuple[str, ...] = ()
    file: str = ""
    source: str | None = None

    def modules(self) -> Iterator[tuple[str, Path]]:
        """Yield the outermost module that is imported, if it is unversioned, with its file.

        A namespace package has no file, so its modules count in its place.
        """
        parts = self.name.split(".")
        outer = (".".join(parts[:depth]) for depth in range(1, len(parts) + 1))
        first = next((each for each in outer if _file_of(each)), None)
        for name in (f"{self.name}.{each}" for each in self.inner) if first is None else (first,):
            if (file := _unversioned(_file_of(name))) is not None:
                yield name, file
        if self.file and (file := _unversioned(self.file)) is not None:
            yield file.parent.name if file.stem == "__init__" else file.stem, file


class Imports(set[Import]):
    """The imports of a block of code.

    opened  the absolute paths of the files that it opened to read, if `catalog.file_recorder` listens
    """

    def __init__(self) -> None:
        super().__init__()
        self.opened: set[Path] = set()

    def besides(self, counted: Callable[[], Iterable[Path]]) -> list[str]:
        """Return the unversioned modules that are not in some files, as "module from file.py".

        counted  returns these files; it is called only if there is an unversioned module

        Imports by other unversioned files are left out: they belong to another component, or to a module that
        is returned itself. So are imports by genbench, of what specs name, and modules that were written to
        the folder for temporary files, unless the files are there.
        """
        found = [(each.source, name, file) for each in self for name, file in each.modules()]
        if not found:
            return []
        known = {path.resolve() for path in counted()}
        temporary = Path(tempfile.gettempdir()).resolve()
        is_there = any(path.is_relative_to(temporary) for path in known)
        return sorted({
            f"{name} from {file.name}"
            for source, name, file in found
            if _is_own(source, known) and file not in known
            if is_there or not file.is_relative_to(temporary)
        })  # fmt: skip


@contextlib.contextmanager
def recorded_imports() -> Iterator[Imports]:
    """Record the imports of a block, except those of an inner block with its own record.

    Threads that the block starts are recorded too, other ones are not.
    """
    before, depth = _state.current, _state.depth
    imports = Imports()
    _state.current, _state.depth = imports, 0
    try:
        with contextlib.ExitStack() as stack:
            for owner, name, wrap in _WRAPPED if before is None else ():
                stack.enter_context(_wrapped(owner, name, wrap))
            yield imports
    finally:
        _state.current, _state.depth = before, depth


class _State(threading.local):
    """The record of a thread, and the number of imports that it is inside of."""

    current: Imports | None = None
    depth = 0


_state = _State()


@contextlib.contextmanager
def _wrapped(owner: Any, name: str, wrap: Callable[[Any], Any]) -> Iterator[None]:
    original = getattr(owner, name)
    setattr(owner, name, wrap(original))
    try:
        yield
    finally:
        setattr(owner, name, original)


def _statement(original: Callable[..., Any]) -> Callable[..., Any]:
    def statement(
        name: str,
        globals: Any = None,  # noqa: A002 - Python's name of it
        locals: Any = None,  # noqa: A002 - as above
        fromlist: Any = (),
        level: int = 0,
    ) -> Any:
        imports = current_record()
        if imports is None:
            return original(name, globals, locals, fromlist, level)
        if not level:  # a relative import stays in its package
            imports.add(Import(name, tuple(fromlist or ()), source=_source(globals)))
        return _inside(original, name, globals, locals, fromlist, level)

    return statement


def _function(original: Callable[..., Any]) -> Callable[..., Any]:
    def function(name: str, package: str | None = None, level: int = 0) -> Any:
        imports = current_record()
        if imports is None:
            return original(name, package, level)
        module = _inside(original, name, package, level)
        imports.add(Import(module.__name__ if level else name, source=_source()))
        return module

    return function


def _run(original: Callable[..., Any]) -> Callable[..., Any]:
    def exec_module(self: Any, module: ModuleType) -> None:
        imports, source = current_record(), _source()
        if imports is None or _is_host(source):  # the body of a plugin file is a block of its own
            original(self, module)
        else:
            imports.add(Import(file=self.path, source=source))
            _inside(original, self, module)

    return exec_module


def _start(original: Callable[..., Any]) -> Callable[..., Any]:
    def start(self: threading.Thread) -> None:
        record, run = _state.current, self.run

        def recorded() -> None:
            _state.current = record
            run()

        if record is not None:
            self.run = recorded  # type: ignore[method-assign]
        original(self)

    return start


def _source(variables: Mapping[str, Any] | None = None) -> str | None:
    """Return the file of the code that imports, given by its global variables, or else by the stack."""
    frame = sys._getframe(2)  # noqa: SLF001 - the caller of what is wrapped
    while variables is None or str(variables.get("__name__")).partition(".")[0] == importlib.__name__:
        variables, frame = frame.f_globals, frame.f_back or frame
    file = variables.get("__file__")
    return file if isinstance(file, str) else None


def _is_own(source: str | None, known: Container[Path]) -> bool:
    """Return whether code of a file runs as a component's: its own files, and those with a version."""
    file = _unversioned(source)
    return not _is_host(source) if file is None else file in known


def _is_host(source: str | None) -> bool:
    return source is not None and Path(source).is_relative_to(_HOST)


def current_record() -> Imports | None:
    """Return the record for what this thread does now, or None, as inside of an import."""
    return None if _state.depth else _state.current


def _inside(original: Callable[..., Any], *arguments: Any) -> Any:
    _state.depth += 1
    try:
        return original(*arguments)
    finally:
        _state.depth -= 1


def _file_of(name: str) -> str | None:
    """Return the `__file__` of an imported module, without its own attribute access, as lazy modules have."""
    with contextlib.suppress(AttributeError):  # not all that is in sys.modules are modules
        file = object.__getattribute__(sys.modules.get(name), "__dict__").get("__file__")
        return file if isinstance(file, str) else None
    return None


@functools.lru_cache(maxsize=4096)
def _unversioned(file: str | None) -> Path | None:
    """Return a file of source with links resolved, None if a version stands for it or it does not exist.

    Of a module in a zip file, it is the zip file.
    """
    if file is None or not file.endswith(".py") or not Path(file).is_absolute():
        return None
    path = Path(file).resolve()
    found = next((each for each in (path, *path.parents) if each.exists()), path)
    return found if found.is_file() and is_unversioned(found) else None


def _definer(kind: type, name: str) -> type:
    """Return the class, of a class and its bases, that defines a method."""
    return next(each for each in kind.__mro__ if name in vars(each))


#: Where each import statement, import by a function, run of a file as a module, and start of a thread passes.
_WRAPPED: tuple[tuple[Any, str, Callable[..., Any]], ...] = (
    (builtins, "__import__", _statement),
    (vars(importlib)["_bootstrap"], "_gcd_import", _function),  # import_module may be known by another name
    (_definer(SourceFileLoader, "exec_module"), "exec_module", _run),
    (threading.Thread, "start", _start),
)
