"""Cards in files: what is read is what was printed, and a plugin ships its own."""

from __future__ import annotations

import json
import math
import sys
from types import ModuleType

import pytest
from toys import make_catalog, make_plugin

from genbench import MetricSpec, Output
from genbench.catalog.catalog import catalog_of
from genbench.checks.battery.card import LeftOut
from genbench.checks.battery.kept_cards import find_card, find_cards, list_card_files, read_cards
from genbench.core.errors import DataError, SuiteError


def kept(path, *cards):
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps([card.to_json() for card in cards]))
    return path


def test_a_card_that_was_printed_is_read_as_it_was(card, tmp_path):
    cards = [card(unknown_faults=("no such fault",)), card(metric="other", extractor=None)]
    assert read_cards(kept(tmp_path / "gap.json", *cards)) == cards


def _changed(path, value, card):
    plain = card().to_json()
    *way, last = path
    place = plain
    for key in way:
        place = place[key]
    place[last] = value
    return [plain]


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (["n"], "many", "0.n"),
        (["n"], -5, "impossible"),
        (["direction"], "up", "impossible"),
        (["direction"], "target", "impossible"),
        (["metric"], "a b", "impossible"),
        (["floor", "values"], [1.0], "impossible"),
        (["floor", "sd"], math.nan, "NaN is no number"),
        (["rows", 0, "verdict"], "fine", "impossible"),
        (["rows", 0, "sign"], "x", "impossible"),
        (["rows", 0, "fault"], "no-such", "a row has the fault 'no-such "),
        (["rows", 0], 3, "no list `rows`"),
        (["rows"], None, "no list `rows`"),
        (["expected"], [], "no table `expected`"),
        (["expected", "noise"], [], "no table `expected`"),
        (["metric"], ["a"], "0.metric: Input should be a valid string"),
    ],
)  # fmt: skip
def test_what_is_no_card_is_refused_in_one_line(card, tmp_path, path, value, said):
    file = tmp_path / "gap.json"
    file.write_text(json.dumps(_changed(path, value, card)))
    with pytest.raises(DataError, match=r"^gap.json holds no cards: .*--format json prints$") as error:
        read_cards(file)
    assert said in str(error.value)


def test_numbers_beyond_the_range_of_floats_are_refused(card, tmp_path):
    file = tmp_path / "gap.json"
    file.write_text(json.dumps(_changed(["floor", "sd"], 0.125, card)).replace("0.125", "1e999"))
    with pytest.raises(DataError, match="1e999 is no number"):
        read_cards(file)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "it is not JSON at line 1, column 1"),
        (b"# A title\n", "it is not JSON at line 1, column 1"),
        (b"[]", "there is none"),
        (b"{}", "it is no list of cards"),
        (b"3", "it is no list of cards"),
        (b"[3]", "a card has no table `expected`, or no list `rows`"),
        (b"[" * 100_000, "it is nested too deeply"),
        (b"\xff", "it is no UTF-8 text"),
    ],
)
def test_what_is_no_json_of_cards_is_refused_without_words_of_python(tmp_path, content, why):
    (tmp_path / "gap.json").write_bytes(content)
    with pytest.raises(DataError) as error:
        read_cards(tmp_path / "gap.json")
    expected = "expected what genbench battery METRIC --format json prints"
    assert str(error.value) == f"gap.json holds no cards: {why}; {expected}"


def test_a_card_without_rows_is_refused_unless_no_fault_applied(card, tmp_path):
    empty = card(rows=(), left_out=(LeftOut("noise", "0.1", "there are no pixels"),), expected={})
    assert read_cards(kept(tmp_path / "gap.json", empty)) == [empty]
    with pytest.raises(DataError, match=r"^gap.json holds no cards: a card has no rows; expected"):
        read_cards(kept(tmp_path / "gap.json", card(), card(rows=(), left_out=())))


def test_a_file_that_is_missing_is_said(tmp_path):
    with pytest.raises(DataError, match=r"^none.json cannot be read: No such file"):
        read_cards(tmp_path / "none.json")


@pytest.fixture
def plugin(tmp_path, monkeypatch):
    """Return a plugin with one metric of two numbers, whose hooks are in a module in `tmp_path`."""
    plugin = ModuleType("strange_plugin")
    plugin.__file__ = str(tmp_path / "strange_plugin.py")
    outputs = (Output(name="gap", direction="none"), Output(name="other", direction="none"))
    hooks = make_plugin(MetricSpec(name="pair", make=lambda fake: {}, outputs=outputs))
    plugin.genbench_metrics = hooks.genbench_metrics
    monkeypatch.setitem(sys.modules, "strange_plugin", plugin)
    return plugin


@pytest.fixture
def component(plugin):
    (found,) = catalog_of({"mine": plugin}).of_kind("metric")
    return found


def test_a_plugin_ships_a_file_for_a_metric_or_for_one_of_its_numbers(component, card, tmp_path):
    assert list_card_files(component) == []
    assert find_card(component, "gap") is None
    of_both = [card(metric=f"{name}[rows]", component="mine:pair") for name in ("gap", "other")]
    both = kept(tmp_path / "cards" / "pair.json", *of_both)
    kept(tmp_path / "cards" / "unrelated.json", *of_both)
    assert list_card_files(component) == [both]
    assert [find_card(component, name) for name in ("gap", "other")] == of_both
    own = card(metric="gap[rows]", component="mine:pair", n=61)
    kept(tmp_path / "cards" / "gap.json", own)
    assert find_card(component, "gap") == own


def test_a_card_of_another_plugins_metric_is_not_taken(component, card, tmp_path):
    kept(tmp_path / "cards" / "gap.json", card(component="other:pair"))
    assert find_card(component, "gap") is None


def test_shipped_cards_are_found_by_the_name_of_a_metric_or_of_one_of_its_numbers(plugin, card, tmp_path):
    catalog = catalog_of({"mine": plugin})
    with pytest.raises(SuiteError, match=r"ships no card of pair; compute one with genbench battery"):
        find_cards(catalog, "pair")
    current = {"component": "mine:pair", "version": "1"}
    cards = [card(metric=f"{name}[rows]", **current) for name in ("gap", "other")]
    kept(tmp_path / "cards" / "pair.json", *cards)
    assert find_cards(catalog, "pair") == find_cards(catalog, "mine:pair") == cards
    assert find_cards(catalog, "other") == cards[1:]
    with pytest.raises(SuiteError, match="no metric named 'pear'"):
        find_cards(catalog, "pear")
    kept(tmp_path / "cards" / "pair.json", card(metric="gap", component="mine:pair", version="0"))
    reason = "the card of pair is of version 0 of the metric, and this is version"
    with pytest.raises(SuiteError, match=reason):
        find_cards(catalog, "pair")


def test_a_plugin_without_a_module_ships_none():
    (found,) = make_catalog(MetricSpec(name="gap", make=lambda fake: 0.0)).of_kind("metric")
    assert list_card_files(found) == []
