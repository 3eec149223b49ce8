"""Each function that opens a file is given files that would leave a mark if they were unpickled or run.

Which these are is read off the specs: a component with an option that is a path, or with a `load`, is to be
found here, and so is each module that opens files. One that is new fails a test until it has its payloads.
"""

from __future__ import annotations

import ast
import functools
import gzip
import io
import itertools
import pickle
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from genbench_arena.battles import read_battles
from genbench_arena.votes import read_ballots

from genbench.arena.vote_entries import read_votes
from genbench.catalog.catalog import load_catalog
from genbench.catalog.modalities import find_modality, list_modalities
from genbench.checks.battery.kept_cards import read_cards
from genbench.contract.assets import Asset, asset_path, find_asset
from genbench.contract.signature import read_contract, resolve
from genbench.contract.specs import GeneratorSpec
from genbench.core.errors import DataError, GenbenchError, Undefined
from genbench.core.samples import Samples
from genbench.files.read import content_sha256
from genbench.files.sample_files import read_array, read_samples, write_samples
from genbench.files.sealed import DamagedError, Schema, read_sealed
from genbench.files.text_files import read_texts
from genbench.results.records import read_plan, read_records, read_traces
from genbench.store.store import Store
from genbench.suite.components import make_part
from genbench.suite.file import SuiteEntry, read_suite
from genbench.trial.calling import call, no_log, restore
from genbench.trial.reading import finished_outputs
from genbench.trial.reading.finished_outputs import OutputOpener, OutputReader, open_samples

ROOT = Path(__file__).parents[1]


