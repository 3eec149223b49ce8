"""The host names no modality, component or control: plugins declare them, and specs say the defaults."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import genbench
from genbench.catalog.catalog import load_catalog

ROOT = Path(genbench.__file__).parent
WORD = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")

#: Words of the host that are names of components too, with what they mean there.
EXCEPTIONS = {
    "samples": "what a metric takes, a kind of artefact, and a folder of a run",
    "table": "the element of HTML, and an argument of arena rate",
    "text": "a format of output, a key of a file of texts, and an element of SVG",
    "image": "a mark of Vega-Lite, which draws pictures",
    "given": "the parameters that the host injects",
    "noise": "a method of modalities, a check, and the fault that a check of metrics looks up in `expects`",
    "held-out": "an adjective, of data and samples",
    "genbench:local": "the executor of a run that names none",
    "kid": "an example of a metric with an option, in --help and one message",
    "digits": "an example of a split, in --help",
    "repeats": "an option of genbench battery",
    "marginals": "a kind of chart",
    "preference": "an aspect",
    "privacy": "an aspect",
    "validity": "an aspect",
}


@pytest.fixture(scope="module")
def names():
    """Return the names of genbench's own components, and of its metrics' outputs."""
    return {name for component in load_catalog(only=["genbench"]).components for name in component.names}


@pytest.fixture(scope="module")
def texts():
    """Return the strings of each module of the host, by its path."""
    parsed = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(ROOT.rglob("*.py"))}
    return {path.relative_to(ROOT).as_posix(): strings(tree) for path, tree in parsed.items()}


def strings(tree):
    """Return the strings in a module's code; without docstrings, public names and examples of commands."""
    left_out = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            left_out.add(id(body[0].value))
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            left_out |= {id(item) for item in ast.walk(node)}
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "command":
            left_out |= {id(item) for item in node.args}
        if isinstance(node, ast.keyword) and node.arg == "examples":
            left_out |= {id(item) for item in ast.walk(node)}
    constants = [
        node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in left_out
    ]
    return [node.value for node in constants if isinstance(node.value, str)]


def named_in(text, names):
    """Return the names that a string holds: as a whole, with a dash or distribution, an option or a split."""
    found = {word for word in WORD.findall(text) if word in names}
    whole = {word for word in found if text == word or "-" in word}
    whole |= {f"genbench:{word}" for word in found if f"genbench:{word}" in text}
    used = {word for word in found if re.search(rf"\b{word}(?:\.(?:test|train|held_out)\b| \w+=)", text)}
    return whole | used


def test_no_string_of_the_host_names_a_modality_a_component_or_a_control(names, texts):
    found = {}
    for path, its_texts in texts.items():
        for text in its_texts:
            for name in named_in(text, names):
                found.setdefault(name, set()).add(path)
    assert {name: files for name, files in found.items() if name not in EXCEPTIONS} == {}
    assert set(found) == set(EXCEPTIONS)  # no exception outlives its string


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("image", {"image"}),
        ("an image", set()),
        ("train-copies of it", {"train-copies"}),
        ("such as genbench:fid", {"genbench:fid"}),
        ("'kid subset_size=100'", {"kid"}),
        ("digits.test", {"digits"}),
    ],
)
def test_a_name_is_found_wherever_it_is_used_as_one(text, expected, names):
    assert named_in(text, names) == expected
