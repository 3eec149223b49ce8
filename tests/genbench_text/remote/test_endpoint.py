"""An endpoint that is asked until it answers; the clock of these tests stands still but for waits."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from genbench_text.remote.endpoint import Endpoint, EndpointError
from genbench_text.remote.secret import Secret

from genbench import Invalid

pytestmark = pytest.mark.extras("httpx")
KEY = "sk-Test-0123456789-abcdefghijklmnop"


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self):
        self.now, self.waits = 100.0, []

    def sleep(self, seconds):
        self.waits.append(seconds)
        self.now += seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def make(endpoint_server, clock, monkeypatch):
    """Return the function that makes an endpoint, with a key, of the server."""
    monkeypatch.setenv("TEST_KEY", KEY)

    def made(**options):
        given = {"base_url": endpoint_server.url, "key": Secret.of("TEST_KEY"), "timeout_s": 10.0} | options
        return Endpoint(clock=lambda: clock.now, sleep=clock.sleep, **given)

    return made


def refusal(endpoint, kind=EndpointError):
    with pytest.raises(kind) as refused:
        endpoint.post("/x", {})
    said = str(refused.value)
    assert "\n" not in said
    assert KEY not in said
    assert KEY not in repr(endpoint)
    assert refused.value.__cause__ is None or KEY not in str(refused.value.__cause__)
    return said


def test_a_body_is_sent_with_the_key_and_an_object_comes_back(endpoint_server, make, clock):
    endpoint_server.replies = [endpoint_server.say({"a": ["é", 1]})]
    assert make().post("/x", {"prompt": "naïve \ud83d\ude00"}) == {"a": ["é", 1]}
    ((path, headers, body),) = endpoint_server.requests
    assert (path, body, headers["Authorization"]) == ("/x", {"prompt": "naïve 😀"}, f"Bearer {KEY}")
    assert headers["Content-Type"] == "application/json"
    assert clock.waits == []


def test_without_a_key_none_is_sent(endpoint_server, make):
    make(key=Secret()).post("/x", {})
    assert "Authorization" not in endpoint_server.requests[0][1]


def test_what_fails_is_tried_again_after_waits_that_double(endpoint_server, make, clock):
    say = endpoint_server.say
    failures = [say({}, status) for status in (500, 503, 529, 409, 408)]
    endpoint_server.replies = [*failures, say({"ok": True})]
    assert make().post("/x", {}) == {"ok": True}
    assert clock.waits == [1, 2, 4, 8, 16]


def test_no_wait_is_longer_than_a_minute(endpoint_server, make, clock):
    endpoint_server.replies = [endpoint_server.say({}, 503)]
    refusal(make(retries=8, patience_s=1e9))
    assert clock.waits == [1, 2, 4, 8, 16, 32, 60, 60]


def test_a_busy_server_is_left_alone_for_as_long_as_it_asks(endpoint_server, make, clock):
    say, date = endpoint_server.say, format_datetime(datetime.now(UTC) + timedelta(seconds=1000), usegmt=True)
    endpoint_server.replies = [say({}, 429, Retry_After=7), say({}, 429, Retry_After="soon"),
                               say({}, 429, Retry_After=date), say({"ok": True})]  # fmt: skip
    make(patience_s=5000).post("/x", {})
    assert clock.waits[:2] == [7, 2]
    assert 900 < clock.waits[2] <= 1000


@pytest.mark.parametrize(
    "when", [f"Wed, 21 Oct {when}" for when in ("2015 07:28:00 GMT", "2015 07:28:00", "9999999999 07:28:00")]
)
def test_a_date_that_is_past_or_none_asks_for_nothing(when, endpoint_server, make, clock):
    endpoint_server.replies = [endpoint_server.say({}, 429, Retry_After=when), endpoint_server.say({})]
    make().post("/x", {})
    assert clock.waits == [1]


def test_tries_come_to_an_end(endpoint_server, make, clock):
    endpoint_server.replies = [endpoint_server.say({"error": {"message": "overloaded"}}, 529)]
    assert refusal(make(retries=2)) == (
        f"{endpoint_server.url} returned no answer in 3 attempts; last error: the server says 529: overloaded"
    )
    assert len(endpoint_server.requests) == 3


def test_patience_comes_to_an_end_before_a_wait_that_is_too_long(endpoint_server, make, clock):
    endpoint_server.replies = [endpoint_server.say({}, 429, Retry_After=100)]
    said = refusal(make(patience_s=150.0, retries=9))
    assert said == (
        f"{endpoint_server.url} returned no answer in 2 attempts, and another would exceed patience_s, 150; "
        f"last error: the server says 429: {{}}"
    )
    assert clock.waits == [100]


LOST = (
    "it is not asked again now, since the lost answer may be charged; the same command continues the run, "
    "with all answers so far"
)


@pytest.mark.parametrize("status", [502, 504])
def test_a_gateway_that_does_not_know_of_an_answer_is_not_asked_again(status, endpoint_server, make):
    endpoint_server.replies = [endpoint_server.say(b"bad", status)]
    assert refusal(make()) == f"{endpoint_server.url}/x: the server says {status}: bad; {LOST}"
    assert len(endpoint_server.requests) == 1


@pytest.mark.parametrize(
    "reply",
    [
        lambda server: server.hang,
        lambda server: server.reset,
        lambda server: server.say(b"{}" * 9, short_by=3),
    ],
    ids=["timeout", "reset", "cut off"],
)
def test_no_request_is_sent_again_that_may_be_charged_twice(reply, endpoint_server, make, clock):
    endpoint_server.replies = [reply(endpoint_server)]
    said = refusal(make(timeout_s=0.2))
    assert said.startswith(f"{endpoint_server.url} returned no answer: ")
    assert said.endswith(f"; {LOST}")
    assert (len(endpoint_server.requests), clock.waits) == (1, [])


def test_a_request_that_was_never_sent_is_tried_again(make, clock):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    said = refusal(make(base_url=f"http://127.0.0.1:{port}", retries=2))
    assert said.endswith("returned no answer in 3 attempts; last error: Connection refused")
    assert clock.waits == [1, 2]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"error": {"message": "no such\nmodel"}}, ": no such model"),
        ({"error": "no such model"}, ": no such model"),
        ({"message": "no such model"}, ": no such model"),
        (b"<html>\x1b[31mno</html>", ": <html>[31mno</html>"),
        (b"\xff" * 3, ": \ufffd\ufffd\ufffd"),
        (b"", ""),
        ([], ": []"),
        ("x" * 999, ': "' + "x" * 199),
        ({"error": {"message": f"Incorrect API key: {KEY}."}}, ": Incorrect API key: [redacted]."),
        (f"who is {KEY[:20]}***?".encode(), ": who is [redacted]***?"),
        (b"x" * 190 + KEY.encode(), ": " + "x" * 190 + "[redacted]"),
        ("\u200b".join(KEY).encode(), ": [redacted]"),
    ],
)
def test_a_refusal_is_one_line_without_the_key_and_not_tried_again(content, said, endpoint_server, make):
    endpoint_server.replies = [endpoint_server.say(content, 401)]
    assert refusal(make()) == f"{endpoint_server.url}/x: the server says 401{said}"
    assert len(endpoint_server.requests) == 1


def test_a_key_in_the_reason_of_a_status_is_not_repeated(endpoint_server, make):
    endpoint_server.replies = [endpoint_server.say(b"", 403, reason=f"go away {KEY}")]
    assert refusal(make()) == f"{endpoint_server.url}/x: the server says 403"


def test_a_redirect_is_not_followed(endpoint_server, make):
    endpoint_server.replies = [endpoint_server.say(b"", 302, Location="http://elsewhere.test")]
    assert refusal(make()).endswith("the server says 302, a redirect, which is not followed")


@pytest.mark.parametrize("content", [b"{", b"\xff", b"[" * 10**5, b"[]", b"null", b"", b'{"a": 1, "a": 2}'])
def test_an_answer_that_is_no_json_object_is_invalid(content, endpoint_server, make):
    endpoint_server.replies = [endpoint_server.say(content)]
    wrong = "bytes that are not a JSON object with each key once"
    assert refusal(make(), Invalid) == f"{endpoint_server.url} returned {len(content)} {wrong}"


def test_an_answer_with_the_key_is_not_kept(endpoint_server, make):
    endpoint_server.replies = [endpoint_server.say({"choices": [{"text": f"your key is {KEY}"}]})]
    assert "repeats the key in its answer" in refusal(make(), Invalid)


def test_requests_keep_their_pace(endpoint_server, make, clock):
    endpoint = make(per_minute=30.0)
    for _ in range(3):
        endpoint.post("/x", {})
    clock.now += 60
    endpoint.post("/x", {})
    assert clock.waits == [2, 2]


def test_offline_only_this_machine_is_asked(endpoint_server, make):
    make(is_offline=True).post("/x", {})
    said = refusal(make(is_offline=True, base_url="https://model.test/v1"))
    assert said.startswith("the run is offline, and the answer of https://model.test/v1 is not in the cache")
