"""The presets of the Inception network: what they set is there to be set, and no two are one."""

from __future__ import annotations

import pytest
from genbench_image.inception.protocols import PROTOCOLS

from genbench.catalog.catalog import load_catalog
from genbench.contract.signature import canonical_options, fill_options, read_contract


@pytest.fixture(scope="module")
def filled():
    """Return a function that fills in the options of a component of genbench."""
    catalog = load_catalog(only=["genbench"])

    def fill(kind, name, options):
        contract = read_contract(catalog.find(kind, name).spec)
        return canonical_options(contract, fill_options(contract, options, where=name, folder=None))

    return fill


@pytest.mark.parametrize("protocol", PROTOCOLS, ids=lambda protocol: protocol.name)
def test_options_are_those_of_the_extractor_and_of_metrics(protocol, filled):
    assert filled("extractor", "inception-v3-compat", protocol.options).items() >= protocol.options.items()
    for metric, options in protocol.metrics.items():
        own = {name: value for name, value in options.items() if name != "extractor"}
        assert filled("metric", metric, own).items() >= own.items()


def test_the_reference_is_the_train_split_and_only_old_papers_ask_for_a_number_of_fakes():
    assert {protocol.split for protocol in PROTOCOLS} == {"train"}
    assert {protocol.name: protocol.n for protocol in PROTOCOLS if protocol.n} == {
        "legacy-tensorflow": 50_000
    }


def test_the_preset_of_torch_fidelity_is_what_the_extractor_does_unasked(filled):
    (preset,) = (protocol for protocol in PROTOCOLS if protocol.name == "torch-fidelity")
    assert filled("extractor", "inception-v3-compat", preset.options) == filled(
        "extractor", "inception-v3-compat", {}
    )


def test_no_two_presets_are_the_same():
    found = [(protocol.options, protocol.metrics, protocol.n) for protocol in PROTOCOLS]
    assert all(found.count(each) == 1 for each in found)
