"""The folder of a run with comparisons of votes: what it holds, that it verifies, and what is refused."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import genbench
from genbench.arena.scored import _collect_records, score_votes
from genbench.board.merge import merge
from genbench.catalog.catalog import load_catalog
from genbench.core.errors import DataError, SuiteError
from genbench.core.samples import digests
from genbench.files.sample_files import read_samples
from genbench.report.page.document import make_page
from genbench.results.found_galleries import copy_galleries, find_pairs_gallery
from genbench.results.results import read_results, write_results

PLUGIN = Path(__file__).parents[2] / "toy_plugins" / "checked_plugin.py"
TEXT = """
name = "tasted"
seeds = [0, 1]
n = 6
controls = false
[[dataset]]
{dataset}
[[generator]]
use = "shifted"
[[generator]]
{other}
name = "rival"
[[generator]]
use = "shifted"
name = "third"
drift = 2.0
[[metric]]
use = "spread"
"""


def made(home, other='use = "shifted"\ndrift = 1.0', dataset='use = "cloud"'):
    """Run a suite of three generators, and return its folder."""
    (home / "tasted.toml").write_text(TEXT.format(other=other, dataset=dataset))
    genbench.run(home / "tasted.toml", output=home / "run", plugins=[PLUGIN], jobs=1, keep_samples=True)
    return home / "run"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Return the folder of a run whose samples are in it and in no store."""
    home = tmp_path_factory.mktemp("tasted")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENBENCH_STORE", str(home / "store"))
        return made(home)


def digits(folder, dataset="cloud"):
    """Return the digests of the samples of each generator of a run on a dataset."""
    found = {}
    for place in sorted((folder / "samples").glob(f"{dataset}.*")):
        name = place.name.split(".")[1]
        found.setdefault(name, []).extend(each.hex()[:32] for each in digests(read_samples(place)))
    return found


@pytest.fixture(scope="module")
def ballots(run, tmp_path_factory):
    """Return the files of three raters, who see the same pairs."""
    return voted(run, tmp_path_factory.mktemp("ballots"))


def voted(run, folder, dataset="cloud", **change):
    known, files = digits(run, dataset), []
    rng = np.random.default_rng(0)
    for rater in ("anna", "ben", "cid"):
        votes = [
            {
                "question": 0, "first": known[one][place], "second": known[two][place], "seconds": 1.5,
                "choice": str(rng.choice(["first", "second", "tie"])),
            }
            for one, two in (("shifted", "rival"), ("third", "shifted"), ("rival", "third"))
            for place in range(8)
        ]  # fmt: skip
        body = {
            "genbench-votes": 1, "task": "0" * 64, "rater": rater, "kind": "person", "questions": ["Real?"],
            "votes": votes,
        } | change  # fmt: skip
        files.append(folder / f"{rater}.json")
        files[-1].write_text(json.dumps(body))
    return files


@pytest.fixture(scope="module")
def scored(run, ballots, tmp_path_factory):
    """Return the folder with the votes, and what was left out."""
    home = tmp_path_factory.mktemp("scored")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENBENCH_STORE", str(home / "store"))
        found = score_votes(run, ballots, home / "sub" / "new", plugins=[PLUGIN], jobs=1)
    return home / "sub" / "new", found.left_out


def tree(folder):
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


def test_the_folder_has_the_old_records_untouched_and_the_comparison(run, scored):
    new, left_out = scored
    assert left_out == {"two-choice-fooling-rate": "there is no vote between it and held-out"}
    for path in (run / "records").iterdir():
        assert (new / "records" / path.name).read_bytes() == path.read_bytes()
    results = read_results(new)
    rated = {r.cell.generator: r for r in results.records.values() if r.cell.metric == "preference"}
    assert {record.status for record in rated.values()} == {"ok"}
    assert len(results.plan.cells) == len(read_results(run).plan.cells) + 3
    assert "two-choice" not in results.plan.provenance["suite"]
    ranking = results.plan.provenance["ranking"]  # as if the suite had the comparison
    assert ranking["aspects"] == [["spread", ""], ["preference", "preference"]]
    assert ranking["votes"] == ["preference"]
    assert "preference" in (new / "leaderboard.csv").read_text()
    assert [path.name for path in new.parent.iterdir()] == ["new"]  # no draft is left


