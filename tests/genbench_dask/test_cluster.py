"""Connections to a dask scheduler, and which addresses and workers are refused before anything runs."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
from pathlib import Path

import psutil
import pytest

import genbench
from genbench.core.errors import EngineError

pytestmark = pytest.mark.extras("distributed")


@pytest.mark.slow
def test_a_worker_of_another_version_is_refused_before_anything_runs(cluster, path, run, tmp_path):
    copy = tmp_path / "other" / "genbench"
    shutil.copytree(Path(genbench.__file__).parent, copy, ignore=shutil.ignore_patterns("__pycache__"))
    home = copy / "_version.py"
    version = f'__version__ = "{genbench.__version__}"'
    assert version in home.read_text()
    home.write_text(home.read_text().replace(version, '__version__ = "0.0.9"'))
    cluster.start_worker(PYTHONPATH=f"{copy.parent}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    message = rf"the dask worker tcp://.* it has genbench 0\.0\.9 and not {genbench.__version__}; install"
    with pytest.raises(EngineError, match=message):
        run(path, cluster)
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_what_the_workers_cannot_do_is_refused_with_the_command_that_starts_one_that_can(
    shared_cluster, cluster, path, run, tmp_path
):
    with pytest.raises(EngineError, match=r"has the resource GPU; .*`dask worker tcp.* --resources GPU=1`"):
        run(path, shared_cluster, device="cuda")
    with pytest.raises(EngineError, match=r"has no worker after waiting 0.5 s; start one with `d"):
        run(path, cluster, wait=0.5)
    cluster.start_worker(threads=2)
    with pytest.raises(EngineError, match=r"has 2 threads, .* `dask worker tcp.* --nthreads 1`"):
        run(path, cluster)
    cluster.scheduler.kill()
    cluster.scheduler.wait()
    with pytest.raises(EngineError, match=rf"no dask scheduler answers at {cluster.address}"):
        run(path, cluster, wait=1)
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_a_cluster_on_this_machine_answers_nobody_else():
    from distributed import Client
    from distributed.security import Security
    from genbench_dask.cluster import _local_cluster

    of_others = _list_ports()
    with _local_cluster(1, {}) as (address, security):
        with Client(address, security=security, set_as_default=False, timeout=10) as client:
            client.wait_for_workers(1, timeout=30)
            assert client.submit(abs, -7).result(timeout=30) == 7
        with pytest.raises((OSError, TypeError)):  # TypeError: no keys at all
            Client(address, set_as_default=False, timeout=2)
        with pytest.raises(OSError, match="certificate does not match"):
            Client(address, security=Security.temporary(), set_as_default=False, timeout=2)
        pages = [_read_page(port) for port in _list_ports() - of_others]
        assert len(pages) >= 4
        assert {page.partition(b"\r\n")[0] for page in pages if page} == {b"HTTP/1.1 404 Not Found"}


def _list_ports():
    """Return the ports on which this process and its children listen."""
    me = psutil.Process()
    return {
        connection.laddr.port
        for process in (me, *me.children(recursive=True))
        for connection in process.net_connections()
        if connection.status == psutil.CONN_LISTEN
    }


def _read_page(port):
    """Return what a port answers to a request for a page of dask; b"" if it is none of HTTP."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(
            b"GET /info/main/workers.html HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        )
        with contextlib.suppress(OSError):
            return b"".join(iter(lambda: connection.recv(4096), b""))
    return b""


@pytest.mark.parametrize("address", ["hello", "foo://10.0.0.1:1", "tcp://10.0.0.1", "tcp://a b:1", ""])
def test_what_is_no_address_is_refused_at_once(own_store, path, plugin, tmp_path, address):
    reason = rf"^{address!r} is not the address of a dask scheduler; .*tcp://10\.0\.0\.1:8786$"
    with pytest.raises(EngineError, match=reason):
        genbench.run(
            path,
            output=tmp_path / "out",
            plugins=[plugin],
            jobs=1,
            executor={"use": "dask", "address": address},
        )
