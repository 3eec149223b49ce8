"""Files that change between the hash in a key and the component that reads them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from toys import plugin_text

import genbench
from genbench.core.errors import GenbenchError

pytestmark = pytest.mark.slow

PLUGIN = Path(__file__).parents[2] / "toy_plugins" / "changing_plugin.py"
REASON = "value.txt changed after genbench hashed it, so no key names what was read; run the command again"

IDLE = 'use = "spoils"\ntarget = "another-file"'


@pytest.fixture(autouse=True)
def store(fresh_store, warm_server):
    """Give each test an empty store."""
    return fresh_store


@pytest.fixture
def value(tmp_path):
    """Return a file that holds a number."""
    path = tmp_path / "value.txt"
    path.write_text("1.0")
    return path


@pytest.fixture
def run(tmp_path, suite_text):
    """Return a function that runs a suite, one trial after the other, and returns its scores."""

    def do(generators=(), datasets=("cloud",), metrics=("gap",), more=()):
        path = tmp_path / "changing.toml"
        entries = {"datasets": datasets, "generators": generators, "metrics": metrics}
        path.write_text(suite_text(**entries, n=20, extra="controls = false"))
        made = genbench.run(path, output=tmp_path / "out", plugins=[PLUGIN, *more], jobs=1)
        return made.scores().set_index(["generator", "metric"])

    return do


def artefacts(store, kind):
    return len(list((store / kind).glob("*/*")))


@pytest.mark.parametrize("reader", ["reads", "reads-late"])
def test_a_file_that_changes_while_another_trial_trains_gives_no_number(run, store, value, reader):
    scores = run([f'use = "spoils"\ntarget = "{value}"', f'use = "{reader}"\npath = "{value}"'])
    found = scores.loc[reader, "gap"]
    assert (found["status"], found["reason"]) == ("invalid", f"changing-plugin:{reader}: {REASON}")
    assert scores.loc["spoils", "gap"]["status"] == "ok"
    assert (artefacts(store, "samples"), artefacts(store, "sampler")) == (1, 0)


def test_the_next_run_hashes_the_file_again_and_scores_what_it_holds(run, value):
    spoils, reads = f'use = "spoils"\ntarget = "{value}"', f'use = "reads"\npath = "{value}"'
    run([spoils, reads])
    again = run([spoils, reads]).loc["reads", "gap"]
    assert again["status"] == "ok"
    assert 4.0 < again["value"] < 6.0


@pytest.mark.parametrize(
    "reader",
    [
        "spoils-itself", "spoils-for-a-moment", "fails-on-spoilt", "spoils-when-saved", "spoils-when-drawn",
        "fails-when-drawn",
    ],
)  # fmt: skip
def test_a_file_that_is_written_while_its_component_works_gives_no_number(run, store, value, reader):
    scores = run([f'use = "{reader}"\npath = "{value}"'])
    found = scores.loc[reader, "gap"]
    assert (found["status"], found["reason"]) == ("invalid", f"changing-plugin:{reader}: {REASON}")
    assert (artefacts(store, "samples"), artefacts(store, "sampler")) == (0, 0)


def test_a_change_of_the_rights_of_a_file_costs_nothing(run, value):
    assert run([f'use = "touches"\npath = "{value}"']).loc["touches", "gap"]["status"] == "ok"


def test_a_file_that_is_rewritten_with_its_old_content_before_it_is_read_costs_nothing(run, value):
    """Dataset, generator and metric read the file after another component rewrote it."""
    writes = f'target = "{value}"\ntext = "1.0"'
    scores = run(
        [f'use = "spoils"\n{writes}', f'use = "reads"\npath = "{value}"'],
        [f'use = "spoiling-cloud"\n{writes}', f'use = "file-cloud"\npath = "{value}"'],
        [f'use = "scaled-gap"\npath = "{value}"'],
    )
    assert set(scores["status"]) == {"ok"}


def test_a_record_says_nothing_of_a_generator_whose_file_changed_before_its_metric(run, value):
    """A sampler may read its files whenever it is asked."""
    spoiling = f'use = "spoiling-gap"\ntarget = "{value}"'
    scores = run([f'use = "reads"\npath = "{value}"'], metrics=["gap", spoiling])
    assert scores.loc["reads", "gap"]["status"] == "ok"
    found = scores.loc["reads", "spoiling-gap"]
    assert (found["status"], found["reason"]) == ("invalid", f"changing-plugin:reads: {REASON}")


def test_the_file_of_a_metric_counts_like_that_of_a_generator(run, value):
    spoils, scaled = f'use = "spoils"\ntarget = "{value}"', f'use = "scaled-gap"\npath = "{value}"'
    found = run([spoils], metrics=[scaled]).loc["spoils", "scaled-gap"]
    assert (found["status"], found["reason"]) == ("invalid", f"changing-plugin:scaled-gap: {REASON}")


def test_the_file_of_an_extractor_counts_and_its_features_are_not_kept(run, store, value):
    feature_gap = f'use = "feature-gap"\nextractor = {{use = "scales", path = "{value}"}}'
    spoils = f'use = "spoils"\ntarget = "{value}"'
    metric = "feature-gap[scales]"
    found = run([spoils], metrics=[feature_gap]).loc["spoils", metric]
    assert (found["status"], found["reason"]) == ("invalid", f"changing-plugin:scales: {REASON}")
    assert artefacts(store, "features") == 1  # of the real samples, before the file changed


def test_an_extractor_that_changes_its_file_when_it_is_saved_is_not_kept(run, store, value):
    extractor = f'{{use = "fitted-scales", path = "{value}"}}'
    found = run([IDLE], metrics=[f'use = "feature-gap"\nextractor = {extractor}']).iloc[0]
    assert (found["status"], found["reason"]) == ("invalid", f"changing-plugin:fitted-scales: {REASON}")
    assert (artefacts(store, "extractor"), artefacts(store, "features")) == (0, 0)


def test_features_are_not_kept_if_the_file_of_their_extractor_changes_while_it_works(run, store, value):
    extractor = f'{{use = "scales-and-spoils", path = "{value}"}}'
    found = run([IDLE], metrics=[f'use = "feature-gap"\nextractor = {extractor}']).iloc[0]
    assert (found["status"], found["reason"]) == ("invalid", f"changing-plugin:scales-and-spoils: {REASON}")
    assert artefacts(store, "features") == 0


def test_a_dataset_is_not_stored_if_its_file_changes_before_it_is_loaded(run, store, value):
    spoiling = f'use = "spoiling-cloud"\ntarget = "{value}"'
    reason = r"'file-cloud' of changing-plugin: value\.txt changed after genbench"
    with pytest.raises(GenbenchError, match=reason):
        run([IDLE], [spoiling, f'use = "file-cloud"\npath = "{value}"'])
    assert artefacts(store, "data") == 1


def test_a_file_of_a_folder_is_named_with_its_folder(run, store, tmp_path):
    folder = tmp_path / "values"
    folder.mkdir()
    for number in range(30):
        (folder / f"{number:02}.txt").write_text(str(number))
    spoiling = f'use = "spoiling-cloud"\ntarget = "{folder / "07.txt"}"'
    with pytest.raises(GenbenchError, match=r"values/07\.txt changed after genbench hashed it"):
        run([IDLE], [spoiling, f'use = "folder-cloud"\npath = "{folder}"'])
    assert artefacts(store, "data") == 1


FIXED = plugin_text("""
from pathlib import Path
import json, subprocess, time
from genbench.core.spaces import Space

