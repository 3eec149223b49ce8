from __future__ import annotations

import sys

import pytest
import torch
from toys import make_plugin, plugin_text

from genbench import GeneratorSpec, MetricSpec, Output, SuiteError
from genbench.catalog.catalog import catalog_of, load_catalog, missing_needs


def fit(train): ...


def generators(*names, **fields):
    return make_plugin(*(GeneratorSpec(name=name, make=fit, **fields) for name in names))


def metrics(*specs):
    return make_plugin(*specs)


PRECISION_RECALL = MetricSpec(
    name="precision-recall",
    make=fit,
    outputs=(Output(name="precision", direction="higher"), Output(name="recall", direction="higher")),
)


def test_the_bundled_plugins_are_found_like_a_strangers(add_generator):
    add_generator("genbench-good", "good")
    catalog = load_catalog()
    assert {component.owner.distribution for component in catalog.components} >= {"genbench", "genbench-good"}
    assert catalog.find("dataset", "digits").owner.plugin == "image"


def test_two_distributions_with_one_name_are_both_named(add_generator):
    add_generator("genbench-one", "twin")
    add_generator("genbench-two", "twin")
    catalog = load_catalog(only=["genbench-one", "genbench-two"])
    with pytest.raises(
        SuiteError,
        match=r"^generator 'twin' is in genbench-one and genbench-two; "
        r"name one of them: genbench-one:twin or genbench-two:twin$",
    ):
        catalog.find("generator", "twin")
    assert catalog.find("generator", "genbench-two:twin").owner.distribution == "genbench-two"


def test_a_bare_name_means_genbench_s_own_component_unless_a_plugin_file_has_it_too(add_generator, tmp_path):
    add_generator("genbench-other", "vae")
    catalog = load_catalog(only=["genbench", "genbench-other"])
    found = catalog.find("generator", "vae")
    assert found.owner.is_genbench
    assert catalog.find("generator", "genbench-other:vae").owner.distribution == "genbench-other"
    assert catalog.list_shadowed(found, "vae", ()) == ["genbench-other"]
    assert catalog.list_shadowed(found, "vae-small", ()) == []
    file = tmp_path / "mine.py"
    file.write_text(plugin_text("def vae(train): ...\n\nGeneratorSpec(name='vae', make=vae)"))
    with pytest.raises(SuiteError, match=r"'vae' is in genbench and genbench-other and mine; name one"):
        load_catalog([file], only=["genbench", "genbench-other"]).find("generator", "vae")


def test_of_two_components_of_one_name_that_which_serves_the_data_is_meant():
    plugins = {
        "a": generators("twin", modalities=("image", "text")), "b": generators("twin", modalities=("audio",))
    }  # fmt: skip
    catalog = catalog_of(plugins)
    assert catalog.find("generator", "twin", ("image",)).owner.distribution == "a"
    assert catalog.find("generator", "twin", ("points", "audio")).owner.distribution == "b"
    for modalities in ((), ("text", "audio"), ("points",)):
        with pytest.raises(SuiteError, match="generator 'twin' is in a and b; name one of them"):
            catalog.find("generator", "twin", modalities)
    assert catalog.find("generator", "b:twin", ("image",)).owner.distribution == "b"


def test_a_name_in_a_spec_means_its_own_distributions_component_first():
    catalog = catalog_of({"a": generators("twin", "one"), "b": generators("twin")})
    found = {home: catalog.matches("generator", "twin", home=home) for home in ("b", "c")}
    assert [len(each) for each in found.values()] == [1, 2]
    assert found["b"][0].reference == "b:twin"
    assert [component.reference for component in catalog.matches("generator", "one", home="b")] == ["a:one"]


def test_two_plugins_of_one_distribution_with_one_name_are_both_named(site, add_generator):
    add_generator("genbench-one", "twin")
    (site.folder / "other.py").write_text((site.folder / "genbench_one.py").read_text())
    (site.folder / "genbench_one-1.0.dist-info" / "entry_points.txt").write_text(
        "[genbench]\na = genbench_one\nb = other\n"
    )
    reason = "generator 'twin' is twice in genbench-one, in its plugins 'a' and 'b'"
    with pytest.raises(SuiteError, match=reason):
        load_catalog(only=["genbench-one"]).find("generator", "twin")


def test_one_name_in_two_kinds_is_no_conflict():
    catalog = catalog_of({"a": generators("vendi"), "b": metrics(MetricSpec(name="vendi", make=fit))})
    assert catalog.find("generator", "vendi").owner.distribution == "a"
    assert catalog.find_metric("vendi")[1] == ("vendi",)


def test_a_metric_is_found_by_its_name_or_by_an_outputs():
    catalog = catalog_of({"a": metrics(PRECISION_RECALL)})
    assert catalog.find_metric("precision-recall")[1] == ("precision", "recall")
    component, outputs = catalog.find_metric("a:recall")
    assert (component.name, outputs) == ("precision-recall", ("recall",))


def test_an_output_with_the_metrics_own_name_is_that_output():
    spec = MetricSpec(name="recall", make=fit, outputs=PRECISION_RECALL.outputs)
    assert catalog_of({"a": metrics(spec)}).find_metric("recall")[1] == ("recall",)


