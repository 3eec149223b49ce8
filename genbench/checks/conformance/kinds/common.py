"""Checks of every kind of component: its spec, its import, and its main action."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

from genbench.checks.conformance.checks import Check, CheckFailed, CheckSkipped
from genbench.checks.conformance.fresh import changing_variables, fresh
from genbench.checks.conformance.lock import version_check
from genbench.contract.hookspecs import PROJECT
from genbench.contract.signature import read_contract
from genbench.files.temporary import new_folder
from genbench.trial.calling import restore
from genbench.trial.undeclared_inputs import is_undeclared

if TYPE_CHECKING:
    from collections.abc import Callable

    from genbench.checks.conformance.fresh import Observed
    from genbench.checks.conformance.subject import Subject

    Action = Callable[[Subject], str]

__all__ = ["common_checks", "reloaded"]

_SLOW_S = 1.0  # seconds of CPU time: every command that loads plugins waits for an import
_LONGEST = 100  # characters of a summary, which is a line of a list
_SHOWN = 200

#: What to write where two calls, and where two processes, give different results.
_OF_CALLS = (
    "draw from the argument rng alone: rng.normal(…), not np.random.default_rng() without a seed; keep "
    "nothing from one call to the next"
)
_OF_PROCESSES = (
    "sort sets before they decide an order: for item in sorted(items): and seed the generators of module "
    "level, or draw in the functions from the argument rng: np.random.default_rng() without a seed differs "
    "in each process"
)

_FILE_FIX = (
    "take a file or a program as an option: *, words: Path = Path('words.txt'); import modules of the "
    "plugin's own package, or from beside the plugin's file, by their names"
)

#: Checks of the spec and of the import of its plugin, which call nothing of the component.
_OF_SPEC = (
    ("summary", f"one line of 1 to {_LONGEST} characters"),
    ("modalities", "an installed plugin declares each of its modalities"),
    ("findable", "make and load are at the top level of a module, so that other processes find them"),
)
_OF_IMPORT = (
    ("import-time", f"the import of its plugin takes less than {_SLOW_S:g} s of CPU time"),
    ("import-changes", "the import of its plugin changes no global setting and prints nothing"),
)
#: If one of these fails, no later check makes sense.
_GATES = (
    ("contract", "make can be imported, and takes inputs of its kind and options with annotations"),
    ("options", "its options have defaults that their annotations allow"),
    ("works", "its main work succeeds"),
)
_OF_WORK = (
    ("same-again", "the same call gives the same again"),
    ("fresh-process", "another process, with another order of sets, gives the same"),
    ("global-state", "it draws from no global stream, and changes no global setting"),
    (
        "declared-inputs",
        "all that decides its result is in its keys: code, options and files that they name",
    ),
    ("quiet", "it prints nothing"),
)


def common_checks(action: Action) -> tuple[Check, ...]:
    """Return the checks of every kind; `action` does a component's work and returns its result as a text."""
    functions = (
        (_summary, _modalities, _findable),
        (_observed(action, _import_time), _observed(action, _import_changes)),
        (_contract, _options, _works(action)),
        (
            _same_again(action),
            _fresh_process(action),
            _global_state(action),
            _declared_inputs(action),
            _observed(action, _quiet),
        ),
    )
    checks = [
        Check(name=name, expected=expected, function=function, is_gate=texts is _GATES)
        for texts, group in zip((_OF_SPEC, _OF_IMPORT, _GATES, _OF_WORK), functions, strict=True)
        for (name, expected), function in zip(texts, group, strict=True)
    ]
    return (*checks, version_check(action))


def reloaded(subject: Subject, made: Any, load: Any, what: str) -> Any:
    """Return what `load` gives of what a fitted component saved.

    what  the fitted component in messages: "sampler"

    Raises CheckSkipped if its spec has no load, and CheckFailed if it has no save.
    """
    if load is None:
        raise CheckSkipped("its spec has no load, so each process fits it again")
    if getattr(made, "save", None) is None:
        raise CheckFailed(f"its spec has load, and the {what} has no save", "def save(self, folder):")
    folder = new_folder()
    try:
        with subject.calling("save"):
            made.save(folder)
        with subject.calling("load"):
            return restore(load, folder, subject.case.device)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _contract(subject: Subject) -> None:
    if reason := subject.missing_module:
        raise CheckSkipped(reason)
    read_contract(subject.spec, subject.component.who)


def _options(subject: Subject) -> None:
    _ = subject.part


