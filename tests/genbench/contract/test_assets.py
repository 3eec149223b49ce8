from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path
from typing import Annotated

import pytest
from toys import make_catalog

from genbench import Asset, DataError, ExtractorSpec, PluginError, SuiteError
from genbench.contract.assets import asset_key, asset_path, assets_root, find_asset, is_fetchable, is_fetched
from genbench.contract.options import find_assets
from genbench.contract.signature import canonical_options, fill_options, read_contract
from genbench.suite.components import make_part
from genbench.suite.file import SuiteEntry

CONTENT = b"what a network has learned"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
URL = "https://example.org/releases/net-1.pth"
NET = Asset("net-weights", URL, SHA256, len(CONTENT), "Apache-2.0")
SHORT = Asset("net-weights", URL, SHA256[:8], len(CONTENT), "Apache-2.0")


def net(*, weights: Annotated[Path | None, NET] = None, size: int = 1): ...
def short(*, weights: Annotated[Path | None, SHORT] = None): ...


OUTPUTS = {"features": "of the net"}
CATALOG = make_catalog(
    ExtractorSpec(name="net", make=net, outputs=OUTPUTS),
    ExtractorSpec(name="short", make=short, outputs=OUTPUTS),
    name="nets",
)


def part(use="net", folder=Path(), **options):
    entry = SuiteEntry(use=use, name=None, options=options, where="s.toml: metric[0].extractor")
    return make_part(CATALOG, ExtractorSpec, entry, folder)


@pytest.fixture(autouse=True)
def root(tmp_path, monkeypatch):
    monkeypatch.setenv("GENBENCH_ASSETS", str(tmp_path / "assets"))
    return tmp_path / "assets"


def put(asset=NET, content=CONTENT):
    path = asset_path(asset)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "Net weights"),
        ("url", "ftp://example.org/net.pth"),
        ("url", "http://example.org/net.pth"),
        ("url", "file:///net.pth"),
        ("url", "https:///net.pth"),
        ("url", "https://[example/net.pth"),
        ("url", "https://example.org/releases/"),
        ("url", "https://example.org/.."),
        ("url", "https://example.org/a%2Fb"),
        ("sha256", SHA256[:7]),
        ("sha256", SHA256.upper()),
        ("sha256", SHA256 + "0"),
        ("size_bytes", 0),
        ("licence", ""),
    ],
)
def test_an_asset_that_could_not_be_fetched_or_checked_is_refused_by_name(field, value):
    fields = {"name": "net", "url": URL, "sha256": SHA256, "size_bytes": 1, "licence": "MIT"} | {field: value}
    with pytest.raises(PluginError, match="asset"):
        Asset(**fields)


@pytest.mark.parametrize(
    "url", [URL, "http://localhost:8/a", "http://127.0.0.1/a", "http://[::1]:80/a", "HTTPS://example.org/a"]
)
def test_https_and_http_on_this_machine_can_be_fetched(url):
    assert is_fetchable(url)


def test_the_folder_is_named_by_the_environment_or_lies_in_the_users_cache(root, tmp_path, monkeypatch):
    assert assets_root() == root
    assert asset_path(NET) == root / SHA256 / "net-1.pth"
    monkeypatch.setenv("GENBENCH_ASSETS", "near")
    assert assets_root() == Path.cwd() / "near"
    monkeypatch.delenv("GENBENCH_ASSETS")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert assets_root().parts[-2:] == ("genbench", "assets")


def test_a_query_in_the_address_is_no_part_of_the_files_name():
    asset = Asset("net", "https://example.org/net.pth?download=true#x", SHA256, 1, "MIT")
    assert asset.file_name == "net.pth"


def test_a_file_is_found_if_it_is_whole():
    assert find_asset(NET) is None
    assert not is_fetched(NET)
    path = put()
    assert find_asset(NET) == path
    assert is_fetched(NET)


def test_a_file_that_has_changed_in_this_process_is_noticed():
    path = put()
    find_asset(NET)
    path.write_bytes(CONTENT + b"!")
    with pytest.raises(DataError, match=f"is damaged: its SHA-256 is .*, expected {SHA256}"):
        find_asset(NET)


