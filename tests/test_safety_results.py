"""Results of unknown origin: any JSON with a valid seal is read, or refused in one line."""

from __future__ import annotations

import copy
import io
import json
import re

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from genbench.board.csv_tables import history_frame, timings_frame, to_csv
from genbench.board.leaderboard import build_board
from genbench.board.report import make_board_files
from genbench.board.terminal import open_console, print_board
from genbench.board.view import view_board
from genbench.cli.main import main
from genbench.core.canonical_json import canonical, digest
from genbench.core.errors import DataError
from genbench.core.extracted import ValidCount
from genbench.results.folder import RunFolder
from genbench.results.records import (
    Notice,
    read_plan,
    read_records,
    read_traces,
    short_signature,
    write_plan,
    write_record,
    write_trace,
)

pytestmark = pytest.mark.slow

NAMES = (
    "vae", "gan", "digits", "fid", "recall", "rank", "rank:low", "fid:low", "n", "seeds", "vae@other", "nan",
)  # fmt: skip
TEXTS = ("", "=cmd()", "\x1b[2J", "\ud800", "<script>", "a\n# b", "| x |", "../../x", "ok", "error", "lower",
         "target", "skipped", "floor", "a" * 400)  # fmt: skip
LEAVES = (
    st.none() | st.booleans() | st.sampled_from((*NAMES, *TEXTS)) | st.text(max_size=5)
    | st.sampled_from((0, 1, -1, 2**63, -(2**63), 10**400, 1e308, -1e308, 5e-324, 0.5, -0.0))
    | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
)  # fmt: skip
KEYS = st.sampled_from((*NAMES, *TEXTS)) | st.text(max_size=3)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=6
)
PROVENANCE = {
    "name": "mine", "suite": "seeds = [0]", "seeds": [0, 1], "n": 599, "instead": [{"use": "vae"}],
    "machine": {"threads": 1, "device": "cpu"},
    "datasets": {"digits": {"shared_splits": [["train", "test"]]}},
    "merged": {"a": {"datasets": {"digits": {"shared_splits": [["train", "held_out"]]}}}},
    "differences": ["digits: n is 1 in a"],
}  # fmt: skip
FILES = ("run.json", "records", "traces")


@pytest.fixture(scope="module")
def folder(tmp_path_factory, run_of, described, trace_of):
    """Return the folder of a run that has every field."""
    folder = tmp_path_factory.mktemp("stranger") / "run"
    RunFolder(folder).create()
    table = {
        "vae": {"fid": [1.5, 2.0], "recall": [0.5, "error"]},
        "gan": {"fid": [1.0, 3.0], "recall": [0.1, 0.2]},
    }
    plan, records = run_of(
        table, directions={"recall": "target"}, signature={"options": {"k": [1, {"a": None}]}, "n_real": 40}
    )
    traces = [trace_of(name, 0, history=({"step": 1, "total": 2, "loss": 0.5},), seconds={"fit": 1.0})
              for name in table]  # fmt: skip
    facts = {"unseen_controls": ("floor",), "any_valid_share": True, "range": (0.0, None)}
    plan = type(plan)(
        cells=tuple(described(cell, **facts) for cell in plan.cells),
        traces=tuple(trace.key for trace in traces),
        provenance=PROVENANCE,
    )
    write_plan(folder, plan)
    given = {
        "extra": {"note": "made up", "parts": [1, {"x": 2.5}]},
        "notices": (Notice(kind="metric", component="a:b", text="used it"),),
        "environment": {"libraries": {"numpy": "2"}, "machine": {"cpu": "x"}},
        "valid": {"fake": ValidCount(n=5, of=10)},
    }
    for record in records.values():
        write_record(folder, type(record)(**(vars(record) | given)))
    for trace in traces:
        write_trace(folder, trace)
    return folder


def spot(data, value):
    """Draw the path of a value inside a JSON-like value, level by level."""
    path = []
    while isinstance(value, (dict, list)) and value and data.draw(st.integers(0, 4)):
        key = data.draw(st.sampled_from(sorted(value) if isinstance(value, dict) else range(len(value))))
        path.append(key)
        value = value[key]
    return path, value


def everywhere(value, old, new):
    """Return a JSON-like value with `new` for each `old`."""
    if isinstance(value, dict):
        return {key: everywhere(item, old, new) for key, item in value.items()}
    if isinstance(value, list):
        return [everywhere(item, old, new) for item in value]
    return new if type(value) is type(old) and value == old else value


def mutated(data, body):
    """Return a body in which one value is dropped, repeated, replaced, or replaced everywhere."""
    path, old = spot(data, body)
    new = data.draw(VALUES | st.just(copy.deepcopy(spot(data, body)[1])))
    kind = data.draw(st.sampled_from(("put", "everywhere", "drop", "add", "repeat")))
    if kind == "everywhere":
        return everywhere(body, old, new)
    if not path:
        return new
    body = inner = copy.deepcopy(body)
    *above, key = path
    for step in above:
        inner = inner[step]
    if kind == "drop":
        inner.pop(key)
    elif kind == "add" and isinstance(inner, dict):
        inner[data.draw(st.sampled_from(NAMES))] = new
    elif kind == "repeat" and isinstance(inner, list):
        inner.append(inner[key])
    else:
        inner[key] = new
    return body


