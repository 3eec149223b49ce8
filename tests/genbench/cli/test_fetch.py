from __future__ import annotations

import hashlib
import json
import os
import pty
import signal
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from click.testing import CliRunner

from genbench.cli.main import main

CONTENT = b"weights" * 100_000
SHA256 = hashlib.sha256(CONTENT).hexdigest()

PLUGIN = """
from pathlib import Path
from typing import Annotated
from genbench import Asset, ExtractorSpec, GeneratorSpec, MetricSpec, Output, hookimpl

print("loading")

NET = Asset("net-weights", "{url}/net.pth", "{sha256}", {size}, "Apache-2.0")
TINY = Asset("tiny-weights", "{url}/tiny.pth", "{sha256}"[:8], {size}, "BSD-3-Clause")
LOST = Asset("lost-weights", "{url}/lost.pth", "{sha256}", {size}, "CC-BY-4.0")

def net(*, weights: Annotated[Path | None, NET] = None, again: Annotated[Path | None, NET] = None): ...
def tiny(*, weights: Annotated[Path | None, TINY] = None): ...
def lost(real, fake, *, weights: Annotated[Path | None, LOST] = None): ...
def plain(): ...

@hookimpl
def genbench_extractors():
    outputs = {{"features": ""}}
    return [ExtractorSpec(name=make.__name__, make=make, outputs=outputs) for make in (net, tiny, plain)] + [
        ExtractorSpec(name="gone", make="nowhere:gone", outputs=outputs)]

@hookimpl
def genbench_metrics():
    return [MetricSpec(name="lost", make=lost, outputs=(Output(name="loss", direction="lower"),))]
"""


