"""`genbench check`: runs named checks of components."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from genbench.catalog.catalog import load_catalog
from genbench.cli.arguments import options
from genbench.cli.arguments.help import command
from genbench.cli.views.output import print_plain, send_plugin_output_to_stderr
from genbench.cli.views.progress import show_progress
from genbench.core.errors import SuiteError
from genbench.store.environment import thread_variables

if TYPE_CHECKING:
    from genbench.checks.conformance.checks import Result

__all__ = ["NOT_TRIED", "check"]

#: The exit code if no check fails, and a component could not be tried.
NOT_TRIED = 5


@command("genbench check my_plugin.py", "genbench check 'vae steps=5' --modality image -v")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@options.kind_option
@click.option("--modality", metavar="NAME", help="Only on this modality.  [default: one of each container]")
@click.option(
    "--lock", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Compare results with those in FILE, at equal versions, and update it.",
)  # fmt: skip
@click.option("--list", "is_list", is_flag=True, help="Print the names of all checks, and what each expects.")
@options.threads_option(1)
@options.device_option
@options.plugin_option
@options.form_option("text", "json", "csv")
@options.verbose_option("the checks that pass or are skipped.")
@options.quiet_option
@click.pass_context
def check(  # noqa: PLR0913 - the options of a command, all by name
    ctx: click.Context, /, *, names: tuple[str, ...], kind: str | None, modality: str | None,
    lock: Path | None, is_list: bool, threads: int, device: str, plugins: tuple[Path, ...], form: str,
    verbose: bool, quiet: bool,
) -> None:  # fmt: skip
    """Check that components do what genbench expects of them.

    NAME is a component, as 'NAME [OPTION=VALUE …]', a distribution, whose components are all checked, or the
    path of a plugin file. Each component is tried on small data of the modalities that it works on.

    The exit code is 1 if a check fails, and 5 if none fails and a component could be tried on no modality.

    With --format json or csv: a list of results with component, kind, modality ("" for a check that needs no
    data), check, outcome ("passed", "failed", "skipped", "not tried", or "expected", a failure that its spec
    declares), seen, expected and fix.
    """
    if is_list:
        _print_list()
        return
    if not names:
        raise SuiteError(
            "expected the NAMEs of components to check, a distribution or a plugin file; "
            "genbench plugins lists them"
        )
    os.environ.update(thread_variables(threads))  # before a plugin imports torch or numpy, which read them
    with send_plugin_output_to_stderr():  # so that standard output has only JSON
        results = _run_checks(
            names, kind=kind, modality=modality, lock=lock, plugins=plugins, quiet=quiet, device=device
        )
    _print_results(results, form, is_verbose=verbose)
    has_failed = any(result.outcome == "failed" for result in results)
    ctx.exit(1 if has_failed else NOT_TRIED if _has_untried(results) else 0)


def _has_untried(results: list[Result]) -> bool:
    """Return whether a component could be tried on no modality: one on which it was tried is enough."""
    works = [result for result in results if result.check == "works"]
    tried = {(result.kind, result.component) for result in works if result.outcome != "not tried"}
    return any((result.kind, result.component) not in tried for result in works)


def _print_list() -> None:
    """Print all checks, by kind of component."""
    from genbench.checks.conformance.all_checks import CHECKS
    from genbench.cli.views.checks import print_checks

    print_checks(CHECKS)


def _run_checks(
    names: tuple[str, ...], *, kind: str | None, modality: str | None, lock: Path | None,
    plugins: tuple[Path, ...], quiet: bool, device: str,
) -> list[Result]:  # fmt: skip
    """Return the results of the checks of all components that are named, and show their progress."""
    from genbench.checks.conformance.command import check_components, plan_checks
    from genbench.checks.conformance.targets import CheckOrder, list_files, read_target

    targets = [read_target("NAME", name) for name in names]
    files = list_files(targets, plugins)
    order = CheckOrder(targets=targets, kind=kind, modality=modality, files=files, lock=lock, device=device)
    plan = plan_checks(load_catalog(files), order)
    with show_progress(", ".join(names), "checks", quiet=quiet) as progress:
        return check_components(plan, order, progress)


def _print_results(results: list[Result], form: str, *, is_verbose: bool) -> None:
    """Print results as a list of JSON objects, as CSV, or as lines for people."""
    if form != "text":
        print_plain([vars(result) for result in results], form)
        return
    from genbench.cli.views.checks import print_results

    print_results(results, is_verbose=is_verbose)
