"""Fixtures for tests in more than one folder, and how tests are chosen and spread over processes."""

from __future__ import annotations

import contextlib
import functools
import gc
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import zlib
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest
from hypothesis import HealthCheck, settings

os.environ["OMP_NUM_THREADS"] = "1"  # tests run side by side, and threads change the bits of trained weights
os.environ["OMP_WAIT_POLICY"] = "passive"  # where a test has two threads, one that waits takes no CPU time
os.environ["GENBENCH_PAGE"] = "no"  # a page takes seconds; its own tests ask for it

import numpy as np

import genbench
from genbench.arena.pairs import DIGITS
from genbench.arena.samples import ArenaSamples, ArenaTrial
from genbench.board.rows import UNVERIFIED
from genbench.catalog.catalog import load_catalog
from genbench.catalog.modalities import find_modality, list_modalities
from genbench.checks.battery.faults import read_faults
from genbench.contract.specs import VOTING_ASPECTS, MetricFacts
from genbench.core.canonical_json import digest
from genbench.core.samples import digests
from genbench.jobs.isolation import workplace
from genbench.jobs.isolation.client import ForkServer
from genbench.results.cells import Cell
from genbench.results.copies import ALL, Copies
from genbench.results.records import Plan, Record, Trace
from genbench.verification import api as verification
from genbench.verification.recompute import match_claims

MARKERS = ("slow", "full", "extras", "browser")
BOARDS = "test_published.py"
LONG = (BOARDS, "test_text_suite.py", "test_quickstart.py", "test_bundled.py")
#: What is computed from texts that a language model draws: on another kind of CPU, it draws others.
DRAWN = ("sentiment-gap", "toxicity-gap")
#: Published boards in which some generator takes more than 30 s to be fitted again: one of them a day.
LONG_REFITS = ("bias-smollm2", "points", "text", "text-smollm2")
#: The day that decides what takes its turn, as YYYY-MM-DD, or "all" for everything; today if it is not set.
ASKED_DAY = os.environ.get("GENBENCH_TEST_DAY") or datetime.now(UTC).date().isoformat()
DAY = None if ASKED_DAY == "all" else date.fromisoformat(ASKED_DAY).toordinal()
#: The CPU time that a test without a mark may take: twice what CONTRIBUTING asks for, on the machine whose
#: times it states. A machine that is slower allows more, in proportion to a loop that takes LOOP_S there.
MOST_CPU_S, LOOP_S, LOOP_STEPS = 2.0, 0.015, 300_000
#: Only a test that surely took more fails: beside other work, the same test was measured at 1.5 and at 3.1 s.
NOISE = 2.0
#: On a machine with a longer queue of processes a core, the limit does not hold: two test processes and what
#: they start make it 2 at most, and at 5, tests took half as long again.
BUSY_LOAD = 2.5
#: A test that loads so many modules pays for the first import of a library: the limit does not hold for it.
LIBRARY_MODULES = 100
#: The name of what a report says of a test's CPU time, and of how many tests the summary lists it.
CPU_S, DEAREST = "cpu_s", int(os.environ.get("GENBENCH_TEST_CPU", "0"))
PROCESS = psutil.Process()
#: hypothesis fails an example that takes over 200 ms, which on a busy machine says nothing of the code.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")
NO_COPIES = Copies(of=200, equal=0, identical=0, chance=0, limit=0)
CONTROLS = {"held-out": "ceiling", "train-copies": "exploit", "noise": "floor"}


def _cell(dataset, generator, seed, metric, *, n, controls, directions, signature, salt):
    direction = directions.get(metric, "lower")
    own = {
        "metric": f"genbench:{metric}",
        "version": "1",
        "options": {},
        "extractor": None,
        "protocol": None,
        "n": n,
        "n_real": n,
        "data": digest(dataset),
        "split": "test",
        "seeds": "scheme",
        "genbench": "0",
    } | signature
    return Cell(
        key=digest([dataset, generator, seed, metric, own, salt]),
        dataset=dataset,
        generator=generator,
        plugin="genbench 0.1.0",
        control=controls.get(generator),
        seed=seed,
        metric=metric,
        facts=MetricFacts(direction=direction, best=1.0 if direction == "target" else None),
        n=n,
        signature=own,
    )


