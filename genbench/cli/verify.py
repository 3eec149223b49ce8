"""`genbench verify`: checks a run's files, and computes its numbers again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from genbench.cli.arguments import options
from genbench.cli.arguments.help import command
from genbench.core.escaping import json_text

if TYPE_CHECKING:
    from genbench.verification.api import Verification
    from genbench.verification.verdicts import Verdict

__all__ = ["OUTDATED", "verify"]

#: The exit code if only another version of a component could verify the run.
OUTDATED = 5


@command("genbench verify results/mine", "genbench verify results/mine --sample 3 --suite mine.toml")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option(
    "--sample", type=click.IntRange(min=0), default=0, metavar="K",
    help="Also run K trials, chosen at random, again from their seeds.",
)  # fmt: skip
@click.option(
    "--suite", metavar="FILE|NAME",
    help="The suite that you expect, a file or a bundled suite; its folder is the base of relative paths.  "
    "[default: the suite in run.json, and the working folder]",
)  # fmt: skip
@options.plugin_option
@options.allow_key_option
@options.jobs_option
@options.form_option("text", "json")
@options.quiet_option
@click.pass_context
def verify(
    ctx: click.Context, /, *, folder: Path, sample: int, suite: str | None, plugins: tuple[Path, ...],
    allow_keys: tuple[str, ...], jobs: int | None, form: str, quiet: bool,
) -> None:  # fmt: skip
    """Check the files of a run, and compute its numbers again.

    genbench checks every seal, derives leaderboard.csv, scores.csv, leaderboard.md and datapackage.json from
    the records and compares them byte by byte. It plans the suite again, expects exactly its cells, and
    computes every score again from the samples in DIR, or else in the store. It changes nothing in DIR. The
    exit code is 0 if all files are whole and every cell of the suite is reproduced, 5 if only changed
    versions prevent that, and else 1.
    """
    from genbench.runs.progress import open_progress
    from genbench.verification.api import verify as verify_run

    with open_progress(quiet=quiet, verbose=False) as listener:
        verification = verify_run(
            folder, sample=sample, suite=suite, plugins=plugins, allow_keys=allow_keys, jobs=jobs,
            listener=listener,
        )  # fmt: skip
    if form == "json":
        click.echo(json_text(_to_json(verification)))
    else:
        from genbench.cli.views.verification import print_verification

        print_verification(verification)
    ctx.exit(0 if verification.is_confirmed else OUTDATED if verification.is_outdated else 1)


def _to_json(verification: Verification) -> dict[str, Any]:
    """Return the verification as JSON-like values, for --format json."""
    from genbench.verification.verdicts import NEVER_CHECKED

    return {
        "confirmed": verification.is_confirmed,
        "outdated": verification.is_outdated,
        **vars(verification),
        "faults": [vars(each) for each in verification.faults],
        "stored": [_verdict_to_json(each) for each in verification.stored],
        "remade": [_verdict_to_json(each) for each in verification.remade],
        "never_checked": NEVER_CHECKED,
    }


def _verdict_to_json(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict as JSON-like values, with its cell's position, and without the recomputed record."""
    position = {name: getattr(verdict.cell, name) for name in ("dataset", "generator", "seed", "metric")}
    fields = {name: value for name, value in vars(verdict).items() if name not in ("cell", "recomputed")}
    return position | fields | {"environment": [str(change) for change in verdict.environment]}
