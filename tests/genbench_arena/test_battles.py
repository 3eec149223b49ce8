"""Ratings from tables of battles: those of arena-rank and of `preference`, and what is refused."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
from genbench_arena.battles import battle_rating, read_battles
from genbench_arena.clustered import plain_sandwich, sandwich
from genbench_arena.paired import fit
from genbench_arena.preference import POINTS

from genbench import Samples, Undefined

HEADER = "model_a,model_b,winner"
DROPPED = "not counted: {} rows that repeat a row, or a rater's vote under one prompt"
CIRCLE = "a,b,model_a\nb,c,model_a\nc,a,model_a\n"


@pytest.fixture
def table(tmp_path):
    """Return a function that writes a table of battles and returns its path."""

    def write(rows, header=HEADER, name="battles.csv"):
        path = tmp_path / name
        path.write_text(f"{header}\n{rows}", encoding="utf-8", newline="")
        return path

    return write


@pytest.fixture
def stored(data_folder, tmp_path):
    """Return a function that writes the stored battles, with or without raters, and returns their path."""
    with (data_folder / "battles.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))

    def write(*columns, keep=lambda row: True):
        path = tmp_path / "stored.csv"
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, columns, extrasaction="ignore")
            writer.writeheader()
            writer.writerows(row for row in rows if keep(row))
        return path

    return write


@pytest.mark.parametrize("case", ["with ties", "no ties"])
def test_without_raters_ratings_and_intervals_are_those_of_arena_rank(stored, data_folder, case):
    records = json.loads((data_folder / "oracles.json").read_text())
    (wanted,) = [r for r in records if r["metric"] == "arena_rank" and r["case"] == case]
    keep = (lambda row: row["winner"].startswith("model")) if case == "no ties" else (lambda row: True)
    found = battle_rating({}, votes=(stored("model_a", "model_b", "winner", keep=keep),))
    assert list(found) == wanted["value"]["competitors"]
    for field, name in (("value", "ratings"), ("low", "rating_lower"), ("high", "rating_upper")):
        values = [getattr(score, field) for score in found.values()]
        assert values == pytest.approx(wanted["value"][name], abs=wanted["tol"])


def test_with_raters_intervals_are_clustered(stored, battles):
    found = battle_rating({}, votes=(stored("model_a", "model_b", "winner", "rater"),))
    votes, raters, names = battles()
    spread, axes = sandwich(votes, fit(votes), raters), np.eye(len(names), len(names) + 1)
    for place, name in enumerate(names):
        half = POINTS * spread.half_width(axes[place])
        assert (found[name].high - found[name].low) / 2 == pytest.approx(half)
    assert found[names[0]].extra["note"] == "600 battles of 6 models, judged by 25 raters"


def test_raters_whose_names_look_alike_are_one_rater(table):
    names = (" Ann", "ann", "a\u200bnn", "\uff21NN", "bo", "bö")
    rows = "".join(row.replace("\n", f",{name}\n") for name in names for row in CIRCLE.splitlines(True))
    path = table(rows, f"{HEADER},rater")
    assert {battle.rater for battle in read_battles((path,))} == {"ann", "bo", "bö"}
    found = battle_rating({}, votes=(path,))
    assert found["a"].extra["note"] == "18 battles of 3 models, judged by 3 raters"


@pytest.mark.parametrize("column", ["prompt", "question_id"])
def test_a_second_vote_of_a_rater_under_one_prompt_is_not_counted(table, column):
    header = f"{HEADER},rater,{column}"
    rows = "".join(row.replace("\n", ",ann,q1\n") for row in CIRCLE.splitlines(True))
    once = battle_rating({}, votes=(table(rows, header),))
    again = battle_rating({}, votes=(table(rows + "b,a,model_a,ANN,q1\n" * 200, header),))
    assert {name: score.value for name, score in again.items()} == {
        name: score.value for name, score in once.items()
    }
    assert again["a"].extra["note"] == f"3 battles of 3 models, judged by 1 raters; {DROPPED.format(200)}"


@pytest.mark.parametrize("vote", ["b,a,model_a,bo,q1", "b,a,model_a,ann,q2", "b,a,model_a,ann,"])
def test_a_vote_of_another_rater_or_under_another_prompt_counts(table, vote):
    rows = "".join(row.replace("\n", ",ann,q1\n") for row in CIRCLE.splitlines(True))
    found = battle_rating({}, votes=(table(f"{rows}{vote}\n" * 2, f"{HEADER},rater,prompt"),))
    assert found["b"].value > found["a"].value


@pytest.mark.parametrize("column", ["tstamp", "timestamp", "time", "prompt", "question_id"])
@pytest.mark.parametrize("rater", ["", ",judge"])
def test_a_row_with_a_time_or_prompt_that_equals_an_earlier_one_is_not_counted(table, column, rater):
    header = f"{HEADER},{column},language{rater}"
    ann = ",ann" if rater else ""
    rows = "".join(f"{line},{number},en{ann}\n" for number, line in enumerate((CIRCLE * 2).split()))
    path = table(rows + f"a,b,model_a,\u200b0,en {ann}\n" * 5000, header)
    once = battle_rating({}, votes=(table(rows, header, "once.csv"),))
    again = battle_rating({}, votes=(path, path))
    for name, score in once.items():
        found = again[name]
        assert (found.value, found.low, found.high) == (score.value, score.low, score.high)
    assert once["a"].extra["note"].startswith("6 battles")
    assert "not counted" not in once["a"].extra["note"]
    assert again["a"].extra["note"].endswith(DROPPED.format(10006))


@pytest.mark.parametrize(
    ("header", "row"),
    [("", ""), (",judge", ",ann"), (",language", ",en"), (",judge,tstamp", ",ann,"), (",prompt", ", ")],
)
def test_rows_without_a_time_or_prompt_may_repeat(table, header, row):
    rows = "".join(f"{line}{row}\n" for line in (CIRCLE + "a,b,model_a\n" * 5).split())
    note = battle_rating({}, votes=(table(rows, HEADER + header),))["a"].extra["note"]
    assert note.startswith("8 battles")
    assert "not counted" not in note


def test_equal_votes_that_are_most_of_the_table_are_named(table):
    circle = "".join(f"{line},bo\n" for line in (CIRCLE * 4).split())
    flood = "b,a,model_b,ann\na,b,model_a,ann\n"

    def warn(rows, header=f"{HEADER},rater"):
        return battle_rating({}, votes=(table(rows, header),))["a"].extra.get("warning")

    assert warn(circle + flood * 6) is None  # 12 of 24
    assert warn(circle + flood * 7) == (
        "14 of 26 battles are of a and b, judged by ann, and won by a: if rows are repeated, remove them: "
        "they decide the ratings"
    )
    assert "and a tie: if rows" in warn(circle + "b,a,tie,ann\n" * 13)
    assert warn("".join(f"{line},bo\n" for line in CIRCLE.split()) + flood * 4) is None  # 8 are too few
    assert warn(CIRCLE * 4 + "a,b,model_a\n" * 50, HEADER).startswith(
        "54 of 62 battles are of a and b, won by a"
    )
    assert warn("a,b,model_a,ann\n" * 60 + "a,b,model_b,ann\n" * 40) is None  # one judge of one pair


def test_without_a_correction_errors_are_those_of_other_programs(battles, data_folder):
    records = json.loads((data_folder / "oracles.json").read_text())
    wanted = [r for r in records if r["metric"] == "bradley_terry_se_cluster" and r.get("tol")]
    assert wanted
    for record in wanted:
        votes, raters, names = battles(record["case"])
        spread, axes = plain_sandwich(votes, fit(votes), raters), np.eye(len(names), len(names) + 1)
        values = [record["value"][name] for name in names]
        assert [spread.error(axis) for axis in axes] == pytest.approx(values, abs=record["tol"])


def test_so_many_raters_that_a_correction_takes_too_much_memory_have_none(stored, battles, monkeypatch):
    monkeypatch.setattr("genbench_arena.preference._MOST_NUMBERS", 25 * 6**2 - 1)
    found = battle_rating({}, votes=(stored("model_a", "model_b", "winner", "rater"),))
    votes, raters, names = battles()
    spread, axes = plain_sandwich(votes, fit(votes), raters), np.eye(len(names), len(names) + 1)
    halves = [(found[name].high - found[name].low) / 2 for name in names]
    assert halves == pytest.approx([POINTS * spread.half_width(axis) for axis in axes])


def test_columns_may_be_in_any_order_and_others_decide_nothing(table):
    plain = battle_rating({}, votes=(table(CIRCLE * 3 + "a,b,tie (bothbad)\r\n\r\nb,a,both_bad\n"),))
    rows = "".join(
        f'"a\n""prompt""",{winner}, {b} ,{a},{time}\n'
        for time, line in enumerate((CIRCLE * 3 + "a,b,tie\nb,a,tie\n").split())
        for a, b, winner in [line.split(",")]
    )
    other = battle_rating({}, votes=(table(rows, "\ufeffprompt,winner,model_b,model_a,tstamp"),))
    assert {name: score.value for name, score in plain.items()} == {
        name: score.value for name, score in other.items()
    }


