"""Job messages: a job with all that it needs on another machine, and its outcome.

A message has the versions that all machines of a run must share: they are part of the keys of artefacts and
records, so a trial with other versions would be another trial.
"""

from __future__ import annotations

import contextlib
import functools
import os
import pickle
import platform
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from genbench.catalog.code import find_make_module, hash_package
from genbench.store.environment import installed_version, read_library_versions, read_module_versions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from genbench.contract.specs import Spec
    from genbench.jobs.engine.runner import JobFailure
    from genbench.suite.components import Part

__all__ = [
    "JobMessage", "Outcome", "RunContext", "Token", "Versions", "describe_version_difference",
    "name_this_process", "read_versions",
]  # fmt: skip

_MOST_DIFFERENCES = 3  # more make the line of the message too long


@dataclass(frozen=True)
class Token:
    """A file of random content: a process that finds it in a folder shares that folder."""

    name: str
    content: str

    def leave(self, folder: Path) -> None:
        """Write the token, by which other processes recognize the folder, into it; may raise OSError."""
        (folder / self.name).write_text(self.content, encoding="ascii")

    def take_away(self, folder: Path) -> None:
        """Remove the token from a folder if possible; a later run removes one that stays."""
        for _ in range(2):  # a disk may fail once
            with contextlib.suppress(OSError):
                (folder / self.name).unlink(missing_ok=True)

    def is_in(self, folder: Path) -> bool:
        """Return whether a folder contains this token."""
        try:
            return (folder / self.name).read_text(encoding="ascii") == self.content
        except (OSError, ValueError):
            return False


@dataclass(frozen=True, kw_only=True)
class Versions:
    """The versions that compute a run.

    libraries      Python, genbench and the libraries that decide numbers
    distributions  those of its plugins
    modules        what its components need, by module
    code           a hash of the package of each component's module; genbench's own is under "genbench"
    """

    libraries: Mapping[str, str]
    distributions: Mapping[str, str]
    modules: Mapping[str, str]
    code: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class RunContext:
    """The settings that all messages of a run share.

    run        its random id
    folder     its results folder, an absolute path on the machine that started it
    token      in that folder and in the store while the run lasts
    versions   the versions that every process must have
    threads    threads of each job
    offline    whether downloads are forbidden
    plugins    its plugin files, by absolute path: the content of each and of the modules that it imports from
               its folder, by their absolute paths
    assets     the folder of fetched files
    keep_samples  whether samples come back from processes that do not share the store
    """

    run: str
    folder: Path
    token: Token
    versions: Versions
    threads: int
    offline: bool
    plugins: Mapping[Path, Mapping[Path, bytes]]
    assets: Path
    keep_samples: bool


@dataclass(frozen=True, kw_only=True)
class JobMessage:
    """One job and its name; pickled, it can be opened before its plugins are loaded.

    log    the file for the output of the job's process, in the folder of the run
    trace  the content of the trial's trace file so far; b"" if it has none
    """

    context: RunContext
    name: str
    job: Any
    log: Path
    trace: bytes = b""

    def __getstate__(self) -> dict[str, Any]:
        """Return the fields, for pickle, with the job as bytes: a message can be read without its plugins."""
        return self.__dict__ | {"job": self.job if isinstance(self.job, bytes) else pickle.dumps(self.job)}

    def open_job(self) -> Any:
        """Return the job, unpickled if the message came from another process.

        Load the run's plugin files first, in this process: the job may contain objects of their classes.
        """
        return pickle.loads(self.job) if isinstance(self.job, bytes) else self.job  # noqa: S301 - made by our own run


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The outcome of a message.

    failure   the failure of a job that prepares something
    worker    the process that ran it; None for the run's own, which writes its results to the folder and
              returns at most `failure`
    warnings  warnings to show to the user
    records   sealed records by file name, if the process does not share the results folder; trace, log and
              galleries likewise
    samples   the files of the trial's samples, with `notes`, if the run keeps samples and the process does
              not share its store
    seconds   its duration
    """

    failure: JobFailure | None = None
    worker: str | None = None
    warnings: tuple[str, ...] = ()
    records: Mapping[str, bytes] = field(default_factory=dict)
    trace: bytes = b""
    log: bytes = b""
    galleries: Mapping[str, bytes] = field(default_factory=dict)
    samples: Mapping[str, bytes] = field(default_factory=dict)
    notes: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0.0


def read_versions(parts: Iterable[Part[Spec]]) -> Versions:
    """Return the versions that this process has of a run's components.

    Plugin files are left out, since messages contain their code.
    """
    installed = [part for part in parts if not part.component.owner.file_hash]
    # genbench's version is among those of the libraries
    distributions = {part.component.owner.distribution for part in installed} - {"genbench"}
    modules = sorted({module for part in installed for module in part.modules})
    packages = {find_make_module(part.component).partition(".")[0] for part in installed}
    return Versions(
        libraries=read_library_versions(),
        distributions={name: installed_version(name) for name in sorted(distributions)},
        modules=read_module_versions(modules),
        code={"genbench": _hash_own_code()} | {name: hash_package(name) for name in sorted(packages)},
    )


def describe_version_difference(expected: Versions) -> str | None:
    """Return one line with the versions of this process that differ from those expected; None if none does.

    The line names at most three. It begins "it has": the caller's message names the worker before it.
    """
    expected_versions = {**expected.libraries, **expected.distributions, **expected.modules}
    own_versions = {
        **read_library_versions(),
        **{name: installed_version(name) for name in expected.distributions},
        **read_module_versions(expected.modules),
    }
    differences = [
        f"{name} {own_versions[name] or '(not installed)'} and not {version or '(none)'}"
        for name, version in expected_versions.items()
        if own_versions[name] != version
    ]
    if not differences:  # hash code only then: other versions have other code anyway
        own_hashes = {
            name: _hash_own_code() if name == "genbench" else hash_package(name) for name in expected.code
        }
        differences = [
            f"other code of {name}" for name, sha in expected.code.items() if own_hashes[name] != sha
        ]
    return f"it has {', '.join(differences[:_MOST_DIFFERENCES])}" if differences else None


def name_this_process() -> str:
    """Return the name of this process in texts for the user: "the worker MACHINE (process NUMBER)"."""
    return f"the worker {platform.node()} (process {os.getpid()})"


@functools.cache
def _hash_own_code() -> str:
    """Return the hash of genbench's code on disk, computed once, soon after this process imported it.

    The files may change later, while the process still runs the imported code.
    """
    return hash_package("genbench")