@pytest.fixture(scope="session")
def described():
    """Return a function that gives a cell other values of its own fields, or of the facts of its metric."""

    def change(cell, **changes):
        facts = {name: changes.pop(name) for name in list(changes) if hasattr(cell.facts, name)}
        return replace(cell, facts=replace(cell.facts, **facts), **changes)

    return change


def _record(cell, outcome):
    if isinstance(outcome, str):
        return Record(cell=cell, status=outcome, reason=f"{outcome} for a reason")
    samples = digest([cell.generator, cell.seed, cell.n])
    return Record(cell=cell, status="ok", value=outcome, samples=samples, copies={ALL: NO_COPIES})


def pytest_addoption(parser):
    """Add the option by which `tox -e lowest` takes two days for its files."""
    parser.addoption("--turns", type=int, default=1, metavar="N", help="run each test file on one of N days")


def has_turn(number, *, of):
    """Return whether it is the turn of this number today, one day in so many."""
    return DAY is None or (DAY - number) % of == 0


def pytest_ignore_collect(collection_path, config):
    """Leave out files of another day, and those without any marker that `-m` asks for."""
    name = collection_path.relative_to(config.rootpath).as_posix()
    if collection_path.suffix == ".py" and not has_turn(zlib.crc32(name.encode()), of=config.option.turns):
        return True
    asked = [name for name in MARKERS if re.search(rf"(?<!not )\b{name}\b", config.option.markexpr)]
    if asked and collection_path.suffix == ".py":
        text = collection_path.read_text(encoding="utf-8")
        return not any(f"mark.{name}" in text for name in asked) or None
    return None


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item):
    """Note the CPU time of the fixtures that a test is the first to need."""
    start_s = _cpu_s()
    result = yield
    item.user_properties.append((CPU_S, _cpu_s() - start_s))
    return result


def pytest_terminal_summary(terminalreporter):
    """List the tests that took most CPU time, with the fixtures that they were the first to need."""
    reports = [
        report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, ())
        if report.when == "call"
    ]  # fmt: skip
    used = [
        (sum(s for name, s in report.user_properties if name == CPU_S), report.nodeid) for report in reports
    ]
    if DEAREST:
        terminalreporter.section(f"CPU time: {sum(s for s, _ in used):.0f} s in {len(used)} tests")
        for used_s, nodeid in sorted(used, reverse=True)[:DEAREST]:
            terminalreporter.write_line(f"{used_s:7.1f} s {nodeid}")


@pytest.hookimpl(specname="pytest_runtest_setup")
def pytest_runtest_setup_skips(item):  # pytest takes no hook without its prefix
    """Skip a test whose packages, the arguments of its mark `extras`, are not installed, or not of today."""
    needed = [package for mark in item.iter_markers("extras") for package in mark.args]
    if missing := [package for package in needed if find_spec(package) is None]:
        pytest.skip(f"not installed: {', '.join(missing)}; `tox -e extras` installs all")
    if item.get_closest_marker("hypothesis"):
        _prepare_hypothesis()
    for turn in item.iter_markers("day"):
        number = turn.args[0] if turn.args else zlib.crc32(item.name.encode())
        if not has_turn(number, of=turn.kwargs["of"]):
            pytest.skip("its turn is another day; with GENBENCH_TEST_DAY=all, it runs")


@functools.cache
def _prepare_hypothesis():
    """Let hypothesis build its tables, of Unicode and of constants, which takes seconds on a new machine."""
    from hypothesis import given, settings, strategies

    settings(max_examples=1, database=None)(given(strategies.text())(lambda _: None))()


def pytest_report_header():
    """Say which day decides what takes its turn, so that a failure can be repeated on another day."""
    return f"GENBENCH_TEST_DAY={ASKED_DAY}"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item):
    """Fail a test without a mark that takes more CPU time than it may, without that of its fixtures."""
    modules, start_s = len(sys.modules), _cpu_s()
    result = yield
    used_s = _cpu_s() - start_s
    item.user_properties.append((CPU_S, used_s))
    if used_s < MOST_CPU_S or any(item.get_closest_marker(mark) for mark in ("slow", "full", "browser")):
        return result
    limit_s = NOISE * MOST_CPU_S * max(1.0, min(_loop_s() for _ in range(5)) / LOOP_S)
    loads_library = len(sys.modules) - modules > LIBRARY_MODULES
    if used_s > limit_s and not loads_library and not _is_busy():
        pytest.fail(
            f"took {used_s:.1f} s of CPU time of at most {limit_s:.1f} s: share its runs with the tests of "
            "its module, or mark it slow",
            pytrace=False,
        )
    return result


