"""What a metric declares of faults, for each fault and level."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genbench.catalog.fault_names import find_fault, suggestion
from genbench.contract.faults import PENALISED
from genbench.core.errors import PluginError

if TYPE_CHECKING:
    from genbench.checks.battery.faults import Faults
    from genbench.contract.expected import Expected
    from genbench.contract.specs import Output

__all__ = ["read_expects", "unknown_faults"]


def read_expects(output: Output, who: str, faults: Faults, home: str = "") -> dict[str, tuple[Expected, ...]]:
    """Return what a metric expects of each fault that it names, per level, by fault or "fault[extractor]".

    who   the metric, for messages
    home  the distribution of the metric, whose own faults go first

    Faults that no plugin declares are left out. Raises PluginError for more or fewer levels than the
    fault has, and for a ranked metric that calls it right not to get worse where it should.
    """
    found: dict[str, tuple[Expected, ...]] = {}
    for key, value in output.expects.items():
        fault, extractor = find_fault(key, faults, home)
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
        f"{suggestion(key, faults)}"
        for key in output.expects
        if find_fault(key, faults, home)[0] is None
    ]


def _check_failures(where: str, levels: tuple[Expected, ...]) -> None:
    for level in levels:
        wrong = [word for word in level.right if word != "worse"]
        if wrong and not level.is_open:
            raise PluginError(
                f"{where}: {wrong[0]} is a failure of a ranked metric, which this fault should make worse; "
                f'write {wrong[0]}.because("why"), or anything to expect nothing'
            )
