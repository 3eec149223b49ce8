"""Dependency injection by signatures: the inputs and options of a component's `make`.

Positional parameters are inputs, identified by name; keyword-only parameters are options; `rng`, `device` and
`log` may be either. The host passes all of them by keyword.
"""

from __future__ import annotations

import ast
import importlib.util
import inspect
import pkgutil
import textwrap
import typing
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from genbench.contract.assets import asset_key
from genbench.contract.options import (
    find_assets,
    is_path,
    is_paths,
    mentions_path,
    plain_value,
    read_python_value,
    read_value,
    resolve_annotation,
    value_text,
)
from genbench.contract.specs import CONTROL_LINE, DatasetSpec, GeneratorSpec, MetricSpec
from genbench.core.errors import PluginError, SuiteError, describe_error
from genbench.core.limits import LIMITS
from genbench.core.names import suggest_names
from genbench.files.read import content_sha256

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from genbench.contract.assets import Asset
    from genbench.contract.specs import Spec

__all__ = [
    "HOST_PARAMETERS", "INPUTS", "LABELS", "SIDES", "Contract", "Option", "canonical_options", "fill_options",
    "read_contract", "read_declared_inputs", "read_definitions", "resolve",
]  # fmt: skip

#: The inputs that are samples, or their features.
SIDES = ("real", "fake", "train", "held_out")

#: The input with the labels of each side.
LABELS = {side: f"{side}_labels" for side in SIDES}

#: Allowed inputs by kind of component.
INPUTS: dict[str, tuple[str, ...]] = {
    "modality": (),
    "dataset": (),
    "extractor": ("train", LABELS["train"]),
    "generator": ("train", LABELS["train"], "held_out", LABELS["held_out"], "modality", "open_outputs"),
    "metric": (*SIDES, *LABELS.values(), "sampler", "history", "truth", "extract", "fakes"),
    "fault": ("real", "train", "level", "modality"),
    "executor": ("jobs", "check"),
    "listener": ("folder", "suite"),
}

#: Inputs of a metric that belong to one trial, and one that only a comparison has.
_OF_A_TRIAL = ("fake", LABELS["fake"], "sampler", "history")
_OF_A_COMPARISON = ("fakes",)

#: Parameters that every component may take, and whose values the host gives: neither inputs nor options.
HOST_PARAMETERS = ("rng", "device", "log")

#: Keys that a suite's tables reserve.
_RESERVED = ("use", "name", "extractor", *LIMITS)


@dataclass(frozen=True)
class Option:
    """One keyword-only parameter.

    annotation  the type with its bounds: any type that pydantic can read from JSON
    default     the default, meaningless if `required`
    required    whether it has no default
    """

    name: str
    annotation: Any
    default: Any = None
    required: bool = False

    @property
    def is_path(self) -> bool:
        """Whether it is annotated Path or Path | None: a file or folder, identified by its content."""
        return is_path(self.annotation)

    @property
    def holds_paths(self) -> bool:
        """Whether its value is a path, or a list of paths."""
        return self.is_path or is_paths(self.annotation)

    @property
    def asset(self) -> Asset | None:
        """The asset (a file that genbench fetches) that is used if the option is left out, or None."""
        return next(iter(find_assets(self.annotation)), None)  # at most one, as `_check_asset` requires


@dataclass(frozen=True)
class Contract:
    """The parameters of a component's `make`: inputs, options, and those in HOST_PARAMETERS.

    who  the component at the start of messages: "s.toml: metric[2]: metric 'fid' of genbench"
    """

    inputs: tuple[str, ...]
    options: tuple[Option, ...]
    host_parameters: tuple[str, ...]
    name: str
    who: str = field(default="", compare=False)

    @property
    def sides(self) -> frozenset[str]:
        """The sides, such as "real" and "fake", of which it takes samples, their features or their labels."""
        return frozenset(side for side in SIDES if not {side, LABELS[side]}.isdisjoint(self.inputs))

    @property
    def takes_labels(self) -> bool:
        """Whether it takes labels: of real, fake, training or held-out samples."""
        return not set(LABELS.values()).isdisjoint(self.inputs)

    @property
    def protocols(self) -> tuple[str, ...]:
        """The choices of its option `protocol`, a Literal of published conventions; () without the option."""
        annotations = [option.annotation for option in self.options if option.name == "protocol"]
        is_choice = bool(annotations) and typing.get_origin(annotations[0]) is typing.Literal
        return tuple(map(str, typing.get_args(annotations[0]))) if is_choice else ()


