"""Downloads of assets into the cache, with verified checksums and atomic writes."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import http.client
import ssl
import urllib.error
import urllib.request
from typing import IO, TYPE_CHECKING, Any

from genbench._version import __version__
from genbench.contract.assets import asset_path, find_asset, is_fetchable
from genbench.core.errors import DataError, GenbenchError, ResultsError
from genbench.files.sealed import drafts_in, open_replacement

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    from genbench.contract.assets import Asset

__all__ = ["FetchError", "fetch"]

#: How long the server may be silent, while connecting or between two pieces: twice the 15 s of pip.
_TIMEOUT_S = 30.0

_PIECE_BYTES = 1 << 18  # small enough for a display to move at 1 MB a second, large enough to cost no time


class FetchError(GenbenchError):
    """A file could not be downloaded, or has another checksum; nothing of it is kept."""

    exit_code = 1


def fetch(
    asset: Asset, *, timeout_s: float = _TIMEOUT_S, report: Callable[[int], None] | None = None
) -> Path:
    """Return the path of the asset's file in the cache; download it unless the cache has it.

    report  called with the number of bytes so far

    The write is atomic: a temporary file gets the name once its size and SHA-256 are verified and it is on
    disk. Raises FetchError if the file cannot be downloaded or has another checksum, and ResultsError if
    the cache cannot be written.
    """
    path = asset_path(asset)
    with contextlib.suppress(DataError):  # the file is damaged, and is replaced
        cached = find_asset(asset)
        if cached is not None:
            return cached
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove_drafts(path.parent)
        with open_replacement(path) as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # so that another process does not remove it as a draft
            _download(asset, file, timeout_s, report)
    except OSError as error:
        raise ResultsError(
            f"{asset.name}: {path} cannot be written: {error.strerror or error}; free some space, or set "
            f"GENBENCH_ASSETS to another folder"
        ) from error
    return path


def _remove_drafts(folder: Path) -> None:
    """Remove the temporary files of killed processes: those that no process has locked."""
    for path in drafts_in(folder):
        with contextlib.suppress(OSError), path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # fails at once if a process downloads the file
            path.unlink()


def _download(asset: Asset, file: IO[bytes], timeout_s: float, report: Callable[[int], None] | None) -> None:
    """Write the asset's content to `file`, and `report` the number of bytes after each piece.

    Raises FetchError if the content has another size or SHA-256; the caller then removes the file.
    """
    total, done = hashlib.sha256(), 0
    with contextlib.closing(_read_pieces(asset, timeout_s)) as pieces:
        for piece in pieces:
            done += len(piece)
            if done > asset.size_bytes:
                raise FetchError(f"{_who(asset)} is longer than the {asset.size_bytes:,} bytes expected; "
                                 f"it was not kept")  # fmt: skip
            total.update(piece)
            file.write(piece)
            if report is not None:
                report(done)
    if done < asset.size_bytes:
        raise FetchError(
            f"{_who(asset)} broke off after {done:,} of {asset.size_bytes:,} bytes, none kept; try again"
        )
    if not asset.matches(total.hexdigest()):
        raise FetchError(
            f"{_who(asset)} has the SHA-256 {total.hexdigest()}, expected {asset.sha256}: it is another file "
            f"than {asset.name}, and was not kept"
        )


def _read_pieces(asset: Asset, timeout_s: float) -> Generator[bytes, None, None]:
    """Yield the content at the asset's address in pieces of at most 256 KiB.

    Raises FetchError if the transfer fails, or if the server announces another size.
    """
    request = urllib.request.Request(  # noqa: S310 - an Asset's address is https, or http on this machine
        asset.url, headers={"User-Agent": f"genbench/{__version__}"}
    )
    try:
        with urllib.request.build_opener(_Redirects).open(request, timeout=timeout_s) as response:
            # without this header, `_download` finds another size
            length = response.headers.get("Content-Length", str(asset.size_bytes))
            if length != str(asset.size_bytes):
                raise FetchError(
                    f"{_who(asset)} has {length} bytes, expected {asset.size_bytes}: it is another file than "
                    f"{asset.name}, and was not fetched"
                )
            while piece := response.read(_PIECE_BYTES):
                yield piece
    except (OSError, http.client.HTTPException) as error:
        raise FetchError(f"{_who(asset)} cannot be fetched: {_describe_failure(error, timeout_s)}") from error


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects, except to an address that an Asset may not have."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        """Return the request of the next address; raise URLError if it is neither https nor this machine."""
        if not is_fetchable(newurl):
            fp.close()
            raise urllib.error.URLError(f"it was redirected to {newurl}, which is not https")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _who(asset: Asset) -> str:
    """Return an asset and its address, for messages."""
    return f"{asset.name}: {asset.url}"


def _describe_failure(error: Exception, timeout_s: float) -> str:
    """Return why a transfer failed, with advice where there is some, for messages."""
    if isinstance(error, urllib.error.HTTPError):
        error.close()
        return f"the server says {error.code} {error.reason}"
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, TimeoutError):
        return f"the server said nothing for {timeout_s:g} s; try again"
    if isinstance(cause, ssl.SSLError):
        return f"no safe connection: {cause.reason or cause}"
    if isinstance(cause, OSError):
        return f"{cause.strerror or cause}; is this machine connected?"
    return f"{cause}" or type(cause).__name__
