"""Checks and their results."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = ["Check", "CheckFailed", "CheckSkipped", "NotTried", "Outcome", "Result", "check", "judge_results"]

Outcome = Literal["passed", "failed", "skipped", "not tried", "expected"]

#: The check that a declared known failure still fails.
KNOWN_FAILURES = "known-failures"


class _CheckEnded(Exception):  # noqa: N818 - its kinds read as statements: `raise CheckFailed(seen="…")`
    """A check that does not pass.

    seen  why, which is also the error's text
    fix   what to write, to change or to type then; "" if the check cannot know it
    """

    def __init__(self, seen: str, fix: str = "") -> None:
        """Take why the check does not pass, and what to do."""
        super().__init__(seen)
        self.seen = seen
        self.fix = fix


class CheckFailed(_CheckEnded):
    """A component does not do what a check expects: `seen` is what it does instead."""


class CheckSkipped(_CheckEnded):
    """A check does not apply to a component: `seen` is the reason."""


class NotTried(CheckSkipped):
    """A component cannot be tried here: `seen` is the module, option, file or data that it lacks.

    After the command `fix`, the check can try it.
    """


@dataclass(frozen=True, kw_only=True)
class Check:
    """One check of a component.

    name      as in `known_failures` of a spec
    expected  what a sound component does, as the end of "expected: …"
    function  takes the Subject; raises CheckFailed, CheckSkipped or NotTried. An error of the component is a
              failure, and Undefined a skip
    fix       what to change if the failure does not say it
    is_gate   whether the later checks make sense only if it passes
    is_general  whether it needs no data, so that one call serves all modalities
    """

    name: str
    expected: str
    function: Callable[..., None]
    fix: str = ""
    is_gate: bool = False
    is_general: bool = False


def check(
    name: str, expected: str, *, fix: str = "", is_gate: bool = False, is_general: bool = False
) -> Callable[[Callable[..., None]], Check]:
    """Return the decorator that makes a check of a function; the arguments are the fields of Check."""
    return lambda function: Check(
        name=name, expected=expected, function=function, fix=fix, is_gate=is_gate, is_general=is_general
    )


@dataclass(frozen=True, kw_only=True)
class Result:
    """The result of one check of one component on one modality.

    component  "distribution:name"
    modality   "" for a component that works on no modality, and for a check that needs no data
    outcome    "passed", "failed", "skipped", "not tried" (the component lacks something here), or "expected":
               a failure that the spec declares
    seen       what was seen, or the reason of a skip, of a known failure, or why it was not tried
    fix        what to change; the command to type if it was not tried
    """

    component: str
    kind: str
    modality: str
    check: str
    outcome: Outcome
    seen: str = ""
    expected: str = ""
    fix: str = ""


def judge_results(results: Iterable[Result], known_failures: Mapping[str, str]) -> list[Result]:
    """Return the results of one component on all its modalities, with its known failures as `expected`.

    known_failures  the reason of each failure that the component declares, by the name of the check

    A declared failure that no longer occurs on any modality is a failure of its own, so that the author
    removes the declaration.
    """
    results = list(results)
    failing = {result.check for result in results if result.outcome == "failed"}
    judged = [
        replace(result, outcome="expected", seen=known_failures[result.check], fix="")
        if result.outcome == "failed" and result.check in known_failures
        else result
        for result in results
    ]
    ran = {result.check for result in results if result.outcome in ("passed", "failed")}
    # a check that ran on no modality cannot show whether its declared failure still occurs
    never_ran = {result.check for result in results} - ran
    for check in known_failures:
        if check not in failing and check not in never_ran:  # it never failed, or has an unknown name
            passes = "passes" if check in ran else "is no check of this kind of component"
            judged.append(
                replace(
                    results[0],  # for the component and its kind
                    check=KNOWN_FAILURES,
                    outcome="failed",
                    seen=f"{check!r} {passes}",
                    expected="each check in known_failures fails",
                    fix=f"remove {check!r} from known_failures",
                )
            )
    return judged
