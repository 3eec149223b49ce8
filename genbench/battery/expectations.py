"""What a metric declares of faults, for each fault and level.

A fault is one of the metric's own distribution, or one of genbench; others are "distribution:name". A name
may have an extractor in brackets: "noise[pixels]".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from genbench.catalog.loader import short_reference
from genbench.contract.faults import PENALISED
from genbench.core.errors import PluginError
from genbench.core.names import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from genbench.battery.faults import Faults
    from genbench.contract.expected import Expected
    from genbench.contract.specs import Output

__all__ = ["expected_of", "read_expects", "unknown_faults"]

_KEY = re.compile(r"((?:[a-z0-9-]+:)?[a-z0-9-]+)(\[[a-z0-9-]+\])?")


def read_expects(output: Output, who: str, faults: Faults, home: str = "") -> dict[str, tuple[Expected, ...]]:
    """Return what a metric expects of each fault that it names, per level, by fault or "fault[extractor]".

    who   the metric, for messages
    home  the distribution of the metric, whose own faults go first

    Faults that no plugin declares are left out. Raises PluginError for more or fewer levels than the
    fault has, and for a ranked metric that calls it right not to get worse where it should.
    """
    found: dict[str, tuple[Expected, ...]] = {}
    for key, value in output.expects.items():
        fault, extractor = _named(key, faults, home)
        if fault is None:
            continue
        count, where = len(faults[fault]), f"{who}: output {output.name!r}: expects[{key!r}]"
        levels = value if isinstance(value, tuple) else (value,) * count
        if len(levels) != count:
            raise PluginError(f"{where} has {len(levels)} levels; the fault has {count}")
        if output.direction != "none" and faults[fault][0].effect in PENALISED:
            _check_failures(where, levels)
        found[fault + extractor] = levels
    return found


def unknown_faults(output: Output, who: str, faults: Faults, home: str = "") -> list[str]:
    """Return a warning, naming the metric `who` and the number, for each fault that no plugin declares."""
    return [
        f"{who}: output {output.name!r}: expects names the fault {key!r}, which no plugin declares"
        f"{nearest(key, faults)}"
        for key in output.expects
        if _named(key, faults, home)[0] is None
    ]


def expected_of(
    declared: Mapping[str, tuple[Expected, ...]], fault: str, extractor: str | None
) -> tuple[Expected, ...] | None:
    """Return the expectations of a fault with this extractor, one per level, or None."""
    return declared.get(f"{fault}[{extractor}]", declared.get(fault))


def _named(key: str, faults: Faults, home: str) -> tuple[str | None, str]:
    """Return the name of the fault that a key means, None if there is none, and the "[extractor]"."""
    found = _KEY.fullmatch(key)
    if found is None:
        return None, ""
    meant = (f"{home}:{found[1]}", short_reference(found[1]))
    return next((name for name in meant if name in faults), None), found[2] or ""


def _check_failures(where: str, levels: tuple[Expected, ...]) -> None:
    for level in levels:
        wrong = [word for word in level.right if word != "worse"]
        if wrong and not level.is_open:
            raise PluginError(
                f"{where}: {wrong[0]} is a failure of a ranked metric, which this fault should make worse; "
                f'write {wrong[0]}.because("why"), or anything to expect nothing'
            )
