"""Runs checks on a subject, and turns what they raise into results."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from genbench.conformance.checks import CheckFailed, CheckSkipped, Result
from genbench.core.errors import GenbenchError, Invalid, Undefined
from genbench.core.escaping import one_line
from genbench.trial.failures import BlameError, outcome_of

if TYPE_CHECKING:
    from genbench.conformance.checks import Check, Outcome
    from genbench.conformance.subject import Case, Subject

__all__ = ["result_of", "run_check"]


def run_check(subject: Subject, check: Check) -> Result:
    """Run one check and return its result; only KeyboardInterrupt passes."""
    case = subject.case
    try:
        check.function(subject)
    except CheckFailed as failure:
        return result_of(case, check, "failed", failure.seen, failure.fix or check.fix)
    except (CheckSkipped, Undefined) as reason:
        return result_of(case, check, "skipped", str(reason))
    except BlameError as failure:
        status, text = outcome_of(failure)
        if status == "skipped":
            return result_of(case, check, "skipped", text)
        return result_of(case, check, "failed", text, _place(failure, subject) or check.fix)
    except (GenbenchError, Invalid) as error:
        return result_of(case, check, "failed", str(error), check.fix)
    return result_of(case, check, "passed")


def result_of(case: Case, check: Check, outcome: Outcome, seen: str = "", fix: str = "") -> Result:
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


def _place(failure: BlameError, subject: Subject) -> str:
    """Return where in the component's own code an error was raised, or nothing."""
    package = subject.component.owner.module.partition(".")[0]
    frames = traceback.extract_tb(failure.__cause__.__traceback__) if failure.__cause__ else []
    files = {str(file) for file in subject.case.files}
    own = [frame for frame in frames if package in Path(frame.filename).parts or frame.filename in files]
    return f"see line {own[-1].lineno} of {Path(own[-1].filename).name}: {own[-1].line}" if own else ""
