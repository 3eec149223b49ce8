"""Third-party data sets: their location, licence, checksum and known problems."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from genbench import PackageFile, content_sha256

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Published", "find", "notes", "remark"]

_VERDICT = "A probe is not a verdict"


@dataclass(frozen=True, kw_only=True)
class Published(PackageFile):
    """A third-party data set, which is read in place and never copied into genbench.

    name       the authors' name for it
    licence    of the data
    criticism  known problems, with their source
    """

    name: str
    licence: str
    criticism: str


def find(data: Published, path: Path | None, option: str = "file") -> Path:
    """Return `path`, or if it is None the file in the installed package.

    Raises Absent, with the command that installs it, if the package is missing or its file differs.
    """
    return data.find(f"name a file with the option {option!r}") if path is None else path


def notes(data: Published, path: Path, means: str, scored: str) -> dict[str, str]:
    """Return the extra of every score from a file or folder of a data set.

    means   the meaning of the numbers, and the fair value of each
    scored  the amount of scored data: "1,018 pairs"

    Boards print the `note`: this meaning, the amount, the name, licence and criticism of the data, and that
    no probe is a verdict. For a folder, and for a file with an unknown SHA-256, name and licence are unknown.
    """
    sha256 = {"sha256": content_sha256(path)} if path.is_file() else {}
    if sha256.get("sha256") == data.sha256:
        name, licence, origin = data.name, data.licence, f"{data.name} ({data.licence})"
    else:
        kind = "a file" if sha256 else "a folder"
        name, licence = f"{kind} that genbench does not know, read as {data.name}", "not known"
        origin = name
    note = remark(means, f"{scored} of {origin}: {data.criticism}")
    return {"data": name, "licence": licence, "criticism": data.criticism, "note": note} | sha256


# Notes that genbench prints below a board for the numbers of a probe.


def remark(*sentences: str) -> str:
    """Return the `note` of a probe: the sentences, without full stops, and that no probe is a verdict.

    The first sentence gives the meaning of the numbers and the fair value of each.
    """
    return ". ".join([*sentences, _VERDICT])
