"""Boards as HTML tables, to put into a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genbench.core.escaping import one_line

if TYPE_CHECKING:
    from genbench.board.view import View

__all__ = ["board_html"]

_TEMPLATE = """\
{% for table in tables %}
<table>
<caption>{{ one_line(table.dataset ~ ", " ~ table.settings) }}</caption>
<thead><tr><th scope="col">rank</th><th scope="col">generator</th>
{%- for head in table.heads %}<th scope="col">{{ head.text }}{% if head.extractor %} ({{ head.extractor }}){% endif %}</th>{% endfor %}</tr></thead>
<tbody>
{% for row in table.rows %}
<tr{% if row.kind %} class="{{ row.kind }}"{% endif %}><td>{{ row.rank }}</td><th scope="row">{{ row.name }}</th>
{%- for head in table.heads %}
{% set cell = row.cells[head.id] %}
<td>{% if cell.entry and cell.entry.is_best %}<strong>{{ cell.plain }}</strong>{% else %}{{ cell.plain }}{% endif %}</td>
{%- endfor %}</tr>
{% endfor %}
</tbody>
</table>
{% endfor %}
"""  # noqa: E501 - white space would be in the output


def board_html(view: View) -> str:
    """Return the tables of a board as HTML elements without style, all texts escaped."""
    from jinja2 import Environment

    template = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(_TEMPLATE)
    return template.render(tables=view.tables, one_line=one_line)
