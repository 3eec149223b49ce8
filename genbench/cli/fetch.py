"""`genbench fetch`: downloads files that components need and no package ships, or lists them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from genbench.board.fitted_table import open_table
from genbench.board.terminal import open_console
from genbench.catalog.catalog import load_catalog
from genbench.catalog.describe import DECIDES
from genbench.cli.arguments.help import command
from genbench.cli.arguments.options import form_option, offline_option, plugin_option
from genbench.cli.views.output import print_plain, print_warning, send_plugin_output_to_stderr
from genbench.contract.assets import Asset, asset_path, find_asset, is_fetched
from genbench.contract.signature import read_contract
from genbench.core.errors import DataError, GenbenchError, PluginError, SuiteError
from genbench.core.escaping import one_line
from genbench.core.limits import bytes_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from genbench.catalog.catalog import Catalog, Component

__all__ = ["fetch"]


@dataclass(frozen=True)
class _Needed:
    """A file, and the component that needs it."""

    component: Component
    asset: Asset


@command("genbench fetch", "genbench fetch inception-v3-compat")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@offline_option
@plugin_option
@form_option("text", "json", "csv")
@click.pass_context
def fetch(
    ctx: click.Context, names: tuple[str, ...], plugins: tuple[Path, ...], form: str, *, offline: bool
) -> None:
    """Download the files that the component NAME, or DISTRIBUTION:NAME, needs.

    Without a name, list all files that installed components need. With --offline, print the missing files and
    where genbench looks for them.
    """
    if form != "text" and (names or offline):
        raise SuiteError("--format prints the list of all files; remove it, or NAME and --offline")
    with send_plugin_output_to_stderr():  # plugins may print while they are imported
        needed = _list_needed(load_catalog(plugins), names)
    if offline:
        ctx.exit(_print_missing(needed))
    if not names:
        _print_list(needed, form)
        return
    ctx.exit(_fetch_all(needed))


def _list_needed(catalog: Catalog, names: Sequence[str]) -> list[_Needed]:
    """Return the files that the named components need, each once; without names, those of all components.

    Raises SuiteError for a name that no component has, or several of one kind, and for a named component that
    needs no file; PluginError for a named one whose options cannot be read.
    """
    if names:
        # a file that several components need is listed once, with the first of them
        by_path: dict[Path, _Needed] = {}
        for each in (each for name in names for each in _find_named(catalog, name)):
            by_path.setdefault(asset_path(each.asset), each)
        return list(by_path.values())
    # the keys of DECIDES are all kinds of components
    components = [component for kind in DECIDES for component in catalog.of_kind(kind)]
    return [_Needed(component, asset) for component in components for asset in _assets_or_none(component)]


def _find_named(catalog: Catalog, name: str) -> list[_Needed]:
    """Return the files of all components with a name, one of each kind.

    Raises SuiteError if the name is unknown, if several components of a kind have it, or if none needs files.
    """
    # the keys of DECIDES are all kinds of components
    matches = {kind: components for kind in DECIDES if (components := catalog.matches(kind, name))}
    if not matches:
        raise SuiteError(catalog.describe_unknown(name))
    for kind, components in matches.items():
        if len(components) > 1:
            catalog.find(kind, name)  # raises an error that names the choices
    needed = [
        _Needed(component, asset) for (component,) in matches.values() for asset in _list_assets(component)
    ]
    if not needed:
        raise SuiteError(f"{name} needs no file; `genbench fetch` lists the components that do")
    return needed


def _list_assets(component: Component) -> list[Asset]:
    """Return the assets of a component's options, each once."""
    options = read_contract(component.spec, component.who).options
    return list(dict.fromkeys(option.asset for option in options if option.asset is not None))


def _assets_or_none(component: Component) -> list[Asset]:
    """Return a component's assets; [] if it cannot be imported, which `genbench plugins` reports."""
    try:
        return _list_assets(component)
    except PluginError:
        return []


def _print_list(needed: Sequence[_Needed], form: str) -> None:
    """Print the files, with size, licence, whether the file is here, and address."""
    from rich.text import Text

    if form != "text":
        print_plain([_to_json(each) for each in needed], form)
        return
    if not needed:
        click.echo("no installed component needs a file")
        return
    columns = ("component", "size", "licence", "here", "address")
    table = open_table(*((column, "left") for column in columns), wrapped=("component", "address"))
    for each in needed:
        asset = each.asset
        here = "yes" if is_fetched(asset) else "no"
        size, licence = bytes_text(asset.size_bytes), one_line(asset.licence)
        table.add_row(*map(Text, (each.component.name, size, licence, here, one_line(asset.url))))
    open_console().print(table)


def _to_json(needed: _Needed) -> dict[str, object]:
    """Return a file of the list as JSON-like values."""
    asset = needed.asset
    facts = {"component": needed.component.reference, "size_bytes": asset.size_bytes}
    return facts | {"licence": asset.licence, "is_here": is_fetched(asset), "address": asset.url}


def _print_missing(needed: Sequence[_Needed]) -> int:
    """Print a paragraph for each file that is missing or damaged; return 1 if there are any, else 0."""
    missing = [(each, why) for each in needed if (why := _missing_reason(each.asset))]
    for each, why in missing:
        asset = each.asset
        click.echo(f"{asset.name} {why}: the {each.component.kind} {each.component.name} needs it")
        click.echo(f"  address  {one_line(asset.url)}")
        click.echo(f"  size     {asset.size_bytes:,} bytes")
        click.echo(f"  licence  {one_line(asset.licence)}")
        click.echo(f"  SHA-256  {asset.sha256}{'…' * (len(asset.sha256) < 64)}")  # noqa: PLR2004 - all its digits
        click.echo(f"  belongs  {asset_path(asset)}")
    if not missing:
        files = "1 file is" if len(needed) == 1 else f"{len(needed)} files are"
        click.echo(f"all there: {files} here" if needed else "no installed component needs a file")
    return 1 if missing else 0


def _missing_reason(asset: Asset) -> str:
    """Return why a file cannot be used, "is missing" or "is damaged"; "" if it can."""
    try:
        return "is missing" if find_asset(asset) is None else ""
    except DataError:
        return "is damaged"


def _fetch_all(needed: Sequence[_Needed]) -> int:
    """Download the files one by one, print their paths, and return the exit code: 0, or that of a failure.

    A failure is printed, and the others are still downloaded; of several, the largest exit code counts.
    """
    from genbench.catalog.fetch import fetch as fetch_asset
    from genbench.cli.views.progress import BYTES, show_progress

    code = 0
    for each in needed:
        asset = each.asset
        try:
            if not is_fetched(asset):  # else `fetch_asset` only checks the file, unless it is damaged
                _announce(each)
            with show_progress(asset.name, BYTES, asset.size_bytes) as show:
                path = fetch_asset(asset, report=show)
            click.echo(path)
        except GenbenchError as error:
            print_warning(f"Error: {error}")
            code = max(code, error.exit_code)
    return code


def _announce(each: _Needed) -> None:
    """Print to standard error what is downloaded, and from where."""
    asset = each.asset
    facts = f"{bytes_text(asset.size_bytes)}, {one_line(asset.licence)}"
    print_warning(f"{each.component.name}: fetching {asset.file_name} ({facts}) from {one_line(asset.url)}")
