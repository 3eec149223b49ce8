"""A key that a plugin is given is found in nothing that a run leaves behind, whatever the plugin does."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from urllib.parse import quote

import pytest

KEY = "sk-canary/4Zq+9xT=07"
OTHER = "wolf-and-three-lambs"

#: A generator and a metric that get a key by a declared variable, and say it wherever they can.
PLUGIN = """
import base64, os, sys, warnings
from urllib.parse import quote
from genbench import DataError, GeneratorSpec, Invalid, MetricSpec, Samples, Score, Undefined, hookimpl

def key(): return os.environ["CANARY_API_KEY"]
def other(): return os.environ["CANARY_MATTER"]

def forms():
    for secret in (key(), other()):
        content = secret.encode()
        yield from (secret, repr(secret), quote(secret, safe=""), content.hex())
        yield from (base64.b64encode(before + content).decode() for before in (b"", b"user:"))

class Sampler:
    def __init__(self, space): self.space = space
    def sample(self, n, *, rng):
        print("drawing with", *forms(), flush=True)
        os.write(1, b"x" * 70_000 + key().encode() + b"y" * 70_000)
        return Samples(tuple(f"text {i}" for i in range(n)), self.space)

def leaky(train, *, log):
    for form in forms():
        print("key:", form)
        print(form, file=sys.stderr)
        log(1, 2, **{form: 1.5})
    os.write(2, key()[:9].encode()); os.write(2, key()[9:].encode())
    return Sampler(train.space)

def raising(train): raise RuntimeError("401: " + " ".join(forms()))
def refusing(train): raise DataError("no answer for " + "z" * 280 + key())

class Late(Sampler):
    def sample(self, n, *, rng): raise Invalid("said " + " ".join(forms()))

def late(train): return Late(train.space)
def dying(train): print(*forms(), flush=True); os.abort()

def told(fake):
    return Score(1.0, extra={"note": "made with " + " ".join(forms()), **{form: [form] for form in forms()}})
def undefined(fake): raise Undefined("not without " + " ".join(forms()))
def faulty(fake): warnings.warn(key()); raise ValueError(key())
def chained(fake):
    try: faulty(fake)
    except ValueError as error: raise KeyError(base64.b64encode(key().encode())) from error

VARIABLES = ("CANARY_API_KEY", "CANARY_MATTER")

@hookimpl
def genbench_generators():
    makes = {"leaky": leaky, "raising": raising, "refusing": refusing, "late": late, "dying": dying}
    common = {"modalities": ("text",), "variables": VARIABLES}
    return [GeneratorSpec(name=name, make=make, **common) for name, make in makes.items()]

@hookimpl
def genbench_metrics():
    makes = {"told": told, "undefined": undefined, "faulty": faulty, "chained": chained}
    common = {"modalities": ("text",), "variables": VARIABLES}
    return [MetricSpec(name=name, make=make, **common) for name, make in makes.items()]
"""

SUITE = (
    """
name = "canary"
seeds = [0]
n = 5
n_real = "all"
controls = false

dataset = [{use = "text-file", path = "data.txt"}]
"""
    + "".join(
        f'[[generator]]\nuse = "{name}"\n' for name in ("leaky", "raising", "refusing", "late", "dying")
    )
    + "".join(f'[[metric]]\nuse = "{name}"\n' for name in ("told", "undefined", "faulty", "chained"))
)


def traces_of(secret):
    """Return pieces of each form of a secret, none of which ordinary text holds."""
    content = secret.encode()
    whole = [
        secret,
        secret[:9],  # the half that was left of a message that was cut, or of two pieces of output
        quote(secret, safe=""),
        content.hex(),
        base64.b64encode(content).decode().rstrip("=")[:-2],
        base64.b64encode(b"user:" + content).decode()[8:-4],
    ]
    return [form.encode() for form in whole]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Return the folder of a run with the keys set, and what the command line printed."""
    folder = tmp_path_factory.mktemp("canary")
    (folder / "data.txt").write_text("".join(f"line {i} of it\n" for i in range(30)))
    (folder / "plugin.py").write_text(PLUGIN)
    (folder / "canary.toml").write_text(SUITE)
    command = ["run", "canary.toml", "--output", "out", "--plugin", "plugin.py", "--jobs", "1", "-v"]
    command.append("--keep-samples")
    environment = {
        **os.environ,
        "GENBENCH_STORE": str(folder / "store"),
        "CANARY_API_KEY": KEY,
        "CANARY_MATTER": OTHER,
    }
    done = subprocess.run(
        [sys.executable, "-c", "from genbench.cli.main import main; main()", *command],
        capture_output=True, cwd=folder, env=environment, check=False,
    )  # fmt: skip
    return folder, done


def test_the_run_did_what_it_was_made_for(run):
    folder, done = run
    assert done.returncode == 1, done.stderr.decode()
    scores = (folder / "out" / "scores.csv").read_text()
    assert scores.count("[redacted]") >= 4
    logs = b"".join(path.read_bytes() for path in (folder / "out" / "logs").rglob("*") if path.is_file())
    assert logs.count(b"[redacted]") > 20
    assert b"[redacted]" in (folder / "out" / "history.csv").read_bytes()
    assert b"[redacted]" in (folder / "out" / "leaderboard.md").read_bytes()
    assert b"[redacted]" in done.stdout + done.stderr


@pytest.mark.parametrize("secret", [KEY, OTHER])
def test_no_file_and_no_line_holds_a_key_in_any_form(run, secret):
    folder, done = run
    files = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert len(files) > 20
    said = {"stdout": done.stdout, "stderr": done.stderr, **files}
    assert not [
        (str(place), form) for place, text in said.items() for form in traces_of(secret) if form in text
    ]


def test_no_name_of_a_file_holds_a_key(run):
    names = "".join(str(path) for path in run[0].rglob("*")).encode()
    assert not [form for secret in (KEY, OTHER) for form in traces_of(secret) if form in names]
