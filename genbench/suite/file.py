"""Suite files in TOML: datasets, generators and metrics, seeds and sample counts.

    name = "quickstart"
    seeds = [0, 1, 2]
    n = 599

    [[generator]]
    use = "vae"

    [[metric]]
    use = "fid"
    extractor = "digits-classifier"

All keys of an entry except `use`, `name`, `timeout`, `memory` and a metric's `extractor` are options of the
component.
"""

from __future__ import annotations

import json
import math
import os
import re
import shlex
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from genbench.contract.specs import ASPECTS
from genbench.core.bounds import Bound
from genbench.core.canonical_json import is_nested_deeper
from genbench.core.errors import PluginError, SuiteError
from genbench.core.limits import LIMITS, Limits, read_limits
from genbench.core.names import check_metric_name, check_name, suggest_names
from genbench.files.read import read_regular

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = [
    "KEYS", "MetricEntry", "Suite", "SuiteEntry", "bundled_suites", "bundled_text", "parse_suite",
    "read_entry", "read_suite", "read_words", "write_words",
]  # fmt: skip

_GREATEST_INTEGER = 2**63 - 1  # maximum of int64, the type of a frame's column
_MOST_SAMPLES = 10_000_000  # more is a mistyped n, which would fill the memory
_LARGEST_BYTES = 1_000_000  # of a suite: ten thousand entries
_MOST_LEVELS = 32  # levels of tables and lists: more than any option needs, less than recursion allows
_KINDS = ("dataset", "generator", "metric")
#: The keys that a suite may have at its top.
KEYS = (
    "name", "seeds", "n", "n_valid", "n_valid_priced", "n_real", "rank_copies", "controls", "aspects",
    "require", "plugins", *LIMITS, *_KINDS,
)  # fmt: skip
_QUOTED = r""""(?:[^"\\]|\\.)*"|'[^']*'"""
_WORD = rf"(?:{_QUOTED}|\S)+"


@dataclass(frozen=True, kw_only=True)
class SuiteEntry:
    """One component in a suite file.

    use      reference of the component
    name     id on the board; None: the component's name
    options  as written
    where    "file: key path", for messages
    limits   timeout and memory limit of its work
    """

    use: str
    name: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    where: str
    limits: Limits = field(default_factory=Limits)

    @property
    def board_id(self) -> str:
        """The id on the board: the entry's `name`, or else the component's name without its distribution.

        A metric with several outputs has one id on the board for each; this is the metric's own name.
        """
        return self.name or self.use.rpartition(":")[2]


@dataclass(frozen=True, kw_only=True)
class MetricEntry(SuiteEntry):
    """A metric, and the extractor that replaces its canonical one, or None."""

    extractor: SuiteEntry | None = None


def read_entry(where: str, table: Mapping[str, Any], limits: Limits) -> SuiteEntry:
    """Return the entry of a table; all its keys but `use`, `name` and limits are options.

    where   the file and the key of the table, for messages
    limits  the limits that hold where the table sets none

    Raises SuiteError, prefixed with `where`, for an invalid value; the component checks the options later.
    """
    options = {key: value for key, value in table.items() if key not in ("use", "name", *LIMITS)}
    _check_finite(where, options)
    name = None if "name" not in table else _read_name(f"{where}.name", table["name"])
    limits = read_limits(f"{where}.", table, limits)
    return SuiteEntry(use=_read_use(where, table), name=name, options=options, where=where, limits=limits)


def _read_metric(where: str, table: Mapping[str, Any], limits: Limits) -> MetricEntry:
    """Return the entry of a metric's table, with its extractor; raise the same errors as `read_entry`.

    The extractor has the limits of the metric, unless its own table sets others.
    """
    plain = read_entry(where, {key: value for key, value in table.items() if key != "extractor"}, limits)
    if plain.name is not None:  # a metric's name has stricter rules: `read_entry` has checked the common ones
        _read_name(f"{where}.name", plain.name, check_metric_name)
    extractor = None
    if "extractor" in table:
        extractor = _read_reference(f"{where}.extractor", table["extractor"], plain.limits)
    return MetricEntry(**vars(plain), extractor=extractor)


