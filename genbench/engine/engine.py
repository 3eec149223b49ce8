"""A run's executor, open as long as the run has something to do, and what all its packets share."""

from __future__ import annotations

import contextlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genbench.contract.assets import assets_root
from genbench.engine.messages import Errand, Packet, Token
from genbench.engine.placing import here, open_executor, place
from genbench.engine.versions import versions_of
from genbench.files.drafts import sweep
from genbench.files.sealed import draft_name
from genbench.trial.jobs import CheckDevice
from genbench.trial.trial import RunTrial

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Executor

    from genbench.engine.runner import Failure
    from genbench.isolation.pool import Workplace
    from genbench.runs.prepare import Order, Ready
    from genbench.store.store import Store

__all__ = ["Engine", "open_engine"]


@dataclass(frozen=True)
class Engine:
    """What runs jobs, wherever the executor places them."""

    executor: Executor
    errand: Errand
    workplace: Workplace
    store: Store

    def check_device(self, device: str) -> None:
        """Raise SuiteError if torch cannot compute on a device where jobs are placed."""
        job = CheckDevice(device=device)
        packet = Packet(errand=self.errand, name=f"device {device}", job=job, log=Path(os.devnull))
        place(self.executor, [packet], self.workplace, self.store)

    def run(self, jobs: Sequence[tuple[str, Any]]) -> list[Failure]:
        """Run named jobs to their end and return what failed; raises as `place` does."""
        packets = [self._packet(name, job) for name, job in jobs]
        return place(self.executor, packets, self.workplace, self.store)

    @contextlib.contextmanager
    def tokens(self) -> Iterator[None]:
        """Let workers see by a token whether they see the results folder and the store."""
        folders = (self.errand.folder, self.store.root)
        sweep(folders)  # those of runs that were killed
        try:
            for folder in folders:
                with contextlib.suppress(OSError):  # then results come back, wherever workers are
                    self.errand.token.leave(folder)
            yield
        finally:
            for folder in folders:
                self.errand.token.take_away(folder)

    def _packet(self, name: str, job: Any) -> Packet:
        folder, trace = self.errand.folder, b""
        log = folder / "logs" / f"{name.replace(' ', '-')}.log"
        if isinstance(job, RunTrial):
            known = folder / "traces" / f"{job.trial.trace_key}.json"
            trace = known.read_bytes() if known.is_file() else b""
        return Packet(errand=self.errand, name=name, job=job, log=log, trace=trace)


@contextlib.contextmanager
def open_engine(ready: Ready, order: Order, workplace: Workplace, store: Store) -> Iterator[Engine]:
    """Give the engine of a run, whose executor is opened.

    Raises PluginError for an executor that breaks its contract, and EngineError if it cannot take the run.
    """
    run = secrets.token_hex(8)
    versions = versions_of(ready.resolved.parts)
    errand = Errand(
        run=run,
        folder=ready.folder.resolve(),
        token=Token(draft_name("run"), secrets.token_hex(16)),
        versions=versions,
        threads=order.threads,
        offline=order.offline,
        plugins={path.resolve(): path.read_bytes() for path in order.plugins},
        assets=assets_root(),
        keep_samples=order.keep_samples,
    )
    with (
        here(run, workplace),
        open_executor(ready.executor, jobs=order.jobs, device=order.device, versions=versions) as executor,
    ):
        yield Engine(executor, errand, workplace, store)
