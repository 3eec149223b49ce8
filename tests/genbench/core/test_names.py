"""What a name may be, and what messages say of one that is unknown."""

from __future__ import annotations

import pytest

from genbench.core.errors import PluginError
from genbench.core.names import (
    COLUMNS,
    check_metric_name,
    check_name,
    file_version,
    is_generator_id,
    is_metric_id,
    is_plugin_file_version,
    is_title,
    join_names,
    parse_id,
    suggest_names,
)

NAMES = (
    "a", "fid", "kid-2", "c-t", "wgan-gp", "inception-v3", "held-out", "a" * 64, "nan-gap", "mars-1",
    "may-be", "march", "infer",
)  # fmt: skip
NO_NAMES = ("", "FID", "Fid", "2d", "1e5", "-a", "a_b", "a b", "a.b", "=cmd()", "é", "a" * 65, "a\n", None, 3)
MISREAD = (
    "nan", "null", "none", "na", "true", "false", "inf", "infinity", "jan1", "mar-1", "dec-24", "sept2",
    "sep9", "june2020",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_returned(name):
    assert check_name(name, "metric name") == name


@pytest.mark.parametrize("name", NO_NAMES)
def test_what_is_no_name_is_refused_with_its_kind(name):
    with pytest.raises(PluginError, match=r"^metric name .* is not a name; expected \[a-z\]\[a-z0-9-\]\*"):
        check_name(name, "metric name")


@pytest.mark.parametrize("name", MISREAD)
def test_a_name_that_pandas_or_a_spreadsheet_would_misread_is_refused(name):
    with pytest.raises(PluginError, match="would be misread by spreadsheets or pandas"):
        check_name(name, "metric name")


def test_a_message_names_the_nearest_name():
    assert suggest_names("frechte", ["kid", "frechet", "fld"]) == "; did you mean 'frechet'?"


def test_a_name_of_the_same_letters_is_nearer_than_one_with_another_letter():
    assert suggest_names("fdi", ["fld", "fid", "ndi"]) == "; did you mean 'fid'?"
    assert suggest_names("abcdef", ["fedcba", "abcdeg"]) == "; did you mean 'abcdeg'?"


def test_case_does_not_count_and_initials_are_a_name():
    names = ["fid", "inception-score", "bias"]
    assert suggest_names("FID", names) == "; did you mean 'fid'?"
    assert suggest_names("IS", names) == "; did you mean 'inception-score'?"
    assert suggest_names("fid", ["FID", "fld"]) == "; did you mean 'FID'?"


def test_a_message_lists_the_first_names_where_none_is_near():
    assert suggest_names("xyz", ["kid", "fid", "fid"]) == "; expected one of fid, kid"
    many = [f"name-{number:02}" for number in range(6)]
    listed = ", ".join(many[:5])
    assert suggest_names("xyz", many[:5]) == f"; expected one of {listed}"
    assert suggest_names("xyz", many) == f"; expected one of {listed}, …"
    assert suggest_names("xyz", []) == "; there is none"


def test_an_id_names_metric_and_extractor():
    assert parse_id("fid[digits-classifier]") == ("fid", "digits-classifier")
    assert parse_id("fid") == ("fid", "")


@pytest.mark.parametrize("name", COLUMNS)
def test_a_metric_has_no_name_of_a_column(name):
    reason = f"^metric output '{name}' is a column of every board; choose another"
    with pytest.raises(PluginError, match=reason):
        check_metric_name(name, "metric output")
    assert not is_metric_id(name)
    assert is_generator_id(name)


@pytest.mark.parametrize("text", ["fid", "fid[digits-classifier]", "ranks", "rank[pixels]", "a" * 64])
def test_an_id_of_a_metric_is_a_name_with_or_without_an_extractor(text):
    assert is_metric_id(text)


@pytest.mark.parametrize(
    "text",
    ["", "fid:low", "rank:low", "rank:high", "fid[]", "fid[a", "fid]", "[a]", "fid[a][b]", "fid[nan]",
     "fid[a:b]", "Fid", "fid\n", "a" * 65, None, 3],
)  # fmt: skip
def test_what_no_suite_could_name_is_no_id_of_a_metric(text):
    assert not is_metric_id(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("vae", True), ("vae@run-2", True), ("vae@2024", True), ("vae@", False), ("vae@a@b", False),
     ("@run", False), ("vae@<b>", False), ("vae@" + "a" * 81, False), ("nan", False), (None, False)],
)  # fmt: skip
def test_an_id_of_a_generator_is_a_name_with_or_without_a_run(text, expected):
    assert is_generator_id(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("mine", True), ("a and b-2", True), ("and and and", True), ("", False), ("<script>", False),
     ("a  and b", False), ("a\nb", False), (None, False)],
)  # fmt: skip
def test_a_title_names_a_suite_or_runs(text, expected):
    assert is_title(text) == expected


def test_the_version_of_a_plugin_file_is_that_of_no_distribution():
    assert file_version("4104237f" * 8) == "0+4104237f"
    assert is_plugin_file_version("0+4104237f")
    assert not is_plugin_file_version("0.1.0")


def test_names_are_listed_in_words():
    assert [join_names("abc"[:k]) for k in range(1, 4)] == ["a", "a and b", "a, b and c"]
    assert join_names("abcdef") == "a, b, c and 3 more"
