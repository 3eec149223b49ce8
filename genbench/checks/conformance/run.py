"""Runs checks on a subject, and turns what they raise into results."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from genbench.checks.conformance.checks import CheckFailed, CheckSkipped, NotTried, Result
from genbench.core.errors import GenbenchError, Invalid, SuiteError, Undefined
from genbench.core.escaping import one_line
from genbench.trial.failures import BlameError, read_outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from genbench.checks.conformance.checks import Check, Outcome
    from genbench.checks.conformance.subject import Case, Subject

__all__ = ["is_closed_gate", "make_closed_result", "make_result", "run_check", "run_checks"]


def run_checks(
    subject: Subject, checks: Iterable[Check], begin: Callable[[Check], object] = lambda _: None
) -> Iterator[Result]:
    """Yield the result of each check, in order.

    If a gate, a check that the later ones presuppose, does not pass, the later ones are skipped.

    begin  called before each check, to report it
    """
    closed: Result | None = None  # of the gate that did not pass
    for check in checks:
        begin(check)
        if closed is not None:
            yield make_closed_result(subject.case, check, closed)
            continue
        result = run_check(subject, check)
        closed = result if is_closed_gate(check, result) else None
        yield result


def is_closed_gate(check: Check, result: Result) -> bool:
    """Return whether the checks after `check` do not run, since they presuppose that it passes."""
    return check.is_gate and result.outcome != "passed"


def make_closed_result(case: Case, check: Check, gate: Result) -> Result:
    """Return the result of a check that does not run, since a gate before it did not pass.

    gate  the result of that gate: where it is skipped or not tried, so is the check, for the same reason
    """
    if gate.outcome == "failed":
        return make_result(case, check, "skipped", f"it fails the check {gate.check}")
    return make_result(case, check, gate.outcome, gate.seen, gate.fix)


def run_check(subject: Subject, check: Check) -> Result:
    """Run one check and return its result: passed, failed, skipped or not tried, by what it raises.

    If it raises Undefined, it is skipped. If the component raises another error, it fails, and the fix in the
    result names the line of the component.
    """
    outcome: Outcome = "failed"
    try:
        check.function(subject)
        outcome, seen, fix = "passed", "", ""
    except CheckFailed as failure:
        seen, fix = failure.seen, failure.fix or check.fix
    except NotTried as lack:
        outcome, seen, fix = "not tried", lack.seen, lack.fix
    except (CheckSkipped, Undefined) as reason:
        outcome, seen, fix = "skipped", str(reason), ""
    except BlameError as failure:
        status, seen = read_outcome(failure)
        fix = _describe_failing_line(failure, subject) or check.fix
        if status == "skipped":  # the component raised Undefined
            outcome, fix = "skipped", ""
        elif isinstance(failure.__cause__, SuiteError):  # it asks for options that the check lacks
            outcome, fix = "not tried", subject.suggest_command("OPTION")
    except (GenbenchError, Invalid) as error:
        seen, fix = str(error), check.fix
    return make_result(subject.case, check, outcome, seen, fix)


def make_result(case: Case, check: Check, outcome: Outcome, seen: str = "", fix: str = "") -> Result:
    """Return the Result of a check on a case.

    seen  what the check observed, or why it was skipped; put on one line
    fix   what to write, if the check failed; the command to type, if the component was not tried
    """
    return Result(
        component=case.reference,
        kind=case.kind,
        modality="" if check.is_general else case.modality or "",
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
