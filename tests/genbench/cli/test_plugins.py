from __future__ import annotations

import importlib
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from genbench.cli.main import _COMMANDS, main

LENSES = Path(__file__).parents[2] / "toy_plugins" / "lenses_plugin.py"


def genbench_(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def plugin(monkeypatch):
    """Return the file of the plugin of lenses, beside which only genbench's own plugins are loaded."""
    monkeypatch.setenv("GENBENCH_PLUGINS", "genbench")
    yield LENSES
    sys.modules.pop("genbench_plugin_lenses_plugin", None)


@pytest.fixture
def broken(tmp_path):
    file = tmp_path / "broken.py"
    file.write_text("import sys\nsys.exit('no [bold]licence')\n")
    return file


def test_the_list_shows_every_kind_with_owner_and_state(plugin, monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)  # xdist sets it, and lines would wrap
    shown = genbench_("plugins", "--plugin", plugin)
    assert shown.exit_code == 0
    lines = [" ".join(line.split()) for line in shown.stdout.splitlines()]
    assert [line for line in lines if line in ("datasets", "extractors", "generators", "metrics")] == [
        "datasets", "extractors", "generators", "metrics",
    ]  # fmt: skip
    assert any(line.startswith("digits genbench 0.1.0 1,797 real") for line in lines)
    assert any(line.startswith("lens lenses-plugin") and line.endswith("missing") for line in lines)
    assert any("lens" in line and "pip install 'genbench[blur]'" in line for line in lines)
    assert "pip install" in shown.stdout
    assert "hue the colour" in lines


def test_a_broken_plugin_is_listed_with_its_reason_and_the_exit_code_is_0(plugin, broken):
    shown = genbench_("plugins", "--plugin", broken, "--plugin", plugin)
    assert shown.exit_code == 0
    assert "broken: broken of broken 0+" in shown.stdout
    assert "it called sys.exit('no [bold]licence') while it was loaded" in " ".join(shown.stdout.split())
    assert "sharpness" in shown.stdout


@pytest.mark.parametrize("columns", [80, 100])
def test_the_list_fits_the_width(plugin, broken, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    for arguments in (["--plugin", broken], ["show", "lenses-plugin:blur"], ["show", "sharpness"]):
        shown = genbench_("plugins", *arguments, "--plugin", plugin)
        assert shown.exit_code == 0
        assert max(map(len, shown.stdout.splitlines())) <= columns


def test_a_pipe_gets_no_colour(plugin, broken):
    assert "\x1b" not in genbench_("plugins", "--plugin", plugin, "--plugin", broken).stdout


def test_a_terminal_gets_a_broken_plugin_in_red(broken):
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "80"}
    environment.pop("NO_COLOR", None)
    command = [
        sys.executable,
        "-c",
        "from genbench.cli.main import main; main()",
        "plugins",
        "--plugin",
        str(broken),
    ]
    with subprocess.Popen(command, stdout=theirs, stderr=subprocess.DEVNULL, env=environment) as process:
        os.close(theirs)
        shown = b""
        try:
            while part := os.read(ours, 65536):
                shown += part
        except OSError:  # how Linux says that the other end is closed
            pass
    os.close(ours)
    assert process.returncode == 0
    assert b"\x1b[31mbroken: broken of broken" in shown


def test_the_json_of_the_list_is_the_listing_even_if_a_plugin_prints(plugin, broken):
    shown = genbench_("plugins", "--format", "json", "--plugin", plugin, "--plugin", broken)
    found = json.loads(shown.stdout)
    assert set(found) == {"components", "broken"}
    (blur,) = [each for each in found["components"] if each["reference"] == "lenses-plugin:blur"]
    assert set(blur) == {
        "kind", "name", "reference", "distribution", "version", "plugin", "summary", "modalities", "outputs",
        "state", "detail",
    }  # fmt: skip
    assert set(found["broken"][0]) == {"distribution", "version", "plugin", "module", "reason"}
    assert "loading" in shown.stderr


def test_show_takes_the_options_of_the_group_too(plugin):
    shown = genbench_("plugins", "--plugin", plugin, "--format", "json", "show", "lenses-plugin:blur")
    said = json.loads(shown.stdout)
    assert said["reference"] == "lenses-plugin:blur"
    assert said["options"][0] == {
        "name": "steps", "type": "int", "bounds": [">= 1"], "default": 10, "required": False,
    }  # fmt: skip


def test_a_name_in_two_kinds_needs_the_kind(plugin):
    shown = genbench_("plugins", "show", "edge", "--plugin", plugin)
    assert shown.exit_code == 2
    assert shown.stderr.splitlines()[-1] == (
        "Error: 'edge' is the name of a generator and of a metric; run genbench plugins show edge --kind "
        "generator or genbench plugins show edge --kind metric"
    )
    assert "sharpness" in genbench_("plugins", "show", "edge", "--kind", "metric", "--plugin", plugin).stdout
    assert "sharpness" in genbench_("plugins", "--kind", "metric", "--plugin", plugin, "show", "edge").stdout


def test_a_component_that_cannot_be_imported_is_shown_with_the_problem(plugin):
    shown = genbench_("plugins", "show", "edge", "--kind", "generator", "--plugin", plugin)
    assert shown.exit_code == 0
    assert "problem generator 'edge': cannot import 'nowhere:edge'" in " ".join(shown.stdout.split())


def test_a_component_whose_dependency_is_missing_can_be_shown(plugin):
    shown = genbench_("plugins", "show", "lens", "--plugin", plugin)
    assert shown.exit_code == 0
    assert "missing module: pip install 'genbench[blur]'" in shown.stdout


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["edge"], ["edge", "sharpness"]),
        (["--kind", "metric", "edge"], ["sharpness"]),
        (["edge", "--kind", "metric"], ["sharpness"]),
        (["--kind", "generator", "edge", "--kind", "metric"], ["sharpness"]),
        (["soft", "IMAGES"], ["blur"]),
        (["--state", "missing module"], ["lens"]),
        (["--state", "not fetched", "looks"], ["looks"]),
        (["--modality", "image", "--kind", "generator", "blur"], ["blur"]),
        (["nothing", "of", "this"], []),
    ],
)
def test_the_list_is_filtered_by_options_and_words_in_any_order(site, monkeypatch, arguments, names):
    monkeypatch.setenv("GENBENCH_PLUGINS", "")
    shown = genbench_("plugins", "--plugin", LENSES, *arguments, "--format", "json")
    sys.modules.pop("genbench_plugin_lenses_plugin", None)
    assert shown.exit_code == 0
    assert [component["name"] for component in json.loads(shown.stdout)["components"]] == names


