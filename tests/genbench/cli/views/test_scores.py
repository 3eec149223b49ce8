"""Scores as tables, JSON and CSV."""

from __future__ import annotations

import csv
import functools
import io
import json
from dataclasses import replace

import pytest

from genbench.cli.views.scores import as_csv, as_json, explained_view, scores_view
from genbench.core.extracted import ValidCount
from genbench.scoring.explain import Explained, Step
from genbench.scoring.measurement import Measurement
from genbench.scoring.yardstick import Yardstick


def measurement(**fields):
    known = {
        "metric": "fid[pixels]", "direction": "lower", "best": None, "value": 2.0, "low": None, "high": None,
        "spread": None, "n": 25, "n_real": 30, "status": "ok", "reason": "", "seed": 0,
        "signature": "0123abcd", "decided_by": {"n": 25},
    }  # fmt: skip
    return Measurement(**(known | fields))


def alone(*found):
    """Return measurements of one set of fakes, as the views take them."""
    return {"made": dict(enumerate(found))}


SKIPPED = measurement(metric="authenticity", value=None, status="skipped", reason="train was not given")


def explained(protocol, *, options=None, steps=(), **fields):
    return Explained(
        protocol=protocol, summary=f"pixels, {protocol}", source="a paper", options=options or {},
        steps=steps, measurements={f"fid[{protocol}]": measurement(**fields)},
    )  # fmt: skip


def step(name, mean, *, apart):
    return Step(name=name, shape=(2,), mean=mean, spread=1.0, low=0.0, high=9.0, apart=apart)


@pytest.fixture
def table(lines_of):
    """Return a function that draws measurements and returns their lines, each as its words."""
    return lambda *found: [line.split() for line in lines_of(lambda c: scores_view(c, alone(*found)))]


def test_a_row_has_value_direction_and_signature_and_the_counts_are_below(table):
    rows = table(measurement())
    assert ["fid[pixels]", "↓", "2.000", "0123abcd"] in rows
    assert rows[-1] == ["25", "fakes,", "30", "real", "samples"]
    assert ["x", "→", "0.5", "2.000", "0123abcd"] in table(
        measurement(metric="x", direction="target", best=0.5)
    )


YARDSTICK = Yardstick(split="real", n=15, value=2.5, least=0.75, greatest=1.25, is_beyond_real=False)


def test_a_yardstick_is_beside_the_value_with_the_fakes_at_its_n(table):
    rows = table(measurement(yardstick=YARDSTICK), SKIPPED)
    assert rows[0] == ["metric", "value", "at", "n", "real", "signature"]
    assert ["fid[pixels]", "↓", "2.000", "2.50", "0.750–1.25", "0123abcd"] in rows
    assert ["authenticity", "↓", "skipped", "0123abcd"] in rows
    assert " ".join(rows[5]).startswith(
        "real: 15 real samples in place of the fakes, in five splits; at n: 15"
    )
    both = table(measurement(yardstick=YARDSTICK), measurement(yardstick=replace(YARDSTICK, split="train")))
    assert both[0] == ["metric", "value", "at", "n", "real", "or", "train", "signature"]
    assert ["fid[pixels]", "↓", "2.000", "2.50", "train", "0.750–1.25", "0123abcd"] in both


def test_one_cut_is_one_number_and_negative_ends_are_joined_by_a_word():
    assert replace(YARDSTICK, least=1.25).ends == "1.25"
    assert replace(YARDSTICK, least=-2.0, greatest=-1.0).ends == "-2.00 to -1.00"


def test_a_value_beyond_real_is_marked_and_explained(table):
    beyond = replace(YARDSTICK, is_beyond_real=True)
    rows = table(measurement(yardstick=beyond), measurement(metric="kid"))
    assert rows.count(["beyond", "real"]) == 1
    (hint,) = [row for row in rows if row[0] == "warning:"]
    assert hint[1:4] == ["fid[pixels]:", "beyond", "real:"]


def test_csv_has_the_cautions_of_each_number():
    text = as_csv(alone(measurement(cautions=("few fakes", "copies")), measurement(metric="kid")))
    assert [row["caution"] for row in csv.DictReader(io.StringIO(text))] == ["few fakes; copies", ""]


def test_a_missing_yardstick_is_explained_once_for_all_metrics_below_the_table(table):
    why = "no value at n = 15"
    lacking = [measurement(metric=name, yardstick_reason=why) for name in ("fid", "kid")]
    lines = [" ".join(row) for row in table(measurement(yardstick=YARDSTICK), *lacking)]
    assert lines[-1] == f"fid and kid: no yardstick: {why}"
    assert [row["yardstick_reason"] for row in csv.DictReader(io.StringIO(as_csv(alone(*lacking))))] == [
        why
    ] * 2
    assert json.loads(as_json(alone(*lacking)))[0]["yardstick_reason"] == why


