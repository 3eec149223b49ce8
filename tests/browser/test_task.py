"""Tasks of raters in a browser: scripted raters vote, and what they chose comes back in the ratings."""

from __future__ import annotations

import json
import math
import re

import numpy as np
import pytest
from genbench_arena.preference import preference
from genbench_arena.raters import raters_of
from genbench_arena.votes import read_ballots, votes_on

from genbench.arena.pairs import plan_pairs
from genbench.arena.task import render_task
from genbench.core.samples import Samples, concat
from genbench.core.scores import Score

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 740}
STRENGTHS = {"weak": -0.6, "middle": 0.0, "strong": 0.6, "real": 0.9, "static": -3.0}
ROLES = {"real": "ceiling", "static": "floor"}
KEYS = {"first": "ArrowLeft", "second": "ArrowRight", "tie": "t", "bad": "x"}
RAN = "window.ran = (window.ran ?? 0) + 1"
HOSTILE = (
    f"<script>{RAN}</script>", f"</script><script>{RAN}</script>", f"<img src=x onerror='{RAN}'>",
    f"\"><svg onload='{RAN}'>", "javascript:alert(1)", "\u202egnp.exe",
)  # fmt: skip


@pytest.fixture(scope="module")
def arena(arena_of):
    """Return images of five generators, which tell nothing of their strengths."""
    rng = np.random.default_rng(3)
    return arena_of({
        name: (ROLES.get(name), {
            seed: Samples.of("image", rng.integers(256, size=(80, 8, 8, 1), dtype=np.uint8))
            for seed in (0, 1)
        })
        for name in STRENGTHS
    })  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return a function that writes the task of a rater."""

    def make(arena, *, pairs=40, rater=1, questions=("Which is better?",), real=()):
        references = [digest for trial in real for digest in trial.digests]
        planned = plan_pairs(
            arena.rivals, pairs=pairs, rater=rater, seed=0, questions=len(questions), references=references
        )
        shown = {each for pair in planned for each in (pair.first, pair.second, pair.reference)}
        path = tmp_path_factory.mktemp("task") / "task.html"
        places = arena.with_trials(real).locate_samples(shown)
        path.write_bytes(render_task(planned, questions, places, arena.modality))
        return path

    return make


@pytest.fixture(scope="module")
def fakes(arena):
    """Return the samples of each generator, as a comparison gets them."""
    by_name = {}
    for trial in arena.trials:
        by_name.setdefault(trial.generator, []).append(trial.samples)
    return {name: concat(parts) for name, parts in by_name.items()}


def start(page, name="Anna"):
    page.fill("#name", name)
    page.click("#begin")


def task_of(page):
    return json.loads(page.locator("#task").text_content())


def voted(page, folder):
    """Return the file of votes that the visible button downloads."""
    with page.expect_download() as started:
        page.locator(".save:visible").click()
    path = folder / started.value.suggested_filename
    started.value.save_as(path)
    return path


def place(page):
    return page.inner_text("#place")


def middle(page, selector):
    box = page.locator(selector).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def choose(page, choice, number):
    """Vote by a key or, every third time, by a click."""
    if number % 3:
        page.keyboard.press(KEYS[choice])
    else:
        page.click(f"[data-choice={choice}]")


def test_the_known_strengths_of_raters_are_within_their_intervals(opened, arena, fakes, made, tmp_path):
    """Each interval holds in 95 % of simulations, so all four of them at once in four of five, as here."""
    owners = {digest: trial.generator for trial in arena.trials for digest in trial.digests}
    rng = np.random.default_rng(10)
    files = []
    for rater in range(1, 6):
        with opened(made(arena, rater=rater)) as page:
            start(page, f"rater {rater}")
            task = task_of(page)
            for number, (_, *sides, _) in enumerate(task["pairs"]):
                first, second = (STRENGTHS[owners[task["samples"][side]["digest"]]] for side in sides)
                wins = rng.random() < 1 / (1 + math.exp(second - first))
                choose(page, "first" if wins else "second", number)
            files.append(voted(page, tmp_path))
    votes = votes_on(read_ballots(files), fakes, "")
    assert len(votes) == 200
    scores = preference(fakes, votes=tuple(files), ceiling="real", floor="static")
    rated = {name: score for name, score in scores.items() if isinstance(score, Score)}
    assert {"weak", "middle", "strong", "real"} <= rated.keys()
    points = {name: 400 / math.log(10) * strength for name, strength in STRENGTHS.items()}
    mean = np.mean([points[name] for name in rated])
    for name in ("weak", "middle", "strong", "real"):
        assert rated[name].low < 1000 + points[name] - mean < rated[name].high
    assert rated["weak"].value < rated["strong"].value


def test_a_double_click_casts_one_vote(opened, arena, made):
    with opened(made(arena)) as page:
        page.fill("#name", "Anna")
        page.mouse.dblclick(*middle(page, "#begin"))
        assert place(page) == "Pair 1 of 40"
        page.mouse.dblclick(*middle(page, "[data-choice=second]"))
        assert place(page) == "Pair 2 of 40"
        page.click("[data-choice=second]")
        assert place(page) == "Pair 3 of 40"


def test_one_who_always_clicks_left_is_flagged(opened, arena, fakes, made, tmp_path):
    with opened(made(arena, pairs=20)) as page:
        start(page)
        for _ in range(20):
            page.click("[data-choice=first]")
        (ballot,) = read_ballots([voted(page, tmp_path)])
    (rater,) = raters_of(votes_on([ballot], fakes, ""), ceiling="real", floor="static")
    assert (rater.left, rater.chosen, rater.is_one_sided) == (18, 18, True)  # 2 of the 20 are checks
    assert (rater.failed, rater.checks) == (1, 2)


def test_the_votes_are_those_that_were_clicked_with_sizes_and_times(opened, arena, made, tmp_path):
    with opened(made(arena, pairs=5, questions=("First?", "Second?"))) as page:
        start(page, " Zoë  Ω ")
        task = task_of(page)
        choices = ["first", "second", "tie", "bad", "second"] * 2
        for number, choice in enumerate(choices):
            assert page.inner_text("#question") == ("First?" if number < 5 else "Second?")
            choose(page, choice, number)
        path = voted(page, tmp_path)
    assert path.name == "votes-Zoë-Ω.json"
    (ballot,) = read_ballots([path])
    assert (ballot.task, ballot.rater, ballot.kind) == (task["hash"], "Zoë  Ω", "person")
    assert [vote["choice"] for vote in ballot.votes] == choices
    for vote, (question, first, second, _) in zip(ballot.votes, task["pairs"], strict=True):
        sides = task["samples"][first], task["samples"][second]
        assert (vote["question"], vote["first"], vote["second"]) == (question, *(s["digest"] for s in sides))
        assert vote["sizes"] == [side["size"] for side in sides]
        assert vote["seconds"] >= 0


def test_a_script_is_told_from_a_person(chromium, arena, made, tmp_path):
    page = chromium.new_page()
    page.goto(f"{made(arena, pairs=1).as_uri()}#script")
    start(page, "robot")
    assert page.locator("#scripted").is_visible()
    page.keyboard.press("t")
    (ballot,) = read_ballots([voted(page, tmp_path)])
    page.close()
    assert ballot.kind == "script"


def test_votes_of_scripts_and_of_a_person_of_one_name_are_kept_apart(chromium, arena, made, tmp_path):
    path = made(arena, pairs=3)
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{path.as_uri()}#script")
    start(page)
    page.keyboard.press("t")
    page.goto(path.as_uri())
    assert (page.inner_text("#begin"), page.inner_text("#known")) == ("Start", "")
    start(page)
    for _ in range(3):
        page.keyboard.press("x")
    page.wait_for_selector("#end:visible")  # Playwright can be ahead of the page on a busy machine
    with page.expect_navigation(wait_until="load"):
        page.evaluate("setTimeout(() => { location.hash = 'script'; })")
    page.wait_for_selector("#scripted:visible")
    assert page.inner_text("#known") == "1 of 3 votes of this name are in this browser."
    page.click("#begin")
    page.keyboard.press("t")
    page.keyboard.press("t")
    (script,) = read_ballots([voted(page, tmp_path)])
    page.goto(path.as_uri())
    assert page.inner_text("#known") == "3 of 3 votes of this name are in this browser."
    page.click("#begin")
    (person,) = read_ballots([voted(page, tmp_path)])
    context.close()
    assert [(each.kind, {vote["choice"] for vote in each.votes}) for each in (script, person)] == [
        ("script", {"tie"}),
        ("person", {"bad"}),
    ]


def test_a_closed_tab_loses_no_vote_and_names_do_not_share_them(chromium, arena, made, tmp_path):
    path = made(arena, pairs=6)
    context = chromium.new_context()
    page = context.new_page()
    page.goto(path.as_uri())
    start(page)
    for choice in ("first", "bad", "second"):
        page.keyboard.press(KEYS[choice])
    page.get_by_text("Pair 4 of 6", exact=True).wait_for()
    page.close()
    page = context.new_page()
    page.goto(path.as_uri())
    assert page.input_value("#name") == "Anna"
    assert page.inner_text("#known") == "3 of 6 votes of this name are in this browser."
    page.fill("#name", "Ben")
    assert page.inner_text("#begin") == "Start"
    page.fill("#name", "Anna")
    page.click("#begin")
    assert place(page) == "Pair 4 of 6"
    for _ in range(3):
        page.keyboard.press("t")
    (ballot,) = read_ballots([voted(page, tmp_path)])
    context.close()
    assert [vote["choice"] for vote in ballot.votes] == ["first", "bad", "second", "tie", "tie", "tie"]


def test_stored_votes_with_impossible_times_are_not_continued(chromium, arena, made):
    path = made(arena, pairs=3)
    context = chromium.new_context()
    page = context.new_page()
    page.goto(path.as_uri())
    start(page)
    page.keyboard.press("t")
    page.wait_for_function("Object.keys(localStorage).some((each) => each.endsWith(' Anna'))")
    begun = {}
    for seconds in ("0", "1e6", "1e300", "1000001", "-1", "[]", "true", "null", '"1"'):
        page.evaluate(
            """text => {
                const key = Object.keys(localStorage).find((each) => each.endsWith(" Anna"));
                localStorage.setItem(key, text);
            }""",
            f'[["tie", {seconds}]]',
        )
        page.reload()
        begun[seconds] = page.inner_text("#begin")
    context.close()
    assert [seconds for seconds, word in begun.items() if word == "Continue"] == ["0", "1e6"]


def test_a_vote_after_weeks_says_no_more_seconds_than_a_page_continues(opened, arena, made, tmp_path):
    with opened(made(arena, pairs=1)) as page:
        page.clock.install()
        page.reload()
        start(page)
        page.clock.fast_forward(20 * 86_400_000)
        page.keyboard.press("t")
        (ballot,) = read_ballots([voted(page, tmp_path)])
    assert ballot.votes[0]["seconds"] == 10**6


def test_undo_takes_back_a_vote_in_the_middle_and_at_the_end(opened, arena, made, tmp_path):
    with opened(made(arena, pairs=3)) as page:
        start(page)
        assert page.locator("#undo").is_disabled()
        page.keyboard.press("t")
        page.keyboard.press("t")
        page.keyboard.press("u")
        assert place(page) == "Pair 2 of 3"
        page.click("#undo")
        assert place(page) == "Pair 1 of 3"
        for key in ("ArrowLeft", "ArrowLeft", "ArrowLeft"):
            page.keyboard.press(key)
        assert page.locator("#end").is_visible()
        page.keyboard.press("u")
        assert page.locator("#voting").is_visible()
        assert place(page) == "Pair 3 of 3"
        page.keyboard.press("x")
        page.keyboard.press("x")
        assert page.locator("#end").is_visible()
        page.click("#back")
        page.keyboard.press("x")
        (ballot,) = read_ballots([voted(page, tmp_path)])
    assert [vote["choice"] for vote in ballot.votes] == ["first", "first", "bad"]


def test_keys_vote_neither_while_a_name_is_typed_nor_when_they_are_switched_off(opened, arena, made):
    with opened(made(arena, pairs=3)) as page:
        page.locator("#name").press_sequentially("tux")
        page.keyboard.press("Enter")
        assert place(page) == "Pair 1 of 3"
        page.keyboard.press("Control+x")
        page.uncheck("#keys")
        page.keyboard.press("t")
        assert place(page) == "Pair 1 of 3"
        page.check("#keys")
        page.keyboard.press("T")
        assert place(page) == "Pair 2 of 3"


def test_all_can_be_done_with_the_keys_of_a_screen_reader(opened, arena, made):
    with opened(made(arena, pairs=2)) as page:
        page.keyboard.press("Tab")
        page.keyboard.type("Anna")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "question"
        assert page.inner_text("#said") == "Pair 1 of 2. Which is better?"
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.inner_text("#said") == "Pair 2 of 2."
        assert page.evaluate("document.activeElement.dataset.choice") == "first"  # the focus stays
        page.keyboard.press("Space")
        assert page.evaluate("document.activeElement.id") == "thanks"


def test_a_browser_that_stores_nothing_says_so(chromium, arena, made):
    page = chromium.new_page()
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('no'); } })"
    )
    page.goto(made(arena, pairs=2).as_uri())
    start(page)
    assert page.locator("#unsaved").is_visible()
    page.keyboard.press("t")
    assert place(page) == "Pair 2 of 2"
    page.close(run_before_unload=False)


def test_hostile_texts_are_shown_and_never_run(opened, arena_of, made):
    texts = (HOSTILE, tuple(f"harmless {number}" for number in range(6)))
    arena = arena_of({str(i): (None, {0: Samples.of("text", own)}) for i, own in enumerate(texts)})
    with opened(made(arena, pairs=12, questions=(HOSTILE[2],))) as page:
        start(page, HOSTILE[0])
        seen = set()
        for _ in range(12):
            seen |= set(page.locator(".sample:visible .text").all_inner_texts())
            page.keyboard.press("t")
        assert {*HOSTILE[:5], r"\u202egnp.exe"} <= seen
        assert page.evaluate("window.ran") is None
        assert page.locator("main img, main script, main svg").count() == 0


@pytest.fixture(scope="module")
def kinds(arena_of, made, modality):
    """Return the tasks of pictures, texts, rows and sounds, each with a real sample and two questions."""
    paths = {}
    for name in ("image", "text", "table", "audio", "points"):
        samples = modality(name).example(9, np.random.default_rng(2))
        samples = samples.samples if hasattr(samples, "samples") else samples
        parts = [samples.take(slice(start, start + 3)) for start in (0, 3, 6)]
        arena = arena_of({"a": (None, {0: parts[0]}), "b": (None, {0: parts[1]})})
        real = arena_of({"": ("ceiling", {0: parts[2]})}).trials
        long = "Which of these two is more like the real one beside them, as far as you can tell?"
        paths[name] = made(arena, pairs=2, questions=("Which is better?", long), real=real)
    return paths


def test_arrow_keys_in_a_player_do_not_vote(opened, kinds):
    with opened(kinds["audio"]) as page:
        start(page)
        page.focus("#first audio")
        page.keyboard.press("ArrowRight")
        assert "pair 1 of 4" in place(page)


@pytest.mark.parametrize("name", ["image", "text", "table", "audio", "points"])
def test_every_kind_fits_a_phone(opened, kinds, name):
    with opened(kinds[name], viewport=PHONE, has_touch=True, is_mobile=True) as page:
        start(page)
        for choice in ("tie", "bad", "tie", "bad"):  # two fast taps on one button are a double click
            assert page.evaluate("document.documentElement.scrollWidth") <= 360
            assert page.locator(".sample:visible").count() == 3
            for button in page.locator("#choices button").all():
                box = button.bounding_box()
                assert box["height"] >= 44
                assert box["y"] + box["height"] <= 740  # always on the screen
            page.tap(f"[data-choice={choice}]")
        assert page.locator("#end").is_visible()


@pytest.mark.parametrize(
    ("name", "scheme"),
    [("image", "light"), ("text", "light"), ("table", "light"), ("audio", "light"), ("table", "dark")],
)
def test_axe_finds_no_violation(opened, kinds, name, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="`tox -e extras` installs it")

    def violations(page):
        return [
            (rule["id"], [node["html"][:80] for node in rule["nodes"]])
            for rule in axe.Axe().run(page).response["violations"]
        ]

    with opened(kinds[name], color_scheme=scheme) as page:
        assert violations(page) == []
        start(page)
        assert violations(page) == []
        for _ in range(4):
            page.keyboard.press("t")
        page.evaluate("document.querySelector('#end .save').click()")
        page.locator("summary").click()
        assert violations(page) == []


def test_without_javascript_it_says_what_it_needs(opened, arena, made):
    with opened(made(arena, pairs=1), java_script_enabled=False) as page:
        assert re.match("This page needs JavaScript", page.inner_text("main").strip())
