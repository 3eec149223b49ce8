"""One request over real connections to this machine: answers in time, and all that can go wrong instead."""

from __future__ import annotations

import contextlib
import socket
import threading
import time

import pytest
from genbench_text.remote import exchange as module
from genbench_text.remote.exchange import LostError, check_url, exchange, is_local

from genbench import SuiteError

pytestmark = pytest.mark.extras("httpx")


def ask(server, timeout_s=10.0):
    return exchange(f"{server.url}/v1", {"X-Own": "mine"}, b"{}", timeout_s=timeout_s)


def test_an_answer_comes_with_its_status_headers_and_content(endpoint_server):
    endpoint_server.replies = [endpoint_server.say(b"hello", 418, X_Theirs="theirs")]
    reply = ask(endpoint_server)
    assert (reply.status, reply.content, reply.headers["x-theirs"]) == (418, b"hello", "theirs")
    ((path, headers, body),) = endpoint_server.requests
    assert (path, headers["X-Own"], body) == ("/v1", "mine", {})


@pytest.mark.parametrize("how", ["hang", "drip"])
def test_a_server_that_does_not_finish_is_left(how, endpoint_server):
    endpoint_server.replies = [getattr(endpoint_server, how)]
    with pytest.raises(LostError, match=r"no complete answer within 0\.3 s"):
        ask(endpoint_server, timeout_s=0.3)


def test_a_server_that_does_not_finish_its_greeting_is_left():
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def greet():
            connection, _ = listening.accept()
            with connection, contextlib.suppress(OSError):
                connection.sendall(b"\x16\x03\x03\x40\x00")  # a record of TLS, of 16 KiB
                while not time.sleep(0.02):
                    connection.sendall(b"\0")

        greeting = threading.Thread(target=greet)
        greeting.start()
        with pytest.raises(LostError, match=r"no complete answer within 0\.3 s"):
            exchange(f"https://127.0.0.1:{listening.getsockname()[1]}", {}, b"{}", timeout_s=0.3)
        greeting.join()


def test_a_connection_that_breaks_is_lost(endpoint_server):
    endpoint_server.replies = [endpoint_server.reset]
    with pytest.raises(LostError, match=r"Connection reset by peer|without a complete answer"):
        ask(endpoint_server)


def test_an_answer_that_is_cut_off_is_lost(endpoint_server):
    endpoint_server.replies = [endpoint_server.say(b"0123456789", short_by=3)]
    with pytest.raises(LostError, match="without a complete answer of HTTP"):
        ask(endpoint_server)


def test_a_chunked_answer_that_is_cut_off_is_lost(endpoint_server):
    def cut(handler):
        handler.protocol_version = "HTTP/1.1"
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(b"a\r\n01234")
        handler.close_connection = True

    endpoint_server.replies = [cut]
    with pytest.raises(LostError, match="without a complete answer of HTTP"):
        ask(endpoint_server)


def test_an_answer_without_end_is_not_read_to_its_end(endpoint_server, monkeypatch):
    monkeypatch.setattr(module, "MOST_BYTES", 1000)
    endpoint_server.replies = [endpoint_server.say(b"x" * 1001)]
    with pytest.raises(LostError, match="longer than 1000 bytes"):
        ask(endpoint_server)


def test_what_is_not_http_is_lost_and_not_quoted(endpoint_server):
    endpoint_server.replies = [lambda handler: handler.wfile.write(b"SSH-2.0-secret\r\n\r\n")]
    with pytest.raises(LostError, match="without a complete answer of HTTP") as lost:
        ask(endpoint_server)
    assert "secret" not in str(lost.value)
    assert lost.value.__context__ is None


def test_nobody_at_the_address_is_lost():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(LostError, match="Connection refused"):
            exchange(f"http://127.0.0.1:{taken.getsockname()[1]}", {}, b"", timeout_s=10)


def test_a_redirect_is_an_answer_and_not_followed(endpoint_server):
    endpoint_server.replies = [endpoint_server.say(b"", 307, Location=f"{endpoint_server.url}/elsewhere")]
    assert ask(endpoint_server).status == 307
    assert len(endpoint_server.requests) == 1


def test_proxies_have_no_part_in_what_stays_on_this_machine(endpoint_server, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    assert ask(endpoint_server).status == 200


def test_a_proxy_is_asked_for_what_does_not(endpoint_server, monkeypatch):
    monkeypatch.setenv("http_proxy", endpoint_server.url)
    monkeypatch.delenv("no_proxy", raising=False)
    assert exchange("http://model.test/v1", {}, b"{}", timeout_s=10).status == 200
    assert endpoint_server.requests[0][0] == "http://model.test/v1"


def test_no_proxy_is_heeded(endpoint_server, monkeypatch):
    monkeypatch.setenv("http_proxy", endpoint_server.url)
    monkeypatch.setenv("no_proxy", "model.test")
    with pytest.raises(LostError):
        exchange("http://model.test/v1", {}, b"{}", timeout_s=10)
    assert endpoint_server.requests == []


def test_a_password_of_netrc_is_not_sent(endpoint_server, tmp_path, monkeypatch):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password secret\n", "utf-8")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    ask(endpoint_server)
    assert "Authorization" not in endpoint_server.requests[0][1]


@pytest.mark.parametrize(
    "url", ["http://localhost:1/v1", "http://127.0.0.1", "http://[::1]:8", "http://127.9.9.9"]
)
def test_this_machine_is_known(url):
    assert is_local(url)
    check_url(url, has_key=True)


def test_a_key_goes_to_others_encrypted_only():
    assert not is_local("http://10.0.0.1/v1")
    check_url("http://10.0.0.1/v1", has_key=False)
    check_url("https://model.test/v1", has_key=True)
    with pytest.raises(SuiteError, match=r"the key would be sent to 10\.0\.0\.1 unencrypted; use https"):
        check_url("http://10.0.0.1/v1", has_key=True)


@pytest.mark.parametrize(
    "url", ["", "model.test", "ftp://model.test", "file:///etc/passwd", "https://", "https://a:b",
            "https://a b", "https://[", "https://é.test"],
)  # fmt: skip
def test_what_is_no_address_is_refused(url):
    with pytest.raises(SuiteError, match="base_url is not the URL of an endpoint"):
        check_url(url, has_key=False)


@pytest.mark.parametrize(
    "url", ["https://me:sk-secret@model.test", "https://model.test/?key=sk-secret", "https://m.t#sk-secret"]
)
def test_a_key_in_an_address_is_refused_and_not_repeated(url):
    with pytest.raises(SuiteError, match="a key is named with key_env") as refused:
        check_url(url, has_key=False)
    assert "secret" not in str(refused.value)
