"""The generator `openai-compatible`, against a server on this machine."""

from __future__ import annotations

import subprocess
import sys
import traceback
from typing import Annotated
from urllib.parse import urlsplit

import pytest
from genbench_text.remote.endpoint import EndpointError
from genbench_text.remote.exchange import ADDRESS, check_url
from genbench_text.remote.openai_compatible import openai_compatible
from numpy.random import default_rng
from pydantic import Field

import genbench
from genbench import Invalid, Samples, Space, SuiteError, Undefined
from genbench.contract.options import read_value

pytestmark = pytest.mark.extras("httpx")
KEY = "sk-Test-0123456789-abcdefghijklmnop"


def model(body):
    """What the model behind the server says: it depends on prompt and seed alone."""
    prompt = body["prompt"] if "prompt" in body else body["messages"][-1]["content"]
    return f"{prompt} {body.get('seed')}"


class Answering:
    """A reply that answers as an endpoint does; it asks a body for what to say."""

    def __init__(self, server, say=model, usage=(5, 2)):
        self.server, self.say, self.usage = server, say, usage

    def __call__(self, handler):
        text, is_chat = self.say(handler.body), handler.path.endswith("/chat/completions")
        choice = {"message": {"content": text}} if is_chat else {"text": text}
        usage = {"prompt_tokens": self.usage[0], "completion_tokens": self.usage[1]} if self.usage else None
        self.server.say({"choices": [choice | {"finish_reason": "stop"}], "usage": usage})(handler)


@pytest.fixture
def told():
    return []


