"""The specs of all bundled components: what each one is, asks for, refuses and returns."""

from __future__ import annotations

import importlib
import math
import re
from importlib import resources
from pathlib import Path

import pytest

from genbench import SuiteError
from genbench.catalog.catalog import load_catalog
from genbench.checks.battery.faults import read_faults
from genbench.contract.hookspecs import HOOKS
from genbench.contract.signature import fill_options, read_contract, resolve

CATALOG = load_catalog(only=["genbench"])
COMPONENTS = {f"{each.kind} {each.name}": each for each in CATALOG.components}
PLUGINS = Path(__file__).parents[1] / "plugins"
PACKAGES = sorted({each.owner.module for each in CATALOG.components})
METRICS = [each.spec for each in CATALOG.of_kind("metric")]

HEAVY = {
    "Bio", "PIL", "dask", "distributed", "httpx", "mlflow", "numpy", "pandas", "pyarrow", "pydantic",
    "rapidfuzz", "rdkit", "sacrebleu", "scipy", "sklearn", "torch", "torchvision", "transformers", "trimesh",
}  # fmt: skip

#: The heavy libraries that the signatures of a package need: numpy for annotations, PIL for its image modes.
NEEDED = {
    "genbench_dask": set(),
    "genbench_image": {"numpy", "PIL"},
    "genbench_mlflow": set(),
    "genbench_wandb": set(),
}

LISTING = """
from genbench.catalog.catalog import load_catalog
components = load_catalog(only=["genbench"]).components
"""

SIDES = ("real", "fake")
LABELLED = ("real", "real_labels", "fake", "fake_labels")
CLASSIFIED = ("real", "real_labels", "fake")
BOTH = ("features", "probabilities")
NORMAL = {"protocol": "pointflow", "normalise": None}
UNIT, ABOVE, ANY = (0.0, 1.0), (0.0, None), (None, None)