def resolve(target: str | Callable[..., Any]) -> Callable[..., Any]:
    """Return `target` if it is callable, else import and return the callable at "module:attribute".

    Raises PluginError if the module cannot be imported, lacks the attribute, or if that is not callable.
    """
    if callable(target):
        return target
    try:
        attribute: Any = pkgutil.resolve_name(target)
    except (Exception, SystemExit) as error:  # the import runs a stranger's code
        raise PluginError(f"cannot import {target!r}: {describe_error(error)}") from error
    if not callable(attribute):
        raise PluginError(f"{target!r} is a {type(attribute).__name__}; expected a function or a class")
    return typing.cast("Callable[..., Any]", attribute)


def read_contract(spec: Spec, who: str | None = None) -> Contract:
    """Import the component's `make` and return its parameters.

    who  the component at the start of messages; None: its kind and name

    Raises PluginError, naming the component, if `make` cannot be imported, or has an unknown input,
    positional-only parameters, *args or **kwargs, or an option without a usable annotation. It also refuses a
    generator that takes held-out data and is no control, or whose code gives no sampler, a
    metric with inputs that its scope lacks, and a spec with a field that names an option which `make` lacks.
    """
    who = who or f"{spec.kind} {spec.name!r}"
    try:
        make = resolve(spec.make)
        parameters = inspect.signature(make).parameters.values()
    except (PluginError, TypeError, ValueError, NameError) as error:
        raise PluginError(f"{who}: {error}") from error
    contract = Contract(*_read_parameters(parameters, spec.kind, make, who), spec.name, who)
    if isinstance(spec, GeneratorSpec):
        _check_sampler(make, who)
    if isinstance(spec, GeneratorSpec) and spec.control is None and "held_out" in contract.sides:
        raise PluginError(f"{who} takes held-out data, which only controls may see; write {CONTROL_LINE} "
                          f"in its spec")  # fmt: skip
    if isinstance(spec, MetricSpec):
        _check_scope(spec, contract)
    _check_named_options(spec, contract)
    return contract


def _read_parameters(
    parameters: Iterable[inspect.Parameter], kind: str, make: Callable[..., Any], who: str
) -> tuple[tuple[str, ...], tuple[Option, ...], tuple[str, ...]]:
    """Return (names of inputs, options, those in HOST_PARAMETERS) of the parameters of `make`.

    kind  of the component, which decides the names of inputs
    who   the component, for messages

    Raises PluginError for a parameter that is none of them.
    """
    inputs, options, host_parameters = [], [], []
    for parameter in parameters:
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD, parameter.POSITIONAL_ONLY):
            raise PluginError(f"{who}: make has the parameter {str(parameter)!r}; expected only parameters "
                              f"that can be passed by name, each one an input or an option")  # fmt: skip
        if parameter.name in HOST_PARAMETERS:  # rng, device and log may be positional or keyword-only
            host_parameters.append(parameter.name)
        elif parameter.kind is parameter.KEYWORD_ONLY:
            options.append(_read_option(parameter, kind, make, who))
        else:
            _check_input(parameter.name, kind, who)
            inputs.append(parameter.name)
    return tuple(inputs), tuple(options), tuple(host_parameters)


def _check_sampler(make: Callable[..., Any], who: str) -> None:
    """Raise PluginError if the code of a generator shows, before a fit, that it gives no usable sampler.

    That is a function that ends without `return`, or a class whose `sample` does not take `rng`. What the
    source does not show is found after the fit.
    """
    kinds: list[Any] = [make] if inspect.isclass(make) else []
    if inspect.isfunction(make):
        returned, falls_off_end = _read_returns(make)
        if not returned and falls_off_end:
            raise PluginError(f"{who}: make returns None; end it with `return` and an object that has "
                              f"sample(n, *, rng)")  # fmt: skip
        kinds = [make.__globals__.get(name) for name in returned]
    for kind in kinds:
        sample = getattr(kind, "sample", None) if inspect.isclass(kind) else None
        if not inspect.isfunction(sample):
            continue
        parameters = inspect.signature(sample).parameters
        takes_any = any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values())
        if "rng" not in parameters and not takes_any:
            raise PluginError(f"{who}: {kind.__name__}.sample does not take rng; expected "
                              f"def sample(self, n, *, rng), which draws only from rng")  # fmt: skip


def _read_returns(make: Callable[..., Any]) -> tuple[list[str], bool]:
    """Return the names that a function calls in its `return`, "" for other values, and if it lacks one.

    It lacks a `return` if its last statement is a loop, an assignment, or a call of a local variable, such as
    `model.fit(train)`. Others may never end, as a call of `os._exit`.
    """
    try:
        body = ast.parse(textwrap.dedent(inspect.getsource(make))).body[0]
    except (OSError, SyntaxError):  # no file has the source, or it begins in the middle of a line
        return [""], False
    if not isinstance(body, ast.FunctionDef):
        return [""], False
    values = [node.value for node in ast.walk(body) if isinstance(node, ast.Return) and node.value]
    called = [value.func if isinstance(value, ast.Call) else None for value in values]
    last: Any = body.body[-1]
    caller = getattr(getattr(last, "value", None), "func", None)
    while isinstance(caller, ast.Attribute):
        caller = caller.value
    falls_off_end = isinstance(last, ast.For | ast.Assign | ast.AugAssign | ast.Pass) or (
        isinstance(caller, ast.Name) and caller.id in make.__code__.co_varnames
    )
    return [func.id if isinstance(func, ast.Name) else "" for func in called], falls_off_end


