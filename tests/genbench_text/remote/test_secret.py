"""A key is used, and never shown."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode
from urllib.parse import quote, urlencode

import pytest
from genbench_text.remote.secret import Secret

from genbench import SuiteError

KEY = "sk-Test-0123456789-abcdefghijklmnop"


@pytest.fixture
def secret(monkeypatch):
    monkeypatch.setenv("TEST_KEY", f"{KEY}\n")
    return Secret.of("TEST_KEY")


def test_a_key_is_the_content_of_a_variable_without_the_line_end_that_files_have(secret):
    assert secret.headers() == {"Authorization": f"Bearer {KEY}"}
    assert secret
    assert KEY not in repr(secret)


def test_without_a_variable_there_is_no_key():
    none = Secret.of(None)
    assert (bool(none), none.headers(), none.mask("any text"), none.is_in_json("any text")) == (
        False, {}, "any text", False,
    )  # fmt: skip


@pytest.mark.parametrize("content", [None, "", " ", "two words", "kéy", "a\nb"])
def test_a_variable_without_a_usable_key_is_refused_without_showing_it(content, monkeypatch):
    monkeypatch.delenv("TEST_KEY", raising=False)
    if content is not None:
        monkeypatch.setenv("TEST_KEY", content)
    with pytest.raises(SuiteError, match="the environment variable TEST_KEY, which key_env names") as refused:
        Secret.of("TEST_KEY")
    assert not content or content.strip() == "" or content not in str(refused.value)


@pytest.mark.parametrize("key", [KEY, "0123456789abcdef", "abcdef0123456789", ""])
def test_a_key_in_place_of_a_variables_name_is_not_repeated(key):
    with pytest.raises(SuiteError, match="key_env is no name of an environment variable") as refused:
        Secret.of(key)
    assert not key or key not in str(refused.value)


def test_a_key_and_pieces_of_it_are_masked(secret):
    assert secret.mask(f"no such key: {KEY}, sorry") == "no such key: …, sorry"
    assert secret.mask(f"no such key: {KEY[:12]}*****{KEY[-8:]}") == "no such key: …*****…"
    assert secret.mask(f"{KEY}{KEY}") == "…"
    assert secret.mask(f"it begins with {KEY[:7]}") == f"it begins with {KEY[:7]}"


ODD = "Key/with+odd&parts=ü ~ÿ>?>?>"


def forms(key):
    """Return forms of a key by name: what is written, and how many characters of it belong to others."""
    content = key.encode()
    return {
        "lower": (key.lower(), 0),
        "upper": (key.upper(), 0),
        "percent": (quote(key, safe=""), 0),
        "percent in lower case": (quote(key, safe="").lower(), 0),
        "all percent": ("".join(f"%{byte:02X}" for byte in content), 0),
        "form": (urlencode({"key": key}), 4),
        "base64": (b64encode(content).decode(), 3),
        "base64 in a URL": (urlsafe_b64encode(content).decode().rstrip("="), 1),
        "user": (b64encode(b"user:" + content).decode(), 7 + 3),
        "user and more": (b64encode(b"user:" + content + b" and more").decode(), 7 + 16),
        "one before": (b64encode(b"." + content).decode(), 2 + 3),
    }


@pytest.mark.parametrize("form", forms(""))
@pytest.mark.parametrize("key", [KEY, ODD])
def test_a_key_is_known_in_other_forms(key, form):
    written, others = forms(key)[form]
    secret = Secret(key)
    assert secret.is_in_json({"said": [f"it was {written}!"]})
    shown = secret.mask(f"it was {written}!")
    assert shown.startswith("it was ")
    assert shown.endswith("!")
    assert shown.count("…") == 1
    assert len(shown) - len("it was …!") <= others


def test_a_piece_of_a_key_is_masked_in_any_case_and_form(secret):
    assert secret.mask(f"wrong key {KEY[5:15].upper()}") == "wrong key …"
    assert secret.mask(f"wrong key {b64encode(KEY[6:15].encode()).decode()}") == "wrong key …"


def test_what_only_looks_like_a_key_is_shown(secret):
    for text in ("İ am ß, 100%25 of it", "sk-test", "c2stVGV", "%73%6b"):
        assert secret.mask(text) == text
        assert not secret.is_in_json(text)


def test_a_short_key_is_masked_in_messages_and_no_secret_in_samples(monkeypatch):
    monkeypatch.setenv("TEST_KEY", "EMPTY")
    secret = Secret.of("TEST_KEY")
    assert secret.mask("the key EMPTY is wrong") == "the key … is wrong"
    assert not secret.is_in_json("an EMPTY room")


@pytest.mark.parametrize("key", [KEY, 'of-"quotes"-and-\\backslashes'])
def test_a_whole_key_in_a_text_is_found(key, monkeypatch):
    monkeypatch.setenv("TEST_KEY", key)
    secret = Secret.of("TEST_KEY")
    assert secret.is_in_json({"é": [f"x{key}x"]})
    assert secret.is_in_json({key: 1})
    assert not secret.is_in_json([key[:-1]])
