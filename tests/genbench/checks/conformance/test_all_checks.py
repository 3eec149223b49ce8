"""The table of all checks."""

from __future__ import annotations

import pytest

from genbench.checks.conformance.all_checks import CHECKS
from genbench.contract.hookspecs import HOOKS
from genbench.core.names import check_name


@pytest.mark.parametrize("kind", CHECKS)
def test_each_check_has_a_name_of_its_own_and_says_what_it_expects(kind):
    names = [check_name(check.name, "check") for check in CHECKS[kind]]
    assert len(set(names)) == len(names)
    assert all(check.expected and not check.expected.endswith(".") for check in CHECKS[kind])


def test_only_kinds_of_components_have_checks():
    assert set(CHECKS) <= set(HOOKS.values())


def test_a_check_of_one_name_expects_the_same_of_every_kind_that_shares_it():
    first = {check.name: check.expected for check in CHECKS["generator"]}
    shared = {"contract", "works", "same-again", "fresh-process", "version"}
    for checks in CHECKS.values():
        assert {c.name: c.expected for c in checks if c.name in shared} == {n: first[n] for n in shared}


@pytest.mark.parametrize("kind", CHECKS)
def test_gates_come_in_the_order_contract_options_works(kind):
    assert [check.name for check in CHECKS[kind] if check.is_gate] == ["contract", "options", "works"]
