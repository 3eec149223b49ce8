"""The doctor's report in a terminal: a line for each fact, problems in red."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from genbench.core.escaping import one_line
from genbench.core.grouping import group_pairs
from genbench.core.limits import bytes_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["doctor_view"]

# answers on the engine and on reproducibility, then states of plugins
_STYLES = {"yes": "green", "no": "yellow", "not here": "dim", "ok": "green", "broken": "red"}


def doctor_view(report: Mapping[str, Any]) -> RenderableType:
    """Return the doctor's report in sections of lines, no wider than the console.

    report  as `read_report` returns it
    """
    features = [(row["name"], "yes" if row["is_there"] else "no", row["for"]) for row in report["engine"]]
    # whether a repeated run gives the same numbers here: "yes", "no" or "not here", and why
    promises = [(row["name"], row["holds"], row["why"]) for row in report["same_again"]]
    # `_list_facts` yields a fact called torch only if torch cannot be imported
    facts = [
        (name, "broken" if name == "torch" else "", text) for name, text in _list_facts(report["environment"])
    ]
    sections: list[tuple[str, Iterable[tuple[str, str, str]]]] = [
        ("environment", facts),
        ("places", ((name, "", _describe_place(place)) for name, place in report["places"].items())),
        ("engine", features),
        ("reproducibility", promises),
    ]
    return Group(
        *(part for title, lines in sections for part in (Text(title, style="bold"), _grid(lines), Text())),
        Text("plugins", style="bold"),
        *(part for plugin in report["plugins"] for part in _list_plugin_lines(plugin)),
    )


def _grid(lines: Iterable[tuple[str, str, str]]) -> Table:
    """Return a table of lines (name, word, text); words of _STYLES are coloured, word and text may be ""."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", overflow="fold")
    grid.add_column(overflow="fold")
    for name, word, text in lines:
        fact = Text.assemble((word, _STYLES.get(word, "")), ": " if word and text else "", one_line(text))
        grid.add_row(Text(f"  {one_line(name)}"), fact)
    return grid


def _list_facts(facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (name, text) of each fact of the environment; those of torch only if it could be imported.

    facts  as `read_report` returns them under "environment"
    """
    for name in ("python", "system", "cpu"):
        yield name, str(facts[name])
    counts = facts["cores"]
    allowed = f", time of {counts['allowed']:g} allowed" if "allowed" in counts else ""
    yield "cores", f"{counts['usable']} of {counts['all']} usable{allowed}"
    yield "memory", _describe_memory(facts["memory"])
    versions = [f"{name} {version or 'missing'}" for name, version in facts["libraries"].items()]
    yield "libraries", ", ".join(versions)
    blas = facts["numpy_blas"]
    torch = f"; torch: {facts['torch_blas']}" if "torch_blas" in facts else ""
    yield "BLAS", f"numpy: {blas.get('problem') or '{name} {version}'.format(**blas)}{torch}"
    variables = ", ".join(f"{name}={value}" for name, value in facts["threads"].items() if value is not None)
    yield "threads", f"1 for each trial unless --threads says otherwise; set here: {variables or 'none'}"
    if "problem" in facts:
        yield "torch", facts["problem"]
        return
    yield "instructions", facts["instructions"]
    cuda = facts["cuda"]
    version = "not in this torch" if cuda["version"] is None else f"{cuda['version']}, no device"
    yield "CUDA", ", ".join(cuda["devices"]) or version
    yield "MPS", "yes" if facts["mps"] else "no"


def _describe_memory(facts: Mapping[str, Any]) -> str:
    """Return the memory of the machine, the free memory, and the limit of the control group."""
    if "problem" in facts:
        return str(facts["problem"])
    limit = f"; the control group allows {bytes_text(facts['limit_bytes'])}" if "limit_bytes" in facts else ""
    return f"{bytes_text(facts['all_bytes'])}, of which {bytes_text(facts['free_bytes'])} are free{limit}"


def _describe_place(place: Mapping[str, Any]) -> str:
    """Return a folder with its content and free space, or why it cannot be written."""
    if not place["is_writable"]:
        return f"{place['path']} cannot be written: {place['problem']}"
    held = f"{place['files']:,} files of {bytes_text(place['size_bytes'])}, " if "files" in place else ""
    return f"{place['path']}: {held}{bytes_text(place['free_bytes'])} free"


def _list_plugin_lines(plugin: Mapping[str, Any]) -> Iterator[RenderableType]:
    """Yield a line with a plugin and its state, and an indented line for each of its needs."""
    who = f"{plugin['plugin']} of {plugin['distribution']} {plugin['version']}: "
    count = f"{plugin['components']} component{'s' * (plugin['components'] != 1)}"
    text = one_line(plugin["reason"] or f"{count} in {plugin['file']}")
    headline = Text.assemble((who, "dim"), (plugin["state"], _STYLES[plugin["state"]]), f": {text}")
    yield Padding(headline, (0, 0, 0, 2))
    # the reason above is that of the first problem
    more = [("broken", f"{problem['component']}: {problem['reason']}") for problem in plugin["problems"][1:]]
    for kind, line in (*more, *_list_needs(plugin)):
        style = "red" if kind == "broken" else "yellow"
        yield Padding(Text.assemble((f"{kind}: ", style), one_line(line)), (0, 0, 0, 4))


def _list_needs(plugin: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (kind, line) for what a plugin's components need and lack, one line for each remedy.

    The kinds are "not installed", "not fetched" and "environment", for variables that components read.
    """
    modules = group_pairs((need["install"], _name_component(need)) for need in plugin["missing"])
    for install, names in modules.items():
        yield "not installed", f"{', '.join(dict.fromkeys(names))}: pip install '{install}'"
    if plugin["assets"]:  # files that are not fetched yet
        sizes = [f"{_name_component(need)} ({bytes_text(need['size_bytes'])})" for need in plugin["assets"]]
        yield "not fetched", f"{', '.join(sizes)}: genbench fetch NAME"
    for need in plugin["variables"]:
        what = f"the variables that its option {need['option']} names"
        if need["variable"]:
            what = f"{need['variable']}, which {'is set' if need['is_set'] else 'is not set'}"
        yield "environment", f"{_name_component(need)} reads {what}"


def _name_component(need: Mapping[str, Any]) -> str:
    """Return the name of the component that needs something, without its distribution."""
    return str(need["component"]).partition(":")[2]
