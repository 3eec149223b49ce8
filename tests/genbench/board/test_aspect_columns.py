"""Boards whose metrics have aspects: the order of columns, ranks in aspects, and what explains them."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace

import pytest
from rich.console import Console

from genbench.board.csv_tables import leaderboard_frame
from genbench.board.formats.html_fragment import board_html
from genbench.board.formats.latex import board_latex
from genbench.board.formats.markdown import board_markdown
from genbench.board.formats.plain import board_to_json
from genbench.board.leaderboard import build_board
from genbench.board.merge import merge
from genbench.board.report import make_board_files
from genbench.board.terminal import print_board
from genbench.board.unverified import read_unverified_csv
from genbench.board.view import view_board
from genbench.contract.specs import VOTING_ASPECTS
from genbench.results.results import Results

#: In the order of the suite: neither that of the alphabet, nor that of aspects.
ASPECTS = {
    "mine": "", "auth": "memorisation", "valid": "validity", "recall[cnn]": "diversity",
    "kid[cnn]": "fidelity", "fid[cnn]": "fidelity",
}  # fmt: skip
LEVELS = {"vae": 1.0, "gan": 2.0, "flow": 3.0, "noise": 9.0}
RECALL = {"gan": [3.0, 2.2, 2.6], "flow": [2.5, 2.0, 2.4]}
TERMINAL = """\
digits
   rank   generator   fidelity   diversity
──────────────────────────────────────────
      1   vae                1           1
2 (2–3)   flow               3     2 (2–3)
2 (2–3)   gan                2     3 (2–3)
──────────────────────────────────────────
          noise

