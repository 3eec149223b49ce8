"""`genbench publish`: writes the numbers of a run in the formats of sites that collect results."""

from __future__ import annotations

import re
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

import click

from genbench.cli.arguments.help import command
from genbench.cli.arguments.options import dataset_option, output_option
from genbench.cli.views.output import print_warning
from genbench.core.errors import ResultsError, SuiteError
from genbench.core.names import suggest_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from genbench.board.publishing.numbers import PublishedNumber
    from genbench.results.results import Results

__all__ = ["publish"]

_ADDRESS = re.compile(r"https?://[^\s/]\S*", re.IGNORECASE)
_RELATIONSHIPS = ("first_party", "third_party", "collaborative", "other")


def _check_source(_ctx: click.Context, _option: click.Parameter, text: str) -> str:
    """Return the address of --source; raise BadParameter unless it is "" or one of the web.

    Sites make a link of it, and a link may run a script, as `javascript:` does.
    """
    if text and not _ADDRESS.fullmatch(text):
        raise click.BadParameter(f"{text!r:.80} is no address; expected https://HOST/PATH, or http://")
    return text


@command(
    "genbench publish results/mine -o out --date 2026-01-31 --organization me --relationship other",
    "genbench publish run -o out --date 2026-01-31 --organization me --relationship other --controls",
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@output_option("OUT", "; other files in the folder stay.", required=True)
@click.option(
    "--date", required=True, type=click.DateTime(["%Y-%m-%d"]), metavar="DATE",
    help="The day of the publication, YYYY-MM-DD.",
)  # fmt: skip
@click.option("--organization", required=True, metavar="NAME", help="Who publishes the numbers.")
@click.option(
    "--relationship", required=True, type=click.Choice(_RELATIONSHIPS), metavar="KIND",
    help=f"Of the publisher to the authors of the models: {', '.join(_RELATIONSHIPS)}.",
)  # fmt: skip
@click.option(
    "--source",
    default="",
    metavar="URL",
    callback=_check_source,
    help="The address of the published folder DIR.",
)  # fmt: skip
@click.option(
    "--model", "models", multiple=True, metavar="GENERATOR=ID",
    help="The model's name on the Hub, such as org/name.  [default: the generator's name; repeatable]",
)  # fmt: skip
@dataset_option("[default: all]")
@click.option(
    "--benchmark", default="", metavar="ID", help="A benchmark on Hugging Face: the id of its dataset."
)
@click.option(
    "--task", "tasks", multiple=True, metavar="METRIC=TASK",
    help="The task of --benchmark that a metric is the value of.  [repeatable]",
)  # fmt: skip
@click.option("--controls", is_flag=True, help="Publish the numbers of controls, too.")
def publish(  # noqa: PLR0913 - the options of a command, all by name
    *, folder: Path, output: Path, date: datetime, organization: str, relationship: str, source: str,
    models: tuple[str, ...], dataset: str | None, benchmark: str, tasks: tuple[str, ...], controls: bool,
) -> None:  # fmt: skip
    """Write the means of a run as Every Eval Ever and Hugging Face collect them.

    OUT/every_eval_ever/GENERATOR.json has the numbers of metrics of which lower or higher is better. With
    --benchmark and --task, OUT/hugging_face/GENERATOR/.eval_results/genbench.yaml is for the repository of a
    model.
    """
    from genbench.board.publishing.eval_results import eval_results
    from genbench.board.publishing.every_eval_ever import every_eval_ever
    from genbench.board.publishing.numbers import Publication, list_published_numbers, list_verify_commands
    from genbench.cli.arguments.contenders import read_run

    if bool(benchmark) != bool(tasks):
        raise click.UsageError("expected --benchmark and --task together, or neither")
    run = read_run(folder)
    numbers, left_out = list_published_numbers(run, dataset=dataset, with_controls=controls)
    _check_numbers(run, numbers, dataset)
    about = Publication(
        commands=list_verify_commands(run.name, run.plan.provenance),
        title=str(run.plan.provenance.get("name") or run.name),
        date=f"{date:%Y-%m-%d}",
        organization=organization,
        relationship=relationship,
        source=source,
        models=_read_pairs("--model", models, {number.row.generator for number in numbers}, "generator"),
    )
    _report_left_out(numbers, left_out)
    jsons = every_eval_ever(numbers, about)
    files = {f"every_eval_ever/{name}.json": content for name, content in jsons.items()}
    if benchmark:
        metrics = {number.entry.metric for number in numbers}
        yamls = eval_results(numbers, about, benchmark, _read_pairs("--task", tasks, metrics, "metric"))
        files |= {f"hugging_face/{name}/.eval_results/genbench.yaml": yaml for name, yaml in yamls.items()}
    _write_files(output, files)


def _check_numbers(run: Results, numbers: Sequence[PublishedNumber], dataset: str | None) -> None:
    """Raise SuiteError if the run lacks the dataset, or if there is no number to publish."""
    datasets = {cell.dataset for cell in run.plan.cells}
    if dataset is not None and dataset not in datasets:
        raise SuiteError(f"--dataset: the run has no dataset {dataset!r}{suggest_names(dataset, datasets)}")
    if not numbers:
        raise SuiteError(
            "there is nothing to publish: no number of a competitor has all its seeds ok; run the suite "
            "again for the rest"
        )


def _read_pairs(option: str, texts: Sequence[str], known: set[str], what: str) -> Mapping[str, str]:
    """Return the texts of NAME=TEXT options, by name.

    option  as the user writes it, for messages: "--model"
    texts   the values of the option
    known   names that are allowed
    what    the kind of name, for messages: "generator"

    Raises SuiteError for another form, for a name that is not `known`, and for a name or a text given twice:
    two generators of one model, or two metrics of one task, would publish two values of one number.
    """
    pairs: dict[str, str] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not (sign and value):
            raise SuiteError(f"{option} {text!r}: expected {what.upper()}=TEXT")
        if name not in known:
            raise SuiteError(
                f"{option}: no published number has the {what} {name!r}{suggest_names(name, known)}"
            )
        if name in pairs:
            raise SuiteError(f"{option}: {name!r} is given twice; expected one {option} for each {what}")
        if value in pairs.values():
            raise SuiteError(f"{option}: two of {what.upper()} are {value!r}; expected different texts")
        pairs[name] = value
    return pairs


def _report_left_out(numbers: Sequence[PublishedNumber], left_out: Sequence[str]) -> None:
    """Print to standard error which numbers are not published, and why.

    left_out  lines on the numbers that no format takes

    The numbers that only Every Eval Ever leaves out, those without a direction, are found among `numbers`.
    """
    from genbench.board.publishing.every_eval_ever import has_direction

    undirected = sorted({number.entry.metric for number in numbers if not has_direction(number)})
    lines = [f"left out: {line}" for line in left_out]
    if undirected:
        names = ", ".join(undirected)
        lines.append(f"left out of every_eval_ever, since neither lower nor higher is better: {names}")
    for line in lines:
        print_warning(line)


def _write_files(output: Path, files: Mapping[str, bytes]) -> None:
    """Write files below `output` and print their paths; raise ResultsError if they cannot be written.

    A link as `output`, or as a folder below it, is refused, since it may lead to files of others.
    """
    from genbench.files.sealed import replace_file
    from genbench.results.folder import report_write_errors

    folders = {output / folder for name in files for folder in PurePath(name).parents}
    if link := next((folder for folder in sorted(folders) if folder.is_symlink()), None):
        raise ResultsError(f"{link} is a link, which genbench does not follow; expected a folder")
    for name, content in files.items():
        path = output / name
        with report_write_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(path, content)
        click.echo(path)
