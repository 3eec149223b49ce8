"""A key that comes from an environment variable and never stands in a message, a file or a sample."""

from __future__ import annotations

import json
import os
import re
from base64 import b64encode
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import quote, quote_plus

from genbench import SuiteError

__all__ = ["NAME", "VARIABLE", "Secret"]

#: What the name of a variable with a key looks like, and what no key looks like.
VARIABLE = r"^[A-Z_][A-Z0-9_]*$"
NAME = "the name of a variable such as OPENAI_API_KEY; the key stands in that variable, never in a suite"

_KEY = re.compile(r"[!-~]+")  # what a header can hold: visible ASCII
_PIECE = 8  # characters in a row by which a key is recognised, so that half of it is hidden too
_SECRET = 16  # characters of the shortest key that is one: "EMPTY" is what local servers ask for
_MASK = "…"
_URL_SAFE = str.maketrans("+/", "-_")


@dataclass(frozen=True)
class Secret:
    """A key; "" where none is needed."""

    _key: str = field(default="", repr=False)

    @classmethod
    def of(cls, variable: str | None) -> Secret:
        """Return the key in an environment variable, or none if none is named.

        Raises SuiteError if it is not set or holds no key; the message holds neither the key nor, since it
        may be one, what is no name.
        """
        if variable is None:
            return cls()
        if not re.fullmatch(VARIABLE, variable):
            raise SuiteError("key_env is no name of an environment variable; expected one such as "
                             "OPENAI_API_KEY, and the key in that variable, never in the suite")  # fmt: skip
        key = os.environ.get(variable, "").strip()
        if not _KEY.fullmatch(key):
            problem = "holds something that is no key" if key else "is not set"
            raise SuiteError(f"the environment variable {variable}, which key_env names, {problem}; "
                             f"set it to the endpoint's key")  # fmt: skip
        return cls(key)

    def __bool__(self) -> bool:
        """Return whether there is a key."""
        return bool(self._key)

    def headers(self) -> dict[str, str]:
        """Return the HTTP header that shows the key to an endpoint."""
        return {"Authorization": f"Bearer {self._key}"} if self._key else {}

    def is_in_json(self, value: Any) -> bool:
        """Return whether a text in a JSON-like value holds the whole key; a short one is no secret.

        In whatever case, and in the forms of base64 and of percent signs, too.
        """
        if len(self._key) < _SECRET:
            return False
        whole = _folded(json.dumps(value, ensure_ascii=False))
        return any(json.dumps(form, ensure_ascii=False)[1:-1] in whole for form in self._forms)

    def mask(self, text: str) -> str:
        """Return a text without the key and without any eight characters in a row of it.

        In whatever case, and in the forms of base64 and of percent signs, too.
        """
        folded, hidden = _folded(text), [False] * len(text)
        for form in self._forms:
            size = min(_PIECE, len(form))
            pieces = {form[at : at + size] for at in range(len(form) - size + 1)}
            for at in range(len(text) - size + 1):
                if folded[at : at + size] in pieces:
                    hidden[at : at + size] = [True] * size
        shown = (_MASK if is_hidden else char for char, is_hidden in zip(text, hidden, strict=True))
        return re.sub(f"{_MASK}+", _MASK, "".join(shown)) if any(hidden) else text

    @cached_property
    def _forms(self) -> frozenset[str]:
        """What the key may look like in lower case; of a short one, only itself."""
        if not self._key:
            return frozenset()
        written = [form for form in (*_percent(self._key), *_base64(self._key)) if len(form) >= _PIECE]
        return frozenset(map(_folded, [self._key, *written]))


def _folded(text: str) -> str:
    """Return a text in lower case, character by character, so that each stays in its place."""
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


def _bytes(key: str) -> bytes:
    return key.encode("utf-8", "surrogateescape")  # which is how the environment holds other bytes


def _percent(key: str) -> list[str]:
    """Return a key as it stands in a URL or a form, with few percent signs or with all there can be."""
    content = _bytes(key)
    every = "".join(f"%{byte:02x}" for byte in content)
    return [quote(content, safe=""), quote(content), quote_plus(content), every]


def _base64(key: str) -> list[str]:
    """Return what base64 makes of a key, by itself or amid other text, in both alphabets.

    Three bytes become four characters, so it is told by the key's place which characters it has. Those that
    depend on a neighbour are left out.
    """
    content, found = _bytes(key), []
    for before in range(3):
        whole = b64encode(bytes(before) + content).rstrip(b"=").decode("ascii")
        first = -(-before * 8 // 6)
        last = (before + len(content)) * 8 // 6
        found += [whole[first:last], whole[first:last].translate(_URL_SAFE)]
    return found
