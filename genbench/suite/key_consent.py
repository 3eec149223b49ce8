"""The user's consent to send environment variables that a suite names to a server that it names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from genbench.core.errors import SuiteError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from genbench.contract.specs import Spec
    from genbench.suite.components import Part

__all__ = ["check_allowed", "check_keys"]

_ALLOWED = re.compile(r"[A-Za-z_][A-Za-z0-9_]*@[^@/\s]+")


def check_allowed(allowed: Iterable[object]) -> None:
    """Raise SuiteError unless each value is NAME@HOST; the message does not show it: it may be a key."""
    for value in allowed:
        if not isinstance(value, str) or not _ALLOWED.fullmatch(value):
            raise SuiteError(
                "--allow-key: expected NAME@HOST, the name of an environment variable and the host that may "
                "receive it; the value is not shown, it may be a secret"
            )


def check_keys(parts: Iterable[Part[Spec]], allowed: Collection[str]) -> None:
    """Raise SuiteError if a component of a suite would send a variable to a server without consent.

    allowed  the consents, NAME@HOST; HOST has its port if the suite's URL has one

    The suite names both variable and server, and it may come from someone else.
    """
    for part in parts:
        for pair in part.sends:
            name, _, host = pair.partition("@")
            if pair not in allowed:
                raise SuiteError(
                    f"{part.contract.who} would send the environment variable {name} to {host}; if you "
                    f"agree, add --allow-key {pair}"
                )
