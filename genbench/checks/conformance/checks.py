"""Checks and their results."""

from __future__ import annotations

import sys
import traceback
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from genbench.core.errors import GenbenchError, Invalid, SuiteError, Undefined
from genbench.core.escaping import one_line
from genbench.trial.failures import BlameError, outcome_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from genbench.checks.conformance.subject import Case, Subject

__all__ = [
    "Check",
    "CheckFailed",
    "CheckSkipped",
    "Outcome",
    "Result",
    "check",
    "closing_reason",
    "judge_results",
    "make_result",
    "run_check",
    "run_checks",
]

Outcome = Literal["passed", "failed", "skipped", "expected"]

#: The check that a declared known failure still fails.
KNOWN_FAILURES = "known-failures"


class CheckFailed(Exception):  # noqa: N818 - it reads as a statement: `raise CheckFailed(seen="…")`
    """A component does not do what a check expects.

    seen  what was seen instead
    fix   the line to write, or what to change; "" if the check cannot know it
    """

    def __init__(self, seen: str, fix: str = "") -> None:
        super().__init__(seen)
        self.seen = seen
        self.fix = fix


class CheckSkipped(Exception):  # noqa: N818 - as above
    """A check does not apply to a component; the argument is the reason."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """One check of a component.

    name      as in `known_failures` of a spec
    expected  what a sound component does, as the end of "expected: …"
    function  takes the Subject; raises CheckFailed or CheckSkipped. An error of the component is a failure,
              and Undefined a skip
    fix       what to change if the failure does not say it
    is_gate   whether the later checks make sense only if it passes
    """

    name: str
    expected: str
    function: Callable[..., None]
    fix: str = ""
    is_gate: bool = False


def check(
    name: str, expected: str, *, fix: str = "", is_gate: bool = False
) -> Callable[[Callable[..., None]], Check]:
    """Return the decorator that makes a check of a function; the arguments are the fields of Check."""
    return lambda function: Check(name=name, expected=expected, function=function, fix=fix, is_gate=is_gate)


@dataclass(frozen=True, kw_only=True)
class Result:
    """The result of one check of one component on one modality.

    component  "distribution:name"
    modality   "" for a component that works on no modality
    outcome    "passed", "failed", "skipped", or "expected": a failure that the spec declares
    seen       what was seen, or the reason of a skip or of a known failure
    """

    component: str
    kind: str
    modality: str
    check: str
    outcome: Outcome
    seen: str = ""
    expected: str = ""
    fix: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return all fields as JSON."""
        return asdict(self)


def judge_results(results: Iterable[Result], known_failures: Mapping[str, str]) -> list[Result]:
    """Return the results of one component on all its modalities, with its known failures as `expected`.

    A declared failure that no longer occurs on any modality is a failure of its own, so that the declaration
    is removed.
    """
    results = list(results)
    failing = {result.check for result in results if result.outcome == "failed"}
    found = [
        replace(result, outcome="expected", seen=known_failures[result.check], fix="")
        if result.outcome == "failed" and result.check in known_failures
        else result
        for result in results
    ]
    ran = {result.check for result in results if result.outcome in ("passed", "failed")}
    for check in known_failures:
        if check not in failing and (check in ran or check not in {result.check for result in results}):
            passes = "passes" if check in ran else "is no check of this kind of component"
            found.append(
                replace(
                    results[0],
                    check=KNOWN_FAILURES,
                    outcome="failed",
                    seen=f"{check!r} {passes}",
                    expected="each check in known_failures fails",
                    fix=f"remove {check!r} from known_failures",
                )
            )
    return found


def run_checks(
    subject: Subject, checks: Iterable[Check], begin: Callable[[Check], object] = lambda _: None
) -> Iterator[Result]:
    """Yield the result of each check, in order; those after a gate that does not pass are skipped.

    begin  is called before each check
    """
    why = ""
    for check in checks:
        begin(check)
        result = make_result(subject.case, check, "skipped", why) if why else run_check(subject, check)
        why = why or closing_reason(check, result)
        yield result


def closing_reason(check: Check, result: Result) -> str:
    """Return why the checks after a check are skipped, or "" if they are not."""
    if not check.is_gate or result.outcome == "passed":
        return ""
    return result.seen if result.outcome == "skipped" else f"it fails the check {check.name}"


def run_check(subject: Subject, check: Check) -> Result:
    """Run one check and return its result; only KeyboardInterrupt passes."""
    case = subject.case
    try:
        check.function(subject)
    except CheckFailed as failure:
        return make_result(case, check, "failed", failure.seen, failure.fix or check.fix)
    except (CheckSkipped, Undefined) as reason:
        return make_result(case, check, "skipped", str(reason))
    except BlameError as failure:
        status, text = outcome_of(failure)
        if status == "skipped" or isinstance(failure.__cause__, SuiteError):  # it has to be told more
            return make_result(case, check, "skipped", text)
        return make_result(case, check, "failed", text, _failing_line(failure, subject) or check.fix)
    except (GenbenchError, Invalid) as error:
        return make_result(case, check, "failed", str(error), check.fix)
    return make_result(case, check, "passed")


def make_result(case: Case, check: Check, outcome: Outcome, seen: str = "", fix: str = "") -> Result:
    """Return the result of a check."""
    return Result(
        component=case.reference,
        kind=case.kind,
        modality=case.modality or "",
        check=check.name,
        outcome=outcome,
        seen=one_line(seen),
        expected=check.expected,
        fix=fix,
    )


def _failing_line(failure: BlameError, subject: Subject) -> str:
    """Return where in the component's own code an error was raised, or nothing."""
    top = sys.modules[subject.component.owner.module.partition(".")[0]]
    file = Path(top.__file__ or "")
    home = file.parent if hasattr(top, "__path__") or subject.component.owner.file_hash else file
    frames = traceback.extract_tb(failure.__cause__.__traceback__) if failure.__cause__ else []
    own = [frame for frame in frames if Path(frame.filename).is_relative_to(home)]
    return f"see line {own[-1].lineno} of {Path(own[-1].filename).name}: {own[-1].line}" if own else ""
