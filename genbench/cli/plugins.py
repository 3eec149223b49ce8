"""`genbench plugins`: lists all components; `genbench plugins show` describes one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from genbench.catalog.catalog import load_catalog
from genbench.catalog.describe import DECIDES, describe, list_components, select_components
from genbench.catalog.states import STATUSES
from genbench.cli.arguments.help import HelpfulCommand
from genbench.cli.arguments.options import kind_option, plugin_option
from genbench.cli.views.components import make_component_view, make_list_view, print_report
from genbench.cli.views.output import print_plain, send_plugin_output_to_stderr
from genbench.core.errors import SuiteError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from genbench.catalog.catalog import Catalog, Component

    _Inherited = tuple[tuple[Path, ...], str | None, dict[str, str | None]]

__all__ = ["plugins"]


class _ListByDefault(HelpfulCommand, click.Group):
    """A group whose command `list` takes words that name no command."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return (name, command, arguments) to call; `list` gets all words if the first names no command."""
        is_command = self.get_command(ctx, args[0]) is not None
        return super().resolve_command(ctx, args if is_command else ["list", *args])

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the arguments in the line of usage."""
        return ["[OPTIONS]", "[WORD]..."]


def _add_shared_options(*forms: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator that adds the options that all commands have.

    forms  the choices of --format; it has no default, since that of the group counts then
    """
    form = click.option(
        "--format", "form", type=click.Choice(forms), help="How to print the result.  [default: text]"
    )
    return lambda command: plugin_option(form(command))


def _add_filter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that select components, as a decorator."""
    modality = click.option("--modality", metavar="NAME", help="Only on this modality.")
    state = click.option("--state", type=click.Choice(STATUSES), help="Only components in this state.")
    return kind_option(modality(state(command)))


@click.group(
    cls=_ListByDefault,
    invoke_without_command=True,
    examples=("genbench plugins fréchet distance", "genbench plugins --kind metric --modality text"),
)
@_add_filter_options
@_add_shared_options("text", "json", "csv")
@click.pass_context
def plugins(
    ctx: click.Context, /, plugins: tuple[Path, ...], form: str | None, **filters: str | None
) -> None:
    """List all components, or show one with its options.

    WORDs select components with these words in their names or summaries.

    With --format json: {"components": [{kind, name, reference, distribution, version, plugin, summary,
    modalities, outputs, state, detail}], "broken": [{distribution, version, plugin, module, reason}]}.
    """
    ctx.obj = (plugins, form, filters)  # for `list` and `show`; with WORDs, click calls `list`
    if ctx.invoked_subcommand is None:
        _print_list(plugins, form, filters)


@plugins.command("list", hidden=True)
@click.argument("words", nargs=-1, metavar="[WORD]...")
@_add_filter_options
@_add_shared_options("text", "json", "csv")
@click.pass_obj
def list_(
    inherited: _Inherited, /, words: tuple[str, ...], plugins: tuple[Path, ...], form: str | None,
    **filters: str | None,
) -> None:  # fmt: skip
    """List the components that have the words in their names or summaries."""
    # options before the word `list`: its plugin files add to those after it, the others are defaults
    group_plugins, group_form, group_filters = inherited
    own_filters = {name: value for name, value in filters.items() if value is not None}
    _print_list((*group_plugins, *plugins), form or group_form, {**group_filters, **own_filters}, words)


def _print_list(
    files: Sequence[Path], form: str | None, filters: Mapping[str, str | None], words: Sequence[str] = ()
) -> None:
    """Print the components that the filters and words select, as a table or as JSON."""
    with send_plugin_output_to_stderr():  # plugins may print while they are imported
        listed = list_components(load_catalog(files, allow_broken_files=True))
    selected = select_components(listed, words=words, **filters)
    plain = selected | {"components": [_to_json(component) for component in selected["components"]]}
    if form == "csv":
        print_plain(plain["components"], form)
    else:
        print_report(plain if form == "json" else selected, form, make_list_view)


@plugins.command(
    cls=HelpfulCommand,
    examples=("genbench plugins show fid", "genbench plugins show genbench:kid --format json"),
)
@click.argument("name")
@kind_option
@_add_shared_options("text", "json")
@click.pass_obj
def show(
    inherited: _Inherited, /, name: str, kind: str | None, plugins: tuple[Path, ...], form: str | None,
) -> None:  # fmt: skip
    """Show every detail of the component NAME, or DISTRIBUTION:NAME.

    With --format json: what the list says of it, and component_version, source, needs, what its kind adds,
    inputs, given, options [{name, type, bounds, default, required}], assets [{option, name, url, sha256,
    size_bytes, licence, path, is_present}], problem, decides.
    """
    # options before the word `show`: its plugin files add to those after it, the others are defaults
    group_plugins, group_form, group_filters = inherited
    with send_plugin_output_to_stderr():  # plugins may print while they are imported
        catalog = load_catalog((*group_plugins, *plugins))
        component = describe(catalog, _find_component(catalog, name, kind or group_filters["kind"]))
    form = form or group_form
    if form == "csv":
        raise SuiteError("one component is no table; expected --format text or json")
    print_report(_to_json(component) if form == "json" else component, form, make_component_view)


def _to_json(component: dict[str, Any]) -> dict[str, Any]:
    """Return the description of a component as JSON-like values: its state becomes two texts."""
    state = component["state"]
    return component | {"state": state.status, "detail": state.detail}


def _find_component(catalog: Catalog, name: str, kind: str | None) -> Component:
    """Return the one component that `name` means; raise SuiteError if there is none or more than one."""
    kinds = [kind] if kind else list(DECIDES)
    matches = [component for each in kinds for component in catalog.matches(each, name)]
    if not matches:
        raise SuiteError(catalog.describe_unknown(name, kind))
    if len(matches) == 1:
        return matches[0]
    match_kinds = list(dict.fromkeys(component.kind for component in matches))
    if len(match_kinds) > 1:
        choices = " or ".join(f"genbench plugins show {name} --kind {each}" for each in match_kinds)
        raise SuiteError(f"{name!r} is the name of a {' and of a '.join(match_kinds)}; run {choices}")
    return catalog.find(match_kinds[0], name)  # raises an error that names the choices
