"""`genbench publish`."""

from __future__ import annotations

import json
import shutil

import pytest
from click.testing import CliRunner
from run_folders import write_run

from genbench.cli.main import main
from genbench.results.records import write_plan

TABLE = {
    "vae": {"fid": [1.0, 2.0, 3.0], "vendi": [2.0] * 3},
    "gan": {"fid": [4.0, "error", 5.0], "vendi": [2.0] * 3},
    "noise": {"fid": [9.0] * 3},
}
FACTS = ("--date", "2026-01-31", "--organization", "Some lab", "--relationship", "other")


@pytest.fixture
def folder(run_of, tmp_path):
    return write_run(tmp_path / "my-run", run_of(TABLE, directions={"vendi": "none"}))


def invoke(folder, *arguments, facts=FACTS):
    command = ["publish", str(folder), "-o", str(folder.parent / "out"), *facts, *arguments]
    return CliRunner().invoke(main, command)


def test_the_files_are_written_and_their_paths_printed(folder):
    found = invoke(folder, "--model", "vae=lab/vae", "--benchmark", "lab/digits", "--task", "vendi=diversity")
    out = folder.parent / "out"
    assert found.exit_code == 0, found.stderr
    assert found.stdout.splitlines() == [
        str(out / "every_eval_ever/vae.json"),
        str(out / "hugging_face/gan/.eval_results/genbench.yaml"),
        str(out / "hugging_face/vae/.eval_results/genbench.yaml"),
    ]
    assert json.loads((out / "every_eval_ever/vae.json").read_bytes())["model_info"]["id"] == "lab/vae"
    text = (out / "hugging_face/vae/.eval_results/genbench.yaml").read_text(encoding="utf-8")
    assert "verify with: genbench verify my-run" in text


def test_what_is_left_out_is_said(folder):
    assert invoke(folder).stderr.splitlines() == [
        "left out: digits gan fid: 1 of 3 seeds are not ok (error)",
        "left out of every_eval_ever, since neither lower nor higher is better: vendi",
    ]


def test_the_same_run_gives_the_same_bytes_whatever_its_folder_is_in(folder):
    invoke(folder)
    first = (folder.parent / "out/every_eval_ever/vae.json").read_bytes()
    moved = folder.parent / "elsewhere"
    moved.mkdir()
    invoke(folder.rename(moved / folder.name))
    assert (moved / "out/every_eval_ever/vae.json").read_bytes() == first
    assert str(folder.parent).encode() not in first


def test_controls_are_published_with_an_option(folder):
    invoke(folder, "--controls")
    assert (folder.parent / "out/every_eval_ever/noise.json").is_file()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--benchmark", "a/b"), "expected --benchmark and --task together, or neither"),
        (("--task", "fid=x"), "expected --benchmark and --task together, or neither"),
        (("--model", "vae=x", "--model", "vae=y"), "--model: 'vae' is given twice; expected one --model"),
        (("--model", "vae=x", "--model", "gan=x"), "--model: two of GENERATOR are 'x'; expected different"),
        (("--benchmark", "a/b", "--task", "fid"), "--task 'fid': expected METRIC=TEXT"),
        (("--benchmark", "a/b", "--task", "fdi=x"), "has the metric 'fdi'; did you mean 'fid'?"),
        (("--model", "noise=a/b"), "no published number has the generator 'noise'"),
        (("--dataset", "digit"), "the run has no dataset 'digit'; did you mean 'digits'?"),
        (("--date", "yesterday"), "does not match the format"),
        (("--source", "javascript:alert(1)"), "'javascript:alert(1)' is no address; expected https://"),
        (("--source", "https://"), "'https://' is no address"),
        (("--relationship", "friends"), "'friends' is not one of"),
    ],
)
def test_bad_input_exits_with_2_and_writes_nothing(folder, arguments, message):
    found = invoke(folder, *arguments)
    assert found.exit_code == 2
    assert message in found.stderr
    assert not (folder.parent / "out").exists()


def test_what_a_run_does_not_hold_has_to_be_said(folder):
    for option in FACTS[::2]:
        at = FACTS.index(option)
        found = invoke(folder, facts=FACTS[:at] + FACTS[at + 2 :])
        assert found.exit_code == 2
        assert f"Missing option '{option}'" in found.stderr


def test_a_run_without_values_has_nothing_to_publish(run_of, tmp_path):
    write_plan(tmp_path, run_of({"vae": {"fid": ["error"]}})[0])
    found = invoke(tmp_path)
    assert found.exit_code == 2
    assert "there is nothing to publish" in found.stderr


def test_a_folder_that_cannot_be_written_exits_with_3(folder):
    (folder.parent / "out").write_text("")
    found = invoke(folder)
    assert found.exit_code == 3
    assert "cannot be written" in found.stderr


@pytest.mark.parametrize(
    "name", ["", "every_eval_ever", "hugging_face/vae", "hugging_face/vae/.eval_results"]
)
def test_a_folder_that_is_a_link_is_refused(folder, name):
    out, elsewhere = folder.parent / "out", folder.parent / "elsewhere"
    elsewhere.mkdir()
    (out / name).parent.mkdir(parents=True, exist_ok=True)
    (out / name).symlink_to(elsewhere)
    found = invoke(folder, "--benchmark", "lab/digits", "--task", "vendi=diversity")
    assert found.exit_code == 3
    assert f"{out / name} is a link, which genbench does not follow" in found.stderr
    assert list(elsewhere.iterdir()) == []


def test_merged_runs_are_verified_by_their_own_folders(folder):
    other, merged = folder.parent / "other", folder.parent / "merged"
    shutil.copytree(folder, other)
    CliRunner().invoke(main, ["leaderboard", str(folder), str(other), "-o", str(merged), "-q"])
    invoke(merged)
    body = json.loads((folder.parent / "out/every_eval_ever/vae.json").read_bytes())
    details = body["evaluation_results"][0]["score_details"]["details"]
    assert details["verify"] == "genbench verify my-run && genbench verify other"
