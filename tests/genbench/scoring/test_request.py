"""Metrics, extractors and protocols by their names."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from toys import plugin_text

from genbench import DataError, PluginError, SuiteError, score

TOYS = Path(__file__).parents[2] / "toy_plugins"


def test_options_come_by_a_mapping_and_change_the_signature(real, fake):
    plain = score(fake=fake, real=real, metrics=["precision"])["precision[given]"]
    wide = score(fake=fake, real=real, metrics={"precision": {"k": 9}})["precision[given]"]
    assert wide.value > plain.value
    assert wide.signature != plain.signature


def test_a_single_name_is_one_metric(real, fake):
    assert score(fake=fake, real=real, metrics="fid") == score(fake=fake, real=real, metrics=["fid"])


def test_all_outputs_of_a_metric_come_by_their_ids(real, fake):
    found = score(fake=fake, real=real, metrics=["precision-recall"])
    assert list(found) == ["precision[given]", "recall[given]"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"metrics": ["fdi"]}, "metrics: fdi: no metric named 'fdi'; did you mean "),
        ({"metrics": {"precision": {"kk": 3}}}, "metrics: precision.kk: precision-recall has no option 'kk'"),
        ({"metrics": {"precision": {"k": "3"}}}, "metrics: precision.k: "),
        ({"metrics": ["inception-score"]}, "given gives features; inception-score takes probabilities"),
        ({"metrics": ["fid"], "extractor": "pixel"}, "no extractor named 'pixel'; did you mean 'pixels'"),
        (
            {"metrics": ["fid[pixels]"]},
            r"fid\[pixels\]: pixels works on image; the samples are of the modali",
        ),
        (
            {"metrics": ["fid", "fid[given]"]},
            r"fid\[given\] is asked for twice; name each id once, and score",
        ),
        (
            {"metrics": ["fid"], "extractor": "classifier"},
            "'classifier' is fitted to a dataset; give its samples with labels as train",
        ),
    ],
)
def test_unknown_names_and_options_are_refused(arguments, message, real, fake, images, others):
    sides = {"fake": others, "real": images} if "extractor" in arguments else {"fake": fake, "real": real}
    with pytest.raises(SuiteError, match=message):
        score(**sides, **arguments)


def test_a_comparison_needs_the_generators_of_a_run(site, real, fake):
    site.add("rivals-plugin", (TOYS / "rivals_plugin.py").read_text())
    with pytest.raises(SuiteError, match="mean-rank compares all generators of a run; put it in a suite"):
        score(fake=fake, real=real, metrics=["mean-rank"])


def test_a_metric_of_samples_needs_no_extractor_for_vectors(measured_plugin, real, fake):
    found = score(fake=fake, real=real, metrics=["gap", "fid"])
    assert list(found) == ["gap", "fid[given]"]
    assert found["gap"].value == pytest.approx(abs(real.mean() - fake.mean()), rel=1e-12)


def test_an_id_names_the_extractor_of_one_metric_alone(images, others):
    found = score(fake=others, real=images, metrics=["fid[pixels]", "fid[digits-classifier]"])
    assert list(found) == ["fid[pixels]", "fid[digits-classifier]"]


def test_a_protocol_sets_extractor_and_options_and_stands_in_id_and_signature(presets, images, others):
    sides = {"fake": others, "real": images}
    found = {name: score(**sides, metrics=["fid", "vendi"], protocol=name) for name in ("plain", "doubled")}
    assert list(found["doubled"]) == ["fid[doubled]", "vendi[doubled]"]
    fids = [found[name][f"fid[{name}]"] for name in ("plain", "doubled")]
    assert fids[1].value == pytest.approx(4 * fids[0].value, rel=1e-6)
    assert [fid.decided_by["protocol"] for fid in fids] == ["plain", "doubled"]
    assert found["doubled"]["vendi[doubled]"].decided_by["options"] == {"q": 2.0}
    bare = score(**sides, metrics=["fid"], extractor="scaled")["fid[scaled]"]
    assert bare.value == fids[0].value
    assert bare.signature != fids[0].signature


def test_a_protocol_says_which_split_is_the_reference(presets):
    sides = {"fake": "digits.held_out", "real": "digits", "metrics": ["vendi"]}
    found = [score(**sides, protocol=name) for name in ("plain", "doubled")]
    assert [next(iter(each.values())).decided_by["split"] for each in found] == ["test", "train"]


def test_a_protocol_that_needs_more_fakes_than_given_is_refused_unless_n_is_named(presets, images, others):
    sides = {"fake": others, "real": images, "metrics": ["fid"], "protocol": "many"}
    with pytest.raises(DataError, match="fake has 40 samples, expected at least 50"):
        score(**sides)
    found = score(**sides, n=40)["fid[many]"]
    assert found.n == 40
    assert "many asks for 50 fakes, and 40 were given" in found.cautions


def test_a_protocol_may_name_another_extractor_for_a_metric(presets, images, others):
    found = score(fake=others, real=images, metrics=["vendi", "fid"], protocol="many", n=40)
    names = [found[name].decided_by["extractor"]["name"] for name in ("vendi[many]", "fid[many]")]
    assert names == ["genbench:pixels", "presets:scaled"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"protocol": "plane"}, "no protocol named 'plane'; did you mean 'plain'"),
        (
            {"protocol": "shapegf"},
            "option of chamfer, emd, f-score and 2 more; name it with the metric: -m 'chamfer protocol=sh",
        ),
        ({"protocol": "plain", "extractor": "pixels"}, "is one of the extractor scaled, not pixels"),
    ],
)
def test_what_is_no_protocol_is_refused(presets, arguments, message, images, others):
    with pytest.raises(SuiteError, match=message):
        score(fake=others, real=images, metrics=["fid"], **arguments)


def test_plugins_with_a_protocol_of_one_name_are_told_apart_by_distribution(presets, site, images, others):
    site.add("others", presets.replace('name="scaled"', 'name="other"'))
    sides = {"fake": others, "real": images, "metrics": ["fid"]}
    with pytest.raises(SuiteError, match=r"name one of them: \w+:plain or \w+:plain"):
        score(**sides, protocol="plain")
    assert list(score(**sides, protocol="others:plain")) == ["fid[plain]"]


def test_a_report_is_given_where_no_metric_is_named(real, fake):
    plain = score(fake=fake, real=real)
    assert {"fid[given]", "precision[given]", "coverage[given]", "vendi[given]"} <= set(plain)
    assert "c-t[given]" not in plain
    assert "c-t[given]" in score(fake=fake, real=real, train=real)
    assert "authenticity[given]" not in score(fake=fake, real=real, train=real)  # a percentage among shares


REPORTED = plugin_text("""
def one(fake):
    return 1.0

