"""The file in which a rater votes: what it shows, what it does not tell, and what no text in it can do."""

from __future__ import annotations

import base64
import html
import io
import json
import re

import numpy as np
import pytest
from PIL import Image

from genbench.arena import task as module
from genbench.arena.pairs import plan_pairs, task_hash
from genbench.arena.task import render_task
from genbench.catalog.modalities import Modality
from genbench.core.errors import DataError
from genbench.core.rendering import Rendering
from genbench.core.samples import Samples

QUESTIONS = ("Which is better?",)
HOSTILE = (
    "</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<!-- ", "\u202egnp\u2028\x1b[2J",
)  # fmt: skip


def planned(arena, *, pairs=6, questions=QUESTIONS, **options):
    found = plan_pairs(arena.rivals, pairs=pairs, rater=1, seed=0, questions=len(questions), **options)
    shown = {each for pair in found for each in (pair.first, pair.second, pair.reference)}
    return found, render_task(found, questions, arena.locate_samples(shown), arena.modality).decode()


def payload(text):
    return json.loads(
        re.search(r'<script type="application/json" id="task">(.*?)</script>', text, re.DOTALL)[1]
    )


def texts(arena_of, *made):
    """Return an arena of generators that made these texts."""
    return arena_of({f"name-{i}": (None, {0: Samples.of("text", own)}) for i, own in enumerate(made)})


def two_of(arena_of, samples):
    """Return an arena of two generators that made half of the samples each."""
    half = len(samples) // 2
    parts = samples.take(slice(0, half)), samples.take(slice(half, None))
    return arena_of({name: (None, {0: part}) for name, part in zip("ab", parts, strict=True)})


def test_it_holds_the_samples_of_the_pairs_in_the_order_of_digests(arena_of):
    arena = texts(arena_of, ["one", "two", "three"], ["four", "five", "six"])
    found, text = planned(arena, pairs=2)
    task = payload(text)
    names = [sample["digest"] for sample in task["samples"]]
    assert names == sorted({name for pair in found for name in (pair.first, pair.second)})
    shown = [(names[first], names[second], real) for _, first, second, real in task["pairs"]]
    assert shown == [(pair.first, pair.second, None) for pair in found]
    contents = {trial.digests[i]: t for trial in arena.trials for i, t in enumerate(trial.samples.data)}
    assert all(sample["content"] == contents[sample["digest"]] for sample in task["samples"])
    assert task["hash"] == task_hash(QUESTIONS, found)
    assert text.count("three") <= 1  # a sample is in the file once, however often it is shown


def test_a_reference_is_in_the_file(arena_of):
    arena = texts(arena_of, ["one", "two"], ["four", "five"])
    real = texts(arena_of, ["real"]).trials[0]
    found = plan_pairs(arena.rivals, pairs=2, rater=1, seed=0, references=real.digests)
    places = arena.with_trials([real]).locate_samples(
        {e for p in found for e in (p.first, p.second, p.reference)}
    )
    task = payload(render_task(found, QUESTIONS, places, arena.modality).decode())
    assert {task["samples"][pair[3]]["content"] for pair in task["pairs"]} == {"real"}


def test_no_name_of_a_generator_and_no_seed_is_in_it(arena_of, rng):
    made = {
        f"secret-{i}": (
            control,
            {98765 + i: Samples.of("image", rng.integers(256, size=(9, 8, 8, 1), dtype="u1"))},
        )
        for i, control in enumerate([None, None, "ceiling", "floor"])
    }
    _, text = planned(arena_of(made), pairs=20)
    assert not re.search(r"secret|9876\d|ceiling|floor", text)


def test_hostile_texts_are_data_alone(arena_of):
    _, text = planned(texts(arena_of, HOSTILE, ["harmless", "plain"]), questions=(HOSTILE[0],), pairs=8)
    assert text.count("<script") == text.count("</script>") == 2
    assert "<img" not in text
    contents = {sample["content"] for sample in payload(text)["samples"]}
    assert HOSTILE[0] in contents
    assert r"\u202egnp\u2028\x1b[2J" in contents  # what a reader could not see is shown as an escape


def test_the_policy_allows_its_own_script_alone_and_no_request(arena_of):
    _, text = planned(texts(arena_of, ["one"], ["two"]), pairs=1)
    rules = dict(
        rule.strip().split(" ", 1)
        for rule in html.unescape(re.search(r'Policy" content="([^"]*)"', text)[1]).split(";")
    )
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert rules["script-src"].startswith("'sha256-")
    assert not re.search(r"unsafe|https?:|\bfetch\(|XMLHttpRequest|\beval\(", text)


