"""All commands of a click group."""

from __future__ import annotations

import click


def list_commands(command, path=()):
    """Return all commands below a click group, itself included where it can be called, by their words."""
    found = {}
    if path and (not isinstance(command, click.Group) or command.invoke_without_command):
        found[" ".join(path)] = command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found |= list_commands(command.get_command(context, name), (*path, name))
    return found
