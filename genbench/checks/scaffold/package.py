"""A plugin package for one component, written from the templates of its kind."""

from __future__ import annotations

import builtins
import importlib.util
import json
import keyword
import re
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genbench._version import __version__
from genbench.contract.hookspecs import PROJECT
from genbench.core.errors import PluginError, ResultsError
from genbench.core.names import check_name
from genbench.results.folder import report_write_errors

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from jinja2 import Environment

    from genbench.catalog.modalities import Modality


__all__ = [
    "KINDS", "KINDS_OF_MODALITY", "PackageNames", "choose_unused_name", "make_package_names",
    "render_package", "write_package",
]  # fmt: skip


@dataclass(frozen=True)
class PackageNames:
    """The names of a package with one component.

    component     as suites write it: "edge-gap"
    distribution  as pip writes it: "genbench-edge-gap"
    module        as Python imports it: "genbench_edge_gap"
    """

    component: str
    distribution: str
    module: str


def make_package_names(kind: str, name: str) -> PackageNames:
    """Return the names of the package for a component of a kind; `name` may be that of the distribution.

    Raises PluginError if it is not a name, or if a module of the package's name is already installed, which
    would then be imported in its place.
    """
    prefix = f"{PROJECT}-"
    component = check_name(name.removeprefix(prefix), f"{kind} name")
    # a distribution's name has no two dashes in a row, and none at its end
    distribution = prefix + re.sub("-+", "-", component).removesuffix("-")
    module = distribution.replace("-", "_")
    installed = importlib.util.find_spec(module)
    if installed is not None:
        raise PluginError(f"{kind} name {component!r}: its module {module} would have the name of an "
                          f"installed one, {installed.origin}; choose another name")  # fmt: skip
    return PackageNames(component, distribution, module)


def choose_unused_name(name: str, kind: str, used: Collection[str]) -> str:
    """Return an identifier of Python for a component: neither a keyword nor a builtin nor `used`.

    It is the component's name if possible, such as "edge_gap"; else the kind is added: "sum_metric".
    """
    identifier = re.sub(r"\W+", "_", name).strip("_")
    is_taken = keyword.iskeyword(identifier) or hasattr(builtins, identifier) or identifier in used
    return f"{identifier}_{kind}" if is_taken else identifier


_TEMPLATES = Path(__file__).with_name("templates")

#: The kinds of components that have templates, in the order of the documentation.
KINDS = ("metric", "generator", "dataset", "extractor", "modality", "fault", "executor", "listener")


#: The kinds that have templates for any modality with an example, too. These include code for the modality's
#: container: array, frame, ragged or strings.
KINDS_OF_MODALITY = ("metric", "generator", "extractor", "fault")


def render_package(
    kind: str, names: PackageNames, *, author: str | None = None, modality: Modality | None = None
) -> dict[str, str]:
    """Return the files of a package by their paths in its folder.

    author    "Name" or "Name <address>"
    modality  that of the data of the component; None: that of the kind's own template

    Raises PluginError for a kind that has no template for all modalities, and for a modality without an
    example, on which its tests would run.
    """
    folder = kind if modality is None else _find_templates(kind, modality)
    environment = _open_environment()
    template = environment.get_template(f"{folder}/plugin.jinja")
    data = _describe_data(modality)
    # The names of the function and the class must differ from all words of the module, so the template is
    # first rendered without these names.
    used = set(re.findall(r"\w+", template.render(_context(kind, names, author, "", "") | data)))
    function = choose_unused_name(names.component, kind, used)
    title = choose_unused_name(names.component.title().replace("-", ""), kind.title(), used)
    context = _context(kind, names, author, function, title) | data
    code = template.render(context)
    context |= {"requirements": _list_requirements(code, modality)}
    files = {f"{names.module}.py": code}
    for template_file in sorted((_TEMPLATES / "package").rglob("*.jinja")):
        path = template_file.relative_to(_TEMPLATES / "package").as_posix()
        files[path.removesuffix(".jinja")] = environment.get_template(f"package/{path}").render(context)
    tests = environment.get_template(f"{folder}/test.jinja").render(context)
    return files | {f"tests/test_{names.module}.py": tests}


def write_package(folder: Path, names: PackageNames, files: Mapping[str, str]) -> Path:
    """Write the files of a package to a new folder inside `folder`, and return it.

    Raises ResultsError if the new folder exists, or cannot be written.
    """
    package = folder / names.distribution
    if package.exists():
        raise ResultsError(f"{package} exists, and is not overwritten; choose another name or --folder")
    with report_write_errors(package):
        package.mkdir(parents=True)
        for path, text in files.items():
            (package / path).parent.mkdir(parents=True, exist_ok=True)
            (package / path).write_text(text, encoding="utf-8")
    return package


def _find_templates(kind: str, modality: Modality) -> str:
    """Return the folder of the templates of a kind for any modality; raise PluginError if there is none."""
    if kind not in KINDS_OF_MODALITY:
        raise PluginError(
            f"--modality: a new {kind} is written for one modality alone; expected one of "
            f"{', '.join(KINDS_OF_MODALITY)}, or no --modality"
        )
    if not modality.has("example"):
        raise PluginError(
            f"--modality: {modality.reference} has no `example`, on which the tests of the package run"
        )
    return f"for_modality/{kind}"


def _describe_data(modality: Modality | None) -> dict[str, str]:
    """Return the variables of templates that name a modality and its container; {} without a modality."""
    if modality is None:
        return {}
    return {"modality": modality.reference, "container": modality.spec.container}


def _open_environment() -> Environment:
    """Return the environment of Jinja, in which an unknown name in a template is an error."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(  # noqa: S701 - it writes Python and TOML, not HTML
        loader=FileSystemLoader(_TEMPLATES), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True,
    )  # fmt: skip
    environment.filters["quoted"] = lambda text: json.dumps(text, ensure_ascii=False)
    return environment


def _context(kind: str, names: PackageNames, author: str | None, function: str, title: str) -> dict[str, Any]:
    """Return the context in which Jinja renders a template: the variables that all templates use.

    function, title  names of the component's function and class in the module
    """
    name, _, address = (author or f"The authors of {names.distribution}").partition("<")
    return {
        "kind": kind,
        "name": names.component,
        "distribution": names.distribution,
        "module": names.module,
        "function": function,
        "title": title,
        "author": name.strip(),
        "address": address.strip().removesuffix(">"),
        "year": datetime.now(UTC).year,
        "version": __version__,
    }


def _list_requirements(code: str, modality: Modality | None) -> list[str]:
    """Return the requirements of a package: genbench, what its module imports, and the modality's plugin.

    code  the text of the module
    """
    modules = set(re.findall(r"^(?:from|import) (\w+)", code, re.MULTILINE)) - {PROJECT}
    # each module that templates import is named after its distribution, such as annotated_types
    others = {module.replace("_", "-") for module in modules - sys.stdlib_module_names}
    plugin = PROJECT if modality is None else modality.component.owner.distribution
    return [f"{PROJECT}>={__version__}", *sorted((others | {plugin}) - {PROJECT})]
