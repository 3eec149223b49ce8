from __future__ import annotations

from pathlib import Path

import pytest
from toys import make_plugin

from genbench import DatasetSpec, GeneratorSpec, MetricSpec
from genbench.catalog.catalog import catalog_of
from genbench.core.errors import SuiteError
from genbench.suite.file import parse_suite
from genbench.suite.resolve import resolve_suite


def work(*, strength: int = 1): ...


def plugin(**controls):
    """Return a plugin with two datasets, a generator, a metric, and controls of the modalities given."""
    return make_plugin(
        DatasetSpec(name="dots", make=work),
        DatasetSpec(name="photos", make=work, modalities=("image",)),
        GeneratorSpec(name="good", make=work),
        *(GeneratorSpec(name=name, make=work, control="floor", modalities=kinds)
          for name, kinds in controls.items()),
        MetricSpec(name="gap", make=work),
    )  # fmt: skip


CATALOG = catalog_of({"genbench": plugin(top=(), flat=("image",), mute=("text",)), "other": plugin(rough=())})


def controls(extra="", *, dataset="genbench:dots", generator="genbench:good"):
    """Return the id and the reference of each control of a suite."""
    text = (
        f'name = "small"\nseeds = [0]\nn = 4\n{extra}\n[[dataset]]\nuse = "{dataset}"\n'
        f'[[generator]]\nuse = "{generator}"\n[[metric]]\nuse = "genbench:gap"\n'
    )
    suite = parse_suite(text, file="s.toml", folder=Path())
    return {part.name: part.component.reference for part in resolve_suite(suite, CATALOG).generators[1:]}


def test_the_controls_of_genbench_join_a_suite_without_a_list_and_no_others():
    assert controls() == {"flat": "genbench:flat", "mute": "genbench:mute", "top": "genbench:top"}
    assert list(controls(dataset="genbench:photos")) == ["flat", "top"]
    assert list(controls(generator="genbench:flat")) == ["mute", "top"]


def test_a_suite_lists_its_controls_or_has_none():
    assert controls('controls = ["genbench:top", "rough"]') == {"top": "genbench:top", "rough": "other:rough"}
    assert controls("controls = false") == controls("controls = []") == {}


def test_a_listed_control_may_have_a_name_and_options():
    text = """controls = ["rough", {use = "rough", name = "rougher", strength = 9}]"""
    assert controls(text) == {"rough": "other:rough", "rougher": "other:rough"}
    with pytest.raises(SuiteError, match=r"controls\[0\]\.strenght: rough has no option 'strenght'; did you"):
        controls('controls = [{use = "rough", strenght = 9}]')


@pytest.mark.parametrize(
    ("use", "message"),
    [
        ("other:good", r"^s.toml: controls\[0\]: other:good is no control; make it a \[\[generator\]\]"),
        ("rouhg", r"^s.toml: controls\[0\].use: no generator named 'rouhg'; did you mean 'rough'\?"),
    ],
)
def test_what_is_no_control_is_refused_with_its_key(use, message):
    with pytest.raises(SuiteError, match=message):
        controls(f'controls = ["{use}"]')
