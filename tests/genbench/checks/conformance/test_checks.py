"""Results are judged by the known failures that a spec declares."""

from __future__ import annotations

import json

from genbench.checks.conformance.checks import CheckFailed, Result, judge_results


def result(check, outcome, *, seen="", modality="vector"):
    return Result(
        component="p:c", kind="metric", modality=modality, check=check, outcome=outcome, seen=seen, fix="this"
    )


def test_a_declared_failure_is_expected_with_its_reason_and_without_a_fix():
    (found,) = judge_results([result("quiet", "failed", seen="it printed x")], {"quiet": "a library prints"})
    assert (found.outcome, found.seen, found.fix) == ("expected", "a library prints", "")


def test_other_failures_stay_and_a_skip_or_pass_is_not_expected():
    results = [result("works", "failed"), result("quiet", "failed"), result("labels", "skipped")]
    assert [each.outcome for each in judge_results(results, {"quiet": "why"})] == [
        "failed", "expected", "skipped",
    ]  # fmt: skip


def test_a_declared_failure_that_passes_everywhere_is_a_failure_of_its_own():
    results = [result("quiet", "passed"), result("quiet", "skipped", modality="image")]
    *same, last = judge_results(results, {"quiet": "why"})
    assert same == results
    assert (last.check, last.outcome, last.seen) == ("known-failures", "failed", "'quiet' passes")
    assert last.fix == "remove 'quiet' from known_failures"


def test_a_declared_failure_on_one_modality_is_enough():
    results = [result("quiet", "passed"), result("quiet", "failed", modality="image")]
    assert [each.outcome for each in judge_results(results, {"quiet": "why"})] == ["passed", "expected"]


def test_a_declared_failure_whose_check_was_skipped_stays_declared():
    results = [result("quiet", "skipped")]
    assert judge_results(results, {"quiet": "why"}) == results


def test_a_check_that_no_component_of_the_kind_has_cannot_be_declared():
    last = judge_results([result("quiet", "passed")], {"quit": "why"})[-1]
    assert last.seen == "'quit' is no check of this kind of component"


def test_a_failure_says_what_was_seen_and_what_to_write():
    failure = CheckFailed("it printed x", "remove the print")
    assert (str(failure), failure.seen, failure.fix) == ("it printed x", "it printed x", "remove the print")
    assert CheckFailed("it printed x").fix == ""


def test_a_result_has_a_json_form():
    found = result("quiet", "failed", seen="it printed x")
    assert Result(**json.loads(json.dumps(vars(found)))) == found
