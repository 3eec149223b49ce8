"""Assets: files that components need and no package ships, such as weights.

The annotation of an option declares its asset:

    weights: Annotated[Path | None, Asset(...)] = None

If the option is left out, the host passes the path of the fetched file, which `genbench fetch` stores at

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

__all__ = ["Asset", "asset_key", "asset_path", "assets_root", "find_asset", "is_fetchable", "is_fetched"]

_SHA256 = re.compile(r"[0-9a-f]{8,64}")
_FILE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")


@dataclass(frozen=True)
class Asset:
    """A file that a component needs and that `genbench fetch` can fetch.

    name        name in messages, [a-z][a-z0-9-]*
    url         https, or http on this machine
    sha256      SHA-256 in hexadecimal, or at least the first 8 of its 64 digits if only these are known. Keys
                and signatures contain these digits, so fewer digits identify the file less strictly
    size_bytes  size, > 0
    licence     licence of the file, shown before people fetch it

    Raises PluginError for an invalid field.
    """

    name: str
    url: str
    sha256: str
    size_bytes: int
    licence: str

    def __post_init__(self) -> None:
        """Raise PluginError for a field of the asset that is invalid."""
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
        """The last component of the URL's path."""
        return urlsplit(self.url).path.rpartition("/")[2]

    def matches(self, sha256: str) -> bool:
        """Return whether a file of this SHA-256, 64 hex digits, is the asset.

        The asset may declare only the first 8 or more of the digits.
        """
        return sha256.startswith(self.sha256)

    def _require(self, holds: bool, otherwise: str) -> None:
        """Raise PluginError with the message `otherwise` unless a condition holds."""
        if not holds:
            raise PluginError(f"asset {self.name!r}: {otherwise}")


def is_fetchable(url: str) -> bool:
    """Return whether `genbench fetch` opens this URL: https, or http on this machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(str(host))))


def assets_root() -> Path:
    """Return the folder of fetched files: GENBENCH_ASSETS, or `assets` in the user's cache folder."""
    named = os.environ.get("GENBENCH_ASSETS")
    root = Path(named) if named else Path(platformdirs.user_cache_dir("genbench")) / "assets"
    return root.absolute()


def asset_path(asset: Asset) -> Path:
    """Return the path of an asset's file, whether it exists or not."""
    return assets_root() / asset.sha256 / asset.file_name


def is_fetched(asset: Asset) -> bool:
    """Return whether a file of the right size exists at the asset's path; its content is not read."""
    try:
        return asset_path(asset).stat().st_size == asset.size_bytes
    except OSError:
        return False


def find_asset(asset: Asset) -> Path | None:
    """Return the path of the fetched file of an asset, or None if it was not fetched.

    Raises DataError if the file does not have the asset's checksum.
    """
    path = asset_path(asset)
    if not path.is_file():
        return None
    stat = path.stat()
    # inode, size and times: if the file was written since, it is hashed again
    sha256 = _hash_once(path, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
    if not asset.matches(sha256):
        raise DataError(f"{path} is damaged: its SHA-256 is {sha256}, expected {asset.sha256}")
    return path


def asset_key(asset: Asset, path: Path | None) -> Mapping[str, str]:
    """Return {"sha256": checksum}, which identifies the file of an option in keys and in signatures.

    asset  the file that the option declares
    path   the file that the user names; None: the one that `genbench fetch` downloads

    If the content is that of the asset, the checksum is the declared one, so that the key is the same with
    and without a path; for other content, it is that of the file. Raises DataError if the file cannot be
    read.
    """
    if path is None:
        return {"sha256": asset.sha256}
    sha256 = content_sha256(path)
    return {"sha256": asset.sha256 if asset.matches(sha256) else sha256}


def _is_loopback(host: str) -> bool:
    """Return whether a host is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@functools.lru_cache(maxsize=64)  # more assets than all bundled components have
def _hash_once(path: Path, *identity: int) -> str:  # noqa: ARG001 - a part of the cache's key
    """Return the SHA-256 of a file, cached since several metrics share one extractor.

    identity  inode, size and times, so that a file that was written since is hashed again
    """
    return content_sha256(path)
