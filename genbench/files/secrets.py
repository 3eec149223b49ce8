"""Keeping secrets of the environment out of what a run leaves behind: logs, reasons, values.

A secret is the value of a variable whose name says so, HF_TOKEN or OPENAI_API_KEY, or of one that was
declared. It is found as it stands and in the forms in which programs print it: as base64, by itself or amid
other text, with percent signs as in an address, in hexadecimal, and escaped as in JSON and Python.
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

from genbench.files.process_env import is_secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["DECLARED", "REDACTED", "Redactor", "redacted", "secrets_in"]

_Value = TypeVar("_Value")

#: What stands in place of a secret.
REDACTED = "[redacted]"

#: The variable that names those that hold secrets though their names do not say so.
DECLARED = "GENBENCH_SECRETS"

_SHORTEST = 8  # characters: "1", "true" and "EMPTY" are no secrets, and would be found everywhere
_PLAIN = re.compile(rb"[A-Za-z0-9_.~-]+")  # what stays as it is in addresses, JSON and Python
_URL_SAFE = str.maketrans("+/", "-_")


def secrets_in(environ: Mapping[str, str], declared: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the secrets among environment variables, sorted, each once.

    declared  names of variables that hold secrets though their names do not say so

    A value of fewer than 8 characters is no secret. Each line of one that has several counts, too: a reason
    is one line.
    """
    named = set(declared)
    values = {value for name, value in environ.items() if name in named or is_secret(name)}
    parts = values | {line.strip() for value in values for line in value.splitlines()}
    return tuple(sorted(part for part in parts if len(part) >= _SHORTEST))


def redacted(value: _Value) -> _Value:
    """Return a text or JSON-like value without the secrets of this process's environment.

    They are those of `secrets_in`, where GENBENCH_SECRETS holds the names of declared variables, parted by
    commas.
    """
    declared = os.environ.get(DECLARED, "").split(",")
    found: _Value = _redactor(secrets_in(os.environ, declared)).value(value)
    return found


class Redactor:
    """Replaces secrets: in texts and JSON-like values, and in one stream of bytes, however it is cut.

    A secret of fewer than 8 characters is none, and stays.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form for secret in secrets for form in _forms(secret)}
        self._texts = sorted(forms, key=lambda form: (-len(form), form))
        self._bytes = sorted(
            {form.encode("utf-8", "surrogateescape") for form in forms}, key=lambda form: (-len(form), form)
        )
        self._text_pattern = re.compile("|".join(map(re.escape, self._texts)))
        self._byte_pattern = re.compile(b"|".join(map(re.escape, self._bytes)))
        self._probes = sorted(set(map(_probe, self._bytes)))
        self._held = b""

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self._texts)} forms>"

    def text(self, text: str) -> str:
        """Return a text in which "[redacted]" stands for each secret; call it before anything is cut off."""
        if not any(form in text for form in self._texts):
            return text
        return self._text_pattern.sub(REDACTED, text)

    def value(self, value: Any) -> Any:
        """Return a JSON-like value with all its texts and keys so replaced."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.value(key): self.value(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            plain = [self.value(item) for item in value]
            return tuple(plain) if isinstance(value, tuple) else plain
        return value

    def pieces(self, text: str) -> str:
        """Return a text in which "[redacted]" replaces any 8 characters in a row of a secret, in any case.

        For what an outside program or server says of a key that it refuses: it may repeat a part of it.
        """
        folded, hidden = _folded(text), [False] * len(text)
        for at in range(len(text) - _SHORTEST + 1):
            if folded[at : at + _SHORTEST] in self._windows:
                hidden[at : at + _SHORTEST] = [True] * _SHORTEST
        runs = itertools.groupby(zip(hidden, text, strict=True), key=lambda pair: pair[0])
        return "".join(REDACTED if is_hidden else "".join(char for _, char in run) for is_hidden, run in runs)

    def holds(self, value: Any) -> bool:
        """Return whether a JSON-like value holds a whole secret in one of its forms, in any case."""
        whole = _folded(json.dumps(value, ensure_ascii=False))
        return any(_folded(form) in whole for form in self._texts)

    def feed(self, piece: bytes) -> bytes:
        """Return what is known of the stream after its next `piece`, without secrets.

        What may be the beginning of a secret is held back, fewer bytes than the longest form of one; `flush`
        returns it when the stream has ended.
        """
        if not self._bytes:
            return piece
        data = self._held + piece
        longest = len(self._bytes[0])
        done, kept = self._replaced(data, max(0, len(data) - longest + 1))
        self._held = kept
        return done

    def flush(self) -> bytes:
        """Return what was held back, without secrets; the next piece begins another stream."""
        data, self._held = self._held, b""
        return self._replaced(data, len(data))[0] if data else b""

    @functools.cached_property
    def _windows(self) -> frozenset[str]:
        """All 8 characters in a row of the forms, in lower case."""
        ends = ((form, at + _SHORTEST) for form in self._texts for at in range(len(form) - _SHORTEST + 1))
        return frozenset(_folded(form[end - _SHORTEST : end]) for form, end in ends)

    def _replaced(self, data: bytes, decided: int) -> tuple[bytes, bytes]:
        """Return data with the secrets replaced that begin before `decided`, and what follows both."""
        if not any(probe in data for probe in self._probes):  # far faster than to look for all at once
            return data[:decided], data[decided:]
        parts, at = [], 0
        for found in self._byte_pattern.finditer(data):
            if found.start() >= decided:
                break
            parts += [data[at : found.start()], REDACTED.encode("ascii")]
            at = found.end()
        end = max(at, decided)
        return b"".join([*parts, data[at:end]]), data[end:]


@functools.lru_cache(maxsize=8)
def _redactor(secrets: tuple[str, ...]) -> Redactor:
    return Redactor(secrets)


def _forms(secret: str) -> Iterator[str]:
    """Yield what a secret may look like; forms that are too short to be told from other text are left out."""
    content = secret.encode("utf-8", "surrogateescape")
    percent = [quote(content, safe=""), quote(content), quote_plus(content)]
    pairs = [f"{byte:02x}" for byte in content]
    every = ["%" + "%".join(pairs), "".join(pairs)]
    escaped = [json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1], repr(secret)[1:-1]]
    folded = [re.sub("%..", lambda pair: pair[0].lower(), text) for text in percent]
    found = [secret, *percent, *folded, *every, *map(str.upper, every), *escaped, *_base64(content)]
    return (form for form in found if len(form) >= _SHORTEST)


def _folded(text: str) -> str:
    """Return a text in lower case, character by character, so that each stays in its place."""
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


def _probe(form: bytes) -> bytes:
    """Return the part of a form that is looked for first: the forms of one secret have it in common."""
    part = max(_PLAIN.findall(form), key=len, default=b"")
    return part if len(part) >= _SHORTEST else form


def _base64(content: bytes) -> Iterator[str]:
    """Yield what base64 makes of bytes, by themselves or amid others, in both alphabets.

    Three bytes become four characters, so that it is told by their place which ones they give. Characters
    that depend on a neighbour are left out.
    """
    for before in range(3):
        whole = b64encode(bytes(before) + content).rstrip(b"=").decode("ascii")
        known = whole[-(-before * 8 // 6) : (before + len(content)) * 8 // 6]
        yield from (known, known.translate(_URL_SAFE))
