"""Judges: what a program gets, what counts as an answer, and that none is guessed."""

from __future__ import annotations

import json
import sys
from dataclasses import replace

import numpy as np
import pytest
from genbench_arena.votes import CHOICES as OF_THE_METRIC
from genbench_arena.votes import FORMAT, read_ballots

from genbench.arena.judge import CHOICES, JudgeError, JudgeProgram, collect_votes, measure_position_bias
from genbench.arena.pairs import plan_pairs, task_hash
from genbench.catalog.modalities import Modality
from genbench.core.errors import DataError, GenbenchError, SuiteError
from genbench.core.rendering import Rendering
from genbench.core.samples import Samples

QUESTIONS = ("Which is better?",)
START = "import json, os, sys\nrequests = [json.loads(line) for line in sys.stdin]\n"
LONGER = START + (
    "for each in requests:\n"
    "    first, second = len(each['first']['text']), len(each['second']['text'])\n"
    "    print(json.dumps({'choice': 'first' if first > second else 'second'}))\n"
)
SAY = START + "for each in requests: print({answer!r})\n"


@pytest.fixture(autouse=True)
def own_store(fresh_store):
    """Let no test find answers of another one."""


@pytest.fixture
def judge(tmp_path):
    """Return a function that writes a program and returns it as a judge."""

    def of(code, *, variables=(), timeout_s=60.0, has_cache=True, more=""):
        path = tmp_path / "longer.py"
        path.write_text(code)
        command = f"{sys.executable} -IS {path} {more}"
        return JudgeProgram.from_command(
            command, name=None, variables=variables, timeout_s=timeout_s, has_cache=has_cache
        )

    return of


@pytest.fixture
def arena(arena_of):
    made = {"short": ["a", "bb", "ccc"], "long": ["x" * 10, "y" * 11, "z" * 12]}
    return arena_of({name: (None, {0: Samples.of("text", texts)}) for name, texts in made.items()})


def votes(judge, arena, pairs=4, questions=QUESTIONS):
    planned = plan_pairs(arena.rivals, pairs=pairs, rater=1, seed=0, questions=len(questions))
    places = arena.locate_samples({name for pair in planned for name in (pair.first, pair.second)})
    content, bias = collect_votes(judge, planned, questions, places, arena.modality)
    return planned, content, bias


def test_each_pair_is_judged_in_both_orders_and_the_file_is_one_of_votes(judge, arena, tmp_path):
    planned, content, bias = votes(judge(LONGER), arena)
    body = json.loads(content)
    given = [(pair.first, pair.second) for pair in planned]
    assert [(vote["first"], vote["second"]) for vote in body["votes"]] == [
        *given, *((second, first) for first, second in given)
    ]  # fmt: skip
    texts = {trial.digests[i]: text for trial in arena.trials for i, text in enumerate(trial.samples.data)}
    for vote in body["votes"]:
        sizes = [len(texts[vote[side]]) for side in ("first", "second")]
        assert vote["sizes"] == sizes
        assert vote["choice"] == ("first" if sizes[0] > sizes[1] else "second")
    assert (bias.pairs, bias.same_sample, bias.p_value) == (4, 4, 1.0)
    (tmp_path / "votes.json").write_bytes(content)
    (ballot,) = read_ballots([tmp_path / "votes.json"])
    assert (ballot.kind, ballot.rater, ballot.task) == ("judge", "longer", task_hash(QUESTIONS, planned))
    assert (CHOICES, body["genbench-votes"]) == (OF_THE_METRIC, FORMAT)


def test_a_program_learns_questions_and_samples_and_no_name(judge, arena, tmp_path):
    seen = tmp_path / "seen"
    code = f"{START}open(sys.argv[1], 'w').write(json.dumps(requests))\n{LONGER[len(START) :]}"
    votes(judge(code, more=seen), arena, pairs=1, questions=("Real?", "Nice?"))
    requests = json.loads(seen.read_text())
    assert [each["question"] for each in requests] == ["Real?", "Nice?"] * 2
    assert all(set(each) == {"question", "first", "second"} for each in requests)
    assert all(set(each["first"]) == {"text"} for each in requests)
    assert not {"short", "long"} & set(seen.read_text().split('"'))


def test_pictures_are_files_that_are_removed(judge, arena_of, tmp_path):
    pixels = np.arange(2 * 16, dtype=np.uint8).reshape(2, 1, 4, 4, 1) * 8
    arena = arena_of(
        {name: (None, {0: Samples.of("image", part)}) for name, part in zip("ab", pixels, strict=True)}
    )
    seen = tmp_path / "seen"
    code = START + (
        "paths = [each[side]['file'] for each in requests for side in ('first', 'second')]\n"
        "heads = [open(path, 'rb').read(4).hex() for path in paths]\n"
        "open(sys.argv[1], 'w').write(json.dumps([paths, heads, os.listdir()]))\n"
        'for each in requests: print(\'{"choice": "tie"}\')\n'
    )
    _, content, bias = votes(judge(code, more=seen), arena, pairs=1)
    paths, heads, listed = json.loads(seen.read_text())
    assert set(heads) == {"89504e47"}
    assert listed == []
    assert [path.rpartition("/")[2] for path in paths[:2]] == [
        f"{json.loads(content)['votes'][0][side]}.png" for side in ("first", "second")
    ]
    assert not [path for path in map(type(tmp_path), paths) if path.exists()]
    assert bias.same_sample == 1


