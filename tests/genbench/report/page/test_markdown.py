"""Markdown on a page."""

from __future__ import annotations

import pytest

from genbench.report.page.document import render_markdown


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a *b* **c** ~~d~~", "<p>a <em>b</em> <strong>c</strong> <s>d</s></p>\n"),
        ("a\nb  \nc", "<p>a\nb<br>\nc</p>\n"),
        ("- a\n- b\n  - c", "<ul><li>a</li>\n<li>b<ul><li>c</li>\n</ul>\n</li>\n</ul>\n"),
        ("1. a\n\n2. b", "<ol><li><p>a</p>\n</li>\n<li><p>b</p>\n</li>\n</ol>\n"),
        ("> a", "<blockquote><p>a</p>\n</blockquote>\n"),
        ("`a<b`", "<p><code>a&lt;b</code></p>\n"),
        ("***", "<hr>"),
        ("###### a", "<h6>a</h6>\n"),
    ],
)
def test_text_is_formatted(text, html):
    assert render_markdown(text) == html


def test_code_and_tables_can_be_scrolled_with_the_keyboard():
    code = render_markdown("```console\n$ genbench run <suite>\n```")
    assert code == '<pre role="region" tabindex="0" aria-label="Code">$ genbench run &lt;suite&gt;\n</pre>\n'
    table = render_markdown("| a |\n| --- |\n| *b* |")
    assert table.startswith('<div class="scroll" role="region" tabindex="0" aria-label="Table"><table>')
    assert "<td><em>b</em></td>\n" in table
    assert table.endswith("</table></div>\n")


def test_the_address_of_a_link_to_the_web_is_a_text():
    assert render_markdown("[*a*](https://x.org/?a=1&b)") == "<p><em>a</em> (https://x.org/?a=1&amp;b)</p>\n"
    assert render_markdown("[page](leaderboard.html)") == "<p>page</p>\n"


def test_html_pictures_and_addresses_that_run_code_have_no_effect():
    text = "<script>x()</script>\n\n![a<b](https://x.org/y.png) <img src=x onerror=x()> [c](javascript:x())"
    html = render_markdown(text)
    assert "&lt;script&gt;x()&lt;/script&gt;" in html
    assert "a&lt;b" in html
    assert "&lt;img src=x onerror=x()&gt;" in html
    assert not any(f"<{tag}" in html for tag in ("script", "img", "a"))
