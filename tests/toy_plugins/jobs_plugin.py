"""Jobs of every kind, and a component, so that it is a plugin."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from genbench import DataError, GeneratorSpec, ResultsError, hookimpl


class Job:
    def __init__(self, do, *arguments):
        self.do, self.arguments = do, arguments

    def run(self, report):
        globals()[self.do](report, *self.arguments)


def reports(report):
    report(stage="fit")
    report(step=1, total=2, values={"loss": 0.5})


def knows(report, module):
    report(known=module in sys.modules)


def raises(report):
    report(stage="fit")
    raise ValueError("no luck")


def refuses(report):
    raise DataError("x.npz: torn")


def full(report):
    raise ResultsError("the disk is full")


def exits(report):
    sys.exit(4)


def vanishes(report, status):
    os._exit(status)


def killed(report, number):
    os.kill(os.getpid(), number)


def unsendable(report):
    report(what=object())


def prints(report):
    print("on standard output")
    print("on standard error", file=sys.stderr)
    os.write(1, b"\xff binary\n")
    subprocess.run(["echo", "from a child of the child"], check=True)


def environment(report):
    import torch

    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "PYTHONHASHSEED", "GENBENCH_STORE")
    report(threads=torch.get_num_threads(), **{name: os.environ.get(name) for name in names})


def state(report):
    report(
        session=os.getsid(0) == os.getpid(),
        signal=signal.getsignal(signal.SIGCHLD) == signal.SIG_DFL,
        stdin=sys.stdin.read(),
    )


def settings(report):
    import numpy as np
    import torch

    report(dtype=str(torch.get_default_dtype()), division=np.geterr()["divide"])


def surroundings(report):
    declared = os.environ.get("GENBENCH_SECRETS", "").strip(",")
    given = [os.environ.get(name) for name in ("OTHER", "ONE_KEY")]
    files = [path.name for path in Path.cwd().iterdir()]
    report(folder=str(Path.cwd()), temporary=tempfile.gettempdir(), files=files, given=given, names=declared)


def leaves(report, count):
    for _ in range(count):
        subprocess.Popen(["sleep", "1000"])


def waits(report):
    grandchild = subprocess.Popen(["sleep", "1000"])
    report(grandchild=grandchild.pid)
    time.sleep(1000)


def fit(train): ...


@hookimpl
def genbench_generators():
    return [GeneratorSpec(name="jobs", make=fit)]
