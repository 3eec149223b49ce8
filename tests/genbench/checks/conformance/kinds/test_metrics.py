from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

from genbench.checks.conformance.checks import CheckFailed
from genbench.checks.conformance.kinds.metrics import CHECKS

FILE = "bad_metrics.py"
UNREADY = "bad-metrics:unready: RuntimeError: no network"
FID = Path(__file__).parents[5] / "plugins" / "genbench_fidelity" / "cards" / "fid.json"

#: Metric to the only check that it fails, and parts of what the check says and of how to mend it.
BAD = {
    "in-place": ("works", "read-only", "fake -= "),
    "upside-down": ("better-than-noise", "for noise", 'direction="lower"'),
    "aimless": ("better-than-noise", "for noise", 'expects={"noise"'),
    "nearest": ("identical", "divide by zero", "np.log"),
    "relative-spread": ("equal-fakes", "ZeroDivisionError", "np.ptp"),
    "by-class": ("missing-class", "Mean of empty slice", "np.linalg.norm"),
    "nearest-five": ("min-n", "with 1 samples", "min_n=5,"),
    "subtracted": ("unequal-sizes", "broadcast", "np.sort"),
    "paired": ("row-order", "in another order", "do not pair"),
    "labelled": ("unlabelled", "", ""),
    "smoothed": ("unlabelled", "another score", "fake_labels"),
    "last-loss": ("works", "IndexError", "history[-1]"),
    "likelihood": ("works", "NoneType", "method(real)"),
    "voiceless": ("aspect", "no aspect: voiceless", 'aspect="fidelity"  # or another of diversity, '),
    "strange-fault": ("expects", "did you mean 'noise'", "correct the name"),
    "many-levels": ("expects", "has 9 levels", "correct what"),
    "stopping": ("progress", "the last step (1, 10)", "log the last step"),
    "repeating": ("progress", "the steps [(1, 2), (1, 2), (2, 2)]", "count all steps once"),
    "silent": ("progress", "no step", "Steps(log, len(rows))"),
    "half-moments": ("real-moments", "from the moments of the real", "genbench.Moments.of(real)"),
    "no-moments": ("real-moments", "Moments", ""),
}


def failed(results):
    return [result.check for result in results.values() if result.outcome == "failed"]


@pytest.mark.parametrize("name", BAD)
def test_a_metric_with_one_defect_fails_one_check(name, subject_of, results_of_checks):
    check, seen, fix = BAD[name]
    results = results_of_checks(subject_of("metric", FILE, name, "vector"))
    assert failed(results) == [check]
    assert seen in results[check].seen
    assert fix in results[check].fix


def test_a_sound_metric_passes_the_checks_that_apply(subject_of, results_of_checks):
    results = results_of_checks(subject_of("metric", FILE, "sound", "vector"))
    skipped = {name for name, result in results.items() if result.outcome == "skipped"}
    assert skipped == {"card", "version", "missing-class", "real-moments", "progress", "unlabelled"}
    assert failed(results) == []


@pytest.mark.parametrize(
    ("name", "modality", "check", "outcome", "seen"),
    [
        ("stepwise", "vector", "progress", "passed", None),
        ("by-moments", "vector", "real-moments", "passed", None),
        ("sound-several", "vector", "better-than-noise", "passed", None),
        ("excused", "vector", "better-than-noise", None, "says in expects"),
        ("ordered", "vector", "row-order", None, "^its spec says in expects that the order counts$"),
        ("on-points", "points", "works", "skipped", f"^its extractor fails: {UNREADY}$"),
        ("log-likelihood", "vector", "works", "skipped", "^the sampler of a check gives no log_likelihood$"),
    ],
)
def test_what_a_metric_declares_is_no_failure(
    name, modality, check, outcome, seen, subject_of, results_of_checks
):
    results = results_of_checks(subject_of("metric", FILE, name, modality))
    assert failed(results) == []
    assert results[check].outcome == outcome or outcome is None
    assert seen is None or re.search(seen, results[check].seen)


@pytest.fixture
def check_card(subject_of, tmp_path, monkeypatch):
    """Return the function that checks a plugin's card: that of fid, with some fields changed."""
    subject = subject_of("metric", FILE, "sound", "vector")
    monkeypatch.setattr(sys.modules[subject.component.owner.module], "__file__", str(tmp_path / "plugin.py"))
    (card,) = json.loads(FID.read_text(encoding="utf-8"))
    (check,) = [check for check in CHECKS if check.name == "card"]
    (tmp_path / "cards").mkdir()

    def run(**fields):
        (tmp_path / "cards" / "sound.json").write_text(json.dumps([card | fields]))
        check.function(subject)

    return run


def test_a_card_of_this_version_of_the_metric_passes(check_card):
    check_card(component="bad-metrics:sound", version="1")


@pytest.mark.parametrize(
    ("fields", "seen"),
    [
        ({"component": "bad-metrics:sound", "version": "2"}, "a card of bad-metrics:sound, version 2"),
        ({"component": "genbench:sound", "version": "1"}, "a card of genbench:sound, version 1"),
        ({"rows": "none"}, "sound.json holds no cards"),
    ],
)
def test_a_card_of_another_version_or_metric_fails(check_card, fields, seen):
    with pytest.raises(CheckFailed, match=seen) as failure:
        check_card(**fields)
    assert failure.value.fix == "genbench battery sound --format json > cards/sound.json"
