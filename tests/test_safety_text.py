"""Hostile text in what plugins raise, note, log and say of themselves is obeyed by nothing that shows it."""

from __future__ import annotations

import csv
import json
import os
import pty
import re
import subprocess
import sys

import pytest
from click.testing import CliRunner

from genbench.cli.main import main

HOSTILE = {
    "formula": '=HYPERLINK("http://evil";"click")',
    "formula after a tab": "\t=cmd|' /C calc'!A0",
    "formula after a return": "\r@SUM(1+1)*cmd|' /C calc'!A0",
    "wide formula": "\uff1d1+1",
    "markup": "<img src=x onerror=alert(1)><script>alert(2)</script>",
    "link": "[see](javascript:alert(1)) ![dot](http://evil/x.png) <http://evil>",
    "table": "a | b\n| --- | --- |\n| c | d |",
    "heading": "x\n\n# Leaderboard\n\nof mine",
    "ticks": "`rm` **bold** _soft_ ~~gone~~ &lt;b&gt;",
    "colour": "\x1b[31mred\x1b[2J\x1b[H",
    "title": "\x1b]0;owned\x07 \x1b]8;;http://evil\x1b\\click\x1b]8;;\x1b\\",
    "one byte": "\x9b31m\x9d0;owned\x9c",
    "turned": "\u202egnp.exe \u2066x\u2069 \u200ba\u200b \ufeff",
    "odd": "nul \x00 bell \x07 back \x08\x08 return \rover",
    "rich": "[bold red]x[/bold red] :warning:",
}  # fmt: skip

PLUGIN = """
import warnings
from genbench import (
    DataError, GeneratorSpec, Invalid, MetricSpec, Output, Samples, Score, Undefined, hookimpl
)

class Sampler:
    def __init__(self, space): self.space = space
    def sample(self, n, *, rng):
        return Samples(tuple(f"text {i}" for i in range(n)), self.space)

def fine(train, *, option: str = TEXTS[0], log):
    for step, text in enumerate(TEXTS):
        print(text)
        log(step, len(TEXTS), **{text: 0.5})
    return Sampler(train.space)

@hookimpl
def genbench_generators():
    summary, texts = " and ".join(TEXTS), ("text",)
    said = [{"summary": text, "source": text, "modalities": texts} for text in TEXTS]
    makes = [globals()[f"raises_{i}"] for i in range(len(TEXTS))]
    made = [GeneratorSpec(name=f"raises-{i}", make=makes[i], **each) for i, each in enumerate(said)]
    lacking = GeneratorSpec(name="lacking", make=fine, needs={"nowhere_to_find": TEXTS[10]}, modalities=texts)
    best = GeneratorSpec(name="fine", make=fine, summary=summary, source=summary, modalities=texts)
    return [best, lacking, *made]

@hookimpl
def genbench_metrics():
    return [
        MetricSpec(name=f"{name}-{i}", make=globals()[f"{name}_{i}"], modalities=("text",), summary=text)
        for i, text in enumerate(TEXTS) for name in ("notes", "skips")
    ]
"""

#: For each text: a generator that raises it, a metric that notes it, and one that is not defined for it.
EACH = """
def raises_{i}(train): raise RuntimeError(TEXTS[{i}])
def notes_{i}(fake): return Score(0.5, extra={{"note": TEXTS[{i}], TEXTS[{i}]: TEXTS[{i}]}})
def skips_{i}(fake): raise Undefined(TEXTS[{i}])
"""

SUITE = """
name = "hostile"
seeds = [0]
n = 3
n_real = "all"
controls = false

dataset = [{use = "text-file", path = "data.txt"}]
"""


