"""Where this plugin keeps what is costly to make again and belongs to no run: beside the host's store."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

__all__ = ["kept_folder"]


def kept_folder(name: str) -> Path:
    """Return the folder of this name in that of the store; it may not exist yet."""
    named = os.environ.get("GENBENCH_STORE")
    root = Path(named) if named else Path(platformdirs.user_cache_dir("genbench")) / "store"
    return root.absolute() / name
