"""Results in the schema of Every Eval Ever.

The schema beside this file is that of version 0.3.0, under the licence beside it.
"""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import pytest

from genbench.board.publishing.every_eval_ever import every_eval_ever, has_direction
from genbench.board.publishing.numbers import list_published_numbers

SCHEMA = Path(__file__).with_name("every_eval_ever-0.3.0.schema.json")


@pytest.fixture
def files(results, about):
    numbers, _ = list_published_numbers(results, with_controls=True)
    return {name: json.loads(content) for name, content in every_eval_ever(numbers, about).items()}


@pytest.mark.extras("jsonschema")
def test_the_files_fit_the_schema(files, results_of, about):
    from jsonschema import Draft7Validator

    validator = Draft7Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    one_seed, _ = list_published_numbers(results_of({"vae": {"fid": [1.0]}}))
    bodies = [*files.values(), *map(json.loads, every_eval_ever(one_seed, about).values())]
    assert len(bodies) == 4
    assert [error.message for body in bodies for error in validator.iter_errors(body)] == []
    assert list(validator.iter_errors(bodies[0] | {"source_metadata": {}}))


def test_there_is_a_file_for_each_generator(files):
    assert list(files) == ["gan", "noise", "vae"]
    assert files["vae"]["model_info"]["id"] == "some-lab/vae"
    assert files["gan"]["model_info"]["id"] == "gan"
    assert files["noise"]["model_info"]["additional_details"]["control"] == "floor"
    assert "control" not in files["vae"]["model_info"]["additional_details"]


def test_a_file_says_who_published_what_when(files):
    body = files["vae"]
    assert body["schema_version"] == json.loads(SCHEMA.read_text(encoding="utf-8"))["version"]
    assert body["retrieved_timestamp"] == "1769817600"  # 2026-01-31T00:00:00Z
    assert body["evaluation_id"] == "quickstart/some-lab/vae/1769817600"
    assert body["source_metadata"]["source_organization_name"] == "Some lab"
    assert body["source_metadata"]["evaluator_relationship"] == "third_party"
    assert body["source_metadata"]["additional_details"] == {
        "verify": "genbench verify 'my run'",
        "url": "https://example.org/run",
    }
    assert body["eval_library"] == {
        "name": "genbench",
        "version": "0.1.0",
        "additional_details": {"numpy": "2.4.6"},
    }


def test_metrics_of_which_neither_lower_nor_higher_is_better_are_left_out(files, results):
    names = {name: [r["metric_config"]["metric_name"] for r in body["evaluation_results"]]
             for name, body in files.items()}  # fmt: skip
    assert names == {"gan": ["fid"], "noise": ["fid"], "vae": ["fid", "recall"]}
    numbers, _ = list_published_numbers(results)
    assert {number.entry.metric for number in numbers if not has_direction(number)} == {"vendi", "ratio"}


def test_a_metric_has_its_direction_and_bounds(files, results_of, about):
    fid, recall = (result["metric_config"] for result in files["vae"]["evaluation_results"])
    assert (fid["lower_is_better"], fid["min_score"], fid["max_score"]) == (True, 0.0, "Infinity")
    assert (recall["lower_is_better"], recall["min_score"], recall["max_score"]) == (False, 0.0, 1.0)
    numbers, _ = list_published_numbers(results_of({"vae": {"gap": [1.0]}}))
    (result,) = json.loads(every_eval_ever(numbers, about)["vae"])["evaluation_results"]
    unknown = result["metric_config"]
    assert (unknown["min_score"], unknown["max_score"]) == (None, None)
    entry = numbers[0].entry
    bounded = [replace(numbers[0], entry=replace(entry, facts=replace(entry.facts, range=(None, 1.0))))]
    (result,) = json.loads(every_eval_ever(bounded, about)["vae"])["evaluation_results"]
    assert (result["metric_config"]["min_score"], result["metric_config"]["max_score"]) == ("-Infinity", 1.0)


def test_the_day_of_the_publication_begins_in_utc_wherever_it_is_published(results, about, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        numbers, _ = list_published_numbers(results)
        files = every_eval_ever(numbers, about)
    time.tzset()
    assert json.loads(files["vae"])["retrieved_timestamp"] == "1769817600"  # 2026-01-31T00:00:00Z


def test_options_are_parameters_and_the_signature_is_whole(results_of, about):
    options = {"k": 5, "estimator": "full", "sizes": [1, 2]}
    numbers, _ = list_published_numbers(results_of({"vae": {"fid": [1.0]}}, signature={"options": options}))
    (result,) = json.loads(every_eval_ever(numbers, about)["vae"])["evaluation_results"]
    config = result["metric_config"]
    assert config["metric_id"] == "genbench:fid"
    assert config["metric_parameters"] == {"k": 5, "estimator": "full", "sizes": "[1,2]"}
    assert json.loads(config["additional_details"]["signature"]) == dict(numbers[0].cell.signature)


def test_a_score_has_its_uncertainty_over_seeds_and_the_command_that_verifies_it(files):
    fid = files["vae"]["evaluation_results"][0]["score_details"]
    assert fid["score"] == 2.0
    assert fid["details"]["n"] == "599"
    assert fid["details"]["seeds"] == "0 1 2"
    assert fid["details"]["values"] == "1.0 2.0 3.0"
    assert fid["details"]["verify"] == "genbench verify 'my run'"
    found = fid["uncertainty"]
    assert (found["standard_deviation"], found["num_samples"]) == (1.0, 3)
    assert found["standard_error"]["value"] == pytest.approx(3**-0.5)
    assert found["confidence_interval"]["lower"] == 0.0
    assert found["confidence_interval"]["confidence_level"] == 0.95


def test_one_seed_has_no_uncertainty(results_of, about):
    numbers, _ = list_published_numbers(results_of({"vae": {"fid": [1.0]}}))
    (result,) = json.loads(every_eval_ever(numbers, about)["vae"])["evaluation_results"]
    assert "uncertainty" not in result["score_details"]


@pytest.mark.extras("jsonschema")
def test_the_details_say_what_limits_a_number_within_the_schema(limited, about):
    from jsonschema import Draft7Validator

    numbers, _ = list_published_numbers(limited)
    body = json.loads(every_eval_ever(numbers, replace(about, commands=()))["poor"])
    details = body["evaluation_results"][0]["score_details"]["details"]
    assert (details["deterministic"], details["without_features"]) == ("no", "30.0 % of the samples")
    assert details["cautions"].startswith("599 fakes and 5 real samples")
    unknown = "cannot be verified: the folders of its runs are unknown"
    assert details["verify"] == body["source_metadata"]["additional_details"]["verify"] == unknown
    validator = Draft7Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert [error.message for error in validator.iter_errors(body)] == []


def test_details_without_limits_name_none(files):
    details = files["vae"]["evaluation_results"][0]["score_details"]["details"]
    assert set(details) == {"n", "seeds", "values", "signature", "verify"}