def genbench_(folder, *arguments):
    environment = {**os.environ, "GENBENCH_STORE": str(folder / "store")}
    return subprocess.run(
        [sys.executable, "-c", "from genbench.cli.main import main; main()", *arguments],
        capture_output=True, cwd=folder, env=environment, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    count = range(len(HOSTILE))
    (folder / "data.txt").write_text("".join(f"line {i} of it\n" for i in range(30)))
    (folder / "plugin.py").write_text(
        "".join((f"TEXTS = {list(HOSTILE.values())!r}\n", PLUGIN, *(EACH.format(i=i) for i in count)))
    )
    broken = f"raise RuntimeError({' '.join(HOSTILE.values())!r})\n"
    (folder / "broken.py").write_text(broken)
    generators = ["fine", *(f"raises-{i}" for i in count)]
    metrics = [f"{name}-{i}" for name in ("notes", "skips") for i in count]
    (folder / "hostile.toml").write_text(
        SUITE
        + "".join(f'[[generator]]\nuse = "{name}"\n' for name in generators)
        + "".join(f'[[metric]]\nuse = "{name}"\n' for name in metrics)
    )
    return folder


@pytest.fixture(scope="module")
def run(folder):
    """Return what a whole run printed, every line that there is."""
    return genbench_(folder, "run", "hostile.toml", "--output", "out", "--plugin", "plugin.py", "-v", "-j1")


def is_plain(text):
    return all(char.isprintable() or char == "\n" for char in text)


def shown(done):
    return (done.stdout + done.stderr).decode("utf-8")


def test_a_run_shows_nothing_that_a_terminal_obeys(run):
    assert run.returncode == 1, shown(run)
    assert is_plain(shown(run))
    assert "\\x1b]0;owned\\x07" in shown(run)
    assert "\\u202egnp.exe" in shown(run)


def test_the_csvs_hold_no_formula_in_any_cell(run, folder):
    starts = ("=", "+", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
    for file in sorted((folder / "out").glob("*.csv")):
        text = file.read_text(encoding="utf-8")
        assert is_plain(text), file.name
        for row in csv.reader(text.splitlines()):
            assert not [cell for cell in row if cell.startswith(starts)]
            assert not [cell for cell in row if re.match(r"-(?![\d.])", cell)]
    reasons = (folder / "out" / "scores.csv").read_text(encoding="utf-8")
    assert "'=HYPERLINK" in reasons
    assert "'@SUM(1+1)" in reasons
    assert "'\uff1d1+1" in reasons


def test_the_page_holds_no_live_markup(run, folder):
    page = (folder / "out" / "leaderboard.md").read_text(encoding="utf-8")
    assert is_plain(page)
    assert not re.search(r"(?<!\\)<", page)
    assert not re.search(r"(?<!\\)\]\(", page.replace(r"]\(", ""))
    assert page.count("\n# ") == 0  # the one heading of that size begins the page
    assert r"\<img src=x onerror=alert(1)>" in page
    assert r"[see]\(javascript:alert(1))" in page
    tables = [line for line in page.splitlines() if line.startswith("|")]
    assert not [line for line in tables if "---" in line and "a | b" in line]
    assert not [line for line in page.splitlines() if line.startswith(("| c |", "| --- | --- |"))]


def test_records_hold_the_texts_as_they_were(run, folder):
    extras = [
        json.loads(path.read_bytes())["body"]["extra"] for path in (folder / "out" / "records").iterdir()
    ]
    assert {extra["note"] for extra in extras if extra} == set(HOSTILE.values())


@pytest.mark.parametrize(
    "arguments",
    [
        ("plugins", "--plugin", "broken.py"),
        ("plugins", "--format", "json", "--plugin", "broken.py"),
        ("plugins", "show", "fine", "--plugin", "broken.py"),
        ("plugins", "show", "fine"),
        ("plugins", "show", "fine", "--format", "json"),
        ("plugins", "show", "lacking"),
        ("plugins", "show", "raises-10"),
        ("plugins", "show", "notes-10"),
        ("plugins", "show", "\x1b]0;owned\x07"),
    ],
    ids=lambda arguments: " ".join(arguments).encode("unicode_escape").decode(),
)
def test_what_plugins_say_of_themselves_steers_no_terminal(folder, arguments, monkeypatch):
    monkeypatch.chdir(folder)
    done = CliRunner().invoke(main, [*arguments, "--plugin", "plugin.py"])
    assert done.exit_code in (0, 2)
    assert "owned" in done.output
    assert is_plain(done.output)
    if "json" in arguments:
        assert json.loads(done.stdout)
        assert json.dumps(HOSTILE["title"])[1:-1] in done.stdout


@pytest.mark.parametrize(
    "wrong",
    [
        '[[generator]]\nuse = "markov"\norder = "{}"\n',
        '[[generator]]\nuse = "markov"\n"{}" = 1\n',
        '[[generator]]\nuse = "{}"\n',
        '[[generator]]\nuse = "markov"\nname = "{}"\n',
        '"{}" = 1\n[[generator]]\nuse = "markov"\n',
        '[[generator]]\nuse = "samples"\npath = "{}.txt"\n',
    ],
    ids=["an option's value", "an option's name", "a component", "a name", "a key", "a path"],
)
@pytest.mark.parametrize("kind", ["colour", "title", "one byte", "turned", "heading"])
def test_what_a_suite_says_is_echoed_in_one_plain_line(folder, wrong, kind, monkeypatch):
    monkeypatch.chdir(folder)
    text = "".join(f"\\U{ord(char):08x}" for char in HOSTILE[kind])
    first, _, rest = SUITE.partition("[[dataset]]")
    top, _, table = wrong.rpartition("[[generator]]")
    (folder / "wrong.toml").write_text(
        f"{first}{top.format(text)}[[dataset]]{rest}[[generator]]{table.format(text)}"
        '[[metric]]\nuse = "distinct-n"\n'
    )
    done = CliRunner().invoke(main, ["run", "wrong.toml", "--output", "wrong"])
    assert done.exit_code == 2, done.output
    assert is_plain(done.output)
    assert done.output.startswith("Error: wrong.toml")
    assert done.output.count("\n") == 1


@pytest.mark.slow
def test_live_lines_on_a_terminal_hold_no_sequence_but_their_own(folder, run):
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100", "GENBENCH_STORE": str(folder / "fresh")}
    command = ["run", "hostile.toml", "--output", "live", "--plugin", "plugin.py", "-j1"]
    with subprocess.Popen(
        [sys.executable, "-c", "from genbench.cli.main import main; main()", *command],
        stdout=theirs, stderr=theirs, cwd=folder, env=environment,
    ) as process:  # fmt: skip
        os.close(theirs)
        seen = b""
        try:
            while part := os.read(ours, 65536):
                seen += part
        except OSError:  # how Linux says that the other end is closed
            pass
    os.close(ours)
    assert process.returncode == 1
    text = seen.decode("utf-8")
    own = re.sub(r"\x1b\[[0-9;?]*[mKAhlJ]", "", text).replace("\r", "")
    assert is_plain(own)
    assert "\x1b]" not in text
    assert "\x1b[2J" not in text
    assert "\\x1b]0;owned" in text
