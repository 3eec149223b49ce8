"""A component in a fresh process: what its import and its work change, print, read and take there."""

from __future__ import annotations

import os
import shutil
import time
import warnings
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from genbench.catalog.catalog import load_catalog
from genbench.catalog.code import code_of
from genbench.catalog.local_modules import read_local_modules
from genbench.checks.conformance.checks import CheckFailed, CheckSkipped
from genbench.checks.conformance.settings import changed, printed, restore, settings
from genbench.checks.conformance.subject import Case, Subject, open_subject
from genbench.core.errors import GenbenchError, Invalid, Undefined
from genbench.files.temporary import new_folder
from genbench.jobs.isolation.client import ForkServer, other_hashes
from genbench.trial.failures import BlameError, outcome_of
from genbench.trial.undeclared_inputs import ADVICE, is_undeclared, record_inputs

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from genbench.trial.undeclared_inputs import Undeclared

__all__ = ["Fresh", "Observed", "changing_variables", "fresh"]

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Observed:
    """What one piece of work did.

    seconds  of CPU time
    changed  global settings that it changed
    printed  what it printed
    """

    seconds: float = 0.0
    changed: tuple[str, ...] = ()
    printed: str = ""


@dataclass(frozen=True, kw_only=True)
class Fresh:
    """What a component did in a fresh process.

    imported  the import of its plugin
    acted     its work
    result    what its work gave, as a text
    error     why there is no result; the process may have died
    inputs    what its import and its work read that is in no key
    """

    imported: Observed = Observed()
    acted: Observed = Observed()
    result: str | None = None
    error: str = ""
    inputs: tuple[str, ...] = ()


#: Variables on which no number may depend, and two values of each: the other one is set.
_VARIABLES = {
    "HOME": ("{folder}", ""),
    "TZ": ("Asia/Kathmandu", "UTC"),
    "LANG": ("C", "C.UTF-8"),
    "TERM": ("dumb", "xterm"),
    "PATH": ("{folder}:{PATH}", ""),
}


def fresh(
    subject: Subject, action: Callable[[Subject], str], variables: Collection[str] = tuple(_VARIABLES)
) -> Fresh:
    """Call an action of a component in a new process; once a subject and set of variables.

    The process has another seed of hashes, and other values of these variables, except those that the spec
    declares; all variables at once, so that a sound component needs one process.
    """
    names = tuple(name for name in variables if name not in subject.spec.variables)
    work = _Work(subject.case, subject.component.owner.plugin, action, names)
    return subject.once(f"fresh {names}", lambda: _run(work))


def changing_variables(subject: Subject, action: Callable[[Subject], str]) -> dict[str, str]:
    """Return the variables that change what an action gives, by name, with the error if it fails then."""
    first = subject.once("result", lambda: action(subject))
    if fresh(subject, action).result == first or fresh(subject, action, ()).result != first:
        return {}
    alone = {name: fresh(subject, action, (name,)) for name in _VARIABLES}
    return {name: found.error for name, found in alone.items() if found.result != first}


@dataclass(frozen=True)
class _Work:
    """The job of the fresh process; it finds the component itself, so that its import can be observed."""

    case: Case
    plugin: str
    action: Callable[[Subject], str]
    variables: tuple[str, ...]

    def run(self, report: Callable[..., None]) -> None:
        """Import the plugin, call the action, and report both."""
        self._set_variables()
        only = () if self.case.files else (self.plugin,)
        with record_inputs((), is_thorough=True) as inputs:
            catalog, imported = _observe(lambda: load_catalog(self.case.files, only=only))
        undone = [name for names in catalog.changed.values() for name in names]
        report(imported=asdict(replace(imported, changed=(*imported.changed, *undone))))
        subject = open_subject(self.case)
        before = settings()
        with warnings.catch_warnings():
            (result, error), acted = _observe(lambda: _outcome(self.action, subject))
        if acted.changed:  # by the import of a library, which does not happen again, or by the component
            restore(before)
            with warnings.catch_warnings():
                _, again = _observe(lambda: _outcome(self.action, subject))
            acted = replace(acted, changed=again.changed)
        report(result=result, error=error, acted=asdict(acted), inputs=_undeclared(subject, inputs))

    def _set_variables(self) -> None:
        os.environ.setdefault(
            "XDG_CACHE_HOME", str(Path.home() / ".cache")
        )  # fetched files stay where they are
        for name in self.variables:
            first, second = (each.format(folder=Path.cwd(), **os.environ) for each in _VARIABLES[name])
            os.environ[name] = second if os.environ.get(name) == first else first
        time.tzset()


def _undeclared(subject: Subject, imported: Undeclared) -> list[str]:
    """Return what the import of a plugin and the work of a component read that is in no key."""
    code = set(code_of(subject.component).files.values())
    code |= {path for file in subject.case.files for path in (file, *read_local_modules(file).files.values())}
    texts = [replace(imported, known=tuple(code), listed=set()).to_text()]
    texts += [notice.text.removesuffix(ADVICE) for notice in subject.noted if is_undeclared(notice.text)]
    return list(dict.fromkeys(filter(None, texts)))


def _outcome(action: Callable[[Subject], str], subject: Subject) -> tuple[str | None, str]:
    """Return what an action returns, or None and why it failed."""
    try:
        return action(subject), ""
    except (BlameError, Undefined, Invalid) as error:
        return None, outcome_of(error)[1]
    except (CheckFailed, CheckSkipped, GenbenchError) as error:
        return None, str(error)


def _observe(work: Callable[[], T]) -> tuple[T, Observed]:
    """Return what some work returns, and what it did beside."""
    before, start = settings(), time.process_time()
    with printed() as text:
        made = work()
    seconds = time.process_time() - start
    return made, Observed(
        seconds=seconds, changed=tuple(changed(before, settings())), printed=text.getvalue()
    )


def _run(work: _Work) -> Fresh:
    """Run the job in a process of its own."""
    folder = new_folder()
    known: dict[str, Any] = {}
    try:
        with ForkServer(other_hashes(os.environ)) as server, server.start(work, folder / "log.txt") as child:
            for event in child.events():
                known |= event
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    ended = known["exit"]
    died = "" if "acted" in known else f"its process ended with exit status {ended}"
    return Fresh(
        imported=_read(known.get("imported")),
        acted=_read(known.get("acted")),
        result=known.get("result"),
        error=known.get("error") or died,
        inputs=tuple(known.get("inputs", ())),
    )


def _read(event: dict[str, Any] | None) -> Observed:
    if event is None:
        return Observed()
    return Observed(seconds=event["seconds"], changed=tuple(event["changed"]), printed=event["printed"])
