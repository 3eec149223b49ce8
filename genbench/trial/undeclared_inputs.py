"""Files that a component opens and programs that it starts although their content is in no key.

One audit hook of Python (PEP 578) hears of them. It hears neither what a compiled library opens (safetensors,
HDF5, ONNX) nor what another process or a thread of the component does.
"""

from __future__ import annotations

import contextlib
import functools
import os
import re
import shutil
import sys
import sysconfig
import tempfile
import threading
import time
from dataclasses import dataclass, field
from importlib.util import source_from_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs

from genbench.core.names import join_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import FrameType

__all__ = ["ADVICE", "Undeclared", "is_undeclared", "record_inputs"]

_PROGRAMS = frozenset({"subprocess.Popen", "os.exec", "os.posix_spawn", "os.system"})
_SHELLS, _PYTHON = frozenset({"sh", "bash", "dash", "zsh"}), re.compile(r"python[0-9.]*")
_LISTINGS = frozenset({"os.listdir", "os.scandir"})
_IMPORTER = "<frozen importlib"  # begins the file names of the import system's code
_ACCESS = os.O_RDONLY | os.O_WRONLY | os.O_RDWR
_SITE, _METADATA = {"site-packages", "dist-packages"}, (".dist-info", ".egg-info")
_STDLIB, _HOST = Path(sysconfig.get_path("stdlib")), Path(__file__).parents[1]
_TICK_NS = 20_000_000  # the coarsest clock of Linux's file times, CONFIG_HZ=100, twice
_MOST_NAMES = 6  # of files or programs in a message
#: How the notice of a run ends.
ADVICE = (
    ", whose content is in no key, so other content keeps old results: name each file and program with an "
    "option of the type Path"
)

#: Folders of the system; and, below the prefixes of Python and of the system, those of installations. Users
#: may have files of their own elsewhere below a prefix, as in /usr/src.
_OF_SYSTEM = ("/dev", "/etc", "/proc", "/run/lock", "/run/systemd", "/sys", "/Library", "/System")
_OF_PREFIX = ("bin", "etc", "include", "lib", "lib32", "lib64", "libexec", "sbin", "share", "Lib", "Scripts")


@dataclass(frozen=True)
class Undeclared:
    """What a block of code read beside its declared inputs.

    known        files and folders that count as declared, with all that is in them: code, options, artefacts
    start_ns     when the block began, in nanoseconds since 1970: newer files are its own
    is_thorough  whether three more things count: folders that are listed, modules that are imported, and what
                 the bodies of modules do. A module is imported once in a process, so the record of a run
                 leaves them out: a notice must not depend on what ran before
    """

    known: tuple[Path, ...]
    start_ns: int
    is_thorough: bool = False
    opened: set[Path] = field(default_factory=set)
    listed: set[Path] = field(default_factory=set)
    started: set[Path] = field(default_factory=set)

    def to_notice(self) -> str:
        """Return the text of a notice of a run, "" if there are no undeclared inputs."""
        text = self.to_text()
        return f"{text}{ADVICE}" if text else ""

    def to_text(self) -> str:
        """Return the inputs as "opened a.txt and started sampler", names sorted; "" if there are none.

        Installed files, files of `known`, and files that the recorded code itself wrote are left out.
        """
        if not self.opened and not self.listed and not self.started:
            return ""  # early, since resolving the known paths is slow where a component has many files
        declared = {each for path in self.known for each in (path.absolute(), path.resolve())}
        known = declared | _find_installed_folders()
        inputs = {
            "opened": {path.name for path in self.opened if self._is_input(path, known)},
            "listed": {path.name for path in self.listed if self._is_input(path, known)},
            # installed programs count: no key has their versions
            "started": {path.name for path in self.started if _is_outside(path, declared)},
        }
        return " and ".join(
            f"{verb} {join_names(sorted(names), _MOST_NAMES)}" for verb, names in inputs.items() if names
        )

    def _is_input(self, path: Path, known: set[Path]) -> bool:
        """Return whether a path is an input: older than the recorded code, not installed, and not `known`.

        known  files and folders that count as declared, with all that is in them

        Of the opened paths only plain files count, and of the listed paths only folders. A file that has been
        removed is no input.
        """
        file = path.resolve()
        try:
            # The change time, since a copied file may keep an old write time. It is coarse: a file that the
            # recorded code wrote may seem older than the start of the code by a tick.
            is_old = file.stat().st_ctime_ns < self.start_ns - _TICK_NS
        except OSError:
            return False
        is_plain = file.is_dir() if path in self.listed else file.is_file()
        is_installed = _SITE & set(file.parts) or file.parent.suffix in _METADATA
        return is_old and is_plain and not is_installed and _is_outside(path, known)


def _is_outside(path: Path, known: set[Path]) -> bool:
    """Return whether a path, as it is and with links resolved, is neither `known` nor in a known folder."""
    file = path.resolve()
    return known.isdisjoint((path, *path.parents, file, *file.parents))


def is_undeclared(text: str) -> bool:
    """Return whether a notice's text names undeclared inputs: files whose content no key (a hash) covers."""
    return text.endswith(ADVICE)


class _State(threading.local):
    """The Undeclared that records what this thread does now, None outside of `record_inputs`."""

    current: Undeclared | None = None


_state = _State()


