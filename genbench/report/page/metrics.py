"""Descriptions of a board's metrics: direction, formula, source, and what each of them cannot see.

They come from the specs of installed plugins. Of a metric whose plugin is not installed, the page shows what
the run recorded: its direction, its range and its signature.
"""

from __future__ import annotations

import ast
import inspect
import json
import re
import textwrap
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from genbench.board.numbers import direction_text, format_number, typeset
from genbench.catalog.catalog import find_fault
from genbench.catalog.loader import shorten_reference
from genbench.checks.battery.card import VERDICTS, format_numbers, list_detected, list_unpunished
from genbench.checks.battery.faults import read_faults
from genbench.checks.battery.kept_cards import find_card
from genbench.contract.signature import LABELS, read_declared_inputs, read_definitions
from genbench.contract.specs import MetricSpec
from genbench.core.errors import DataError, SuiteError
from genbench.core.escaping import escape_unprintable, one_line
from genbench.core.grouping import group_pairs
from genbench.core.names import join_names, parse_id
from genbench.report.page.tables import make_metric_anchors
from genbench.results.cells import short_signature

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from genbench.board.view import View
    from genbench.catalog.catalog import Catalog, Component
    from genbench.checks.battery.card import Card
    from genbench.contract.specs import Output
    from genbench.results.cells import Cell

__all__ = [
    "ComputedCard", "FaultLine", "FormulaLine", "MetricCard", "PlantedFaults", "SignatureFields",
    "describe_faults", "list_cards", "read_modalities",
]  # fmt: skip

#: A name, or several, a colon and a space, or two spaces, and its meaning: "recall: the share of real rows".
_NAMED_LINE = re.compile(r"(\S+:|\S+(?:, \S+)*(?<![,;]) (?= )) +(\S.*)")
_REMARK = re.compile(r"(?<=[,;]) {2,}")  # between a formula and what a symbol in it means


@dataclass(frozen=True, kw_only=True)
class SignatureFields:
    """A signature in full: its short form, and its fields with their values as JSON."""

    short: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class FormulaLine:
    """A line of a formula.

    name     of the number or symbol that it defines, or ""
    remarks  what symbols in it mean, each for a line of its own
    """

    text: str
    name: str = ""
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MetricCard:
    """What a page says of a metric.

    missing     why there is no description, or ""
    values      the possible values, in words
    extractor   the extractor on the board, with its distribution, or ""
    formula     from the docstring of its function, () without one
    faults      what planted faults do to it; None without a description
    """

    metric: str
    anchor: str
    better: str
    values: str
    component: str
    extractor: str
    signatures: tuple[SignatureFields, ...]
    missing: str = ""
    summary: str = ""
    source: str = ""
    formula: tuple[FormulaLine, ...] = ()
    faults: PlantedFaults | None = None


def list_cards(view: View, catalog: Catalog, modalities: Mapping[str, frozenset[str]]) -> list[MetricCard]:
    """Return a card, the description that a page shows, for each metric of a board, sorted by id.

    `make_metric_anchors` returns the metrics in this order.

    modalities  of the data of each dataset, such as "image", by the dataset's name
    """
    cells = group_pairs((record.cell.metric, record.cell) for record in view.outcomes)
    return [
        _describe_metric(metric, anchor, cells[metric], catalog, modalities)
        for metric, anchor in make_metric_anchors(view).items()
    ]


