"""Runs checks on a subject, and turns what they raise into results."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from genbench.checks.conformance.checks import CheckFailed, CheckSkipped, Result
from genbench.core.errors import GenbenchError, Invalid, SuiteError, Undefined
from genbench.core.escaping import one_line
from genbench.trial.failures import BlameError, read_outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from genbench.checks.conformance.checks import Check, Outcome
    from genbench.checks.conformance.subject import Case, Subject

__all__ = ["closing_reason", "make_result", "run_check", "run_checks"]


def run_checks(
    subject: Subject, checks: Iterable[Check], begin: Callable[[Check], object] = lambda _: None
) -> Iterator[Result]:
    """Yield the result of each check, in order.

    The checks after a gate, a check that they presuppose, are skipped if it does not pass.

    begin  is called before each check
    """
    why = ""
    for check in checks:
        begin(check)
        result = make_result(subject.case, check, "skipped", why) if why else run_check(subject, check)
        why = why or closing_reason(check, result)
        yield result


def closing_reason(check: Check, result: Result) -> str:
    """Return why the checks after `check` are skipped, or "" if they run.

    They run if it passed, or if it is no gate: a check that the later ones presuppose.
    """
    if not check.is_gate or result.outcome == "passed":
        return ""
    return result.seen if result.outcome == "skipped" else f"it fails the check {check.name}"


def run_check(subject: Subject, check: Check) -> Result:
    """Run one check and return its result: passed, failed or skipped, by what it raises.

    Undefined is a skip. An error of the component is a failure, whose fix names the line that raised it.
    """
    case = subject.case
    try:
        check.function(subject)
    except CheckFailed as failure:
        return make_result(case, check, "failed", failure.seen, failure.fix or check.fix)
    except (CheckSkipped, Undefined) as reason:
        return make_result(case, check, "skipped", str(reason))
    except BlameError as failure:
        status, text = read_outcome(failure)
        # skipped: the component raised Undefined; SuiteError: it asks for options that the check lacks
        if status == "skipped" or isinstance(failure.__cause__, SuiteError):
            return make_result(case, check, "skipped", text)
        return make_result(case, check, "failed", text, _failing_line(failure, subject) or check.fix)
    except (GenbenchError, Invalid) as error:
        return make_result(case, check, "failed", str(error), check.fix)
    return make_result(case, check, "passed")


def make_result(case: Case, check: Check, outcome: Outcome, seen: str = "", fix: str = "") -> Result:
    """Return the Result of a check on a case.

    seen  what the check observed, or why it was skipped; put on one line
    fix   what to write, if the check failed
    """
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
    """Return the innermost line of the component's own code that led to an error: "see line 7 of a.py: …".

    "" if no line of its package, or of its plugin file, is in the traceback.
    """
    # the package, the plugin file or the single module
    top = sys.modules[subject.component.owner.module.partition(".")[0]]
    file = Path(top.__file__ or "")
    # Its own code is all in the folder of a package, which has a `__path__`, or of a plugin file, which has a
    # hash and may import modules beside it; else it is the one module.
    home = file.parent if hasattr(top, "__path__") or subject.component.owner.file_hash else file
    frames = traceback.extract_tb(failure.__cause__.__traceback__) if failure.__cause__ else []
    own_frames = [frame for frame in frames if Path(frame.filename).is_relative_to(home)]
    if not own_frames:
        return ""
    innermost = own_frames[-1]
    return f"see line {innermost.lineno} of {Path(innermost.filename).name}: {innermost.line}"