class Handler(BaseHTTPRequestHandler):
    """Serves CONTENT; of stalled.pth half of it, of lost.pth nothing."""

    def do_GET(self):
        if self.path.startswith("/lost"):
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        if self.server.stalls:
            self.wfile.write(CONTENT[: len(CONTENT) // 2])
            self.server.halfway.set()
            self.server.resume.wait()
        else:
            self.wfile.write(CONTENT)

    def log_message(self, *arguments):
        """Say nothing."""


@pytest.fixture
def server():
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        running.daemon_threads = False
        running.stalls = False
        running.halfway, running.resume = threading.Event(), threading.Event()
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.resume.set()
        running.shutdown()
        thread.join()


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setenv("GENBENCH_ASSETS", str(tmp_path / "assets"))
    return tmp_path / "assets"


@pytest.fixture
def plugin(tmp_path, monkeypatch, server, root):
    monkeypatch.setenv("GENBENCH_PLUGINS", "genbench")
    monkeypatch.setenv("COLUMNS", "160")
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    url = f"http://127.0.0.1:{server.server_port}"
    file = tmp_path / "nets.py"
    file.write_text(PLUGIN.format(url=url, sha256=SHA256, size=len(CONTENT)))
    yield file
    sys.modules.pop("genbench_plugin_nets", None)


def genbench_(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def rows(text, *names):
    lines = [line.split() for line in text.splitlines()]
    return [line for line in lines if line and line[0] in names]


def files(root):
    return sorted(path.name for path in root.rglob("*") if path.is_file())


@pytest.fixture
def start(reaped):
    """Return a function that starts the command line as a process of its own."""

    def start(*arguments):
        command = [sys.executable, "-c", "from genbench.cli.main import main; main()", *map(str, arguments)]
        return reaped(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))

    return start


def test_without_a_name_all_files_are_listed_and_nothing_is_fetched(plugin, root):
    genbench_("fetch", "--plugin", plugin, "tiny")
    listed = genbench_("fetch", "--plugin", plugin)
    assert listed.exit_code == 0
    found = rows(listed.stdout, "net", "tiny", "lost")
    assert [row[:5] for row in found] == [
        ["net", "700", "kB", "Apache-2.0", "no"],
        ["tiny", "700", "kB", "BSD-3-Clause", "yes"],
        ["lost", "700", "kB", "CC-BY-4.0", "no"],
    ]
    assert found[0][5].endswith("/net.pth")
    printed = json.loads(genbench_("fetch", "--plugin", plugin, "--format", "json").stdout)
    own = {file["component"]: file for file in printed if file["address"].endswith(("net.pth", "tiny.pth"))}
    assert [(file["size_bytes"], file["is_here"]) for file in own.values()] == [
        (len(CONTENT), False), (len(CONTENT), True)
    ]  # fmt: skip
    refused = genbench_("fetch", "--plugin", plugin, "--format", "csv", "net")
    assert "--format prints the list of all files" in refused.stderr
    assert files(root) == ["tiny.pth"]


def test_a_file_is_fetched_and_its_path_printed(plugin, root):
    fetched = genbench_("fetch", "--plugin", plugin, "net")
    assert fetched.exit_code == 0
    assert fetched.stdout == f"{root / SHA256 / 'net.pth'}\n"
    assert "net: fetching net.pth (700 kB, Apache-2.0) from http://127.0.0.1" in fetched.stderr
    assert (root / SHA256 / "net.pth").read_bytes() == CONTENT


def test_a_file_that_is_here_is_not_fetched_again(plugin, root):
    genbench_("fetch", "--plugin", plugin, "net")
    again = genbench_("fetch", "--plugin", plugin, "nets:net")
    assert (again.exit_code, again.stdout) == (0, f"{root / SHA256 / 'net.pth'}\n")
    assert "fetching" not in again.stderr


def test_what_fails_is_said_and_the_others_are_fetched(plugin, root):
    done = genbench_("fetch", "--plugin", plugin, "loss", "tiny")
    assert done.exit_code == 1
    assert "Error: lost-weights: http://127.0.0.1" in done.stderr
    assert "the server says 404 Not Found" in done.stderr
    assert files(root) == ["tiny.pth"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nett", "no component named 'nett'; did you mean 'net'?"),
        ("plain", "plain needs no file; `genbench fetch` lists the components that do"),
        ("gone", "cannot import 'nowhere:gone'"),
    ],
)
def test_a_name_that_needs_no_file_or_is_unknown_is_bad_input(name, message, plugin):
    refused = genbench_("fetch", "--plugin", plugin, name)
    assert refused.exit_code == 2
    assert message in refused.stderr


def test_a_name_in_two_distributions_is_refused(plugin, tmp_path):
    twin = tmp_path / "twin.py"
    twin.write_text(plugin.read_text())
    refused = genbench_("fetch", "--plugin", plugin, "--plugin", twin, "net")
    assert refused.exit_code == 2
    assert "name one of them: nets:net or twin:net" in refused.stderr
    sys.modules.pop("genbench_plugin_twin", None)


def test_a_cache_that_cannot_be_written_is_an_error_of_its_own_kind(plugin, root):
    root.write_text("in the way")
    assert genbench_("fetch", "--plugin", plugin, "net").exit_code == 3


def test_offline_says_what_is_missing_and_where_it_belongs(plugin, root):
    genbench_("fetch", "--plugin", plugin, "net")
    said = genbench_("fetch", "--plugin", plugin, "--offline", "net", "tiny")
    url = plugin.read_text().partition('TINY = Asset("tiny-weights", "')[2].partition('"')[0]
    assert said.exit_code == 1
    assert said.stdout.splitlines() == [
        "tiny-weights is missing: the extractor tiny needs it",
        f"  address  {url}",
        "  size     700,000 bytes",
        "  licence  BSD-3-Clause",
        f"  SHA-256  {SHA256[:8]}…",
        f"  belongs  {root / SHA256[:8] / 'tiny.pth'}",
    ]


def test_offline_without_a_name_means_all_files(plugin):
    said = genbench_("fetch", "--plugin", plugin, "--offline")
    assert said.exit_code == 1
    assert {
        "net-weights is missing: the extractor net needs it",
        "tiny-weights is missing: the extractor tiny needs it",
        "lost-weights is missing: the metric lost needs it",
    } <= set(said.stdout.splitlines())


def test_offline_a_file_put_there_by_hand_is_checked(plugin, root):
    place = root / SHA256 / "net.pth"
    place.parent.mkdir(parents=True)
    place.write_bytes(CONTENT[:-1])
    assert genbench_("fetch", "--plugin", plugin, "--offline", "net").stdout.startswith(
        "net-weights is damaged: the extractor net needs it"
    )
    place.write_bytes(CONTENT)
    said = genbench_("fetch", "--plugin", plugin, "--offline", "net")
    assert (said.exit_code, said.stdout) == (0, "all there: 1 file is here\n")


def test_a_run_without_the_file_is_refused_before_anything_runs(plugin, tmp_path):
    (tmp_path / "s.toml").write_text(
        'name = "s"\nseeds = [0]\nn = 10\n[[dataset]]\nuse = "digits"\n[[generator]]\nuse = "vae"\n'
        '[[metric]]\nuse = "fid"\nextractor = "net"\n'
    )
    out = tmp_path / "out"
    refused = genbench_("run", tmp_path / "s.toml", "--plugin", plugin, "-o", out)
    assert refused.exit_code == 2
    line = refused.stderr.strip().splitlines()[-1]
    assert "extractor 'net' needs the file net.pth (700 kB, Apache-2.0), which is not on this machine" in line
    assert "run `genbench fetch net`, or name a file with its option 'weights'" in line
    assert not out.exists()


def test_show_names_the_file_and_whether_it_is_here(plugin, root):
    shown = genbench_("plugins", "show", "--plugin", plugin, "net")
    assert shown.exit_code == 0
    assert "/net.pth (700 kB, Apache-2.0), not fetched" in shown.stdout
    genbench_("fetch", "--plugin", plugin, "net")
    assert (
        "/net.pth (700 kB, Apache-2.0), here"
        in genbench_("plugins", "show", "--plugin", plugin, "net").stdout
    )
    said = json.loads(genbench_("plugins", "show", "--plugin", plugin, "net", "--format", "json").stdout)
    asset = said["assets"][0]
    assert (asset["option"], asset["name"], asset["sha256"]) == ("weights", "net-weights", SHA256)
    assert (asset["path"], asset["is_present"]) == (str(root / SHA256 / "net.pth"), True)


@pytest.mark.parametrize(
    ("signal_", "code", "said"), [(signal.SIGINT, 130, "Interrupted."), (signal.SIGTERM, 143, "Terminated.")]
)
def test_a_fetch_that_is_stopped_leaves_nothing(signal_, code, said, plugin, server, root, start):
    server.stalls = True
    process = start("fetch", "--plugin", plugin, "net")
    assert server.halfway.wait(timeout=60)
    process.send_signal(signal_)
    _, err = process.communicate(timeout=60)
    assert process.returncode == code
    assert err.splitlines()[-1] == said
    assert files(root) == []


def test_neither_a_list_nor_a_fetch_loads_a_heavy_library(plugin):
    code = (
        "import sys\nfrom genbench.cli.main import main\ntry:\n    main()\nfinally:\n"
        "    heavy = {'torch', 'pandas', 'scipy', 'sklearn', 'pydantic'}\n"
        "    print('LOADED', *heavy & set(sys.modules), file=sys.stderr)"
    )
    for arguments in ([], ["net"], ["--offline", "net"]):
        command = [sys.executable, "-c", code, "fetch", "--plugin", str(plugin), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert done.stderr.rpartition("LOADED")[2].split() == []


IMPATIENT = """
from genbench.cli.main import main
from genbench.runs import progress

progress._FIRST_S = 0.0
main()
"""


def test_on_a_terminal_a_bar_shows_how_far_it_is(plugin):
    terminal, far_end = pty.openpty()
    command = [sys.executable, "-c", IMPATIENT, "fetch", "--plugin", str(plugin)]
    environment = {**os.environ, "TERM": "xterm"}
    try:
        done = subprocess.run(
            [*command, "net"], stdout=subprocess.PIPE, stderr=far_end, env=environment, check=True
        )
        os.close(far_end)
        shown = b""
        while piece := _read(terminal):
            shown += piece
    finally:
        os.close(terminal)
    assert done.stdout.decode().strip().endswith("net.pth")
    assert b"net-weights" in shown
    assert b"kB" in shown.rpartition(b"from http")[2]


def _read(terminal):
    """Return what the terminal holds; nothing once its far end is closed."""
    try:
        return os.read(terminal, 1 << 16)
    except OSError:
        return b""
