"""A verification in a terminal: a table of outcomes, then a line for each difference."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from rich.text import Text

from genbench.board.fitted_table import open_table
from genbench.board.terminal import open_console, plain_text, print_lines
from genbench.core.grouping import group_pairs
from genbench.core.names import join_names
from genbench.results.folder import PAGE, RECORDS
from genbench.verification.verdicts import NEVER_CHECKED, NO_RECORD, OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import Console, JustifyMethod
    from rich.table import Table

    from genbench.results.cells import Cell
    from genbench.verification.api import Verification
    from genbench.verification.files import FileFault
    from genbench.verification.verdicts import Verdict

__all__ = ["print_verification"]

_MOST_LINES = 20  # of one kind; --format json lists all
_MOST_NAMES = 8  # of files in one line
_NOT_REMADE = "that these generators made the samples; --sample K makes those of K trials again"
_RARE = "other version"  # an outcome with a column only if there is one
_STYLES = {
    "reproduced": "green", "within tolerance": "", "different": "red", "other version": "yellow",
    "unverifiable": "yellow",
}  # fmt: skip
_FIELDS = ("dataset", "generator", "seed", "metric")


def print_verification(verification: Verification) -> None:
    """Print a verification, with no table wider than the console."""
    console = open_console()
    for title, verdicts in (
        ("scored again from stored samples", verification.stored),
        (f"made again from the seeds: {', '.join(verification.trials)}", verification.remade),
    ):
        if verdicts:
            console.print(Text(plain_text(console, title)))
            console.print(_make_table(console, verdicts))
            console.print()
    for kind, lines, style in _list_sections(verification):
        print_lines(console, kind, lines, style, most=_MOST_LINES, rest="; --format json has them all")
    console.print(Text(plain_text(console, _summarize(verification))))


def _list_sections(result: Verification) -> list[tuple[str, list[str], str]]:
    """Return (kind, lines, style) of each section, in the order of the report; a section may have no lines.

    Each cause has one line, with all cells that it concerns. An obstacle is why some cells cannot be verified
    here, such as a plugin that is not installed. Two sections may have the same kind:
    "changed since" has one for the code of plugins, and one for libraries and the machine. A verdict with an
    `unknown_fit` was not checked in one respect: the fit of its extractor could not be compared.
    """
    verdicts = (*result.stored, *result.remade)
    groups = _CellGroups(verdicts)
    # an obstacle has a line of its own, so its cells need no further one
    without_obstacle = [verdict for verdict in verdicts if verdict.reason not in result.obstacles]
    causes = {
        outcome: groups.label((v, _describe_reason(v)) for v in _select(without_obstacle, outcome))
        for outcome in ("different", "other version", "unverifiable")
    }
    faults, consequences = _split_faults(result)
    # options of the run, such as "--n 100"
    overrides = f"{' '.join(result.overrides)}, in place of the values in the suite of run.json"
    return [
        ("run with", [overrides] if result.overrides else [], "cyan"),
        ("damaged", list(map(str, faults)), "red"),
        ("not verified", _list_extra_files(result), "yellow"),
        (
            "unverifiable",
            [line for text in result.obstacles for line in _describe_obstacle(text, verdicts, groups)],
            "yellow",
        ),
        ("different", [*causes["different"], *result.board], "red"),
        ("within tolerance", _list_unexplained(verdicts), ""),
        ("other version", causes["other version"], "yellow"),
        ("unverifiable", causes["unverifiable"], "yellow"),
        ("as a result", _describe_consequences(consequences), "red"),
        ("not in the folder", _list_borrowed(result), "yellow"),
        ("not rerun", _list_not_rerun(result), "yellow"),
        ("not checked", groups.label(_list_unchecked(result)), "yellow"),
        ("not checked", groups.label((v, v.unknown_fit) for v in verdicts), "yellow"),
        ("changed since", groups.label((v, ", ".join(v.code)) for v in verdicts), "cyan"),
        ("changed since", groups.label((v, ", ".join(map(str, v.environment))) for v in verdicts), "cyan"),
        ("not checked", [_NOT_REMADE] if result.stored and not result.remade else [], "dim"),
        ("never checked", [f"{join_names(NEVER_CHECKED)}, which nothing here can show"], "dim"),
    ]


def _split_faults(verification: Verification) -> tuple[list[FileFault], list[FileFault]]:
    """Return the faults of files, and the lines of tables that differ only as a consequence of other faults.

    Tables follow from the records. If a record is damaged, missing or has another number here, it is the
    cause of the lines that differ; otherwise the lines themselves were changed.
    """
    is_caused = any(fault.file.startswith(f"{RECORDS}/") for fault in verification.faults) or any(
        each.outcome == "different" or each.reason == NO_RECORD for each in verification.stored
    )
    lines = [fault for fault in verification.faults if is_caused and fault.line is not None]
    return [fault for fault in verification.faults if fault not in lines], lines


def _describe_consequences(lines: Sequence[FileFault]) -> list[str]:
    """Return one line on the lines of tables that differ because of their records; [] without any."""
    if not lines:
        return []
    files, first = join_names(sorted({fault.file for fault in lines})), str(lines[0]).partition("; ")[0]
    count = f"{len(lines)} changed line{'s' * (len(lines) != 1)}"
    return [f"{count} of {files}, the first: {first}; --format json has them all"]


def _list_extra_files(verification: Verification) -> list[str]:
    """Return the lines on files that were not verified: the page, files of others, and unlisted records.

    run.json does not list the unlisted records, and no board shows them.
    """
    count = len(verification.unlisted)
    groups = {
        "a page, which `genbench page` writes again": [name for name in verification.foreign if name == PAGE],
        "files that genbench did not write": [name for name in verification.foreign if name != PAGE],
        f"{count} record{'s' * (count != 1)} that run.json does not list": verification.unlisted,
    }
    return [f"{text}: {join_names(names, _MOST_NAMES)}" for text, names in groups.items() if names]


def _describe_obstacle(text: str, verdicts: Iterable[Verdict], groups: _CellGroups) -> list[str]:
    """Return the lines of an obstacle, with the cells that it concerns if there are any.

    text  the obstacle, which is the reason of these cells' verdicts
    """
    return groups.label((verdict, text) for verdict in verdicts if verdict.reason == text) or [text]


def _make_table(console: Console, verdicts: Sequence[Verdict]) -> Table:
    """Return a table of the number of verdicts with each outcome, by dataset and generator."""
    # the rare outcome, "other version", has a column only if a verdict has it
    outcomes = [outcome for outcome in OUTCOMES if outcome != _RARE or _select(verdicts, outcome)]
    outcome_columns: list[tuple[str, JustifyMethod]] = [(outcome, "right") for outcome in outcomes]
    names = ("dataset", "generator")
    table = open_table(
        *((name, "left") for name in names), *outcome_columns, wrapped=names, shared=["dataset"]
    )
    rows = group_pairs(((each.cell.dataset, each.cell.generator), each.outcome) for each in verdicts)
    for row_names, row_outcomes in rows.items():
        counts = Counter(row_outcomes)
        numbers = [Text(str(counts[o]), style=_STYLES[o] if counts[o] else "dim") for o in outcomes]
        table.add_row(*(Text(plain_text(console, name)) for name in row_names), *numbers)
    return table


def _select(verdicts: Iterable[Verdict], outcome: str) -> list[Verdict]:
    """Return the verdicts with an outcome."""
    return [verdict for verdict in verdicts if verdict.outcome == outcome]


def _describe_reason(verdict: Verdict) -> str:
    """Return the reason of a verdict, after the stage to which it belongs if there is one."""
    return f"{verdict.stage}: {verdict.reason}" if verdict.stage else verdict.reason


def _list_unexplained(verdicts: Iterable[Verdict]) -> list[str]:
    """Return a line for each verdict within tolerance although neither code nor environment has changed.

    Without such a change, the number should be bit-identical.
    """
    return [
        f"{verdict.cell.name}: {verdict.reason}; nothing has changed that would explain it"
        for verdict in _select(verdicts, "within tolerance")
        if not (verdict.environment or verdict.code)
    ]


def _list_unchecked(verification: Verification) -> Iterator[tuple[Verdict, str]]:
    """Yield the verdicts on trials that were not rerun, each with its notices that only a rerun checks.

    Such a notice is a remark in the record on a side effect of the generator.
    """
    rerun = {verdict.cell.position for verdict in verification.remade}
    for verdict in verification.stored:
        if verdict.unchecked and verdict.cell.position not in rerun:
            notices = "; ".join(verdict.unchecked)
            yield verdict, f"{notices} (from the records; only a rerun, --sample, checks it)"


def _list_borrowed(verification: Verification) -> list[str]:
    """Return a line on trials with borrowed samples, if there are any.

    Borrowed samples come from the user's store, since the run's folder does not have them.
    """
    if not verification.borrowed:
        return []
    trials = f"{len(verification.borrowed)} trial{'s' * (len(verification.borrowed) != 1)}"
    return [f"samples of {trials}; others, without the store here, cannot verify these"]


def _list_not_rerun(verification: Verification) -> list[str]:
    """Return a line with the names of trials whose generators cost money or run a program; [] without any."""
    if not verification.left_alone:
        return []
    names = join_names(verification.left_alone, _MOST_NAMES)
    return [f"{names}: verify does not call a generator that costs money or runs a program"]


class _CellGroups:
    """The cells of a verification; a line such as a reason is printed once, with all cells that share it."""

    def __init__(self, verdicts: Iterable[Verdict]) -> None:
        """Take the verdicts of all cells of a verification."""
        # by position, a cell's place on the board: a cell of a trial that was rerun has two verdicts
        self._cells = {verdict.cell.position: verdict.cell for verdict in verdicts}

    def label(self, pairs: Iterable[tuple[Verdict, str]]) -> list[str]:
        """Return "CELLS: TEXT" for each different text, with all cells that have it; "" has no line."""
        all_cells, lines = list(self._cells.values()), []
        for text, same in group_pairs((text, verdict.cell) for verdict, text in pairs if text).items():
            cells = {cell.position: cell for cell in same}
            lines += [f"{name}: {text}" for name in _name_cells([*cells.values()], all_cells)]
        return lines


def _name_cells(cells: Sequence[Cell], all_cells: Sequence[Cell]) -> Iterator[str]:
    """Yield names for groups of the cells: "all 30 cells", "9 cells of generator gan", or a cell's own name.

    all_cells  all cells of the verification

    One group is enough if some values describe its cells and no others. The cells of one generator or of one
    seed need two groups: "9 cells of generator gan", "12 cells of seed 2".
    """
    if len(cells) == 1:
        yield cells[0].name
    elif len(cells) == len(all_cells):
        yield f"all {len(cells)} cells"
    elif common := _find_common(cells, all_cells):
        yield f"{len(cells)} cells of {common}"
    elif field_values := _find_whole_values(cells, all_cells):
        field, values = field_values
        # these cells are the first group; the rest is named in the same way
        named = [cell for cell in cells if getattr(cell, field) in values]
        rest = [cell for cell in cells if getattr(cell, field) not in values]
        yield f"{len(named)} cells of {field} {_join_values(values)}"
        yield from _name_cells(rest, [cell for cell in all_cells if getattr(cell, field) not in values])
    else:
        yield f"{len(cells)} cells, the first {cells[0].name}"


def _find_common(cells: Sequence[Cell], all_cells: Sequence[Cell]) -> str:
    """Return values that describe these cells and no others: "generator gan, seed 2"; "" if there are none.

    all_cells  all cells of the verification

    A field is left out unless some other cell has another value in it.
    """
    values = {field: {getattr(cell, field) for cell in cells} for field in _FIELDS}
    # if other cells have the same values, too, the values do not tell these cells from others
    matches = [cell for cell in all_cells if all(getattr(cell, field) in values[field] for field in _FIELDS)]
    if len(matches) > len(cells):
        return ""
    other_values = {field: {getattr(cell, field) for cell in all_cells} - values[field] for field in _FIELDS}
    return ", ".join(
        f"{field} {_join_values(values[field])}"
        for field in _FIELDS
        if other_values[field] and None not in values[field]  # None: the seed of a comparison
    )


def _find_whole_values(cells: Sequence[Cell], all_cells: Sequence[Cell]) -> tuple[str, set[Any]] | None:
    """Return the first field, such as "seed", with values that only cells of `cells` have; None without one.

    all_cells  all cells of the verification
    """
    positions = {cell.position for cell in cells}
    for field in _FIELDS:
        others = {getattr(cell, field) for cell in all_cells if cell.position not in positions}
        values = {getattr(cell, field) for cell in cells} - others - {None}  # None: the seed of a comparison
        if values:
            return field, values
    return None


def _join_values(values: Iterable[Any]) -> str:
    """Return values sorted and joined with commas and "and"."""
    return join_names(map(str, sorted(values)))


def _summarize(verification: Verification) -> str:
    """Return the last line: verdicts by outcome, and the state of files, board and failed cells.

    The verdicts are those on stored samples and those on trials that were rerun.
    """
    counts = Counter(verdict.outcome for verdict in (*verification.stored, *verification.remade))
    summary = [f"{counts[outcome]} {outcome}" for outcome in OUTCOMES if counts[outcome]]
    faults, lines = _split_faults(verification)
    counts_of_files = {"problem": faults, "changed line": lines}
    problems = [
        f"{len(all_)} {name}{'s' * (len(all_) != 1)}" for name, all_ in counts_of_files.items() if all_
    ]
    files = f"{' and '.join(problems)} in the files" if problems else "the files are whole"
    failed = f"; {verification.failed} failed and hold no number" if verification.failed else ""
    count = len(verification.board)
    board = f"; {count} difference{'s' * (count != 1)} on the board" if count else ""
    return f"{', '.join(summary) or 'no record to verify'}; {files}{board}{failed}"
