"""From what a user names, a component, a distribution or a plugin file, to the cases to check."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genbench.catalog.modalities import list_modalities
from genbench.checks.conformance.subject import Case
from genbench.contract.specs import MetricSpec
from genbench.core.errors import SuiteError
from genbench.suite.file import read_words
from genbench.suite.resolve import find_canonical_extractors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from genbench.catalog.catalog import Catalog, Component
    from genbench.catalog.modalities import Modality

__all__ = ["NO_DATA", "CheckOrder", "Target", "find_components", "list_files", "plan_cases", "read_target"]

#: Kinds of components that work on no data.
NO_DATA = ("dataset", "executor", "listener")


@dataclass(frozen=True, kw_only=True)
class Target:
    """What to check: a component, "distribution:name", a distribution, or the path of a plugin file."""

    name: str
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_file(self) -> bool:
        """Whether it is the path of a plugin file."""
        return self.name.endswith(".py")


@dataclass(frozen=True, kw_only=True)
class CheckOrder:
    """What to check, and how.

    targets   as the user names them
    kind      the only kind of components to check, or None
    modality  the reference of the only modality to check them on, or None
    files     plugin files
    lock      the lock file, or None
    device    of torch
    timeout   seconds that one check may take
    """

    targets: Sequence[Target]
    kind: str | None = None
    modality: str | None = None
    files: tuple[Path, ...] = ()
    lock: Path | None = None
    device: str = "cpu"
    timeout: float = 600.0


def read_target(where: str, text: str) -> Target:
    """Return the target in "name option=value …"; a SuiteError for other texts begins with `where`."""
    name, options = read_words(where, text)
    return Target(name=name, options=options)


def list_files(targets: Iterable[Target], plugins: Sequence[Path]) -> tuple[Path, ...]:
    """Return all plugin files to load, each once, with absolute paths."""
    named = [Path(target.name) for target in targets if target.is_file]
    return tuple(dict.fromkeys(path.absolute() for path in (*plugins, *named)))


def find_components(catalog: Catalog, target: Target, kind: str | None) -> list[Component]:
    """Return the components that a target means, of one kind if it is given.

    Raises SuiteError if there are none.
    """
    if target.is_file:
        stem = Path(target.name).stem
        # an owner is a distribution or a plugin file, and only a plugin file has a hash
        components = [c for c in catalog.components if c.owner.file_hash and c.owner.plugin == stem]
    else:
        # `matches` finds components by "name" or "distribution:name"
        kinds = sorted({component.kind for component in catalog.components})
        by_name = [component for each in kinds for component in catalog.matches(each, target.name)]
        of_distribution = [each for each in catalog.components if each.owner.distribution == target.name]
        components = by_name or of_distribution  # the name of a component wins over that of a distribution
    chosen = [component for component in components if kind in (None, component.kind)]
    if not chosen:
        raise SuiteError(catalog.describe_unknown(target.name, kind))
    if target.options and len(chosen) > 1:
        kinds = sorted({component.kind for component in chosen})
        raise SuiteError(
            f"{target.name} means {len(chosen)} components, so it takes no options; name one of them"
            + (f", or say --kind {' or --kind '.join(kinds)}" if len(kinds) > 1 else "")
        )
    return chosen


def plan_cases(
    catalog: Catalog, component: Component, order: CheckOrder, options: Mapping[str, Any]
) -> list[Case]:
    """Return the cases of a component: one for each modality on which it is to be checked.

    options  of the component

    If `order` has no modality, there is a case for each modality in `checked_on` of the spec; without these,
    for each container of data, such as arrays or strings, with the first modality of `_list_modalities` that
    has this container. A modality is checked on itself. A component
    that works on no data has one case. Raises SuiteError if the component does not work on the order's
    modality.
    """
    modality = order.modality
    served = [] if component.kind in NO_DATA else _list_modalities(catalog, component)  # the best ones first
    chosen = component.spec.checked_on if modality is None else (modality,)
    if chosen and component.kind not in NO_DATA:
        # a user may write "image", as in spaces of samples, or "genbench:image", as `genbench plugins` does
        served = [each for each in served if {each.reference, each.component.reference} & {*chosen}]
        if not served:
            names = " or ".join(chosen)
            raise SuiteError(f"{component.who} cannot be checked on {names}; expected a modality that it "
                             f"works on and that has an example")  # fmt: skip
    elif component.kind != "modality":
        # the first of each container; since a dict keeps the last value of a key, the list is reversed twice
        served = list({each.spec.container: each for each in reversed(served)}.values())[::-1]
    references: list[str | None] = [each.reference for each in served]  # [None]: one case without data
    return [
        Case(
            kind=component.kind,
            reference=component.reference,
            modality=reference,
            options=options,
            files=order.files,
            device=order.device,
        )
        for reference in references or [None]
    ]


def _list_modalities(catalog: Catalog, component: Component) -> list[Modality]:
    """Return the modalities with an `example` that a component works on, the best ones for checks first.

    Three properties decide the order, from the most to the least important: a metric's canonical extractor,
    that of its paper, works on the modality; the modality has a default dataset; its default extractor needs
    no package. A modality works on itself.
    """
    with_example = [each for each in list_modalities(catalog) if each.has("example")]
    if component.kind == "modality":
        return [each for each in with_example if each.component == component]
    served = [each for each in with_example if component.serves((each.reference,))]
    suits = _make_extractor_filter(catalog, component)

    def make_sort_key(modality: Modality) -> tuple[bool, bool, bool, str]:
        """Return three drawbacks of a modality, of which False sorts first, and its name."""
        extractor = modality.default_extractor
        extractors = () if extractor is None else catalog.matches("extractor", extractor)
        needs_package = any(component.spec.needs for component in extractors)
        return not suits(modality), modality.default_dataset is None, needs_package, modality.reference

    return sorted(served, key=make_sort_key)


def _make_extractor_filter(catalog: Catalog, component: Component) -> Callable[[Modality], bool]:
    """Return a function that returns whether a metric's canonical extractor works on a modality.

    The canonical extractor is that of the metric's paper. For a component without one, the function always
    returns True.
    """
    if not isinstance(component.spec, MetricSpec) or component.spec.extractor is None:
        return lambda _: True  # any modality will do
    extractors = find_canonical_extractors(component, catalog, ())  # (): on any modalities
    return lambda modality: any(each.serves((modality.reference,)) for each in extractors)
