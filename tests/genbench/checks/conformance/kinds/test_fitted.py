from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from genbench.checks.conformance.kinds.fitted import extract_with, fit_extractor, fit_once
from genbench.trial.failures import BlameError

FILE = "bad_extractors.py"


def test_an_extractor_is_fitted_to_train_and_gives_checked_features(subject_of):
    subject = subject_of("extractor", FILE, "sound-fitted", "vector")
    train = subject.sides["train"]
    fitted = fit_extractor(subject, subject.part, train)
    found = extract_with(subject, subject.part, fitted, train)
    assert np.abs(found.arrays["features"].mean(axis=0)).max() < 1e-5  # rounding of single precision
    assert found.valid.all()


def test_an_error_of_an_extractor_blames_it(subject_of):
    subject = subject_of("extractor", FILE, "squeezed", "vector")
    one = subject.sides["test"].take(slice(0, 1))
    with pytest.raises(BlameError) as error:
        extract_with(subject, subject.part, fit_extractor(subject, subject.part, one), one)
    assert error.value.component == subject.component


def test_an_extractor_of_several_metrics_is_fitted_once(subject_of, monkeypatch):
    subject = subject_of("extractor", FILE, "sound-fitted", "vector")
    fitted = []

    def count(*arguments):
        fitted.append(arguments)
        return lambda samples: {"features": samples.data.astype(np.float32)}

    monkeypatch.setattr("genbench.checks.conformance.kinds.fitted.fit_extractor", count)
    for _ in range(2):
        extract = fit_once(subject, subject.sides["train"], subject.part)
        assert len(extract(subject.sides["test"]).valid) == 20
    assert len(fitted) == 1


def test_an_extractor_gets_the_device_of_the_case(subject_of):
    subject = subject_of("extractor", FILE, "on-device", "vector")
    moved = replace(subject, case=replace(subject.case, device="cuda:3"))
    assert fit_extractor(moved, moved.part, moved.sides["train"]) == "cuda:3"
