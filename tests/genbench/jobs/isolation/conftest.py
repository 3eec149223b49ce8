"""A running fork server, and jobs of every kind for it."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from genbench.catalog.catalog import load_catalog
from genbench.files.process_settings import select_common_variables
from genbench.jobs.isolation.client import ForkServer
from genbench.store.environment import thread_variables


@pytest.fixture(scope="session")
def jobs_plugin():
    """Return the file of the plugin of jobs, loaded, so that its jobs can be pickled."""
    path = Path(__file__).parents[3] / "toy_plugins" / "jobs_plugin.py"
    assert load_catalog([path], only=[]).broken == ()
    return path


@pytest.fixture(scope="session")
def job(jobs_plugin):
    """Return a function that makes a job by the name of what it does."""
    return sys.modules["genbench_plugin_jobs_plugin"].Job


@pytest.fixture(scope="session")
def server(jobs_plugin):
    """Return a fork server for all tests of this folder that run in this process."""
    with ForkServer(select_common_variables(os.environ) | thread_variables(1), [jobs_plugin]) as running:
        yield running


@pytest.fixture(scope="session")
def events_of():
    """Return a function that runs a job on a server and yields its events."""

    def run(server, job, log, **asked):
        with server.start(job, log, **asked) as child:
            yield from child.events()

    return run


@pytest.fixture
def run_job(server, events_of, tmp_path):
    """Return a function that runs a job and returns its events, the process's number left out."""

    def run(job):
        first, *events = events_of(server, job, tmp_path / "log")
        assert set(first) == {"pid"}
        return events

    return run


@pytest.fixture
def script(tmp_path):
    """Return a function that starts a script in an interpreter of its own."""

    def start(text, **environment):
        path = tmp_path / "script.py"
        path.write_text(textwrap.dedent(text))
        return subprocess.Popen(
            [sys.executable, str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            cwd=tmp_path, env=os.environ | environment,
        )  # fmt: skip

    return start
