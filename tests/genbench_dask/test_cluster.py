"""Connections to a dask scheduler, and which addresses and workers are refused before anything runs."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

import genbench
from genbench.core.errors import EngineError

pytestmark = pytest.mark.extras("distributed")


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