@pytest.fixture
def make(endpoint_server, told, tmp_path, monkeypatch):
    """Return the function that makes a sampler of the server; answers are kept in the test's own folder."""
    monkeypatch.setenv("GENBENCH_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("TEST_KEY", KEY)
    endpoint_server.replies = [Answering(endpoint_server)]

    def made(longest=None, **options):
        train = Samples(("not looked at",), Space("text", longest=longest))
        given = {
            "base_url": f"{endpoint_server.url}/v1/",
            "model": "tiny",
            "prompt": "Write.",
            "retries": 0,
        } | options
        return openai_compatible(train, **given, log=lambda *step, **values: told.append((step, values)))

    return made


def test_a_sample_is_an_answer_to_the_prompt_with_a_seed_of_its_own(make, endpoint_server):
    found = make(system="Be brief.", stop="\n", key_env="TEST_KEY").sample(3, rng=default_rng(0))
    seeds = [body["seed"] for _, _, body in endpoint_server.requests]
    assert found.data == tuple(f"Write. {seed}" for seed in seeds)
    assert len(set(seeds)) == 3
    path, headers, body = endpoint_server.requests[0]
    assert (path, headers["Authorization"]) == ("/v1/chat/completions", f"Bearer {KEY}")
    assert body == {
        "model": "tiny", "max_tokens": 128, "temperature": 1.0, "top_p": 1.0, "stop": ["\n"],
        "seed": seeds[0],
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Write."}],
    }  # fmt: skip


def test_completions_are_asked_for_by_prompt(make, endpoint_server):
    options = {"api": "completions", "prompt": "", "limit": "max_completion_tokens", "max_tokens": 9}
    make(**options, send_seed=False).sample(1, rng=default_rng(0))
    ((path, _, body),) = endpoint_server.requests
    assert path == "/v1/completions"
    assert body == {
        "model": "tiny",
        "max_completion_tokens": 9,
        "temperature": 1.0,
        "top_p": 1.0,
        "prompt": "",
    }


def test_what_is_longer_than_the_space_allows_is_cut_and_counted(make, endpoint_server, told):
    answers = iter(["1234567", "12345678", "123456789", "1234567890"])
    endpoint_server.replies = [Answering(endpoint_server, lambda body: next(answers))]
    sampler = make(longest=8)
    assert sampler.sample(4, rng=default_rng(0)).data == ("1234567", "12345678", "12345678", "12345678")
    assert [step for step in told if "cut" in step[1]] == [((4, 4), {"cut": 2})]


def test_a_prompt_is_answered_whole(make):
    first, second = make(longest=4).complete(["one", "two"], rng=default_rng(0))
    assert first.startswith("one ")
    assert second.startswith("two ")
    with pytest.raises(Undefined, match="an unpaired surrogate"):
        make().complete(["\ud800"], rng=default_rng(0))


def test_answers_are_kept_and_not_asked_for_again(make, endpoint_server):
    first = make().sample(4, rng=default_rng(0)).data
    assert make().sample(4, rng=default_rng(0)).data == first
    assert len(endpoint_server.requests) == 4
    make(temperature=0.5).sample(4, rng=default_rng(0))
    make().sample(4, rng=default_rng(1))
    assert len(endpoint_server.requests) == 12
    make(cache=False).sample(4, rng=default_rng(0))
    assert len(endpoint_server.requests) == 16


def test_equal_requests_without_a_seed_are_answered_anew(make, endpoint_server):
    answers = iter(range(99))
    endpoint_server.replies = [Answering(endpoint_server, lambda body: f"answer {next(answers)}")]
    found = make(send_seed=False).sample(3, rng=default_rng(0)).data
    assert found == ("answer 0", "answer 1", "answer 2")
    assert make(send_seed=False).sample(3, rng=default_rng(0)).data == found


def test_several_requests_at_once_keep_their_order(make, endpoint_server):
    alone = make(cache=False).sample(20, rng=default_rng(0)).data
    assert make(cache=False, parallel=8).sample(20, rng=default_rng(0)).data == alone


def test_offline_kept_answers_are_there(make, monkeypatch):
    first = make().sample(2, rng=default_rng(0)).data
    monkeypatch.setenv("GENBENCH_OFFLINE", "1")
    assert make().sample(2, rng=default_rng(0)).data == first
    with pytest.raises(EndpointError, match=r"the run is offline, and the answer of https://model\.test"):
        make(base_url="https://model.test").sample(1, rng=default_rng(0))


def test_the_bill_is_told_and_has_a_cost_where_there_are_prices(make, told):
    make().sample(3, rng=default_rng(0))
    assert told.pop() == ((3, 3), {"asked": 3, "prompt_tokens": 15, "completion_tokens": 6})
    make(price_in=2.0, price_out=10.0).sample(4, rng=default_rng(0))
    ((step, bill),) = told
    assert (step, bill["asked"]) == ((4, 4), 1)
    assert bill["cost"] == pytest.approx((4 * 5 * 2 + 4 * 2 * 10) / 1e6)


def test_a_price_needs_tokens(make, endpoint_server):
    endpoint_server.replies = [Answering(endpoint_server, usage=None)]
    make().sample(1, rng=default_rng(0))
    with pytest.raises(Invalid, match="returns no token counts"):
        make(price_in=1.0).sample(1, rng=default_rng(1))


def test_the_first_failure_is_raised_and_no_more_is_asked(make, endpoint_server):
    endpoint_server.replies = [Answering(endpoint_server), endpoint_server.say({}, 400)]
    with pytest.raises(EndpointError, match="the server says 400"):
        make().sample(50, rng=default_rng(0))
    assert len(endpoint_server.requests) < 10


def test_without_a_prefix_there_are_no_likelihoods(make):
    assert not hasattr(make(), "log_likelihood")
    assert not hasattr(make(), "token_counts")


def nats_of(words):
    return [None, *(-float(len(word)) for word in words[1:])]


@pytest.fixture
def scoring(make, endpoint_server):
    """A sampler at an endpoint for which words are tokens, each as unlikely as it is long."""

    def reply(handler):
        assert (handler.body["echo"], handler.body["max_tokens"]) == (True, 1)
        words = handler.body["prompt"].split(" ")
        logprobs = {"token_logprobs": [*nats_of(words), -99.0]}
        answer = {"choices": [{"text": "", "logprobs": logprobs}], "usage": {"prompt_tokens": len(words)}}
        endpoint_server.say(answer)(handler)

    endpoint_server.replies = [reply]
    return make(api="completions", prompt="", prefix="<s>")


def test_a_text_is_scored_after_the_prefix(scoring, endpoint_server):
    texts = [" a bcd", " ef", ""]
    assert scoring.log_likelihood(texts).tolist() == [-4.0, -2.0, 0.0]
    assert scoring.token_counts(texts).tolist() == [2, 1, 0]
    assert len(endpoint_server.requests) == 3  # of the prefix and of two texts; the rest is kept


def test_a_text_is_scored_after_its_prompt_whose_spaces_are_the_texts(scoring, endpoint_server):
    assert scoring.log_likelihood(["b", " bcd", " x"], prompts=["aa ", "aa", " "]).tolist() == [-1, -3, -1]
    asked = {body["prompt"] for _, _, body in endpoint_server.requests}
    assert asked == {"aa", "aa b", "aa bcd", "<s>", "<s>  x"}


def test_half_of_a_character_is_not_sent(scoring, endpoint_server):
    with pytest.raises(Undefined, match="an unpaired surrogate"):
        scoring.log_likelihood(["\ud800"])
    assert endpoint_server.requests == []


def test_an_endpoint_without_likelihoods_is_invalid(make, endpoint_server):
    with pytest.raises(Invalid, match="returns no log probabilities of the prompt"):
        make(api="completions", prompt="", prefix="<s>").log_likelihood(["a"])


def test_a_first_token_without_a_likelihood_is_not_counted_as_certain(scoring, endpoint_server):
    endpoint_server.replies = [
        endpoint_server.say(
            {"choices": [{"logprobs": {"token_logprobs": [None, None]}}], "usage": {"prompt_tokens": count}}
        )
        for count in (1, 2)
    ]
    with pytest.raises(Invalid, match="no log probability of the first token of a text; set prefix"):
        scoring.log_likelihood(["a"])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"prompt": ""}, "the API 'chat' requires the option prompt"),
        ({"prefix": "<s>"}, "the API 'chat' returns no likelihoods"),
        ({"api": "completions", "system": "x"}, "the API 'completions' has no system message"),
        ({"base_url": "model.test"}, "base_url is not the URL of an endpoint"),
        (
            {"base_url": "http://10.0.0.1", "key_env": "TEST_KEY"},
            "the key would be sent to 10.0.0.1 unencrypted",
        ),
        ({"key_env": "UNSET_KEY"}, "the environment variable UNSET_KEY, which key_env names, is not set"),
    ],
)
def test_options_that_do_not_fit_are_refused(options, said, make):
    with pytest.raises(SuiteError, match=said):
        make(**options)