@contextlib.contextmanager
def record_inputs(known: Iterable[Path], *, is_thorough: bool = False) -> Iterator[Undeclared]:
    """Give an Undeclared that records what this thread opens, lists and starts in the block.

    known        files and folders that count as declared inputs; the scratch folder of a job is added
    is_thorough  whether listed folders and imported modules count too; they always do if they count in the
                 block around this one

    A block inside another has a record of its own, and the outer record lacks what happens in it.
    """
    _add_hook()
    # A job runs in its folder for temporary files. That starts empty, so the job wrote all files in it.
    scratch = Path(tempfile.gettempdir())
    known = [*known, scratch] if scratch.exists() and scratch.samefile(os.curdir) else known
    outer_record = _state.current
    is_thorough = is_thorough or (outer_record is not None and outer_record.is_thorough)
    _state.current = record = Undeclared(tuple(known), time.time_ns(), is_thorough)
    try:
        yield record
    finally:
        _state.current = outer_record


@functools.cache
def _add_hook() -> None:
    """Add the audit hook; once, since Python can remove none."""
    sys.addaudithook(_record_event)


def _record_event(event: str, arguments: tuple[Any, ...]) -> None:
    """Record a file or program of an audit event of Python in this thread's current record, if there is one.

    A thorough record also has the folders that are listed, and the files that imports open. Only the import
    system's own listings are never recorded: which folders it lists depends on its caches.
    """
    record = _state.current
    if record is None or not (event == "open" or event in _PROGRAMS or event in _LISTINGS):
        return
    caller: FrameType | None = sys._getframe(1)  # noqa: SLF001 - the code that causes the event
    # A record that is not thorough leaves out what the body of a module does, whose caller is the importer.
    is_import = _is_import(caller, with_callers=not record.is_thorough)
    if is_import and (event in _LISTINGS or not record.is_thorough):
        return
    _state.current = None  # the lines below may cause events, which are genbench's and not recorded
    try:
        if event in _PROGRAMS:
            if _is_of_component(caller, record.known):
                record.started.update(_list_programs(event, arguments))
        elif event == "open" or record.is_thorough:
            _add_path(record.opened if event == "open" else record.listed, *arguments)
    finally:
        _state.current = record


def _is_import(frame: FrameType | None, *, with_callers: bool) -> bool:
    """Return whether the import system is the caller.

    with_callers  whether callers of the caller count too, so that what a module's body does is an import
    """
    while frame is not None:
        if frame.f_code.co_filename.startswith(_IMPORTER):
            return True
        frame = frame.f_back if with_callers else None
    return False


def _is_of_component(frame: FrameType | None, known: tuple[Path, ...]) -> bool:
    """Return whether code of a component, or code that is not installed, starts a program.

    frame  the caller; frames of Python's library, such as `subprocess`, are skipped to find their caller
    known  files of the component's code, among others

    A program that an installed library starts, such as `lscpu` by joblib, belongs to the library's version.
    """
    file = Path()
    while frame is not None and (file := Path(frame.f_code.co_filename)).is_relative_to(_STDLIB):
        if _SITE & set(file.parts):  # libraries are installed in a folder of Python's library
            break
        frame = frame.f_back
    return file in known or not (_SITE & set(file.parts) or file.is_relative_to(_HOST))


def _list_programs(event: str, arguments: tuple[Any, ...]) -> list[Path]:
    """Return the program that an audit event starts, or the script that a shell or Python runs.

    arguments  of the event: a command for `os.system`, else the program, its list of arguments and, for
               `subprocess.Popen`, the folder in which it starts
    """
    if event == "os.system":
        words, folder = os.fsdecode(arguments[0]).split(), Path()
    else:
        words = [_read_word(word) for word in (arguments[0], *arguments[1][1:])]
        folder = Path(_read_word(arguments[2] or "") if event == "subprocess.Popen" else "")
    if words[1:2] == ["-c"] and Path(words[0]).name in _SHELLS:  # shell, -c, command
        words = " ".join(words[2:3]).split()
    if not words:
        return []
    # a word with a separator is a path; any other is looked up on the PATH
    program = folder / words[0] if os.sep in words[0] else Path(shutil.which(words[0]) or words[0])
    if program.name in _SHELLS or _PYTHON.fullmatch(program.name):
        program = next(filter(_is_file, (folder / word for word in words[1:])), program)
    return [program.absolute()]


def _is_file(path: Path) -> bool:
    """Return whether a word of a command is the path of a file; a long word, such as code, is none."""
    with contextlib.suppress(OSError, ValueError):
        return path.is_file()
    return False


def _read_word(word: Any) -> str:
    """Return a word of a command as a text."""
    return os.fsdecode(word) if isinstance(word, str | bytes | os.PathLike) else str(word)


def _add_path(paths: set[Path], path: Any = ".", _mode: Any = None, flags: Any = None) -> None:
    """Add the absolute path of an audit event to `paths`, unless the file is opened for writing alone.

    path, _mode, flags  the arguments of the event; a listing has no flags, and maybe no path: then "."

    A cached module counts as its source. A path that is no path, such as a file descriptor, is left out.
    """
    is_read = not isinstance(flags, int) or flags & _ACCESS != os.O_WRONLY
    if isinstance(path, str | bytes | os.PathLike) and is_read:
        with contextlib.suppress(OSError, ValueError):  # no working directory; no name of a cache
            file = Path(os.fsdecode(path)).absolute()
            paths.add(Path(source_from_cache(str(file))) if file.parent.name == "__pycache__" else file)


@functools.cache
def _find_installed_folders() -> frozenset[Path]:
    """Return the folders of Python, of the system and of the user's caches, with links resolved."""
    prefixes = {sys.prefix, sys.base_prefix, "/", "/usr", "/usr/local"}
    installed = (Path(prefix, name) for prefix in prefixes for name in _OF_PREFIX)
    of_genbench = (_HOST, _HOST.parent / "plugins")  # the second one, in a checkout, holds its plugins
    folders = (*installed, *map(Path, _OF_SYSTEM), platformdirs.user_cache_path(), *of_genbench)
    return frozenset(folder.resolve() for folder in folders)