def test_a_list_without_a_match_says_so(plugin):
    shown = genbench_("plugins", "--plugin", plugin, "no-such", "zebra")
    assert shown.exit_code == 0
    assert shown.stdout == "no component matches; genbench plugins lists all of them\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["show", "digit"], "Error: no component named 'digit'; did you mean 'digits'?"),
        (["show", "genbench:digit"], "Error: no component 'genbench:digit'; did you mean 'genbench:digits'?"),
        (["show", "digit", "--kind", "dataset"], "Error: no dataset named 'digit'; did you mean 'digits'?"),
        (["--modality", "imag"], "Error: no component names the modality 'imag'; did you mean 'image'?"),
        (["--plugin", "nowhere.py"], "Error: plugin file nowhere.py: expected an existing .py file"),
    ],
)
def test_what_a_user_can_mend_is_one_line_and_exit_code_2(plugin, arguments, message):
    shown = genbench_("plugins", *arguments)
    assert (shown.exit_code, shown.stdout, shown.stderr) == (2, "", f"{message}\n")


def test_an_interrupt_exits_with_130(monkeypatch):
    def interrupt(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr("genbench.cli.plugins.load_catalog", interrupt)
    shown = genbench_("plugins")
    assert (shown.exit_code, shown.stderr) == (130, "Interrupted.\n")


def test_an_unknown_command_is_refused():
    shown = genbench_("plugin")
    assert shown.exit_code == 2
    assert "No such command 'plugin'" in shown.stderr


def test_no_arguments_show_the_help():
    shown = genbench_()
    assert "\nExtend:\n" in shown.output


@pytest.mark.parametrize(("name", "target"), [(name, target) for name, (target, _) in _COMMANDS.items()])
def test_every_command_is_where_the_help_says(name, target):
    module, _, attribute = target.partition(":")
    assert getattr(importlib.import_module(module), attribute).name == name


def test_show_prints_the_protocols_of_an_extractor():
    shown = " ".join(genbench_("plugins", "show", "inception-v3-compat").stdout.split())
    assert "protocol clean-fid Pillow's bicubic resize on floats" in shown
    assert '"torch" in no signature' in shown
    found = json.loads(genbench_("plugins", "show", "inception-v3-compat", "--format", "json").stdout)
    assert [protocol["name"] for protocol in found["protocols"]][:2] == ["torch-fidelity", "clean-fid"]