#: Inputs, what the host injects, and the defaults of options.
CONTRACTS = {
    "metric fid": (SIDES, ("log",), {}),
    "metric kid": (
        SIDES,
        ("log",),
        {"estimator": "subsets", "subsets": 100, "subset_size": 1000, "first": "real"},
    ),
    "metric inception-score": (("fake",), (), {"splits": 10, "shuffle": True}),
    "metric fid-infinity": (
        SIDES,
        ("rng", "log"),
        {"points": 15, "smallest": None, "subsets": "random", "halves": None},
    ),
    "metric cmmd": (SIDES, ("log",), {"sigma": 10.0, "normalise": True}),
    "metric precision-recall": (SIDES, ("log",), {"k": 3}),
    "metric prdc": (SIDES, ("log",), {"k": 5}),
    "metric density-coverage": (SIDES, ("log",), {"k": 5}),
    "metric vendi": (("fake",), ("log",), {"q": 1.0}),
    "metric ms-ssim-diversity": (
        ("fake",),
        ("rng",),
        {"pairs": 1000, "within": "all", "scales": 5, "window": 11},
    ),
    "metric lpips-diversity": (("fake",), ("rng",), {"pairs": 1000}),
    "metric cas": (LABELLED, ("rng", "device", "log"), {"steps": 500, "batch": 64, "rate": 0.002}),
    "metric tstr": (
        ("real", "real_labels", "fake", "fake_labels", "train", "train_labels"),
        ("rng", "log"),
        {"c": 1.0, "iterations": 1000},
    ),
    "metric worst-kid": (LABELLED, ("rng",), {"per_group": None, "draws": 10}),
    "metric worst-coverage": (LABELLED, ("rng",), {"k": 5, "per_group": None, "draws": 10}),
    "metric classified-worst-kid": (
        CLASSIFIED,
        ("rng",),
        {"per_group": None, "draws": 10, "imputations": 39},
    ),
    "metric classified-worst-coverage": (
        CLASSIFIED,
        ("rng",),
        {"k": 5, "per_group": None, "draws": 10, "imputations": 39},
    ),
    "metric path-length": (
        ("sampler", "extract"),
        ("rng",),
        {"eps": 0.05, "pairs": 2000, "interpolation": "lerp", "trim": 1.0},
    ),
    "metric modes": (SIDES, (), {"min_count": 1}),
    "metric reverse-kl": (SIDES, (), {}),
    "metric authenticity": (("train", "fake"), ("log",), {}),
    "metric c-t": (
        ("real", "fake", "train"),
        ("rng", "log"),
        {"cells": 3, "dimensions": 64, "min_fakes": 20},
    ),
    "metric fld": (("real", "fake", "train"), ("rng", "log"), {"gaussians": 10_000}),
    "metric duplicates": (("fake",), ("log",), {}),
    "metric train-duplicates": (("train", "fake"), ("log",), {}),
    "metric near-duplicates": (("real", "fake", "train"), ("log",), {"alpha": 0.05, "threshold": None}),
    "metric ndb": (("train", "fake"), ("rng", "log"), {"bins": 100, "alpha": 0.05}),
    "metric birthday": (SIDES, ("log",), {"alpha": 0.05, "threshold": None}),
    "metric distinct-n": (("fake",), (), {"n": 2}),
    "metric rep-n": (("fake",), (), {"n": 4}),
    "metric seq-rep-n": (("fake",), (), {"n": 4}),
    "metric zipf": (("fake",), (), {}),
    "metric novelty-n": (("train", "fake"), (), {"n": 4}),
    "metric verbatim": (("train", "fake"), (), {"k": 8}),
    "metric self-bleu": (("fake",), (), {"n": 4}),
    "metric sentence-bleu": (SIDES, (), {"n": 4}),
    "metric bleu": (SIDES, ("log",), {"n": 4, "tokenize": "13a", "lowercase": False}),
    "metric chrf": (SIDES, ("rng", "log"), {"word_order": 0, "lowercase": False, "most": 100}),
    "metric ter": (SIDES, ("rng", "log"), {"case_sensitive": False, "most": 50}),
    "metric mauve": (SIDES, ("rng",), {"buckets": None, "scaling": 5.0}),
    "metric text-entropy": (("fake",), (), {}),
    "generator markov": (("train",), (), {"unit": "characters", "order": None}),
    "generator hmm": (
        ("train",),
        ("rng", "log"),
        {"unit": "characters", "states": 32, "iterations": 40, "smoothing": 0.01},
    ),
    "extractor markov-oracle": (("train",), (), {"unit": "characters", "order": None}),
    "metric perplexity": (("sampler", "real"), (), {}),
    "metric word-perplexity": (("sampler", "real"), (), {}),
    "metric kl-to-truth": (("sampler", "truth", "real"), (), {}),
    "metric generative-perplexity": (SIDES, (), {}),
    "metric chamfer": (
        SIDES,
        ("rng", "log"),
        NORMAL | {"squared": True, "reduce": "mean", "combine": "sum", "points": None},
    ),
    "metric emd": (SIDES, ("rng", "log"), NORMAL | {"points": None}),
    "metric voxel-jsd": (SIDES, ("log",), NORMAL | {"resolution": 28, "side": None, "in_sphere": True}),
    "metric f-score": (SIDES, ("rng", "log"), NORMAL | {"threshold": 0.05, "points": None}),
    "metric nearest-train-chamfer": (
        ("real", "fake", "train"),
        ("rng", "log"),
        NORMAL | {"alpha": 0.05, "points": 32},
    ),
    "generator jittered-copies": (("train",), (), {"noise": 0.01}),
    "metric shape-law": (("fake", "truth"), (), {"tolerance": 0.03, "bins": 10}),
    "metric crows-pairs": (("sampler",), ("rng",), {"file": None, "pairs": None}),
    "metric stereoset": (("sampler",), ("rng",), {"file": None, "items": None}),
    "metric winobias": (("sampler",), ("rng",), {"file": None, "items": None}),
    "metric bbq": (("sampler",), ("rng",), {"file": None, "items": None}),
    "metric occupation-gender": (("sampler",), (), {}),
    "metric weat": (("extract",), ("rng",), {"test": "career-family", "words": None, "partitions": 10_000}),
    "metric seat": (("extract",), ("rng",), {"test": "career-family", "words": None, "partitions": 10_000}),
    "metric completion-gap": (
        ("sampler",),
        ("rng",),
        {"axis": "gender", "completions": 5, "lexicon": "own", "file": None},
    ),
    "metric representation": (("real_labels", "fake_labels"), ("rng",), {"groups": None, "draws": 1000}),
    "metric classified-representation": (CLASSIFIED, ("rng",), {"groups": None, "draws": 1000}),
    "metric pair-trends": (SIDES, (), {"binning": "real-range", "correlation": "pearson"}),
    "metric pair-trends-strong": (
        SIDES,
        (),
        {"binning": "real-range", "correlation": "pearson", "min_correlation": 0.5, "min_association": 0.3},
    ),
    "metric shapes": (SIDES, (), {}),
    "metric table-validity": (SIDES, (), {}),
    "metric ranges": (SIDES, (), {}),
    "metric categories": (SIDES, (), {}),
    "metric missing-similarity": (SIDES, (), {}),
    "metric statistic-similarity": (SIDES, (), {}),
}

