from __future__ import annotations

import calendar

import pytest

from genbench import DatasetSpec, ExtractorSpec, GeneratorSpec, MetricSpec, Output, PluginError
from genbench.contract.specs import CONTROLS
from genbench.core.names import check_name


def work():
    """Do nothing: these specs are never used."""


@pytest.mark.parametrize("month", range(1, 13))
def test_a_name_that_a_spreadsheet_would_read_as_a_date_is_refused(month):
    for name in (calendar.month_abbr[month], calendar.month_name[month]):
        with pytest.raises(PluginError, match="would be misread by spreadsheets or pandas"):
            check_name(f"{name.lower()}-1", "metric name")


@pytest.mark.parametrize(
    ("kind", "fields", "message"),
    [
        (GeneratorSpec, {"make": "module.attribute"}, "make is neither callable nor 'module:attr"),
        (GeneratorSpec, {"modalities": "image"}, "modalities 'image' is no tuple"),
        (GeneratorSpec, {"chunk": 0}, "chunk 0 is not a positive number"),
        (ExtractorSpec, {"outputs": {}}, "it declares no outputs"),
        (DatasetSpec, {"parts": {"dev": 1.0}}, "are not positive shares of train"),
        (DatasetSpec, {"parts": {}}, "are not positive shares"),
        (DatasetSpec, {"shared_options": "skip"}, "shared_options 'skip' is no tuple of texts"),
        (DatasetSpec, {"reads": ".npy"}, "reads '.npy' is no tuple of texts"),
        (DatasetSpec, {"caution": "few rows"}, "caution 'few rows': expected a f"),
        (DatasetSpec, {"recognizes": True}, "recognizes True: expected a func"),
        (DatasetSpec, {"make": 3}, "make is neither callable nor 'module:attr"),
        (DatasetSpec, {"uses": {"unit=a": (1,)}}, "expected tuples of modules"),
        (DatasetSpec, {"parts": {"train": -1.0}}, "are not positive shares"),
        (MetricSpec, {"direction": "down"}, "direction 'down'; expected lower, higher"),
        (MetricSpec, {"direction": "target"}, "direction 'target' needs best"),
        (MetricSpec, {"takes": ()}, "takes is empty"),
        (MetricSpec, {"real_moments": True}, "takes to name one output"),
        (MetricSpec, {"takes": ("a", "b"), "real_moments": True}, "name one output"),
        (MetricSpec, {"votes": ("person",)}, "votes needs the scope of a board"),
        (MetricSpec, {"defaults": {"k": 2}}, "defaults {'k': 2}: expected a function"),
        (MetricSpec, {"defaults": len, "scope": "board"}, "defaults needs the scope of a trial"),
        (MetricSpec, {"name": "NA"}, "metric name 'NA' is not a name"),
        (
            MetricSpec,
            {"uses": {"unit": ("ot",)}},
            r"uses \{'unit': \('ot',\)\}: expected tuples of modules, as \{'option=value': \('module',\)\}",
        ),
        (MetricSpec, {"uses": {"unit=a": "ot"}}, "expected tuples of modules"),
    ],
)
def test_a_spec_that_contradicts_the_contract_is_refused_with_its_name(kind, fields, message):
    with pytest.raises(PluginError, match=message):
        kind(**{"name": "any", "make": work} | fields)


@pytest.mark.parametrize(
    ("direction", "best", "bounds", "message"),
    [
        ("higher", 0.0, (0.0, 1.0), "direction 'higher', but best is 0.0, the least possible value"),
        ("higher", 0.0, (0.0, None), "direction 'higher', but best is 0.0, the least possible value"),
        ("lower", 1.0, (0.0, 1.0), "direction 'lower', but best is 1.0, the greatest possible value"),
        ("lower", 0.0, (None, 0.0), "direction 'lower', but best is 0.0, the greatest possible value"),
        ("lower", -1.0, (0.0, None), r"best is -1.0, outside its range \(0.0, None\); expected one in it"),
        ("target", 2.0, (None, 1.0), r"best is 2.0, outside its range \(None, 1.0\); expected one in it"),
        ("lower", None, (1.0, 0.0), r"range \(1.0, 0.0\) has no values; write range=\(0.0, 1.0\)"),
    ],
)
def test_a_best_value_that_contradicts_direction_or_range_is_refused(direction, best, bounds, message):
    fields = {"direction": direction, "best": best, "range": bounds}
    with pytest.raises(PluginError, match=f"^metric output 'err': {message}$"):
        Output(name="err", **fields)
    with pytest.raises(PluginError, match=f"^metric output 'err': {message}$"):
        MetricSpec(name="err", make=work, **fields)


