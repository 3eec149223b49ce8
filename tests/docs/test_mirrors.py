"""Tables and lists on the pages, compared with the code that they describe."""

from __future__ import annotations

import ast
import dataclasses
import json
import re
from fractions import Fraction

import click
import pytest

from genbench.board.csv_tables import (
    data_package,
    history_frame,
    leaderboard_frame,
    scores_frame,
    timings_frame,
)
from genbench.board.rank_rules import RankRule
from genbench.board.ranking import mean_win_rates, ranks
from genbench.catalog.describe import DECIDES, describe
from genbench.cli.main import main
from genbench.cli.verify import OUTDATED
from genbench.contract.specs import MetricFacts
from genbench.core.errors import EngineError, GenbenchError, ResultsError
from genbench.core.scores import STATUSES
from genbench.results.cells import Cell
from genbench.results.folder import BOARD_FILES
from genbench.results.records import Record
from genbench.runs.prepare import FINAL
from genbench.suite.file import KEYS

COMMANDS = (
    "run", "score", "plugins", "fetch", "leaderboard", "compare", "arena", "publish", "check", "battery",
    "new", "store",
)  # fmt: skip
QUESTIONS = ("What it measures", "How to use it", "How to read it", "What it cannot see", "Source")


def first(rows):
    return [row[0].strip("`") for row in rows]


def options(command):
    shown = [each for each in command.params if isinstance(each, click.Option) and not each.hidden]
    found = [name for option in shown for name in (*option.opts, *option.secondary_opts)]
    return {*found, "-h", "--help"}.union(*(options(below) for _, below in inner(command)))


def inner(command):
    """Return the commands of a group with their names; none of another command."""
    if not isinstance(command, click.Group):
        return []
    ctx = click.Context(command)
    return [(name, command.get_command(ctx, name)) for name in command.list_commands(ctx)]


def default(option):
    """Return the default of an option as the pages write it."""
    if option["required"]:
        return "required"
    return "none" if option["default"] is None else f"`{json.dumps(option['default'])}`"


def better(output):
    """Return which direction of a number is better, as the pages write it."""
    words = {"none": "neither", "target": f"nearer to {output['best'] or 0:g}"}
    return words.get(output["direction"], output["direction"])


def interval(ends):
    """Return a range as the pages write it."""
    low, high = ("" if end is None else f"{end:.3g}" for end in ends)
    return ("[" + low if low else "(-∞") + ", " + (high + "]" if high else "∞)")


def test_the_index_lists_every_page_once(root):
    text = (root / "docs/index.md").read_text(encoding="utf-8")
    linked = re.findall(r"^(?:\d+\.| {4}-) \[[\w.-]+\]\(([^)]+)\)", text, re.MULTILINE)
    folder = root / "docs"
    found = [*folder.glob("*.md"), *folder.glob("plugins/*.md")]
    pages = {str(path.relative_to(folder)) for path in found} - {"index.md", "glossary.md"}
    top = {"../README.md", "../SECURITY.md", "../CONTRIBUTING.md", "../CHANGELOG.md"}
    assert sorted(linked) == sorted(pages | top)


def test_the_order_of_packages_is_that_of_the_floor_plan(root, section):
    shown = re.search(r"```text\n(.*?)```", section("CONTRIBUTING.md", "## Packages"), re.DOTALL)[1]
    plan = (root / "tests/genbench/test_layers.py").read_text(encoding="utf-8")
    order = next(
        node.value
        for node in ast.walk(ast.parse(plan))
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "ORDER"
    )
    assert tuple(shown.replace("<", " ").split()) == ast.literal_eval(order)


def test_the_glossary_is_sorted_and_has_the_statuses_of_the_code(root, table):
    rows = dict(table((root / "docs/glossary.md").read_text(encoding="utf-8")))
    assert list(rows) == sorted(rows)
    assert tuple(re.findall(r"`(\w+)`", rows["status"])) == STATUSES


def test_all_commands_are_listed(root, table):
    rows = table((root / "docs/cli.md").read_text(encoding="utf-8"))
    assert first(rows) == main.list_commands(click.Context(main))


@pytest.mark.parametrize("name", COMMANDS)
def test_all_options_of_a_command_and_no_others_are_listed(name, section):
    command = main.get_command(click.Context(main), name)
    cells = re.findall(r"^\| (.*?) \|", section("docs/cli.md", f"## genbench {name}"), re.MULTILINE)
    assert {option for cell in cells for option in re.findall(r"`(-[\w-]+)`", cell)} == options(command)


def test_the_exit_codes_of_errors_are_listed(section, table):
    codes = first(table(section("docs/cli.md", "## Exit codes")))
    errors = {str(error.exit_code) for error in (GenbenchError, ResultsError, EngineError)}
    assert {*errors, str(OUTDATED), "0", "1", "130", "141", "143"} == set(codes)


