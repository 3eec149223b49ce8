"""What the author of a metric says of controls, by the faults that they have."""

from __future__ import annotations

import pytest
from toys import make_plugin

from genbench import FaultSpec, MetricSpec, Output, anything, better, mixed, rises, unchanged, worse
from genbench.catalog.catalog import catalog_of, load_catalog
from genbench.suite.resolve import list_unseen_controls


def work(real, fake): ...


COMMON = {"make": work, "levels": {"a little": 0.1, "much": 0.9}, "effect": "worse"}
FAULTS = make_plugin(
    FaultSpec(name="hiss", control="floor", **COMMON),
    FaultSpec(name="copies", control="exploit", **COMMON),
    FaultSpec(name="tear", **COMMON),
)


def unseen(expects, extractor=None, home="stranger", direction="lower"):
    metrics = make_plugin(MetricSpec(name="gap", make=work, direction=direction, expects=expects))
    catalog = catalog_of({"genbench": FAULTS, home: metrics})
    return list_unseen_controls(catalog.find_metric("gap")[0], extractor, catalog)["gap"]


@pytest.mark.parametrize(
    ("expected", "roles"),
    [
        (worse, ()),
        (unchanged.because("why"), ("floor",)),
        ((unchanged | better).because("why"), ("floor",)),
        (worse | unchanged.because("why"), ("floor",)),
        (anything, ("floor",)),
        ((unchanged.because("a little is no harm"), worse), ()),
        ((worse, better.because("why")), ("floor",)),
    ],
)
def test_a_control_is_unseen_unless_the_strongest_level_of_its_fault_is_only_worse(expected, roles):
    assert unseen({"hiss": expected}) == roles


def test_without_a_declaration_of_its_fault_a_control_is_seen():
    assert unseen({}) == ()
    assert unseen({"tear": anything, "no-such-fault": anything}) == ()


def test_each_control_goes_by_its_own_fault():
    assert unseen({"copies": anything}) == ("exploit",)
    assert unseen({"copies": anything, "hiss": anything}) == ("exploit", "floor")


def test_what_is_declared_with_an_extractor_holds_with_this_one():
    expects = {"hiss": worse, "hiss[pixels]": anything}
    assert unseen(expects, "pixels") == ("floor",)
    assert unseen(expects, "other") == ()


def test_a_number_without_a_direction_and_a_move_both_ways_have_their_words():
    assert unseen({"hiss": rises | mixed}, direction="none") == ("floor",)


def test_each_output_has_its_own():
    outputs = (
        Output(name="left", direction="lower", expects={"hiss": worse}),
        Output(name="right", direction="lower", expects={"hiss": anything}),
    )
    metrics = make_plugin(MetricSpec(name="both", make=work, outputs=outputs))

    catalog = catalog_of({"genbench": FAULTS, "stranger": metrics})
    metric = catalog.find_metric("both")[0]
    assert list_unseen_controls(metric, None, catalog) == {"left": (), "right": ("floor",)}


def test_bundled_counts_of_copies_do_not_see_noise_and_distances_do():
    catalog = load_catalog(only=["genbench"])
    for name in ("duplicates", "train-duplicates"):
        assert list_unseen_controls(catalog.find_metric(name)[0], None, catalog) == {name: ("floor",)}
    assert list_unseen_controls(catalog.find_metric("fid")[0], "digits-classifier", catalog) == {"fid": ()}


def test_only_a_metric_has_them():
    catalog = catalog_of({"genbench": FAULTS})
    with pytest.raises(TypeError, match="is a fault, no metric"):
        list_unseen_controls(catalog.components[0], None, catalog)
