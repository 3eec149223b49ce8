"""The generator `command`, with real programs that do as they are told, and those that do not."""

from __future__ import annotations

import json
import sys

import genbench_text.remote.command
import numpy as np
import pytest
from numpy.random import default_rng

import genbench
from genbench import Invalid, Samples, Space, SuiteError, Undefined
from genbench.jobs.isolation.program import ProgramError

KEY = "sk-Test-0123456789-abcdefghijklmnop"

#: Says back what it was asked, with an option as the text; of "likelihoods", that words cost their length.
PROGRAM = """
import json, pathlib, sys
request = json.load(sys.stdin)
with pathlib.Path(__file__).with_name("asked").open("a") as file:
    print(json.dumps(request), file=file)
if request["request"] == "texts":
    for at in range(request["n"]):
        before = "" if request["prompts"] is None else request["prompts"][at] + " "
        print(json.dumps({"text": f"{before}{request['options'].get('say', 'text')} {at} {request['seed']}"}))
else:
    befores = request["prompts"] or [""] * request["n"]
    for before, text in zip(befores, request["texts"]):
        words = (before + text).split()[len(before.split()):]
        print(json.dumps({"nats": -sum(map(len, words)), "tokens": len(words)}))
"""


@pytest.fixture
def program(tmp_path):
    (tmp_path / "program.py").write_text(PROGRAM)
    return tmp_path / "program.py"


def command(train, *, log=lambda *step, **values: None, **options):
    return genbench_text.remote.command.command(train, log=log, **options)


def make(program, longest=None, **options):
    train = Samples(("not looked at",), Space("text", longest=longest))
    return command(train, run=(sys.executable, "-IS", "{file}"), file=program, **options)


def asked(program):
    return [json.loads(line) for line in program.with_name("asked").read_text().splitlines()]


def writing(content, **options):
    """A program that writes these bytes, whatever it is asked."""
    code = f"import sys; sys.stdout.buffer.write({content!r})"
    return command(Samples.of("text", ("x",)), run=(sys.executable, "-ISc", code), **options)


def test_a_sample_is_a_line_of_what_the_program_writes(program):
    found = make(program, longest=99, options={"say": "naïve 😀", "deep": [{"a": None}]})
    texts = found.sample(3, rng=default_rng(0)).data
    (request,) = asked(program)
    assert request == {
        "request": "texts", "n": 3, "seed": request["seed"], "prompts": None, "longest": 99,
        "options": {"say": "naïve 😀", "deep": [{"a": None}]},
    }  # fmt: skip
    assert texts == tuple(f"naïve 😀 {at} {request['seed']}" for at in range(3))


def test_a_seed_comes_from_the_stream(program):
    sampler = make(program)
    assert sampler.sample(2, rng=default_rng(0)).data == sampler.sample(2, rng=default_rng(0)).data
    assert sampler.sample(2, rng=default_rng(0)).data != sampler.sample(2, rng=default_rng(1)).data


def test_what_is_longer_than_the_space_allows_is_cut_and_counted(program):
    told = []
    sampler = make(program, longest=6, log=lambda *step, **values: told.append((step, values)))
    assert sampler.sample(2, rng=default_rng(0)).data == ("text 0", "text 1")
    assert told == [((2, 2), {"cut": 2})]


@pytest.mark.parametrize(
    ("gives", "methods"),
    [((), []), (("completions",), ["complete"]), (("likelihoods",), ["log_likelihood", "token_counts"]),
     (("likelihoods", "completions"), ["complete", "log_likelihood", "token_counts"])],
)  # fmt: skip
def test_it_can_do_what_it_is_said_to_give(gives, methods, program):
    sampler = make(program, gives=gives)
    assert [
        name for name in ("complete", "log_likelihood", "token_counts") if hasattr(sampler, name)
    ] == methods


def test_prompts_are_completed_whole_and_in_their_order(program):
    sampler = make(program, longest=3, gives=("completions",))
    first, second = sampler.complete(["one", "two"], rng=default_rng(0))
    assert first.startswith("one text 0")
    assert second.startswith("two text 1")
    assert sampler.complete([], rng=default_rng(0)) == ()
    with pytest.raises(Undefined, match="an unpaired surrogate"):
        sampler.complete(["\ud800"], rng=default_rng(0))
    assert len(asked(program)) == 1


