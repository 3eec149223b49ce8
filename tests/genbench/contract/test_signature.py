from __future__ import annotations

import datetime as dt
import functools
import hashlib
import traceback
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Annotated, Any, Literal

import pytest
from annotated_types import Ge, Le
from pydantic import Field

from genbench import DataError, DatasetSpec, ExtractorSpec, GeneratorSpec, MetricSpec, PluginError, SuiteError
from genbench.contract.signature import (
    HOST_PARAMETERS,
    INPUTS,
    Option,
    canonical_options,
    fill_options,
    read_contract,
    resolve,
)
from genbench.core.canonical_json import canonical

if TYPE_CHECKING:
    import nowhere

WHERE = "quickstart.toml: generator[2]"


def generator(make, name="vae"):
    return read_contract(GeneratorSpec(name=name, make=make))


def vae(
    train: nowhere.Samples,
    train_labels: nowhere.Array = None,
    *,
    steps: Annotated[int, Ge(1)] = 1500,
    beta: float = 1,
    sides: tuple[int, int] = (8, 8),
    prior: Literal["normal", "flow"] = "normal",
    conditional: bool = False,
    weights: Path | None = None,
    rng: nowhere.Generator,
    device: str,
) -> nowhere.Sampler:
    """Stand for a generator; names that exist only for type checkers must not matter."""


def fill(given=None, make=vae, folder=Path()):
    return fill_options(generator(make), given or {}, where=WHERE, folder=folder)


def test_a_contract_is_read_off_the_signature():
    contract = generator(vae)
    assert contract.name == "vae"
    assert contract.inputs == ("train", "train_labels")
    assert contract.host_parameters == ("rng", "device")
    assert [option.name for option in contract.options] == [
        "steps", "beta", "sides", "prior", "conditional", "weights",
    ]  # fmt: skip
    assert contract.options[0] == Option("steps", Annotated[int, Ge(1)], 1500)


def classifier(train, train_labels, *, steps: int = 800, rng, device, log): ...
def held_out(held_out, held_out_labels): ...
def digits(): ...
def precision(real, fake, *, k: int = 3): ...
def inception_score(fake, *, splits: int = 10): ...
def perplexity(sampler, real): ...
def bbq(sampler, *, questions: Path): ...
def cas(real, real_labels, fake, fake_labels, *, rng): ...
def weat(extract, *, words: Path | None = None): ...


