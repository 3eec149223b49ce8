"""Plugins and catalogs of toy components, for tests of every package."""

from __future__ import annotations

import re
import textwrap

import genbench
from genbench import hookimpl
from genbench.catalog.catalog import catalog_of
from genbench.contract.hookspecs import HOOKS

#: A spec among the code of a plugin: a line, and those after it that are further to the right.
SPEC = re.compile(r"^(?:\*\()?\w+Spec\(.*(?:\n .*)*", re.MULTILINE)


class Plugin:
    """A plugin of some specs: each of its hooks returns those of one kind."""

    def __init__(self, specs):
        for hook, kind in HOOKS.items():
            if own := [spec for spec in specs if spec.kind == kind]:
                setattr(self, hook, hookimpl(lambda own=own: own))


def make_plugin(*specs):
    """Return a plugin of these specs."""
    return Plugin(specs)


def make_catalog(*specs, name="maker"):
    """Return the catalog of one plugin of these specs."""
    return catalog_of({name: Plugin(specs)})


def make_specs(kind, *makes, **fields):
    """Return a spec of this kind for each function or class, named after it, with the same fields."""
    return [kind(name=make.__name__.lower().replace("_", "-"), make=make, **fields) for make in makes]


def plugin_text(code):
    """Return the text of a plugin file of this code, with the imports that it needs and a hook for its specs.

    A spec is a line that begins with its class, or with a star before several in parentheses.
    """
    code = textwrap.dedent(code)
    names = [name for name in genbench.__all__ if name[0].isupper() and re.search(rf"\b{name}\b", code)]
    lines = [f"from genbench import {', '.join((*names, 'hookimpl'))}"]
    lines += ["from pathlib import Path"] * ("Path" in code) + ["import numpy as np"] * ("np." in code)
    lines.append(re.sub(SPEC, "", code))
    for hook, kind in HOOKS.items():
        if own := [spec for spec in re.findall(SPEC, code) if f"{kind.title()}Spec(" in spec]:
            lines.append(f"@hookimpl\ndef {hook}():\n    return [{', '.join(own)}]\n")
    return "\n".join(lines)
