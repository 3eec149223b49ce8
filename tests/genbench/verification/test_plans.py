"""The cells of a plan, compared with those of a suite."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from genbench.runs.prepare import Order
from genbench.suite.file import parse_suite
from genbench.verification.plans import plan_verdicts
from genbench.verification.reference import Obstacle, ReferenceSuite

SUITE = ReferenceSuite(order=Order(suite="x"), label="its suite")
EXTRACTOR = {"name": "genbench:eye", "version": "1", "options": {"k": 3}, "weights": "a" * 64, "fitted": None}


@pytest.fixture
def planned(run_of):
    """Return a plan of one cell, whose provenance names the version of genbench."""
    plan, _ = run_of({"vae": {"fid": [1.0]}}, signature={"extractor": EXTRACTOR})
    return replace(plan, provenance={"plugins": {"genbench": "0.1.0"}})


def verdicts(plan, *expected, reference=SUITE, files=()):
    found = plan_verdicts(plan, expected, reference, dict(files))
    return [(v.outcome, v.stage, v.reason) for v in found]


def signed(cell, *, extractor=None, **fields):
    inner = cell.signature["extractor"] | (extractor or {})
    return replace(cell, signature=cell.signature | {"extractor": inner} | fields)


def test_equal_cells_have_no_verdict_whatever_their_keys_and_versions_of_plugins(planned):
    (cell,) = planned.cells
    assert verdicts(planned, cell) == []
    assert verdicts(planned, replace(cell, key="0" * 64, plugin="genbench 9.9")) == []


def test_other_files_are_different_unless_another_difference_is_known(planned):
    (cell,) = planned.cells
    for component in (("generator", "vae"), ("dataset", "digits")):
        files = {component: "its file is another"}
        assert verdicts(planned, cell, files=files) == [("different", "plan", "its file is another")]
        newer = signed(cell, extractor={"version": "2"})
        assert verdicts(planned, newer, files=files) == [("different", "plan", "its file is another")]
        ((_, _, reason),) = verdicts(planned, replace(cell, n=7), files=files)
        assert reason.startswith("n is ")
    assert verdicts(planned, cell, files={("generator", "digits"): "x", ("dataset", "vae"): "x"}) == []


def test_changed_files_of_a_metric_are_named(planned):
    (cell,) = planned.cells
    text = """