#: Values outside the bounds of options, by component.
OUTSIDE = {
    "metric distinct-n": {"n": [0]},
    "metric novelty-n": {"n": [1.5]},
    "metric verbatim": {"k": [0]},
    "metric self-bleu": {"n": [6]},
    "metric sentence-bleu": {"n": [0]},
    "metric bleu": {"tokenize": ["spm"]},
    "metric chrf": {"most": [0], "word_order": [-1]},
    "metric ter": {"most": [0]},
    "metric mauve": {"buckets": [1], "scaling": [0]},
    "generator markov": {"order": [-1], "unit": ["letters"]},
    "generator hmm": {"states": [0], "iterations": [0], "smoothing": [0]},
    "extractor markov-oracle": {"order": [1.5]},
    "metric kid": {"estimator": ["biased"], "subsets": [0], "subset_size": [1]},
    "metric inception-score": {"splits": [0]},
    "metric precision-recall": {"k": [0]},
    "metric density-coverage": {"k": [2.5]},
    "metric fid-infinity": {"points": [2], "subsets": ["all"]},
    "metric cmmd": {"sigma": [0]},
    "metric prdc": {"k": [0]},
    "metric vendi": {"q": [0, "all"]},
    "metric ms-ssim-diversity": {"window": [4], "scales": [6]},
    "metric lpips-diversity": {"pairs": [0]},
    "metric cas": {"steps": [0]},
    "metric tstr": {"c": [0]},
    "metric worst-kid": {"per_group": [1]},
    "metric worst-coverage": {"k": [0]},
    "metric classified-worst-kid": {"imputations": [38]},
    "metric path-length": {"eps": [0], "trim": [50]},
    "metric modes": {"min_count": [0]},
    "metric c-t": {"cells": [0], "dimensions": [0], "min_fakes": [-1]},
    "metric fld": {"gaussians": [0]},
    "metric near-duplicates": {"alpha": [0], "threshold": [-1]},
    "metric ndb": {"bins": [1], "alpha": [1]},
    "metric birthday": {"alpha": [1], "threshold": ["near"]},
    "metric chamfer": {"protocol": ["pvd"], "normalise": ["unit"], "reduce": ["median"]},
    "metric emd": {"points": [0]},
    "metric voxel-jsd": {"resolution": [1], "side": [0]},
    "metric f-score": {"threshold": [0]},
    "metric nearest-train-chamfer": {"alpha": [0, 1], "points": [0]},
    "generator jittered-copies": {"noise": [0]},
    "metric shape-law": {"tolerance": [0], "bins": [0]},
    "metric crows-pairs": {"pairs": [0]},
    "metric stereoset": {"items": [0]},
    "metric winobias": {"items": [1.5]},
    "metric bbq": {"file": ["surely/not/there"]},
    "metric weat": {"test": ["weat-11"]},
    "metric seat": {"partitions": [99]},
    "metric completion-gap": {"axis": ["height"], "completions": [0]},
    "metric representation": {"groups": [{"a": ["x"]}], "draws": [1]},
    "metric pair-trends": {"binning": ["quantiles"], "correlation": ["kendall"]},
    "metric pair-trends-strong": {"min_correlation": [1.5], "min_association": [-0.1]},
}

