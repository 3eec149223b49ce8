"""Boards as HTML tables, to put into a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genbench.board.formatting import cell_text, head, label, rank_text
from genbench.core.escaping import one_line

if TYPE_CHECKING:
    from genbench.board.blocks import Block
    from genbench.board.leaderboard import Board

__all__ = ["board_html"]

_TEMPLATE = """\
{% for title, heads, rows in tables %}
<table>
<caption>{{ title }}</caption>
<thead><tr><th scope="col">rank</th><th scope="col">generator</th>
{%- for head in heads %}<th scope="col">{{ head }}</th>{% endfor %}</tr></thead>
<tbody>
{% for rank, name, kind, cells in rows %}
<tr{% if kind %} class="{{ kind }}"{% endif %}><td>{{ rank }}</td><th scope="row">{{ name }}</th>
{%- for text, is_best in cells %}
<td>{% if is_best %}<strong>{{ text }}</strong>{% else %}{{ text }}{% endif %}</td>
{%- endfor %}</tr>
{% endfor %}
</tbody>
</table>
{% endfor %}
"""


def board_html(board: Board) -> str:
    """Return the tables of a board as HTML elements without style, all texts escaped."""
    from jinja2 import Environment

    tables = [_table(block) for dataset in board.datasets for block in board.blocks(dataset)]
    template = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(_TEMPLATE)
    return template.render(tables=tables)


def _table(block: Block) -> tuple[str, list[str], list[tuple[str, str, str, list[tuple[str, bool]]]]]:
    first = block.rows[0]
    title = f"{first.dataset}, seeds {' '.join(map(str, first.seeds))}, n {' '.join(map(str, first.n))}"
    entries = {row.generator: [column.entry(row) for column in block.columns] for row in block.rows}
    rows = [
        (
            rank_text(row),
            one_line(label(row)),
            "control" if row.control else "" if row.is_verifiable else "unverified",
            [(cell_text(entry), entry is not None and entry.is_best) for entry in entries[row.generator]],
        )
        for row in block.rows
    ]
    heads = [head(block, column) for column in block.columns]
    extractors = [column.metric.partition("[")[2].rstrip("]") for column in block.columns]
    named = [f"{top} ({own})" if own else top for top, own in zip(heads, extractors, strict=True)]
    return one_line(title), named, rows
