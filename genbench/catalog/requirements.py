"""The version of genbench that a plugin's distribution requires."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from genbench._version import __version__
from genbench.contract.hookspecs import PROJECT
from genbench.core.errors import PluginError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packaging.requirements import Requirement

__all__ = ["check_requirements"]

_NAME = re.compile(rf"{PROJECT}(?![\w.-])", re.IGNORECASE)
_LOWER_BOUNDS = (">", ">=", "~=", "==", "===")


def check_requirements(requires: Sequence[str], distribution: str, version: str = __version__) -> None:
    """Raise PluginError if a distribution requires another version of genbench than `version`.

    requires  the requirements of the distribution, as in its metadata
    """
    for text in filter(_NAME.match, requires):
        requirement = _read(text)
        applies = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        if applies and not requirement.specifier.contains(version, prereleases=True):
            raise PluginError(
                f"its distribution says {PROJECT}{requirement.specifier}, this is {version}; "
                f"pip install -U {PROJECT if _is_older(version, requirement) else distribution}"
            )


def _read(text: str) -> Requirement:
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        return Requirement(text)
    except InvalidRequirement as error:
        raise PluginError(f"its distribution's requirement {text!r} is not a requirement") from error


def _is_older(version: str, requirement: Requirement) -> bool:
    """Return whether a version is below one that a requirement demands."""
    from packaging.version import Version

    bounds = [
        part.version.removesuffix(".*") for part in requirement.specifier if part.operator in _LOWER_BOUNDS
    ]
    return any(Version(version) < Version(bound) for bound in bounds)