def test_csv_and_json_have_the_yardstick():
    text = as_csv(alone(measurement(yardstick=YARDSTICK), measurement()))
    first, second = csv.DictReader(io.StringIO(text))
    assert (first["yardstick_split"], first["yardstick_n"], first["yardstick_least"]) == (
        "real",
        "15",
        "0.75",
    )
    assert (first["yardstick_is_beyond_real"], second["yardstick_n"]) == ("False", "")
    first, second = json.loads(as_json(alone(measurement(yardstick=YARDSTICK), measurement())))
    assert (first["yardstick"], second["yardstick"]) == (vars(YARDSTICK), None)


def test_an_interval_or_else_a_spread_stands_beside_the_value(table):
    both = measurement(low=1.5, high=2.5, spread=0.1)
    assert ["fid[pixels]", "↓", "2.000", "[1.500,", "2.500]", "0123abcd"] in table(both)
    assert ["fid[pixels]", "↓", "2.000", "spread", "0.100", "0123abcd"] in table(measurement(spread=0.1))


def test_a_metric_without_a_value_has_its_status_in_the_table_and_its_reason_below(table):
    rows = table(measurement(), SKIPPED)
    assert ["authenticity", "↓", "skipped", "0123abcd"] in rows
    assert rows[-1] == ["authenticity:", "train", "was", "not", "given"]
    assert ["fid[pixels]:"] not in rows


def test_metrics_without_a_value_for_one_reason_share_a_line(table):
    other = measurement(metric="c-t", value=None, status="skipped", reason="train was not given")
    failed = measurement(metric="kid", value=None, status="error", reason="train was not given")
    rows = table(SKIPPED, other, failed)
    assert rows[-2] == ["authenticity", "and", "c-t:", "train", "was", "not", "given"]
    assert rows[-1] == ["kid:", "train", "was", "not", "given"]


def test_csv_has_numbers_to_the_last_digit_and_nothing_for_none():
    quoted = measurement(value=None, status="skipped", reason="=cmd()")
    text = as_csv(alone(measurement(value=1 / 3, low=1e-7, spread=0.0), quoted))
    first, second = csv.DictReader(io.StringIO(text))
    assert (first["value"], first["low"], first["spread"]) == (repr(1 / 3), "1e-07", "0.0")
    assert (first["high"], first["n"]) == ("", "25")
    assert (second["value"], second["reason"]) == ("", "'=cmd()")
    assert "\r" not in text


def test_json_has_every_field():
    text = as_json(alone(SKIPPED))
    assert text.endswith("]\n")
    (found,) = json.loads(text)
    assert (found["metric"], found["value"], found["decided_by"]) == ("authenticity", None, {"n": 25})
    (found,) = json.loads(as_json([explained("plain", steps=(step("read", 1.0, apart=None),))]))
    assert found["steps"][0]["shape"] == [2]
    assert found["measurements"]["fid[plain]"]["value"] == 2.0


@pytest.fixture
def explanation(lines_of):
    """Return a function that draws protocols and returns their lines."""
    return lambda *found: lines_of(functools.partial(explained_view, explained=found))


def test_protocols_are_shown_with_their_numbers_options_and_sources(explanation):
    lines = explanation(
        explained("plain"),
        explained("twice", options={"scale": 2.0}, value=None, status="error", reason="why"),
    )
    rows = [line.split() for line in lines]
    assert lines[0] == "25 fakes, 30 real samples, the same under each protocol"
    assert ["protocol", "fid", "options"] in rows
    assert ["plain", "2.000", "the", "defaults"] in rows
    assert ["twice", "error", "scale=2.0"] in rows
    assert "twice: pixels, twice. a paper" in lines


def test_steps_stand_side_by_side_with_their_difference_from_the_first_protocol(explanation):
    lines = explanation(
        explained("plain", steps=(step("read", 4.0, apart=0.0), step("crop", 3.0, apart=0.0))),
        explained("twice", steps=(step("read", 8.0, apart=4.0),)),
    )
    rows = [line.split() for line in lines]
    assert ["read", "4.00", "±", "1.00", "8.00", "±", "1.00", "(4.0)"] in rows
    assert ["crop", "3.00", "±", "1.00"] in rows
    assert "in brackets the mean absolute difference from plain" in " ".join(lines)
    alike = explanation(explained("plain", steps=(step("read", 4.0, apart=0.0),)))
    assert "in brackets" not in " ".join(alike)