def _summary(subject: Subject) -> None:
    text = subject.spec.summary
    if not text.strip():
        raise CheckFailed("no summary", 'summary="what it is, in one line for lists",')
    if "\n" in text or len(text) > _LONGEST:
        raise CheckFailed(f"{len(text)} characters in {len(text.splitlines())} lines", "shorten its summary")


def _modalities(subject: Subject) -> None:
    known = {name for each in subject.catalog.of_kind("modality") for name in (each.reference, each.name)}
    for name in subject.spec.modalities:
        if name.removeprefix(f"{PROJECT}:") not in known:
            raise CheckFailed(
                f"no installed plugin declares {name!r}", "correct the name, or install its plugin"
            )


def _findable(subject: Subject) -> None:
    for field in ("make", "load"):
        target = getattr(subject.spec, field, None)
        if callable(target) and "<" in getattr(target, "__qualname__", ""):
            raise CheckFailed(
                f"{field} is {target.__qualname__}",
                f"define the function outside others: {field}=a_function,",
            )


def _observed(
    action: Action, check: Callable[[Subject, Observed, Observed], None]
) -> Callable[[Subject], None]:
    """Return a check of what a fresh process saw of the import and of the action."""

    def function(subject: Subject) -> None:
        found = fresh(subject, action)
        check(subject, found.imported, found.acted)

    return function


def _import_time(subject: Subject, imported: Observed, _acted: Observed) -> None:
    if imported.seconds >= _SLOW_S:
        raise CheckFailed(
            f"{imported.seconds:.1f} s for {subject.component.owner.module}",
            "move heavy imports, such as torch, into the functions that use them",
        )


def _import_changes(_subject: Subject, imported: Observed, _acted: Observed) -> None:
    if imported.changed:
        raise CheckFailed(
            f"it changed {', '.join(imported.changed)}", "do this inside a function, and undo it"
        )
    if imported.printed:
        raise CheckFailed(f"it printed {imported.printed:.{_SHOWN}}", "remove the print, or use logging")


def _quiet(_subject: Subject, _imported: Observed, acted: Observed) -> None:
    if acted.printed:
        raise CheckFailed(
            f"it printed {acted.printed:.{_SHOWN}}", "remove the print; `log(step, total)` shows progress"
        )


def _works(action: Action) -> Callable[[Subject], None]:
    def function(subject: Subject) -> None:
        subject.once("result", lambda: action(subject))

    return function


def _same_again(action: Action) -> Callable[[Subject], None]:
    def function(subject: Subject) -> None:
        first = subject.once("result", lambda: action(subject))
        if action(subject) != first:
            raise CheckFailed("the second call gave another result", _OF_CALLS)

    return function


def _fresh_process(action: Action) -> Callable[[Subject], None]:
    def function(subject: Subject) -> None:
        first, found = subject.once("result", lambda: action(subject)), fresh(subject, action)
        if found.result != first:  # the variables of the process are the subject of declared-inputs
            found = fresh(subject, action, ())
        if found.result is None:
            raise CheckFailed(
                found.error, "define what it needs in its module, not in the process that calls it"
            )
        if found.result != first:
            if action(subject) != first:
                raise CheckFailed("a fresh process gave another result, as each call does", _OF_CALLS)
            raise CheckFailed("a fresh process gave another result", _OF_PROCESSES)

    return function


def _global_state(action: Action) -> Callable[[Subject], None]:
    def function(subject: Subject) -> None:
        subject.once("result", lambda: action(subject))
        texts = [notice.text for notice in subject.noted if not is_undeclared(notice.text)]
        if texts:
            raise CheckFailed(
                f"it {'; '.join(texts)}",
                "rng.normal(…), or with genbench.torch_seed(rng): around code of others",
            )
        acted = fresh(subject, action).acted
        if acted.changed:
            raise CheckFailed(f"it changed {', '.join(acted.changed)}", "undo the change before you return")

    return function


def _declared_inputs(action: Action) -> Callable[[Subject], None]:
    def function(subject: Subject) -> None:
        subject.once("result", lambda: action(subject))
        if subject.part.code is None:
            raise CheckSkipped("no number depends on it")
        if read := fresh(subject, action).inputs:
            raise CheckFailed(f"it {'; '.join(read)}, whose content is in no key", _FILE_FIX)
        if changed := changing_variables(subject, action):
            seen = [f"{name}{f' ({error})' if error else ''}" for name, error in changed.items()]
            name = next(iter(changed)).lower()
            raise CheckFailed(
                f"it gave another result with another value of {' and of '.join(seen)}",
                f"take the value as an option: *, {name}: str = '…'",
            )

    return function
