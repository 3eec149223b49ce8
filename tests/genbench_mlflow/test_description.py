"""The spec of the listener, which is read without MLflow."""

from __future__ import annotations

from genbench.catalog.catalog import load_catalog
from genbench.catalog.describe import describe


def test_the_listener_has_two_options_with_defaults_and_says_what_it_needs():
    catalog = load_catalog(only=["mlflow"])
    (component,) = catalog.of_kind("listener")
    said = describe(catalog, component)
    assert said["reference"] == "genbench:mlflow"
    assert said["needs"] == {"mlflow": "genbench[mlflow]"}
    assert said["problem"] is None
    assert said["inputs"] == ["folder", "suite"]
    options = {option["name"]: option["default"] for option in said["options"]}
    assert options == {"experiment": "genbench", "tracking_uri": None}
