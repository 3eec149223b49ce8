"""Yardsticks: what real samples score in place of the fakes, for metrics of any plugin."""

from __future__ import annotations

import numpy as np
import pytest
from toys import plugin_text

from genbench import Reference, Samples, score

PLUGIN = plugin_text("""
CALLS = []

def counts(real, fake):
    CALLS.append((len(fake), len(real)))
    shared = sum(row.tobytes() in {row.tobytes() for row in real} for row in fake)
    return {"fakes": float(len(fake)), "reals": float(len(real)), "shared": float(shared)}

def middle(fake):
    return {name: float(fake.mean()) for name in ("up", "down", "near", "plain")}

def known(train, fake):
    return float(len({row.tobytes() for row in train} & {row.tobytes() for row in fake}))

def trained(real, fake):
    return counts(real, fake)["fakes"]

def picky(real, fake):
    if len(fake) < 30:
        raise Undefined("needs 30 fakes")
    return 1.0

def drawn(fake, *, rng):
    return float(rng.normal())

def paired(fake, fake_labels):
    return float((fake[:, 0] == fake_labels).mean())

def fit(train):
    return read

def read(samples):
    CALLS.append(len(samples))
    return {"features": samples.data.astype("float32")}

def half():
    return lambda samples: Extracted({"features": samples.data.astype("float32")}, samples.data[:, 0] > 0)

def least(fake):
    return float(fake[:, 0].min())

COUNTED = tuple(Output(name=name, direction="none") for name in ("fakes", "reals", "shared"))
DIRECTED = (
    Output(name="up", direction="higher"), Output(name="down", direction="lower"),
    Output(name="near", direction="target", best=9.0), Output(name="plain", direction="none"),
)

ExtractorSpec(name="fitted", make=fit, outputs={"features": "x"})
ExtractorSpec(name="read", make=lambda: read, outputs={"features": "x"})
ExtractorSpec(name="half", make=half, outputs={"features": "x"})
MetricSpec(name="counts", make=counts, takes="features", outputs=COUNTED)
MetricSpec(name="middle", make=middle, takes="features", outputs=DIRECTED)
MetricSpec(name="known", make=known, takes="features")
MetricSpec(name="trained", make=trained, takes="features", direction="higher", trains_model=True)
MetricSpec(name="picky", make=picky, takes="features", direction="higher")
MetricSpec(name="drawn", make=drawn, takes="features")
MetricSpec(name="paired", make=paired, takes="features")
MetricSpec(name="least", make=least, takes="features")
""")


@pytest.fixture
def calls(site):
    """Install the metrics, and return the list of their calls."""
    site.add("yardstick-plugin", PLUGIN)
    score(fake=draw(1, 9), real=draw(2, 9), metrics="fid", yardstick=False)  # loads the plugins
    import yardstick_plugin

    return yardstick_plugin.CALLS


def draw(seed, n, shift=0.0):
    return np.random.default_rng(seed).normal(size=(n, 2)) + shift


def measure(metrics, fake=None, real=None, **arguments):
    fake, real = draw(1, 50) if fake is None else fake, draw(2, 61) if real is None else real
    scores = score(fake=fake, real=real, metrics=metrics, **arguments)
    return {name.partition("[")[0]: one.yardstick for name, one in scores.items()}


def read_ends(yardstick):
    return yardstick.split, yardstick.n, yardstick.value, yardstick.least, yardstick.greatest


def test_real_samples_are_split_and_the_fakes_cut_to_the_same_n(calls):
    found = measure("counts")
    assert read_ends(found["fakes"]) == ("real", 30, 30, 30, 30)
    assert read_ends(found["reals"]) == ("real", 30, 31, 31, 31)
    assert read_ends(found["shared"]) == ("real", 30, 0, 0, 0)  # no real sample is on both sides
    assert calls == [(50, 61)] + [(30, 31)] * 10
    few = measure("counts", fake=draw(1, 12))
    assert read_ends(few["fakes"]) == ("real", 12, 12, 12, 12)
    assert read_ends(few["reals"])[2:] == (49, 49, 49)


def test_copies_of_real_are_no_split_of_it(calls):
    assert measure("counts", fake=draw(2, 61))["shared"].value > 0


def test_training_samples_take_the_place_of_the_fakes_of_metrics_that_do_not_know_them(calls):
    found = measure(["counts", "known"], train=draw(3, 80))
    assert read_ends(found["fakes"]) == ("train", 40, 40, 40, 40)
    assert read_ends(found["reals"]) == ("train", 40, 61, 61, 61)
    assert read_ends(found["known"]) == ("real", 30, 0, 0, 0)
    assert read_ends(measure("counts", train=draw(3, 80), extractor="fitted")["fakes"])[:2] == ("real", 30)
    calls.clear()
    assert read_ends(measure("counts", train=draw(3, 100))["fakes"])[:2] == ("train", 50)
    assert calls == [(50, 61)] * 6  # the score of all fakes is not computed again


