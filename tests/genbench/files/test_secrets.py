"""Secrets of the environment are replaced wherever they stand, however a stream is cut."""

from __future__ import annotations

import base64
import json
import math
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genbench.files.process_settings import DECLARED
from genbench.files.secrets import REDACTED, Redactor, redact, secrets_in
from genbench.jobs.isolation.client import OutputLog

#: Its base64 holds a "+" and a "/" wherever it begins among three bytes, so both alphabets differ on it.
CANARY = "sk-canary/2f+7q=Zx9~>>>???~~~"

#: Each way in which a program may print a key, amid other text.
FORMS = {
    "as it stands": CANARY,
    "in quotes": repr(CANARY),
    "in JSON": json.dumps({"key": CANARY}),
    "base64": base64.b64encode(CANARY.encode()).decode(),
    "base64 for addresses": base64.urlsafe_b64encode(CANARY.encode()).decode(),
    "base64 behind a user's name": base64.b64encode(f"me:{CANARY}".encode()).decode(),
    "base64 behind a longer name": base64.b64encode(f"you:{CANARY}:and more".encode()).decode(),
    "base64 behind one letter": base64.b64encode(f"x{CANARY}".encode()).decode(),
    "in an address": f"https://host/?key={quote(CANARY, safe='')}",
    "in a path": quote(CANARY),
    "in a form": quote_plus(CANARY),
    "in a lower-case address": quote(CANARY, safe="")
    .replace("%2F", "%2f")
    .replace("%2B", "%2b")
    .replace("%3D", "%3d")
    .replace("%3E", "%3e")
    .replace("%3F", "%3f"),
    "all percent signs": "".join(f"%{byte:02X}" for byte in CANARY.encode()),
    "hexadecimal": CANARY.encode().hex(),
    "upper-case hexadecimal": CANARY.encode().hex().upper(),
}

#: Pieces of a key that none of the forms above lacks, found in none of them once it is replaced.
TRACES = ("canary", "2f+7q", "Y2FuYXJ5", "NhbmFye", "jYW5hcn", "63616e617279", "%63%61%6E")


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_secret_is_found_in_every_form(form):
    redactor = Redactor([CANARY])
    shown = redactor.text(f"before {form} after")
    assert shown.startswith("before ")
    assert shown.endswith(" after")
    assert REDACTED in shown
    assert not [trace for trace in TRACES if trace in shown]
    assert redactor.feed(f"before {form} after".encode()) + redactor.flush() == shown.encode()


@pytest.mark.parametrize("before", ["", "x", "me", "you", "user"])
@pytest.mark.parametrize("after", ["", "y", "zz", ":and more"])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_every_base64_character_that_only_the_secret_decides_is_replaced(before, after, encode):
    whole = encode(f"{before}{CANARY}{after}".encode()).decode()
    start, end = 8 * len(before), 8 * (len(before) + len(CANARY))  # bits; a character holds 6
    first, last = math.ceil(start / 6), end // 6
    assert Redactor([CANARY]).text(whole) == whole[:first] + REDACTED + whole[last:]


@pytest.mark.parametrize("form", ["as it stands", "all percent signs"])  # the shortest and the longest
def test_a_secret_is_replaced_whole_wherever_its_stream_is_cut(form):
    written, expected = FORMS[form], f"before {REDACTED} after".encode()
    for byte in range(len(written) + 1):
        redactor = Redactor([CANARY])
        found = redactor.feed(f"before {written[:byte]}".encode())
        assert expected.startswith(found)
        found += redactor.feed(f"{written[byte:]} after".encode()) + redactor.flush()
        assert found == expected


@pytest.mark.parametrize(
    ("name", "is_secret"),
    [
        ("OPENAI_API_KEY", True),
        ("HF_TOKEN", True),
        ("AWS_SECRET_ACCESS_KEY", True),
        ("PGPASSWORD", True),
        ("DB_PASSWD", True),
        ("GPG_PASSPHRASE", True),
        ("GOOGLE_CREDENTIALS", True),
        ("PROXY_AUTH", True),
        ("api_key", True),
        ("KEY2", True),
        ("SERVICE_TOKENS", True),
        ("TOKENIZERS_PARALLELISM", False),
        ("AUTHOR_NAME", False),
        ("KEYBOARD_LAYOUT", False),
        ("XAUTHORITY", False),
        ("PATH", False),
    ],
)
def test_the_name_of_a_variable_says_whether_it_holds_a_secret(name, is_secret):
    assert secrets_in({name: CANARY}) == ((CANARY,) if is_secret else ())