SUITE = """
name = "mine"
seeds = [0]
n = 4
controls = false
dataset = [{ use = "text-file", path = "texts.jsonl" }]
metric = [{ use = "token-perplexity" }]
"""


@pytest.fixture
def write_suite(endpoint_server, tmp_path, monkeypatch):
    """Return the function that writes a suite whose generators ask the server for models of these names."""
    monkeypatch.setenv("GENBENCH_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("TEST_KEY", KEY)
    (tmp_path / "texts.jsonl").write_text("".join(f'"text number {i}"\n' for i in range(30)))

    def write(*models, key_env="TEST_KEY", base_url=endpoint_server.url):
        entry = 'use = "openai-compatible"\nprompt = "Write."\nretries = 0'
        generators = [
            f'[[generator]]\n{entry}\nbase_url = "{base_url}"\nname = "{model}"\n'
            f'model = "{model}"\nkey_env = "{key_env}"\ntimeout_s = {0.3 if model == "hangs" else 60.0}\n'
            for model in models
        ]
        (tmp_path / "mine.toml").write_text(SUITE + "".join(generators))
        return tmp_path / "mine.toml"

    return write


@pytest.mark.slow
def test_no_key_reaches_a_file_of_a_run_even_if_the_server_repeats_it(endpoint_server, write_suite, tmp_path):
    replies = {
        "refuses": endpoint_server.say({"error": {"message": f"wrong key {KEY}"}}, 401, reason=KEY),
        "garbles": endpoint_server.say(f"wrong key {KEY}".encode()),
        "repeats": endpoint_server.say({"choices": [{"message": {"content": KEY}, "finish_reason": "stop"}]}),
        "hangs": endpoint_server.hang,
        "answers": Answering(endpoint_server, lambda body: f"{model(body)}, longer than all texts"),
    }
    endpoint_server.replies = [lambda handler: replies[handler.body["model"]](handler)]
    allowed = [f"TEST_KEY@{urlsplit(endpoint_server.url).netloc}"]
    done = genbench.run(write_suite(*replies), output=tmp_path / "out", allow_keys=allowed)
    found = {row["generator"]: (row["status"], row["reason"]) for row in done.scores().to_dict("records")}
    assert {name: status for name, (status, _) in found.items()} == {
        "refuses": "error", "garbles": "invalid", "repeats": "invalid", "hangs": "error",
        "answers": "skipped",
    }  # fmt: skip
    assert "the server says 401: wrong key [redacted]" in found["refuses"][1]
    assert "bytes that are not a JSON object" in found["garbles"][1]
    assert "repeats the key in its answer" in found["repeats"][1]
    assert "returned no answer: no complete answer within 0.3 s; it is not asked again" in found["hangs"][1]
    assert found["answers"][1].endswith("openai-compatible gives no log_likelihood")
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 10
    assert not [path for path in files if KEY.encode() in path.read_bytes()]
    history = (tmp_path / "out/history.csv").read_text()
    assert "answers,0,4,4,prompt_tokens,20.0" in history
    assert "answers,0,4,4,cut,4.0" in history


def test_a_key_in_place_of_a_variables_name_is_refused_before_anything_is_written(write_suite, tmp_path):
    with pytest.raises(SuiteError, match=r"mine\.toml: generator\[0\]\.key_env: expected a text") as refused:
        genbench.run(write_suite("tiny", key_env=KEY), output=tmp_path / "out")
    assert KEY not in "".join(traceback.format_exception(refused.value))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "base_url",
    ["https://user:{}@host/v1", "https://{}@host", "https://host/v1?key={}", "https://host?key={}",
     "https://host/v1#{}", "https:/user:{}@host/v1", "https:\\\\\\\\user:{}@host/v1", "{}", "https://u%3A{}%40host/v1"],
)  # fmt: skip
def test_a_secret_in_an_address_is_refused_before_anything_is_written(base_url, write_suite, tmp_path):
    suite = write_suite("tiny", base_url=base_url.format(KEY))
    message = r"generator\[0\]\.base_url: .*; an address such as https://host/v1, without a user name"
    with pytest.raises(SuiteError, match=message) as refused:
        genbench.run(suite, output=tmp_path / "out")
    assert KEY not in "".join(traceback.format_exception(refused.value))
    assert not (tmp_path / "out").exists()


