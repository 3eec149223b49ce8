"""Boards as pages of Markdown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from genbench.board.csv_tables import scores_frame
from genbench.board.formats.markdown import board_markdown
from genbench.board.leaderboard import build_board
from genbench.board.view import view_board
from genbench.results.records import Plan

NO_NAME = "`(no valid name)`"


def markdown(plan, records):
    return board_markdown(view_board(build_board(plan, records)))


def test_markdown_shows_best_in_bold_controls_in_italics_and_statuses(run_of):
    table = {
        "vae": {"fid": [1.0, 2.0, 1.5]},
        "wgan": {"fid": [8.0, 9.0, 8.5]},
        "gan": {"fid": [3.0, 4.0, "error"]},
        "noise": {"fid": [0.5, 0.5, 0.5]},
    }
    lines = markdown(*run_of(table)).splitlines()
    start = lines.index("| rank | generator |           fid ↓ |")
    assert lines[start + 1 : start + 6] == [
        "|------|-----------|----------------:|",
        "| 1    | vae       | **1.500 ± 1.2** |",
        "| 2    | wgan      |     8.500 ± 1.2 |",
        "| 3    | gan       |       error 1/3 |",
        "|      | *noise*   |      0.5000 ± 0 |",
    ]
    assert "- digits, gan, seed 2, fid: error: error for a reason" in lines


def test_markdown_of_a_board_on_which_all_failed_says_so(run_of):
    text = markdown(*run_of({"a": {"m": ["error"]}, "b": {"m": ["error"]}}))
    assert "2 cells: 0 ok, 2 error." in text


def test_markdown_of_an_empty_plan_is_a_heading():
    text = markdown(Plan(cells=(), traces=(), provenance={}), {})
    assert text.startswith("# Leaderboard\n\n0 cells: 0 ok.")


def test_markdown_takes_nothing_in_a_reason_for_markup(run_of):
    plan, records = run_of({"gan": {"recall": ["error"]}})
    reason = "<b>*x*</b> `y` [a](b)\n\n# head"
    text = markdown(plan, {key: replace(record, reason=reason) for key, record in records.items()})
    assert r"error: \<b>\*x\*\</b> \`y\` [a]\(b) # head" in text


def test_markdown_says_what_metrics_note_of_their_numbers(run_of):
    plan, records = run_of({"vae": {"m": [1.0]}})
    records = {key: replace(record, extra={"note": "made *in* haste"}) for key, record in records.items()}
    text = markdown(plan, records)
    assert "## Notes on the numbers\n\n- m: made \\*in\\* haste\n" in text


def test_markdown_names_what_sets_blocks_apart(run_of):
    plan, records = run_of({"vae": {"fid": [1.0]}})
    other, more = run_of({"gan": {"fid": [1.0]}}, n=300)
    text = markdown(replace(plan, cells=plan.cells + other.cells), records | more)
    assert "### Block 1: seeds 0, n 300" in text
    assert "### Block 2: seeds 0, n 599" in text
    assert "- digits: fid: n is 300 in gan and 599 in vae; run the suite of gan again with --n 599" in text


def test_every_signature_of_the_csv_stands_in_the_markdown(run_of):
    run = run_of({"vae": {"fid[pixels]": [0.1], "recall": [2.5]}, "gan": {"fid[pixels]": [0.2]}})
    text = markdown(*run)
    signatures = set(scores_frame(*run)["signature"])
    assert len(signatures) == 2
    assert [signature for signature in signatures if f"`{signature}`" not in text] == []


def signature_rows(text):
    """Return the cells of the table below "Signatures:", without the signatures."""
    lines = text.partition("Signatures:\n\n")[2].partition("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")][:3] for line in lines]


def test_markdown_says_whose_metric_an_id_stands_for(run_of):
    signature = {"metric": "myfid:fid", "extractor": {"name": "genbench:pixels"}}
    plan, records = run_of({"vae": {"fid": [1.0]}}, signature=signature)
    other, more = run_of({"vae": {"precision": [1.0]}})
    text = markdown(replace(plan, cells=plan.cells + other.cells), records | more)
    heads, _, *rows = signature_rows(text)
    assert heads == ["id", "metric", "extractor"]
    assert rows == [
        ["`fid`", "`myfid:fid`", "`genbench:pixels`"],
        ["`precision`", "`genbench:precision`", ""],
    ]


def test_markdown_shows_no_text_of_a_signature_that_names_no_component(run_of):
    for name in ("a|b", "`x`", "genbench:fid\n", 3, ["genbench:fid"]):
        run = run_of({"vae": {"m": [1.0]}}, signature={"metric": name, "extractor": {"name": name}})
        assert signature_rows(markdown(*run))[2:] == [["`m`", NO_NAME, NO_NAME]]
    for extractor in ("genbench:pixels", {"version": 1}, 3):
        run = run_of({"vae": {"m": [1.0]}}, signature={"extractor": extractor})
        assert signature_rows(markdown(*run))[2:] == [["`m`", "`genbench:m`", NO_NAME]]


@pytest.mark.parametrize("length", [1, 110, 255])
def test_markdown_leaves_out_no_name_that_a_plugin_file_can_have(run_of, length):
    plan, records = run_of({"ddpm": {"m": [1.0]}}, signature={"metric": f"{'x' * length}:fidelity"})
    cells = tuple(replace(cell, plugin=f"{'x' * length} 0+1ca1ddc5") for cell in plan.cells)
    text = markdown(replace(plan, cells=cells), records)
    assert signature_rows(text)[2:] == [["`m`", f"`{'x' * length}:fidelity`", ""]]
    assert f"Generators of other plugins: `ddpm` of `{'x' * length}`." in text


def test_markdown_names_the_plugins_of_generators(run_of):
    plan, records = run_of({"ddpm": {"m": [1.0]}, "gan": {"m": [2.0]}, "vae": {"m": [3.0]}})
    owners = {"ddpm": "myfid 0.1", "gan": "genbench 0.1.0", "vae": "<b>|x 1"}
    cells = tuple(replace(cell, plugin=owners[cell.generator]) for cell in plan.cells)
    text = markdown(replace(plan, cells=cells), records)
    assert f"\n\nGenerators of other plugins: `ddpm` of `myfid`, `vae` of {NO_NAME}.\n" in text
    assert "Generators of" not in markdown(plan, records)


def test_markdown_has_rows_of_csv_files_without_rank_and_says_why(run_of, without_records):
    table = {"vae": {"x": [1.0, 1.1, 1.2]}, "gan": {"x": [2.0, 2.1, 2.2]}, "noise": {"x": [9.0, 9.1, 9.2]}}
    text = markdown(*without_records(run_of(table), "vae"))
    rows = [line.split("|")[1:3] for line in text.splitlines() if line.startswith("| ")]
    names = [(rank.strip(), name.strip()) for rank, name in rows]
    assert names[1:4] == [("", "gan"), ("", "vae (unverified)"), ("", "*noise*")]
    assert "- from a CSV file, without records that could be verified, so not ranked: vae\n" in text
