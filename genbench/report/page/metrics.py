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
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from genbench.board.numbers import direction_text, typeset
from genbench.contract.signature import definitions
from genbench.contract.specs import MetricSpec
from genbench.core.errors import SuiteError
from genbench.core.escaping import one_line, printable
from genbench.core.names import parse_id
from genbench.report.page.planted_faults import planted_faults
from genbench.report.page.tables import metric_anchors
from genbench.results.signatures import short_signature

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from genbench.board.view import View
    from genbench.catalog.catalog import Catalog, Component
    from genbench.contract.specs import Output
    from genbench.report.page.planted_faults import PlantedFaults
    from genbench.results.cells import Cell

__all__ = ["FormulaLine", "MetricCard", "SignatureFields", "data_kinds", "metric_cards"]

_NO_CARD = "its plugin is not installed here, so its description is missing"
_INDENT = "    "
#: A name, or several, a colon and a space, or two spaces, and its meaning: "recall: the share of real rows".
_NAMED = re.compile(r"(\S+:|\S+(?:, \S+)*(?<![,;]) (?= )) +(\S.*)")
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
    extractor   that of the board, with its distribution, or ""
    formula     from the docstring of its function, () without one
    faults      what planted faults do to it; None without a description
    """

    metric: str
    anchor: str
    missing: str
    summary: str
    better: str
    values: str
    component: str
    extractor: str
    source: str
    formula: tuple[FormulaLine, ...]
    faults: PlantedFaults | None
    signatures: tuple[SignatureFields, ...]


def metric_cards(view: View, catalog: Catalog, kinds: Mapping[str, frozenset[str]]) -> list[MetricCard]:
    """Return the cards of all metrics of a board, in the order of their ids.

    kinds  references of the modalities of each dataset, as `data_kinds` returns them
    """
    cells: dict[str, list[Cell]] = {}
    for record in view.outcomes:
        cells.setdefault(record.cell.metric, []).append(record.cell)
    return [
        _card(metric, anchor, cells[metric], catalog, kinds)
        for metric, anchor in metric_anchors(view).items()
    ]


def data_kinds(provenance: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """Return the references of the modalities of each dataset of a run, or of merged runs."""
    found: dict[str, frozenset[str]] = {}
    for run in (provenance, *provenance.get("merged", {}).values()):
        for name, facts in run.get("datasets", {}).items():
            kind = facts.get("space", {}).get("kind")
            if isinstance(kind, str):
                found[name] = found.get(name, frozenset()) | {kind}
    return found


def _card(
    metric: str, anchor: str, cells: list[Cell], catalog: Catalog, kinds: Mapping[str, frozenset[str]]
) -> MetricCard:
    cell = cells[0]
    reference = str(cell.signature.get("metric", ""))
    component, spec, output = _find_description(catalog, reference, parse_id(metric)[0])
    extractor = cell.signature.get("extractor")
    named = str(extractor.get("name", "")) if isinstance(extractor, dict) else ""
    faults = None
    if component is not None and spec is not None and output is not None:
        faults = planted_faults(
            catalog, component, spec, output,
            kinds=frozenset[str]().union(*(kinds.get(cell.dataset, ()) for cell in cells)),
            data={cell.dataset for cell in cells},
            n={cell.n for cell in cells},
            extractor=parse_id(metric)[1] or named.rpartition(":")[2],
            options=cell.signature.get("options", {}),
        )  # fmt: skip
    return MetricCard(
        metric=one_line(metric),
        anchor=anchor,
        missing=_NO_CARD if output is None else "",
        summary="" if output is None else one_line(output.summary or (spec.summary if spec else "")),
        better=typeset(direction_text(cell.facts.direction, cell.facts.best)),
        values=_values(cell),
        component=one_line(reference),
        extractor=one_line(named),
        source="" if spec is None else one_line(spec.source),
        formula=() if spec is None else tuple(_formula_lines(_formula(spec))),
        faults=faults,
        signatures=_signatures(cells),
    )


def _find_description(
    catalog: Catalog, reference: str, name: str
) -> tuple[Component | None, MetricSpec | None, Output | None]:
    """Return the component, spec and output of a metric, or None for all if they are not installed."""
    try:
        component = catalog.find("metric", reference) if reference else None
    except SuiteError:
        return None, None, None
    spec = None if component is None else component.spec
    if not isinstance(spec, MetricSpec):
        return None, None, None
    outputs = {output.name: output for output in spec.scores}
    found = outputs.get(name) or (next(iter(outputs.values())) if len(outputs) == 1 else None)
    return (component, spec, found) if found else (None, None, None)


def _values(cell: Cell) -> str:
    low, high = cell.facts.range
    return typeset(f"{'(−∞' if low is None else f'[{low:g}'}, {'∞)' if high is None else f'{high:g}]'}")


def _signatures(cells: list[Cell]) -> tuple[SignatureFields, ...]:
    found = {short_signature(cell.signature): cell.signature for cell in cells}
    return tuple(
        SignatureFields(short=short, fields=tuple(_fields(signature)))
        for short, signature in sorted(found.items())
    )


def _fields(signature: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    """Yield the fields of a signature with dotted names, sorted."""
    for name, value in sorted(signature.items()):
        if isinstance(value, dict) and value:
            yield from _fields(value, f"{before}{name}.")
        else:
            yield one_line(f"{before}{name}"), json.dumps(value, ensure_ascii=False, sort_keys=True)


def _formula(spec: MetricSpec) -> str:
    """Return the formula in the docstring of a metric's function, or of one with the metric's name, or ""."""
    if callable(spec.make):
        return _first_indented_lines(inspect.getdoc(spec.make) or "")
    module, _, function = spec.make.partition(":")
    known = definitions(module)
    found = [known[name] for name in (function, spec.name.replace("-", "_")) if name in known]
    return next(filter(None, (_first_indented_lines(ast.get_docstring(node) or "") for node in found)), "")


def _formula_lines(formula: str) -> Iterator[FormulaLine]:
    """Yield the lines of a formula; one that continues what a name means joins it."""
    lines: list[str] = []
    for line in filter(str.strip, printable(formula).splitlines()):
        if line.startswith(" ") and lines and _NAMED.fullmatch(lines[-1]):
            lines[-1] += f" {line.strip()}"
        else:
            lines.append(line)
    for line in lines:
        named = _NAMED.fullmatch(line)
        name, rest = (named[1].rstrip(), named[2]) if named else ("", line)
        text, *remarks = _REMARK.split(rest)
        yield FormulaLine(text=text, name=name, remarks=tuple(remarks))


def _first_indented_lines(docstring: str) -> str:
    """Return the first indented lines of a docstring after its summary, without their indentation."""
    lines: list[str] = []
    for line in inspect.cleandoc(docstring).splitlines():
        if line.startswith(_INDENT) or (lines and not line):
            lines.append(line)
        elif lines:
            break
    return textwrap.dedent("\n".join(lines)).strip()
