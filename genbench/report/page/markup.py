"""Escaping for pages: texts, JSON and data URLs, and the policy that allows only their own scripts."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genbench.board.numbers import typeset
from genbench.core.escaping import escape_surrogates, escape_unprintable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jinja2 import Environment
    from markupsafe import Markup

__all__ = ["data_url", "open_templates", "policy", "script_json", "script_text", "template_text"]

_UNIT = re.compile(r"(?<=\d) (?=[^\W\d]|%)")  # between a number and its unit
_TEMPLATES = Path(__file__).with_name("templates")

#: What ends a script or begins a comment in HTML, and the line ends that only JSON allows in a string.
_UNSAFE = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


def open_templates(folder: Path = _TEMPLATES) -> Environment:
    """Return the templates in a folder.

    Each text that they print has HTML escaped, and characters that a reader cannot see written as escapes:
    among them are those that change the direction of a text, or the colours of a terminal.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        finalize=_escape_printed,
        keep_trailing_newline=True,
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters.update(breaks=_break_at_signs, typeset=typeset, units=_join_units)
    return environment


def template_text(name: str, folder: Path = _TEMPLATES) -> str:
    """Return the text of a file beside the templates: a style sheet or a script."""
    return (folder / name).read_text(encoding="utf-8")


def script_json(value: Any) -> Markup:
    """Return JSON for an element `<script type="application/json">`, which no text in it can end."""
    from markupsafe import Markup

    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True)
    return Markup(escape_surrogates(text).translate(_UNSAFE))  # noqa: S704 - no character of markup is left


def script_text(code: str) -> Markup:
    """Return trusted code for an element `<script>`; raises ValueError if it would end the element."""
    from markupsafe import Markup

    if "</script" in code.lower() or "<!--" in code:
        raise ValueError("the script contains markup that ends or hides a script")
    return Markup(code)  # noqa: S704 - the code is genbench's own, or that of Vega


def data_url(media_type: str, content: bytes) -> str:
    """Return the data URL that holds the content of an image or a sound."""
    return f"data:{media_type};base64,{base64.b64encode(content).decode('ascii')}"


def policy(scripts: Iterable[str], styles: Iterable[str]) -> str:
    """Return the Content-Security-Policy of a page with these scripts and style sheets alone.

    It allows no request and no eval.
    """
    rules = {
        "default-src": "'none'",
        "img-src": "data:",
        "media-src": "data:",
        "script-src": " ".join(map(_hash_source, scripts)) or "'none'",
        "style-src": " ".join(map(_hash_source, styles)) or "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _hash_source(text: str) -> str:
    """Return the term of a Content-Security-Policy that allows an inline script or style of this text."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}'"


def _break_at_signs(name: str) -> Markup:
    """Return a name as HTML that a line may break after each "@": "noise@quickstart" of merged runs."""
    from markupsafe import Markup, escape

    return Markup("@<wbr>").join(escape(part) for part in escape_unprintable(name).split("@"))


def _join_units(text: str) -> Markup:
    """Return a text as HTML in which no line breaks between a number and what follows it: "25 %"."""
    from markupsafe import Markup, escape

    return Markup("&nbsp;").join(escape(part) for part in _UNIT.split(escape_unprintable(text)))


def _escape_printed(value: Any) -> Any:
    """Return a value that a template prints, with unprintable characters escaped; markup stays as it is."""
    return escape_unprintable(value) if isinstance(value, str) and not hasattr(value, "__html__") else value
