"""`genbench run`: runs a suite and writes its leaderboard."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from genbench.cli.arguments import options
from genbench.cli.arguments.help import command
from genbench.cli.interrupts import exit_code
from genbench.cli.views.output import print_results, print_warning, wrap_line
from genbench.core.errors import SuiteError

if TYPE_CHECKING:
    from genbench.runs.api import Run
    from genbench.runs.prepare import Order

__all__ = ["describe_kept_records", "run"]


def _read_seeds(_ctx: click.Context, _option: click.Parameter, text: str | None) -> list[int] | None:
    """Return the seeds of --seeds, a list of integers with commas; a callback of click."""
    try:
        return None if text is None else [int(part) for part in text.split(",")]
    except ValueError as error:
        raise SuiteError(f"--seeds {text!r}: expected integers with commas between them, 0,1,2") from error


@command("genbench run quickstart", "genbench run mine.toml --jobs 4 -o results/mine")
@click.argument("suite", default="quickstart")
@options.output_option("OUT", "; the folder of a run goes on.  [default: results/<name of the suite>]")
@click.option("--seeds", metavar="0,1,2", callback=_read_seeds, help="Seeds, in place of the suite's.")
@options.n_option(" of each generator, in place of the suite's.")
@click.option(
    "--generator",
    "generators",
    multiple=True,
    callback=options.read_components,
    metavar=options.COMPONENT,
    help="Generator in place of the suite's, with options.  [repeatable]",
)
@click.option(
    "--only",
    multiple=True,
    metavar="GENERATOR",
    help="Only this generator; controls run, too, and the results of the others stay.  [repeatable]",
)
@options.jobs_option
@click.option(
    "--executor",
    default="genbench:local",
    show_default=True,
    metavar=options.COMPONENT,
    help="Where trials run: on this machine, or on those of dask.",
)
@click.option("--address", metavar="tcp://…", help="Address for the executor: that of dask's scheduler.")
@click.option(
    "--listener",
    "listeners",
    multiple=True,
    callback=options.read_components,
    metavar=options.COMPONENT,
    help="What else is told of the run's events, such as mlflow.  [repeatable]",
)
@options.threads_option(1, " in each trial.")
@options.device_option
@options.plugin_option
@click.option(
    "--trust-plugins", is_flag=True, help="Load the plugin files that the suite names: they are code."
)
@options.offline_option
@options.allow_key_option
@click.option("--keep-samples", is_flag=True, help="Keep the samples in the results folder.")
@options.page_option
@click.option("--no-retry", is_flag=True, help="Do not try failed cells again.")
@click.option("--dry-run", is_flag=True, help="Show what would run; write no results.")
@options.quiet_option
@options.verbose_option("a line for each stage and each training step that is logged.")
@click.pass_context
def run(
    ctx: click.Context,
    /,
    *,
    executor: str,
    address: str | None,
    no_retry: bool,
    page: bool,
    dry_run: bool,
    quiet: bool,
    verbose: bool,
    **settings: Any,
) -> None:
    """Run SUITE, a bundled suite or a TOML file, and write its leaderboard.

    Run the same command again to resume: finished cells are kept, failed cells are tried again.
    """  # fmt: skip
    from genbench.runs.prepare import Order

    # all other options have the names of an Order's fields, so that none can be parsed and dropped
    order = Order(executor=_read_executor(executor, address), retry=not no_retry, **settings)
    try:
        if dry_run:
            _show_plan(order)
        else:
            ctx.exit(_run(order, page=page, quiet=quiet, verbose=verbose))
    except KeyboardInterrupt as stop:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # a second Ctrl-C ends the process at once
        print_warning("Finished trials are stored; run the same command to continue.")
        ctx.exit(exit_code(stop))


def _run(order: Order, *, page: bool, quiet: bool, verbose: bool) -> int:
    """Run an order, print its results and warnings, and return the exit code: 0, or 1 for a failed run.

    A run has failed if one of its cells has failed, or if no cell has a value. Raises ResultsError if the
    page cannot be written.
    """
    from genbench.cli.pictures.page import warn_of_older_page, write_page
    from genbench.results.folder import RunFolder
    from genbench.runs.api import run_order
    from genbench.runs.progress import open_progress

    with open_progress(quiet=quiet, verbose=verbose) as display:
        try:
            done = run_order(order, display)
        except KeyboardInterrupt:
            finished, total = display.counts
            progress = f" after {finished} of {total} trials" if total else " before any trial began"
            click.echo(f"Interrupted{progress}.", err=True)
            raise
    print_results(done.results, done.files, quiet=quiet)
    line = describe_kept_records(done, quiet=quiet)
    if line:
        print_warning(line)
    if not done.is_complete:
        logs = RunFolder(done.folder).logs
        # plugins print to the logs of their jobs
        print_warning(f"some cells failed; what their plugins printed is in {logs}")
    elif not done.has_values:
        print_warning("no cell has a value; scores.csv gives the reason of each")
    for name in done.results.damaged:
        print_warning(f"damaged, put aside and run again next time: {done.folder / name}")
    if page:  # last, since it may fail: its ResultsError ends the command
        write_page(done.folder, done.results, plugins=[*map(Path, done.order.plugins)], quiet=quiet)
    elif done.computed:  # else nothing has changed since the page was written
        warn_of_older_page(done.folder)
    return 0 if done.is_complete and done.has_values else 1


def describe_kept_records(done: Run, *, quiet: bool) -> str:
    """Return a line that says how many records a run kept, and how many of these were made elsewhere.

    quiet  return only a warning of the records that were made elsewhere, or "" if there are none

    Elsewhere means on another kind of machine, or with another version of a library that decides numbers. The
    line is "" if the run kept no record.
    """
    from genbench.store.environment import describe_machine, read_library_versions
    from genbench.verification.verdicts import list_environment_changes

    records = done.results.records
    kept = [record for key, record in records.items() if key not in done.computed]
    if not kept:
        return ""
    machine = describe_machine(done.order.threads, done.order.device)
    here = {"libraries": read_library_versions(), "machine": machine}
    changes = [list_environment_changes(record.environment, here) for record in kept]
    line = "" if quiet else f"{_count_records(len(kept))} kept, {len(records) - len(kept)} computed"
    elsewhere = sum(map(bool, changes))  # the number of records with a change
    if not elsewhere:
        return line
    texts = sorted({str(change) for each in changes for change in each})
    start = "Warning: kept " if quiet else f"{line}; "
    made = f"{_count_records(elsewhere)} made on another machine or with other versions"
    return f"{start}{made}: {'; '.join(texts)}"


def _count_records(number: int) -> str:
    """Return a number of records with the noun: "1 record", "3 records"."""
    return f"{number} record{'' if number == 1 else 's'}"


def _show_plan(order: Order) -> None:
    """Print a line for each trial of an order, with how many of its cells would run, and a total."""
    from genbench.runs.events import EventSource
    from genbench.runs.progress import open_progress
    from genbench.runs.run import survey

    with open_progress(quiet=True, verbose=False) as display:
        trials = survey(order, EventSource(display))
    width = max((len(trial.name) for trial, _, _ in trials), default=0)
    for trial, cells, due in trials:  # numbers of its cells, and of those that a run would fill
        state = "done" if due == 0 else f"would run {due} of {cells} cells"
        click.echo(wrap_line(f"{trial.name:<{width}}  {state}", sys.stdout))
    total = sum(due > 0 for _, _, due in trials)
    click.echo(f"{len(trials)} trials, {total} to run, {order.jobs_here} at a time")


def _read_executor(text: str, address: str | None) -> dict[str, Any]:
    """Return the executor of --executor as a component, with --address as one of its options."""
    return options.read_component("--executor", text) | ({} if address is None else {"address": address})
