"""The group `genbench arena`."""

from __future__ import annotations

import importlib

from click.testing import CliRunner

from genbench.cli.arena.group import _COMMANDS
from genbench.cli.main import main


def test_an_unknown_command_of_the_group_is_refused_by_name():
    found = CliRunner().invoke(main, ["arena", "amke"])
    assert found.exit_code == 2
    assert "No such command 'amke'" in found.stderr


def test_without_a_command_it_shows_its_help_and_every_command_is_where_that_says():
    shown = CliRunner().invoke(main, ["arena"]).output
    assert "arena [OPTIONS] COMMAND" in shown
    for name, (target, line) in _COMMANDS.items():
        module, _, attribute = target.partition(":")
        assert getattr(importlib.import_module(module), attribute).name == name
        assert line in " ".join(shown.split())
