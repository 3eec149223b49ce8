"""`genbench doctor`."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from genbench.cli.main import main

BROKEN = "print('hello')\nraise SystemExit(3)\n"


@pytest.fixture(autouse=True)
def _own_plugins(monkeypatch):
    monkeypatch.setenv("GENBENCH_PLUGINS", "genbench")
    monkeypatch.delenv("COLUMNS", raising=False)


def call(*arguments):
    return CliRunner().invoke(main, ["doctor", *map(str, arguments)])


def test_what_is_here_is_said_in_sections_of_100_columns():
    done = call()
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    titles = [line for line in lines if line and not line.startswith(" ")]
    assert titles == ["environment", "places", "engine", "reproducibility", "plugins"]
    assert max(map(len, lines)) <= 100
    text = " ".join(done.stdout.split())
    assert "text of genbench 0.1.0: ok: " in text
    assert "environment: command reads the variables that its option env names" in text


def test_a_broken_plugin_is_named_with_its_reason_and_ends_with_1(tmp_path):
    (tmp_path / "sick.py").write_text(BROKEN)
    done = call("--plugin", tmp_path / "sick.py")
    assert done.exit_code == 1
    assert "sick of sick 0+" in done.stdout
    assert "broken: it called sys.exit(3)" in " ".join(done.stdout.split())
    assert "Traceback" not in done.output


def test_json_is_all_that_is_printed(tmp_path):
    (tmp_path / "sick.py").write_text(BROKEN)
    done = call("--format", "json", "--plugin", tmp_path / "sick.py")
    assert done.exit_code == 1
    found = json.loads(done.stdout)
    assert "hello" in done.stderr
    assert {plugin["plugin"]: plugin["state"] for plugin in found["plugins"]}["sick"] == "broken"
