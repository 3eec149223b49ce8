"""A component and its options in one argument."""

from __future__ import annotations

import pytest

from genbench.core.errors import SuiteError
from genbench.suite.file import read_words, write_words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("kid", ("kid", {})),
        ("  kid   subset_size=100 ", ("kid", {"subset_size": 100})),
        (
            "samples path=out/a.npz scale=0.5 cut=true",
            ("samples", {"path": "out/a.npz", "scale": 0.5, "cut": True}),
        ),
        ("weat sets=['a','b']", ("weat", {"sets": ["a", "b"]})),
        ("ask url=http://x/?a=b", ("ask", {"url": "http://x/?a=b"})),
        ("kid name=", ("kid", {"name": ""})),
        ('ask  x=1 text="Is it  so?" y=2', ("ask", {"x": 1, "text": "Is it  so?", "y": 2})),
        ("ask text='Is \"it\" so?'", ("ask", {"text": 'Is "it" so?'})),
        ('ask "text=Is it so?" x=1', ("ask", {"text": "Is it so?", "x": 1})),
        (r'ask text="one \d or \"two\""', ("ask", {"text": r'one \d or "two"'})),
        ("ask sets=['a b',\"c d\"]", ("ask", {"sets": ["a b", "c d"]})),
        ("ask text=it's", ("ask", {"text": "it's"})),
        ("ask text=''", ("ask", {"text": ""})),
    ],
)
def test_values_are_toml_or_else_text(text, expected):
    assert read_words("--metric", text) == expected


@pytest.mark.parametrize("text", ["", "   ", "kid subset_size", "kid =100", 'kid a="b c'])
def test_what_is_no_component_with_options_is_refused(text):
    with pytest.raises(SuiteError, match=r"^--metric: expected a name, .* 'kid subset_size=100'$"):
        read_words("--metric", text)


@pytest.mark.parametrize(
    "value",
    [3, 0.5, True, "3", "true", "out/a.npz", "Is it so?", "it's", 'a "b" \\d', "", ["a b", "c"], "ü ß"],
)
def test_written_options_are_read_as_they_were(value):
    assert read_words("--generator", write_words({"use": "kid", "of": value})) == ("kid", {"of": value})
