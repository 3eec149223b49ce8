"""The extractor of a metric that is checked, and its scores from features and from moments."""

from __future__ import annotations

import pytest

from genbench.checks.conformance.all_checks import CHECKS
from genbench.checks.conformance.kinds.metric_inputs import compute_scores, deal_sides, find_group
from genbench.checks.conformance.run import run_check
from genbench.checks.conformance.subject import Case, open_subject

FILE = "bad_metrics.py"
WORKS = next(check for check in CHECKS["metric"] if check.name == "works")


def test_the_real_side_may_be_moments(subject_of):
    subject = subject_of("metric", FILE, "half-moments", "vector")
    sides = deal_sides(subject)
    same = {**sides, "fake": sides["real"]}
    assert compute_scores(subject, same)["half-moments"].value == 0
    assert compute_scores(subject, same, from_moments=True)["half-moments"].value > 0


@pytest.mark.parametrize(
    ("metric", "modality", "extractor"),
    [
        ("fid", "image", "digits-classifier"),  # of the default dataset; its own has no weights here
        ("fid", "vector", "given"),  # of the modality
        ("generative-perplexity", "text", "markov-oracle"),  # another one, that needs no option
        ("distinct-n", "text", None),
    ],
)
def test_a_metric_gets_an_extractor_that_works_here(metric, modality, extractor, catalogs):
    case = Case(kind="metric", reference=f"genbench:{metric}", modality=modality)
    subject = open_subject(case, catalogs(FILE))
    assert run_check(subject, WORKS).outcome == "passed"
    group = find_group(subject)
    assert (group.extractor and group.extractor.name) == extractor


def test_a_metric_without_an_extractor_of_the_modality_is_not_tried(catalogs):
    case = Case(kind="metric", reference="genbench:fid", modality="audio")
    result = run_check(open_subject(case, catalogs(FILE)), WORKS)
    assert result.outcome == "not tried"
    assert result.seen == "no extractor on this machine gives features of audio samples"