@pytest.mark.parametrize(
    ("spec", "inputs"),
    [
        (ExtractorSpec(name="classifier", make=classifier, outputs={"features": ""}), "train train_labels"),
        (GeneratorSpec(name="held-out", make=held_out, control="ceiling"), "held_out held_out_labels"),
        (DatasetSpec(name="digits", make=digits), ""),
        (MetricSpec(name="precision", make=precision), "real fake"),
        (MetricSpec(name="inception-score", make=inception_score), "fake"),
        (MetricSpec(name="perplexity", make=perplexity), "sampler real"),
        (MetricSpec(name="bbq", make=bbq), "sampler"),
        (MetricSpec(name="cas", make=cas), "real real_labels fake fake_labels"),
        (MetricSpec(name="weat", make=weat), "extract"),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_the_examples_of_the_design_fit_the_contract(spec, inputs):
    assert " ".join(read_contract(spec).inputs) == inputs


@pytest.mark.parametrize(
    ("inputs", "sides", "takes_labels"),
    [
        ("fake, sampler, history, truth, extract", {"fake"}, False),
        ("held_out_labels", {"held_out"}, True),
        ("real, real_labels, train", {"real", "train"}, True),
        ("sampler", set(), False),
    ],
)
def test_a_contract_names_the_sides_of_its_inputs_and_whether_it_takes_labels(inputs, sides, takes_labels):
    scope: dict[str, Any] = {}
    exec(f"def metric({inputs}): ...", scope)  # noqa: S102 - fixed text
    contract = read_contract(MetricSpec(name="metric", make=scope["metric"]))
    assert (contract.sides, contract.takes_labels) == (sides, takes_labels)


def test_the_values_of_an_option_of_that_name_are_protocols():
    def of(make):
        return read_contract(MetricSpec(name="m", make=make)).protocols

    def chosen(fake, *, protocol: Literal["one", "two"] = "one", other: Literal["three"] = "three"): ...
    def free(fake, *, protocol: str = "one"): ...
    def without(fake, *, other: Literal["three"] = "three"): ...

    assert (of(chosen), of(free), of(without)) == (("one", "two"), (), ())


@pytest.mark.parametrize("name", HOST_PARAMETERS)
def test_what_is_given_is_neither_input_nor_option_wherever_it_stands(name):
    scope: dict[str, Any] = {}
    exec(f"def before({name}, train): ...\ndef after(train, *, {name}): ...", scope)  # noqa: S102 - fixed text
    for make in (scope["before"], scope["after"]):
        contract = generator(make)
        assert (contract.inputs, contract.options, contract.host_parameters) == (("train",), (), (name,))


def test_inputs_are_those_of_the_contract_table():
    assert INPUTS["dataset"] == ()
    assert INPUTS["extractor"] == ("train", "train_labels")
    assert INPUTS["generator"] == (
        "train", "train_labels", "held_out", "held_out_labels", "modality", "open_outputs",
    )  # fmt: skip
    assert INPUTS["fault"] == ("real", "train", "level", "modality")
    assert set(INPUTS["metric"]) == {
        "real", "fake", "train", "held_out", "real_labels", "fake_labels", "train_labels", "held_out_labels",
        "sampler", "history", "truth", "extract", "fakes",
    }  # fmt: skip


def refused_option_without_annotation(train, *, steps=1): ...
def refused_unresolvable(train, *, steps: nowhere.Int = 1): ...
def refused_input(trian): ...
def refused_input_of_another_kind(fake): ...
def refused_args(train, *rest): ...
def refused_kwargs(train, **rest): ...
def refused_positional_only(train, /): ...
def refused_input_as_option(*, train: int = 1): ...
def refused_suite_key(*, name: str = "x"): ...
def refused_paths(*, files: dict[str, Path] | None = None): ...
def refused_path_or_str(*, file: Path | str = ""): ...
def refused_pure_path(*, file: PurePosixPath | None = None): ...


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            refused_option_without_annotation,
            "option 'steps' has no annotation; expected one such as `steps: int",
        ),
        (
            refused_unresolvable,
            r"'nowhere.Int' of option 'steps' cannot be resolved .*outside `if TYPE_CHECKING`",
        ),
        (refused_input, "'trian' is no input of a generator; did you mean 'train'"),
        (refused_input_of_another_kind, "'fake' is no input of a generator; expected one of held_out"),
        (refused_args, r"make has the parameter '\*rest'"),
        (refused_kwargs, r"make has the parameter '\*\*rest'"),
        (
            refused_positional_only,
            "make has the parameter 'train'; expected only parameters that can be passed by",
        ),
        (refused_input_as_option, r"option 'train' has the name of an input; put inputs before the \*"),
        (refused_suite_key, "option 'name' is a key of the suite file"),
        (refused_paths, r"option 'files' holds paths; expected Path, Path \| None or tuple\[Path, ...\]"),
        (refused_path_or_str, "option 'file' holds paths"),
        (refused_pure_path, "option 'file' holds paths"),
        ("nowhere:vae", "cannot import 'nowhere:vae': ModuleNotFoundError: No module named 'nowhere'"),
        ("json:lods", "cannot import 'json:lods': AttributeError: module 'json' has no attribute 'lods'"),
        ("genbench:__version__", "'genbench:__version__' is a str; expected a function or a class"),
    ],
)
def test_a_make_that_breaks_the_contract_is_refused_with_the_components_name(make, message):
    with pytest.raises(PluginError, match=f"^generator 'vae': .*{message}"):
        generator(make)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"shared_options": ("skp",)},
            r"shared_options names 'skp', which is no option; did you mean 'skip'\?",
        ),
        (
            {"fake_options": {"nope": 1}},
            "fake_options names 'nope', which is no option; expected one of path, ",
        ),
        ({"uses": {"skp=1": ("selfies",)}}, r"uses names 'skp', which is no option; did you mean 'skip'\?"),
    ],
)
def test_the_options_that_a_spec_names_are_those_of_its_make(fields, message):
    def make(*, path: int = 1, skip: int = 0): ...

    own = {"shared_options": ("skip",), "fake_options": {"path": 2}, "uses": {"skip=1": ("selfies",)}}
    assert read_contract(DatasetSpec(name="dots", make=make, **own)).name == "dots"
    with pytest.raises(PluginError, match=f"^dataset 'dots': {message}"):
        read_contract(DatasetSpec(name="dots", make=make, **{**own, **fields}))


