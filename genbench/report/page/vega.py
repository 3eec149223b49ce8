"""Vega, Vega-Lite and vega-embed as one script for pages, bundled by vl-convert and kept in the store."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from genbench.core.canonical_json import digest
from genbench.store.cache import find_or_make
from genbench.store.store import open_store

if TYPE_CHECKING:
    from pathlib import Path

    from genbench.store.store import Store

__all__ = ["vega_script"]

#: What the page's own script uses: vega-embed, with Vega and Vega-Lite inside.
_SNIPPET = "window.genbenchVega = vegaEmbed;"
_FILE = "vega.js"


def vega_script(store: Store | None = None) -> str:
    """Return the script that defines `genbenchVega`, 0.9 MB; the same with one version of vl-convert.

    store  where it is kept, by default the user's; a bundle takes over a second to make
    """
    import vl_convert

    def make() -> tuple[str, dict[str, Any], Any]:
        script: str = vl_convert.javascript_bundle(_SNIPPET)
        return script, {}, lambda folder: (folder / _FILE).write_text(script, encoding="utf-8")

    def read(folder: Path) -> str:
        return (folder / _FILE).read_text(encoding="utf-8")

    key = {"kind": "script", "vl_convert": version("vl-convert-python"), "snippet": digest(_SNIPPET)}
    script, _ = find_or_make(store or open_store()[0], key, read, make, lambda **_: None)
    return script
