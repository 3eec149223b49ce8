"""A key is used, and never shown."""

from __future__ import annotations

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
    assert (bool(none), none.headers(), none.is_in_json("any text")) == (False, {}, False)
    assert none.redactor.pieces("any text") == "any text"


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


def test_a_key_and_pieces_of_it_are_removed_from_messages(secret):
    assert secret.redactor.pieces(f"no such key: {KEY}, sorry") == "no such key: [redacted], sorry"
    assert secret.redactor.pieces(f"no such key: {KEY[:12]}***") == "no such key: [redacted]***"


@pytest.mark.parametrize("key", ["EMPTY", "0123456789abcde"])
def test_a_short_key_may_stand_in_samples(key, monkeypatch):
    monkeypatch.setenv("TEST_KEY", key)
    assert not Secret.of("TEST_KEY").is_in_json(f"an {key} room")


@pytest.mark.parametrize("key", [KEY, 'of-"quotes"-and-\\backslashes'])
def test_a_whole_key_in_a_text_is_found(key, monkeypatch):
    monkeypatch.setenv("TEST_KEY", key)
    secret = Secret.of("TEST_KEY")
    assert secret.is_in_json({"é": [f"x{key}x"]})
    assert secret.is_in_json({key: 1})
    assert secret.is_in_json([key.upper()])
    assert not secret.is_in_json([key[:-1]])
