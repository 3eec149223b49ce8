"""A component and its options in one argument."""

from __future__ import annotations

import pytest

from genbench.core.errors import SuiteError
from genbench.suite.words import read_words


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
    ],
)
def test_values_are_toml_or_else_text(text, expected):
    assert read_words("--metric", text) == expected


@pytest.mark.parametrize("text", ["", "   ", "kid subset_size", "kid =100"])
def test_what_is_no_component_with_options_is_refused(text):
    with pytest.raises(SuiteError, match=r"^--metric: expected a name, .* 'kid subset_size=100'$"):
        read_words("--metric", text)
