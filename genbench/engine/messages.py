"""What travels: a job with all that it needs on another machine, and what comes back from there."""

from __future__ import annotations

import contextlib
import pickle
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from genbench.engine.runner import JobFailure
    from genbench.engine.versions import Versions

__all__ = ["Errand", "Outcome", "Packet", "Token"]


@dataclass(frozen=True)
class Token:
    """A file of random content: whoever finds it in a folder sees the folder in which it was left."""

    name: str
    content: str

    def leave(self, folder: Path) -> None:
        """Write it; raises OSError if that cannot be done."""
        (folder / self.name).write_text(self.content, encoding="ascii")

    def take_away(self, folder: Path) -> None:
        """Remove it, if it is there and that can be done; what is left is swept as a draft."""
        for _ in range(2):  # a disk may fail once
            with contextlib.suppress(OSError):
                (folder / self.name).unlink(missing_ok=True)

    def is_in(self, folder: Path) -> bool:
        """Return whether this very token lies there."""
        try:
            return (folder / self.name).read_text(encoding="ascii") == self.content
        except (OSError, ValueError):
            return False


@dataclass(frozen=True, kw_only=True)
class Errand:
    """What all packets of a run share.

    run        its id, random
    folder     its results, as an absolute path of the machine that it was started on
    token      lies in that folder and in the store while the run lasts
    versions   what must be the same wherever its packets are opened
    threads    of each job
    offline    nothing is downloaded
    plugins    its plugin files, by their absolute path, with their content
    assets     the folder of fetched files
    keep_samples  samples that do not lie in its store come back
    """

    run: str
    folder: Path
    token: Token
    versions: Versions
    threads: int
    offline: bool
    plugins: Mapping[Path, bytes]
    assets: Path
    keep_samples: bool


@dataclass(frozen=True, kw_only=True)
class Packet:
    """One job and what progress calls it; pickled, it can be opened before its plugins are loaded.

    log    the file that gets what the job's process prints, in the folder of the run
    trace  what the trial's trace holds so far, as in its file; b"" if it has none
    """

    errand: Errand
    name: str
    job: Any
    log: Path
    trace: bytes = b""

    def __getstate__(self) -> dict[str, Any]:
        """Return the fields with the job in pickled form."""
        return self.__dict__ | {"job": self.job if isinstance(self.job, bytes) else pickle.dumps(self.job)}

    def opened(self) -> Any:
        """Return the job; where the packet has travelled, the run's plugin files have to be loaded before."""
        return pickle.loads(self.job) if isinstance(self.job, bytes) else self.job  # noqa: S301 - made by our own run


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a packet.

    failure   of a job that prepares something
    worker    the other process in which it was opened, None for the run's own; the rest is from there
    warnings  what it has to say to whoever started the run
    records   sealed ones, by the names of their files, where the results folder cannot be seen from there;
              trace and log likewise
    samples   the files of the trial's samples and `notes` their maker's, if the run wants them and its store
              cannot be seen from there
    seconds   how long it took
    """

    failure: JobFailure | None = None
    worker: str | None = None
    warnings: tuple[str, ...] = ()
    records: Mapping[str, bytes] = field(default_factory=dict)
    trace: bytes = b""
    log: bytes = b""
    samples: Mapping[str, bytes] = field(default_factory=dict)
    notes: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
