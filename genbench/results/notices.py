"""Notices: side effects of components and nondeterminism, as records and artefacts keep them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Notice", "notices_of"]

_OTHER_SAMPLES = "gave other samples at the same key"


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A side effect of a component; `str` gives "metric a:b used numpy's global random state".

    kind, component      of what did it: "metric", and its reference "a:b"
    text                 what it did
    is_nondeterministic  whether it says that the component gives other samples each time
    """

    kind: str
    component: str
    text: str
    is_nondeterministic: bool = False

    def __str__(self) -> str:
        return " ".join(filter(None, (self.kind, self.component, self.text)))

    @classmethod
    def of_other_samples(cls, kind: str, component: str) -> Notice:
        """Return the notice of a component that gave other samples at the same key."""
        return cls(kind=kind, component=component, text=_OTHER_SAMPLES, is_nondeterministic=True)

    def to_json(self) -> dict[str, Any]:
        """Return it as records and artefacts hold it."""
        return asdict(self)


def notices_of(found: Iterable[Any]) -> tuple[Notice, ...]:
    """Return the notices that a record or an artefact holds; raise ValueError if one is malformed.

    Earlier versions of genbench stored the text alone; it is parsed.
    """
    return tuple(map(_notice, found))


def _notice(found: Any) -> Notice:
    if isinstance(found, str):
        return _of_text(found)
    if not isinstance(found, dict) or {name: type(value) for name, value in found.items()} != _TYPES:
        raise ValueError(f"notice {found!r:.80}: expected {', '.join(_TYPES)}")
    return Notice(**found)


_TYPES = {"kind": str, "component": str, "text": str, "is_nondeterministic": bool}


def _of_text(notice: str) -> Notice:
    kind, _, rest = notice.partition(" ")
    component, _, text = rest.partition(" ")
    return Notice(kind=kind, component=component, text=text, is_nondeterministic=text == _OTHER_SAMPLES)