digits · fidelity on cnn
fidelity   generator           kid ↓             fid ↓
"""
MARKDOWN = """\
| rank    | generator | fidelity | diversity |
|---------|-----------|----------|-----------|
| 1       | vae       | 1        | 1         |
| 2 (2–3) | flow      | 3        | 2 (2–3)   |
"""
LATEX = r"fidelity & diversity \\|\midrule|1 & vae & 1 & 1 \\|2 (2--3) & flow & 3 & 2 (2--3) \\|"


def labelled(run_of, aspects=ASPECTS, levels=LEVELS, **fields):
    table = {
        name: {metric: [level + seed / 100 for seed in range(3)] for metric in aspects}
        for name, level in levels.items()
    }
    if "recall[cnn]" in aspects:
        table |= {g: row | {"recall[cnn]": RECALL[g]} for g, row in table.items() if g in RECALL}
    return run_of(table, aspects=aspects, **fields)


def view_of(run):
    return view_board(build_board(*run))


def show(run):
    """Return what a terminal of 80 columns shows of a board, as lines."""
    file = io.StringIO()
    console = Console(file=file, width=80, force_terminal=True, color_system=None, highlight=False)
    print_board(console, view_of(run))
    return [line.rstrip() for line in file.getvalue().splitlines()]


def test_columns_are_by_aspect_those_that_vote_first_and_then_as_in_the_suite(run_of):
    (table,) = view_of(labelled(run_of)).tables
    metrics = ["kid[cnn]", "fid[cnn]", "recall[cnn]", "valid", "auth", "mine"]
    assert [(head.metric, head.aspect) for head in table.heads] == [
        (metric, ASPECTS[metric] or "no aspect") for metric in metrics
    ]
    assert [head.metric for head in table.heads if head.is_shared] == metrics[:3]
    (named,) = view_of(labelled(run_of, rule={"votes": ["memorisation", "diversity"]})).tables
    assert [head.metric for head in named.heads[:2]] == ["auth", "recall[cnn]"]
    assert named.rank_names == ("rank", "memorisation", "diversity")


def test_a_terminal_shows_an_overview_and_then_each_aspect_with_its_ranks(run_of):
    lines = show(labelled(run_of))
    assert "\n".join(lines).partition("\n\n")[2].startswith(TERMINAL)  # below the verdict
    assert [line.partition(" · ")[2] for line in lines if re.match(r"digits\b(?!:)", line)] == [
        "", "fidelity on cnn", "diversity on cnn", "validity", "memorisation", "no aspect",
    ]  # fmt: skip
    firsts = [line.split()[0] for line in lines if "generator   " in line]
    # no rank is beside metrics without a vote
    assert firsts == ["rank", "fidelity", "diversity", "generator", "generator", "generator"]


def test_ranks_in_all_aspects_that_vote_fit_a_terminal(run_of):
    aspects = {f"m{number}": aspect for number, aspect in enumerate(VOTING_ASPECTS)}
    lines = show(labelled(run_of, aspects, {f"generator-{n}": n / 50 for n in range(12)}))
    assert max(map(len, lines)) <= 80
    assert "…" not in "".join(lines)
    overview = "".join(lines[: lines.index("digits · fidelity")])
    assert all(f" {aspect}" in overview for aspect in VOTING_ASPECTS)


def test_markdown_and_latex_have_the_same_tables_and_the_rule_in_words(run_of):
    view = view_of(labelled(run_of, rule={"require": {"valid": "< 9.5"}}))
    markdown, latex = board_markdown(view), board_latex(view)
    assert (MARKDOWN in markdown, LATEX.replace("|", "\n") in latex) == (True, True)
    for sentence in (
        "The rank gives each aspect one vote: the mean of the win rates in its metrics",
        "Shown without a vote: validity and memorisation.",
        "The suite requires valid < 9.5.",
    ):
        assert (markdown.count(sentence), latex.count(sentence)) == (1, 1)
    assert "mean win rate" not in markdown
    assert "\nWithout an aspect, so without a vote in the overall rank: mine.\n" in markdown


def test_html_has_one_table_with_the_aspects_above_its_columns(run_of):
    html = board_html(view_of(labelled(run_of)))
    assert re.findall(r'<colgroup span="(\d)">', html) == ["2", "3", "2", "1", "1", "1"]
    assert re.findall(r'<th scope="colgroup" colspan="(\d)">([\w ]+)</th>', html) == [
        ("3", "fidelity"), ("2", "diversity"), ("1", "validity"), ("1", "memorisation"), ("1", "no aspect"),
    ]  # fmt: skip
    heads = " ".join(re.findall(r'<th scope="col">(\w+)', html))
    assert heads == "rank generator rank kid fid rank recall valid auth mine"
    assert '<td>2 (2–3)</td><th scope="row">flow</th><td>3</td><td>3.010 ± 0.025</td>' in html


def test_a_single_aspect_is_shown_in_the_json_alone(run_of):
    view = view_of(labelled(run_of, {"kid": "fidelity", "fid": "fidelity"}))
    (panel,) = view.tables[0].panels(80, {"fid": 9, "kid": 9})
    assert (panel.aspect, [head.metric for head in panel.heads]) == ("", ["kid", "fid"])  # as in the suite
    assert "<colgroup" not in board_html(view)
    assert {column["aspect"] for column in board_to_json(view)["blocks"][0]["columns"]} == {"fidelity"}


def test_one_aspect_that_votes_has_the_overall_ranks_and_others_none(run_of):
    run = labelled(run_of, {"fid": "fidelity", "auth": "memorisation"})
    (table,) = view_of(run).tables
    assert [panel.ranks for panel in table.panels(80, {"fid": 9, "auth": 9})] == [("rank",), ()]
    assert "rank:fidelity:low" in leaderboard_frame(*run).columns


def test_metrics_without_any_aspect_leave_all_as_it_is_without_a_rule(run_of):
    plan, records = labelled(run_of, dict.fromkeys(ASPECTS, ""), rule={"votes": None})
    earlier = replace(plan, provenance={"name": "board"})
    assert make_board_files(plan, records) == make_board_files(earlier, records)
    assert show((plan, records)) == show((earlier, records))


def test_the_csv_has_the_ranks_in_aspects_and_its_description_names_them(run_of):
    frame = leaderboard_frame(*labelled(run_of)).set_index("generator")
    names = [f"rank:{aspect}{end}" for aspect in ("fidelity", "diversity") for end in ("", ":low", ":high")]
    assert list(frame.columns[6:15]) == ["rank:high", "caution", *names, "auth"]
    assert frame.loc["gan", names].tolist() == [2, 2, 2, 3, 2, 3]
    assert frame.loc["noise", names].isna().all()
    package = json.loads(make_board_files(*labelled(run_of))["datapackage.json"])
    fields = {field["name"]: field.get("aspect", "") for field in package["resources"][0]["schema"]["fields"]}
    assert fields == dict.fromkeys(["generator", *frame.columns], "") | ASPECTS


def test_the_order_of_metrics_in_a_suite_changes_no_byte_of_the_csv(run_of):
    backwards = dict(reversed(ASPECTS.items()))
    one, other = (make_board_files(*labelled(run_of, aspects)) for aspects in (ASPECTS, backwards))
    assert {name for name in one if one[name] != other[name]} == {"leaderboard.md"}


def test_a_csv_with_ranks_in_aspects_can_be_read_and_changes_no_rank_of_a_run(run_of, tmp_path):
    plan, records = labelled(run_of)
    theirs = labelled(run_of, levels={"theirs": 0.5, "other": 5.0}, salt="theirs")
    path = tmp_path / "their.csv"
    path.write_bytes(make_board_files(*theirs)["leaderboard.csv"])
    mine = Results(name="mine", plan=plan, records=records)
    merged = merge([mine, read_unverified_csv(path, [mine])])
    before, after = (
        {row.generator: (row.rank, row.aspects) for row in build_board(run.plan, run.records).rows}
        for run in (mine, merged)
    )
    assert after == before | {"theirs": (None, {}), "other": (None, {})}
    frame = leaderboard_frame(merged.plan, merged.records).set_index("generator")
    assert frame.loc["theirs", "caution"] == "from a CSV file, so copies of real ones are not counted"


@pytest.mark.parametrize("rule", [{}, {"require": {"valid": "< 9.5"}}])
def test_merged_runs_with_unequal_rules_have_no_overall_rank_and_say_so_once(run_of, rule):
    runs = labelled(run_of), labelled(run_of, levels={"b": 4.0, "c": 5.0}, salt="b", dataset="idx", rule=rule)
    merged = merge([Results(name=f"run{n}", plan=run[0], records=run[1]) for n, run in enumerate(runs)])
    board = build_board(merged.plan, merged.records)
    note = "- no overall rank: the runs state different rules (aspects, votes or requirements)\n"
    assert any(row.rank for row in board.rows) == (not rule)
    text = board_markdown(view_board(board))
    assert (text.count(note), text.count("no overall rank:")) == (bool(rule), bool(rule))


def test_json_has_the_aspect_of_each_column_and_the_ranks_in_aspects(run_of):
    (block,) = board_to_json(view_of(labelled(run_of)))["blocks"]
    assert {column["metric"]: column["aspect"] for column in block["columns"]}["auth"] == "memorisation"
    aspects = {row["generator"]: row["aspects"] for row in block["rows"]}
    assert aspects["gan"]["diversity"] == {"rank": 3, "rank_low": 2, "rank_high": 3}
    assert aspects["noise"] == {}
