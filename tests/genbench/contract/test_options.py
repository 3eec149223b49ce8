"""Annotations of options, and what is read under them."""

from __future__ import annotations

import datetime as dt
from enum import Enum
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal

import pytest
from annotated_types import Ge, Gt, Interval, Len, Lt
from pydantic import Field

from genbench.contract.assets import Asset
from genbench.contract.options import (
    Unsigned,
    Variable,
    describe_patterns,
    find_assets,
    has_mark,
    is_path,
    list_bounds,
    mentions_path,
    plain_value,
    read_python_value,
    read_value,
    resolve_annotation,
    type_name,
    value_text,
)
from genbench.contract.signature import Option

WEIGHTS = Asset(name="weights", url="https://x.org/w.pt", sha256="0" * 64, size_bytes=9, licence="MIT")


class Prior(Enum):
    FLOW = "flow"
    DEPTHS = (1, 2)


@pytest.mark.parametrize(
    ("annotation", "name", "words"),
    [
        (int, "int", []),
        (Annotated[int, Ge(1)], "int", [">= 1"]),
        (Annotated[float, Gt(0), Lt(1)], "float", ["> 0", "< 1"]),
        (Annotated[float, Interval(ge=0, le=1)], "float", [">= 0", "<= 1"]),
        (Annotated[int, Field(ge=2, multiple_of=2)], "int", [">= 2", "a multiple of 2"]),
        (Annotated[int, Ge(1)] | None, "int | None", [">= 1"]),
        (tuple[Annotated[int, Ge(1)], ...], "tuple[int, ...]", [">= 1"]),
        (Annotated[tuple[str, ...], Len(1)], "tuple[str, ...]", ["at least 1 long"]),
        (Literal["a", "b"], "'a' | 'b'", []),
        (Path | None, "Path | None", []),
        (dict[str, float], "dict[str, float]", []),
        (Any, "Any", []),
    ],
)
def test_an_annotation_is_put_as_one_writes_it_and_its_bounds_in_words(annotation, name, words):
    assert type_name(annotation) == name
    assert list_bounds(annotation) == words
    assert describe_patterns(annotation) == []


def test_texts_that_have_to_match_a_pattern_are_found_wherever_they_stand():
    name = Annotated[str, Field(pattern="^[a-z]+$", description="a name")]
    assert describe_patterns(name) == ["a name"]
    assert describe_patterns(Annotated[name | None, Unsigned]) == ["a name"]
    assert describe_patterns(tuple[Annotated[str, Field(pattern="x")], ...]) == [""]


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        (Path, True),
        (Path | None, True),
        (Annotated[Path | None, "note"], True),
        (str, False),
        (int | None, False),
    ],
)
def test_a_path_option_is_known_by_its_annotation(annotation, expected):
    assert is_path(annotation) is expected
    assert Option("x", annotation).is_path is expected


@pytest.mark.parametrize(
    ("annotation", "value", "expected"),
    [
        (tuple[int, ...], [1, 2], (1, 2)),
        (tuple[tuple[str, int], ...], [["a", 1]], (("a", 1),)),
        (float, 3, 3.0),
        (Path, "a/b", Path("a/b")),
        (Path, Path("a/b"), Path("a/b")),
        (Path | None, None, None),
        (dict[str, float], {"x": 1}, {"x": 1.0}),
        (Prior, "flow", Prior.FLOW),
    ],
)
def test_a_value_is_read_as_its_annotation_says(annotation, value, expected):
    found = read_value(annotation, value)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("annotation", "value", "message"),
    [
        (int, "1", "^expected a valid integer$"),
        (int, True, "^expected a valid integer$"),
        (str, 1, "^expected a valid string$"),
        (Annotated[int, Ge(1)], 0, "^expected a number greater than or equal to 1$"),
        (Annotated[float, Lt(1)], 1.0, "^expected a number less than 1$"),
        (tuple[int, ...], [1, "2", 3, "4"], r"^expected a valid integer at \[1\] or .* at \[3\]$"),
        (int | bool, "x", "^expected a valid integer or expected a valid boolean$"),
        (int | None, "x", "^expected a valid integer$"),
        (int | Annotated[int, Ge(1)], "x", "^expected a valid integer$"),
        (float, float("nan"), "^expected finite numbers$"),
        (str, dt.date(2020, 1, 1), "^expected a number, text, boolean, list or table$"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_what_was_expected(annotation, value, message):
    with pytest.raises(ValueError, match=message):
        read_value(annotation, value)


def test_a_python_value_is_taken_as_it_is_and_not_converted():
    assert read_python_value(tuple[int, ...], (1, 2)) == (1, 2)
    assert read_python_value(Path, Path("x")) == Path("x")
    for annotation, value in ((tuple[int, ...], [1, 2]), (Path, "x"), (Annotated[int, Ge(1)], 0)):
        with pytest.raises(ValueError, match=r"^(expected|Input should be) "):
            read_python_value(annotation, value)


class Opaque:
    """A type that JSON cannot hold."""


def test_an_annotation_that_json_cannot_fill_is_a_type_error():
    for read in (read_value, read_python_value):
        with pytest.raises(
            TypeError, match=r"^JSON cannot hold a value of the type .*Opaque.*; expected a bool, int, "
        ):
            read(Opaque | None, None)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),
        (Prior.FLOW, "flow"),
        (Prior.DEPTHS, [1, 2]),
        ((1, [2.5, "x"]), [1, [2.5, "x"]]),
        ({"a": (1, None)}, {"a": [1, None]}),
    ],
)
def test_a_value_has_a_plain_form(value, expected):
    found = plain_value(value)
    assert found == expected
    assert type(found) is type(expected)


