"""A component in a fresh process: what its import and its work change, print, read and take there."""

from __future__ import annotations

import contextlib
import io
import locale
import logging
import os
import random
import signal
import socket
import sys
import time
import warnings
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from genbench.catalog.catalog import load_catalog
from genbench.catalog.code import read_code
from genbench.catalog.local_modules import read_local_modules
from genbench.checks.conformance.checks import CheckFailed, CheckSkipped
from genbench.checks.conformance.subject import Case, Subject, open_subject
from genbench.contract.signature import resolve
from genbench.core.errors import GenbenchError, Invalid, PluginError, Undefined
from genbench.files.process_settings import list_process_settings
from genbench.files.temporary import temporary_folder
from genbench.jobs.isolation.client import ForkServer, change_hash_seed
from genbench.trial.failures import BlameError, read_outcome
from genbench.trial.global_state import VARIABLES_OF_LIBRARIES
from genbench.trial.undeclared_inputs import ADVICE, is_undeclared, record_inputs

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from genbench.trial.undeclared_inputs import Undeclared

__all__ = [
    "FreshRun", "SideEffects", "capture_output", "find_deciding_variables", "name_changes", "read_settings",
    "restore_settings", "run_fresh",
]  # fmt: skip

#: Signals that end a run, measure its time, or tell of its processes.
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM, signal.SIGCHLD)


def read_settings() -> dict[str, Any]:
    """Return the global settings of this process, by their names in messages; values can be compared."""
    return {
        # without those that libraries set when they are imported or first used: no component causes that
        "the environment variables": {
            name: value for name, value in os.environ.items() if name not in VARIABLES_OF_LIBRARIES
        },
        "sys.path": tuple(sys.path),
        "Python's global random state": random.getstate(),
        "numpy's global random state": _numpy_state(),
        "the filters of warnings": tuple(warnings.filters),
        "the handlers of signals": tuple(map(signal.getsignal, _SIGNALS)),
        "the locale": locale.setlocale(locale.LC_ALL),
        "the default timeout of sockets": socket.getdefaulttimeout(),
        "the handlers of the root logger": (logging.root.level, tuple(logging.root.handlers)),
        **{setting.name: setting.read() for setting in list_process_settings()},
    }


def name_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return the names of the global settings in `before` that have another value in `after`.

    A setting that only `after` has belongs to a library that was imported between the two: it is no change.
    """
    return [name for name, value in before.items() if after[name] != value]


def restore_settings(before: Mapping[str, Any]) -> None:
    """Give the settings in `_WRITE` the values that they have in `before`.

    genbench restores all others itself after each call of a component.
    """
    for name, write in _WRITE.items():
        write(before[name])


@contextlib.contextmanager
def capture_output() -> Iterator[io.StringIO]:
    """Yield a StringIO with what Python code in the block prints to standard output and standard error.

    Its `isatty` is true, since many libraries print progress bars only on a terminal.
    """
    text = _Terminal()
    with contextlib.redirect_stdout(text), contextlib.redirect_stderr(text):
        yield text


class _Terminal(io.StringIO):
    """Captured output whose `isatty` is true."""

    def isatty(self) -> bool:
        """Return True."""
        return True


def _set_path(folders: tuple[str, ...]) -> None:
    """Set sys.path in place, since modules may hold the list."""
    sys.path[:] = folders


def _set_signals(handlers: tuple[Any, ...]) -> None:
    """Set the handlers of _SIGNALS."""
    for number, handler in zip(_SIGNALS, handlers, strict=True):
        signal.signal(number, handler)


def _set_logger(level_and_handlers: tuple[int, tuple[logging.Handler, ...]]) -> None:
    """Set the level and the handlers of the root logger."""
    level, handlers = level_and_handlers
    logging.root.setLevel(level)
    logging.root.handlers[:] = handlers


#: Settings that a component's call does not restore, and how to set them.
_WRITE: dict[str, Callable[[Any], object]] = {
    "sys.path": _set_path,
    "the handlers of signals": _set_signals,
    "the locale": lambda name: locale.setlocale(locale.LC_ALL, name),
    "the default timeout of sockets": socket.setdefaulttimeout,
    "the handlers of the root logger": _set_logger,
}


def _numpy_state() -> tuple[Any, ...]:
    """Return the state of numpy's global random stream as plain values, which can be compared."""
    shared: Any = np.random  # numpy's stubs lack methods of the global stream
    state = shared.get_state(legacy=False)
    return state["bit_generator"], state["state"]["key"].tobytes(), state["state"]["pos"]


