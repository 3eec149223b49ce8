"""Descriptions of components as JSON-like values: for lists, for `show`, and for other programs."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from genbench.catalog.states import States
from genbench.contract.assets import asset_path, has_size
from genbench.contract.expected import in_words
from genbench.contract.faults import FaultSpec
from genbench.contract.modalities import ModalitySpec
from genbench.contract.options import bounds, plain_value, type_name
from genbench.contract.signature import read_contract
from genbench.contract.specs import PARTICIPANTS, RUNS, DatasetSpec, ExtractorSpec, GeneratorSpec, MetricSpec
from genbench.core.errors import PluginError, SuiteError
from genbench.core.names import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from genbench.catalog.catalog import Catalog, Component
    from genbench.contract.assets import Asset
    from genbench.contract.signature import Option
    from genbench.contract.specs import Output, Spec

__all__ = ["DECIDES", "describe", "listing", "selected"]

#: Kind to what decides the key of its artefacts, or the signature of a metric's number.
DECIDES = {
    "modality": ("version", "code"),
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
    "fault": (),
    "executor": (),
    "listener": (),
}


def listing(catalog: Catalog) -> dict[str, Any]:
    """Return all components and the broken plugins; heavy libraries are not imported.

    components  for each: kind, name, reference, distribution, version, plugin, summary, modalities,
                outputs (of a metric or an extractor: name and summary, a metric's also the other fields of
                Output), state
    broken      for each plugin: distribution, version, plugin, module, reason

    All are JSON-like but state, a State.
    """
    states = States(catalog)
    return {
        "components": [
            _summary(states, component) for kind in DECIDES for component in catalog.of_kind(kind)
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


def selected(
    found: Mapping[str, Any],
    *,
    kind: str | None = None,
    modality: str | None = None,
    state: str | None = None,
    words: Sequence[str] = (),
) -> dict[str, Any]:
    """Return the components and broken plugins of a `listing` that match all that is given.

    modality  one that a component supports, or that a dataset provides
    state     the status of a component; that of a broken plugin is "broken"
    words     each is in a name or a summary of the component or of its outputs, or in the name or the reason
              of a broken plugin, in any case

    Raises SuiteError if no component names or declares the modality. What a broken plugin contains is
    unknown, so kind and modality do not leave it out.
    """
    components = found["components"]
    named = {name for component in components for name in component["modalities"]}
    declared = {component["name"] for component in components if component["kind"] == ModalitySpec.kind}
    known = sorted(named | declared)
    if modality is not None and modality not in known:
        raise SuiteError(f"no component names the modality {modality!r}{nearest(modality, known)}")
    return {
        "components": [
            component
            for component in components
            if kind in (None, component["kind"])
            and (modality is None or _supports(component, modality))
            and state in (None, component["state"].status)
            and _mentions(words, *_texts(component))
        ],
        "broken": [
            plugin
            for plugin in found["broken"]
            if state in (None, "broken")
            and _mentions(words, plugin["plugin"], plugin["distribution"], plugin["reason"])
        ],
    }


def _supports(component: Mapping[str, Any], modality: str) -> bool:
    named = [component["name"]] if component["kind"] == ModalitySpec.kind else component["modalities"]
    return component["kind"] not in ("executor", "listener") and (not named or modality in named)


def _texts(component: Mapping[str, Any]) -> Iterator[str]:
    for each in (component, *component["outputs"]):
        yield from (each["name"], each["summary"])


def _mentions(words: Sequence[str], *texts: str) -> bool:
    return all(any(word.casefold() in text.casefold() for text in texts) for word in words)


def describe(catalog: Catalog, component: Component) -> dict[str, Any]:
    """Return everything known of a component; imports its code.

    In addition to the fields of `listing`: component_version, source, needs, decides (the fields of its key
    or signature), inputs, given, options (each with name, type, bounds, default, required), assets (each
    with option, name, url, sha256, size_bytes, licence, path, and whether a file of that size exists), the
    fields that the spec of its kind adds, and problem: why inputs and options cannot be read, or None.
    """
    spec = component.spec
    return (
        _summary(States(catalog), component)
        | {"component_version": spec.version, "source": spec.source, "needs": dict(spec.needs)}
        | _of_kind(spec)
        | _asked(spec)
        | {"decides": _decides(spec)}
    )


def _summary(states: States, component: Component) -> dict[str, Any]:
    spec, owner = component.spec, component.owner
    return {
        "kind": component.kind,
        "name": component.name,
        "reference": component.reference,
        "distribution": owner.distribution,
        "version": owner.version,
        "plugin": owner.plugin,
        "summary": spec.summary,
        "modalities": list(spec.modalities),
        "outputs": _outputs(spec),
        "state": states.of(component),
    }


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
        "expects": {fault: in_words(expected) for fault, expected in output.expects.items()},
        "any_valid_share": output.any_valid_share,
    }


def _decides(spec: Spec) -> list[str]:
    of_comparison = [PARTICIPANTS, RUNS] if isinstance(spec, MetricSpec) and spec.is_comparison else []
    return [*DECIDES[spec.kind], *of_comparison]


def _of_kind(spec: Spec) -> dict[str, Any]:
    if isinstance(spec, MetricSpec):
        takes = [spec.takes] if isinstance(spec.takes, str) else list(spec.takes)
        said = {"takes": takes, "extractor": spec.extractor, "min_n": spec.min_n}
        said |= {"report": spec.report, "real_moments": spec.real_moments}
        return said | {"scope": spec.scope, "votes": list(spec.votes)}
    if isinstance(spec, GeneratorSpec):
        said = {"control": spec.control, "chunk": spec.chunk}
        return said | {"can_load": spec.load is not None}
    if isinstance(spec, ExtractorSpec):
        protocols = [dataclasses.asdict(protocol) for protocol in spec.protocols]
        return {"canonical": spec.canonical, "can_load": spec.load is not None, "protocols": protocols}
    if isinstance(spec, DatasetSpec):
        return {"reads": list(spec.reads), "parts": dict(spec.parts), "extractor": spec.extractor}
    if isinstance(spec, ModalitySpec):
        types = {name: type_name(annotation) for name, annotation in spec.parameters.items()}
        said = {"container": spec.container, "dtypes": list(spec.dtypes), "axes": list(spec.axes)}
        return said | {
            "parameters": types,
            "default_extractor": spec.default_extractor,
            "default_dataset": spec.default_dataset,
        }
    return _of_fault(spec) if isinstance(spec, FaultSpec) else {}


def _of_fault(spec: FaultSpec) -> dict[str, Any]:
    return {"levels": dict(spec.levels), "effect": spec.effect, "control": spec.control}


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
