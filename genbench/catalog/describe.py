"""Descriptions of components as JSON-like values: for lists, for `show`, and for other programs."""

from __future__ import annotations

import dataclasses
import os
import sys
from typing import TYPE_CHECKING, Any

from genbench.catalog.imports import find_module
from genbench.catalog.states import find_state, read_needs
from genbench.contract.assets import asset_path, is_fetched
from genbench.contract.expected import format_expected
from genbench.contract.modalities import ModalitySpec
from genbench.contract.options import Variable, has_mark, list_bounds, plain_value, type_name
from genbench.contract.signature import Contract, read_contract
from genbench.contract.specs import PARTICIPANTS, RUNS, ExtractorSpec, GeneratorSpec, MetricSpec
from genbench.core.errors import PluginError, SuiteError
from genbench.core.escaping import one_line
from genbench.core.names import suggest_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from genbench.catalog.catalog import Catalog, Component, Owner
    from genbench.catalog.states import Needs
    from genbench.contract.assets import Asset
    from genbench.contract.signature import Option
    from genbench.contract.specs import Output, Spec

__all__ = ["DECIDES", "describe", "describe_plugins", "list_components", "select_components"]

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

#: The fields of an owner that lists contain.
_OWNER_FIELDS = ("distribution", "version", "plugin")

#: Kind to the fields of its spec that a description contains as they are.
_SPEC_FIELDS = {
    "modality": ("container", "dtypes", "axes", "default_dataset", "default_extractor"),
    "dataset": ("reads", "parts", "extractor"),
    "extractor": ("canonical",),
    "generator": ("control", "chunk"),
    "metric": ("takes", "extractor", "votes", "scope", "min_n", "real_moments", "report", "takes_draws"),
    "fault": ("levels", "effect", "control"),
}


def list_components(catalog: Catalog) -> dict[str, Any]:
    """Return all components and the broken plugins; heavy libraries are not imported.

    components  for each: kind, name, reference, distribution, version, plugin, summary, modalities,
                outputs (of a metric or an extractor: name and summary, a metric's also the other fields of
                Output), state
    broken      for each plugin: distribution, version, plugin, module, reason

    All are JSON-like but state, a State.
    """
    # the keys of DECIDES are all kinds of components, in the order in which lists show them
    components = [component for kind in DECIDES for component in catalog.of_kind(kind)]
    return {
        "components": [_summarize_component(catalog, component) for component in components],
        "broken": [
            _pick_fields(broken.owner, *_OWNER_FIELDS, "module") | {"reason": broken.reason}
            for broken in catalog.broken
        ],
    }


def select_components(
    listing: Mapping[str, Any],
    *,
    kind: str | None = None,
    modality: str | None = None,
    state: str | None = None,
    words: Sequence[str] = (),
) -> dict[str, Any]:
    """Return the components and broken plugins of a `list_components` that match all given conditions.

    modality  one that a component supports, or that a dataset provides
    state     the status of a component; that of a broken plugin is "broken"
    words     each is in a name or a summary of the component or of its outputs, or in the name or the reason
              of a broken plugin, in any case

    Raises SuiteError if no component names or declares the modality. What a broken plugin contains is
    unknown, so kind and modality do not leave it out.
    """
    components = listing["components"]
    supported = {name for component in components for name in component["modalities"]}
    declared = {component["name"] for component in components if component["kind"] == ModalitySpec.kind}
    known = sorted(supported | declared)
    if modality is not None and modality not in known:
        raise SuiteError(f"no component names the modality {modality!r}{suggest_names(modality, known)}")
    return {
        "components": [
            component
            for component in components
            if kind in (None, component["kind"])
            and (modality is None or _supports(component, modality))
            and state in (None, component["state"].status)
            and _mentions(words, *_list_texts(component))
        ],
        "broken": [
            plugin
            for plugin in listing["broken"]
            if state in (None, "broken")
            and _mentions(words, plugin["plugin"], plugin["distribution"], plugin["reason"])
        ],
    }


