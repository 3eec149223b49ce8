from __future__ import annotations

import functools
import io
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from toys import make_catalog, plugin_text

from genbench import DatasetSpec, ExtractorSpec, GeneratorSpec, MetricSpec, PluginError, Unsigned
from genbench.catalog.catalog import Catalog, Component, Owner, load_catalog
from genbench.catalog.code import read_code
from genbench.core.canonical_json import digest
from genbench.results.cells import short_signature
from genbench.store.keys import (
    Settings,
    data_key,
    draw_key,
    extractor_key,
    features_key,
    fit_key,
    options_text,
    record_key,
    sample_key,
    signature,
    split_id,
    trace_key,
)
from genbench.suite.components import make_part
from genbench.suite.file import MetricEntry, SuiteEntry
from genbench.suite.resolve import make_group

DATA = digest("some data")
SETTINGS = Settings(threads=1, device="cpu")


def dots(*, size: int = 3, path: Path | None = None): ...


def fit(train, *, steps: int = 5): ...


def fit_reading(train, open_outputs): ...


def pixels(*, size: int = 8): ...


def fitted(train, train_labels, *, width: int = 8): ...


def distance(real, fake, *, k: int = 3): ...


def oracle(fake, truth): ...


CATALOG = make_catalog(
    DatasetSpec(name="dots", make=dots),
    ExtractorSpec(name="pixels", make=pixels, outputs={"features": "x"}),
    ExtractorSpec(name="fitted", make=fitted, outputs={"features": "x"}),
    GeneratorSpec(name="good", make=fit),
    GeneratorSpec(name="other", make=fit),
    GeneratorSpec(name="reading", make=fit_reading),
    MetricSpec(name="fid", make=distance, takes="features", extractor="pixels"),
    MetricSpec(name="to-truth", make=oracle, takes="samples"),
)


def entry(use, **options):
    return SuiteEntry(use=use, name=None, options=options, where="s.toml: x")


def part(kind, use, *, catalog=CATALOG, **options):
    return make_part(catalog, kind, entry(use, **options), Path())


def group(use="fid", *, extractor=None, catalog=CATALOG, name=None, **options):
    chosen = None if extractor is None else entry(*extractor[:1], **dict(extractor[1:]))
    whole = MetricEntry(use=use, name=name, options=options, where="s.toml: metric[7]", extractor=chosen)
    return make_group(whole, Path(), catalog)


def changed(what, **spec):
    """Return a part of the same options whose spec, or owner, differs."""
    owner = spec.pop("owner", what.component.owner)
    component = Component(replace(what.spec, **spec), owner)
    return replace(what, component=component, code=read_code(component))


NEWER = Owner("maker", "1", "maker", "Plugin")


def trial(*, generator=None, data=DATA, seed=0, settings=SETTINGS, n=10, chunk=256, metric=None, n_real=10):
    """Return the keys of a trial, each a hash."""
    generator = generator or part(GeneratorSpec, "good")
    metric = metric or group()
    fitting = fit_key(generator, data, seed, settings)
    samples = sample_key(fitting, n, chunk)
    extractor = extractor_key(metric.extractor, data, settings)
    record = record_key(
        metric, "fid", seed=seed, samples=samples, n_real=n_real, data_hash=data, dataset={"kind": "data"},
        extractor=extractor,
    )  # fmt: skip
    return {
        "fit": digest(fitting),
        "sample": digest(samples),
        "trace": trace_key(samples, "cloud", "good"),
        "extractor": digest(extractor),
        "record": record,
        "features": digest(features_key(extractor, digest(samples))),
        "signature": digest(signature(metric, "fid", n=n, n_real=n_real, data_hash=data)),
    }


TRIAL = {"fit", "sample", "trace", "record", "features"}
NOT_FITTED = TRIAL - {"fit"}

