"""Extractors that need no download, for the message about a file that was not fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from genbench.catalog.catalog import missing_needs
from genbench.contract.assets import asset_path
from genbench.contract.signature import read_contract
from genbench.contract.specs import ExtractorSpec

if TYPE_CHECKING:
    from collections.abc import Collection

    from genbench.catalog.catalog import Catalog, Component
    from genbench.catalog.modalities import Modality

__all__ = ["offline_advice"]


def offline_advice(
    catalog: Catalog, modality: Modality, outputs: Collection[str], sides: Collection[str]
) -> str:
    """Return which extractors of a modality can be used at once, with what to type, "" if there are none.

    outputs  those that the metric takes
    sides    names of the sides; an extractor that is fitted needs `train`
    """
    ready = [
        component.name if len(catalog.matches("extractor", component.name)) == 1 else component.reference
        for component in catalog.of_kind("extractor")
        if component.serves((modality.reference,)) and _is_ready(component, outputs, sides)
    ]
    if not ready:
        return ""
    typed = " or ".join(f"`--extractor {name}`" for name in ready)
    return f"; without a download, {modality.reference} samples can be scored with {typed}"


def _is_ready(component: Component, outputs: Collection[str], sides: Collection[str]) -> bool:
    """Return whether an extractor gives these outputs without options, other packages or missing files."""
    spec = component.spec
    if not isinstance(spec, ExtractorSpec) or not set(outputs) <= set(spec.outputs) or missing_needs(spec):
        return False
    contract = read_contract(spec)
    is_fitted = bool(contract.inputs)
    lacks_file = any(
        option.required or (option.asset is not None and not asset_path(option.asset).is_file())
        for option in contract.options
    )
    return not lacks_file and (not is_fitted or "train" in sides)
