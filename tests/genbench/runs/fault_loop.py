"""A small run, over and over, in which the n-th call that changes the disk fails or is the last one.

    python fault_loop.py FOLDER SUITE.toml PLUGIN.py HOW FIRST STEP

HOW is `full`, where the call raises ENOSPC (a write after half of its bytes), or `kill`, where the process is
killed there. Everything runs in one process without the fork-server, so that the calls come in the same order
every time; a fork of this one for each run keeps them apart. For every n a JSON line says what came of it.
"""

from __future__ import annotations

import builtins
import contextlib
import errno
import io
import json
import os
import shutil
import signal
import sys
from pathlib import Path
from types import SimpleNamespace

import genbench
import genbench.jobs.engine.runner
import genbench.jobs.isolation.workplace
from genbench.core.errors import GenbenchError
from genbench.files.sealed import DamagedError, Schema, read_sealed
from genbench.jobs.isolation.supervisor import Ending

CALLS = ("open", "fsync", "rename", "replace", "mkdir", "unlink", "rmdir")
CSVS = ("leaderboard.csv", "scores.csv")


class Here:
    """What stands for the fork-server: a job is run where it is."""

    is_alive = True

    def __init__(self, *_):
        pass

    @contextlib.contextmanager
    def start(self, *_, **__):
        yield SimpleNamespace(n_left_behind=0)

    def close(self):
        pass


def run_here(_, job, __, tell, ___):
    """Run a job, as `genbench.jobs.isolation.supervisor.supervise` would watch it run elsewhere."""
    try:
        job.run(lambda **event: tell(event))
    except GenbenchError as error:
        return Ending(exit=1, error=str(error), code=error.exit_code)
    return Ending(exit=0, done=True)


class Disk:
    """Counts the calls that change the disk; the one with the number `fault` fails, or kills the process."""

    def __init__(self, fault, how):
        self.calls = []
        self.fault = fault
        self.how = how
        self.acknowledged = []

    def call(self, name, path=""):
        """Count a call; return whether it is the one."""
        self.calls.append(f"{name} {Path(os.fsdecode(path)).name if isinstance(path, (str, Path)) else path}")
        return len(self.calls) == self.fault

    def fail(self):
        if self.how == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def counted(self, name, function):
        def replacement(*arguments, **options):
            creates = name != "open" or arguments[1] & os.O_CREAT
            if creates and self.call(name, arguments[0] if arguments else ""):
                self.fail()
            return function(*arguments, **options)

        return replacement

    def renamed(self, name, function):
        counted = self.counted(name, function)

        def replacement(source, target, **options):
            counted(source, target, **options)
            if Path(target).parent.name == "records":
                self.acknowledge(Path(target).name)

        return replacement

    def acknowledge(self, name):
        handle = open_for_good(self.acknowledged_in, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(handle, f"{name}\n".encode())
        os.close(handle)

    def opened(self, function):
        def replacement(file, mode="r", *arguments, **options):
            if not set("wxa+") & set(mode):
                return function(file, mode, *arguments, **options)
            if self.call("open", file):
                self.fail()
            return Written(self, function(file, mode, *arguments, **options))

        return replacement

    @contextlib.contextmanager
    def watched(self, acknowledged_in):
        self.acknowledged_in = acknowledged_in
        old = {name: getattr(os, name) for name in CALLS}
        try:
            for name, function in old.items():
                wrap = self.renamed if name in ("rename", "replace") else self.counted
                setattr(os, name, wrap(name, function))
            builtins.open = io.open = self.opened(OPEN)
            yield self
        finally:
            builtins.open = io.open = OPEN
            for name, function in old.items():
                setattr(os, name, function)


class Written:
    """A file whose writes are counted; numpy takes it for no real one and writes to it, too."""

    def __init__(self, disk, file):
        self.disk = disk
        self.file = file

    def write(self, data):
        if self.disk.call("write", getattr(self.file, "name", "")):
            self.file.write(data[: len(data) // 2])
            self.file.flush()
            self.disk.fail()
        return self.file.write(data)

    def __getattr__(self, name):
        return getattr(self.file, name)

    def __enter__(self):
        self.file.__enter__()
        return self

    def __exit__(self, *exception):
        return self.file.__exit__(*exception)


OPEN = builtins.open
open_for_good = os.open


def attempt(folder, suite, plugin, fault, how):
    """Run the suite in a fork of this process; return how it ended and the call that was to fail."""
    report = folder / "report.json"
    report.unlink(missing_ok=True)
    pid = os.fork()
    if pid == 0:
        status = 70
        try:
            status = run(folder, suite, plugin, Disk(fault, how), report)
        finally:
            os._exit(status)
    _, status = os.waitpid(pid, 0)
    said = json.loads(report.read_text()) if report.exists() else {}
    return os.waitstatus_to_exitcode(status), said


def run(folder, suite, plugin, disk, report):
    os.environ["GENBENCH_STORE"] = str(folder / "store")
    said = {}
    with OPEN(folder / "log", "a") as log, contextlib.redirect_stderr(log):
        try:
            with disk.watched(folder / "acknowledged"):
                done = genbench.run(suite, output=folder / "out", plugins=[plugin], jobs=1,
                                    keep_samples=True, listeners=[Listener(said)])  # fmt: skip
            status = 0 if done.is_complete else 1
        except GenbenchError as error:
            status, said["error"] = error.exit_code, str(error)
        except BaseException as error:
            status, said["bug"] = 70, repr(error)
    said["call"] = disk.calls[disk.fault - 1] if 0 < disk.fault <= len(disk.calls) else None
    report.write_text(json.dumps(said))
    return status


class Listener:
    def __init__(self, said):
        self.said = said

    def warned(self, text):
        self.said.setdefault("warnings", []).append(text)


def broken(folder):
    """Return the records that were acknowledged and are not there whole."""
    found = []
    for name in names_in(folder / "acknowledged"):
        try:
            read_sealed(folder / "out" / "records" / name, Schema("genbench-record", 1))
        except (OSError, DamagedError) as error:
            found.append(f"{name}: {error}")
    return found


def names_in(file):
    return sorted(set(file.read_text().split())) if file.exists() else []


def drafts(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob(".*.tmp"))


def csvs(folder):
    return [(folder / "out" / name).read_bytes() for name in CSVS if (folder / "out" / name).exists()]


def main(home, suite, plugin, how, first, step):
    home = Path(home)
    fresh(home / "warm")
    genbench.jobs.isolation.workplace.ForkServer = Here
    genbench.jobs.engine.runner.supervise = run_here
    os.environ["GENBENCH_STORE"] = str(home / "warm" / "store")
    genbench.run(suite, output=home / "warm" / "out", plugins=[plugin], jobs=1)  # so that all is imported
    fresh(home / "undisturbed")
    assert attempt(home / "undisturbed", suite, plugin, 0, how)[0] == 0
    expected = csvs(home / "undisturbed")
    folder, fault = home / "disturbed", int(first)
    while True:
        fresh(folder)
        status, said = attempt(folder, suite, plugin, fault, how)
        if status == 0 and said["call"] is None:
            break
        line = {"fault": fault, "status": status, "broken": broken(folder), "drafts": drafts(folder), **said}
        written = csvs(folder)
        line["wrong"] = status == 0 and written != expected
        again, said = attempt(folder, suite, plugin, 0, how)
        line |= {"again": again, "same": csvs(folder) == expected, "later": said, "lost": broken(folder)}
        print(json.dumps(line), flush=True)
        fault += int(step)
    print(json.dumps({"calls": fault}), flush=True)


def fresh(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
