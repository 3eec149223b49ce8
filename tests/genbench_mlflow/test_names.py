"""Names that MLflow accepts."""

from __future__ import annotations

import pytest
from genbench_mlflow.tracking import mlflow_name, mlflow_text

NAMES = {
    "fid": "fid",
    "fid[digits-classifier]": "fid.digits-classifier",
    "fit/loss": "fit/loss",
    "generator.batch_size": "generator.batch_size",
    "größe": "größe",
    "a:b?": "a_b_",
}


@pytest.mark.parametrize(("name", "expected"), NAMES.items())
def test_brackets_become_a_dot_and_what_is_refused_an_underscore(name, expected):
    assert mlflow_name(name) == expected


@pytest.mark.extras("mlflow")
@pytest.mark.filterwarnings("ignore")  # of others, while it is imported
@pytest.mark.parametrize("name", NAMES)
def test_mlflow_itself_accepts_what_becomes_of_names(name):
    from mlflow.utils.validation import _validate_metric_name, _validate_param

    _validate_metric_name(mlflow_name(name))
    _validate_param(mlflow_name(name), "value")


def test_long_texts_are_cut_to_what_every_store_takes_and_lists_are_joined():
    assert mlflow_text("x" * 500) == "x" * 500
    assert mlflow_text("x" * 501) == "x" * 499 + "…"
    assert mlflow_text(["fid", "kid"]) == "fid, kid"
    assert mlflow_text(3) == "3"
