"""Boards as Markdown: leaderboard.md."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from genbench.board.rank_rules import describe_rule
from genbench.board.table_cells import BEST_MEANING
from genbench.contract.hookspecs import PROJECT
from genbench.contract.specs import ASPECTS
from genbench.core.canonical_json import digest
from genbench.core.escaping import markdown_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from genbench.board.table_cells import TableCell
    from genbench.board.view import Table, View

__all__ = ["board_markdown"]

_LINE_WIDTH = 84  # characters for the columns of metrics
_TEXTS = ("rank", *ASPECTS, "generator", "id", "metric", "extractor", "signature")  # left-aligned columns
_DISTRIBUTION = re.compile(r"[a-z0-9-]{1,255}")  # or the name of a plugin file
_COMPONENT = re.compile(_DISTRIBUTION.pattern + r":[a-z0-9-]{1,64}")  # distribution:name
_NO_NAME = "(no valid name)"

_LEGEND = f"""\
Each number is the mean over the seeds ± half of its 95 % t-interval over them, or the interval's ends
where the metric's range cuts it. ↓ lower is better, ↑ higher is better, → nearest to that number is
best, none: not ranked. **Bold**: {BEST_MEANING}.{{rule}}A rank of 1
(1–2) says that the seeds leave the ranks 1 to 2 possible, with 95 % confidence. A tie counts as half, a
failed cell loses to every value, and a skipped cell is left out. The rank depends on which generators
take part. A cell has a value only if every seed is ok; otherwise it shows the status and the number of
seeds with that status. Rows in *italics* are controls, such as real data or noise: they show how to read
a metric, and have no rank. Only numbers with equal seeds and equal signatures can be compared; run.json
contains the signatures in full."""
#: The rule of runs that state no aspects.
_MEAN_WIN_RATE = """ `rank` is by mean win rate: the share of the other
generators that a generator beats, averaged over the ranked metrics that all generators have. """


def board_markdown(view: View) -> str:
    """Return the board as Markdown: tables and signatures of each dataset, then sections such as warnings.

    A signature is what decides the meaning of a number: metric, options, extractor, n and data.
    """
    heading = f"# Leaderboard: {markdown_text(view.title)}" if view.title else "# Leaderboard"
    sentences = [f"{sentence}\n" for sentence in describe_rule(view.rule)]
    rule = (_MEAN_WIN_RATE if view.rule.votes is None else "\n") + "".join(sentences)
    paragraphs = [heading, f"{view.tally}.", _LEGEND.format(rule=rule)]
    for dataset in view.datasets:
        paragraphs += [f"## {markdown_text(dataset)}", *_format_dataset(view, dataset)]
    sections = {
        "Merged runs": view.runs,
        "Notes on the numbers": view.notes,
        "Not comparable": view.differences,
        "Cautions": view.cautions,
        "Metrics that rank a control wrongly": view.wrong_controls,
        "Cells without a value": map(str, view.failures),
    }
    for title, lines in sections.items():
        if text := "\n".join(f"- {markdown_text(line)}" for line in lines):
            paragraphs += [f"## {title}", text]
    return "\n\n".join(paragraphs) + "\n"


def _format_dataset(view: View, dataset: str) -> Iterator[str]:
    """Yield the paragraphs and tables of a dataset: verdict, notes, numbers and signatures of each block.

    A block is the rows that share columns: one table. A wide table is shown in panels of some columns each. A
    signature is what decides the meaning of a number.
    """
    tables = view.find_tables(dataset)
    signatures = {digest(record.cell.signature): record.cell.signature for record in view.outcomes}
    for number, table in enumerate(tables, 1):
        settings = table.settings
        yield f"{settings.capitalize()}." if len(tables) == 1 else f"### Block {number}: {settings}"
        if table.verdict:
            yield markdown_text(table.verdict)
        yield from (f"{note.text[0].upper()}{note.text[1:]}." for note in table.notes)
        texts = {head.id: [_cell_text(row.cells[head.id]) for row in table.rows] for head in table.heads}
        # a cell has a space at either side, and a bar
        widths = {head.id: 3 + max(map(len, (head.text, *texts[head.id]))) for head in table.heads}
        for panel in table.panels(_LINE_WIDTH, widths):
            on = f"on `{panel.extractor}`" if panel.extractor else ""
            if title := f"{panel.aspect} {on}".strip():
                yield f"{title[0].upper()}{title[1:]}:"
            names = [f"*{row.name}*" if row.kind == "control" else row.name for row in table.rows]
            ranks = [[row.ranks[name] for row in table.rows] for name in panel.ranks]
            columns = [*ranks[:1], names, *ranks[1:], *(texts[head.id] for head in panel.heads)]
            heads = [*panel.ranks[:1], "generator", *panel.ranks[1:], *(head.text for head in panel.heads)]
            yield _format_table(heads, list(map(list, zip(*columns, strict=True))))
        yield "Signatures:"
        yield _format_table(["id", "metric", "extractor", "signature"], _signature_rows(table, signatures))
        yield from _describe_plugins(table)


def _signature_rows(table: Table, signatures: Mapping[str, Mapping[str, Any]]) -> list[list[str]]:
    """Return the id, metric, extractor and short signature of each column of a table, sorted.

    signatures  those of the board in full, by SHA-256
    """
    # {}: a number of a CSV file has no full signature
    columns = {
        (head.metric, *_component_names(signatures.get(head.digest, {})), head.signature)
        for head in table.heads
    }
    return [[_format_code(text) if text else "" for text in column] for column in sorted(columns)]


def _component_names(signature: Mapping[str, Any]) -> list[str]:
    """Return the metric and the extractor of a signature as distribution:name, "" without one.

    A column's id lacks the distribution and, if the suite renames the metric, the metric's own name.

    signature  in full; {} for a CSV file. In a run of unknown origin it may have any value: one that is no
               valid name is replaced
    """
    metric, extractor = signature.get("metric"), signature.get("extractor")
    extractor_name = None if extractor is None else _NO_NAME
    if isinstance(extractor, Mapping):
        extractor_name = extractor.get("name", _NO_NAME)
    return ["" if name is None else _replace_invalid(name, _COMPONENT) for name in (metric, extractor_name)]


def _describe_plugins(table: Table) -> Iterator[str]:
    """Yield a line with the generators of other distributions than genbench, if there are any."""
    rows = [line.row for line in table.rows]
    # `plugin` is a distribution and its version; a row of a CSV file alone has none, and is not verifiable
    owners = {row.generator: row.plugin.partition(" ")[0] for row in rows if row.is_verifiable}
    texts = [
        f"{_format_code(name)} of {_format_code(_replace_invalid(owner, _DISTRIBUTION))}"
        for name, owner in sorted(owners.items())
        if owner != PROJECT
    ]
    if texts:
        yield f"Generators of other plugins: {', '.join(texts)}."


def _replace_invalid(name: object, pattern: re.Pattern[str]) -> str:
    """Return `name` if it is a text of this pattern, else "(no valid name)".

    A run of unknown origin may have any text, or no text, in place of a name.
    """
    return name if isinstance(name, str) and pattern.fullmatch(name) else _NO_NAME


def _cell_text(cell: TableCell) -> str:
    """Return the text of a cell, bold if no other generator is significantly better (`is_best`)."""
    return f"**{cell.plain}**" if cell.is_best else cell.plain


def _format_table(heads: list[str], rows: list[list[str]]) -> str:
    """Return a table in Markdown, each column padded to one width; numbers are aligned to the right.

    rows  the texts of each row, in the order of `heads`
    """
    lines = [heads, *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    padders = [str.ljust if name in _TEXTS else str.rjust for name in heads]
    padded = [[pad(text, w) for pad, text, w in zip(padders, line, widths, strict=True)] for line in lines]
    # a colon at the end of a rule aligns its column to the right
    rules = ["-" * (w + 1) + ("-" if name in _TEXTS else ":") for name, w in zip(heads, widths, strict=True)]
    head_line, *row_lines = ["| " + " | ".join(line) + " |" for line in padded]
    return "\n".join([head_line, "|" + "|".join(rules) + "|", *row_lines])


def _format_code(text: str) -> str:
    """Return a text as code in Markdown."""
    return f"`{text}`"