def _read_name(where: str, value: Any, check: Callable[[object, str], str] = check_name) -> str:
    """Return `value` if `check` accepts it as a name; otherwise raise SuiteError, prefixed with `where`."""
    try:
        return check(value, "the name")
    except PluginError as error:
        raise SuiteError(f"{where}: {error}") from error


def _read_reference(where: str, value: Any, limits: Limits) -> SuiteEntry:
    """Return the entry of a component given by name, or by a table with `use` and options.

    Raises SuiteError, prefixed with `where`, for any other value.
    """
    table = {"use": value} if isinstance(value, str) else value
    if not isinstance(table, dict):
        raise SuiteError(f"{where}: expected a name or a table with `use`, got {value!r}")
    return read_entry(where, table, limits)


def _read_use(where: str, table: Mapping[str, Any]) -> str:
    """Return the reference in `use`; raise SuiteError if there is none."""
    use = table.get("use")
    if not isinstance(use, str) or not use:
        raise SuiteError(f"{where}.use: expected the name of a component, got {use!r}")
    return use


def _check_finite(where: str, value: Any) -> None:
    """Raise SuiteError for a number at any depth of `value` that is infinite or NaN, with its place."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            _check_finite(f"{where}.{key}", item)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            _check_finite(f"{where}[{number}]", item)
    elif isinstance(value, float) and not math.isfinite(value):
        raise SuiteError(f"{where}: expected a finite number, got {value}")


@dataclass(frozen=True, kw_only=True)
class Suite:
    """A parsed suite file, whose components are not resolved yet.

    n         number of fakes: one number for all datasets, or one for each dataset, by the dataset's id
    counts_valid   whether n counts valid fakes, so that more are drawn: `n_valid` is in the file, not `n`
    allows_priced  whether more may be drawn from generators that cost money
    n_real    number of samples to which `real` and `held_out` are cut; None: n; "all": no cut
    rank_copies  whether a generator is ranked whose samples are copies of real ones
    controls  the controls that it names; None: genbench's own
    limits    defaults for all components
    aspects   those that vote in the overall rank, in the order of the board; (): all that may
    require   by metric, the mean that a generator needs to be ranked, such as ">= 0.9"
    plugins   the plugin files that it names, as written; only a run that trusts them loads them
    folder    the base of relative paths
    """

    name: str
    seeds: tuple[int, ...]
    n: int | Mapping[str, int]
    counts_valid: bool = False
    allows_priced: bool = False
    n_real: int | Literal["all"] | None
    controls: tuple[SuiteEntry, ...] | None
    limits: Limits
    datasets: tuple[SuiteEntry, ...]
    generators: tuple[SuiteEntry, ...]
    metrics: tuple[MetricEntry, ...]
    folder: Path
    text: str
    rank_copies: bool = False
    aspects: tuple[str, ...] = ()
    require: Mapping[str, str] = field(default_factory=dict)
    plugins: tuple[str, ...] = ()

    def with_changes(self, *, seeds: Sequence[int] | None, n: int | Mapping[str, int] | None) -> Suite:
        """Return the suite with other seeds or another n; None keeps the suite's own.

        Raises SuiteError for values that a suite file may not have either.
        """
        new_seeds = self.seeds if seeds is None else _read_seeds("seeds", _to_list(seeds))
        new_n = self.n if n is None else _read_n("n", n, [entry.board_id for entry in self.datasets])
        return replace(self, seeds=new_seeds, n=new_n)

    def n_on(self, dataset: str) -> int:
        """Return the number of fakes on the dataset of an id."""
        return self.n if isinstance(self.n, int) else self.n[dataset]


def bundled_suites() -> tuple[str, ...]:
    """Return the names of the bundled suites."""
    files = resources.files("genbench") / "suites"
    return tuple(sorted(Path(str(item)).stem for item in files.iterdir() if item.name.endswith(".toml")))


def bundled_text(name: str) -> str:
    """Return the text of the bundled suite of a name."""
    return (resources.files("genbench") / "suites" / f"{name}.toml").read_text(encoding="utf-8")


def read_suite(source: str | Path) -> Suite:
    """Return the suite in a TOML file, or the bundled suite of that name; an existing path wins.

    Raises SuiteError, naming file and key, for an invalid suite.
    """
    if not isinstance(source, (str, os.PathLike)):
        raise SuiteError(f"suite: expected the name of a bundled suite or a TOML file, got {source!r:.80}")
    path = _find_file(source)
    if path is not None:
        return parse_suite(_read_text(path), file=path.name, folder=path.resolve().parent)
    names = bundled_suites()
    if str(source) in names:
        return parse_suite(bundled_text(str(source)), file=f"{source}.toml", folder=Path.cwd())
    # a name with an ending or a folder means a file
    if Path(source).suffix == ".toml" or Path(source).name != str(source):
        raise SuiteError(f"{source}: no such file; the bundled suites are {', '.join(names)}")
    wrong = "no such file, and no bundled suite of that name"
    raise SuiteError(f"no suite {str(source)!r}: {wrong}{suggest_names(str(source), names)}")


def parse_suite(text: str, *, file: str, folder: Path) -> Suite:
    """Return the suite in a TOML `text`.

    file    the name of the suite in messages
    folder  the base of its relative paths

    Raises SuiteError, naming file and key, for an invalid suite.
    """
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # ValueError: TOMLDecodeError, or a number of 5,000 digits
        raise SuiteError(f"{file}: not TOML: {error}; write KEY = VALUE, texts in quotes") from error
    if is_nested_deeper(table, _MOST_LEVELS):
        raise SuiteError(f"{file}: nested over {_MOST_LEVELS} levels deep; write flatter tables and lists")
    for key in sorted(set(table) - set(KEYS)):
        raise SuiteError(f"{file}: unknown key {key!r}{suggest_names(key, KEYS)}")
    n_key = "n_valid" if "n_valid" in table else "n"
    for key in ("name", "seeds", n_key, *_KINDS):
        if key not in table:
            example = f"[[{key}]] tables" if key in _KINDS else f"{key} = …"
            raise SuiteError(f"{file}: {key} is missing; add {example}")
    if {"n", "n_valid"} <= table.keys():
        raise SuiteError(f"{file}: n and n_valid: expected one of them; n_valid counts valid samples")
    if "n_valid_priced" in table and "n_valid" not in table:
        raise SuiteError(f"{file}: n_valid_priced needs the key n_valid; add that, or remove n_valid_priced")
    entries = {kind: _read_entries(file, kind, table[kind]) for kind in _KINDS}  # lists of (place, table)
    limits = read_limits(f"{file}: ", table, Limits())
    datasets = tuple(read_entry(*item, limits) for item in entries["dataset"])
    return Suite(
        name=_read_name(f"{file}: name", table["name"]),
        seeds=_read_seeds(f"{file}: seeds", table["seeds"]),
        n=_read_n(f"{file}: {n_key}", table[n_key], [entry.board_id for entry in datasets]),
        counts_valid=n_key == "n_valid",
        allows_priced=_read_flag(f"{file}: n_valid_priced", table.get("n_valid_priced", False)),
        n_real=_read_n_real(f"{file}: n_real", table.get("n_real")),
        controls=_read_controls(f"{file}: controls", table.get("controls"), limits),
        limits=limits,
        datasets=datasets,
        generators=tuple(read_entry(*item, limits) for item in entries["generator"]),
        metrics=tuple(_read_metric(*item, limits) for item in entries["metric"]),
        folder=folder,
        text=text,
        rank_copies=_read_flag(f"{file}: rank_copies", table.get("rank_copies", False)),
        aspects=_read_aspects(f"{file}: aspects", table.get("aspects")),
        require=_read_requirements(f"{file}: require", table.get("require", {})),
        plugins=_read_plugins(f"{file}: plugins", table.get("plugins", [])),
    )


def _find_file(source: str | Path) -> Path | None:
    """Return the path of an existing file that a user named, with "~" expanded, or None."""
    try:
        path = Path(source).expanduser()
        return path if path.is_file() else None
    except (OSError, RuntimeError):  # too long for a file's name, or an unknown user after "~"
        return None


def _read_text(path: Path) -> str:
    """Return the text of a suite file; raise SuiteError if it cannot be read."""
    try:
        text = read_regular(path, _LARGEST_BYTES).decode("utf-8")
    except UnicodeDecodeError as error:
        raise SuiteError(f"{path.name}: not UTF-8 at byte {error.start}; save it as UTF-8") from error
    except OSError as error:
        raise SuiteError(
            f"{path.name}: cannot be read as a suite in TOML: {error.strerror}; expected a readable text file"
        ) from error
    if text.startswith("\ufeff"):
        raise SuiteError(f"{path.name}: starts with a byte order mark; save it as UTF-8 without one")
    return text


def _read_entries(file: str, kind: str, value: Any) -> list[tuple[str, dict[str, Any]]]:
    """Return each table of a kind as (its place for messages, the table): ("s.toml: metric[0]", {…}).

    Raises SuiteError if the value is no list of tables, or an empty one.
    """
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise SuiteError(f"{file}: {kind}: expected [[{kind}]] tables")
    if not value:
        raise SuiteError(f"{file}: {kind}: the list is empty; expected at least one")
    return [(f"{file}: {kind}[{number}]", item) for number, item in enumerate(value)]


def _read_seeds(where: str, value: Any) -> tuple[int, ...]:
    """Return the seeds; raise SuiteError unless they are a list of different integers of at least 0."""
    if not isinstance(value, list) or not value:
        raise SuiteError(f"{where}: expected a list of at least one seed, got {value!r}")
    seeds = tuple(_read_integer(f"{where}[{number}]", seed, least=0) for number, seed in enumerate(value))
    if len(set(seeds)) < len(seeds):
        raise SuiteError(f"{where}: expected different seeds, got {list(seeds)}")
    return seeds


def _to_list(value: Any) -> Any:
    """Return an iterable other than a text, such as a range of seeds, as a list; other values as they are."""
    return list(value) if isinstance(value, Iterable) and not isinstance(value, (str, bytes)) else value


def _read_n(where: str, value: Any, datasets: Sequence[str]) -> int | Mapping[str, int]:
    """Return the number of fakes, or a table of the number on each dataset, by the dataset's id.

    datasets  the ids of the suite's datasets; a table must have exactly these

    Raises SuiteError for another table, and for a number below 1 or above ten million.
    """
    if not isinstance(value, Mapping):
        return _read_integer(where, value, least=1, most=_MOST_SAMPLES)
    for name in value:
        if name not in datasets:
            raise SuiteError(f"{where}: no dataset has the id {name!r}{suggest_names(str(name), datasets)}")
    missing = next((name for name in datasets if name not in value), None)
    if missing is not None:
        raise SuiteError(f"{where}: there is no number for the dataset {missing!r}; write one for each")
    return {
        name: _read_integer(f"{where}: {name}", value[name], least=1, most=_MOST_SAMPLES) for name in datasets
    }


def _read_n_real(where: str, value: Any) -> int | Literal["all"] | None:
    """Return the number of real samples, "all", or None if it is not set; raise SuiteError for others."""
    return value if value is None or value == "all" else _read_integer(where, value, least=1)


def _read_flag(where: str, value: Any) -> bool:
    """Return a value that is true or false; raise SuiteError for others."""
    if not isinstance(value, bool):
        raise SuiteError(f"{where}: expected true or false, got {value!r}")
    return value


def _read_aspects(where: str, value: Any) -> tuple[str, ...]:
    """Return the aspects that vote; raise SuiteError unless they are a list of different known ones.

    Without a value, the result is (): all that vote without being named.
    """
    if value is None:
        return ()
    if not value or not isinstance(value, list) or not set(map(str, value)) <= set(ASPECTS):
        raise SuiteError(f"{where}: expected a list of {', '.join(ASPECTS)}; got {value!r:.80}")
    if len(set(value)) < len(value):
        raise SuiteError(f"{where}: expected different aspects, got {value!r:.80}")
    return tuple(value)


def _read_requirements(where: str, value: Any) -> dict[str, str]:
    """Return the requirement of each metric; raise SuiteError for one that is no bound such as ">= 0.9"."""
    if not isinstance(value, dict):
        raise SuiteError(f"{where}: expected a table of bounds by metric, got {value!r:.80}")
    for metric, bound in value.items():
        try:
            Bound.parse(bound)
        except ValueError as error:
            raise SuiteError(f"{where}.{metric}: {error}") from error
    return dict(value)


def _read_plugins(where: str, value: Any) -> tuple[str, ...]:
    """Return the plugin files; raise SuiteError unless they are a list of different names of .py files."""
    is_list = isinstance(value, list) and all(isinstance(item, str) for item in value)
    if not is_list or not all(item.endswith(".py") for item in value) or len(set(value)) < len(value):
        raise SuiteError(
            f"{where}: expected a list of different .py files, relative to the suite, such as "
            f'["gens.py"]; got {value!r:.80}'
        )
    return tuple(value)


def _read_integer(where: str, value: Any, *, least: int, most: int = _GREATEST_INTEGER) -> int:
    """Return an integer from `least` to `most`; raise SuiteError for anything else."""
    if isinstance(value, int) and not isinstance(value, bool) and value > most:
        raise SuiteError(f"{where}: expected an integer of at most {most:,}")
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise SuiteError(f"{where}: expected an integer of at least {least}, got {value!r}")
    return value


def _read_controls(where: str, value: Any, limits: Limits) -> tuple[SuiteEntry, ...] | None:
    """Return the listed controls, () for false, or None without the key, which means genbench's own.

    Raises SuiteError for any other value.
    """
    if value is None:
        return None
    if value is False:
        return ()
    if not isinstance(value, list):
        raise SuiteError(
            f"{where}: expected a list of controls, or false for none, got {value!r}; without the key, "
            "genbench's own controls join"
        )
    return tuple(_read_reference(f"{where}[{number}]", item, limits) for number, item in enumerate(value))


def read_words(where: str, text: str) -> tuple[str, dict[str, Any]]:
    """Return (name, options) of a text such as "kid subset_size=100"; a value that is not TOML is a text.

    As in a shell, a space inside single or double quotes does not end a value. Raises SuiteError, prefixed
    with `where`, if there is no name, or if a word after it is no "option=value".
    """
    name, *words = [_unquote(word) for word in re.findall(_WORD, text)] or [""]
    # An option has a name, so its "=" is not the first character.
    if not name or not all("=" in word[1:] for word in words):
        raise SuiteError(f"{where}: expected a name, with options if any, such as 'kid subset_size=100'")
    pairs = [word.partition("=") for word in words]
    return name, {option: _parse_value(value) for option, _, value in pairs}


def write_words(table: Mapping[str, Any]) -> str:
    """Return a component and its options as a text for `read_words`; the key `use` is the name."""
    options = (f"{name}={_write_value(value)}" for name, value in table.items() if name != "use")
    return " ".join([str(table.get("use", "")), *options])


def _write_value(value: Any) -> str:
    """Return a value as TOML; a text without blanks and quotes stays bare if `_parse_value` returns it."""
    is_plain = isinstance(value, str) and not set(value) & set(" \t\n\"'") and _parse_value(value) == value
    return value if is_plain else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _parse_value(text: str) -> Any:
    """Return the value of a text in TOML, such as 100 for "100"; a text that is no TOML, without quotes."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return _unquote(text)


def _unquote(text: str) -> str:
    """Return a text without its quotes if it is one quoted text, else as it is."""
    return shlex.split(text)[0] if re.fullmatch(_QUOTED, text) else text
