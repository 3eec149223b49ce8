"""Components in a terminal: a list, and one component with its options."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from genbench.board.fitted_table import open_table
from genbench.board.numbers import direction_text
from genbench.board.terminal import open_console
from genbench.catalog.describe import DECIDES
from genbench.contract.faults import EFFECTS
from genbench.core.escaping import json_text, one_line
from genbench.core.grouping import group_pairs
from genbench.core.limits import bytes_text
from genbench.core.names import join_names

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from genbench.catalog.states import State, Status

__all__ = ["make_component_view", "make_list_view", "print_report"]

_MISSING: Status = "missing module"
_STYLES: dict[Status, str] = {
    "ok": "green",
    "slow import": "yellow",
    "ambiguous": "yellow",
    "not fetched": "yellow",
    "missing module": "yellow",
    "broken": "red",
}

_ON_NONE = ("modality", "executor", "listener")  # kinds of components that work on no modality


def print_report(
    report: dict[str, Any], form: str | None, view: Callable[[dict[str, Any]], RenderableType]
) -> None:
    """Print a report as JSON if `form` is "json", else as the view that `view` makes of it."""
    if form == "json":
        click.echo(json_text(report))
    else:
        open_console().print(view(report))


def make_list_view(listing: dict[str, Any]) -> RenderableType:
    """Return a table of the listed components, by kind, and a red line for each broken plugin."""
    table = _open_table("name", "from", "summary", "state")
    for kind in DECIDES:  # a mapping whose keys are all kinds of components
        components = [component for component in listing["components"] if component["kind"] == kind]
        if components:
            table.add_row(Text("modalities" if kind == "modality" else f"{kind}s", style="bold"))
        for component in components:
            _add_component(table, component)
    broken = [_broken_view(plugin) for plugin in listing["broken"]]
    if not (listing["components"] or broken):
        return Text("no component matches; genbench plugins lists all of them")
    hint = Text("genbench plugins show NAME prints the options of one.", style="dim")
    tables = [table] if listing["components"] else []
    below = [*broken, *_list_installs(listing["components"])]
    return Group(*tables, *below, *([Text()] if below else []), hint)  # an empty line after the coloured ones


def _list_installs(components: Sequence[dict[str, Any]]) -> list[Text]:
    """Return a line for each command that installs missing modules, with the components that need it."""
    lacking = [each for each in components if each["state"].status == _MISSING]
    installs = group_pairs((each["state"].detail, each["name"]) for each in lacking)
    return [
        Text(one_line(f"{join_names(names)}: {command}"), style=_STYLES[_MISSING])
        for command, names in installs.items()
    ]


def make_component_view(component: dict[str, Any]) -> RenderableType:
    """Return the description of a component: a line for each fact, and a table of its options."""
    head = f"{component['kind']} {component['name']} of {component['distribution']} {component['version']}"
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="dim", no_wrap=True)
    facts.add_column(overflow="fold")
    for name, text in _list_facts(component):
        facts.add_row(name, Text(one_line(text), style="red" if name == "problem" else ""))
    parts: list[RenderableType] = [Text(one_line(head), style="bold")]
    if component["summary"]:
        parts.append(Text(one_line(component["summary"])))
    parts += [Text(), facts]
    if component["options"]:
        parts.append(_options_view(component["options"]))
    return Group(*parts)


def _add_component(table: Table, component: dict[str, Any]) -> None:
    """Add the row of a component, then a row for each output of a metric.

    A metric whose only output has the metric's name gets no further row. The detail of a state goes under the
    summary, where there is room; that of "slow import", a few seconds, fits beside the state. That of
    "missing module" is left out: its command is printed once, below the table.
    """
    state: State = component["state"]
    is_short = state.status == "slow import"  # `str(state)` then also has the detail: the seconds
    summary = Text(one_line(component["summary"]))
    if state.detail and not is_short and state.status != _MISSING:
        summary.append(
            ("\n" if component["summary"] else "") + one_line(state.detail), style=_STYLES[state.status]
        )
    table.add_row(
        Text(f"  {component['name']}"),
        Text(one_line(f"{component['distribution']} {component['version']}")),
        summary,
        Text(one_line(str(state)) if is_short else state.status, style=_STYLES[state.status]),
    )
    outputs = component["outputs"] if component["kind"] == "metric" else []
    # a single output with the name of its metric would repeat the row above
    if [output["name"] for output in outputs] != [component["name"]]:
        for output in outputs:
            table.add_row(Text(f"    {output['name']}"), "", Text(one_line(output["summary"])), "")


def _broken_view(plugin: dict[str, Any]) -> RenderableType:
    """Return a red line with the name of a plugin that cannot be loaded, and the reason."""
    who = f"broken: {plugin['plugin']} of {plugin['distribution']} {plugin['version']}"
    return Text(one_line(f"{who}: {plugin['reason']}"), style="red")


def _list_facts(component: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the facts of a component in the order in which they are shown, as (name, text).

    component  its description, as `describe` returns it

    Facts with an empty text are left out. `_FACTS` maps a field of the description to (name of the fact,
    function that makes its text).
    """
    facts = {
        "problem": component["problem"] or "",
        "state": str(component["state"]),
        "source": component["source"],
        "modalities": "" if component["kind"] in _ON_NONE else ", ".join(component["modalities"]) or "all",
        "needs": ", ".join(component["needs"]),
    }
    for field, (name, describe_value) in _FACTS.items():
        if field == "outputs":  # several facts, at the position of this field
            facts |= _describe_outputs(component)
        elif field in component:  # a field of this kind of component
            facts[name] = describe_value(component[field])
    if component["kind"] == "generator" and component["control"]:
        facts["control"] += ", unranked"  # "floor, unranked": the role of the control, and what it means
    facts |= {f"protocol {p['name']}": _describe_protocol(p) for p in component.get("protocols", ())}
    facts |= {f"file for {asset['option']}": _describe_asset(asset) for asset in component["assets"]}
    facts |= {
        "inputs": ", ".join(component["inputs"]),
        "is given": ", ".join(component["given"]),
        "version": component["component_version"],
        # what decides the meaning of a metric's numbers, or the artefacts of another component
        "signature" if component["kind"] == "metric" else "key": ", ".join(component["decides"]),
    }
    return [(name, text) for name, text in facts.items() if text]


