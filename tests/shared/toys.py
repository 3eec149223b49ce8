"""Plugins and catalogues of toy components, for tests of every package."""

from __future__ import annotations

from genbench import hookimpl
from genbench.catalog.catalog import catalog_of
from genbench.contract.hookspecs import HOOKS


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
    """Return the catalogue of one plugin of these specs."""
    return catalog_of({name: Plugin(specs)})


def make_specs(kind, *makes, **fields):
    """Return a spec of this kind for each function or class, named after it, with the same fields."""
    return [kind(name=make.__name__.lower().replace("_", "-"), make=make, **fields) for make in makes]
