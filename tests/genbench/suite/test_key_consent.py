from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pytest
from toys import make_catalog

from genbench import Address, GeneratorSpec, SuiteError, Variable
from genbench.suite.components import check_allowed, check_keys, make_part
from genbench.suite.file import SuiteEntry


def asks(
    train, *, url: Annotated[str | None, Address] = "https://default.example/v1",
    keys: Annotated[tuple[str, ...], Variable] = (),
): ...  # fmt: skip


CATALOG = make_catalog(GeneratorSpec(name="asks", make=asks, variables=("HF_TOKEN",)))


def part(**options):
    entry = SuiteEntry(use="asks", name=None, options=options, where="s.toml: generator[0]")
    return make_part(CATALOG, GeneratorSpec, entry, Path())


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://API.example.com/v1", "api.example.com"),
        ("https://api.example.com:443/v1", "api.example.com"),
        ("https://api.example.com:8443/v1", "api.example.com:8443"),
        ("http://localhost:80", "localhost"),
        ("http://[::1]:8000/v1", "[::1]:8000"),
        ("https://api.example.com@evil.example/v1", "evil.example"),
        ("https://evil.example/@api.example.com", "evil.example"),
    ],
)
def test_a_component_sends_what_it_names_to_the_host_that_it_names(url, host):
    assert part(url=url, keys=["KEY", "ORG"]).sends == (f"KEY@{host}", f"ORG@{host}")


def test_a_component_without_a_variable_or_a_server_sends_nothing():
    assert part(keys=["KEY"]).sends == ("KEY@default.example",)
    assert part(url="https://x.example").sends == ()
    assert part().sends == ()


@pytest.mark.parametrize("url", ["api.example.com/v1", "https://", "https://x:y/v1", "https://[::1/v1", ""])
def test_a_text_that_names_no_server_is_refused(url):
    with pytest.raises(SuiteError, match=r"^s\.toml: generator\[0\]\.url: expected the URL of a server"):
        part(url=url, keys=["KEY"])


def test_each_variable_needs_consent_for_its_server():
    both = part(url="https://x.example", keys=["KEY", "ORG"])
    check_keys([both, part()], ["KEY@x.example", "ORG@x.example"])
    with pytest.raises(SuiteError) as refused:
        check_keys([part(), both], ["KEY@x.example", "ORG@y.example"])
    assert str(refused.value) == (
        "s.toml: generator[0]: generator 'asks' of maker would send the environment variable ORG to "
        "x.example; if you agree, add --allow-key ORG@x.example"
    )


@pytest.mark.parametrize("value", ["sk-12345678", "KEY", "KEY@", "@host", "KEY@host/v1", "a b@host", 3])
def test_a_consent_of_another_form_is_refused_and_not_shown(value):
    check_allowed(["KEY@host", "_k2@[::1]:8000"])
    with pytest.raises(SuiteError, match="--allow-key: expected NAME@HOST") as refused:
        check_allowed(["KEY@host", value])
    assert not isinstance(value, str) or len(value) < 8 or value not in str(refused.value)
