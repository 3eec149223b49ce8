"""The lock file: what each component gave at which version; a change without a new version is a failure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from genbench.core.errors import ResultsError
from genbench.core.escaping import json_text
from genbench.files.outputs import write_output
from genbench.files.read import read_regular
from genbench.results.folder import report_write_errors
from genbench.store.environment import describe_machine, read_library_versions

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from genbench.checks.conformance.subject import Case, Subject

    Locked = Mapping[str, Any]

__all__ = ["entry_name", "make_entry", "read_lock", "write_lock"]

_FIELDS = ("version", "options", "result", "environment")


def entry_name(case: Case) -> str:
    """Return the name of a case's entry in a lock file: "metric fid image", or "executor dask" without data.

    It consists of the kind, the component and the modality of its data.
    """
    return " ".join(filter(None, (case.kind, case.reference, case.modality)))


def read_lock(path: Path) -> dict[str, Locked]:
    """Return the entries of a lock file by name, such as "metric fid image"; {} if the file does not exist.

    Raises ResultsError if it is damaged.
    """
    if not path.exists():
        return {}
    try:
        entries = json.loads(read_regular(path))
        if not all(set(entry) == set(_FIELDS) for entry in entries.values()):
            raise ValueError("an entry lacks a field")
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise ResultsError(
            f"{path} is no lock file of genbench check ({error}); delete it to write a new one"
        ) from error
    return dict(entries)


def write_lock(path: Path, entries: Mapping[str, Locked]) -> None:
    """Write a lock file, sorted by name; raise ResultsError if that fails."""
    with report_write_errors(path):
        write_output(path, (json_text(dict(sorted(entries.items()))) + "\n").encode("utf-8"))


def make_entry(subject: Subject, result: str) -> Locked:
    """Return the entry of a component in a lock file; a later check compares its results with it.

    result  what the component computed in its check, as a text, such as a hash of samples

    The environment is in the entry, since other libraries or another CPU may change the last digits.
    """
    return {
        "version": subject.spec.version,
        "options": dict(subject.part.canonical),
        "result": result,
        # only the name of the CPU; the threads and the device that `machine` reports do not matter
        "environment": read_library_versions() | {"cpu": describe_machine(1, "cpu")["cpu"]},
    }