CHANGES = {
    "a generator's option": ({"generator": part(GeneratorSpec, "good", steps=6)}, TRIAL),
    "the generator": ({"generator": part(GeneratorSpec, "other")}, TRIAL),
    "a generator's version": ({"generator": changed(part(GeneratorSpec, "good"), version="2")}, TRIAL),
    "a generator's distribution": (
        {"generator": changed(part(GeneratorSpec, "good"), owner=NEWER)},
        TRIAL,
    ),
    "what a generator needs": ({"generator": changed(part(GeneratorSpec, "good"), needs=("numpy",))}, TRIAL),
    "a generator's code": ({"generator": changed(part(GeneratorSpec, "good"), make="json:dumps")}, TRIAL),
    "the seed": ({"seed": 1}, TRIAL),
    "the data": ({"data": digest("other data")}, TRIAL | {"signature"}),
    "the threads": ({"settings": Settings(threads=2, device="cpu")}, TRIAL | {"extractor"}),
    "the device": ({"settings": Settings(threads=1, device="cuda")}, TRIAL | {"extractor"}),
    "n": ({"n": 11}, NOT_FITTED | {"signature"}),
    "the chunk": ({"chunk": 5}, NOT_FITTED),
    "no chunk": ({"chunk": None}, NOT_FITTED),
    "n_real": ({"n_real": 9}, {"record", "signature"}),
    "no cut": ({"n_real": None}, {"record", "signature"}),
    "moments": ({"n_real": "moments"}, {"record", "signature"}),
    "a metric's option": ({"metric": group(k=4)}, {"record", "signature"}),
    "an extractor's option": (
        {"metric": group(extractor=("pixels", ("size", 4)))},
        {"extractor", "features", "record", "signature"},
    ),
    "the extractor": (
        {"metric": group(extractor=("fitted",))},
        {"extractor", "features", "record", "signature"},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), CHANGES.values(), ids=CHANGES)
def test_a_key_changes_with_each_thing_that_decides_it_and_with_nothing_else(change, expected):
    before, after = trial(), trial(**change)
    assert {name for name in before if before[name] != after[name]} == expected


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"version": "2"}, {"record", "signature"}),
        ({"make": "json:dumps"}, {"record"}),
        ({"owner": NEWER}, {"record"}),
        ({"owner": Owner("maker", "0+unknown", "maker", "Plugin")}, {"record"}),
        ({"owner": Owner("maker", "0+abcdef01", "maker", "Plugin", "abcdef01")}, {"record", "signature"}),
        ({"owner": Owner("else", "0", "maker", "Plugin")}, {"record", "signature"}),
    ],
)
def test_the_version_of_a_metric_is_in_its_signature_and_its_code_only_in_its_key(spec, expected):
    before, whole = trial(), group()
    after = trial(metric=replace(whole, metric=changed(whole.metric, **spec)))
    assert {name for name in before if before[name] != after[name]} == expected


def test_the_version_of_an_extractor_is_in_every_key_that_it_decides():
    before, whole = trial(), group()
    after = trial(metric=replace(whole, extractor=changed(whole.extractor, version="2")))
    found = {name for name in before if before[name] != after[name]}
    assert found == {"extractor", "features", "record", "signature"}


#: Each key by itself, with what it holds of another one left as it is.
ARTEFACTS = {
    "data": lambda: data_key(part(DatasetSpec, "dots")),
    "fit": lambda: fit_key(part(GeneratorSpec, "good"), DATA, 0, SETTINGS),
    "extractor": lambda: extractor_key(part(ExtractorSpec, "pixels"), DATA, SETTINGS),
    "samples": lambda: sample_key({"kind": "sampler"}, 1, None),
    "features": lambda: features_key({"kind": "extractor"}, "a"),
    "draw": lambda: draw_key({"kind": "samples"}),
}


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("SCHEME", "genbench-seed-v2", {"data", "fit", "extractor"}),
        ("read_library_versions", lambda: {"numpy": "99"}, {"data", "fit", "extractor"}),
        ("_FORMAT", 99, {"data", "fit", "extractor", "samples", "features", "draw"}),
    ],
)
def test_the_seed_scheme_the_libraries_and_the_format_are_in_keys(name, value, expected, monkeypatch):
    before = {kind: digest(key()) for kind, key in ARTEFACTS.items()}
    monkeypatch.setattr(f"genbench.store.keys.{name}", value)
    assert {kind for kind, key in ARTEFACTS.items() if digest(key()) != before[kind]} == expected


