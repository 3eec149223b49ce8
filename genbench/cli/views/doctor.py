"""The doctor's report in a terminal: a line for each fact, problems in red."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from genbench.core.escaping import one_line
from genbench.core.limits import bytes_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["doctor_view"]

_STYLES = {"yes": "green", "no": "yellow", "not here": "dim", "ok": "green", "broken": "red"}


def doctor_view(found: Mapping[str, Any]) -> RenderableType:
    """Return the doctor's report in sections of lines, no wider than the console.

    found  as `read_report` returns it
    """
    features = [(each["name"], "yes" if each["is_there"] else "no", each["for"]) for each in found["engine"]]
    promises = [(each["name"], each["holds"], each["why"]) for each in found["same_again"]]
    facts = [
        (name, "broken" if name == "torch" else "", text) for name, text in _environment(found["environment"])
    ]
    sections: list[tuple[str, Iterable[tuple[str, str, str]]]] = [
        ("environment", facts),
        ("places", ((name, "", _describe_place(place)) for name, place in found["places"].items())),
        ("engine", features),
        ("reproducibility", promises),
    ]
    return Group(
        *(part for title, lines in sections for part in (Text(title, style="bold"), _grid(lines), Text())),
        Text("plugins", style="bold"),
        *(part for plugin in found["plugins"] for part in _list_plugin_lines(plugin)),
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


def _environment(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (name, text) of each fact of the environment; those of torch only if it could be imported.

    found  as `read_report` returns it under "environment"
    """
    for name in ("python", "system", "cpu"):
        yield name, str(found[name])
    counts = found["cores"]
    allowed = f", time of {counts['allowed']:g} allowed" if "allowed" in counts else ""
    yield "cores", f"{counts['usable']} of {counts['all']} usable{allowed}"
    yield "memory", _describe_memory(found["memory"])
    versions = [f"{name} {version or 'missing'}" for name, version in found["libraries"].items()]
    yield "libraries", ", ".join(versions)
    blas = found["numpy_blas"]
    torch = f"; torch: {found['torch_blas']}" if "torch_blas" in found else ""
    yield "BLAS", f"numpy: {blas.get('problem') or '{name} {version}'.format(**blas)}{torch}"
    own = ", ".join(f"{name}={value}" for name, value in found["threads"].items() if value is not None)
    yield "threads", f"1 for each trial unless --threads says otherwise; set here: {own or 'none'}"
    if "problem" in found:
        yield "torch", found["problem"]
        return
    yield "instructions", found["instructions"]
    cuda = found["cuda"]
    built = "not in this torch" if cuda["version"] is None else f"{cuda['version']}, no device"
    yield "CUDA", ", ".join(cuda["devices"]) or built
    yield "MPS", "yes" if found["mps"] else "no"


def _describe_memory(found: Mapping[str, Any]) -> str:
    """Return the memory of the machine, the free memory, and the limit of the control group."""
    if "problem" in found:
        return str(found["problem"])
    limit = f"; the control group allows {bytes_text(found['limit_bytes'])}" if "limit_bytes" in found else ""
    return f"{bytes_text(found['all_bytes'])}, of which {bytes_text(found['free_bytes'])} are free{limit}"


def _describe_place(place: Mapping[str, Any]) -> str:
    """Return a folder with its content and free space, or why it cannot be written."""
    if not place["is_writable"]:
        return f"{place['path']} cannot be written: {place['problem']}"
    held = f"{place['files']:,} files of {bytes_text(place['size_bytes'])}, " if "files" in place else ""
    return f"{place['path']}: {held}{bytes_text(place['free_bytes'])} free"


def _list_plugin_lines(found: Mapping[str, Any]) -> Iterator[RenderableType]:
    """Yield a line with a plugin and its state, and an indented line for each of its needs."""
    who = f"{found['plugin']} of {found['distribution']} {found['version']}: "
    count = f"{found['components']} component{'s' * (found['components'] != 1)}"
    text = one_line(found["reason"] or f"{count} in {found['file']}")
    headline = Text.assemble((who, "dim"), (found["state"], _STYLES[found["state"]]), f": {text}")
    yield Padding(headline, (0, 0, 0, 2))
    more = [("broken", f"{each['component']}: {each['reason']}") for each in found["problems"][1:]]
    for kind, line in (*more, *_list_needs(found)):
        style = "red" if kind == "broken" else "yellow"
        yield Padding(Text.assemble((f"{kind}: ", style), one_line(line)), (0, 0, 0, 4))


def _list_needs(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (kind, line) for the missing needs of a plugin's components, one for each remedy.

    The kinds are "not installed", "not fetched" and "environment", for variables that components read.
    """
    modules: dict[str, list[str]] = {}
    for each in found["missing"]:
        modules.setdefault(each["install"], []).append(_name_component(each))
    for install, names in modules.items():
        yield "not installed", f"{', '.join(dict.fromkeys(names))}: pip install '{install}'"
    if found["assets"]:
        sizes = [f"{_name_component(each)} ({bytes_text(each['size_bytes'])})" for each in found["assets"]]
        yield "not fetched", f"{', '.join(sizes)}: genbench fetch NAME"
    for each in found["variables"]:
        which = f"the variables that its option {each['option']} names"
        if each["variable"]:
            which = f"{each['variable']}, which {'is set' if each['is_set'] else 'is not set'}"
        yield "environment", f"{_name_component(each)} reads {which}"


def _name_component(need: Mapping[str, Any]) -> str:
    """Return the name of the component that has a need, without its distribution."""
    return str(need["component"]).partition(":")[2]
