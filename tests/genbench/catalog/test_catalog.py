from __future__ import annotations

import hashlib
import pickle
import re
import sys
import textwrap
import types

import pytest

from genbench import ExtractorSpec, GeneratorSpec, MetricSpec, Output, SuiteError, hookimpl
from genbench.catalog.catalog import Owner, catalog_of, load_catalog, missing_needs

GENERATOR = """
    from genbench import GeneratorSpec, hookimpl

    def fit(train): ...

    @hookimpl
    def genbench_generators():
        return [GeneratorSpec(name="{name}", make=fit)]
"""

GOOD = ("genbench-good", GENERATOR.format(name="good"))


def fit(train): ...


def generators(*names, **fields):
    class Plugin:
        @hookimpl
        def genbench_generators(self):
            return [GeneratorSpec(name=name, make=fit, **fields) for name in names]

    return Plugin()


def metrics(*specs):
    class Plugin:
        @hookimpl
        def genbench_metrics(self):
            return specs

    return Plugin()


PRECISION_RECALL = MetricSpec(
    name="precision-recall",
    make=fit,
    outputs=(Output(name="precision", direction="higher"), Output(name="recall", direction="higher")),
)


def test_an_installed_plugin_keeps_its_owner(site):
    site.add("Genbench_Extra", GENERATOR.format(name="gan-2"), version="2.1", plugin="extra")
    component = load_catalog(only=["extra"]).find("generator", "gan-2")
    assert component.owner == Owner("genbench-extra", "2.1", "extra", "Genbench_Extra")
    assert (component.kind, component.name, component.reference) == (
        "generator",
        "gan-2",
        "genbench-extra:gan-2",
    )


def test_the_bundled_plugins_are_found_like_a_strangers(site):
    site.add(*GOOD)
    catalog = load_catalog()
    assert {component.owner.distribution for component in catalog.components} >= {"genbench", "genbench-good"}
    assert catalog.find("dataset", "digits").owner.plugin == "image"


def test_plugins_are_sorted_by_distribution_and_name(site):
    for name in ("zeta", "alpha", "mid"):
        site.add(name, GENERATOR.format(name=f"of-{name}"))
    catalog = load_catalog(only=["zeta", "mid", "alpha"])
    assert [component.name for component in catalog.components] == ["of-alpha", "of-mid", "of-zeta"]


def test_an_entry_point_found_twice_counts_once(site, tmp_path, monkeypatch):
    site.add(*GOOD)
    site.add(*GOOD, suffix="egg-info", folder=tmp_path / "source")
    monkeypatch.syspath_prepend(tmp_path / "source")
    catalog = load_catalog(only=["genbench-good"])
    assert [component.name for component in catalog.components] == ["good"]
    assert catalog.find("generator", "good").name == "good"


def hook(body, name="genbench_metrics()"):
    imports = "from genbench import GeneratorSpec, MetricSpec, hookimpl"
    return f"{imports}\n@hookimpl\ndef {name}:\n    {body}\n"


BROKEN = [
    ("raise RuntimeError('no such\\nluck')", r"^RuntimeError: no such luck$"),
    ("import nowhere", r"^ModuleNotFoundError: No module named 'nowhere'$"),
    ("def f(:", r"^SyntaxError: "),
    ("import sys\nsys.exit(3)", r"^it called sys\.exit\(3\) while it was loaded$"),
    ("x = 1", r"^it gives no component; expected functions with @hookimpl: genbench_datasets"),
    ("def genbench_metrics():\n    return []", r"^genbench_metrics is not decorated with @hookimpl"),
    (
        hook("return []", "genbench_metric()"),
        r"^unknown hook 'genbench_metric'; did you mean 'genbench_metrics'",
    ),
    (hook("return []", "genbench_metrics(config)"), r"^PluginValidationError: .*Argument\(s\) \{'config'\}"),
    (hook("return 1 / 0"), r"^genbench_metrics raised ZeroDivisionError: division by zero$"),
    (hook("raise SystemExit"), r"^it called sys\.exit\(None\)"),
    (hook("return ['fid']"), r"^genbench_metrics returned a str; expected only MetricSpecs$"),
    (
        hook("return [GeneratorSpec(name='gan', make=print)]"),
        r"^genbench_metrics returned a GeneratorSpec; expected only MetricSpecs$",
    ),
    (hook("return [MetricSpec(name='fid', make=print)] * 2"), r"^it has two metrics named 'fid'$"),
    (
        hook("return [MetricSpec(name='NA', make=print)]"),
        r"^genbench_metrics raised PluginError: metric name 'NA' is not a name",
    ),
]