def describe_plugins(catalog: Catalog) -> list[dict[str, Any]]:
    """Return the state and the needs of each plugin, sorted by distribution and name, as JSON-like values.

    distribution, version, plugin, file
    state       "ok", or "broken" with its reason: it cannot be loaded, or a component of it cannot
    components  their number
    missing     optional modules that are not installed: component, module, install (for `pip install`)
    variables   environment variables that a component reads: component, option, variable, is_set; if an
                option names the variable, only the option is known, and the others are None
    assets      missing files: component, asset, size_bytes, fetch (the command that downloads it)
    problems    components whose `make` cannot be used: component, reason
    """
    reasons: dict[Owner, str] = {broken.owner: one_line(broken.reason) for broken in catalog.broken}
    # the needs of each component, by plugin; a broken plugin may have none
    all_needs: dict[Owner, list[Needs]] = {owner: [] for owner in reasons}
    for component in catalog.components:
        all_needs.setdefault(component.owner, []).append(read_needs(component))
    plugins = [_describe_plugin(owner, needs, reasons.get(owner, "")) for owner, needs in all_needs.items()]
    return sorted(plugins, key=lambda plugin: (plugin["distribution"], plugin["plugin"]))


def _describe_plugin(owner: Owner, all_needs: Sequence[Needs], reason: str) -> dict[str, Any]:
    """Return the fields of a plugin that `describe_plugins` lists.

    all_needs  what each of its components needs: modules, variables and files
    reason     why the plugin cannot be loaded, or ""; a component that cannot be used is a reason too
    """
    missing, variables, assets, problems = [], [], [], []
    for needs in all_needs:
        spec, name = needs.component.spec, needs.component.reference
        who = {"component": name}
        missing += [who | {"module": module, "install": spec.needs[module]} for module in needs.missing]
        variables += [who | variable for variable in _list_variables(needs)]
        assets += [
            who | {"asset": asset.name, "size_bytes": asset.size_bytes, "fetch": f"genbench fetch {name}"}
            for asset in needs.missing_assets
        ]
        problems += [who | {"reason": one_line(needs.problem)}] if needs.problem else []
    reasons = [reason] if reason else [f"{each['component']}: {each['reason']}" for each in problems]
    # a broken plugin may not be imported; then `find_module` gives the spec of its module, which names the
    # file as `origin`
    module = sys.modules.get(owner.module) or find_module(owner.module)
    return _pick_fields(owner, *_OWNER_FIELDS) | {
        "file": getattr(module, "__file__", None) or getattr(module, "origin", None),
        "state": "broken" if reasons else "ok",
        "reason": reasons[0] if reasons else "",
        "components": len(all_needs),
        "missing": missing,
        "variables": variables,
        "assets": assets,
        "problems": problems,
    }


def _list_variables(needs: Needs) -> Iterator[dict[str, Any]]:
    """Yield the environment variables that a component reads, and the options that name some.

    Only a suite gives an option its value, so the variable that the option names is unknown here: None. A
    component whose inputs and options cannot be read cannot run, so it yields nothing.
    """
    if needs.contract is not None:
        for name in needs.component.spec.variables:
            yield {"option": None, "variable": name, "is_set": name in os.environ}
        for option in filter(lambda option: has_mark(option.annotation, Variable), needs.contract.options):
            yield {"option": option.name, "variable": None, "is_set": None}


def _supports(component: Mapping[str, Any], modality: str) -> bool:
    """Return whether a component of `list_components` works on a modality, or is that modality."""
    # a modality supports itself; its own list is empty, which would stand for all modalities
    modalities = [component["name"]] if component["kind"] == ModalitySpec.kind else component["modalities"]
    takes_samples = component["kind"] not in ("executor", "listener")  # these work on whole trials and runs
    return takes_samples and (not modalities or modality in modalities)


