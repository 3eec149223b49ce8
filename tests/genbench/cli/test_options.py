"""Every option of every command changes what the command does; a new option without an example fails here."""

from __future__ import annotations

import importlib
import os
import re
import shlex
import shutil
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from types import SimpleNamespace

import click
import pytest
from click.testing import CliRunner
from click_commands import list_commands

from genbench.arena.judge import PositionBias
from genbench.catalog.catalog import load_catalog
from genbench.cli.main import main
from genbench.core.canonical_json import digest
from genbench.core.samples import Samples
from genbench.core.spaces import Space
from genbench.results.records import write_plan, write_record
from genbench.results.results import Results
from genbench.runs.api import Run
from genbench.runs.prepare import Order
from genbench.scoring.measurement import Measurement
from genbench.verification.api import Verification

CALL_IT = object()  # in place of what a function returns: the function itself is called


class EndError(Exception):
    """In place of what a function returns: the command ends there."""


#: Arguments of options whose type gives none; see `argument_of`.
ARGUMENTS = {
    "--allow-key": "KEY@host", "--dataset": "letters", "--device": "cuda:1", "--extractor": "pixels",
    "--metric": "kid", "--modality": "text", "--output": "other", "--plugin": "own.py",
    "--question": "Which is sharper?",
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """How a command is called.

    words   its arguments, apart from the option that is tried
    calls   functions that it calls, "module:name", and what they return here
    given   arguments of options, where neither `ARGUMENTS` nor the type of the option says them
    beside  other `words` for some options
    """

    words: str
    calls: dict = field(default_factory=dict)
    given: dict = field(default_factory=dict)
    beside: dict = field(default_factory=dict)


MEASURED = Measurement(
    metric="fid", direction="lower", best=None, value=1.0, low=None, high=None, spread=None, n=2, n_real=2,
    status="ok", reason="", seed=0, signature="0" * 8, decided_by={}, extra={"parts": {"a": 1.0, "b": 2.0}},
)  # fmt: skip
CATALOG = {"genbench.catalog.catalog:load_catalog": lambda seen: seen.catalog}
PAGE = {"genbench.cli.pictures.page:write_page": None}
PROGRESS = {"genbench.runs.progress:open_progress": CALL_IT}
ARENA = CATALOG | PROGRESS | {
    "genbench.arena.samples:arena_samples": lambda seen: seen.arena,
    "genbench.arena.samples:real_trial": lambda seen: seen.arena.trials[0],
    "genbench.arena.pairs:plan_pairs": CALL_IT,
    "genbench.arena.task:render_task": b"",
    "genbench.arena.judge:collect_votes": (
        b"", PositionBias(pairs=1, same_sample=1, first_twice=0, second_twice=0)
    ),
}  # fmt: skip
PUBLISH = "run -o out --date 2026-01-31 --organization us --relationship first_party --dataset digits"
CASES = {
    "run": Case(
        "quickstart",
        {
            "genbench.runs.api:run_order": lambda seen: seen.run,
            "genbench.runs.run:survey": [],
        } | PAGE | PROGRESS,
        {
            "--seeds": "7,8", "--generator": "vae", "--only": "vae", "--executor": "dask",
            "--address": "tcp://a:1", "--listener": "mlflow",
        },
    ),
    "suites": Case(""),
    "score": Case(
        "--fake a --real b",
        {
            "genbench.cli.score:_score_each": {"a": {"fid": MEASURED}},
            "genbench.scoring.explain:explain": [],
            "genbench.cli.views.scores:explained_view": "",
            "genbench.runs.progress:open_stage_progress": CALL_IT,
        },
        {
            "--fake": "c", "--real": "c", "--train": "c", "--weights": "w.npz",
            "--protocol": "torch-fidelity", "--reader": "image-folder", "--save-stats": "s.npz",
            "--output": "scores.json",
        },
    ),
    "plugins": Case("", CATALOG),
    "plugins list": Case("fid", CATALOG),
    "plugins show": Case("kid", CATALOG, {"--kind": "fault"}, {"--kind": "noise"}),
    "fetch": Case("", CATALOG),
    "leaderboard": Case("run", PAGE),
    "page": Case("run", CATALOG | {"genbench.report.page.document:make_page": b"page"},
                 {"--output": "other.html"}),
    "arena make": Case(
        "run -o a.html --pairs 2", ARENA, {"--pairs": "3", "--output": "other.html", "--jobs": "999"}
    ),
    "arena judge": Case(
        "run -o a.json --judge true --pairs 2", ARENA,
        {
            "--pairs": "3", "--output": "other.json", "--judge": "false", "--name": "me", "--env": "HOME",
            "--jobs": "999",
        },
    ),
    "arena rate": Case(
        "battles.csv -o new",
        {"genbench.arena.battles:rate_battles": lambda seen: (seen.run.results, ())} | PAGE,
    ),
    "arena score": Case(
        "run votes.json -o new",
        {
            "genbench.arena.scored:score_votes":
                lambda seen: SimpleNamespace(left_out={}, files=(), results=seen.run.results),
        } | PAGE | PROGRESS,
        {"--most-failed": "0.25"},
    ),
    "verify": Case("run", {"genbench.verification.api:verify": Verification(faults=())} | PROGRESS,
                   {"--suite": "text"}),
    "compare": Case("run vae gan"),
    "gate": Case("run other-run --limit fid=1", given={"--limit": "kid=9"}),
    "power": Case("run --difference fid=0.05", given={"--difference": "kid=9", "--only": "vae",
                                                   "--power": "0.5"}),
    "plot": Case(
        "run seeds -o a.svg --dataset digits --metric fid",
        CATALOG | {
            "genbench.report.charts.kinds:build_chart": {},
            "genbench.report.charts.drawing:draw_chart": b"",
            "genbench.report.page.samples.gallery:collect_gallery": EndError,
        },
        {"--output": "b.pdf", "--log": "loss"},
        dict.fromkeys(("--plugin", "--show-real"), "run samples -o a.svg --dataset digits"),
    ),
    "publish": Case(
        PUBLISH,
        given={
            "--date": "2026-02-01", "--organization": "them", "--source": "https://a.example/run",
            "--model": "vae=us/vae", "--benchmark": "us/digits", "--task": "kid=distance",
        },
        beside={
            "--benchmark": PUBLISH + " --task fid=distance --benchmark us/other",
            "--task": PUBLISH + " --benchmark us/digits --task fid=d",
        },
    ),
    "doctor": Case("", CATALOG | {
        "genbench.cli.views.environment:read_report": {"plugins": []},
        "genbench.cli.views.doctor:doctor_view": "",
    }),
    "check": Case(
        "fid",
        CATALOG | {
            "genbench.board.terminal:open_stderr": CALL_IT,
            "genbench.checks.conformance.command:check_components": [],
            "genbench.checks.conformance.command:plan_checks": CALL_IT,
            "genbench.cli.views.checks:print_results": None,
        },
        {"--kind": "metric", "--lock": "lock.json"},
        {"--list": ""},
    ),
    "battery": Case(
        "fid --extractor pixels",
        CATALOG | {
            "genbench.board.terminal:open_stderr": CALL_IT,
            "genbench.checks.battery.setup:open_data":
                lambda seen: SimpleNamespace(modality=seen.image),
            "genbench.checks.battery.battery:default_n": 9,
            "genbench.checks.battery.battery:run_battery": [],
            "genbench.checks.battery.kept_cards:find_cards": [],
            "genbench.cli.pictures.files:write_file": None,
            "genbench.report.charts.cards:card_chart": {},
            "genbench.report.charts.drawing:draw_chart": b"",
        },
        {"--plot": "card.svg", "--data": "image-folder path=.", "--extractor": "digits-classifier"},
        {"--card": "fid"},
    ),
    "new": Case("metric edge-gap", CATALOG, {"--author": "Ada <ada@a.example>", "--folder": "sub"}),
    "store": Case("", given={"--evict-to": "0"}),
}  # fmt: skip


COMMANDS = list_commands(main)


def options(command):
    """Return the options of a command by their long names."""
    shown = [each for each in command.params if isinstance(each, click.Option) and not each.hidden]
    return {max(each.opts, key=len): each for each in shown}


def argument_of(case, name, option):
    """Return the words that give an option another value than its default."""
    if option.is_flag:
        return [option.secondary_opts[0] if option.default is True else name]
    if name in case.given or name in ARGUMENTS:
        return [name, case.given.get(name, ARGUMENTS.get(name))]
    if isinstance(option.type, click.Choice):
        return [name, next(choice for choice in reversed(option.type.choices) if choice != option.default)]
    number = option.default if isinstance(option.default, (int, float)) else 1
    assert isinstance(option.type, (click.types.IntParamType, click.types.FloatParamType)), (
        f"no argument: {name}"
    )
    return [name, str(number + 1)]


@pytest.fixture(scope="module")
def seen(run_of, arena_of, modality, tmp_path_factory):
    """Return what commands work on here: a catalog, two folders, a finished run, arena samples."""
    folder = tmp_path_factory.mktemp("runs")
    table = {
        name: {"fid": [at, at + 0.1, at + 0.3], "kid": [at, at + 0.2, at]}
        for at, name in enumerate(("vae", "gan"))
    }
    for name in ("run", "other-run"):
        (folder / name / "records").mkdir(parents=True)
        runs = [run_of(table, dataset=dataset, salt=name) for dataset in ("digits", "letters")]
        runs.append(run_of({"noise": {"fid": [9.0] * 3}}, salt=name))
        records = {key: record for _, found in runs for key, record in found.items()}
        plan = runs[0][0].__class__(
            cells=tuple(cell for plan, _ in runs for cell in plan.cells), traces=(), provenance={"name": name}
        )
        write_plan(folder / name, plan)
        for record in records.values():
            write_record(folder / name, record)
    results = Results(name="run", plan=plan, records=records)
    samples = [
        Samples(
            data=tuple(f"{name} {number}" for number in range(12)), space=Space(modality="text", shape=())
        )
        for name in "ab"
    ]
    return SimpleNamespace(
        folder=folder,
        catalog=load_catalog(only=["controls", "fidelity", "image", "modalities"]),
        run=Run(
            folder=folder, files=(), results=results, order=Order(suite="s"), computed=frozenset(records)
        ),
        arena=arena_of({name: (None, {0: each}) for name, each in zip(table, samples, strict=True)}),
        image=modality("image"),
    )


@pytest.fixture
def outcome(seen, tmp_path, monkeypatch):
    """Return a function that calls a command: (exit code, its calls, variables, outputs and files)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GENBENCH_PAGE")
    monkeypatch.setenv("GENBENCH_STORE", str(tmp_path / "store"))

    def call(words, calls):
        for path in tmp_path.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        for name in {"run", "other-run"}.intersection(words):
            shutil.copytree(seen.folder / name, tmp_path / name)
        before = dict(os.environ)
        made = []
        with pytest.MonkeyPatch.context() as patch:
            for name, result in calls.items():
                replace_everywhere(patch, name, made, result, seen)
            done = CliRunner().invoke(main, words)
            changed = {name: value for name, value in os.environ.items() if before.get(name) != value}
            os.environ.clear()
            os.environ.update(before)
        assert isinstance(done.exception, SystemExit | EndError | None), done.exception
        files = {str(path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
        return done.exit_code, [
            made,
            changed,
            done.stdout,
            done.stderr,
            digest(sorted(map(repr, files.items()))),
        ]

    return call


def replace_everywhere(patch, name, made, result, seen):
    """Replace a function in all modules that have it by one that notes its arguments."""
    module, _, attribute = name.partition(":")
    original = getattr(importlib.import_module(module), attribute)

    def noted(*arguments, **by_name):
        made.append(re.sub(" at 0x[0-9a-f]+", "", repr((attribute, arguments, sorted(by_name.items())))))
        if result is CALL_IT:
            return original(*arguments, **by_name)
        if result is EndError:
            raise EndError
        return result(seen) if callable(result) else result

    for each in [each for key, each in sys.modules.items() if key.startswith("genbench")]:
        for key in [key for key, value in vars(each).items() if value is original]:
            patch.setattr(each, key, noted)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_changes_what_its_command_does(name, outcome):
    case, plain, dropped = CASES[name], {}, []
    for option, parameter in options(COMMANDS[name]).items():
        words = f"{name} {case.beside.get(option, case.words)}".split()
        if tuple(words) not in plain:
            plain[tuple(words)] = outcome(words, case.calls)
        given = outcome([*words, *argument_of(case, option, parameter)], case.calls)
        assert given[0] in (0, 1, 5), f"genbench {words} {option}: {given[1][3]}"
        if given == plain[tuple(words)]:
            dropped.append(option)
    assert dropped == []
    words = f"{name} {case.words}".split()
    assert outcome(words, case.calls) == plain.get(tuple(words), outcome(words, case.calls))


def test_all_commands_are_tried():
    assert sorted(CASES) == sorted(COMMANDS)


#: Where an option has another metavar than in other commands, and why.
OTHER_METAVARS = {
    ("score", "--modality"): "the parameters of a modality follow its name",
    ("plot", "--metric"): "a number of a board has no options",
}


def test_an_option_means_the_same_in_every_command():
    """The helps of an option begin with the same words, and it takes the same kind of value."""
    by_name = defaultdict(dict)
    for command, parameters in COMMANDS.items():
        for name, option in options(parameters).items():
            by_name[name][command] = option
    wrong = {}
    for name, same in by_name.items():
        alike = [option for command, option in same.items() if (command, name) not in OTHER_METAVARS]
        kinds = {
            (tuple(option.opts), type(option.type), {"OUT": "FILE"}.get(option.metavar, option.metavar))
            for option in alike
        }
        beginnings = {tuple(re.findall(r"\w+", option.help)[:2]) for option in alike}
        if len(kinds) > 1 or len(beginnings) > 1:
            wrong[name] = (kinds, beginnings)
    assert wrong == {}
    assert [key for key in OTHER_METAVARS if key[0] not in by_name[key[1]]] == []


def test_formats_are_named_alike_and_begin_with_text():
    formats = {name: options(command).get("--format") for name, command in COMMANDS.items()}
    choices = {name: list(option.type.choices) for name, option in formats.items() if option is not None}
    every = ["text", "json", "csv", "md", "html", "latex"]
    assert {name: each for name, each in choices.items() if each != every[: len(each)]} == {}
    assert [name for name, each in choices.items() if len(each) == 2] == [
        "verify",
        "plugins show",
        "doctor",
    ]  # they print no table


@pytest.mark.parametrize("name", [name for name, command in COMMANDS.items() if not command.hidden])
def test_every_command_has_two_examples_that_parse(name):
    command = COMMANDS[name]
    assert len(command.examples) == 2
    for example in command.examples:
        words = shlex.split(example.partition(" > ")[0])
        start = ["genbench", *name.split()]
        assert words[: len(start)] == start
        command.make_context(name, words[len(start) :])  # raises for an unknown option or a wrong value
        assert example in CliRunner().invoke(main, [*name.split(), "--help"]).output


@pytest.mark.parametrize("command", ["leaderboard", "compare", "score"])
def test_an_option_of_run_alone_names_its_command_elsewhere(command):
    for name, option in ((command, "--only"), (command, "--generator"), ("power", "--generator")):
        remedy = "write --only" if name == "power" else "it belongs to `genbench run`"
        errors = CliRunner().invoke(main, [name, option, "gan"]).stderr
        assert f"No such option '{option}'; {remedy}" in errors
    assert "belongs" not in CliRunner().invoke(main, [command, "--onyl", "gan"]).stderr


def test_options_of_a_long_help_are_in_groups():
    text = CliRunner().invoke(main, ["run", "--help"]).output
    assert re.findall(r"^(\w+):$", text, re.MULTILINE) == ["Select", "Compute", "Output", "Examples"]
    assert text.index("--seeds") < text.index("--jobs") < text.index("--output") < text.index("--help")
    short = CliRunner().invoke(main, ["store", "--help"]).output
    assert re.findall(r"^(\w+):$", short, re.MULTILINE) == ["Options", "Examples"]