def test_a_variable_that_is_declared_holds_a_secret_whatever_its_name():
    environ = {"MINE": CANARY, "OTHER": "another value", "A_KEY": "beginning"}
    assert secrets_in(environ, ["MINE", "NOT_SET"]) == ("beginning", CANARY)


def test_short_values_are_no_secrets():
    assert secrets_in({"A_KEY": "1234567", "B_KEY": "", "C_KEY": "12345678"}) == ("12345678",)
    assert secrets_in({"MINE": "true"}, ["MINE"]) == ()


def test_each_line_of_a_secret_of_several_is_one():
    key = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\nshort\n-----END PRIVATE KEY-----\n"
    redactor = Redactor(secrets_in({"SIGNING_KEY": key}))
    assert redactor.text(f"it is {key}") == f"it is {REDACTED}"
    assert redactor.text("line MIIEvQIBADANBg of it, short") == f"line {REDACTED} of it, short"


def test_of_two_secrets_that_begin_alike_the_longer_is_replaced_whole():
    redactor = Redactor(["token-abcd", "token-abcd-efgh"])
    assert redactor.text("token-abcd-efgh token-abcd") == f"{REDACTED} {REDACTED}"


KEY = "sk-Test-0123456789-abcdefghijklmnop"
ODD = "Key/with+odd&parts=ü ~ÿ>?>?>"


def written_forms(key):
    """Return forms of a key by name: the text, and how many characters of it belong to others."""
    content = key.encode()
    return {
        "plain": (key, 0),
        "lower": (key.lower(), 0),
        "upper": (key.upper(), 0),
        "percent": (quote(key, safe=""), 0),
        "percent in lower case": (quote(key, safe="").lower(), 0),
        "all percent": ("".join(f"%{byte:02X}" for byte in content), 0),
        "form": (urlencode({"key": key}), 4),
        "base64": (base64.b64encode(content).decode(), 3),
        "base64 in a URL": (base64.urlsafe_b64encode(content).decode().rstrip("="), 1),
        "user": (base64.b64encode(b"user:" + content).decode(), 7 + 3),
        "user and more": (base64.b64encode(b"user:" + content + b" and more").decode(), 7 + 16),
        "one before": (base64.b64encode(b"." + content).decode(), 2 + 3),
    }


@pytest.mark.parametrize("form", written_forms(""))
@pytest.mark.parametrize("key", [KEY, ODD])
def test_a_whole_secret_is_found_in_any_case_and_form(key, form):
    written, others = written_forms(key)[form]
    redactor = Redactor([key])
    assert redactor.holds({"said": [f"it was {written}!"]})
    assert redactor.holds({written: 1})
    shown = redactor.pieces(f"it was {written}!")
    assert shown.startswith("it was ")
    assert shown.endswith("!")
    assert shown.count(REDACTED) == 1
    assert len(shown) - len(f"it was {REDACTED}!") <= others


def test_eight_characters_of_a_secret_are_replaced_and_seven_are_not():
    pieces = Redactor([KEY]).pieces
    assert pieces(f"no such key: {KEY[:12]}*****{KEY[-8:]}") == f"no such key: {REDACTED}*****{REDACTED}"
    assert pieces(f"{KEY}{KEY}") == REDACTED
    assert pieces(f"it begins with {KEY[:7]}") == f"it begins with {KEY[:7]}"
    assert pieces(f"wrong key {KEY[5:15].upper()}") == f"wrong key {REDACTED}"
    assert pieces(f"wrong key {base64.b64encode(KEY[6:15].encode()).decode()}") == f"wrong key {REDACTED}"


@pytest.mark.parametrize("text", ["İ am ß, 100%25 of it", "sk-test", "c2stVGV", "%73%6b", "", "736b2d"])
def test_text_that_only_looks_like_a_secret_stays(text):
    redactor = Redactor([KEY])
    assert redactor.pieces(text) == text
    assert not redactor.holds(text)