@pytest.mark.parametrize(("code", "reason"), BROKEN)
def test_a_broken_plugin_is_listed_with_its_reason_and_takes_no_other_down(site, code, reason):
    site.add("genbench-bad", code)
    site.add(*GOOD)
    catalog = load_catalog(only=["genbench-bad", "genbench-good"])
    assert [component.name for component in catalog.components] == ["good"]
    (broken,) = catalog.broken
    assert broken.owner == Owner("genbench-bad", "1.0", "genbench-bad", "genbench_bad")
    assert re.search(reason, broken.reason)
    assert "\n" not in broken.reason
    assert broken.traceback.startswith("Traceback")


def test_an_interrupt_is_let_through():
    class Plugin:
        @hookimpl
        def genbench_metrics(self):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        catalog_of({"slow": Plugin()})


def test_a_distribution_without_metadata_is_broken_alone(site):
    info = site.folder / "odd-1.0.dist-info"
    info.mkdir()
    (info / "entry_points.txt").write_text("[genbench]\nodd = nowhere\n")
    site.add(*GOOD)
    catalog = load_catalog(only=["odd", "genbench-good"])
    assert [component.name for component in catalog.components] == ["good"]
    assert catalog.broken[0].reason == "ModuleNotFoundError: No module named 'nowhere'"


def test_one_failing_hook_breaks_the_whole_plugin():
    class Plugin:
        @hookimpl
        def genbench_generators(self):
            return [GeneratorSpec(name="gan", make=fit)]

        @hookimpl
        def genbench_metrics(self):
            raise ValueError("no")

    catalog = catalog_of({"half": Plugin()})
    assert catalog.components == ()
    assert catalog.broken[0].reason == "genbench_metrics raised ValueError: no"


def test_a_hook_may_return_one_spec_or_yield_them():
    class Plugin:
        @hookimpl
        def genbench_generators(self):
            return GeneratorSpec(name="gan", make=fit)

        @hookimpl
        def genbench_extractors(self):
            yield ExtractorSpec(name="pixels", make=fit, outputs={"features": ""})

    catalog = catalog_of({"plug": Plugin()})
    assert [component.name for component in catalog.components] == ["pixels", "gan"]


def test_two_distributions_with_one_name_are_both_named(site):
    site.add("genbench-one", GENERATOR.format(name="twin"))
    site.add("genbench-two", GENERATOR.format(name="twin"))
    catalog = load_catalog(only=["genbench-one", "genbench-two"])
    with pytest.raises(
        SuiteError,
        match=r"^generator 'twin' is in genbench-one and genbench-two; "
        r"name one of them: genbench-one:twin or genbench-two:twin$",
    ):
        catalog.find("generator", "twin")
    assert catalog.find("generator", "genbench-two:twin").owner.distribution == "genbench-two"


