"""Checks of every kind of component: its spec, its import, and its main action."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from genbench.checks.conformance.checks import CheckFailed, CheckSkipped, check
from genbench.checks.conformance.fresh import find_deciding_variables, run_fresh
from genbench.checks.conformance.lock import make_entry
from genbench.contract.hookspecs import PROJECT
from genbench.contract.signature import read_contract
from genbench.files.temporary import temporary_folder
from genbench.trial.calling import restore
from genbench.trial.undeclared_inputs import is_undeclared

if TYPE_CHECKING:
    from collections.abc import Callable

    from genbench.checks.conformance.checks import Check
    from genbench.checks.conformance.subject import Subject

    Action = Callable[[Subject], str]

__all__ = ["common_checks", "first_result", "save_and_load"]

_SLOW_S = 1.0  # seconds of CPU time: every command that loads plugins waits for an import
_LONGEST = 100  # characters of a summary, which is a line of a list
_SHOWN = 200  # characters of what was printed, in a message

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


def first_result(subject: Subject, action: Action) -> str:
    """Return the result of the component's main work at its first call; all checks share it.

    It is a text, such as a hash of the output, so that it can be compared with the result of another process.
    """
    return subject.get_or_compute("result", lambda: action(subject))


def save_and_load(subject: Subject, made: Any, load: Any, what: str) -> Any:
    """Save a fitted component to a temporary folder, and return what `load` makes of it.

    made  the fitted component
    load  as in its spec
    what  its name in messages: "sampler"

    Raises CheckSkipped if its spec has no load, and CheckFailed if it has no save.
    """
    if load is None:
        raise CheckSkipped("its spec has no load, so each process fits it again")
    if getattr(made, "save", None) is None:
        raise CheckFailed(f"its spec has load, and the {what} has no save", "def save(self, folder):")
    with temporary_folder() as folder:
        with subject.isolate_call("save"):
            made.save(folder)
        with subject.isolate_call("load"):
            return restore(load, folder, subject.case.device)


@check("summary", f"one line of 1 to {_LONGEST} characters", is_general=True)
def _check_summary(subject: Subject) -> None:
    """Raise CheckFailed if the summary in the component's spec is empty, too long, or of several lines."""
    text = subject.spec.summary
    if not text.strip():
        raise CheckFailed("no summary", 'summary="what it is, in one line for lists",')
    if "\n" in text or len(text) > _LONGEST:
        raise CheckFailed(f"{len(text)} characters in {len(text.splitlines())} lines", "shorten its summary")


@check("modalities", "an installed plugin declares each of its modalities", is_general=True)
def _check_modalities(subject: Subject) -> None:
    """Raise CheckFailed for a modality in the component's spec that no installed plugin declares."""
    declared = {name for each in subject.catalog.of_kind("modality") for name in (each.reference, each.name)}
    for name in subject.spec.modalities:
        if name.removeprefix(f"{PROJECT}:") not in declared:
            raise CheckFailed(
                f"no installed plugin declares {name!r}", "correct the name, or install its plugin"
            )


@check(
    "findable",
    "make and load are at the top level of a module, so that other processes find them",
    is_general=True,
)
def _check_findable(subject: Subject) -> None:
    """Raise CheckFailed if `make` or `load` is a function inside of another one, or a lambda."""
    for field in ("make", "load"):
        target = getattr(subject.spec, field, None)
        # such as "outer.<locals>.inner" or "<lambda>"
        if callable(target) and "<" in getattr(target, "__qualname__", ""):
            raise CheckFailed(
                f"{field} is {target.__qualname__}",
                f"define the function outside others: {field}=a_function,",
            )


@check("import-time", f"the import of its plugin takes less than {_SLOW_S:g} s of CPU time", is_general=True)
def _check_import_time(action: Action, subject: Subject) -> None:
    """Raise CheckFailed if the import, measured in a fresh process, takes a second or more."""
    seconds = run_fresh(subject, action).import_effects.seconds
    if seconds >= _SLOW_S:
        raise CheckFailed(
            f"{seconds:.1f} s for {subject.component.owner.module}",
            "move heavy imports, such as torch, into the functions that use them",
        )


@check(
    "import-changes", "the import of its plugin changes no global setting and prints nothing", is_general=True
)
def _check_import_changes(action: Action, subject: Subject) -> None:
    """Raise CheckFailed if the import, observed in a fresh process, changes a global setting or prints."""
    effects = run_fresh(subject, action).import_effects
    if effects.changed:
        raise CheckFailed(
            f"it changed {', '.join(effects.changed)}",
            "do this inside a function, and undo it; also import libraries there that do it, such as torch",
        )
    if effects.printed:
        raise CheckFailed(f"it printed {effects.printed:.{_SHOWN}}", "remove the print, or use logging")


@check(
    "contract",
    "make can be imported, and takes inputs of its kind and options with annotations",
    is_gate=True,
    is_general=True,
)
def _check_contract(subject: Subject) -> None:
    """Raise PluginError, which fails the check, if `make` of the spec cannot be imported or called.

    Each parameter of `make` is an input of its kind, such as `real` of a metric, or an option. The check is a
    gate: if it does not pass, the checks after it are skipped.
    """
    subject.need_modules()  # raises NotTried if an optional module is not installed
    read_contract(subject.spec, subject.component.who)  # raises the PluginError


@check("options", "its options have defaults that their annotations allow", is_gate=True, is_general=True)
def _check_options(subject: Subject) -> None:
    """Raise SuiteError or PluginError, which fails the check, for an option that the component refuses.

    The check is a gate: if it does not pass, the checks after it are skipped.
    """
    _ = subject.part  # the component with its options: made here, which raises the error


