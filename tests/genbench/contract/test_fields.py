"""Fields of specs that an author misspells, leaves out or passes by position."""

from __future__ import annotations

import inspect
import pickle
from dataclasses import dataclass, replace

import pytest

from genbench import MetricSpec, Output, PluginError, Protocol
from genbench.contract.specs import Spec, check_fields

CLASSES = (*Spec.__subclasses__(), Output, Protocol)


@check_fields
@dataclass(frozen=True, kw_only=True)
class Sample:
    name: str
    size: int = 1


@pytest.mark.parametrize("cls", CLASSES)
def test_an_unknown_field_is_named_with_the_nearest_one(cls):
    message = rf"^{cls.__name__} has no field 'sumary'; did you mean 'summary'\?$"
    with pytest.raises(PluginError, match=message):
        cls(name="x", sumary="")


def test_a_field_that_resembles_none_is_answered_with_all():
    with pytest.raises(PluginError, match=r"^Sample has no field 'zzz'; expected one of name, size$"):
        Sample(name="x", zzz=1)


def test_a_missing_field_and_a_value_without_a_name_are_said():
    with pytest.raises(PluginError, match=r"^Sample needs the field 'name'$"):
        Sample(size=2)
    with pytest.raises(PluginError, match=r"^Sample takes its fields by name: name=…$"):
        Sample("x")
    with pytest.raises(PluginError, match=r"^MetricSpec needs the field 'make'$"):
        MetricSpec(name="x")


def test_everything_else_is_as_for_any_dataclass():
    made = Sample(name="x")
    assert replace(made, size=3) == Sample(name="x", size=3)
    assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301 - our own bytes
    assert str(inspect.signature(Sample)) == "(*, name: 'str', size: 'int' = 1) -> None"