@pytest.mark.parametrize("kind", ["dataset", "generator", "extractor", "metric"])
def test_another_version_of_what_a_component_needs_is_another_key(kind, monkeypatch):
    needy = changed(
        {"dataset": part(DatasetSpec, "dots"), "generator": part(GeneratorSpec, "good")}.get(kind)
        or getattr(group(), kind),
        needs=("numpy",),
    )
    keys = {
        "dataset": lambda: digest(data_key(needy)),
        "generator": lambda: trial(generator=needy)["fit"],
        "extractor": lambda: trial(metric=replace(group(), extractor=needy))["extractor"],
        "metric": lambda: trial(metric=replace(group(), metric=needy))["record"],
    }
    before = keys[kind]()
    monkeypatch.setattr("genbench.store.keys.read_module_versions", lambda names: dict.fromkeys(names, "99"))
    assert keys[kind]() != before


def test_a_module_that_one_value_of_an_option_uses_counts_with_this_value_alone(monkeypatch):
    small = part(ExtractorSpec, "pixels", size=4)
    keys = {}
    for case in ("size=4", "size=8"):
        user = changed(small, uses={case: ("numpy",)})
        before = digest(extractor_key(user, DATA, SETTINGS))
        with monkeypatch.context() as patch:
            patch.setattr(
                "genbench.store.keys.read_module_versions", lambda names: dict.fromkeys(names, "99")
            )
            keys[case] = digest(extractor_key(user, DATA, SETTINGS)) != before
    assert keys == {"size=4": True, "size=8": False}
    both = changed(small, needs={"scipy": "scipy"}, uses={"size=4": ("numpy", "scipy"), "size=8": ("torch",)})
    assert both.modules == ("scipy", "numpy")


@pytest.mark.parametrize(("use", "counts"), [("to-truth", True), ("fid", False)])
def test_what_a_dataset_was_made_of_counts_for_a_metric_that_asks_for_its_truth(use, counts):
    """Two laws may give the same samples, and so one data hash."""
    fields = {"seed": 0, "samples": {"kind": "samples"}, "n_real": 1, "data_hash": DATA, "extractor": None}
    keys = [
        record_key(group(use), use, dataset={"kind": "data", "options": {"size": size}}, **fields)
        for size in (3, 4)
    ]
    assert (keys[0] != keys[1]) is counts


def test_another_split_protocol_and_major_version_are_other_signatures(monkeypatch):
    fields = {"n": 1, "n_real": 1, "data_hash": DATA}
    usual = signature(group(), "fid", **fields)
    assert usual["split"] == "test"
    assert signature(group(), "fid", split=None, **fields) == usual | {"split": None}
    named = signature(replace(group(), protocol="paper"), "fid", **fields)
    assert named == usual | {"protocol": "paper"}
    monkeypatch.setattr("genbench.store.keys.__version__", "7.1.2")
    assert signature(group(), "fid", **fields) == usual | {"genbench": "7"}
    monkeypatch.setattr("genbench.store.keys.SCHEME", "genbench-seed-v2")
    assert signature(group(), "fid", **fields) == usual | {"genbench": "7", "seeds": "genbench-seed-v2"}


def test_names_and_places_of_entries_do_not_count():
    one = group(name="near")
    assert trial(metric=one) == trial()
    renamed = replace(part(GeneratorSpec, "good"), name="better")
    assert trial(generator=renamed) == trial()


def test_writing_a_default_out_changes_nothing():
    assert trial(metric=group(k=3)) == trial()
    assert trial(generator=part(GeneratorSpec, "good", steps=5)) == trial()
    assert trial(metric=group(extractor=("pixels", ("size", 8)))) == trial()


def test_the_data_decide_only_an_extractor_that_is_fitted_to_them():
    other = digest("other data")
    for use, same in (("pixels", True), ("fitted", False)):
        extractor = part(ExtractorSpec, use)
        keys = [extractor_key(extractor, data, SETTINGS) for data in (DATA, other)]
        assert (keys[0] == keys[1]) is same
        marks = [
            signature(group(extractor=(use,)), "fid", n=1, n_real=1, data_hash=data)["extractor"]["fitted"]
            for data in (DATA, other)
        ]
        assert marks == ([None, None] if same else [DATA, other])