def test_likelihoods_are_those_of_the_program_and_asked_for_once(program):
    sampler = make(program, gives=("likelihoods",))
    assert sampler.log_likelihood(["a bcd", "ef", ""]).tolist() == [-4, -2, 0]
    assert sampler.token_counts(["a bcd", "ef", ""]).tolist() == [2, 1, 0]
    assert len(asked(program)) == 1
    assert asked(program)[0] == {
        "request": "likelihoods", "n": 3, "texts": ["a bcd", "ef", ""], "prompts": None, "options": {},
    }  # fmt: skip
    assert sampler.log_likelihood([" bcd", "e"], prompts=["a", "f "]).tolist() == [-3, -1]
    assert sampler.log_likelihood(["a bcd"]).tolist() == [-4]
    assert len(asked(program)) == 3
    with pytest.raises(Undefined, match="an unpaired surrogate"):
        sampler.log_likelihood(["\ud800"])


def test_impossible_texts_and_positive_likelihoods_are_the_metrics_to_refuse():
    content = b'{"nats": -Infinity, "tokens": 1}\n{"nats": 3, "tokens": 1}\n{"nats": NaN, "tokens": 1}'
    found = writing(content, gives=("likelihoods",)).log_likelihood(["a", "b", "c"])
    np.testing.assert_array_equal(found, [-np.inf, 3, np.nan])


@pytest.mark.parametrize("value", ["null", '"-3"', "true", "[]", "-1" + "0" * 400])
def test_what_is_no_number_is_invalid(value):
    sampler = writing(f'{{"nats": {value}}}\n'.encode(), gives=("likelihoods",))
    with pytest.raises(Invalid, match=r"line 1 of python\S* has no number 'nats'"):
        sampler.log_likelihood(["a"])
    with pytest.raises(Invalid, match=r"has no number 'tokens'"):
        sampler.token_counts(["a"])


TEXT = '{"text": "é\u2028\\u2029 \\n"}'.encode()


@pytest.mark.parametrize("content", [TEXT + b"\n" + TEXT, TEXT + b"\r\n" + TEXT + b"\r\n"])
def test_lines_end_at_line_feeds_alone(content):
    assert writing(content).sample(2, rng=default_rng(0)).data == ("é\u2028\u2029 \n",) * 2


def test_a_text_is_kept_as_it_is():
    texts = ["", " ", "\ud800", "a\0b", "=cmd()", "<script>", "\u202eright to left", "x" * 10**6]
    code = ("import json, sys\nfor text in json.load(sys.stdin)['options']['texts']: "
            "print(json.dumps({'text': text, 'more': 1}))")  # fmt: skip
    options = {"run": (sys.executable, "-ISc", code), "options": {"texts": texts}}
    found = command(Samples.of("text", ("x",)), **options).sample(len(texts), rng=default_rng(0))
    assert found.data == tuple(texts)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "wrote 0 lines; expected 2, one for each text"),
        (TEXT, "wrote 1 line; expected 2"),
        (TEXT + b"\n" + TEXT + b"\n" + TEXT, "wrote 3 lines; expected 2"),
        (TEXT + b"\n" + TEXT + b"\n\n", "wrote 3 lines; expected 2"),
        (TEXT + b"\n\xff\xfe", "wrote output that is not UTF-8, at byte 28; write JSON in UTF-8"),
        (TEXT + b"\n" + TEXT[:-1], "line 2 of python is not a JSON object"),
        (b"progress: 50 %\n" + TEXT, "line 1 of python is not a JSON object"),
        (b"\n" + TEXT, "line 1 of python is not a JSON object"),
        (b'["text"]\n' + TEXT, "line 1 of python is not a JSON object"),
        (
            b'{"text": "x", "text": "y"}\n' + TEXT,
            "line 1 of python is not a JSON object with each key once; write one a line",
        ),
        (b"[" * 10**5 + b"\n" + TEXT, "line 1 of python is not a JSON object"),
        (TEXT + b'\n{"text": null}', 'line 2 of python has no text; expected {"text": "…"}'),
        (b'{"content": "x"}\n' + TEXT, "line 1 of python has no text"),
    ],
)
def test_an_output_that_is_none_is_invalid(content, said):
    with pytest.raises(Invalid) as refused:
        writing(content).sample(2, rng=default_rng(0))
    assert said in str(refused.value).replace(genbench_python(), "python")
    assert refused.value.__cause__ is None


