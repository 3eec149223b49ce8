"""`genbench gate`: fails where a candidate is worse than a base, for continuous integration."""

from __future__ import annotations

import click

from genbench.cli.arguments.help import command
from genbench.cli.arguments.options import dataset_option, form_option

__all__ = ["gate"]


@command(
    "genbench gate results/base results/new --limit fid=5",
    "genbench gate results/base:vae results/new:vae-2 --limit recall=2% --format json",
)
@click.argument("base", metavar="BASE")
@click.argument("candidate", metavar="CANDIDATE")
@click.option(
    "--limit", "limits", multiple=True, required=True, metavar="METRIC=AMOUNT",
    help="The least effect that counts, in the metric's unit or in percent: fid=5, recall=2%.  [repeatable]",
)  # fmt: skip
@dataset_option("[default: all]")
@form_option("text", "json", "csv")
@click.pass_context
def gate(
    ctx: click.Context,
    /,
    *,
    base: str,
    candidate: str,
    limits: tuple[str, ...],
    dataset: str | None,
    form: str,
) -> None:
    """Compare CANDIDATE with BASE, and fail if it is worse in a metric.

    Each is the folder of a run, or FOLDER:GENERATOR for generators of other names. The exit code is 0 if all
    effects of the limits are excluded, 1 if a metric is significantly worse or has lost its values, 5 if the
    seeds are too few to tell, and 2 if the runs cannot be compared.
    """
    from genbench.board.decisions.comparison import list_contender_warnings
    from genbench.board.decisions.gate import EXIT_CODES, advise_single_generator, make_checks
    from genbench.board.decisions.power import read_amounts
    from genbench.cli.arguments.contenders import read_contender_pairs
    from genbench.cli.views.decisions import make_checks_view, print_rows, print_warnings

    amounts = read_amounts("--limit", limits)
    pairs = read_contender_pairs(base, candidate)
    checks = make_checks([old for old, _ in pairs], [new for _, new in pairs], amounts, dataset=dataset)
    print_rows(checks, form, make_checks_view)
    lines = list_contender_warnings([side for pair in pairs for side in pair], dataset)
    print_warnings([*lines, *advise_single_generator(pairs, dataset)], form)
    # the worst one, which is first in EXIT_CODES, decides; each limit has a check, so there is one
    verdicts = {check.verdict for check in checks}
    ctx.exit(next(code for verdict, code in EXIT_CODES.items() if verdict in verdicts))