@pytest.mark.parametrize(
    ("direction", "best", "bounds"),
    [
        ("higher", 1.0, (0.0, 1.0)), ("higher", 0.1, (0.0, 1.0)), ("lower", 0.0, (0.0, 1.0)),
        ("lower", 0.9, (0.0, 1.0)), ("target", 0.0, (0.0, 1.0)), ("target", 1.0, (0.0, 1.0)),
        ("none", 0.0, (0.0, None)), ("higher", 0.0, (None, None)), ("lower", None, (0.0, 0.0)),
    ],
)  # fmt: skip
def test_other_best_values_within_the_range_are_accepted(direction, best, bounds):
    assert Output(name="err", direction=direction, best=best, range=bounds).best == best


@pytest.mark.parametrize("control", [True, False, "top", 1])
def test_the_control_of_a_generator_is_one_of_three_roles(control):
    roles = [GeneratorSpec(name="bound", make=work, control=role).control for role in CONTROLS]
    assert roles == ["ceiling", "exploit", "floor"]
    assert GeneratorSpec(name="bound", make=work).control is None
    line = 'write control="ceiling", "exploit" or "floor", or leave it out for a competitor'
    with pytest.raises(PluginError, match=f"^generator 'bound': control is {control!r}; {line}$"):
        GeneratorSpec(name="bound", make=work, control=control)


def test_two_outputs_of_one_name_are_refused():
    recall = Output(name="recall", direction="higher")
    with pytest.raises(PluginError, match=r"metric 'pr': outputs .* repeat a name"):
        MetricSpec(name="pr", make=work, outputs=(recall, recall))


def test_a_metric_without_outputs_yields_the_number_of_its_own_name():
    spec = MetricSpec(name="fid", make=work, summary="far", direction="lower", best=0.0, range=(0.0, None))
    expected = Output(name="fid", direction="lower", summary="far", best=0.0, range=(0.0, None))
    assert spec.scores == (expected,)


def test_a_metric_with_outputs_yields_those():
    outputs = (Output(name="precision", direction="higher"), Output(name="recall", direction="higher"))
    assert MetricSpec(name="pr", make=work, outputs=outputs).scores == outputs


@pytest.mark.parametrize("parts", [{"train": 1, "test": 0}, {"test": -1}, {"dev": 1}, {}])
def test_parts_are_positive_shares_of_known_splits(parts):
    assert DatasetSpec(name="digits", make=work, parts={"train": 0.1}).parts == {"train": 0.1}
    with pytest.raises(PluginError, match="are not positive shares of train, test and held_out"):
        DatasetSpec(name="digits", make=work, parts=parts)


def test_data_is_split_in_thirds_unless_a_dataset_says_otherwise():
    assert DatasetSpec(name="digits", make=work).parts == dict.fromkeys(("train", "test", "held_out"), 1 / 3)


@pytest.mark.parametrize("fields", [{"takes": "features"}, {"scope": "board"}])
def test_only_a_metric_of_a_trial_on_samples_takes_all_draws(fields):
    assert MetricSpec(name="share", make=work, takes_draws=True).takes_draws
    with pytest.raises(PluginError, match="takes_draws is of a trial's metric on samples"):
        MetricSpec(name="share", make=work, takes_draws=True, **fields)


def test_each_number_of_a_metric_says_whether_it_is_ranked_at_any_share():
    assert MetricSpec(name="fid", make=work, any_valid_share=True).scores[0].any_valid_share
    assert not MetricSpec(name="fid", make=work).scores[0].any_valid_share
    outputs = (Output(name="a", direction="higher", any_valid_share=True), Output(name="b", direction="none"))
    assert [o.any_valid_share for o in MetricSpec(name="ab", make=work, outputs=outputs).scores] == [
        True,
        False,
    ]
    for name, value in {"direction": "lower", "best": 0.0, "range": (0, 1), "any_valid_share": True}.items():
        with pytest.raises(PluginError, match=f"metric 'ab': {name} belongs to each of its outputs"):
            MetricSpec(name="ab", make=work, outputs=outputs, **{name: value})