def test_the_command_line_says_what_is_wrong_with_an_address_and_not_the_secret(write_suite, tmp_path):
    suite = write_suite("tiny", base_url=f"https://user:{KEY}@host/v1")
    done = subprocess.run(
        [sys.executable, "-c", "from genbench.cli.main import main; main()", "run", suite, "--verbose"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert "expected a text that matches" in done.stderr
    assert KEY not in done.stderr
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize("base_url", ["http://[::1]:8000/v1", "HTTPS://Host.test/a@b/v1/", "http://host"])
def test_addresses_with_nothing_secret_are_read(base_url):
    check_url(base_url, has_key=False)
    assert read_value(Annotated[str, Field(pattern=ADDRESS)], base_url) == base_url


def test_a_suite_sends_no_key_to_a_server_without_consent(endpoint_server, write_suite, tmp_path):
    pair = f"TEST_KEY@{urlsplit(endpoint_server.url).netloc}"
    refused = rf"would send the environment variable TEST_KEY to .*; if you agree, add --allow-key {pair}$"
    for allowed in ([], [pair.replace("KEY", "KEYS")], ["TEST_KEY@127.0.0.1"]):
        with pytest.raises(SuiteError, match=refused):
            genbench.run(write_suite("tiny"), output=tmp_path / "out", allow_keys=allowed)
    assert endpoint_server.requests == []
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_a_generator_that_the_user_names_needs_no_consent(endpoint_server, write_suite, tmp_path):
    """The command line, or the Python call, names variable and server itself."""
    path = write_suite("other", base_url="https://elsewhere.example")
    own = {
        "use": "openai-compatible", "base_url": endpoint_server.url, "model": "tiny", "prompt": "Write.",
        "key_env": "TEST_KEY",
    }  # fmt: skip
    genbench.run(path, output=tmp_path / "out", generators=[own])
    assert endpoint_server.requests
    verified = genbench.verify(tmp_path / "out", suite=path)  # it does not call a priced generator
    assert not [verdict for verdict in verified.stored if "--allow-key" in verdict.reason]