class Fixed:
    def __init__(self, train):
        self.space = train.space
        self.shift = 1.0 if {is_late} else float({read})

    def sample(self, n, *, rng):
        return Samples(rng.normal(self.shift, size=(n, *self.space.shape)), self.space)

    def save(self, folder):
        (folder / "space.json").write_text(json.dumps(self.space.to_json()))
        time.sleep(0.03)  # a newer file counts as the component's own

def load(folder):
    fixed = Fixed.__new__(Fixed)
    fixed.space = Space.from_json(json.loads((folder / "space.json").read_text()))
    fixed.shift = float({read})
    return fixed

saved = {{"load": load}} if {is_late} else {{}}
GeneratorSpec(name="fixed", make=Fixed, chunk=8, modalities=("vector",), **saved)
""")
BY_PYTHON = "Path(__file__).with_name('shift' + '.txt').read_text()"
BY_PROGRAM = "subprocess.check_output(['cat', Path(__file__).with_name('shift.txt')])"
NOTE = (
    "generator fixed:fixed {did}, whose content is in no key, so other content keeps old results: name each "
    "file and program with an option of the type Path"
)


@pytest.mark.parametrize(
    ("read", "is_late", "did"),
    [
        (BY_PYTHON, False, "opened shift.txt"),
        (BY_PYTHON, True, "opened shift.txt"),
        (BY_PROGRAM, False, "started cat"),
    ],
)
def test_an_undeclared_input_is_on_the_board_also_with_stored_samples(run, tmp_path, read, is_late, did):
    plugin = tmp_path / "plugin" / "fixed.py"
    plugin.parent.mkdir()
    plugin.write_text(FIXED.format(read=read, is_late=is_late))
    plugin.with_name("shift.txt").write_text("1.0")
    first = run(['use = "fixed"'], more=[plugin])
    plugin.with_name("shift.txt").write_text("5.0")
    shutil.rmtree(tmp_path / "out")
    assert run(['use = "fixed"'], more=[plugin]).equals(first)  # the old samples
    board = " ".join((tmp_path / "out" / "leaderboard.md").read_text().split())
    assert NOTE.format(did=did) in board
    assert board.count("in no key") == 1  # not what `save` wrote


LATE = plugin_text("""
import time

def edit(name, text):
    path = Path(__file__).with_name(name)
    path.write_text(path.read_text() + text)

