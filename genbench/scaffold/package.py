"""A plugin package for one component, written from the templates of its kind."""

from __future__ import annotations

import json
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genbench._version import __version__
from genbench.contract.hookspecs import PROJECT
from genbench.core.errors import ResultsError
from genbench.scaffold.names import unused_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jinja2 import Environment

    from genbench.scaffold.names import PackageNames

__all__ = ["KINDS", "render_package", "write_package"]

_TEMPLATES = Path(__file__).with_name("templates")

#: The kinds of components that have templates, in the order of the documentation.
KINDS = ("metric", "generator", "dataset", "extractor", "modality", "fault", "executor", "listener")


def render_package(kind: str, names: PackageNames, *, author: str | None = None) -> dict[str, str]:
    """Return the files of a package by their paths in its folder; `author` is "Name" or "Name <address>"."""
    environment = _environment()
    template = environment.get_template(f"{kind}/plugin.jinja")
    used = set(re.findall(r"\w+", template.render(_context(kind, names, author, "", ""))))
    function = unused_name(names.component, kind, used)
    title = unused_name(names.component.title().replace("-", ""), kind.title(), used)
    context = _context(kind, names, author, function, title)
    code = template.render(context)
    context |= {"requirements": _requirements(code)}
    files = {f"{names.module}.py": code}
    for place in sorted((_TEMPLATES / "package").rglob("*.jinja")):
        path = place.relative_to(_TEMPLATES / "package").as_posix()
        files[path.removesuffix(".jinja")] = environment.get_template(f"package/{path}").render(context)
    tests = environment.get_template(f"{kind}/test.jinja").render(context)
    return files | {f"tests/test_{names.module}.py": tests}


def write_package(folder: Path, names: PackageNames, files: Mapping[str, str]) -> Path:
    """Write the files of a package to a new folder inside `folder`, and return it.

    Raises ResultsError if the new folder exists, or cannot be written.
    """
    package = folder / names.distribution
    try:
        package.mkdir(parents=True)
        for path, text in files.items():
            (package / path).parent.mkdir(parents=True, exist_ok=True)
            (package / path).write_text(text, encoding="utf-8")
    except FileExistsError:
        raise ResultsError(
            f"{package} exists, and is not overwritten; choose another name or --folder"
        ) from None
    except OSError as error:
        raise ResultsError(f"{package} cannot be written: {error.strerror or error}") from error
    return package


def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(  # noqa: S701 - it writes Python and TOML, not HTML
        loader=FileSystemLoader(_TEMPLATES), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True,
    )  # fmt: skip
    environment.filters["quoted"] = lambda text: json.dumps(text, ensure_ascii=False)
    return environment


def _context(kind: str, names: PackageNames, author: str | None, function: str, title: str) -> dict[str, Any]:
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


def _requirements(code: str) -> list[str]:
    """Return the distributions that a module imports, genbench first."""
    modules = set(re.findall(r"^(?:from|import) (\w+)", code, re.MULTILINE)) - {PROJECT}
    others = sorted(module.replace("_", "-") for module in modules - sys.stdlib_module_names)
    return [f"{PROJECT}>={__version__}", *others]
