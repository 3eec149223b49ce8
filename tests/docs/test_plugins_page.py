"""The pages for plugin authors: their code runs, and their reference is complete."""

from __future__ import annotations

import dataclasses
import inspect
import json
import re
import subprocess

import pytest

import genbench
from genbench.contract import hookspecs
from genbench.contract.events import EVENTS
from genbench.contract.signature import HOST_PARAMETERS, INPUTS
from genbench.contract.specs import DIRECTIONS, Spec
from genbench.core.scores import STATUSES
from genbench.runs import listeners

PAGE = "docs/plugins.md"
KINDS = ("metric", "generator", "dataset", "extractor", "modality", "fault", "executor", "listener")
PAGES = (PAGE, *(f"docs/plugins/{name}.md" for name in (*KINDS, "comparison", "package")))
DEFECTIVE = {"failing.py", "restless.py", "typo.py"}  # plugins that show what goes wrong
SHORTEST = {"mean_gap.py", "tone_gap.py"}  # examples without a summary
NEEDS = {"stops.py": ("--plugin", "walks.py")}
SPECS = {  # by heading: the page that lists the fields, and the class
    "Fields of all specs": ("docs/plugins.md", Spec),
    "ModalitySpec": ("docs/plugins/modality.md", genbench.ModalitySpec),
    "DatasetSpec": ("docs/plugins/dataset.md", genbench.DatasetSpec),
    "ExtractorSpec": ("docs/plugins/extractor.md", genbench.ExtractorSpec),
    "GeneratorSpec": ("docs/plugins/generator.md", genbench.GeneratorSpec),
    "MetricSpec": ("docs/plugins/metric.md", genbench.MetricSpec),
    "FaultSpec": ("docs/plugins/fault.md", genbench.FaultSpec),
    "ExecutorSpec": ("docs/plugins/executor.md", genbench.ExecutorSpec),
    "ListenerSpec": ("docs/plugins/listener.md", genbench.ListenerSpec),
    "Output": ("docs/plugins/metric.md", genbench.Output),
    "Protocol": ("docs/plugins/extractor.md", genbench.Protocol),
}


@pytest.mark.slow
@pytest.mark.day(of=3)
@pytest.mark.parametrize("page", PAGES)
def test_every_block_of_a_page_runs_in_its_order(page, run_page):
    run_page(page)


@pytest.mark.full
@pytest.mark.day(of=3)
@pytest.mark.parametrize("page", PAGES)
def test_the_plugins_of_a_page_pass_the_checks_of_genbench(page, written, blocks):
    folder = written(page)
    for block in blocks(page):
        is_plugin = "@hookimpl" in block.text and "/" not in block.argument
        if is_plugin and block.argument not in DEFECTIVE:
            failed = failed_checks(folder, block.argument)
            assert failed == ({"summary"} if block.argument in SHORTEST else set()), block.argument


def failed_checks(folder, plugin):
    """Return the names of the checks that the components of a plugin file fail."""
    command = ["genbench", "check", plugin, *NEEDS.get(plugin, ()), "--format", "json", "--quiet"]
    done = subprocess.run(
        command, cwd=folder.path, env=folder.environment, capture_output=True, text=True, check=False
    )
    assert done.returncode in {0, 1, 5}, done.stderr  # 5: one needs a file or an option
    return {result["check"] for result in json.loads(done.stdout) if result["outcome"] == "failed"}


def test_every_page_of_the_folder_is_run(pages):
    assert set(PAGES) == {page for page in pages if page.startswith("docs/plugins")}


def test_the_first_table_leads_to_the_page_of_each_kind(section, table):
    rows = table(section(PAGE, "## Pages"))
    assert [(row[0], row[3]) for row in rows] == [(kind, f"[{kind}.md](plugins/{kind}.md)") for kind in KINDS]
    assert {row[2].strip("`") for row in rows} == set(hookspecs.HOOKS)
    assert set(KINDS) == set(INPUTS)


def test_the_first_metric_takes_twelve_lines_at_most(blocks):
    first = next(block for block in blocks(PAGE) if block.language == "python")
    assert len(first.text.splitlines()) <= 12


@pytest.mark.parametrize("hook", hookspecs.HOOKS)
def test_every_hook_has_a_heading_with_its_exact_signature_and_its_docstring(hook, section):
    function = getattr(hookspecs, hook)
    signature = f"{hook}{inspect.signature(function)}".replace("'", "")
    kind = {"modalities": "modality"}.get(hook.removeprefix("genbench_"), hook.removeprefix("genbench_")[:-1])
    assert inspect.getdoc(function) in section(f"docs/plugins/{kind}.md", f"### `{signature}`")


def test_no_heading_names_a_hook_that_does_not_exist(root):
    text = "".join((root / page).read_text(encoding="utf-8") for page in PAGES)
    assert set(re.findall(r"^### `(genbench_\w+)", text, re.MULTILINE)) == set(hookspecs.HOOKS)


@pytest.mark.parametrize("heading", SPECS)
def test_a_table_lists_exactly_the_fields_of_a_spec(heading, section, table):
    inherited = set() if heading in ("Fields of all specs", "Output", "Protocol") else _names(Spec)
    page, spec = SPECS[heading]
    rows = table(section(page, f"### {heading}"))
    assert [row[0].strip("`") for row in rows] == [
        field.name for field in dataclasses.fields(spec) if field.name not in inherited
    ]


@pytest.mark.parametrize("heading", SPECS)
def test_the_defaults_in_the_tables_are_those_of_the_code(heading, section, table):
    page, spec = SPECS[heading]
    fields = {field.name: field for field in dataclasses.fields(spec)}
    for name, _, default in table(section(page, f"### {heading}")):
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
    rows = table(section("docs/plugins/listener.md", "### Events"))
    assert {event.strip("`"): tuple(re.findall(r"`(\w+)`", values)) for event, values in rows} == EVENTS


def test_the_limits_of_listeners_are_those_of_the_code(root):
    text = " ".join((root / "docs/plugins/listener.md").read_text(encoding="utf-8").split())
    assert f"If {listeners._MOST_PROGRESS:,} events wait for it" in text
    assert f"from {listeners._MOST_EVENTS:,} nothing" in text
    assert f"(at most {listeners._MOST_TRACEBACKS})" in text
    assert f"at most {listeners._ALL_S / 60:g} minutes" in text
    assert f"has taken {listeners._CALL_S / 60:g} minutes" in text
    assert listeners._STOPPED_S == 1


def test_all_that_is_given_is_named(section):
    text = section(PAGE, "### What a component may ask for")
    assert all(f"`{name}`" in text for name in HOST_PARAMETERS)


def test_every_modality_and_every_direction_is_named(section, modalities):
    spaces = section(PAGE, "### Spaces and samples")
    assert all(f"`{modality.reference}`" in spaces for modality in modalities)
    metric = section("docs/plugins/metric.md", "### MetricSpec")
    assert all(f"`{direction}`" in metric for direction in DIRECTIONS)


def test_every_status_in_the_table_of_failures_exists(section, table):
    rows = table(section(PAGE, "## What the host checks"))
    assert {row[1].split("`")[1] for row in rows} < set(STATUSES)


def _names(spec):
    return {field.name for field in dataclasses.fields(spec)}
