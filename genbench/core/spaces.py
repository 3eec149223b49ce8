"""Spaces of samples: a modality with its shape and parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Space"]


@dataclass(frozen=True, init=False)
class Space:
    """The form of samples: a modality with its shape and parameters, such as 8x8 images from 0 to 255.

    modality    name of the modality, "distribution:name" outside genbench's own
    shape       of one sample: (height, width, channels) of an image; without the first axis if its length
                varies; () if samples are no arrays
    classes     class names in the order of label numbers; () if labels are plain numbers
    parameters  (name, value) of each further parameter, sorted by name. Those that the host checks are `low`
                and `high`, the bounds of an array's values, `longest`, the maximum characters of a text, and
                `columns`, the (name, pandas dtype) of each column of a table. A modality declares others

    `Space("image", (8, 8, 1), low=0, high=255)` takes parameters by name; None stands for none. Raises
    ValueError if `columns` are not pairs of texts, or `longest` is not a positive integer.
    """

    modality: str
    shape: tuple[int, ...]
    classes: tuple[str, ...]
    parameters: tuple[tuple[str, Any], ...]

    def __init__(
        self, modality: str, shape: Sequence[int] = (), *, classes: Sequence[str] = (),
        **parameters: Any,
    ) -> None:  # fmt: skip
        """Sort the parameters by name and omit those without a value, so that equal spaces compare equal."""
        given = ((name, _freeze(value)) for name, value in parameters.items() if value not in (None, ()))
        fields = {
            "modality": modality, "shape": tuple(shape), "classes": tuple(classes),
            "parameters": tuple(sorted(given)),
        }  # fmt: skip
        for name, value in fields.items():
            object.__setattr__(self, name, value)  # a frozen dataclass refuses `self.name = value`
        if not all(map(_is_column, self.get("columns") or ())):
            raise ValueError(f"columns {self.get('columns')} are not pairs of a name and a pandas dtype")
        longest = self.get("longest")  # the maximum characters of a text
        if longest is not None and (not isinstance(longest, int) or longest < 1):
            raise ValueError(f"longest is {longest!r}; expected a positive number of characters")

    def __str__(self) -> str:
        return f"{self.modality} {'x'.join(map(str, self.shape))}".rstrip()

    def get(self, parameter: str) -> Any:
        """Return the value of a parameter, or None."""
        return dict(self.parameters).get(parameter)

    def to_json(self) -> dict[str, Any]:
        """Return the space as JSON-like values, the modality as "kind"; fields that are () are left out."""
        fields = {
            "kind": self.modality,
            "shape": self.shape,
            **dict(self.parameters),
            "classes": self.classes,
        }
        return {name: value for name, value in fields.items() if value != ()}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Space:
        """Return the space that `to_json` turned into `value`."""
        fields = dict(value)
        return cls(fields.pop("kind"), fields.pop("shape", ()), classes=fields.pop("classes", ()), **fields)


def _is_column(pair: Any) -> bool:
    """Return whether a value is a pair of texts, the name and the dtype of a column."""
    return isinstance(pair, tuple) and list(map(type, pair)) == [str, str]


def _freeze(value: Any) -> Any:
    """Return a value with tuples in place of lists, at any depth, so that a space can be hashed."""
    return tuple(map(_freeze, value)) if isinstance(value, list | tuple) else value
