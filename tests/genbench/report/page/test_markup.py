"""Escaping for pages."""

from __future__ import annotations

import json

import pytest

from genbench.report.page.markup import (
    data_url,
    open_templates,
    policy,
    script_json,
    script_text,
    template_text,
)


def printed(text, shown="text"):
    return open_templates().from_string(f"<p title='{{{{ text }}}}'>{{{{ {shown} }}}}</p>").render(text=text)


def test_a_text_can_neither_end_an_attribute_nor_open_an_element(hostile, markup):
    for text in hostile:
        found = markup(printed(text))
        assert [element["tag"] for element in found.elements] == ["p"]
        assert set(found.elements[0]) == {"tag", "text", "title"}


def test_text_that_a_reader_can_see_is_shown_as_it_is(markup):
    for text in ("a < b & c > d", "«ü» 5 ± 3 ★", 'say "no"', "two\nlines"):
        assert markup(printed(text)).elements[0]["text"] == text


def test_a_line_may_break_after_an_at_sign_and_not_before_a_unit(hostile, markup):
    assert printed("<b>@x", "text|breaks").endswith(">&lt;b&gt;@<wbr>x</p>")
    assert printed("<b> from 25 % or 0.7 px", "text|units").endswith(
        ">&lt;b&gt; from 25&nbsp;% or 0.7&nbsp;px</p>"
    )
    for text in hostile:
        for shown in ("text|breaks", "text|units"):
            found = markup(printed(text, shown))
            assert {element["tag"] for element in found.elements} <= {"p", "wbr"}
            assert "\u202e" not in found.elements[0]["text"]


def test_characters_that_a_reader_cannot_see_are_shown_as_escapes(markup):
    assert markup(printed("a\u202eb\x1b[2Jc\ud800")).elements[0]["text"] == "a\\u202eb\\x1b[2Jc\\ud800"


def test_markup_of_genbench_is_printed_as_it_is():
    assert printed(script_json("\u202e")) == '<p title=\'"\u202e"\'>"\u202e"</p>'


def test_json_for_a_script_has_no_character_of_markup_and_reads_back(hostile):
    value = {text: [text, 1.5, None, True] for text in hostile}
    text = str(script_json(value))
    assert not set(text) & set("<>&\u2028\u2029")
    assert json.loads(text) == value


def test_json_for_a_script_is_the_same_in_any_order_of_names():
    assert script_json({"b": 1, "a": 2}) == script_json({"a": 2, "b": 1}) == '{"a":2,"b":1}'


def test_json_for_a_script_has_no_number_that_json_lacks():
    with pytest.raises(ValueError, match="JSON"):
        script_json([float("nan")])


@pytest.mark.parametrize("code", ["a = '</script>'", "a = '</SCRIPT '", "<!-- a"])
def test_code_that_would_end_its_element_is_refused(code):
    with pytest.raises(ValueError, match="script"):
        script_text(code)


def test_code_is_printed_as_it_is():
    assert str(script_text("if (a < b && c) { d('e') }")) == "if (a < b && c) { d('e') }"


def test_a_data_url_holds_the_content():
    assert data_url("image/png", b"\x00\xff") == "data:image/png;base64,AP8="


def test_the_policy_allows_these_scripts_and_styles_and_nothing_else(source_of):
    rules = dict(rule.split(" ", 1) for rule in policy(["a()", "b()"], ["c {}"]).split("; "))
    assert rules == {
        "default-src": "'none'",
        "img-src": "data:",
        "media-src": "data:",
        "script-src": f"{source_of('a()')} {source_of('b()')}",
        "style-src": source_of("c {}"),
        "base-uri": "'none'",
        "form-action": "'none'",
    }


def test_the_policy_of_a_page_without_scripts_allows_none():
    assert "script-src 'none'; style-src 'none'" in policy([], [])


def test_the_script_and_the_style_of_pages_are_package_data_in_lf_lines():
    for name in ("page.css", "names.js", "page.js"):
        assert template_text(name).endswith("\n")
        assert "\r" not in template_text(name)


@pytest.mark.parametrize("script", ["names.js", "page.js"])
def test_the_scripts_of_pages_are_short_and_build_no_markup_from_texts(script):
    code = template_text(script)
    assert len(code.splitlines()) < 400
    for name in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function("):
        assert name not in code
