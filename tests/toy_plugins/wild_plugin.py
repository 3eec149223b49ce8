"""A plugin whose components take too long, take too much, and leave things behind; loaded with --plugin."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import numpy as np
import psutil

from genbench import Data, DatasetSpec, ExtractorSpec, GeneratorSpec, MetricSpec, Samples, Variable, hookimpl

N, D = 90, 2
FOREVER = 1000
STUBBORN = f"import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep({FOREVER})"


def cloud():
    x = np.random.Generator(np.random.PCG64(7)).normal(size=(N, D))
    return Data(Samples.of("vector", x), labels=np.arange(N) % 3)


class Sampler:
    def __init__(self, train, shift=0.0):
        self.space = train.space
        self.shift = shift

    def sample(self, n, *, rng):
        return Samples(rng.normal(size=(n, D)) + self.shift, self.space)


def good(train, *, number: int = 0):
    return Sampler(train)


def hangs(train):
    time.sleep(FOREVER)


def stubborn(train):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    subprocess.Popen([sys.executable, "-c", STUBBORN])
    while True:
        pass


def grows(train):
    kept = []
    while True:
        kept.append(np.ones(2_000_000))
        time.sleep(0.01)


def leaves(train):
    """Leave a process behind that has a session of its own and no parent."""
    first = os.fork()
    if first == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(FOREVER)
        os._exit(0)
    os.waitpid(first, 0)
    return Sampler(train)


def swarms(train, *, diary: str):
    """Become 64 processes, each in a session of its own, and die as soon as all of them are there."""
    own = os.getpid()
    for _ in range(6):
        if os.fork() == 0:
            os.setsid()
    with Path(diary).open("a") as file:
        file.write(f"{os.getpid()}\n")
    while os.getpid() != own or len(Path(diary).read_text().split()) < 64:
        time.sleep(0.01 if os.getpid() == own else FOREVER)
    os._exit(3)


def outlives(train, *, diary: str):
    """Wait until a swarm has been there and none of it lives any more."""
    while len(pids := Path(diary).read_text().split() if Path(diary).exists() else []) < 64:
        time.sleep(0.05)
    while any(psutil.pid_exists(int(pid)) for pid in pids):
        time.sleep(0.05)
    return Sampler(train)


def floods(train):
    for number in range(200):
        os.write(1, b"%09d\n" % number * 10_000)
    os.write(2, b"\xff the end\n")
    return Sampler(train)


def surroundings(
    train,
    *,
    key: Annotated[str | None, Variable] = None,
    names: Annotated[tuple[str, ...], Variable] = (),
    log,
):
    """Say where it runs and what it sees, as bits of the logged values."""
    seen = {
        name: float(name in os.environ) for name in (*filter(None, [key]), *names, "WILD_KEY", "WILD_OTHER")
    }
    is_own = Path(tempfile.gettempdir()) == Path.cwd() and not list(Path.cwd().iterdir())
    Path("left.txt").write_text("in the scratch folder")
    threads = len(list(Path("/proc/self/task").iterdir())) if Path("/proc/self/task").exists() else 1
    log(1, 1, own_folder=float(is_own), threads=float(threads), **seen)
    return Sampler(train)


def exhausts(train):
    """Take all files that a process may open, so that nothing can be written any more."""
    kept = []
    while True:
        try:
            kept.append(os.open(os.devnull, os.O_RDONLY))
        except OSError:
            sampler = Sampler(train)
            sampler.kept = kept
            return sampler


def unnamed(train):
    os.kill(os.getpid(), signal.SIGRTMIN + 6)


def freezes(train):
    """Stop the server, which is then deaf to all that is asked of it."""
    os.kill(os.getppid(), signal.SIGSTOP)
    time.sleep(FOREVER)


def beheads(train):
    """Kill the server: all that runs goes with it."""
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(FOREVER)


def patient(train):
    time.sleep(1.0)
    return Sampler(train)


def secretive(train):
    os.umask(0o777)
    return Sampler(train)


def interrupts(train):
    raise KeyboardInterrupt


class MuteError(Exception):
    def __str__(self):
        raise RuntimeError("no words")


def mute(train):
    raise MuteError


def scribbles(train):
    """Write to every socket that it finds, what only the server may say."""
    for end in Path("/proc/self/fd").iterdir() if Path("/proc/self/fd").exists() else ():
        if end.is_symlink() and str(end.readlink()).startswith("socket:"):
            os.write(int(end.name), b'not JSON\n[1]\n{"exit": 0}\n')
    return Sampler(train)


def tried(name):
    with Path(os.environ["GENBENCH_WILD_COUNT"]).open("a") as file:
        file.write(f"{name}\n")


class Stuck(Sampler):
    """A sampler that never gives a sample, and says how often it was asked."""

    def sample(self, n, *, rng):
        tried("sample")
        time.sleep(FOREVER)

    def save(self, folder):
        (folder / "shift.txt").write_text(repr(self.shift))


def stuck(train):
    tried("fit")
    return Stuck(train)


def stuck_fit(train):
    tried("fit")
    time.sleep(FOREVER)


def load_stuck(folder):
    class Space:
        space = None

    return Stuck(Space)


def gap(real, fake):
    return abs(float(real.data.mean()) - float(fake.data.mean()))


def slow(fake):
    time.sleep(FOREVER)


def mean_gap(real, fake):
    return abs(float(real.mean()) - float(fake.mean()))


def slow_features():
    def extract(samples):
        with Path(os.environ["GENBENCH_WILD_COUNT"]).open("a") as file:
            file.write("tried\n")
        time.sleep(FOREVER)

    return extract


@hookimpl
def genbench_datasets():
    return [DatasetSpec(name="cloud", make=cloud, modalities=("vector",))]


@hookimpl
def genbench_extractors():
    return [ExtractorSpec(name="slow-features", make=slow_features, outputs={"features": "none"})]


@hookimpl
def genbench_generators():
    makes = (
        good, hangs, stubborn, grows, leaves, swarms, outlives, floods, surroundings, exhausts, unnamed,
        freezes, beheads, patient, secretive, interrupts, mute, scribbles,
    )  # fmt: skip
    specs = [GeneratorSpec(name=make.__name__, make=make, modalities=("vector",), chunk=20) for make in makes]
    specs += [
        GeneratorSpec(name=name, make=make, modalities=("vector",), chunk=1, load=load_stuck)
        for name, make in (("stuck", stuck), ("stuck-fit", stuck_fit))
    ]
    return specs


@hookimpl
def genbench_metrics():
    plain = [
        MetricSpec(name=m.__name__, make=m, direction="lower", modalities=("vector",)) for m in (gap, slow)
    ]
    on_features = [
        MetricSpec(name=name, make=mean_gap, direction="lower", takes="features", extractor="slow-features")
        for name in ("one-gap", "other-gap")
    ]
    return [*plain, *on_features]