def test_all_statuses_are_listed_with_what_the_next_run_does(section, table):
    rows = table(section("docs/results.md", "## Statuses"))
    assert tuple(first(rows)) == STATUSES
    assert {row[0].strip("`") for row in rows if row[2].startswith("kept")} == set(FINAL)


def test_the_columns_of_the_csvs_are_those_of_the_frames(section, table, run_of, trace_of):
    plan, records = run_of({"vae": {"ID": [1.0, 2.0]}}, aspects={}, rule={"votes": ["ASPECT"]})
    frames = {
        "scores.csv": scores_frame(plan, records),
        "leaderboard.csv": leaderboard_frame(plan, records),
        "timings.csv": timings_frame([trace_of("vae", 0)]),
        "history.csv": history_frame([trace_of("vae", 0)]),
    }
    for name, frame in frames.items():
        text = section("docs/results.md", f"## {name}")
        listed = [column for part in re.split(r"\n\n(?=\| )", text)[1:] for column in first(table(part))]
        assert listed == list(frame.columns), name


def test_the_meanings_of_the_columns_are_those_of_the_data_package(section, table, run_of):
    cells = run_of({"vae": {"ID": [1.0, 2.0]}})[0].cells
    rule = RankRule(aspects={}, votes=("ASPECT",), require={})
    for resource in json.loads(data_package("", cells, rule))["resources"]:
        text = section("docs/results.md", f"## {resource['path']}")
        rows = [row for part in re.split(r"\n\n(?=\| )", text)[1:] for row in table(part)]
        listed = {row[0].strip("`"): row[1].replace("`", "") for row in rows}
        assert listed == {field["name"]: field["description"] for field in resource["schema"]["fields"]}


def test_all_files_of_a_board_are_named(root):
    text = (root / "docs/results.md").read_text(encoding="utf-8")
    assert all(f"results/<suite>/{name} " in text for name in BOARD_FILES)


def test_the_fields_of_a_signature_are_listed(section, table):
    assert tuple(first(table(section("docs/results.md", "## Signatures")))) == DECIDES["metric"]


def test_the_fields_of_a_record_and_its_cell_are_those_of_the_code(section, table):
    text = section("docs/results.md", "### The JSON of a record")
    record, cell = (table(part) for part in re.split(r"\n\n(?=\| )", text)[1:])
    assert first(record) == [field.name for field in dataclasses.fields(Record)]
    own = {field.name for kind in (Cell, MetricFacts) for field in dataclasses.fields(kind)}
    assert sorted(first(cell)) == sorted(own - {"facts"})  # which stand among the fields of the cell


def test_the_record_on_the_page_has_the_form_and_the_values_of_a_published_one(root, section):
    text = section("docs/results.md", "### The JSON of a record")
    shown = json.loads(re.search(r"```text\n(.*?)```", text, re.DOTALL)[1])
    path = root / f"results/published/quickstart/records/{shown['cell']['key']}.json"
    body = json.loads(path.read_text(encoding="utf-8"))["body"]
    assert is_part(shown, body)
    assert set(shown) == set(body)
    assert set(shown["cell"]) == set(body["cell"])


def is_part(shown, whole):
    """Return whether JSON has the values of another one, in which objects may have more keys."""
    if isinstance(shown, dict):
        return all(name in whole and is_part(value, whole[name]) for name, value in shown.items())
    return shown == whole


def test_the_worked_example_of_ranks_is_what_the_code_computes(section, table):
    rows = table(section("docs/results.md", "## How rank is computed"))
    columns = [{row[0]: float(row[1]) for row in rows}, {row[0]: -float(row[2]) for row in rows}]
    of_one_run = [{name: (loss,) for name, loss in column.items()} for column in columns]
    rates = {name: rate for name, (rate,) in mean_win_rates(of_one_run).items()}
    assert {row[0]: Fraction(row[4]) for row in rows} == rates
    assert {row[0]: int(row[5]) for row in rows} == ranks(
        {name: -float(rate) for name, rate in rates.items()}
    )


def test_the_keys_of_a_suite_are_listed(section, table):
    assert set(first(table(section("docs/suites.md", "## Keys of the suite")))) == set(KEYS)


def test_all_bundled_metrics_have_a_page_that_names_their_options_numbers_and_papers(catalog, root):
    for component in catalog.of_kind("metric"):
        entry = (root / f"docs/metrics/{component.name}.md").read_text(encoding="utf-8")
        found = describe(catalog, component)
        names = [option["name"] for option in found["options"]]
        numbers = [output["name"] for output in found["outputs"] if output["name"] != component.name]
        assert all(f"`{name}`" in entry for name in (*names, *numbers)), component.name
        papers = re.findall(r"arXiv:[\d.]+|doi:10\.[^\s,;]+|https://\S+", found["source"])
        assert papers
        assert all(paper in entry for paper in papers)
        extractor = found["extractor"]
        assert extractor is None or f"`{extractor}`" in entry


