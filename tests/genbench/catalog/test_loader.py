"""Plugins that are found and loaded, good and broken ones."""

from __future__ import annotations

import hashlib
import os
import pickle
import re
import sys
import types
from pathlib import Path

import pytest

from genbench import ExtractorSpec, GeneratorSpec, SuiteError, hookimpl
from genbench._version import __version__
from genbench.catalog.catalog import Owner, catalog_of, load_catalog, load_files


def fit(train): ...


def test_an_installed_plugin_keeps_its_owner(add_generator):
    add_generator("Genbench_Extra", "gan-2", version="2.1", plugin="extra")
    component = load_catalog(only=["extra"]).find("generator", "gan-2")
    assert component.owner == Owner("genbench-extra", "2.1", "extra", "Genbench_Extra")
    assert component.kind == "generator"
    assert component.name == "gan-2"
    assert component.reference == "genbench-extra:gan-2"


def test_plugins_are_sorted_by_distribution_and_name(add_generator):
    for name in ("zeta", "alpha", "mid"):
        add_generator(name, f"of-{name}")
    catalog = load_catalog(only=["zeta", "mid", "alpha"])
    assert [component.name for component in catalog.components] == ["of-alpha", "of-mid", "of-zeta"]


def test_an_entry_point_found_twice_counts_once(add_generator, tmp_path, monkeypatch):
    add_generator("genbench-good", "good")
    add_generator("genbench-good", "good", suffix="egg-info", folder=tmp_path / "source")
    monkeypatch.syspath_prepend(tmp_path / "source")
    catalog = load_catalog(only=["genbench-good"])
    assert [component.name for component in catalog.components] == ["good"]
    assert catalog.find("generator", "good").name == "good"


def hook(body, name="genbench_metrics()"):
    imports = "from genbench import GeneratorSpec, MetricSpec, hookimpl"
    return f"{imports}\n@hookimpl\ndef {name}:\n    {body}\n"


SILENT = "class Silent(Exception):\n    def __str__(self):\n        raise ValueError\n\n"
BROKEN = [
    ("raise RuntimeError('no such\\nluck')", r"^RuntimeError: no such luck$"),
    ("import nowhere", r"^ModuleNotFoundError: No module named 'nowhere'$"),
    ("def f(:", r"^SyntaxError: "),
    ("import sys\nsys.exit(3)", r"^it called sys\.exit\(3\) while it was loaded$"),
    ("x = 1", r"^it gives no component; expected functions with @hookimpl: genbench_modalities"),
    (
        "def genbench_metrics():\n    return []",
        r"^genbench_metrics is not decorated; write @hookimpl above it",
    ),
    (
        hook("return []", "genbench_metric()"),
        r"^unknown hook 'genbench_metric'; did you mean 'genbench_metrics'",
    ),
    (hook("return []", "genbench_metrics(config)"), r"^PluginValidationError: .*Argument\(s\) \{'config'\}"),
    (hook("return 1 / 0"), r"^genbench_metrics raised ZeroDivisionError: division by zero$"),
    (SILENT + "raise Silent", r"^Silent: it cannot say what is wrong: ValueError$"),
    (SILENT + hook("raise Silent"), r"^genbench_metrics raised Silent: it cannot say what is wrong: ValueE"),
    (hook("raise SystemExit"), r"^it called sys\.exit\(None\)"),
    (hook("return ['fid']"), r"^genbench_metrics returned a str; expected only MetricSpecs$"),
    (
        hook("return [GeneratorSpec(name='gan', make=print)]"),
        r"^genbench_metrics returned a GeneratorSpec; expected only MetricSpecs$",
    ),
    (
        hook("return [MetricSpec(name='fid', make=print)] * 2"),
        r"^it has two metrics named 'fid'; rename one$",
    ),
    (
        hook("return [MetricSpec(name='NA', make=print)]"),
        r"^genbench_metrics: metric name 'NA' is not a name",
    ),
    (
        hook("return [MetricSpec(name='fid', make=print, direcion='lower')]"),
        r"^genbench_metrics: MetricSpec has no field 'direcion'; did you mean 'direction'\?$",
    ),
    (
        "from genbench import MetricSpec\nSPEC = MetricSpec(nmae='x')",
        r"^MetricSpec has no field 'nmae'; did you mean 'name'\?$",
    ),
    (
        hook("return [MetricSpec('fid', print)]"),
        r"^genbench_metrics: MetricSpec takes its fields by name: name=",
    ),
]