class WithoutRng:
    def sample(self, n): ...


class TakesAll:
    def sample(self, n, **others): ...


def test_a_generator_that_gives_no_sampler_is_refused_before_its_fit():
    def forgets(train):
        mean = train.mean()
        mean.round()

    def gives_none(train):
        for _ in train:
            return

    def lacks_rng(train):
        return WithoutRng()

    for make in (forgets, gives_none):
        with pytest.raises(PluginError, match=r"^generator 'vae': make returns None; end it with `return`"):
            generator(make)
    for make in (lacks_rng, WithoutRng):
        with pytest.raises(PluginError, match=r"WithoutRng\.sample does not take rng; expected def sample"):
            generator(make)


def test_a_generator_whose_code_may_give_a_sampler_is_accepted():
    def returns(train):
        for each in train:
            if each:
                return TakesAll()
        return None

    def ends(train):
        pytest.exit("enough")

    for make in (returns, ends, TakesAll, lambda train: None):
        assert generator(make).name == "vae"


@pytest.mark.parametrize("make", [lambda held_out: None, lambda train, held_out_labels: None])
def test_only_a_control_may_take_held_out_data(make):
    line = 'write control="ceiling", "exploit" or "floor" in its spec'
    with pytest.raises(PluginError, match=f"^generator 'vae' takes held-out data, which only .*; {line}$"):
        generator(make)
    spec = GeneratorSpec(name="vae", make=make, control="ceiling")
    assert "held_out" in read_contract(spec).sides


def test_classes_partials_and_callable_objects_have_contracts_too():
    class Fit:
        def __init__(self, train, *, steps: Annotated[int, Ge(1)] = 2): ...

    class Callable:
        def __call__(self, train, *, steps: Annotated[int, Ge(1)] = 2): ...

    @functools.wraps(vae)
    def wrapper(*args, **kwargs): ...

    expected = (Option("steps", Annotated[int, Ge(1)], 2),)
    assert generator(Fit).options == generator(Callable()).options == expected
    assert generator(functools.partial(vae, steps=7)).options[0].default == 7
    assert generator(wrapper) == generator(vae)


def test_a_target_is_resolved_through_attributes_and_a_callable_is_itself():
    assert resolve("pathlib:Path.cwd") == Path.cwd
    assert resolve(vae) is vae


