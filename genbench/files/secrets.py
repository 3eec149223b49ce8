"""Redaction of the environment's secrets in logs, reasons and values.

A secret is the value of a variable whose name says so, such as HF_TOKEN or OPENAI_API_KEY, or of a declared
variable. It is found in plain text and in the forms in which programs print it: base64, alone or inside other
encoded text, percent-encoded as in URLs, hexadecimal, and escaped as in JSON and Python.
"""

from __future__ import annotations

import functools
import itertools
import json
import os
import re
from base64 import b64encode
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote, quote_plus

from genbench.files.process_settings import DECLARED, is_secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["REDACTED", "Redactor", "redact", "secrets_in"]

_Value = TypeVar("_Value")

#: Replaces a secret.
REDACTED = "[redacted]"

_SHORTEST = 8  # characters; shorter values such as "1", "true" and "EMPTY" would match everywhere
_PLAIN = re.compile(rb"[A-Za-z0-9_.~-]+")  # characters that URLs, JSON and Python do not escape
_URL_SAFE = str.maketrans("+/", "-_")


def secrets_in(environ: Mapping[str, str], declared: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the secrets among environment variables, sorted, each once.

    declared  names of further variables with secrets

    A value of fewer than 8 characters is no secret. Each line of a multi-line value is a secret too, since an
    error message in a record is one line.
    """
    named = set(declared)
    values = {value for name, value in environ.items() if name in named or is_secret(name)}
    secrets = values | {line.strip() for value in values for line in value.splitlines()}
    return tuple(sorted(secret for secret in secrets if len(secret) >= _SHORTEST))


def redact(value: _Value) -> _Value:
    """Return a text or JSON-like value with "[redacted]" for each secret in this process's environment.

    The environment variable GENBENCH_SECRETS names further variables with secrets; see `secrets_in`.
    """
    declared = os.environ.get(DECLARED, "").split(",")
    clean: _Value = _make_redactor(secrets_in(os.environ, declared)).value(value)
    return clean


class Redactor:
    """Replaces secrets in texts and JSON-like values, and in a stream of bytes that arrives in pieces.

    A value of fewer than 8 characters is no secret, and is not replaced.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        """Compile the patterns that find the secrets, plain and encoded, in texts and in bytes."""
        forms = {form for secret in secrets for form in _list_forms(secret)}
        # Longest first, since a pattern takes the first alternative that matches.
        self._text_forms = sorted(forms, key=lambda form: (-len(form), form))
        self._byte_forms = sorted(
            {form.encode("utf-8", "surrogateescape") for form in forms}, key=lambda form: (-len(form), form)
        )
        # without secrets, these patterns would match everywhere: the methods then leave them out
        self._text_pattern = re.compile("|".join(map(re.escape, self._text_forms)))
        self._byte_pattern = re.compile(b"|".join(map(re.escape, self._byte_forms)))
        # Data without any of these parts have no form of a secret; see `_find_common_part`.
        self._common_parts = sorted(set(map(_find_common_part, self._byte_forms)))
        self._buffer = b""

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self._text_forms)} forms>"

    def text(self, text: str) -> str:
        """Return a text with "[redacted]" for each secret.

        Call it before you shorten the text, since it does not find a part of a secret.
        """
        if not any(form in text for form in self._text_forms):  # far faster than the combined pattern
            return text
        return self._text_pattern.sub(REDACTED, text)

    def value(self, value: Any) -> Any:
        """Return a JSON-like value with the secrets in all texts and keys replaced."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.value(key): self.value(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            plain = [self.value(item) for item in value]
            return tuple(plain) if isinstance(value, tuple) else plain
        return value

    def pieces(self, text: str) -> str:
        """Return a text with "[redacted]" for any 8 consecutive characters of a secret, ignoring case.

        For error messages of programs and servers, which may quote a part of a key.
        """
        folded, is_hidden_at = _fold_case(text), [False] * len(text)
        for at in range(len(text) - _SHORTEST + 1):
            if folded[at : at + _SHORTEST] in self._windows:
                is_hidden_at[at : at + _SHORTEST] = [True] * _SHORTEST
        # Runs of characters that are all hidden or all shown; a hidden run becomes one "[redacted]".
        runs = itertools.groupby(zip(is_hidden_at, text, strict=True), key=lambda pair: pair[0])
        return "".join(REDACTED if is_hidden else "".join(char for _, char in run) for is_hidden, run in runs)

    def holds(self, value: Any) -> bool:
        """Return whether a JSON-like value contains a secret in full: plain or encoded, ignoring case."""
        text = _fold_case(json.dumps(value, ensure_ascii=False))
        return any(_fold_case(form) in text for form in self._text_forms)

    def feed(self, piece: bytes) -> bytes:
        """Take the next `piece` of a stream, and return the bytes that can be printed so far, redacted.

        The last bytes, fewer than the longest form of a secret has, are buffered, since a secret may begin in
        them; `flush` returns the buffer at the end of the stream.
        """
        if not self._byte_forms:
            return piece
        data = self._buffer + piece
        longest = len(self._byte_forms[0])  # they are sorted, the longest first
        done, self._buffer = self._replace_secrets(data, max(0, len(data) - longest + 1))
        return done

    def flush(self) -> bytes:
        """Return the end of the stream, which `feed` buffered, redacted; the next piece begins a new one."""
        data, self._buffer = self._buffer, b""
        return self._replace_secrets(data, len(data))[0] if data else b""

    @functools.cached_property
    def _windows(self) -> frozenset[str]:
        """All 8-character substrings of the forms in which programs print the secrets, in lower case."""
        starts = ((form, at) for form in self._text_forms for at in range(len(form) - _SHORTEST + 1))
        return frozenset(_fold_case(form[at : at + _SHORTEST]) for form, at in starts)

    def _replace_secrets(self, data: bytes, stop: int) -> tuple[bytes, bytes]:
        """Return (clean, rest): the data up to `stop`, with secrets replaced, and the data that follow.

        stop  the position from which on a secret may continue in the next piece of the stream; a secret that
              begins before it is replaced as a whole, and the rest begins after it
        """
        # Each form of a secret contains one of these parts; this is far faster than the combined pattern.
        if not any(part in data for part in self._common_parts):
            return data[:stop], data[stop:]
        clean, at = [], 0
        for match in self._byte_pattern.finditer(data):
            if match.start() >= stop:
                break
            clean += [data[at : match.start()], REDACTED.encode("ascii")]
            at = match.end()
        end = max(at, stop)
        return b"".join([*clean, data[at:end]]), data[end:]


@functools.lru_cache(maxsize=8)  # the environment of a process hardly changes
def _make_redactor(secrets: tuple[str, ...]) -> Redactor:
    """Return the redactor of these secrets, cached since each one compiles patterns."""
    return Redactor(secrets)


def _list_forms(secret: str) -> Iterator[str]:
    """Yield the forms in which programs print a secret, itself included, of at least 8 characters each.

    Shorter forms would match other text. The forms are plain, percent-encoded as in URLs, hexadecimal,
    escaped as in JSON and Python, and base64.
    """
    content = secret.encode("utf-8", "surrogateescape")
    percent = [quote(content, safe=""), quote(content), quote_plus(content)]
    pairs = [f"{byte:02x}" for byte in content]
    hexadecimal = ["%" + "%".join(pairs), "".join(pairs)]
    # Without the quotes in which JSON and Python write a text.
    escaped = [json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1], repr(secret)[1:-1]]
    percent_lower = [re.sub("%..", lambda match: match[0].lower(), text) for text in percent]
    forms = [
        secret,
        *percent,
        *percent_lower,
        *hexadecimal,
        *map(str.upper, hexadecimal),
        *escaped,
        *_list_base64_forms(content),
    ]
    return (form for form in forms if len(form) >= _SHORTEST)


def _fold_case(text: str) -> str:
    """Return a text in lower case, of the same length: a letter whose lower case has two characters stays.

    So a position in the result is the same position in the text.
    """
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


def _find_common_part(form: bytes) -> bytes:
    """Return the longest part of a secret's form that no encoding escapes, or the form if that part is short.

    Many forms of one secret contain the same part, so data without this part contain none of these forms.
    """
    plain = max(_PLAIN.findall(form), key=len, default=b"")
    return plain if len(plain) >= _SHORTEST else form


def _list_base64_forms(content: bytes) -> Iterator[str]:
    """Yield the base64 forms of bytes, alone or inside other bytes, in both alphabets.

    Base64 encodes three bytes as four characters, so there is one form for each offset modulo 3. Characters
    that depend on neighbouring bytes are left out.
    """
    for before in range(3):
        encoded = b64encode(bytes(before) + content).rstrip(b"=").decode("ascii")
        # A character has 6 bits. The first and the last one may share theirs with a neighbouring byte, so the
        # beginning is rounded up, by two minus signs, and the end down.
        characters = encoded[-(-before * 8 // 6) : (before + len(content)) * 8 // 6]
        yield from (characters, characters.translate(_URL_SAFE))
