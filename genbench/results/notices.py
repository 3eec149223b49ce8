"""Notices of side effects and nondeterminism of components, stored in records and artefacts."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from genbench.results import fields

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Notice", "read_notices"]

_OTHER_SAMPLES = "gave other samples at the same key"


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A side effect of a component; `str` gives "metric a:b used numpy's global random state".

    kind, component      kind and reference of the component: "metric", "a:b"
    text                 the side effect
    is_nondeterministic  whether the notice says that the component is not deterministic
    """

    __pydantic_config__: ClassVar = fields.FORBID_EXTRA

    kind: fields.Text
    component: fields.Text
    text: fields.Text
    is_nondeterministic: fields.Flag = False

    def __str__(self) -> str:
        return " ".join(filter(None, (self.kind, self.component, self.text)))

    @classmethod
    def of_other_samples(cls, kind: str, component: str) -> Notice:
        """Return the notice of a component that gave other samples at the same key."""
        return cls(kind=kind, component=component, text=_OTHER_SAMPLES, is_nondeterministic=True)

    def to_json(self) -> dict[str, Any]:
        """Return the notice as JSON for records and artefacts."""
        return asdict(self)


def read_notices(values: Iterable[Any]) -> tuple[Notice, ...]:
    """Return the notices from the JSON of a record or an artefact; raise ValueError if one is malformed."""
    return tuple(fields.parse(Notice, value) for value in values)