#: Outputs by direction, best value and range.
NUMBERS = {
    ("lower", 0.0, ABOVE): "fid kid-gap classified-kid-gap reverse-kl mmd-cd mmd-emd shape-misfit",
    ("lower", 0.0, ANY): "fid-infinity kid worst-kid classified-worst-kid",
    ("lower", 0.0, (0.0, 2000.0)): "cmmd",
    ("higher", None, UNIT): (
        "prdc-precision prdc-recall prdc-coverage precision recall coverage cas tstr worst-coverage "
        "classified-worst-coverage cov-cd cov-emd"
    ),
    ("higher", None, ABOVE): "prdc-density density modes",
    ("higher", None, (1.0, None)): "inception-score",
    ("none", None, (1.0, None)): "vendi",
    ("none", None, UNIT): "ms-ssim-diversity near-duplicates copied-clouds weat-p seat-p",
    ("none", None, ABOVE): "lpips-diversity nearest-train-cd",
    ("lower", None, (-1.0, 1.0)): "tstr-gap",
    ("lower", 0.0, UNIT): (
        "coverage-gap classified-coverage-gap duplicates train-duplicates voxel-jsd shape-shares"
    ),
    ("lower", None, ABOVE): "path-length ndb",
    ("none", None, (0.0, 100.0)): "authenticity",
    ("none", None, ANY): "c-t fld-gap",
    ("lower", None, ANY): "fld",
    ("lower", 0.0, (0.0, math.log(2))): "jsd",
    ("none", None, (4.0, None)): "birthday",
    ("target", 0.5, UNIT): "nna-cd nna-emd crows-pairs-share",
    ("higher", 1.0, UNIT): "f-score shape-coverage winobias-accuracy bbq-accuracy",
    ("lower", 0.0, (0.0, 0.5)): "shape-sizes",
    ("target", 0.0, ABOVE): "crows-pairs-difference",
    ("higher", 100.0, (0.0, 100.0)): "stereoset-lms stereoset-icat",
    ("target", 50.0, (0.0, 100.0)): "stereoset-ss",
    ("target", 0.0, (-1.0, 1.0)): "winobias-gap bbq-s-dis bbq-s-amb",
    ("none", None, (-1.0, 1.0)): "occupation-correlation",
    ("target", 0.0, ANY): "occupation-log-odds",
    ("none", None, (-2.0, 2.0)): "weat-effect seat-effect",
    ("target", 0.0, (0.0, 2.0)): "sentiment-gap",
    ("target", 0.0, UNIT): "toxicity-gap selection-rate classified-selection-rate",
}
OUTPUTS = {name: facts for facts, names in NUMBERS.items() for name in names.split()}
OUTPUTS |= {
    f"{prefix}-{name}": ("target", 0.0, (0.0, most))
    for prefix in ("representation", "classified")
    for name, most in (("tv", 1.0), ("kl", None), ("worst", None))
}
OUTPUTS |= {
    f"{prefix}-uniform-{name}": ("none", None, (0.0, most))
    for prefix in ("representation", "classified")
    for name, most in (("tv", 1.0), ("kl", None))
}

#: Metrics of genbench_fidelity by what they take, and their extractor.
TAKEN = {
    ("features", "inception-v3-compat"): "fid fid-infinity kid",
    ("features", "clip-vit-l-14-336px"): "cmmd",
    ("features", "vgg16"): "prdc precision-recall density-coverage",
    ("probabilities", "inception-v3-compat"): "inception-score",
    ("features", None): (
        "vendi tstr worst-kid worst-coverage authenticity c-t fld near-duplicates ndb birthday "
    ),
    ("samples", None): "ms-ssim-diversity cas duplicates train-duplicates",
    ("features", "lpips"): "lpips-diversity path-length",
    (BOTH, None): "classified-worst-kid classified-worst-coverage",
    ("probabilities", None): "modes reverse-kl",
}

