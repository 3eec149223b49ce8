"""Files of path options that change after their hash; test_changed_files.py shows the same in runs."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from toys import make_catalog

from genbench import GeneratorSpec
from genbench.catalog.catalog import load_catalog
from genbench.core.errors import FileChangedError
from genbench.suite.components import make_part
from genbench.suite.file import SuiteEntry
from genbench.trial.calling import call
from genbench.trial.context import TrialContext
from genbench.trial.datasets import open_split
from genbench.trial.failures import BlameError, read_outcome
from genbench.trial.hashed_files import check_after_write, check_files, check_files_after, renew_identities
from genbench.trial.jobs import PrepareReference

REASON = "data.bin changed after genbench hashed it, so no key names what was read; run the command again"


class Calls(list):
    """The paths of the calls."""


CALLS = Calls()
CHANGING = Path(__file__).parents[2] / "toy_plugins" / "changing_plugin.py"


def reads(*, path: Path, extra: Path | None = None):
    CALLS.append(path)
    return path.read_bytes()


def reads_all(*, paths: tuple[Path, ...] = ()):
    return b"".join(path.read_bytes() for path in paths)


def report(**event): ...


CATALOG = make_catalog(
    GeneratorSpec(name="reads", make=reads, control="floor"), GeneratorSpec(name="reads-all", make=reads_all)
)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "data.bin"
    path.write_bytes(b"abc")
    return path


@pytest.fixture
def part(file):
    entry = SuiteEntry(use="reads", name=None, options={"path": str(file)}, where="x")
    return make_part(CATALOG, GeneratorSpec, entry, Path())


def refusal(function, *arguments):
    with pytest.raises(BlameError) as caught:
        function(*arguments)
    assert isinstance(caught.value.__cause__, FileChangedError)
    return read_outcome(caught.value)


def test_a_change_makes_the_cell_invalid_and_names_component_and_file(part, file):
    check_files(part, part)
    file.write_bytes(b"abd")
    assert refusal(check_files, part) == ("invalid", f"maker:reads: {REASON}")
    assert refusal(renew_identities, part) == ("invalid", f"maker:reads: {REASON}")


def test_each_file_of_a_list_is_checked(tmp_path):
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text(name)
    options = {"paths": [str(tmp_path / "a.json"), "b.json"]}
    entry = SuiteEntry(use="reads-all", name=None, options=options, where="x")
    part = make_part(CATALOG, GeneratorSpec, entry, tmp_path)
    assert call(part, {}, {}) == b"a.jsonb.json"
    assert renew_identities(part).files == part.files
    (tmp_path / "b.json").write_text("other")
    for check in (check_files, renew_identities):
        with pytest.raises(BlameError) as failure:
            check(part)
        assert isinstance(failure.value.__cause__, FileChangedError)
        assert "b.json changed after genbench hashed it" in str(failure.value.__cause__)


def test_a_component_is_not_called_with_a_changed_file(part, file):
    assert call(part, {}, {}) == b"abc"
    file.write_bytes(b"abd")
    CALLS.clear()
    assert refusal(call, part, {}, {})[0] == "invalid"
    assert CALLS == []


def test_what_a_component_returns_is_refused_if_its_file_changed_in_the_call(part, file, monkeypatch):
    monkeypatch.setattr(CALLS, "append", lambda path: path.write_bytes(b"abd"), raising=False)
    assert refusal(call, part, {}, {}) == ("invalid", f"maker:reads: {REASON}")


def test_a_file_with_its_old_content_gets_a_new_identity_before_the_component_works(part, file):
    os.utime(file, (0, 0))
    again = renew_identities(part)
    assert again.files != part.files
    assert again == part
    check_files(again)
    assert refusal(check_files, part)[0] == "invalid"


def test_a_missing_file_is_a_changed_one(part, file):
    file.unlink()
    assert refusal(check_files, part) == ("invalid", f"maker:reads: {REASON}")
    assert refusal(renew_identities, part) == ("invalid", f"maker:reads: {REASON}")


def test_a_file_that_became_a_pipe_is_not_opened(part, file):
    file.unlink()
    os.mkfifo(file)
    assert refusal(check_files, part)[0] == "invalid"
    assert refusal(renew_identities, part)[0] == "invalid"


def test_a_changed_file_explains_the_error_of_a_block_better_than_the_error(part, file):
    def block(error):
        with check_files_after(part):
            raise error

    with pytest.raises(ValueError, match="of its own"):
        block(ValueError("of its own"))
    file.write_bytes(b"a")
    assert refusal(block, ValueError("half a file")) == ("invalid", f"maker:reads: {REASON}")
    with pytest.raises(KeyboardInterrupt):
        block(KeyboardInterrupt())


def test_a_write_is_checked_after_it(part, file, tmp_path):
    def write(folder):
        (folder / "copy").write_bytes(file.read_bytes())

    check_after_write(write, part)(tmp_path)

    def write_late(folder):
        file.write_bytes(b"abd")
        write(folder)

    assert refusal(check_after_write(write_late, part), tmp_path)[0] == "invalid"


@pytest.fixture
def trial(tmp_path, suite_text, trials_of, store):
    """Return a function that plans a trial whose dataset, generator and extractor read one file."""
    path = tmp_path / "value.txt"
    path.write_text("1.0")

    def plan(generator="reads"):
        metric = f'use = "feature-gap"\nextractor = {{use = "scales", path = "{path}"}}'
        text = suite_text(
            datasets=[f'use = "file-cloud"\npath = "{path}"'], metrics=[metric],
            generators=[f'use = "{generator}"\npath = "{path}"'], extra="controls = false",
        )  # fmt: skip
        (found,) = trials_of(text, load_catalog([CHANGING]), store)
        return found, path

    return plan


def test_a_file_that_is_only_touched_before_its_component_works_costs_nothing(trial, store):
    one, path = trial()
    os.utime(path, (0, 0))
    _ = TrialContext(one.with_parts(renew_identities), store, report).sampler
    assert store.notes(one.fit_key) is not None
    task = one.tasks[0]
    PrepareReference(trial=one, extractor=task.group.extractor, sides=("real",), store=store).run(report)
    assert (store.root / "features").is_dir()
    assert TrialContext(one, store, report).truth() == 1.0
    shutil.rmtree(store.locate(one.dataset.key))
    assert open_split(store, one.dataset, "test") is not None


def test_a_dataset_that_is_loaded_again_from_a_changed_file_is_invalid(trial, store):
    one, path = trial()
    path.write_text("2.0")
    shutil.rmtree(store.locate(one.dataset.key))
    with pytest.raises(FileChangedError, match=r"'file-cloud' of changing-plugin: value\.txt changed"):
        open_split(store, one.dataset, "test")
    assert refusal(TrialContext(one, store, report).truth)[0] == "invalid"
