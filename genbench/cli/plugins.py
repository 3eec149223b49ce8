"""`genbench plugins`: every component that there is, and `genbench plugins show`: all about one."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from genbench.catalog import load_catalog
from genbench.cli.componentviews import component_view, list_view
from genbench.describe import DECIDES, describe, listing
from genbench.errors import SuiteError
from genbench.names import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import Console, RenderableType

    from genbench.catalog import Catalog, Component

__all__ = ["plugins"]

_PIPED_WIDTH = 100  # columns, where the output is not a terminal


def _shared(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that both commands have."""
    file = click.option(
        "--plugin", "files", multiple=True, type=click.Path(path_type=Path), metavar="FILE.py",
        help="Load a plugin from a file, too; may be repeated.",
    )  # fmt: skip
    form = click.option(
        "--format", "form", type=click.Choice(["text", "json"]), help="How to print it.  [default: text]"
    )
    return file(form(command))


@click.group(invoke_without_command=True)
@_shared
@click.pass_context
def plugins(ctx: click.Context, files: tuple[Path, ...], form: str | None) -> None:
    """List all components, or show one with its options.

    With --format json: {"components": [{kind, name, reference, distribution, version, plugin, summary,
    spaces, outputs, state}], "broken": [{distribution, version, plugin, module, reason}]}.
    """
    ctx.obj = (files, form)
    if ctx.invoked_subcommand is None:
        found = listing(_load(files))
        _print(found, form, list_view)


@plugins.command()
@click.argument("name")
@click.option("--kind", type=click.Choice(list(DECIDES)), help="Which one, where a name is in several kinds.")
@_shared
@click.pass_obj
def show(
    inherited: tuple[tuple[Path, ...], str | None],
    name: str, kind: str | None, files: tuple[Path, ...], form: str | None,
) -> None:  # fmt: skip
    """Show all there is to say of the component NAME, or DISTRIBUTION:NAME.

    With --format json: what the list says of it, and component_version, source, needs, what its kind adds,
    inputs, given, options [{name, type, bounds, default, required}], problem, decides.
    """
    catalog = _load((*inherited[0], *files))
    component = _component(catalog, name, kind)
    _print(describe(catalog, component), form or inherited[1], component_view)


def _load(files: Sequence[Path]) -> Catalog:
    """Load the catalog; what plugins print while they load goes to stderr, so that JSON stays JSON."""
    with contextlib.redirect_stdout(sys.stderr):
        return load_catalog(files)


def _component(catalog: Catalog, name: str, kind: str | None) -> Component:
    """Return the one component that `name` means; raise SuiteError if there is none or more than one."""
    kinds = [kind] if kind else list(DECIDES)
    found = [component for each in kinds for component in catalog.matches(each, name)]
    if len(found) == 1:
        return found[0]
    if len({component.kind for component in found}) > 1:
        choices = " or ".join(f"--kind {component.kind}" for component in found)
        raise SuiteError(f"{name!r} is a name in several kinds; say {choices}")
    if found or kind or ":" in name:
        return catalog.find(found[0].kind if found else kinds[0], name)
    known = [known for component in catalog.components for known in component.names]
    raise SuiteError(f"no component named {name!r}{nearest(name, known)}{catalog.broken_note()}")


def _print(value: dict[str, Any], form: str | None, view: Callable[[dict[str, Any]], RenderableType]) -> None:
    if form == "json":
        click.echo(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False))
    else:
        _console().print(view(value))


def _console() -> Console:
    from rich.console import Console

    fixed = sys.stdout.isatty() or "COLUMNS" in os.environ
    return Console(width=None if fixed else _PIPED_WIDTH, highlight=False, markup=False, emoji=False)
