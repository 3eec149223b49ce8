"""`genbench new`."""

from __future__ import annotations

from click.testing import CliRunner

from genbench.cli.main import main


def invoke(*arguments):
    return CliRunner().invoke(main, ["new", *map(str, arguments)])


def test_it_says_what_to_do_next_in_three_lines(tmp_path):
    found = invoke("metric", "edge-gap", "--folder", tmp_path)
    assert found.exit_code == 0
    package = tmp_path / "genbench-edge-gap"
    assert (package / "genbench_edge_gap.py").is_file()
    assert [line.split()[0] for line in found.stdout.splitlines()] == ["cd", "pytest", "Then"]
    assert str(package) in found.stdout
    assert "docs/plugins/metric.md of genbench" in found.stdout
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