name = "small"
seeds = [0]
n = 4
dataset = [{use = "cloud"}]
generator = [{use = "vae"}]
metric = [{use = "fid", votes = ["inputs/anna.json", "inputs/ben.json"]}]
"""
    suite = parse_suite(text, file="small.toml", folder=Path())
    reference = replace(SUITE, order=Order(suite=suite))
    then, now = (
        signed(cell, options={"votes": [{"sha256": "a" * 64}, {"sha256": digit * 64}]}) for digit in "bc"
    )
    plan = replace(planned, cells=(then,))
    ((outcome, _, reason),) = verdicts(plan, now, reference=reference)
    assert outcome == "different"
    assert reason.startswith("inputs/ben.json changed: signature: options.votes[1].sha256 was")
    of_default = replace(
        SUITE, order=Order(suite=parse_suite(text.replace("votes", "k"), file="s", folder=Path()))
    )
    ((_, _, reason),) = verdicts(plan, now, reference=of_default)
    assert reason.startswith("signature: options.votes[1].sha256 was")
    ((_, _, reason),) = verdicts(plan, signed(now, options={"votes": []}), reference=reference)
    assert reason.startswith("signature: options.votes was")


def test_missing_and_extra_cells_are_different(planned):
    (cell,) = planned.cells
    other = replace(cell, seed=1)
    missing, extra = plan_verdicts(planned, [other], SUITE, {})
    assert (missing.cell, missing.reason) == (other, "in its suite and not in run.json")
    assert (extra.cell, extra.reason) == (cell, "in run.json and not in its suite")
    assert {v.outcome for v in (missing, extra)} == {"different"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("n", 50_000),
        ("control", "floor"),
        ("direction", "higher"),
        ("best", 1.0),
        ("range", (0.0, None)),
        ("any_valid_share", True),
        ("unseen_controls", ("floor",)),
    ],
)
def test_each_field_that_the_board_shows_or_ranks_by_must_be_equal(planned, described, field, value):
    (cell,) = planned.cells
    then = getattr(cell if hasattr(cell, field) else cell.facts, field)
    assert verdicts(planned, described(cell, **{field: value})) == [
        ("different", "plan", f"{field} is {then} in run.json, {value} in its suite")
    ]


def test_a_plan_may_not_name_another_distribution(planned):
    (cell,) = planned.cells
    owned = replace(planned, cells=(replace(cell, plugin="famous 0.1.0"),))
    assert verdicts(owned, cell) == [
        ("different", "plan", "plugin is famous in run.json, genbench in its suite")
    ]


def test_a_generator_whose_entry_differs_is_different(planned):
    altered = replace(SUITE, altered={"vae": "its generator's options.steps was 1, is 20"})
    assert verdicts(planned, *planned.cells, reference=altered) == [
        ("different", "plan", "its generator's options.steps was 1, is 20 in its suite")
    ]
    assert verdicts(planned, *planned.cells, reference=replace(SUITE, altered={"gan": "x"})) == []


def test_fields_of_a_signature_that_differ_are_named_with_both_values(planned):
    (cell,) = planned.cells
    changes = "options.k was not set, is 3"
    assert verdicts(planned, signed(cell, options={"k": 3})) == [
        ("different", "plan", f"signature: {changes}")
    ]
    assert verdicts(planned, signed(cell, extractor={"weights": "b" * 64})) == [
        ("different", "plan", "signature: extractor.weights was aaaaaaaa, is bbbbbbbb")
    ]


def test_other_data_are_named_as_data(planned):
    (cell,) = planned.cells
    then = cell.signature["data"][:8]
    assert verdicts(planned, signed(cell, data="c" * 64, extractor={"fitted": "c" * 64})) == [
        ("different", "data", f"hash {then} in run.json, cccccccc here")
    ]


@pytest.mark.parametrize(
    ("fields", "change"),
    [
        ({"version": "2"}, 'version was "1", is "2"'),
        ({"extractor": {"version": "2"}}, 'extractor.version was "1", is "2"'),
        ({"genbench": "1"}, 'major version of genbench was "0", is "1"'),
        ({"seeds": "new"}, 'seed scheme was "scheme", is "new"'),
    ],
)
def test_of_another_version_the_release_to_install_is_named(planned, fields, change):
    (cell,) = planned.cells
    assert verdicts(planned, signed(cell, **fields)) == [
        ("other version", "", f"{change}; install genbench 0.1.0 to verify it")
    ]
    assert verdicts(planned, signed(cell, **fields, split="train"))[0][0] == "different"


def test_another_version_may_have_other_options_and_weights(planned):
    (cell,) = planned.cells
    newer = {"version": "2", "options": {"k": 5}}
    assert verdicts(planned, signed(cell, **newer))[0][0] == "other version"
    assert verdicts(planned, signed(cell, extractor=newer | {"weights": "b" * 64}))[0][0] == "other version"
    assert verdicts(planned, signed(cell, **newer, extractor={"options": {"k": 5}}))[0][0] == "different"


@pytest.mark.parametrize(
    ("plugins", "remedy"),
    [
        ({"other": "1.2"}, "install other 1.2 to verify it"),
        ({"other": "0+1a2b3c4d"}, "verify it with --plugin and the other.py whose version is 0+1a2b3c4d"),
        ({}, "install other in the version of the run to verify it"),
        (None, "install other in the version of the run to verify it"),
    ],
)
def test_of_a_plugin_its_own_version_is_named(planned, plugins, remedy):
    (cell,) = planned.cells
    plan = replace(planned, cells=(signed(cell, metric="other:fid"),), provenance={"plugins": plugins})
    ((_, _, reason),) = verdicts(plan, signed(cell, metric="other:fid", version="2"))
    assert reason == f'version was "1", is "2"; {remedy}'


def test_cells_of_what_is_missing_here_are_unverifiable_and_others_too_many(planned):
    (cell,) = planned.cells
    lost = Obstacle(kind="generator", name="vae", reason="no vae")
    assert verdicts(planned, reference=replace(SUITE, obstacles=(lost,))) == [("unverifiable", "", "no vae")]
    other = replace(lost, name="gan")
    assert verdicts(planned, reference=replace(SUITE, obstacles=(other,)))[0][0] == "different"
    several = Obstacle(kind="metric", name="precision-recall", reason="no such metric")
    own = Obstacle(kind="metric", name="fid", reason="no fid")
    for obstacles, reason in (((several,), "no such metric"), ((several, own), "no fid")):
        reference = replace(SUITE, obstacles=obstacles)
        assert verdicts(planned, reference=reference) == [("unverifiable", "", reason)]
    assert verdicts(planned, cell, reference=replace(SUITE, obstacles=(several,))) == []


@pytest.fixture
def compared(planned):
    """Return a plan of one cell of a comparison of two generators."""
    (cell,) = planned.cells
    taking_part = {
        "vae": {"generator": "genbench:vae", "version": "1", "options": {}},
        "gan": {"generator": "other:gan", "version": "1", "options": {"k": 1}},
    }
    cell = replace(cell, seed=None, signature={**cell.signature, "runs": [0], "participants": taking_part})
    return replace(planned, cells=(cell,), provenance={"plugins": {"other": "2.5"}})


def with_gan(cell, **fields):
    taking_part = cell.signature["participants"]
    gan = taking_part["gan"] | fields
    return replace(cell, signature={**cell.signature, "participants": {**taking_part, "gan": gan}})


def test_a_comparison_with_another_version_of_a_generator_asks_for_the_old_one(compared):
    (cell,) = compared.cells
    ((outcome, _, reason),) = verdicts(compared, with_gan(cell, version="2", options={"k": 1, "more": 0}))
    assert outcome == "other version"
    assert reason.endswith("install other 2.5 to verify it")


def test_a_comparison_of_others_is_different(compared):
    (cell,) = compared.cells
    ((outcome, stage, reason),) = verdicts(compared, with_gan(cell, options={"k": 2}))
    assert (outcome, stage) == ("different", "plan")
    assert reason.startswith("signature: participants.gan.options.k")


@pytest.mark.parametrize("forged", [None, 5, [1], {"gan": 5}, {"gan": {}}, {}])
def test_forged_participants_are_different(compared, forged):
    (cell,) = compared.cells
    false = replace(cell, signature={**cell.signature, "participants": forged})
    ((outcome, _, _),) = verdicts(replace(compared, cells=(false,)), cell)
    assert outcome == "different"


def test_a_comparison_cannot_be_verified_without_one_of_its_generators(compared):
    (cell,) = compared.cells
    absent = Obstacle(kind="generator", name="gan", reason="no generator named 'gan'; install other")
    fewer = replace(cell, signature={**cell.signature, "participants": {}})
    found = verdicts(compared, fewer, reference=replace(SUITE, obstacles=(absent,)))
    assert found == [
        ("unverifiable", "", "it compares all generators, and no generator named 'gan'; install other")
    ]