@pytest.mark.parametrize(("code", "reason"), BROKEN)
def test_a_broken_plugin_is_listed_with_its_reason_and_takes_no_other_down(site, add_generator, code, reason):
    site.add("genbench-bad", code)
    add_generator("genbench-good", "good")
    catalog = load_catalog(only=["genbench-bad", "genbench-good"])
    assert [component.name for component in catalog.components] == ["good"]
    (broken,) = catalog.broken
    assert broken.owner == Owner("genbench-bad", "1.0", "genbench-bad", "genbench_bad")
    assert re.search(reason, broken.reason)
    assert "\n" not in broken.reason


def test_a_plugin_for_another_version_of_genbench_is_broken_alone_and_not_imported(site, add_generator):
    module = site.add("genbench-later", "raise RuntimeError('imported')", requires=["numpy", "genbench>=9"])
    add_generator("genbench-good", "good", requires=["genbench>=0.1"])
    catalog = load_catalog(only=["genbench-later", "genbench-good"])
    assert [component.name for component in catalog.components] == ["good"]
    (broken,) = catalog.broken
    assert broken.reason == (
        f"its distribution says genbench>=9, this is {__version__}; pip install -U genbench"
    )
    assert module not in sys.modules
    with pytest.raises(SuiteError, match=r"no metric 'genbench-later:x' \(plugin .* says genbench>=9"):
        catalog.find("metric", "genbench-later:x")


def test_an_interrupt_is_let_through():
    class Plugin:
        @hookimpl
        def genbench_metrics(self):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        catalog_of({"slow": Plugin()})


def test_a_distribution_without_metadata_is_broken_alone(site, add_generator):
    info = site.folder / "odd-1.0.dist-info"
    info.mkdir()
    (info / "entry_points.txt").write_text("[genbench]\nodd = nowhere\n")
    add_generator("genbench-good", "good")
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


def test_the_environment_restricts_what_is_loaded(add_generator, monkeypatch):
    add_generator("genbench-good", "good")
    add_generator("Genbench_Other", "other", plugin="other")
    monkeypatch.setenv("GENBENCH_PLUGINS", "genbench-good, other")
    assert [component.name for component in load_catalog().components] == ["good", "other"]
    monkeypatch.setenv("GENBENCH_PLUGINS", "genbench_other")
    assert [component.name for component in load_catalog().components] == ["other"]
    monkeypatch.setenv("GENBENCH_PLUGINS", "")
    assert load_catalog().components == ()
    assert [component.name for component in load_catalog(only=["genbench-good"]).components] == ["good"]


def test_a_restriction_to_an_unknown_plugin_is_refused(add_generator, monkeypatch):
    add_generator("genbench-good", "good")
    monkeypatch.setenv("GENBENCH_PLUGINS", "genbench-goof")
    reason = r"GENBENCH_PLUGINS: no plugin .* named 'genbench-goof'; did you mean 'genbe"
    with pytest.raises(SuiteError, match=reason):
        load_catalog()


def test_a_plugin_file_is_loaded_by_its_path(plugin_file):
    component = load_catalog([str(plugin_file)], only=[]).find("generator", "my-metric:from-file")
    content = hashlib.sha256(plugin_file.read_bytes()).hexdigest()
    assert component.owner == Owner(
        "my-metric", f"0+{content[:8]}", "My_metric", "genbench_plugin_my_metric", content
    )


