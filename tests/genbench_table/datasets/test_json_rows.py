from __future__ import annotations

import pytest

from genbench import DataError


def test_an_object_is_a_row_and_what_it_lacks_is_a_gap(frame):
    found = frame("t.jsonl", '{"a": 1, "b": "NA"}\n{"c": true, "a": NaN}\n{"b": null, "d": "2024-05-31"}\n')
    assert {name: str(dtype) for name, dtype in found.dtypes.items()} == {
        "a": "Int64", "b": "object", "c": "boolean", "d": "datetime64[ns]",
    }  # fmt: skip
    assert found["b"].tolist() == ["NA", None, None]
    assert found.isna().sum().to_dict() == {"a": 2, "b": 2, "c": 2, "d": 2}


def test_texts_that_look_like_numbers_stay_texts(frame):
    assert frame("t.ndjson", '{"zip": "04109"}\n{"zip": "10115"}\n')["zip"].tolist() == ["04109", "10115"]


def test_a_key_for_each_line_is_refused_before_it_fills_the_memory(frame):
    content = "".join(f'{{"k{number}": 1}}\n' for number in range(20_000))
    with pytest.raises(DataError, match=r"^t\.jsonl has 20,000 keys in 20,000 lines; expected few different"):
        frame("t.jsonl", content)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"^t\.jsonl has no rows with columns; expected at least one$"),
        (b"{}\n", r"^t\.jsonl has no rows with columns"),
        (b'{"a": 1}\nx\n', r"^t\.jsonl, line 2 is not JSON: .*; expected an object a line$"),
        (b'{"a": 1}\n\n', r"^t\.jsonl, line 2 is not JSON"),
        (b'{"a": 1}\n[1]\n', r"^t\.jsonl, line 2 holds a list; expected an object$"),
        (
            b'{"a": {"b": 1}}\n',
            r"^t\.jsonl, line 1: column 'a' holds a dict; expected a number, a text, true, false",
        ),
        (b'{"a": 1, "a": 2}\n', r"^t\.jsonl, line 1 is not JSON: an object has a key twice"),
        (b'{"a": -Infinity}\n', r"^t\.jsonl, line 1 is not JSON: -Infinity is no value of a table"),
        (b'{"a": 1e999}\n', r"^t\.jsonl, line 1: column 'a' holds inf; expected a finite number"),
        (b'{"\\ud800": 1}\n', r"^t\.jsonl, line 1 is not JSON"),
        (b"[" * 100_000, r"^t\.jsonl, line 1 is not JSON"),
        (b'{"a": "\xff"}\n', r"^t\.jsonl, line 1 is not JSON"),
    ],
)
def test_what_is_no_object_of_plain_values_is_refused_in_one_line(frame, content, message):
    with pytest.raises(DataError, match=message) as caught:
        frame("t.jsonl", content)
    assert "\n" not in str(caught.value)
