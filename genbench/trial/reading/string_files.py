"""Samples of any modality of strings, read from text files."""

from __future__ import annotations

import shlex
import typing
from typing import TYPE_CHECKING, Any

from genbench.contract.options import read_python_value
from genbench.core.errors import DataError, Invalid
from genbench.core.samples import Samples
from genbench.core.spaces import Space
from genbench.files.text_files import TEXT_ENDINGS, list_fields, read_texts

if TYPE_CHECKING:
    from pathlib import Path

    from genbench.catalog.modalities import Modality

__all__ = ["FIELD", "is_string_file", "read_strings", "write_modality_option"]

#: The key or column of strings in files, if no other is named.
FIELD = "text"


def is_string_file(path: Path, modality: Modality) -> bool:
    """Return whether a path is a text file, and a modality one of strings."""
    return modality.spec.container == "strings" and path.suffix.lower() in TEXT_ENDINGS


def write_modality_option(modality: Modality, path: Path | None, space: Space | None = None) -> str:
    """Return the option that states a modality: `--modality 'molecule notation=smiles field=smiles'`.

    path   a file of strings, of which `field` names a column or key; None: a plugin reads the samples, and
           gives the parameters
    space  the space of the samples, which has the values of some parameters. For each other one that the
           modality needs, the option has an example: the first possible value

    `field` is in the option only if the file has no field "text". Then it is the field that has the name of
    the modality or of a parameter's value, such as "smiles", or "…" for the reader to fill in.
    """
    values: dict[str, Any] = {}
    declared = {} if path is None else modality.read_declared(space)  # {name of a parameter: value or None}
    for name, value in declared.items():
        example = _find_example(modality.spec.parameters[name]) if value is None else value
        if example is not None:  # else the parameter may be left out
            values[name] = example
    fields = () if path is None else list_fields(path)
    if fields and FIELD not in fields:
        likely = [str(value) for value in values.values()] + [modality.spec.name]
        values["field"] = next((field for field in fields if field.lower() in likely), "…")
    words = [modality.reference, *(f"{name}={value}" for name, value in values.items())]
    return f"--modality {shlex.quote(' '.join(words))}"


def _find_example(annotation: Any) -> Any:
    """Return an example for a parameter of a modality: its first choice, or "…"; None if it is optional."""
    try:
        read_python_value(annotation, None)  # an optional parameter may be None
    except ValueError:
        is_choice = typing.get_origin(annotation) is typing.Literal
        return typing.get_args(annotation)[0] if is_choice else "…"
    return None


def read_strings(
    path: Path, modality: Modality, space: Space | None = None, field: str = FIELD, *,
    option: str | None = None,
) -> Samples:  # fmt: skip
    """Return the strings of a text file as samples of a modality of strings.

    space  gives the values of the parameters that the modality declares; None: it has none
    field  the key of the string in JSON objects, or the column of a CSV file
    option  what messages call the option that sets `field`; None: the option of the modality

    Raises DataError, naming the file, if it cannot be read, if the space lacks a parameter, or if the strings
    are no samples of the modality.
    """
    parameters = modality.read_declared(space)
    for name, value in parameters.items():
        try:
            read_python_value(modality.spec.parameters[name], value)
        except ValueError as error:
            raise DataError(
                f"{path.name} does not say the {name} of {modality.reference} samples: {error}; state it "
                f"with the modality, such as {write_modality_option(modality, path, space)}"
            ) from error
    option_name = (
        option or f"the modality's `field`, such as in {write_modality_option(modality, path, space)},"
    )
    texts = tuple(read_texts(path, field=field, option=option_name, keeps_blank=modality.spec.keeps_blank))
    try:
        return modality.admit(Samples(texts, Space(modality.reference, **parameters)))
    except Invalid as error:
        raise DataError(f"{path.name}: {error}") from error
