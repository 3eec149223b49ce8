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

__all__ = ["explain_closed_gate", "make_result", "run_check", "run_checks"]


def run_checks(
    subject: Subject, checks: Iterable[Check], begin: Callable[[Check], object] = lambda _: None
) -> Iterator[Result]:
    """Yield the result of each check, in order.

    If a gate, a check that the later ones presuppose, does not pass, the later ones are skipped.

    begin  called before each check, to report it
    """
    reason = ""  # why the later checks are skipped
    for check in checks:
        begin(check)
        result = make_result(subject.case, check, "skipped", reason) if reason else run_check(subject, check)
        reason = reason or explain_closed_gate(check, result)
        yield result


def explain_closed_gate(check: Check, result: Result) -> str:
    """Return why the checks after `check` are skipped, or "" if they run.

    They run if `check` passed, or if it is no gate, so that they do not presuppose it.
    """
    if not check.is_gate or result.outcome == "passed":
        return ""
    return result.seen if result.outcome == "skipped" else f"it fails the check {check.name}"


def run_check(subject: Subject, check: Check) -> Result:
    """Run one check and return its result: passed, failed or skipped, by what it raises.

    If it raises Undefined, it is skipped. If the component raises another error, it fails, and the fix in the
    result names the line of the component.
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
        return make_result(case, check, "failed", text, _describe_failing_line(failure, subject) or check.fix)
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


def _describe_failing_line(failure: BlameError, subject: Subject) -> str:
    """Return the innermost line of the component's own code that led to an error: "see line 7 of a.py: …".

    "" if no line of its package, or of its plugin file, is in the traceback.
    """
    owner = subject.component.owner
    top_level = sys.modules[owner.module.partition(".")[0]]  # a package, a plugin file or a single module
    file = Path(top_level.__file__ or "")
    is_package, is_plugin_file = hasattr(top_level, "__path__"), bool(owner.file_hash)
    # A plugin file may import modules beside it, so all of its folder is the component's own code.
    home = file.parent if is_package or is_plugin_file else file
    frames = traceback.extract_tb(failure.__cause__.__traceback__) if failure.__cause__ else []
    own_frames = [frame for frame in frames if Path(frame.filename).is_relative_to(home)]
    if not own_frames:
        return ""
    innermost = own_frames[-1]
    return f"see line {innermost.lineno} of {Path(innermost.filename).name}: {innermost.line}"