def test_an_edit_of_equal_size_in_the_same_second_is_loaded(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    file = tmp_path / "quick.py"
    line = (
        "from genbench import *\n@hookimpl\ndef genbench_metrics(): return MetricSpec(name='{}', make=len)\n"
    )
    names = []
    for name in ("one", "two"):
        file.write_text(line.format(name))
        os.utime(file, (1e9, 1e9))
        names += [component.name for component in load_files([file]).components]
    assert names == ["one", "two"]


def test_the_modules_that_a_plugin_file_imports_are_part_of_its_version(local_plugin):
    file, helper = local_plugin
    owners = []
    for code in ("def value(real): return 1\n", "def value(real): return 20\n"):
        helper.write_text(code)
        owners.append(load_files([file]).components[0].owner)
    assert len({owner.version for owner in owners}) == len({owner.file_hash for owner in owners}) == 2
    assert [owner.version for owner in owners] == [f"0+{owner.file_hash[:8]}" for owner in owners]


def test_modules_of_one_name_beside_two_plugin_files_are_refused(local_plugin):
    file, helper = local_plugin
    (file.parent / "sub").mkdir()
    other = file.parent / "sub" / "other.py"
    other.write_text(file.read_text())
    (other.parent / helper.name).write_text(helper.read_text())
    message = (
        f"plugin file {other}: its module {other.parent / helper.name} has the name of {helper}, "
        "which another plugin file imports; rename one of them"
    )
    with pytest.raises(SuiteError, match=re.escape(message)):
        load_files([file, other])


def test_a_module_of_a_plugin_file_that_cannot_be_read_is_named(local_plugin, monkeypatch):
    file, helper = local_plugin
    read = Path.read_bytes

    def refuse(path):
        if path == helper:
            raise PermissionError(13, "Permission denied", str(path))
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    message = f"plugin file {file}: its module {helper} cannot be read: Permission denied"
    with pytest.raises(SuiteError, match=re.escape(message)):
        load_files([file])


def test_what_a_plugin_file_defines_can_be_pickled_by_reference(plugin_file):
    make = load_catalog([plugin_file], only=[]).find("generator", "from-file").spec.make
    assert pickle.loads(pickle.dumps(make)) is make  # noqa: S301 - our own bytes


def test_a_plugin_file_that_fails_is_broken_and_leaves_no_module(plugin_file):
    plugin_file.write_text("raise SystemExit('no')")
    (broken,) = load_files([plugin_file]).broken
    assert broken.reason == "it called sys.exit('no') while it was loaded"
    assert "genbench_plugin_my_metric" not in sys.modules


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("def (", r"SyntaxError: .*My_metric\.py, line 1\)$"),
        ("from genbench import MetricSpec\nMetricSpec(nmae='x')", r"MetricSpec has no field 'nmae'"),
        ("x = 1", r"it gives no component; expected functions with @hookimpl"),
    ],
)
def test_a_plugin_file_that_fails_is_refused_by_its_path(plugin_file, code, reason):
    plugin_file.write_text(code)
    with pytest.raises(SuiteError, match=rf"^plugin file {re.escape(str(plugin_file))}: {reason}"):
        load_catalog([plugin_file], only=[])
    (broken,) = load_catalog([plugin_file], only=[], allow_broken_files=True).broken
    assert broken.owner.plugin == plugin_file.stem


def test_a_plugin_file_must_be_an_existing_python_file(tmp_path):
    (tmp_path / "x.txt").write_text("")
    for file in (tmp_path / "nowhere.py", tmp_path / "x.txt", tmp_path):
        with pytest.raises(SuiteError, match=r"expected an existing \.py file"):
            load_catalog([file], only=[])


def test_a_plugin_file_that_cannot_be_read_is_refused(plugin_file, monkeypatch):
    read = Path.read_bytes

    def refuse(self):
        if self.name != plugin_file.name:  # the tests' own measurements read files of /proc
            return read(self)
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.read_bytes", refuse)
    with pytest.raises(SuiteError, match=r"plugin file .*My_metric\.py: cannot be read: Permission denied"):
        load_catalog([plugin_file], only=[])


def test_two_plugin_files_of_one_name_are_refused(plugin_file, tmp_path):
    (tmp_path / "sub").mkdir()
    other = tmp_path / "sub" / "my-metric.py"
    other.write_text("")
    with pytest.raises(SuiteError, match=r"plugin file .*my-metric\.py: another plugin file bears that name"):
        load_catalog([plugin_file, other], only=[])


@pytest.mark.parametrize(
    ("name", "distribution"),
    [
        ("genbench.py", "genbench"), ("GenBench_.py", "genbench"), ("genbench_good.py", "genbench-good"),
        ("Genbench.Good.py", "genbench-good"), ("numpy.py", "numpy"),
    ],
)  # fmt: skip
def test_a_plugin_file_named_like_a_distribution_is_refused(add_generator, plugin_file, name, distribution):
    """Leaderboards would show its components as those of the distribution."""
    add_generator("Genbench_Good", "good")
    file = plugin_file.rename(plugin_file.with_name(name))
    with pytest.raises(SuiteError) as refused:
        load_catalog([file])
    assert str(refused.value) == f"plugin file {file}: {distribution} is installed; rename the file"


def test_a_module_can_be_a_plugin():
    module = types.ModuleType("notebook")
    module.genbench_generators = hookimpl(
        lambda: [GeneratorSpec(name="gan", make=fit)], specname="genbench_generators"
    )
    assert catalog_of({"nb": module}).find("generator", "gan").owner == Owner("nb", "0", "nb", "notebook")
