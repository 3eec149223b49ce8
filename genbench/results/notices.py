"""Notices of side effects and nondeterminism of components, stored in records and artefacts."""

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

    kind, component      kind and reference of the component: "metric", "a:b"
    text                 the side effect
    is_nondeterministic  whether the notice says that the component is not deterministic
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
        """Return the notice as JSON for records and artefacts."""
        return asdict(self)


def notices_of(values: Iterable[Any]) -> tuple[Notice, ...]:
    """Return the notices from the JSON of a record or an artefact; raise ValueError if one is malformed.

    Earlier versions of genbench stored only the text, which is parsed.
    """
    return tuple(map(_notice, values))


def _notice(value: Any) -> Notice:
    if isinstance(value, str):
        return _of_text(value)
    if not isinstance(value, dict) or {name: type(item) for name, item in value.items()} != _TYPES:
        raise ValueError(f"notice {value!r:.80}: expected {', '.join(_TYPES)}")
    return Notice(**value)


_TYPES = {"kind": str, "component": str, "text": str, "is_nondeterministic": bool}


def _of_text(notice: str) -> Notice:
    kind, _, rest = notice.partition(" ")
    component, _, text = rest.partition(" ")
    return Notice(kind=kind, component=component, text=text, is_nondeterministic=text == _OTHER_SAMPLES)