def test_the_signature_holds_the_votes_the_question_and_who_took_part(scored, ballots):
    new, _ = scored
    cell = next(cell for cell in read_results(new).plan.cells if cell.metric == "preference")
    hashes = {hashlib.sha256(path.read_bytes()).hexdigest() for path in ballots}
    assert {each["sha256"] for each in cell.signature["options"]["votes"]} == hashes
    assert cell.signature["options"]["question"] == "Real?"
    assert cell.signature["options"]["most_failed"] == 1.0
    assert set(cell.signature["participants"]) == {"shifted", "rival", "third"}
    assert cell.signature["runs"] == [0, 1]
    assert {path.name: path.read_bytes() for path in (new / "inputs").iterdir()} == {
        path.name: path.read_bytes() for path in ballots
    }


@pytest.mark.slow
def test_contested_samples_are_kept_for_the_page_and_for_merged_runs(run, scored, ballots, tmp_path):
    new, _ = scored
    results = read_results(new)
    rated = {r.cell.generator: r for r in results.records.values() if r.cell.metric == "preference"}
    pairs = next(r.extra["pairs"] for r in rated.values() if "pairs" in r.extra)
    assert pairs
    known = digits(run)
    for pair in pairs:
        for name, number in (pair["first"], pair["second"]):
            kept = find_pairs_gallery([new], rated[name])
            (place,) = [at for at, own in enumerate(kept.numbers) if own == number]
            assert digests(kept.samples)[place].hex()[:32] == known[name][number]
    merged = merge([read_results(run), results])
    assert copy_galleries(tmp_path, [run, new], merged.records) == []
    assert find_pairs_gallery([tmp_path], rated["shifted"]) is not None
    page = make_page(merged, [tmp_path], catalog=load_catalog([PLUGIN])).decode()
    assert page.count('class="reason">its samples are not') == 0
    assert "chosen 2 times" in page


