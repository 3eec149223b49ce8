"""Vega as a script."""

from __future__ import annotations

import pytest

from genbench.report.page.document import make_vega_script
from genbench.report.page.markup import script_text
from genbench.store.store import Store


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return Store(tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="module")
def script(store):
    return make_vega_script(store)


def test_it_defines_what_the_page_calls_and_ends_no_element(script):
    assert "window.genbenchVega" in script
    assert str(script_text(script)) == script
    assert 500_000 < len(script) < 1_000_000
    assert "\r" not in script  # a browser hashes the text with other line ends


def test_it_is_bundled_once(script, store, monkeypatch):
    monkeypatch.setattr("vl_convert.javascript_bundle", None)
    assert make_vega_script(store) == script


def test_a_damaged_one_is_bundled_again(script, store, monkeypatch):
    (file,) = store.root.glob("script/*/*/files/vega.js")
    file.write_text("alert(1)")
    monkeypatch.setattr("vl_convert.javascript_bundle", lambda _: "made again")
    assert make_vega_script(store) == "made again"


def test_without_a_store_that_can_be_written_it_is_bundled_each_time(tmp_path, monkeypatch):
    made = []
    monkeypatch.setattr("vl_convert.javascript_bundle", lambda snippet: made.append(snippet) or "bundle")
    (tmp_path / "script").write_text("a file in place of a folder")
    assert [make_vega_script(Store(tmp_path)) for _ in range(2)] == ["bundle", "bundle"]
    assert len(made) == 2