@pytest.fixture
def sealed(folder):
    """Return a function that seals another body of a file; all files are as before when the test ends."""
    before = {path: path.read_bytes() for path in folder.rglob("*.json")}

    def write(file, change):
        restore()
        path = folder / file
        path = path if path.is_file() else min(path.iterdir())
        outer = json.loads(before[path])
        body = change(outer["body"])
        path.write_text(canonical({"schema": outer["schema"], "sha256": digest(body), "body": body}))

    def restore():
        for path, content in before.items():
            path.write_bytes(content)

    yield write
    restore()


def refuse(path):
    raise DataError(f"{path} is damaged")


def shown(folder):
    """Read a run and return all that genbench makes of it; raise DataError if a file is refused."""
    plan = read_plan(folder)
    records = read_records(folder, plan.cells, refuse)
    traces = read_traces(folder, plan.traces, refuse)
    files = make_board_files(plan, records)
    console = open_console()
    console.file = io.StringIO()
    print_board(console, view_board(build_board(plan, records)))
    tables = (to_csv(timings_frame(traces)), to_csv(history_frame(traces)))
    return [content.decode() for content in (*files.values(), *tables)], console.file.getvalue()


def check_shown(folder):
    """Check that a run is refused with a DataError, or that nothing it holds is taken for anything else."""
    try:
        files, printed = shown(folder)
    except DataError:
        return
    for text in (*files, printed):
        assert {char for char in text if not char.isprintable()} <= {"\n"}
    leaderboard, _, markdown, *_ = files
    assert not re.search(r"(?<!\\)<script|^(- )?#+ b", markdown, re.MULTILINE)
    columns = leaderboard.partition("\n")[0].split(",")
    assert len(set(columns)) == len(columns)


FIELDS = {
    "run.json": ("cells",), "records": (), "traces": (),
    "signatures": ("signatures",), "provenance": ("provenance",), "machine": ("provenance", "machine"),
    "datasets": ("provenance", "datasets"), "dataset": ("provenance", "datasets", "digits"),
    "merged": ("provenance", "merged"), "merged run": ("provenance", "merged", "a"),
    "cell": ("cells", 0), "step": ("history", 0), "valid": ("valid", "fake"), "notice": ("notices", 0),
}  # fmt: skip
ODD = (
    None, True, "", "vae", "rank", "fid:low", "nan", "ok", "target", "\x1b[2J", "\ud800", "<script>",
    "a\n# b", 0, -1, 2**63, 10**400, 1e308, [], ["# b"], [[]], [{}], {}, {"\ud800": "\ud800"},
)  # fmt: skip


def with_signature_field(body, name, value):
    """Change a field of all signatures, and with it their short forms."""
    signatures = {short: signature | {name: value} for short, signature in body["signatures"].items()}
    body["signatures"] = {short_signature(signature): signature for signature in signatures.values()}
    for cell in body["cells"]:
        cell["signature"] = short_signature(signatures[cell["signature"]])
    return body


def test_each_field_of_a_signature_may_hold_any_value(folder, sealed):
    signature = read_plan(folder).cells[0].signature
    for name in signature:
        for value in (None, "all", "\ud800", "<script>", -1, 10**400, [], {}):
            sealed("run.json", lambda body, name=name, value=value: with_signature_field(body, name, value))
            check_shown(folder)


@pytest.mark.parametrize("spot", FIELDS)
def test_each_field_may_hold_any_value(folder, sealed, spot):
    file = {"step": "traces", "valid": "records", "notice": "records"}.get(spot, "run.json")
    file = spot if spot in FILES else file

    def table(body):
        for key in FIELDS[spot] if spot != file else ():
            body = body[key]
        return body

    def changed(body, name, value):
        for inner in body["cells"] if spot == "cell" else [table(body)]:
            inner[name] = value
        return body

    names = []
    sealed(file, lambda body: names.extend(table(body)) or body)
    for name in names:
        for value in ODD:
            sealed(file, lambda body, name=name, value=value: changed(body, name, value))
            check_shown(folder)


MANY = settings(
    max_examples=60, database=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


def seal_mutated(data, sealed):
    def change(body):
        for _ in range(data.draw(st.integers(1, 2))):
            body = mutated(data, body)
        return body

    sealed(data.draw(st.sampled_from(FILES)), change)


@MANY
@given(st.data())
def test_a_sealed_file_of_any_content_is_read_or_refused(folder, sealed, data):
    seal_mutated(data, sealed)
    check_shown(folder)


@settings(MANY, max_examples=15)
@given(st.data())
@pytest.mark.parametrize("command", [("leaderboard",), ("compare", "vae", "gan"), ("verify", "--quiet")])
def test_a_command_ends_with_a_line_whatever_a_sealed_file_holds(folder, sealed, command, data):
    seal_mutated(data, sealed)
    name, *rest = command
    found = CliRunner().invoke(main, [name, str(folder), *rest])
    assert found.exit_code in (0, 1, 2), found.exception
    assert isinstance(found.exception, (SystemExit, type(None)))
    if found.exit_code == DataError.exit_code:
        assert found.stderr.splitlines()[-1].startswith("Error: ")
