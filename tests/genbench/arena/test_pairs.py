"""Plans of blind comparisons: balance, checks, overlap, and what changes nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from genbench.arena.pairs import BlindPair, Rival, plan_pairs, select_unshared_samples, task_hash
from genbench.core.errors import DataError

COUNT = 60  # samples of a generator at a seed


def rival(name, control=None, *, seeds=(0, 1, 2), count=COUNT):
    made = {seed: [f"{name}-{seed}-{number}" for number in range(count)] for seed in seeds}
    return Rival(name=name, control=control, samples=made)


RIVALS = [
    rival("a"),
    rival("b"),
    rival("c"),
    rival("real", "ceiling"),
    rival("copy", "exploit"),
    rival("static", "floor"),
]
OWNER = {each: one.name for one in RIVALS for made in one.samples.values() for each in made}


def plan(rivals=RIVALS, **options):
    return plan_pairs(rivals, **{"pairs": 100, "rater": 1, "seed": 0, **options})


def owners(pair):
    return frozenset((OWNER[pair.first], OWNER[pair.second]))


def unordered(pairs):
    return {frozenset((pair.first, pair.second)) for pair in pairs}


def test_competitors_and_real_samples_meet_equally_often_and_nothing_meets_itself():
    met = Counter(owners(pair) for pair in plan())
    checks = frozenset(("real", "static"))
    assert met.pop(checks) == 10
    assert met.keys() == {frozenset(two) for two in ("ab", "ac", "bc")} | {
        frozenset((one, "real")) for one in "abc"
    }
    assert set(met.values()) == {15}


def test_raters_together_compare_all_equally_often():
    met = Counter(owners(pair) for rater in range(1, 6) for pair in plan(rater=rater, pairs=33))
    met.pop(frozenset(("real", "static")))
    shared = Counter(owners(pair) for pair in plan(pairs=6 * 5, rater=1))  # a part of all lists
    assert shared
    assert max(met.values()) - min(met.values()) <= 5  # the shared pairs count once for each rater


def test_seeds_and_samples_of_a_generator_take_turns():
    shown = [each for pair in plan() for each in (pair.first, pair.second) if OWNER[each] == "a"]
    assert len(shown) == len(set(shown)) == 45
    assert set(Counter(each.split("-")[1] for each in shown).values()) == {15}


def test_each_generator_of_a_meeting_is_left_as_often_as_right():
    sides = Counter((owners(pair), OWNER[pair.first]) for pair in plan())
    for two, _ in list(sides):
        left, right = (sides[two, name] for name in sorted(two))
        assert abs(left - right) <= 1


def test_a_fifth_of_the_pairs_is_the_same_for_all_raters_and_no_other():
    lists = [unordered(plan(rater=rater)) for rater in (1, 2, 3)]
    common = set.intersection(*lists)
    assert len(common) == 20
    assert lists[0] & lists[1] == lists[0] & lists[2] == common
    assert len(set.union(*lists)) == 20 + 3 * 80


def test_raters_see_shared_pairs_in_other_orders_and_on_other_sides():
    one, other = plan(rater=1), plan(rater=2)
    common = unordered(one) & unordered(other)
    orders = [
        [pair for pair in each if frozenset((pair.first, pair.second)) in common] for each in (one, other)
    ]
    assert [frozenset((p.first, p.second)) for p in orders[0]] != [
        frozenset((p.first, p.second)) for p in orders[1]
    ]
    assert 0 < len(set(orders[0]) & set(orders[1])) < 20


def test_a_rater_sees_no_pair_twice():
    pairs = plan([rival("a", seeds=[0], count=10), rival("b", seeds=[0], count=10)], pairs=60, rater=3)
    assert len(unordered(pairs)) == 60


def test_checks_of_attention_are_mixed_in():
    places = [place for place, pair in enumerate(plan()) if "static" in owners(pair)]
    assert len(places) == 10
    assert places != list(range(places[0], places[0] + 10))


@pytest.mark.parametrize("missing", ["real", "static"])
def test_without_a_ceiling_or_a_floor_there_are_no_checks(missing):
    pairs = plan([one for one in RIVALS if one.name != missing])
    assert len(pairs) == 100
    assert not any("static" in owners(pair) for pair in pairs)


def test_every_question_has_the_same_pairs_in_another_order():
    pairs = plan(questions=2)
    parts = [[pair for pair in pairs if pair.question == number] for number in (0, 1)]
    assert [*parts[0], *parts[1]] == list(pairs)
    assert unordered(parts[0]) == unordered(parts[1])
    assert [pair.first for pair in parts[0]] != [pair.first for pair in parts[1]]


def test_a_reference_belongs_to_the_pair_and_all_take_turns():
    pairs = plan(references=["x", "y"], questions=2)
    beside = {}
    for pair in pairs:
        assert beside.setdefault(frozenset((pair.first, pair.second)), pair.reference) == pair.reference
    assert set(beside.values()) == {"x", "y"}


def test_the_plan_depends_on_the_seed_and_the_rater_alone():
    assert plan() == plan()
    assert unordered(plan(seed=1)) != unordered(plan())
    two = [plan(RIVALS[:2], pairs=10, seed=seed) for seed in (0, 1)]
    assert {pair.first for pair in two[0]}.isdisjoint({pair.first for pair in two[1]})


def test_names_and_the_order_of_generators_and_samples_change_nothing():
    renamed = [replace(one, name=f"other-{place}") for place, one in enumerate(reversed(RIVALS))]
    turned = [
        replace(one, samples={seed: made[::-1] for seed, made in reversed(one.samples.items())})
        for one in renamed
    ]
    assert plan(turned, references=["y", "x"]) == plan(references=["x", "y"])


def test_samples_that_several_generators_made_are_left_out():
    copier = Rival(name="copier", samples={0: [*RIVALS[4].samples[0][:30], "own", "own"]})
    found = {one.name: one.samples for one in select_unshared_samples([*RIVALS, copier])}
    assert found["copier"] == {0: ["own"]}
    assert found["copy"][0] == sorted(RIVALS[4].samples[0][30:])
    shown = {each for pair in plan([*RIVALS, copier], rater=4) for each in (pair.first, pair.second)}
    assert shown.isdisjoint(RIVALS[4].samples[0])


def test_a_generator_without_samples_of_its_own_is_left_out():
    twin = replace(RIVALS[0], name="twin")
    assert {one.name for one in select_unshared_samples([*RIVALS, twin])} == {
        "b", "c", "real", "copy", "static",
    }  # fmt: skip


def test_fewer_than_two_generators_are_refused():
    with pytest.raises(DataError, match="nothing to compare"):
        plan([rival("a"), rival("static", "floor")])


def test_more_pairs_than_there_are_is_refused():
    few = [rival("a", seeds=[0], count=3), rival("b", seeds=[0], count=3)]
    assert len(plan(few, pairs=9)) == 9
    with pytest.raises(DataError, match="too few different samples"):
        plan(few, pairs=13)


def test_the_hash_of_a_task_changes_with_each_field():
    pair = BlindPair(question=0, first="a", second="b", reference="c")
    hashes = {
        task_hash(["q"], [pair]),
        task_hash(["other"], [pair]),
        *(task_hash(["q"], [replace(pair, **{name: value})])
          for name, value in {"question": 1, "first": "z", "second": "z", "reference": ""}.items()),
    }  # fmt: skip
    assert len(hashes) == 6