@pytest.mark.parametrize("asset", [NET, SHORT])
def test_a_file_counts_as_the_declared_checksum_wherever_it_lies(asset, tmp_path):
    (tmp_path / "mine.pth").write_bytes(CONTENT)
    (tmp_path / "other.pth").write_bytes(b"other")
    assert asset_key(asset, None) == {"sha256": asset.sha256}
    assert asset_key(asset, tmp_path / "mine.pth") == {"sha256": asset.sha256}
    other = hashlib.sha256(b"other").hexdigest()
    assert asset_key(asset, tmp_path / "other.pth") == {"sha256": other}


def test_an_asset_is_found_wherever_it_stands_in_an_annotation():
    assert find_assets(Annotated[Path | None, NET]) == [NET]
    assert find_assets(Annotated[Path, NET] | None) == [NET]
    assert find_assets(Path | None) == []


def test_the_option_of_a_contract_has_its_asset():
    contract = read_contract(CATALOG.find("extractor", "net").spec)
    assert [option.asset for option in contract.options] == [NET, None]
    filled = fill_options(contract, {}, where="s.toml", folder=Path())
    assert filled == {"weights": None, "size": 1}
    assert canonical_options(contract, filled) == {"weights": {"sha256": SHA256}, "size": 1}


def not_a_path(*, weights: Annotated[str | None, NET] = None): ...
def required(*, weights: Annotated[Path, NET]): ...
def elsewhere(*, weights: Annotated[Path | None, NET] = Path("net.pth")): ...
def twice(*, weights: Annotated[Path | None, NET, SHORT] = None): ...


@pytest.mark.parametrize("make", [not_a_path, required, elsewhere, twice])
def test_an_asset_stands_for_one_path_that_may_be_left_out(make):
    with pytest.raises(PluginError, match=r"extractor 'x': option 'weights' has .* expected .*Path \| None"):
        read_contract(ExtractorSpec(name="x", make=make, outputs={"features": ""}))


def test_a_component_whose_file_is_not_here_is_refused_with_the_command_that_fetches_it():
    with pytest.raises(SuiteError) as refused:
        part()
    assert str(refused.value) == (
        "s.toml: metric[0].extractor: extractor 'net' needs the file net-1.pth (26 bytes, Apache-2.0), which "
        "is not on this machine; run `genbench fetch net`, or name a file with its option 'weights'"
    )


def test_a_component_whose_file_is_damaged_is_refused():
    put(content=b"half")
    reason = r"needs the file net-1.pth, and .* is damaged: .*; run `genbench fetch net`"
    with pytest.raises(SuiteError, match=reason):
        part()


def test_a_component_gets_the_path_of_the_fetched_file():
    path = put()
    assert dict(part().options) == {"weights": path, "size": 1}


@pytest.mark.parametrize("use", ["net", "short"])
def test_the_fetched_file_and_the_same_file_given_by_path_are_one_number(use, tmp_path):
    (tmp_path / "mine.pth").write_bytes(CONTENT)
    given = part(use, tmp_path, weights="mine.pth")
    put({"net": NET, "short": SHORT}[use])
    fetched = part(use)
    assert given.options["weights"] == tmp_path / "mine.pth"
    assert given.canonical == fetched.canonical
    assert given.signature_options == fetched.signature_options


def test_a_file_given_by_path_needs_no_fetched_one_and_need_not_be_the_asset(tmp_path):
    (tmp_path / "tuned.pth").write_bytes(b"tuned")
    given = part(folder=tmp_path, weights="tuned.pth")
    assert given.canonical["weights"] == {"sha256": hashlib.sha256(b"tuned").hexdigest()}


def test_a_file_is_read_once_in_a_process_however_many_metrics_use_it(monkeypatch):
    path = put()
    part()
    mode = stat.S_IMODE(path.stat().st_mode)
    monkeypatch.setattr("genbench.contract.assets.content_sha256", None)  # would raise if it were called
    part()
    assert stat.S_IMODE(path.stat().st_mode) == mode
    os.utime(path, ns=(1, 1))
    with pytest.raises(TypeError):
        part()