T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class SideEffects:
    """What one piece of work cost and did beside its result.

    seconds  of CPU time
    changed  global settings that it changed
    printed  what it printed
    """

    seconds: float = 0.0
    changed: tuple[str, ...] = ()
    printed: str = ""


@dataclass(frozen=True, kw_only=True)
class FreshRun:
    """What a component did in a fresh process.

    import_effects  side effects of the import of its plugin
    work_effects    side effects of its work
    result          what its work gave, as a text
    error           why there is no result; the process may have died
    inputs          texts on what its import and its work read that is in no key
    """

    import_effects: SideEffects = SideEffects()
    work_effects: SideEffects = SideEffects()
    result: str | None = None
    error: str = ""
    inputs: tuple[str, ...] = ()


#: Variables on which no number may depend, and two values of each: if a variable has the first, it gets the
#: second.
_VARIABLES = {
    "HOME": ("{folder}", ""),
    "TZ": ("Asia/Kathmandu", "UTC"),
    "LANG": ("C", "C.UTF-8"),
    "TERM": ("dumb", "xterm"),
    "PATH": ("{folder}:{PATH}", ""),
}


def run_fresh(
    subject: Subject, action: Callable[[Subject], str], variables: Collection[str] = tuple(_VARIABLES)
) -> FreshRun:
    """Return what an action of a component does in a new process; it runs once for a set of variables.

    action     does the component's work and returns its result as a text
    variables  names of environment variables that get another value, except those that the spec declares

    The process also has another hash seed, so that sets of strings have another order. All variables change
    at once, so that a component that depends on none of them needs one process.
    """
    names = tuple(name for name in variables if name not in subject.spec.variables)
    work = _Work(subject.case, subject.component.owner.plugin, action, names)
    return subject.get_or_compute(f"fresh {names}", lambda: _run_job(work))


def find_deciding_variables(subject: Subject, action: Callable[[Subject], str]) -> dict[str, str]:
    """Return the environment variables that change an action's result, each with the error of its run or "".

    If a run with all variables changed gives the same result, or if already a run without any change gives
    another result, the variables are not the cause, and {} is returned. Else each variable is changed alone,
    in a process of its own.
    """
    first = subject.get_or_compute("result", lambda: action(subject))
    if run_fresh(subject, action).result == first or run_fresh(subject, action, ()).result != first:
        return {}
    runs = {name: run_fresh(subject, action, (name,)) for name in _VARIABLES}
    return {name: run.error for name, run in runs.items() if run.result != first}


@dataclass(frozen=True)
class _Work:
    """The job of the fresh process; it finds the component itself, so that its import can be observed."""

    case: Case
    plugin: str
    action: Callable[[Subject], str]
    variables: tuple[str, ...]

    def run(self, report: Callable[..., None]) -> None:
        """Import the plugin, call the action, and report what both did.

        The variables are set first, since the import may read them. `import_effects` are reported before the
        action is called, since the action may end the process.
        """
        self._set_variables()
        only = () if self.case.files else (self.plugin,)  # with plugin files, no installed plugin is loaded
        # thorough: the record has imported modules and listed folders, too
        with record_inputs((), is_thorough=True) as import_inputs:
            catalog, import_effects = _observe(lambda: load_catalog(self.case.files, only=only))
        # load_catalog restores some settings that the import changed, which `_observe` misses, and lists them
        changed = [name for names in catalog.changed.values() for name in names]
        report(import_effects=asdict(replace(import_effects, changed=(*import_effects.changed, *changed))))
        subject = open_subject(self.case)
        before = read_settings()
        with warnings.catch_warnings():  # restores the filters of warnings, which `restore_settings` does not
            (module_inputs, (result, error)), work_effects = _observe(
                lambda: (_import_functions(subject.spec), _try_action(self.action, subject))
            )
        # A library that the first call imports may change settings, once. So only what a second call changes
        # is a change by the component itself.
        if work_effects.changed:
            restore_settings(before)
            with warnings.catch_warnings():
                _, again = _observe(lambda: _try_action(self.action, subject))
            work_effects = replace(work_effects, changed=again.changed)
        undeclared = _list_undeclared(subject, import_inputs, module_inputs)
        report(result=result, error=error, work_effects=asdict(work_effects), inputs=undeclared)

    def _set_variables(self) -> None:
        """Give each variable its first value in `_VARIABLES`, or the second if it has the first already.

        The values may contain {folder}, the working folder, and {PATH}.
        """
        # the folder of fetched files is below HOME by default, and stays the same if HOME changes
        os.environ.setdefault("XDG_CACHE_HOME", str(Path.home() / ".cache"))
        for name in self.variables:
            names = {"folder": Path.cwd(), "PATH": os.environ.get("PATH", "")}
            first, second = (text.format_map(names) for text in _VARIABLES[name])
            os.environ[name] = second if os.environ.get(name) == first else first
        time.tzset()  # the C library reads TZ only then


