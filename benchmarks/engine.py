"""What the engine costs: an empty trial, a second job, a finished suite run again, a large board rebuilt.

    python benchmarks/engine.py --trials 200 --resumed 1000 --records 100000

The empty trial is timed beside a bare child of the same fork-server and a new Python that imports numpy and
torch, which is what each trial would cost without the server. The second job is timed on training that keeps
a core busy, beside two bare processes that do the same. Everything lies in a temporary folder.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

import numpy as np

import genbench
from genbench.core.canonical_json import canonical, digest
from genbench.jobs.isolation.client import ForkServer
from genbench.results.cells import Cell
from genbench.results.records import Plan, Record, write_plan
from genbench.store.environment import thread_variables
from genbench.trial.jobs import CheckDevice

PLUGIN = """
import numpy as np
from genbench import Data, DatasetSpec, GeneratorSpec, MetricSpec, Samples, hookimpl


def dots():
    return Data(Samples.of("vector", np.arange(60.0).reshape(30, 2)))


class Sampler:
    def __init__(self, space):
        self.space = space

    def sample(self, n, *, rng):
        return Samples(np.zeros((n, 2)), self.space)


def empty(train):
    return Sampler(train.space)


def busy(train, *, rounds: int = 1200):
    x = np.ones((400, 400))
    for _ in range(rounds):
        x = x @ x / 400
    return Sampler(train.space)


def one(fake):
    return 1.0


@hookimpl
def genbench_datasets():
    return [DatasetSpec(name="dots", make=dots, modalities=("vector",))]


@hookimpl
def genbench_generators():
    return [GeneratorSpec(name=make.__name__, make=make, modalities=("vector",)) for make in (empty, busy)]


@hookimpl
def genbench_metrics():
    return [MetricSpec(name="one", make=one, direction="none")]
"""

LEADERBOARD = "import sys; from genbench.cli.main import main; main(['leaderboard', sys.argv[1], '-q'])"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--trials", type=int, default=200)
    parser.add_argument("--resumed", type=int, default=1000)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--busy", type=int, default=10, help="trials that keep a core busy")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        Path("engine_plugin.py").write_text(PLUGIN)
        empty_trials(options.trials)
        second_job(options.busy)
        for number in (options.resumed // 10, options.resumed):
            resumed(number)
        for number in (options.records // 10, options.records):
            rebuilt(number)


def run(name: str, generator: str, trials: int, jobs: int) -> float:
    """Run a suite of so many trials, with a store of its own, and return the seconds that it took."""
    os.environ["GENBENCH_STORE"] = str(Path(f"{name}-store").absolute())
    path = Path(f"{name}.toml")
    path.write_text(
        f'name = "{name}"\nseeds = {list(range(trials))}\nn = 8\ncontrols = false\n'
        f'[[dataset]]\nuse = "dots"\n[[generator]]\nuse = "{generator}"\n[[metric]]\nuse = "one"\n'
    )
    start = time.perf_counter()
    found = genbench.run(path, plugins=["engine_plugin.py"], jobs=jobs)
    seconds = time.perf_counter() - start
    assert found.is_complete
    return seconds


def empty_trials(most: int) -> None:
    """Time trials that do nothing: what each one more costs, up to a quarter of them and from there on."""
    counts = (1, most // 4, most)
    seconds = [run(f"empty-{count}", "empty", count, 1) for count in counts]
    for (few, start), (many, end) in pairwise(zip(counts, seconds, strict=True)):
        print(f"empty trials: from {few} to {many}: {1e3 * (end - start) / (many - few):.1f} ms each")
    print(f"a bare child: {bare_child():.1f} ms; a new Python with numpy and torch: {new_python():.0f} ms")


def bare_child() -> float:
    """Return the median milliseconds of a child that does nothing, of 40."""
    found = []
    with ForkServer({**os.environ, **thread_variables(1)}) as server:
        for _ in range(41):
            start = time.perf_counter()
            with server.start(CheckDevice(device="cpu"), Path(os.devnull)) as child:
                list(child.events())
            found.append(1e3 * (time.perf_counter() - start))
    return statistics.median(found[1:])


def new_python() -> float:
    """Return the least milliseconds of three new Pythons that import numpy and torch."""
    found = []
    for _ in range(3):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", "import numpy, torch"], check=True)
        found.append(1e3 * (time.perf_counter() - start))
    return min(found)


def second_job(number: int) -> None:
    """Time busy trials with one job and with two."""
    one = run("busy-one", "busy", number, 1)
    two = run("busy-two", "busy", number, 2)
    print(f"busy trials: {number}: one job {one:.1f} s, two jobs {two:.1f} s: {one / two:.2f} times as fast")


def resumed(number: int) -> None:
    """Time a finished suite that is run again."""
    run(f"resumed-{number}", "empty", number, 2)
    again = run(f"resumed-{number}", "empty", number, 2)
    print(f"resumed: {number} trials that are done: {again:.2f} s")


def rebuilt(number: int) -> None:
    """Time `genbench leaderboard` on so many records, in a process of its own."""
    folder = Path(f"board-{number}")
    write_records(folder, number)
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", LEADERBOARD, str(folder)], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    assert status == 0
    cpu = usage.ru_utime + usage.ru_stime
    peak = usage.ru_maxrss / 1024
    print(f"rebuilt: {number} records: {cpu:.1f} CPU s, {seconds:.1f} s, {peak:.0f} MiB at most")


def write_records(folder: Path, number: int) -> None:
    """Write a plan of 50 metrics, three seeds and as many generators as it takes, and its records.

    They are written without a flush to disk each, which is not what is measured here.
    """
    (folder / "records").mkdir(parents=True)
    rng = np.random.default_rng(0)
    cells = []
    for generator in range(number // 150):
        for metric in range(50):
            signature = {"metric": f"genbench:metric-{metric}", "version": "1", "n": 1000, "data": "0" * 64,
                         "options": {"k": 5, "scale": 1.0}, "extractor": None, "n_real": 1000}  # fmt: skip
            common = {"dataset": "digits", "generator": f"generator-{generator}", "plugin": "engine 1",
                      "control": None, "metric": f"metric-{metric}", "direction": "lower", "best": 0.0,
                      "n": 1000, "signature": signature}  # fmt: skip
            cells += [Cell(key=digest([generator, metric, seed]), seed=seed, **common) for seed in range(3)]
    for cell in cells:
        value = float(rng.normal(int(cell.generator[10:]) % 7))
        record = Record(cell=cell, status="ok", value=value, samples=digest([cell.generator, cell.seed]))
        body = record.to_json()
        text = canonical({"schema": "genbench-record-1", "sha256": digest(body), "body": body})
        (folder / "records" / f"{cell.key}.json").write_text(text)
    write_plan(folder, Plan(cells=tuple(cells), traces=(), provenance={"name": "large"}))


if __name__ == "__main__":
    main()
