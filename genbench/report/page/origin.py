"""Origins of runs: suite, versions and hardware, and the commands that repeat and verify them."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from genbench.core.escaping import one_line
from genbench.core.grouping import group_pairs
from genbench.core.limits import duration_text
from genbench.core.names import join_names
from genbench.core.splits import SPLITS
from genbench.suite.file import bundled_suites, bundled_text, write_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from genbench.results.cells import Cell
    from genbench.results.results import Results

__all__ = ["RunOrigin", "list_run_origins", "make_table_titles"]

_DIGITS = 12  # of a hash
_MOST_ROWS = 12  # in one sentence

#: The keys of tables in a run's provenance, with the titles under which a page shows them.
_TABLES = (("libraries", "Versions"), ("plugins", "Plugins"), ("machine", "Hardware"))


@dataclass(frozen=True, kw_only=True)
class RunOrigin:
    """What a run noted of itself.

    name      of the run among merged ones, else of its suite
    suite     the text of its suite, or ""
    about     the comment at its start, such as what it needs, or ""
    save_as   the file that the command to repeat it needs, or "" for a bundled suite
    repeat    the command that runs it again, or ""
    verify    the command that verifies it, in the folder of its results, or ""
    compare   the command that compares two of its generators, there, or "" if fewer compete
    rows      of a merged run, the generators on the board, in words, or ""
    facts     titles with their names and values
    """

    name: str
    suite: str
    about: str
    save_as: str
    repeat: str
    verify: str
    compare: str
    rows: str
    facts: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


def list_run_origins(results: Results) -> list[RunOrigin]:
    """Return the origin of a run, or of each of the merged runs: its suite, commands and versions.

    A merge puts the traces of all runs together, so only a run alone gets the time of its trials.
    """
    provenance, cells = results.plan.provenance, results.plan.cells
    merged = provenance.get("merged")
    if not isinstance(merged, Mapping):
        seconds = sum(sum(trace.seconds.values()) for trace in results.traces)
        name = str(provenance.get("name", "")) or results.name
        # all rows are of the one run
        return [replace(_describe_run(name, provenance, cells, seconds), rows="")]
    return [
        _describe_run(
            name, run, [cell for cell in cells if _belongs_to(cell.generator, cell.dataset, name, run)]
        )
        for name, run in merged.items()
        if isinstance(run, Mapping)
    ]


def make_table_titles(
    dataset: str, tables: Sequence[Sequence[str]], merged: Mapping[str, Any]
) -> Iterator[str]:
    """Yield a title for each table of a dataset: the dataset alone if there is one table.

    Of several tables, each title has the runs of its rows. It also has the number of the table if no run is
    known, or if another table has the same runs.

    tables  the generators of each table
    merged  the provenance of each run of a merged board, by name
    """
    runs = [
        [name for name, run in merged.items() if any(_belongs_to(row, dataset, name, run) for row in rows)]
        for rows in tables
    ]
    for number, names in enumerate(runs, 1):
        runs_text = f", {'run' if len(names) == 1 else 'runs'} {join_names(names)}" if names else ""
        group = "" if names and runs.count(names) == 1 else f", group {number}"
        yield one_line(f"{dataset}{runs_text}{group}" if len(tables) > 1 else dataset)


def _describe_run(
    name: str, provenance: Mapping[str, Any], cells: Sequence[Cell], seconds: float = 0.0
) -> RunOrigin:
    """Return the origin of a run.

    cells    of the run, on its board
    seconds  the time of all its trials; 0 if it is unknown
    """
    suite, suite_name = str(provenance.get("suite", "")), str(provenance.get("name", ""))
    is_bundled = suite_name in bundled_suites() and bundled_text(suite_name) == suite
    file = f"{suite_name}.toml"
    is_csv = provenance.get("unverified") is True  # a CSV file has no records to verify or compare
    return RunOrigin(
        name=one_line(name),
        suite=suite,
        about=_read_suite_comment(suite),
        # the file to which a reader saves the suite before the command `repeat`; a bundled one needs none
        save_as="" if is_bundled or not suite else file,
        repeat=_make_run_command(provenance, suite_name if is_bundled else file) if suite else "",
        verify="" if is_csv else "genbench verify .",
        compare="" if is_csv else _make_compare_command(name, cells),
        rows=one_line(join_names(sorted({cell.generator for cell in cells}), _MOST_ROWS)) if cells else "",
        facts=tuple(_list_facts(provenance, seconds)),
    )


def _make_compare_command(name: str, cells: Iterable[Cell]) -> str:
    """Return the command that compares the first two competitors of a run on a dataset; "" if fewer compete.

    A merge may have added "@" and the name of the run to theirs.
    """
    competitors = group_pairs((cell.dataset, cell.generator) for cell in cells if cell.control is None)
    for generators in competitors.values():
        pair = [generator.removesuffix(f"@{name}") for generator in sorted(set(generators))][:2]
        if pair[1:]:
            return one_line(shlex.join(["genbench", "compare", ".", *pair]))
    return ""


def _read_suite_comment(suite: str) -> str:
    """Return the comment at the start of a suite as one line, without backticks; "" without one."""
    lines = takewhile(lambda line: line.startswith("#"), suite.splitlines())
    return one_line(" ".join(line.lstrip("# ").strip() for line in lines).replace("`", ""))


def _belongs_to(row: str, dataset: str, name: str, provenance: Mapping[str, Any]) -> bool:
    """Return whether a row of a merged board is of the run `name`.

    A merge names a row "GENERATOR@RUN" if several rows have this generator. Else the row is of the run that
    has the generator and the dataset.
    """
    if "@" in row:
        return row.endswith(f"@{name}")
    generators = provenance.get("generators", ())
    return dataset in provenance.get("datasets", ()) and any(entry.get("name") == row for entry in generators)


def _make_run_command(provenance: Mapping[str, Any], suite: str) -> str:
    """Return the command that runs a suite again with the seeds, n, generators and machine settings of a run.

    suite  the name of a bundled suite, or its file
    """
    words = ["genbench", "run", suite]
    seeds = provenance.get("seeds")
    if isinstance(seeds, list) and seeds:
        words += ["--seeds", ",".join(map(str, seeds))]
    if isinstance(provenance.get("n"), int):  # an n for each dataset, a dict, comes from the suite
        words += ["--n", str(provenance["n"])]
    # the entries that the user gave with --generator instead of the suite's generators
    for entry in provenance.get("instead", ()):
        words += ["--generator", write_words(entry)]
    machine = provenance.get("machine", {})
    if machine.get("threads", 1) != 1:
        words += ["--threads", str(machine["threads"])]
    if machine.get("device", "cpu") != "cpu":
        words += ["--device", str(machine["device"])]
    return one_line(shlex.join(words))


def _describe_sizes(n: Any) -> str:
    """Return the number of samples of a generator at a seed in words; "" if it is unknown.

    n  one number, or one for each dataset
    """
    if isinstance(n, Mapping):
        sizes = ", ".join(f"{number} on {dataset}" for dataset, number in n.items())
        return one_line(f"of each generator at each seed: {sizes}")
    return f"{n} samples of each generator at each seed" if n else ""


def _list_facts(
    provenance: Mapping[str, Any], seconds: float
) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    """Yield (title, ((name, value), …)) for each group of facts of a run.

    seconds  the time of all its trials; 0 if it is unknown
    """
    numbers = {
        "seeds": " ".join(map(str, provenance.get("seeds", ()))),
        "n": _describe_sizes(provenance.get("n")),
        "time": f"{duration_text(round(seconds))}, that of all trials together" if seconds else "",
    }
    yield "Run", tuple((name, text) for name, text in numbers.items() if text)
    datasets = provenance.get("datasets", {})
    yield "Data", tuple((one_line(str(name)), _describe_dataset(facts)) for name, facts in datasets.items())
    for key, title in _TABLES:
        table = provenance.get(key)
        if isinstance(table, Mapping) and table:
            yield title, tuple((one_line(str(name)), one_line(str(value))) for name, value in table.items())


def _describe_dataset(facts: Mapping[str, Any]) -> str:
    """Return the component, the sizes of the splits and the hash of a dataset, in words."""
    sizes = facts.get("sizes", {})
    # the usual order of splits, then unknown ones
    names = sorted(sizes, key=lambda name: (SPLITS.index(name) if name in SPLITS else len(SPLITS), name))
    splits = ", ".join(f"{name} {sizes[name]}" for name in names)
    content = str(facts.get("hash", ""))[:_DIGITS]
    counts = f"samples: {splits}" if splits else ""
    parts = (str(facts.get("component", "")), counts, f"SHA-256 of its content {content}…" if content else "")
    return one_line("; ".join(filter(None, parts)))
