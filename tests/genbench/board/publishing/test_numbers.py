"""The numbers of a run that are published, and what is left out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from genbench.board.publishing.numbers import list_published_numbers, list_verify_commands
from genbench.board.rows import UNVERIFIED
from genbench.core.canonical_json import digest


def names(numbers):
    return [(number.row.generator, number.entry.metric) for number in numbers]


def test_numbers_of_which_all_seeds_are_ok_are_published(results):
    numbers, left_out = list_published_numbers(results)
    assert names(numbers) == [
        ("gan", "fid"), ("gan", "ratio"), ("gan", "vendi"),
        ("vae", "fid"), ("vae", "ratio"), ("vae", "recall"), ("vae", "vendi"),
    ]  # fmt: skip
    assert left_out == ("digits gan recall: 1 of 3 seeds are not ok (error)",)


def test_a_number_has_all_that_is_known_of_it(results):
    numbers, _ = list_published_numbers(results)
    number = next(
        number for number in numbers if (number.row.generator, number.entry.metric) == ("vae", "fid")
    )
    assert number.entry.value == 2.0
    assert number.entry.values == (1.0, 2.0, 3.0)
    assert number.entry.seeds == (0, 1, 2)
    assert number.cell.n == 599
    assert number.deviation == 1.0
    half = 4.302653 / 3**0.5  # t(0.975, 2) / sqrt(3)
    assert (number.entry.low, number.entry.high) == (0.0, pytest.approx(2 + half))  # cut at the bound
    assert number.cell.signature["metric"] == "genbench:fid"
    assert number.libraries == {"genbench": "0.1.0", "numpy": "2.4.6"}


def test_one_seed_has_no_spread(results_of):
    ((number,), _) = list_published_numbers(results_of({"vae": {"fid": [1.0]}}))
    assert (number.deviation, number.entry.low, number.entry.high) == (None, None, None)


def test_controls_are_published_if_they_are_asked_for(results):
    assert ("noise", "fid") not in names(list_published_numbers(results)[0])
    numbers, _ = list_published_numbers(results, with_controls=True)
    assert next(number.row.control for number in numbers if number.row.generator == "noise") == "floor"


def test_numbers_of_one_dataset_can_be_chosen(results):
    assert len(list_published_numbers(results, dataset="digits")[0]) == 7
    assert list_published_numbers(results, dataset="others") == ((), ())


def test_numbers_without_records_are_left_out(results_of):
    found = results_of({"vae": {"fid": [1.0]}})
    cells = tuple(replace(cell, plugin=UNVERIFIED) for cell in found.plan.cells)
    numbers, left_out = list_published_numbers(replace(found, plan=replace(found.plan, cells=cells)))
    assert (numbers, left_out) == ((), ("digits vae fid: there are no records",))


def test_a_mean_of_several_signatures_is_left_out(results_of):
    found = results_of({"vae": {"fid": [1.0, 2.0]}})
    first, second = found.plan.cells
    cells = (first, replace(second, signature=dict(second.signature) | {"version": "2"}))
    numbers, left_out = list_published_numbers(replace(found, plan=replace(found.plan, cells=cells)))
    assert (numbers, left_out) == ((), ("digits vae fid: its seeds have several signatures",))


def test_seeds_of_several_environments_name_all_versions(results_of):
    found = results_of({"vae": {"fid": [1.0, 2.0]}})
    records = dict(found.records)
    key = next(iter(records))
    records[key] = replace(records[key], environment={"libraries": {"numpy": "2.0.0"}})
    ((number,), _) = list_published_numbers(replace(found, records=records))
    assert number.libraries == {"genbench": "0.1.0", "numpy": "2.0.0, 2.4.6"}


def test_the_command_that_verifies_quotes_the_folder(about):
    assert about.verify == "genbench verify 'my run'"


SIZES = "599 fakes and 5 real samples: the bias of a metric depends on both numbers; compare at equal ones"


def test_a_number_has_what_limits_it(limited, results):
    ((number,), _) = list_published_numbers(limited)
    assert (number.row.deterministic, number.without_features) == (False, ("30.0 % of the samples",))
    assert number.cautions == (SIZES,)
    numbers, _ = list_published_numbers(results)
    found = {(number.row.deterministic, number.without_features, number.cautions) for number in numbers}
    assert found == {(True, (), ())}


def test_features_that_real_samples_lack_are_named(results_of, with_valid):
    found = results_of({"vae": {"fid": [1.0, 2.0]}})
    plan, records = with_valid((found.plan, found.records), {"vae": 99}, side="real")
    ((number,), _) = list_published_numbers(replace(found, plan=plan, records=records))
    assert number.without_features == ("1.0 % of the real samples",)


def test_cautions_of_splits_seeds_and_metrics_are_those_of_the_number(results_of):
    found = results_of({"vae": {"fid": [1.0, 2.0]}, "gan": {"fid": [1.0, 2.0]}})
    records = {
        key: replace(record, samples="a" * 64, extra={"warning": "too few samples"})
        if record.cell.generator == "vae"
        else record
        for key, record in found.records.items()
    }
    data = {"hash": digest("digits"), "shared_splits": [["test", "train"]]}
    provenance = {"datasets": {"digits": data}}
    numbers, _ = list_published_numbers(
        replace(found, plan=replace(found.plan, provenance=provenance), records=records)
    )
    gan, vae = (number.cautions for number in numbers)
    (splits,) = gan
    assert splits.startswith("test and train share samples")
    shared = "seeds that share samples, so the interval does not hold their spread"
    assert vae == (splits, shared, "too few samples")


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        ({"a": "lab/one", "b": "two", "csv": "their-scores.csv"}, ("one", "two")),
        ({"a": "here/one", "b": "there/one"}, ("here/one", "there/one")),
        ({"a": "x/here/one", "b": "x/there/one"}, ("here/one", "there/one")),
        ({"a": "one", "b": "there/one"}, ("one", "there/one")),
        ({"a": "/one", "b": "../one"}, ("a", "b")),
        ({"a": ".", "b": "..", "csv": ""}, ("a", "b")),
        ({}, ("a", "b")),
    ],
)
def test_the_folders_of_merged_runs_are_what_can_be_verified(sources, expected):
    merged = {"a": {"name": "quickstart"}, "b": {}, "csv": {"unverified": True}}
    found = list_verify_commands("merged", {"merged": merged, "sources": sources})
    assert found == tuple(f"genbench verify {folder}" for folder in expected)


def test_the_command_names_the_plugin_files_of_the_run():
    plugins = {"genbench": "0.1.0", "gen": "0+4104237f", "ads": "0+00000000"}
    expected = ("genbench verify 'my run' --plugin ads.py --plugin gen.py",)
    assert list_verify_commands("my run", {"plugins": plugins}) == expected


def test_several_folders_have_a_command_each(about):
    assert replace(about, commands=("one", "two")).verify == "one && two"
    assert replace(about, commands=()).verify == ""
