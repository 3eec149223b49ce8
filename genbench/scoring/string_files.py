"""Samples of any modality of strings, read from text files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genbench.contract.options import check_value
from genbench.core.errors import DataError, Invalid
from genbench.core.samples import Samples
from genbench.core.spaces import Space
from genbench.files.text_files import TEXT_ENDINGS, read_texts

if TYPE_CHECKING:
    from pathlib import Path

    from genbench.catalog.modalities import Modality

__all__ = ["is_string_file", "read_strings"]


def is_string_file(path: Path, modality: Modality) -> bool:
    """Return whether a path is a text file, and a modality one of strings."""
    return modality.spec.container == "strings" and path.suffix.lower() in TEXT_ENDINGS


def read_strings(path: Path, modality: Modality, space: Space | None = None, field: str = "text") -> Samples:
    """Return the strings of a text file as samples of a modality of strings.

    space  gives the values of the parameters that the modality declares; None: it has none
    field  the key of the string in JSON objects, or the column of a CSV file

    Raises DataError, naming the file, if it cannot be read, if the space lacks a parameter, or if the strings
    are no samples of the modality.
    """
    given = modality.declared(space)
    for name, value in given.items():
        try:
            check_value(modality.spec.parameters[name], value)
        except ValueError as error:
            raise DataError(
                f"{path.name} does not say the {name} of {modality.reference} samples: {error}; state it "
                f"with the modality: '{modality.spec.name} {name}=…'"
            ) from error
    stated = f"the modality's `field`, '{modality.spec.name} field=…',"
    texts = tuple(read_texts(path, field=field, option=stated))
    try:
        return modality.admit(Samples(texts, Space(modality.reference, **given)))
    except Invalid as error:
        raise DataError(f"{path.name}: {error}") from error