def genbench_python():
    return sys.executable.rpartition("/")[2]


def test_an_output_with_a_secret_is_not_kept(monkeypatch):
    monkeypatch.setenv("TEST_KEY", KEY)
    with pytest.raises(Invalid, match=r"line 1 of python\S* contains the value of TEST_KEY") as refused:
        writing(json.dumps({"text": f"it is {KEY}"}).encode(), env=("TEST_KEY",)).sample(
            1, rng=default_rng(0)
        )
    assert KEY not in str(refused.value)


def test_a_file_and_its_place_come_together(program):
    train = Samples.of("text", ("x",))
    for options in ({"run": ("python3",), "file": program}, {"run": ("python3", "{file}")}):
        with pytest.raises(SuiteError, match="need each other; got only one of them"):
            command(train, **options)


def test_a_folder_may_hold_the_program(program):
    train = Samples.of("text", ("x",))
    run = (sys.executable, "-IS", "{file}/program.py")
    assert len(command(train, run=run, file=program.parent).sample(2, rng=default_rng(0))) == 2
    program.write_text(f"#!{sys.executable} -IS\n{PROGRAM}")
    program.chmod(0o700)
    assert len(command(train, run=("{file}",), file=program).sample(2, rng=default_rng(0))) == 2


def test_a_program_that_fails_is_an_error():
    fails = command(Samples.of("text", ("x",)), run=(sys.executable, "-ISc", "1 / 0"))
    with pytest.raises(ProgramError, match="it says: ZeroDivisionError: division by zero"):
        fails.sample(1, rng=default_rng(0))


SUITE = """
name = "mine"
seeds = [0]
n = 4
controls = false
dataset = [{ use = "text-file", path = "texts.jsonl" }]
metric = [{ use = "bits-per-byte" }]
"""

ENTRY = """
[[generator]]
use = "command"
name = "{name}"
run = ["{python}", "-IS", "{{file}}"]
file = "program.py"
gives = {gives}
timeout_s = {timeout_s}
env = ["TEST_KEY"]
options = {{ name = "{name}" }}
"""

MODES = """
import os, time
if request["options"]["name"] == "fails":
    sys.exit("no, with " + os.environ["TEST_KEY"])
if request["options"]["name"] == "hangs":
    time.sleep(600)
if request["options"]["name"] == "repeats":
    for _ in range(request["n"]):
        print(json.dumps({"text": os.environ["TEST_KEY"]}))
    sys.exit()
"""


def test_a_run_says_of_each_program_what_became_of_it_and_holds_no_secret(tmp_path, monkeypatch):
    monkeypatch.setenv("GENBENCH_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("TEST_KEY", KEY)
    (tmp_path / "texts.jsonl").write_text("".join(f'"text number {i}"\n' for i in range(30)))
    load, rest = PROGRAM.split("with pathlib", 1)[0], "if request[" + PROGRAM.split("if request[", 1)[1]
    (tmp_path / "program.py").write_text(load + MODES + rest)
    names = ("answers", "mute", "fails", "hangs", "repeats")
    entries = [
        ENTRY.format(name=name, python=sys.executable, gives="[]" if name == "mute" else '["likelihoods"]',
                     timeout_s=1.0 if name == "hangs" else 60.0)
        for name in names
    ]  # fmt: skip
    (tmp_path / "mine.toml").write_text(SUITE + "".join(entries))
    rows = genbench.run(tmp_path / "mine.toml", output=tmp_path / "out").scores().to_dict("records")
    found = {row["generator"]: (row["status"], row["reason"]) for row in rows}
    assert {name: status for name, (status, _) in found.items()} == {
        "answers": "ok", "mute": "skipped", "fails": "error", "hangs": "error", "repeats": "invalid",
    }  # fmt: skip
    assert "ended with the exit code 1; expected 0; it says: no, with [redacted]" in found["fails"][1]
    assert "did not end in 1 s" in found["hangs"][1]
    assert "line 1 of python" in found["repeats"][1]
    assert "contains the value of TEST_KEY" in found["repeats"][1]
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not [path for path in files if KEY.encode() in path.read_bytes()]
