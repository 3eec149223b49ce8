"""Descriptions of components as JSON-like values: for lists, for `show`, and for other programs."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Literal

from genbench.catalog.catalog import missing_needs
from genbench.contract.assets import asset_path, has_size
from genbench.contract.options import bounds, plain_value, type_name
from genbench.contract.signature import read_contract
from genbench.contract.specs import DatasetSpec, ExtractorSpec, GeneratorSpec, MetricSpec
from genbench.core.errors import PluginError

if TYPE_CHECKING:
    from genbench.catalog.catalog import Catalog, Component
    from genbench.contract.assets import Asset
    from genbench.contract.signature import Option
    from genbench.contract.specs import Output, Spec

__all__ = ["DECIDES", "State", "describe", "listing"]

#: Kind to what decides the key of its artefacts, or the signature of a metric's number.
DECIDES = {
    "dataset": ("version", "options", "content", "parts"),
    "extractor": ("version", "options", "weights", "fitted"),
    "generator": ("version", "code", "options", "data", "seed"),
    "metric": (
        "metric",
        "version",
        "options",
        "extractor",
        "protocol",
        "n",
        "n_real",
        "data",
        "split",
        "seeds",
        "genbench",
    ),
    "executor": (),
}


@dataclasses.dataclass(frozen=True)
class State:
    """Whether a component can be used; `str` gives "ok", "missing: pip install …" or "ambiguous: also in …".

    detail  what to install, or where else the name is; empty if it can be used
    """

    status: Literal["ok", "missing", "ambiguous"]
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.status}: {self.detail}" if self.detail else self.status


def listing(catalog: Catalog) -> dict[str, Any]:
    """Return all components and the broken plugins, without importing any component's code.

    components  for each: kind, name, reference, distribution, version, plugin, summary, spaces, outputs (of a
                metric or an extractor: name and summary, a metric's also direction, best, range and
                expects), state
    broken      for each plugin: distribution, version, plugin, module, reason

    All are JSON-like but state, a State.
    """
    return {
        "components": [
            _summary(catalog, component) for kind in DECIDES for component in catalog.of_kind(kind)
        ],
        "broken": [
            {
                "distribution": broken.owner.distribution,
                "version": broken.owner.version,
                "plugin": broken.owner.plugin,
                "module": broken.owner.module,
                "reason": broken.reason,
            }
            for broken in catalog.broken
        ],
    }


def describe(catalog: Catalog, component: Component) -> dict[str, Any]:
    """Return everything known of a component; imports its code.

    In addition to the fields of `listing`: component_version, source, needs, decides (the fields of its key
    or signature), inputs, given, options (each with name, type, bounds, default, required), assets (each
    with option, name, url, sha256, size_bytes, licence, path, and whether a file of that size exists), the
    fields that the spec of its kind adds, and problem: why inputs and options cannot be read, or None.
    """
    spec = component.spec
    return (
        _summary(catalog, component)
        | {"component_version": spec.version, "source": spec.source, "needs": dict(spec.needs)}
        | _of_kind(spec)
        | _asked(spec)
        | {"decides": list(DECIDES[spec.kind])}
    )


def _summary(catalog: Catalog, component: Component) -> dict[str, Any]:
    spec, owner = component.spec, component.owner
    return {
        "kind": component.kind,
        "name": component.name,
        "reference": component.reference,
        "distribution": owner.distribution,
        "version": owner.version,
        "plugin": owner.plugin,
        "summary": spec.summary,
        "spaces": list(spec.spaces),
        "outputs": _outputs(spec),
        "state": _state(catalog, component),
    }


def _state(catalog: Catalog, component: Component) -> State:
    spec = component.spec
    missing = [f"'{spec.needs[module]}'" for module in missing_needs(spec)]
    if missing:
        return State("missing", f"pip install {' '.join(missing)}")
    others = {
        other.owner.distribution
        for name in component.names
        for other in catalog.matches(component.kind, name)
        if other is not component
    }
    return State("ambiguous", f"also in {', '.join(sorted(others))}") if others else State("ok")


def _outputs(spec: Spec) -> list[dict[str, Any]]:
    if isinstance(spec, MetricSpec):
        return [_output(output) for output in spec.scores]
    if isinstance(spec, ExtractorSpec):
        return [{"name": name, "summary": summary} for name, summary in spec.outputs.items()]
    return []


def _output(output: Output) -> dict[str, Any]:
    return {
        "name": output.name,
        "summary": output.summary,
        "direction": output.direction,
        "best": output.best,
        "range": list(output.range),
        "expects": dict(output.expects),
    }


def _of_kind(spec: Spec) -> dict[str, Any]:
    if isinstance(spec, MetricSpec):
        takes = [spec.takes] if isinstance(spec.takes, str) else list(spec.takes)
        said = {"takes": takes, "extractor": spec.extractor, "min_n": spec.min_n}
        return said | {"report": spec.report}
    if isinstance(spec, GeneratorSpec):
        said = {"control": spec.control, "chunk": spec.chunk}
        return said | {"can_load": spec.load is not None}
    if isinstance(spec, ExtractorSpec):
        protocols = [dataclasses.asdict(protocol) for protocol in spec.protocols]
        return {"canonical": spec.canonical, "can_load": spec.load is not None, "protocols": protocols}
    if isinstance(spec, DatasetSpec):
        return {"reads": list(spec.reads), "parts": dict(spec.parts)}
    return {}


def _asked(spec: Spec) -> dict[str, Any]:
    try:
        contract = read_contract(spec)
    except PluginError as error:
        problem = " ".join(str(error).split())
        return {"inputs": [], "given": [], "options": [], "assets": [], "problem": problem}
    return {
        "inputs": list(contract.inputs),
        "given": list(contract.given),
        "options": [_option(option) for option in contract.options],
        "assets": [_asset(option.name, option.asset) for option in contract.options if option.asset],
        "problem": None,
    }


def _asset(option: str, asset: Asset) -> dict[str, Any]:
    said = {"path": str(asset_path(asset)), "is_present": has_size(asset)}
    return {"option": option} | dataclasses.asdict(asset) | said


def _option(option: Option) -> dict[str, Any]:
    try:
        default = plain_value(option.default)
    except (TypeError, ValueError):
        default = str(option.default)
    return {
        "name": option.name,
        "type": type_name(option.annotation),
        "bounds": bounds(option.annotation),
        "default": default,
        "required": option.required,
    }
