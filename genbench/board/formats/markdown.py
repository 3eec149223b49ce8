"""Boards as Markdown: leaderboard.md."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from genbench.board.cautions import board_cautions
from genbench.board.comparability import block_differences
from genbench.board.findings import failures, notes, rank_notes, run_lines, tally, warnings
from genbench.board.formatting import cell_text, head, label, panels, rank_text
from genbench.contract.hookspecs import PROJECT
from genbench.core.canonical_json import digest
from genbench.core.escaping import markdown_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from genbench.board.blocks import Block, Column
    from genbench.board.formatting import Panel
    from genbench.board.leaderboard import Board
    from genbench.board.rows import Entry

__all__ = ["board_markdown"]

_ROOM = 84  # characters for the columns of metrics
_TEXTS = ("rank", "generator", "id", "metric", "extractor", "signature")  # left-aligned columns
_DISTRIBUTION = re.compile(r"[a-z0-9-]{1,255}")  # or the name of a plugin file
_COMPONENT = re.compile(_DISTRIBUTION.pattern + r":[a-z0-9-]{1,64}")  # distribution:name
_NO_NAME = "(no valid name)"

_LEGEND = """\
Each number is the mean over the seeds ± half of its 95 % t-interval over them, or the interval's ends where
the metric's range cuts it. ↓ lower is better, ↑ higher is better, → nearest to that number is best, none: not
ranked. **Bold**: no other generator is significantly better. `rank` is by mean win rate: the share of the
other generators that a generator beats, averaged over the ranked metrics that all generators have. A rank of
1–2 says that the seeds leave the ranks 1 to 2 possible, with 95 % confidence. A tie counts as half, a failed
cell loses to every value, and a skipped cell is left out. The rank depends on which generators take part. A
cell has a value only if every seed is ok; otherwise it shows the status and the number of seeds with that
status. Rows in *italics* are controls, such as real data or noise: they show how to read a metric, and have
no rank. Only numbers with equal seeds and equal signatures can be compared; run.json contains the signatures
in full."""


def board_markdown(board: Board) -> str:
    """Return the board as Markdown: tables, signatures, notes, differences, warnings and failures."""
    heading = f"# Leaderboard: {markdown_text(board.title)}" if board.title else "# Leaderboard"
    parts = [heading, f"{tally(board)}.", _LEGEND]
    for dataset in board.datasets:
        parts += [f"## {markdown_text(dataset)}", *_blocks(board, dataset)]
    parts += _section("Merged runs", run_lines(board))
    parts += _section("Notes on the numbers", notes(board))
    parts += _section("Not comparable", block_differences(board))
    parts += _section("Cautions", board_cautions(board))
    parts += _section("Metrics that rank a control wrongly", warnings(board))
    parts += _section("Cells without a value", [str(cells) for cells in failures(board)])
    return "\n\n".join(parts) + "\n"


def _blocks(board: Board, dataset: str) -> Iterator[str]:
    blocks = board.blocks(dataset)
    signatures = {digest(record.cell.signature): record.cell.signature for record in board.outcomes}
    for number, block in enumerate(blocks, 1):
        first = block.rows[0]
        settings = f"seeds {' '.join(map(str, first.seeds))}, n {' '.join(map(str, first.n))}"
        yield f"{settings.capitalize()}." if len(blocks) == 1 else f"### Block {number}: {settings}"
        yield from (f"{line[0].upper()}{line[1:]}." for line, _ in rank_notes(block))
        for panel in panels(block, _ROOM, lambda column: _width(block, column)):  # noqa: B023 - used at once
            if panel.extractor:
                yield f"On `{panel.extractor}`:"
            yield _table(["rank", "generator", *(head(block, c) for c in panel.columns)], _rows(block, panel))
        yield "Signatures:"
        yield _table(["id", "metric", "extractor", "signature"], _signatures(block, signatures))
        yield from _of_plugins(block)


def _signatures(block: Block, signatures: Mapping[str, Mapping[str, Any]]) -> list[list[str]]:
    """Return the id, metric, extractor and short signature of each column, sorted.

    signatures  those of the board in full, by SHA-256
    """
    columns = {
        (column.metric, *_components(signatures.get(column.signature, {})), entry.short)
        for column, entry in block.entries.items()
    }
    return [[_code(text) if text else "" for text in column] for column in sorted(columns)]


def _components(signature: Mapping[str, Any]) -> list[str]:
    """Return the metric and the extractor of a signature as distribution:name, "" without one.

    An id does not say whose metric it is, nor which metric if the suite names it. A CSV file has no full
    signature, and a run of unknown origin may have any text in one, which is not shown.
    """
    metric, extractor = signature.get("metric"), signature.get("extractor")
    name = extractor.get("name", _NO_NAME) if isinstance(extractor, Mapping) else extractor and _NO_NAME
    return ["" if name is None else _valid(name, _COMPONENT) for name in (metric, name)]


def _of_plugins(block: Block) -> Iterator[str]:
    """Yield a line with the generators of other distributions than genbench."""
    owners = {row.generator: row.plugin.partition(" ")[0] for row in block.rows if row.is_verifiable}
    found = [
        f"{_code(name)} of {_code(_valid(owner, _DISTRIBUTION))}"
        for name, owner in sorted(owners.items())
        if owner != PROJECT
    ]
    if found:
        yield f"Generators of other plugins: {', '.join(found)}."


def _valid(name: object, pattern: re.Pattern[str]) -> str:
    """Return a name of this pattern, and words in place of any other value."""
    return name if isinstance(name, str) and pattern.fullmatch(name) else _NO_NAME


def _width(block: Block, column: Column) -> int:
    cells = [_cell(column.entry(row)) for row in block.rows]
    return 3 + max(len(head(block, column)), *map(len, cells))


def _rows(block: Block, panel: Panel) -> list[list[str]]:
    return [
        [rank_text(row), f"*{label(row)}*" if row.control else label(row)]
        + [_cell(column.entry(row)) for column in panel.columns]
        for row in block.rows
    ]


def _cell(entry: Entry | None) -> str:
    return f"**{cell_text(entry)}**" if entry is not None and entry.is_best else cell_text(entry)


def _table(heads: list[str], rows: list[list[str]]) -> str:
    lines = [heads, *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    sides = [str.ljust if name in _TEXTS else str.rjust for name in heads]
    padded = [[side(text, w) for side, text, w in zip(sides, line, widths, strict=True)] for line in lines]
    rule = ["-" * (w + 1) + ("-" if name in _TEXTS else ":") for name, w in zip(heads, widths, strict=True)]
    written = ["| " + " | ".join(line) + " |" for line in padded]
    return "\n".join([written[0], "|" + "|".join(rule) + "|", *written[1:]])


def _section(title: str, lines: Sequence[str]) -> list[str]:
    if not lines:
        return []
    return [f"## {title}", "\n".join(_item(line) for line in lines)]


def _item(line: str) -> str:
    return f"- {markdown_text(line)}"


def _code(text: str) -> str:
    return f"`{text}`"