class _Evil:
    """Leaves a file where it is unpickled."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return Path.touch, (self.mark,)


def _saved(save, *arguments, **options):
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        save(file, *arguments, **options)
    return file.getvalue()


def _objects(mark):
    return np.array([_Evil(mark)], dtype=object)


def _program(mark):
    """Return an npy file whose header is an expression."""
    text = f"__import__('pathlib').Path({str(mark)!r}).touch()\n".encode()
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text


def _archive(mark):
    names = ("images", "features", "arr_0", "labels", "arr_1", "data")
    return _saved(np.savez, allow_pickle=True, **{name: _objects(mark) for name in names})


PAYLOADS = {
    "a pickle": lambda mark: pickle.dumps(_Evil(mark)),
    "an old pickle, in ASCII": lambda mark: pickle.dumps(_Evil(mark), protocol=0),
    "a packed pickle": lambda mark: gzip.compress(pickle.dumps(_Evil(mark))),
    "objects in npy": lambda mark: _saved(np.save, _objects(mark), allow_pickle=True),
    "objects in npz": _archive,
    "a program in an npy header": _program,
    "objects of torch": lambda mark: _saved(lambda file: torch.save({"a": _Evil(mark)}, file)),
    "objects of an old torch": lambda mark: _saved(
        lambda file: torch.save({"a": _Evil(mark)}, file, _use_new_zipfile_serialization=False)
    ),
}

#: What the payloads are armed for: each of these would run the one of that name.
TRIGGERS = {
    "a pickle": pickle.loads,
    "an old pickle, in ASCII": pickle.loads,
    "a packed pickle": lambda content: pickle.loads(gzip.decompress(content)),  # noqa: S301 - our own
    "objects in npy": lambda content: np.load(io.BytesIO(content), allow_pickle=True),
    "objects in npz": lambda content: np.load(io.BytesIO(content), allow_pickle=True)["images"],
    "a program in an npy header": lambda content: eval(content[10:]),  # noqa: S307 - our own
    "objects of torch": lambda content: torch.load(io.BytesIO(content), weights_only=False),
    "objects of an old torch": lambda content: torch.load(io.BytesIO(content), weights_only=False),
}


@pytest.fixture
def mark(tmp_path):
    return tmp_path / "it ran"


@pytest.fixture
def payloads(mark):
    """Return contents of files that leave `mark` if they are unpickled or run, by name."""
    return {name: make(mark) for name, make in PAYLOADS.items()}


@pytest.mark.parametrize("name", PAYLOADS)
def test_each_payload_is_armed(name, mark):
    TRIGGERS[name](PAYLOADS[name](mark))
    assert mark.exists()


def offences(cases, mark):
    """Return what is wrong with calls that should refuse in one line, by the name of the file that they open.

    cases  name to the call, and whether it may read the file, as harmless text
    """
    found = {name: _offence(read, mark, may_read=may_read) for name, (read, may_read) in cases.items()}
    assert found
    return {name: what for name, what in found.items() if what}


def _offence(read, mark, *, may_read):
    try:
        read()
        said = None
    except GenbenchError as error:
        said = str(error)
    except Exception as error:  # of any type: each is an offence, and all are listed
        return f"it raised {error!r}"
    if mark.exists():
        mark.unlink()
        return "it ran"
    if said is None:
        return "" if may_read else "it was read"
    is_plain = said and "\n" not in said and (str(mark.parent) not in said or "run.json" in said)
    return "" if is_plain else f"it says {said!r}"


def test_each_kind_of_offence_is_listed(mark):
    def say(text):
        raise GenbenchError(text)

    cases = {
        "run": (mark.touch, True),
        "read": (lambda: None, False),
        "raised": (lambda: 1 / 0, True),
        "two lines": (lambda: say("a\nb"), True),
        "no word": (lambda: say(""), True),
        "the folder": (lambda: say(f"in {mark.parent}"), True),
        "text": (lambda: None, True),
        "refused": (lambda: say("no"), False),
    }
    assert set(offences(cases, mark)) == set(cases) - {"text", "refused"}


def planted(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


@functools.cache
def catalog_here():
    """Return the catalog, which is the same for all loaders."""
    return load_catalog()


# Components with options that are paths.


def _make(kind, name, option, file, /, **options):
    catalog = catalog_here()
    component = catalog.find(kind, f"genbench:{name}")
    contract = read_contract(component.spec)
    given = {"rng": np.random.default_rng(0), "device": "cpu", "log": no_log}
    inputs = dict.fromkeys(contract.inputs, TEXTS if kind == "generator" else None)
    if "modality" in inputs:
        inputs["modality"] = find_modality(list_modalities(catalog), TEXTS.space.modality)
    if "open_outputs" in inputs:  # genbench itself reads the text files
        entry = SuiteEntry(use=name, name=None, options={option: str(file)}, where="x")
        part, readers = make_part(catalog, GeneratorSpec, entry, file.parent), {option: OutputReader()}
        inputs["open_outputs"] = OutputOpener(part, readers, inputs["modality"], TEXTS.space)
    wanted = {asked: given[asked] for asked in contract.host_parameters}
    return resolve(component.spec.make)(**inputs, **wanted, **{option: file}, **options)


def _at(kind, name, option, *files, **options):
    """Return a reader that plants its content as each of these files and gives their path to a component."""

    def read(folder, content, file):
        path = planted(folder / "given" / file, content)
        return _make(
            kind, name, option, path if "/" not in file else folder / "given" / Path(file).parts[0], **options
        )

    return {file: lambda folder, content, file=file: read(folder, content, file) for file in files}


TEXTS = Samples.of("text", ("one text", "another text", "a third"))
CLOUDS = Samples.of("points", [np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)] * 3)
IMAGES = Samples.of(
    "image", np.random.default_rng(0).integers(0, 256, (8, 8, 8, 1)).astype(np.uint8), [0, 1] * 4
)
TABLE = Samples.of("table", pd.DataFrame({"x": [1.0, 2.0], "y": ["a", "b"]}))
TRAIN = {"image": IMAGES, "text": TEXTS, "table": TABLE, "points": CLOUDS}

_WEIGHTS = ("a.pth", "a.pt", "a.safetensors")
_CLIP = (
    "rn50", "rn101", "rn50x4", "rn50x16", "rn50x64", "vit-b-32", "vit-b-16", "vit-l-14", "vit-l-14-336px",
)  # fmt: skip
_TABLE = ROOT / "tests/genbench_table/oracles/inputs_train.csv"
_TABLE_FILES = ("a.csv", "a.jsonl", "a.ndjson", "a.parquet", "a.tsv")
_CLOUDS = (".npy", ".npz", ".off", ".ply", ".xyz")
_TEXT_FILES = ("a.txt", "a.jsonl", "a.ndjson", "a.csv")

#: Files of plain text, which may hold a pickle of the oldest protocol, since it is ASCII.
_PLAIN = {
    ("smiles-file", ".smi"), ("smiles-file", ".smiles"), ("smiles-file", ".txt"), ("table-file", ".csv"),
    ("table-file", ".tsv"), ("text-file", ".txt"),
}  # fmt: skip


def _path(key, *files, **more):
    """Return an option, named as "kind component option", and its readers by the file with the payload."""
    option = tuple(key.split())
    return option, _at(*option, *files, **more)


#: Component and option to its readers, by the file in which they find the payload.
PATHS = dict((
    _path("dataset npz path", "a.npz", "a.npy"),
    _path("dataset idx path", "f/train-images-idx3-ubyte", "f/train-images-idx3-ubyte.gz"),
    _path("dataset image-folder path", "f/a.png", "f/a.jpg", "f/a.webp"),
    _path("dataset points-file path", *(f"a{each}" for each in _CLOUDS)),
    _path("dataset text-file path", *_TEXT_FILES),
    _path("dataset table-file path", *_TABLE_FILES),
    _path("dataset table-file schema", "a.toml", path=Path("rows.csv")),
    _path("dataset table-file test", *_TABLE_FILES, path=_TABLE),
    _path("dataset table-file held_out", *_TABLE_FILES, path=_TABLE, test=_TABLE),
    _path("dataset fasta path", "a.fasta", "a.fasta.gz"),
    _path("dataset smiles-file path", "a.smi", *_TEXT_FILES, invalid="keep"),
    _path("generator samples path", *_TEXT_FILES),
    _path("extractor inception-v3-compat weights", *_WEIGHTS),
    _path("extractor vgg16 weights", *_WEIGHTS),
    _path("extractor torch-module file", "a.pt", "a.ts"),
    *(_path(f"extractor clip-{name} weights", *_WEIGHTS) for name in _CLIP),
    *(_path(f"extractor dinov2-vit-{size}-14 weights", "a.safetensors") for size in "sblg"),
    _path("metric bbq file", "a.jsonl", "f/a.jsonl"),
    _path("metric completion-gap file", "a.txt", lexicon="vader"),
    _path("metric crows-pairs file", "a.csv"),
    _path("metric seat words", "a.json"),
    _path("metric stereoset file", "a.json", "a.jsonl"),
    _path("metric weat words", "a.json"),
    _path("metric winobias file", "a.jsonl", "f/pro_stereotyped_type1.txt"),
))  # fmt: skip
PATHS["extractor", "torch-module", "file"] |= _at(
    "extractor", "torch-module", "file", "a.safetensors", module="torch.nn:Identity"
)

#: Options whose payloads are elsewhere: the test, or why there is nothing to unpickle.
_WEIGHTS_TEST = "tests/genbench_text/pretrained/test_pretrained_loading.py::test_pickled_weights_are_not_read"
_HOST_TEST = "tests/test_safety_loaders.py::test_files_of_the_host_are_not_unpickled"
_LPIPS_TEST = "tests/test_safety_loaders.py::test_both_files_of_lpips_are_not_unpickled"
ELSEWHERE = {
    ("dataset", "mesh-folder", "path"):
        "tests/genbench_points/datasets/test_mesh_folder.py::test_pickles_are_no_meshes",
    ("extractor", "causal-lm", "path"): _WEIGHTS_TEST,
    ("generator", "hf-causal-lm", "path"): _WEIGHTS_TEST,
    ("generator", "command", "file"): _HOST_TEST,  # hashed
    ("generator", "table-command", "file"): _HOST_TEST,  # hashed
    ("extractor", "lpips", "heads"): _LPIPS_TEST,
    ("extractor", "lpips", "backbone"): _LPIPS_TEST,
}  # fmt: skip


def _loaders():
    """Return each option with its files; those in Parquet need a library."""
    for key, readers in PATHS.items():
        for ending, marks in (("", []), (".parquet", [pytest.mark.extras("pyarrow")])):
            files = [file for file in readers if file.endswith(".parquet") == bool(ending)]
            if files:
                yield pytest.param(key, files, marks=marks, id="-".join(key) + ending)


def bundled(kind):
    return [part for part in catalog_here().of_kind(kind) if part.reference.startswith("genbench:")]


def test_each_option_that_is_a_path_has_its_payloads():
    found = {
        (kind, component.name, option.name)
        for kind in ("dataset", "extractor", "generator", "metric")
        for component in bundled(kind)
        for option in read_contract(component.spec).options
        if option.is_path
    }
    assert found == {*PATHS, *ELSEWHERE}
    for test in ELSEWHERE.values():
        file, _, name = test.partition("::")
        assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8")


@pytest.mark.parametrize(("key", "files"), [*_loaders()])
def test_what_a_component_reads_is_not_unpickled(key, files, tmp_path, mark, payloads):
    cases = {}
    for number, (file, name) in enumerate(itertools.product(files, payloads)):
        read = functools.partial(PATHS[key][file], tmp_path / str(number), payloads[name])
        cases[f"{file}: {name}"] = read, (key[1], Path(file).suffix) in _PLAIN or file in ("a.txt", "a.smi")
    assert offences(cases, mark) == {}


def test_both_files_of_lpips_are_not_unpickled(tmp_path, mark, payloads):
    component = catalog_here().find("extractor", "genbench:lpips")
    given = {"device": "cpu", "log": no_log}
    wanted = {name: given[name] for name in read_contract(component.spec).host_parameters}
    cases = {}
    for number, (name, option) in enumerate(itertools.product(payloads, ("heads", "backbone"))):
        path = planted(tmp_path / f"{number}.pth", payloads[name])
        paths = {"heads": tmp_path / "none.pth", "backbone": tmp_path / "none.pth", option: path}
        cases[f"{option}: {name}"] = functools.partial(resolve(component.spec.make), **wanted, **paths), False
    assert offences(cases, mark) == {}


def _files_of_datasets():
    """Return each bundled dataset with the suffixes that it reads; Parquet needs a library."""
    for component in bundled("dataset"):
        for ending, marks in (("", []), (".parquet", [pytest.mark.extras("pyarrow")])):
            suffixes = [each for each in component.spec.reads if (each == ".parquet") == bool(ending)]
            if suffixes:
                yield pytest.param(component, suffixes, marks=marks, id=component.name + ending)


@pytest.mark.parametrize(("component", "suffixes"), [*_files_of_datasets()])
def test_what_a_dataset_reads_is_not_unpickled(component, suffixes, tmp_path, mark, payloads, monkeypatch):
    monkeypatch.setattr(finished_outputs, "load_catalog", lambda plugins: catalog_here())
    cases = {}
    for number, (suffix, name) in enumerate(itertools.product(suffixes, payloads)):
        is_folder = suffix[0] == "/"
        file = f"f{suffix}/a{suffix[1:] or '.png'}" if is_folder else f"a{suffix}"
        path = planted(tmp_path / str(number) / file, payloads[name])
        for kind in component.spec.modalities:
            read = functools.partial(open_samples, path.parent if is_folder else path, kind)
            cases[f"{suffix} as {kind}: {name}"] = read, (component.name, suffix) in _PLAIN
    assert offences(cases, mark) == {}


# Fitted generators and extractors, which are kept in the store.

_SMALL = {
    "ddpm": {"steps": 1, "channels": 4, "timesteps": 2},
    "gan": {"steps": 1, "channels": 4},
    "hmm": {"states": 2, "iterations": 1},
    "lstm": {"steps": 1, "width": 4, "hidden": 4},
    "point-vae": {"steps": 1, "width": 4, "points": 4},
    "transformer": {"steps": 1, "width": 6, "layers": 1},
    "vae": {"steps": 1, "channels": 4},
    "wgan-gp": {"steps": 1, "channels": 4, "n_critic": 1},
    "classifier": {"steps": 1},
    "markov": {}, "markov-oracle": {}, "word-tfidf": {}, "table-encoder": {},
}  # fmt: skip

#: What may stand in a JSON file in place of what was written.
ODD_JSON = (b"", b"null", b"[]", b"{}", b'"x"', b"1", b"[" * 100_000, b"\xff\xfe", b'{"model": "x"}')


def _loading():
    return [
        part for kind in ("extractor", "generator") for part in bundled(kind) if part.spec.load is not None
    ]


@pytest.fixture(scope="module", params=_SMALL)
def saved(request, tmp_path_factory):
    """Return a component that was fitted and saved, and its folder."""
    (component,) = (part for part in _loading() if part.name == request.param)
    folder = tmp_path_factory.mktemp("saved")
    entry = SuiteEntry(use=component.reference, name=None, options=_SMALL[request.param], where="here")
    part = make_part(catalog_here(), type(component.spec), entry, folder)
    train = next(TRAIN[name] for name in TRAIN if name in (component.spec.modalities or ("image",)))
    inputs = {"train": train, "train_labels": train.labels}
    given = {"rng": np.random.default_rng(0), "device": "cpu", "log": no_log}
    call(part, {name: inputs[name] for name in part.contract.inputs}, given).save(folder)
    return component, folder


def test_each_component_that_loads_has_its_payloads():
    assert {part.name for part in _loading()} == set(_SMALL)


def _instead(saved, tmp_path, file, content):
    component, folder = saved
    for other in folder.iterdir():
        planted(tmp_path / "saved" / other.name, content if other.name == file else other.read_bytes())
    return restore(component.spec.load, tmp_path / "saved", "cpu")


def test_what_was_saved_is_loaded(saved):
    component, folder = saved
    assert restore(component.spec.load, folder, "cpu") is not None


def _replacements(saved, tmp_path, contents, pattern):
    """Return the cases of a saved component in which one file has another content."""
    files = [path.name for path in saved[1].glob(pattern)]
    return {
        f"{file}: {name}": (functools.partial(_instead, saved, tmp_path, file, contents[name]), False)
        for file, name in itertools.product(files, contents)
    }


def test_what_was_saved_is_not_unpickled(saved, tmp_path, mark, payloads):
    assert offences(_replacements(saved, tmp_path, payloads, "*"), mark) == {}


def test_odd_json_in_what_was_saved_is_one_line(saved, tmp_path, mark):
    contents = {repr(content[:9]): content for content in ODD_JSON}
    assert offences(_replacements(saved, tmp_path, contents, "*.json"), mark) == {}


# What the host itself reads.

KEY = {"kind": "samples", "name": "a"}
ASSET = Asset(name="a", url="https://host/a.pth", sha256="0" * 64, size_bytes=1, licence="MIT")


def _kept(file, samples):
    def read(folder, content):
        write_samples(folder / "kept", samples)
        planted(folder / "kept" / file, content)
        return read_samples(folder / "kept")

    return read


def _stored(file):
    def read(folder, content):
        store = Store(folder / "store")
        store.put(KEY, lambda place: write_samples(place, TEXTS))
        planted(store.locate(KEY) / file, content)
        assert store.get(KEY) is None

    return read


def _run(read):
    def found(folder, content):
        for place in ("run.json", "records/k.json", "traces/k.json"):
            planted(folder / place, content)
        return read(folder)

    return found


def _of_cell(folder):
    from types import SimpleNamespace

    assert read_records(folder, (SimpleNamespace(key="k"),)) == {}


def _of_trial(folder):
    assert read_traces(folder, ("k",)) == []


def _asset(folder, content):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GENBENCH_ASSETS", str(folder / "assets"))
        planted(asset_path(ASSET), content)
        try:
            find_asset(ASSET)
        except GenbenchError as error:
            raise GenbenchError(str(error).replace(str(folder), "")) from error


def _sealed(folder, content):
    with pytest.raises(DamagedError):
        read_sealed(planted(folder / "a.json", content), Schema("x", 1))


def _suite(folder, content):
    return read_suite(planted(folder / "a.toml", content))


def _answer(folder, content):
    from genbench.store.answer_cache import AnswerCache

    cache = AnswerCache(folder / "answers")
    cache.put({"ask": 1}, {"said": "x"})
    (file,) = (folder / "answers").rglob("*.json")
    file.write_bytes(content)
    assert cache.get({"ask": 1}) is None


def _ballots(folder, content):
    try:
        read_ballots([planted(folder / "a.json", content)])
    except Undefined as reason:
        raise DataError(str(reason)) from reason


def _battles(folder, content):
    try:
        read_battles([planted(folder / "a.csv", content)])
    except Undefined as reason:
        raise DataError(str(reason)) from reason


HOST = {
    "an array": lambda folder, content: read_array(planted(folder / "a.npy", content)),
    "kept images": _kept("data.npy", IMAGES),
    "kept labels": _kept("labels.npy", IMAGES),
    "kept texts": _kept("data.jsonl", TEXTS),
    "a space": _kept("space.json", IMAGES),
    "a sealed file": _sealed,
    "a plan": _run(read_plan),
    "records": _run(_of_cell),
    "traces": _run(_of_trial),
    "an artefact's meta": _stored("meta.json"),
    "an artefact's file": _stored("files/data.jsonl"),
    "a fetched file": _asset,
    "a suite": _suite,
    "computed cards": lambda folder, content: read_cards(planted(folder / "a.json", content)),
    "texts": lambda folder, content: read_texts(planted(folder / "a.jsonl", content)),
    "a path's hash": lambda folder, content: content_sha256(planted(folder / "a", content)),
    "answers": _answer,
    "votes": lambda folder, content: read_votes([planted(folder / "a.json", content)]),
    "ballots": _ballots,
    "battles": _battles,
}

#: What refuses nothing, but ignores what it does not know, or only hashes.
QUIET = {
    "a sealed file", "records", "traces", "an artefact's meta", "an artefact's file", "a path's hash",
    "answers",
}  # fmt: skip


@pytest.mark.parametrize("reader", HOST)
def test_files_of_the_host_are_not_unpickled(reader, tmp_path, mark, payloads):
    cases = {
        name: (functools.partial(HOST[reader], tmp_path / str(number), content), reader in QUIET)
        for number, (name, content) in enumerate(payloads.items())
    }
    assert offences(cases, mark) == {}


@pytest.mark.parametrize("reader", HOST)
def test_odd_json_in_files_of_the_host_is_one_line(reader, tmp_path, mark):
    has_lines = reader in ("texts", "kept texts")  # a text a line is what these are
    cases = {}
    for number, content in enumerate(ODD_JSON):
        given = b"1" if has_lines and content == b'"x"' else content
        may_read = reader in QUIET or (has_lines and not given)
        cases[repr(content[:9])] = (
            functools.partial(HOST[reader], tmp_path / str(number), given), may_read,
        )  # fmt: skip
    assert offences(cases, mark) == {}


# The modules that open files at all.

OPENS = {
    "Image.open", "ZipFile", "cached_file", "fdopen", "from_file", "from_pretrained", "jit.load", "load_file",
    "memmap", "np.load", "open", "pread", "read_bytes", "read_regular", "read_text", "safe_open", "scandir",
    "torch.load",
}  # fmt: skip

#: The last words of these: a call of another name is none of them.
LAST = {name.rpartition(".")[2] for name in OPENS}

#: Each module that opens files to read them, and where its payloads are, or why it needs none.
MODULES = {
    "genbench/__init__.py": "reads its own stub file",
    "genbench/arena/scored.py": "reads back what it has just copied",
    "genbench/arena/vote_entries.py": "votes",
    "genbench/checks/battery/kept_cards.py": "computed cards",
    "genbench/board/unverified.py": "reads CSV cells of others, as names and numbers",
    "genbench/cli/main.py": "opens the null device for streams of its own",
    "genbench/files/identity.py": "hashes the names and times in a folder",
    "genbench/files/outputs.py": "opens files of its own to write them",
    "genbench/scoring/statistics.py": "reads arrays of numbers as bytes, in a format of its own tests",
    "genbench/catalog/code.py": "hashes the code of plugins",
    "genbench/catalog/imports.py": "reads what source code imports, and runs none of it",
    "genbench/catalog/local_modules.py": "hashes the modules that a plugin file imports",
    "genbench/catalog/fetch.py": "locks drafts, whose content it does not read",
    "genbench/catalog/states.py": "reads what source code names, and runs none of it",
    "genbench/catalog/loader.py": "hashes and imports plugins, which are code",
    "genbench/checks/conformance/kinds/listeners.py": "reads back what it has just written of its own",
    "genbench/checks/conformance/lock.py": "reads JSON, a lock file of the user's own",
    "genbench/cli/views/environment.py": "reads what the system says of processors",
    "genbench/jobs/engine/engine.py": "reads bytes of plugins and traces, to send them",
    "genbench/jobs/engine/messages.py": "reads a token of its own",
    "genbench/jobs/engine/remote.py": "reads bytes of plugins, and of files that its own trial has written",
    "genbench/files/read.py": "an artefact's file",
    "genbench/results/claims.py": "locks a folder, which it does not read",
    "genbench/files/sample_files.py": "kept images",
    "genbench/files/sealed.py": "a sealed file",
    "genbench/files/text_files.py": "texts",
    "genbench/jobs/isolation/program.py": "reads what a program writes, as bytes",
    "genbench/jobs/isolation/process_tree.py": "reads what the system says of processes",
    "genbench/report/page/samples/exhibits.py": "reads the picture that a modality has just rendered",
    "genbench/report/page/document.py": "texts",
    "genbench/report/page/markup.py": "reads templates, a style and a script of its own",
    "genbench/contract/signature.py": "reads the texts in source code, and runs none of it",
    "genbench/scoring/sides.py": "reads through a dataset's reader",
    "genbench/scoring/explain.py": "reads through a dataset's reader",
    "genbench/scoring/pair.py": "reads through a dataset's reader",
    "genbench/scoring/session.py": "reads through a dataset's reader",
    "genbench/store/answer_cache.py": "answers",
    "genbench/store/environment.py": "hashes the code of plugins, and counts processors",
    "genbench/suite/file.py": "a suite",
    "genbench/verification/files.py": "reads bytes of a board, to compare them",
    "plugins/genbench_arena/battles.py": "battles",
    "plugins/genbench_arena/votes.py": "ballots",
    "plugins/genbench_bias/likelihood/winobias.py": "winobias",
    "plugins/genbench_bias/prompted/lexicon.py": "completion-gap",
    "plugins/genbench_bias/shared/files.py": "crows-pairs",
    "plugins/genbench_image/classifiers/network.py": "genbench's own weights, in safetensors",
    "plugins/genbench_image/datasets/digits.py": "scikit-learn's own file of numbers in CSV",
    "plugins/genbench_image/datasets/idx.py": "idx",
    "plugins/genbench_image/datasets/npz.py": "npz",
    "plugins/genbench_image/files/folders.py": "image-folder",
    "plugins/genbench_image/files/images.py": "image-folder",
    "plugins/genbench_image/files/npy_files.py": "npz",
    "plugins/genbench_image/files/room.py": "maps a file of its own without a name",
    "plugins/genbench_image/files/weight_files.py": "vgg16",
    "plugins/genbench_image/pretrained/torch_fidelity_adapter.py": "clip-rn50",
    "plugins/genbench_image/pretrained/torch_module_network.py": "torch-module",
    "plugins/genbench_image/torch_utils/model_files.py": "vae",
    "plugins/genbench_table/datasets/plotnine_tables.py": "a package's own CSV, whose hash is compared",
    "plugins/genbench_table/datasets/schema.py": "table-file",
    "plugins/genbench_table/datasets/sklearn_tables.py": "scikit-learn's own files of numbers in CSV",
    "plugins/genbench_table/datasets/table_file.py": "table-file",
    "plugins/genbench_points/datasets/cloud_folders.py": "points-file",
    "plugins/genbench_points/datasets/mesh_folder.py": "mesh-folder",
    "plugins/genbench_points/datasets/numpy_clouds.py": "points-file",
    "plugins/genbench_points/datasets/points_file.py": "points-file",
    "plugins/genbench_points/generators/point_vae.py": "point-vae",
    "plugins/genbench_table/encoding/extractor.py": "table-encoder",
    "plugins/genbench_molecule/sequences/fasta.py": "fasta",
    "plugins/genbench_molecule/sequences/peptides.py": "a package's own CSV",
    "plugins/genbench_molecule/chemnet/network.py": "a package's own weights, as a list of tensors alone",
    "plugins/genbench_molecule/datasets/moses.py": "a package's own table of strings",
    "plugins/genbench_molecule/descriptors/moses_filters.py": "a package's own tables of strings",
    "plugins/genbench_text/chains/chain_sampler.py": "markov",
    "plugins/genbench_text/chains/selfies.py": "reads a space as JSON out of the store",
    "plugins/genbench_text/datasets/moby_dick.py": "a package's own text",
    "plugins/genbench_text/embeddings/sentence_encoder.py": "a package's own safetensors and JSON",
    "plugins/genbench_text/embeddings/word_tfidf.py": "word-tfidf",
    "plugins/genbench_text/pretrained/pretrained_loading.py": "causal-lm",
    "plugins/genbench_mlflow/tracking.py": "reads the training history, a CSV file of the run's own",
}


def _opens(path):
    """Return whether a module opens files, but for those that it only writes."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in LAST:
            name = ast.unparse(node.func)
            if name in OPENS or name.rpartition(".")[2] in OPENS or ".".join(name.split(".")[-2:]) in OPENS:
                modes = [item.value for item in [*node.args, *(k.value for k in node.keywords)]
                         if isinstance(item, ast.Constant) and isinstance(item.value, str)]  # fmt: skip
                if "O_WRONLY" not in ast.unparse(node) and not any(
                    set(mode) <= set("wxab+") and mode for mode in modes
                ):
                    return True
    return False


def test_each_module_that_opens_files_has_its_payloads():
    files = sorted(path for folder in ("genbench", "plugins") for path in (ROOT / folder).rglob("*.py"))
    assert {path.relative_to(ROOT).as_posix() for path in files if _opens(path)} == set(MODULES)


def test_what_a_module_is_tested_by_is_here():
    named = {*HOST, *_SMALL, *(name for _, name, _ in (*PATHS, *ELSEWHERE))}
    words = ("hashes", "reads", "own", "locks", "maps")
    assert not [
        why for why in MODULES.values() if why not in named and not any(word in why for word in words)
    ]
