"""Each message on the page of troubleshooting is one that the code writes."""

from __future__ import annotations

import ast
import re

import pytest

PAGE = "docs/troubleshooting.md"


@pytest.fixture(scope="module")
def literals(root):
    """Return the texts in the code that are no docstrings; a value in an f-string is `…`."""
    texts = []
    for path in (path for folder in ("genbench", "plugins") for path in (root / folder).rglob("*.py")):
        texts += list_texts(ast.parse(path.read_text(encoding="utf-8")))
    return "\n".join(texts)


def list_texts(tree):
    texts = []
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            texts.append(
                "".join(part.value if isinstance(part, ast.Constant) else "…" for part in node.values)
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and "\n" not in node.value:
            texts.append(node.value)
    return texts


@pytest.mark.parametrize(
    ("code", "text"),
    [('raise Error(f"no {kind} named " f"{name!r}")', "no … named …"), ('"""Doc\nstring."""', "")],
)
def test_the_texts_of_code_have_values_as_an_ellipsis(code, text):
    assert (list_texts(ast.parse(code)) or [""])[0] == text


def test_each_message_is_one_that_the_code_writes(literals, root):
    text = (root / PAGE).read_text(encoding="utf-8")
    messages = re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)
    assert len(messages) >= 25
    missing = []
    for message in messages:
        pieces = [re.escape(piece.strip()) for piece in message.split("…")]
        if not re.search(r"[^\n]*".join(pieces), literals):
            missing.append(message)
    assert missing == []