def test_two_plugins_of_one_distribution_with_one_name_are_both_named(site):
    site.add("genbench-one", GENERATOR.format(name="twin"))
    (site.folder / "other.py").write_text((site.folder / "genbench_one.py").read_text())
    (site.folder / "genbench_one-1.0.dist-info" / "entry_points.txt").write_text(
        "[genbench]\na = genbench_one\nb = other\n"
    )
    with pytest.raises(
        SuiteError, match="generator 'twin' is twice in genbench-one, in its plugins 'a' and 'b'"
    ):
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
    with pytest.raises(
        SuiteError, match="metric 'recall' is in a and b; name one of them: a:recall or b:recall"
    ):
        catalog.find_metric("recall")
    assert catalog.find_metric("b:recall")[1] == ("recall",)
    within = catalog_of({"a": metrics(PRECISION_RECALL, MetricSpec(name="recall", make=fit))})
    assert within.broken[0].reason == "it has two metrics named 'recall'"


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("vea", "^no generator named 'vea'; did you mean 'vae'\\?$"),
        ("zzz", "^no generator named 'zzz'; expected one of gan, vae$"),
        ("a:vea", "^no generator 'a:vea'; did you mean 'a:vae'\\?$"),
        ("b:vae", "^no generator 'b:vae'; did you mean 'a:vae'\\?$"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(reference, message):
    with pytest.raises(SuiteError, match=message):
        catalog_of({"a": generators("vae", "gan")}).find("generator", reference)


def test_an_unknown_name_in_an_empty_catalog_says_that_there_is_none():
    with pytest.raises(SuiteError, match=r"^no metric named 'fid'; there is none$"):
        catalog_of({}).find_metric("fid")


def test_an_unknown_name_mentions_broken_plugins():
    plugins = {"a": generators("vae"), "bad": object()}
    with pytest.raises(
        SuiteError, match=r"did you mean 'vae'\? \(1 plugin is broken: see genbench plugins\)$"
    ):
        catalog_of(plugins).find("generator", "vea")
    with pytest.raises(SuiteError, match=r"\(2 plugins are broken: see genbench plugins\)$"):
        catalog_of(plugins | {"worse": object()}).find("generator", "vea")


def test_a_reference_into_a_broken_plugin_says_why_it_is_broken():
    catalog = catalog_of({"a": generators("vae"), "bad": object()})
    with pytest.raises(
        SuiteError, match=r"^no generator 'bad:vae' \(plugin 'bad' of bad 0 is broken: it gives no component"
    ):
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


def test_the_environment_restricts_what_is_loaded(site, monkeypatch):
    site.add(*GOOD)
    site.add("Genbench_Other", GENERATOR.format(name="other"), plugin="other")
    monkeypatch.setenv("GENBENCH_PLUGINS", "genbench-good, other")
    assert [component.name for component in load_catalog().components] == ["good", "other"]
    monkeypatch.setenv("GENBENCH_PLUGINS", "genbench_other")
    assert [component.name for component in load_catalog().components] == ["other"]
    monkeypatch.setenv("GENBENCH_PLUGINS", "")
    assert load_catalog().components == ()
    assert [component.name for component in load_catalog(only=["genbench-good"]).components] == ["good"]


def test_a_restriction_to_an_unknown_plugin_is_refused(site, monkeypatch):
    site.add(*GOOD)
    monkeypatch.setenv("GENBENCH_PLUGINS", "genbench-goof")
    with pytest.raises(
        SuiteError, match=r"GENBENCH_PLUGINS: no plugin .* named 'genbench-goof'; did you mean 'genbe"
    ):
        load_catalog()


@pytest.fixture
def plugin_file(site, tmp_path):
    file = tmp_path / "My_metric.py"
    file.write_text(textwrap.dedent(GENERATOR.format(name="from-file")))
    return file


def test_a_plugin_file_is_loaded_by_its_path(plugin_file):
    component = load_catalog([plugin_file], only=[]).find("generator", "my-metric:from-file")
    content = hashlib.sha256(plugin_file.read_bytes()).hexdigest()
    assert component.owner == Owner(
        "my-metric", f"0+{content[:8]}", "My_metric", "genbench_plugin_my_metric", content[:8]
    )


def test_what_a_plugin_file_defines_can_be_pickled_by_reference(plugin_file):
    make = load_catalog([plugin_file], only=[]).find("generator", "from-file").spec.make
    assert pickle.loads(pickle.dumps(make)) is make  # noqa: S301 - our own bytes


def test_a_plugin_file_that_fails_is_broken_and_leaves_no_module(plugin_file):
    plugin_file.write_text("raise SystemExit('no')")
    (broken,) = load_catalog([plugin_file], only=[]).broken
    assert broken.reason == "it called sys.exit('no') while it was loaded"
    assert "genbench_plugin_my_metric" not in sys.modules


def test_a_plugin_file_must_be_an_existing_python_file(tmp_path):
    (tmp_path / "x.txt").write_text("")
    for file in (tmp_path / "nowhere.py", tmp_path / "x.txt", tmp_path):
        with pytest.raises(SuiteError, match=r"expected an existing \.py file"):
            load_catalog([file], only=[])


def test_a_plugin_file_that_cannot_be_read_is_refused(plugin_file, monkeypatch):
    def refuse(self):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.read_bytes", refuse)
    with pytest.raises(SuiteError, match=r"--plugin .*My_metric\.py: cannot be read: Permission denied"):
        load_catalog([plugin_file], only=[])


def test_two_plugin_files_of_one_name_are_refused(plugin_file, tmp_path):
    (tmp_path / "sub").mkdir()
    other = tmp_path / "sub" / "my-metric.py"
    other.write_text("")
    with pytest.raises(SuiteError, match=r"--plugin .*my-metric\.py: another plugin file bears that name"):
        load_catalog([plugin_file, other], only=[])


def test_components_of_a_kind_are_sorted_by_name():
    catalog = catalog_of({"b": generators("vae", "gan"), "a": generators("ddpm", "gan")})
    references = [component.reference for component in catalog.of_kind("generator")]
    assert references == ["a:ddpm", "a:gan", "b:gan", "b:vae"]


def test_a_module_can_be_a_plugin():
    module = types.ModuleType("notebook")
    module.genbench_generators = hookimpl(
        lambda: [GeneratorSpec(name="gan", make=fit)], specname="genbench_generators"
    )
    assert catalog_of({"nb": module}).find("generator", "gan").owner == Owner("nb", "0", "nb", "notebook")