def test_a_target_whose_module_exits_is_a_plugin_error(tmp_path, monkeypatch):
    (tmp_path / "leaver.py").write_text("import sys\nsys.exit(3)\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(PluginError, match="cannot import 'leaver:f': SystemExit: 3"):
        resolve("leaver:f")


def test_defaults_are_filled_in_and_read_as_their_annotation():
    values = fill()
    assert values == {
        "steps": 1500, "beta": 1.0, "sides": (8, 8), "prior": "normal", "conditional": False, "weights": None,
    }  # fmt: skip
    assert type(values["beta"]) is float


def test_a_default_and_the_same_value_written_out_have_one_key():
    contract = generator(vae)
    keys = {
        canonical(canonical_options(contract, fill(given)))
        for given in ({}, {"beta": 1}, {"beta": 1.0, "sides": [8, 8]}, {"prior": "normal", "steps": 1500})
    }
    assert len(keys) == 1


def test_lists_become_tuples_and_whole_numbers_floats():
    values = fill({"sides": [28, 28], "beta": 4, "conditional": True, "prior": "flow"})
    assert (values["sides"], values["beta"], values["conditional"]) == ((28, 28), 4.0, True)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"stpes": 1}, r"\.stpes: vae has no option 'stpes'; did you mean 'steps'\?$"),
        ({"train": 1}, r"\.train: vae has no option 'train'; expected one of beta, conditional"),
        ({"rng": 1}, r"\.rng: vae has no option 'rng'"),
        ({"steps": "1"}, r"\.steps: expected a valid integer, got '1'$"),
        ({"steps": True}, r"\.steps: expected a valid integer, got True$"),
        ({"steps": 1.0}, r"\.steps: expected a valid integer, got 1.0$"),
        ({"steps": 0}, r"\.steps: expected a number greater than or equal to 1, got 0$"),
        ({"beta": "inf"}, r"\.beta: expected a valid number, got 'inf'$"),
        ({"beta": float("nan")}, r"\.beta: expected finite numbers, got nan$"),
        ({"beta": float("inf")}, r"\.beta: expected finite numbers, got inf$"),
        ({"beta": dt.date(2020, 1, 1)}, r"\.beta: expected a number, text, boolean, list or table, got dat"),
        ({"conditional": 1}, r"\.conditional: expected a valid boolean, got 1$"),
        ({"sides": [1, 2, 3]}, r"\.sides: Tuple should have at most 2 items"),
        ({"sides": [1, "2"]}, r"\.sides: expected a valid integer at \[1\], got \[1, '2'\]$"),
        ({"prior": "norml"}, r"\.prior: expected 'normal' or 'flow', got 'norml'$"),
        ({"weights": 3}, r"\.weights: expected a valid string, got 3$"),
        (
            {"weights": "nowhere.pt"},
            r"\.weights: /data/nowhere.pt does not exist; expected a file or folder$",
        ),
        ({"weights": "~nobody-of-that-name/w"}, r"\.weights: .* is no path: Could not determine home"),
        ({"weights": "a\0b"}, r"\.weights: "),
    ],
)
def test_a_value_that_is_refused_is_named_by_its_key_path(given, message):
    with pytest.raises(SuiteError, match=r"^quickstart\.toml: generator\[2\]" + message):
        fill(given, folder=Path("/data"))


def has_patterns(
    *,
    address: Annotated[str, Field(pattern="^https://[a-z]+$", description="an address")] = "https://a",
    names: tuple[Annotated[str, Field(pattern="^[A-Z]+$")], ...] = (),
): ...


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"address": "hunter2"}, r"\.address: expected a text that matches '\^ht.*'; an address; the value"),
        ({"address": ["hunter2"]}, r"\.address: expected a valid string; an address; the value is not shown"),
        ({"names": ["A", "hunter2"]}, r"\.names: expected a text that matches '.*' at \[1\]; the value is"),
        ({"names": "hunter2"}, r"\.names: expected a valid array; the value is not shown, it may be a secr"),
    ],
)
def test_what_may_be_a_secret_in_the_wrong_place_is_not_shown(given, message):
    with pytest.raises(SuiteError, match=message) as refused:
        fill(given, has_patterns)
    assert "hunter2" not in "".join(traceback.format_exception(refused.value))


def test_a_refusal_is_one_line():
    with pytest.raises(SuiteError) as raised:
        fill({"sides": ["\n" * 500]})
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 250


def needs_a_file(*, path: Path, n: Annotated[int, Ge(1), Le(9)]): ...


def test_an_option_without_a_default_is_required(tmp_path):
    reason = r"generator\[2\]: vae needs the option 'path', which has no default; add it"
    with pytest.raises(SuiteError, match=reason):
        fill({"n": 1}, needs_a_file)
    assert fill({"path": str(tmp_path), "n": 3}, needs_a_file) == {"path": tmp_path, "n": 3}


