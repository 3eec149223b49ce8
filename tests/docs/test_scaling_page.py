"""The page on many machines: its commands are parsed, and its scripts run on clusters of this machine."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import json
import re
import runpy
import shlex
import shutil
import subprocess
import sys
import time
from types import ModuleType

import click
import pytest

import genbench
from genbench.catalog.catalog import load_catalog
from genbench.catalog.describe import describe
from genbench.cli.main import main

PAGE = "docs/scaling.md"
ADDRESS = "tcp://10.0.0.1:8786"  # of the scheduler on the page
CLUSTERS = {  # a script of the page, and the class of the cluster that it starts
    "on_slurm.py": ("dask_jobqueue", "SLURMCluster"),
    "on_kubernetes.py": ("dask_kubernetes.operator", "KubeCluster"),
}
#: A cluster that takes any options and starts two workers on this machine.
LOCAL_CLUSTER = """
from distributed import LocalCluster

class KubeCluster(LocalCluster):
    def __init__(self, **_):
        super().__init__(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0")
"""
#: SLURM's commands: two jobs leave the queue, each a process with a session, and the others wait in it.
SBATCH = """
import contextlib, itertools, shutil, subprocess, sys
from pathlib import Path

folder = Path(__file__).parent
subprocess.run(["bash", "-n", sys.argv[1]], check=True)
for script in (folder / f"job{number}.sh" for number in itertools.count()):
    with contextlib.suppress(FileExistsError):  # jobs are submitted at the same time
        script.touch(exist_ok=False)
        break
shutil.copy(sys.argv[1], script)
number = 10**9
if script.name in ("job0.sh", "job1.sh"):
    with script.with_suffix(".log").open("wb") as log:
        number = subprocess.Popen(["bash", script], stdout=log, stderr=log, start_new_session=True).pid
print("Submitted batch job", number)
"""
SCANCEL = """
import contextlib, os, signal, sys

with contextlib.suppress(ProcessLookupError, OverflowError):
    os.killpg(int(sys.argv[1]), signal.SIGKILL)
"""


@pytest.fixture(scope="module")
def named(blocks):
    """Return the function that gives the block of the page that is written to a file."""

    def find(name):
        (block,) = (block for block in blocks(PAGE) if block.argument == name)
        return block

    return find


@pytest.fixture(scope="module")
def alone(folder_of, named):
    """Return a folder in which this machine alone ran the suite of the page."""
    folder = folder_of("alone")
    folder.run(named("small.toml"))
    subprocess.run(
        ["genbench", "run", "small.toml", "--jobs", "2", "--quiet"],
        cwd=folder.path, env=folder.environment, check=True,
    )  # fmt: skip
    return folder.path


@pytest.fixture
def reader(folder_of, alone):
    """Return a folder with the suite of the page and the results of this machine alone."""
    folder = folder_of("reader")
    shutil.copy(alone / "small.toml", folder.path)
    shutil.copytree(alone / "results", folder.path / "results")
    return folder


@pytest.fixture
def scheduler(reader):
    """Return the address of a scheduler that the command of the page starts, on a port of its own."""
    note = reader.path / "scheduler.json"
    options = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", note]
    with subprocess.Popen(["dask", "scheduler", *options], cwd=reader.path, env=reader.environment,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:  # fmt: skip
        yield wait_for(lambda: json.loads(note.read_text())["address"])
        process.kill()


def wait_for(read, seconds=60):
    """Return what `read` returns as soon as it raises nothing."""
    end = time.monotonic() + seconds
    while True:
        try:
            return read()
        except (OSError, ValueError):
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def commands(blocks, program):
    """Return the words of the page's commands of a program, without the variables that are set before."""
    lines = [
        command for block in blocks(PAGE) if block.language == "console" for command, _ in block.commands
    ]
    words = [shlex.split(re.sub(r"^([A-Z_]+=\S+ )+", "", line)) for line in lines]
    return [row[1:] for row in words if row[0] == program]


def script_calls(named, script, monkeypatch, tmp_path):
    """Run a script with a cluster that only notes its options; return these and the run it asks for."""
    seen = {}

    class Cluster:
        scheduler_address = ADDRESS

        def __init__(self, **options):
            seen["cluster"] = options

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def scale(self, *, jobs):
            seen["jobs"] = jobs

    module, name = CLUSTERS[script]
    fake = ModuleType(module)
    setattr(fake, name, Cluster)
    monkeypatch.setitem(sys.modules, module.partition(".")[0], ModuleType(module.partition(".")[0]))
    monkeypatch.setitem(sys.modules, module, fake)
    monkeypatch.setattr(
        genbench, "run", lambda *given, **options: seen.update(run=(given, options)), raising=True
    )
    (tmp_path / script).write_text(named(script).text, encoding="utf-8")
    runpy.run_path(tmp_path / script)
    assert seen == {}, "a worker imports the script, and must start nothing"
    runpy.run_path(tmp_path / script, run_name="__main__")
    return seen


def test_every_command_is_sound_shell(blocks):
    for block in blocks(PAGE):
        if block.language == "console":
            for command, _ in block.commands:
                subprocess.run(["bash", "-n", "-c", command], check=True)


def test_every_genbench_command_has_options_that_exist(blocks):
    found = commands(blocks, "genbench")
    assert len(found) >= 4
    for name, *rest in found:
        command = main.get_command(click.Context(main), name)
        assert command.make_context(name, rest).params["suite"] == "small.toml"


@pytest.mark.parametrize("script", CLUSTERS)
def test_a_script_asks_for_a_run_that_can_be(script, named, monkeypatch, tmp_path):
    signature = inspect.signature(genbench.run)
    (suite,), options = script_calls(named, script, monkeypatch, tmp_path)["run"]
    executor = signature.bind(suite, **options).arguments["executor"]
    assert suite == "small.toml"
    assert executor["address"] == ADDRESS
    catalog = load_catalog(only=["genbench"])
    used = executor.pop("use")
    (dask,) = (component for component in catalog.of_kind("executor") if component.name == used)
    assert set(executor) <= {option["name"] for option in describe(catalog, dask)["options"]}


@pytest.mark.slow
@pytest.mark.extras("distributed")
def test_every_dask_command_has_options_that_exist(blocks):
    found = commands(blocks, "dask")
    assert {row[0] for row in found} == {"scheduler", "worker"}
    for name, *rest in found:
        command = importlib.import_module(f"distributed.cli.dask_{name}").main
        parsed = command.make_context(name, rest).params
        assert name == "scheduler" or parsed["nthreads"] == 1


@pytest.mark.slow
@pytest.mark.extras("distributed")
def test_the_commands_for_one_machine_run_and_give_the_same_scores(reader, blocks):
    (block,) = (block for block in blocks(PAGE) if block.text.startswith("$ genbench run small.toml --exec")
                and "cmp " in block.text)  # fmt: skip
    reader.run(dataclasses.replace(block, mark=""))


@pytest.mark.slow
@pytest.mark.extras("distributed")
def test_the_commands_by_hand_run_and_give_the_same_scores(reader, scheduler, blocks):
    runs = [words for words in commands(blocks, "genbench") if ADDRESS in words]
    (worker,) = (words for words in commands(blocks, "dask") if "--nworkers" in words)
    worker[worker.index("--nworkers") + 1] = "2"
    place = {"cwd": reader.path, "env": reader.environment}
    with subprocess.Popen(["dask", *(word.replace(ADDRESS, scheduler) for word in worker)], **place,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as workers:  # fmt: skip
        command = [word.replace(ADDRESS, scheduler) for word in runs[0]]
        try:
            subprocess.run(["genbench", *command, "-o", "results/dask", "--quiet"], **place, check=True)
        finally:
            workers.terminate()  # else the test waits for them for ever
    assert_same_scores(reader, "dask")


@pytest.mark.slow
@pytest.mark.extras("dask_jobqueue")
def test_the_script_for_slurm_runs_its_jobs_and_gives_the_same_scores(reader, named):
    queue = reader.path / "queue"
    queue.mkdir()
    for name, source in {"sbatch": SBATCH, "scancel": SCANCEL}.items():
        (queue / name).write_text(f"#!{sys.executable}\n{source}")
        (queue / name).chmod(0o755)
    reader.environment["PATH"] = f"{queue}:{reader.environment['PATH']}"
    run_script(reader, named("on_slurm.py"))
    jobs = sorted(queue.glob("job*.sh"))
    assert len(jobs) == 40
    assert "#SBATCH -t 04:00:00" in jobs[0].read_text()


@pytest.mark.slow
@pytest.mark.extras("distributed")
def test_the_script_for_kubernetes_runs_on_a_cluster_of_this_machine(reader, named):
    package = reader.path / "dask_kubernetes"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "operator.py").write_text(LOCAL_CLUSTER)
    run_script(reader, named("on_kubernetes.py"))


@pytest.mark.slow
@pytest.mark.extras("dask_kubernetes")
def test_the_workers_on_kubernetes_have_a_command_that_dask_takes(named, monkeypatch, tmp_path):
    from dask_kubernetes import operator
    from distributed.cli.dask_worker import main as worker

    options = script_calls(named, "on_kubernetes.py", monkeypatch, tmp_path)["cluster"]
    assert set(options) <= set(inspect.signature(operator.KubeCluster).parameters)
    pod = operator.make_cluster_spec(**options)["spec"]["worker"]
    assert pod["replicas"] == options["n_workers"]
    (container,) = pod["spec"]["containers"]
    assert container["args"][:2] == ["dask", "worker"]
    assert worker.make_context("worker", container["args"][2:]).params["nthreads"] == 1
    assert {"name": "GENBENCH_STORE", "value": "/store"} in container["env"]


def run_script(reader, block):
    """Run a script of the page into a folder of results of its own, and compare its scores."""
    (reader.path / "results" / "small").rename(reader.path / "results" / "alone")
    reader.run(block)
    subprocess.run([sys.executable, block.argument], cwd=reader.path, env=reader.environment, check=True)
    assert_same_scores(reader, "alone")


def assert_same_scores(reader, name):
    results = reader.path / "results"
    assert (results / name / "scores.csv").read_bytes() == (results / "small" / "scores.csv").read_bytes()