def _cpu_s():
    """Return the CPU time of this process and of those below it, in seconds, ended ones included."""
    processes = [PROCESS, *(PROCESS.children(recursive=True) if _has_children() else ())]
    used_s = 0.0
    for process in processes:
        with contextlib.suppress(psutil.Error):
            used_s += sum(process.cpu_times()[:4])
    return used_s


def _is_busy():
    """Return whether others use this machine, too: processes that share a core take more CPU time."""
    return os.getloadavg()[0] > BUSY_LOAD * (os.cpu_count() or 1)


def _has_children():
    """Return whether this process has children; True where only a search of all processes could tell."""
    tasks = Path("/proc/self/task")
    if not tasks.is_dir():
        return True
    for task in tasks.iterdir():
        with contextlib.suppress(OSError):  # the thread has ended
            if (task / "children").read_bytes():
                return True
    return False


def _loop_s():
    """Return the CPU time that a loop takes now: it tells how slow the machine is at this moment."""
    start_s = time.process_time()
    sum(step * step for step in range(LOOP_STEPS))
    return time.process_time() - start_s


def pytest_collection_modifyitems(items):
    """Begin with the files of tests that take minutes, so that no process waits for one at the end.

    The board with today's long refit is the first of all: alone, it takes six minutes.
    """
    refits = tuple(f"[{name}]" for name in of_today(LONG_REFITS))
    items.sort(key=lambda item: (item.path.name not in LONG, not item.name.endswith(refits)))


def pytest_collection_finish():
    """Spare collections of garbage the thousands of tests: the last one alone took seconds of CPU time."""
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Keep the tests of a file in one process, so that what its fixtures train is trained once.

    The verifications of boards share nothing and take minutes: each may have a process of its own.
    """
    from xdist.scheduler import LoadFileScheduling

    class ByFile(LoadFileScheduling):
        def _split_scope(self, nodeid):
            file = super()._split_scope(nodeid)
            return nodeid if file.endswith(BOARDS) else file

    config.option.loadscopereorder = False  # files with the most tests are not those that take longest
    return ByFile(config, log)


@pytest.fixture(scope="session", autouse=True)
def _own_store(tmp_path_factory):
    """Keep what tests make out of the user's cache folder, where it would also be found again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENBENCH_STORE", str(tmp_path_factory.mktemp("store")))
        yield


