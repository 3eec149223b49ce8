"""What a name may be, and what messages say of one that is unknown."""

from __future__ import annotations

import pytest

from genbench.core.errors import PluginError
from genbench.core.names import check_name, nearest, parse_id


@pytest.mark.parametrize("name", ["a", "fid", "kid-2", "held-out", "a" * 64, "nan-gap", "mars-1", "may-be"])
def test_a_name_is_returned(name):
    assert check_name(name, "metric name") == name


@pytest.mark.parametrize("name", ["", "Fid", "2d", "-a", "a_b", "a b", "é", "a" * 65, "a\n", None, 3])
def test_what_is_no_name_is_refused_with_its_kind(name):
    with pytest.raises(PluginError, match=r"^metric name .* is not a name; expected \[a-z\]\[a-z0-9-\]\*"):
        check_name(name, "metric name")


@pytest.mark.parametrize("name", ["nan", "null", "na", "true", "inf", "infinity", "jan1", "dec-24", "sept2"])
def test_a_name_that_pandas_or_a_spreadsheet_would_misread_is_refused(name):
    with pytest.raises(PluginError, match="would be misread by spreadsheets or pandas"):
        check_name(name, "metric name")


def test_a_message_names_the_nearest_name():
    assert nearest("frechte", ["kid", "frechet", "fld"]) == "; did you mean 'frechet'?"


def test_a_message_lists_the_first_names_where_none_is_near():
    assert nearest("xyz", ["kid", "fid", "fid"]) == "; expected one of fid, kid"
    many = [f"name-{number:02}" for number in range(13)]
    listed = ", ".join(many[:12])
    assert nearest("xyz", many[:12]) == f"; expected one of {listed}"
    assert nearest("xyz", many) == f"; expected one of {listed}, …"
    assert nearest("xyz", []) == "; there is none"


def test_an_id_names_metric_and_extractor():
    assert parse_id("fid[digits-classifier]") == ("fid", "digits-classifier")
    assert parse_id("fid") == ("fid", "")
