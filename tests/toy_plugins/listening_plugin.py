"""A plugin of listeners, some of which fail or hang; loaded with --plugin."""

import json
import threading
from pathlib import Path

from genbench import ListenerSpec, hookimpl


class Notes:
    """Writes a line of JSON for each event."""

    def __init__(self, folder, suite, *, file: str):
        self.file = Path(file)
        self.note("made", {"folder": str(folder), "suite": suite})

    def note(self, event, values):
        with self.file.open("a") as file:
            file.write(json.dumps([event, values], default=str) + "\n")

    def run_started(self, **values):
        self.note("run_started", values)

    def job_started(self, **values):
        self.note("job_started", values)

    def trial_started(self, **values):
        self.note("trial_started", values)

    def progress(self, **values):
        self.note("progress", values)

    def recorded(self, **values):
        self.note("recorded", values)

    def trial_finished(self, **values):
        self.note("trial_finished", values)

    def job_finished(self, **values):
        self.note("job_finished", values)

    def warned(self, **values):
        self.note("warned", values)

    def run_finished(self, **values):
        self.note("run_finished", values)


class Raises:
    """Fails at each record."""

    def recorded(self, metric):
        raise ValueError(f"no luck with {metric}")


class Hangs:
    """Never returns from its first event."""

    def run_started(self):
        threading.Event().wait()


def unmade():
    raise ConnectionError("no answer")


@hookimpl
def genbench_listeners():
    kinds = {"notes": Notes, "raises": Raises, "hangs": Hangs, "unmade": unmade}
    return [ListenerSpec(name=name, make=make) for name, make in kinds.items()]