@pytest.fixture(scope="session", autouse=True)
def _interrupts():
    """Catch SIGINT, which a shell ignores for what it starts in the background (`tox &`).

    What tests start would inherit that, and no test could interrupt it. A handler is not inherited.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


class Lent(ForkServer):
    """A fork server that outlives the run that uses it."""

    def __init__(self, server, plugins):
        self.__dict__ = server.__dict__ | {"_plugins": tuple(plugins)}

    def close(self):
        """Leave the server to the next run."""


@pytest.fixture(scope="module")
def _servers():
    """Return fork servers by what they were started with; all end with the module."""
    servers = {}
    yield servers
    for server in servers.values():
        server.close()


@pytest.fixture
def warm_server(_servers, monkeypatch):
    """Let runs in this process share a fork server, whose start takes a second of CPU time.

    Runs share it if their environments are equal, which hold the path of the store: see `fresh_store`.
    """

    def lend(environment, plugins=(), preload=()):
        key = (*sorted(environment.items()), *preload, *sys.path)
        dead = [old for old, server in _servers.items() if not server.is_alive]
        for old in {*dead, *list(_servers)[:-2]}:
            _servers.pop(old).close()
        if key not in _servers:
            _servers[key] = ForkServer(environment, (), preload)
        return Lent(_servers[key], plugins)

    def own(place, modules=()):  # for a job that may have ended the shared one, which may be dying still
        return ForkServer(place._environment, place._plugins, (*place._preload, *modules))

    monkeypatch.setattr(workplace, "ForkServer", lend)
    monkeypatch.setattr(workplace.Workplace, "start_own_server", own)


@pytest.fixture
def fresh_store(tmp_path_factory, monkeypatch):
    """Return the store of this test: an empty folder, at a path that other tests have used before."""
    store = tmp_path_factory.getbasetemp() / "fresh-store"
    shutil.rmtree(store, ignore_errors=True)
    monkeypatch.setenv("GENBENCH_STORE", str(store))
    return store


@pytest.fixture(scope="session")
def catalog():
    """Return the catalog of the bundled plugins alone."""
    return load_catalog(only=["genbench"])


@pytest.fixture
def rng():
    return np.random.default_rng(11)


@pytest.fixture(scope="session")
def modalities():
    """Return the bundled modalities."""
    return list_modalities(load_catalog(only=["modalities", "molecule"]))


@pytest.fixture(scope="session")
def faults(modality):
    """Return a function to the bundled faults on a bundled modality, by name."""
    catalog = load_catalog(only=["genbench"])
    return lambda name: read_faults(catalog, modality(name))


@pytest.fixture(scope="session")
def modality(modalities):
    """Return a function to the bundled modality of a name."""
    return lambda name: find_modality(modalities, name)


@pytest.fixture
def reaped():
    """Return a function that takes a process; when the test ends, it is killed with all that it started."""
    started = []

    def add(process):
        started.append(process)
        return process

    yield add
    for process in started:
        _kill(process)


def _kill(process):
    with process:  # closes its pipes and waits for it
        if process.poll() is None:
            children = psutil.Process(process.pid).children(recursive=True)
            process.kill()
            for child in children:
                with contextlib.suppress(psutil.NoSuchProcess):
                    child.kill()


@pytest.fixture(scope="session")
def modules_loaded_by():
    """Return a function to the top-level modules that statements load in a new process, by name."""

    def load(statements):
        code = f"{statements}\nimport sys\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        return set(done.stdout.split())

    return load


@pytest.fixture(scope="session")
def arena_of(modality):
    """Return a function that makes the samples of an arena: by generator a role, and Samples by seed."""

    def make(generators):
        trials = [
            ArenaTrial(
                generator=name, control=control, seed=seed, samples=samples,
                digests=tuple(each.hex()[:DIGITS] for each in digests(samples)),
            )
            for name, (control, by_seed) in generators.items()
            for seed, samples in by_seed.items()
        ]  # fmt: skip
        return ArenaSamples(
            dataset="data", modality=modality(trials[0].samples.space.modality), trials=tuple(trials)
        )

    return make


@pytest.fixture(scope="session")
def suite_text():
    """Return a function to the text of a suite, whose entries are names, or lines that hold `use`."""

    def write(*, datasets, generators, metrics, name="small", seeds=(0,), n=4, extra=""):
        lines = [f'name = "{name}"', f"seeds = {list(seeds)}", f"n = {n}", extra]
        for kind, uses in (("dataset", datasets), ("generator", generators), ("metric", metrics)):
            for use in uses:
                lines += [f"[[{kind}]]", use if "=" in use else f'use = "{use}"']
        return "\n".join(lines)

    return write


@pytest.fixture(scope="session")
def run_of():
    """Return a function that makes a plan and its records out of a table.

    table       {generator: {metric: [outcome at each seed]}}: a number is an ok value, a text a status, None
                a cell without a record
    controls    roles of controls that do not come with genbench, by name
    directions  of the metrics; "lower" where they are not named; the best value of a target is 1
    signature   fields that differ from the default
    salt        enters keys: runs of unequal salt hold no equal cells
    aspects     of the metrics, those that may vote in the overall rank; None: the plan states no rule
    rule        fields of the rule that differ from the default: `votes`, `require`
    """

    def make(
        table, *, seeds=None, dataset="digits", name="board", n=599, controls=(), directions=(),
        signature=(), salt="", aspects=None, rule=(),
    ):  # fmt: skip
        fields = {
            "n": n,
            "controls": CONTROLS | dict(controls),
            "directions": dict(directions),
            "signature": dict(signature),
            "salt": salt,
        }
        cells, records = [], {}
        for generator, metric, outcomes in ((g, m, o) for g, row in table.items() for m, o in row.items()):
            for seed, outcome in zip(seeds or range(len(outcomes)), outcomes, strict=True):
                cell = _cell(dataset, generator, seed, metric, **fields)
                cells.append(cell)
                if outcome is not None:
                    records[cell.key] = _record(cell, outcome)
        provenance = {"name": name}
        if aspects is not None:
            votes = [aspect for aspect in VOTING_ASPECTS if aspect in aspects.values()]
            ranking = {"aspects": [list(pair) for pair in aspects.items()], "votes": votes, "require": {}}
            provenance["ranking"] = ranking | dict(rule)
        return Plan(cells=tuple(cells), traces=(), provenance=provenance), records

    return make


def _is_another_draw(verdict):
    """Return whether a model that was trained again, or that draws, differs on another kind of CPU."""
    is_elsewhere = any(change.name in ("cpu", "instructions") for change in verdict.environment)
    return is_elsewhere and (verdict.stage == "fit" or verdict.cell.metric in DRAWN)


def of_today(options, *, days=1):
    """Return the one of a sequence whose turn it is, for so many days in a row; or all of them."""
    return tuple(options) if DAY is None else (options[DAY // days % len(options)],)


@pytest.fixture(scope="session", name="of_today")
def _of_today():
    return of_today


def _needing_sampler(claim):
    """Return the keys of a trial's cells that are computed from its fitted generator."""
    tasks = [task for task in claim.trial.tasks if "sampler" in task.group.metric.contract.inputs]
    return {cell.key for task in tasks for cell in task.cells.values()}