def test_a_value_without_a_plain_form_is_refused():
    for value in (float("nan"), float("-inf"), [float("inf")]):
        with pytest.raises(ValueError, match="is not finite"):
            plain_value(value)
    for value, kind in ((Path("x"), "PosixPath"), ({1: 2}, "dict"), ({"a": {3}}, "set")):
        with pytest.raises(TypeError, match=f"^a {kind} has no JSON form; expected a bool, int, "):
            plain_value(value)


def test_a_path_is_mentioned_at_any_depth():
    assert all(map(mentions_path, (Path, PurePosixPath, tuple[Path, ...], dict[str, Path | None])))
    assert not any(map(mentions_path, (str, tuple[int, ...], Literal["Path"])))


def test_assets_are_found_at_any_depth():
    other = Asset(name="vocab", url="https://x.org/v.txt", sha256="1" * 64, size_bytes=9, licence="MIT")
    assert find_assets(Path) == []
    assert find_assets(Annotated[Path | None, WEIGHTS]) == [WEIGHTS]
    assert find_assets(tuple[Annotated[Path, WEIGHTS], Annotated[Path, other]]) == [WEIGHTS, other]


@pytest.mark.parametrize(("mark", "other"), [(Unsigned, Variable), (Variable, Unsigned)])
def test_a_mark_is_a_class_or_an_instance_on_the_whole_annotation(mark, other):
    for marked in (Annotated[str, mark], Annotated[str, mark()], Annotated[str, Ge(1), mark]):
        assert has_mark(marked, mark)
        assert not has_mark(marked, other)
    assert not has_mark(str, mark)
    assert not has_mark(Annotated[str, "note"], mark)
    assert not has_mark(tuple[Annotated[str, mark], ...], mark)
    assert not has_mark(dict[str, mark], mark)


def test_an_unsigned_option_says_so_among_its_bounds():
    assert list_bounds(Annotated[int, Ge(1), Unsigned]) == [">= 1", "in no signature"]


def test_an_annotation_is_resolved_in_the_functions_own_module_whatever_the_others_are():
    def make(*, path: Path, other: Nowhere): ...  # noqa: F821 - a name that does not exist

    class Callable:
        def __call__(self, *, path: Path): ...

    for target in (make, Callable()):
        assert resolve_annotation("Path | None", target) == Path | None
    with pytest.raises(NameError):
        resolve_annotation("Nowhere", make)


def test_a_refused_value_is_shown_short_unless_it_may_be_a_secret():
    assert value_text(int, "x" * 200) == ", got '" + "x" * 79


def test_a_message_says_how_one_value_is_written_as_a_list():
    assert value_text(tuple[str, ...], "fallnr") == """, got 'fallnr'; write ["fallnr"]"""
    assert value_text(tuple[Path, ...], Path("a.csv")).endswith('; write ["a.csv"]')
    assert value_text(tuple[int, ...], 3) == ", got 3; write [3]"
    assert value_text(tuple[int, ...], "three") == ", got 'three'"
    assert value_text(tuple[int, ...], ["three"]) == ", got ['three']"
    assert "write" not in value_text(tuple[str, ...], "x" * 200)
    address = Annotated[str, Field(pattern="^https://", description="an address")]
    assert value_text(address, "hunter2") == "; an address; the value is not shown, it may be a secret"
    assert (
        value_text(Annotated[str, Field(pattern="x")], "y") == "; the value is not shown, it may be a secret"
    )