def _check_named_options(spec: Spec, contract: Contract) -> None:
    """Raise PluginError if a field of the spec names an option that its component does not have."""
    # a key of `uses` is "OPTION=VALUE"
    fields: dict[str, Iterable[str]] = {"uses": [case.partition("=")[0] for case in spec.uses]}
    if isinstance(spec, DatasetSpec):
        fields |= {"fake_options": spec.fake_options, "shared_options": spec.shared_options}
    known = [option.name for option in contract.options]
    for field_name, names in fields.items():
        for name in names:
            if name not in known:
                hint = suggest_names(name, known)
                raise PluginError(f"{contract.who}: {field_name} names {name!r}, which is no option{hint}")


def _check_scope(spec: MetricSpec, contract: Contract) -> None:
    """Raise PluginError if a metric takes an input that only metrics of the other scope have.

    The scopes are "trial" and "board"; a metric of the second, a comparison, must take the input `fakes`.
    """
    # the inputs of the other scope, since each scope refuses those
    refused = set(_OF_A_TRIAL if spec.is_comparison else _OF_A_COMPARISON) & set(contract.inputs)
    if refused:
        has = "which a comparison does not have" if spec.is_comparison else 'which needs scope="board"'
        raise PluginError(f"{contract.who} takes {', '.join(sorted(refused))}, {has}")
    if spec.is_comparison and not set(_OF_A_COMPARISON) <= set(contract.inputs):
        raise PluginError(
            f"{contract.who} has scope 'board' and does not take `fakes`, the samples to compare; add "
            "that parameter"
        )


def fill_options(contract: Contract, table: Mapping[str, Any], *, where: str, folder: Path) -> dict[str, Any]:
    """Return the value of every option, in the order of the signature: the value in `table` or the default.

    table   values by name, in the form of JSON. They are read strictly: a list becomes a tuple and a string a
            Path where the annotation says so, but "1" is no int and True is not 1
    where   the key path at the start of messages, "quickstart.toml: generator[2]"
    folder  relative paths are relative to it; a path must exist

    Raises SuiteError for an unknown, missing or refused value, and PluginError for a default that its own
    annotation refuses.
    """
    known = {option.name: option for option in contract.options}
    for name in table:
        if name not in known:
            raise SuiteError(
                f"{where}.{name}: {contract.name} has no option {name!r}{suggest_names(name, known)}"
            )
    return {
        name: _read_option_value(option, table, contract, where, folder) for name, option in known.items()
    }


