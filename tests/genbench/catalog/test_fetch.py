from __future__ import annotations

import hashlib
import os
import signal
import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from genbench import Asset, ResultsError
from genbench.catalog.fetch import FetchError, fetch
from genbench.contract.assets import asset_path

CONTENT = bytes(range(256)) * 4096  # 1 MiB: several pieces
SHA256 = hashlib.sha256(CONTENT).hexdigest()
SIZE = len(CONTENT)
HALF = SIZE // 2


class Server(ThreadingHTTPServer):
    """Serves CONTENT, or fails in the way that the path names; `resume` ends what stalls."""

    daemon_threads = False  # so that closing waits for what is being served

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked = []
        self.halfway, self.resume = threading.Event(), threading.Event()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append((self.path, self.headers["User-Agent"]))
        getattr(self, self.path.split("/")[1])()

    def log_message(self, *arguments):
        """Say nothing."""

    def head(self, length=SIZE, code=200, **headers):
        self.send_response(code)
        if length is not None:
            self.send_header("Content-Length", str(length))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def whole(self):
        self.head()
        self.wfile.write(CONTENT)

    def unsized(self):
        self.head(None)
        self.wfile.write(CONTENT)

    def truncated(self):
        self.head()
        self.wfile.write(CONTENT[:HALF])

    def long(self):
        self.head(None)
        self.wfile.write(CONTENT + b"more")

    def page(self):
        self.head(5)
        self.wfile.write(b"<htm>")

    def other(self):
        self.head()
        self.wfile.write(CONTENT[::-1])

    def absent(self):
        self.send_error(404)

    def silent(self):
        self.server.resume.wait()

    def stalled(self):
        self.head()
        self.wfile.write(CONTENT[:HALF])
        self.server.halfway.set()
        self.server.resume.wait()

    def moved(self):
        self.head(0, 302, Location="/whole/net.bin")

    def away(self):
        self.head(0, 302, Location="http://example.org/net.bin")

    def round(self):
        self.head(0, 302, Location="/round/net.bin")

    def garbled(self):
        self.wfile.write(b"not HTTP at all\r\n\r\n")


