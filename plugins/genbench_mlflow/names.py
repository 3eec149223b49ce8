"""Names and texts that MLflow accepts."""

from __future__ import annotations

import re

__all__ = ["mlflow_name", "mlflow_text"]

_REFUSED = re.compile(r"[^\w.\- /]")
_LONGEST = 500  # characters; the least limit of MLflow's stores for a parameter


def mlflow_name(name: str) -> str:
    """Return the name of a metric, parameter or tag in MLflow: `fid[pixels]` becomes `fid.pixels`.

    MLflow allows letters, digits, `_`, `-`, `.`, `:`, spaces and slashes; a server on Windows refuses `:`.
    Ids of genbench contain no dot, so two of them never become one. Any other character becomes `_`.
    """
    return _REFUSED.sub("_", name.replace("[", ".").removesuffix("]"))


def mlflow_text(value: object) -> str:
    """Return the text of a value, cut to the 500 characters that every store of MLflow takes."""
    text = ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
