"""The toy generators pass their own checks, but for what they are made to do."""

from __future__ import annotations

from pathlib import Path

from genbench.catalog.catalog import load_catalog
from genbench.checks.conformance.command import check_components, plan_checks
from genbench.checks.conformance.targets import CheckOrder, Target
from genbench.checks.testing import fixtures

TOYS = Path(fixtures.__file__).with_name("toys.py")


def test_all_but_the_broken_one_are_sound():
    order = CheckOrder(targets=[Target(name=str(TOYS))], modality="vector", files=(TOYS,))
    results = check_components(plan_checks(load_catalog([TOYS]), order), order, lambda *_: None)
    failed = {result.component for result in results if result.outcome == "failed"}
    assert failed == {"toys:toy-broken"}