@check("works", "its main work succeeds", is_gate=True)
def _check_works(action: Action, subject: Subject) -> None:
    """Raise the error of the component's work, which fails the check.

    The check is a gate: if it does not pass, the checks after it, which repeat the work, are skipped.
    """
    first_result(subject, action)  # raises what the component's work raises


@check("same-again", "the same call gives the same again")
def _check_same_again(action: Action, subject: Subject) -> None:
    """Raise CheckFailed if a second call in this process gives another result than the first."""
    first = first_result(subject, action)
    if action(subject) != first:
        raise CheckFailed("the second call gave another result", _OF_CALLS)


@check("fresh-process", "another process, with another order of sets, gives the same")
def _check_fresh_process(action: Action, subject: Subject) -> None:
    """Raise CheckFailed if a fresh process gives no result, or another one than this process.

    The fresh process has another hash seed, so it iterates over sets in another order.
    """
    first, other = first_result(subject, action), run_fresh(subject, action)
    # By default, a fresh process has other environment variables, such as TZ. If they change the result, the
    # check declared-inputs fails. So this check repeats the work with the same variables.
    if other.result != first:
        other = run_fresh(subject, action, ())  # changes no variable
    if other.result is None:
        raise CheckFailed(other.error, "define what it needs in its module, not in the process that calls it")
    if other.result != first:
        if action(subject) != first:  # then the process is not the cause
            raise CheckFailed("a fresh process gave another result, as each call does", _OF_CALLS)
        raise CheckFailed("a fresh process gave another result", _OF_PROCESSES)


@check("global-state", "it draws from no global stream, and changes no global setting")
def _check_global_state(action: Action, subject: Subject) -> None:
    """Raise CheckFailed if the work draws from a global random stream or changes a global setting."""
    first_result(subject, action)  # adds a notice to `subject.notices` for each use of global state
    # notices of undeclared inputs, such as files that no option names, are for the check declared-inputs
    texts = [notice.text for notice in subject.notices if not is_undeclared(notice.text)]
    if texts:
        fix = "rng.normal(…), or with genbench.torch_seed(rng): around code of others"
        if any(
            "torch's global" in text for text in texts
        ):  # a network draws first weights, even to load others
            fix += "; build a network inside it, with rng an argument of make, or by torch.nn.utils.skip_init"
        raise CheckFailed(f"it {'; '.join(texts)}", fix)
    effects = run_fresh(subject, action).work_effects
    if effects.changed:
        raise CheckFailed(f"it changed {', '.join(effects.changed)}", "undo the change before you return")


@check(
    "declared-inputs", "all that decides its result is in its keys: code, options and files that they name"
)
def _check_declared_inputs(action: Action, subject: Subject) -> None:
    """Raise CheckFailed if the result depends on a file, program or environment variable that is in no key.

    A stored result is used again while its key, a hash of code, options and files, stays the same.
    """
    first_result(subject, action)  # an error of the work is raised here
    if subject.part.code is None:  # a component without keys
        raise CheckSkipped("no number depends on it")
    if read := run_fresh(subject, action).inputs:
        raise CheckFailed(f"it {'; '.join(read)}, whose content is in no key", _FILE_FIX)
    if variables := find_deciding_variables(subject, action):  # each with the error of its run or ""
        texts = [f"{name}{f' ({error})' if error else ''}" for name, error in variables.items()]
        name = next(iter(variables)).lower()
        raise CheckFailed(
            f"it gave another result with another value of {' and of '.join(texts)}",
            f"take the value as an option: *, {name}: str = '…'",
        )


@check("quiet", "it prints nothing")
def _check_quiet(action: Action, subject: Subject) -> None:
    """Raise CheckFailed if the component's work, done in a fresh process, prints anything."""
    effects = run_fresh(subject, action).work_effects
    if effects.printed:
        raise CheckFailed(
            f"it printed {effects.printed:.{_SHOWN}}", "remove the print; `log(step, total)` shows progress"
        )


@check("version", "its version rises when its results change")
def _check_version(action: Action, subject: Subject) -> None:
    """Raise CheckFailed if the result differs from that in the lock file at the same version."""
    before = subject.case.locked
    if before is None:
        raise CheckSkipped("no lock file; --lock FILE keeps one")
    if not before:  # {}: there is a lock file, without this component
        raise CheckSkipped("the lock file has no entry of it yet")
    now = make_entry(subject, first_result(subject, action))
    for name in ("environment", "options"):  # other libraries or options may give other results
        if now[name] != before[name]:
            raise CheckSkipped(f"the lock file is of other {name}")
    if now["result"] != before["result"] and now["version"] == before["version"]:
        raise CheckFailed(
            f"it gives another result than before, and is still version {now['version']!r}",
            'raise the version in its spec: version="…",',
        )


def common_checks(action: Action) -> tuple[Check, ...]:
    """Return the checks of every kind; `action` does a component's work and returns its result as a text.

    The cheapest come first: those that only read the spec, then those of the import of the plugin in a fresh
    process, of the parameters of `make`, and of the component's work.
    """
    imports = (_check_import_time, _check_import_changes)
    work = (_check_works, _check_same_again, _check_fresh_process, _check_global_state,
            _check_declared_inputs, _check_quiet, _check_version)  # fmt: skip

    def bind_action(checks: tuple[Check, ...]) -> list[Check]:
        """Return the checks with `action` as the first argument of their functions."""
        return [replace(each, function=functools.partial(each.function, action)) for each in checks]

    by_spec = (_check_summary, _check_modalities, _check_findable)
    return (*by_spec, *bind_action(imports), _check_contract, _check_options, *bind_action(work))
