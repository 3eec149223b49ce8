from __future__ import annotations

import pytest

from genbench import ModalitySpec, PluginError
from genbench.contract.modalities import CONTAINER_PARAMETERS
from genbench.core.containers import CONTAINERS


def test_the_containers_of_specs_are_those_of_samples():
    assert list(CONTAINER_PARAMETERS) == list(CONTAINERS)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"container": "dict"}, "container 'dict'; expected one of array, ragged, strings, frame"),
        ({"container": "array"}, "dtypes belong to the containers array and ragged; name some"),
        ({"container": "strings", "dtypes": ("int8",)}, "dtypes belong to the containers array and ragged"),
        ({"container": "array", "dtypes": ("int8",)}, "axes belong to the containers array and ragged"),
        ({"container": "frame", "axes": ("x",)}, "axes belong to the containers array and ragged; leave "),
        ({"container": "frame", "keeps_blank": True}, "keeps_blank belongs to the container strings"),
        ({"container": "strings", "make": lambda: None}, "another process cannot find it"),
    ],
)
def test_a_spec_that_contradicts_itself_is_refused(fields, message):
    with pytest.raises(PluginError, match=f"modality 'clip': .*{message}"):
        ModalitySpec(name="clip", **fields)


def test_a_modality_without_code_needs_a_container_alone():
    assert ModalitySpec(name="clip", container="strings").make == "builtins:object"
