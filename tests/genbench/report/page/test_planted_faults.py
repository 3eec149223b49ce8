"""What pages say of planted faults: computed where a plugin ships a card, declared elsewhere."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from types import ModuleType

import genbench_modalities
import pytest
from toys import make_plugin

from genbench import MetricSpec, anything, unchanged, worse
from genbench.catalog.catalog import catalog_of
from genbench.checks.battery.card import Card, CardRow, Floor
from genbench.report.page.metrics import describe_faults

EXPECTS = {
    "noise": worse,
    "blur": (unchanged.because("a little is no <harm>"), worse, worse),
    "noise[pixels]": anything,
    "shuffled-words": unchanged.because("it knows no order"),
    "no-such-fault": anything,
}


def row(fault, level, sign, verdict, effect, reason=""):
    return CardRow(fault=fault, level=level, sign=sign, expected=worse, verdict=verdict, value=1.5,
                   change=effect, effect=effect, reason=reason, fault_effect="worse")  # fmt: skip


def card(**fields):
    rows = (
        row("noise", "0.1", "+", "right", 1.0),
        row("noise", "0.2", "+", "right", 9.0),
        row("blur", "1 px", "0", "known", 0.0, "a little is\nno <harm>"),
    )
    known = {
        "metric": "gap[rows]", "component": "mine:gap", "version": "3", "options": {"k": 3, "first": "real"},
        "direction": "lower", "best": 0.0, "dataset": "marks", "modality": "image", "extractor": "rows",
        "n": 60, "floor": Floor((1.0, 2.0), 1.5, 0.5), "rows": rows, "left_out": (),
        "expected": {"noise": {"0.1": worse, "0.2": worse}, "blur": {"1 px": worse}},
    }  # fmt: skip
    return Card(**(known | fields))


@pytest.fixture
def found(tmp_path, monkeypatch):
    """Return the function that gives what a page says of a metric whose plugin ships a card, or none."""
    plugin = ModuleType("strange_plugin")
    plugin.__file__ = str(tmp_path / "strange_plugin.py")
    spec = MetricSpec(
        name="gap", make=lambda fake: 0.0, direction="lower", best=0.0, expects=EXPECTS, version="3"
    )
    plugin.genbench_metrics = make_plugin(spec).genbench_metrics
    monkeypatch.setitem(sys.modules, "strange_plugin", plugin)
    catalog = catalog_of({"genbench": genbench_modalities, "mine": plugin})

    def say(
        shipped=None, *, kinds=("image",), data=("marks",), n=(60,), extractor="rows", options=None, make=None
    ):
        if shipped is not None:
            (tmp_path / "cards").mkdir(exist_ok=True)
            text = json.dumps([shipped.to_json()]) if isinstance(shipped, Card) else shipped
            (tmp_path / "cards" / "gap.json").write_text(text)
        return describe_faults(
            catalog, catalog.find("metric", "mine:gap"),
            replace(spec, make=make or spec.make), spec.scores[0],
            modalities=kinds, datasets=data, sizes=n, extractor=extractor, options=options or {},
        )  # fmt: skip

    return say


def test_a_shipped_card_says_what_was_computed(found):
    computed = found(card()).computed
    assert computed.made == "marks with rows, n = 60, 2 seeds"
    assert computed.seen == "it gets worse under noise from 0.2"
    assert [(line.fault, line.does, line.reasons) for line in computed.blind_spots] == [
        ("noise 0.1", "worse, by less than two real sets differ", ()),
        ("blur 1 px", "unchanged (known failure)", ("a little is no <harm>",)),
    ]
    assert computed.rows[1] == ("noise 0.2", "1.500", "+9.0", "worse", "right")


def test_options_that_the_board_has_not_are_said(found):
    assert found(card(), options={"k": 3}).computed.made.endswith("2 seeds")
    assert found(card(), options={"k": 5}).computed.made.endswith("2 seeds, k = 3")


@pytest.mark.parametrize(
    ("board", "other"),
    [
        ({}, ""),
        ({"data": ("marks", "digits")}, "digits was not tested"),
        ({"data": ("marks", "digits", "faces")}, "digits and faces were not tested"),
        ({"data": ("digits", "faces")}, "data digits and faces, not marks"),
        ({"extractor": "pixels", "n": (60, 599)}, "features pixels, not rows; n 60 and 599, not 60"),
    ],
)
def test_a_card_of_other_data_features_or_n_says_so(found, board, other):
    told = found(card(), **board)
    assert told.computed is not None
    assert told.note.endswith(other)
    assert bool(told.note) == bool(other)


def test_a_number_that_is_not_ranked_changes_and_does_not_get_worse(found):
    assert found(card(direction="none")).computed.seen == "it changes under noise from 0.2"


@pytest.mark.parametrize(
    ("shipped", "note"),
    [
        (card(version="2"), "out of date: it is of version 2 of the metric, and this is version 3"),
        (card(modality="text", dataset="words"), "is of other data: words"),
        ("[]", "cannot be read: gap.json holds no cards: there is none"),
    ],
)
def test_a_card_that_does_not_hold_here_is_named_and_the_declaration_shown(found, shipped, note):
    told = found(shipped)
    assert told.computed is None
    assert note in told.note
    assert [line.fault for line in told.blind_spots] == ["blur"]


def test_without_a_card_the_declaration_is_shown(found):
    told = found()
    assert told.computed is None
    assert told.note == "it was not tested on planted faults: its plugin ships no card"
    assert [(line.fault, line.does, line.reasons) for line in told.declared] == [
        ("noise", "worse", ()),
        ("blur", "unchanged, worse, worse", ("a little is no <harm>",)),
    ]
    assert [line.fault for line in told.blind_spots] == ["blur"]


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda sampler, real: 0.0, ", since it takes no fakes; it asks for sampler and real"),
        (lambda extract: 0.0, ", since it takes no fakes; it asks for extract"),
        (lambda real, fake: 0.0, ": its plugin ships no card"),
        (lambda fake_labels: 0.0, ": its plugin ships no card"),
        ("no_such_module:gap", ": its plugin ships no card"),
    ],
)
def test_a_metric_that_takes_no_fakes_says_so_in_place_of_its_card(found, make, why):
    assert found(make=make).note == f"it was not tested on planted faults{why}"
    assert found(card(), make=make).note == ""


@pytest.mark.parametrize(
    ("kinds", "extractor", "faults"),
    [
        (("image",), "pixels", ["noise", "blur", "noise[pixels]"]),
        (("text",), "rows", ["shuffled-words"]),
        (("image", "text"), "rows", ["noise", "blur", "shuffled-words"]),
        ((), "rows", ["noise", "blur", "shuffled-words"]),
    ],
)
def test_only_faults_of_the_boards_data_and_extractor_are_listed(found, kinds, extractor, faults):
    assert [line.fault for line in found(kinds=kinds, extractor=extractor).declared] == faults
