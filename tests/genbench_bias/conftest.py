"""Samplers of texts that are exact and small, and files in the forms that others publish."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Table:
    """A sampler that knows the log probabilities of some texts, or of what follows prompts.

    known      text, or (prompt, text), to nats
    otherwise  that of all others; None: there are no others
    """

    known: dict = field(default_factory=dict)
    otherwise: float | None = None

    def log_likelihood(self, texts, *, prompts=None):
        keys = list(texts) if prompts is None else list(zip(prompts, texts, strict=True))
        return np.array([self._nats(key) for key in keys])

    def token_counts(self, texts):
        return np.array([len(text.split()) + 1 for text in texts])

    def _nats(self, key):
        return self.known[key] if self.otherwise is None else self.known.get(key, self.otherwise)


@dataclass(frozen=True)
class Unigram:
    """A law over words: each is independent of the others, `nats` of those that are named; a word more."""

    nats: dict
    other: float = -8.0

    def log_likelihood(self, texts, *, prompts=None):
        return np.array([sum(self.nats.get(word, self.other) for word in text.split()) for text in texts])

    def token_counts(self, texts):
        return np.array([len(text.split()) + 1 for text in texts])


@dataclass(frozen=True)
class Coin:
    """A sampler that finds texts likely at random, by nothing in them."""

    seed: int

    def log_likelihood(self, texts, *, prompts=None):
        rng = np.random.default_rng(self.seed)
        return -rng.exponential(10, len(texts))

    def token_counts(self, texts):
        return np.ones(len(texts), int)


@dataclass(frozen=True)
class Answers:
    """A sampler that answers whatever it is told to, to any question."""

    value: object

    def log_likelihood(self, texts, *, prompts=None):
        return self.value(len(texts)) if callable(self.value) else self.value

    def token_counts(self, texts):
        return np.ones(len(texts), int)


@pytest.fixture
def table():
    return Table


@pytest.fixture
def unigram():
    return Unigram


@pytest.fixture
def coin():
    return Coin


@pytest.fixture
def answers():
    return Answers


@pytest.fixture(scope="session")
def record():
    """Return the function that gives the one reference record of a metric, a case and a source."""
    records = json.loads((DATA / "records.json").read_text())

    def find(metric, case, source=""):
        (found,) = (
            r for r in records if (r["metric"], r["case"]) == (metric, case) and source in r["source"]
        )
        assert math.isfinite(found["tol"])
        return found

    return find


@pytest.fixture
def write(tmp_path):
    """Return the function that writes a file: text, bytes, or a list of objects as JSON Lines."""

    def to(name, content):
        path = tmp_path / name
        if isinstance(content, list):
            content = "".join(json.dumps(row) + "\n" for row in content)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return to


#: Files that are none of anybody's data sets, and what is said of them.
HOSTILE = {
    "empty": (b"", "is empty"),
    "blank": (b" \n\n", "is empty"),
    "latin-1": ("caf\xe9,\n".encode("latin-1"), "is not UTF-8 text: invalid byte at 3"),
    "binary": (bytes(range(256)), "is not UTF-8 text"),
    "web page": (b"\n<!DOCTYPE html><html><body>404</body></html>", "is a web page"),
}


@pytest.fixture(params=HOSTILE.values(), ids=HOSTILE)
def hostile(request, write):
    """Return a file that is no data set, and what is to be said of it."""
    content, message = request.param
    return write("hostile.csv", content), message