def by_size(fake, n):
    if fake.data[0, 0] == 7:
        raise Undefined("odd")
    if fake.data[0, 0] == 8:
        raise ValueError("broken")
    return None if n > 5 else {{"k": n}}

def sized(fake, *, k: int = 0):
    return float(k)

*(MetricSpec(name=name, make=one, report=True, aspect=aspect, modalities=("vector",))
  for name, aspect in (("a-copy", "memorisation"), ("a-gap", "fidelity"), ("a-valid", "validity")))
MetricSpec(name="any-gap", make=one, report=True)
MetricSpec(name="sized", make=sized, report=by_size, modalities=("vector",), aspect="cost")
""")


def test_a_report_begins_with_metrics_of_the_modality_by_aspect_and_ends_with_those_of_features(
    site, fake, real
):
    site.add("a-stranger", REPORTED.format())
    names = [name for name in score(fake=fake, real=real) if "[" in name or name.startswith("a")]
    assert names[:4] == ["a-valid", "a-gap", "a-copy", "any-gap"]
    assert names[4:6] == ["fid[given]", "kid[given]"]
    assert names[-1] == "vendi[given]"  # diversity is behind fidelity


def test_the_spec_of_a_metric_chooses_its_options_in_a_report_or_leaves_it_out(site):
    site.add("a-stranger", REPORTED.format())
    few, many = np.ones((4, 2)), np.ones((9, 2))
    found = score(fake=few, real=many)["sized"]
    assert (found.value, found.decided_by["options"]) == (4.0, {"k": 4})
    assert "sized" not in score(fake=many, real=many)
    assert score(fake=7 * few, real=many)["sized"].value == 0.0
    with pytest.raises(
        PluginError, match=r"metric 'sized' of .*: report failed: ValueError: broken; name metrics"
    ):
        score(fake=8 * few, real=many)


def test_a_report_on_few_samples_has_the_kernel_distance_of_all_rows(real, fake):
    found = score(fake=fake, real=real)["kid[given]"]
    assert found.status == "ok"
    assert found.spread is None
    assert found.decided_by["options"]["estimator"] == "full"
    assert score(fake=fake, real=real, metrics=["kid"])["kid[given]"].status == "skipped"


STRANGER = plugin_text("""
def of_both(real, fake):
    return 1.0

def as_given():
    return lambda samples: {{"features": samples.data}}

