"""What planted faults do to a metric: its computed card, or, without one, what its author declares."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from genbench.board.numbers import number, typeset
from genbench.board.warnings import listed
from genbench.catalog.fault_names import find_fault
from genbench.catalog.loader import short_reference
from genbench.checks.battery.card import WORDS, numbers_of
from genbench.checks.battery.faults import read_faults
from genbench.checks.battery.findings import list_seen, list_unpunished
from genbench.checks.battery.kept_cards import find_card
from genbench.contract.signature import LABELS, declared_inputs
from genbench.core.errors import DataError
from genbench.core.escaping import one_line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from genbench.catalog.catalog import Catalog, Component
    from genbench.checks.battery.card import Card
    from genbench.contract.specs import MetricSpec, Output

__all__ = ["ComputedCard", "FaultLine", "PlantedFaults", "planted_faults"]


@dataclass(frozen=True, kw_only=True)
class FaultLine:
    """What a metric does under a fault, or what its author expects there, and the reasons of failures."""

    fault: str
    does: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ComputedCard:
    """A card that the battery computed.

    made    on what data, with what features, options, n and seeds
    floor   what real data score against real data, and the floor
    seen    what the metric punishes, or, if it is not ranked, what changes it, in a sentence
    blind   what the metric does not punish, or judges wrongly
    rows    fault and level, score, change in floors, how it moved, and verdict
    """

    made: str
    floor: str
    seen: str
    blind: tuple[FaultLine, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True)
class PlantedFaults:
    """What a page says of planted faults and a metric.

    computed  None if there is no card of these kinds of data and this version of the metric
    note      why a card is not shown, or what is other there than on the board, or ""
    blind     the faults that its author says the metric does not punish, with the reasons
    declared  all that the author declares of faults on these kinds of data
    """

    computed: ComputedCard | None
    note: str
    blind: tuple[FaultLine, ...]
    declared: tuple[FaultLine, ...]


def planted_faults(
    catalog: Catalog, component: Component, spec: MetricSpec, output: Output, *, kinds: Collection[str],
    data: Collection[str], n: Collection[int], extractor: str, options: Mapping[str, Any],
) -> PlantedFaults:  # fmt: skip
    """Return what a page says of a metric's number.

    kinds      references of the modalities of its data on the board; none if they are unknown
    data       the names of its datasets on the board
    n          its numbers of samples on the board
    extractor  the name of the board's extractor, or ""
    options    of the metric on the board
    """
    card, note = _current(component, spec, output.name, kinds)
    if card is None and not note:
        note = f"it was not tested on planted faults{_why_untested(spec)}"
    if card is not None:
        note = _unlike(card, data, n, extractor)
    declared = tuple(_declared_effects(catalog, component, output, kinds, extractor))
    return PlantedFaults(
        computed=None if card is None else _card_content(card, options),
        note=note,
        blind=tuple(line for line in declared if line.reasons),
        declared=declared,
    )


def _current(
    component: Component, spec: MetricSpec, output: str, kinds: Collection[str]
) -> tuple[Card | None, str]:
    """Return the card that a plugin ships, or None and the reason why it has no meaning here."""
    try:
        card = find_card(component, output)
    except DataError as error:
        return None, f"the card that its plugin ships cannot be read: {error}"
    if card is not None and card.version != spec.version:
        versions = f"it is of version {card.version} of the metric, and this is version {spec.version}"
        return None, one_line(f"the card that its plugin ships is out of date: {versions}")
    if card is not None and kinds and card.modality not in kinds:
        return None, one_line(f"the card that its plugin ships is of other data: {card.dataset}")
    return card, ""


def _why_untested(spec: MetricSpec) -> str:
    """Return why a metric without a card has none, as the end of a sentence."""
    inputs = declared_inputs(spec)
    if spec.is_comparison:
        return ", since it compares several generators"
    if inputs and not {"fake", LABELS["fake"]} & set(inputs):
        return f", since it takes no fakes; it asks for {listed(inputs)}"
    return ": its plugin ships no card"


def _unlike(card: Card, data: Collection[str], n: Collection[int], extractor: str) -> str:
    """Return what is other on a card than on the board, in words, or ""."""
    rest = sorted(set(data) - {card.dataset})
    untested = (
        [f"{listed(rest)} {'was' if len(rest) == 1 else 'were'} not tested"]
        if card.dataset in data and rest
        else []
    )
    pairs = (
        ("data", card.dataset, " and ".join(rest), card.dataset in data),
        ("features", card.extractor, extractor, (card.extractor or "") == extractor),
        ("n", card.n, " and ".join(map(str, sorted(n))), set(n) == {card.n}),
    )
    other = untested + [
        f"{name} {own}, not {theirs}" for name, theirs, own, is_equal in pairs if not is_equal
    ]
    text = "this board differs from the test below, so the metric may miss other faults here"
    return one_line(f"{text}: {'; '.join(other)}") if other else ""


def _card_content(card: Card, options: Mapping[str, Any]) -> ComputedCard:
    features = f" with {card.extractor}" if card.extractor else ""
    other = {name: value for name, value in card.options.items() if options.get(name, value) != value}
    set_to = "".join(f", {name} = {json.dumps(value)}" for name, value in sorted(other.items()))
    lines = [
        FaultLine(
            fault=one_line(f"{finding.fault} {', '.join(finding.levels)}"),
            does=f"{finding.does} ({finding.verdict})" if finding.verdict else finding.does,
            reasons=(one_line(finding.reason),) if finding.reason else (),
        )
        for finding in list_unpunished(card)
    ]
    return ComputedCard(
        made=one_line(f"{card.dataset}{features}, n = {card.n}, {card.seeds} seeds{set_to}"),
        floor=typeset(f"{number(card.floor.mean)}; floor = {number(card.floor.sd, 2)}"),
        seen=one_line(f"{_verb(card)} {', '.join(list_seen(card)) or 'none of them'}"),
        blind=tuple(lines),
        rows=tuple(_rows(card)),
    )


def _verb(card: Card) -> str:
    return "it changes under" if card.direction == "none" else "it gets worse under"


def _rows(card: Card) -> Iterator[tuple[str, ...]]:
    for row in card.rows:
        name = one_line(f"{row.fault} {row.level}")
        yield (name, *map(typeset, numbers_of(row)), row.moved(card.direction), WORDS[row.verdict])


def _declared_effects(
    catalog: Catalog, component: Component, output: Output, kinds: Collection[str], extractor: str
) -> Iterator[FaultLine]:
    """Yield what an author declares of the faults that can be planted in data of these kinds."""
    others = {
        short_reference(fault.reference) for fault in catalog.of_kind("fault") if not fault.serves(kinds)
    }
    known = read_faults(catalog)
    for key, expected in output.expects.items():
        fault, features = find_fault(key, known, component.owner.distribution)
        if fault is None or fault in others or features not in ("", f"[{extractor}]"):
            continue
        levels = expected if isinstance(expected, tuple) else (expected,)
        reasons = dict.fromkeys(reason for level in levels for _, reason in level.words if reason)
        words = ", ".join(" or ".join(word for word, _ in level.words) for level in levels)
        yield FaultLine(fault=one_line(key), does=words, reasons=tuple(map(one_line, reasons)))
