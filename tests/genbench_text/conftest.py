"""Fixtures for the text plugins."""

from __future__ import annotations

import re
from pydoc_data.topics import topics

import pytest


@pytest.fixture(scope="session")
def sentences():
    """Real English, in the order of the language reference: different sentences of 20 to 150 characters."""
    text = re.sub(r"\s+", " ", " ".join(topics[name] for name in sorted(topics)))
    return tuple(dict.fromkeys(found for found in re.split(r"(?<=[.!?]) ", text) if 20 <= len(found) <= 150))
