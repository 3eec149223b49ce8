"""Options that several commands have."""

from __future__ import annotations

import click
import pytest

from genbench.cli.main import main


def commands(command=main, name="genbench"):
    """Yield all commands with their names, those of groups too."""
    yield name, command
    if isinstance(command, click.Group):
        ctx = click.Context(command)
        for inner in command.list_commands(ctx):
            yield from commands(command.get_command(ctx, inner), f"{name} {inner}")


@pytest.mark.parametrize(
    ("option", "least"),
    [
        (
            "--plugin",
            {"run", "score", "leaderboard", "page", "verify", "check", "doctor", "fetch", "plugins list"},
        ),
        ("--page", {"run", "leaderboard"}),
    ],
)
def test_an_option_is_one_thing_in_all_commands_that_have_it(option, least):
    found = {
        name.removeprefix("genbench "): parameter.to_info_dict()
        for name, command in commands()
        for parameter in command.params
        if option in parameter.opts
    }
    assert least <= found.keys()
    first = next(iter(found.values()))
    assert all(info == first for info in found.values())
