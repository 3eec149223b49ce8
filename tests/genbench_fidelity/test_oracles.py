"""Every reference value at its tolerance; data/README.md says where they come from."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from genbench_fidelity.classes.inception_score import inception_score
from genbench_fidelity.classes.modes import modes
from genbench_fidelity.classes.reverse_kl import reverse_kl
from genbench_fidelity.distances.fid import fid
from genbench_fidelity.distances.kid import kid
from genbench_fidelity.diversity.vendi import vendi
from genbench_fidelity.manifolds.density_coverage import density_coverage
from genbench_fidelity.manifolds.precision_recall import precision_recall
from genbench_fidelity.memorisation.authenticity import authenticity
from torch_fidelity.metric_kid import kid_features_to_metric

RECORDS = json.loads((Path(__file__).parent / "data" / "records.json").read_text())


def records(metric, *, with_tolerance=True):
    found = [r for r in RECORDS if r["metric"] == metric and (r.get("tol") is not None) == with_tolerance]
    assert found, metric
    return pytest.mark.parametrize("record", found, ids=lambda r: f"{r['case']}-{r['kind']}-{r['source']}")


def record(metric, case, source="", **fields):
    (found,) = [
        r
        for r in RECORDS
        if r["metric"] == metric
        and r["case"] == case
        and source in r["source"]
        and all(r.get(field) == value for field, value in fields.items())
    ]
    return found


def inputs(record, arrays):
    return [arrays[name] for name in record["inputs"]]


def softmax(logits):
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


def in_drawn_order(p):
    """Return rows that the metric's shuffle puts into the order of p."""
    return p[np.argsort(np.random.RandomState(2020).permutation(len(p)))]


# fid


def fid_of(record, arrays):
    real, fake = inputs(record, arrays) if "inputs" in record else (arrays["ngtd_real"], arrays["ngtd_fake"])
    rotation = np.linalg.qr(np.random.default_rng(0).standard_normal((real.shape[1],) * 2))[0]
    order = np.random.default_rng(1).permutation
    return {
        "float32": lambda: fid(real.astype(np.float32), fake.astype(np.float32)),
        "permuted": lambda: fid(order(real), order(fake)),
        "swap": lambda: fid(fake, real),
        "rotated": lambda: fid(real @ rotation, fake @ rotation),
        "scaled3": lambda: fid(3 * real, 3 * fake) / fid(real, fake),
        "efficient": lambda: fid(real, fake),
        "": lambda: fid(real, fake),
    }[record["case"].partition("/")[2]]()


def fid_tolerance(record):
    is_singular = record["case"].split("/")[0] in {"nltd", "sing"}
    return 1e-6 * abs(record["value"]) if is_singular and record["tol"] == 1e-4 else record["tol"]


@records("fid")
def test_fid_equals_the_reference(record, arrays):
    assert fid_of(record, arrays) == pytest.approx(record["value"], abs=fid_tolerance(record), rel=0)


def test_fid_with_divisor_n_would_not_match(arrays):
    wrong = record("fid", "ngtd/ddof0")["value"]
    assert abs(fid(arrays["ngtd_real"], arrays["ngtd_fake"]) - wrong) > 1e-3


# kid


@records("kid_full")
def test_full_kid_equals_the_reference(record, arrays):
    value = record["value"][0] if isinstance(record["value"], list) else record["value"]
    found = kid(*inputs(record, arrays), estimator="full").value
    assert found == pytest.approx(value, abs=record["tol"], rel=0)


@records("kid")
def test_kid_over_subsets_equals_the_reference_and_has_its_spread(record, arrays):
    mean, std = record["value"].values()
    found = kid(*inputs(record, arrays))
    assert found.value == pytest.approx(mean, abs=record["tol"], rel=0)
    assert found.extra["spread"] == pytest.approx(std, abs=record["tol"], rel=0)


def test_kid_draws_the_real_side_first_and_has_another_value_if_the_fakes_are(arrays):
    real, fake = arrays["kid_real"], arrays["kid_fake"]
    assert kid(real, fake).value == pytest.approx(0.07512, abs=5e-6)
    assert kid(fake, real).value == pytest.approx(0.07443, abs=5e-6)
    assert kid(real, fake, estimator="full").value == pytest.approx(0.07478, abs=5e-6)


