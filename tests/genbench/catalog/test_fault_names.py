"""Faults by their names in `expects`."""

from __future__ import annotations

import pytest

from genbench.catalog.catalog import find_declaration, find_fault, suggest_fault

KNOWN = ("noise", "blur", "loops", "walks-of-cats:stops", "d:noise")


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("noise", ("d:noise", "")),
        ("blur[pixels]", ("blur", "[pixels]")),
        ("genbench:noise", ("noise", "")),
        ("walks-of-cats:stops", ("walks-of-cats:stops", "")),
        ("stops", (None, "")),
        ("nose[pixels]", (None, "[pixels]")),
        ("noise[]", (None, "")),
    ],
)
def test_a_key_means_a_fault_of_the_own_distribution_or_of_genbench(key, expected):
    assert find_fault(key, KNOWN, "d") == expected


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("stops", "walks-of-cats:stops"),
        ("walks:stops", "walks-of-cats:stops"),
        ("walks-of-cats:stop", "walks-of-cats:stops"),
        ("stop", "walks-of-cats:stops"),
        ("other:nois", "noise"),
        ("d:nois", "d:noise"),
        ("nose[digits-classifier]", "noise"),
        ("blur[]", "blur"),
    ],
)
def test_an_unknown_fault_gets_the_nearest_of_any_distribution(key, meant):
    known = KNOWN if key != "stop" else KNOWN[:2] + KNOWN[3:]
    assert suggest_fault(key, known) == f"; did you mean {meant!r}?"


def test_a_fault_like_no_other_gets_a_list():
    assert suggest_fault("zzz[x]", ["noise", "blur"]) == "; expected one of blur, noise"


def test_what_is_declared_with_an_extractor_goes_first():
    declared = {"noise": 1, "noise[pixels]": 2}
    assert find_declaration(declared, "noise", "pixels") == 2
    assert find_declaration(declared, "noise", None) == 1
    assert find_declaration(declared, "blur", None) is None
