"""`genbench.run` as a function: what it is given, and the run that it returns."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

import genbench
from genbench.board.csv_tables import leaderboard_frame, scores_frame
from genbench.core.errors import SuiteError
from genbench.results.folder import BOARD_FILES
from genbench.results.results import Results
from genbench.runs import api
from genbench.runs.api import Run
from genbench.runs.prepare import Order
from genbench.suite.file import bundled_text


@pytest.fixture
def results(run_of):
    """Return results in which one generator has a failure and another one lacks a record."""
    table = {
        "vae": {"fid": [1.0]},
        "gan": {"fid": ["error"]},
        "new": {"fid": [None]},
        "noise": {"fid": [2.0]},
    }
    plan, records = run_of(table)
    return Results(name="x", plan=plan, records=records, traces=())


@pytest.fixture
def charted(run_of, tmp_path):
    """Return a run of two generators with two metrics."""
    plan, records = run_of(
        {"a": {"fid": [1.0, 2.0], "recall": [1.0, 2.0]}, "b": {"fid": [2.0, 3.0], "recall": [3.0, 4.0]}}
    )
    found = Results(name="x", plan=plan, records=records, traces=())
    return Run(
        folder=tmp_path, files=(), results=found, order=Order(suite="quickstart"), computed=frozenset()
    )


@pytest.fixture
def ordered(results, tmp_path, monkeypatch):
    """Return a function that calls `genbench.run` without running anything: the order and the run."""
    asked = []

    def execute(order, events, claims):
        asked.append((order, events))
        return tmp_path / "out", results, frozenset({"a key"})

    monkeypatch.setattr(api, "execute", execute)

    def call(*arguments, **options):
        found = genbench.run(*arguments, **options)
        return *asked.pop(), found

    return call


def test_without_arguments_the_quickstart_is_ordered_and_warnings_become_pythons(ordered):
    order, events, _ = ordered()
    assert order == Order(suite="quickstart")
    with pytest.warns(RuntimeWarning, match="the store is full"):
        events.warn("the store is full")


def test_names_and_mappings_paths_and_texts_are_both_taken(ordered, tmp_path):
    listener = object()
    (tmp_path / "x.toml").write_text(bundled_text("quickstart"))
    order, _, _ = ordered(
        tmp_path / "x.toml", output="out", generators=["vae", {"use": "vae", "steps": 3}], only="vae",
        executor="dask", plugins=["a.py", Path("b.py")],
        listeners=["mlflow", {"use": "mlflow", "experiment": "x"}, listener],
    )  # fmt: skip
    assert order == Order(
        suite=tmp_path / "x.toml", output=Path("out"),
        generators=({"use": "vae"}, {"use": "vae", "steps": 3}), only=("vae",),
        executor={"use": "dask"}, plugins=(Path("a.py"), Path("b.py")),
        listeners=({"use": "mlflow"}, {"use": "mlflow", "experiment": "x"}, listener),
    )  # fmt: skip
    order, _, _ = ordered(only=["vae", "gan"], executor={"use": "dask", "scheduler": "x"})
    assert order.only == ("vae", "gan")
    assert order.executor == {"use": "dask", "scheduler": "x"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("seeds", [1, 2]),
        ("n", 30),
        ("jobs", 3),
        ("threads", 2),
        ("device", "cuda"),
        ("offline", True),
        ("keep_samples", True),
        ("retry", False),
        ("trust_plugins", True),
    ],
)
def test_each_other_option_is_a_field_of_the_order(ordered, name, value):
    order, _, _ = ordered(**{name: value})
    assert order == Order(suite="quickstart", **{name: value})


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("output", 3, "a path"),
        ("generators", 3, "a list of names, or of mappings with `use`"),
        ("generators", "vae", "a list of names, or of mappings with `use`"),
        ("generators", {"use": "vae"}, "a list of names, or of mappings with `use`"),
        ("generators", [3], "a list of names, or of mappings with `use`"),
        ("only", 3, "the name of a generator, or a list of names"),
        ("only", [3], "the name of a generator, or a list of names"),
        ("jobs", "2", "an integer of at least 1"),
        ("jobs", 1.5, "an integer of at least 1"),
        ("threads", "2", "an integer of at least 1"),
        ("threads", None, "an integer of at least 1"),
        ("executor", 3, "a name, or a mapping with `use`"),
        ("device", 3, "cpu, cuda, cuda:1 or another device of torch"),
        ("plugins", 3, "a list of paths"),
        ("plugins", "a.py", "a list of paths"),
        ("plugins", [3], "a list of paths"),
        ("listeners", "mlflow", "a list of names, of mappings with `use`, or of objects"),
        ("listeners", 3, "a list of names, of mappings with `use`, or of objects"),
    ],
)
def test_an_argument_of_a_wrong_type_is_refused_by_name(ordered, name, value, expected):
    with pytest.raises(SuiteError) as refused:
        ordered(**{name: value})
    assert str(refused.value) == f"{name}: expected {expected}, got {value!r}"


def test_a_run_has_written_its_board_and_gives_it_as_frames(ordered, results):
    _, _, found = ordered()
    assert found.files == tuple(found.folder / name for name in BOARD_FILES)
    assert all(file.is_file() for file in found.files)
    assert found.leaderboard().equals(leaderboard_frame(results.plan, results.records))
    assert found.computed == {"a key"}
    assert found.scores().equals(scores_frame(results.plan, results.records))


def test_a_run_shows_its_board_in_a_notebook(ordered):
    shown = ordered()[-1]._repr_html_()
    assert shown.count("<table>") == 1
    assert {"vae", "gan", "new", "noise"} <= set(re.findall(r'<th scope="row">([^<]+)</th>', shown))


@pytest.mark.slow
@pytest.mark.extras("altair")
def test_a_run_is_plotted_by_the_number_of_metrics(charted):
    kinds = [type(charted.plot(*metrics)).__name__ for metrics in ((), ("fid",), ("fid", "recall"))]
    assert kinds == ["LayerChart", "LayerChart", "LayerChart"]
    titles = [
        charted.plot(*metrics).to_dict()["title"]["text"] for metrics in ((), ("fid",), ("fid", "recall"))
    ]
    assert titles == ["ranks on digits", "fid on digits", "fid and recall on digits"]
    assert charted.plot(kind="wins", dataset="digits").to_dict()["title"]["text"] == "wins on digits"


@pytest.mark.parametrize(
    ("metrics", "kind", "message"),
    [
        (("fid",), "pie", "no chart is called 'pie'; expected one of seeds, ranks"),
        (("fid", "recall", "fid"), None, "no chart is called None"),
        (("fdi",), None, "no metric 'fdi' on digits"),
    ],
)
def test_a_plot_of_unknown_names_is_refused(charted, metrics, kind, message):
    with pytest.raises(SuiteError, match=message):
        charted.plot(*metrics, kind=kind)


def test_without_altair_a_plot_says_how_to_install_it(charted, monkeypatch):
    monkeypatch.setitem(sys.modules, "altair", None)
    with pytest.raises(SuiteError, match=r"pip install 'genbench\[altair\]'"):
        charted.plot("fid")


@pytest.mark.parametrize(
    ("only", "is_complete"), [(("vae",), True), (("gan",), False), (("new",), False), ((), False)]
)
def test_a_run_is_complete_if_what_was_ordered_and_the_controls_have_a_value(results, only, is_complete):
    order = Order(suite="x", only=only)
    run = Run(folder=Path(), files=(), results=results, order=order, computed=frozenset())
    assert run.is_complete is is_complete


@pytest.mark.parametrize(("outcome", "has_values"), [(1.0, True), ("skipped", False), (None, False)])
def test_a_run_has_values_if_a_cell_of_the_order_has_one(run_of, outcome, has_values):
    plan, records = run_of({"vae": {"fid": [outcome]}, "gan": {"fid": [1.0]}})
    results = Results(name="x", plan=plan, records=records, traces=())
    order = Order(suite="x", only=("vae",))
    assert (
        Run(folder=Path(), files=(), results=results, order=order, computed=frozenset()).has_values
        is has_values
    )


@pytest.mark.parametrize(("outcome", "is_complete"), [("skipped", True), ("error", False)])
def test_a_control_counts_whatever_was_ordered(run_of, outcome, is_complete):
    plan, records = run_of({"vae": {"fid": [1.0]}, "noise": {"fid": [outcome]}})
    results = Results(name="x", plan=plan, records=records, traces=())
    order = Order(suite="x", only=("vae",))
    assert (
        Run(folder=Path(), files=(), results=results, order=order, computed=frozenset()).is_complete
        is is_complete
    )