@pytest.mark.slow
@pytest.mark.parametrize("sides", [("kid_real", "kid_fake"), ("kid_fake", "kid_real")])
def test_kid_equals_torch_fidelity_with_the_same_side_first(sides, arrays):
    one, other = (arrays[side].copy() for side in sides)
    peer = kid_features_to_metric(
        torch.from_numpy(one), torch.from_numpy(other),
        kid_subsets=100, kid_subset_size=1000, rng_seed=2020, verbose=False,
    )  # fmt: skip
    assert kid(one, other).value == pytest.approx(peer["kernel_inception_distance_mean"], rel=1e-9)


# inception score


@pytest.mark.parametrize("case", ["logits505x12/splits10/shuffle2020", "logits505x12/splits10/noshuffle"])
def test_inception_score_equals_torch_fidelity(case, arrays):
    p = softmax(arrays["is_logits"])
    reference = record("inception_score", case, "torch-fidelity")
    found = inception_score(in_drawn_order(p) if "noshuffle" in case else p)
    mean, std = reference["value"].values()
    assert found.value == pytest.approx(mean, abs=reference["tol"], rel=0)
    assert found.extra["spread"] == pytest.approx(std, abs=reference["tol"], rel=0)


@pytest.mark.parametrize("source", ["torch-fidelity", "torchmetrics"])
def test_inception_score_of_one_split_equals_the_reference(source, arrays):
    reference = record("inception_score", "logits505x12/splits1", source)
    found = inception_score(softmax(arrays["is_logits"]), splits=1)
    mean = next(iter(reference["value"].values()))
    assert found.value == pytest.approx(mean, abs=reference["tol"], rel=0)
    assert found.extra["spread"] == 0


@pytest.mark.parametrize(
    ("case", "source", "ddof"),
    [("logits505x12/splits10/noshuffle", "piq", 1), ("logits505x12/probs/splits10/noshuffle", "dgm-eval", 0)],
)
def test_inception_score_equals_those_that_drop_the_remainder_on_what_they_kept(case, source, ddof, arrays):
    reference = record("inception_score", case, source)
    mean, std = reference["value"]
    p = softmax(arrays["is_logits"])
    kept = inception_score(in_drawn_order(p[:500]))
    assert kept.value == pytest.approx(mean, abs=reference["tol"], rel=0)
    spread = kept.extra["spread"] * math.sqrt(10 / (10 - ddof))
    assert spread == pytest.approx(std, abs=reference["tol"], rel=0)
    assert abs(inception_score(in_drawn_order(p)).value - mean) > 1e-3


@pytest.mark.parametrize(
    ("case", "classes"),
    [("onehot_uniform_K7", np.repeat(np.arange(7), 10)), ("collapsed_onehot", np.zeros(70, int))],
)
def test_inception_score_has_its_closed_form_on_sure_predictions(case, classes, one_hot):
    reference = record("inception_score", case)
    found = inception_score(one_hot(classes, 7), splits=1).value
    assert found == pytest.approx(reference["value"], abs=reference["tol"], rel=0)


def test_inception_score_of_equal_predictions_has_its_closed_form():
    reference = record("inception_score", "all_uniform")
    found = inception_score(np.full((50, 4), 0.25)).value
    assert found == pytest.approx(reference["value"], abs=reference["tol"], rel=0)


# precision, recall, density, coverage


def neighbours_of(record):
    return int(record["case"].split("/k")[1].split("/")[0])


@records("precision_recall")
def test_precision_and_recall_equal_the_reference(record, arrays):
    names = record.get("inputs", ["ngtd_real", "ngtd_fake"])
    found = precision_recall(*(arrays[name] for name in names), k=neighbours_of(record))
    value = record["value"]
    if not isinstance(value, dict):
        value = {record["case"].split("/")[-1].lower(): value}
    for name in value.keys() & found.keys():
        assert found[name] == pytest.approx(value[name], abs=max(record["tol"], 1e-6), rel=0), name