def test_several_tables_are_rated_together_if_all_or_none_have_raters(table):
    files = table(CIRCLE), table("a,b,model_b\n", name="more.csv")
    assert len(read_battles(files)) == 4
    judged = table("a,b,model_b,me\n", f"{HEADER},judge", name="judged.csv")
    with pytest.raises(Undefined, match="some tables of battles have a column rater, and others none"):
        read_battles((files[0], judged))


def test_a_model_that_won_all_has_no_rating_and_says_why(table):
    found = battle_rating({}, votes=(table(CIRCLE + "d,a,model_a\n"),))
    assert str(found["d"]).startswith("it won all 1 of its votes against the rated generators")


def test_in_a_run_the_table_names_its_generators(table):
    fakes = {name: Samples.of("vector", np.zeros((1, 2))) for name in "abcx"}
    assert str(battle_rating(fakes, votes=(table(CIRCLE),))["x"]) == "there is no battle of it"
    with pytest.raises(Undefined, match="the battles name 'c', which is no generator of this run"):
        battle_rating({"a": fakes["a"], "b": fakes["b"]}, votes=(table(CIRCLE),))


@pytest.mark.parametrize(
    ("header", "rows", "reason"),
    [
        (
            "a,b,c",
            "",
            r"battles\.csv, line 1: the column model_a is missing; expected model_a, model_b, winner",
        ),
        (f"{HEADER},model_a", "", "the column model_a is twice"),
        (HEADER, "a,b,left\n", r"line 2: winner is 'left'; expected model_a, model_b, tie, tie \(bothbad\)"),
        (HEADER, "a,b,tie\na,b\n", "line 3: 2 cells, expected 3"),
        (HEADER, "a,a,tie\n", "line 2: 'a' meets itself"),
        (HEADER, ",b,tie\n", "line 2: a model or the rater has no name"),
        (f"{HEADER},judge", "a,b,tie, \n", "line 2: a model or the rater has no name"),
        (f"{HEADER},judge", "a,b,tie,\u200b\n", "line 2: a model or the rater has no name"),
        (HEADER, 'a,b,"tie', "battles.csv, line 2: unexpected end of data"),
        (HEADER, "", "no battles: expected tables with a row below their header"),
        (HEADER, "a,b,tie\n", "no vote prefers a sample: all 1 are ties"),
    ],
)
def test_a_table_that_holds_no_battles_is_refused_with_its_line(table, header, rows, reason):
    with pytest.raises(Undefined, match=reason):
        battle_rating({}, votes=(table(rows, header),))


def test_a_file_that_is_no_text_is_refused(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Undefined, match=r"x\.csv is no table of battles: it is not UTF-8"):
        read_battles((path,))