def canonical_options(contract: Contract, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the filled-in `values` as JSON-like ones, for keys and signatures.

    A Path becomes {"sha256": the hash of its content, "suffix": ".csv"}. A moved file keeps this value; one
    with another suffix gets another value, since the suffix can decide how the file is read.

    An option with an asset, a file that genbench fetches, becomes {"sha256": …} alone. If it is left out, the
    value is the same as for a Path to the fetched file. Raises DataError if the content cannot be read, and
    PluginError if a value has no JSON form.
    """
    plain: dict[str, Any] = {}
    for option in contract.options:
        try:
            plain[option.name] = _canonical_value(option, values[option.name])
        except (TypeError, ValueError) as error:
            raise PluginError(f"{contract.who}: option {option.name!r}: {error}") from error
    return plain


def _canonical_value(option: Option, value: Any) -> Any:
    """Return the value of an option as JSON-like values for keys, with the hash of a file for its path."""
    if option.asset is not None:  # then the value None means the fetched file
        return dict(asset_key(option.asset, value))
    if isinstance(value, PurePath):
        suffix = {"suffix": value.suffix.lower()} if value.suffix else {}
        return {"sha256": content_sha256(Path(value))} | suffix
    if option.holds_paths and value is not None:
        return [_canonical_value(option, path) for path in value]
    return plain_value(value)


def _check_input(name: str, kind: str, who: str) -> None:
    """Raise PluginError unless components of this kind may take the input `name`."""
    if name not in INPUTS[kind]:
        hint = suggest_names(name, INPUTS[kind])
        raise PluginError(f"{who}: {name!r} is no input of a {kind}{hint} (options follow a *)")


def _read_option(parameter: inspect.Parameter, kind: str, make: Callable[..., Any], who: str) -> Option:
    """Return the option of a keyword-only parameter of `make`.

    kind  of the component, which decides the names of inputs
    who   the component, for messages

    Raises PluginError for a name that an input or a suite file uses, and for a missing, unresolvable or
    unsupported annotation.
    """
    name, annotation = parameter.name, parameter.annotation
    if name in INPUTS[kind]:
        raise PluginError(f"{who}: option {name!r} has the name of an input; put inputs before the *")
    if name in _RESERVED:
        raise PluginError(f"{who}: option {name!r} is a key of the suite file; choose another name")
    if annotation is parameter.empty:
        raise PluginError(f"{who}: option {name!r} has no annotation; expected one such as `{name}: int = 1`")
    try:
        annotation = resolve_annotation(annotation, make)
    except Exception as error:  # an annotation is an expression, which may raise anything
        raise PluginError(
            f"{who}: the annotation {annotation!r} of option {name!r} cannot be resolved ({error}); "
            "import its names outside `if TYPE_CHECKING`"
        ) from error
    required = parameter.default is parameter.empty
    option = Option(name, annotation, None if required else parameter.default, required)
    if not option.holds_paths and mentions_path(option.annotation):
        raise PluginError(
            f"{who}: option {name!r} holds paths; expected Path, Path | None or tuple[Path, ...]"
        )
    _check_asset(option, who)
    return option


def _check_asset(option: Option, who: str) -> None:
    """Raise PluginError if an option has several assets, or one and is no path, or cannot be left out."""
    count = len(find_assets(option.annotation))
    is_left_out = not option.required and option.default is None
    if count and not (count == 1 and option.is_path and is_left_out):
        raise PluginError(
            f"{who}: option {option.name!r} has {count} asset(s); expected "
            f"`{option.name}: Annotated[Path | None, Asset(...)] = None`"
        )


def _read_option_value(
    option: Option, table: Mapping[str, Any], contract: Contract, where: str, folder: Path
) -> Any:
    """Return the value of an option: that in `table`, or else the default; either is checked.

    Raises SuiteError for a value that is missing or refused, and PluginError for a refused default.
    """
    key = f"{where}.{option.name}"
    if option.name not in table and option.required:
        raise SuiteError(
            f"{where}: {contract.name} needs the option {option.name!r}, which has no default; add it"
        )
    try:
        if option.name in table:
            value = read_value(option.annotation, table[option.name])
        else:
            value = read_python_value(option.annotation, option.default)
    except ValueError as error:
        if option.name in table:  # from None: the message says all that the author of the suite needs
            raise SuiteError(f"{key}: {error}{value_text(option.annotation, table[option.name])}") from None
        raise PluginError(
            f"{contract.who}: the default of option {option.name!r} is refused: {error}"
        ) from error
    except TypeError as error:
        raise PluginError(f"{contract.who}: option {option.name!r}: {error}") from error
    if isinstance(value, PurePath):
        return _find_existing(value, key, folder)
    if option.holds_paths and value is not None:
        return tuple(_find_existing(path, f"{key}[{i}]", folder) for i, path in enumerate(value))
    return value


def _find_existing(path: PurePath, key: str, folder: Path) -> Path:
    """Return a path with `folder` in front if it is relative; raise SuiteError if it does not exist.

    key  the place in the suite, for messages
    """
    try:
        full_path = folder / Path(path).expanduser()
        if full_path.exists():
            return full_path
    except (RuntimeError, ValueError) as error:  # no such home directory, or a null character
        raise SuiteError(f"{key}: {path} is no path: {error}; expected a file or folder") from error
    raise SuiteError(f"{key}: {full_path} does not exist; expected a file or folder")


def read_definitions(module: str) -> dict[str, ast.FunctionDef | ast.ClassDef]:
    """Return the syntax trees of a module's top-level functions and classes, by name.

    The module is not imported. If its source cannot be read, there are none.
    """
    try:
        spec = importlib.util.find_spec(module)
        text = Path(spec.origin).read_text(encoding="utf-8") if spec and spec.origin else ""
        tree = ast.parse(text)
    except (ImportError, OSError, SyntaxError, ValueError):
        return {}
    return {node.name: node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}


def read_declared_inputs(spec: Spec) -> tuple[str, ...] | None:
    """Return the inputs that a component asks for, such as "real", in order, without importing its `make`.

    Returns None if `make` is "module:function", and the source of the module does not define the function.
    """
    if callable(spec.make):
        parameters = inspect.signature(spec.make).parameters.values()
        names = [item.name for item in parameters if item.kind is not item.KEYWORD_ONLY]
    else:
        module, _, function = spec.make.partition(":")
        node = read_definitions(module).get(function)
        if not isinstance(node, ast.FunctionDef):
            return None
        names = [argument.arg for argument in node.args.args]
    return tuple(name for name in names if name not in HOST_PARAMETERS)  # without rng, device and log
