"""Input files that a run recorded, compared with those here."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from genbench.results.records import Plan
from genbench.verification.input_files import file_differences

ONE, TWO = "1" * 64, "2" * 64


def plan(**provenance):
    return Plan(cells=(), traces=(), provenance=provenance)


def resolved(datasets=(), generators=()):
    """Return a suite of (id, options) pairs."""
    parts = (
        tuple(SimpleNamespace(name=name, canonical=options) for name, options in pairs)
        for pairs in (datasets, generators)
    )
    return SimpleNamespace(**dict(zip(("datasets", "generators"), parts, strict=True)))


def path(sha256):
    return {"path": {"sha256": sha256, "suffix": ".npy"}, "steps": 3, "shape": {"width": 2}}


def test_equal_hashes_are_no_difference_whatever_the_suffix():
    recorded = plan(
        generators=[{"name": "gan", "options": path(ONE)}], datasets={"digits": {"options": path(TWO)}}
    )
    moved = {"path": {"sha256": ONE}}
    assert file_differences(recorded, resolved([("digits", path(TWO))], [("gan", moved)])) == {}


def test_another_hash_is_a_difference_of_the_dataset_or_the_generator():
    recorded = plan(
        generators=[{"name": "gan", "options": path(ONE)}], datasets={"digits": {"options": path(TWO)}}
    )
    assert file_differences(recorded, resolved([("digits", path(ONE))], [("gan", path(TWO))])) == {
        ("dataset", "digits"): "its dataset's options.path.sha256 was 22222222, is 11111111 here",
        ("generator", "gan"): "its generator's options.path.sha256 was 11111111, is 22222222 here",
    }


@pytest.mark.parametrize(
    "provenance",
    [
        {},
        {"generators": []},
        {"generators": [{"name": "gan", "options": {}}]},
        {"generators": [{"name": "gan", "options": {"path": {"sha256": 3}}}]},
        {"generators": [{"name": "vae", "options": path(ONE)}]},
    ],
)
def test_a_file_whose_hash_run_json_lacks_is_a_difference(provenance):
    found = file_differences(plan(**provenance), resolved(generators=[("gan", path(ONE)), ("noise", {})]))
    assert list(found) == [("generator", "gan")]
    text = "its generator's options.path.sha256 is not in run.json, is 11111111 here"
    assert found["generator", "gan"] == text


def test_generators_that_share_an_id_may_have_a_file_each():
    entries = [{"name": "gan", "options": path(sha256)} for sha256 in (ONE, TWO)]
    both = [("gan", path(TWO)), ("gan", path(ONE))]
    assert file_differences(plan(generators=entries), resolved(generators=both)) == {}
    assert len(file_differences(plan(generators=entries[:1]), resolved(generators=both))) == 1