def _claims_of_today(claims, days):
    """Return claims without those numbers for which other generators than today's are fitted again.

    days  for how many days in a row it is a generator's turn; 0: for none
    """
    keys = {key for claim in claims for key in _needing_sampler(claim)}
    refitted = sorted({
        claim.trial.generator.name for claim in claims
        for record, cell in claim.records if cell.key in keys and record.status == "ok"
    })  # fmt: skip
    today = of_today(refitted, days=days) if days and refitted else ()
    others = {*refitted} - {*today}
    kept = [
        replace(claim, records=tuple(pair for pair in claim.records if pair[1].key not in keys))
        if claim.trial.generator.name in others
        else claim
        for claim in claims
    ]
    return [claim for claim in kept if claim.records]


@pytest.fixture(scope="session")
def reproduced():
    """Return a function that verifies a published board, and fits the generator again whose turn it is.

    Scores of stored samples are computed again at every seed, those of a fitted generator only of this one.
    """

    def check(folder):
        is_long = folder.name in LONG_REFITS
        days = 1 if not is_long else len(LONG_REFITS) * (folder.name in of_today(LONG_REFITS))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                verification, "match_claims", lambda *given: _claims_of_today(match_claims(*given), days)
            )
            found = genbench.verify(folder, jobs=1)
        assert found.faults == ()
        assert found.failed == 0
        wrong = [verdict for verdict in found.stored if verdict.outcome in ("different", "unverifiable")]
        assert [verdict for verdict in wrong if not _is_another_draw(verdict)] == []
        assert len(found.stored) > len(wrong)

    return check


@pytest.fixture(scope="session")
def without_records():
    """Return a function that gives a run in which some generators come from a CSV file."""

    def change(run, *generators):
        plan, records = run
        cells = {
            cell.key: replace(cell, plugin=UNVERIFIED, control=None) if cell.generator in generators else cell
            for cell in plan.cells
        }
        found = {key: replace(record, cell=cells[key]) for key, record in records.items()}
        return replace(plan, cells=tuple(cells.values())), found

    return change


@pytest.fixture(scope="session")
def trace_of():
    """Return a function that makes a trial's trace."""

    def make(generator, seed, *, key=None, dataset="digits", **fields):
        key = digest(["trace", dataset, generator, seed]) if key is None else key
        return Trace(key=key, dataset=dataset, generator=generator, seed=seed, **fields)

    return make