def _describe_asset(asset: dict[str, Any]) -> str:
    """Return the address, size and licence of a file, and whether it is here."""
    size, there = bytes_text(asset["size_bytes"]), "here" if asset["is_present"] else "not fetched"
    return f"{asset['url']} ({size}, {asset['licence']}), {there}"


def _text_or_nothing(value: str | None) -> str:
    """Return a text, or "" for None: facts without text are left out."""
    return value or ""


#: Field of a description to the name and the text of its fact, in the order of the page. A text times a
#: boolean is the text, or "" if the boolean is False.
_FACTS: dict[str, tuple[str, Callable[[Any], str]]] = {
    "reads": ("reads", ", ".join),
    "parts": ("parts", lambda parts: ", ".join(f"{name} {share:.3g}" for name, share in parts.items())),
    "container": ("container", _text_or_nothing),
    "dtypes": ("dtypes", " or ".join),
    "axes": ("axes", ", ".join),
    "parameters": ("parameters", lambda types: ", ".join(f"{name} ({types[name]})" for name in types)),
    "default_dataset": ("dataset", _text_or_nothing),
    "default_extractor": ("extractor", _text_or_nothing),
    "takes": ("takes", " and ".join),
    "extractor": ("extractor", _text_or_nothing),
    "votes": ("votes of", ", ".join),
    "scope": ("compares", lambda scope: "all generators on a dataset, at all seeds" * (scope == "board")),
    "outputs": ("", _text_or_nothing),  # several facts, by `_describe_outputs`
    "min_n": ("least n", str),
    "real_moments": ("real", lambda may: "may be moments alone" * may),
    "takes_draws": ("draws", lambda may: "all, valid or not, in a suite with `n_valid`" * may),
    "report": ("report", lambda is_in: "one of the metrics that `genbench score` gives unasked" * is_in),
    "canonical": ("weights", _text_or_nothing),
    "levels": ("levels", ", ".join),
    "effect": ("effect", lambda effect: f"{effect}: {EFFECTS[effect]}"),
    "control": ("control", _text_or_nothing),
    "chunk": ("draws", lambda n: "all samples at once" if n is None else f"{n} samples at a time"),
}


def _describe_outputs(component: dict[str, Any]) -> dict[str, str]:
    """Return the facts of a component's outputs, by the name of the fact.

    An extractor has one fact with all its outputs. A metric has a fact for each of its numbers, and one for
    each fault (a defect planted in data) whose effect on the number its plugin declares.
    """
    outputs = component["outputs"]
    if component["kind"] != "metric":
        texts = [f"{o['name']} ({o['summary']})" if o["summary"] else o["name"] for o in outputs]
        return {"outputs": ", ".join(texts)}
    # a single number with the name of its metric: the names of the facts leave it out
    is_alone = [output["name"] for output in outputs] == [component["name"]]
    scores = {"score" if is_alone else f"score {o['name']}": _describe_score(o) for o in outputs}
    return scores | {
        f"under {fault}" if is_alone else f"{output['name']} under {fault}": text
        for output in outputs
        for fault, text in output["expects"].items()
    }


def _describe_score(output: dict[str, Any]) -> str:
    """Return the direction of a metric's output, its best value, its range and its aspect.

    If it has `any_valid_share`, boards rank it even if few samples have features; the text ends with this.
    """
    low, high = output["range"]  # None: without an end
    direction, best = output["direction"], output["best"]
    end_of_scale = "" if best is None or direction == "target" else f", best {best:g}"
    start, end = "(-inf" if low is None else f"[{low:g}", "inf)" if high is None else f"{high:g}]"
    share = ", at any share of samples with features" if output["any_valid_share"] else ""
    aspect = f"; {output['aspect']}" if output["aspect"] else ""
    return f"{direction_text(direction, best)}{end_of_scale}, in {start}, {end}{share}{aspect}"


def _describe_protocol(protocol: dict[str, Any]) -> str:
    """Return the summary of a protocol, named options that reproduce a paper's numbers, and these options."""
    options = " ".join(f"{name}={value}" for name, value in protocol["options"].items())
    return one_line(f"{protocol['summary']}; {options or 'the defaults'}")


def _options_view(options: list[dict[str, Any]]) -> RenderableType:
    """Return a table of options with type, default and bounds."""
    table = _open_table("option", "type", "default", "bounds")
    for option in options:
        cells = (option["name"], option["type"], _format_default(option), ", ".join(option["bounds"]))
        table.add_row(*(Text(one_line(cell)) for cell in cells))
    return table


def _format_default(option: dict[str, Any]) -> str:
    """Return a default as a suite would write it."""
    if option["required"]:
        return "required"
    return "none" if option["default"] is None else json.dumps(option["default"], ensure_ascii=False)


def _open_table(*columns: str) -> Table:
    """Return a table of columns of texts, which are wrapped."""
    return open_table(*((column, "left") for column in columns), wrapped=columns)
