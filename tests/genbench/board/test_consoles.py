"""Consoles whose reader has gone."""

from __future__ import annotations

import os

import pytest

from genbench.board.terminal import PipeConsole, open_stderr


def test_a_quiet_console_prints_nothing(capsys):
    open_stderr(quiet=True).print("something")
    open_stderr().print("[b]else[/b] 5")
    assert capsys.readouterr().err == "[b]else[/b] 5\n"


def test_a_reader_that_has_gone_is_an_error_once():
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w", buffering=1, closefd=False) as file:
        console = PipeConsole(file=file)
        with pytest.raises(BrokenPipeError):
            console.print("something")
        console.print("else")
        os.dup2(os.open(os.devnull, os.O_WRONLY), writer)  # for what the file still holds
    os.close(writer)