@pytest.mark.slow
def test_it_is_verified_where_no_store_and_no_suite_is(scored, fresh_store, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    moved = tmp_path / "moved"
    shutil.copytree(scored[0], moved)
    found = genbench.verify(moved, plugins=[PLUGIN], jobs=1)
    assert found.is_confirmed
    assert found.foreign == ()
    path = moved / "inputs" / "ben.json"
    path.write_text(path.read_text().replace('"tie"', '"first"'))
    changed = genbench.verify(moved, plugins=[PLUGIN], jobs=1)
    assert {v.outcome for v in changed.stored if v.cell.metric == "preference"} == {"different"}
    path.unlink()
    without = genbench.verify(moved, plugins=[PLUGIN], jobs=1)
    assert {v.outcome for v in without.stored if v.cell.metric == "preference"} == {"unverifiable"}
    assert {v.outcome for v in without.stored if v.cell.metric == "spread"} == {"reproduced"}
    (lost,) = without.obstacles
    assert f"{path} does not exist" in lost
    assert lost.endswith("; the run kept this file, so take it from another copy of the run")


def refused(tmp_path, error, match, *arguments, **options):
    before = tree(tmp_path)
    with pytest.raises(error, match=match) as caught:
        score_votes(*arguments, plugins=[PLUGIN], jobs=1, **options)
    assert "\n" not in str(caught.value)
    assert tree(tmp_path) == before


def test_what_cannot_be_scored_is_refused_and_nothing_written(run, ballots, scored, tmp_path, monkeypatch):
    new, base = tmp_path / "new", read_results(run)
    refused(tmp_path, SuiteError, "exists; name a new folder", run, ballots, tmp_path)
    refused(tmp_path, DataError, "holds no run.json", tmp_path, ballots, new)
    bad = tmp_path / "bad.json"
    bad.write_text("{}")
    refused(tmp_path, DataError, "bad.json is no file of votes", run, [*ballots, bad], new)
    refused(tmp_path, SuiteError, "has the metric preference already", scored[0], ballots, new)
    refused(tmp_path, SuiteError, r"got 'Nice\?'", run, ballots, new, options={"question": "Nice?"})
    merged = tmp_path / "merged"
    write_results(merged, merge([base, replace(base, name="other")]))
    refused(tmp_path, SuiteError, "merged merges runs, without their samples; name", merged, ballots, new)
    broken = tmp_path / "broken"
    shutil.copytree(run, broken)
    record = min((broken / "records").iterdir())
    record.write_text(record.read_text().replace("ok", "no"))
    refused(tmp_path, DataError, r"records/\w+\.json is damaged; run the suite again", broken, ballots, new)
    with pytest.raises(DataError, match=r"samples of rival 0; see .* the suite again with --keep-samples$"):
        list(_collect_records([(SimpleNamespace(cells=base.plan.cells), "rival 0")], base, []))
    plan = replace(base.plan, provenance=base.plan.provenance | {"n": 7})
    write_results(tmp_path / "other", replace(base, plan=plan))
    monkeypatch.setattr("genbench.arena.samples._draw_missing", None)  # refused before anything is drawn
    refused(tmp_path, DataError, "is not what its suite gives here", tmp_path / "other", ballots, new)


@pytest.mark.slow
def test_votes_on_other_samples_are_refused_and_nothing_is_written(run, tmp_path, fresh_store):
    files = voted(run, tmp_path)
    body = json.loads(files[0].read_text())
    body["votes"][3]["first"] = "0" * 32
    files[0].write_text(json.dumps(body))
    match = (
        r"no number follows from these votes: anna\.json has a vote on a sample that this run does not have"
    )
    refused(tmp_path, DataError, match, run, files, tmp_path / "new")


@pytest.mark.slow
def test_votes_go_to_the_dataset_that_has_their_samples(tmp_path, fresh_store):
    np.savetxt(tmp_path / "points.txt", np.random.default_rng(1).normal(size=(60, 2)))
    other = f'use = "listed"\npath = "{tmp_path / "points.txt"}"'
    run = made(tmp_path, dataset=f'use = "cloud"\n[[dataset]]\n{other}')
    files = []
    for dataset in ("cloud", "listed"):
        (tmp_path / dataset).mkdir()
        files += voted(run, tmp_path / dataset, dataset=dataset, task=dataset)
    files = [path.rename(path.with_name(f"{path.parent.name}-{path.name}")) for path in files]
    found = score_votes(run, files, tmp_path / "new", plugins=[PLUGIN], jobs=1)
    rated = [r for r in found.results.records.values() if r.cell.metric == "preference"]
    assert {(r.cell.dataset, r.status) for r in rated} == {("cloud", "ok"), ("listed", "ok")}
    one = score_votes(run, files[:3], tmp_path / "one", plugins=[PLUGIN], jobs=1)
    reasons = {r.reason for r in one.results.records.values() if r.cell.dataset == "listed"} - {""}
    assert len(reasons) == 1
    assert reasons.pop().startswith("no votes on this dataset")
    body = json.loads(files[3].read_text())
    for vote in body["votes"]:
        vote |= {"first": "0" * 32, "second": "1" * 32}
    files[3].write_text(json.dumps(body))
    match = r"^listed-anna\.json has no vote on a sample of this run; score it with its own run$"
    refused(tmp_path, DataError, match, run, files, tmp_path / "no")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:the store /dev/null:RuntimeWarning")
@pytest.mark.parametrize("store", ["store", "/dev/null/store"])  # the second one cannot be written
def test_missing_samples_are_drawn_again_if_they_are_the_same(run, ballots, tmp_path, monkeypatch, store):
    monkeypatch.setenv("GENBENCH_STORE", str(tmp_path / store))
    bare = tmp_path / "bare"
    shutil.copytree(run, bare, ignore=lambda folder, _: ["samples"] if folder == str(run) else [])
    found = score_votes(bare, ballots, tmp_path / "new", plugins=[PLUGIN], jobs=1)
    assert "preference" not in found.left_out
    assert not (tmp_path / "new" / "samples").exists()


@pytest.mark.slow
def test_samples_that_are_others_in_a_second_draw_are_not_scored(tmp_path, fresh_store):
    run = made(tmp_path, other='use = "restless"')
    files = voted(run, tmp_path)
    shutil.rmtree(run / "samples")
    shutil.rmtree(fresh_store)
    match = "the samples of rival, seed 0, drawn again, are not those that the run scored"
    refused(tmp_path, DataError, match, run, files, tmp_path / "new")


@pytest.mark.slow
def test_a_comparison_without_a_number_is_left_out_with_its_reason(run, ballots, tmp_path, fresh_store):
    found = score_votes(
        run, ballots, tmp_path / "new", plugins=[PLUGIN], jobs=1,
        metrics=[{"use": "preference"}, {"use": "preference", "name": "styled", "style_control": True}],
    )  # fmt: skip
    assert list(found.left_out) == ["styled"]
    assert found.left_out["styled"].startswith("style_control needs the sizes of both samples")
