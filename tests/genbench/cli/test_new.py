"""`genbench new`."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

import genbench
from genbench.checks.scaffold.package import KINDS
from genbench.cli.main import main


def invoke(*arguments):
    return CliRunner().invoke(main, ["new", *map(str, arguments)])


def test_it_says_what_to_do_next(tmp_path):
    found = invoke("metric", "edge-gap", "--folder", tmp_path)
    assert found.exit_code == 0
    package = tmp_path / "genbench-edge-gap"
    assert (package / "genbench_edge_gap.py").is_file()
    assert [line.split()[0] for line in found.stdout.splitlines()] == ["For", "cd", "pytest", "Then"]
    assert str(package) in found.stdout
    assert "`python -m pydoc genbench.MetricSpec`" in found.stdout
    assert found.stderr == ""


def test_a_name_that_an_installed_component_has_is_a_warning(tmp_path):
    found = invoke("metric", "fid", "--folder", tmp_path)
    assert found.exit_code == 0
    assert "warning: genbench has a metric 'fid' too" in found.stderr


def test_a_folder_that_exists_is_an_error(tmp_path):
    (tmp_path / "genbench-edge-gap").mkdir()
    found = invoke("metric", "edge-gap", "--folder", tmp_path)
    assert found.exit_code == 3
    assert "is not overwritten" in found.stderr


def test_what_is_not_a_name_is_an_error(tmp_path):
    assert "is not a name" in invoke("metric", "Edge Gap", "--folder", tmp_path).stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_class_that_it_names_describes_the_kind(kind):
    assert getattr(genbench, f"{kind.title()}Spec").__doc__.startswith(("A ", "An "))


def test_a_package_for_a_modality_names_it(tmp_path):
    found = invoke("metric", "edge-gap", "--modality", "audio", "--folder", tmp_path)
    assert found.exit_code == 0
    assert 'modalities=("audio",)' in (tmp_path / "genbench-edge-gap/genbench_edge_gap.py").read_text()


@pytest.mark.parametrize("kind", ["generator", "extractor", "fault"])
def test_without_a_modality_it_says_that_it_wrote_one_for_vectors(tmp_path, kind):
    found = invoke(kind, "tilt", "--folder", tmp_path)
    assert "For vectors; --modality NAME sets another.\n" in found.stdout
    assert 'modalities=("vector",)' in (tmp_path / "genbench-tilt/genbench_tilt.py").read_text()
    found = invoke(kind, "tilt", "--folder", tmp_path / "audio", "--modality", "audio")
    assert "--modality" not in found.stdout


def test_the_help_names_the_modality_without_the_option():
    assert "vector for others" in " ".join(invoke("--help").stdout.split())


def test_a_modality_that_does_not_exist_is_an_error_and_nothing_is_written(tmp_path):
    found = invoke("metric", "edge-gap", "--modality", "smells", "--folder", tmp_path)
    assert found.exit_code != 0
    assert "no installed plugin declares the modality 'smells'" in found.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_kind_without_a_template_for_all_modalities_is_an_error(tmp_path):
    found = invoke("dataset", "edge-gap", "--modality", "text", "--folder", tmp_path)
    assert "expected one of metric, generator, extractor, fault" in found.stderr