def test_further_numbers_of_a_metric_have_a_row_each(explanation):
    lines = explanation(
        explained("plain", extra={"floor": 0.5, "note": "x"}), explained("twice", extra={"note": "y"})
    )
    assert [line.split() for line in lines if "floor" in line] == [["fid:", "floor", "0.5000"]]
    assert not any("note" in line for line in lines)


def test_samples_without_features_are_told_once_for_all_metrics(table):
    valid = {"fake": ValidCount(n=22, of=25), "real": ValidCount(n=29, of=30)}
    lines = table(
        measurement(valid=valid), measurement(metric="kid", valid={"fake": valid["fake"]}), measurement()
    )
    said = " ".join(" ".join(line) for line in lines)
    hint = "have no features, as those that do not parse; repair them"
    assert said.count(f"fid[pixels] and kid: 3 of 25 samples of fake {hint}") == 1
    assert said.count(f"fid[pixels]: 1 of 30 samples of real {hint}") == 1


def test_json_holds_the_counts():
    (found,) = json.loads(as_json(alone(measurement(valid={"fake": ValidCount(n=22, of=25)}))))
    assert found["valid"] == {"fake": {"n": 22, "of": 25}}


def test_several_fakes_have_a_column_each_beside_the_real_samples(lines_of):
    other = replace(YARDSTICK, value=9.5, is_beyond_real=True)
    plain = {"authenticity": replace(SKIPPED, status="ok", value=1.0, reason="")}
    scores = {
        "a": {"fid": measurement(metric="fid", yardstick=YARDSTICK), **plain},
        "b": {"fid": measurement(metric="fid", value=9.0, yardstick=other), "authenticity": SKIPPED},
    }
    lines = [line.split() for line in lines_of(lambda c: scores_view(c, scores))]
    assert ["metric", "a", "b", "real"] in lines
    assert ["fid", "↓", "2.000", "(2.50)", "9.000", "(9.50)", "0.750–1.25"] in lines
    assert lines.count(["25", "fakes,", "30", "real", "samples"]) == 1  # what they share
    assert lines.index(["b:"]) < lines.index(["authenticity:", "train", "was", "not", "given"])
    assert [each.get("fake") for each in json.loads(as_json(scores))] == ["a", "a", "b", "b"]
    rows = list(csv.DictReader(io.StringIO(as_csv(scores))))
    assert [(row["fake"], row["metric"]) for row in rows][2:] == [("b", "fid"), ("b", "authenticity")]
    assert "fake" not in json.loads(as_json(alone(measurement())))[0]


def test_details_are_the_five_worst_parts_and_pairs(lines_of):
    parts = {f"column-{number}": number / 10 for number in range(7)}
    pairs = {"names": ["p", "q", "r"], "real": [[1, 0.5, None], [0.5, 1, 0.1], [None, 0.1, 1]],
             "fake": [[1, 0.4, 0.2], [0.4, 1, 0.9], [0.2, 0.9, 1]]}  # fmt: skip
    found = [
        measurement(metric="shapes", direction="higher", extra={"parts": parts, "count": 3, "names": ["a"]}),
        measurement(metric="gap", extra={"by_label": parts}),
        measurement(metric="same", direction="none", extra={"parts": parts}),
        measurement(metric="trends", extra={"pairs": pairs}),
    ]

    def text(**options):
        return " ".join(" ".join(lines_of(lambda c: scores_view(c, alone(*found), **options))).split())

    assert "worst" not in text()
    shown = text(details=True)
    assert "shapes, worst parts: column-0 0, column-1 0.100, column-2 0.200, column-3" in shown
    assert "column-5" not in shown.partition("shapes, worst")[2].partition("trends, worst")[0]
    assert "same, worst" not in shown  # outputs of one metric share their parts
    assert shown.endswith("trends, worst pairs: r and q 0.900 (real 0.100), q and p 0.400 (real 0.500)")


def test_details_sort_by_the_direction_of_the_metric(lines_of):
    extra = {"by_label": {"cat": 1.0, "dog": 3.0, "fox": 2.0}}
    for direction, best, order in (
        ("lower", None, "dog 3.00, fox 2.00, cat 1.00"),
        ("higher", None, "cat 1.00, fox 2.00, dog 3.00"),
        ("target", 2.0, "cat 1.00, dog 3.00, fox 2.00"),
        ("none", None, "dog 3.00, fox 2.00, cat 1.00"),
    ):
        found = alone(measurement(metric="m", direction=direction, best=best, extra=extra))
        lines = lines_of(lambda c, found=found: scores_view(c, found, details=True))
        assert f"m, worst by label: {order}" in lines