def test_outputs_and_metrics_share_their_names():
    catalog = catalog_of({"a": metrics(PRECISION_RECALL), "b": metrics(MetricSpec(name="recall", make=fit))})
    reason = "metric 'recall' is in a and b; name one of them: a:recall or b:recall"
    with pytest.raises(SuiteError, match=reason):
        catalog.find_metric("recall")
    assert catalog.find_metric("b:recall")[1] == ("recall",)
    within = catalog_of({"a": metrics(PRECISION_RECALL, MetricSpec(name="recall", make=fit))})
    assert within.broken[0].reason == "it has two metrics named 'recall'; rename one"


def test_an_unknown_name_is_looked_for_in_summaries():
    spec = MetricSpec(name="fid", make=fit, summary="Fréchet distance of Gaussians")
    catalog = catalog_of({"a": metrics(spec, MetricSpec(name="kid", make=fit))})
    message = catalog.describe_unknown("FRECHET", "metric")
    assert message == "no metric named 'FRECHET'; did you mean fid?"
    assert catalog.describe_unknown("gauss", "metric").startswith(
        "no metric named 'gauss'; expected one of fid, kid; --plugin"
    )  # no whole word


def test_an_abbreviation_in_a_summary_counts_more_than_a_similar_name():
    spec = MetricSpec(name="fid", make=fit, summary="Fréchet distance; FCD on chemnet, a fad")
    catalog = catalog_of({"a": metrics(spec, MetricSpec(name="fld", make=fit))})
    for word in ("FCD", "fcd"):
        assert catalog.describe_unknown(word, "metric").endswith("; did you mean fid?")
    assert catalog.describe_unknown("FAD", "metric").endswith(
        "; did you mean 'fld'?"
    )  # no abbreviation there
    assert catalog.describe_unknown("FLD", "metric").endswith("; did you mean 'fld'?")


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("vea", "^no generator named 'vea'; did you mean 'vae'\\?$"),
        ("zzz", "^no generator named 'zzz'; expected one of gan, vae; --plugin FILE loads a plugin that"),
        ("a:vea", "^no generator 'a:vea'; did you mean 'a:vae'\\?$"),
        ("b:vae", "^no generator 'b:vae'; did you mean 'a:vae'\\?$"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(reference, message):
    with pytest.raises(SuiteError, match=message):
        catalog_of({"a": generators("vae", "gan")}).find("generator", reference)


def test_an_unknown_name_in_an_empty_catalog_says_that_there_is_none():
    with pytest.raises(
        SuiteError,
        match=r"^no metric named 'fid'; there is none; --plugin FILE loads a plugin that is not installed$",
    ):
        catalog_of({}).find_metric("fid")


def test_an_unknown_name_mentions_broken_plugins():
    plugins = {"a": generators("vae"), "bad": object()}
    reason = r"did you mean 'vae'\? \(plugin 'bad' of bad 0 is broken: it gives no component; [^;]*\)$"
    with pytest.raises(SuiteError, match=reason):
        catalog_of(plugins).find("generator", "vea")
    with pytest.raises(SuiteError, match=r"\(plugin 'bad' .*; for 1 more see genbench plugins\)$"):
        catalog_of(plugins | {"worse": object()}).find("generator", "vea")


def test_a_reference_into_a_broken_plugin_says_why_it_is_broken():
    catalog = catalog_of({"a": generators("vae"), "bad": object()})
    reason = r"^no generator 'bad:vae' \(plugin 'bad' of bad 0 is broken: it gives no component"
    with pytest.raises(SuiteError, match=reason):
        catalog.find("generator", "bad:vae")


def test_a_missing_dependency_is_refused_with_what_to_install():
    needy = generators("ov", needs={"nowhere_to_find.sub": "genbench[openvino]", "json": "genbench"})
    catalog = catalog_of({"genbench-foo": needy})
    (component,) = catalog.components
    assert missing_needs(component.spec) == ["nowhere_to_find.sub"]
    with pytest.raises(
        SuiteError,
        match=r"^generator 'ov' of genbench-foo needs 'nowhere_to_find\.sub', which is not installed; "
        r"pip install 'genbench\[openvino\]'$",
    ):
        catalog.find("generator", "ov")


def test_looking_for_a_dependency_does_not_import_it(site):
    (site.folder / "heavy_dependency.py").write_text("raise RuntimeError")
    spec = GeneratorSpec(name="ov", make=fit, needs={"heavy_dependency": "genbench[heavy]"})
    assert missing_needs(spec) == []
    assert "heavy_dependency" not in sys.modules


def test_components_of_a_kind_are_sorted_by_name():
    catalog = catalog_of({"b": generators("vae", "gan"), "a": generators("ddpm", "gan")})
    references = [component.reference for component in catalog.of_kind("generator")]
    assert references == ["a:ddpm", "a:gan", "b:gan", "b:vae"]


def test_what_the_import_of_a_plugin_file_sets_is_undone_and_named(tmp_path):
    file = tmp_path / "setting.py"
    file.write_text(
        "import torch\nfrom genbench import MetricSpec, hookimpl\ntorch.set_default_dtype(torch.float64)\n"
        "@hookimpl\ndef genbench_metrics(): return [MetricSpec(name='set', make=len)]\n"
    )
    catalog = load_catalog([file], only=[])
    assert torch.get_default_dtype() == torch.float32
    assert catalog.changed == {catalog.components[0].owner: ("torch's default dtype",)}