def test_a_relative_path_is_taken_from_the_folder_and_the_home_is_expanded(tmp_path, monkeypatch):
    (tmp_path / "w.pt").write_bytes(b"w")
    monkeypatch.setenv("HOME", str(tmp_path))
    for written in ("w.pt", "~/w.pt", str(tmp_path / "w.pt")):
        assert fill({"weights": written}, folder=tmp_path)["weights"] == tmp_path / "w.pt"


def bad_default(*, steps: Annotated[int, Ge(1)] = 0): ...


def test_a_default_that_its_own_annotation_refuses_is_the_plugins_fault():
    reason = r"^generator 'vae': the default of option 'steps' is refused: expected a number greater than"
    with pytest.raises(PluginError, match=reason):
        fill({}, bad_default)


class Opaque:
    """A type that no suite can write down."""


def opaque(*, thing: Opaque | None = None): ...


def test_an_annotation_that_json_cannot_fill_is_the_plugins_fault():
    reason = r"^generator 'vae': option 'thing': JSON cannot hold a value of the type"
    with pytest.raises(PluginError, match=reason):
        fill({}, opaque)


def test_moving_a_path_changes_no_key_and_no_home_directory_is_in_it(tmp_path):
    contract = generator(vae)
    texts = set()
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "w.pt").write_bytes(b"same")
        values = fill({"weights": f"{name}/w.pt"}, folder=tmp_path)
        texts.add(canonical(canonical_options(contract, values)))
    assert len(texts) == 1
    assert str(tmp_path) not in texts.pop()


def test_a_path_enters_as_the_hash_of_its_content(tmp_path):
    file = tmp_path / "w.pt"
    file.write_bytes(b"")
    plain = canonical_options(generator(vae), fill({"weights": str(file)}))
    digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert plain["weights"] == {"sha256": digest, "suffix": ".pt"}
    assert plain["sides"] == [8, 8]


def test_a_folder_with_a_link_has_no_key(tmp_path):
    (tmp_path / "link").symlink_to("elsewhere")
    values = fill({"path": str(tmp_path), "n": 1}, needs_a_file)
    with pytest.raises(DataError, match="is a symbolic link"):
        canonical_options(generator(needs_a_file), values)


def test_a_value_without_a_json_form_has_no_key():
    values = fill() | {"beta": float("nan")}
    with pytest.raises(PluginError, match=r"^generator 'vae': option 'beta': nan is not finite"):
        canonical_options(generator(vae), values)


def votes(*, votes: tuple[Path, ...]): ...


def test_a_list_of_files_counts_by_the_content_of_each_in_its_order(tmp_path):
    for name in ("anna.json", "ben.json"):
        (tmp_path / name).write_text(name)
    contract = generator(votes)
    given = fill_options(contract, {"votes": ["anna.json", "ben.json"]}, where="x", folder=tmp_path)
    assert given == {"votes": (tmp_path / "anna.json", tmp_path / "ben.json")}
    plain = canonical_options(contract, given)
    digests = [hashlib.sha256(name.encode()).hexdigest() for name in ("anna.json", "ben.json")]
    assert plain == {"votes": [{"sha256": digest, "suffix": ".json"} for digest in digests]}
    assert canonical_options(contract, {"votes": given["votes"][::-1]}) != plain
    assert canonical_options(contract, fill_options(contract, {"votes": []}, where="x", folder=tmp_path)) == {
        "votes": []
    }


def test_a_missing_file_of_a_list_is_named_with_its_place(tmp_path):
    (tmp_path / "anna.json").touch()
    with pytest.raises(SuiteError, match=r"^x\.votes\[1\]: .*ben.json does not exist"):
        fill_options(generator(votes), {"votes": ["anna.json", "ben.json"]}, where="x", folder=tmp_path)