ExtractorSpec(name="given", make=as_given, outputs={{"features": "x"}})
MetricSpec(name="fid", make=of_both, modalities=("{modality}",), report=True)
MetricSpec(name="vendi-gap", make=of_both, report=True)
""")


def test_a_report_keeps_to_genbenchs_own_metric_of_a_name_and_has_the_others_of_a_stranger(site, real, fake):
    before = score(fake=fake, real=real)
    site.add("a-stranger", STRANGER.format(modality="vector"))
    found = score(fake=fake, real=real)
    assert found.pop("vendi-gap").value == 1.0
    assert found == before


def test_a_name_means_genbenchs_own_metric_unless_only_a_strangers_works_on_the_samples(site, real, fake):
    site.add("a-stranger", STRANGER.format(modality="text"))
    assert list(score(fake=fake, real=real, metrics=["fid"])) == ["fid[given]"]
    texts = {"fake": ["a", "b"], "real": ["b", "c"]}
    with pytest.raises(
        SuiteError, match="inception-v3-compat works on image; the samples are of the modality"
    ):
        score(**texts, metrics=["fid"])
    assert score(**texts, metrics=["a-stranger:fid"])["fid"].value == 1.0


def test_options_without_an_extractor_are_for_the_canonical_one_of_the_first_metric(site, real, fake):
    site.add("sizes", plugin_text("""
        def one(*, scale: float = 1.0):
            return lambda samples: {"features": scale * samples.data}

        *(ExtractorSpec(name=name, make=one, outputs={"features": "x"}) for name in ("one", "two"))
        *(MetricSpec(name=f"first-{name}", make=lambda fake: float(fake.mean()), takes="features",
          extractor=name) for name in ("one", "two"))
    """))  # fmt: skip
    found = score(fake=fake, real=real, metrics=["first-one", "first-two"], extractor={"scale": 2.0})
    assert list(found) == ["first-one[one]", "first-two[one]"]


def test_a_protocol_with_other_options_than_its_own_is_not_named_as_it(presets, images, others):
    sides = {"fake": others, "real": images, "metrics": ["fid"], "protocol": "doubled"}
    own = score(**sides, extractor={"use": "scaled", "scale": 2.0})["fid[doubled]"]
    other = score(**sides, extractor={"use": "scaled", "scale": 3.0})["fid[scaled]"]
    assert own.decided_by["protocol"] == "doubled"
    assert other.decided_by["protocol"] is None


OWN = plugin_text("""
    def sums():
        return lambda samples: {"sums": samples.data.sum(axis=1, keepdims=True)}

    ExtractorSpec(name="sums", make=sums, outputs={"sums": "sums"})
    MetricSpec(name="total", make=lambda fake: float(fake.sum()), takes="sums", extractor="sums", report=True)
""")


def test_a_metrics_own_extractor_precedes_that_of_the_modality(site, real, fake):
    site.add("own", OWN)
    assert list(score(fake=fake, real=real, metrics=["total", "fid"])) == ["total", "fid[given]"]


@pytest.mark.parametrize("extractor", [None, "given"])
def test_a_report_has_metrics_of_other_outputs_on_their_own_extractors(site, real, fake, extractor):
    site.add("own", OWN)
    found = score(fake=fake, real=real, extractor=extractor)
    assert found["total"].status == found["fid[given]"].status == "ok"


def test_a_named_extractor_without_what_a_named_metric_takes_is_refused(site, real, fake):
    site.add("own", OWN)
    reason = r"metrics: total\.extractor: given gives features; total takes sums"
    with pytest.raises(SuiteError, match=reason):
        score(fake=fake, real=real, metrics=["total"], extractor="given")


@pytest.mark.parametrize(
    ("name", "content", "metric", "line"),
    [
        pytest.param(
            *("a.csv", "id,smiles\n1,CCO\n2,CCN\n", "validity", "'molecule notation=smiles field=smiles'"),
            marks=pytest.mark.extras("rdkit"),
        ),
        pytest.param(
            *("a.txt", "CCO\nCCN\n", "validity", "'molecule notation=smiles'"),
            marks=pytest.mark.extras("rdkit"),
        ),
        ("a.txt", "ACGT\nACCA\n", "length-ks", "sequence"),
    ],
)
def test_a_metric_of_another_modality_says_how_to_state_it(name, content, metric, line, tmp_path):
    path = tmp_path / name
    path.write_text(content)
    advice = re.escape(f"; state the modality, such as --modality {line}")
    with pytest.raises(SuiteError, match=rf" samples are of the modality \w+{advice}$"):
        score(fake=path, real=path, metrics=metric)


def test_no_modality_is_advised_as_which_the_samples_cannot_be_read(tmp_path):
    (tmp_path / "a.txt").write_text("one\ntwo\n")
    np.save(tmp_path / "c.npy", np.ones((3, 2)))
    text, vectors = tmp_path / "a.txt", tmp_path / "c.npy"
    with pytest.raises(SuiteError, match=r"the samples are of the modality text$"):
        score(fake=text, real=text, metrics="shapes")
    with pytest.raises(SuiteError, match=r"the samples are of the modality vector$"):
        score(fake=vectors, real=vectors, metrics="length-ks")
    with pytest.raises(SuiteError, match=r"the samples are of the modality text$"):
        score(fake=text, real=text, reader="text-file", metrics="length-ks")
