"""Boards as HTML tables, to put into a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genbench.core.escaping import one_line

if TYPE_CHECKING:
    from genbench.board.view import View

__all__ = ["board_html"]

_TEMPLATE = """\
{% for table in tables %}
{% if table.verdict %}
<p>{{ one_line(table.verdict) }}</p>
{% endif %}
<table>
<caption>{{ one_line(table.dataset ~ ", " ~ table.settings) }}</caption>
{% set columns = table.columns_by_aspect %}
{% if table.has_aspects %}
<colgroup span="2"></colgroup>{% for aspect in columns|map(attribute=0)|unique %}<colgroup span="{{ columns|selectattr(0, "equalto", aspect)|list|length }}"></colgroup>{% endfor %}
<thead><tr><td colspan="2"></td>{% for aspect in columns|map(attribute=0)|unique %}<th scope="colgroup" colspan="{{ columns|selectattr(0, "equalto", aspect)|list|length }}">{{ aspect }}</th>{% endfor %}</tr>
{% else %}
<thead>
{%- endif %}
<tr><th scope="col">rank</th><th scope="col">generator</th>
{%- for _, head in columns %}<th scope="col">{% if head %}{{ head.text }}{% if head.extractor %} ({{ head.extractor }}){% endif %}{% else %}rank{% endif %}</th>{% endfor %}</tr></thead>
<tbody>
{% for row in table.rows %}
<tr{% if row.kind %} class="{{ row.kind }}"{% endif %}><td>{{ row.rank }}</td><th scope="row">{{ row.name }}</th>
{%- for aspect, head in columns %}
{% set cell = row.cells[head.id] if head %}
{% set text = cell.plain if cell else row.ranks[aspect] %}
<td>{% if cell and cell.is_best %}<strong>{{ text }}</strong>{% else %}{{ text }}{% endif %}</td>
{%- endfor %}</tr>
{% endfor %}
</tbody>
</table>
{% for line in table.unranked %}
<p>{{ one_line(line) }}.</p>
{% endfor %}
{% endfor %}
{% for line in warnings %}
<p>Warning: {{ one_line(line) }}.</p>
{% endfor %}
"""  # noqa: E501 - white space would be in the output


def board_html(view: View) -> str:
    """Return the tables of a board as HTML elements without style, all texts escaped.

    Above a table is its verdict, below it why generators in it are not ranked, and last the warnings.
    """
    from jinja2 import Environment

    template = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(_TEMPLATE)
    return template.render(tables=view.tables, warnings=view.list_warnings(), one_line=one_line)
