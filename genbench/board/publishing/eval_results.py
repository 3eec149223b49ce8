"""Results in Hugging Face's format of evaluation results: the YAML files of `.eval_results/`.

Format: https://huggingface.co/docs/hub/eval-results. An entry is one number of a task of a benchmark. The
benchmark is a dataset on the Hub.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from genbench.board.publishing.numbers import NOT_VERIFIABLE
from genbench.core.errors import SuiteError
from genbench.core.escaping import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from genbench.board.publishing.numbers import Publication, PublishedNumber

__all__ = ["eval_results"]


def eval_results(
    numbers: Sequence[PublishedNumber], publication: Publication, benchmark: str, tasks: Mapping[str, str]
) -> dict[str, bytes]:
    """Return Hugging Face's YAML of evaluation results of each generator that has a number, by its id.

    benchmark  id of the benchmark, a dataset on the Hub
    tasks      ids of its tasks, by metric; a generator without a value of a metric has no entry for its task

    Raises SuiteError if there are numbers of one of these metrics on two datasets: a task has one number.
    """
    entries: dict[str, list[str]] = {}
    for metric, task in tasks.items():
        of_metric = [number for number in numbers if number.entry.metric == metric]
        datasets = sorted({number.row.dataset for number in of_metric})
        if len(datasets) > 1:
            raise SuiteError(f"--task {metric}: the run has it on {', '.join(datasets)}; choose a --dataset")
        for number in of_metric:
            entry = _format_entry(number, publication, benchmark, task)
            entries.setdefault(number.row.generator, []).append(entry)
    return {generator: "".join(texts).encode() for generator, texts in sorted(entries.items())}


def _format_entry(number: PublishedNumber, publication: Publication, benchmark: str, task: str) -> str:
    """Return a number as an entry of Hugging Face's YAML list of evaluation results, in whole lines.

    benchmark, task  the ids of the benchmark, a dataset on the Hub, and of its task
    """
    source = [
        "  source:",
        f"    url: {_format_scalar(publication.source)}",
        f"    name: {_format_scalar('genbench results')}",
    ]
    lines = [
        "- dataset:",
        f"    id: {_format_scalar(benchmark)}",
        f"    task_id: {_format_scalar(task)}",
        f"  value: {_format_scalar(number.entry.value)}",
        f"  date: {_format_scalar(publication.date)}",
        *(source if publication.source else ()),
        f"  notes: {_format_scalar(_describe_number(number, publication))}",
    ]
    return "".join(f"{line}\n" for line in lines)


def _describe_number(number: PublishedNumber, publication: Publication) -> str:
    """Return the notes of a number in one line: its metric, seeds, interval, n, signature and cautions.

    Cautions are reasons why the number means less than it seems to.
    """
    seeds = " ".join(map(str, number.entry.seeds))
    what = "one number" if number.entry.is_comparison else "mean"
    interval = (
        "" if number.entry.low is None else f", 95 % interval {number.entry.low!r} to {number.entry.high!r}"
    )
    parts = [
        f"{number.entry.metric} on {number.row.dataset}, {what} over seeds {seeds}{interval}",
        f"n = {number.cell.n}, signature {number.entry.short_signature}",
        *([] if number.row.deterministic else ["deterministic: no"]),
        # a share in words, such as "2.0 % of the samples"
        *(f"{share} have no features" for share in number.without_features),
        *(f"caution: {text}" for text in number.cautions),
        f"verify with: {publication.verify}" if publication.verify else NOT_VERIFIABLE,
    ]
    return "; ".join(parts)


def _format_scalar(value: Any) -> str:
    """Return a text or a float in a form that YAML 1.1 and 1.2 read alike.

    YAML 1.1 reads 1e-07 as a text, and 1.0e-07 as a number.
    """
    if isinstance(value, str):
        return json.dumps(one_line(value), ensure_ascii=False)
    digits, e, exponent = repr(float(value)).partition("e")  # e is "" for a number without exponent
    return f"{digits}.0e{exponent}" if e and "." not in digits else f"{digits}{e}{exponent}"
