from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from genbench.cli.main import main
from genbench.cli.store import parse_size
from genbench.core.errors import SuiteError
from genbench.store.store import Store


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("GENBENCH_STORE", str(tmp_path / "store"))
    store = Store(tmp_path / "store")
    for number, kind in enumerate(("data", "samples", "samples")):
        store.put({"kind": kind, "number": number}, lambda folder: (folder / "data").write_bytes(bytes(2000)))
    return store


def call(*arguments):
    done = CliRunner().invoke(main, ["store", *arguments])
    return done.exit_code, " ".join(done.stdout.split()), done.stderr


def damage(store):
    place = store.locate({"kind": "samples", "number": 1})
    (place / "files" / "data").write_bytes(b"x")
    return place.name


def test_it_shows_where_the_store_is_and_what_is_in_it(store):
    code, output, _ = call()
    assert code == 0
    assert str(store.root) in output
    assert "data 1 2." in output
    assert "samples 2 4." in output
    assert "all 3 6." in output


def test_damaged_artefacts_and_drafts_have_lines_of_their_own(store):
    damage(store)
    store.get({"kind": "samples", "number": 1})
    (store.locate({"kind": "data", "number": 0}).parent / f".{'a' * 64}.1-00000000.tmp").mkdir()
    _, output, _ = call()
    assert "damaged 1 2" in output
    assert "drafts left behind 1 0 bytes" in output
    assert "samples 1 2" in output


def test_a_store_that_is_not_there_holds_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("GENBENCH_STORE", str(tmp_path / "none"))
    for arguments in ((), ("--verify",), ("--evict-to", "0")):
        assert call(*arguments)[0] == 0
    assert "nothing is stored" in call()[1]
    assert not (tmp_path / "none").exists()


def test_verifying_a_whole_store_is_exit_code_0(store):
    code, output, _ = call("--verify")
    assert code == 0
    assert "3 whole, 0 damaged" in output
    assert "longest unused" not in output


def test_verifying_names_what_is_damaged_and_is_exit_code_1_once(store):
    name = damage(store)
    code, output, _ = call("--verify")
    assert code == 1
    assert f"damaged, put aside: samples {name} " in output
    assert "data does not match its hash" in output
    assert "2 whole, 1 damaged" in output
    assert call("--verify")[0] == 0


def test_what_is_evicted_is_named(store):
    code, output, errors = call("--evict-to", "5 kB")
    assert (code, errors) == (0, "")
    assert output.count("removed: ") == 1
    assert "removed 1 (2." in output
    code, output, _ = call("--evict-to", "0")
    assert "removed 2 " in output
    assert "0 bytes left" in output


def test_damage_is_found_before_it_is_evicted(store):
    damage(store)
    code, output, _ = call("--verify", "--evict-to", "4.5 kB")
    assert code == 1
    assert "removed: damaged " in output
    assert store.get({"kind": "data", "number": 0}) is not None


def test_a_draft_that_is_being_written_is_said_to_stay(store):
    draft = store.locate({"kind": "data", "number": 0}).parent / f".{'a' * 64}.1-00000000.tmp"
    draft.mkdir()
    (draft / "half").write_text("half")
    code, output, errors = call("--evict-to", "0")
    assert code == 0
    assert "4 bytes left" in output
    assert "being written" in errors


def test_long_reading_is_shown_on_the_error_stream(store, monkeypatch):
    monkeypatch.setattr("genbench.runs.progress._FIRST_S", -1.0)
    _, output, errors = call("--verify")
    assert errors.startswith("verified: ")
    assert "verified" not in output


def test_a_store_that_is_a_file_is_one_line(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("GENBENCH_STORE", str(tmp_path / "file"))
    code, _, errors = call()
    assert code == 2
    assert errors.startswith("Error: the store ")
    assert len(errors.splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "size"),
    [("20 GB", 20 * 10**9), ("500MB", 5 * 10**8), ("1.5 GiB", 3 * 2**29), ("0", 0), (" 12 ", 12), ("7 B", 7),
     ("2k", 2000), ("3TB", 3 * 10**12), ("1 KiB", 1024)],
)  # fmt: skip
def test_sizes_are_read_as_people_write_them(text, size):
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "much", "-1 GB", "1 XB", "nan", "1e9", "1 iB", "5 GB left"])
def test_what_is_no_size_is_refused_with_an_example(text):
    with pytest.raises(SuiteError, match=r"--evict-to .*: expected a size, such as '20 GB'"):
        parse_size(text)


def test_what_is_stored_is_printed_as_json_and_csv(store):
    done = CliRunner().invoke(main, ["store", "--format", "json"])
    kinds = json.loads(done.stdout)
    assert [(kind["kind"], kind["number"]) for kind in kinds] == [("data", 1), ("samples", 2)]
    assert kinds[1]["size_bytes"] > 4000
    head, first, *_ = CliRunner().invoke(main, ["store", "--format", "csv"]).stdout.splitlines()
    assert head == "kind,number,size_bytes,longest_unused,last_used"
    assert first.startswith("data,1,")
    code, _, errors = call("--format", "csv", "--verify")
    assert (code, "--format prints what is stored" in errors) == (2, True)
