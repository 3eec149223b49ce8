"""A plugin whose generators wait for far longer than any test; loaded with --plugin."""

import signal
import subprocess
import time

from genbench import GeneratorSpec, hookimpl

FOREVER = 600


def sleeps(train):
    time.sleep(FOREVER)


def stubborn(train):
    """Ignore what ends other processes, with a child that does not, and say so."""
    subprocess.Popen(["sleep", str(FOREVER)])
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    print("begun", flush=True)
    time.sleep(FOREVER)


@hookimpl
def genbench_generators():
    return [GeneratorSpec(name=make.__name__, make=make) for make in (sleeps, stubborn)]