def _list_texts(component: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names and summaries of a component and its outputs, as `list_components` describes them."""
    for described in (component, *component["outputs"]):
        yield from (described["name"], described["summary"])


def _mentions(words: Sequence[str], *texts: str) -> bool:
    """Return whether each word is in at least one of the texts; upper and lower case are equal."""
    return all(any(word.casefold() in text.casefold() for text in texts) for word in words)


def describe(catalog: Catalog, component: Component) -> dict[str, Any]:
    """Return everything known of a component as JSON-like values; imports its code.

    It has the fields of a component in `list_components`, the fields that only specs of its kind have, and:

    component_version, source, needs
    decides  what decides its stored artefacts, or the meaning of a metric's numbers
    inputs   the data that it takes
    given    what the host passes beside the data: `rng`, `device` or `log`, if the component takes them
    options  each with name, type, bounds, default, required
    assets   each with option, name, url, sha256, size_bytes, licence, path, and whether such a file exists
    problem  why inputs and options cannot be read, or None
    """
    spec = component.spec
    return (
        _summarize_component(catalog, component)
        | {"component_version": spec.version, "source": spec.source, "needs": dict(spec.needs)}
        | _describe_kind_fields(spec)
        | _describe_contract(spec)
        | {"decides": _list_deciding_fields(spec)}
    )


def _summarize_component(catalog: Catalog, component: Component) -> dict[str, Any]:
    """Return the fields of a component that `list_components` gives."""
    spec = component.spec
    return (
        _pick_fields(component, "kind", "name", "reference")
        | _pick_fields(component.owner, *_OWNER_FIELDS)
        | {"summary": spec.summary, "modalities": list(spec.modalities), "outputs": _describe_outputs(spec)}
        | {"state": find_state(catalog, component)}
    )


def _pick_fields(source: object, *names: str) -> dict[str, Any]:
    """Return these attributes of an object by name."""
    return {name: getattr(source, name) for name in names}


def _describe_outputs(spec: Spec) -> list[dict[str, Any]]:
    """Return the outputs of a metric or an extractor, as JSON-like values; none for other kinds."""
    if isinstance(spec, MetricSpec):
        return [_describe_output(output) for output in spec.scores]
    if isinstance(spec, ExtractorSpec):
        return [{"name": name, "summary": summary} for name, summary in spec.outputs.items()]
    return []


def _describe_output(output: Output) -> dict[str, Any]:
    """Return an output of a metric as JSON-like values."""
    return _pick_fields(output, "name", "summary", "aspect", "direction", "best") | {
        "range": list(output.range),
        "expects": {fault: format_expected(expected) for fault, expected in output.expects.items()},
        "any_valid_share": output.any_valid_share,
    }


def _list_deciding_fields(spec: Spec) -> list[str]:
    """Return the names of the fields that decide a component's artefacts or a metric's numbers.

    A comparison computes the number of each generator from the samples of all generators, so the names of all
    generators, and the seeds of their samples, decide each number.
    """
    is_comparison = isinstance(spec, MetricSpec) and spec.is_comparison
    return [*DECIDES[spec.kind], *([PARTICIPANTS, RUNS] if is_comparison else [])]


def _describe_kind_fields(spec: Spec) -> dict[str, Any]:
    """Return the fields that only specs of this kind have, as JSON-like values."""
    values = _pick_fields(spec, *_SPEC_FIELDS.get(spec.kind, ()))
    fields = {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
    if isinstance(spec, MetricSpec) and isinstance(spec.takes, str):
        fields["takes"] = [spec.takes]  # one output may be written without a tuple
    if isinstance(spec, MetricSpec):
        fields["report"] = bool(spec.report)  # not the function that chooses its options
    if isinstance(spec, ModalitySpec):
        fields["parameters"] = {name: type_name(annotation) for name, annotation in spec.parameters.items()}
    if isinstance(spec, ExtractorSpec):
        fields["protocols"] = [dataclasses.asdict(protocol) for protocol in spec.protocols]
    if isinstance(spec, ExtractorSpec | GeneratorSpec):
        fields["can_load"] = spec.load is not None
    return fields


def _describe_contract(spec: Spec) -> dict[str, Any]:
    """Return inputs, options, assets and the arguments that the host gives a component, with `problem`.

    If the parameters of its `make` cannot be read, all lists are empty, and `problem` contains the reason.
    """
    contract, problem = Contract((), (), (), spec.name), None  # an empty one
    try:
        contract = read_contract(spec)
    except PluginError as error:
        problem = " ".join(str(error).split())
    return {
        "inputs": list(contract.inputs),
        "given": list(contract.host_parameters),
        "options": [_describe_option(option) for option in contract.options],
        "assets": [_describe_asset(option.name, option.asset) for option in contract.options if option.asset],
        "problem": problem,
    }


def _describe_asset(option: str, asset: Asset) -> dict[str, Any]:
    """Return an asset (a file to download) of an option, its path, and whether a file of its size exists."""
    fields = {"option": option} | dataclasses.asdict(asset)
    return fields | {"path": str(asset_path(asset)), "is_present": is_fetched(asset)}


def _describe_option(option: Option) -> dict[str, Any]:
    """Return an option as JSON-like values; a default without a JSON form becomes a text."""
    try:
        default = plain_value(option.default)
    except (TypeError, ValueError):
        default = str(option.default)
    return {
        "name": option.name,
        "type": type_name(option.annotation),
        "bounds": list_bounds(option.annotation),
        "default": default,
        "required": option.required,
    }
