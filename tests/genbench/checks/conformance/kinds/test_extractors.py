from __future__ import annotations

import pytest

FILE = "bad_extractors.py"

#: Extractor to the only check that it fails, and a part of what the check says.
BAD = {
    "in-place": ("works", "read-only"),
    "squeezed": ("one-sample", "(n, d) array"),
    "centred": ("batch-independent", "in batches of 7"),
    "late": ("independent-calls", "after other samples"),
    "seen": ("independent-calls", "when they are extracted again"),
    "running": ("independent-calls", "after other samples"),
    "cached": ("independent-calls", "have the features of an earlier call"),
    "constant": ("distinct", "equal features"),
    "double": ("dtypes", "features is float64"),
    "logits": ("probabilities", "have sums from"),
    "ten-classes": ("probabilities", "10 columns for 3 classes"),
    "forgetful": ("save-and-load", "other features"),
    "unsaved": ("save-and-load", "has no save"),
    "parsed": ("noise", "unequal brackets"),
    "standardised": ("one-value", "divide"),
    "leaking": ("unlabelled", "other features"),
    "counting-classes": ("unlabelled", "NoneType"),
    "anchored": ("tiny-data", "ValueError"),
    "lost-weights": ("canonical", "lost.safetensors"),
    "strange-option": ("protocols", "no option 'size'"),
    "strange-metric": ("protocols", "'kid'"),
    "strange-subsets": ("protocols", "no option 'sets'"),
    "strange-extractor": ("protocols", "'vgg16'"),
}


MODALITIES = {"parsed": "molecule", "double": "image"}


@pytest.mark.parametrize("name", BAD)
def test_an_extractor_with_one_defect_fails_one_check(name, subject_of, results_of_checks):
    subject = subject_of("extractor", FILE, name, MODALITIES.get(name, "vector"))
    check, seen = BAD[name]
    results = results_of_checks(subject)
    assert [result.check for result in results.values() if result.outcome == "failed"] == [check]
    assert seen in results[check].seen
    assert results[check].fix


@pytest.mark.parametrize("name", ["late", "seen", "running", "cached"])
def test_an_extractor_that_remembers_samples_has_no_advice_about_batches(name, subject_of, results_of_checks):
    results = results_of_checks(subject_of("extractor", FILE, name, "vector"))
    assert "a cache or running statistics" in results["independent-calls"].fix
    for check in ("batch-independent", "unlabelled"):
        assert results[check].outcome == "skipped"
        assert results[check].seen == "it fails the check independent-calls"


def test_a_sound_extractor_passes_the_checks_that_apply(subject_of, results_of_checks):
    results = results_of_checks(subject_of("extractor", FILE, "sound", "vector"))
    skipped = {name for name, result in results.items() if result.outcome == "skipped"}
    assert skipped == {"version", "probabilities", "save-and-load", "tiny-data", "canonical"}
    assert {result.outcome for result in results.values()} == {"passed", "skipped"}


def test_a_sound_extractor_that_is_fitted_and_saved_passes(subject_of, results_of_checks):
    results = results_of_checks(subject_of("extractor", FILE, "sound-fitted", "vector"))
    assert results["save-and-load"].outcome == results["tiny-data"].outcome == "passed"
    assert {result.outcome for result in results.values()} == {"passed", "skipped"}


def test_an_extractor_that_finds_nothing_in_the_example_is_told_so(subject_of, results_of_checks):
    results = results_of_checks(subject_of("extractor", FILE, "none-valid", "vector"))
    assert results["distinct"].outcome == "skipped"
    assert results["distinct"].seen == "it finds features in none of the example samples"


def test_one_value_is_made_for_arrays_of_varying_length_too(subject_of, results_of_checks):
    results = results_of_checks(subject_of("extractor", FILE, "normalised", "points"))
    assert [result.check for result in results.values() if result.outcome == "failed"] == ["one-value"]
    assert "np.abs(cloud).max()" in results["one-value"].fix