def test_a_part_of_a_secret_is_no_whole_one():
    assert not Redactor([KEY]).holds([KEY[:-1], KEY[1:]])
    assert Redactor(['of-"quotes"-and-\\backslashes']).holds({"é": ['xof-"quotes"-and-\\backslashesx']})


def test_values_of_every_depth_are_gone_through():
    redactor = Redactor([CANARY])
    value = {"a": [1, 2.5, None, True, f"x{CANARY}"], CANARY: ({"b": CANARY}, "plain")}
    assert redactor.value(value) == {
        "a": [1, 2.5, None, True, f"x{REDACTED}"],
        REDACTED: ({"b": REDACTED}, "plain"),
    }


def test_lists_of_other_classes_become_plain_ones():
    class Kept(list):
        def __init__(self, owner):
            super().__init__()

    kept = Kept("x")
    kept.append(CANARY)
    assert Redactor([CANARY]).value({"history": kept}) == {"history": [REDACTED]}


def test_without_secrets_nothing_changes_and_nothing_is_held_back():
    redactor = Redactor([])
    assert redactor.text(CANARY) == redactor.pieces(CANARY) == CANARY
    assert not redactor.holds(CANARY)
    assert redactor.feed(CANARY.encode()) == CANARY.encode()
    assert redactor.flush() == b""


def test_bytes_that_are_no_text_pass_and_such_secrets_are_found():
    redactor = Redactor(["caf\udce9-secret"])
    assert redactor.feed(b"\x00\xff caf\xe9-secret \xe9") + redactor.flush() == b"\x00\xff [redacted] \xe9"


def test_a_redactor_does_not_show_its_secrets():
    assert "canary" not in repr(Redactor([CANARY]))


def test_a_stream_is_not_held_back_longer_than_a_secret_can_be():
    redactor = Redactor([CANARY])
    most = 3 * len(CANARY)  # with percent signs
    given = b"x" * 10_000
    assert len(redactor.feed(given)) > len(given) - most


def test_what_this_process_knows_is_replaced(monkeypatch):
    monkeypatch.setenv("SERVICE_TOKEN", CANARY)
    monkeypatch.setenv("MINE", "another-secret")
    value = {"a": [f"{CANARY} another-secret", 1]}
    assert redact(value) == {"a": [f"{REDACTED} another-secret", 1]}
    monkeypatch.setenv(DECLARED, "OTHER,MINE")
    assert redact(value) == {"a": [f"{REDACTED} {REDACTED}", 1]}
    monkeypatch.delenv("SERVICE_TOKEN")
    assert redact(CANARY) == CANARY


def test_a_log_holds_no_secret_even_where_it_was_cut(tmp_path):
    log = OutputLog(tmp_path / "log", [CANARY])
    filling = b"x" * (512 * 1024 - 7)  # so that the head ends within a secret, and the tail begins within one
    for piece in (
        filling,
        CANARY[:5].encode(),
        CANARY[5:].encode(),
        *[b"y" * 65_536] * 40,
        CANARY.encode(),
        filling,
    ):
        log.write(piece)
    log.close()
    content = (tmp_path / "log").read_bytes()
    assert b"bytes were left out here" in content
    assert not [piece for piece in (CANARY[:4], CANARY[-4:]) if piece.encode() in content]


#: Texts of few letters, so that beginnings and ends of secrets are met often; none occurs in "[redacted]".
LETTERS = st.text("xyz-", max_size=60)
SECRETS = st.lists(st.text("xyz-", min_size=8, max_size=12), min_size=1, max_size=3)


@settings(max_examples=300)
@given(st.data(), SECRETS, st.lists(LETTERS, max_size=4))
def test_a_stream_is_cut_anywhere_without_a_difference(data, secrets, texts):
    places = data.draw(st.lists(st.sampled_from(secrets), max_size=4))
    whole = "".join(
        part for pair in zip([*texts, *[""] * 4], [*places, *[""] * 4], strict=False) for part in pair
    )
    expected = Redactor(secrets).text(whole)
    assert not [secret for secret in secrets if secret in expected]
    redactor, pieces, rest = Redactor(secrets), [], whole.encode()
    while rest:
        size = data.draw(st.integers(1, len(rest)))
        pieces.append(redactor.feed(rest[:size]))
        rest = rest[size:]
    assert b"".join(pieces) + redactor.flush() == expected.encode()
    assert redactor.flush() == b""