def read_modalities(provenance: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """Return the modalities, such as "image", of the data of each dataset, by the dataset's name.

    A dataset has several if merged runs had different data under its name.

    provenance  of a run; of merged runs, it contains the provenance of each run, under "merged"
    """
    modalities: dict[str, frozenset[str]] = {}
    for run in (provenance, *provenance.get("merged", {}).values()):
        for name, facts in run.get("datasets", {}).items():
            modality = facts.get("space", {}).get("kind")
            if isinstance(modality, str):
                modalities[name] = modalities.get(name, frozenset()) | {modality}
    return modalities


def _describe_metric(
    metric: str, anchor: str, cells: list[Cell], catalog: Catalog, modalities: Mapping[str, frozenset[str]]
) -> MetricCard:
    """Return the card of a metric from its cells, and from its plugin if that is installed.

    anchor      the id of its section on the page
    modalities  of the data of each dataset, such as "image", by the dataset's name
    """
    cell = cells[0]  # the card shows what this cell records, and the signatures of all cells
    name, features = parse_id(metric)
    reference = str(cell.signature.get("metric", ""))
    extractor = cell.signature.get("extractor")
    extractor_name = str(extractor.get("name", "")) if isinstance(extractor, dict) else ""
    card = MetricCard(
        metric=one_line(metric),
        anchor=anchor,
        better=typeset(direction_text(cell.facts.direction, cell.facts.best)),
        values=_describe_range(cell),
        component=one_line(reference),
        extractor=one_line(extractor_name),
        signatures=_list_signatures(cells),
    )
    description = _find_description(catalog, reference, name)
    if description is None:
        return replace(card, missing="its plugin is not installed here, so its description is missing")
    component, spec, output = description
    faults = describe_faults(
        catalog, component, spec, output,
        modalities=frozenset[str]().union(*(modalities.get(cell.dataset, ()) for cell in cells)),
        datasets={cell.dataset for cell in cells},
        sizes={cell.n for cell in cells},
        # as in the metric's id "fid[pixels]", or else the name in the signature without its distribution
        extractor=features or extractor_name.rpartition(":")[2],
        options=cell.signature.get("options", {}),
    )  # fmt: skip
    return replace(
        card,
        summary=one_line(output.summary or spec.summary),
        source=one_line(spec.source),
        formula=tuple(_read_formula_lines(_find_formula(spec))),
        faults=faults,
    )


def _find_description(
    catalog: Catalog, reference: str, name: str
) -> tuple[Component, MetricSpec, Output] | None:
    """Return the component, spec and output of a metric, or None if it is not installed.

    reference  of the component, from the signature
    name       the metric's id without its extractor: the name of an output, or a name that the suite gave a
               metric with a single output
    """
    try:
        component = catalog.find("metric", reference) if reference else None
    except SuiteError:
        return None
    if component is None or not isinstance(component.spec, MetricSpec):
        return None
    outputs = {output.name: output for output in component.spec.scores}
    # the suite may name a metric, but only one with a single output
    output_spec = outputs.get(name) or (next(iter(outputs.values())) if len(outputs) == 1 else None)
    return (component, component.spec, output_spec) if output_spec else None


def _describe_range(cell: Cell) -> str:
    """Return the range of the metric of a cell as an interval: "[0, ∞)"."""
    low, high = cell.facts.range
    start = "(−∞" if low is None else f"[{low:g}"
    end = "∞)" if high is None else f"{high:g}]"
    return typeset(f"{start}, {end}")


def _list_signatures(cells: list[Cell]) -> tuple[SignatureFields, ...]:
    """Return the different signatures of cells in full, by their short form."""
    by_short_form = {short_signature(cell.signature): cell.signature for cell in cells}
    return tuple(
        SignatureFields(short=short, fields=tuple(_flatten_fields(signature)))
        for short, signature in sorted(by_short_form.items())
    )


def _flatten_fields(signature: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    """Yield (dotted name, value as JSON) of each field of a signature, sorted; `before` starts each name."""
    for name, value in sorted(signature.items()):
        if isinstance(value, dict) and value:
            yield from _flatten_fields(value, f"{before}{name}.")
        else:
            yield one_line(f"{before}{name}"), json.dumps(value, ensure_ascii=False, sort_keys=True)


def _find_formula(spec: MetricSpec) -> str:
    """Return the formula of a metric, the first indented lines in the docstring of its function, or "".

    The function of the spec may only prepare the inputs of another one, which has the metric's name and the
    formula: `score_fid` calls `fid`. So the formula is taken from the second if the first has none.
    """
    if callable(spec.make):  # else it is "module:function", whose source is read and not imported
        return _read_first_indented_lines(inspect.getdoc(spec.make) or "")
    module, _, function = spec.make.partition(":")
    nodes = read_definitions(module)
    names = (function, spec.name.replace("-", "_"))
    docstrings = [ast.get_docstring(nodes[name]) or "" for name in names if name in nodes]
    return next(filter(None, map(_read_first_indented_lines, docstrings)), "")


def _read_formula_lines(formula: str) -> Iterator[FormulaLine]:
    """Yield the lines of a formula as a page shows them.

    A line may be a name and its meaning, "recall: the share of real rows"; an indented line after it
    continues the meaning, and is joined to it. After a formula, remarks explain its symbols.
    """
    lines: list[str] = []
    for line in filter(str.strip, escape_unprintable(formula).splitlines()):
        if line.startswith(" ") and lines and _NAMED_LINE.fullmatch(lines[-1]):
            lines[-1] += f" {line.strip()}"
        else:
            lines.append(line)
    for line in lines:
        match = _NAMED_LINE.fullmatch(line)  # groups: the name, with its colon if it has one, and the meaning
        name, rest = (match[1].rstrip(), match[2]) if match else ("", line)
        text, *remarks = _REMARK.split(rest)
        yield FormulaLine(text=text, name=name, remarks=tuple(remarks))


def _read_first_indented_lines(docstring: str) -> str:
    """Return the first indented lines of a docstring after its summary, without their indentation."""
    lines: list[str] = []
    for line in inspect.cleandoc(docstring).splitlines():
        if line.startswith("    ") or (lines and not line):
            lines.append(line)
        elif lines:
            break
    return textwrap.dedent("\n".join(lines)).strip()


@dataclass(frozen=True, kw_only=True)
class FaultLine:
    """What a metric does under a fault, or what its author expects there, and the reasons of failures."""

    fault: str
    does: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ComputedCard:
    """A card that the battery computed.

    made         on what data, with what features, options, n and seeds
    floor        what real data score against real data, and the floor: the standard deviation of this score
    seen         what the metric punishes, or, if it is not ranked, what changes it, in a sentence
    blind_spots  what the metric does not punish, or judges wrongly
    rows         fault and level, score, change in floors, how it moved, and verdict
    """

    made: str
    floor: str
    seen: str
    blind_spots: tuple[FaultLine, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True)
class PlantedFaults:
    """What a page says of planted faults and a metric.

    computed     None if there is no card of these modalities and this version of the metric
    note         why no card is shown, or how the data and settings of the card differ from the board's, or ""
    blind_spots  the faults that its author says the metric does not punish, with the reasons
    declared     all that the author declares of faults in data of these modalities
    """

    computed: ComputedCard | None
    note: str
    blind_spots: tuple[FaultLine, ...]
    declared: tuple[FaultLine, ...]


def describe_faults(
    catalog: Catalog, component: Component, spec: MetricSpec, output: Output, *, modalities: Collection[str],
    datasets: Collection[str], sizes: Collection[int], extractor: str, options: Mapping[str, Any],
) -> PlantedFaults:  # fmt: skip
    """Return what planted faults do to one number of a metric, as a page shows it.

    A card of the plugin has the results of a test, in which known faults were planted in real data. The
    metric's author declares what is expected of faults, with a reason where the metric fails.

    modalities  of its data on the board, such as "image"; none if they are unknown
    datasets    the names of its datasets on the board
    sizes       its numbers of samples on the board
    extractor   the name of the board's extractor, or ""
    options     of the metric on the board
    """
    card, note = _find_current_card(component, spec, output.name, modalities)
    if card is not None:  # else the note is the reason why there is none
        note = _describe_mismatch(card, datasets, sizes, extractor)
    declared = tuple(_list_declared_effects(catalog, component, output, modalities, extractor))
    return PlantedFaults(
        computed=None if card is None else _describe_card(card, options),
        note=note,
        # authors give a reason only for a fault that the metric does not punish
        blind_spots=tuple(line for line in declared if line.reasons),
        declared=declared,
    )


def _find_current_card(
    component: Component, spec: MetricSpec, output: str, modalities: Collection[str]
) -> tuple[Card | None, str]:
    """Return (card, "") for the card that a plugin ships, or None and the reason why none is shown.

    A card of another version of the metric, or of data of another modality, is not shown.
    """
    try:
        card = find_card(component, output)
    except DataError as error:
        return None, f"the card that its plugin ships cannot be read: {error}"
    if card is None:
        return None, f"it was not tested on planted faults{_explain_untested(spec)}"
    if card.version != spec.version:
        versions = f"it is of version {card.version} of the metric, and this is version {spec.version}"
        return None, one_line(f"the card that its plugin ships is out of date: {versions}")
    if modalities and card.modality not in modalities:  # none: they are unknown, and may be the card's
        return None, one_line(f"the card that its plugin ships is of other data: {card.dataset}")
    return card, ""


def _explain_untested(spec: MetricSpec) -> str:
    """Return why a metric has no card, as the end of a sentence, with its comma or colon."""
    inputs = read_declared_inputs(spec)
    if spec.is_comparison:
        return ", since it compares several generators"
    # a metric takes fakes, or their labels alone
    if inputs and not {"fake", LABELS["fake"]} & set(inputs):
        return f", since it takes no fakes; it asks for {join_names(inputs)}"
    return ": its plugin ships no card"


def _describe_mismatch(card: Card, datasets: Collection[str], sizes: Collection[int], extractor: str) -> str:
    """Return how the data, features and n of a card differ from the board's, as a warning; "" if they agree.

    datasets   the names of the metric's datasets on the board
    sizes      its numbers of samples on the board
    extractor  the name of the board's extractor, or ""
    """
    others = sorted(set(datasets) - {card.dataset})
    untested = []
    if card.dataset in datasets and others:  # the board has the card's dataset, and others besides
        untested = [f"{join_names(others)} {'was' if len(others) == 1 else 'were'} not tested"]
    # name, value on the board, value on the card, and whether they agree
    settings = (
        ("data", " and ".join(others), card.dataset, card.dataset in datasets),
        ("features", extractor, card.extractor, (card.extractor or "") == extractor),
        ("n", " and ".join(map(str, sorted(sizes))), card.n, set(sizes) == {card.n}),
    )
    differences = untested + [
        f"{name} {on_board}, not {on_card}" for name, on_board, on_card, is_equal in settings if not is_equal
    ]
    text = "this board differs from the test below, so the metric may miss other faults here"
    return one_line(f"{text}: {'; '.join(differences)}") if differences else ""


def _describe_card(card: Card, options: Mapping[str, Any]) -> ComputedCard:
    """Return a card, the results of a test with planted faults, as the texts that a page shows.

    options  of the metric on the board; the text names the options of the card that differ from them
    """
    features = f" with {card.extractor}" if card.extractor else ""
    # an option that the board does not record counts as equal
    differing = {name: value for name, value in card.options.items() if options.get(name, value) != value}
    set_to = "".join(f", {name} = {json.dumps(value)}" for name, value in sorted(differing.items()))
    # the beginning of a sentence, which goes on with the faults that the metric detects
    effect = "it changes under" if card.direction == "none" else "it gets worse under"
    # the faults that the metric does not punish, or on which it fails
    blind_lines = [
        FaultLine(
            fault=one_line(f"{finding.fault} {', '.join(finding.levels)}"),
            does=f"{finding.does} ({finding.verdict})" if finding.verdict else finding.does,
            reasons=(one_line(finding.reason),) if finding.reason else (),
        )
        for finding in list_unpunished(card)
    ]
    return ComputedCard(
        made=one_line(f"{card.dataset}{features}, n = {card.n}, {card.seeds} seeds{set_to}"),
        # the mean and the standard deviation over seeds of the score of real data against real data
        floor=typeset(f"{format_number(card.floor.mean)}; floor = {format_number(card.floor.sd, 2)}"),
        seen=one_line(f"{effect} {', '.join(list_detected(card)) or 'none of them'}"),
        blind_spots=tuple(blind_lines),
        rows=tuple(_list_card_rows(card)),
    )


def _list_card_rows(card: Card) -> Iterator[tuple[str, ...]]:
    """Yield a row of texts for each planted fault: its name and level, score, change, movement, verdict."""
    for row in card.rows:
        name, change = one_line(f"{row.fault} {row.level}"), row.describe_change(card.direction)
        yield (name, *map(typeset, format_numbers(row)), change, VERDICTS[row.verdict])


def _list_declared_effects(
    catalog: Catalog, component: Component, output: Output, modalities: Collection[str], extractor: str
) -> Iterator[FaultLine]:
    """Yield what an author declares of the faults that can be planted in data of these modalities.

    An effect that is declared for another extractor is left out.
    """
    unsuitable = {
        shorten_reference(each.reference) for each in catalog.of_kind("fault") if not each.serves(modalities)
    }
    faults_by_name = read_faults(catalog)
    for key, expected in output.expects.items():
        # a key is FAULT or FAULT[EXTRACTOR]
        fault, features = find_fault(key, faults_by_name, component.owner.distribution)
        is_possible = fault is not None and fault not in unsuitable
        if not is_possible or features not in ("", f"[{extractor}]"):
            continue
        # what is expected at each level of the fault, or once for all levels, as pairs: a word such as
        # "worse", and the reason if it is a failure of the metric, or else ""
        levels = expected if isinstance(expected, tuple) else (expected,)
        reasons = dict.fromkeys(reason for level in levels for _, reason in level.words if reason)
        words = ", ".join(" or ".join(word for word, _ in level.words) for level in levels)
        yield FaultLine(fault=one_line(key), does=words, reasons=tuple(map(one_line, reasons)))