def test_every_page_of_a_metric_answers_the_same_questions_in_the_same_order(catalog, root):
    for component in catalog.of_kind("metric"):
        page = (root / f"docs/metrics/{component.name}.md").read_text(encoding="utf-8")
        assert tuple(re.findall(r"^## (.*)$", page, re.MULTILINE)) == QUESTIONS, component.name


def test_every_page_of_a_metric_shows_how_a_suite_names_it(blocks, catalog):
    for component in catalog.of_kind("metric"):
        (piece,) = (block for block in blocks(f"docs/metrics/{component.name}.md") if block.mark == "part")
        assert piece.text.startswith(f'[[metric]]\nuse = "{component.name}"\n')


def test_every_page_of_a_metric_has_the_direction_and_range_of_its_numbers(catalog, section, table):
    for component in catalog.of_kind("metric"):
        rows = table(section(f"docs/metrics/{component.name}.md", "## What it measures"))
        outputs = describe(catalog, component)["outputs"]
        assert rows == [[f"`{o['name']}`", better(o), interval(o["range"])] for o in outputs]


def test_every_page_of_a_metric_has_its_options_with_their_defaults(catalog, section, table):
    for component in catalog.of_kind("metric"):
        rows = table(section(f"docs/metrics/{component.name}.md", "## How to use it"))
        options = describe(catalog, component)["options"]
        assert [row[:2] for row in rows] == [[f"`{o['name']}`", default(o)] for o in options]


def test_the_pages_of_the_metrics_are_listed_with_their_numbers(catalog, section, table):
    rows = table(section("docs/metrics.md", "## Pages"))
    expected = {
        f"[`{component.name}`](metrics/{component.name}.md)": {
            output.name for output in component.spec.scores
        }
        for component in catalog.of_kind("metric")
    }
    assert {row[1]: set(re.findall(r"`([\w-]+)`", row[2])) for row in rows} == expected


def test_all_bundled_generators_have_an_entry_with_their_options_and_defaults(catalog, section, table):
    for component in catalog.of_kind("generator"):
        entry = section("docs/generators.md", f"### {component.name}")
        found = describe(catalog, component)["options"]
        assert table(entry) == [[f"`{o['name']}`", default(o)] for o in found], component.name


def test_all_bundled_datasets_and_extractors_are_listed(catalog, section, table):
    datasets = table(section("docs/generators.md", "## Datasets"))
    assert set(first(datasets)) == {component.name for component in catalog.of_kind("dataset")}
    extractors = table(section("docs/metrics.md", "## Extractors"))
    assert set(first(extractors)) == {component.name for component in catalog.of_kind("extractor")}


def test_all_bundled_executors_are_listed_with_their_options(catalog, section, table):
    rows = table(section("docs/scaling.md", "## Executors"))
    expected = {
        component.name: [option["name"] for option in describe(catalog, component)["options"]]
        for component in catalog.of_kind("executor")
    }
    assert {row[0].strip("`"): re.findall(r"`(\w+)`", row[2]) for row in rows} == expected


def test_the_options_of_each_listener_are_listed_with_their_defaults(catalog, section, table):
    for component in catalog.of_kind("listener"):
        rows = table(section(f"docs/{component.name}.md", "## Options"))
        assert [row[:2] for row in rows] == [
            [f"`{option['name']}`", default(option)] for option in describe(catalog, component)["options"]
        ]


def test_the_protocols_on_the_page_are_those_of_the_extractors(catalog, section, table):
    rows = table(section("docs/scoring.md", "## Protocols"))
    expected = {
        protocol.name: ("all" if protocol.n is None else f"{protocol.n:,}", f"{protocol.split}, whole")
        for component in catalog.of_kind("extractor")
        for protocol in component.spec.protocols
    }
    assert {row[0].strip("`"): (row[3], row[4]) for row in rows} == expected


def test_controls_on_the_page_are_those_of_the_plugins(catalog, section, table):
    rows = table(section("docs/suites.md", "## Controls"))
    controls = {component.name for component in catalog.of_kind("generator") if component.spec.control}
    assert set(first(rows)) == controls


def test_the_usage_of_every_command_is_that_of_its_help(root, section):
    for name in main.list_commands(click.Context(main)):
        text = section("docs/cli.md", f"## genbench {name}")
        shown = re.search(r"^```text\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)[1].splitlines()
        without_required = [re.sub(r" --[\w-]+ [A-Z]+", "", line) for line in shown]
        assert without_required == usages(main.get_command(click.Context(main), name), f"genbench {name}")


def usages(command, path):
    """Return the usage of a command, and of the commands below it."""
    words = command.collect_usage_pieces(click.Context(command, info_name=path))
    lines = [" ".join([path, *(word for word in words if "COMMAND" not in word)])]
    shown = [(name, below) for name, below in inner(command) if not below.hidden]
    return [*lines, *(line for name, below in shown for line in usages(below, f"{path} {name}"))]
