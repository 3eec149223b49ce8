"""A real dask scheduler and its workers, each a process of its own on this machine."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

import genbench

PLUGIN = Path(__file__).with_name("gated_plugin.py")


def wait_for(condition, what, seconds=180):
    """Return what `condition` gives as soon as that is true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what} did not come in {seconds} s")


class Cluster:
    """A scheduler and workers; what is started is ended with the test."""

    def __init__(self, folder):
        self.folder = folder
        self.workers = []
        self.store = os.environ["GENBENCH_STORE"]
        self._started = []
        self.start_scheduler()

    def start_scheduler(self):
        note = self.folder / f"scheduler{len(self._started)}.json"
        self.scheduler = self._process(
            "scheduler", "--host", "127.0.0.1", "--port", 0, "--no-dashboard", "--scheduler-file", note
        )

        def address():
            with contextlib.suppress(OSError, ValueError):  # not there yet, or half of it
                return json.loads(note.read_text())["address"]

        self.address = wait_for(address, "the scheduler")

    def start_worker(self, *options, threads=1, **environment):
        name = f"worker{len(self._started)}"
        worker = self._process(
            "worker", self.address, "--nthreads", threads, "--no-nanny", "--no-dashboard", "--name", name,
            "--local-directory", self.folder / name, *options, **environment,
        )  # fmt: skip
        self.workers.append(worker)
        return worker

    def start_workers(self, count, **environment):
        for _ in range(count):
            self.start_worker(**environment)
        from distributed import Client

        with Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(count, timeout=180)
        return self

    def close(self):
        for process in self._started:
            process.kill()
            process.wait()

    def _process(self, kind, *options, **environment):
        with (self.folder / f"{kind}{len(self._started)}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", kind, *map(str, options)],
                env={**os.environ, "OMP_NUM_THREADS": "1", **environment}, stdout=log, stderr=log,
                cwd=self.folder,
            )  # fmt: skip
        self._started.append(process)
        return process


@pytest.fixture
def cluster(tmp_path_factory):
    """Return a cluster without workers."""
    found = Cluster(tmp_path_factory.mktemp("cluster"))
    yield found
    found.close()


@pytest.fixture(scope="session")
def shared_cluster(tmp_path_factory, _own_store):
    """Return a cluster of three workers, which no test may harm; they share the store of the tests."""
    found = Cluster(tmp_path_factory.mktemp("cluster")).start_workers(3)
    yield found
    found.close()


class Gate:
    """What `gated` waits at."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()

    def began(self, count=1, but=()):
        """Return the processes that wait there, when there are so many beside those of `but`."""

        def waiting():
            pids = {int(path.stem) for path in self.folder.glob("*.began")} - set(but)
            return pids if len(pids) >= count else None

        return wait_for(waiting, "the gated generator")

    def open(self):
        (self.folder / "open").touch()


@pytest.fixture
def gate(tmp_path):
    return Gate(tmp_path / "gate")


@pytest.fixture
def eventually():
    """Return the function that waits for a condition and fails with a word about what did not come."""
    return wait_for


@pytest.fixture(scope="session")
def plugin():
    """Return the file of the components."""
    return PLUGIN


@pytest.fixture(scope="session")
def write_suite(suite_text):
    """Return a function that writes a suite of the plugin's data and metric into a folder."""

    def write(folder, *generators, seeds=(0, 1, 2), dataset="cloud"):
        entries = {"datasets": [dataset], "generators": generators, "metrics": ["centre-gap"]}
        path = folder / "many.toml"
        path.write_text(suite_text(**entries, name="many", seeds=seeds, n=30, extra="controls = false"))
        return path

    return write


@pytest.fixture
def path(write_suite, tmp_path, gate):
    """Return a suite of a generator and one that waits at the gate, at three seeds."""
    return write_suite(tmp_path, "good", f'use = "gated"\ngate = "{gate.folder}"')


@pytest.fixture
def own_store(tmp_path, monkeypatch):
    """Keep what this test makes from the others, since what is found in the store is not made again."""
    monkeypatch.setenv("GENBENCH_STORE", str(tmp_path / "store"))


@pytest.fixture
def run(tmp_path, plugin):
    """Return a function that runs a suite on dask and returns what came out."""

    def do(path, cluster, *, wait=60.0, **options):
        executor = {"use": "dask", "address": cluster.address, "wait": wait}
        return genbench.run(path, output=tmp_path / "out", plugins=[plugin], executor=executor, **options)

    return do
