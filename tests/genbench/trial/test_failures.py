from __future__ import annotations

import signal
from pathlib import Path

import pytest

from genbench import GeneratorSpec
from genbench.catalog.catalog import Component, Owner
from genbench.core.errors import Absent, DataError, Invalid, ResultsError, Undefined
from genbench.trial.failures import (
    BlameError,
    NotRetriedError,
    blame,
    clean_line,
    is_provisional,
    read_outcome,
)

COMPONENT = Component(GeneratorSpec(name="cloud", make="cloud:fit"), Owner("maker", "1", "maker", "cloud"))


def outcome(error):
    with pytest.raises(BlameError) as caught, blame(COMPONENT):
        raise error
    return read_outcome(caught.value)


@pytest.mark.parametrize(
    ("error", "status", "reason"),
    [
        (Undefined("n = 1"), "skipped", "n = 1"),
        (Absent("install it"), "skipped", "install it"),
        (Invalid("expected 3, got 4"), "invalid", "maker:cloud: expected 3, got 4"),
        (ValueError("no luck"), "error", "maker:cloud: ValueError: no luck"),
        (ZeroDivisionError(), "error", "maker:cloud: ZeroDivisionError"),
        (DataError("x.npz: torn"), "error", "maker:cloud: DataError: x.npz: torn"),
        (MemoryError(), "memory", "maker:cloud: MemoryError"),
        (MemoryError("8 GiB"), "memory", "maker:cloud: MemoryError: 8 GiB"),
        (SystemExit(4), "error", "maker:cloud: called sys.exit(4)"),
        (SystemExit(), "error", "maker:cloud: called sys.exit(None)"),
        (ValueError("one\ntwo"), "error", "maker:cloud: ValueError: one"),
    ],
)
def test_what_a_component_raises_becomes_a_status_and_a_reason(error, status, reason):
    assert outcome(error) == (status, reason)


def test_work_that_is_not_tried_again_has_the_outcome_of_its_process():
    assert read_outcome(NotRetriedError(COMPONENT, "memory", "it was killed")) == ("memory", "it was killed")


def test_only_what_is_not_installed_may_be_found_by_a_later_run():
    assert is_provisional(Absent("install it"))
    assert not is_provisional(Undefined("n = 1"))
    for error, expected in ((Absent("install it"), True), (Undefined("n = 1"), False), (OSError(), False)):
        with pytest.raises(BlameError) as caught, blame(COMPONENT):
            raise error
        assert is_provisional(caught.value) == expected


def test_what_nobody_is_to_blame_for_has_no_name_in_front():
    assert read_outcome(Undefined("the dataset has no train split")) == (
        "skipped", "the dataset has no train split",
    )  # fmt: skip
    assert read_outcome(Invalid("asks for too much")) == ("invalid", "asks for too much")


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ResultsError("the disk is full"), GeneratorExit()])
def test_what_is_not_a_components_failure_passes(error):
    with pytest.raises(type(error)), blame(COMPONENT):
        raise error


def test_an_interrupt_is_the_component_s_own_where_interrupts_are_ignored():
    """As in a run that a shell started in the background: no key can have been pressed."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        assert outcome(KeyboardInterrupt()) == ("error", "maker:cloud: KeyboardInterrupt")
    finally:
        signal.signal(signal.SIGINT, before)


def test_the_first_to_be_blamed_stays_to_blame():
    other = Component(GeneratorSpec(name="other", make="x:y"), COMPONENT.owner)
    with pytest.raises(BlameError) as caught, blame(other), blame(COMPONENT):
        raise ValueError("no luck")
    assert read_outcome(caught.value)[1].startswith("maker:cloud: ")


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("", ""),
        ("\n\n  first  \nsecond", "first"),
        ("a\rb", "a"),
        ("a\u2028b", "a"),
        ("<object at 0x7f00deadbeef> and 0xdeadbeef", "<object at 0x…> and 0x…"),
        ("mask 0xff", "mask 0xff"),
        ("No such file: '/home/somebody/data/x.npz'", "No such file: 'x.npz'"),
        ("/home/somebody/data/x.npz and /tmp/y.npz", "x.npz and y.npz"),
        ("~/data/x.npz", "x.npz"),
        ("~/x.npz:3: bad", "x.npz:3: bad"),
        ("no '/home/Jane Doe/data/x y.npz' here", "no 'x y.npz' here"),
        (f"{Path.home()}/a/b.txt is gone", "b.txt is gone"),
        ("see https://example.org/a/b", "see https://example.org/a/b"),
        ("weights/x.npz", "weights/x.npz"),
        ("./weights/x.npz", "./weights/x.npz"),
        ("1/2 of n/m", "1/2 of n/m"),
        ("expected 3 / 4", "expected 3 / 4"),
        ("unknown token </s>", "unknown token </s>"),
        ("<b>bold</b><br/>, '</s>', [/INST] and /think", "<b>bold</b><br/>, '</s>', [/INST] and /think"),
        ("'/> and </s>'", "'/> and </s>'"),
        ("Errors in X:\n\n\tsize mismatch\nsecond", "Errors in X: size mismatch"),
        ("Errors in X:", "Errors in X:"),
        ("\x1b[1mdo this\x1b[0m\nthen that", "do this"),
        (f"<file {Path.home()}/a/b.txt> and </home/somebody/c.txt></s>", "<file b.txt> and <c.txt></s>"),
    ],
)  # fmt: skip
def test_a_reason_is_one_line_without_addresses_and_folders(text, plain):
    assert clean_line(text) == plain


def test_a_reason_has_at_most_300_characters():
    assert clean_line("a" * 300) == "a" * 300
    assert clean_line("a" * 301) == "a" * 299 + "…"
    assert len(clean_line("ä" * 10_000)) == 300


@pytest.mark.parametrize("text", ["torn name \udcff.npz", "\ud800"])
def test_a_reason_can_be_written_as_utf_8(text):
    assert clean_line(text).encode("utf-8").decode("utf-8") == clean_line(text) != ""