def test_a_metric_that_trains_a_model_has_one_cut_and_no_mark(calls):
    found = measure("trained", fake=draw(1, 50, shift=9.0))["trained"]
    assert (len(calls), found.least == found.greatest, found.is_beyond_real) == (3, True, False)


@pytest.mark.parametrize(("shift", "beyond"), [(0.0, set()), (9.0, {"up", "near"}), (-9.0, {"down"})])
def test_only_values_that_are_better_by_more_than_twice_the_range_are_marked(calls, shift, beyond):
    found = measure("middle", fake=draw(1, 50, shift=shift))
    assert {name for name, one in found.items() if one.is_beyond_real} == beyond


@pytest.mark.parametrize(("ranges", "is_beyond"), [(1.9, False), (2.1, True)])
def test_the_mark_begins_at_twice_the_range_from_the_best(calls, ranges, is_beyond):
    ends = measure("middle")["up"]
    value = ends.greatest + ranges * (ends.greatest - ends.least)
    assert measure("middle", fake=np.full((50, 2), value))["up"].is_beyond_real == is_beyond


def test_equal_values_are_not_beyond_one_another(calls):
    same = np.full((60, 2), 0.1)
    assert not measure("middle", fake=same[:50] * (1 + 1e-12), real=same)["up"].is_beyond_real


def test_a_metric_that_has_no_value_at_the_smaller_n_has_no_yardstick(calls):
    scores = score(fake=draw(1, 50), real=draw(2, 40), metrics="picky")
    assert [(one.value, one.yardstick) for one in scores.values()] == [(1.0, None)]
    assert [one.yardstick_reason for one in scores.values()] == ["no value at n = 20: needs 30 fakes"]
    assert measure("picky", fake=draw(1, 9)) == {"picky": None}
    assert measure("picky", real=draw(2, 1))["picky"] is None


def test_a_yardstick_depends_on_no_other_metric_and_cuts_on_no_seed(calls):
    alone, after = measure("drawn"), measure(["counts", "middle", "drawn"])
    assert alone["drawn"] == after["drawn"]
    assert measure("drawn", seed=1) != alone
    assert measure("middle", seed=1) == measure("middle")


def test_features_are_extracted_once_and_their_rows_cut(calls):
    calls.clear()
    images = [np.random.default_rng(seed).integers(0, 9, (40, 4)).astype(float) for seed in (1, 2)]
    measure("least", fake=images[0], real=images[1], extractor="read")
    assert sorted(calls) == [40, 40]


def test_samples_without_features_are_left_out_of_each_cut(calls):
    found = measure("least", extractor="half")["least"]
    assert min(found.least, found.value) > 0


def test_labels_keep_to_their_rows(calls):
    labels = np.arange(60) % 3
    data = np.stack([labels, labels], axis=1).astype(float)
    sides = {side: Samples.of("vector", data[:n], labels[:n]) for side, n in (("fake", 60), ("real", 51))}
    assert read_ends(measure("paired", **sides)["paired"]) == ("real", 25, 1, 1, 1)


def test_statistics_have_a_yardstick_of_training_samples_alone(calls, tmp_path):
    sides = {"fake": draw(1, 50), "train": draw(3, 100)}
    path = str(tmp_path / "real.npz")
    whole = score(**sides, real=draw(2, 60), metrics="fid", save_stats=path)["fid[given]"].yardstick
    read = score(**sides, real=path, metrics="fid")["fid[given]"].yardstick
    assert read_ends(read)[:2] == read_ends(whole)[:2] == ("train", 50)
    assert read_ends(read)[2:] == pytest.approx(read_ends(whole)[2:], rel=1e-6)
    (alone,) = score(fake=draw(1, 50), real=path, metrics="fid").values()
    assert (alone.yardstick, alone.yardstick_reason) == (None, "statistics of real samples cannot be cut")


def test_without_yardsticks_all_else_is_the_same(calls):
    full, bare = (score(fake=draw(1, 50), real=draw(2, 61), yardstick=each) for each in (True, False))
    kept = Reference(draw(2, 61)).score(draw(1, 50))
    unmeasured = [*bare.values(), *kept.values()]
    assert {(one.yardstick, one.yardstick_reason) for one in unmeasured} == {(None, "")}
    assert any(one.yardstick for one in full.values())
    facts = [{name: (one.value, one.signature, one.cautions) for name, one in each.items()}
             for each in (full, bare, kept)]  # fmt: skip
    assert facts[0] == facts[1] == facts[2]


def test_blurred_samples_are_beyond_real_in_density(calls):
    """Samples that are drawn to the middle of their mode lie in more neighbourhoods than real ones."""
    fake, real = (np.random.default_rng(seed).normal(size=(200, 8)) for seed in (1, 2))
    found = measure(["density", "recall"], fake=0.5 * fake, real=real)
    assert (found["density"].is_beyond_real, found["recall"].is_beyond_real) == (True, False)
