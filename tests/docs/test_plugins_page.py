"""The tutorial for plugin authors: its code runs, and its reference is complete."""

from __future__ import annotations

import dataclasses
import inspect
import re

import pytest

import genbench
from genbench.contract import hookspecs
from genbench.contract.signature import GIVEN, INPUTS
from genbench.contract.specs import DIRECTIONS, Spec
from genbench.core.scores import STATUSES
from genbench.runs import listeners
from genbench.runs.listeners import EVENTS

PAGE = "docs/plugins.md"
SPECS = {
    "Fields of all specs": Spec,
    "ModalitySpec": genbench.ModalitySpec,
    "DatasetSpec": genbench.DatasetSpec,
    "ExtractorSpec": genbench.ExtractorSpec,
    "GeneratorSpec": genbench.GeneratorSpec,
    "MetricSpec": genbench.MetricSpec,
    "FaultSpec": genbench.FaultSpec,
    "ExecutorSpec": genbench.ExecutorSpec,
    "ListenerSpec": genbench.ListenerSpec,
    "Output": genbench.Output,
    "Protocol": genbench.Protocol,
}


@pytest.mark.slow
def test_every_block_of_the_tutorial_runs_in_its_order(blocks, folder_of):
    folder = folder_of("tutorial")
    for block in blocks(PAGE):
        folder.run(block)


def test_the_first_metric_takes_twelve_lines_at_most(blocks):
    first = next(block for block in blocks(PAGE) if block.language == "python")
    assert len(first.text.splitlines()) <= 12


@pytest.mark.parametrize("hook", hookspecs.HOOKS)
def test_every_hook_has_a_heading_with_its_exact_signature_and_its_docstring(hook, section):
    function = getattr(hookspecs, hook)
    signature = f"{hook}{inspect.signature(function)}".replace("'", "")
    assert inspect.getdoc(function) in section(PAGE, f"#### `{signature}`")


def test_no_heading_names_a_hook_that_does_not_exist(root):
    text = (root / PAGE).read_text(encoding="utf-8")
    assert set(re.findall(r"^#### `(genbench_\w+)", text, re.MULTILINE)) == set(hookspecs.HOOKS)


@pytest.mark.parametrize("heading", SPECS)
def test_a_table_lists_exactly_the_fields_of_a_spec(heading, section, table):
    inherited = set() if heading in ("Fields of all specs", "Output", "Protocol") else _names(Spec)
    rows = table(section(PAGE, f"### {heading}"))
    assert [row[0].strip("`") for row in rows] == [
        field.name for field in dataclasses.fields(SPECS[heading]) if field.name not in inherited
    ]


@pytest.mark.parametrize("heading", SPECS)
def test_the_defaults_in_the_tables_are_those_of_the_code(heading, section, table):
    fields = {field.name: field for field in dataclasses.fields(SPECS[heading])}
    for name, _, default in table(section(PAGE, f"### {heading}")):
        field = fields[name.strip("`")]
        if default == "required":
            assert field.default is field.default_factory is dataclasses.MISSING
        elif field.default is not dataclasses.MISSING:
            assert default == f"`{field.default!r}`".replace("'", '"')
        else:
            assert default in ("`{}`", "a third each")


def test_the_table_of_inputs_is_that_of_the_contract(section, table):
    rows = table(section(PAGE, "### What a component may ask for").partition("| input |")[0])
    assert {kind: tuple(re.findall(r"`(\w+)`", inputs)) for kind, inputs in rows} == INPUTS


def test_the_table_of_events_is_that_of_the_code(section, table):
    rows = table(section(PAGE, "### Events"))
    assert {event.strip("`"): tuple(re.findall(r"`(\w+)`", values)) for event, values in rows} == EVENTS


def test_the_limits_of_listeners_are_those_of_the_code(section):
    text = " ".join(section(PAGE, "## 11. Listeners").split())
    assert f"If {listeners._MOST_PROGRESS:,} events wait for it" in text
    assert f"from {listeners._MOST_EVENTS:,} nothing" in text
    assert f"(at most {listeners._MOST_TRACEBACKS})" in text
    assert f"at most {listeners._ALL_S / 60:g} minutes" in text
    assert f"has taken {listeners._CALL_S / 60:g} minutes" in text
    assert listeners._STOPPED_S == 1


def test_all_that_is_given_is_named(section):
    text = section(PAGE, "### What a component may ask for")
    assert all(f"`{name}`" in text for name in GIVEN)


def test_every_modality_and_every_direction_is_named(section, modalities):
    spaces = section(PAGE, "### Spaces and samples")
    assert all(f"`{modality.reference}`" in spaces for modality in modalities)
    metric = section(PAGE, "### MetricSpec")
    assert all(f"`{direction}`" in metric for direction in DIRECTIONS)


def test_every_status_in_the_table_of_failures_exists(section, table):
    rows = table(section(PAGE, "## 8. What the host checks"))
    assert {row[1].split("`")[1] for row in rows} < set(STATUSES)


def _names(spec):
    return {field.name for field in dataclasses.fields(spec)}
