"""`genbench plugins`: lists all components; `genbench plugins show` describes one."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from genbench.catalog.catalog import load_catalog
from genbench.catalog.describe import DECIDES, describe, listing
from genbench.cli.views.components import component_view, list_view
from genbench.core.errors import SuiteError
from genbench.core.escaping import json_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import RenderableType

    from genbench.catalog.catalog import Catalog, Component

__all__ = ["plugins"]


def _shared(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that both commands have."""
    file = click.option(
        "--plugin", "files", multiple=True, type=click.Path(path_type=Path), metavar="FILE.py",
        help="Load a plugin that is not installed.  [repeatable]",
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
        with _quiet_stdout():
            found = listing(load_catalog(files))
        plain = found | {"components": [_plain(component) for component in found["components"]]}
        _print(plain if form == "json" else found, form, list_view)


@plugins.command()
@click.argument("name")
@click.option("--kind", type=click.Choice(list(DECIDES)), help="Which one, where a name is in several kinds.")
@_shared
@click.pass_obj
def show(
    inherited: tuple[tuple[Path, ...], str | None],
    name: str, kind: str | None, files: tuple[Path, ...], form: str | None,
) -> None:  # fmt: skip
    """Show every detail of the component NAME, or DISTRIBUTION:NAME.

    With --format json: what the list says of it, and component_version, source, needs, what its kind adds,
    inputs, given, options [{name, type, bounds, default, required}], assets [{option, name, url, sha256,
    size_bytes, licence, path, is_present}], problem, decides.
    """
    with _quiet_stdout():
        catalog = load_catalog((*inherited[0], *files))
        said = describe(catalog, _component(catalog, name, kind))
    form = form or inherited[1]
    _print(_plain(said) if form == "json" else said, form, component_view)


def _plain(component: dict[str, Any]) -> dict[str, Any]:
    """Return what is said of a component as JSON-like values alone."""
    return component | {"state": str(component["state"])}


def _quiet_stdout() -> contextlib.AbstractContextManager[Any]:
    """Redirect output of plugins during imports to stderr, so that JSON on stdout stays valid."""
    return contextlib.redirect_stdout(sys.stderr)


def _component(catalog: Catalog, name: str, kind: str | None) -> Component:
    """Return the one component that `name` means; raise SuiteError if there is none or more than one."""
    kinds = [kind] if kind else list(DECIDES)
    found = [component for each in kinds for component in catalog.matches(each, name)]
    if not found:
        raise SuiteError(catalog.unknown(name, kind))
    if len(found) == 1:
        return found[0]
    of = list(dict.fromkeys(component.kind for component in found))
    if len(of) > 1:
        choices = " or ".join(f"--kind {each}" for each in of)
        raise SuiteError(f"{name!r} is a name in several kinds; say {choices}")
    return catalog.find(of[0], name)


def _print(value: dict[str, Any], form: str | None, view: Callable[[dict[str, Any]], RenderableType]) -> None:
    if form == "json":
        click.echo(json_text(value))
        return
    from genbench.board.terminal import open_console

    open_console().print(view(value))