def test_features_have_the_key_of_their_extractor_its_fit_and_their_samples():
    keys = [
        features_key({"kind": "extractor", "x": x}, samples, fit)
        for x in (1, 2) for samples in ("a", "b") for fit in ("", "c", "d")
    ]  # fmt: skip
    assert len({digest(key) for key in keys}) == len(keys)


def test_each_key_of_samples_has_a_note_of_its_first_draw():
    first, second = ({"kind": "samples", "n": n} for n in (1, 2))
    assert draw_key(first)["kind"] == "draw"
    assert digest(draw_key(first)) != digest(draw_key(second))


def test_each_output_has_a_record_and_a_signature_of_its_own():
    arguments = {"seed": 0, "samples": {"kind": "samples"}, "n_real": 1, "data_hash": DATA, "extractor": None}
    arguments["dataset"] = {"kind": "data"}
    assert record_key(group(), "left", **arguments) != record_key(group(), "right", **arguments)
    fields = {"n": 1, "n_real": 1, "data_hash": DATA}
    assert signature(group(), "left", **fields) != signature(group(), "right", **fields)


def test_a_trace_has_the_ids_of_its_dataset_and_its_generator():
    samples = {"kind": "samples"}
    ids = [("cloud", "good"), ("cloud", "other"), ("dots", "good"), ("clou", "dgood")]
    assert len({trace_key(samples, *pair) for pair in ids}) == 4
    assert trace_key({"kind": "samples", "n": 2}, "cloud", "good") != trace_key(samples, "cloud", "good")


FIELDS = {
    "seed": 0,
    "samples": {"n": 1},
    "n_real": 1,
    "data_hash": DATA,
    "dataset": {},
    "extractor": {"x": 1},
}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("seed", 1),  # of a metric that draws: equal samples, as of a control, may come from two seeds
        ("samples", {"n": 2}),
        ("n_real", 2),
        ("data_hash", digest("other data")),
        ("extractor", {"x": 2}),
        ("extractor", None),
    ],
)
def test_each_field_of_a_record_s_key_counts_by_itself(field, value):
    assert record_key(group(), "fid", **FIELDS | {field: value}) != record_key(group(), "fid", **FIELDS)


def test_splits_are_named_by_data_split_and_size():
    found = {
        split_id(data, split, n) for data in ("a", "b") for split in ("test", "train") for n in (1, 2, None)
    }
    assert len(found) == 12


def test_a_dataset_is_keyed_by_its_options_its_shares_and_its_code(tmp_path):
    plain = part(DatasetSpec, "dots")
    others = [
        part(DatasetSpec, "dots", size=4),
        changed(plain, parts={"train": 1.0}),
        changed(plain, version="2"),
        changed(plain, make="json:dumps"),
    ]
    assert len({digest(data_key(item)) for item in (plain, *others)}) == 5
    assert data_key(replace(plain, name="points")) == data_key(plain)


def test_where_a_path_lies_does_not_count_and_what_it_holds_does(tmp_path):
    keys = []
    for place, content in (("a", b"same"), ("b", b"same"), ("c", b"other")):
        (tmp_path / place).mkdir()
        (tmp_path / place / "x.bin").write_bytes(content)
        keys.append(digest(data_key(part(DatasetSpec, "dots", path=str(tmp_path / place)))))
    assert keys[0] == keys[1] != keys[2]


FILE = plugin_text("""
import functools

def fit(train, *, steps: int = {steps}): ...

GeneratorSpec(name="filed", make={make})
""")


@pytest.mark.parametrize("make", ["fit", "functools.partial(fit)", "__name__ + ':fit'"])
def test_the_code_of_a_plugin_file_counts(tmp_path, make):
    keys = []
    for text in (FILE.format(steps=1, make=make), FILE.format(steps=1, make=make) + "# more\n"):
        path = tmp_path / "key_plugin.py"
        path.write_text(text)
        component = load_catalog([path], only=[]).find("generator", "filed")
        same_owner = Component(component.spec, NEWER)
        found = make_part(Catalog((same_owner,), ()), GeneratorSpec, entry("filed"), Path())
        keys.append(digest(fit_key(found, DATA, 0, SETTINGS)))
    assert keys[0] != keys[1]