class Late:
    def __init__(self, train):
        self.space = train.space
        edit("helper.py", "SHIFT = 50.0\\n")

    def sample(self, n, *, rng):
        import helper
        return Samples(rng.normal(helper.SHIFT, size=(n, *self.space.shape)), self.space)

def edits(*, rng):
    edit("other.py", "# later\\n")
    return Data(Samples.of("vector", rng.normal(size=(60, 2))))

DatasetSpec(name="edits", make=edits)
GeneratorSpec(name="late", make=Late, chunk=8, modalities=("vector",))
""")
OTHER = plugin_text("""
class Calm:
    def __init__(self, train):
        self.space = train.space

    def sample(self, n, *, rng):
        return Samples(rng.normal(size=(n, *self.space.shape)), self.space)

GeneratorSpec(name="calm", make=Calm, chunk=8, modalities=("vector",))
""")


@pytest.fixture
def late(tmp_path):
    """Return a plugin file that edits code, and another one that it edits."""
    folder = tmp_path / "plugin"
    folder.mkdir()
    (folder / "helper.py").write_text("SHIFT = 0.0\n")
    (folder / "late.py").write_text(LATE)
    (folder / "other.py").write_text(OTHER)
    return folder / "late.py", folder / "other.py"


def test_code_that_changes_before_its_import_gives_no_number_and_is_not_stored(run, store, late):
    found = run(['use = "late"'], more=late).loc["late", "gap"]
    reason = "late:late: helper.py changed after genbench hashed it, so no key names what was read"
    assert (found["status"], found["reason"]) == ("invalid", f"{reason}; run the command again")
    assert (artefacts(store, "samples"), artefacts(store, "sampler")) == (0, 0)


def test_code_that_changes_while_a_dataset_is_prepared_gives_no_number(run, late):
    found = run(['use = "calm"'], ["edits"], more=late).loc["calm", "gap"]
    reason = (
        "other:calm: other.py changed after genbench hashed it, so no key names what was read; run the "
        "command again"
    )
    assert (found["status"], found["reason"]) == ("invalid", reason)
    assert run(['use = "calm"'], ["edits"], more=late).loc["calm", "gap"]["status"] == "ok"


PAIRS = plugin_text("""
KIND = "pairs"

def coins(*, rng):
    return Data(Samples.of(f"kind:{KIND}", rng.normal(size=(60, 2))))

class Informed:
    def __init__(self, train, modality):
        self.space = train.space

    def sample(self, n, *, rng):
        return Samples(rng.normal(size=(n, 2)), self.space)

def editing(train):
    path = Path(__file__).with_name("kind.py")
    path.write_text(path.read_text() + "# later\\n")
    return Informed(train, None)

DatasetSpec(name="coins", make=coins)
GeneratorSpec(name="editing", make=editing, chunk=8)
GeneratorSpec(name="informed", make=Informed, chunk=8)
""")


def test_the_code_of_a_modality_counts_for_a_generator_that_takes_it(run, store, tmp_path):
    kind = 'ModalitySpec(name="pairs", container="array", dtypes=("float64",), axes=("number",))'
    (tmp_path / "kind.py").write_text(plugin_text(kind))
    (tmp_path / "pairs.py").write_text(PAIRS)
    plugins = [tmp_path / "kind.py", tmp_path / "pairs.py"]
    found = run(["editing", "informed"], ["coins"], more=plugins).xs("gap", level="metric")
    assert list(found["status"]) == ["ok", "invalid"]
    assert found.loc["informed", "reason"].startswith("kind:pairs: kind.py changed after genbench hashed it")
    assert artefacts(store, "samples") == 1
    found = run(["informed"], ["coins"], more=plugins).xs("gap", level="metric")
    assert list(found["status"]) == ["ok"]


EDITED = plugin_text("""
import os, signal

SHIFT = 0.0

class Edited:
    def __init__(self, train):
        self.space, self.shift = train.space, SHIFT
        if SHIFT == 0.0:
            Path(__file__).write_text(Path(__file__).read_text().replace("SHIFT = 0.0", "SHIFT = 50.0", 1))
            {then}

    def sample(self, n, *, rng):
        return Samples(rng.normal(self.shift, size=(n, *self.space.shape)), self.space)

GeneratorSpec(name="edited", make=Edited, chunk=8, modalities=("vector",))
""")


@pytest.mark.parametrize(
    ("then", "status"), [("pass", "invalid"), ("os.kill(os.getpid(), signal.SIGKILL)", "crash")]
)
def test_a_generator_that_is_edited_during_a_run_leaves_no_stale_record(run, store, tmp_path, then, status):
    plugin = tmp_path / "plugin" / "edited.py"
    plugin.parent.mkdir()
    plugin.write_text(EDITED.format(then=then))
    assert run(['use = "edited"'], more=[plugin]).loc["edited", "gap"]["status"] == status
    assert (artefacts(store, "samples"), artefacts(store, "sampler")) == (0, 0)
    found = run(['use = "edited"'], more=[plugin]).loc["edited", "gap"]
    assert found["status"] == "ok"
    assert found["value"] > 40
    assert artefacts(store, "samples") == 1
