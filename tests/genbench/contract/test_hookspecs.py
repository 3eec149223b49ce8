from __future__ import annotations

import inspect

import pluggy
import pytest

from genbench.contract import hookspecs
from genbench.contract.hookspecs import HOOKS, PROJECT, hookimpl


def test_the_hooks_are_the_ones_that_are_declared():
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(hookspecs)
    assert set(vars(manager.hook)) == set(HOOKS)


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_takes_nothing_and_is_described(hook):
    declared = getattr(hookspecs, hook)
    assert not inspect.signature(declared).parameters
    assert declared.__doc__


def test_hooks_are_named_after_the_kind_of_what_they_return():
    plurals = {hook: f"genbench_{kind}s".replace("ys", "ies") for hook, kind in HOOKS.items()}
    assert plurals == {hook: hook for hook in HOOKS}


def test_a_decorated_function_is_found_by_its_name():
    class Plugin:
        @hookimpl
        def genbench_metrics(self):
            return ["spec"]

    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(hookspecs)
    manager.register(Plugin())
    assert manager.hook.genbench_metrics() == [["spec"]]