def test_swapped_sides_would_not_match(arrays):
    real, fake = arrays["ngtd_real"], arrays["ngtd_fake"]
    swapped = precision_recall(fake, real) | density_coverage(fake, real)
    right = (
        record("prdc", "ngtd/k5", "prdc==")["value"]
        | record("precision_recall", "ngtd/k3", "kynkaat")["value"]
    )
    assert all(abs(swapped[name] - right[name]) > 0.05 for name in swapped)


@records("prdc")
def test_density_and_coverage_equal_the_reference(record, arrays):
    found = density_coverage(*inputs(record, arrays), k=neighbours_of(record))
    for name, value in found.items():
        assert value == pytest.approx(record["value"][name], abs=max(record["tol"], 1e-12), rel=0), name


@records("prdc")
def test_closed_and_open_balls_agree_except_on_duplicated_samples(record, arrays):
    found = precision_recall(*inputs(record, arrays), k=neighbours_of(record))
    assert found["precision"] == pytest.approx(record["value"]["precision"], abs=1e-9)
    if record["case"].startswith("dup_exact"):
        assert (found["recall"], record["value"]["recall"]) == (0.05, 0.0)
    else:
        assert found["recall"] == pytest.approx(record["value"]["recall"], abs=1e-9)


@records("prdc", with_tolerance=False)
def test_identical_sets_score_one_on_all_four(record, arrays):
    sides = inputs(record, arrays)
    found = precision_recall(*sides, k=5) | density_coverage(*sides, k=5)
    assert found == record["value"]


# vendi


@records("vendi")
def test_vendi_equals_the_reference(record, arrays):
    if record["kind"] == "closed_form":
        base = np.eye(12)
        rows = {
            "orthonormal_N": base,
            "all_identical": base[np.zeros(12, int)],
            "m_orthogonal_each_dup_r": base[np.repeat(np.arange(5), 9)],
            "two_groups_p": base[np.repeat([0, 1], [90, 10])],
        }[record["case"]]
        order = 1.0
    else:
        (rows,) = inputs(record, arrays)
        order = record["case"].split("/")[1].removeprefix("q")
        order = order if order == "inf" else float(order)
    assert vendi(rows, q=order) == pytest.approx(record["value"], abs=record["tol"], rel=0)


@records("vendi", with_tolerance=False)
def test_vendi_heeds_its_order_where_a_package_does_not(record, arrays):
    assert abs(vendi(*inputs(record, arrays), q=2.0) - record["value"]) > 0.1


# modes and reverse kl


@pytest.fixture
def counted(one_hot):
    reference = record("reverse_kl_modes", "counts8")
    fake = one_hot(np.repeat(np.arange(8), reference["params"]["counts"]), 8)
    return one_hot(np.repeat(np.arange(8), 125), 8), fake


def test_reverse_kl_equals_the_reference(counted):
    reference = record("reverse_kl_modes", "counts8")
    assert reverse_kl(*counted) == pytest.approx(reference["value"], abs=reference["tol"], rel=0)


def test_modes_equal_the_count(counted):
    assert modes(*counted).value == record("num_modes", "counts8")["value"]


# authenticity


def memory(case, arrays):
    return arrays["mem_train"], arrays[f"mem_gen_{case}"]


@records("authpct")
def test_authenticity_equals_the_reference(record, arrays):
    assert authenticity(*inputs(record, arrays)) == pytest.approx(record["value"], abs=record["tol"], rel=0)


@records("authpct_minus50")
def test_authenticity_equals_the_reference_that_subtracts_fifty(record, arrays):
    found = authenticity(*memory(record["case"], arrays)) - 50
    assert found == pytest.approx(record["value"], abs=record["tol"], rel=0)


@pytest.mark.parametrize("case", ["fresh", "underfit"])
def test_authenticity_differs_from_the_implementation_that_mixes_up_its_indices(case, arrays):
    wrong = 100 * record("authenticity_alaa", case)["value"][2]
    assert abs(authenticity(*memory(case, arrays)) - wrong) > 1