def _import_functions(spec: Any) -> Undeclared:
    """Import the modules of the spec's functions `make` and `load`, and return a record of what that read.

    A function that cannot be imported raises no error here: the component's work imports it too, and reports
    the error.
    """
    with record_inputs((), is_thorough=True) as inputs, contextlib.suppress(PluginError):
        for function in filter(None, (spec.make, getattr(spec, "load", None))):
            resolve(function)
    return inputs


def _list_undeclared(subject: Subject, *imports: Undeclared) -> list[str]:
    """Return texts on the undeclared inputs of the plugin's import and of the component's work.

    An undeclared input is a file or program whose content is in no key, the hash of all that decides a
    result. The code of the component and of the plugin files is in keys, so it is left out.

    imports  records of what the imports of the plugin and of its functions' modules read
    """
    code = set(read_code(subject.component).files.values())
    code |= {path for file in subject.case.files for path in (file, *read_local_modules(file).files.values())}
    # the code counts as declared; listed folders are left out, since the search for installed plugins lists
    # the folders of sys.path
    texts = [replace(each, known=(*each.known, *code), listed=set()).to_text() for each in imports]
    # the inputs of the component's work are in its notices
    texts += [notice.text.removesuffix(ADVICE) for notice in subject.notices if is_undeclared(notice.text)]
    return list(dict.fromkeys(filter(None, texts)))


def _try_action(action: Callable[[Subject], str], subject: Subject) -> tuple[str | None, str]:
    """Return (result, ""), or (None, reason) if the action fails."""
    try:
        # Each call of the component opens a record of its own inside this one, and `subject.notices` get its
        # content. This outer record is not read: it is open because a record in a thorough one is thorough.
        with record_inputs((), is_thorough=True):
            return action(subject), ""
    except (BlameError, Undefined, Invalid) as error:
        return None, read_outcome(error)[1]
    except (CheckFailed, CheckSkipped, GenbenchError) as error:
        return None, str(error)


def _observe(work: Callable[[], T]) -> tuple[T, SideEffects]:
    """Return what `work` returns, its CPU time, the global settings that it changed and what it printed."""
    before, start = read_settings(), time.process_time()
    with capture_output() as text:
        result = work()
    seconds = time.process_time() - start
    return result, SideEffects(
        seconds=seconds, changed=tuple(name_changes(before, read_settings())), printed=text.getvalue()
    )


def _run_job(work: _Work) -> FreshRun:
    """Run the job in a process of its own, and return what it reported, or how the process ended."""
    reported: dict[str, Any] = {}
    with (
        temporary_folder() as folder,
        ForkServer(change_hash_seed(os.environ)) as server,
        server.start(work, folder / "log.txt") as child,
    ):
        for event in child.events():
            reported |= event
    exit_status = reported["exit"]
    # the job reports `work_effects`, the time and side effects of the component's work, last
    exit_error = "" if "work_effects" in reported else f"its process ended with exit status {exit_status}"
    return FreshRun(
        import_effects=_read_effects(reported.get("import_effects", {})),
        work_effects=_read_effects(reported.get("work_effects", {})),
        result=reported.get("result"),
        error=reported.get("error") or exit_error,
        inputs=tuple(reported.get("inputs", ())),
    )


def _read_effects(event: dict[str, Any]) -> SideEffects:
    """Return SideEffects from their JSON form in an event; from {}, with the defaults of all fields."""
    return SideEffects(**{**event, "changed": tuple(event.get("changed", ()))})
