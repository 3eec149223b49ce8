"""A subject is found by name, and has small data, random streams and shared work."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from toys import plugin_text

from genbench.checks.conformance.checks import CheckFailed, CheckSkipped, NotTried
from genbench.checks.conformance.subject import Case, open_subject
from genbench.core.errors import PluginError, SuiteError
from genbench.core.samples import content_hash, digests
from genbench.trial.failures import BlameError

CODE = plugin_text("""
def plain(train, *, size: int = 3):
    return None

def reading(train, *, path: Path):
    return None

GeneratorSpec(name="plain", make=plain, modalities=("vector",))
GeneratorSpec(name="reading", make=reading, modalities=("vector",))
GeneratorSpec(name="hidden", make=plain, needs={"no_such_module": "no-such"})
""")


@pytest.fixture
def subject(written):
    return written(CODE, "generator", "plain", "genbench:vector")


def test_a_component_that_no_plugin_has_is_refused():
    with pytest.raises(LookupError, match="0 components are generator genbench:nothing"):
        open_subject(Case(kind="generator", reference="genbench:nothing"))


def test_the_sides_are_disjoint_labelled_thirds_of_the_example(subject):
    assert set(subject.sides) == {"train", "test", "held_out"}
    assert all(15 <= len(side) <= 25 and side.labels is not None for side in subject.sides.values())
    keys = [key for side in subject.sides.values() for key in digests(side)]
    assert len(set(keys)) == len(keys)


def test_an_example_depends_on_its_key_alone_and_cannot_be_changed(subject):
    first, same, other = subject.example(9), subject.example(9), subject.example(9, "other")
    assert content_hash(first) == content_hash(same) != content_hash(other)
    with pytest.raises(ValueError, match="read-only"):
        first.data[0] = 0


def test_a_stream_depends_on_its_key_and_on_the_component(subject, written):
    other = written(CODE, "generator", "reading", "genbench:vector")
    draws = [
        who.rng(*key).random() for who, key in ((subject, "a"), (subject, "a"), (subject, "b"), (other, "a"))
    ]
    assert draws[0] == draws[1]
    assert len(set(draws)) == 3


def test_a_component_without_a_modality_skips_what_needs_one(written):
    subject = written(CODE, "generator", "plain")
    with pytest.raises(CheckSkipped, match="has an `example`"):
        _ = subject.sides


def test_options_are_checked_and_filled_in(subject, written):
    assert subject.part.options == {"size": 3}
    assert written(CODE, "generator", "plain", size=5).part.options == {"size": 5}
    with pytest.raises(SuiteError, match="has no option 'sizes'"):
        _ = written(CODE, "generator", "plain", sizes=5).part


def test_a_relative_path_is_relative_to_the_folder_of_the_case(written, tmp_path):
    (tmp_path / "data.txt").write_text("text")
    subject = written(CODE, "generator", "reading", path="data.txt")
    assert subject.part.options == {"path": tmp_path / "data.txt"}
    assert Case(kind="generator", reference="x").folder == Path.cwd()


@pytest.mark.parametrize(
    ("name", "reason", "command"),
    [
        ("reading", "the option 'path' has no default", "genbench check 'reading path=…' --plugin "),
        ("hidden", "it needs 'no_such_module'", "pip install 'no-such'"),
    ],
)
def test_what_a_component_lacks_is_why_it_is_not_tried(written, name, reason, command):
    with pytest.raises(NotTried) as lack:
        _ = written(CODE, "generator", name).part
    assert lack.value.seen == reason
    assert lack.value.fix.startswith(command)


def test_a_broken_contract_is_an_error_of_the_plugin(written, changed):
    with pytest.raises(PluginError, match="has no annotation"):
        _ = written(changed(CODE, "size: int", "size"), "generator", "plain").part


def test_a_call_blames_the_component_and_notes_what_it_changes(subject):
    with subject.isolate_call("fit"):
        np.random.random()  # noqa: NPY002 - the global stream is meant
    assert [notice.text for notice in subject.notices] == ["used numpy's global random state"]
    with pytest.raises(BlameError), subject.isolate_call("fit"):
        raise ValueError("wrong")


def test_equal_keys_give_equal_arguments_to_a_call(subject):
    first, same, other = (
        subject.make_arguments("fit"),
        subject.make_arguments("fit"),
        subject.make_arguments("draw"),
    )
    assert first["device"] == "cpu"
    assert first["rng"].random() == same["rng"].random() != other["rng"].random()


def test_work_is_done_once_for_a_name(subject):
    made = []
    assert subject.get_or_compute("a", lambda: made.append(1) or "first") == "first"
    assert subject.get_or_compute("a", lambda: made.append(1) or "second") == "first"
    assert subject.get_or_compute("b", lambda: "other") == "other"
    assert made == [1]


def test_what_a_check_raises_within_a_call_is_no_error_of_the_component(subject):
    with pytest.raises(CheckFailed, match="too few"), subject.isolate_call("fit"):
        raise CheckFailed("too few")