#: The outputs that are ranked, by the family of their metrics: noise and short texts win none of them.
RANKED = {
    "genbench_text.overlap": dict.fromkeys(
        ("forward-bleu", "backward-bleu", "forward-sentence-bleu", "backward-sentence-bleu", "forward-chrf",
         "mauve"), "higher",
    ),
    "genbench_text.likelihood": dict.fromkeys(("bits-per-byte", "kl-to-truth"), "lower"),
}  # fmt: skip


def outputs_of(package):
    """Return the metrics of a package or family with each of their outputs."""
    specs = [spec for spec in METRICS if spec.make.startswith((f"{package}.", f"{package}:"))]
    return [(spec, output) for spec in specs for output in spec.scores]


@pytest.mark.parametrize("component", COMPONENTS.values(), ids=COMPONENTS)
def test_each_spec_names_code_with_a_docstring_and_says_what_it_is(component):
    assert resolve(component.spec.make).__doc__
    assert component.spec.summary
    if component.kind in ("dataset", "extractor"):
        assert component.spec.modalities


def test_all_bundled_plugins_load():
    assert not CATALOG.broken
    assert {path.parent.name for path in PLUGINS.glob("*/__init__.py")} == set(PACKAGES)


@pytest.mark.parametrize("package", PACKAGES)
def test_each_hook_returns_the_specs_of_its_kind(package):
    plugin = importlib.import_module(package)
    ours = [each for each in CATALOG.components if each.owner.module == package]
    for hook, kind in HOOKS.items():
        specs = getattr(plugin, hook, list)()
        assert {spec.kind for spec in specs} <= {kind}
        assert {spec.name for spec in specs} == {each.name for each in ours if each.kind == kind}


def test_listing_the_components_loads_no_heavy_library(modules_loaded_by):
    assert not modules_loaded_by(LISTING) & HEAVY


@pytest.mark.parametrize("package", PACKAGES)
def test_reading_every_signature_loads_nothing_heavier_than_numpy(package, modules_loaded_by):
    reading = (
        "import importlib\n"
        "from genbench.contract.signature import read_contract\n"
        f"for each in components:\n  if each.owner.module == {package!r}:\n"
        "    read_contract(each.spec), importlib.import_module(each.spec.make.partition(':')[0])"
    )
    assert modules_loaded_by(LISTING + reading) & HEAVY == NEEDED.get(package, {"numpy"})


@pytest.mark.parametrize("name", CONTRACTS)
def test_a_component_asks_for_its_inputs_and_has_its_defaults(name):
    contract = read_contract(COMPONENTS[name].spec)
    options = fill_options(contract, {}, where="suite", folder=Path())
    assert (contract.inputs, contract.host_parameters, options) == CONTRACTS[name]


def test_a_new_metric_of_columns_needs_a_row_above():
    assert {f"metric {spec.name}" for spec, _ in outputs_of("genbench_table.marginals")} <= set(CONTRACTS)


@pytest.mark.parametrize("name", COMPONENTS)
def test_defaults_are_within_their_bounds(name):
    contract = read_contract(COMPONENTS[name].spec)
    required = [option.name for option in contract.options if option.required]
    if required:
        with pytest.raises(SuiteError, match="|".join(required)):
            fill_options(contract, {}, where="suite", folder=Path())
    else:
        options = fill_options(contract, {}, where="suite", folder=Path())
        assert list(options) == [option.name for option in contract.options]


@pytest.mark.parametrize(
    ("name", "option", "value"),
    [(name, option, value) for name, given in OUTSIDE.items() for option in given for value in given[option]],
)
def test_an_option_outside_its_bounds_is_refused(name, option, value):
    with pytest.raises(SuiteError, match=option):
        fill_options(read_contract(COMPONENTS[name].spec), {option: value}, where="suite", folder=Path())


