from __future__ import annotations

import pytest
from genbench_table.datasets.forms import DATE, INTEGER, NUMBER, are_plain_numbers, form_of, form_of_value


@pytest.mark.parametrize(
    ("texts", "form"),
    [
        (("0", "-1", "12", " 7 ", "123456789012345678"), "integer"),
        (("0.5", "-.5", "1.", "1e9", "2.5E-3", "-0.0"), "number"),
        (("true", "False", "TRUE"), "boolean"),
        (("2024-05-31", "2024-05-31 12:30", "2024-05-31T12:30:00.123Z", "2024-05-31T12:30:00+02:00"), "date"),
        (("007", "+5", "00.5", "1234567890123456789", "1 000", "0x1f", "1_000", "2024", ) [:7], "text"),
        (("1\u0663", "\u0663.5", "2024-05-3\u0661"), "text"),
        (("yes", "a", "2024-05", "31.05.2024", "12:30", "1,234.5"), "text"),
        (("None", "null", "?", "-", "inf", "N/A"), "word"),
        (("1,5", "-12,50"), "comma"),
    ],
)  # fmt: skip
def test_a_text_has_the_form_that_it_shows(texts, form):
    assert {text: form_of(text) for text in texts} == dict.fromkeys(texts, form)


@pytest.mark.parametrize(
    ("value", "form"),
    [(True, "boolean"), (1, "integer"), (1.0, "number"), ("1", "text"), ("2024-05-31", "date"), ("", "text")],
)
def test_a_value_of_a_file_with_types_has_the_form_of_its_type(value, form):
    assert form_of_value(value) == form


def test_what_a_stated_column_may_hold_is_more_than_what_is_inferred():
    assert all(NUMBER.fullmatch(text) for text in ("007.5", "+1", "1e5"))
    assert all(INTEGER.fullmatch(text) for text in ("007", "+1", "3.0"))
    assert not any(
        pattern.fullmatch(text) for pattern in (NUMBER, INTEGER, DATE) for text in ("", "nan", "inf", "1_0")
    )


def test_numbers_are_told_all_at_once_as_they_are_one_by_one():
    texts = ["0", "-1", "12", "0.5", "-.5", "1.", "1e9", "-0.0", "007", "+5", "1,5", "x", "", "nan", "1_0",
             " 7", "1\n2", "1234567890123456789", "\u0663"]  # fmt: skip
    for forms in ({"integer"}, {"number"}, {"integer", "number"}):
        for text in texts:
            is_one = form_of(text) in forms and text == text.strip()
            assert are_plain_numbers(["1.5" if "number" in forms else "1", text], forms) == is_one, (
                text,
                forms,
            )
    assert not are_plain_numbers(["1", None], {"integer"})
    assert not are_plain_numbers(["1"], {"integer", "date"})
