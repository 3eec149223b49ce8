"""Files that components need and no package ships, such as weights: what they are, and where they lie.

A component says that an option has one by the option's annotation:

    weights: Annotated[Path | None, Asset(...)] = None

Where the option is left out, the host gives the path of the fetched file; `genbench fetch` fetches it to

    <root>/<sha256 as declared>/<file name of the address>
"""

from __future__ import annotations

import functools
import ipaddress
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import platformdirs

from genbench.core.errors import DataError, PluginError
from genbench.core.names import check_name
from genbench.files.read import content_sha256

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "Asset",
    "asset_key",
    "asset_path",
    "assets_root",
    "find_asset",
    "has_size",
    "is_fetchable",
    "size_text",
]

_SHA256 = re.compile(r"[0-9a-f]{8,64}")
_FILE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
_UNITS = ("bytes", "kB", "MB", "GB", "TB")


@dataclass(frozen=True)
class Asset:
    """A file that a component needs and that `genbench fetch` can fetch.

    name        what messages call it, [a-z][a-z0-9-]*
    url         its address: https, or http on this very machine
    sha256      its SHA-256 in hexadecimal, or at least the first 8 of the 64 digits where no more is known.
                Keys and signatures hold what is written here, so a shorter one is a weaker promise
    size_bytes  its size, > 0
    licence     under which it is published, for people to read before they fetch it

    Raises PluginError if a field is not that.
    """

    name: str
    url: str
    sha256: str
    size_bytes: int
    licence: str

    def __post_init__(self) -> None:
        check_name(self.name, "asset")
        self._require(is_fetchable(self.url), f"url {self.url!r}; expected https, or http on this machine")
        self._require(
            bool(_FILE.fullmatch(self.file_name)),
            f"url {self.url!r}; expected one that ends in a file's name",
        )
        self._require(
            bool(_SHA256.fullmatch(self.sha256)),
            f"sha256 {self.sha256!r}; expected 8 to 64 lower-case hex digits",
        )
        self._require(self.size_bytes > 0, f"size_bytes {self.size_bytes}; expected a positive number")
        self._require(bool(self.licence), "licence is empty; expected the one under which it is published")

    @property
    def file_name(self) -> str:
        """The last part of the address's path."""
        return urlsplit(self.url).path.rpartition("/")[2]

    def matches(self, sha256: str) -> bool:
        """Return whether a file of this SHA-256, 64 hex digits, is the asset."""
        return sha256.startswith(self.sha256)

    def _require(self, holds: bool, otherwise: str) -> None:
        if not holds:
            raise PluginError(f"asset {self.name!r}: {otherwise}")


def is_fetchable(url: str) -> bool:
    """Return whether `genbench fetch` would open this address: https, or http on this very machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    if not host or parts.scheme not in ("http", "https"):
        return False
    return parts.scheme == "https" or _is_loopback(host)


def assets_root() -> Path:
    """Return the folder of fetched files: GENBENCH_ASSETS, or `assets` in the user's cache folder."""
    named = os.environ.get("GENBENCH_ASSETS")
    root = Path(named) if named else Path(platformdirs.user_cache_dir("genbench")) / "assets"
    return root.absolute()


def asset_path(asset: Asset) -> Path:
    """Return where the file of an asset lies, or would lie."""
    return assets_root() / asset.sha256 / asset.file_name


def has_size(asset: Asset) -> bool:
    """Return whether a file of the right size lies at the asset's place, without reading it."""
    try:
        return asset_path(asset).stat().st_size == asset.size_bytes
    except OSError:
        return False


def find_asset(asset: Asset) -> Path | None:
    """Return the path of the fetched file, or None if there is none.

    Raises DataError if the file that lies there does not have the asset's checksum.
    """
    path = asset_path(asset)
    if not path.is_file():
        return None
    stat = path.stat()
    found = _hash(path, stat.st_ino, stat.st_size, stat.st_mtime_ns)
    if not asset.matches(found):
        raise DataError(f"{path} is damaged: its SHA-256 is {found}, expected {asset.sha256}")
    return path


def asset_key(asset: Asset, path: Path | None) -> Mapping[str, str]:
    """Return what an option with an asset counts as in keys and signatures.

    Both the fetched file (None) and the same file at any `path` are {"sha256": the declared checksum};
    another file is known by its own. Raises DataError if the file cannot be read.
    """
    if path is None:
        return {"sha256": asset.sha256}
    found = content_sha256(path)
    return {"sha256": asset.sha256 if asset.matches(found) else found}


def size_text(size_bytes: int) -> str:
    """Return a size for people: "95.6 MB"."""
    size, unit = float(size_bytes), 0
    while size >= 1000 and unit < len(_UNITS) - 1:  # noqa: PLR2004 - units of SI
        size, unit = size / 1000, unit + 1
    return f"{size:.{min(unit, 1)}f} {_UNITS[unit]}"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@functools.lru_cache(maxsize=64)
def _hash(path: Path, inode: int, size: int, mtime_ns: int) -> str:  # noqa: ARG001 - these tell that it changed
    """Return the SHA-256 of a file, read once in a process: several metrics share one extractor."""
    return content_sha256(path)
