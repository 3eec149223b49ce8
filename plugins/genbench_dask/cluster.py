"""Connection to a dask scheduler, and checks of its workers."""

from __future__ import annotations

import contextlib
import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from annotated_types import Ge

from genbench import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from distributed import Client, Worker
    from distributed.security import Security

    from genbench_dask.calls import DaskExecutor

__all__ = ["dask"]

_CLOSING = 5.0  # timeout for closing a cluster, seconds
_NEVER = "1000 days"
_ADDRESS = re.compile(r"(tcp|tls|ws|wss|ucx|ucxx)://[^\s/]+:[0-9]+")
_EXPECTED = "expected what `dask scheduler` prints, such as tcp://10.0.0.1:8786"
_REPLY = 2.0  # minimum timeout for the scheduler to answer, seconds


def dask(
    jobs: int | None,
    device: str,
    check: Callable[[], str | None],
    *,
    address: str | None = None,
    wait: Annotated[float, Ge(0)] = 10.0,
) -> DaskExecutor:
    """Return an executor of the workers of the scheduler at an address, or of a cluster on this machine.

    address  of the scheduler; None: start `jobs` workers on this machine, by default one for each core, to
             which no other program can connect
    wait     timeout for the first worker, in seconds

    Raises EngineError if no scheduler answers or its workers are unsuitable: there is none, one has several
    threads or other versions, or none has a GPU although the device is one.
    """
    from genbench_dask.calls import DaskExecutor

    if address is not None and not _ADDRESS.fullmatch(address):
        raise EngineError(f"{address!r} is not the address of a dask scheduler; {_EXPECTED}")
    resources = {"GPU": 1} if device.startswith("cuda") else {}
    with contextlib.ExitStack() as opened:
        security = None
        if address is None:
            address, security = opened.enter_context(_local_cluster(jobs, resources))
        client = _connect(address, security, wait=wait)
        executor = DaskExecutor(client, opened.pop_all(), jobs=jobs, resources=resources)
        opened.callback(executor.shutdown, wait=False)
        try:
            _check_workers(client, check, resources, wait)
        except OSError as error:  # dask's errors for lost connections are OSErrors too
            raise EngineError(
                f"lost the connection to the dask scheduler at {address} before the run started: {error}; "
                f"start it again and run the same command"
            ) from error
        opened.pop_all()
    return executor


@contextlib.contextmanager
def _local_cluster(jobs: int | None, resources: Mapping[str, float]) -> Iterator[tuple[str, Security]]:
    """Yield the address of a scheduler in this process, whose workers are separate processes, and its keys.

    A program that reaches a scheduler can run code in its workers, and each user of a machine reaches its
    ports. So the scheduler and the workers talk only to holders of a key, which this process makes.
    """
    import dask
    from distributed import LocalCluster
    from distributed.security import Security

    try:
        security = Security.temporary()
    except ImportError as error:  # of cryptography
        raise EngineError(f"{error}; pip install 'genbench[dask]'") from error
    settings = {
        # By default dask gives up a worker that is still missing some time after it was first lost.
        "distributed.deploy.lost-worker-timeout": _NEVER,
        # the web pages of schedulers and workers have no keys: there are none
        "distributed.scheduler.http.routes": [],
        "distributed.worker.http.routes": [],
    }
    with dask.config.set(settings):
        cluster = LocalCluster(
            security=security,
            n_workers=jobs,
            threads_per_worker=1,
            resources=resources,
            dashboard_address="127.0.0.1:0",
            scheduler_kwargs={"dashboard": False},
            silence_logs=logging.CRITICAL,
        )
        try:
            yield cluster.scheduler_address, security
        finally:
            with contextlib.suppress(Exception):  # the rest of it ends with this process
                cluster.close(timeout=_CLOSING)


def _connect(address: str, security: Security | None, wait: float) -> Client:
    from distributed import Client

    timeout = max(wait, _REPLY)
    try:
        return Client(address, security=security, timeout=timeout, set_as_default=False, name="genbench")
    except (OSError, ValueError, ImportError) as error:  # ImportError: a protocol needs a missing package
        raise EngineError(f"no dask scheduler answers at {address}: {error}; {_EXPECTED}") from error


@dataclass(frozen=True)
class _Worker:
    """The properties of a worker, as it reports them."""

    threads: int
    resources: Mapping[str, float]
    difference: str | None


def _ask(check: Callable[[], str | None], dask_worker: Worker) -> _Worker:
    """Return the properties of the worker that runs this; dask passes it under the name `dask_worker`."""
    state = dask_worker.state
    return _Worker(state.nthreads, dict(state.total_resources), check())


def _check_workers(
    client: Client, check: Callable[[], str | None], resources: Mapping[str, float], wait: float
) -> None:
    address = client.scheduler.address
    start = f"start one with `dask worker {address} --nthreads 1{' --resources GPU=1' if resources else ''}`"
    try:
        client.wait_for_workers(1, timeout=wait)
    except TimeoutError as error:
        raise EngineError(
            f"the dask scheduler at {address} has no worker after waiting {wait:g} s; {start}"
        ) from error
    workers: dict[str, Any] = client.run(_ask, check, on_error="return")
    for name, found in sorted(workers.items()):
        if isinstance(found, BaseException):
            raise EngineError(
                f"the dask worker {name} cannot run trials: {type(found).__name__}: {found}; install the "
                f"same genbench on it"
            )
        if found.difference is not None:
            raise EngineError(
                f"the dask worker {name} cannot run trials: {found.difference}; install the same version on "
                f"it and restart it"
            )
        if found.threads != 1:
            raise EngineError(
                f"the dask worker {name} has {found.threads} threads, but one trial must not affect another; "
                f"{start}"
            )
    if resources and not any(found.resources.get("GPU", 0) >= 1 for found in workers.values()):
        raise EngineError(f"no worker of the dask scheduler at {address} has the resource GPU; {start}")
