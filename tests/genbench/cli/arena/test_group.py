"""The group `genbench arena`."""

from __future__ import annotations

from click.testing import CliRunner

from genbench.cli.main import main


def test_an_unknown_command_of_the_group_is_refused_by_name():
    found = CliRunner().invoke(main, ["arena", "amke"])
    assert found.exit_code == 2
    assert "No such command 'amke'" in found.stderr