def test_directions_and_ranges_are_the_literature_s():
    packages = ("genbench_fidelity", "genbench_points", "genbench_bias")
    outputs = [output for package in packages for _, output in outputs_of(package)]
    assert {each.name: (each.direction, each.best, each.range) for each in outputs} == OUTPUTS


def test_extractors_are_the_literature_s():
    taken = {spec.name: (spec.takes, spec.extractor) for spec, _ in outputs_of("genbench_fidelity")}
    assert taken == {name: pair for pair, names in TAKEN.items() for name in names.split()}


@pytest.mark.parametrize("family", RANKED)
def test_only_what_noise_and_short_texts_do_not_win_is_ranked(family):
    directions = {output.name: output.direction for _, output in outputs_of(family)}
    assert {name: each for name, each in directions.items() if each != "none"} == RANKED[family]


def test_a_metric_of_features_names_an_extractor_with_these_outputs():
    outputs = {each.name: set(each.spec.outputs) for each in CATALOG.of_kind("extractor")}
    for spec in METRICS:
        if spec.extractor:
            assert ({spec.takes} if isinstance(spec.takes, str) else set(spec.takes)) <= outputs[
                spec.extractor
            ]


def test_metrics_of_molecules_name_extractors_of_molecules():
    extractors = {
        each.name for each in CATALOG.of_kind("extractor") if each.owner.module == "genbench_molecule"
    }
    assert {s.extractor for s, _ in outputs_of("genbench_molecule") if s.takes != "samples"} <= extractors


def test_a_metric_declares_the_effects_of_known_faults():
    faults = set(read_faults(CATALOG))
    for spec in METRICS:
        for output in spec.scores:
            assert {name.partition("[")[0] for name in output.expects} <= faults, spec.name
    for _, output in outputs_of("genbench_table.marginals"):
        assert {"shuffled-columns", "train-copies", "near-copies", "smaller-n"} <= set(output.expects)


def test_components_of_tables_serve_tables_alone():
    ours = [each for each in CATALOG.components if each.owner.module == "genbench_table"]
    assert {each.spec.modalities for each in ours} == {("table",)}
    assert {each.spec.effect for each in ours if each.kind == "fault"} == {"worse"}


def test_these_metrics_of_tables_have_a_report():
    reports = {spec.name for spec, _ in outputs_of("genbench_table") if spec.report}
    assert reports == {
        "alpha-precision", "c2st", "missing-similarity", "new-rows", "pair-trends", "pair-trends-strong",
        "privacy", "shapes", "table-validity", "tstr-boosting",
    }  # fmt: skip


def test_weights_in_a_bundled_package_are_shipped():
    for each in CATALOG.of_kind("extractor"):
        package, _, name = (each.spec.canonical or "").partition(":")
        if package.startswith("genbench_"):
            assert (resources.files(package) / name).is_file()


def test_each_modality_has_its_default_dataset():
    defaults = {each.name: each.spec.default_dataset for each in CATALOG.of_kind("modality")}
    assert defaults["points"] == "shapes-world"
    assert {name for name in defaults.values() if name} <= {each.name for each in CATALOG.of_kind("dataset")}


@pytest.mark.parametrize(
    ("name", "metric"),
    [
        ("FID", "fid"), ("FCD", "fid"), ("IS", "inception-score"), ("PRDC", "prdc"), ("frechet", "fid"),
        ("1-NNA", "chamfer"), ("MMD", "kid"), ("COV", "emd"), ("CD", "chamfer"), ("PPL", "perplexity"),
        ("SSIM", "ms-ssim-diversity"), ("LPIPS", "lpips-diversity"), ("QED", "property-distances"),
    ],
)  # fmt: skip
def test_a_common_name_of_a_metric_leads_to_it(name, metric):
    hint = CATALOG.describe_unknown(name, "metric").partition("; did you mean ")[2]
    assert metric in re.findall(r"[\w-]+", hint)
    assert len(re.findall(r"[\w-]+", hint)) <= 5
