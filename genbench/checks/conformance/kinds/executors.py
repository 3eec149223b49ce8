"""Checks of executors."""

from __future__ import annotations

import concurrent.futures
import contextlib
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genbench.checks.conformance.checks import CheckFailed, check
from genbench.checks.conformance.kinds.common import common_checks, first_result
from genbench.checks.conformance.subject import need_input
from genbench.files.temporary import temporary_folder
from genbench.trial.calling import call, gather

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Executor

    from genbench.checks.conformance.subject import Subject

    IsWanted = Callable[[], bool] | None

__all__ = ["CHECKS"]

_JOBS = 2  # the fewest that show whether calls run at the same time
_PATIENCE_S = 60.0  # for one answer: the first call may start processes
_MEETING_S = 20.0  # for another call to begin
_PAUSE_S = 0.3  # a call that another one must not overlap
_TICK_S = 0.02  # between two looks for the file of the other call


# An executor may pass two arguments to a call: `tries`, how often the call was lost before, and `is_wanted`,
# whether the run still waits for it.


def _square(number: int, *, tries: int = 0, is_wanted: IsWanted = None) -> int:  # noqa: ARG001 - executors may pass both
    """Return the square of a number: a call with a result."""
    return number * number


def _raise_error(number: int, *, tries: int = 0, is_wanted: IsWanted = None) -> int:  # noqa: ARG001 - executors may pass both
    """Raise ValueError: a call that fails."""
    raise ValueError(f"refused {number}")


def _find_no_difference() -> str | None:
    """Return None, which means that no version differs; the checks pass this function as the input `check`.

    In a run, the function tells which version of Python, a library or a plugin differs in a worker process.
    """
    return None


def _wait_for_other(paths: tuple[str, str], *, tries: int = 0, is_wanted: IsWanted = None) -> bool:  # noqa: ARG001 - executors may pass both
    """Return whether another call is running at the same time, after waiting up to 20 seconds for it.

    paths  the file that this call creates to show that it runs, and the file of the other call
    """
    own_file, other_file = map(Path, paths)
    own_file.touch()
    end = time.monotonic() + _MEETING_S
    while time.monotonic() < end:
        if other_file.exists():
            return True
        time.sleep(_TICK_S)
    return False


def _is_alone(marker: str, *, tries: int = 0, is_wanted: IsWanted = None) -> bool:  # noqa: ARG001 - executors may pass both
    """Return whether no other call is running at the same time.

    marker  the path of a file that each call makes and removes at its end: if it exists, another call is
            running
    """
    try:
        Path(marker).touch(exist_ok=False)
    except FileExistsError:
        return False
    time.sleep(_PAUSE_S)  # long enough for another call to find the file if it runs at the same time
    Path(marker).unlink()
    return True


@contextlib.contextmanager
def _open_executor(subject: Subject, jobs: int | None = _JOBS) -> Iterator[Executor]:
    """Yield the executor that the component makes for a number of jobs, and shut it down after the block.

    Raises CheckFailed if it makes something else.
    """
    part = subject.part
    # `gather` calls the functions of those inputs that the component takes; `check` is a function itself
    inputs = gather(part, {"jobs": lambda: jobs, "check": lambda: _find_no_difference})
    # An error of the component in the block fails the check. `isolate_call` seeds the global random streams
    # from the name of the call; "place" is this name, since an executor decides in which place a call runs.
    with subject.isolate_call("place"):
        executor = call(part, inputs, {"device": subject.case.device})
        if not isinstance(executor, concurrent.futures.Executor):
            raise CheckFailed(
                f"make returned a {type(executor).__name__}",
                fix="return ThreadPoolExecutor(jobs)  # of concurrent.futures",
            )
        try:
            yield executor
        finally:
            executor.shutdown(wait=True)


def _get_results(futures: list[Any]) -> list[Any]:
    """Return the results of futures in order; raise CheckFailed if one is missing after 60 seconds."""
    until = time.monotonic() + _PATIENCE_S
    try:
        return [future.result(timeout=max(until - time.monotonic(), 0)) for future in futures]
    except concurrent.futures.TimeoutError as error:
        for future in futures:
            future.cancel()
        raise CheckFailed(f"no answer to a call after {_PATIENCE_S:g} s") from error


def _square_numbers(subject: Subject) -> str:
    """Let the executor square 0, 1, 2 and 3, and return the results in order, such as "0 1 4 9"."""
    with _open_executor(subject) as executor:
        return " ".join(map(str, _get_results([executor.submit(_square, number) for number in range(4)])))


@check("results", "each future has the result of its own call")
def _check_results(subject: Subject) -> None:
    """Raise CheckFailed unless the futures of four calls have the results of their own calls, in order."""
    results = first_result(subject, _square_numbers)
    if results != "0 1 4 9":
        raise CheckFailed(f"the results {results} instead of 0 1 4 9", fix="return the future of each call")


@check("errors", "what a call raises is raised by its future")
def _check_errors(subject: Subject) -> None:
    """Raise CheckFailed unless the future of a call that raises ValueError raises it too."""
    with _open_executor(subject) as executor:
        future = executor.submit(_raise_error, 7)
        try:
            _get_results([future])
        except ValueError as error:
            if str(error) != "refused 7":
                raise CheckFailed(f"ValueError: {error}", fix="future.set_exception(error)") from error
            return
    raise CheckFailed("a result", fix="future.set_exception(error)")


@check("several", f"it runs {_JOBS} calls at a time if jobs is {_JOBS}")
def _check_several(subject: Subject) -> None:
    """Raise CheckFailed unless two calls meet: each waits for a file that shows that the other one runs."""
    need_input(subject, "jobs")
    with temporary_folder() as folder, _open_executor(subject) as executor:
        paths = (str(folder / "one"), str(folder / "two"))
        # each call gets its own file first, then the file of the other call
        futures = [executor.submit(_wait_for_other, files) for files in (paths, paths[::-1])]
        if not all(_get_results(futures)):
            seen = "the second call began when the first had ended"
            raise CheckFailed(seen, fix="ThreadPoolExecutor(jobs)")


@check("one-job", "it runs one call at a time if jobs is 1")
def _check_one_job(subject: Subject) -> None:
    """Raise CheckFailed if one of three calls finds the file by which another shows that it runs."""
    need_input(subject, "jobs")
    with temporary_folder() as folder, _open_executor(subject, 1) as executor:
        if not all(_get_results([executor.submit(_is_alone, str(folder / "taken")) for _ in range(3)])):
            raise CheckFailed("two calls at a time", fix="ThreadPoolExecutor(jobs)")


@check(
    "default-jobs",
    "jobs is None if the user gives no number",
    fix="ThreadPoolExecutor(genbench.cores() if jobs is None else jobs)",
)
def _check_default_jobs(subject: Subject) -> None:
    """Raise CheckFailed unless an executor that is made with jobs=None answers a call."""
    need_input(subject, "jobs")
    with _open_executor(subject, None) as executor:
        _get_results([executor.submit(_square, 3)])


@check("shutdown", "it can be shut down twice")
def _check_shutdown(subject: Subject) -> None:
    """Fail if the executor raises an error when it is shut down twice here, and once more after the block."""
    with _open_executor(subject) as executor:
        executor.submit(_square, 3)
        executor.shutdown(wait=False)
        executor.shutdown(wait=True)


CHECKS = (*common_checks(_square_numbers), _check_results, _check_errors, _check_several, _check_one_job,
          _check_default_jobs, _check_shutdown)  # fmt: skip