@pytest.mark.parametrize(
    "name", ["image", "text", "sequence", "molecule", "vector", "table", "audio", "points", "video"]
)
def test_samples_of_every_bundled_modality_are_shown_with_their_size(arena_of, modality, name, rng):
    _, text = planned(two_of(arena_of, modality(name).example(8, rng)), pairs=2)
    task = payload(text)
    kinds = {sample["kind"] for sample in task["samples"]}
    assert len(kinds) == 1
    assert kinds <= {"image", "picture", "text", "row", "audio"}
    assert all(sample["size"] > 0 for sample in task["samples"])
    assert all(sample["content"] for sample in task["samples"])


def test_sizes_are_characters_of_texts_and_bytes_of_pictures(arena_of, rng):
    _, text = planned(texts(arena_of, ["é" * 7], ["b" * 3000]), pairs=1)
    assert sorted(sample["size"] for sample in payload(text)["samples"]) == [7, 3000]
    assert any(sample["note"] == "the first 2,000 of 3,000 characters" for sample in payload(text)["samples"])
    images = Samples.of("image", rng.integers(256, size=(2, 8, 8, 3), dtype="u1"))
    _, text = planned(two_of(arena_of, images), pairs=1)
    for sample in payload(text)["samples"]:
        assert sample["size"] == len(base64.b64decode(sample["content"].partition(",")[2]))


def test_the_text_of_a_string_s_picture_is_in_the_page_and_its_characters_are_its_size(arena_of, monkeypatch):
    monkeypatch.setattr(
        Modality,
        "render",
        lambda _, samples, at, *__: Rendering("image/svg+xml", b"<svg/>", text=samples.data[at]),
    )
    _, text = planned(texts(arena_of, ["CCO\u202e"], ["N"]), pairs=1)
    found = {(each["kind"], each["text"], each["size"]) for each in payload(text)["samples"]}
    assert found == {("picture", "CCO\\u202e", 4), ("picture", "N", 1)}


def test_a_large_picture_is_shown_smaller_under_the_digest_of_the_whole(arena_of, rng, monkeypatch):
    monkeypatch.setattr(module, "MOST_SAMPLE_BYTES", 20 * 20)
    arena = two_of(arena_of, Samples.of("image", rng.integers(256, size=(2, 40, 40, 1), dtype="u1")))
    found, text = planned(arena, pairs=1)
    for sample in payload(text)["samples"]:
        with Image.open(io.BytesIO(base64.b64decode(sample["content"].partition(",")[2]))) as picture:
            assert picture.size == (20, 20)
    assert {s["digest"] for s in payload(text)["samples"]} == {found[0].first, found[0].second}


def test_rows_are_cells_under_the_names_of_their_columns(arena_of, modality, rng):
    samples = modality("table").example(4, rng)
    _, text = planned(two_of(arena_of, samples), pairs=1)
    task = payload(text)
    assert task["columns"] == list(samples.data.columns)
    assert all(len(sample["content"]) == len(task["columns"]) for sample in task["samples"])


def test_pictures_of_points_are_drawn_on_one_scale(arena_of):
    near, far = (Samples.of("vector", place + np.arange(4.0).reshape(2, 2)) for place in (0.0, 90.0))
    _, text = planned(arena_of({"a": (None, {0: near}), "b": (None, {0: far})}), pairs=2)
    assert len({sample["note"] for sample in payload(text)["samples"]}) == 1


def test_a_sample_that_cannot_be_shown_is_an_error_with_the_reason(arena_of, monkeypatch, rng):
    monkeypatch.setattr("genbench.report.page.samples.exhibits.MOST_RENDERING_BYTES", 10)
    images = Samples.of("image", rng.integers(256, size=(2, 8, 8, 1), dtype="u1"))
    with pytest.raises(
        DataError,
        match=r"cannot be shown to raters: its rendering has .* bytes.*; modality .* must render it",
    ):
        planned(two_of(arena_of, images), pairs=1)


def test_equal_plans_give_equal_files(arena_of):
    arena = texts(arena_of, ["one", "two"], ["four", "five"])
    first, second, other = (planned(arena, pairs=3, questions=(each,))[1] for each in ("Q?", "Q?", "Other?"))
    assert first == second != other