def test_a_judge_gets_the_text_of_a_picture_too_and_its_characters_are_its_size(
    judge, arena_of, tmp_path, monkeypatch
):
    names = {"a": "CCO", "b": "C"}
    arena = arena_of({name: (None, {0: Samples.of("text", [text])}) for name, text in names.items()})
    svg = Rendering("image/svg+xml", b"<svg/>")
    monkeypatch.setattr(Modality, "render", lambda _, samples, at, __: replace(svg, text=samples.data[at]))
    seen = tmp_path / "seen"
    code = START + (
        "open(sys.argv[1], 'w').write(json.dumps(requests))\n"
        'for each in requests: print(\'{"choice": "tie"}\')\n'
    )
    first = judge(code, more=seen)
    _, content, _ = votes(first, arena, pairs=1)
    (request, _) = json.loads(seen.read_text())
    assert {request[side]["text"] for side in ("first", "second")} == {"CCO", "C"}
    assert all(request[side]["file"].endswith(".svg") for side in ("first", "second"))
    assert sorted(json.loads(content)["votes"][0]["sizes"]) == [1, 3]
    asked = [first._make_request("q", "x", "x", {"x": replace(svg, text=text)}) for text in ("C", "N")]
    assert asked[0] != asked[1]  # an answer on another text is not taken from the cache


def test_answers_come_from_the_cache_until_something_that_decides_them_changes(judge, arena, tmp_path):
    log = tmp_path / "log"
    code = f"{START}open({str(log)!r}, 'w').write(str(len(requests)))\n{LONGER[len(START) :]}"

    def asked(code=code, has_cache=True, **options):
        log.unlink(missing_ok=True)
        content = votes(judge(code, has_cache=has_cache), arena, **options)[1]
        return content, int(log.read_text()) if log.exists() else 0

    first, count = asked()
    assert count == 8
    assert asked() == (first, 0)
    assert asked(pairs=5)[1] == 2  # of the pair that is new
    assert asked(questions=("Another?",))[1] == 8
    assert asked(code=f"{code}\n")[1] == 8
    assert asked(has_cache=False) == (first, 8)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("raise SystemExit(3)", "ended with the exit code 3; expected 0"),
        (SAY.format(answer='{"choice": "first"}') + "1 / 0", "code 1; expected 0; it says: ZeroDivision"),
        ("import time; time.sleep(600)", "did not end in 1 s"),
        ("", "wrote 0 lines; expected 8, one for each request"),
        (SAY.format(answer="first"), "line 1 of python"),
        (SAY.format(answer='{"choice": "left"}'), "has 'left' as choice; expected one of \"first\", "),
        (SAY.format(answer='{"choice": ["first"]}'), "has ['first'] as choice"),
        (SAY.format(answer='{"choice": "first", "choice": "tie"}'), "not a JSON object with each key once"),
        (SAY.format(answer="{}"), "has nothing as choice"),
        (SAY.format(answer='{"choice": "first"}') + "print()", "wrote 9 lines; expected 8"),
    ],
)  # fmt: skip
def test_a_failure_is_the_judges_and_leaves_no_vote_and_no_answer(judge, arena, code, said):
    with pytest.raises(JudgeError) as failed:
        votes(judge(code, timeout_s=1.0 if "600" in code else 60.0), arena)
    text = str(failed.value)
    assert text.startswith("the judge failed, so there are no votes: ")
    assert said in text
    assert "\n" not in text
    cache = judge(code).cache
    assert not cache.folder.exists()


def test_an_answer_with_a_secret_is_discarded(judge, arena, monkeypatch):
    monkeypatch.setenv("TEST_KEY", "sk-0123456789-abcdefghij")
    code = START + "for each in requests: print(json.dumps({'choice': 'tie', 'why': os.environ['TEST_KEY']}))"
    with pytest.raises(JudgeError, match="contains the value of TEST_KEY") as failed:
        votes(judge(code, variables=["TEST_KEY"]), arena)
    assert "0123456789" not in str(failed.value)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("", "--judge is empty; expected a program and its arguments"),
        ("python3 'judge.py", "No closing quotation; expected a program and its arguments"),
        ("no-such-program", "there is no program 'no-such-program'"),
        ("./nothing", "there is no program './nothing'"),
    ],
)
def test_what_is_no_command_is_refused(command, said):
    with pytest.raises(SuiteError) as failed:
        JudgeProgram.from_command(command, name=None, variables=(), timeout_s=1.0, has_cache=False)
    assert said in str(failed.value)
    assert isinstance(failed.value, GenbenchError)


def test_a_sample_that_cannot_be_shown_is_not_the_judges_fault(judge, arena, monkeypatch):
    monkeypatch.setattr("genbench.arena.judge.find_damage", lambda rendering: "torn")
    with pytest.raises(DataError, match=r"shown to a judge: torn; modality .* must render it$"):
        votes(judge(LONGER), arena)


def test_position_bias_counts_pairs_with_one_side_twice():
    """A sign test of 9 pairs for the first and 1 for the second: p = 2 * (1 + 10) / 2^10."""
    choices = [
        *[("first", "first")] * 9, ("second", "second"), *[("first", "second")] * 5, ("second", "first"),
        ("tie", "bad"), ("tie", "first"),
    ]  # fmt: skip
    bias = measure_position_bias(choices)
    assert (bias.pairs, bias.same_sample, bias.first_twice, bias.second_twice) == (18, 7, 9, 1)
    assert bias.p_value == pytest.approx(22 / 1024)


def test_a_judge_that_always_takes_the_first_is_said_to_be_biased(judge, arena):
    _, content, bias = votes(judge(SAY.format(answer='{"choice": "first"}')), arena, pairs=8)
    assert json.loads(content)["position"] == {
        "pairs": 8, "same_sample": 0, "first_twice": 8, "second_twice": 0
    }  # fmt: skip
    assert bias.p_value == pytest.approx(2 / 2**8)