def test_what_reads_outputs_is_in_the_key_of_a_generator_that_takes_them():
    reader = part(DatasetSpec, "dots")
    others = [changed(reader, version="2"), part(DatasetSpec, "dots", size=4)]
    given = [None, *({"path": each} for each in (reader, *others)), {"other": reader}]
    taking, plain = part(GeneratorSpec, "reading"), part(GeneratorSpec, "good")
    keys = [fit_key(taking, DATA, 0, SETTINGS, each) for each in given]
    assert len(set(map(digest, keys))) == 5
    assert len({digest(fit_key(plain, DATA, 0, SETTINGS, each)) for each in given}) == 1


def test_a_partial_function_counts_as_what_it_calls():
    plain = part(GeneratorSpec, "good")
    wrapped = changed(plain, make=functools.partial(fit))
    assert fit_key(wrapped, DATA, 0, SETTINGS)["code"] == fit_key(plain, DATA, 0, SETTINGS)["code"]


def test_canonical_weights_stand_in_the_signature_by_their_hash():
    whole = group()
    weighted = changed(whole.extractor, canonical="genbench_image:classifiers/digits_classifier.safetensors")
    found = signature(replace(whole, extractor=weighted), "fid", n=1, n_real=1, data_hash=DATA)
    assert len(found["extractor"]["weights"]) == 64
    for lost in ("genbench_image:lost.bin", "no_such_package:x.bin"):
        reason = r"^s\.toml: metric\[7\]: extractor 'pixels' of maker: the weights .* reinstall"
        with pytest.raises(PluginError, match=reason):
            signature(replace(whole, extractor=changed(whole.extractor, canonical=lost)), "fid",
                      n=1, n_real=1, data_hash=DATA)  # fmt: skip


def test_a_signature_says_all_when_the_reference_is_not_cut():
    assert signature(group(), "fid", n=5, n_real=None, data_hash=DATA)["n_real"] == "all"


@given(st.dictionaries(st.text(), st.one_of(st.text(), st.integers(), st.none(), st.booleans())))
def test_a_short_signature_is_read_as_text(value):
    short = short_signature(value)
    assert len(short) == 8
    assert short[0].isalpha()
    assert set(short) <= set("0123456789abcdef")
    assert short == short_signature(dict(reversed(value.items())))


def test_pandas_reads_short_signatures_as_text():
    shorts = [short_signature({"n": n}) for n in range(500)]
    assert len(set(shorts)) == 500
    for short in shorts[:100]:  # each on its own, since a column takes the type of all its cells
        assert pd.read_csv(io.StringIO(f"x\n{short}\n"))["x"].tolist() == [short]
    assert pd.read_csv(io.StringIO("x\n" + "\n".join(shorts)))["x"].tolist() == shorts
    assert np.unique([len(short) for short in shorts]).tolist() == [8]


def backed(*, size: int = 8, backend: Annotated[str, Unsigned] = "torch"): ...


def test_an_unsigned_option_is_in_keys_and_in_no_signature_stream_or_id():
    catalog = make_catalog(
        ExtractorSpec(name="net", make=backed, outputs={"features": "x"}),
        MetricSpec(name="gap", make=distance, takes="features", extractor="net"),
        name="backed",
    )

    def group(**options):
        chosen = SuiteEntry(use="net", name=None, options=options, where="x")
        entry = MetricEntry(use="gap", name=None, options={}, where="y", extractor=chosen)
        return make_group(entry, Path(), catalog)

    usual, fast, small = group(), group(backend="fast"), group(size=4)
    ids = [each.outputs[0][0] for each in (usual, fast, small)]
    assert ids == ["gap", "gap", "gap[net]"]
    signs = [signature(each, "gap", n=1, n_real=1, data_hash=DATA) for each in (usual, fast, small)]
    assert signs[0] == signs[1] != signs[2]
    assert options_text(usual.extractor) == options_text(fast.extractor) != options_text(small.extractor)
    keys = [extractor_key(each.extractor, DATA, SETTINGS) for each in (usual, fast)]
    assert keys[0] != keys[1]