@pytest.fixture
def server():
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.resume.set()
        running.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def root(tmp_path, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GENBENCH_ASSETS", str(tmp_path / "assets"))
    return tmp_path / "assets"


def net(server, way, sha256=SHA256, size_bytes=SIZE):
    return Asset("net", f"{server.url}/{way}/net.bin", sha256, size_bytes, "MIT")


def files(root):
    return sorted(path.name for path in root.rglob("*") if path.is_file())


@pytest.mark.parametrize("way", ["whole", "unsized", "moved"])
def test_a_file_is_fetched_whole_and_said_to_grow(way, server, root):
    steps = []
    asset = net(server, way)
    path = fetch(asset, report=steps.append)
    assert path == asset_path(asset)
    assert path.read_bytes() == CONTENT
    assert files(root) == ["net.bin"]
    assert steps == sorted(steps)
    assert (len(steps) > 1, steps[-1]) == (True, len(CONTENT))
    assert server.asked[0][1].startswith("genbench/")


def test_a_file_of_which_only_the_first_digits_are_known_is_fetched(server):
    assert fetch(net(server, "whole", SHA256[:8])).read_bytes() == CONTENT


def test_a_file_that_is_there_is_not_fetched_again(server):
    asset = net(server, "whole")
    assert fetch(asset) == fetch(asset)
    assert len(server.asked) == 1


def test_a_damaged_file_is_replaced(server, root):
    asset = net(server, "whole")
    fetch(asset).write_bytes(CONTENT[:-1])
    assert fetch(asset).read_bytes() == CONTENT
    assert files(root) == ["net.bin"]


def test_a_damaged_file_stays_if_it_cannot_be_replaced(server, root):
    asset = net(server, "absent")
    asset_path(asset).parent.mkdir(parents=True)
    asset_path(asset).write_bytes(b"damaged")
    with pytest.raises(FetchError, match="404"):
        fetch(asset)
    assert asset_path(asset).read_bytes() == b"damaged"


@pytest.mark.parametrize(
    ("way", "message"),
    [
        ("truncated", "broke off after 524,288 of 1,048,576 bytes, none kept; try again"),
        ("long", "is longer than the 1,048,576 bytes expected; it was not kept"),
        ("page", "has 5 bytes, expected 1048576: it is another file than net, and was not fetched"),
        ("absent", "cannot be fetched: the server says 404 Not Found"),
        ("away", "cannot be fetched: it was redirected to http://example.org/net.bin, which is not https"),
        ("garbled", "cannot be fetched: "),
    ],
)
def test_what_cannot_be_fetched_is_one_line_with_the_address_and_leaves_nothing(way, message, server, root):
    asset = net(server, way)
    with pytest.raises(FetchError) as failed:
        fetch(asset)
    assert str(failed.value).startswith(f"net: {asset.url} {message}")
    assert failed.value.exit_code == 1
    assert files(root) == []


def test_redirects_in_a_circle_end(server, root):
    with pytest.raises(FetchError, match="infinite loop"):
        fetch(net(server, "round"))
    assert files(root) == []


def test_a_wrong_checksum_names_both_and_keeps_nothing(server, root):
    with pytest.raises(FetchError) as failed:
        fetch(net(server, "other"))
    wrong = hashlib.sha256(CONTENT[::-1]).hexdigest()
    assert f"has the SHA-256 {wrong}, expected {SHA256}" in str(failed.value)
    assert files(root) == []


@pytest.mark.parametrize("way", ["silent", "stalled"])
def test_a_server_that_says_nothing_more_is_left(way, server, root):
    with pytest.raises(FetchError, match=r"the server said nothing for 0\.2 s; try again"):
        fetch(net(server, way), timeout_s=0.2)
    assert files(root) == []


def test_a_machine_that_does_not_answer_is_named():
    with socket.socket() as bound:  # its port is taken, and nothing listens there
        bound.bind(("127.0.0.1", 0))
        asset = Asset("net", f"http://127.0.0.1:{bound.getsockname()[1]}/net.bin", SHA256, SIZE, "MIT")
        with pytest.raises(FetchError, match=r"Connection refused; is this machine connected\?"):
            fetch(asset)


def test_a_cache_that_cannot_be_written_is_named(server, root):
    root.write_text("in the way")
    with pytest.raises(ResultsError, match=r"net: .* cannot be written: .*GENBENCH_ASSETS") as failed:
        fetch(net(server, "whole"))
    assert failed.value.exit_code == 3


def test_a_full_disk_leaves_nothing(server, root, monkeypatch):
    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ResultsError, match="No space left on device; free some space"):
        fetch(net(server, "whole"))
    assert files(root) == []


def test_an_interrupt_leaves_nothing(server, root):
    def interrupt(done_bytes):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(net(server, "whole"), report=interrupt)
    assert files(root) == []


def test_after_a_kill_half_way_the_next_try_begins_anew_and_clears_up(server, root):
    asset = net(server, "stalled")
    code = f"from genbench import Asset\nfrom genbench.catalog.fetch import fetch\nfetch({asset!r})"
    with subprocess.Popen([sys.executable, "-c", code]) as process:
        assert server.halfway.wait(timeout=60)
        process.send_signal(signal.SIGKILL)
    assert not asset_path(asset).exists()
    assert len(files(root)) == 1
    asset = net(server, "whole")
    assert fetch(asset).read_bytes() == CONTENT
    assert files(root) == ["net.bin"]


def test_two_fetches_of_one_file_do_not_disturb_each_other(server, root):
    slow, quick = net(server, "stalled"), net(server, "whole")
    failed = []

    def slowly():
        try:
            fetch(slow)
        except FetchError as error:
            failed.append(error)

    thread = threading.Thread(target=slowly)
    thread.start()
    assert server.halfway.wait(timeout=60)
    assert fetch(quick).read_bytes() == CONTENT
    assert len(files(root)) == 2  # the other's draft is locked, and stays
    server.resume.set()
    thread.join()
    assert "broke off" in str(failed[0])
    assert files(root) == ["net.bin"]
