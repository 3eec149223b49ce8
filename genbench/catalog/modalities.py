"""The modalities of plugins: they check, compare, render and perturb samples, and make noise and examples."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np

from genbench.catalog.catalog import load_catalog
from genbench.catalog.loader import RESTRICT, shorten_reference
from genbench.contract.modalities import CONTAINER_PARAMETERS, Distribution
from genbench.contract.options import read_python_value
from genbench.contract.signature import resolve
from genbench.core.arrays import Ragged
from genbench.core.containers import CONTAINERS, find_container
from genbench.core.errors import DataError, GenbenchError, Invalid, PluginError, Undefined, describe_error
from genbench.core.frames import check_columns
from genbench.core.rendering import Rendering
from genbench.core.samples import Data, Samples, guard, whole_numbers
from genbench.core.spaces import Space

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from genbench.catalog.catalog import Catalog
    from genbench.catalog.loader import Component
    from genbench.contract.modalities import ModalitySpec

__all__ = ["Modality", "checked_samples", "find_modality", "list_modalities"]


_T = TypeVar("_T")


@dataclass(frozen=True, kw_only=True)
class Modality:
    """A modality of a plugin, with its checks and functions.

    Errors of the plugin's own code become a PluginError that names it.
    """

    component: Component

    @property
    def reference(self) -> str:
        """Its name in the field `modality` of a Space: "distribution:name", or "name" for genbench's own."""
        return shorten_reference(self.component.reference)

    def admit(self, samples: Any, space: Space | None = None, n: int | None = None) -> Samples:
        """Return samples of this modality after all checks.

        space  the space that the samples must have, checked before; None: their own, which is checked here
        n      the expected number of samples; None: any

        An array becomes a Ragged where the container is ragged. Raises Invalid, with the expected and the
        actual value, if the samples do not belong to the space.
        """
        if not isinstance(samples, Samples):
            raise Invalid(
                f"expected a genbench.Samples, got {type(samples).__name__}; make them with "
                f"Samples(data, space)"
            )
        # a space names its modality with or without the distribution
        if samples.space.modality not in (self.reference, self.component.reference, self.spec.name):
            raise Invalid(f"expected {self.reference} samples, got {samples.space.modality} samples")
        data = self._to_container(samples.data)
        self._check_container(data)
        if space is None:
            space = self._make_space(samples, data)
        self._check_same_parameters(samples.space, space)
        CONTAINERS[self.spec.container].check(data, space)  # shape, finite values, bounds
        if n is not None and len(data) != n:
            raise Invalid(f"asked for {n} samples, got {len(data)}; return as many as are asked for")
        columns = {name: _read_column(name, column, len(data)) for name, column in samples.columns.items()}
        admitted = replace(samples, data=data, space=space, **columns)
        # Last, since a plugin's check may rely on all that is checked above.
        if (method := getattr(self._functions, "check", None)) is not None:
            self._call_plugin(method, guard(admitted))
        return admitted

    def check_names(self, parameters: Iterable[str]) -> None:
        """Raise Invalid for the first name that is no parameter of the modality's spaces."""
        for name in parameters:
            if name not in self._parameters:
                raise Invalid(f"{self.reference} samples have no parameter {name!r}; expected "
                              f"{', '.join(self._parameters)}")  # fmt: skip

    def read_declared(self, space: Space | None) -> dict[str, Any]:
        """Return the value of each declared parameter in a space; None for a missing value or space."""
        return {name: None if space is None else space.get(name) for name in self.spec.parameters}

    def load(self) -> None:
        """Import its modules now, before a generator runs: its code may break imports, as by `sys.path`."""
        _ = self._functions  # imports `make` and calls it

    def difference(self, one: Space, other: Space) -> str:
        """Return why samples of the space `other` cannot be compared with those of `one`, or "" if they can.

        Shapes are left out, since an extractor may make samples of different shapes comparable.
        """
        for name in self.spec.parameters:
            if one.get(name) != other.get(name):
                return f"{name} is {other.get(name)} instead of {one.get(name)}"
        try:
            # the columns of frames, with their dtypes; other spaces have none
            check_columns(other.get("columns") or (), one.get("columns") or ())
        except Invalid as error:
            return str(error)
        return ""

    def from_memory(self, value: Any, space: Space | None) -> Samples | None:
        """Return an object in memory as samples; None if it is of another modality; see ModalitySpec.

        space  the space that the user states, or that the other samples of the score have; or None
        """
        method = getattr(self._functions, "from_memory", None)
        samples: Samples | None = None if method is None else self._call_plugin(method, value, space)
        return samples

    def has(self, method: str) -> bool:
        """Return whether the modality has the method of this name, one of those that ModalitySpec lists."""
        return hasattr(self._functions, method)

    def adapt(self, samples: Samples, space: Space) -> Samples:
        """Return fake or training samples as the modality converts them for a comparison with real samples.

        space  of the real samples

        Raises Invalid if that would lose a value, and Undefined if the modality has no `adapt`.
        """
        result = self._call_plugin(self._require_method("adapt"), guard(samples), space)
        # checked in their own space: their shapes may differ from `space`, as `difference` explains
        return self.admit(result, n=len(samples))

    def valid(self, samples: Samples) -> NDArray[np.bool_]:
        """Return which samples are valid by the modality's own rule: a mask, (n,) bool.

        Raises Undefined if the modality has no `valid`.
        """
        mask = np.array(self._call_plugin(self._require_method("valid"), guard(samples)))
        if mask.dtype != bool or mask.shape != (len(samples),):
            raise PluginError(
                f"{self.component.who}: valid returned {mask.dtype} {mask.shape}; expected bool "
                f"({len(samples)},), True for each valid sample"
            )
        return mask

    def render(self, samples: Samples, number: int, scale: Any = None) -> Rendering:
        """Return one sample as a Rendering; raise Undefined if the modality has no `render`.

        number  the index of the sample
        scale   the result of the method `scale` for all samples that a person compares; None: `samples` alone
                decide it
        """
        method = self._require_method("render")
        arguments = [guard(samples), number]
        if self.has("scale"):  # then the plugin's `render` takes a scale too
            arguments.append(self.scale(samples) if scale is None else scale)
        return self._require_type("render", self._call_plugin(method, *arguments), Rendering)

    def scale(self, samples: Samples) -> Any:
        """Return what renderings of these samples share, such as axes; None without a method `scale`."""
        return self._call_plugin(self._require_method("scale"), guard(samples)) if self.has("scale") else None

    def distributions(self, sides: Sequence[Samples]) -> tuple[Distribution, ...]:
        """Return how the values of each part of samples, such as a column, are distributed on each side.

        sides  samples of one space: first the real ones, then those of generators

        Raises Undefined if the modality has no `distributions`.
        """
        result = self._call_plugin(self._require_method("distributions"), [guard(side) for side in sides])
        if not all(isinstance(each, Distribution) and len(each.shares) == len(sides) for each in result):
            raise PluginError(
                f"{self.component.who}: distributions returned {result!r:.200}; expected a Distribution of "
                f"{len(sides)} sides for each part"
            )
        return tuple(result)

    def same(self, samples: Samples) -> Samples:
        """Return the samples without an order or spelling that means nothing, as their modality says.

        Two samples are the same if their items are equal then. Raises Absent if a package is missing.
        """
        if not self.has("same"):
            return samples
        data = self._call_plugin(self._require_method("same"), guard(samples))
        try:
            find_container(data)
        except Invalid as error:
            raise PluginError(f"{self.component.who}: same: {error}") from error
        if len(data) != len(samples):
            counts = f"{len(data)} items for {len(samples)} samples; expected one for each"
            raise PluginError(f"{self.component.who}: same returned {counts}")
        return replace(samples, data=data)

    def shrink(self, samples: Samples, factor: int) -> Samples | None:
        """Return smaller samples for people to look at, or None if the modality has no `shrink`.

        factor  the side of the block of values that become one, such as factor x factor pixels
        """
        if not self.has("shrink"):
            return None
        data = self._call_plugin(self._require_method("shrink"), guard(samples), factor)
        old = samples.space
        # Smaller samples have another shape. A Ragged has all items in one array, `values`; its shape without
        # the first axis, in which the items may differ, is the shape of an item.
        space = Space(
            old.modality, np.shape(getattr(data, "values", data))[1:], classes=old.classes,
            **dict(old.parameters),
        )  # fmt: skip
        return self.admit(replace(samples, data=data, space=space), n=len(samples))

    def noise(self, train: Samples) -> Callable[[int, np.random.Generator], Any]:
        """Return a function `(n, rng)` that draws the data of n noise samples, which have no structure.

        train  samples whose space the noise fits

        Raises Undefined if the modality has no `noise`.
        """
        draw: Callable[[int, np.random.Generator], Any] = self._call_plugin(
            self._require_method("noise"), guard(train)
        )
        return draw

    def perturb(self, samples: Samples, rng: np.random.Generator) -> Samples:
        """Return the samples with changes that a person would hardly notice.

        Raises Undefined if the modality has no `perturb`.
        """
        result = self._call_plugin(self._require_method("perturb"), guard(samples), rng)
        return self.admit(result, samples.space, len(samples))

    def example(self, n: int, rng: np.random.Generator) -> Samples:
        """Return n small samples to try components on, with labels where the modality has some.

        The plugin returns a Data: samples, and their labels beside them.

        Raises Undefined if the modality has no `example`.
        """
        result = self._call_plugin(self._require_method("example"), n, rng=rng)
        return self.admit(self._require_type("example", result, Data).labelled(), n=n)

    @property
    def default_extractor(self) -> str | None:
        """The extractor of its samples if the user names none, as "distribution:name"; or None."""
        # a bare name in a spec means a component of the plugin that owns the spec
        return self.component.owner.qualify(self.spec.default_extractor)

    @property
    def default_dataset(self) -> str | None:
        """The dataset for tests of its metrics if the user names none, as "distribution:name"; or None."""
        # a bare name in a spec means a component of the plugin that owns the spec
        return self.component.owner.qualify(self.spec.default_dataset)

    @property
    def spec(self) -> ModalitySpec:
        """The declaration of the modality by its plugin, such as its container and dtypes."""
        return cast("ModalitySpec", self.component.spec)  # the component is of the kind "modality"

    @property
    def _parameters(self) -> dict[str, Any]:
        """The annotations of the parameters of its spaces, those of the container included."""
        return CONTAINER_PARAMETERS[self.spec.container] | dict(self.spec.parameters)

    @property
    def _functions(self) -> Any:
        """An object with the functions of the modality; `make` of its spec returns one at each access.

        The modality does not keep this object, so that it can be sent to another process: it consists of its
        component alone.
        """
        return self._call_plugin(resolve(self.spec.make))

    def _require_method(self, name: str) -> Callable[..., Any]:
        """Return a method of the modality; raise Undefined if it has none of this name."""
        method: Callable[..., Any] | None = getattr(self._functions, name, None)
        if method is None:
            raise Undefined(f"{self.component.who} has no {name}")
        return method

    def _require_type(self, method: str, result: object, expected: type[_T]) -> _T:
        """Return what a method returned; raise PluginError if it has another type than expected."""
        if isinstance(result, expected):
            return result
        got, name = type(result).__name__, expected.__name__
        raise PluginError(f"{self.component.who}: {method} returned a {got}; expected {name}")

    @property
    def _advice(self) -> str:
        """The end of a message: how to convert other data, or ""."""
        return f"; {self.spec.advice}" if self.spec.advice else ""

    def _call_plugin(self, function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        """Return what a function of the plugin returns; raise PluginError for an unexpected error.

        Errors of genbench's own types are raised as they are, since a plugin raises them on purpose.
        """
        try:
            return function(*arguments, **options)
        except (GenbenchError, Invalid, Undefined):
            raise
        except Exception as error:  # a modality is a stranger's code
            name = getattr(function, "__name__", "make")  # a callable object has no `__name__`
            raise PluginError(f"{self.component.who}: {name} raised {describe_error(error)}") from error

    def _to_container(self, data: Any) -> Any:
        """Return an array of items of equal lengths as a Ragged, if that is the container; else the data.

        A Ragged has all items in one array, one after the other, and the offsets at which they begin.
        """
        if self.spec.container != "ragged" or not isinstance(data, np.ndarray) or data.ndim < 2:  # noqa: PLR2004 - (n, length)
            return data
        n, length, *rest = data.shape
        return Ragged(data.reshape(n * length, *rest), length * np.arange(n + 1))

    def _check_container(self, data: Any) -> None:
        """Raise Invalid if data have another container or dtype than the modality."""
        container = CONTAINERS[self.spec.container]
        if not container.holds(data):
            raise Invalid(f"expected {container.form}, got {type(data).__name__}; {container.advice}")
        values = container.values(data)  # None for strings and frames, whose items are no arrays
        if values is not None and str(values.dtype) not in self.spec.dtypes:
            expected, got = " or ".join(self.spec.dtypes), values.dtype
            raise Invalid(f"expected {expected} for {self.reference} samples, got {got}{self._advice}")

    def _check_same_parameters(self, actual: Space, expected: Space) -> None:
        """Raise Invalid if the spaces differ in a parameter of the modality.

        actual    the space of the samples
        expected  the space that the caller requires: the training samples' one, if a generator made the
                  samples, so the message advises `train.space`
        """
        for name in self.spec.parameters:
            if actual.get(name) != expected.get(name):
                raise Invalid(f"expected {name} {expected.get(name)!r}, got {actual.get(name)!r}; return "
                              f"Samples(data, train.space)")  # fmt: skip

    def _make_space(self, samples: Samples, data: Any) -> Space:
        """Return the space of samples, with the reference of this modality and the shape of `data`.

        Raises Invalid if its shape or a parameter does not belong to the modality.
        """
        stated = samples.space
        # if `_to_container` has made a Ragged of an array, the space leaves out the first axis of an item
        shape = stated.shape if data is samples.data else stated.shape[1:]
        space = Space(self.reference, shape, classes=stated.classes, **dict(stated.parameters))
        self._check_shape(space)
        self.check_names(name for name, _ in space.parameters)
        for name, annotation in self._parameters.items():
            self._check_parameter(name, annotation, space.get(name))
        return space

    def _check_shape(self, space: Space) -> None:
        """Raise Invalid if the shape of a sample does not have the axes of the modality."""
        # items of a Ragged differ in the length of their first axis, so the shape of a space leaves it out
        axes = self.spec.axes[1:] if self.spec.container == "ragged" else self.spec.axes
        if len(space.shape) != len(axes) or any(side < 1 for side in space.shape):
            expected = f"the axes {', '.join(axes)}, each of at least 1" if axes else "no shape"
            lacks_one = len(space.shape) == len(axes) - 1  # x[..., None] adds a last axis of length 1
            advice = f"; if it lacks {axes[-1]}, write x[..., None]" if lacks_one else self._advice
            raise Invalid(f"a sample has the shape {space.shape}; {self.reference} samples have {expected}"
                          f"{advice}")  # fmt: skip

    def _check_parameter(self, name: str, annotation: Any, value: Any) -> None:
        """Raise Invalid if the value of a parameter of a space does not have its type."""
        try:
            read_python_value(annotation, value)
        except ValueError as error:
            line = f"Samples.of({self.spec.name!r}, data, {name}=…)"
            raise Invalid(
                f"{self.reference} samples need the parameter {name}: {error}; write {line}"
            ) from None


def checked_samples(samples: Samples, *, plugins: Sequence[str | Path] = ()) -> Samples:
    """Return samples as components receive them in a run: checked by their modality, and read-only.

    With them, you can try a plugin's code in your own process on samples as it gets them in a run. An array
    becomes a Ragged, n arrays one after the other, where the modality's items may differ in their first axis;
    the shape of the space then leaves this axis out.

    plugins  files of plugins that are not installed

    Raises Invalid, with what was expected, for samples that a run refuses, and DataError if no plugin
    declares their modality.
    """
    modality = find_modality(list_modalities(load_catalog(plugins)), samples.space.modality)
    return guard(modality.admit(samples))


def list_modalities(catalog: Catalog) -> tuple[Modality, ...]:
    """Return the modalities of all plugins."""
    return tuple(Modality(component=component) for component in catalog.of_kind("modality"))


def find_modality(modalities: Iterable[Modality], name: str, distribution: str = "") -> Modality:
    """Return the modality that a space names.

    name          "distribution:name", or a name without distribution, which means the modality of
                  `distribution`, else genbench's own, else the only modality of that name
    distribution  of the plugin that made the space, which may leave it out of `name`; "": unknown

    Raises DataError if no plugin declares it, or several do.
    """
    known = {modality.reference: modality for modality in modalities}
    # the references of genbench's own modalities have no distribution, so "genbench:text" is found as "text"
    for reference in (f"{distribution}:{name}", shorten_reference(name)):
        if reference in known:
            return known[reference]
    references = [reference for reference in known if reference.rpartition(":")[2] == name]
    if len(references) == 1:
        return known[references[0]]
    if references:
        raise DataError(f"several plugins declare the modality {name!r}; write {' or '.join(references)}")
    # RESTRICT is the environment variable that restricts which plugins are loaded
    hint = f"; {RESTRICT} may leave out the plugin that does" if RESTRICT in os.environ else ""
    raise DataError(f"no installed plugin declares the modality {name!r}; there are: "
                    f"{', '.join(known) or 'none'}{hint}")  # fmt: skip


def _read_column(name: str, column: Any, n: int) -> NDArray[np.int64]:
    """Return a column as n whole numbers; raise Invalid for another shape."""
    numbers = whole_numbers(column)
    if numbers.shape != (n,):
        raise Invalid(f"expected {name} of shape ({n},), got {numbers.shape}")
    return numbers
