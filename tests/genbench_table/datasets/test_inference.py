from __future__ import annotations

import pytest
from genbench_table.datasets.delimited import open_delimited
from genbench_table.datasets.json_rows import JsonRows

from genbench import DataError


def kinds(*texts, known=()):
    content = "\n".join(["a", *(f'"{text}"' for text in texts)]).encode()
    rows = open_delimited(content, "t.csv", encoding="utf-8", delimiter=",", missing=("", "NA"))
    return rows.kinds(known)["a"]


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (("1", "2"), "integer"),
        (("1", "", "NA"), "integer"),
        (("1", "2.5"), "number"),
        (("true", "FALSE"), "boolean"),
        (("true", "1"), "category"),
        (("2024-05-31", "2024-05-31T10:00"), "date"),
        (("2024-05-31", "soon"), "category"),
        (("1", "2024-05-31"), "category"),
        (("01", "2"), "category"),
        (("a", "1", "None"), "category"),
        (("None", "None"), "category"),
        (("a", "None"), "category"),
        (("1,5", "a"), "category"),
        (("", "NA"), None),
    ],
)
def test_a_column_has_the_narrowest_kind_that_holds_all_its_cells(texts, kind):
    assert kinds(*texts) == kind


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (
            ("1", "None"),
            r"^t\.csv, line 3: column 'a' holds 'None'; if it means a gap among integers, add it to ",
        ),
        (("2024-05-31", "?"), r"line 3: column 'a' holds '\?'; if it means a gap among dates"),
        (("unknown", "true"), r"line 2: column 'a' holds 'unknown'; if it means a gap among truth values"),
        (("1", "inf"), "'inf'"),
        (
            ("1,5", "2"),
            r"line 2: column 'a' holds '1,5'; write numbers with a point, or state the kind of the ",
        ),
    ],
)
def test_a_column_whose_kind_a_few_words_decide_is_refused(texts, message):
    with pytest.raises(DataError, match=message):
        kinds(*texts)
    assert kinds(*texts, known=("a",)) is None


def test_a_column_of_a_file_with_types_holds_values_of_one_family():
    mixed = JsonRows(b'{"a": 1}\n{"a": true}\n', "t.jsonl")
    reason = r"^t\.jsonl, line 2: column 'a' holds True, and 1 in line 1; expected"
    with pytest.raises(DataError, match=reason):
        mixed.kinds(())
    assert JsonRows(b'{"a": 1}\n{"a": 2.5}\n', "t.jsonl").kinds(()) == {"a": "number"}
    assert JsonRows(b'{"a": "2024-01-01"}\n{"a": "x"}\n', "t.jsonl").kinds(()) == {"a": "category"}


def test_the_line_of_a_message_is_the_first_one_of_its_kind():
    texts = ["1", *(f"{number},5" for number in range(200))]
    with pytest.raises(DataError, match=r"line 3: column 'a' holds '0,5'"):
        kinds(*texts)
