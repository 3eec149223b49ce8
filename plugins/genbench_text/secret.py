"""A key that comes from an environment variable and never stands in a message, a file or a sample."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field
from typing import Any

from genbench import SuiteError

__all__ = ["NAME", "VARIABLE", "Secret"]

#: What the name of a variable with a key looks like, and what no key looks like.
VARIABLE = r"^[A-Z_][A-Z0-9_]*$"
NAME = "the name of a variable such as OPENAI_API_KEY; the key stands in that variable, never in a suite"

_KEY = re.compile(r"[!-~]+")  # what a header can hold: visible ASCII
_PIECE = 8  # characters in a row by which a key is recognised, so that half of it is hidden too
_SECRET = 16  # characters of the shortest key that is one: "EMPTY" is what local servers ask for
_MASK = "…"


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
        """Return whether a text in a JSON-like value holds the whole key; a short one is no secret."""
        written = json.dumps(self._key)[1:-1]
        return len(self._key) >= _SECRET and written in json.dumps(value, ensure_ascii=False)

    def mask(self, text: str) -> str:
        """Return a text without the key and without any eight characters in a row of it."""
        size = min(_PIECE, len(self._key))
        if not size:
            return text
        pieces = {self._key[at : at + size] for at in range(len(self._key) - size + 1)}
        hidden = [False] * len(text)
        for at in range(len(text) - size + 1):
            if text[at : at + size] in pieces:
                hidden[at : at + size] = [True] * size
        shown = (_MASK if is_hidden else char for char, is_hidden in zip(text, hidden, strict=True))
        return re.sub(f"{_MASK}+", _MASK, "".join(shown)) if any(hidden) else text
